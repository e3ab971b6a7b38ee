"""Background: ships that have to do with nobody."""

from __future__ import annotations

import numpy as np

from benchmarks.world.draws import pick, wander
from benchmarks.world.motion import integrate
from benchmarks.world.scenes.common import (
    FISHING,
    HOUR,
    Setting,
    anchored_ship,
    life,
    seen,
    status_of,
)
from benchmarks.world.scenes.harbour import moored_alone
from benchmarks.world.voyage import Scene, Voyage, cut

TRADES = ("container", "bulker", "cargo", "mr", "aframax", "coaster", "ferry", "handy", "vlcc")


def passage(s: Setting) -> Scene:
    """A merchant ship on passage with a few alterations of course."""
    ship = s.fleet.ship(pick(s.rng, TRADES))
    hours = s.uniform(8, 30)
    start = s.moment(hours * HOUR, 0.0, 0.0)
    turns = s.seaward() + 25 * np.sin(2 * np.pi * s.t / (s.uniform(10, 30) * HOUR))
    path = integrate(s.transit(turns, kn=s.uniform(8, 18)), s.t, start + hours * HOUR / 2, 0.0, 0.0)
    return Scene(
        "passage", s.place.frame, [Voyage(ship, cut(path, start, start + hours * HOUR))], []
    )


def fishing(s: Setting) -> Scene:
    """A trawler working a ground at 2-5 kn."""
    ship = s.fleet.ship("trawler")
    course = s.uniform(0, 360) + wander(s.rng, s.t, 70.0, 3 * HOUR)
    path = integrate(s.transit(course, kn=s.uniform(2.5, 4.5)), s.t, s.end_s / 2, 0.0, 0.0)
    start = s.moment(14 * HOUR, 0.0, 0.0)
    voyage = Voyage(ship, cut(path, start, start + 14 * HOUR), [(0.0, FISHING)])
    return Scene("fishing", s.place.frame, [voyage], [])


def waits_at_anchor(s: Setting) -> Scene:
    """A ship comes, anchors for a day and goes."""
    ship = s.fleet.ship(pick(s.rng, TRADES))
    hours = s.uniform(8, 24)
    start = s.moment(hours * HOUR, 4 * HOUR, 4 * HOUR)
    work = (start, start + hours * HOUR)
    path, span = life(s, ship, "anchor", work, start, 3 * HOUR, 3 * HOUR)
    voyage = Voyage(ship, seen(path, span), status_of(s, "anchor", work, False))
    return Scene("waits_at_anchor", s.place.frame, [voyage], [])


def at_anchor_throughout(s: Setting) -> Scene:
    """A ship at anchor all the time."""
    return Scene("at_anchor", s.place.frame, [anchored_ship(s, pick(s.rng, TRADES), 0.0, 0.0)], [])


def harbour(s: Setting) -> Scene:
    """Ships at berths far from one another: from them berths can be learned."""
    return Scene("harbour", s.place.frame, moored_alone(s), [])
