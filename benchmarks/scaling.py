"""What more rows, more workers and a cluster cost: one, two, four, eight days of made-up traffic.

    python -m benchmarks.scaling [--rows 8300000] [--ships 15000] [--days 1 2 4 8] [--spark]

Each run is a process of its own, `alongside detect` from Parquet to all outputs; its processor time
and peak memory are the kernel's. Days are weak scaling: as many rows more as days. Workers work on
the first day. Then the day is done on Spark (`local-cluster`, two executors), and its files are
held against the local run's, byte for byte. The last table is a year of the world, from these
costs a row.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.scoring import read_candidates, score

ROWS, SHIPS = 8_300_000, 15_000
YEAR_ROWS = 10_000_000_000  # satellites and shore stations together
SAME = (
    "candidates.geojson",
    "tracks.geojson",
    "zones.geojson",
    "encounters.parquet",
    "fixes.parquet",
    "quota.json",
    "quota.csv",
)
MASTER = "local-cluster[2,1,2048]"


@dataclass(frozen=True)
class Cost:
    """What a run took and left."""

    wall_s: float
    processor_s: float
    peak_gb: float
    manifest: dict[str, Any]
    found: int
    planted: int

    @property
    def rows(self) -> int:
        """Rows it read."""
        return int(self.manifest["rows_read"])


def make(folder: Path, rows: int, ships: int, days: int) -> None:
    """Days of traffic, a Parquet file each, and the truth."""
    subprocess.run(  # noqa: S603
        [
            *(sys.executable, "-m", "benchmarks.fullsize", "--out", str(folder)),
            *("--rows", str(rows), "--ships", str(ships), "--days", str(days)),
            *("--layout", "parquet"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def detect(inputs: list[Path], truth: Path, out: Path, *options: str) -> Cost:
    """One run; a failed one ends the benchmark with its messages."""
    command = [sys.executable, "-m", "pipeline", "detect", *map(str, inputs), "--out", str(out)]
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603
            [*command, "--overwrite", *options], stdout=said, stderr=said
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        if status:
            said.seek(0)
            sys.exit(said.read().decode())
    days = {path.name.removesuffix(".parquet").replace("_", "-")[-10:] for path in inputs}
    events = [one for one in json.loads(truth.read_text()) if str(one["start"])[:10] in days]
    result = score(read_candidates(out / "candidates.geojson"), events)
    return Cost(
        wall,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss / 1e6,
        json.loads((out / "manifest.json").read_text()),
        sum(tally.seen_found for tally in result.kinds.values()),
        sum(tally.seen for tally in result.kinds.values()),
    )


def line(name: str, cost: Cost, base: Cost) -> str:
    """A row of the tables."""
    a_row = 1e6 * cost.processor_s / cost.rows
    rate = (cost.processor_s / cost.rows) / (base.processor_s / base.rows)
    return (
        f"| {name:<22} | {cost.rows / 1e6:6.1f} | {cost.wall_s:7.1f} | {cost.processor_s:7.1f} |"
        f" {a_row:6.2f} | {rate:5.2f} | {cost.peak_gb:5.2f} | {cost.found}/{cost.planted} |"
    )


def head(first: str) -> str:
    """The head of the tables."""
    columns = "rows, M | wall, s | processor, s | us/row | to first | peak, GB | planted found"
    return f"\n| {first} | {columns} |\n|" + " --- |" * 8


def stages(cost: Cost) -> None:
    """Print where the time of a run goes."""
    work, seconds = cost.manifest["work"], cost.manifest["timings_s"]
    print("\nus of wall time a row, by stage: ", end="")
    print(", ".join(f"{name} {1e6 * s / cost.rows:.2f}" for name, s in seconds.items()))
    print(
        f"scratch on the disk: {work['scratch_bytes'] / cost.rows:.0f} bytes a row;"
        f" {work['pieces']} pieces, {work['spans']} spans, {work['runs']} runs"
    )


def a_year(cost: Cost, spark: Cost | None) -> None:
    """Print what a year of the world would take, by these costs a row."""
    times = YEAR_ROWS / cost.rows
    work = cost.manifest["work"]
    print(f"\nA year of the world, {YEAR_ROWS / 1e9:.0f} billion rows, at the last run's rates:")
    print(f"- {cost.processor_s * times / 3600:.0f} core-hours, reading included")
    print(f"- {work['scratch_bytes'] * times / 1e12:.2f} TB of scratch that all executors see")
    print(f"- {work['runs'] * times / 1e6:.0f} million runs")
    if spark is not None:
        shipped = spark.manifest["work"]["shipped_bytes"]
        for name, size in shipped.items():
            a_row = size / spark.rows
            print(f"- {name}: {a_row:.1f} bytes a row shipped, {a_row * YEAR_ROWS / 1e9:.0f} GB")


def same(one: Path, other: Path) -> None:
    """Print whether two runs wrote the same bytes."""
    odd = [name for name in SAME if (one / name).read_bytes() != (other / name).read_bytes()]
    print("every file the same, byte for byte" if not odd else f"DIFFERENT: {', '.join(odd)}")


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="a day")
    parser.add_argument("--ships", type=int, default=SHIPS)
    parser.add_argument("--days", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--spark", action="store_true", help=f"the first day on {MASTER} too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, options.rows, options.ships, max(options.days))
        files, truth = sorted((folder / "ais").iterdir()), folder / "truth.json"
        costs: dict[int, Cost] = {}
        print(head("days"))
        for days in options.days:
            costs[days] = detect(files[:days], truth, folder / f"days-{days}")
            print(line(f"{days}", costs[days], costs[options.days[0]]), flush=True)
        last = costs[options.days[-1]]
        stages(last)
        day = files[: options.days[0]]
        if options.workers:
            print(head("workers"))
        base: Cost | None = None
        for workers in options.workers:
            cost = detect(day, truth, folder / "workers", "--workers", str(workers))
            base = base or cost
            print(
                line(f"{workers}", cost, base) + f" {base.wall_s / cost.wall_s:.2f} times as fast"
            )
            same(folder / f"days-{options.days[0]}", folder / "workers")
        spark = None
        if options.spark:
            print(head("engine"))
            spark = detect(day, truth, folder / "spark", "--engine", "spark", "--master", MASTER)
            local = costs[options.days[0]]
            print(line("local", local, local))
            print(line("spark (driver only)", spark, local))
            more = 1e6 * (spark.wall_s - local.wall_s) / spark.rows
            print(f"overhead of Spark: {more:.2f} us of wall time a row, start-up included")
            same(folder / f"days-{options.days[0]}", folder / "spark")
        a_year(last, spark)


if __name__ == "__main__":
    main()
