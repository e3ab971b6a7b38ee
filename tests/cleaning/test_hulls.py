import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cleaning.ships import cleaned, sailing, statics


def hull(*typed, reports=10):
    """A, B, length and flags of the ship that typed (a, b, reports)."""
    rows = [
        {"a_m": a, "b_m": b, "c_m": 10.0, "d_m": 20.0, "reports": n, "draught_m": 5.0}
        for a, b, n in typed
    ]
    found = cleaned(sailing(), statics(rows))[0].vessels.row(0, named=True)
    return found["a_m"], found["b_m"], found["length_m"], found["flags"]


def test_bow_and_stern_exchanged_in_fewer_reports_are_put_right():
    assert hull((150, 30, 60), (30, 150, 40)) == (150, 30, 180, "hull_disagrees")


def test_feet_for_metres_in_fewer_reports_are_put_right():
    assert hull((90, 30, 60), (295, 98, 40)) == (90, 30, 120, "hull_disagrees")


def test_reports_that_differ_by_rounding_stand_together():
    assert hull((150, 30, 30), (151, 29, 28), (30, 150, 35)) == (150, 30, 180, "hull_disagrees")


def test_rounding_and_single_errors_are_not_told():
    assert hull((150, 30, 60), (151, 30, 40), (30, 150, 2)) == (150, 30, 180, None)


@given(st.permutations([(150.0, 30.0, 50), (149.0, 31.0, 20), (30.0, 150.0, 40), (15.0, 3.0, 9)]))
def test_the_order_of_reports_does_not_matter(typed):
    assert hull(*typed)[:3] == pytest.approx((150, 30, 180))
