"""Transfers: what a lightering is made of. The kinds stand in `transfers`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from benchmarks.world.draws import pick
from benchmarks.world.manoeuvre import Visit, come_alongside, draw_visit
from benchmarks.world.motion import Path, sequence
from benchmarks.world.scenes.common import (
    HOUR,
    NoWayError,
    Setting,
    add_neighbours,
    held,
    life,
    seen,
    status_of,
    typed_after,
)
from benchmarks.world.ships import Ship
from benchmarks.world.voyage import (
    Label,
    Scene,
    Span,
    Truth,
    Voyage,
    least_gap_m,
    lone_truth,
    pair_truth,
)

# The mother's class and those of the ships that lighten or load her: never larger than she.
DAUGHTERS = {
    "vlcc": ("vlcc", "suezmax", "aframax", "aframax", "panamax"),
    "suezmax": ("suezmax", "aframax", "mr", "panamax"),
    "aframax": ("aframax", "mr", "panamax", "handy"),
    "panamax": ("mr", "handy"),
    "mr": ("mr", "handy", "coaster"),
    "handy": ("handy", "coaster"),
    "coaster": ("coaster", "coaster", "river_tanker"),
}


@dataclass(frozen=True)
class Daughter:
    """One ship that comes alongside, when and how."""

    ship: Ship
    visits: list[Visit]
    gives: bool  # she discharges into the mother, else she loads
    silent: list[Span] = field(default_factory=list)
    heard: bool = True


def sizes(s: Setting) -> tuple[str, str]:
    """Classes of a mother and a daughter, as in trade."""
    mother = pick(s.rng, tuple(DAUGHTERS), (3, 2, 4, 1, 3, 2, 2))
    return mother, pick(s.rng, DAUGHTERS[mother])


def two_tankers(s: Setting, mother: str, daughter: str) -> tuple[Ship, Ship, bool]:
    """A mother, a daughter no longer than she, and whether the daughter gives."""
    gives = s.chance(0.4)
    a = s.fleet.ship(mother, s.uniform(0.1, 0.5) if gives else s.uniform(0.7, 1.0))
    b = s.fleet.ship(daughter, s.uniform(0.7, 1.0) if gives else s.uniform(0.0, 0.2))
    if b.length_m > a.length_m:
        b = replace(
            b, length_m=a.length_m, antenna_forward_m=max(b.antenna_forward_m, 2 - a.length_m / 2)
        )
    return a, b, gives


def cargo_moved_t(giver: Ship, receiver: Ship, hours: float, share: float) -> float:
    """What goes over in the time: bounded by what is aboard, by what fits and by the pumps.

    A ship discharges her whole cargo in about 20 h of pumping (1/20 of her deadweight an hour),
    and two hours go into hoses and papers.
    """
    whole = (giver.laden_m - giver.ballast_m) * 100.0 * giver.tonnes_per_cm
    pumped = max(hours - 2.0, 0.3) * whole / 20.0
    return max(min(giver.aboard_t(), receiver.spare_t(), pumped) * share, 0.0)


def run(
    s: Setting,
    kind: str,
    mother: Ship,
    daughters: list[Daughter],
    mode: str,
    neighbours: int = 0,
    kn: float = 4.5,
    mother_silent: list[Span] | None = None,
    label: Label = "sts",
    type_soon: bool = False,
    far_m: float = 3500.0,
) -> Scene:
    """Plays a lightering: the mother holds, each daughter comes, lies, leaves; draughts follow."""
    first = min(v.touch_s - v.approach_s for d in daughters for v in d.visits)
    last = max(v.part_s + v.leave_s for d in daughters for v in d.visits)
    wait = s.uniform(0.5, 6.0) * HOUR if mode != "under_way" else s.uniform(0.2, 0.6) * HOUR
    stay = s.uniform(0.1, 4.0) * HOUR
    work = (first - wait, last + stay)
    middle = daughters[0].visits[0]
    at = (middle.touch_s + middle.part_s) / 2
    path, span = life(
        s, mother, mode, work, at, s.uniform(2, 6) * HOUR, s.uniform(3, 24) * HOUR, kn
    )
    own_log, logs = (
        _DraughtLog(mother.draught_m),
        [_DraughtLog(d.ship.draught_m) for d in daughters],
    )
    true_m, daughters_m = mother.draught_m, [d.ship.draught_m for d in daughters]
    moves: list[tuple[int, Visit, float, Ship]] = []  # daughter, visit, tonnes, giver
    in_order = sorted((v.part_s, n, v) for n, d in enumerate(daughters) for v in d.visits)
    for part_s, n, v in in_order:
        d = daughters[n]
        now_m = replace(mother, draught_m=true_m)
        now_d = replace(d.ship, draught_m=daughters_m[n])
        giver, taker = (now_d, now_m) if d.gives else (now_m, now_d)
        share = s.uniform(0.75, 1.0) / len(d.visits)
        moved = cargo_moved_t(giver, taker, (part_s - v.touch_s) / HOUR, share)
        sign = -1.0 if d.gives else 1.0
        daughters_m[n] += sign * moved / (100.0 * d.ship.tonnes_per_cm)
        true_m -= sign * moved / (100.0 * mother.tonnes_per_cm)
        for log, value in ((logs[n], daughters_m[n]), (own_log, true_m)):
            soon = part_s + s.uniform(0, 5) * HOUR
            log.type_in(soon if type_soon else typed_after(s, part_s), value)
        moves.append((n, v, moved, d.ship if d.gives else mother))
    own = Voyage(mother, seen(path, span), status_of(s, mode, work), own_log.steps,
                 mother_silent or [])  # fmt: skip
    voyages: list[Voyage] = []
    for d, log in zip(daughters, logs, strict=True):
        busy = (d.visits[0].touch_s - 600.0, d.visits[-1].part_s + 600.0)
        status = status_of(s, mode, busy)
        path_d = _daughter_path(s, path, own, d, mode, far_m, voyages)
        voyages.append(Voyage(d.ship, path_d, status, log.steps, d.silent, d.heard))
    truth: list[Truth] = []
    for n, v, moved, giver in moves:
        lying = (v.touch_s, v.part_s)
        if label == "dark":
            truth.append(lone_truth("dark", kind, own, lying, moved, giver))
        else:
            truth.append(pair_truth(label, kind, own, voyages[n], lying, moved, giver))
    out = [own, *voyages]
    add_neighbours(s, out, neighbours, ("mr", "aframax", "bulker", "handy", "cargo"), 700.0)
    return Scene(kind, s.place.frame, out, truth)


class _DraughtLog:
    """Draughts a crew types, to 0.1 m: what is typed later stands, whatever it was meant for."""

    def __init__(self, first_m: float) -> None:
        self.steps: list[tuple[float, float]] = [(0.0, round(first_m, 1))]

    def type_in(self, when_s: float | None, value_m: float) -> None:
        """Type a draught that is newer than all before: entries still to come are not made."""
        if when_s is not None:
            self.steps = [x for x in self.steps if x[0] < when_s]
            self.steps.append((when_s, round(value_m, 1)))


def _daughter_path(
    s: Setting, mother_path: Path, mother: Voyage, d: Daughter, mode: str, far_m: float,
    others: list[Voyage],
) -> Path:  # fmt: skip
    """She steams in (some wait near by first) and away; drawn until she runs nobody down."""
    first, last = d.visits[0], d.visits[-1]
    begins, ends = first.touch_s - first.approach_s, last.part_s + last.leave_s
    far_m *= 0.6 if d.ship.length_m < 100 else 1.0
    waits_s = s.uniform(1, 8) * HOUR if mode == "adrift" and s.chance(0.3) else 0.0
    shown = (begins - waits_s - s.uniform(2, 7) * HOUR, ends + s.uniform(2, 24) * HOUR)
    for _ in range(100):
        before = s.transit(s.seaward(120) + 180.0, d.ship)
        after = s.transit(s.seaward(120), d.ship)
        if waits_s:  # she drifts some miles off until she is called in
            idle = held(s, d.ship, "adrift", 0.0, 0.0)
            before = sequence(s.t, [(before, 0, 0), (idle, begins - 1800 - waits_s, 1800.0)])
        path = come_alongside(
            s.rng, mother_path, mother.ship, d.ship, d.visits, before, after, far_m
        )
        voyage = Voyage(d.ship, seen(path, shown))
        marks = [
            -np.inf,
            *(x for v in d.visits for x in (v.touch_s - 1300, v.part_s + 1300)),
            np.inf,
        ]
        apart = min(
            least_gap_m(voyage, mother, *span) for span in zip(marks[::2], marks[1::2], strict=True)
        )
        clear = all(least_gap_m(voyage, other) > 20.0 for other in others)
        if apart > 50.0 and clear and least_gap_m(voyage, mother) > 0.0:
            return voyage.path
    raise NoWayError("no way alongside that keeps clear")


def one_visit(
    s: Setting, mother: Ship, daughter: Ship, hours: float, head_to_tail: bool = False,
    after_h: float = 5.0, start_s: float | None = None,
) -> Visit:  # fmt: skip
    """A visit of so many hours at a drawn time (or at `start_s`)."""
    start = s.moment(hours * HOUR, 5 * HOUR, after_h * HOUR) if start_s is None else start_s
    return draw_visit(s.rng, mother, daughter, start, start + hours * HOUR, None, head_to_tail)
