"""Tracks of candidates: a generalised line a vessel and candidate.

The fixes of each line are generalised in metres around their own event (azimuthal equidistant, so
that neither the antimeridian nor a pole is special), then cut where they cross the antimeridian.
MovingPandas makes trajectories of them in notebooks (`pipeline.load`); a run's folder needs lines
alone, and re-deciding has no time for the second that importing it takes.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.exports.layers import Features, presentable
from pipeline.exports.results import sides

if TYPE_CHECKING:
    from pyproj import Proj
    from shapely import MultiLineString

TRACK_PROPERTIES: dict[str, int | None] = {
    "event_id": None,
    "side": None,
    "mmsi": None,
    "track_id": None,
    "name": None,
    "imo": None,
    "ship_type": None,
    "class": None,
    "score": 4,
    "start_utc": None,
    "end_utc": None,
    "fixes": None,
}


def track_lines(
    chosen: pl.DataFrame,
    fixes: pl.DataFrame,
    vessels: pl.DataFrame,
    margin_h: float,
    tolerance_m: float,
) -> Features:
    """A line a vessel and candidate, from before the event until after it.

    Parameters
    ----------
    chosen : pl.DataFrame
        Candidates, in the order the lines shall have.
    fixes, vessels : pl.DataFrame
        ``schema.FIXES`` and ``schema.VESSELS``.
    margin_h : float
        Hours drawn before the start and after the end.
    tolerance_m : float
        Metres by which a line may stray from the fixes.

    Returns
    -------
    Features
        `TRACK_PROPERTIES`; ``start_utc`` and ``end_utc`` are the first and last fix drawn. Every
        geometry is a MultiLineString (QGIS asks questions of a file with several types). A vessel
        of which a single fix is known gets a line of no length there; of none, no line.
    """
    points = line_points(chosen, fixes, vessels, margin_h)
    lines = points.group_by("line", maintain_order=True).agg(
        pl.col("event_id", "side", "track_id", "lat0", "lon0").first(),
        pl.col("time").min().alias("start_utc"),
        pl.col("time").max().alias("end_utc"),
        pl.len().alias("fixes"),
    )
    table = lines.join(
        vessels.select("track_id", "mmsi", "name", "imo", "ship_type"),
        on="track_id",
        how="left",
        maintain_order="left",
    ).join(
        chosen.select("event_id", "class", "score"),
        on="event_id",
        how="left",
        maintain_order="left",
    )
    return Features(presentable(table, TRACK_PROPERTIES), _geometries(points, lines, tolerance_m))


def line_points(
    chosen: pl.DataFrame, fixes: pl.DataFrame, vessels: pl.DataFrame, margin_h: float
) -> pl.DataFrame:
    """The fixes of each line, sorted by line and time.

    Returns
    -------
    pl.DataFrame
        ``schema.FIXES``, then ``event_id``, ``side``, ``track_id``, ``start_utc``, ``end_utc`` (of
        the event), ``lat0``, ``lon0`` (its middle) and ``line``, which counts the sides of the
        candidates in their order from 0.
    """
    margin = pl.duration(milliseconds=round(margin_h * 3_600_000))
    wanted = (
        sides(chosen)
        .join(
            chosen.select("event_id", pl.int_range(pl.len()).alias("order")),
            on="event_id",
            how="left",
        )
        .sort("order", "side")
        .with_columns(pl.int_range(pl.len()).alias("line"))
        .join(vessels.select("track_id", "track"), on="track_id")
        .rename({"lat": "lat0", "lon": "lon0"})
    )
    return (
        fixes.join(wanted.select("track").unique(), on="track", how="semi")
        .join(wanted, on="track")
        .filter(pl.col("time").is_between(pl.col("start_utc") - margin, pl.col("end_utc") + margin))
        .sort("line", "time")
    )


def _geometries(
    points: pl.DataFrame, lines: pl.DataFrame, tolerance_m: float
) -> NDArray[np.object_]:
    """One MultiLineString a row of `lines`, which are numbered as they stand."""
    geometries = np.empty(lines.height, dtype=object)
    ends = lines["fixes"].cum_sum().to_numpy()
    begins = ends - lines["fixes"].to_numpy()
    lon, lat = points["lon"].to_numpy(), points["lat"].to_numpy()
    middles = lines.select("lon0", "lat0").iter_rows()
    for i, (begin, end, middle) in enumerate(zip(begins, ends, middles, strict=True)):
        line = np.column_stack([lon[begin:end], lat[begin:end]])
        corners = line[_corners(line, middle, tolerance_m)]
        geometries[i] = multi_line(corners if len(corners) > 1 else np.repeat(corners, 2, axis=0))
    return geometries


def _corners(
    line: NDArray[np.float64], middle: tuple[float, float], tolerance_m: float
) -> NDArray[np.int64]:
    """Which fixes of one line remain after Douglas-Peucker."""
    import shapely

    number = np.arange(len(line))
    if len(line) < 2:
        return number
    x, y = _around(*middle)(line[:, 0], line[:, 1])
    # Each corner carries its fix's number as height, which generalising looks past. It need not
    # keep the line from crossing itself: a track may, and a moored one is a heap of points.
    shape = shapely.linestrings(np.column_stack([x, y, number]))
    kept = shapely.simplify(shape, tolerance_m, preserve_topology=False)
    return shapely.get_coordinates(kept, include_z=True)[:, 2].astype(np.int64)


@lru_cache(maxsize=1)  # both ships of a candidate follow each other
def _around(lon0: float, lat0: float) -> Proj:
    from pyproj import Proj

    return Proj(proj="aeqd", lat_0=lat0, lon_0=lon0, ellps="WGS84")


def multi_line(corners: NDArray[np.float64]) -> MultiLineString:
    """A MultiLineString through `corners`, cut where it crosses the antimeridian.

    Parameters
    ----------
    corners : array of shape (n, 2)
        Longitude and latitude. The shorter way round is taken between neighbours.
    """
    import shapely

    if np.abs(np.diff(corners[:, 0])).max() <= 180.0:
        return shapely.MultiLineString([corners])
    pieces: list[list[tuple[float, float]]] = [[(float(corners[0][0]), float(corners[0][1]))]]
    for (lon, lat), (to_lon, to_lat) in pairwise(corners):
        step = to_lon - lon
        if abs(step) > 180.0:
            edge = 180.0 if step < 0 else -180.0
            whole = abs(edge - lon) + abs(to_lon + edge)
            share = abs(edge - lon) / whole if whole else 0.0
            crossing = float(lat + share * (to_lat - lat))
            pieces[-1].append((edge, crossing))
            pieces.append([(-edge, crossing)])
        pieces[-1].append((float(to_lon), float(to_lat)))
    return shapely.MultiLineString(pieces)
