"""Made-up results: two ships alongside for some hours in the middle of a straight passage."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from pipeline import schema
from pipeline.exports import Results

BEGIN = datetime(2018, 6, 4, 21, 30, tzinfo=UTC)


@dataclass
class World:
    """Collects encounters with their vessels and fixes, and gives them as `Results`."""

    encounters: list[dict[str, Any]] = field(default_factory=list)
    volumes: list[dict[str, Any]] = field(default_factory=list)
    vessels: list[dict[str, Any]] = field(default_factory=list)
    fixes: list[dict[str, Any]] = field(default_factory=list)
    draughts: list[dict[str, Any]] = field(default_factory=list)

    def vessel(self, mmsi: int, **values: Any) -> str:
        """A vessel; gives its track_id."""
        track_id = str(mmsi)
        if all(v["track_id"] != track_id for v in self.vessels):
            self.vessels.append(
                {
                    "track_id": track_id,
                    "mmsi": mmsi,
                    "name": f"SHIP {mmsi}",
                    "ship_type": 80,
                    "length_m": 240.0,
                    "beam_m": 42.0,
                    "a_m": 200.0,
                    "b_m": 40.0,
                    "c_m": 21.0,
                    "d_m": 21.0,
                    **values,
                }
            )
        return track_id

    def track(
        self,
        mmsi: int,
        lat: float,
        lon: float,
        start: datetime,
        hours: float,
        every_min: float = 5.0,
        step_lon: float = 0.002,
    ) -> None:
        """Fixes every few minutes from five hours before until five hours after."""
        first = start - timedelta(hours=5)
        count = int((hours + 10) * 60 / every_min) + 1
        for i in range(count):
            self.fixes.append(
                {
                    "track_id": str(mmsi),
                    "time": first + timedelta(minutes=i * every_min),
                    "lat": lat + 0.0001 * (i % 3),
                    "lon": (lon + step_lon * (i - count // 2) + 180.0) % 360.0 - 180.0,
                    "sog_kn": 0.4,
                    "heading_deg": 90.0,
                }
            )

    def meet(
        self,
        a: int,
        b: int | None,
        lat: float = 28.5,
        lon: float = -88.2,
        start: datetime = BEGIN,
        hours: float = 6.0,
        candidate: bool = True,
        volume: float | None = 100_000.0,
        tracks: bool = True,
        **values: Any,
    ) -> str:
        """An encounter of two vessels, or of one with a partner never heard."""
        event_id = f"E{len(self.encounters):04d}"
        row: dict[str, Any] = {
            "event_id": event_id,
            "kind": "pair" if b else "one_sided",
            "class": "transfer" if candidate else "berth",
            "candidate": candidate,
            "start_utc": start,
            "end_utc": start + timedelta(hours=hours),
            "lat": lat,
            "lon": lon,
            "duration_h": hours,
            "observed_h": hours,
            "distance_median_m": 61.2,
            "hull_gap_median_m": 4.04,
            "hull_gap_low_m": -6.0,
            "hull_gap_high_m": 14.0,
            "score": None,
            "rule": "alongside",
            "reasons": "hulls 4 m apart for 6 h",
        }
        for side, mmsi in (("a", a), ("b", b)):
            if mmsi is not None:
                name = values.pop(f"name_{side}", f"SHIP {mmsi}")
                row |= {
                    f"track_{side}": self.vessel(mmsi, name=name),
                    f"mmsi_{side}": mmsi,
                    f"name_{side}": name,
                    f"ship_type_{side}": 80,
                    f"length_{side}_m": 240.0,
                }
                if tracks:
                    offset = 0.0 if side == "a" else 0.0005
                    self.track(mmsi, lat + offset, lon, start, hours)
        self.encounters.append(row | values)
        if candidate:
            self.volumes.append(
                {
                    "event_id": event_id,
                    "giver_mmsi": a,
                    "receiver_mmsi": b,
                    "volume_low_bbl": None if volume is None else volume * 0.5,
                    "volume_median_bbl": volume,
                    "volume_high_bbl": None if volume is None else volume * 1.5,
                }
            )
        return event_id

    def results(self, **further: Any) -> Results:
        """All of it, as the stages would hand it on."""
        vessels = (
            _table(self.vessels, schema.VESSELS)
            .sort("mmsi", "track_id")
            .with_columns(pl.int_range(pl.len(), dtype=pl.Int32).alias("track"))
        )
        encounters = _table(self.encounters, schema.ENCOUNTERS)
        return Results(
            encounters=encounters.with_columns(tide_m=pl.lit(0.5)),
            volumes=_table(self.volumes, schema.VOLUMES),
            fixes=_tracked(self.fixes, vessels, schema.FIXES),
            vessels=vessels,
            draughts=_tracked(self.draughts, vessels, schema.DRAUGHTS),
            quota=further.get("quota", {"scenarios": []}),
            manifest=further.get(
                "manifest",
                {"version": "0", "rows_read": 2, "rows_used": 1, "rows_rejected": 1},
            ),
        )


def _table(rows: list[dict[str, Any]], columns: schema.Schema) -> pl.DataFrame:
    frame = pl.DataFrame(rows, infer_schema_length=None) if rows else pl.DataFrame()
    return schema.conform(frame, columns) if rows else schema.empty(columns)


def _tracked(
    rows: list[dict[str, Any]], vessels: pl.DataFrame, columns: schema.Schema
) -> pl.DataFrame:
    if not rows:
        return schema.empty(columns)
    frame = pl.DataFrame(rows, infer_schema_length=None).join(
        vessels.select("track_id", "track"), on="track_id"
    )
    return schema.conform(frame, columns).unique(["track", "time"]).sort("track", "time")


@pytest.fixture
def world() -> World:
    """An empty world."""
    return World()
