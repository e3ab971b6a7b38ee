"""Every kind of event, played: hulls never cut each other, transfers lie alongside."""

from itertools import combinations

import numpy as np
import pytest

from benchmarks.world.compose import BACKGROUND, DECOYS, TRANSFERS
from benchmarks.world.geodesy import Frame
from benchmarks.world.hulls import hull_gap
from benchmarks.world.motion import Path
from benchmarks.world.places import Place
from benchmarks.world.sea import KNOT
from benchmarks.world.world import fleet_of, play, time_grid

SEEDS = (1, 2)
T = time_grid(3.0)
KINDS = (*TRANSFERS, *DECOYS, *BACKGROUND)


def scene_of(function, where, seed):
    kind = where if where in ("open", "anchorage", "harbour") else "open"
    place = Place(Frame(20.0, 60.0), 90.0, kind)
    return play(seed, function.__name__, function, place, fleet_of(seed), T)


def both(a, b, start=-np.inf, end=np.inf, step=20.0):
    """The paths of two voyages on one grid, where both are."""
    start = max(a.path.t[0], b.path.t[0], start)
    t = np.arange(start, min(a.path.t[-1], b.path.t[-1], end), step)
    return t, Path(t, *a.path.at(t)), Path(t, *b.path.at(t))


@pytest.fixture(scope="module")
def scenes():
    return [scene_of(f, where, seed) for f, where, _ in KINDS for seed in SEEDS]


def test_no_two_hulls_ever_cut_each_other(scenes):
    for scene in scenes:
        for a, b in combinations(scene.voyages, 2):
            t, pa, pb = both(a, b)
            if len(t):
                gap = hull_gap(pa, a.ship, pb, b.ship)
                assert gap.min() > 0.0, (scene.kind, a.ship.kind, b.ship.kind, t[gap.argmin()])


def test_ships_in_a_transfer_lie_within_fenders_from_touch_to_parting(scenes):
    checked = 0
    for scene in scenes:
        for truth in scene.truth:
            if truth.label != "sts":
                continue
            a = next(v for v in scene.voyages if v.ship.mmsi == truth.mmsi_a)
            b = next(v for v in scene.voyages if v.ship.mmsi == truth.mmsi_b)
            t, pa, pb = both(a, b, truth.start_s, truth.end_s)
            gap = hull_gap(pa, a.ship, pb, b.ship)
            assert gap.min() > 1.5, scene.kind
            assert gap.max() < 6.5, scene.kind
            t, pa, pb = both(a, b, truth.start_s - 1500, truth.end_s + 1500)
            around = hull_gap(pa, a.ship, pb, b.ship)
            assert around[t < truth.start_s - 1400].max() > 15.0, scene.kind
            assert around[t > truth.end_s + 1400].max() > 15.0, scene.kind
            checked += 1
    assert checked > 45


def test_transfers_last_from_an_hour_and_a_half_to_forty_hours(scenes):
    hours = [(x.end_s - x.start_s) / 3600 for s in scenes for x in s.truth if x.label != "decoy"]
    assert min(hours) >= 1.45
    assert max(hours) <= 40.0


def test_cargo_is_conserved_between_the_ships(scenes):
    """What the typed draughts say both ships gained and lost, to the 0.1 m they are typed in."""
    checked = 0
    for scene in scenes:
        pairs = [x for x in scene.truth if x.label == "sts"]
        if len(pairs) != 1:
            continue
        for voyage in scene.voyages[:2]:
            steps, ship = voyage.draughts, voyage.ship
            assert pairs[0].cargo_t >= 0
            if len(steps) == 2:
                change_t = (steps[1][1] - steps[0][1]) * 100 * ship.tonnes_per_cm
                sign = -1 if pairs[0].giver == ship.mmsi else 1
                slack_t = 0.101 * 100 * ship.tonnes_per_cm
                assert change_t == pytest.approx(sign * pairs[0].cargo_t, abs=slack_t)
                assert ship.ballast_m - 0.06 <= steps[1][1] <= ship.laden_m + 0.06
                checked += 1
    assert checked > 20


def test_ships_turn_and_steam_as_ships_can(scenes):
    for scene in scenes:
        for voyage in scene.voyages:
            knots = np.hypot(*voyage.path.velocity()) / KNOT
            small = voyage.ship.length_m < 45
            assert knots.max() < (24.0 if small else 19.0), (scene.kind, voyage.ship.kind)
            turn = np.abs(np.diff(voyage.path.heading)) / np.diff(voyage.path.t)
            assert turn.max() < 6.0, (scene.kind, voyage.ship.kind)  # degrees a second


def test_the_same_pair_twice_really_parts_between(scenes):
    for scene in (s for s in scenes if s.kind == "twice"):
        one, two = scene.truth
        assert (one.mmsi_a, one.mmsi_b) == (two.mmsi_a, two.mmsi_b)
        _, pa, pb = both(scene.voyages[0], scene.voyages[1], one.end_s, two.start_s)
        assert np.hypot(pa.x - pb.x, pa.y - pb.y).max() > 4000.0


def test_dipping_neighbours_dip_for_minutes_only(scenes):
    for scene in (s for s in scenes if s.kind == "dipping_neighbours"):
        a, b = scene.voyages
        _, pa, pb = both(a, b)
        gap = hull_gap(pa, a.ship, pb, b.ship)
        assert 5.0 < gap.min() < 30.0
        assert (gap < 30.0).mean() < 0.06  # four hours of three days


def test_two_transponders_share_one_hull(scenes):
    for scene in (s for s in scenes if s.kind == "two_transponders"):
        (voyage,) = scene.voyages
        twin = voyage.also_as
        assert twin.mmsi != voyage.ship.mmsi
        assert (twin.length_m, twin.beam_m) == (voyage.ship.length_m, voyage.ship.beam_m)


def test_every_scene_is_the_same_for_the_same_seed():
    for function, where, _ in KINDS[::7]:
        a, b = (scene_of(function, where, 5) for _ in range(2))
        assert a.truth == b.truth
        for va, vb in zip(a.voyages, b.voyages, strict=True):
            assert va.ship == vb.ship
            assert np.array_equal(va.path.x, vb.path.x)


def test_truth_names_the_lower_mmsi_first(scenes):
    for truth in (x for s in scenes for x in s.truth):
        assert truth.mmsi_b is None or truth.mmsi_a < truth.mmsi_b
        assert truth.start_s < truth.end_s
