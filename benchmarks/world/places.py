"""Where scenes are played: open seas, anchorages off coasts, harbours.

Coordinates were chosen by eye on charts: boxes of open sea without land, waters off coasts where
ships do lie at anchor, and harbour basins. What is played there is made up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.world.geodesy import WGS84, Frame

# south, north, west, east (degrees)
OPEN_SEAS = (
    (55.6, 57.4, 2.5, 5.5), (45.0, 47.0, -9.0, -5.0), (25.5, 28.0, -94.0, -89.0),
    (15.0, 20.0, 61.0, 66.0), (24.25, 24.9, 58.2, 60.0), (12.0, 16.0, 86.0, 90.0),
    (13.5, 15.0, 112.0, 115.0), (33.0, 37.0, 143.0, 148.0), (-10.0, -6.0, 8.0, 11.0),
    (1.8, 3.5, 2.5, 6.0), (-27.0, -23.0, -42.0, -38.0), (33.8, 35.0, 18.0, 20.5),
    (33.0, 34.4, 25.5, 29.0), (18.0, 26.0, 130.0, 138.0), (30.5, 33.0, -123.0, -119.5),
    (-38.0, -34.0, 154.0, 159.0), (-38.0, -36.0, 18.0, 23.0), (13.0, 15.0, -75.5, -71.0),
    (72.0, 74.0, 32.0, 38.0), (48.0, 50.0, -14.0, -9.0), (38.0, 42.0, -66.0, -60.0),
    (10.0, 14.0, 52.0, 56.0), (-15.0, -10.0, 95.0, 102.0), (50.0, 54.0, -150.0, -140.0),
)  # fmt: skip
EQUATOR = (-0.03, 0.03, -28.0, -18.0)
ANTIMERIDIAN = (38.0, 46.0, 179.97, 180.03)
ARCTIC = (79.8, 80.2, 0.0, 5.0)
# latitude, longitude, bearing to the open sea
ANCHORAGES = (
    (25.25, 56.62, 90), (36.45, 22.95, 170), (35.97, -5.15, 90), (57.75, 10.95, 60),
    (52.32, 2.00, 90), (28.60, -94.40, 160), (28.10, -93.50, 170), (1.60, 104.75, 60),
    (5.90, 1.35, 170), (35.90, 14.90, 90), (37.15, 15.45, 90), (24.55, 57.00, 70),
    (30.30, 123.00, 90), (35.70, 121.10, 120), (34.20, 128.00, 160), (-28.95, 32.35, 110),
    (-35.40, -55.60, 150), (9.60, -75.95, 330), (42.60, 133.20, 160), (69.60, 33.80, 20),
    (44.70, 36.50, 200), (44.10, 29.05, 90), (34.45, 33.10, 180), (31.65, 32.50, 0),
    (28.10, -15.25, 100), (14.60, -17.70, 250), (-34.00, 25.95, 140), (17.55, 83.50, 120),
    (18.80, 72.30, 260), (43.20, 4.90, 190), (52.10, 3.60, 300), (-8.45, -34.70, 90),
    (29.20, -89.90, 170), (33.60, -118.30, 200), (27.70, -96.90, 110), (21.40, 59.70, 90),
    (10.25, -64.90, 350), (-23.30, -41.60, 150), (6.10, 2.60, 180), (38.60, 118.90, 90),
)  # fmt: skip
HARBOURS = (
    (51.955, 4.10), (51.30, 4.28), (29.73, -95.10), (1.27, 103.68), (25.18, 56.37),
    (37.20, 15.21), (43.39, 4.99), (36.13, -5.43), (-23.93, -46.32), (33.75, -118.21),
    (29.93, -90.10), (35.10, 129.05), (35.49, 129.39), (35.44, 139.66), (18.95, 72.88),
    (-29.88, 31.02), (6.43, 3.37), (57.69, 11.85), (53.53, 9.95), (53.63, -0.19),
    (49.48, 0.15), (-33.97, 151.21), (44.68, 37.82), (44.13, 28.66), (24.83, 66.98),
    (29.94, 121.85), (36.03, 120.25), (26.64, 50.16), (25.01, 55.05), (27.82, -97.42),
    (40.68, -74.12), (38.71, -9.12), (59.92, 30.22), (41.35, 2.16), (22.55, 113.88),
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """The middle of a scene, and the bearing of the open sea from it."""

    frame: Frame
    seaward_deg: float
    kind: str  # open, anchorage, harbour


class Atlas:
    """Hands out places that lie far enough apart for scenes not to meet."""

    def __init__(self, rng: np.random.Generator, apart_km: float = 130.0) -> None:
        self._rng = rng
        self._apart_km = apart_km
        self._taken: list[tuple[float, float]] = []
        self._anchorages = list(rng.permutation(len(ANCHORAGES)))
        self._harbours = list(rng.permutation(len(HARBOURS)))

    def _free(self, lat: float, lon: float, apart_km: float) -> bool:
        for other_lat, other_lon in self._taken:
            _, _, metres = WGS84.inv(lon, lat, other_lon, other_lat)
            if metres < apart_km * 1000.0:
                return False
        return True

    def open_sea(self, box: tuple[float, float, float, float] | None = None) -> Place:
        """Somewhere in an open sea (in `box`, if given)."""
        apart = self._apart_km
        for attempt in range(4000):
            if attempt % 400 == 399:
                apart *= 0.8  # a full ocean: stand closer
            south, north, west, east = box or OPEN_SEAS[int(self._rng.integers(len(OPEN_SEAS)))]
            lat = float(self._rng.uniform(south, north))
            lon = float(self._rng.uniform(west, east))
            lon = (lon + 180.0) % 360.0 - 180.0
            if self._free(lat, lon, apart):
                self._taken.append((lat, lon))
                return Place(Frame(lat, lon), float(self._rng.uniform(0, 360)), "open")
        raise ValueError("no room left at sea")

    def anchorage(self) -> Place:
        """Waters off a coast; the open sea once all are taken."""
        if not self._anchorages:
            return self.open_sea()
        lat, lon, seaward = ANCHORAGES[int(self._anchorages.pop())]
        lat += float(self._rng.uniform(-0.02, 0.02))
        lon += float(self._rng.uniform(-0.02, 0.02))
        self._taken.append((lat, lon))
        return Place(Frame(lat, lon), float(seaward), "anchorage")

    def harbour(self) -> Place:
        """A harbour; the open sea once all are taken."""
        if not self._harbours:
            return self.open_sea()
        lat, lon = HARBOURS[int(self._harbours.pop())]
        lat += float(self._rng.uniform(-0.01, 0.01))
        lon += float(self._rng.uniform(-0.01, 0.01))
        self._taken.append((lat, lon))
        return Place(Frame(lat, lon), float(self._rng.uniform(0, 360)), "harbour")
