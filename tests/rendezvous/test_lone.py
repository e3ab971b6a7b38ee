"""Transfers of which one ship was heard: what a typed draught proves, and what it does not."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from pipeline.schema import DRAUGHTS
from tests.rendezvous.scenes import START, Boat, beside, drift, encounters, moored, visit


def under_way_but(from_h, to_h, slow, speed_ms=6.0):
    """A ship that steams east, lies as `slow` says from one hour to another, and steams on."""

    def at(t):
        x, y, h = slow(min(max(t, from_h * 3600.0), to_h * 3600.0))
        x += speed_ms * (min(0.0, t - from_h * 3600.0) + max(0.0, t - to_h * 3600.0))
        return x, y, h

    return at


def typed(*rows):
    return pl.DataFrame(
        [
            {"track": track, "time": START + timedelta(hours=hour), "draught_m": draught}
            for track, hour, draught in rows
        ],
        schema={"track": pl.Int32, "time": DRAUGHTS["time"], "draught_m": pl.Float32},
    )


def loiterer(slow=None, **changes: Any):
    motion = under_way_but(5.0, 13.0, slow or drift())
    return Boat(412000001, motion, **changes)


def one_sided(boats, draughts, **where):
    found = encounters(boats, draughts=draughts, **where)
    return found.filter((pl.col("kind") == "one_sided") & (pl.col("class") == "transfer"))


@pytest.mark.parametrize("typed_h", [12.5, 13.5, 20.0])
def test_a_draught_that_changed_offshore_is_a_lead(typed_h):
    found = one_sided([loiterer()], typed((0, 0.0, 9.8), (0, typed_h, 7.4)))
    assert len(found) == 1
    row = found.row(0, named=True)
    assert row["mmsi_b"] is None
    assert row["draught_change_a_m"] == pytest.approx(-2.4)
    assert abs(row["start_utc"] - START - timedelta(hours=5)) < timedelta(minutes=30)
    assert abs(row["end_utc"] - START - timedelta(hours=13)) < timedelta(minutes=30)


def test_drifting_alone_is_none():
    assert one_sided([loiterer()], typed((0, 0.0, 9.8))).is_empty()


def test_nor_is_a_day_s_fuel():
    assert one_sided([loiterer()], typed((0, 0.0, 9.8), (0, 14.0, 9.6))).is_empty()


def test_a_berth_explains_the_draught():
    drifting = under_way_but(2.0, 6.0, drift())

    def motion(t):
        x, y, h = drifting(min(t, 10 * 3600.0))
        return (x, y, h) if t < 10 * 3600 else (x, y, 60.0)

    draughts = typed((0, 0.0, 9.8), (0, 16.0, 7.4))
    assert one_sided([Boat(412000001, motion, status=0)], draughts).is_empty()


def test_near_the_shore_it_is_no_lead():
    draughts = typed((0, 0.0, 9.8), (0, 14.0, 7.4))
    assert one_sided([loiterer()], draughts, shore_km=0.5).is_empty()


def test_a_partner_that_was_heard_explains_it():
    m = under_way_but(5.0, 13.0, drift())
    partner = Boat(
        412000002, visit(beside(m, 4.0, 22.5), 6.0, 12.0), length=95.0, beam=15.0, bow=78.0
    )
    draughts = typed((0, 0.0, 9.8), (0, 14.0, 9.0), (1, 0.0, 3.0), (1, 14.0, 5.0))
    found = encounters([Boat(412000001, m), partner], draughts=draughts)
    assert found.filter(pl.col("class") == "transfer")["kind"].to_list() == ["pair"]
    pair = found.filter(pl.col("kind") == "pair").row(0, named=True)
    assert pair["draught_change_a_m"] == pytest.approx(-0.8)
    assert pair["draught_change_b_m"] == pytest.approx(2.0)


def test_a_moored_ship_is_no_lead():
    boat = Boat(412000001, moored(), status=5)
    assert one_sided([boat], typed((0, 0.0, 9.8), (0, 14.0, 7.4))).is_empty()


def test_a_deep_ship_s_decimetres_are_water_and_fuel():
    draughts = typed((0, 0.0, 20.8), (0, 14.0, 20.5))
    assert one_sided([loiterer(length=333.0, beam=60.0, bow=280.0)], draughts).is_empty()


def rides(pivot_ahead_m):
    """Riding by the bow to a fixed point, turning with the tide."""

    def at(t):
        h = 90.0 + 70.0 * math.sin(2 * math.pi * t / 44_000.0)
        r = math.radians(h)
        back = 90.0 + pivot_ahead_m  # from the hull's centre to the point
        return -back * math.sin(r), -back * math.cos(r), h

    return at


@pytest.mark.parametrize(("pivot_m", "leads"), [(50.0, 0), (220.0, 1)])
@pytest.mark.parametrize("heading_known", [True, False])
def test_riding_to_a_buoy_is_no_lead_and_riding_to_an_anchor_is(pivot_m, leads, heading_known):
    motion = under_way_but(2.0, 21.0, rides(pivot_m))
    boat = Boat(412000001, motion, heading_known=heading_known)
    draughts = typed((0, 0.0, 6.0), (0, 21.5, 11.0))
    assert len(one_sided([boat], draughts)) == leads
