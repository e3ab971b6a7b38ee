"""How far a position is from the coast, and whether it is on land.

The coast is GSHHG 2.3.6 in its high resolution (simplified to 200 m; LGPL-3.0-or-later), shipped
with the package as ``data/coast.npz``; ``docs/context.md`` compares it with others.

How the distance is found. The coast's edges are cut into steps of at most `STEP_KM`; their ends
stand in a k-d tree in earth-centred coordinates (WGS 84), where neither the antimeridian nor a
pole is a special place. The nearest end gives a first distance ``d``; an end of the truly nearest
edge cannot be farther than ``sqrt(d^2 + (STEP_KM / 2)^2)``, so the edges at all ends within that
are measured exactly, and the nearest point on them is carried to a geodesic. The result is the
geodesic distance to the coast as drawn, to a few metres; how well the coast is drawn is another
matter (new quays and filled land are missing, charts of remote coasts can be a kilometre off).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]

WGS84 = Geod(ellps="WGS84")
STEP_KM = 2.0  # few edges of the data are longer (median 0.4 km), so few ends are added
CHUNK = 20_000  # points measured at once: some 100 MB of candidate edges at worst
ASKING = threading.Lock()
"""Held while the land is asked: a prepared geometry builds its index as it is asked, and parts of a
dump are cleaned on several threads. Two that build it at once end the process."""
DEGREE_KM = 111.7  # no degree of latitude, nor of longitude, is longer


@dataclass(frozen=True)
class _Coast:
    """The coast's edges in earth-centred kilometres, and the land as one prepared geometry."""

    tree: cKDTree  # of all edge ends
    nodes: Floats  # (n, 3), the tree's points, ring after ring
    follows: NDArray[np.bool_]  # (n,), True where an edge runs from node i to node i + 1
    land: shapely.MultiPolygon


def earth_centred_km(lat: Floats, lon: Floats) -> Floats:
    """WGS 84 earth-centred, earth-fixed coordinates in km of points at sea level, shape (n, 3)."""
    phi, lam = np.radians(lat), np.radians(lon)
    sine, cosine = np.sin(phi), np.cos(phi)
    normal = WGS84.a / 1000.0 / np.sqrt(1.0 - WGS84.es * sine**2)
    xyz = np.empty((len(phi), 3))
    xyz[:, 0] = normal * cosine * np.cos(lam)
    xyz[:, 1] = normal * cosine * np.sin(lam)
    xyz[:, 2] = normal * (1.0 - WGS84.es) * sine
    return xyz


def geodetic(xyz: Floats) -> tuple[Floats, Floats]:
    """Latitude and longitude in degrees of earth-centred points at, or a metre under, sea level."""
    lat = np.arctan2(xyz[:, 2], (1.0 - WGS84.es) * np.hypot(xyz[:, 0], xyz[:, 1]))
    return np.degrees(lat), np.degrees(np.arctan2(xyz[:, 1], xyz[:, 0]))


@cache
def _coast() -> _Coast:
    with resources.files("pipeline.context.data").joinpath("coast.npz").open("rb") as file:
        arrays = np.load(file, allow_pickle=False)
        lon_e4 = np.cumsum(arrays["lon_e4"], dtype=np.int64)
        lat_e4 = np.cumsum(arrays["lat_e4"], dtype=np.int64)
        ring_start = arrays["ring_start"].astype(np.int64)
    # Each ring is a polygon of its own: GEOS locates a point by counting the edges that a ray
    # crosses, so a lake within land, or an island within a lake, comes out right.
    each = np.arange(len(ring_start))
    land = shapely.from_ragged_array(
        shapely.GeometryType.MULTIPOLYGON,
        np.column_stack([lon_e4, lat_e4]) / 1e4,
        (ring_start, each, each[[0, -1]]),
    )[0]
    shapely.prepare(land)
    nodes, follows = _nodes(lon_e4, lat_e4, ring_start)
    # Balancing and compacting the tree cost more than the queries of a run ever win back.
    tree = cKDTree(nodes, balanced_tree=False, compact_nodes=False)
    return _Coast(tree, nodes, follows, land)


def _nodes(
    lon_e4: NDArray[np.int64], lat_e4: NDArray[np.int64], ring_start: NDArray[np.int64]
) -> tuple[Floats, NDArray[np.bool_]]:
    """The vertices with steps of at most `STEP_KM`, and which edges between them are coast."""
    edge = np.ones(len(lon_e4), dtype=bool)  # of vertex i to i + 1
    edge[ring_start[1:] - 1] = False
    ahead_lon, ahead_lat = np.append(lon_e4[1:], 0), np.append(lat_e4[1:], 0)
    coast = edge & ~_only_closes(lon_e4, lat_e4, ahead_lon, ahead_lat)
    lat, lon, of = _cut_long_edges(
        coast, lat_e4 / 1e4, lon_e4 / 1e4, (ahead_lat - lat_e4) / 1e4, (ahead_lon - lon_e4) / 1e4
    )
    # A vertex between two edges that are no coast must not be found.
    follows = coast[of]
    kept = follows | np.append(False, follows[:-1])
    return earth_centred_km(lat[kept], lon[kept]), follows[kept]


