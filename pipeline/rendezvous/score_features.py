"""The evidence the score weighs: measured values turned into numbers from 0 (nothing) to 1 (full).

Each piece of evidence speaks for a transfer or against one, whichever way seamanship says; the
training may find it weighs nothing, never that it speaks the other way. What is not known is 0.
Only sums, products and bounds are used, which give the same bits for one row and for a million.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from pipeline.rendezvous.ship_types import TANKER, is_type


@dataclass(frozen=True)
class Evidence:
    """One thing the score weighs.

    Attributes
    ----------
    name : str
        Its name in the model's file.
    sign : int
        +1: speaks for a transfer; -1: against.
    how : str
        How it is got from the measured columns, for readers of the model's file.
    words : str
        What it says, for people: in the reasons of an encounter.
    expr : pl.Expr
        Its value, 0 to 1.
    """

    name: str
    sign: Literal[1, -1]
    how: str
    words: str
    expr: pl.Expr


def _ramp(value: pl.Expr, start: float, end: float) -> pl.Expr:
    """0 up to `start`, 1 from `end` on, straight between; 0 where not known."""
    # a product: the last bit of Polars' quotient by a constant depends on the frame's length
    scaled = (value - start) * (1.0 / (end - start))
    return scaled.clip(0.0, 1.0).fill_nan(0.0).fill_null(0.0)


def _yes(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False).cast(pl.Float64)


def _most(column: str) -> pl.Expr:
    """The larger of both ships' values."""
    return pl.max_horizontal(f"{column}_a", f"{column}_b")


def _stood(side: str) -> pl.Expr:
    """How much a ship looks fixed to the ground: long, still and without turning."""
    radius, spread = pl.col(f"stay_radius_{side}_m"), pl.col(f"stay_spread_{side}_deg")
    loose = pl.max_horizontal(_ramp(radius, 10.0, 30.0), _ramp(spread, 2.0, 10.0))
    still = pl.when(radius.is_null()).then(0.0).otherwise(1.0 - loose)
    return still * _ramp(pl.col(f"stay_{side}_h"), 1.0, 6.0)


def _moored(side: str) -> pl.Expr:
    """Moored by status, unless she swings or drifts: then she is fast to the other ship."""
    loose = _ramp(pl.col(f"stay_radius_{side}_m"), 30.0, 100.0)
    return _ramp(pl.col(f"moored_{side}"), 0.0, 1.0) * (1.0 - loose)


def _came_or_left() -> pl.Expr:
    """Seen coming from afar or leaving; half where the dump begins and ends with the meeting."""
    far_km = pl.max_horizontal("approach_km", "departure_km")
    return pl.when(far_km.is_null()).then(0.5).otherwise(_ramp(far_km, 0.3, 2.0))


def _scatter() -> pl.Expr:
    return pl.coalesce("scatter_hull_m", "distance_scatter_m")


def _shorter() -> pl.Expr:
    lengths = "length_a_m", "length_b_m"
    both = pl.col(lengths[0]).is_not_null() & pl.col(lengths[1]).is_not_null()
    ratio = pl.min_horizontal(lengths).cast(pl.Float64) / pl.max_horizontal(lengths)
    return pl.when(both).then(ratio).otherwise(1.0)


def _opposite() -> pl.Expr:
    """One ship rose and the other sank."""
    return pl.col("draught_change_a_m") * pl.col("draught_change_b_m") < 0.0


def _agreement() -> pl.Expr:
    """The smaller of the two cargoes that the draughts tell over the larger."""
    tonnes = [
        (pl.col(f"draught_change_{side}_m") * pl.col(f"length_{side}_m").cast(pl.Float64)).abs()
        * pl.col(f"beam_{side}_m").cast(pl.Float64)
        for side in "ab"
    ]
    known = tonnes[0].is_not_null() & tonnes[1].is_not_null()
    ratio = pl.min_horizontal(tonnes) / pl.max_horizontal(tonnes)
    return pl.when(_opposite() & known).then(ratio)


def _other_types() -> pl.Expr:
    """How little the types speak of oil, where no draught speaks of cargo."""
    sides = [
        0.5
        - 0.5 * is_type(f"ship_type_{side}", TANKER)
        - 0.25 * _yes(pl.col(f"ship_type_{side}").fill_null(0) == 0)
        for side in "ab"
    ]
    return (sides[0] + sides[1]) * (1.0 - _ramp(pl.col("cargo_moved"), 0.0, 1.0))


