"""How a ship moves by herself: under way, adrift, at anchor, made fast.

A motion is a velocity and a heading on the scene's time grid; motions follow one another by
blending their velocities over the minutes a ship needs to gather or lose way, and integration
gives the path. Headings are degrees, clockwise from the plane's north, not wrapped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from benchmarks.world.draws import Floats, smoothstep, wander
from benchmarks.world.sea import KNOT, Sea


@dataclass(frozen=True)
class Motion:
    """Velocity (m/s) and heading (degrees) on a time grid."""

    vx: Floats
    vy: Floats
    heading: Floats


@dataclass(frozen=True)
class Path:
    """Where the middle of a hull is (m) and where it points (degrees) on a time grid (s)."""

    t: Floats
    x: Floats
    y: Floats
    heading: Floats

    def at(self, times: Floats | float) -> tuple[Floats, Floats, Floats]:
        """x, y and heading at any times within the path."""
        times = np.asarray(times, dtype=float)
        return (
            np.interp(times, self.t, self.x),
            np.interp(times, self.t, self.y),
            np.interp(times, self.t, self.heading),
        )

    def velocity(self) -> tuple[Floats, Floats]:
        """Metres a second, by differences of the grid."""
        return np.gradient(self.x, self.t), np.gradient(self.y, self.t)

    def motion(self) -> Motion:
        """The motion whose integral is this path, exactly."""
        step = np.diff(self.t)
        vx, vy = np.diff(self.x) / step, np.diff(self.y) / step
        return Motion(np.append(vx, vx[-1:]), np.append(vy, vy[-1:]), self.heading)


def turn_between(a: Floats | float, b: Floats | float) -> Floats:
    """The smaller turn from heading `a` to heading `b`, -180 to 180 degrees."""
    return np.asarray(np.remainder(np.asarray(b) - np.asarray(a) + 180.0, 360.0) - 180.0)


def under_way(
    rng: np.random.Generator, t: Floats, course_deg: float | Floats, speed_kn: float | Floats
) -> Motion:
    """Steady steaming: the course wanders by about a degree, the speed by two per cent.

    `course_deg` and `speed_kn` may be arrays over the grid (planned turns and speeds).
    """
    course = course_deg + wander(rng, t, 0.8, 600.0)
    speed = speed_kn * KNOT * (1.0 + wander(rng, t, 0.02, 1800.0))
    crab = rng.normal(0, 1.5) + wander(rng, t, 0.7, 1200.0)
    rad = np.radians(course)
    return Motion(speed * np.sin(rad), speed * np.cos(rad), course + crab)


def adrift(rng: np.random.Generator, sea: Sea, leeway: float) -> Motion:
    """Engine stopped: carried by the current, pushed down wind by `leeway` of its speed.

    A ship lies roughly beam on to the wind and swings slowly about that; which side is chance.
    """
    t = sea.t
    bend = np.radians(rng.normal(0, 12.0))  # she does not go straight down wind
    wx = sea.wind_x * np.cos(bend) + sea.wind_y * np.sin(bend)
    wy = sea.wind_y * np.cos(bend) - sea.wind_x * np.sin(bend)
    down_wind = np.degrees(np.unwrap(np.arctan2(sea.wind_x, sea.wind_y)))
    side = 90.0 if rng.random() < 0.5 else -90.0
    heading = down_wind + side + rng.normal(0, 12.0) + wander(rng, t, 10.0, 2 * 3600.0)
    return Motion(sea.current_x + leeway * wx, sea.current_y + leeway * wy, heading)


def at_anchor(
    rng: np.random.Generator,
    sea: Sea,
    length_m: float,
    chain_m: float | None = None,
    wind_share: float | None = None,
    lag_s: float | None = None,
    yaw_deg: float | None = None,
) -> Path:
    """Riding to an anchor at the origin: swinging with tide and wind, yawing about.

    The force on the hull (current squared and wind squared) turns the ship about her anchor with
    a lag of minutes; at slack water the chain lies on the bottom and she rides nearer the anchor.
    She yaws (fishtails) by some degrees with a period of 6-15 minutes.

    Parameters
    ----------
    chain_m : float
        Anchor to bow when riding hard; drawn from 100-300 m (by length) if None.
    wind_share : float
        Weight of the wind's force beside the current's; differs with the windage of each ship.
    """
    t = sea.t
    chain = rng.uniform(0.55, 1.0) * min(length_m, 300.0) + 60.0 if chain_m is None else chain_m
    share = rng.uniform(0.6, 1.6) if wind_share is None else wind_share
    lag = rng.uniform(480.0, 1500.0) if lag_s is None else lag_s
    amplitude = rng.uniform(2.0, 14.0) if yaw_deg is None else yaw_deg
    # Forces in units of a current of one metre a second; a wind of 30 m/s pushes about as hard.
    current = np.hypot(sea.current_x, sea.current_y)
    wind = np.hypot(sea.wind_x, sea.wind_y)
    fx = current * sea.current_x + share * wind * sea.wind_x / 900.0
    fy = current * sea.current_y + share * wind * sea.wind_y / 900.0
    fx, fy = lagged(fx, t, lag), lagged(fy, t, lag)
    force = np.hypot(fx, fy)
    away = np.unwrap(np.arctan2(fx, fy))
    away = lagged(away, t, lag / 2)  # inertia: no spinning through a vanishing force
    reach = (chain * np.clip(force / (force + 0.01), 0.35, 1.0)) + length_m / 2.0
    period = rng.uniform(360.0, 900.0)
    swing = amplitude * (0.7 + 0.3 * wander(rng, t, 1.0, 1800.0))
    angle = 2 * np.pi * t / period + rng.uniform(0, 2 * np.pi) + wander(rng, t, 0.6, 1800.0)
    bearing = away + np.radians(0.35 * swing * np.sin(angle))
    heading = np.degrees(away) + 180.0 + swing * np.cos(angle)
    return Path(t, reach * np.sin(bearing), reach * np.cos(bearing), heading)


def made_fast(rng: np.random.Generator, t: Floats, x: float, y: float, heading_deg: float) -> Path:
    """Moored: the lines give a few decimetres and a fraction of a degree."""
    return Path(
        t,
        x + wander(rng, t, 0.25, 300.0),
        y + wander(rng, t, 0.25, 300.0),
        heading_deg + wander(rng, t, 0.15, 600.0),
    )


def fixed(t: Floats, x: float, y: float, heading_deg: float = 0.0) -> Path:
    """A buoy, a platform."""
    one = np.ones_like(t)
    return Path(t, x * one, y * one, heading_deg * one)


def sequence(t: Floats, parts: Sequence[tuple[Motion, float, float]]) -> Motion:
    """Motions one after another.

    Parameters
    ----------
    parts : sequence of (motion, from_s, ramp_s)
        Each motion takes over from the one before between `from_s` and `from_s + ramp_s`;
        `from_s` of the first is ignored.
    """
    first = parts[0][0]
    vx, vy, heading = first.vx, first.vy, first.heading
    for motion, start, ramp in parts[1:]:
        w = smoothstep((t - start) / max(ramp, 1.0))
        vx, vy = vx + w * (motion.vx - vx), vy + w * (motion.vy - vy)
        # The turn is that at the middle of the change: a wrap in between would spin the ship.
        middle = int(np.clip(np.searchsorted(t, start + ramp / 2), 0, len(t) - 1))
        turns = np.round((heading[middle] - motion.heading[middle]) / 360.0) * 360.0
        heading = heading + w * (motion.heading + turns - heading)
    return Motion(vx, vy, np.asarray(heading))


def integrate(motion: Motion, t: Floats, at_s: float, x: float, y: float) -> Path:
    """The path of a motion that is at (x, y) at time `at_s`."""
    step = np.diff(t)
    px = np.concatenate([[0.0], np.cumsum(motion.vx[:-1] * step)])
    py = np.concatenate([[0.0], np.cumsum(motion.vy[:-1] * step)])
    px += x - np.interp(at_s, t, px)
    py += y - np.interp(at_s, t, py)
    return Path(t, px, py, motion.heading)


def shifted(path: Path, dx: float, dy: float) -> Path:
    """The path moved by (dx, dy) metres."""
    return Path(path.t, path.x + dx, path.y + dy, path.heading)


def lagged(values: Floats, t: Floats, lag_s: float) -> Floats:
    """First-order low-pass with time constant `lag_s`, at rest at its first value."""
    keep = float(np.exp(-(t[1] - t[0]) / lag_s))
    out, _ = lfilter([1 - keep], [1, -keep], values, zi=[keep * values[0]])
    return np.asarray(out, dtype=np.float64)
