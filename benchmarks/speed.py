"""How fast Alongside is against what others need only to read the same columns.

    python -m benchmarks.speed [--rows N] [--repeats 3] [--folder DIR]

Made-up days of `benchmarks.fullsize` are written, then each of these runs in a process of its own,
the sides alternated, start of the interpreter included: the whole of ``alongside detect`` on the
CSV day, on the same rows with no dense port, and on the Parquet day; DuckDB making a table of the
columns that Alongside reads, on two threads; Polars reading them from Parquet. Medians; only the
ratios mean something on another machine.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import fullsize
from benchmarks.reading import used_columns
from benchmarks.scoring import read_candidates, score, summary

ROOT = Path(__file__).resolve().parent.parent
SEED, THREADS = 1, 2
MAXRSS_MB = 1024.0**2 if sys.platform == "darwin" else 1024.0
DUCKDB = (
    "import duckdb, sys; c = duckdb.connect(); c.execute(f'set threads = {sys.argv[1]}'); "
    "c.execute(f'create table t as select {sys.argv[3]} from read_csv(?)', [sys.argv[2]])"
)
POLARS = "import polars, sys; polars.read_parquet(sys.argv[1], columns=sys.argv[2].split(','))"


@dataclass
class Side:
    """One of the programs compared, and what was measured of it, a value a repeat."""

    command: list[str]
    out: Path | None = None  # where a run of Alongside writes
    wall_s: list[float] = field(default_factory=list)
    processor_s: list[float] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    stages_s: list[dict[str, float]] = field(default_factory=list)

    def run(self) -> None:
        """Run it once more."""
        begun = time.perf_counter()
        child = subprocess.Popen(self.command, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603
        _, status, usage = os.wait4(child.pid, 0)
        if status:
            raise SystemExit(f"{' '.join(self.command)}: ended with {status}")
        self.wall_s.append(time.perf_counter() - begun)
        self.processor_s.append(usage.ru_utime + usage.ru_stime)
        self.memory_mb.append(usage.ru_maxrss / MAXRSS_MB)
        if self.out is not None:
            stages = json.loads((self.out / "manifest.json").read_text())["timings_s"]
            stages["start and exports"] = self.wall_s[-1] - sum(stages.values())
            self.stages_s.append(stages)

    def stage(self, name: str) -> float:
        """Median seconds of a stage."""
        return statistics.median(stages[name] for stages in self.stages_s)


def detect(file: Path, out: Path) -> Side:
    """A whole run of Alongside from the command line."""
    command = [sys.executable, "-m", "pipeline", "detect", str(file), "--out", str(out)]
    return Side([*command, "--overwrite", "--quiet"], out)


def make_sides(folder: Path, rows: int) -> dict[str, Side]:
    """Write the days; what is compared."""
    same = {"seed": SEED, "rows": rows, "ships": fullsize.SHIPS, "days": 1}
    days = {
        "csv": fullsize.make(folder / "csv", layout="csv", spread=False, **same)[0],
        "spread": fullsize.make(folder / "spread", layout="csv", spread=True, **same)[0],
        "parquet": fullsize.make(folder / "parquet", layout="parquet", spread=False, **same)[0],
    }
    columns = used_columns(days["csv"])
    quoted, plain = ",".join(f'"{name}"' for name in columns), ",".join(columns)
    python = [sys.executable, "-c"]
    return {
        "DuckDB, CSV": Side([*python, DUCKDB, str(THREADS), str(days["csv"]), quoted]),
        "Alongside, CSV": detect(days["csv"], folder / "run"),
        "Alongside, spread out": detect(days["spread"], folder / "run_spread"),
        "Polars, Parquet": Side([*python, POLARS, str(days["parquet"]), plain]),
        "Alongside, Parquet": detect(days["parquet"], folder / "run_parquet"),
    }


def table(sides: dict[str, Side]) -> str:
    """What was measured, against DuckDB's reading of the CSV file."""
    base = sides["DuckDB, CSV"]
    wall_s, processor_s = (statistics.median(x) for x in (base.wall_s, base.processor_s))
    lines = [f"{'against DuckDB reading the CSV day':<34} {'wall':>7} {'CPU':>7} {'peak MB':>8}"]
    for name, side in sides.items():
        wall, processor = statistics.median(side.wall_s), statistics.median(side.processor_s)
        peak = statistics.median(side.memory_mb)
        lines.append(f"{name:<34} {wall / wall_s:7.2f} {processor / processor_s:7.2f} {peak:8.0f}")
    csv, spread = sides["Alongside, CSV"], sides["Alongside, spread out"]
    lines += ["", f"{'stage, against the same':<34} {'ports':>7} {'spread':>7}"]
    for name in csv.stages_s[0]:
        lines.append(
            f"{name:<34} {csv.stage(name) / wall_s:7.2f} {spread.stage(name) / wall_s:7.2f}"
        )
    ratios = (
        ("dense ports against spread out", "Alongside, CSV", "Alongside, spread out"),
        ("Parquet against Polars reading", "Alongside, Parquet", "Polars, Parquet"),
    )
    lines.append("")
    for words, one, other in ratios:
        ratio = statistics.median(sides[one].wall_s) / statistics.median(sides[other].wall_s)
        lines.append(f"{words:<34} {ratio:7.2f}")
    return "\n".join(lines)


def main() -> None:
    """Write the days, run all sides in turn, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--rows", type=int, default=fullsize.ROWS)
    parser.add_argument("--repeats", type=int, default=3, help="5 for figures to be quoted")
    parser.add_argument("--folder", type=Path, help="where the days are written and stay")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = options.folder or Path(passing)
        sides = make_sides(folder, options.rows)
        detect(folder / "csv" / "ais", folder / "run").run()  # compiles what is not compiled yet
        for _ in range(options.repeats):
            for side in sides.values():
                side.run()
        print(table(sides))
        for kind, run in (("csv", "run"), ("spread", "run_spread"), ("parquet", "run_parquet")):
            truth = json.loads((folder / kind / "truth.json").read_text())
            found = score(read_candidates(folder / run / "candidates.geojson"), truth)
            print(f"{kind}: {summary(found)}")


if __name__ == "__main__":
    main()