def _cut_long_edges(
    coast: NDArray[np.bool_], lat: Floats, lon: Floats, d_lat: Floats, d_lon: Floats
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Latitudes and longitudes with steps of at most `STEP_KM`, and the vertex each began at."""
    pieces = np.ones(len(lat), dtype=np.int64)
    perhaps = np.flatnonzero(coast & (np.abs(d_lat) + np.abs(d_lon) > STEP_KM / DEGREE_KM))
    begin, end = lat[perhaps], lat[perhaps] + d_lat[perhaps]
    widest = np.cos(np.radians(np.minimum(np.abs(begin), np.abs(end))))
    length = DEGREE_KM * np.hypot(d_lon[perhaps] * widest, d_lat[perhaps])
    pieces[perhaps] = np.maximum(1, np.ceil(length / STEP_KM))
    of = np.repeat(np.arange(len(lat)), pieces)
    new = np.flatnonzero(np.append(False, of[1:] == of[:-1]))
    first = np.cumsum(pieces) - pieces
    share = (new - first[of[new]]) / pieces[of[new]]
    cut_lat, cut_lon = lat[of], lon[of]
    cut_lat[new] += share * d_lat[of[new]]
    cut_lon[new] += share * d_lon[of[new]]
    return cut_lat, cut_lon, of


def _only_closes(
    lon_e4: NDArray[np.int64],
    lat_e4: NDArray[np.int64],
    ahead_lon: NDArray[np.int64],
    ahead_lat: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Whether an edge is no coast but closes a ring: along 180, or within Antarctica."""
    meridian = (np.abs(lon_e4) == 1_800_000) & (np.abs(ahead_lon) == 1_800_000)
    greenwich = (lon_e4 == 0) & (ahead_lon == 0) & (np.minimum(lat_e4, ahead_lat) < -600_000)
    pole = (lat_e4 == -900_000) | (ahead_lat == -900_000)
    return np.asarray(meridian | greenwich | pole)


def on_land(lat: ArrayLike, lon: ArrayLike) -> NDArray[np.bool_]:
    """Whether each position is on land as the coastline draws it.

    Rivers and lakes under 100 km2 are land, harbour basins often too; the Caspian and the Great
    Lakes are sea. Evidence, never a wall.

    Parameters
    ----------
    lat, lon : array_like
        Degrees; any longitude, NaN gives False.
    """
    lats, lons = _checked(lat, lon)
    with ASKING:
        return np.asarray(shapely.intersects_xy(_coast().land, lons, lats), dtype=bool)


def shore_distance_km(lat: ArrayLike, lon: ArrayLike) -> Floats:
    """Geodesic distance to the nearest coast: above zero at sea, below zero on land.

    Parameters
    ----------
    lat, lon : array_like
        Degrees; any longitude.

    Returns
    -------
    ndarray of float64
        Kilometres; NaN where a coordinate is NaN.
    """
    lats, lons = _checked(lat, lon)
    found = np.full(len(lats), np.nan)
    known = np.flatnonzero(np.isfinite(lats) & np.isfinite(lons))
    for begin in range(0, len(known), CHUNK):
        some = known[begin : begin + CHUNK]
        found[some] = _distance_km(lats[some], lons[some])
    return np.where(on_land(lats, lons), -found, found)


def _checked(lat: ArrayLike, lon: ArrayLike) -> tuple[Floats, Floats]:
    lats, lons = np.atleast_1d(np.asarray(lat, float)), np.atleast_1d(np.asarray(lon, float))
    return lats, (lons + 180.0) % 360.0 - 180.0


def _distance_km(lat: Floats, lon: Floats) -> Floats:
    coast = _coast()
    here = earth_centred_km(lat, lon)
    first, _ = coast.tree.query(here)
    reach = np.hypot(first, STEP_KM / 2) * (1 + 1e-9)
    near = coast.tree.query_ball_point(here, reach, return_sorted=False)
    counts = np.fromiter(map(len, near), np.int64, len(near))
    node = np.concatenate(near).astype(np.int64)
    point = np.repeat(np.arange(len(here)), counts)
    # The edge before and the edge after each node, those of a point together.
    ends = np.column_stack([node, node - 1]).ravel()
    points = np.repeat(point, 2)
    real = (ends >= 0) & coast.follows[ends]
    ends, points = ends[real], points[real]
    start, along = coast.nodes[ends], coast.nodes[ends + 1] - coast.nodes[ends]
    ahead = here[points] - start
    squared = np.einsum("ij,ij->i", along, along)
    share = np.einsum("ij,ij->i", ahead, along) / np.where(squared > 0, squared, 1.0)
    foot = start + np.clip(share, 0.0, 1.0)[:, None] * along
    away = np.linalg.norm(here[points] - foot, axis=1)
    least = np.minimum.reduceat(away, np.searchsorted(points, np.arange(len(here))))
    nearest = np.flatnonzero(away == least[points])
    nearest = nearest[np.lexsort((ends[nearest], points[nearest]))]  # of equals the first edge
    best = nearest[np.searchsorted(points[nearest], np.arange(len(here)))]
    foot_lat, foot_lon = geodetic(foot[best])
    _, _, metres = WGS84.inv(lon, lat, foot_lon, foot_lat)
    return np.asarray(metres) / 1000.0
