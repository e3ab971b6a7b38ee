"""Order statistics of the measures, against NumPy."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rendezvous.measuring import _median_of, _rank

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


@given(VALUES)
def test_the_median_is_the_median(values):
    assert _median_of(np.array(values)) == np.median(values)


@given(VALUES, st.sampled_from([0.0, 0.5, 2.0 / 3.0, 0.9, 1.0]))
def test_a_share_of_the_values_lies_below_its_rank(values, share):
    assert _rank(np.array(values), share) == sorted(values)[int(share * (len(values) - 1))]


def test_nothing_has_no_middle():
    assert np.isnan(_median_of(np.empty(0)))
    assert np.isnan(_rank(np.empty(0), 0.9))
