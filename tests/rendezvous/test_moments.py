"""When a pair is looked at: every fix where a ship moves, few while both lie still."""

from __future__ import annotations

import importlib
import math
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rendezvous.meetings import low_gap
from pipeline.rendezvous.moments import (
    APART,
    APART_STEP_S,
    BETWEEN,
    FAR,
    MAY_BE_NEAR,
    STILL_ENDS_S,
    STILL_STEP_S,
    UNKNOWN,
    longest_near_s,
    moments_of,
    nearness,
    still_until,
)
from pipeline.rendezvous.sampling import (
    GAP,
    GAP_ERROR,
    GAP_SIGMA,
    TIME_S,
    Errors,
    Hull,
    Ship,
    sample_pair,
)
from tests.rendezvous.scenes import START, Boat, beside, encounters, moored, visit

HOUR_MS = 3_600_000
EVERY_FIX = np.empty(0, np.int32)
ERRORS = Errors(8.0, 5.0, 3.0, 1e-4, HOUR_MS)


def ship(minutes, east_m, north_m, heading=90.0, length=180.0, lat=29.0):
    """A track about a place from minutes and metres."""
    time = (np.asarray(minutes, float) * 60_000).astype(np.int64)
    east = np.broadcast_to(np.asarray(east_m, float), time.shape)
    north = np.broadcast_to(np.asarray(north_m, float), time.shape)
    single = np.full(len(time), np.nan, np.float32)
    return Ship(
        time,
        lat + north / 110_850.0,
        -90.0 + east / (111_320.0 * math.cos(math.radians(lat))),
        single,
        single,
        np.broadcast_to(np.asarray(heading, np.float32), time.shape).copy(),
        np.full(len(time), -1, np.int8),
        Hull(length, length / 6, 0.0, 0.3 * length, 2.0, 0.0, 2.0),
    )


def still(track):
    return still_until(
        np.array([0, len(track.time_ms)]),
        track.time_ms,
        track.lat,
        track.lon,
        track.heading_deg,
        HOUR_MS,
    )


def looked_at(a, b, still_a=EVERY_FIX, still_b=EVERY_FIX, step_s=APART_STEP_S):
    begin = np.array([max(a.time_ms[0], b.time_ms[0])])
    end = np.array([min(a.time_ms[-1], b.time_ms[-1])])
    return moments_of(a, b, still_a, still_b, begin, end, 60_000, round(step_s * 1000))


DAY = np.arange(0.0, 1440.0, 3.0)
NOISE = np.random.default_rng(5).normal(0.0, 4.0, (2, len(DAY)))


def test_a_moored_ship_lies_still_but_for_its_coming_and_going():
    until = still(ship(DAY, *NOISE))
    inside = (DAY * 60 >= STILL_ENDS_S) & (DAY[-1] * 60 - DAY * 60 >= STILL_ENDS_S)
    assert ((until >= 0) == inside).all()
    assert set(until[inside].tolist()) == {int(np.flatnonzero(inside)[-1])}


@pytest.mark.parametrize(
    ("east", "heading"),
    [
        (DAY * 60 * 0.1, 90.0),  # a fifth of a knot
        (0.0, DAY % 360.0),  # turning on the spot, a degree a minute
        (np.where(DAY % 45 == 0, 500.0, 0.0), 90.0),  # thrown about
    ],
    ids=["drifting", "turning", "jumping"],
)
def test_who_moves_or_turns_does_not_lie_still(east, heading):
    assert (still(ship(DAY, east, 0.0, heading)) < 0).all()


def test_a_silence_ends_a_stay():
    minutes = DAY[(DAY < 300) | (DAY > 700)]
    until = still(ship(minutes, 0.0, 0.0))
    last_before = int(np.flatnonzero(minutes < 300)[-1])
    assert until[: last_before + 1].max() < last_before
    assert until[last_before + 1 :].max() > last_before


