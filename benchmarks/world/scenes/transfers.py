"""Transfers of every kind. Each function takes a Setting and gives one Scene."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.world.draws import pick
from benchmarks.world.manoeuvre import draw_visit
from benchmarks.world.motion import integrate
from benchmarks.world.scenes.common import HOUR, Setting, call, renamed
from benchmarks.world.scenes.lightering import Daughter, one_visit, run, sizes, two_tankers
from benchmarks.world.voyage import Scene, Voyage


def drifting(s: Setting) -> Scene:
    """Two tankers adrift side by side, heads together."""
    mother, daughter, gives = two_tankers(s, *sizes(s))
    visit = one_visit(s, mother, daughter, s.uniform(4, 22))
    return run(s, "drifting", mother, [Daughter(daughter, [visit], gives)], "adrift")


def head_to_tail(s: Setting) -> Scene:
    """The daughter lies the other way round: antennas half a ship's length or more apart."""
    mother, daughter, gives = two_tankers(s, *sizes(s))
    visit = one_visit(s, mother, daughter, s.uniform(4, 20), head_to_tail=True)
    mode = s.mode()
    return run(s, "head_to_tail", mother, [Daughter(daughter, [visit], gives)], mode)


def anchored(s: Setting) -> Scene:
    """At anchor among neighbours that swing on the same tide."""
    mother, daughter, gives = two_tankers(s, *sizes(s))
    visit = one_visit(s, mother, daughter, s.uniform(5, 30))
    count = int(s.rng.integers(2, 6))
    return run(s, "anchored", mother, [Daughter(daughter, [visit], gives)], "anchor", count)


def under_way(s: Setting) -> Scene:
    """Side by side at 3-6 kn, all of it or nearly."""
    mother, daughter, gives = two_tankers(s, *sizes(s))
    visit = one_visit(s, mother, daughter, s.uniform(3, 10))
    return run(s, "under_way", mother, [Daughter(daughter, [visit], gives)], "under_way",
               kn=s.uniform(3, 6))  # fmt: skip


def vlcc_pair(s: Setting) -> Scene:
    """Two of 330 m head to tail: antennas over 200 m apart."""
    mother, daughter, gives = two_tankers(s, "vlcc", "vlcc")
    visit = one_visit(s, mother, daughter, s.uniform(16, 36), head_to_tail=True)
    return run(s, "vlcc_pair", mother, [Daughter(daughter, [visit], gives)],
               s.mode(), far_m=6000.0)  # fmt: skip


def coasters(s: Setting) -> Scene:
    """Two of 80 m, antennas less than 20 m apart; an hour and a half or more."""
    mother, daughter, gives = two_tankers(s, "coaster", pick(s.rng, ("coaster", "river_tanker")))
    visit = one_visit(s, mother, daughter, s.uniform(1.6, 8), s.chance(0.3))
    return run(s, "coasters", mother, [Daughter(daughter, [visit], gives)],
               s.mode())  # fmt: skip


def short(s: Setting) -> Scene:
    """An hour and a half to three hours."""
    mother, daughter, gives = two_tankers(s, *sizes(s))
    visit = one_visit(s, mother, daughter, s.uniform(1.5, 3), s.chance(0.3))
    return run(s, "short", mother, [Daughter(daughter, [visit], gives)],
               s.mode("adrift", "under_way"))  # fmt: skip


def long(s: Setting) -> Scene:
    """Thirty to forty hours."""
    mother, daughter, gives = two_tankers(s, pick(s.rng, ("vlcc", "suezmax")), "aframax")
    visit = one_visit(s, mother, daughter, s.uniform(30, 40), s.chance(0.3))
    return run(s, "long", mother, [Daughter(daughter, [visit], gives)],
               s.mode())  # fmt: skip


def raft(s: Setting) -> Scene:
    """Three side by side: a daughter on either side of the mother."""
    mother_kind = pick(s.rng, ("vlcc", "suezmax", "aframax"))
    mother, first, gives = two_tankers(s, mother_kind, "aframax")
    second = s.fleet.ship("mr", 0.9 if gives else 0.1)
    hours = s.uniform(10, 18)
    one = one_visit(s, mother, first, hours)
    start = one.touch_s + s.uniform(2, 4) * HOUR
    two = draw_visit(s.rng, mother, second, start, start + s.uniform(4, hours) * HOUR, -one.side)
    return run(s, "raft", mother, [Daughter(first, [one], gives), Daughter(second, [two], gives)],
               s.mode())  # fmt: skip


def several_daughters(s: Setting) -> Scene:
    """One mother, two or three daughters one after the other."""
    mother = s.fleet.ship(pick(s.rng, ("vlcc", "suezmax")), 1.0)
    now, daughters = s.uniform(5, 8) * HOUR, []
    for _ in range(int(s.rng.integers(2, 4))):
        ship = s.fleet.ship(pick(s.rng, ("aframax", "mr", "panamax")), 0.05)
        visit = draw_visit(s.rng, mother, ship, now, now + s.uniform(5, 12) * HOUR)
        daughters.append(Daughter(ship, [visit], False))
        now = visit.part_s + visit.leave_s + s.uniform(2.5, 6) * HOUR
    return run(s, "several_daughters", mother, daughters, s.mode())


def twice(s: Setting) -> Scene:
    """The same two meet twice in a day; between, the daughter goes miles away."""
    mother, daughter, gives = two_tankers(s, "aframax", pick(s.rng, ("mr", "handy", "coaster")))
    first_h, second_h = s.uniform(2.5, 6), s.uniform(2.5, 6)
    pause = s.uniform(5.5, 8.0)
    start = s.moment((first_h + pause + second_h) * HOUR, 6 * HOUR, 6 * HOUR)
    one = draw_visit(s.rng, mother, daughter, start, start + first_h * HOUR, brisk=0.6)
    again = one.part_s + pause * HOUR
    two = draw_visit(s.rng, mother, daughter, again, again + second_h * HOUR, one.side, brisk=0.6)
    return run(s, "twice", mother, [Daughter(daughter, [one, two], gives)], "adrift", far_m=8000.0)


