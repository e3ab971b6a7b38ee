"""When a pair is looked at: every fix where a ship moves, few while both lie still."""

from __future__ import annotations

import importlib
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from pipeline.rendezvous.moments import (
    APART_STEP_S,
    STILL_ENDS_S,
    STILL_STEP_S,
    still_until,
)
from tests.rendezvous.by_hand import HOUR_MS, looked_at, ship
from tests.rendezvous.scenes import START, Boat, beside, encounters, moored, visit


def still(track):
    return still_until(
        np.array([0, len(track.time_ms)]),
        track.time_ms,
        track.lat,
        track.lon,
        track.heading_deg,
        HOUR_MS,
    )


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
