"""Nothing is transferred: ships at anchor, at buoys and platforms, and craft that serve them."""

from __future__ import annotations

import numpy as np

from benchmarks.world.draws import Floats, pick
from benchmarks.world.hulls import hull_gap
from benchmarks.world.manoeuvre import come_alongside, draw_visit
from benchmarks.world.motion import Path, at_anchor, fixed, integrate, sequence, shifted
from benchmarks.world.scenes.common import (
    ANCHORED,
    ENGINE,
    HOUR,
    RESTRICTED,
    NoWayError,
    Setting,
    add_neighbours,
    anchored_ship,
    call,
    until_clear,
)
from benchmarks.world.ships import Ship
from benchmarks.world.voyage import Scene, Truth, Voyage, cut, least_gap_m, lone_truth, pair_truth

ANCHORED_KINDS = ("mr", "aframax", "handy", "coaster", "bulker", "cargo", "suezmax")


def anchored_neighbours(s: Setting) -> Scene:
    """Three or four ships at anchor a few hundred metres apart, swinging on one tide."""
    apart = s.uniform(380, 800)
    spots = [(0.0, 0.0), (apart, s.uniform(-100, 100)), (s.uniform(-100, 100), apart),
             (apart * 1.1, apart)][: int(s.rng.integers(3, 5))]  # fmt: skip
    kinds = ("coaster", "handy", "cargo", "mr") if apart < 550 else ANCHORED_KINDS
    voyages: list[Voyage] = []
    for x, y in spots:

        def draw(x: float = x, y: float = y) -> Voyage:
            return anchored_ship(s, pick(s.rng, kinds), x, y)

        found = until_clear(draw, voyages, 30.0)
        if found is not None:
            voyages.append(found)
    truth = [_together("anchored_neighbours", voyages[0], v, s.end_s) for v in voyages[1:3]]
    return Scene("anchored_neighbours", s.place.frame, voyages, truth)


def dipping_neighbours(s: Setting) -> Scene:
    """Two at anchor whose hulls come within 8-28 m for minutes when the tide turns them apart."""
    wanted = s.uniform(8, 28)
    # Under a steady wind two ships may lie as near all day, which no master would let stand: near
    # for some minutes up to four hours in three days will do.
    draws = [found for found in (_dipping(s, wanted) for _ in range(12)) if found[0] > 0.0]
    usual = [voyages for share, voyages in draws if 0.001 < share < 0.055]
    voyages = usual[0] if usual else min(draws, key=lambda found: found[0])[1]
    truth = [_together("dipping_neighbours", voyages[0], voyages[1], s.end_s)]
    return Scene("dipping_neighbours", s.place.frame, voyages, truth)


def _dipping(s: Setting, nearest_m: float) -> tuple[float, list[Voyage]]:
    """Two ships at anchor whose smallest gap is `nearest_m`, and how often it is under 30 m."""
    ships = [s.fleet.ship(pick(s.rng, ("mr", "handy", "coaster", "aframax"))) for _ in range(2)]
    paths = [at_anchor(s.rng, s.sea, x.length_m) for x in ships]
    way, coarse = s.uniform(0, 2 * np.pi), slice(None, None, 6)
    a, b = (Path(p.t[coarse], p.x[coarse], p.y[coarse], p.heading[coarse]) for p in paths)

    def gaps(distance: float) -> Floats:
        moved = shifted(b, distance * np.sin(way), distance * np.cos(way))
        return hull_gap(a, ships[0], moved, ships[1])

    low, high = 0.0, 2500.0
    for _ in range(14):  # the nearest approach grows with the distance of the anchors
        middle = (low + high) / 2
        low, high = (low, middle) if gaps(middle).min() > nearest_m else (middle, high)
    second = shifted(paths[1], high * np.sin(way), high * np.cos(way))
    status = [(0.0, ANCHORED)]
    voyages = [Voyage(ships[0], paths[0], status), Voyage(ships[1], second, status)]
    return float((gaps(high) < 30.0).mean()), voyages


def _together(kind: str, a: Voyage, b: Voyage, end_s: float) -> Truth:
    return pair_truth("decoy", kind, a, b, (0.0, end_s))


def bunkering(s: Setting) -> Scene:
    """Bunker barges go to two container ships or bulk carriers at anchor."""
    kinds, voyages = ("container", "bulker", "cargo"), list[Voyage]()
    add_neighbours(s, voyages, 2, kinds, 300.0)
    truth, now = [], s.uniform(4, 10) * HOUR
    for host in tuple(voyages):
        barge = s.fleet.ship("bunker_barge", s.uniform(0.5, 1.0))
        others = [v for v in voyages if v is not host]
        boat, visit = call(s, barge, host, now, s.uniform(2.5, 9), 7.0, 1.5, others)
        voyages.append(boat)
        truth.append(pair_truth("decoy", "bunkering", host, boat, (visit.touch_s, visit.part_s)))
        now = visit.part_s + s.uniform(2, 8) * HOUR
    return Scene("bunkering", s.place.frame, voyages, truth)


