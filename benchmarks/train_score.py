"""Train the score on made-up worlds and write `pipeline/rendezvous/score_model.json`.

    python -m benchmarks.train_score [--worlds 64] [--cache DIR]

A logistic regression on the evidence of `pipeline.rendezvous.score_features`: weights cannot have
another sign than seamanship gives the evidence, and are drawn a little toward zero. Log odds
of each encounter by a model that has not seen its world then give the calibration: isotonic
regression, thinned to some points. The same code and the same worlds give the same file.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression

from benchmarks.labelled import Case, all_judged, cases
from pipeline.rendezvous.score_features import EVIDENCE, Evidence
from pipeline.rendezvous.scoring import MODEL_FILE, evidence_of, values_of

FIRST_SEED = 5001  # benchmarks.accuracy and benchmarks.calibration draw from others
RIDGE = 1.0
"""Weight of the squared weights: of no account beside thousands of encounters, but evidence that
a handful of them show is not taken for certainty."""
OTHERS = 3.0
"""How much commoner all that is no transfer is taken to be than on the worlds, where nearly half of
the pairs that may have touched are transfers. One in five of them is what a dump of waters known
for transfers may hold; on a real day off a coast it was one in 156, nearly all others ships at
berths, which no weight makes doubtful. With 3 the score errs by less than 0.05 for any mix from
that of the worlds to one with ten times as many look-alikes (benchmarks.calibration prints it)."""
FOLDS = 5
POINT_MIN = 25
"""Encounters that a point of the calibration rests on at least: then its share errs by 0.1."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """Encounters of one kind with the truth: evidence, transfer or not, world."""

    values: Floats
    true: Floats
    world: NDArray[np.int64]

    @property
    def weight(self) -> Floats:
        """What each encounter counts."""
        return np.where(self.true == 1.0, 1.0, OTHERS)


def sample_of(encounters: Sequence[pl.DataFrame], kind: str) -> Sample:
    """What the training reads of encounters of one kind."""
    rows = [e.filter(pl.col("kind") == kind) for e in encounters]
    return Sample(
        np.concatenate([values_of(r, kind) for r in rows]),
        np.concatenate([r["true"].to_numpy().astype(np.float64) for r in rows]),
        np.concatenate([r["world"].to_numpy().astype(np.int64) for r in rows]),
    )


def fit(sample: Sample, evidence: Sequence[Evidence]) -> Floats:
    """Intercept and weights: the likeliest of those whose signs are right."""
    values, true, weight = sample.values, sample.true, sample.weight

    def loss(at: Floats) -> tuple[float, Floats]:
        odds = at[0] + values @ at[1:]
        off = weight * (1.0 / (1.0 + np.exp(-odds)) - true)
        slope = np.concatenate([[off.sum()], values.T @ off + RIDGE * at[1:]])
        return float((weight * (np.logaddexp(0.0, odds) - true * odds)).sum()
                     + 0.5 * RIDGE * (at[1:] ** 2).sum()), slope  # fmt: skip

    bounds = [(None, None), *((0, None) if e.sign > 0 else (None, 0) for e in evidence)]
    start = np.zeros(1 + len(evidence))
    options = {"maxiter": 10_000, "maxfun": 100_000, "ftol": 1e-14, "gtol": 1e-8}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return np.asarray(np.round(found.x, 3) + 0.0, dtype=np.float64)  # no minus zero


def unseen_log_odds(sample: Sample, evidence: Sequence[Evidence]) -> Floats:
    """Log odds of each encounter, by a model trained on the other worlds."""
    out = np.empty(len(sample.true))
    for fold in range(FOLDS):
        own = sample.world % FOLDS == fold
        at = fit(Sample(sample.values[~own], sample.true[~own], sample.world[~own]), evidence)
        out[own] = at[0] + sample.values[own] @ at[1:]
    return np.round(out, 6)


def calibration(log_odds: Floats, true: Floats, weight: Floats) -> list[dict[str, float]]:
    """Points through which log odds become shares of transfers."""
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(log_odds, true, sample_weight=weight)
    order = np.argsort(log_odds, kind="stable")
    level = isotonic.predict(log_odds[order])
    edges = np.flatnonzero(np.diff(level, prepend=-1.0, append=2.0)).tolist()
    blocks: list[tuple[int, int]] = []
    for start, end in pairwise(edges):
        if blocks and (end - start < POINT_MIN or blocks[-1][1] - blocks[-1][0] < POINT_MIN):
            blocks[-1] = (blocks[-1][0], end)
        else:
            blocks.append((start, end))
    points = []
    for start, end in blocks:
        own = order[start:end]
        # none in a hundred is not never
        share = (float(true[own].sum()) + 0.5) / (float(weight[own].sum()) + 1.0)
        points.append((round(float(log_odds[own].mean()), 2), round(float(share), 4)))
    rising = np.maximum.accumulate([share for _, share in points])
    return [
        {"log_odds": at, "share": float(share)}
        for (at, _), share in zip(points, rising, strict=True)
    ]


def model_of(sample: Sample, kind: str) -> dict[str, object]:
    """What the model file holds of one kind of encounter."""
    evidence = EVIDENCE[kind]
    at = fit(sample, evidence)
    return {
        "encounters": len(sample.true),
        "transfers": int(sample.true.sum()),
        "intercept": float(at[0]),
        "evidence": [
            {
                "name": e.name,
                "weight": float(weight),
                "sign": e.sign,
                "how": e.how,
                "words": e.words,
            }
            for e, weight in zip(evidence, at[1:], strict=True)
        ],
        "calibration": calibration(unseen_log_odds(sample, evidence), sample.true, sample.weight),
    }


def document(encounters: Sequence[pl.DataFrame], chosen: Sequence[Case]) -> str:
    """The model file."""
    variants = [c.variant for c in chosen]
    touching = pl.concat(
        e.select("kind", "contact", "true").filter(pl.col("contact") == 1) for e in encounters
    )
    share = float(touching["true"].to_numpy().mean())
    content = {
        "made_by": f"python -m benchmarks.train_score --worlds {len(chosen)}",
        "score": (
            "share of transfers among encounters like it, in traffic as assumed;"
            " log odds = intercept + sum of weight x evidence (0 to 1), made a share by straight"
            " lines between the points of calibration"
        ),
        "assumed": {
            "others_commoner_than_on_the_worlds": OTHERS,
            "transfers_among_touching_pairs": round(share / (share + OTHERS * (1.0 - share)), 3),
        },
        "worlds": {
            "first_seed": chosen[0].seed,
            "last_seed": chosen[-1].seed,
            "of_variant": {v: variants.count(v) for v in sorted(set(variants))},
        },
        "models": {kind: model_of(sample_of(encounters, kind), kind) for kind in EVIDENCE},
    }
    return json.dumps(content, indent=1) + "\n"


def main() -> None:
    """Make the worlds, fit, write the file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.train_score", description=__doc__)
    parser.add_argument("--worlds", type=int, default=64)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cache", type=Path, help="keeps measured worlds; empty it by hand")
    parser.add_argument("--out", type=Path, default=MODEL_FILE)
    args = parser.parse_args()
    chosen = cases(FIRST_SEED, args.worlds)
    found = all_judged(chosen, args.workers, args.cache, score="none")
    encounters = [evidence_of(world) for world in found]
    args.out.write_text(document(encounters, chosen), encoding="utf-8")
    print(f"{args.out} written")


if __name__ == "__main__":
    main()
