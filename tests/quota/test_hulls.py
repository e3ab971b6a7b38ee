"""Hulls against ships whose particulars are public."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quota.hulls import Ship, ballast_draught_m, draw_hulls, draw_unknowns
from pipeline.quota.seeds import generator

# Length and beam overall, deadweight and summer draught as their owners or press publish them.
SHIPS = {
    "coaster": (95.0, 13.5, 3700, 5.8),
    "handy": (128.6, 20.4, 13000, 8.7),
    "product tanker": (183.0, 32.2, 47000, 12.6),
    "aframax": (250.0, 44.0, 112000, 15.0),
    "suezmax": (274.0, 48.0, 158000, 17.0),
    "vlcc": (333.0, 60.0, 309000, 21.5),
}


def hulls(ship, draws=2000):
    return draw_hulls(ship, draw_unknowns(generator(1, "hulls"), draws))


@pytest.mark.parametrize(("length", "beam", "deadweight", "draught"), SHIPS.values(), ids=SHIPS)
def test_real_ships_lie_in_the_interval(length, beam, deadweight, draught):
    drawn = hulls(Ship("x", length, beam))
    low, high = np.quantile(drawn.deadweight_t, [0.05, 0.95])
    assert low < deadweight < high
    assert high / low < 1.7  # an interval, not everything
    low, high = np.quantile(drawn.summer_draught_m, [0.05, 0.95])
    assert low < draught < high


def test_tonnes_per_centimetre_of_a_real_ship():
    # A draught survey: 16,400 t at 8.30 m, 15,092 t at 7.70 m, of a ship of 128.6 x 20.4 m.
    drawn = hulls(Ship("x", 128.6, 20.4, deadweight_t=13000, summer_draught_m=8.7))
    change = drawn.aboard_t(8.3) - drawn.aboard_t(7.7)
    low, high = np.quantile(change, [0.05, 0.95])
    assert low < 16400 - 15092 < high


def test_a_step_of_a_decimetre_on_a_coaster_is_about_a_thousand_barrels():
    drawn = hulls(Ship("x", 95.0, 14.8))
    step = np.median(drawn.aboard_t(5.6) - drawn.aboard_t(5.5))
    assert step == pytest.approx(126, rel=0.10)


def test_the_register_settles_what_it_says():
    ship = Ship("x", 95.0, 13.5, deadweight_t=3700, summer_draught_m=5.8)
    drawn = hulls(ship)
    assert np.allclose(drawn.summer_draught_m, 5.8)
    assert np.median(drawn.deadweight_t) == pytest.approx(3700, rel=0.002)
    assert np.std(drawn.deadweight_t) == pytest.approx(37, rel=0.1)
    # All of the deadweight is aboard at the summer draught: cargo, and the stores.
    assert np.allclose(drawn.aboard_t(drawn.summer_draught_m), drawn.cargo_t())


def test_tanks_by_the_register_give_a_deadweight_and_hold_no_more():
    drawn = hulls(Ship("x", 183.0, 32.2, capacity_m3=52000))
    assert np.allclose(drawn.tank_m3, 52000 * 0.98)
    assert np.quantile(drawn.deadweight_t, 0.05) < 47000 < np.quantile(drawn.deadweight_t, 0.95)


def test_a_ship_lies_no_deeper_than_its_summer_draught():
    plain, deep = hulls(Ship("x", 95.0, 13.5)), hulls(Ship("x", 95.0, 13.5, deepest_m=6.6))
    assert deep.summer_draught_m.min() >= 0.98 * 6.6 - 0.05
    assert np.median(deep.deadweight_t) > np.median(plain.deadweight_t)
    slip = hulls(Ship("x", 95.0, 13.5, deepest_m=25.0))
    assert np.allclose(slip.deadweight_t, plain.deadweight_t)


def test_less_known_is_a_wider_interval():
    def spread(ship):
        return np.ptp(np.quantile(np.log(hulls(ship).deadweight_t), [0.05, 0.95]))

    known = Ship("x", 95.0, 13.5, deadweight_t=3700)
    assert spread(known) < spread(Ship("x", 95.0, 13.5)) < spread(Ship("x", 95.0))
    assert spread(Ship("x", 95.0)) < spread(Ship("x"))


def test_ballast_draughts_of_the_rules_meet_at_150_metres():
    assert ballast_draught_m(np.array([100.0, 149.999, 150.0, 250.0])) == pytest.approx(
        [3.4, 5.0, 5.0, 7.0], abs=1e-3
    )


@given(st.floats(20, 450), st.floats(0.1, 0.25), st.floats(0.05, 1.0), st.sampled_from([None, 0.5]))
def test_draught_and_weight_aboard_belong_together(length, ratio, part, tonnes):
    deadweight = None if tonnes is None else tonnes * length**3 / 200
    drawn = hulls(Ship("x", length, length * ratio, deadweight_t=deadweight), 50)
    assert (np.diff(drawn.deadweight_t) >= 0).all()
    assert (drawn.cargo_t() > 0).all()
    assert (drawn.ballast_t <= 0.5 * drawn.deadweight_t + 1e-6).all()
    weight = part * drawn.cargo_t()
    assert np.allclose(drawn.aboard_t(drawn.draught_m(weight)), weight, rtol=1e-9)
