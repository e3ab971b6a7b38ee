"""The score: how likely an encounter is a transfer, from a small model that anyone can read.

Log odds are a constant and a weight for each piece of evidence (`score_features`); a table of
points, straight lines between them, turns log odds into a share of transfers. Constant, weights and
points stand in ``score_model.json``, which `benchmarks.train_score` writes. The score ranks and
filters candidates; the class is decided by rules alone.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.config import RendezvousConfig
from pipeline.rendezvous.company import with_company
from pipeline.rendezvous.features import derive
from pipeline.rendezvous.score_features import EVIDENCE, Evidence
from pipeline.wording import score_column, template

MODEL_FILE = Path(__file__).with_name("score_model.json")
REASONS = 3
"""The largest weights that are told of an encounter."""
TOLD_MIN = 0.3
"""Evidence that shifts the log odds by less than this (odds by a third) is not worth telling."""
EXACT_DECIMALS, SCORE_DECIMALS = 6, 3
"""Sums are rounded, so that the last bit of a quotient never shows."""

AT_ONCE = 20_000
"""Encounters weighed at a time: some 30 MB of evidence."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """What is known of one kind of encounter.

    Attributes
    ----------
    intercept : float
        Log odds where nothing is known.
    weights : tuple of float
        Log odds of each piece of evidence in full, in the order of `score_features.EVIDENCE`.
    log_odds, shares : tuple of float
        Rising: a sum of log odds, and the share of transfers among encounters with that sum.
    """

    intercept: float
    weights: tuple[float, ...]
    log_odds: tuple[float, ...]
    shares: tuple[float, ...]

    def contributions(self, values: Floats) -> Floats:
        """Log odds that each piece of evidence adds, rows as in `values`."""
        return np.round(values * np.array(self.weights), EXACT_DECIMALS)

    def total(self, contributions: Floats) -> Floats:
        """Log odds of each row."""
        total = np.full(len(contributions), self.intercept)
        for column in contributions.T:  # one after the other: the same sum for any number of rows
            total = total + column
        return np.round(total, EXACT_DECIMALS)

    def score(self, total: Floats) -> Floats:
        """Shares of transfers at these log odds."""
        return np.round(np.interp(total, self.log_odds, self.shares), SCORE_DECIMALS)


def parse(text: str) -> dict[str, Model]:
    """The models of a model file, by kind of encounter.

    Raises
    ------
    ValueError
        The file holds other evidence than this version weighs, or a weight of the wrong sign.
    """
    models = {}
    for kind, evidence in EVIDENCE.items():
        told = json.loads(text)["models"][kind]
        names = [e["name"] for e in told["evidence"]]
        if names != [e.name for e in evidence]:
            raise ValueError(f"{kind}: other evidence than this version weighs; make score")
        weights = tuple(float(e["weight"]) for e in told["evidence"])
        wrong = [e.name for e, w in zip(evidence, weights, strict=True) if w * e.sign < 0]
        if wrong:
            raise ValueError(f"{kind}: weight of the wrong sign: {', '.join(wrong)}")
        points = told["calibration"]
        models[kind] = Model(
            float(told["intercept"]),
            weights,
            tuple(float(p["log_odds"]) for p in points),
            tuple(float(p["share"]) for p in points),
        )
    return models


@cache
def models() -> dict[str, Model]:
    """The models that come with this version, by kind of encounter."""
    return parse(MODEL_FILE.read_text(encoding="utf-8"))


def evidence_of(judged: pl.DataFrame) -> pl.DataFrame:
    """Add what the evidence is got from, by the default thresholds whatever the run's were.

    Parameters
    ----------
    judged : pl.DataFrame
        From `deciding.judge_by_hulls`, or at least the measured columns with `pair_explains` and
        `held_share`.
    """
    return with_company(derive(judged, RendezvousConfig()))


def values_of(rows: pl.DataFrame, kind: str) -> Floats:
    """The evidence of encounters of one kind: a row each, 0 to 1, in the order of EVIDENCE."""
    return rows.select(_evidence(kind)).to_numpy().astype(np.float64)


def _evidence(kind: str) -> list[pl.Expr]:
    return [e.expr.alias(e.name) for e in EVIDENCE[kind]]


def with_scores(judged: pl.DataFrame) -> pl.DataFrame:
    """Fill `score`, and say in `reasons` what weighed most.

    Parameters
    ----------
    judged : pl.DataFrame
        Encounters with their class and reasons, and with `pair_explains` and `held_share`.

    Returns
    -------
    pl.DataFrame
        The same rows and columns in the same order.
    """
    told = evidence_of(judged).with_row_index("_row")
    slices = told.iter_slices(AT_ONCE) if told.height else [told]
    parts = [(rows, kind) for rows in slices for kind in EVIDENCE]
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        score = pl.concat(pool.map(_scored, *zip(*parts, strict=True))).sort("_row")
    words = pl.concat_str("reasons", score["_words"], separator="; ", ignore_nulls=True)
    return judged.with_columns(score["score"], words.alias("reasons"))


def _scored(told: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Score and words of the encounters of one kind, with their row numbers."""
    of_kind = told.lazy().filter(pl.col("kind") == kind)  # lazily: few of the columns are looked at
    evidence = of_kind.select("_row", *_evidence(kind)).collect()
    model = models()[kind]
    shifts = model.contributions(evidence.drop("_row").to_numpy().astype(np.float64))
    told = evidence.select(
        "_row",
        pl.Series("score", model.score(model.total(shifts)), pl.Float64),
        _words(shifts, EVIDENCE[kind]).alias("_words"),
    )
    why = pl.when(pl.col("_words") != "").then(template(": {}", "_words"))
    return told.with_columns(
        pl.concat_str(pl.lit("score "), score_column(pl.col("score")), why.fill_null("")).alias(
            "_words"
        )
    )


def _words(shifts: Floats, evidence: tuple[Evidence, ...]) -> pl.Series:
    """The largest shifts in words, with their sign, the largest first."""
    words = pl.Series([f"{'+' if e.sign > 0 else '-'} {e.words}" for e in evidence])
    largest = np.argsort(-np.abs(shifts), axis=1, kind="stable")[:, :REASONS]
    sizes = np.abs(np.take_along_axis(shifts, largest, axis=1))
    columns = [
        words.gather(pl.Series(largest[:, n]))
        .set(pl.Series(sizes[:, n] < TOLD_MIN), None)
        .alias(str(n))
        for n in range(largest.shape[1])
    ]
    frame = pl.DataFrame(columns)
    return frame.select(pl.concat_str(pl.all(), separator=", ", ignore_nulls=True)).to_series()
