"""What an MMSI says about its bearer (ITU-R M.585)."""

from __future__ import annotations

import polars as pl

from pipeline.cleaning.mids import ASSIGNED

MID_FIRST, MID_LAST = 201, 775  # maritime identification digits in use, by country

IMPOSSIBLE = "mmsi_impossible"  # zero, negative, or more than nine digits
COAST_STATION = "coast_station"
AID_TO_NAVIGATION = "aid_to_navigation"
SAR_AIRCRAFT = "sar_aircraft"
LOCATING_DEVICE = "locating_device"  # search and rescue transmitters, man overboard, EPIRB
CRAFT_OF_PARENT = "craft_of_parent_ship"

NO_OBJECT = (IMPOSSIBLE, COAST_STATION, SAR_AIRCRAFT, LOCATING_DEVICE, CRAFT_OF_PARENT)
"""Bearers whose reports are rejected, unless they are ships for all that (`ships_in_disguise`).

Aids to navigation are kept: a ship may lie at one.
"""

BOAT_MAX_M = 30.0  # what ships carry on deck is shorter: landing craft 26 m, lifeboats 12 m
SHIP_TYPES = (70, 89)  # cargo ships and tankers: no boat, buoy or aircraft is typed so
SHIP_HOURS = 24  # in a row: boats are hoisted in again, and are silent on deck


def _is_mid(digits: pl.Expr) -> pl.Expr:
    return digits.is_between(MID_FIRST, MID_LAST)


def no_ship_kind(mmsi: str = "mmsi") -> pl.Expr:
    """What the bearer is when it is no ship; null for ships.

    A prefix decides only together with valid MIDs: 999999999 and 111111111 are numbers that real
    ships were given by careless installers, not aids to navigation or aircraft.

    Parameters
    ----------
    mmsi : str
        Name of the integer column.
    """
    m = pl.col(mmsi)
    return (
        pl.when(m.is_null() | (m <= 0) | (m > 999_999_999))
        .then(pl.lit(IMPOSSIBLE))
        .when((m < 10_000_000) & _is_mid(m // 10_000))  # 00MIDxxxx
        .then(pl.lit(COAST_STATION))
        .when((m // 10_000_000 == 99) & _is_mid(m // 10_000 % 1000))  # 99MIDxxxx
        .then(pl.lit(AID_TO_NAVIGATION))
        .when((m // 1_000_000 == 111) & _is_mid(m // 1000 % 1000))  # 111MIDxxx
        .then(pl.lit(SAR_AIRCRAFT))
        .when(m // 10_000_000 == 97)  # 970, 972, 974, 979 and the maker's number
        .then(pl.lit(LOCATING_DEVICE))
        .when((m // 10_000_000 == 98) & _is_mid(m // 10_000 % 1000))  # 98MIDxxxx
        .then(pl.lit(CRAFT_OF_PARENT))
        .otherwise(None)
    )


def is_aid(mmsi: str = "mmsi") -> pl.Expr:
    """Whether the bearer is an aid to navigation."""
    return (no_ship_kind(mmsi) == AID_TO_NAVIGATION).fill_null(value=False)


def is_fabricated(mmsi: str = "mmsi") -> pl.Expr:
    """Whether a ship's number cannot have been assigned: its MID belongs to no country.

    Handheld sets (8MIDxxxxx) have a valid MID one digit on.
    """
    m = pl.col(mmsi)
    handheld = (m // 100_000_000 == 8) & (m // 100_000 % 1000).is_in(ASSIGNED)
    return ~((m // 1_000_000).is_in(ASSIGNED) | handheld)


def ships_in_disguise(positions: pl.DataFrame, statics: pl.DataFrame) -> pl.Series:
    """The numbers that belong to no ship by their form and were made up for one all the same.

    By most of what was typed under it, such a ship is longer than the boats that ships carry or,
    its length unknown, a cargo ship or tanker, or has an IMO number. The hull of a Class B set
    under 98MIDxxxx is left out: its parent's number stands in that place. Under 98MIDxxxx a
    Class A set heard in `SHIP_HOURS` hours in a row is a ship too.

    Parameters
    ----------
    positions : pl.DataFrame
        ``schema.POSITIONS``.
    statics : pl.DataFrame
        ``schema.STATICS`` after `apply_static_rules`.

    Returns
    -------
    pl.Series
        MMSIs, sorted.
    """
    kind = no_ship_kind()
    odd = (
        positions.lazy()
        .select(pl.col("mmsi").unique().sort())
        .filter(kind.is_in([name for name in NO_OBJECT if name != IMPOSSIBLE]))
        .collect()
    )
    if odd.is_empty():
        return odd["mmsi"]
    heard = positions.join(odd, on="mmsi", how="semi")
    sets = heard.group_by("mmsi").agg(
        (pl.col("class_b").mean() > 0.5).fill_null(value=False).alias("is_b"),
        (pl.col("class_b").mean() < 0.5).fill_null(value=False).alias("is_a"),
        (pl.col("time").dt.epoch("s") // 3600).unique().sort().alias("hours"),
    )
    parent = kind == CRAFT_OF_PARENT
    row = pl.col("hours").list.eval(
        (pl.element() - pl.element().shift(SHIP_HOURS - 1) == SHIP_HOURS - 1).any()
    )
    stays = sets.filter(parent & pl.col("is_a") & row.list.first())["mmsi"]
    length = pl.when(~(parent & pl.col("is_b"))).then("length_m")
    typed = pl.col("ship_type").is_between(*SHIP_TYPES) | pl.col("imo").is_not_null()
    is_ship = pl.when(length.is_not_null()).then(length > BOAT_MAX_M).otherwise(typed)
    says = pl.col("reports").filter(is_ship.fill_null(value=False)).sum()
    speaks = pl.any_horizontal(pl.col(c).is_not_null() for c in ("length_m", "ship_type", "imo"))
    told = (
        statics.join(sets, on="mmsi")
        .filter(speaks)
        .group_by("mmsi")
        .agg((2 * says.cast(pl.Int64) > pl.col("reports").sum()).alias("ship"))
        .filter("ship")["mmsi"]
    )
    return pl.concat([stays, told]).unique().sort()
