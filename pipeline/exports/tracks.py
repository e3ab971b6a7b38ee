"""Tracks of candidates: a generalised line a vessel and candidate.

The fixes of all lines are put into metres around their own event (azimuthal equidistant, so that
neither the antimeridian nor a pole is special), become one MovingPandas collection, are
generalised by GeoPandas (Douglas-Peucker), put back on the globe and cut where they cross the
antimeridian.
"""

from __future__ import annotations

import warnings
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.exports.layers import geo_frame, presentable
from pipeline.exports.results import sides

if TYPE_CHECKING:
    import geopandas as gpd
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

# Metres around an event: a frame of its own, which no map projection names.
_EVENT_METRES = (
    'ENGCRS["metres around an event",EDATUM["event"],CS[Cartesian,2],'
    'AXIS["east (X)",east],AXIS["north (Y)",north],LENGTHUNIT["metre",1]]'
)


def track_lines(
    chosen: pl.DataFrame,
    fixes: pl.DataFrame,
    vessels: pl.DataFrame,
    margin_h: float,
    tolerance_m: float,
) -> gpd.GeoDataFrame:
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
    GeoDataFrame
        `TRACK_PROPERTIES`; ``start_utc`` and ``end_utc`` are the first and last fix drawn. Every
        geometry is a MultiLineString (QGIS asks questions of a file with several types). A vessel
        of which a single fix is known gets a line of no length there; of none, no line.
    """
    points = _points(chosen, fixes, vessels, margin_h)
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
    return geo_frame(presentable(table, TRACK_PROPERTIES), _geometries(points, lines, tolerance_m))


def _points(
    chosen: pl.DataFrame, fixes: pl.DataFrame, vessels: pl.DataFrame, margin_h: float
) -> pl.DataFrame:
    """The fixes of each line, sorted by line and time."""
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
        .select("track", "time", "lat", "lon")
        .join(wanted, on="track")
        .filter(pl.col("time").is_between(pl.col("start_utc") - margin, pl.col("end_utc") + margin))
        .sort("line", "time")
    )


def _geometries(
    points: pl.DataFrame, lines: pl.DataFrame, tolerance_m: float
) -> NDArray[np.object_]:
    """One MultiLineString a row of `lines`."""
    from pyproj import Proj

    frames = {
        line: Proj(proj="aeqd", lat_0=lat0, lon_0=lon0, ellps="WGS84")
        for line, lat0, lon0 in lines.select("line", "lat0", "lon0").iter_rows()
    }
    geometries = np.empty(lines.height, dtype=object)
    drawn = _simplified(points, frames, tolerance_m)
    alone = (
        points.group_by("line")
        .agg(pl.col("lon", "lat").first(), pl.len())
        .filter(pl.col("len") == 1)
    )
    for line, lon, lat, _ in alone.iter_rows():
        drawn[line] = np.array([[lon, lat], [lon, lat]])
    for i, line in enumerate(lines["line"]):
        geometries[i] = multi_line(drawn[line])
    return geometries


def _simplified(
    points: pl.DataFrame, frames: dict[int, Proj], tolerance_m: float
) -> dict[int, NDArray[np.float64]]:
    """Longitude and latitude of each line's remaining corners, of lines of two fixes and more."""
    import geopandas as gpd
    import shapely

    parts = []
    for (line,), part in points.group_by("line", maintain_order=True):
        if part.height >= 2:
            x, y = frames[int(str(line))](part["lon"].to_numpy(), part["lat"].to_numpy())
            parts.append(part.select("line", "time").with_columns(x=x, y=y))
    if not parts:
        return {}
    flat = pl.concat(parts)
    frame = gpd.GeoDataFrame(
        flat.select("line", pl.col("time").dt.replace_time_zone(None)).to_pandas(),
        geometry=shapely.points(flat["x"].to_numpy(), flat["y"].to_numpy()),
        crs=_EVENT_METRES,
    )
    with warnings.catch_warnings():
        # On import it asks for a smoother's library, and it uses what pandas 4 will not have.
        warnings.simplefilter("ignore")
        import movingpandas as mpd

        drawn = mpd.TrajectoryCollection(frame, traj_id_col="line", t="time").to_traj_gdf()
    # Plain Douglas-Peucker: a track may cross itself, and a moored one is a heap of points.
    shapes = drawn.geometry.simplify(tolerance_m, preserve_topology=False)
    corners = {}
    for line, shape in zip(drawn["line"], shapes, strict=True):
        x, y = shapely.get_coordinates(shape).T
        corners[int(line)] = np.column_stack(frames[int(line)](x, y, inverse=True))
    return corners


def multi_line(corners: NDArray[np.float64]) -> MultiLineString:
    """A MultiLineString through `corners`, cut where it crosses the antimeridian.

    Parameters
    ----------
    corners : array of shape (n, 2)
        Longitude and latitude. The shorter way round is taken between neighbours.
    """
    import shapely

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
