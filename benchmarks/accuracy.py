"""How many transfers are found, and what else is reported, on worlds nobody tuned to.

    python -m benchmarks.accuracy --seeds 20 [--variants all] [--layout nmea] [--json FILE]

For each seed a fresh world is made and written in a real layout; `alongside detect` runs on the
files from the command line, as a user runs it, and so do the baselines. The table counts by kind of
event, the lines below it all of them: see `benchmarks.scoring` for how.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks import baselines
from benchmarks.scoring import (
    Row,
    Score,
    calibration_error,
    read_candidates,
    score,
    summary,
)
from benchmarks.world.compose import make_world
from benchmarks.world.options import VARIANTS
from benchmarks.world.world import World
from benchmarks.world.writers import LAYOUTS, write

ROOT = Path(__file__).resolve().parent.parent
FIRST_SEED = 1001  # those of `make bench-accuracy`; training draws from others
# Columns of the table: the detector by its configuration, and the scripts.
CONFIGS = {"default": None, "gfw": ROOT / "configs" / "gfw.yaml"}
SCRIPTS = {"script": baselines.USUAL, "tankers": baselines.TANKERS}
METHODS = (*CONFIGS, *SCRIPTS)


def detect(ais: Path, out: Path, config: Path | None, settings: Sequence[str]) -> list[Row]:
    """The candidates of `alongside detect` on a file or folder."""
    command = [sys.executable, "-m", "pipeline", "detect", str(ais), "--out", str(out), "--quiet"]
    command += ["--config", str(config)] if config else []
    for setting in settings:
        command += ["--set", setting]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return read_candidates(out / "candidates.geojson")


def judge(
    world: World, folder: Path, layout: str, methods: Sequence[str], settings: Sequence[str]
) -> dict[str, Score]:
    """Write a world into `folder`, run each method on it, count."""
    files = write(world, folder, layout)
    world.write_truth(folder / "truth.json")
    reports = baselines.read(files[0]) if set(methods) & set(SCRIPTS) else None
    scores = {}
    for method in methods:
        found: list[Row]
        if method in CONFIGS:
            found = detect(folder / "ais", folder / method, CONFIGS[method], settings)
        else:
            assert reports is not None  # noqa: S101 -- read above for any script
            found = [*baselines.run(reports, SCRIPTS[method])]
        scores[method] = score(found, world.truth)
    return scores


def table(scores: dict[str, Score]) -> str:
    """Found of all events, by kind; of decoys fewer is better."""
    methods, lines = list(scores), []
    kinds = sorted(next(iter(scores.values())).kinds, key=_order)
    lines.append(f"{'label':7}{'kind':24}" + "".join(f"{m:>14}" for m in methods))
    for key in kinds:
        cells = "".join(f"{_cell(scores[m], key):>14}" for m in methods)
        lines.append(f"{key[0]:7}{key[1]:24}{cells}")
    return "\n".join(lines)


def _order(key: tuple[str, str]) -> tuple[int, str]:
    return ("sts", "dark", "decoy").index(key[0]), key[1]


def _cell(result: Score, key: tuple[str, str]) -> str:
    tally = result.kinds[key]
    hidden = f" -{tally.events - tally.seen}" if tally.seen < tally.events else ""
    return f"{tally.found}/{tally.events}{hidden}"


@dataclass(frozen=True)
class Task:
    """One world to be made and judged."""

    seed: int
    variant: str
    layout: str
    methods: tuple[str, ...]
    settings: tuple[str, ...]
    keep: Path | None  # folder that keeps the world and its runs

    def scores(self) -> dict[str, Score]:
        """What each method finds of it."""
        world = make_world(self.seed, VARIANTS[self.variant])
        with tempfile.TemporaryDirectory() as scratch:
            folder = self.keep / self.variant / str(self.seed) if self.keep else Path(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            return judge(world, folder, self.layout, self.methods, self.settings)


def judge_all(tasks: Sequence[Task], workers: int) -> dict[str, dict[str, Score]]:
    """The scores of all worlds of a variant together, by variant and method."""
    totals: dict[str, dict[str, Score]] = {}
    spawn = multiprocessing.get_context("spawn")  # Polars' threads do not survive a fork
    with ProcessPoolExecutor(workers, mp_context=spawn) as pool:
        for task, scores in zip(tasks, pool.map(Task.scores, tasks), strict=True):
            for method, one in scores.items():
                totals.setdefault(task.variant, {}).setdefault(method, Score()).join(one)
                print(f"{task.variant} {task.seed} {method}: {summary(one)}", file=sys.stderr)
    return totals


def report(totals: dict[str, dict[str, Score]]) -> Iterator[str]:
    """A table by kind for each variant, then each variant and method in one line."""
    yield "found/events; -n: so many of them leave nothing to see"
    for variant, scores in totals.items():
        yield f"\n{variant}\n{table(scores)}"
    yield ""
    for variant, scores in totals.items():
        for method, total in scores.items():
            error = calibration_error(total.graded)
            graded = "" if error is None else f", calibration error {error:.3f}"
            yield f"{variant}, {method}: {summary(total)}{graded}"


def main() -> None:
    """Read the arguments, run the seeds, print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many worlds of each variant")
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--variants", default="default", help="comma-separated, or all")
    parser.add_argument("--layout", choices=LAYOUTS, default="danish")
    parser.add_argument("--methods", default=",".join(METHODS), help="comma-separated")
    parser.add_argument("--set", action="append", default=[], dest="settings")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder that keeps each world and its runs")
    parser.add_argument("--json", type=Path, help="gets figures, missed and wrong events")
    args = parser.parse_args()
    methods = tuple(args.methods.split(","))
    variants = tuple(VARIANTS) if args.variants == "all" else tuple(args.variants.split(","))
    for given, known in ((methods, METHODS), (variants, VARIANTS)):
        if unknown := set(given) - set(known):
            parser.error(f"unknown {sorted(unknown)}; there are {', '.join(known)}")
    tasks = [
        Task(seed, variant, args.layout, methods, tuple(args.settings), args.keep)
        for variant in variants
        for seed in range(args.first_seed, args.first_seed + args.seeds)
    ]
    totals = judge_all(tasks, args.workers)
    print(f"{args.seeds} worlds of each variant from seed {args.first_seed}, {args.layout}")
    for line in report(totals):
        print(line)
    if args.json:
        plain = {v: {m: _plain(s) for m, s in scores.items()} for v, scores in totals.items()}
        args.json.write_text(json.dumps(plain, indent=1))


def _plain(result: Score) -> dict[str, object]:
    return {
        "summary": summary(result),
        "kinds": {f"{a} {b}": [t.found, t.events, t.seen] for (a, b), t in result.kinds.items()},
        "missed": result.missed,
        "wrong": result.wrong,
        "unmatched": result.unmatched,
        "graded": result.graded,
    }


if __name__ == "__main__":
    main()
