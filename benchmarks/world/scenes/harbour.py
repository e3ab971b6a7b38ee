"""Nothing is transferred: ships made fast in harbours, locks and at quays."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from benchmarks.world.draws import Floats, pick
from benchmarks.world.motion import Motion, integrate, made_fast, sequence
from benchmarks.world.scenes.common import ENGINE, HOUR, MOORED, Setting, call
from benchmarks.world.ships import Ship
from benchmarks.world.voyage import Scene, Voyage, cut, least_gap_m, pair_truth

QUAY_SHIPS = ("mr", "handy", "coaster", "container", "bulker", "cargo", "aframax")


def berthed(
    s: Setting, ship: Ship, x: float, y: float, heading_deg: float, arrive_s: float | None = None,
    leave_s: float | None = None, water: int = 1,
) -> Voyage:  # fmt: skip
    """A ship at a berth: there all the time, or coming from and going to the basin.

    `water` says on which side of her the basin is (1 starboard, -1 port): she comes in and goes out
    at an angle to the quay, clear of the ships ahead and astern.
    A tanker that leaves has loaded or discharged, and types it about when she sails.
    """
    still = made_fast(s.rng, s.t, x, y, heading_deg)
    status = pick(s.rng, (MOORED, ENGINE), (0.88, 0.12))
    if arrive_s is None and leave_s is None:
        return Voyage(ship, still, [(0.0, status)])
    begins, ends = arrive_s or 0.0, leave_s or s.end_s
    into = s.transit(heading_deg - water * s.uniform(40, 65), kn=s.uniform(4, 6))
    away = s.transit(heading_deg + water * s.uniform(40, 65), kn=s.uniform(4, 6))
    parts = [(into, 0.0, 0.0), (_sideways(still.heading, -water), begins - 2000.0, 1000.0),
             (still.motion(), begins - 500.0, 500.0)]  # fmt: skip
    if leave_s is not None:
        parts += [(_sideways(still.heading, water), leave_s, 300.0), (away, leave_s + 700.0, 900.0)]
    path = integrate(sequence(s.t, parts), s.t, begins + 60.0, x, y)
    steps = [(0.0, round(ship.draught_m, 1))]
    if leave_s is not None:
        full = ship.draught_m < (ship.laden_m + ship.ballast_m) / 2
        steps.append((leave_s - s.uniform(-1, 1) * HOUR, ship.laden_m if full else ship.ballast_m))
    margin = s.uniform(0.4, 0.8) * HOUR
    span = (begins - margin if arrive_s else 0.0, ends + margin if leave_s else s.end_s)
    return Voyage(ship, cut(path, *span), [(0.0, ENGINE), (begins, status), (ends, ENGINE)], steps)


def _sideways(heading: Floats, side: int) -> Motion:
    """Pushed bodily to one side by tugs at 0.15 m/s, as to and from a berth between two ships."""
    rad = np.radians(heading)
    return Motion(0.15 * side * np.cos(rad), -0.15 * side * np.sin(rad), heading)


def _stay(s: Setting) -> tuple[float | None, float | None]:
    """When a ship comes and goes: half of them are there all the time."""
    if s.chance(0.5):
        return None, None
    arrive = s.uniform(0.05, 0.4) * s.end_s if s.chance(0.7) else None
    leave = s.uniform(0.6, 0.95) * s.end_s if s.chance(0.7) else None
    return arrive, leave


def _overlap(a: Voyage, b: Voyage) -> tuple[float, float]:
    """Between the first and the last moment both are in the world."""
    return max(float(a.path.t[0]), float(b.path.t[0])), min(
        float(a.path.t[-1]), float(b.path.t[-1])
    )


def berths_in_line(s: Setting) -> Scene:
    """Three to five ships along a quay, 12-40 m from bow to stern."""
    quay, along, voyages = s.uniform(0, 360), 0.0, []
    rad = np.radians(quay)
    for _ in range(int(s.rng.integers(3, 6))):
        ship = s.fleet.ship(pick(s.rng, QUAY_SHIPS))
        along += ship.length_m / 2
        off = ship.beam_m / 2
        x = along * np.sin(rad) + off * np.cos(rad)
        y = along * np.cos(rad) - off * np.sin(rad)
        water = 1 if s.chance(0.5) else -1
        facing = quay + (180.0 if water < 0 else 0.0)
        voyages.append(berthed(s, ship, x, y, facing, *_stay(s), water))
        along += ship.length_m / 2 + s.uniform(12, 40)
    truth = [pair_truth("decoy", "berths_in_line", a, b, _overlap(a, b))
             for a, b in pairwise(voyages)]  # fmt: skip
    return Scene("berths_in_line", s.place.frame, voyages, truth)


def _abreast(
    s: Setting, kind: str, kinds: tuple[str, ...], gap_m: tuple[float, float], count: int
) -> Scene:
    """Ships side by side across a heading, so far from hull to hull."""
    quay, across, voyages = s.uniform(0, 360), 0.0, []
    rad = np.radians(quay)
    for number in range(count):
        ship = s.fleet.ship(pick(s.rng, kinds))
        across += ship.beam_m / 2 + (s.uniform(*gap_m) if number else 0.0)
        along = s.uniform(-15, 15)
        x = along * np.sin(rad) + across * np.cos(rad)
        y = along * np.cos(rad) - across * np.sin(rad)
        across += ship.beam_m / 2
        water = 1 if s.chance(0.7) else -1
        facing = quay + (180.0 if water < 0 else 0.0)
        stay = _stay(s) if number == count - 1 else (None, None)  # the outermost can leave
        voyages.append(berthed(s, ship, x, y, facing, *stay, water))
    truth = [pair_truth("decoy", kind, a, b, _overlap(a, b))
             for a, b in pairwise(voyages)]  # fmt: skip
    return Scene(kind, s.place.frame, voyages, truth)


def rafted_berth(s: Setting) -> Scene:
    """Two or three small ships moored side by side at a quay for days, fenders between."""
    kinds = pick(s.rng, (("tug", "tug"), ("coaster", "bunker_barge"), ("trawler", "trawler"),
                         ("inland", "inland")))  # fmt: skip
    return _abreast(s, "rafted_berth", kinds, (1.5, 3.0), int(s.rng.integers(2, 4)))


def finger_pier(s: Setting) -> Scene:
    """Two tankers either side of a finger pier 15-60 m wide."""
    return _abreast(s, "finger_pier", ("mr", "handy", "aframax", "coaster"), (15.0, 60.0), 2)


def yacht_harbour(s: Setting) -> Scene:
    """Small craft in a marina, 2-9 m apart, Class B mostly."""
    return _abreast(s, "yacht_harbour", ("yacht", "yacht", "pilot"), (1.5, 9.0), 5)


def lock(s: Setting) -> Scene:
    """Two inland ships side by side in a lock chamber for half an hour to an hour and a half."""
    course, enters = s.uniform(0, 360), s.moment(2 * HOUR, 6 * HOUR, 6 * HOUR)
    leaves, gap = enters + s.uniform(0.5, 1.5) * HOUR, s.uniform(1.0, 3.0)
    kinds = ("inland", "inland", "coaster", "river_tanker")
    first, second = (s.fleet.ship(pick(s.rng, kinds)) for _ in range(2))
    one = _through_lock(s, first, 0.0, course, enters, leaves)
    beside = (first.beam_m + second.beam_m) / 2 + gap
    while True:
        late, later = s.uniform(300, 700), s.uniform(200, 500)
        two = _through_lock(s, second, beside, course, enters + late, leaves + later)
        if least_gap_m(one, two) > 0.2:
            break
    truth = [pair_truth("decoy", "lock", one, two, (enters - 600, leaves + 900))]
    return Scene("lock", s.place.frame, [one, two], truth)


def _through_lock(
    s: Setting, ship: Ship, across: float, course: float, begin: float, end: float
) -> Voyage:
    """In along the fairway, made fast so far from the axis of the chamber, out again."""
    rad, along = np.radians(course), s.uniform(-8, 8)
    x = along * np.sin(rad) + across * np.cos(rad)
    y = along * np.cos(rad) - across * np.sin(rad)
    still = made_fast(s.rng, s.t, x, y, course).motion()
    motion = sequence(s.t, [(s.transit(course, kn=5.0), 0, 0), (still, begin - 600, 600.0),
                            (s.transit(course, kn=s.uniform(5, 7)), end, 600.0)])  # fmt: skip
    path = integrate(motion, s.t, begin + 60.0, x, y)
    return Voyage(ship, cut(path, begin - 2 * HOUR, end + 2 * HOUR), [(0.0, ENGINE)])


def bunkering_at_berth(s: Setting) -> Scene:
    """A bunker barge alongside a container ship or bulk carrier that lies at a quay."""
    host = berthed(
        s, s.fleet.ship(pick(s.rng, ("container", "bulker"))), 0.0, 0.0, s.uniform(0, 360)
    )
    barge = s.fleet.ship("bunker_barge", s.uniform(0.6, 1.0))
    hours = s.uniform(2.5, 9)
    start = s.moment(hours * HOUR, 4 * HOUR, 4 * HOUR)
    voyage, visit = call(s, barge, host, start, hours, kn=6.0, fender_m=1.5)
    truth = [pair_truth("decoy", "bunkering", host, voyage, (visit.touch_s, visit.part_s))]
    return Scene("bunkering", s.place.frame, [host, voyage], truth)


def moored_alone(s: Setting, count: int = 4) -> list[Voyage]:
    """Ships at berths of their own, 300 m and more apart: what a harbour is full of."""
    quay, along, out = s.uniform(0, 360), 0.0, list[Voyage]()
    rad = np.radians(quay)
    for _ in range(count):
        ship = s.fleet.ship(pick(s.rng, QUAY_SHIPS))
        along += s.uniform(700, 1000)
        x, y = along * np.sin(rad) + 900 * np.cos(rad), along * np.cos(rad) - 900 * np.sin(rad)
        out.append(berthed(s, ship, x, y, quay, *_stay(s)))
    return out
