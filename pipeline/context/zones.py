"""Zones of the user's own: named polygons of a GeoJSON file, and which of them hold a position."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from pipeline.context._userfile import Problems, read_text
from pipeline.errors import UsageError

WGS84_NAMES = ("CRS84", "4326")  # RFC 7946 knows no other; older files may name it


@dataclass(frozen=True)
class Zones:
    """Named areas, in the order of the file; longitudes may run past 180."""

    names: tuple[str, ...]
    areas: tuple[shapely.Geometry, ...]


def load_zones(path: Path) -> Zones:
    """The polygons of a GeoJSON file with their property ``name``.

    A ring that crosses the antimeridian may be cut there (RFC 7946), run on past 180, or jump from
    179 to -179: an edge over more than 180 degrees of longitude, unless it goes from -180 to 180,
    is taken to go the short way.

    Raises
    ------
    UsageError
        No GeoJSON, another coordinate system, no polygons, or features without a name or with
        another geometry; all such features are named.
    """
    text = read_text(path)
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}: line {error.lineno}: no JSON ({error.msg})") from error
    except (ValueError, RecursionError) as error:  # a number or a nest of brackets without end
        raise UsageError(f"{path}: no GeoJSON ({error})") from None
    kind = document.get("type") if isinstance(document, dict) else None
    if kind not in ("FeatureCollection", "Feature"):
        raise UsageError(f"{path}: no GeoJSON FeatureCollection")
    crs = json.dumps(document.get("crs") or "CRS84")
    if not any(name in crs for name in WGS84_NAMES):
        raise UsageError(f"{path}: coordinates must be WGS 84 longitude and latitude, not {crs}")
    features = document.get("features") or [] if kind == "FeatureCollection" else [document]
    if not isinstance(features, list):
        raise UsageError(f"{path}: its member 'features' is no list")
    problems = Problems(path)
    names, areas = [], []
    for number, feature in enumerate(features, start=1):
        name, area, wrong = _read_feature(feature)
        if area is None:
            problems.lines.append(f"feature {number} ({name or 'no name'}): {wrong}")
        else:
            names.append(name)
            areas.append(area)
    problems.stop()
    if not names:
        raise UsageError(f"{path}: no zones in it")
    return Zones(tuple(names), tuple(areas))


def _read_feature(feature: Any) -> tuple[str, shapely.Geometry | None, str]:
    """Name, area (None where unusable) and what is wrong."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    name = str(properties.get("name") or "").strip() if isinstance(properties, dict) else ""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return name, None, "a zone must be a Polygon or a MultiPolygon"
    if not name:
        return name, None, "a zone needs the property name"
    try:
        given = shapely.from_geojson(json.dumps(geometry))
        if any(part.is_empty for part in shapely.get_parts(given)) or given.is_empty:
            return name, None, "an empty geometry"
        area = shapely.make_valid(_unwrapped(given))
    except (shapely.GEOSException, ValueError, RecursionError) as error:
        return name, None, f"broken geometry ({error})"
    west, south, east, north = shapely.bounds(area)
    if not np.isfinite([west, south, east, north]).all():
        return name, None, "a coordinate that is no number"
    if south < -90 or north > 90:
        return name, None, f"latitudes from {south} to {north}: are lat and lon swapped?"
    shapely.prepare(area)
    return name, area, ""


def _unwrapped(geometry: shapely.Geometry) -> shapely.Geometry:
    """The polygons with rings that run on past 180 where an edge jumps the antimeridian."""

    def run_on(points: NDArray[np.float64]) -> NDArray[np.float64]:
        steps = np.diff(points[:, 0], prepend=points[0, 0])
        jumps = np.where((np.abs(steps) > 180) & (np.abs(steps) < 360), -np.sign(steps) * 360, 0)
        return points + np.column_stack([np.cumsum(jumps), np.zeros(len(points))])

    parts = []
    for polygon in shapely.get_parts(geometry):
        rings = [
            run_on(shapely.get_coordinates(ring)) for ring in (polygon.exterior, *polygon.interiors)
        ]
        # A hole must stay on its shell's side of the seam.
        middle = rings[0][:, 0].mean()
        holes = [
            hole - [360 * np.round((hole[:, 0].mean() - middle) / 360), 0] for hole in rings[1:]
        ]
        parts.append(shapely.Polygon(rings[0], holes))
    return shapely.MultiPolygon(parts)


def zones_of(zones: Zones, lat: ArrayLike, lon: ArrayLike) -> list[str | None]:
    """Names of the zones that hold each position, joined by ``; ``; None outside all.

    Parameters
    ----------
    zones : Zones
        From `load_zones`.
    lat, lon : array_like
        Degrees; NaN is outside all.
    """
    lats, lons = np.atleast_1d(np.asarray(lat, float)), np.atleast_1d(np.asarray(lon, float))
    found: list[list[str]] = [[] for _ in lats]
    for name, area in zip(zones.names, zones.areas, strict=True):
        west, south, east, north = shapely.bounds(area)
        # The position's longitude as the area counts it: the first turn at or east of its west.
        turned = west + (lons - west) % 360.0
        near = np.flatnonzero((turned <= east) & (lats >= south) & (lats <= north))
        for row in near[shapely.intersects_xy(area, turned[near], lats[near])]:
            found[row].append(name)
    return ["; ".join(names) or None for names in found]
