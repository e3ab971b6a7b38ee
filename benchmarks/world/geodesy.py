"""From a scene's local plane to latitude and longitude.

Each scene is played in a plane in metres (x east, y north) about its own middle, an azimuthal
equidistant projection of the WGS84 ellipsoid: at 100 km from the middle distances between
neighbours err by 4 in 100,000, anywhere on earth, and nothing happens at the antimeridian, the
equator or near a pole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pyproj import Geod

from benchmarks.world.draws import Floats

WGS84 = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Frame:
    """The plane of a scene: its middle in degrees."""

    lat: float
    lon: float

    def to_lonlat(self, x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
        """Longitude and latitude (degrees), and what to add to a heading in the plane.

        The plane's north is true north only on the meridian of the middle; elsewhere the
        meridians converge (5 degrees at 100 km in latitude 80), so a true heading is the heading
        in the plane plus the third value.
        """
        x, y = np.broadcast_arrays(np.atleast_1d(x).astype(float), np.atleast_1d(y).astype(float))
        azimuth = np.degrees(np.arctan2(x, y))
        lon, lat, back = WGS84.fwd(
            np.full(x.shape, self.lon), np.full(x.shape, self.lat), azimuth, np.hypot(x, y)
        )
        turn = np.remainder(np.asarray(back) + 180.0 - azimuth + 180.0, 360.0) - 180.0
        return np.remainder(np.asarray(lon) + 180.0, 360.0) - 180.0, np.asarray(lat), turn