def _kept_draught() -> pl.Expr:
    """Half for each ship that types draughts and typed no other since."""
    sides = [
        0.5
        * _yes(
            pl.col(f"draught_before_{side}_m").is_not_null()
            & pl.col(f"draught_after_{side}_m").is_null()
        )
        for side in "ab"
    ]
    return sides[0] + sides[1]


def _unexplained() -> pl.Expr:
    """A draught changed, and neither a ship that was heard nor a berth accounts for it."""
    other = [
        1.0 - _ramp(pl.col("pair_explains"), 0.0, 1.0),
        1.0 - _ramp(pl.col("held_share"), 0.1, 0.6),
        1.0 - _ramp(pl.col("berth_h"), 0.0, 2.0),
    ]
    return _ramp(pl.col("draught_explains"), 0.0, 1.0) * other[0] * other[1] * other[2]


def _missing(known_share: pl.Expr) -> pl.Expr:
    return 1.0 - _ramp(known_share, 0.0, 1.0)


PAIR = (
    Evidence(
        "gap_beyond_errors", -1, "hull_gap_low_m from 0 to 30",
        "hulls further apart than errors explain",
        _ramp(pl.col("hull_gap_low_m"), 0.0, 30.0),
    ),
    Evidence(
        "gap_wide", -1, "hull_gap_median_m from 15 to 50", "hulls apart by the likeliest figure",
        _ramp(pl.col("hull_gap_median_m"), 15.0, 50.0),
    ),
    Evidence(
        "in_each_other", -1, "-hull_gap_median_m from 5 to 25",
        "hulls in each other by the likeliest figure",
        _ramp(-pl.col("hull_gap_median_m"), 5.0, 25.0),
    ),
    Evidence(
        "in_each_other_beyond_errors", -1, "-gap_most_m from 5 to 25",
        "hulls deeper in each other than errors explain",
        _ramp(-pl.col("gap_most_m"), 5.0, 25.0),
    ),
    Evidence(
        "not_beside", -1, "1 - overlap_most_share, from 0.2 to 0.8", "hulls one behind the other",
        _ramp(1.0 - pl.col("overlap_most_share"), 0.2, 0.8),
    ),
    Evidence(
        "shifting", -1, "scatter_hull_m (else distance_scatter_m) - gap_sigma_m, from 5 to 60",
        "one shifting about beside the other",
        _ramp(_scatter() - pl.col("gap_sigma_m"), 5.0, 60.0),
    ),
    Evidence(
        "moving_apart", -1, "relative_speed_median_kn from 0.1 to 1",
        "moving against each other",
        _ramp(pl.col("relative_speed_median_kn"), 0.1, 1.0),
    ),
    Evidence(
        "keels_crossed", -1, "keel_p90_deg from 4 to 30", "keels at an angle",
        _ramp(pl.col("keel_p90_deg"), 4.0, 30.0),
    ),
    Evidence(
        "short", -1, "1 - duration_h from 0.75 to 2", "short",
        1.0 - _ramp(pl.col("duration_h"), 0.75, 2.0),
    ),
    Evidence(
        "hours", 1, "duration_h from 1 to 8", "hours alongside",
        _ramp(pl.col("duration_h"), 1.0, 8.0),
    ),
    Evidence(
        "came_or_left", 1,
        "larger of approach_km and departure_km, from 0.3 to 2; half where neither is known",
        "seen coming from afar or leaving", _came_or_left(),
    ),
    Evidence(
        "fast_together", -1, "fast_together_h from 0 to 1", "going on together at speed",
        _ramp(pl.col("fast_together_h"), 0.0, 1.0),
    ),
    Evidence(
        "cargo_agrees", 1,
        "draught changes of opposite sign: smaller over larger of change x length x beam, from 0.1"
        " to 0.6",
        "draughts changed against each other by like tonnes", _ramp(_agreement(), 0.1, 0.6),
    ),
    Evidence(
        "draught_kept", -1, "share of both whose draught_before is known, draught_after is not",
        "no new draught typed", _kept_draught(),
    ),
    Evidence(
        "other_types", -1,
        "half for each ship that is no tanker by type, a quarter if of no type, unless cargo_moved",
        "not both tankers by type, and no draught changed as by cargo", _other_types(),
    ),
    Evidence(
        "no_cargo_ship", -1, "largest of craft, tug, dredger, fishing_both",
        "a craft that carries no cargo",
        _ramp(pl.max_horizontal("craft", "tug", "dredger", "fishing_both"), 0.0, 1.0),
    ),
    Evidence(
        "served", -1, "larger of bunkering, serving, unless cargo_moved",
        "sizes and types as in bunkering or service",
        _ramp(pl.max_horizontal("bunkering", "serving") - pl.col("cargo_moved"), 0.0, 1.0),
    ),
    Evidence(
        "unequal", -1, "1 - shorter over longer, from 0.4 to 0.7", "ships of very unequal length",
        _ramp(1.0 - _shorter(), 0.4, 0.7),
    ),
    Evidence(
        "restricted", 1, "larger of restricted_a, restricted_b",
        "restricted manoeuvrability by status", _ramp(_most("restricted"), 0.0, 1.0),
    ),
    Evidence(
        "moored", -1,
        "larger of both: moored, times 1 less stay_radius_m from 30 to 100",
        "moored by status, and in one place", pl.max_horizontal(_moored("a"), _moored("b")),
    ),
    Evidence(
        "anchored", -1, "larger of at_anchor_a, at_anchor_b",
        "at anchor by status, where ships are served", _ramp(_most("at_anchor"), 0.0, 1.0),
    ),
    Evidence(
        "stood_fixed", -1,
        "larger of both: stay_h from 1 to 6, times 1 less the larger of stay_radius_m from 10 to 30"
        " and stay_spread_deg from 2 to 10",
        "fixed to the ground", pl.max_horizontal(_stood("a"), _stood("b")),
    ),
    Evidence(
        "near_shore", -1, "1 - shore_km from 0.5 to 5", "near the shore",
        pl.when(pl.col("shore_km").is_null()).then(0.0)
        .otherwise(1.0 - _ramp(pl.col("shore_km"), 0.5, 5.0)),
    ),
    Evidence(
        "many_at_once", -1, "others_touching from 1 to 4", "many ships in one place at once",
        _ramp(pl.col("others_touching"), 1.0, 4.0),
    ),
    Evidence(
        "third_between", -1, "third_between", "a third ship between the two",
        pl.col("third_between"),
    ),
    Evidence(
        "no_dimensions", -1, "1 - dimensions_known / 2", "dimensions missing",
        _missing(0.5 * pl.col("dimensions_known")),
    ),
)  # fmt: skip
"""What is weighed of two ships."""

