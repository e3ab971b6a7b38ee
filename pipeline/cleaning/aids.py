"""What kind of aid to navigation a track is: a buoy, a beacon, a light, one that is not there.

Message 21 says so by a number of its own, which the feeds put where a ship's type stands, with
whether the aid is virtual (`VIRTUAL_AID`: sent for a place where none floats) and whether it knows
itself to be off its position (`AID_OFF_POSITION`). Only numbers of aids (99MIDxxxx) are read so.
"""

from __future__ import annotations

import polars as pl

from pipeline.schema import AID_OFF_POSITION, VIRTUAL_AID

MOST = VIRTUAL_AID + AID_OFF_POSITION + 31
KINDS = (
    # ITU-R M.1371-5, table 74. Those with sectors, and beacons, stand; buoys float.
    "kind not told",
    "reference point",
    "racon",
    "fixed structure off shore",
    "emergency wreck mark",
    "light without sectors",
    "light with sectors",
    "leading light front",
    "leading light rear",
    "beacon cardinal north",
    "beacon cardinal east",
    "beacon cardinal south",
    "beacon cardinal west",
    "beacon port hand",
    "beacon starboard hand",
    "beacon preferred channel port hand",
    "beacon preferred channel starboard hand",
    "beacon isolated danger",
    "beacon safe water",
    "beacon special mark",
    "buoy cardinal north",
    "buoy cardinal east",
    "buoy cardinal south",
    "buoy cardinal west",
    "buoy port hand",
    "buoy starboard hand",
    "buoy preferred channel port hand",
    "buoy preferred channel starboard hand",
    "buoy isolated danger",
    "buoy safe water",
    "buoy special mark",
    "light vessel or large buoy",
)


def kind_words(code: pl.Expr) -> pl.Expr:
    """What an aid's number says, as ``virtual buoy port hand, off position``; null for null."""
    kind = (code % VIRTUAL_AID).replace_strict(
        list(range(len(KINDS))), list(KINDS), default=None, return_dtype=pl.String
    )
    virtual = pl.when(code // VIRTUAL_AID % 2 == 1).then(pl.lit("virtual ")).otherwise(pl.lit(""))
    off = pl.when(code >= AID_OFF_POSITION).then(pl.lit(", off position")).otherwise(pl.lit(""))
    return pl.concat_str(virtual, kind, off)


def kind_flags(code: pl.Expr) -> list[pl.Expr]:
    """The same as words of ``flags``: the kind, ``virtual_aid``, ``off_position``; nulls else."""
    kind = kind_words(code % VIRTUAL_AID).str.replace_all(" ", "_", literal=True)
    return [
        pl.when(code % VIRTUAL_AID > 0).then(kind),
        pl.when(code // VIRTUAL_AID % 2 == 1).then(pl.lit("virtual_aid")),
        pl.when(code >= AID_OFF_POSITION).then(pl.lit("off_position")),
    ]
