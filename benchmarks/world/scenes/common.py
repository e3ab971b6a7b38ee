"""What every scene needs: time, a place, a sea, ships, and lives made of motions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.world.draws import Floats, pick
from benchmarks.world.manoeuvre import Visit, come_alongside
from benchmarks.world.motion import Motion, Path, adrift, at_anchor, integrate, sequence, under_way
from benchmarks.world.places import Place
from benchmarks.world.sea import Sea, make_sea
from benchmarks.world.ships import Fleet, Ship
from benchmarks.world.voyage import Scene, Span, Voyage, cut, least_gap_m

HOUR = 3600.0
ANCHORED, ENGINE, RESTRICTED, MOORED, FISHING, NOT_COMMANDED = 1, 0, 3, 5, 7, 2


class NoWayError(Exception):
    """A scene was drawn so that a ship cannot come where it should."""


@dataclass
class Setting:
    """What a scene function gets."""

    rng: np.random.Generator
    fleet: Fleet
    t: Floats  # the world's time grid, seconds from its start
    place: Place
    sea: Sea

    @property
    def end_s(self) -> float:
        """Seconds from the world's start to its end."""
        return float(self.t[-1])

    def uniform(self, low: float, high: float) -> float:
        """One draw."""
        return float(self.rng.uniform(low, high))

    def seaward(self, spread_deg: float = 50.0) -> float:
        """A course to the open sea."""
        return self.place.seaward_deg + self.uniform(-spread_deg, spread_deg)

    def chance(self, share: float) -> bool:
        """True in `share` of the draws."""
        return bool(self.rng.random() < share)

    def moment(self, span_s: float, before_s: float, after_s: float) -> float:
        """When something that lasts `span_s` begins, with room before and after it if there is."""
        latest = self.end_s - span_s - after_s
        if latest <= before_s:
            return max(0.0, (self.end_s - span_s) * before_s / (before_s + after_s))
        return self.uniform(before_s, latest)

    def adrift(self, ship: Ship) -> Motion:
        """Drifting with this scene's wind and current."""
        return adrift(self.rng, self.sea, ship.leeway)

    def mode(self, *at_sea: str) -> str:
        """`anchor` off a coast, else one of `at_sea` (adrift if none given)."""
        if self.place.kind == "anchorage":
            return "anchor"
        return pick(self.rng, at_sea or ("adrift",))

    def during(self, start_s: float, end_s: float) -> Setting:
        """The same setting on a part of its time grid."""
        keep = (self.t >= start_s) & (self.t <= end_s)
        sea = self.sea
        part = Sea(self.t[keep], sea.wind_x[keep], sea.wind_y[keep], sea.current_x[keep],
                   sea.current_y[keep])  # fmt: skip
        return Setting(self.rng, self.fleet, part.t, self.place, part)

    def transit(
        self, course_deg: float | Floats, ship: Ship | None = None, kn: float | None = None
    ) -> Motion:
        """Steaming on a course at a merchant ship's 9-13 kn."""
        fast = 8.0 if ship is not None and ship.length_m < 100 else 13.0
        speed = self.uniform(min(9.0, fast - 1), fast) if kn is None else kn
        return under_way(self.rng, self.t, course_deg, speed)


def new_setting(rng: np.random.Generator, fleet: Fleet, t: Floats, place: Place) -> Setting:
    """A setting with a sea of its own."""
    return Setting(rng, fleet, t, place, make_sea(rng, t))


def held(s: Setting, ship: Ship, mode: str, course_deg: float, kn: float) -> Motion:
    """The motion of a ship that waits or works: `adrift`, `anchor` or `under_way`."""
    if mode == "adrift":
        return s.adrift(ship)
    if mode == "anchor":
        return at_anchor(s.rng, s.sea, ship.length_m).motion()
    # Working speed and course are kept, with a slow alteration for sea room.
    bend = course_deg + s.uniform(-15, 15) * np.sin(2 * np.pi * s.t / s.uniform(6, 14) / HOUR)
    return under_way(s.rng, s.t, bend, kn)


def life(
    s: Setting,
    ship: Ship,
    mode: str,
    work: Span,
    at_s: float,
    arrive_s: float,
    leave_s: float,
    kn: float = 4.5,
) -> tuple[Path, Span]:
    """Arrives from sea, holds (`mode`) through `work`, leaves to sea.

    Returns the path over the whole world with the origin at time `at_s`, and the span within which
    the ship is under the scene's eyes: from `arrive_s` before the work to `leave_s` after.
    """
    course = s.seaward(30)
    hold = held(s, ship, mode, course, kn)
    into = s.transit(
        s.seaward() + 180.0 if mode != "under_way" else course + s.uniform(-40, 40), ship
    )
    away = s.transit(s.seaward(), ship)
    ramp = 1800.0
    motion = sequence(
        s.t, [(into, 0, 0), (hold, work[0] - ramp, ramp), (away, work[1] + 300.0, ramp)]
    )
    return integrate(motion, s.t, at_s, 0.0, 0.0), (work[0] - arrive_s, work[1] + leave_s)