def _served(s: Setting, kind: str, boat: str, hours: tuple[float, float], kn: float) -> Scene:
    """A craft alongside a tanker at anchor, two neighbours about."""
    host = anchored_ship(s, pick(s.rng, ("mr", "aframax", "suezmax", "vlcc")), 0.0, 0.0)
    length = s.uniform(*hours)
    start = s.moment(length * HOUR, 4 * HOUR, 4 * HOUR)
    guest, visit = call(s, s.fleet.ship(boat), host, start, length, kn)
    voyages = [host, guest]
    add_neighbours(s, voyages, 2, ANCHORED_KINDS, 700.0)
    truth = [pair_truth("decoy", kind, host, guest, (visit.touch_s, visit.part_s))]
    return Scene(kind, s.place.frame, voyages, truth)


def crew_boat(s: Setting) -> Scene:
    """A crew boat at an anchored tanker."""
    return _served(s, "crew_boat", "crew_boat", (0.3, 2.5), 18.0)


def supply_boat(s: Setting) -> Scene:
    """Stores and spares: a supply boat alongside an anchored tanker for hours."""
    return _served(s, "supply_boat", "supply", (1.5, 5.0), 10.0)


def tug_at_anchor(s: Setting) -> Scene:
    """A tug made fast to an anchored tanker through a night."""
    return _served(s, "tug_made_fast", "tug", (3.0, 10.0), 9.0)


def aid_to_navigation(s: Setting) -> Scene:
    """A buoy 100-250 m from the middle of an anchored ship's swing."""
    voyage = anchored_ship(s, pick(s.rng, ("coaster", "handy", "mr")), 0.0, 0.0)
    away, way = s.uniform(350, 600), s.uniform(0, 2 * np.pi)
    buoy = Voyage(s.fleet.buoy(), fixed(s.t, away * np.sin(way), away * np.cos(way)))
    return Scene("aid_to_navigation", s.place.frame, [voyage, buoy],
                 [_together("aid_to_navigation", voyage, buoy, s.end_s)])  # fmt: skip


def _rides(s: Setting, ship: Ship, buoy: Voyage, begin: float, end: float) -> Path:
    """A ship that rides to a buoy at the origin between two times, from and to the sea."""
    riding = at_anchor(s.rng, s.sea, ship.length_m, s.uniform(45, 65), lag_s=s.uniform(600, 1200),
                       yaw_deg=s.uniform(1, 4))  # fmt: skip
    return _joined(s, ship, riding, buoy, begin, end)


def _joined(s: Setting, ship: Ship, held: Path, host: Voyage, begin: float, end: float) -> Path:
    """From sea to a held path and back: up from down-weather, and off the way she came."""
    x, y, pointing = held.at(begin + 60)
    for _ in range(100):
        into = s.transit(float(pointing) + s.uniform(-60, 60), ship)
        away = s.transit(float(held.at(end)[2]) + 180.0 + s.uniform(-70, 70), ship)
        motion = sequence(s.t, [(into, 0, 0), (held.motion(), begin - 2400, 2400.0),
                                (away, end, 1800.0)])  # fmt: skip
        path = integrate(motion, s.t, begin + 60, float(x), float(y))
        shown = Voyage(ship, cut(path, begin - 4 * HOUR, end + 10 * HOUR))
        if least_gap_m(shown, host) > 1.0:
            return path
    raise NoWayError(f"{ship.kind} finds no way to {host.ship.kind}")


def mooring_buoy(s: Setting) -> Scene:
    """Tankers one after another load at an offshore buoy: draughts change by metres."""
    buoy = Voyage(s.fleet.buoy(), fixed(s.t, 0.0, 0.0))
    marked = s.chance(0.7)  # the buoy has an AIS of its own
    voyages, truth, now = [buoy] if marked else [], [], s.uniform(3, 8) * HOUR
    while now + 20 * HOUR < s.end_s:
        ship = s.fleet.ship(pick(s.rng, ("vlcc", "suezmax", "aframax")), 0.05)
        end = now + s.uniform(14, 26) * HOUR
        path = _rides(s, ship, buoy, now, end)
        steps = [(0.0, round(ship.draught_m, 1)), (end + s.uniform(-1, 3) * HOUR, ship.laden_m)]
        status = pick(s.rng, (5, ANCHORED, RESTRICTED), (0.5, 0.3, 0.2))
        voyage = Voyage(ship, cut(path, now - 4 * HOUR, end + s.uniform(4, 10) * HOUR),
                        [(0.0, ENGINE), (now, status), (end, ENGINE)], steps)  # fmt: skip
        voyages.append(voyage)
        span = (now, min(end, s.end_s))
        truth.append(lone_truth("decoy", "mooring_buoy", voyage, span))
        if marked:
            truth.append(pair_truth("decoy", "mooring_buoy", voyage, buoy, span))
        tug, visit = _stern_tug(s, voyage, span)
        voyages.append(tug)
        truth.append(pair_truth("decoy", "mooring_buoy", voyage, tug, visit))
        now = end + s.uniform(6, 12) * HOUR
    return Scene("mooring_buoy", s.place.frame, voyages, truth)


