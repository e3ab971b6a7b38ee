"""How fast Alongside is against what others need for less.

    python -m benchmarks.speed [day peers fresh] [--rows N] [--repeats 5] [--folder DIR]

`day`: made-up days of `benchmarks.fullsize` are written; whole runs of ``alongside detect`` on the
CSV day, on the same rows with no dense port, on Parquet and on NMEA, against DuckDB making a table
of the columns that Alongside reads (two threads) and Polars reading them from Parquet. `peers`: the
usual script and MovingPandas on part of a day. `fresh`: the first run with nothing compiled, and
the next. Each run is a process of its own, start of the interpreter included, the sides alternated;
medians. Only ratios mean something on another machine. Days and workers: `benchmarks.scaling`.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import fullsize
from benchmarks.speed import day, fresh, peers

PARTS = ("day", "peers", "fresh")


def main() -> None:
    """Read the arguments, run the parts that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=PARTS, default=PARTS, metavar="PART")
    parser.add_argument("--rows", type=int, default=fullsize.ROWS, help="of the day")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the days are written and stay")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = options.folder or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        if "day" in options.parts:
            day.compare(folder, options.rows, options.repeats)
        if "peers" in options.parts:
            peers.compare(folder, options.rows, options.repeats)
        if "fresh" in options.parts:
            fresh.compare(folder)


if __name__ == "__main__":
    main()
