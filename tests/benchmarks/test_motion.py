"""Physics of ships by themselves."""

import numpy as np
import pytest

from benchmarks.world.draws import smoothstep, stream, wander
from benchmarks.world.motion import adrift, at_anchor, integrate, made_fast, sequence, under_way
from benchmarks.world.sea import KNOT, make_sea
from benchmarks.world.ships import Fleet

T = np.arange(0.0, 2 * 86400.0, 20.0)


@pytest.fixture(scope="module")
def sea():
    return make_sea(stream(3, "sea"), T)


def test_streams_differ_by_name_and_repeat_by_seed():
    first = stream(1, "a").random(4)
    assert np.array_equal(first, stream(1, "a").random(4))
    assert not np.array_equal(first, stream(1, "b").random(4))
    assert not np.array_equal(first, stream(2, "a").random(4))


def test_wander_has_the_spread_and_memory_asked_for():
    values = wander(stream(1, "w"), np.arange(0.0, 4e6, 100.0), 3.0, 1000.0)
    assert np.std(values) == pytest.approx(3.0, rel=0.1)
    apart = np.mean(values[:-10] * values[10:]) / np.var(values)
    assert apart == pytest.approx(np.exp(-1.0), abs=0.1)


def test_smoothstep_ends_at_rest():
    u = np.array([-1.0, 0.0, 1e-4, 1 - 1e-4, 1.0, 2.0])
    w = smoothstep(u)
    assert w[0] == w[1] == 0.0
    assert w[4] == w[5] == 1.0
    assert w[2] < 1e-10
    assert w[3] > 1 - 1e-10


@pytest.mark.parametrize("seed", range(6))
def test_a_ship_adrift_moves_as_slowly_as_ships_do(seed):
    rng = stream(seed, "adrift")
    motion = adrift(rng, make_sea(rng, T), 0.03)
    knots = np.hypot(motion.vx, motion.vy) / KNOT
    assert np.percentile(knots, 99) < 3.5
    assert np.percentile(knots, 50) > 0.05


def test_leeway_is_its_share_of_the_wind(sea):
    still, pushed = (adrift(stream(1, "x"), sea, leeway) for leeway in (0.0, 0.03))
    push = np.hypot(pushed.vx - still.vx, pushed.vy - still.vy)
    assert np.allclose(push, 0.03 * np.hypot(sea.wind_x, sea.wind_y))


@pytest.mark.parametrize("seed", range(8))
def test_a_ship_at_anchor_stays_within_her_chain_and_points_at_it(seed):
    rng = stream(seed, "anchor")
    length, chain = 200.0, 220.0
    path = at_anchor(rng, make_sea(rng, T), length, chain)
    reach = np.hypot(path.x, path.y)
    assert reach.max() <= chain + length / 2 + 1e-6
    assert reach.min() > length / 2
    away = np.degrees(np.arctan2(path.x, path.y))
    off = np.abs(np.remainder(path.heading - away, 360.0) - 180.0)
    assert np.percentile(off, 99) < 40.0  # yawing, never beam to her chain for long
    assert np.hypot(*path.velocity()).max() / KNOT < 2.5


def test_neighbours_at_anchor_swing_with_the_same_tide(sea):
    a, b = (at_anchor(stream(n, "n"), sea, 180.0) for n in (1, 2))
    apart = np.abs(np.remainder(a.heading - b.heading + 180.0, 360.0) - 180.0)
    assert np.median(apart) < 25.0


def test_moored_ships_hardly_move():
    path = made_fast(stream(1, "m"), T, 100.0, 50.0, 30.0)
    assert np.abs(path.x - 100.0).max() < 2.0
    assert np.hypot(*path.velocity()).max() / KNOT < 0.1


def test_a_motion_integrates_to_the_path_it_came_from(sea):
    path = at_anchor(stream(1, "n"), sea, 150.0)
    again = integrate(path.motion(), T, T[700], path.x[700], path.y[700])
    assert np.allclose(again.x, path.x, atol=1e-6)
    assert np.allclose(again.y, path.y, atol=1e-6)


def test_a_sequence_blends_speed_without_a_jump(sea):
    rng = stream(1, "s")
    motion = sequence(
        T, [(under_way(rng, T, 40.0, 12.0), 0, 0), (adrift(rng, sea, 0.03), 40_000, 1800.0)]
    )
    speed = np.hypot(motion.vx, motion.vy) / KNOT
    assert np.median(speed[T < 40_000]) == pytest.approx(12.0, rel=0.05)
    assert speed[T > 42_000].max() < 4.0
    assert np.abs(np.diff(speed)).max() < 0.4  # knots in 20 s
    assert np.abs(np.diff(motion.heading)).max() < 20.0


def test_ships_are_all_different_and_well_formed():
    fleet = Fleet(stream(1, "fleet"))
    ships = [fleet.ship(kind) for kind in ("vlcc", "coaster", "tug", "mr") for _ in range(100)]
    assert len({s.mmsi for s in ships}) == len({s.name for s in ships}) == len(ships)
    for ship in ships:
        assert 201_000_000 <= ship.mmsi <= 775_999_999
        a, b, c, d = ship.abcd_m
        assert min(a, b, c, d) >= 0
        assert a + b == round(ship.length_m)
        assert c + d == round(ship.beam_m)
        assert ship.ballast_m <= ship.draught_m <= ship.laden_m
        if ship.imo:
            digits = [int(x) for x in str(ship.imo)]
            total = sum(x * w for x, w in zip(digits[:6], range(7, 1, -1), strict=True))
            assert total % 10 == digits[6]


def test_tanker_antennas_stand_aft():
    fleet = Fleet(stream(2, "fleet"))
    for ship in (fleet.ship("aframax") for _ in range(50)):
        from_stern = ship.antenna_forward_m + ship.length_m / 2
        assert 0.1 <= from_stern / ship.length_m <= 0.25
        assert abs(ship.antenna_starboard_m) <= ship.beam_m / 4
