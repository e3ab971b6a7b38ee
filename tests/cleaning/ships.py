"""Reports of made-up ships, for the tests of cleaning."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from pipeline.cleaning import Cleaned, clean
from pipeline.config import CleaningConfig
from pipeline.ledger import Ledger
from pipeline.progress import Quiet
from pipeline.schema import POSITIONS, STATICS, conform, empty

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
M_PER_DEG = 111_195.0
MMSI = 211_000_001


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def reports(rows: Sequence[Mapping[str, Any]], mmsi: int = MMSI) -> pl.DataFrame:
    """POSITIONS of rows that name only what matters to the test."""
    filled = [
        {
            "mmsi": mmsi,
            "lat": 50.0,
            "lon": 0.0,
            "sog_kn": 0.0,
            "cog_deg": 0.0,
            "heading_deg": 10.0,
            "nav_status": 0,
            "class_b": False,
            "file": 0,
            "row": number,
            "time": at(10.0 * number),
            **row,
        }
        for number, row in enumerate(rows, start=2)
    ]
    return conform(pl.DataFrame(filled, infer_schema_length=None), POSITIONS)


def sailing(
    *,
    mmsi: int = MMSI,
    lat: float = 50.0,
    lon: float = 0.0,
    speed_kn: float = 10.0,
    course_deg: float = 90.0,
    begin_s: float = 0.0,
    hours: float = 6.0,
    every_s: float = 60.0,
    first_row: int = 2,
) -> pl.DataFrame:
    """A ship on one course; speed 0: she lies still, with 5 m of noise that repeats itself."""
    rows = []
    for k in range(int(hours * 3600 / every_s)):
        t = k * every_s
        way = speed_kn * 1852 / 3600 * t
        north = way * math.cos(math.radians(course_deg)) + 5 * math.sin(7.0 * k)
        east = way * math.sin(math.radians(course_deg)) + 5 * math.cos(5.0 * k)
        here = lat + north / M_PER_DEG
        there = lon + east / (M_PER_DEG * math.cos(math.radians(here)))
        rows.append(
            {
                "time": at(begin_s + t),
                "lat": round(here, 6),
                "lon": round((there + 180) % 360 - 180, 6),
                "sog_kn": speed_kn,
                "cog_deg": course_deg,
                "heading_deg": (course_deg + 2.0) % 360.0,
                "row": first_row + k,
            }
        )
    return reports(rows, mmsi)


def cleaned(
    positions: pl.DataFrame,
    statics: pl.DataFrame | None = None,
    config: CleaningConfig | None = None,
) -> tuple[Cleaned, Ledger]:
    """What cleaning makes of it, and its ledger."""
    ledger = Ledger()
    ledger.read(positions.height)
    result = clean(
        positions,
        empty(STATICS) if statics is None else statics,
        config or CleaningConfig(),
        ledger,
        Quiet(),
    )
    assert result.fixes.height == ledger.rows_used  # no row lost without a count
    return result, ledger


def statics(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """STATICS of rows that name only what matters to the test."""
    filled = []
    for number, row in enumerate(rows):
        time = row.get("first_time", at(3600.0 * number))
        filled.append(
            {
                "mmsi": MMSI,
                "hour": int(time.timestamp()) // 3600,
                "first_time": time,
                "last_time": time,
                "reports": 10,
                **row,
            }
        )
    return conform(pl.DataFrame(filled, infer_schema_length=None), STATICS)
