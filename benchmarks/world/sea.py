"""Wind and current over a scene.

One wind and one current for a whole scene (a few tens of kilometres): neighbours feel the same
tide, which is why they swing together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.world.draws import Floats, wander

KNOT = 1852.0 / 3600.0  # metres a second
TIDE_S = 12.4206 * 3600.0  # M2, the main lunar tide


@dataclass(frozen=True)
class Sea:
    """Velocities in metres a second over the scene's time grid; x east, y north, both to."""

    t: Floats
    wind_x: Floats
    wind_y: Floats
    current_x: Floats
    current_y: Floats


def make_sea(
    rng: np.random.Generator, t: Floats, tide_ms: tuple[float, float] = (0.05, 0.6)
) -> Sea:
    """A wind of 2-12 m/s that veers over hours and a tidal ellipse over a steady set.

    Parameters
    ----------
    t : array of float
        Seconds.
    tide_ms : (float, float)
        Range of the tidal amplitude in metres a second.
    """
    speed = np.clip(rng.uniform(3.0, 10.0) + wander(rng, t, 1.2, 3 * 3600.0), 1.0, None)
    toward = rng.uniform(0, 2 * np.pi) + wander(rng, t, 0.35, 8 * 3600.0)
    major, minor = rng.uniform(*tide_ms), rng.uniform(-0.3, 0.3)
    phase = 2 * np.pi * t / TIDE_S + rng.uniform(0, 2 * np.pi)
    axis = rng.uniform(0, np.pi)
    along, across = major * np.cos(phase), major * minor * np.sin(phase)
    set_speed = rng.uniform(0.0, 0.35)
    set_to = rng.uniform(0, 2 * np.pi) + wander(rng, t, 0.3, 12 * 3600.0)
    gust = wander(rng, t, 0.04, 2 * 3600.0)
    return Sea(
        t,
        speed * np.sin(toward),
        speed * np.cos(toward),
        along * np.sin(axis) + across * np.cos(axis) + set_speed * np.sin(set_to) + gust,
        along * np.cos(axis) - across * np.sin(axis) + set_speed * np.cos(set_to) + gust[::-1],
    )
