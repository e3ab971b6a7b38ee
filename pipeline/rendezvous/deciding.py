"""Deciding: class, rule and reasons of each meeting, from the measured table alone."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipeline.config import RendezvousConfig
from pipeline.rendezvous.draughts import TYPED_LATE_H
from pipeline.rendezvous.features import derive
from pipeline.rendezvous.lone_rules import lone_rules
from pipeline.rendezvous.pair_rules import pair_rules
from pipeline.rendezvous.rules import Rule
from pipeline.rendezvous.scoring import with_scores
from pipeline.wording import template

ReasonsOf = Callable[[pl.Expr], pl.Expr]


def _figure(column: str, decimals: int, unit: str) -> pl.Expr:
    value = pl.col(column).round(decimals)
    if decimals == 0:
        value = value.cast(pl.Int64)
    return template("{}" + unit, value).fill_null("?")


def _draught(side: str) -> pl.Expr:
    typed_h = pl.col(f"draught_typed_{side}_h")
    return pl.when(pl.col(f"draught_change_{side}_m").is_not_null()).then(
        template(
            "draught of " + side + " {} to {}, typed {} {} the end",
            _figure(f"draught_before_{side}_m", 1, ""),
            _figure(f"draught_after_{side}_m", 1, " m"),
            template("{} h", typed_h.abs().round(1)).fill_null("?"),
            pl.when(typed_h < 0.0).then(pl.lit("before")).otherwise(pl.lit("after")),
        )
    )


def _why(cause: pl.Expr) -> pl.Expr:
    return (
        pl.when(cause == "switched_off")
        .then(pl.lit("switched off, as its neighbours were heard"))
        .when(cause == "out_of_range")
        .then(pl.lit("out of the receivers' range"))
        .otherwise(pl.lit("why is not known"))
    )


def _unheard(side: str, when: str, words: str) -> pl.Expr:
    """That a ship was not heard before an event, or after it, and why; null where it was."""
    cause = pl.col(f"silence_{when}_{side}")
    return pl.when(cause.is_not_null()).then(
        template(f"{side} not heard {words}: {{}}", _why(cause))
    )


def _at_ends(side: str) -> list[pl.Expr]:
    return [_unheard(side, "before", "before"), _unheard(side, "after", "again")]


def _silence(side: str) -> pl.Expr:
    """How long a ship was not heard and why; null where it was heard throughout."""
    cause = pl.col(f"silence_cause_{side}")
    why = _why(cause)
    silent = cause.is_not_null() & (pl.col(f"silence_{side}_h") >= 0.05)
    hours = _figure(f"silence_{side}_h", 1, " h")
    return pl.when(silent).then(template(side + " silent for {}: {}", hours, why))


def _on_land(side: str) -> pl.Expr:
    """How many of a ship's fixes the coastline puts far inland; null for none."""
    share = pl.col(f"on_land_{side}")
    text = template(
        "{} % of " + side + "'s positions inland, or on a river",
        (100 * share).round(0).cast(pl.Int64),
    )
    return pl.when(share >= 0.05).then(text)


_CHANGES = {"name_changed": "name", "imo_changed": "IMO number", "callsign_changed": "call sign"}


def _identity(side: str) -> pl.Expr:
    """What of a ship's identity is in doubt; null where nothing is."""
    flags = pl.col(f"flags_{side}")
    said = [
        *((flag, f"{side} changed its {what} within the input") for flag, what in _CHANGES.items()),
        ("fabricated_mmsi", f"{side}'s MMSI cannot have been assigned"),
        ("shared_mmsi", f"{side}'s MMSI was used by several ships"),
        ("interference", f"{side}'s positions were false at times"),
        ("false_heading", f"{side}'s heading was false at times and is not used then"),
        ("draughts_disagree", f"{side}'s draughts contradicted each other and are not used then"),
        ("hull_disagrees", f"{side}'s typed dimensions disagree; most reports count"),
    ]
    return pl.concat_str(
        [pl.when(flags.str.contains(flag, literal=True)).then(pl.lit(text)) for flag, text in said],
        separator="; ",
        ignore_nulls=True,
    ).replace("", None)


def _dark_tankers() -> pl.Expr:
    """Who may have been the partner of a vessel of which none was heard."""
    return pl.when(pl.col("dark_tankers") > 0).then(
        template(
            "tankers that switched off meanwhile and could have come alongside: {} ({})",
            _figure("dark_tankers", 0, ""),
            "dark_tankers_mmsi",
        )
    )


def _lone_reasons(words: pl.Expr) -> pl.Expr:
    """One line for a vessel alone."""
    parts = [
        words,
        _draught("a"),
        template("{} over ground", _figure("speed_median_kn", 1, " kn")),
        template("{} of {} heard", _figure("observed_h", 1, " h"), _figure("duration_h", 1, " h")),
        _silence("a"),
        *_at_ends("a"),
        _dark_tankers(),
        template("{} from shore", _figure("shore_km", 0, " km")),
        _on_land("a"),
        _identity("a"),
    ]
    return pl.concat_str(parts, separator="; ", ignore_nulls=True)


