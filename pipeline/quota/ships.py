"""Who the ships of a run's candidates are, and what is known of their size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from pipeline import schema
from pipeline.config.quota import CapConfig
from pipeline.context.fleet import FLEET
from pipeline.quota.hulls import Hulls, Ship
from pipeline.quota.products import BARRELS_PER_M3, single_figure

TANKER_TYPES = range(80, 90)


@dataclass(frozen=True)
class Vessel:
    """A ship of a run.

    Attributes
    ----------
    key : str
        Its track id.
    mmsi, imo : int or None
        Its numbers.
    name : str or None
        Its name.
    watchlist : str or None
        What watchlists say of it, with the kind of match.
    tanker : bool
        Whether it may carry oil: by its type, by a register, or for it takes part in a candidate.
    last_heard : datetime or None
        Its last fix in the run.
    ship : Ship
        What is known of its size.
    """

    key: str
    mmsi: int | None
    imo: int | None
    name: str | None
    watchlist: str | None
    tanker: bool
    last_heard: datetime | None
    ship: Ship


def vessels_of(
    encounters: pl.DataFrame,
    vessels: pl.DataFrame,
    draughts: pl.DataFrame,
    fleet: pl.DataFrame | None,
    wanted: pl.Series | None = None,
) -> dict[str, Vessel]:
    """The ships of some encounters by track id.

    Parameters
    ----------
    encounters : pl.DataFrame
        ``schema.ENCOUNTERS``, also those that are no candidates.
    vessels : pl.DataFrame
        ``schema.VESSELS``; says when a ship was last heard.
    draughts : pl.DataFrame
        ``schema.DRAUGHTS``; its deepest draught bounds a ship's size from below.
    fleet : pl.DataFrame or None
        A register (`context.FLEET`, or some of its columns); matched on IMO, then MMSI, then name.
    wanted : pl.Series or None
        The keys of those asked for, from `keys_of`; None: all.
    """
    register = _Register(fleet)
    deepest = dict(
        draughts.join(vessels.select("track", "track_id"), on="track")
        .group_by("track_id")
        .agg(pl.col("draught_m").max().cast(pl.Float64))
        .iter_rows()
    )
    heard = dict(vessels.select("track_id", "last_time").iter_rows())
    sides = pl.concat(
        encounters.select(
            _key(s),
            *(
                pl.col(f"{n}_{s}").alias(n)
                for n in ("mmsi", "imo", "name", "watchlist", "ship_type")
            ),
            "candidate",
            pl.col(f"length_{s}_m").cast(pl.Float64).alias("length_m"),
            pl.col(f"beam_{s}_m").cast(pl.Float64).alias("beam_m"),
            pl.max_horizontal(f"draught_before_{s}_m", f"draught_after_{s}_m").alias("deepest_m"),
        )
        for s in ("a", "b")
    ).drop_nulls("key")
    if wanted is not None:
        sides = sides.filter(pl.col("key").is_in(wanted.implode()))
    merged = sides.group_by("key").agg(
        # One track has one set of values; the greatest makes the choice the same in any order.
        pl.col("mmsi", "imo", "name", "length_m", "beam_m", "deepest_m", "watchlist").max(),
        (pl.col("ship_type").is_in(TANKER_TYPES) | pl.col("candidate")).any().alias("tanker"),
    )
    found = {}
    for row in merged.sort("key").iter_rows(named=True):
        key = row["key"]
        own = [d for d in (row["deepest_m"], deepest.get(key)) if d is not None]
        entry, how = register.find(row["imo"], row["mmsi"], row["name"])
        found[key] = Vessel(
            key=key,
            mmsi=row["mmsi"],
            imo=row["imo"],
            name=row["name"],
            watchlist=row["watchlist"],
            tanker=row["tanker"] or bool(entry),
            last_heard=heard.get(key),
            ship=_ship(key, row["length_m"], row["beam_m"], max(own, default=None), entry, how),
        )
    return found


def keys_of(encounters: pl.DataFrame) -> pl.Series:
    """The keys of the ships of some encounters, each once."""
    return pl.concat(encounters.select(_key(s)) for s in ("a", "b"))["key"].drop_nulls().unique()


def _key(side: str) -> pl.Expr:
    return pl.coalesce(f"track_{side}", pl.col(f"mmsi_{side}").cast(pl.String)).alias("key")


def _ship(
    key: str,
    length_m: float | None,
    beam_m: float | None,
    deepest_m: float | None,
    entry: Mapping[str, float | str | None],
    how: str,
) -> Ship:
    def number(name: str) -> float | None:
        value = entry.get(name)
        # A zero in a register or in AIS stands for unknown.
        return float(value) if value is not None and not isinstance(value, str) and value else None

    product = entry.get("product")
    sized = number("deadweight_t") or number("capacity_m3")
    length = number("length_m") or length_m or None
    beam = number("beam_m") or beam_m or None
    dimensions = "dimensions" if length or beam else "nothing known"
    return Ship(
        key=key,
        length_m=length,
        beam_m=beam,
        deadweight_t=number("deadweight_t"),
        capacity_m3=number("capacity_m3"),
        summer_draught_m=number("summer_draught_m"),
        deepest_m=deepest_m,
        product=product if isinstance(product, str) else None,
        source=f"register ({how})" if sized else dimensions,
    )


class _Register:
    """The user's register, looked up by IMO, then MMSI, then name."""

    def __init__(self, fleet: pl.DataFrame | None) -> None:
        self._by: dict[str, dict[object, dict[str, float | str | None]]] = {}
        if fleet is None:
            return
        frame = schema.conform(fleet, FLEET)
        frame = frame.with_columns(pl.col("name").str.strip_chars().str.to_uppercase())
        for column in ("imo", "mmsi", "name"):
            # A number or name that stands for two ships identifies neither.
            rows = frame.drop_nulls(column).filter(pl.col(column).is_unique())
            self._by[column] = {row[column]: row for row in rows.iter_rows(named=True)}

    def find(
        self, imo: int | None, mmsi: int | None, name: str | None
    ) -> tuple[Mapping[str, float | str | None], str]:
        """The entry of a ship and by what it was found; an empty one where there is none."""
        wanted = {"imo": imo, "mmsi": mmsi, "name": name.strip().upper() if name else None}
        for column, value in wanted.items():
            entry = self._by.get(column, {}).get(value) if value is not None else None
            # Names repeat: one that comes with another IMO number is another ship's.
            if entry and not (column == "name" and imo and entry.get("imo") not in (None, imo)):
                return entry, column
        return {}, ""


def listed_capacity_bbl(ship: Ship, hulls: Hulls, cap: CapConfig) -> float:
    """One figure for the scenario table: deadweight times the cap's barrels per tonne.

    Without a deadweight, the volume of the tanks; without either, the deadweight that hulls of its
    dimensions have in the middle.
    """
    if ship.deadweight_t is not None:
        return ship.deadweight_t * single_figure(cap)
    if ship.capacity_m3 is not None:
        return ship.capacity_m3 * BARRELS_PER_M3
    return float(np.median(hulls.deadweight_t)) * single_figure(cap)
