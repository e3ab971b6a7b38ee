"""Tables for the tests of the quota stage, made in code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from pipeline import schema

NOON = datetime(2018, 6, 4, 12, tzinfo=UTC)


def encounter(event_id: str, a: int = 201000001, b: int | None = 201000002, **values: Any):
    """A row of ENCOUNTERS: two coasters alongside for ten hours, unless said otherwise."""
    start = values.pop("start_utc", NOON)
    row = {
        "event_id": event_id,
        "kind": "pair" if b else "one_sided",
        "class": "transfer",
        "candidate": True,
        "track_a": str(a),
        "track_b": str(b) if b else None,
        "mmsi_a": a,
        "mmsi_b": b,
        "length_a_m": 128.0,
        "beam_a_m": 20.0,
        "length_b_m": 95.0 if b else None,
        "beam_b_m": 13.5 if b else None,
        "start_utc": start,
        "end_utc": start + timedelta(hours=values.get("duration_h", 10.0)),
        "lat": 37.0,
        "lon": 124.0,
        "duration_h": 10.0,
    }
    return row | values


def encounters(*rows: dict[str, Any]) -> pl.DataFrame:
    return schema.conform(
        pl.DataFrame(
            list(rows), schema_overrides={"start_utc": schema.TIME, "end_utc": schema.TIME}
        )
        if rows
        else schema.empty(schema.ENCOUNTERS),
        schema.ENCOUNTERS,
    )


def vessels(*mmsis: int, last: datetime = NOON + timedelta(days=5)) -> pl.DataFrame:
    rows = [
        {"track": n, "track_id": str(mmsi), "mmsi": mmsi, "first_time": NOON, "last_time": last}
        for n, mmsi in enumerate(sorted(mmsis))
    ]
    return schema.conform(pl.DataFrame(rows), schema.VESSELS)


def draughts(*rows: tuple[int, datetime, float]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(schema.DRAUGHTS), orient="row")


def calls(*rows: tuple[int, datetime, datetime, str | None]) -> pl.DataFrame:
    made = [
        {"track_id": str(mmsi), "mmsi": mmsi, "start_utc": start, "end_utc": end, "port": port}
        for mmsi, start, end, port in rows
    ]
    return schema.conform(pl.DataFrame(made), schema.PORT_CALLS)
