"""Write one world: `python -m benchmarks.world --seed 7 --out DIR --layout danish`."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from benchmarks.world.compose import make_world
from benchmarks.world.options import VARIANTS
from benchmarks.world.writers import LAYOUTS, write


def main() -> None:
    """Read the arguments, write the world's files and `truth.json`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.world", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for ais files and truth.json"
    )
    parser.add_argument("--layout", choices=LAYOUTS, default="danish")
    parser.add_argument("--variant", choices=VARIANTS, default="default")
    args = parser.parse_args()
    world = make_world(args.seed, VARIANTS[args.variant])
    files = write(world, args.out, args.layout)
    world.write_truth(args.out / "truth.json")
    labels = Counter(str(x["label"]) for x in world.truth)
    print(f"{', '.join(f.name for f in files)}: {world.reports.height:,} reports, {dict(labels)}")


if __name__ == "__main__":
    main()