def _stern_tug(
    s: Setting, host: Voyage, span: tuple[float, float]
) -> tuple[Voyage, tuple[float, float]]:
    """A tug on a line astern keeps the tanker off the buoy, the whole time."""
    tug, near = s.fleet.ship("tug"), host.path
    line = s.uniform(60, 140)
    astern = host.ship.length_m / 2 + line + tug.length_m / 2
    rad = np.radians(near.heading)
    path = Path(near.t, near.x - astern * np.sin(rad), near.y - astern * np.cos(rad), near.heading)
    end = min(span[1], s.end_s)
    return Voyage(tug, cut(path, span[0], end), [(0.0, ENGINE)]), (span[0], end)


def platform_supply(s: Setting) -> Scene:
    """A supply ship holds 8-25 m off a platform on her thrusters for hours."""
    platform = s.fleet.ship("platform")
    own = Voyage(
        platform, fixed(s.t, 0.0, 0.0, s.uniform(0, 360)), [(0.0, pick(s.rng, (0, 5, 15)))]
    )
    ship, hours = s.fleet.ship("supply"), s.uniform(2, 8)
    start = s.moment(hours * HOUR, 4 * HOUR, 4 * HOUR)
    guest, visit = call(s, ship, own, start, hours, 10.0, s.uniform(8, 25))
    truth = [pair_truth("decoy", "platform", own, guest, (visit.touch_s, visit.part_s))]
    return Scene("platform", s.place.frame, [own, guest], truth)


def fpso(s: Setting) -> Scene:
    """A shuttle tanker loads from a production ship, bow to her stern, 70-120 m apart.

    The production ship weathervanes about her turret all year; the shuttle loads for a day.
    """
    host_ship, ship = (
        s.fleet.ship("fpso", 0.7),
        s.fleet.ship(pick(s.rng, ("suezmax", "aframax")), 0.05),
    )
    turret = at_anchor(s.rng, s.sea, host_ship.length_m * 0.8, 10.0, yaw_deg=s.uniform(1, 3))
    host = Voyage(host_ship, turret, [(0.0, pick(s.rng, (5, 1, 3)))])
    begin = s.moment(20 * HOUR, 5 * HOUR, 6 * HOUR)
    end = min(begin + s.uniform(14, 24) * HOUR, s.end_s)
    astern = (host_ship.length_m + ship.length_m) / 2 + s.uniform(70, 120)
    rad = np.radians(turret.heading)
    behind = Path(
        s.t, turret.x - astern * np.sin(rad), turret.y - astern * np.cos(rad), turret.heading
    )
    path = _joined(s, ship, behind, host, begin, end)
    steps = [(0.0, round(ship.draught_m, 1)), (end + s.uniform(0, 3) * HOUR, ship.laden_m)]
    guest = Voyage(ship, cut(path, begin - 4 * HOUR, end + 8 * HOUR),
                   [(0.0, ENGINE), (begin, RESTRICTED), (end, ENGINE)], steps)  # fmt: skip
    truth = [pair_truth("decoy", "fpso", host, guest, (begin, end)),
             lone_truth("decoy", "fpso", guest, (begin, end))]  # fmt: skip
    return Scene("fpso", s.place.frame, [host, guest], truth)


def dredger_and_barge(s: Setting) -> Scene:
    """A dredger fills hopper barges alongside, one after another."""
    dredger = s.fleet.ship("dredger")
    path = at_anchor(s.rng, s.sea, dredger.length_m, 30.0, yaw_deg=2.0)
    host = Voyage(dredger, path, [(0.0, pick(s.rng, (RESTRICTED, ENGINE)))])
    barge = s.fleet.ship("hopper", 0.0)
    now, visits = s.uniform(4, 8) * HOUR, []
    for _ in range(3):
        visit = draw_visit(
            s.rng, dredger, barge, now, now + s.uniform(1.0, 2.2) * HOUR, 1, brisk=1.5
        )
        visits.append(visit)
        now = visit.part_s + s.uniform(3, 6) * HOUR
    way = come_alongside(s.rng, path, dredger, barge, visits, s.transit(s.seaward() + 180, kn=6.0),
                         s.transit(s.seaward(), kn=6.0), 1800.0)  # fmt: skip
    guest = Voyage(barge, cut(way, visits[0].touch_s - 2.5 * HOUR, visits[-1].part_s + 2.5 * HOUR))
    truth = [
        pair_truth("decoy", "dredger_and_barge", host, guest, (v.touch_s, v.part_s)) for v in visits
    ]
    return Scene("dredger_and_barge", s.place.frame, [host, guest], truth)
