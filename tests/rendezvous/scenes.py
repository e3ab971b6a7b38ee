"""Two or three ships on a plane, moved by functions of time: small worlds for single rules."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from pipeline.config import RendezvousConfig
from pipeline.progress import Quiet
from pipeline.rendezvous import decide, measure
from pipeline.schema import DRAUGHTS, FIXES, TIME, VESSELS, conform, empty

START = datetime(2026, 3, 14, 20, 0, tzinfo=UTC)
HOUR = 3600.0
Motion = Callable[[float], tuple[float, float, float]]
"""Seconds since START to metres east, metres north, heading."""


@dataclass
class Boat:
    """A ship of a scene; the motion is that of its hull's centre."""

    mmsi: int
    motion: Motion
    length: float | None = 180.0
    beam: float | None = 30.0
    bow: float | None = 140.0  # A: antenna to bow; C and D are half the beam
    kind: int | None = 80
    every_s: float = 180.0
    silent: Sequence[tuple[float, float]] = ()  # hours
    from_h: float = 0.0
    to_h: float = 24.0
    heading_known: bool = True
    class_b: bool = False
    status: int | None = 0
    noise_m: float = 4.0


def drift(
    speed_kn: float = 1.2,
    course: float = 150.0,
    heading: float = 60.0,
    east: float = 0.0,
    north: float = 0.0,
) -> Motion:
    """A hull set by the wind."""
    v = speed_kn * 1852.0 / 3600.0

    def at(t: float) -> tuple[float, float, float]:
        s, c = math.sin(math.radians(course)), math.cos(math.radians(course))
        return east + v * t * s, north + v * t * c, heading

    return at


def beside(
    other: Motion, gap_m: float, beams: float, ahead_m: float = 0.0, turned: float = 0.0
) -> Motion:
    """A hull to starboard of another: `gap_m` between them, its centre `ahead_m` further on."""

    def at(t: float) -> tuple[float, float, float]:
        x, y, h = other(t)
        across = gap_m + beams
        r = math.radians(h)
        return (
            x + across * math.cos(r) + ahead_m * math.sin(r),
            y - across * math.sin(r) + ahead_m * math.cos(r),
            (h + turned) % 360.0,
        )

    return at


def visit(beside_: Motion, from_h: float, to_h: float, speed_kn: float = 8.0) -> Motion:
    """A hull that comes from afar, lies beside another from one time to another, and goes."""
    v = speed_kn * 1852.0 / 3600.0
    slow = 0.15  # m/s in the last 200 m

    def away(seconds: float) -> float:
        near = min(seconds, 200.0 / slow)
        return slow * near + v * max(0.0, seconds - near)

    def at(t: float) -> tuple[float, float, float]:
        x, y, h = beside_(t)
        r = math.radians(h)
        d = 0.0
        if t < from_h * HOUR:
            d = away(from_h * HOUR - t)
        elif t > to_h * HOUR:
            d = away(t - to_h * HOUR)
        return x + d * math.cos(r), y - d * math.sin(r), h

    return at


def swing(
    east: float = 0.0,
    north: float = 0.0,
    radius_m: float = 250.0,
    turn_h: float = 12.4,
    phase: float = 0.0,
) -> Motion:
    """A hull at anchor: it lies to the tide and goes round with it."""

    def at(t: float) -> tuple[float, float, float]:
        h = 90.0 + 80.0 * math.sin(2 * math.pi * t / (turn_h * HOUR) + phase)
        h += 6.0 * math.sin(2 * math.pi * t / 900.0 + phase)
        r = math.radians(h)
        return east - radius_m * math.sin(r), north - radius_m * math.cos(r), h % 360.0

    return at


def moored(east: float = 0.0, north: float = 0.0, heading: float = 60.0) -> Motion:
    """A hull made fast to the ground."""
    return lambda _t: (east, north, heading)


