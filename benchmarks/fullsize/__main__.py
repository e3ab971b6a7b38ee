"""Write full-size days: ``python -m benchmarks.fullsize --out DIR [--layout nmea] [--days 8]``."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.fullsize import LAYOUTS, ROWS, SHIPS, make


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fullsize", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for ais/ and truth.json")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=ROWS, help="a day")
    parser.add_argument("--ships", type=int, default=SHIPS)
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--layout", choices=LAYOUTS, default="csv")
    parser.add_argument("--spread", action="store_true", help="no dense ports")
    for file in make(**vars(parser.parse_args())):
        print(f"{file}: {file.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
