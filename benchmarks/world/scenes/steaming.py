"""Nothing is transferred: ships under way near each other, tugs, tows, pilots, fishermen."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from benchmarks.world.draws import Floats, pick, smoothstep, wander
from benchmarks.world.hulls import hull_gap
from benchmarks.world.motion import Path, integrate, sequence
from benchmarks.world.scenes.common import ENGINE, FISHING, HOUR, Setting, call
from benchmarks.world.voyage import Scene, Truth, Voyage, cut, pair_truth

TRADERS = ("mr", "aframax", "handy", "coaster", "bulker", "cargo", "container")


def _bends(s: Setting, course_deg: float, turn_deg: float) -> Floats:
    """A course that follows a fairway: two or three bends over some hours."""
    return course_deg + turn_deg * np.sin(
        2 * np.pi * s.t / (s.uniform(3, 7) * HOUR) + s.uniform(0, 6)
    )


def _behind(s: Setting, lead: Path, metres: float) -> Path:
    """The same way, so many metres later."""
    vx, vy = lead.velocity()
    speed = float(np.median(np.hypot(vx, vy)))
    when = lead.t - metres / speed + wander(s.rng, lead.t, 4.0, 1200.0)
    x, y, heading = lead.at(when)
    side = wander(s.rng, lead.t, 6.0, 900.0)
    rad = np.radians(heading)
    return Path(lead.t, x + side * np.cos(rad), y - side * np.sin(rad), heading)


def convoy(s: Setting) -> Scene:
    """Three to five ships in line astern through a fairway at 6-9 kn."""
    return _line(s, "convoy", s.uniform(6, 9), (180, 450))


def slow_queue(s: Setting) -> Scene:
    """Line astern at 2.5-4 kn, as before a lock or a canal, 70-200 m from stern to bow."""
    return _line(s, "line_astern", s.uniform(2.5, 4), (70, 200))


def _line(s: Setting, kind: str, kn: float, clear_m: tuple[float, float]) -> Scene:
    start = s.moment(5 * HOUR, 2 * HOUR, 2 * HOUR)
    motion = s.transit(_bends(s, s.seaward(), 25.0), kn=kn)
    lead = integrate(motion, s.t, start + 2.5 * HOUR, 0.0, 0.0)
    span, voyages, back = (start, start + s.uniform(3, 6) * HOUR), [], 0.0
    for number in range(int(s.rng.integers(3, 6))):
        ship = s.fleet.ship(pick(s.rng, TRADERS))
        back += ship.length_m / 2 + (s.uniform(*clear_m) if number else 0.0)
        voyages.append(Voyage(ship, cut(_behind(s, lead, back), *span)))
        back += ship.length_m / 2
    truth = [pair_truth("decoy", kind, a, b, span) for a, b in pairwise(voyages)]
    return Scene(kind, s.place.frame, voyages, truth)


def tug_made_fast(s: Setting) -> Scene:
    """A tug alongside a tanker that steams in at 4-6 kn for one and a half to three hours."""
    ship = s.fleet.ship(pick(s.rng, ("vlcc", "suezmax", "aframax", "mr")))
    start, hours = s.moment(3 * HOUR, 3 * HOUR, 3 * HOUR), s.uniform(1.5, 3)
    slow = s.transit(_bends(s, s.seaward() + 180, 15.0), kn=s.uniform(4, 6))
    motion = sequence(
        s.t, [(s.transit(s.seaward() + 180, ship), 0, 0), (slow, start - HOUR, 1800.0)]
    )
    path = integrate(motion, s.t, start, 0.0, 0.0)
    host = Voyage(ship, cut(path, start - 4 * HOUR, start + (hours + 1) * HOUR))
    tug, visit = call(s, s.fleet.ship("tug"), host, start, hours, 10.0)
    truth = [pair_truth("decoy", "tug_made_fast", host, tug, (visit.touch_s, visit.part_s))]
    return Scene("tug_made_fast", s.place.frame, [host, tug], truth)


def tow(s: Setting) -> Scene:
    """A tug and her barge on 250-600 m of wire at 4-6 kn."""
    return _towed(s, "tow", s.uniform(250, 600), s.uniform(4, 6))


def short_tow(s: Setting) -> Scene:
    """A tug pushing, or with her barge close astern: 2-40 m apart."""
    return _towed(s, "tow", s.uniform(2, 40), s.uniform(3, 7))


def _towed(s: Setting, kind: str, wire_m: float, kn: float) -> Scene:
    tug, barge = (
        s.fleet.ship("tug"),
        s.fleet.ship(pick(s.rng, ("deck_barge", "deck_barge", "bunker_barge"))),
    )
    start = s.moment(14 * HOUR, 1 * HOUR, 1 * HOUR)
    motion = s.transit(_bends(s, s.seaward(), 20.0), kn=kn)
    lead = integrate(motion, s.t, start + 6 * HOUR, 0.0, 0.0)
    astern = wire_m + (tug.length_m + barge.length_m) / 2
    if wire_m < 50.0:  # rigid, or nearly: she follows the tug's heading
        rad = np.radians(lead.heading)
        behind = Path(
            s.t, lead.x - astern * np.sin(rad), lead.y - astern * np.cos(rad), lead.heading
        )
        yaw = wander(s.rng, s.t, 0.5, 300.0)
    else:
        behind, yaw = _behind(s, lead, astern), wander(s.rng, s.t, 4.0, 300.0)
    span = (start, start + s.uniform(8, 14) * HOUR)
    yawing = Path(s.t, behind.x, behind.y, behind.heading + yaw)
    a = Voyage(tug, cut(lead, *span), [(0.0, pick(s.rng, (11, 0, 3)))])
    b = Voyage(barge, cut(yawing, *span))
    return Scene(kind, s.place.frame, [a, b], [pair_truth("decoy", kind, a, b, span)])


def pilot(s: Setting) -> Scene:
    """A pilot boat touches a ship at 7-10 kn for some minutes."""
    ship = s.fleet.ship(pick(s.rng, TRADERS))
    start = s.moment(HOUR, 4 * HOUR, 4 * HOUR)
    path = integrate(s.transit(s.seaward() + 180, kn=s.uniform(7, 10)), s.t, start, 0.0, 0.0)
    host = Voyage(ship, cut(path, start - 3 * HOUR, start + 3 * HOUR))
    boat, visit = call(s, s.fleet.ship("pilot"), host, start, s.uniform(0.07, 0.25), 18.0)
    truth = [pair_truth("decoy", "pilot", host, boat, (visit.touch_s, visit.part_s))]
    return Scene("pilot", s.place.frame, [host, boat], truth)


def pair_trawlers(s: Setting) -> Scene:
    """Two trawlers with one net between them: 120-350 m abreast at 2.5-4 kn, turning together."""
    a, b = s.fleet.ship("trawler"), s.fleet.ship("trawler")
    start, hours = s.moment(8 * HOUR, 2 * HOUR, 2 * HOUR), s.uniform(4, 9)
    course = _bends(s, s.uniform(0, 360), 60.0)
    lead = integrate(s.transit(course, kn=s.uniform(2.5, 4)), s.t, start, 0.0, 0.0)
    wide = s.uniform(120, 350) + wander(s.rng, s.t, 15.0, 1200.0)
    haul = start + s.uniform(0.4, 0.6) * hours * HOUR  # they close to pass the net over
    closing = smoothstep((s.t - haul + 900) / 900) - smoothstep((s.t - haul - 900) / 900)
    wide = wide + closing * (s.uniform(15, 40) - wide)
    smooth = np.radians(_eased_heading(lead))
    other = Path(s.t, lead.x + wide * np.cos(smooth), lead.y - wide * np.sin(smooth), lead.heading)
    span = (start, start + hours * HOUR)
    voyages = [Voyage(ship, cut(p, *span), [(0.0, pick(s.rng, (FISHING, ENGINE), (0.8, 0.2)))])
               for ship, p in ((a, lead), (b, other))]  # fmt: skip
    return Scene("pair_trawlers", s.place.frame, voyages,
                 [pair_truth("decoy", "pair_trawlers", voyages[0], voyages[1], span)])  # fmt: skip


def _eased_heading(path: Path) -> Floats:
    width = 60
    kernel = np.ones(width) / width
    padded = np.pad(path.heading, (width // 2, width - width // 2 - 1), mode="edge")
    return np.convolve(padded, kernel, mode="valid")


def fishing_raft(s: Setting) -> Scene:
    """Two trawlers made fast side by side, adrift for hours."""
    a, b = s.fleet.ship("trawler"), s.fleet.ship("trawler")
    start, hours = s.moment(7 * HOUR, 3 * HOUR, 3 * HOUR), s.uniform(2, 7)
    into, away = (s.transit(s.uniform(0, 360), kn=7.0) for _ in range(2))
    leaves = start + (hours + 1) * HOUR
    parts = [(into, 0.0, 0.0), (s.adrift(a), start - 2 * HOUR, 900.0), (away, leaves, 900.0)]
    motion = sequence(s.t, parts)
    path = integrate(motion, s.t, start, 0.0, 0.0)
    host = Voyage(a, cut(path, start - 5 * HOUR, start + (hours + 4) * HOUR), [(0.0, FISHING)])
    guest, visit = call(s, b, host, start, hours, 7.0, 1.0)
    truth = [pair_truth("decoy", "fishing_raft", host, guest, (visit.touch_s, visit.part_s))]
    return Scene("fishing_raft", s.place.frame, [host, guest], truth)


def _passing(
    s: Setting, kind: str, courses: tuple[float, float], knots: tuple[float, float], near_m: float,
    kinds: tuple[str, ...] = TRADERS,
) -> Scene:  # fmt: skip
    """Two ships that pass at `near_m`, middle to middle."""
    meet = s.moment(HOUR, 5 * HOUR, 5 * HOUR)
    ships = [s.fleet.ship(pick(s.rng, kinds)) for _ in courses]
    motions = [s.transit(c, kn=k) for c, k in zip(courses, knots, strict=True)]
    across = np.radians(courses[0] + 90.0)
    while True:
        paths = [integrate(m, s.t, meet, off * np.sin(across), off * np.cos(across))
                 for m, off in zip(motions, (0.0, near_m), strict=True)]  # fmt: skip
        if hull_gap(paths[0], ships[0], paths[1], ships[1]).min() > 20.0:
            break  # they pass, they do not collide
        near_m += 30.0
    voyages = [Voyage(ship, cut(p, meet - 5 * HOUR, meet + 5 * HOUR))
               for ship, p in zip(ships, paths, strict=True)]  # fmt: skip
    relative = max(abs(knots[0] - knots[1]), 0.3) if courses[0] == courses[1] else max(knots)
    half = min(1000.0 / (relative * 0.514), 4 * HOUR)
    truth: list[Truth] = [
        pair_truth("decoy", kind, voyages[0], voyages[1], (meet - half, meet + half))
    ]
    return Scene(kind, s.place.frame, voyages, truth)


def slow_crossing(s: Setting) -> Scene:
    """Two ships at 1.5-3 kn whose courses cross at a small angle, 40-200 m apart."""
    course = s.uniform(0, 360)
    courses = (course, course + s.uniform(15, 60))
    return _passing(
        s, "slow_crossing", courses, (s.uniform(1.5, 3), s.uniform(1.5, 3)), s.uniform(60, 200)
    )


def overtaking(s: Setting) -> Scene:
    """One ship half a knot to a knot and a half faster passes another at 150-350 m."""
    course, kn = s.seaward(), s.uniform(8, 12)
    return _passing(
        s, "overtaking", (course, course), (kn, kn + s.uniform(0.4, 1.5)), s.uniform(150, 350)
    )


def slow_overtaking(s: Setting) -> Scene:
    """The same among tankers that wait at 3 kn: within 500 m for an hour or two."""
    course, kn = s.seaward(), s.uniform(2.5, 3.5)
    return _passing(s, "overtaking", (course, course), (kn, kn + s.uniform(0.25, 0.5)),
                    s.uniform(180, 350), ("mr", "aframax", "handy"))  # fmt: skip
