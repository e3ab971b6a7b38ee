"""Tracks of candidates: a generalised line a vessel and candidate.

The fixes of each line are generalised in metres on the plane that touches the earth at their own
event, where neither the antimeridian nor a pole is special (100 km off, lengths on it are short by
a part in ten thousand), then cut where they cross the antimeridian.
MovingPandas makes trajectories of them in notebooks (`pipeline.load`); a run's folder needs lines
alone, and re-deciding has no time for the second that importing it takes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.exports.earth import earth_centred
from pipeline.exports.layers import Features, presentable
from pipeline.exports.results import sides

if TYPE_CHECKING:
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
    import shapely

    of_line = np.repeat(np.arange(lines.height), lines["fixes"].to_numpy())
    places = points.select("lon", "lat").to_numpy()
    corners = _corners(places, of_line, lines, tolerance_m)
    # What is one place is a line of no length.
    single = np.bincount(of_line[corners], minlength=lines.height) == 1
    corners = np.repeat(corners, np.where(single[of_line[corners]], 2, 1))
    of_corner = of_line[corners]
    far = (np.abs(np.diff(places[corners, 0])) > 180.0) & (np.diff(of_corner) == 0)
    whole = np.asarray(shapely.linestrings(places[corners], indices=of_corner))
    geometries = np.asarray(shapely.multilinestrings(whole, indices=np.arange(len(whole))))
    for line in np.unique(of_corner[1:][far]):
        geometries[line] = multi_line(places[corners[of_corner == line]])
    return geometries


def _corners(
    places: NDArray[np.float64],
    of_line: NDArray[np.int64],
    lines: pl.DataFrame,
    tolerance_m: float,
) -> NDArray[np.int64]:
    """Which fixes of all lines remain after Douglas-Peucker, at least one of each line."""
    import shapely

    long = lines["fixes"].to_numpy()[of_line] > 1
    number = np.flatnonzero(long)
    x, y = _on_planes(places[number], of_line[number], lines.select("lon0", "lat0").to_numpy())
    # Each corner carries its fix's number as height, which generalising looks past. It need not
    # keep the line from crossing itself: a track may, and a moored one is a heap of points.
    _, of_shape = np.unique(of_line[number], return_inverse=True)
    shapes = shapely.linestrings(np.column_stack([x, y, number]), indices=of_shape)
    kept = shapely.simplify(shapes, tolerance_m, preserve_topology=False)
    found = shapely.get_coordinates(kept, include_z=True)[:, 2].astype(np.int64)
    return np.sort(np.concatenate([found, np.flatnonzero(~long)]))


def _on_planes(
    places: NDArray[np.float64], of_line: NDArray[np.int64], middles: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres east and north of the middle of its line, for each place (longitude, latitude)."""
    away = earth_centred(places) - earth_centred(middles)[of_line]
    lon, lat = np.radians(middles).T
    zero = np.zeros(len(middles))
    east = np.column_stack([-np.sin(lon), np.cos(lon), zero])
    north = np.column_stack([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)])
    return (away * east[of_line]).sum(axis=1), (away * north[of_line]).sum(axis=1)


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
