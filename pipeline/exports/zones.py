"""Hot spots: where candidates gather.

HDBSCAN's tree over the candidates, in earth-centred metres (so that neither the antimeridian nor a
pole is special), is cut at one distance (`pipeline.exports.hotspots`): candidates belong together
when each has enough others within reach and the reaches chain. A cut, rather than the tree's own
choice of clusters, because a hot spot has a size at sea: the tree's choice splits an anchorage of
twenty candidates into what noise makes of it, finds clusters in evenly scattered ones and none
where there is but one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline import schema
from pipeline.exports.earth import earth_centred, on_the_ground
from pipeline.exports.hotspots import Labels
from pipeline.exports.layers import Features, presentable

if TYPE_CHECKING:
    from shapely import MultiPolygon

ZONE_PROPERTIES: dict[str, int | None] = {
    "zone": None,
    "name": None,
    "candidates": None,
    "vessels": None,
    "start_utc": None,
    "end_utc": None,
    "hours": 1,
    "volume_low_bbl": 0,
    "volume_median_bbl": 0,
    "volume_high_bbl": 0,
    "lat": 4,
    "lon": 4,
}

_SUMMARY: schema.Schema = {
    "zone": pl.Int32,
    "name": pl.String,
    "candidates": pl.Int32,
    "vessels": pl.Int32,
    "start_utc": schema.TIME,
    "end_utc": schema.TIME,
    "hours": pl.Float64,
    "volume_low_bbl": pl.Float64,
    "volume_median_bbl": pl.Float64,
    "volume_high_bbl": pl.Float64,
    "lat": pl.Float64,
    "lon": pl.Float64,
}

METRES_A_KM = 1000.0


def zone_areas(chosen: pl.DataFrame, labels: Labels, margin_km: float) -> Features:
    """The hot spots of the candidates as areas, the busiest first.

    Parameters
    ----------
    chosen : pl.DataFrame
        What `pipeline.exports.results.candidates` gives; ``port_name`` is used where it is there.
    labels : array of int
        From `pipeline.exports.hotspots` at the `gathering_places` of the candidates.
    margin_km : float
        Drawn around the outermost candidates.

    Returns
    -------
    Features
        `ZONE_PROPERTIES`, every geometry a MultiPolygon. Volumes are sums over the candidates: of
        their medians, and of their low and high ends (wider than the sum's own interval).
    """
    clustered = (
        chosen.sort("event_id")
        .with_columns(pl.Series("cluster", labels, dtype=pl.Int64))
        .filter(pl.col("cluster") >= 0)
    )
    parts = clustered.partition_by("cluster", maintain_order=True)
    parts.sort(key=lambda part: (-part.height, part["event_id"][0]))
    table = pl.DataFrame(
        [_summary(number, part) for number, part in enumerate(parts, start=1)],
        schema=_SUMMARY,
    )
    shapes = np.empty(table.height, dtype=object)
    for i, (part, lat, lon) in enumerate(zip(parts, table["lat"], table["lon"], strict=True)):
        shapes[i] = _area(part, lat, lon, margin_km * METRES_A_KM)
    return Features(presentable(table, ZONE_PROPERTIES), shapes)


def gathering_places(chosen: pl.DataFrame) -> NDArray[np.float64]:
    """The candidates' places in earth-centred metres, by event_id: shape (n, 3)."""
    return earth_centred(chosen.sort("event_id").select("lon", "lat").to_numpy())


def _summary(number: int, part: pl.DataFrame) -> dict[str, object]:
    """What one hot spot says of itself."""
    lon, lat = on_the_ground(gathering_places(part).mean(axis=0))
    mmsis = pl.concat([part["mmsi_a"], part["mmsi_b"]]).drop_nulls()
    bounds = ("volume_low_bbl", "volume_median_bbl", "volume_high_bbl")
    return {
        "zone": number,
        "name": _commonest(part, "zone") or _commonest(part, "port_name") or _coordinates(lat, lon),
        "candidates": part.height,
        "vessels": mmsis.n_unique(),
        "start_utc": part["start_utc"].min(),
        "end_utc": part["end_utc"].max(),
        "hours": part["duration_h"].sum(),
        **{bound: part[bound].sum() for bound in bounds},
        "lat": lat,
        "lon": lon,
    }


def _commonest(part: pl.DataFrame, column: str) -> str | None:
    """The commonest text of a column, first by letter among equals; None without any."""
    if column not in part.columns:
        return None
    counts = (
        part.drop_nulls(column).group_by(column).len().sort("len", column, descending=[True, False])
    )
    return str(counts[column][0]) if counts.height else None


def _coordinates(lat: float, lon: float) -> str:
    return f"{abs(lat):.2f} {'N' if lat >= 0 else 'S'} {abs(lon):.2f} {'E' if lon >= 0 else 'W'}"


def _area(part: pl.DataFrame, lat0: float, lon0: float, margin_m: float) -> MultiPolygon:
    """The hull of the positions with a margin, cut at the antimeridian."""
    import shapely
    import shapely.affinity
    from pyproj import Proj

    around = Proj(proj="aeqd", lat_0=lat0, lon_0=lon0, ellps="WGS84")
    x, y = around(part["lon"].to_numpy(), part["lat"].to_numpy())
    hull = shapely.MultiPoint(np.column_stack([x, y])).convex_hull.buffer(margin_m)
    edge_x, edge_y = shapely.get_coordinates(hull.exterior).T
    lon, lat = around(edge_x, edge_y, inverse=True)
    unbroken = lon0 + (lon - lon0 + 180.0) % 360.0 - 180.0  # may leave -180..180
    shape = shapely.make_valid(shapely.Polygon(np.column_stack([unbroken, lat])))
    pieces = []
    for turn in (-360.0, 0.0, 360.0):
        world = shapely.box(turn - 180.0, -90.0, turn + 180.0, 90.0)
        inside = shapely.intersection(shape, world)
        moved = shapely.affinity.translate(inside, xoff=-turn)
        pieces += [p for p in shapely.get_parts(moved) if p.geom_type == "Polygon"]
    return shapely.MultiPolygon(pieces)
