"""Columns derived from the measured ones, on which the rules (and later a model) decide."""

from __future__ import annotations

import math

import polars as pl

from pipeline.config import RendezvousConfig
from pipeline.rendezvous.draughts import TYPED_EARLY_H
from pipeline.rendezvous.measures import INDEPENDENT, NORMAL_90
from pipeline.rendezvous.ship_types import (
    CARGO,
    DREDGER,
    FISHING,
    LEISURE,
    PASSENGER,
    SERVICE,
    TANKER,
    TUG,
    aid_met,
    is_type,
)

TUG_MAX_M = 60.0
"""Tugs are shorter: the largest ocean tugs and anchor handlers apart, which tow by status."""
BUNKER_TANKER_MAX_M = 120.0
"""Bunker tankers are 40-120 m long."""
BUNKERED_RATIO = 1.0
"""The ship that is bunkered is mostly two to five times as long as the barge, never shorter but by
chance: then a lightering with a mistyped tanker is as likely."""
PINNED_M = 25.0
PINNED_TURN_DEG = 40.0
"""A ship whose antenna stays within this while it turns so far does not swing to an anchor: its
antenna is a hundred metres and more from the cable, so its positions are not its own."""
SERVICE_SHORE_KM = 30.0
SERVICE_ANCHOR_KM = 100.0
"""Bunker and supply boats serve ships in roads this near the shore, at anchor somewhat further out;
who lies adrift or further off is not served but meets."""
BARE_RADIUS = 0.6
"""Without headings a stay must be this much tighter to count as fixed: position alone must tell."""
BARELY_MOVED_M = 10.0
BARELY_TURNED_DEG = 2.0
"""Two ships that within an hour neither stray nor turn more than this are made fast: in a lock, at
a quay. At anchor ships yaw by some degrees, their antennas 100 m and more from the cable."""
SWUNG = 3.0
"""Straying and turning so many times as far as what is fixed to the ground, ships ride to an
anchor: at a quay neither noise nor slack lines move a hull by 50 m and turn it by 12 degrees."""
COINCIDING_GAP_M = -8.0
"""Hulls that seem this deep in each other, and others with them at the same time, are a jammed
receiver's: one pair in ten errs so far, not three at once."""
DEEP_GAP_M = 16.0
"""Half the beam of a coaster may be position error; this and more is none: nine in ten real
lighterings seem to overlap by less than 13 m."""
ANCHOR_SHORE_KM = 3.0
"""A ship that says it is at anchor, this far off, is not called berthed for lying still."""


def _fixed(side: str, config: RendezvousConfig) -> pl.Expr:
    """True where a ship stood fixed to the ground: long, still, and without turning."""
    t = config.transfer
    hours, radius = pl.col(f"stay_{side}_h"), pl.col(f"stay_radius_{side}_m")
    spread = pl.col(f"stay_spread_{side}_deg")
    still = (
        pl.when(spread.is_null())
        .then(radius <= BARE_RADIUS * t.fixed_radius_m)
        .otherwise((radius <= t.fixed_radius_m) & (spread <= t.fixed_heading_deg))
    )
    moored = (pl.col(f"moored_{side}") >= 0.5) & (hours >= 0.5)
    at_quay = (pl.col("shore_km") <= t.swing_room_km).fill_null(value=False) & (hours >= 1.0)
    anchored = (pl.col(f"at_anchor_{side}") >= 0.5) & (pl.col("shore_km") >= ANCHOR_SHORE_KM)
    long = hours >= t.fixed_hours_min_h
    return still & (long | moored | at_quay) & ~anchored.fill_null(value=False)


def _made_fast(side: str) -> pl.Expr:
    """True where a ship barely moved or turned for an hour."""
    return (
        (pl.col(f"stay_{side}_h") >= 1.0)
        & (pl.col(f"stay_radius_{side}_m") <= BARELY_MOVED_M)
        & (pl.col(f"stay_spread_{side}_deg") <= BARELY_TURNED_DEG)
    )


