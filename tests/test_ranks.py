"""Ranks without a full sort, against NumPy."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ranks import median, median_of, rank

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


@given(VALUES)
def test_the_median_is_the_median(values):
    assert median_of(np.array(values)) == np.median(values)


@given(VALUES, st.sampled_from([0.0, 0.5, 2.0 / 3.0, 0.9, 1.0]))
def test_a_share_of_the_values_lies_below_itsrank(values, share):
    assert rank(np.array(values), share) == sorted(values)[int(share * (len(values) - 1))]


@given(st.lists(st.sampled_from([-1.0, 0.0, 2.5]), min_size=1, max_size=60))
def test_values_that_are_often_the_same_do_no_harm(values):
    assert median_of(np.array(values)) == np.median(values)


@given(st.lists(st.one_of(st.just(np.nan), st.floats(-10, 10)), min_size=1, max_size=30))
def test_what_is_not_known_does_not_count(values):
    samples = np.array([[0.0, value] for value in values])
    known = [value for value in values if not np.isnan(value)]
    middle = median(samples, 1, np.empty(len(values)))
    assert middle == np.median(known) if known else np.isnan(middle)


def test_nothing_has_no_middle():
    assert np.isnan(median_of(np.empty(0)))
    assert np.isnan(rank(np.empty(0), 0.9))