def fixes_of(
    boats: Sequence[Boat], lat: float, lon: float, seed: int = 0
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`schema.FIXES` and `schema.VESSELS` of a scene about a place."""
    rng = np.random.default_rng(seed)
    boats = sorted(boats, key=lambda boat: boat.mmsi)
    rows, ships = [], []
    for track, boat in enumerate(boats):
        times = np.arange(boat.from_h * HOUR + 7.0 * track, boat.to_h * HOUR, boat.every_s)
        times = np.array(
            [t for t in times if not any(a * HOUR < t < b * HOUR for a, b in boat.silent)]
        )
        length, bow = boat.length or 180.0, boat.bow if boat.bow is not None else 140.0
        aft = 0.5 * length - bow  # antenna ahead of the centre
        for t in times:
            x, y, h = boat.motion(float(t))
            x2, y2, _ = boat.motion(float(t) + 1.0)
            x1, y1, _ = boat.motion(float(t) - 1.0)
            r = math.radians(h)
            ex, ey = rng.normal(0.0, boat.noise_m, 2)
            ax, ay = x + aft * math.sin(r) + ex, y + aft * math.cos(r) + ey
            north_deg = lat + ay / 110_574.0
            east_deg = ax / (111_320.0 * math.cos(math.radians(north_deg)))
            rows.append(
                {
                    "track": track,
                    "time": round((START.timestamp() + t) * 1000),
                    "lat": north_deg,
                    "lon": (lon + east_deg + 180.0) % 360.0 - 180.0,
                    "sog_kn": math.hypot(x2 - x1, y2 - y1) / 2.0 / 0.514444,
                    "cog_deg": math.degrees(math.atan2(x2 - x1, y2 - y1)) % 360.0,
                    "heading_deg": (h + rng.normal(0.0, 1.0)) % 360.0
                    if boat.heading_known
                    else None,
                    "nav_status": boat.status,
                }
            )
        known = boat.length is not None and boat.bow is not None and boat.beam is not None
        ships.append(
            {
                "track": track,
                "track_id": str(boat.mmsi),
                "mmsi": boat.mmsi,
                "name": f"SHIP {boat.mmsi % 1000}",
                "ship_type": boat.kind,
                "length_m": boat.length,
                "beam_m": boat.beam,
                "a_m": boat.bow if known else None,
                "b_m": boat.length - boat.bow if known and boat.length and boat.bow else None,
                "c_m": boat.beam / 2 if known and boat.beam else None,
                "d_m": boat.beam / 2 if known and boat.beam else None,
                "class_b": boat.class_b,
                "fixes": len(times),
                "flags": "aid_to_navigation" if boat.mmsi // 10_000_000 == 99 else None,
            }
        )
    fixes = pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col("time").cast(TIME))
    return (
        conform(fixes.sort("track", "time"), FIXES),
        conform(pl.DataFrame(ships, infer_schema_length=None), VESSELS),
    )


def write_csv(boats: Sequence[Boat], file: Path, lat: float, lon: float, seed: int = 0) -> None:
    """A scene as a dump in the layout of MarineCadastre."""
    fixes, vessels = fixes_of(boats, lat, lon, seed)
    fixes.join(vessels.drop("fixes"), on="track", maintain_order="left").select(
        MMSI="mmsi",
        BaseDateTime=pl.col("time").dt.strftime("%Y-%m-%dT%H:%M:%S"),
        LAT="lat",
        LON="lon",
        SOG=pl.col("sog_kn").round(1),
        COG=pl.col("cog_deg").round(1),
        Heading=pl.col("heading_deg").round(0).cast(pl.Int32).fill_null(511),
        VesselName="name",
        IMO=pl.lit(""),
        CallSign=pl.lit(""),
        VesselType="ship_type",
        Status="nav_status",
        Length=pl.col("length_m").cast(pl.Int32),
        Width=pl.col("beam_m").cast(pl.Int32),
        Draft=pl.lit(""),
        Cargo=pl.lit(""),
        TransceiverClass=pl.when("class_b").then(pl.lit("B")).otherwise(pl.lit("A")),
    ).write_csv(file)


class OpenSea:
    """A place far from everything."""

    def __init__(self, shore_km: float = 80.0) -> None:
        self.shore_km = shore_km

    def place(
        self, lat: np.ndarray, lon: np.ndarray, without: tuple[np.ndarray, ...] = ()
    ) -> pl.DataFrame:
        far, none = [self.shore_km] * len(lat), [None] * len(lat)
        return pl.DataFrame(
            {"shore_km": far, "port_km": far, "port_name": none, "zone": none},
            schema={
                "shore_km": pl.Float64,
                "port_km": pl.Float64,
                "port_name": pl.String,
                "zone": pl.String,
            },
        )

    def watchlist_hit(self, vessels: pl.DataFrame) -> pl.DataFrame:
        return vessels.select("track", pl.lit(None, pl.String).alias("watchlist"))


def encounters(
    boats: Sequence[Boat],
    lat: float = 31.5,
    lon: float = -119.2,
    config: RendezvousConfig | None = None,
    shore_km: float = 80.0,
    draughts: pl.DataFrame | None = None,
    seed: int = 0,
) -> pl.DataFrame:
    """The encounters table of a scene."""
    config = config or RendezvousConfig()
    fixes, vessels = fixes_of(boats, lat, lon, seed)
    typed = empty(DRAUGHTS) if draughts is None else conform(draughts, DRAUGHTS)
    places = OpenSea(shore_km)
    return decide(measure(fixes, vessels, typed, places, config, Quiet()), config)


def pairs(boats: Sequence[Boat], **where: Any) -> pl.DataFrame:
    """The encounters of two ships in a scene."""
    return encounters(boats, **where).filter(pl.col("kind") == "pair")
