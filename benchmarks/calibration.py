"""Whether the score means what it says: eight in ten of those scored 0.8 are transfers.

    python -m benchmarks.calibration --seeds 40 [--cache DIR]

On worlds the score was not trained on, of every variant in turn: expected calibration error, what
each threshold keeps and drops, and what it would be if everything that is none were commoner
than on the worlds. Draws docs/reliability.svg.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.labelled import all_judged, cases
from benchmarks.scoring import calibration_error
from pipeline.config import Config

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FIRST_SEED = 3001  # training begins at 5001
FIGURE = Path(__file__).resolve().parent.parent / "docs" / "reliability.svg"
BINS = 10
THRESHOLDS = (0.0, 0.1, 0.2, 0.3, 0.5)
COMMONER = (1, 3, 10)
SURE = 0.8

Floats = NDArray[np.float64]


def groups(encounters: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The encounters by what is asked of them."""
    transfer, pair = pl.col("class") == "transfer", pl.col("kind") == "pair"
    touching = pair & (pl.col("contact") == 1)
    return {
        "transfers by the rules": encounters.filter(transfer),
        "of them candidates": encounters.filter("candidate"),
        "two-sided candidates": encounters.filter(pair & pl.col("candidate")),
        "one-sided candidates": encounters.filter(~pair & pl.col("candidate")),
        "pairs that may have touched": encounters.filter(touching),
        "lone vessels": encounters.filter(~pair),
        "all encounters": encounters,
    }


def graded(rows: pl.DataFrame) -> list[tuple[float, bool]]:
    """Score and truth of each row."""
    return list(rows.select("score", "true").rows())


def weighted_error(rows: pl.DataFrame, times: float) -> float:
    """Expected calibration error if everything that is no transfer were so many times commoner."""
    score, true = rows["score"].to_numpy(), rows["true"].to_numpy().astype(float)
    weight = np.where(true == 1.0, 1.0, times)
    bin_of = np.minimum((score * BINS).astype(int), BINS - 1)
    off = 0.0
    for number in np.unique(bin_of):
        own = bin_of == number
        off += abs(float(np.sum(weight[own] * (true[own] - score[own]))))
    return off / float(weight.sum())


def bins(rows: pl.DataFrame) -> Iterator[tuple[int, int, float, float]]:
    """Bin, encounters, mean score, share of transfers, of the bins that hold any."""
    score, true = rows["score"].to_numpy(), rows["true"].to_numpy().astype(float)
    bin_of = np.minimum((score * BINS).astype(int), BINS - 1)
    for number in np.unique(bin_of):
        own = bin_of == number
        yield int(number), int(own.sum()), float(score[own].mean()), float(true[own].mean())


def report(encounters: pl.DataFrame) -> Iterator[str]:
    """The figures, line by line."""
    sets = groups(encounters)
    yield f"{'':30}{'number':>8}{'true':>8}{'score':>8}{'error':>8}"
    for name, rows in sets.items():
        yield _line(name, rows)
    ruled = sets["transfers by the rules"]
    for (variant,), rows in sorted(ruled.group_by("variant")):
        yield _line(f"  {variant}", rows)
    yield ""
    yield "transfers by the rules, by score: number, mean score, share true"
    for number, count, score, share in bins(ruled):
        yield f"  {number / BINS:.1f}-{(number + 1) / BINS:.1f}{count:8}{score:8.3f}{share:8.3f}"
    yield ""
    yield "candidate_score_min: transfers lost, others still reported"
    true, other = ruled.filter("true"), ruled.filter(~pl.col("true"))
    for least in THRESHOLDS:
        lost, kept = (true["score"] < least).sum(), (other["score"] >= least).sum()
        yield f"  {least:.1f}: {lost} of {true.height}, {kept} of {other.height}"
    yield ""
    yield "error of the candidates if all that is none were so many times commoner"
    for times in COMMONER:
        yield f"  {times:3}: {weighted_error(sets['of them candidates'], times):.3f}"
    yield ""
    yield f"decided otherwise by the rules, and scored {SURE} or more: kind, rule, true, number"
    sure = encounters.filter((pl.col("class") != "transfer") & (pl.col("score") >= SURE))
    told = sure.group_by("true", "truth_kind", "rule").len()
    for is_true, kind, rule, count in told.sort("true", "truth_kind", "rule").rows():
        yield f"  {kind or 'no event'}, {rule}: {'true' if is_true else 'none'}, {count}"


def _line(name: str, rows: pl.DataFrame) -> str:
    error = calibration_error(graded(rows), BINS)
    if error is None:
        return f"{name:30}{0:8}"
    share, score = float(rows["true"].to_numpy().mean()), float(rows["score"].to_numpy().mean())
    return f"{name:30}{rows.height:8}{share:8.3f}{score:8.3f}{error:8.3f}"


def draw(encounters: pl.DataFrame, file: Path) -> None:
    """The reliability diagram, over transfers by the rules and over all that may be one."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    sets = groups(encounters)
    shown = {
        "Transfers by the rules": sets["transfers by the rules"],
        "Pairs that may have touched": sets["pairs that may have touched"],
    }
    with mpl.rc_context({"svg.hashsalt": "reliability", "svg.fonttype": "none"}):
        figure = Figure(figsize=(9.0, 4.6), layout="constrained")
        for axes, (name, rows) in zip(figure.subplots(1, 2), shown.items(), strict=True):
            _panel(axes, name, rows)
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})


def _panel(axes: Axes, name: str, rows: pl.DataFrame) -> None:
    """One diagram: shares with 90 % intervals against the mean scores of the bins."""
    axes.plot([0, 1], [0, 1], color="0.6", linewidth=1, zorder=1)
    for _, count, score, share in bins(rows):
        low, high = _interval(share, count)
        axes.plot([score, score], [low, high], color="#1b6ca8", linewidth=1.2, zorder=2)
        axes.plot([score], [share], "o", color="#1b6ca8", markersize=5, zorder=3)
        axes.annotate(f"{count}", (score, share), (6, -9), textcoords="offset points", fontsize=7)
    error = calibration_error(graded(rows), BINS)
    axes.set_title(f"{name}: {rows.height}, error {error:.3f}", fontsize=10)
    axes.set(xlim=(0, 1), ylim=(-0.02, 1.02), aspect="equal")
    axes.set(xlabel="Score", ylabel="Share that were transfers")
    axes.grid(color="0.92")


def _interval(share: float, count: int) -> tuple[float, float]:
    """Wilson's interval of 90 % for a share of so many (E. B. Wilson 1927)."""
    z2 = 1.645**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = np.sqrt(z2 * (share * (1 - share) / count + z2 / (4 * count**2))) / (1 + z2 / count)
    return middle - half, middle + half


def main() -> None:
    """Make the worlds, score, print, draw."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    parser.add_argument("--seeds", type=int, default=40, help="how many worlds")
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cache", type=Path, help="keeps measured worlds; empty it by hand")
    parser.add_argument("--figure", type=Path, default=FIGURE)
    args = parser.parse_args()
    chosen = cases(args.first_seed, args.seeds)
    worlds = list(all_judged(chosen, args.workers, args.cache, score="model"))
    encounters = pl.concat(worlds, how="diagonal")
    least = Config().rendezvous.candidate_score_min
    print(f"{len(worlds)} worlds from seed {args.first_seed}, candidate_score_min {least}\n")
    for line in report(encounters):
        print(line)
    draw(encounters, args.figure)
    print(f"\n{args.figure.name} drawn")


if __name__ == "__main__":
    main()
