"""Compile what runs compiled, once, at set-up: ``python -m pipeline.warm``.

Numba compiles a function when it is first called and keeps the result (see `pipeline._kernels`).
On a fresh machine that takes most of a minute; done here, by two processes at once, the first run
does not wait for it. What it compiles it finds by running the stages on a few minutes of two ships.
"""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from pipeline import cleaning, context, feeds, rendezvous
from pipeline.config import Config
from pipeline.ledger import Ledger
from pipeline.progress import Quiet, for_stream
from pipeline.schema import DRAUGHTS, FIXES, VESSELS, conform

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
SENTENCES = (
    r"\s:warm,c:1704067200*3C\!AIVDM,1,1,,A,15NulJ001;oRwS0C?EA=Cgv3P000,0*58",
    "!AIVDM,2,1,3,B,55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0*1C",
    "!AIVDM,2,2,3,B,88888888880,2*25",
)
"""A position, and a type 5 in two parts (the example of the gpsd project's protocol notes)."""


def _minutes() -> list[int]:
    return list(range(0, 240, 3))


def warm_reading() -> None:
    """Compile the feeds and cleaning."""
    header = "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,VesselType,Status,Length,Width"
    rows = []
    for mmsi, lon in ((366000001, -90.0), (366000002, -89.999), (366000002, -95.0)):
        for minute in _minutes():
            at = (BEGIN + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%S")
            rows.append(
                f"{mmsi},{at},{30 + minute * 1e-4:.5f},{lon},0.5,10.0,80,A SHIP,80,1,180,30"
            )
    # out of order, one moment told twice, one number used by two ships, one leap: what is rare has
    # functions of its own
    rows = [header, rows[1].replace("30.0003", "30.0004"), *reversed(rows)]
    rows.append(rows[9].replace(",-95.0,", ",-94.0,"))
    config, ledger = Config(), Ledger()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "table.csv").write_text("\n".join(rows) + "\n", encoding="ascii")
        (Path(folder) / "log.nmea").write_text("\n".join(SENTENCES * 20) + "\n", encoding="ascii")
        sources, _ = feeds.find_sources([folder], config.feeds, ledger)
        read = feeds.merge(feeds.read(sources, config.feeds, ledger, Quiet()))
    cleaning.clean(read.positions, read.statics, config.cleaning, ledger, Quiet())


def warm_finding() -> None:
    """Compile the context and the rendezvous."""
    config = Config()
    fixes = pl.DataFrame(
        [
            {
                "track": track,
                "time": BEGIN + timedelta(minutes=minute),
                "lat": 30.0 + minute * 1e-4,
                "lon": -90.0 + track * 4e-4,
                "sog_kn": 0.2,
                "cog_deg": 10.0,
                "heading_deg": 80.0,
                "nav_status": 1,
            }
            for track in (0, 1)
            for minute in _minutes()
        ]
    )
    vessels = pl.DataFrame(
        [
            {"track": track, "track_id": str(mmsi), "mmsi": mmsi, "ship_type": 80, "length_m": 180}
            for track, mmsi in enumerate((366000001, 366000002))
        ]
    )
    draughts = pl.DataFrame(
        {"track": [0, 0], "time": [BEGIN, BEGIN + timedelta(hours=4)], "draught_m": [9.0, 7.0]}
    )
    fixes, vessels = conform(fixes, FIXES), conform(vessels, VESSELS)
    places = context.build(fixes, vessels, config.context)
    rendezvous.measure(
        fixes, vessels, conform(draughts, DRAUGHTS), places, config.rendezvous, Quiet()
    )


def main() -> int:
    """Compile both halves side by side."""
    for_stream(quiet=False).say("Compiling, once (up to a minute)")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for half in [pool.submit(warm_reading), pool.submit(warm_finding)]:
            half.result()
    return 0


if __name__ == "__main__":
    sys.exit(main())
