"""Ship types in words: the codes of ITU-R M.1371-5, table 53."""

from __future__ import annotations

import polars as pl

_DECADES = {
    1: "Reserved",
    2: "Wing in ground",
    4: "High-speed craft",
    6: "Passenger",
    7: "Cargo",
    8: "Tanker",
    9: "Other",
}

_SINGLE = {
    0: "Not stated",
    30: "Fishing",
    31: "Towing",
    32: "Towing, long or wide",
    33: "Dredging or underwater work",
    34: "Diving",
    35: "Military",
    36: "Sailing",
    37: "Pleasure craft",
    38: "Reserved",
    39: "Reserved",
    50: "Pilot vessel",
    51: "Search and rescue",
    52: "Tug",
    53: "Port tender",
    54: "Anti-pollution",
    55: "Law enforcement",
    56: "Local vessel",
    57: "Local vessel",
    58: "Medical transport",
    59: "Non-combatant",
}

# The second digit of the decades above: categories of dangerous cargo A to D.
_CARGO = {1: "hazard A", 2: "hazard B", 3: "hazard C", 4: "hazard D"}


def ship_type_words(code: int) -> str:
    """The type in words with its code, as in ``Tanker (80)``.

    Parameters
    ----------
    code : int
        ITU-R M.1371 type of ship and cargo, 0-99.

    Returns
    -------
    str
        Codes the standard does not define read ``Reserved (n)``.
    """
    if code in _SINGLE:
        return f"{_SINGLE[code]} ({code})"
    decade = _DECADES.get(code // 10, "Reserved")
    cargo = _CARGO.get(code % 10) if decade != "Reserved" else None
    return f"{decade}, {cargo} ({code})" if cargo else f"{decade} ({code})"


def in_words(code: pl.Expr) -> pl.Expr:
    """Codes as words; null stays null."""
    words = {n: ship_type_words(n) for n in range(100)}
    return code.cast(pl.Int64).replace_strict(
        words, default="Unknown (" + code.cast(pl.String) + ")", return_dtype=pl.String
    )
