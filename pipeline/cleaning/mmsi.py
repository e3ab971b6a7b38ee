"""What an MMSI says about its bearer (ITU-R M.585)."""

from __future__ import annotations

import polars as pl

MID_FIRST, MID_LAST = 201, 775  # maritime identification digits in use, by country

IMPOSSIBLE = "mmsi_impossible"  # zero, negative, or more than nine digits
COAST_STATION = "coast_station"
AID_TO_NAVIGATION = "aid_to_navigation"
SAR_AIRCRAFT = "sar_aircraft"
LOCATING_DEVICE = "locating_device"  # search and rescue transmitters, man overboard, EPIRB
CRAFT_OF_PARENT = "craft_of_parent_ship"

NO_OBJECT = (IMPOSSIBLE, COAST_STATION, SAR_AIRCRAFT, LOCATING_DEVICE, CRAFT_OF_PARENT)
"""Bearers whose reports are rejected. Aids to navigation are kept: a ship may lie at one."""


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


def is_fabricated(mmsi: str = "mmsi") -> pl.Expr:
    """Whether a ship's number cannot have been assigned: its MID belongs to no country.

    Handheld sets (8MIDxxxxx) have a valid MID one digit on.
    """
    m = pl.col(mmsi)
    handheld = (m // 100_000_000 == 8) & _is_mid(m // 100_000 % 1000)
    return ~(_is_mid(m // 1_000_000) | handheld)
