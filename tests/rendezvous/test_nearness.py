"""What antennas rule out: only what hulls do not allow."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rendezvous.meetings import FAR_GAP_M, SIGMAS, Contact, find_spells
from pipeline.rendezvous.nearness import (
    APART,
    BETWEEN,
    FAR,
    MAY_BE_NEAR,
    UNKNOWN,
    legs_m,
    longest_near_s,
    nearness,
    told_by,
)
from pipeline.rendezvous.sampling import (
    GAP,
    GAP_ERROR,
    GAP_SIGMA,
    RELATIVE,
    RELATIVE_WINDOW_S,
    TIME_S,
    measure_at,
    sample_pair,
    samples_of,
)
from tests.rendezvous.by_hand import ERRORS, looked_at, ship


@given(
    st.floats(-3000, 3000),
    st.floats(-3000, 3000),
    st.floats(-4, 4),
    st.floats(0, 360),
    st.sampled_from([2.0, 7.0, 25.0, 50.0]),
    st.floats(20, 330),
    st.booleans(),
)
def test_antennas_never_rule_out_what_hulls_allow(e, n, speed, heading, every, length, known):
    minutes = np.arange(0.0, 300.0, every)
    turn = heading if known else np.nan
    a = ship(minutes, speed * minutes * 60 * 0.2, 0.0, turn, length)
    b = ship(minutes + 1.0, e, n + speed * minutes, (turn + 20.0) % 360.0, 180.0)
    moments, _ = looked_at(a, b)
    reach = sum(
        abs(s.hull.forward) + s.hull.forward_error + s.hull.length / 2 + s.hull.beam for s in (a, b)
    )
    legs = [
        legs_m(np.array([0, len(s.time_ms)]), s.time_ms, s.lat, s.lon, s.sog_kn, ERRORS)
        for s in (a, b)
    ]
    level = nearness(a, b, *legs, moments, reach, 200.0, 280.0, 1000.0, ERRORS)
    samples = sample_pair(a, b, moments, ERRORS)
    of = dict(zip((moments[:, 0] / 1000.0).tolist(), level.tolist(), strict=True))
    for k in range(len(samples)):
        here = of[samples[k, TIME_S]]
        assert here != UNKNOWN
        gap = samples[k, GAP] - samples[k, GAP_ERROR] - samples[k, GAP_SIGMA]
        lowest = samples[k, GAP] - samples[k, GAP_ERROR] - SIGMAS * samples[k, GAP_SIGMA]
        if here != MAY_BE_NEAR:
            assert gap > 200.0
        if here in (APART, FAR):
            assert lowest > (1000.0 if here == FAR else 280.0)
    assert len(samples) == int((level != UNKNOWN).sum())
    # a look at the last fixes alone never tells more than the places in between
    nowhere = [np.full(len(s.time_ms), np.inf) for s in (a, b)]
    assert (
        level.tolist()
        == nearness(a, b, *nowhere, moments, reach, 200.0, 280.0, 1000.0, ERRORS).tolist()
    )


def test_a_meeting_lasts_until_the_two_have_surely_parted():
    moments = np.zeros((8, 3), np.int64)
    moments[:, 0] = np.arange(8) * 600_000
    near = np.ones(8, np.bool_)

    def longest(*levels):
        return longest_near_s(moments, np.array(levels, np.int8), near, 1200.0)

    m, between, apart, far = MAY_BE_NEAR, BETWEEN, APART, FAR
    assert longest(m, m, m, m, m, m, m, m) == 4200.0
    assert longest(m, m, between, between, between, between, m, m) == 4200.0
    assert longest(m, m, apart, m, m, m, m, m) == 4200.0  # a jump
    assert longest(m, m, far, far, m, m, m, m) == 1800.0
    assert longest(m, m, apart, apart, apart, m, m, m) == 1200.0
    near[:] = False
    assert longest(m, m, m, m, m, m, m, m) == 0.0


@given(
    st.lists(st.integers(-1500, 1500), min_size=4, max_size=40),
    st.sampled_from([4.0, 9.0, 20.0]),
    st.booleans(),
)
def test_what_tells_of_the_times_two_were_near_gives_the_same_times(offsets, every, known):
    """One ship comes and goes by the other as it likes: no other sample changes a spell."""
    minutes = np.arange(len(offsets)) * every
    a = ship(minutes, 0.0, 0.0, 90.0 if known else np.nan, 120.0)
    b = ship(minutes + 1.0, 0.0, np.array(offsets, float), 90.0, 90.0)
    near = Contact(200.0, np.inf, 280.0, 2400.0, 86_400.0, 14.0)
    moments, _ = looked_at(a, b)
    reach = sum(abs(s.hull.forward) + s.hull.length / 2 + s.hull.beam + 8.0 for s in (a, b))
    legs = [np.full(len(s.time_ms), np.inf) for s in (a, b)]
    level = nearness(a, b, *legs, moments, reach, 200.0, 280.0, FAR_GAP_M, ERRORS)
    every_sample = sample_pair(a, b, moments, ERRORS)
    low = every_sample[:, GAP] - every_sample[:, GAP_ERROR] - every_sample[:, GAP_SIGMA]
    wanted = told_by(moments, level, low <= 200.0, near.apart_s, RELATIVE_WINDOW_S)
    some = np.empty((len(moments), every_sample.shape[1]))
    some[:, TIME_S] = np.nan
    measure_at(a, b, moments, wanted, ERRORS, some)
    some = samples_of(some)

    def spells(samples):
        found = find_spells(a, b, samples, near)
        return [tuple(samples[spell, TIME_S]) for spell in found]

    assert spells(some) == spells(every_sample)
    for first, last in spells(some):
        speeds = [
            s[(s[:, TIME_S] >= first) & (s[:, TIME_S] <= last)][:, RELATIVE]
            for s in (some, every_sample)
        ]
        # metres of a degree are taken at the first sample measured within some metres
        assert np.allclose(speeds[0], speeds[1], atol=1e-4, equal_nan=True)