LONE = (
    Evidence(
        "unexplained", 1,
        "draught_explains, times 1 less each of pair_explains, held_share from 0.1 to 0.6, berth_h"
        " from 0 to 2",
        "a draught changed that nothing heard explains", _unexplained(),
    ),
    Evidence(
        "pair_explains", -1, "pair_explains", "a meeting with a ship that was heard explains it",
        _ramp(pl.col("pair_explains"), 0.0, 1.0),
    ),
    Evidence(
        "held", -1, "held_share from 0.1 to 0.6", "another vessel kept its place beside it",
        _ramp(pl.col("held_share"), 0.1, 0.6),
    ),
    Evidence(
        "to_a_buoy", -1, "pivot_bow_m known: 1 - pivot_bow_m from 60 to 150",
        "riding by the bow to a fixed point",
        pl.when(pl.col("pivot_bow_m").is_null()).then(0.0)
        .otherwise(1.0 - _ramp(pl.col("pivot_bow_m"), 60.0, 150.0)),
    ),
    Evidence(
        "hours", 1, "duration_h from 2 to 12", "hours slow or still",
        _ramp(pl.col("duration_h"), 2.0, 12.0),
    ),
    Evidence(
        "restricted", 1, "restricted_a", "restricted manoeuvrability by status",
        _ramp(pl.col("restricted_a"), 0.0, 1.0),
    ),
    Evidence(
        "moored", -1, "moored_a", "moored by status", _ramp(pl.col("moored_a"), 0.0, 1.0),
    ),
    Evidence(
        "near_shore", -1, "1 - shore_km from 2 to 10", "near the shore",
        pl.when(pl.col("shore_km").is_null()).then(0.0)
        .otherwise(1.0 - _ramp(pl.col("shore_km"), 2.0, 10.0)),
    ),
    Evidence(
        "unheard", -1, "1 - (observed_h + switched_off_a_h) over duration_h",
        "mostly unheard, and not for having switched off",
        # who switches off among ships that are heard hides, and is not merely out of range
        _missing(
            (pl.col("observed_h") + pl.col("switched_off_a_h").fill_null(0.0))
            / pl.col("duration_h")
        ),
    ),
)  # fmt: skip
"""What is weighed of a vessel by itself."""

EVIDENCE: dict[str, tuple[Evidence, ...]] = {"pair": PAIR, "one_sided": LONE}
"""By `kind` of encounter."""
