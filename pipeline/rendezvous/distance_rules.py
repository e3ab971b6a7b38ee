"""Deciding on encounters by distance: a transfer is any that lasts and is slow."""

from __future__ import annotations

import polars as pl

from pipeline.config import RendezvousConfig
from pipeline.rendezvous.deciding import apply_rules
from pipeline.rendezvous.rules import Rule, Test
from pipeline.wording import template


def distance_rules(config: RendezvousConfig) -> tuple[Rule, ...]:
    """The rules for encounters by distance, in the order in which they are tried.

    Parameters
    ----------
    config : RendezvousConfig
        Whose section `distance` holds the thresholds.
    """
    distance = config.distance
    least_h = distance.duration_min_minutes / 60.0
    slow = Test(
        "speed_median_kn", "<=", distance.speed_median_max_kn, False, "median speed of the two, kn"
    )
    return (
        Rule(
            "distance",
            "transfer",
            "slow and within the encounter distance of each other for long enough",
            (Test("duration_h", ">=", least_h, False, "hours within the distance"), slow),
        ),
        Rule(
            "brief",
            "passing",
            "within the encounter distance of each other for too short a time",
            (Test("duration_h", "<=", least_h, False, "hours within the distance"),),
        ),
        Rule("under_way", "undetermined", "near each other too fast to exchange anything", ()),
    )


def _reasons(words: pl.Expr) -> pl.Expr:
    """One line: why the class, then the figures it rests on."""

    def figure(column: str, decimals: int, unit: str) -> pl.Expr:
        value = pl.col(column).round(decimals)
        return template("{}" + unit, value.cast(pl.Int64) if decimals == 0 else value)

    silent = pl.max_horizontal("silence_a_h", "silence_b_h") > 0
    parts = [
        words,
        template("antennas {} apart", figure("distance_median_m", 0, " m")),
        template("{} over ground", figure("speed_median_kn", 1, " kn")),
        template("{} of {} heard", figure("observed_h", 1, " h"), figure("duration_h", 1, " h")),
        pl.when(silent).then(
            template(
                "a silent for {}, b for {}",
                figure("silence_a_h", 1, " h"),
                figure("silence_b_h", 1, " h"),
            )
        ),
        pl.lit("by distance alone: hulls and headings were not asked"),
    ]
    return pl.concat_str(parts, separator="; ", ignore_nulls=True)


def judge_by_distance(measured: pl.DataFrame, config: RendezvousConfig) -> pl.DataFrame:
    """Fill `class`, `rule`, `reasons` and `candidate` of encounters by distance.

    Parameters
    ----------
    measured : pl.DataFrame
        From `table.build`, or read back from a run's ``encounters.parquet``.
    config : RendezvousConfig
        Thresholds, and which classes are candidates.

    Returns
    -------
    pl.DataFrame
        The same rows, sorted by start and event. There is no score: it is one of hulls and motion.
    """
    return (
        apply_rules(measured, distance_rules(config), _reasons)
        .with_columns(
            pl.lit(None, pl.Float64).alias("score"),
            pl.col("class").is_in(config.candidate_classes).alias("candidate"),
        )
        .sort("start_utc", "event_id")
    )