def status_of(s: Setting, mode: str, work: Span, sts: bool = True) -> list[tuple[float, int]]:
    """Navigational status through a life: under way, what the mode asks for, under way.

    One crew in twelve forgets, and some lightering ships show restricted manoeuvrability.
    """
    if mode == "anchor":
        code = pick(s.rng, (ANCHORED, RESTRICTED if sts else ANCHORED, ENGINE), (0.8, 0.12, 0.08))
    elif mode == "moored":
        code = pick(s.rng, (MOORED, ENGINE, ANCHORED), (0.85, 0.12, 0.03))
    else:
        code = pick(s.rng, (RESTRICTED if sts else ENGINE, ENGINE, NOT_COMMANDED, 15),
                    (0.5, 0.4, 0.05, 0.05))  # fmt: skip
    if s.chance(0.08):
        code = ENGINE
    return [
        (0.0, ENGINE),
        (work[0] - s.uniform(0, 1200), code),
        (work[1] + s.uniform(0, 1800), ENGINE),
    ]


def seen(voyage_path: Path, span: Span) -> Path:
    """The path cut to the span."""
    return cut(voyage_path, span[0], span[1])


def typed_after(s: Setting, end_s: float) -> float | None:
    """When a crew types its new draught: an hour before the end to three days after, or never."""
    u = s.rng.random()
    if u < 0.1:
        return None
    if u < 0.35:
        return end_s + s.uniform(-1.0, 0.0) * HOUR
    if u < 0.75:
        return end_s + s.uniform(0.0, 6.0) * HOUR
    return end_s + s.uniform(6.0, 72.0) * HOUR


def anchored_ship(s: Setting, kind: str, x: float, y: float, laden: float | None = None) -> Voyage:
    """A ship at anchor all the time, her anchor at (x, y)."""
    ship = s.fleet.ship(kind, laden)
    path = at_anchor(s.rng, s.sea, ship.length_m)
    code = pick(s.rng, (ANCHORED, ENGINE), (0.92, 0.08))
    return Voyage(ship, Path(s.t, path.x + x, path.y + y, path.heading), [(0.0, code)])


def renamed(scene: Scene, kind: str) -> Scene:
    """The same scene as a kind of its own."""
    return replace(scene, kind=kind, truth=[replace(x, kind=kind) for x in scene.truth])


def until_clear(
    draw: Callable[[], Voyage], others: Sequence[Voyage], clear_m: float, tries: int = 60
) -> Voyage | None:
    """The first drawn voyage that keeps clear of all others; None if no draw does."""
    for _ in range(tries):
        voyage = draw()
        if all(least_gap_m(voyage, other) > clear_m for other in others):
            return voyage
    return None


def add_neighbours(
    s: Setting, voyages: list[Voyage], count: int, kinds: Sequence[str], keep_off_m: float
) -> None:
    """Ships at anchor about the origin, clear of all that goes on there and of each other."""
    for _ in range(count):

        def draw() -> Voyage:
            angle = s.uniform(0, 2 * np.pi)
            reach = s.uniform(keep_off_m, keep_off_m + 2500.0)
            return anchored_ship(
                s, pick(s.rng, kinds), reach * np.sin(angle), reach * np.cos(angle)
            )

        found = until_clear(draw, voyages, 60.0)
        if found is not None:
            voyages.append(found)


def call(
    s: Setting,
    boat: Ship,
    host: Voyage,
    touch_s: float,
    hours: float,
    kn: float = 9.0,
    fender_m: float = 0.5,
    others: Sequence[Voyage] = (),
) -> tuple[Voyage, Visit]:
    """A small craft comes alongside the host for a while and goes where it came from.

    It keeps clear of the host before and after, and of `others` always.
    """
    near = s.during(float(host.path.t[0]), float(host.path.t[-1]))
    touch_s = float(np.clip(touch_s, near.t[0] + 1800, near.t[-1] - hours * HOUR - 1800))
    easy_s = float(np.clip(900.0 * 16.0 / kn, 900.0, 2400.0))  # a slow craft takes longer
    margin = s.uniform(0.7, 2.5) * HOUR
    for _ in range(100):
        forward = s.uniform(-0.3, 0.3) * host.ship.length_m
        visit = Visit(touch_s, touch_s + hours * HOUR, int(s.rng.choice([-1, 1])), fender_m,
                      forward, False, easy_s, easy_s)  # fmt: skip
        home = s.uniform(0, 360)
        into, away = near.transit(home + 180, kn=kn), near.transit(home, kn=kn)
        path = come_alongside(s.rng, host.path, host.ship, boat, [visit], into, away, 1500.0, 300.0)
        voyage = Voyage(boat, cut(path, touch_s - margin, visit.part_s + margin))
        apart = min(
            least_gap_m(voyage, host, end_s=touch_s - easy_s / 2),
            least_gap_m(voyage, host, start_s=visit.part_s + easy_s / 2),
        )
        clear = all(least_gap_m(voyage, other) > 5.0 for other in others)
        if clear and apart > 10.0 and least_gap_m(voyage, host) > 0.0:
            return voyage, visit
    raise NoWayError(f"{boat.kind} finds no way alongside {host.ship.kind}")