def _pair_reasons(words: pl.Expr) -> pl.Expr:
    """One line: why the class, then the figures it rests on."""
    parts = [
        words,
        template(
            "hulls {} apart ({} to {})",
            _figure("hull_gap_median_m", 0, " m"),
            _figure("hull_gap_low_m", 0, ""),
            _figure("hull_gap_high_m", 0, " m"),
        ),
        pl.when(pl.col("keel_deg").is_not_null()).then(
            template("keels within {}", _figure("keel_deg", 0, "°"))
        ),
        pl.when(pl.col("overlap_share").is_not_null()).then(
            template(
                "{} of the shorter hull beside the other",
                template("{} %", (100 * pl.col("overlap_share")).round(0).cast(pl.Int64)),
            )
        ),
        pl.when(pl.col("relative_speed_median_kn").is_not_null()).then(
            template("{} against each other", _figure("relative_speed_median_kn", 2, " kn"))
        ),
        template("{} over ground", _figure("speed_median_kn", 1, " kn")),
        template("{} of {} heard", _figure("observed_h", 1, " h"), _figure("duration_h", 1, " h")),
        _silence("a"),
        _silence("b"),
        *_at_ends("a"),
        *_at_ends("b"),
        pl.when(pl.col("dimensions_known") < 2).then(pl.lit("dimensions missing")),
        pl.when(pl.col("antennas_known") < 2).then(pl.lit("antenna places missing")),
        pl.when(pl.col("headings_share") < 0.5).then(pl.lit("headings mostly missing")),
        _draught("a"),
        _draught("b"),
        _on_land("a"),
        _on_land("b"),
        _identity("a"),
        _identity("b"),
    ]
    return pl.concat_str(parts, separator="; ", ignore_nulls=True)


def apply_rules(rows: pl.DataFrame, rules: tuple[Rule, ...], reasons: ReasonsOf) -> pl.DataFrame:
    """Add `class`, `rule` and `reasons` by the first rule that holds.

    Parameters
    ----------
    rows : pl.DataFrame
        With all columns that the rules test.
    rules : tuple of Rule
        In the order in which they are tried; the last holds always.
    reasons : function
        From the rule's words, as an expression, to that of the whole line.
    """
    kind, rule, words = pl.lit(None, pl.String), pl.lit(None, pl.String), pl.lit(None, pl.String)
    for r in reversed(rules):
        holds = r.expr()
        kind = pl.when(holds).then(pl.lit(r.kind)).otherwise(kind)
        rule = pl.when(holds).then(pl.lit(r.name)).otherwise(rule)
        words = pl.when(holds).then(pl.lit(r.words)).otherwise(words)
    return rows.with_columns(
        kind.alias("class"), rule.alias("rule"), reasons(words).alias("reasons")
    )


