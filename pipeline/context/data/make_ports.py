"""Make ``ports.csv`` from the ports that the package searoute 1.6.0 carries (Apache-2.0).

searoute's author names UN/LOCODE as the origin of the list; that of the positions is not stated.
To make the file again::

    pip download --no-deps --no-binary :all: searoute==1.6.0
    tar xzf searoute-1.6.0.tar.gz
    python -m pipeline.context.data.make_ports searoute-1.6.0/searoute/data/ports.geojson

Mended: a fifth of the positions have two decimals that are minutes of arc written behind the
degrees (Port Hueneme, 34 08 N 119 11 W, as 34.08, -119.11). Of 177 such that UN/LOCODE 2023-1 also
places, 140 are its degrees and minutes to the digit and 6 agree as decimals.
Left out: positions that cannot be a port's (`SEAWARD_KM`, `INLAND_KM`), airports, repeats.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl

from pipeline.context.shore import shore_distance_km

TARGET = Path(__file__).with_name("ports.csv")
SEAWARD_KM = 10.0  # farther out only offshore terminals lie: beyond, the position is a misprint
INLAND_KM = (
    20.0  # farther in only rivers that the coastline draws as land; berths are learned there
)


def mend_minutes(ports: pl.DataFrame) -> pl.DataFrame:
    """Positions with two decimals, both under 60, read as degrees and minutes."""

    def hundredths(name: str) -> pl.Expr:
        return (pl.col(name).abs() * 100).round(6)

    def minutes(name: str) -> pl.Expr:
        return (hundredths(name) % 100).round()

    def two_decimals(name: str) -> pl.Expr:
        return (hundredths(name) - hundredths(name).round()).abs() < 1e-6

    as_minutes = pl.all_horizontal(
        two_decimals("lat"), two_decimals("lon"), minutes("lat") < 60, minutes("lon") < 60
    )
    return ports.with_columns(
        pl.when(as_minutes)
        .then(pl.col(name).sign() * ((pl.col(name).abs() + 1e-9).floor() + minutes(name) / 60))
        .otherwise(name)
        .alias(name)
        for name in ("lat", "lon")
    )


def main(source: Path) -> None:
    """Read searoute's GeoJSON and write ``ports.csv`` beside this file."""
    rows = [
        (
            feature["properties"]["port"],
            feature["properties"]["name"].strip(),
            feature["geometry"]["coordinates"][1],
            feature["geometry"]["coordinates"][0],
        )
        for feature in json.loads(source.read_text(encoding="utf-8"))["features"]
    ]
    ports = mend_minutes(pl.DataFrame(rows, schema=["code", "name", "lat", "lon"], orient="row"))
    shore_km = pl.Series(shore_distance_km(ports["lat"], ports["lon"]))
    terminal = ports["name"].str.contains("(?i)terminal|fpso|loop")
    kept = ports.filter(
        (shore_km >= -INLAND_KM) & ((shore_km <= SEAWARD_KM) | terminal),
        ~pl.col("name").str.contains(r"(?i)\bapt\b|airport"),
    )
    kept = kept.with_columns(pl.col("lat", "lon").round(5)).unique().sort(kept.columns)
    kept.write_csv(TARGET)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
