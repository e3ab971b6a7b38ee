"""The encounters table: measured meetings with the ships' particulars, draughts and place."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import polars as pl

from pipeline.rendezvous.draughts import draughts_about
from pipeline.rendezvous.measures import DOUBT_MEASURES, MEASURES, SILENCE_MEASURES
from pipeline.schema import ENCOUNTERS, TIME

MEASURED = (
    "draught_typed_a_h",
    "draught_typed_b_h",
    "draught_explains",
    "berth_h",
    "pivot_bow_m",
    *SILENCE_MEASURES,
    *DOUBT_MEASURES,
    *(name for name in MEASURES if name not in ENCOUNTERS and name[-2:] != "_s"),
)
"""Columns of the encounters table behind those of the schema."""
SHIP = (
    "track_id",
    "mmsi",
    "name",
    "imo",
    "callsign",
    "ship_type",
    "length_m",
    "beam_m",
    "class_b",
    "flags",
    "watchlist",
)


class Places(Protocol):
    """What the context knows of places (see `pipeline.context`)."""

    def place(
        self, lat: np.ndarray, lon: np.ndarray, without: tuple[np.ndarray, ...] = ()
    ) -> pl.DataFrame:
        """Columns `shore_km`, `port_km`, `port_name`, `zone` of each place.

        Berths that only the tracks `without` have used are left out.
        """

    def watchlist_hit(self, vessels: pl.DataFrame) -> pl.DataFrame:
        """Columns `track` and `watchlist` (null: on none) of all vessels."""


def _side(name: str, side: str) -> str:
    return f"{name[:-2]}_{side}_m" if name.endswith("_m") else f"{name}_{side}"


def _particulars(vessels: pl.DataFrame, side: str) -> pl.DataFrame:
    return vessels.select(
        pl.col("track").alias(f"track_{side}"),
        *(
            pl.col(name).alias("_id_" + side if name == "track_id" else _side(name, side))
            for name in SHIP
        ),
    )


def _with_ship(rows: pl.DataFrame, vessels: pl.DataFrame, side: str) -> pl.DataFrame:
    return rows.join(
        _particulars(vessels, side), on=f"track_{side}", how="left", maintain_order="left"
    )


def _with_times(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        (pl.col("start_s") * 1000).round().cast(pl.Int64).cast(TIME).alias("start_utc"),
        (pl.col("end_s") * 1000).round().cast(pl.Int64).cast(TIME).alias("end_utc"),
        ((pl.col("end_s") - pl.col("start_s")) / 3600.0).alias("duration_h"),
    )


def _event_id() -> pl.Expr:
    """Ships and start: the same for the same input and configuration, and readable."""
    return pl.concat_str(
        pl.col("track_a").str.replace("/", ".", literal=True),
        pl.col("track_b").str.replace("/", ".", literal=True).fill_null("lone"),
        pl.col("start_utc").dt.strftime("%Y%m%dT%H%M%S"),
        separator="-",
    )


def build(
    meetings: pl.DataFrame,
    lone: pl.DataFrame,
    vessels: pl.DataFrame,
    draughts: pl.DataFrame,
    places: Places,
    silences: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Join what was measured with all that is known of ships and place.

    Parameters
    ----------
    meetings : pl.DataFrame
        From `examine`.
    lone : pl.DataFrame
        From `examine_lone`.
    vessels, draughts : pl.DataFrame
        `schema.VESSELS`, `schema.DRAUGHTS`.
    places : Places
        Distance to shore and port, zones.
    silences : pl.DataFrame, optional
        `schema.SILENCES` of all ships; None where nobody can tell why a ship was not heard.

    Returns
    -------
    pl.DataFrame
        `schema.ENCOUNTERS`, what is decided later still null; then `callsign_a`, `class_b_a` and
        so on, and the columns of MEASURED. Sorted by start, then the ships.
    """
    from pipeline.rendezvous.silence import with_silences  # Numba, which deciding does without

    meetings, lone = with_silences(meetings, lone, silences, vessels)
    pairs = _with_times(meetings).with_columns(pl.lit("pair").alias("kind"))
    vessels = vessels.join(places.watchlist_hit(vessels), on="track", how="left").sort("track")
    for side in "ab":
        pairs = _with_ship(draughts_about(pairs, draughts, side), vessels, side)
    alone = _with_times(lone).with_columns(pl.lit("one_sided").alias("kind"))
    out = pl.concat([pairs, _with_ship(alone, vessels, "a")], how="diagonal")
    tracks = tuple(out[f"track_{side}"].fill_null(-1).to_numpy() for side in "ab")
    place = places.place(out["lat"].to_numpy(), out["lon"].to_numpy(), tracks)
    out = (
        out.hstack(place.select("shore_km", "port_km", "port_name", "zone"))
        .with_columns(pl.col("_id_a").alias("track_a"), pl.col("_id_b").alias("track_b"))
        .with_columns(
            _event_id().alias("event_id"),
            *(
                (pl.col(f"draught_after_{side}_m") - pl.col(f"draught_before_{side}_m"))
                .round(1)
                .alias(f"draught_change_{side}_m")
                for side in "ab"
            ),
        )
    )
    return out.select(
        *(
            (pl.col(name) if name in out.columns else pl.lit(None)).cast(dtype).alias(name)
            for name, dtype in ENCOUNTERS.items()
        ),
        *(_side(name, side) for side in "ab" for name in ("callsign", "class_b", "flags")),
        "port_name",
        *MEASURED,
    ).sort("start_utc", "event_id")
