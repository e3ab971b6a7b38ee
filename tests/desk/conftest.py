"""A small sea, measured and decided as a run is, and its folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline import exports, quota, schema
from pipeline.config import Config
from pipeline.config.load import config_hash
from pipeline.progress import Quiet
from pipeline.rendezvous import decide, measure
from tests.rendezvous.scenes import START, Boat, OpenSea, beside, drift, fixes_of, swing, visit

LAT, LON = 31.5, -119.2
FAR_M = 40_000.0  # from one scene to the next: none of them meet
LONG, SHORT, WIDE, TUG, ANCHORED, LONE = (412000001 + 100 * i for i in range(6))
"""The first ship of each scene; the second's MMSI is one more."""
INPUT = {"path": "sea.csv", "layout": "made", "bytes": 5, "sha256": "ab" * 32}


def _boats() -> list[Boat]:
    places = [drift(east=FAR_M * i) for i in range(6)]
    long, short, wide, tug, _, lone = places
    anchored = swing(east=FAR_M * 4), swing(east=FAR_M * 4 + 150.0, radius_m=180.0, phase=0.1)
    small: dict[str, Any] = {"length": 95.0, "beam": 15.0, "bow": 78.0}

    def steaming(t: float) -> tuple[float, float, float]:
        x, y, h = lone(min(max(t, 5.0 * 3600.0), 13.0 * 3600.0))
        return x + 6.0 * (min(0.0, t - 18000.0) + max(0.0, t - 46800.0)), y, h

    return [
        Boat(LONG, long),
        Boat(LONG + 1, visit(beside(long, 4.0, 22.5), 2.0, 9.0), **small),
        Boat(SHORT, short),
        Boat(SHORT + 1, visit(beside(short, 4.0, 22.5), 3.0, 5.2), **small),
        Boat(WIDE, wide),
        Boat(WIDE + 1, visit(beside(wide, 12.0, 22.5), 4.0, 11.0), **small),
        Boat(TUG, tug),
        Boat(
            TUG + 1,
            visit(beside(tug, 2.0, 20.0), 3.0, 8.0),
            length=32.0,
            beam=10.0,
            bow=20.0,
            kind=52,
        ),
        Boat(ANCHORED, anchored[0], status=1),
        Boat(ANCHORED + 1, anchored[1], status=1, **small),
        Boat(LONE, steaming),
    ]


@dataclass(frozen=True)
class Sea:
    """What measuring gives of it."""

    fixes: pl.DataFrame
    vessels: pl.DataFrame
    draughts: pl.DataFrame
    port_calls: pl.DataFrame
    measured: pl.DataFrame


@cache
def sea() -> Sea:
    """Two transfers, one of two hours, one 12 m apart; a tug, neighbours at anchor, a lone ship."""
    fixes, vessels = fixes_of(_boats(), LAT, LON)
    number = dict(vessels.select("mmsi", "track").iter_rows())
    typed = [
        (LONG, 0, 11.0),
        (LONG, 10, 9.0),
        (LONG + 1, 0, 4.0),
        (LONG + 1, 10, 6.5),
        (LONE, 0, 8.0),
        (LONE, 14, 10.0),
    ]
    rows = [
        {"track": number[mmsi], "time": START + timedelta(hours=hour), "draught_m": draught}
        for mmsi, hour, draught in typed
    ]
    draughts = schema.conform(pl.DataFrame(rows), schema.DRAUGHTS).sort("track", "time")
    calls = schema.conform(
        pl.DataFrame(
            {
                "track_id": [str(LONG + 1)],
                "mmsi": [LONG + 1],
                "start_utc": [START + timedelta(hours=20)],
                "end_utc": [START + timedelta(hours=23)],
                "lat": [LAT],
                "lon": [LON],
                "port": ["Somewhere"],
                "port_km": [1.0],
            }
        ),
        schema.PORT_CALLS,
    )
    places, config = OpenSea(), Config().rendezvous
    measured = measure(fixes, vessels, draughts, places, config, Quiet())
    return Sea(fixes, vessels, draughts, calls, measured)


def full_run(
    folder: Path, config: Config, names: Mapping[int, str] | None = None, **manifest: object
) -> Path:
    """What detect writes with these settings; the measuring ones are the defaults."""
    here = sea()
    measured = here.measured
    for side in "ab":
        named = pl.col(f"mmsi_{side}").replace_strict(
            dict(names or {}), default=pl.col(f"name_{side}"), return_dtype=pl.String
        )
        measured = measured.with_columns(named.alias(f"name_{side}"))
    encounters = decide(measured, config.rendezvous)
    oil = quota.estimate(
        encounters,
        here.vessels,
        here.draughts,
        None,
        config.quota,
        here.port_calls,
    )
    results = exports.Results(
        encounters=encounters,
        volumes=oil.volumes,
        fixes=here.fixes,
        vessels=here.vessels,
        draughts=here.draughts,
        quota=oil.summary,
        manifest={
            "version": "0.1.0",
            "config": config.model_dump(mode="json"),
            "config_hash": config_hash(config),
            "inputs": [INPUT],
            "rows_read": here.fixes.height,
            "rows_used": here.fixes.height,
            "rows_rejected": {"total": 0, "by_rule": {}},
            "timings_s": {"rendezvous": 1.0},
            **manifest,
        },
        port_calls=here.port_calls,
    )
    folder.mkdir(parents=True)
    exports.write(results, folder, config.exports, Quiet())
    return folder


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the sea with the defaults. Read it, and leave it as it is."""
    return full_run(tmp_path_factory.mktemp("runs") / "sea", Config())
