"""Fuzz every target for so many minutes: ``python -m tests.fuzz --minutes 60`` (``make fuzz``).

Prints how many inputs each target was given and how many faults were found. Every input that shows
one is saved, with its traceback, under ``.fuzz/found/TARGET/``; copied to ``tests/corpus/TARGET/``
it is replayed by `make test` for ever. What reached new code stays in ``.fuzz/corpus`` for the
next time.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.fuzz.inputs import ROOT, WORDS
from tests.fuzz.targets import TARGETS, seeds_of

OUT = ROOT / ".fuzz"
CORPUS = ROOT / "tests" / "corpus"
LEAST_S = 5  # of a target: less is spent on importing


def words_file() -> str:
    """`WORDS` as libFuzzer reads them."""
    quoted = (
        "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8", "surrogatepass"))
        for word in WORDS
    )
    return "".join(f'"{word}"\n' for word in quoted)


def prepare(name: str, out: Path) -> list[str]:
    """The folders of inputs that a target begins with."""
    grown, known = out / "corpus" / name, CORPUS / name
    for folder in (grown, out / "found" / name):
        folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds_of(TARGETS[name]):
        digest = hashlib.sha1(seed, usedforsecurity=False).hexdigest()
        (grown / digest).write_bytes(seed)
    return [str(grown), *([str(known)] if known.is_dir() else [])]


def fuzz(name: str, seconds: float, out: Path) -> tuple[int, int]:
    """Inputs run and faults found; begun anew where an input ends the process."""
    corpora = prepare(name, out)
    report = out / f"{name}.json"
    environment = os.environ | {
        "NUMBA_BOUNDSCHECK": "1",
        "NUMBA_CACHE_DIR": str(out / "kernels"),
        "POLARS_MAX_THREADS": "1",
    }
    inputs = faults = 0
    end = time.monotonic() + seconds
    while (left := round(end - time.monotonic())) >= LEAST_S:
        report.write_text("[0, 0]")
        with (out / f"{name}.log").open("a") as log:
            command = [sys.executable, "-m", "tests.fuzz.child", name, str(out), str(left)]
            child = subprocess.run(
                [*command, *corpora], env=environment, stderr=log, stdout=log, cwd=ROOT, check=False
            )
        run, found = json.loads(report.read_text())
        inputs, faults = inputs + run, faults + found
        if child.returncode:  # it ended the process, hung or filled the memory
            faults += 1
        if not run:
            break
    return inputs, faults


def main() -> int:
    """Read the arguments; 1 where a fault was found."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5.0, help="in all (default 5)")
    parser.add_argument("--target", action="append", choices=sorted(TARGETS), help="all if none")
    parser.add_argument("--out", type=Path, default=OUT, help="folder (default .fuzz)")
    args = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        print("Atheris is missing (it is there for Linux): make fuzz installs it", file=sys.stderr)
        return 2
    names = args.target or list(TARGETS)
    out = args.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    (out / "words").write_text(words_file())
    print(f"{'target':14}{'seconds':>8}{'inputs':>12}{'faults':>8}")
    in_all = [0.0, 0, 0]
    for name in names:
        begun = time.monotonic()
        inputs, faults = fuzz(name, args.minutes * 60 / len(names), out)
        spent = time.monotonic() - begun
        in_all = [in_all[0] + spent, in_all[1] + inputs, in_all[2] + faults]
        print(f"{name:14}{spent:8.0f}{inputs:12,}{faults:8}", flush=True)
    print(f"{'in all':14}{in_all[0]:8.0f}{int(in_all[1]):12,}{int(in_all[2]):8}")
    if in_all[2]:
        print(f"What found them: {out / 'found'}")
    return 1 if in_all[2] else 0


if __name__ == "__main__":
    sys.exit(main())