def test_without_stays_every_fix_of_both_is_looked_at():
    a, b = ship(DAY, 0.0, 0.0), ship(DAY[5:-7] + 1.5, 300.0, 0.0)
    moments, thinned = looked_at(a, b)
    want = sorted({*a.time_ms.tolist(), *b.time_ms.tolist()})
    want = [t for t in want if b.time_ms[0] <= t <= b.time_ms[-1]]
    assert not thinned
    assert moments[:, 0].tolist() == want
    for t, i, j in moments:
        assert i == np.searchsorted(a.time_ms, t, side="right") - 1
        assert j == np.searchsorted(b.time_ms, t, side="right") - 1


@pytest.mark.parametrize("step_s", [STILL_STEP_S, APART_STEP_S])
def test_two_that_lie_still_are_looked_at_rarely_and_never_silently(step_s):
    a, b = ship(DAY, *NOISE), ship(DAY + 1.0, 300.0 + NOISE[1], NOISE[0])
    moments, thinned = looked_at(a, b, still(a), still(b), step_s)
    every, _ = looked_at(a, b)
    assert thinned
    assert len(moments) < len(every) / 3
    assert set(moments[:, 0].tolist()) <= set(every[:, 0].tolist())
    assert moments[[0, -1], 0].tolist() == every[[0, -1], 0].tolist()
    assert np.diff(moments[:, 0]).max() <= step_s * 1000


def test_where_one_moves_every_fix_counts():
    comes = np.where(DAY < 600, (600 - DAY) * 60.0, 0.0)  # a metre a second until ten hours
    a, b = ship(DAY, *NOISE), ship(DAY + 1.0, comes, 300.0)
    moments, _ = looked_at(a, b, still(a), still(b))
    every, _ = looked_at(a, b)
    early = 600 * 60_000 + round(STILL_ENDS_S * 1000)
    assert moments[moments[:, 0] < early, 0].tolist() == every[every[:, 0] < early, 0].tolist()


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
    level = nearness(a, b, moments, reach, 200.0, 280.0, 1000.0, ERRORS)
    samples = sample_pair(a, b, moments, ERRORS)
    of = dict(zip((moments[:, 0] / 1000.0).tolist(), level.tolist(), strict=True))
    for k in range(len(samples)):
        here = of[samples[k, TIME_S]]
        assert here != UNKNOWN
        gap = samples[k, GAP] - samples[k, GAP_ERROR] - samples[k, GAP_SIGMA]
        if here != MAY_BE_NEAR:
            assert gap > 200.0
        if here in (APART, FAR):
            assert low_gap(samples, k) > (1000.0 if here == FAR else 280.0)
    assert len(samples) == int((level != UNKNOWN).sum())


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


def test_one_that_comes_to_a_moored_ship_is_timed_by_its_fixes():
    quay = moored()
    mother = Boat(563000001, quay, length=250.0, beam=30.0, bow=210.0)
    daughter = Boat(563000002, visit(beside(quay, 4.0, 25.0), 8.0, 18.0), length=110.0, beam=20.0,
                    bow=90.0)  # fmt: skip
    row = encounters((mother, daughter)).row(0, named=True)
    assert abs(row["start_utc"] - START - timedelta(hours=8)) <= timedelta(minutes=8)
    assert abs(row["end_utc"] - START - timedelta(hours=18)) <= timedelta(minutes=8)
    assert row["samples"] < 200  # of 400 fixes
    assert abs(row["hull_gap_median_m"] - 4.0) < 8.0


def test_pairs_are_measured_alike_however_they_are_put_together(monkeypatch):
    ships = [
        Boat(563000001 + k, moored(east=60.0 * (k % 4), north=90.0 * (k // 4)), every_s=300.0)
        for k in range(9)
    ]
    whole = encounters(ships)
    module = importlib.import_module("pipeline.rendezvous.examine")
    monkeypatch.setattr(module, "PAIRS_AT_ONCE", 3)
    assert len(whole) > 20
    assert encounters(ships).equals(whole)
    assert isinstance(whole, pl.DataFrame)
