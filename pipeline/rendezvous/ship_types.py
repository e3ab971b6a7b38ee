"""What the ship types of ITU-R M.1371-5 (table 53) mean for who meets whom.

A class is never decided by type alone: types are typed by hand. They are asked after geometry and
motion, and together with the size.
"""

from __future__ import annotations

import polars as pl

TUG = (31, 32, 52)
"""Towing, towing astern of 200 m and more, tug."""
DREDGER = (33,)
SERVICE = (33, 34, 50, 51, 53, 54, 55, 58)
"""Dredging, diving, pilot, search and rescue, port tender, anti-pollution, law, medical."""
FISHING = (30,)
LEISURE = (36, 37)
TANKER = tuple(range(80, 90))
CARGO = tuple(range(70, 80))
PASSENGER = (*range(40, 50), *range(60, 70))


def is_type(column: str, codes: tuple[int, ...]) -> pl.Expr:
    """1.0 where the type is one of `codes`, else 0.0 (unknown types too)."""
    return pl.col(column).is_in(codes).fill_null(value=False).cast(pl.Float64)


AID = "aid_to_navigation"
"""The word among a vessel's flags that says it is none."""


def is_aid(flags: str = "flags") -> pl.Expr:
    """Whether a vessel is an aid to navigation, by the column of its flags."""
    return pl.col(flags).str.contains(AID, literal=True).fill_null(value=False)


def aid_met() -> pl.Expr:
    """Whether one of the two vessels of an encounter is an aid to navigation."""
    return is_aid("flags_a") | is_aid("flags_b")