def silent_partner(s: Setting) -> Scene:
    """One of the two (or both) switched off for hours in the middle, heard before and after."""
    mother, daughter, gives = two_tankers(s, *sizes(s))
    hours = s.uniform(8, 20)
    visit = one_visit(s, mother, daughter, hours, s.chance(0.3))
    length = visit.part_s - visit.touch_s
    quiet = [
        (
            visit.touch_s + s.uniform(0.08, 0.2) * length,
            visit.part_s - s.uniform(0.08, 0.2) * length,
        )
    ]
    both = s.chance(0.25)
    return run(s, "silent_partner", mother, [Daughter(daughter, [visit], gives, quiet)],
               s.mode(), mother_silent=quiet if both else None)  # fmt: skip


def never_heard(s: Setting) -> Scene:
    """The partner never transmits: one side, a changed draught if it was typed."""
    mother, daughter, gives = two_tankers(s, pick(s.rng, ("suezmax", "aframax", "mr")), "mr")
    visit = one_visit(s, mother, daughter, s.uniform(8, 24), after_h=14.0)
    soon = s.chance(0.75)
    return run(s, "never_heard", mother, [Daughter(daughter, [visit], gives, heard=False)],
               s.mode(), label="dark", type_soon=soon)  # fmt: skip


def two_fixes_an_hour(s: Setting) -> Scene:
    """Both ships heard every half hour at best."""
    mother, daughter, gives = two_tankers(s, *sizes(s))
    visit = one_visit(s, mother, daughter, s.uniform(5, 20), s.chance(0.3))
    scene = run(s, "two_fixes_an_hour", mother, [Daughter(daughter, [visit], gives)],
                s.mode())  # fmt: skip
    scene.voyages = [replace(v, thin_s=1800.0) for v in scene.voyages]
    return scene


def class_b_partner(s: Setting) -> Scene:
    """The smaller ship carries a Class B transponder: no status, often no heading."""
    mother = s.fleet.ship(pick(s.rng, ("mr", "handy", "coaster")), 0.9)
    daughter = s.fleet.ship(pick(s.rng, ("coaster", "river_tanker")), 0.0, class_b=True)
    visit = one_visit(s, mother, daughter, s.uniform(2, 10), s.chance(0.3))
    return run(s, "class_b_partner", mother, [Daughter(daughter, [visit], False)],
               s.mode())  # fmt: skip


def shared_mmsi(s: Setting) -> Scene:
    """Another ship far away uses the daughter's MMSI at the same time."""
    mother, daughter, gives = two_tankers(s, *sizes(s))
    visit = one_visit(s, mother, daughter, s.uniform(5, 16))
    scene = run(s, "shared_mmsi", mother, [Daughter(daughter, [visit], gives)], "adrift")
    twin = replace(s.fleet.ship(pick(s.rng, ("cargo", "bulker", "mr"))), mmsi=daughter.mmsi)
    away = s.uniform(250e3, 700e3)
    path = integrate(s.transit(s.seaward()), s.t, s.end_s / 2, away, away / 2)
    scene.voyages.append(Voyage(twin, path))
    return scene


def jumps_inside(s: Setting) -> Scene:
    """Positions of one ship jump by kilometres for an hour in the middle."""
    mother, daughter, gives = two_tankers(s, *sizes(s))
    visit = one_visit(s, mother, daughter, s.uniform(6, 16), s.chance(0.3))
    scene = run(s, "jumps_inside", mother, [Daughter(daughter, [visit], gives)],
                s.mode())  # fmt: skip
    start = s.uniform(visit.touch_s + HOUR, visit.part_s - 2.5 * HOUR)
    span = (start, start + s.uniform(0.5, 1.5) * HOUR)
    chosen = int(s.rng.integers(2))
    scene.voyages[chosen] = replace(scene.voyages[chosen], jumps=[span])
    return scene


def across_midnight(s: Setting) -> Scene:
    """Alongside through 00:00 UTC, a short time on one side of it."""
    mother, daughter, gives = two_tankers(s, *sizes(s))
    midnight = 24 * HOUR * int(s.rng.integers(1, max(round(s.end_s / 24 / HOUR), 2)))
    start = midnight - s.uniform(0.5, 3) * HOUR
    visit = one_visit(s, mother, daughter, s.uniform(3.7, 8), s.chance(0.3), start_s=start)
    return run(s, "across_midnight", mother, [Daughter(daughter, [visit], gives)], "adrift")


def antimeridian(s: Setting) -> Scene:
    """Adrift across 180 degrees."""
    return renamed(drifting(s), "antimeridian")


def equator(s: Setting) -> Scene:
    """Adrift across latitude 0."""
    return renamed(drifting(s), "equator")


def arctic(s: Setting) -> Scene:
    """In latitude 80, where a degree of longitude is 19 km."""
    return renamed(head_to_tail(s), "arctic")


def attended(s: Setting) -> Scene:
    """Tugs and a crew boat come and go about a lightering at anchor."""
    scene = renamed(anchored(s), "attended")
    mother, truth = scene.voyages[0], scene.truth[0]
    for kind in ("tug", "crew_boat"):
        start = truth.start_s + s.uniform(-1.5, 1.5) * HOUR
        boat, _ = call(s, s.fleet.ship(kind), mother, start, s.uniform(0.2, 0.5),
                       others=scene.voyages[1:])  # fmt: skip
        scene.voyages.append(boat)
    return scene
