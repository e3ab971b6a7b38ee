"""Cargo from draughts: physics first, then whether intervals hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.quota import cargo
from pipeline.quota.cargo import Moved, Side, moved, resample
from pipeline.quota.hulls import Ship, draw_hulls, draw_unknowns
from pipeline.quota.products import draw_barrels_per_tonne, draw_mix
from pipeline.quota.seeds import generator
from pipeline.quota.weights import quantiles

DRAWS = 8192
MOTHER = Ship("mother", 183.0, 32.2)
SHUTTLE = Ship("shuttle", 95.0, 13.5)


def hulls(ship, draws=DRAWS):
    return draw_hulls(ship, draw_unknowns(generator(1, "hulls"), draws))


def meet(a, b, hours=12.0, product="gasoil", draws=DRAWS, seed=1):
    rng = generator(seed, "test")
    factor = draw_barrels_per_tonne(product, draw_mix(rng, draws), rng)
    return moved(a, b, np.full(draws, hours), factor, rng)


def side(ship, before=None, after=None, shared_by=1, draws=DRAWS):
    return Side(hulls(ship, draws), before, after, shared_by)


def interval(what: Moved):
    return quantiles(what.tonnes, what.weight, (0.05, 0.5, 0.95))


def signed(what: Moved, weight):
    return quantiles(np.where(what.a_gives, what.tonnes, -what.tonnes), weight, (0.05, 0.5, 0.95))


def test_a_real_lightering_of_a_vlcc():
    # Typed: 21.2 to 15.2 m by a ship of 336 x 60 m, 8.6 to 14.2 m by one of 250 x 44 m, eleven
    # hours alongside. Six metres of such a VLCC weigh 105,000 t, and the other holds no more.
    vlcc, aframax = Ship("vlcc", 336.0, 60.0), Ship("aframax", 250.0, 44.0)
    what = meet(side(vlcc, 21.2, 15.2), side(aframax, 8.6, 14.2), 11.0, "crude_oil")
    low, median, high = interval(what)
    assert what.chance_a_gives > 0.95
    assert 85_000 < median < 105_000
    assert low < median < high < 115_000


def test_a_receiver_from_ballast_takes_more_than_its_draught_shows():
    change = np.median(hulls(SHUTTLE).aboard_t(5.5) - hulls(SHUTTLE).aboard_t(3.7))
    _, median, _ = interval(meet(side(MOTHER), side(SHUTTLE, 3.7, 5.5)))
    assert median > 1.3 * change


def test_a_receiver_already_laden_takes_what_its_draught_shows():
    change = np.median(hulls(SHUTTLE).aboard_t(5.9) - hulls(SHUTTLE).aboard_t(5.2))
    _, median, _ = interval(meet(side(MOTHER, 11.0, 10.8), side(SHUTTLE, 5.2, 5.9)))
    assert median == pytest.approx(change, rel=0.25)


def test_signs_tell_the_direction_and_either_ship_alone_does_too():
    assert meet(side(MOTHER, 11.0, 10.3), side(SHUTTLE, 3.7, 5.6)).chance_a_gives > 0.95
    assert meet(side(MOTHER, 7.5, 8.0), side(SHUTTLE, 5.6, 3.6)).chance_a_gives < 0.05
    assert meet(side(MOTHER), side(SHUTTLE, 3.7, 5.6)).chance_a_gives > 0.9
    assert meet(side(MOTHER, 11.0, 10.3), side(SHUTTLE)).chance_a_gives > 0.9


def test_who_lies_deep_gives_even_before_anything_is_typed_after():
    deep = meet(side(MOTHER, 11.8), side(SHUTTLE, 3.7)).chance_a_gives
    assert 0.8 < deep < meet(side(MOTHER, 11.8, 11.2), side(SHUTTLE, 3.7, 5.6)).chance_a_gives


def test_either_draught_before_tells_who_may_have_what_to_give():
    assert meet(side(MOTHER, 12.0), side(SHUTTLE)).chance_a_gives > 0.6
    assert meet(side(MOTHER), side(SHUTTLE, 3.7)).chance_a_gives > 0.6
    assert meet(side(MOTHER, 6.4), side(SHUTTLE)).chance_a_gives < 0.4


def test_a_ship_above_its_ballast_draught_is_not_taken_for_laden():
    shuttle = hulls(SHUTTLE)
    high = 0.8 * float(shuttle.ballast_least_m.min())
    ship = cargo._Ship(Side(shuttle, high), shuttle, np.full(DRAWS, 7.35), generator(1, "x"))
    state = ship.comes(cargo.RECEIVER_COMES)
    oil = np.maximum(state.aboard - ship._residual, 0.0)
    as_cargo = (oil > 0) & (state.cargo > 0.98 * oil)
    assert as_cargo.mean() < 0.05  # slips of the keys, and the fullest of hidden cargoes


def test_nothing_typed_leaves_the_direction_open():
    assert meet(side(MOTHER), side(SHUTTLE)).chance_a_gives == pytest.approx(0.5, abs=0.02)


def test_two_ships_tell_more_than_one_and_one_more_than_none():
    def width(what):
        low, _, high = interval(what)
        return high - low

    both = meet(side(MOTHER, 11.0, 10.3), side(SHUTTLE, 3.7, 5.5))
    one = meet(side(MOTHER), side(SHUTTLE, 3.7, 5.5))
    none = meet(side(MOTHER), side(SHUTTLE))
    assert width(both) < width(one) < width(none)


def test_no_more_moves_than_the_smaller_ship_holds():
    what = meet(side(MOTHER, 12.0, 9.0), side(SHUTTLE, 3.7, 5.9), hours=200.0)
    assert interval(what)[2] <= np.quantile(hulls(SHUTTLE).cargo_t(), 0.99)


def test_no_more_moves_than_the_pumps_can_in_the_time():
    brief = meet(side(MOTHER), side(SHUTTLE), hours=2.5)
    long = meet(side(MOTHER), side(SHUTTLE), hours=30.0)
    # Ninety minutes of pumping at the fastest: a full cargo in five hours, that is three tenths.
    assert interval(brief)[2] < 0.35 * np.quantile(hulls(SHUTTLE).cargo_t(), 0.95)
    assert interval(long)[1] > 3 * interval(brief)[1]


def test_light_products_fill_the_tanks_before_the_marks():
    ship = Ship("full", 95.0, 13.5, deadweight_t=3700, capacity_m3=3500)
    what = meet(side(MOTHER), side(ship), 60.0, "gasoline")
    assert (what.most_t * what.barrels_per_tonne)[what.a_gives].max() <= 3500 * 0.98 * 6.29


def test_draughts_that_do_not_go_together_do_not_meet():
    # The giver rose by less than a decimetre's cargo, the receiver took a full one.
    what = meet(side(SHUTTLE, 5.8, 5.7), side(Ship("twin", 95.0, 13.5), 3.6, 5.9))
    assert signed(what, what.weight_a)[1] < signed(what, what.weight_b)[0]


def test_a_change_shared_by_meetings_is_a_bound_for_each():
    alone = interval(meet(side(MOTHER), side(SHUTTLE, 5.0, 6.0)))
    shared = interval(meet(side(MOTHER), side(SHUTTLE, 5.0, 6.0, shared_by=3)))
    assert shared[0] < alone[0]
    assert shared[1] < 0.8 * alone[1]


def test_a_draught_left_alone_says_little():
    blank = meet(side(MOTHER, 11.0), side(SHUTTLE, 3.7))
    same = meet(side(MOTHER, 11.0, 11.0), side(SHUTTLE, 3.7, 3.7))
    assert interval(same)[1] == pytest.approx(interval(blank)[1], rel=0.5)
    assert interval(same)[2] == pytest.approx(interval(blank)[2], rel=0.2)


def test_a_change_of_a_step_is_not_taken_to_the_tonne():
    low, _, high = interval(meet(side(MOTHER), side(SHUTTLE, 5.5, 5.6)))
    assert high - low > 100  # a step is 107 t on this ship, and each end is rounded


@settings(max_examples=60)
@given(
    st.lists(st.one_of(st.none(), st.floats(0.1, 25.5)), min_size=4, max_size=4),
    st.floats(0, 300),
    st.integers(1, 4),
)
def test_any_draughts_give_ordered_finite_volumes(draughts, hours, shared):
    before_a, after_a, before_b, after_b = draughts
    a = side(MOTHER, before_a, after_a, draws=512)
    b = side(SHUTTLE, before_b, after_b, shared, draws=512)
    what = meet(a, b, hours, draws=512)
    low, median, high = quantiles(
        what.tonnes * what.barrels_per_tonne, what.weight, (0.05, 0.5, 0.95)
    )
    assert 0 <= low <= median <= high < np.inf
    for weight in (what.weight, what.weight_a, what.weight_b):
        assert weight.sum() == pytest.approx(1)
        assert 1 / np.sum(weight**2) >= 100  # quantiles of chance are none


def test_intervals_hold_where_the_model_is_true():
    """Draw a truth from the model itself, type what it predicts: nine in ten must lie inside."""
    rng = np.random.default_rng(20180712)
    inside = []
    for number in range(150):
        length_a, length_b = rng.choice([112.0, 144.0, 183.0]), rng.choice([76.0, 92.0, 112.0])
        a = side(Ship(f"a{number}", length_a, length_a / 6), draws=2048)
        b = side(Ship(f"b{number}", length_b, length_b / 6), draws=2048)
        before_a = round(float(np.median(a.hulls.summer_draught_m)) * rng.uniform(0.75, 1), 1)
        before_b = round(float(np.median(b.hulls.summer_draught_m)) * rng.uniform(0.5, 0.8), 1)
        giver, receiver = Side(a.hulls, before_a), Side(b.hulls, before_b)
        factor = np.full(2048, 7.35)
        hours, typed = np.full(2048, 15.0), []
        one, two = (
            cargo._Ship(one, one.hulls.take(order), factor, rng)
            for one, order in ((giver, rng.permutation(2048)), (receiver, np.arange(2048)))
        )
        way = cargo._one_way(one, two, hours, rng)
        weight = way.prior * way.by_giver * way.by_receiver
        draw = rng.choice(2048, p=weight / weight.sum())
        for predicted in (way.after_giver_m[draw], way.after_receiver_m[draw]):
            error = rng.normal(0, cargo._reading_m(predicted))
            late = rng.normal(0, cargo.LATE_M) if rng.random() < cargo.LATE_SHARE else 0.0
            slip = rng.random() < cargo.SLIP_SHARE
            typed.append(round(rng.uniform(0.1, 8) if slip else predicted + error + late, 1))
        what = moved(
            Side(a.hulls, before_a, typed[0]), Side(b.hulls, before_b, typed[1]), hours, factor, rng
        )
        low, _, high = interval(what)
        inside.append(low <= way.tonnes[draw] <= high)
    # Three standard deviations of a share of 150 about 90 %.
    assert 0.82 < np.mean(inside) < 0.98


def test_weighted_quantiles():
    values = np.array([3.0, 1.0, 2.0])
    assert quantiles(values, np.array([0.2, 0.5, 0.3]), (0.5, 0.51, 0.8, 1.0)).tolist() == [
        1,
        2,
        2,
        3,
    ]


def test_resampling_keeps_the_weights_and_the_order_of_hulls():
    what = meet(side(MOTHER, 11.0, 10.3), side(SHUTTLE, 3.7, 5.5))
    chosen = resample(what, 4000, generator(1, "resample"))
    assert (np.diff(what.receiver_draw[chosen]) >= 0).all()
    assert what.tonnes[chosen].mean() == pytest.approx(np.sum(what.tonnes * what.weight), rel=0.01)
