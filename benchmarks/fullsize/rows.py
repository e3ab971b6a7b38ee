"""What the ships of a full-size day report: rows in the layout of MarineCadastre."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import polars as pl

from benchmarks.fullsize.fleet import LYING, SWINGING, Fleet, Floats, Ints, east_north
from benchmarks.fullsize.motion import Meetings, where

START = datetime(2024, 1, 1, tzinfo=UTC)
START_MS = np.datetime64("2024-01-01", "ms")
FIRST_MMSI = 366_000_000
UNDER_WAY_REPORTS = 1.6  # for each of a ship that lies still
BLOCK_H = 2  # hours made at once
NOISE_M = 4.0


def _static(f: Fleet) -> pl.DataFrame:
    """What the ships say of themselves."""
    number = pl.int_range(len(f.how), eager=True)
    said = pl.when(~pl.col("b"))
    return pl.DataFrame({"i": number, "b": f.class_b, "length": f.length, "beam": f.beam}).select(
        MMSI=FIRST_MMSI + pl.col("i"),
        VesselName=pl.format("SHIP {}", "i"),
        IMO=said.then(pl.format("IMO{}", 9_000_000 + pl.col("i"))),
        CallSign=said.then(pl.format("W{}", 10_000 + pl.col("i"))),
        VesselType=pl.Series(f.kind),
        Length=pl.col("length").cast(pl.Int64),
        Width=pl.col("beam").cast(pl.Int64),
        Cargo=pl.Series(f.kind),
        TransceiverClass=pl.when("b").then(pl.lit("B")).otherwise(pl.lit("A")),
    )


def _draughts(f: Fleet, m: Meetings, day: int, s: Ints, t: Ints) -> Floats:
    """Typed draughts: a daughter takes 3 m on even days and gives them back on odd ones."""
    draught = np.round(np.where(f.class_b[s], np.nan, 3.0 + f.length[s] / 30.0), 1)
    step = np.zeros(len(f.how))
    typed = np.full(len(f.how), np.inf)
    for ships, metres in ((m.ship, 3.0), (f.mother[m.ship], -1.2)):
        step[ships], typed[ships] = metres, m.end + 2400.0
    loaded = (t >= typed[s]) != (day % 2 == 1)
    return np.asarray(np.round(draught + step[s] * loaded, 1))


def _block(
    f: Fleet, m: Meetings, static: pl.DataFrame, day: int, s: Ints, t: Ints, seed: tuple[int, ...]
) -> pl.DataFrame:
    """Rows of some hours in the layout of MarineCadastre."""
    draw = np.random.default_rng(seed)
    lat, lon, heading, speed = where(f, m, s, t.astype(float))
    noise = draw.normal(0.0, NOISE_M, (2, len(s)))
    lat, lon = east_north(lat, lon, noise[0], noise[1])
    sog = np.abs(speed * 3600 / 1852 + draw.normal(0.0, 0.05, len(s)))
    cog = np.where(
        speed > 0.5, heading + draw.normal(0.0, 1.0, len(s)), draw.uniform(0, 360, len(s))
    )
    hdg = np.where(f.class_b[s], 511, np.round(heading + draw.normal(0, 0.5, len(s))) % 360)
    how = f.how[s]
    status = np.where(how == LYING, 5, np.where(how == SWINGING, 1, np.where(speed > 0.1, 0, 1)))
    lasting = static[s]
    return pl.DataFrame(
        {
            "MMSI": lasting["MMSI"],
            "BaseDateTime": START_MS + t.astype("timedelta64[s]"),
            "LAT": lat.round(5),
            "LON": lon.round(5),
            "SOG": sog.round(1),
            "COG": (cog % 360.0).round(1) % 360.0,
            "Heading": hdg.astype(np.int64),
            "VesselName": lasting["VesselName"],
            "IMO": lasting["IMO"],
            "CallSign": lasting["CallSign"],
            "VesselType": lasting["VesselType"],
            "Status": pl.Series(status).set(pl.Series(f.class_b[s]), None),
            "Length": lasting["Length"],
            "Width": lasting["Width"],
            "Draft": pl.Series(_draughts(f, m, day, s, t)).fill_nan(None),
            "Cargo": lasting["Cargo"],
            "TransceiverClass": lasting["TransceiverClass"],
        }
    )


def rows_of_day(f: Fleet, m: Meetings, seed: int, day: int, rows: int) -> Iterator[pl.DataFrame]:
    """The reports of one day in the order of their times, some hours at once."""
    draw = np.random.default_rng((seed, 4, day))
    still = (f.how == LYING) | (f.how == SWINGING)
    weight = np.where(still, 1.0, UNDER_WAY_REPORTS)
    ends = np.round(np.cumsum(weight) / weight.sum() * rows).astype(np.int64)
    count = np.diff(ends, prepend=0)
    s = np.repeat(np.arange(len(count)), count)
    k = np.arange(rows) - np.repeat(ends - count, count)
    share = (k + draw.uniform(0.1, 0.9, rows)) / np.repeat(count, count)
    t = (share * 86_400.0).astype(np.int64) + 86_400 * day
    order = np.argsort(t, kind="stable")
    s, t = s[order], t[order]
    static = _static(f)
    for block in range(24 // BLOCK_H):
        edges = 86_400 * day + 3600 * BLOCK_H * np.array((block, block + 1))
        lo, hi = np.searchsorted(t, edges)
        yield _block(f, m, static, day, s[lo:hi], t[lo:hi], (seed, 5, day, block))
