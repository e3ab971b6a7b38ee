"""From position reports that passed the rules to fixes of tracks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.cleaning.comparing import verdict_bounds
from pipeline.cleaning.labels import RULES
from pipeline.cleaning.linking import chain
from pipeline.cleaning.motion import Fixes, motion_bounds, speed_bounds_m_s
from pipeline.cleaning.order import order_by_ship_and_time
from pipeline.cleaning.pieces import describe_pieces
from pipeline.cleaning.positions import POSITION_TEXT, example_texts
from pipeline.cleaning.settling import drop_spikes, settle
from pipeline.cleaning.tracklets import follow
from pipeline.cleaning.trust import false_motion
from pipeline.config import CleaningConfig
from pipeline.ledger import Ledger
from pipeline.schema import FIXES, conform
from pipeline.wording import template


@dataclass(frozen=True)
class Tracks:
    """Fixes and the tracks they belong to.

    Attributes
    ----------
    fixes : pl.DataFrame
        ``schema.FIXES``.
    tracks : pl.DataFrame
        One row a track, in the order of ``schema.VESSELS``: track, track_id, mmsi, ships (how
        many ships its MMSI is), class_b, first_time, last_time, fixes.
    """

    fixes: pl.DataFrame
    tracks: pl.DataFrame


def build_tracks(positions: pl.DataFrame, config: CleaningConfig, ledger: Ledger) -> Tracks:
    """Part the reports of each MMSI into ships; set repeats, stuck positions and jumps aside.

    Parameters
    ----------
    positions : pl.DataFrame
        ``schema.POSITIONS`` after `apply_position_rules`, in any order.
    config : CleaningConfig
        Bounds.
    ledger : Ledger
        Gets a count and examples for each rule.
    """
    order, starts = _ordered(positions)
    ordered = positions.lazy().select(pl.all().gather(pl.Series(order))).collect()
    rows = _arrays(ordered)
    bounds, verdicts = motion_bounds(config), verdict_bounds(config)
    false = np.repeat(false_motion(rows, starts, bounds), np.diff(starts))
    if false.any():
        rows.sog[false] = rows.cog[false] = np.nan
    label, counts = follow(starts, rows, bounds)
    ships = np.minimum(counts, 1)
    speed_bounds = speed_bounds_m_s(rows.sog, starts, bounds)
    pieces = describe_pieces(label, counts, starts, speed_bounds, rows)
    if pieces.ships.size:
        heads = chain(pieces, label, rows, verdicts.clock_ms, bounds)
        ships[pieces.ships] = settle(pieces, heads, label, rows, bounds, verdicts)
    drop_spikes(starts, ships, speed_bounds, label, rows, bounds)
    _count(ordered, label, ledger)
    return _tables(ordered, label, starts, ships)


def _contents(positions: pl.DataFrame) -> list[npt.NDArray[np.float64]]:
    return [
        positions[column].cast(pl.Float64).fill_null(np.nan).to_numpy()
        for column in ("lat", "lon", "sog_kn", "cog_deg", "heading_deg", "nav_status", "class_b")
    ]


def _ordered(positions: pl.DataFrame) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    return order_by_ship_and_time(
        positions["mmsi"].to_numpy(),
        positions["time"].to_physical().to_numpy(),
        lambda rows: _contents(positions[rows]),
    )


def _arrays(ordered: pl.DataFrame) -> Fixes:
    def numbers(column: str) -> npt.NDArray[np.float32]:
        return ordered[column].fill_null(np.nan).to_numpy(writable=True)

    return Fixes(
        time_ms=ordered["time"].to_physical().to_numpy(),
        lat=ordered["lat"].to_numpy(),
        lon=ordered["lon"].to_numpy(),
        sog=numbers("sog_kn"),
        cog=numbers("cog_deg"),
        heading=numbers("heading_deg"),
        status=ordered["nav_status"].fill_null(-1).to_numpy(),
        class_b=ordered["class_b"].cast(pl.Int8).fill_null(-1).to_numpy(),
    )


def _count(ordered: pl.DataFrame, label: npt.NDArray[np.int32], ledger: Ledger) -> None:
    dropped = np.flatnonzero(label < 0)
    codes = label[dropped]
    for code, rule in RULES.items():
        rows = dropped[codes == code]
        if rows.size:
            ledger.reject(rule, rows.size, example_texts(ordered[rows], POSITION_TEXT))


def _tables(
    ordered: pl.DataFrame,
    label: npt.NDArray[np.int32],
    starts: npt.NDArray[np.int64],
    ships: npt.NDArray[np.int64],
) -> Tracks:
    first_track = np.concatenate(([0], np.cumsum(ships)[:-1])) if ships.size else ships
    lengths = np.diff(starts)
    kept = label >= 0
    track = (np.repeat(first_track, lengths) + label)[kept].astype(np.int32)
    fixes = ordered.lazy().filter(pl.Series(kept)).with_columns(pl.Series("track", track))
    if (np.diff(track) < 0).any():
        fixes = fixes.sort("track", maintain_order=True)
    collected = fixes.collect()
    number = np.arange(int(ships.sum())) - np.repeat(first_track, ships)
    mmsi = ordered["mmsi"].gather(pl.Series(np.repeat(starts[:-1], ships)))
    named = pl.DataFrame(
        {
            "track": pl.Series(np.arange(number.size), dtype=pl.Int32),
            "mmsi": mmsi,
            "number": number + 1,
            "ships": np.repeat(ships, ships),
        }
    ).with_columns(
        pl.when(pl.col("number") == 1)
        .then(pl.col("mmsi").cast(pl.String))
        .otherwise(template("{}/{}", "mmsi", "number"))
        .alias("track_id")
    )
    spans = collected.group_by("track").agg(
        pl.col("class_b").mean() > 0.5,
        pl.col("time").min().alias("first_time"),
        pl.col("time").max().alias("last_time"),
        pl.len().cast(pl.UInt32).alias("fixes"),
    )
    tracks = named.join(spans, on="track", how="left", maintain_order="left").drop("number")
    return Tracks(fixes=conform(collected, FIXES), tracks=tracks)
