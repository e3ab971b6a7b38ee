"""Whether other versions of the libraries give the same answer as the locked ones.

    python -m benchmarks.versions [--resolution lowest-direct|lowest|highest] [--before DATE]

An environment of its own is made beside, with the lowest version of each library that
`pyproject.toml` admits (or the newest, or those of a day: ``--before 2026-10-01``), and
`sample_ais/` is run in it and in this one. Then every file of the two runs is compared: to the
byte, and where it is a table, value by value. Ends with 1 where anything but digits beyond
`ROUNDING` differs in what is found.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import polars as pl
from packaging.utils import canonicalize_name

from benchmarks.kills import OF_ITS_OWN

ROOT = Path(__file__).parents[1]
ROUNDING = 1e-9
"""Of a value: sums of doubles in another order err by less, and no column shows as many digits."""
FOUND = (
    "candidates.geojson", "tracks.geojson", "zones.geojson", "encounters.parquet", "fixes.parquet",
    "draughts.parquet", "port_calls.parquet", "quota.json", "quota.csv",
)  # fmt: skip
"""What says what was found; the others draw it."""

Value = tuple[str, Any]


def environment(folder: Path, resolution: str, before: str | None) -> tuple[Path, dict[str, str]]:
    """An environment with other versions; its interpreter, and the versions."""
    uv = [sys.executable, "-m", "uv"]
    chosen = folder / "versions.txt"
    command = [*uv, "pip", "compile", "-q", "pyproject.toml", "--resolution", resolution]
    command += ["--no-annotate", "--no-header", "--python", sys.executable, "-o", str(chosen)]
    if before:
        command += ["--exclude-newer", before]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - the tool of this environment
    make = [*uv, "venv", "-q", "--python", sys.executable, str(folder / "venv")]
    subprocess.run(make, check=True)  # noqa: S603 - the same
    python = folder / "venv" / "bin" / "python"
    subprocess.run([*uv, "pip", "sync", "-q", "--python", str(python), str(chosen)], check=True)  # noqa: S603 - the same
    pairs = (line.split("==") for line in chosen.read_text().splitlines() if "==" in line)
    return python, {name: version.split()[0] for name, version in pairs}


def run(python: Path, folder: Path) -> Path:
    """Run the sample with an interpreter; the folder of the run."""
    out = folder / "run"
    command = [str(python), "-m", "pipeline", "detect", "sample_ais", "--out", str(out), "-q"]
    kernels = {**os.environ, "NUMBA_CACHE_DIR": str(folder / "kernels")}
    subprocess.run(command, cwd=ROOT, env=kernels, check=True)  # noqa: S603 - the interpreter made above
    return out


def values_of(path: Path) -> Iterator[Value]:
    """Every value of a file with the name of its place: a column, or a way through a document."""
    if path.suffix == ".parquet":
        for column in pl.read_parquet(path):
            yield from ((column.name, value) for value in column.to_list())
    elif path.suffix in {".json", ".geojson"}:
        yield from _leaves("", json.loads(path.read_text()))
    else:
        yield from (("line", line) for line in path.read_text().splitlines())


def _leaves(name: str, document: Any) -> Iterator[Value]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield from _leaves(key, value)
    elif isinstance(document, list):
        for value in document:
            yield from _leaves(name, value)
    else:
        yield name, document


def differences(ours: Path, theirs: Path) -> Mapping[str, float]:
    """By place, how far the values of two files are apart; infinite where not in digits alone."""
    a, b = list(values_of(ours)), list(values_of(theirs))
    if [name for name, _ in a] != [name for name, _ in b]:
        return {"rows": math.inf}
    apart: dict[str, float] = {}
    for (name, x), (_, y) in zip(a, b, strict=True):
        if x == y or repr(x) == repr(y):
            continue
        numbers = isinstance(x, float) and isinstance(y, float)
        far = abs(x - y) / max(abs(x), abs(y), 1.0) if numbers else math.inf
        apart[name] = max(far, apart.get(name, 0.0))
    return apart


def compared(ours: Path, theirs: Path) -> int:
    """Print what two runs have in common, file by file; how many files differ in what is found."""
    names = {path.name for path in (*ours.iterdir(), *theirs.iterdir())} - OF_ITS_OWN
    same, wrong = [], 0
    for name in sorted(names):
        a, b = ours / name, theirs / name
        if a.is_file() and b.is_file() and a.read_bytes() == b.read_bytes():
            same.append(name)
            continue
        if name not in FOUND:
            print(f"  {name}: drawn otherwise")
            continue
        apart = differences(a, b) if a.is_file() and b.is_file() else {"file": math.inf}
        wrong += any(far > ROUNDING for far in apart.values())
        told = ", ".join(f"{place} by {far:.1e}" for place, far in apart.items())
        print(f"  {name}: {told or 'other bytes, every value the same'}")
    print(f"  the same bytes: {', '.join(same)}")
    return wrong


def main() -> int:
    """Print the versions and what differs; 1 where what is found differs."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    choices = ["lowest-direct", "lowest", "highest"]
    parser.add_argument("--resolution", choices=choices, default="lowest-direct")
    parser.add_argument("--before", metavar="DATE", help="as if it were that day")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for side in ("ours", "theirs"):
            (folder / side).mkdir()
        python, versions = environment(folder, options.resolution, options.before)
        locked = {str(canonicalize_name(one.name)): one.version for one in metadata.distributions()}
        other = {
            package: version
            for package, version in versions.items()
            if locked.get(package) != version
        }
        print(f"{len(versions)} packages, {len(other)} of another version than the lock:")
        print("  " + ", ".join(f"{one} {other[one]} ({locked.get(one)})" for one in other))
        ours = run(Path(sys.executable), folder / "ours")
        wrong = compared(ours, run(python, folder / "theirs"))
        found = len(json.loads((ours / "candidates.geojson").read_text())["features"])
    print(f"{found} candidates; {wrong} files differ in what is found")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