def _swung(side: str, config: RendezvousConfig) -> pl.Expr:
    """True where a ship was seen to swing: it strayed and turned far more than one made fast."""
    t = config.transfer
    return (pl.col(f"stay_radius_{side}_m") >= SWUNG * t.fixed_radius_m) & (
        pl.col(f"stay_spread_{side}_deg") >= SWUNG * t.fixed_heading_deg
    )


def _pinned(side: str) -> pl.Expr:
    """True where a ship turned far and its antenna stayed in place."""
    return (
        (pl.col(f"stay_{side}_h") >= 1.0)
        & (pl.col(f"stay_radius_{side}_m") <= PINNED_M)
        & (pl.col(f"stay_spread_{side}_deg") >= PINNED_TURN_DEG)
    )


def _craft(side: str, config: RendezvousConfig) -> pl.Expr:
    """True where a ship is too small to carry cargo to sea, or by type and size no cargo ship."""
    length, kind = pl.col(f"length_{side}_m"), f"ship_type_{side}"
    small = length < config.transfer.length_min_m
    service = is_type(kind, (*SERVICE, *LEISURE, *PASSENGER)) == 1.0
    not_large = length.is_null() | (length < TUG_MAX_M)
    merchant = is_type(kind, (*TANKER, *CARGO)) == 1.0
    class_b_unknown = (
        pl.col(f"class_b_{side}").fill_null(value=False) & length.is_null() & ~merchant
    )
    return small.fill_null(value=False) | (service & not_large) | class_b_unknown


def _tug(side: str) -> pl.Expr:
    length = pl.col(f"length_{side}_m")
    by_type = (is_type(f"ship_type_{side}", TUG) == 1.0) & (length.is_null() | (length < TUG_MAX_M))
    return by_type | (pl.col(f"towing_{side}") >= 0.5)


def _fishing(side: str) -> pl.Expr:
    by_type = is_type(f"ship_type_{side}", FISHING) == 1.0
    return by_type | (pl.col(f"fishing_{side}") >= 0.5)


def _cargo_moved(side: str, config: RendezvousConfig) -> pl.Expr:
    """True where a ship's draught changed by more than bunkers and stores explain."""
    t = config.transfer
    change = pl.col(f"draught_change_{side}_m").abs() + 1e-6
    share = change / pl.col(f"draught_before_{side}_m")
    moved = (change >= t.cargo_draught_min_m) & (share >= t.cargo_draught_min_share)
    return moved.fill_null(value=False)


def _draught_rate() -> pl.Expr:
    """Metres an hour by which a's draught changed at the least, from the spell's begin to typing.

    Typed up to an hour early, so that much more is allowed.
    """
    hours = pl.col("duration_h") + pl.min_horizontal(pl.lit(0.0), "draught_typed_a_h")
    return pl.col("draught_change_a_m").abs() / (hours + TYPED_EARLY_H)


def _typed_other(side: str) -> pl.Expr:
    """True where a ship has a type, and it is not tanker."""
    kind = pl.col(f"ship_type_{side}")
    return (kind > 0) & (is_type(f"ship_type_{side}", TANKER) == 0.0)


def _at_anchor() -> pl.Expr:
    """True where one of the two says it is at anchor."""
    return (pl.col("at_anchor_a") >= 0.5) | (pl.col("at_anchor_b") >= 0.5)


def _in_roads() -> pl.Expr:
    """True where ships are served: at anchor, or near the shore."""
    shore = pl.col("shore_km").fill_null(math.inf)
    return (_at_anchor() & (shore <= SERVICE_ANCHOR_KM)) | (shore <= SERVICE_SHORE_KM)


def _fish_flags(config: RendezvousConfig) -> dict[str, pl.Expr]:
    """What takes the place of the flags of the same names where fish is looked for, not oil."""
    tanker = {side: is_type(f"ship_type_{side}", TANKER) == 1.0 for side in "ab"}
    typed = {side: (pl.col(f"ship_type_{side}") > 0).fill_null(value=False) for side in "ab"}
    fishing = {side: _fishing(side).fill_null(value=False) for side in "ab"}
    return {
        "no_fishing": typed["a"] & typed["b"] & ~fishing["a"] & ~fishing["b"],
        "craft": pl.any_horizontal(
            *(_craft(side, config) & ~(fishing[side] & _not_small(side, config)) for side in "ab")
        ),
        "serving": pl.any_horizontal(
            _serves("a", "b", config) & ~fishing["a"], _serves("b", "a", config) & ~fishing["b"]
        ),
        "bunkering": pl.any_horizontal(
            _bunkers("a", "b"),
            _bunkers("b", "a"),
            tanker["a"] & fishing["b"],
            tanker["b"] & fishing["a"],
        ),
    }


