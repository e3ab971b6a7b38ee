"""Deciding: class, rule and reasons of each meeting, from the measured table alone."""

from __future__ import annotations

import polars as pl

from pipeline.config import RendezvousConfig
from pipeline.rendezvous.features import derive
from pipeline.rendezvous.rules import rules


def _figure(column: str, decimals: int, unit: str) -> pl.Expr:
    value = pl.col(column).round(decimals)
    if decimals == 0:
        value = value.cast(pl.Int64)
    return pl.format("{}" + unit, value).fill_null("?")


def _reasons(words: pl.Expr) -> pl.Expr:
    """One line: why the class, then the figures it rests on."""
    parts = [
        words,
        pl.format(
            "hulls {} apart ({} to {})",
            _figure("hull_gap_median_m", 0, " m"),
            _figure("hull_gap_low_m", 0, ""),
            _figure("hull_gap_high_m", 0, " m"),
        ),
        pl.when(pl.col("keel_deg").is_not_null()).then(
            pl.format("keels within {}", _figure("keel_deg", 0, "°"))
        ),
        pl.when(pl.col("overlap_share").is_not_null()).then(
            pl.format(
                "{} of the shorter hull beside the other",
                pl.format("{} %", (100 * pl.col("overlap_share")).round(0).cast(pl.Int64)),
            )
        ),
        pl.when(pl.col("relative_speed_median_kn").is_not_null()).then(
            pl.format("{} against each other", _figure("relative_speed_median_kn", 2, " kn"))
        ),
        pl.format("{} over ground", _figure("speed_median_kn", 1, " kn")),
        pl.format("{} of {} heard", _figure("observed_h", 1, " h"), _figure("duration_h", 1, " h")),
        pl.when(pl.col("dimensions_known") < 2).then(pl.lit("dimensions missing")),
        pl.when(pl.col("antennas_known") < 2).then(pl.lit("antenna places missing")),
        pl.when(pl.col("headings_share") < 0.5).then(pl.lit("headings mostly missing")),
        *(
            pl.when(pl.col(f"draught_change_{side}_m").is_not_null()).then(
                pl.format(
                    side + " {} to {}",
                    _figure(f"draught_before_{side}_m", 1, " m"),
                    _figure(f"draught_after_{side}_m", 1, " m draught"),
                )
            )
            for side in "ab"
        ),
    ]
    return pl.concat_str(parts, separator="; ", ignore_nulls=True)


def decide(measured: pl.DataFrame, config: RendezvousConfig) -> pl.DataFrame:
    """Fill `class`, `rule`, `reasons` and `candidate`.

    Parameters
    ----------
    measured : pl.DataFrame
        From `table.build`, or read back from a run's ``encounters.parquet``.
    config : RendezvousConfig
        Thresholds, and which classes are candidates.

    Returns
    -------
    pl.DataFrame
        The same rows and columns, decided anew.
    """
    derived = derive(measured, config)
    kind, rule, words = pl.lit(None, pl.String), pl.lit(None, pl.String), pl.lit(None, pl.String)
    for r in reversed(rules(config)):
        holds = r.expr() if r.tests else pl.lit(True)
        kind = pl.when(holds).then(pl.lit(r.kind)).otherwise(kind)
        rule = pl.when(holds).then(pl.lit(r.name)).otherwise(rule)
        words = pl.when(holds).then(pl.lit(r.words)).otherwise(words)
    reasons = _reasons(words)
    scored = pl.col("score").is_null() | (pl.col("score") >= config.candidate_score_min)
    return (
        derived.with_columns(kind.alias("class"), rule.alias("rule"), reasons.alias("reasons"))
        .with_columns((pl.col("class").is_in(config.candidate_classes) & scored).alias("candidate"))
        .select(measured.columns)
    )