def _explained(lone: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Add `pair_explains`: 1 where a transfer with a ship that was heard explains the draught."""
    known = pairs.lazy().filter(pl.col("class").is_in(HEARD_PARTNER) & (pl.col("contact") == 1))
    meetings = pl.concat(
        known.select(
            pl.col(f"track_{side}").alias("track_a"),
            pl.col("start_utc").alias("_start"),
            pl.col("end_utc").alias("_end"),
        )
        for side in "ab"
    ).collect()
    typed = pl.col("end_utc") + pl.duration(
        seconds=(pl.col("draught_typed_a_h") * 3600.0).round().cast(pl.Int64)
    )
    # whatever was going on, or over for less than three days, when the new draught was typed
    hits = (
        lone.select("event_id", "track_a", typed.alias("_typed"))
        .join(meetings, on="track_a")
        .filter(
            (pl.col("_start") <= pl.col("_typed"))
            & (pl.col("_end") >= pl.col("_typed") - pl.duration(hours=TYPED_LATE_H))
        )["event_id"]
        .unique()
    )
    return lone.with_columns(
        pl.col("event_id").is_in(hits.implode()).cast(pl.Float64).alias("pair_explains")
    )


HEARD_PARTNER = ("transfer", "bunkering", "undetermined", "interference")
"""Whoever lay alongside so was heard: what moved did not move in the dark."""
RAFT_GAP_M = 8.0
"""Two ships on either side of a third are further apart than either from it by half a beam of the
smallest coaster at least."""


WIDE_GAP_M = 20.0
"""Nine in ten real lighterings measure less: above, a ship between is the better reason."""


def _without_rafts(pairs: pl.DataFrame) -> pl.DataFrame:
    """Take back transfers between two ships that lay on either side of a third.

    Where headings or dimensions are missing the outer two of a raft may seem to touch. Of three
    transfers among three ships at one time the one with by far the largest gap is none.
    """
    edge = pairs.filter(pl.col("class") == "transfer").select(
        "event_id", "track_a", "track_b", "start_utc", "end_utc", "distance_median_m"
    )
    both = pl.concat(
        [edge, edge.rename({"track_a": "track_b", "track_b": "track_a"})], how="diagonal"
    )
    thirds = (
        edge.join(both, on="track_a", suffix="_left")
        .join(
            both,
            left_on=["track_b", "track_b_left"],
            right_on=["track_a", "track_b"],
            suffix="_right",
        )
        .filter(
            pl.all_horizontal(
                *(pl.col(f"start_utc_{side}") < pl.col("end_utc") for side in ("left", "right")),
                *(pl.col(f"end_utc_{side}") > pl.col("start_utc") for side in ("left", "right")),
                *(
                    pl.col("distance_median_m") >= pl.col(f"distance_median_m_{side}") + RAFT_GAP_M
                    for side in ("left", "right")
                ),
            )
        )
    )
    vague = (pl.col("headings_share") < 0.5) | (pl.col("antennas_known") < 2)
    vague |= pl.col("hull_gap_median_m") >= WIDE_GAP_M
    outer = pl.col("event_id").is_in(thirds["event_id"].unique().implode()) & vague
    words = "both lie beside the same third ship, on either side"
    return pairs.with_columns(
        pl.when(outer).then(pl.lit("anchored_neighbours")).otherwise("class").alias("class"),
        pl.when(outer).then(pl.lit("raft")).otherwise("rule").alias("rule"),
        pl.when(outer)
        .then(pl.concat_str(pl.lit(words + "; "), "reasons"))
        .otherwise("reasons")
        .alias("reasons"),
    )


HELD_SCATTER_M = 60.0
"""One vessel keeps its place by another if it moves less than this in the other's frame: a tug on
its line, a production ship. Ships on two anchors shift by more as they swing."""


def _held(lone: pl.DataFrame, pairs: pl.DataFrame, hawser_max_m: float) -> pl.DataFrame:
    """Add `held_share`: the largest share of the spell in which one other kept its place.

    Another vessel, or an aid to navigation no further off than a mooring buoy: a ship at anchor
    near a channel's buoy may lie as still.
    """
    scatter = pl.coalesce("scatter_hull_m", "distance_scatter_m")
    length = pl.max_horizontal("length_a_m", "length_b_m")
    at_it = (pl.col("distance_median_m") <= length + hawser_max_m).fill_null(value=False)
    close = pairs.lazy().filter((scatter <= HELD_SCATTER_M) & (at_it | (pl.col("aid") == 0.0)))
    company = pl.concat(
        close.select(
            pl.col(f"track_{side}").alias("track_a"),
            pl.col("start_utc").alias("_from"),
            pl.col("end_utc").alias("_to"),
            pl.col("near_h").alias("_near_h"),
        )
        for side in "ab"
    ).collect()
    shares = (
        lone.select("event_id", "track_a", "start_utc", "end_utc", "duration_h")
        .join(company, on="track_a")
        .filter((pl.col("_from") < pl.col("end_utc")) & (pl.col("_to") > pl.col("start_utc")))
        .group_by("event_id")
        .agg((pl.col("_near_h") / pl.col("duration_h")).max().alias("held_share"))
    )
    return lone.join(shares, on="event_id", how="left", maintain_order="left")


def judge_by_hulls(measured: pl.DataFrame, config: RendezvousConfig) -> pl.DataFrame:
    """Fill `class`, `rule`, `reasons` and `candidate`, and keep all columns that the rules test.

    Parameters
    ----------
    measured : pl.DataFrame
        From `table.build`, or read back from a run's ``encounters.parquet``.
    config : RendezvousConfig
        Thresholds, and which classes are candidates.

    Returns
    -------
    pl.DataFrame
        The same rows, sorted by start and event; what the rules test stands behind what was
        measured.
    """
    return _judged(measured, config).sort("start_utc", "event_id")


def decide_by_hulls(measured: pl.DataFrame, config: RendezvousConfig) -> pl.DataFrame:
    """`judge_by_hulls` without what the rules test: what nobody asks for is not put in order."""
    return _judged(measured, config).select(measured.columns).sort("start_utc", "event_id")


def _judged(measured: pl.DataFrame, config: RendezvousConfig) -> pl.DataFrame:
    derived = derive(measured, config)
    is_pair = pl.col("kind") == "pair"
    pairs = _without_rafts(apply_rules(derived.filter(is_pair), pair_rules(config), _pair_reasons))
    lone = _held(_explained(derived.filter(~is_pair), pairs), pairs, config.lone.hawser_max_m)
    lone = apply_rules(lone, lone_rules(config), _lone_reasons)
    judged = pl.concat([pairs, lone], how="diagonal")
    judged = judged.with_columns(pl.lit(None, pl.Float64).alias("score"))
    if config.score == "model":
        judged = with_scores(judged)
    # the score is the chance of a transfer: of those asked for as something else it says nothing
    scored = (pl.col("class") != "transfer") | pl.col("score").is_null()
    scored |= pl.col("score") >= config.candidate_score_min
    return judged.with_columns(
        (pl.col("class").is_in(config.candidate_classes) & scored).alias("candidate")
    )