def _not_small(side: str, config: RendezvousConfig) -> pl.Expr:
    """True where a ship's length is not known to be below that of ships that carry cargo."""
    return (pl.col(f"length_{side}_m") >= config.transfer.length_min_m).fill_null(value=True)


def _bunkers(barge: str, ship: str) -> pl.Expr:
    """True where by place, size and type `barge` may be bunkering `ship`.

    A length that is not known may be any: at anchor bunkering is far commoner than lightering.
    """
    small = pl.col(f"length_{barge}_m") <= BUNKER_TANKER_MAX_M
    longer = pl.col(f"length_{ship}_m") >= BUNKERED_RATIO * pl.col(f"length_{barge}_m")
    sizes = small.fill_null(value=True) & longer.fill_null(value=True)
    other = is_type(f"ship_type_{ship}", (*CARGO, *PASSENGER)) == 1.0
    return sizes & other & (is_type(f"ship_type_{barge}", TANKER) == 1.0) & _in_roads()


def _serves(boat: str, ship: str, config: RendezvousConfig) -> pl.Expr:
    """True where `boat` is no tanker by type and much shorter than `ship`, at anchor or in roads.

    At anchor anywhere: with so large a difference of size the type is believed.
    """
    ratio = pl.col(f"length_{ship}_m") / pl.col(f"length_{boat}_m")
    return (
        _typed_other(boat) & (ratio >= config.transfer.service_ratio) & (_at_anchor() | _in_roads())
    )


def _gap_most() -> pl.Expr:
    """The largest hull gap that what is unknown of the hulls allows, noise left out."""
    noise = NORMAL_90 / INDEPENDENT**0.5 * pl.col("gap_sigma_m")
    return pl.max_horizontal("hull_gap_median_m", pl.col("hull_gap_high_m") - noise)


def _coinciding(measured: pl.DataFrame) -> pl.Series:
    """How many other pairs of either ship seemed in each other at the same time."""
    deep = measured.filter((_gap_most() <= COINCIDING_GAP_M) & ~aid_met()).select(
        "event_id", "track_a", "track_b", "start_utc", "end_utc"
    )
    ships = pl.concat(
        [deep.with_columns(pl.col(f"track_{side}").alias("ship")) for side in "ab"]
    ).select("event_id", "ship", "start_utc", "end_utc")
    others = (
        ships.join(ships, on="ship", suffix="_other")
        .filter(
            (pl.col("event_id") != pl.col("event_id_other"))
            & (pl.col("start_utc") < pl.col("end_utc_other"))
            & (pl.col("start_utc_other") < pl.col("end_utc"))
        )
        .group_by("event_id")
        .agg(pl.col("event_id_other").n_unique().alias("coinciding"))
    )
    counted = measured.select("event_id").join(
        others, on="event_id", how="left", maintain_order="left"
    )
    return counted["coinciding"].fill_null(0).cast(pl.Float64)


