"""Nothing is transferred: double transponders, jammed positions, lone ships that drift."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np

from benchmarks.world.draws import pick
from benchmarks.world.motion import integrate, sequence
from benchmarks.world.scenes.common import (
    ENGINE,
    HOUR,
    Setting,
    anchored_ship,
    life,
    seen,
    status_of,
)
from benchmarks.world.scenes.harbour import berthed
from benchmarks.world.ships import Ship
from benchmarks.world.voyage import Jam, Scene, Voyage, cut, lone_truth, pair_truth


def two_transponders(s: Setting) -> Scene:
    """One hull, two MMSIs: a reflagged ship or a second set, antennas 0-12 m apart."""
    ship = s.fleet.ship(pick(s.rng, ("coaster", "river_tanker", "mr", "supply", "aframax", "tug")))
    twin = _second_set(s, ship)
    mode = s.mode()
    start = s.moment(12 * HOUR, 5 * HOUR, 5 * HOUR)
    path, span = life(
        s, ship, mode, (start, start + s.uniform(6, 12) * HOUR), start, 4 * HOUR, 4 * HOUR
    )
    work = (start, span[1] - 4 * HOUR)
    voyage = Voyage(ship, seen(path, span), status_of(s, mode, work, False), also_as=twin)
    low, high = sorted((ship.mmsi, twin.mmsi))
    inside = (max(span[0], 0.0), min(span[1], s.end_s))
    truth = replace(
        lone_truth("decoy", "two_transponders", voyage, inside), mmsi_a=low, mmsi_b=high
    )
    return Scene("two_transponders", s.place.frame, [voyage], [truth])


def _second_set(s: Setting, ship: Ship) -> Ship:
    other = s.fleet.ship(ship.kind)
    limit = ship.beam_m / 2 - 0.5
    return replace(
        other,
        imo=ship.imo if s.chance(0.4) else None,
        name=ship.name if s.chance(0.5) else other.name,
        length_m=ship.length_m,
        beam_m=ship.beam_m,
        draught_m=ship.draught_m,
        antenna_forward_m=ship.antenna_forward_m + s.uniform(0, 12),
        antenna_starboard_m=float(
            np.clip(ship.antenna_starboard_m + s.uniform(-4, 4), -limit, limit)
        ),
    )


def jammed(s: Setting) -> Scene:
    """Three to five ships of an anchorage appear on one circle (or at one point) for hours."""
    start = s.moment(6 * HOUR, 5 * HOUR, 5 * HOUR)
    span = (start, start + s.uniform(2, 6) * HOUR)
    point = s.chance(0.4)
    radius_m = 0.0 if point else s.uniform(150, 900)
    east, north = s.uniform(-12e3, 12e3), s.uniform(6e3, 12e3)
    jam = Jam(span, east, north, radius_m, s.uniform(200, 600), s.uniform(2, 12))
    voyages = []
    for number in range(int(s.rng.integers(3, 6))):
        angle = number * 2.0
        voyage = anchored_ship(s, pick(s.rng, ("mr", "aframax", "handy", "bulker")),
                               2500 * np.sin(angle), 2500 * np.cos(angle))  # fmt: skip
        voyages.append(replace(voyage, jams=[jam]))
    truth = [pair_truth("decoy", "jammed", a, b, span) for a, b in combinations(voyages, 2)]
    return Scene("jammed", s.place.frame, voyages, truth)


def lone_drifter(s: Setting) -> Scene:
    """A tanker drifts for 6-40 h waiting for orders; a third retype the draught by 0.1 m."""
    ship = s.fleet.ship(pick(s.rng, ("mr", "aframax", "suezmax", "vlcc", "panamax")))
    hours = s.uniform(6, min(40.0, s.end_s / HOUR - 10))
    start = s.moment(hours * HOUR, 3 * HOUR, 3 * HOUR)
    work = (start, start + hours * HOUR)
    path, span = life(s, ship, "adrift", work, start, 5 * HOUR, 5 * HOUR)
    steps = [(0.0, round(ship.draught_m, 1))]
    if s.chance(0.33):  # stores and fuel used, or a better reading
        change = 0.1 if s.chance(0.5) else -0.1
        steps.append((start + s.uniform(0.2, 0.9) * hours * HOUR, round(steps[0][1] + change, 1)))
    voyage = Voyage(ship, seen(path, span), status_of(s, "adrift", work, False), steps)
    truth = lone_truth("decoy", "lone_drifter", voyage, work)
    return Scene("lone_drifter", s.place.frame, [voyage], [truth])


def typed_late_from_port(s: Setting) -> Scene:
    """Loads at a berth, sails, drifts off, and only there types the draught she left with."""
    ship = s.fleet.ship(pick(s.rng, ("mr", "handy", "coaster")), 0.1)
    leaves = s.uniform(8, 20) * HOUR
    berth = berthed(s, ship, 0.0, 0.0, s.uniform(0, 360))
    out = s.transit(s.place.seaward_deg, ship)
    stops = leaves + s.uniform(3, 5) * HOUR
    motion = sequence(s.t, [(berth.path.motion(), 0, 0), (out, leaves, 1200.0),
                            (s.adrift(ship), stops, 1800.0)])  # fmt: skip
    path = integrate(motion, s.t, 0.0, 0.0, 0.0)
    end = min(stops + s.uniform(8, 20) * HOUR, s.end_s)
    steps = [(0.0, round(ship.draught_m, 1)), (stops + s.uniform(2, 7) * HOUR, ship.laden_m)]
    voyage = Voyage(ship, cut(path, 0.0, end), [(0.0, 5), (leaves, ENGINE)], steps)
    return Scene("typed_late_from_port", s.place.frame, [voyage],
                 [lone_truth("decoy", "typed_late_from_port", voyage, (stops, end))])  # fmt: skip
