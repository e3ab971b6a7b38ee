"""Listed ports: the shipped list or one of the user's own, and the nearest to a position."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from pipeline import schema
from pipeline.context._userfile import Problems, read_table
from pipeline.context.shore import WGS84, earth_centred_km
from pipeline.errors import UsageError

PORTS: schema.Schema = {"name": pl.String, "lat": pl.Float64, "lon": pl.Float64}

# Column names taken for each value, in lower case with underscores: our own, the World Port Index
# as CSV (UpdatedPub150.csv), the World Port Index as a table of its shapefile.
NAME = ("name", "main_port_name", "port_name")
LAT = ("lat", "latitude")
LON = ("lon", "longitude")


def load_ports(path: Path | None = None) -> pl.DataFrame:
    """The ports of `path`, or the shipped list (see ``data/README.md``).

    Returns
    -------
    pl.DataFrame
        PORTS, sorted by name and position.

    Raises
    ------
    UsageError
        The file has no such columns, or a row no usable position; all such rows are named.
    """
    if path is None:
        with resources.files("pipeline.context.data").joinpath("ports.csv").open("rb") as file:
            ports = pl.read_csv(file.read())
    else:
        ports = _read_ports(path)
    return schema.conform(ports, PORTS).sort("name", "lat", "lon")


def _read_ports(path: Path) -> pl.DataFrame:
    table = read_table(path)
    name, lat, lon = table.column(*NAME), table.column(*LAT), table.column(*LON)
    if name is None or lat is None or lon is None:
        raise UsageError(
            f"{path}: a port list needs the columns name, lat and lon (or those of the World Port "
            f"Index); found: {', '.join(table.columns)}"
        )
    problems = Problems(path)
    ports = []
    for line, row in table.rows:
        try:
            position = float(row.get(lat, "")), float(row.get(lon, ""))
        except ValueError:
            problems.add(line, f"no position in decimal degrees ({lat}, {lon})")
            continue
        if not (abs(position[0]) <= 90 and abs(position[1]) <= 180):
            problems.add(line, f"no such position: {position[0]}, {position[1]}")
        ports.append((row.get(name, ""), *position))
    problems.stop()
    if not ports:
        raise UsageError(f"{path}: no ports below the header")
    return pl.DataFrame(ports, schema=dict(PORTS), orient="row")


def nearest_port(
    ports: pl.DataFrame, lat: ArrayLike, lon: ArrayLike
) -> tuple[pl.Series, NDArray[np.float64]]:
    """Name of the nearest port and geodesic distance to it in km, for each position.

    Parameters
    ----------
    ports : pl.DataFrame
        PORTS.
    lat, lon : array_like
        Degrees. Where one is NaN the name is None and the distance NaN.
    """
    lats, lons = np.atleast_1d(np.asarray(lat, float)), np.atleast_1d(np.asarray(lon, float))
    nearest = pl.repeat(None, len(lats), dtype=pl.Int64, eager=True)
    km = np.full(len(lats), np.nan)
    known = np.flatnonzero(np.isfinite(lats) & np.isfinite(lons))
    if len(known) and ports.height:
        port_lat, port_lon = ports["lat"].to_numpy(), ports["lon"].to_numpy()
        _, index = cKDTree(earth_centred_km(port_lat, port_lon)).query(
            earth_centred_km(lats[known], lons[known])
        )
        _, _, metres = WGS84.inv(lons[known], lats[known], port_lon[index], port_lat[index])
        km[known] = np.asarray(metres) / 1000.0
        nearest = nearest.scatter(known, index)
    return ports["name"].gather(nearest), km