def derive(measured: pl.DataFrame, config: RendezvousConfig) -> pl.DataFrame:
    """Add what the rules ask for.

    Parameters
    ----------
    measured : pl.DataFrame
        Measured meetings with the two ships' particulars (see `table.build`).
    config : RendezvousConfig
        Whose thresholds the derived columns use.

    Returns
    -------
    pl.DataFrame
        With, all as floats: `coinciding` (other pairs of either ship in each other at the time),
        `aid` (one of the two is an aid to navigation), `keel_deg` (angle between the keels),
        `length_long_m`, `fixed`, `pinned`, `made_fast`, `dredger`, `cargo_moved`, `no_tanker`,
        `serving`, `tug`, `craft`, `fishing_both`, `bunkering`, `same_identity`, `craft_or_tug` (1
        or 0; the last of a lone vessel; with `no_fishing` where fish is looked for),
        `gap_above_floor_m`, `gap_above_deep_m`, `gap_most_m` (largest gap that what is unknown of
        the hulls allows), `excess_scatter_m`, `contact_share`, `false_place` (the larger share),
        `abeam_ratio` (across to along), `along_size_m`, `near_only_h`, `jump_both_kn`,
        `came_and_went_km` (the smaller of approach and departure, null unless both are known),
        `draught_step_m`, `draught_step_share` (size of a's change) and `draught_rate_m_h` (the
        least it can have been an hour).
    """
    t = config.transfer
    keel = pl.col("heading_difference_deg")
    beam = pl.min_horizontal("beam_a_m", "beam_b_m").cast(pl.Float64)
    scatter = pl.coalesce("scatter_hull_m", "distance_scatter_m")
    same = (pl.col("imo_a") == pl.col("imo_b")) | (pl.col("callsign_a") == pl.col("callsign_b"))
    flags = {
        "aid": aid_met(),
        "fixed": _fixed("a", config) | _fixed("b", config),
        "pinned": _pinned("a") & _pinned("b"),
        "made_fast": _made_fast("a") & _made_fast("b"),
        "swung": _swung("a", config) & _swung("b", config),
        "dredger": is_type("ship_type_a", DREDGER) + is_type("ship_type_b", DREDGER) >= 1.0,
        "cargo_moved": _cargo_moved("a", config) | _cargo_moved("b", config),
        "no_tanker": _typed_other("a") & _typed_other("b") & _in_roads(),
        "serving": _serves("a", "b", config) | _serves("b", "a", config),
        "tug": _tug("a") | _tug("b"),
        "craft": _craft("a", config) | _craft("b", config),
        "fishing_both": _fishing("a") & _fishing("b"),
        "bunkering": _bunkers("a", "b") | _bunkers("b", "a"),
        "same_identity": same,
        "craft_or_tug": _craft("a", config) | _tug("a"),
    }
    if t.cargo == "fish":
        flags |= _fish_flags(config)
    deepest = pl.max_horizontal(beam * t.gap_floor_beams, DEEP_GAP_M)
    return measured.with_columns(
        _coinciding(measured).alias("coinciding"),
        _gap_most().alias("gap_most_m"),
        (_gap_most() + deepest).alias("gap_above_deep_m"),
        pl.min_horizontal(keel, 180.0 - keel).alias("keel_deg"),
        pl.max_horizontal("length_a_m", "length_b_m").cast(pl.Float64).alias("length_long_m"),
        (pl.col("hull_gap_median_m") + t.gap_floor_beams * beam).alias("gap_above_floor_m"),
        # noise of a sparse or fast track widens what counts as lying still beside each other
        (scatter - pl.max_horizontal(pl.lit(t.scatter_max_m), 2.5 * pl.col("gap_sigma_m"))).alias(
            "excess_scatter_m"
        ),
        (pl.col("draught_change_a_m").abs() + 1e-6).alias("draught_step_m"),
        _draught_rate().alias("draught_rate_m_h"),
        ((pl.col("draught_change_a_m").abs() + 1e-6) / pl.col("draught_before_a_m")).alias(
            "draught_step_share"
        ),
        pl.max_horizontal("false_place_a", "false_place_b").alias("false_place"),
        (pl.col("across_m").abs() / pl.col("along_m").abs()).fill_nan(None).alias("abeam_ratio"),
        pl.col("along_m").abs().alias("along_size_m"),
        (pl.col("near_h") - pl.col("contact_h")).alias("near_only_h"),
        pl.min_horizontal("jump_a_kn", "jump_b_kn").alias("jump_both_kn"),
        pl.when(pl.col("approach_km") <= pl.col("departure_km"))
        .then("approach_km")
        .otherwise(pl.when(pl.col("approach_km").is_not_null()).then("departure_km"))
        .alias("came_and_went_km"),
        (pl.col("contact_h") / pl.col("near_h")).fill_nan(None).alias("contact_share"),
        *(flag.fill_null(value=False).cast(pl.Float64).alias(name) for name, flag in flags.items()),
    )
