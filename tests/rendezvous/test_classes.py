"""What looks like a transfer and is none, and transfers that look like something else."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest

from tests.rendezvous.scenes import Boat, beside, drift, moored, pairs, swing, visit


def classes(boats, **where):
    return sorted(pairs(boats, **where)["class"].to_list())


def coaster(motion, **changes):
    given = {"length": 95.0, "beam": 15.0, "bow": 78.0, **changes}
    return Boat(412000002, motion, **given)


def tanker(motion, **changes):
    return Boat(412000001, motion, **changes)


def test_drifting_alongside():
    m = drift()
    assert classes([tanker(m), coaster(visit(beside(m, 4.0, 22.5), 2.0, 9.0))]) == ["transfer"]


def test_under_way_at_five_knots():
    m = drift(speed_kn=5.0, course=60.0, heading=60.0)
    assert classes([tanker(m), coaster(visit(beside(m, 4.0, 22.5), 2.0, 9.0, 12.0))]) == [
        "transfer"
    ]


def test_at_anchor_both_swing_as_one():
    m = swing()
    found = classes([tanker(m, status=1), coaster(visit(beside(m, 4.0, 22.5), 2.0, 16.0))])
    assert found == ["transfer"]


@pytest.mark.parametrize("apart_m", [60.0, 120.0, 200.0])
def test_neighbours_at_anchor_swing_together_but_apart(apart_m):
    boats = [
        tanker(swing(), status=1),
        coaster(swing(east=apart_m + 60.0, radius_m=180.0, phase=0.1), status=1),
    ]
    assert set(classes(boats)) <= {"anchored_neighbours"}


def test_berths_in_line_and_rafted():
    m = moored()
    assert classes([tanker(m, status=5), coaster(beside(m, 2.0, 22.5), status=5)]) == ["berth"]
    in_line = beside(m, -22.5, 22.5, ahead_m=170.0)
    assert classes([tanker(m, status=5), coaster(in_line, status=5)]) == ["berth"]


def test_under_the_shore_who_swings_is_at_anchor_and_who_lies_still_made_fast():
    """A drawn coast errs, and ships do anchor 300 m off: what they were seen to do decides."""
    m = swing(radius_m=100.0)
    boats = [tanker(m, status=1), coaster(visit(beside(m, 3.0, 22.5), 2.0, 12.0), status=1)]
    assert pairs(boats, shore_km=0.3)["class"].to_list() == ["transfer"]
    m = drift(speed_kn=0.02)
    boats = [tanker(m), coaster(visit(beside(m, 3.0, 22.5), 2.0, 12.0))]
    assert pairs(boats, shore_km=0.3)["rule"].to_list() == ["no_room_to_swing"]


def test_one_hull_with_two_transponders():
    m = drift(speed_kn=1.0)
    boats = [tanker(m), Boat(412000003, m, bow=120.0)]
    assert classes(boats) == ["same_hull"]
    narrow: dict[str, Any] = {"length": 60.0, "beam": 12.0, "bow": 50.0}
    assert classes([tanker(m, **narrow), Boat(412000003, m, **narrow)]) == ["same_hull"]


def test_a_tug_made_fast():
    m = drift(speed_kn=3.0, course=60.0)
    tug = coaster(visit(beside(m, 1.0, 20.0), 2.0, 5.0), length=30.0, beam=10.0, bow=10.0, kind=52)
    assert classes([tanker(m), tug]) == ["tug_or_tow"]


def test_a_crew_boat():
    m = drift()
    boat = coaster(visit(beside(m, 1.0, 19.0), 2.0, 4.0), length=25.0, beam=8.0, bow=8.0, kind=60)
    assert classes([tanker(m), boat]) == ["pilot_or_service"]


def test_a_bunker_tanker_at_a_container_ship():
    m = swing()
    box = Boat(412000001, m, length=330.0, beam=45.0, bow=250.0, kind=70, status=1)
    assert classes([box, coaster(visit(beside(m, 4.0, 30.0), 2.0, 8.0))]) == ["bunkering"]


def test_line_astern_on_one_course():
    m = drift(speed_kn=5.0, course=60.0, heading=60.0)
    astern = beside(m, -22.5, 22.5, ahead_m=-230.0)
    assert classes([tanker(m), coaster(astern)]) == ["line_astern"]


def test_pair_trawlers():
    m = drift(speed_kn=3.0, course=60.0, heading=60.0)
    boats = [
        Boat(412000001, m, length=24.0, beam=7.0, bow=12.0, kind=30, status=7),
        Boat(412000002, beside(m, 150.0, 7.0), length=24.0, beam=7.0, bow=12.0, kind=30, status=7),
    ]
    assert classes(boats) == ["pair_fishing"]


def test_a_cargo_ship_may_be_a_mistyped_tanker():
    m = drift()
    boats = [tanker(m, kind=70), coaster(visit(beside(m, 4.0, 22.5), 2.0, 9.0), kind=79)]
    assert classes(boats) == ["transfer"]


@pytest.mark.parametrize("missing", ["antenna", "dimensions", "headings", "all"])
def test_a_transfer_is_found_without(missing):
    gone: dict[str, Any] = {}
    if missing in ("antenna", "all"):
        gone["bow"] = None
    if missing in ("dimensions", "all"):
        gone["length"] = gone["beam"] = gone["bow"] = None
    if missing in ("headings", "all"):
        gone["heading_known"] = False
    m = drift()
    found = pairs([tanker(m, **gone), coaster(visit(beside(m, 4.0, 22.5), 2.0, 9.0), **gone)])
    assert found["class"].to_list() == ["transfer"]
    row = found.row(0, named=True)
    assert row["hull_gap_low_m"] <= 4.0 <= row["hull_gap_high_m"]


def test_moving_one_hull_away_crosses_the_line_once():
    m = swing()
    verdicts = [
        classes([tanker(m), coaster(visit(beside(m, gap, 22.5), 2.0, 16.0))]) == ["transfer"]
        for gap in range(0, 130, 10)
    ]
    assert verdicts[0]
    assert not verdicts[-1]
    assert sum(a != b for a, b in pairwise(verdicts)) == 1


def test_noise_does_not_matter():
    m = drift()
    for seed in range(8):
        boats = [
            tanker(m, noise_m=9.0),
            coaster(visit(beside(m, 4.0, 22.5), 2.0, 9.0), noise_m=9.0),
        ]
        assert classes(boats, seed=seed) == ["transfer"]


def test_passing_ships_are_not_listed():
    def crossing(t):
        return (t - 6 * 3600) * 2.0, math.sin(t / 3600.0) * 10.0, 90.0

    assert classes([tanker(moored(), status=1), coaster(crossing)]) == []


def test_a_supply_boat_at_an_anchored_ship_and_a_dredger_s_barge():
    m = swing()
    big = tanker(m, length=330.0, beam=58.0, bow=270.0, status=1)
    boat = coaster(visit(beside(m, 3.0, 37.0), 2.0, 6.0), length=75.0, beam=16.0, bow=20.0, kind=90)
    assert classes([big, boat]) == ["pilot_or_service"]
    dredger = tanker(m, length=130.0, beam=28.0, bow=30.0, kind=33, status=3)
    barge = coaster(visit(beside(m, 3.0, 21.5), 2.0, 5.0), kind=None)
    assert classes([dredger, barge]) == ["pilot_or_service"]


def test_positions_that_a_jammer_holds_on_one_spot_are_interference():
    def held(home_east):
        def at(t):
            if 4 * 3600 < t < 8 * 3600:  # the place is the jammer's, the heading still the ship's
                return 6.0 * math.sin(t / 700.0), 6.0 * math.cos(t / 900.0), (t / 120.0) % 360.0
            return home_east, 4000.0, 90.0

        return at

    boats = [tanker(held(3000.0), bow=90.0, status=1), coaster(held(-3500.0), bow=47.0, status=1)]
    assert classes(boats) == ["interference"]


def test_the_outer_two_of_a_raft_are_no_pair():
    m = drift()
    port = visit(beside(m, -4.0 - 60.0, 15.0), 2.0, 9.0)
    starboard = visit(beside(m, 4.0, 22.5), 2.5, 8.5)
    for known in (True, False):
        boats = [
            tanker(m, heading_known=known),
            coaster(starboard, heading_known=known),
            Boat(412000003, port, length=95.0, beam=15.0, bow=78.0, heading_known=known),
        ]
        found = pairs(boats)
        transfers = found.filter(found["class"] == "transfer").select("mmsi_a", "mmsi_b").rows()
        assert sorted(transfers) == [(412000001, 412000002), (412000001, 412000003)]


def test_one_turned_the_other_way_without_a_heading_is_still_beside():
    m = drift()
    turned = visit(beside(m, 4.0, 22.5, turned=180.0), 2.0, 9.0)
    found = pairs([tanker(m), coaster(turned, heading_known=False)])
    assert found["class"].to_list() == ["transfer"]
    assert found["overlap_most_share"][0] > 0.9


def test_ships_that_lie_together_for_days_move_no_cargo():
    m = swing()
    boats = [tanker(m, status=1, to_h=70.0), coaster(beside(m, 4.0, 22.5), status=1, to_h=70.0)]
    assert classes(boats) == ["anchored_neighbours"]
