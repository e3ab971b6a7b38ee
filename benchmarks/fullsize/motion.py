"""Where the ships of a full-size day are at any moment, and who comes alongside whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.fullsize.fleet import (
    CIRCLING,
    COMING,
    LYING,
    PASSING,
    SWINGING,
    Fleet,
    Floats,
    Ints,
    east_north,
)

ANTENNA = -0.35  # of the length, from amidships: the house stands aft
CHAIN_M = 150.0
FAR_S = 5400.0  # a tanker comes from, and goes to, a place this long away
SLOW_S, SLOW_M_S, FAST_M_S = 1200.0, 0.3, 4.0  # the last mile, and before
FENDER_M = 4.0
TIDE_S = 44_712.0


@dataclass(frozen=True)
class Meetings:
    """The transfers of one day: whom, when (seconds of the run), on which side, from where."""

    ship: Ints
    begin: Floats
    end: Floats
    side: Floats
    bearing: Floats


def make_meetings(f: Fleet, seed: int, day: int) -> Meetings:
    """The transfers of a day: begun between 2 and 10 o'clock, of 3 to 9 hours."""
    draw = np.random.default_rng((seed, 2, day))
    ship = np.flatnonzero(f.how == COMING)
    begin = 86_400.0 * day + draw.uniform(2.0, 10.0, len(ship)) * 3600.0
    end = begin + draw.uniform(3.0, 9.0, len(ship)) * 3600.0
    # where she waits is the same place every day
    bearing = np.random.default_rng((seed, 3)).uniform(0.0, 2 * np.pi, len(ship))
    side = draw.choice((-1.0, 1.0), len(ship))
    return Meetings(ship, begin, end, side, bearing)


def _swing(f: Fleet, s: Ints, t: Floats) -> tuple[Floats, Floats, Floats]:
    """East and north of the anchor in metres, heading in degrees, of ships that swing on it."""
    heading = f.heading[s] + 70.0 * np.sin(2 * np.pi * t / TIDE_S + f.phase[s])
    angle, reach = np.radians(heading), CHAIN_M + f.length[s] * (0.5 - ANTENNA)
    return -reach * np.sin(angle), -reach * np.cos(angle), heading % 360.0


def _way_m(wait_s: Floats) -> Floats:
    """How far off the other's side a ship is so long before she is alongside, or after."""
    wait = np.clip(wait_s, 0.0, FAR_S)
    return SLOW_M_S * np.minimum(wait, SLOW_S) + FAST_M_S * np.maximum(0.0, wait - SLOW_S)


def _come(f: Fleet, m: Meetings, s: Ints, t: Floats) -> tuple[Floats, ...]:
    """Place, heading and speed of ships that come alongside another, stay, and leave."""
    k, mother = np.searchsorted(m.ship, s), f.mother[s]
    east, north, heading = _swing(f, mother, t)
    angle = np.radians(heading)
    across = m.side[k] * ((f.beam[s] + f.beam[mother]) / 2 + FENDER_M)
    along = ANTENNA * (f.length[s] - f.length[mother])  # amidships beside amidships
    wait = np.maximum(m.begin[k] - t, t - m.end[k])
    off = _way_m(wait)
    lat, lon = east_north(
        f.lat[mother],
        f.lon[mother],
        east + across * np.cos(angle) + along * np.sin(angle) + off * np.sin(m.bearing[k]),
        north - across * np.sin(angle) + along * np.cos(angle) + off * np.cos(m.bearing[k]),
    )
    moving = (wait > 0.0) & (wait < FAR_S)
    speed = np.where(moving, np.where(wait > SLOW_S, FAST_M_S, SLOW_M_S), 0.0)
    course = (np.degrees(m.bearing[k]) + np.where(t < m.begin[k], 180.0, 0.0)) % 360.0
    return lat, lon, np.where(off > 400.0, course, heading), speed


def where(f: Fleet, m: Meetings, s: Ints, t: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Latitude, longitude, heading and speed (m/s) of ships `s` at seconds `t`, without errors."""
    lat, lon, heading = f.lat[s].copy(), f.lon[s].copy(), f.heading[s].copy()
    speed = f.speed[s].copy()
    how = f.how[s]
    angle = np.radians(heading)
    east, north = np.zeros(len(s)), np.zeros(len(s))
    i = how == LYING
    east[i], north[i] = (ANTENNA * f.length[s[i]] * part(angle[i]) for part in (np.sin, np.cos))
    i = how == SWINGING
    east[i], north[i], heading[i] = _swing(f, s[i], t[i])
    i = how == CIRCLING
    turn = f.phase[s[i]] + t[i] * speed[i] / f.size[s[i]]
    east[i], north[i] = (f.size[s[i]] * part(turn) for part in (np.sin, np.cos))
    heading[i] = np.degrees(turn + np.pi / 2) % 360.0
    i = how == PASSING
    gone = (t[i] * speed[i] + f.phase[s[i]]) % (2 * f.size[s[i]])
    back = gone > f.size[s[i]]
    gone = np.where(back, 2 * f.size[s[i]] - gone, gone)
    east[i], north[i] = gone * np.sin(angle[i]), gone * np.cos(angle[i])
    heading[i] = (heading[i] + 180.0 * back) % 360.0
    lat, lon = east_north(lat, lon, east, north)
    i = how == COMING
    lat[i], lon[i], heading[i], speed[i] = _come(f, m, s[i], t[i])
    return lat, lon, heading, speed
