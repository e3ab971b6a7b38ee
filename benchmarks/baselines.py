"""What analysts run today: a script of twenty lines over the raw reports.

    python -m benchmarks.baselines AIS_FILE OUT.geojson [--tankers]

The usual script keeps reports under 3 kn, takes one position a vessel in each ten minutes, finds
neighbours within 500 m (BallTree, haversine) and calls two hours together a transfer. The variant
for tankers asks both ships to be typed as tankers and to be within 200 m. Neither cleans anything,
as the scripts in use do not; sentinels fall out by the bounds of latitude and speed alone.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

EARTH_M = 6_371_000.0


@dataclass(frozen=True)
class Script:
    """The thresholds of a script."""

    radius_m: float = 500.0
    speed_kn: float = 3.0
    hours: float = 2.0
    tankers_only: bool = False
    bin_s: int = 600
    bridge_s: int = 1800  # bins missed within a meeting


USUAL = Script()
TANKERS = Script(radius_m=200.0, tankers_only=True)


def read(file: Path) -> pl.DataFrame:
    """Columns mmsi, time (seconds), lat, lon, sog, tanker of a file in one of the three layouts."""
    with (gzip.open if file.suffix == ".gz" else open)(file, "rb") as stream:
        head = stream.read(12)
    if head.startswith(b"MMSI,"):
        frame = pl.read_csv(file, infer_schema_length=0)
        return frame.select(
            mmsi=pl.col("MMSI").cast(pl.Int64),
            time=pl.col("BaseDateTime").str.to_datetime("%Y-%m-%dT%H:%M:%S").dt.epoch("s"),
            lat=pl.col("LAT").cast(pl.Float64),
            lon=pl.col("LON").cast(pl.Float64),
            sog=pl.col("SOG").cast(pl.Float64),
            tanker=pl.col("VesselType").cast(pl.Int64).is_between(80, 89).fill_null(False),
        )
    if head.startswith(b"# Timestamp"):
        frame = pl.read_csv(file, infer_schema_length=0)
        return frame.select(
            mmsi=pl.col("MMSI").cast(pl.Int64),
            time=pl.col("# Timestamp").str.to_datetime("%d/%m/%Y %H:%M:%S").dt.epoch("s"),
            lat=pl.col("Latitude").cast(pl.Float64),
            lon=pl.col("Longitude").cast(pl.Float64),
            sog=pl.col("SOG").cast(pl.Float64),
            tanker=(pl.col("Ship type") == "Tanker").fill_null(False),
        )
    return _read_nmea(file)


def _read_nmea(file: Path) -> pl.DataFrame:
    from pyais import IterMessages

    types: dict[int, int] = {}
    rows: list[tuple[int, int, float, float, float]] = []
    with (gzip.open if file.suffix == ".gz" else open)(file, "rb") as stream:
        for message in IterMessages(stream):
            sent: dict[str, Any] = message.decode().asdict()
            mmsi = int(sent["mmsi"])
            if sent["msg_type"] in (5, 24):
                types[mmsi] = int(sent.get("ship_type") or types.get(mmsi, 0))
            elif sent["msg_type"] in (1, 2, 3, 18) and message.tag_block is not None:
                message.tag_block.init()
                time = int(message.tag_block.receiver_timestamp or 0)
                rows.append((mmsi, time, sent["lat"], sent["lon"], sent["speed"]))
    frame = pl.DataFrame(rows, schema=["mmsi", "time", "lat", "lon", "sog"], orient="row")
    tankers = [mmsi for mmsi, code in types.items() if 80 <= code <= 89]
    return frame.with_columns(tanker=pl.col("mmsi").is_in(tankers))


def run(reports: pl.DataFrame, script: Script) -> list[dict[str, object]]:
    """The candidates of a script: properties as the scorer reads them, with lat and lon."""
    slow = reports.filter(
        (pl.col("sog") < script.speed_kn)
        & (pl.col("lat").abs() <= 90)
        & (pl.col("lon").abs() <= 180)
    )
    if script.tankers_only:
        slow = slow.filter(pl.col("tanker"))
    slow = (
        slow.with_columns(bin=pl.col("time") // script.bin_s)
        .sort("bin", "mmsi", "time")
        .unique(["bin", "mmsi"], keep="last", maintain_order=True)
    )
    met: dict[tuple[int, int], list[tuple[int, float, float]]] = defaultdict(list)
    for a, b, time, lat, lon in _neighbours(slow, script.radius_m):
        met[min(a, b), max(a, b)].append((time, lat, lon))
    out = []
    for (a, b), times in sorted(met.items()):
        for part in _meetings(sorted(times), script):
            start, end = part[0][0], part[-1][0]
            if end - start >= script.hours * 3600:
                lat, lon = (float(np.mean([p[i] for p in part])) for i in (1, 2))
                out.append({"mmsi_a": a, "mmsi_b": b, "start_utc": _iso(start),
                            "end_utc": _iso(end), "lat": lat, "lon": lon})  # fmt: skip
    return out


def _neighbours(
    slow: pl.DataFrame, radius_m: float
) -> Iterator[tuple[int, int, int, float, float]]:
    from sklearn.neighbors import BallTree

    for part in slow.partition_by("bin", maintain_order=True):
        if part.height < 2:
            continue
        points = np.radians(part.select("lat", "lon").to_numpy())
        mmsi, time = part["mmsi"].to_list(), part["time"].to_list()
        lat, lon = part["lat"].to_list(), part["lon"].to_list()
        near = BallTree(points, metric="haversine").query_radius(points, radius_m / EARTH_M)
        for i, found in enumerate(near):
            for j in found:
                if i < j:
                    yield mmsi[i], mmsi[int(j)], time[i], lat[i], lon[i]


def _meetings(
    times: list[tuple[int, float, float]], script: Script
) -> Iterator[list[tuple[int, float, float]]]:
    part = [times[0]]
    for now in times[1:]:
        if now[0] - part[-1][0] > script.bridge_s:
            yield part
            part = []
        part.append(now)
    yield part


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def write(candidates: list[dict[str, object]], file: Path) -> None:
    """A feature collection of points."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [c["lon"], c["lat"]]},
            "properties": {k: v for k, v in c.items() if k not in ("lat", "lon")},
        }
        for c in candidates
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def main() -> None:
    """Run one script over one file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.baselines", description=__doc__)
    parser.add_argument("ais", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--tankers", action="store_true", help="both typed tanker, within 200 m")
    args = parser.parse_args()
    found = run(read(args.ais), TANKERS if args.tankers else USUAL)
    write(found, args.out)
    print(f"{args.out}: {len(found)} candidates")


if __name__ == "__main__":
    main()
