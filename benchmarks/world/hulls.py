"""The true distance between two hulls, taken as rectangles."""

from __future__ import annotations

import numpy as np

from benchmarks.world.draws import Floats
from benchmarks.world.motion import Path
from benchmarks.world.ships import Ship


def corners(path: Path, ship: Ship) -> tuple[Floats, Floats]:
    """X and y of the four corners, shape (n, 4), in order around the hull."""
    rad = np.radians(path.heading)[:, None]
    forward = np.array([1, 1, -1, -1]) * ship.length_m / 2.0
    starboard = np.array([-1, 1, 1, -1]) * ship.beam_m / 2.0
    x = path.x[:, None] + forward * np.sin(rad) + starboard * np.cos(rad)
    y = path.y[:, None] + forward * np.cos(rad) - starboard * np.sin(rad)
    return x, y


def hull_gap(path_a: Path, ship_a: Ship, path_b: Path, ship_b: Ship) -> Floats:
    """Metres between the rectangles at each time of two paths on the same grid; 0 where they cut.

    The shortest distance between convex polygons that do not cut is from a corner of one to a side
    of the other.
    """
    gap = np.minimum(
        _corners_to_hull(path_a, ship_a, path_b, ship_b),
        _corners_to_hull(path_b, ship_b, path_a, ship_a),
    )
    return np.where(_cut(path_a, ship_a, path_b, ship_b), 0.0, gap)


def _corners_to_hull(path_a: Path, ship_a: Ship, path_b: Path, ship_b: Ship) -> Floats:
    x, y = corners(path_a, ship_a)
    rad = np.radians(path_b.heading)[:, None]
    dx, dy = x - path_b.x[:, None], y - path_b.y[:, None]
    forward = dx * np.sin(rad) + dy * np.cos(rad)
    starboard = dx * np.cos(rad) - dy * np.sin(rad)
    out_f = np.maximum(np.abs(forward) - ship_b.length_m / 2.0, 0.0)
    out_s = np.maximum(np.abs(starboard) - ship_b.beam_m / 2.0, 0.0)
    return np.asarray(np.hypot(out_f, out_s).min(axis=1))


def _cut(path_a: Path, ship_a: Ship, path_b: Path, ship_b: Ship) -> Floats:
    """Separating axes: rectangles cut where none of the four directions parts them."""
    dx, dy = path_b.x - path_a.x, path_b.y - path_a.y
    parted = np.zeros(len(dx), dtype=bool)
    ra, rb = np.radians(path_a.heading), np.radians(path_b.heading)
    c, s = np.abs(np.cos(rb - ra)), np.abs(np.sin(rb - ra))
    for rad, own, other in ((ra, ship_a, ship_b), (rb, ship_b, ship_a)):
        forward = np.abs(dx * np.sin(rad) + dy * np.cos(rad))
        starboard = np.abs(dx * np.cos(rad) - dy * np.sin(rad))
        half_l = (own.length_m + other.length_m * c + other.beam_m * s) / 2.0
        half_b = (own.beam_m + other.length_m * s + other.beam_m * c) / 2.0
        parted |= (forward > half_l) | (starboard > half_b)
    return ~parted
