from typing import Any

import polars as pl
import pytest

from tests.cleaning.ships import MMSI, at, cleaned, sailing, statics


def vessel(rows, positions=None):
    result, _ = cleaned(sailing() if positions is None else positions, statics(rows))
    return result.vessels.row(0, named=True)


def test_the_value_reported_most_often_counts():
    rows = [
        {"name": "RIGHT", "reports": 50},
        {"name": "RIGTH", "reports": 2},
        {"name": "RIGHT", "reports": 1},
    ]
    found = vessel(rows)
    assert found["name"] == "RIGHT"
    assert found["flags"] is None


def test_a_changed_name_is_flagged():
    assert vessel([{"name": "OLD"}, {"name": "NEW", "reports": 9}])["flags"] == "name_changed"


def test_a_changed_imo_number_is_flagged_among_other_flags():
    rows = [{"imo": 9074729, "mmsi": 123456789}, {"imo": 1234567, "mmsi": 123456789}]
    found = vessel(rows, sailing(mmsi=123_456_789))
    assert found["flags"] == "fabricated_mmsi;imo_changed"


def test_of_values_reported_as_often_the_one_heard_later_counts():
    assert vessel([{"name": "ZZ"}, {"name": "AA"}])["name"] == "AA"


def test_values_that_were_seldom_known_are_taken_from_where_they_were():
    rows = [{"callsign": "DABC", "reports": 1}, {"callsign": None, "reports": 500}]
    assert vessel(rows)["callsign"] == "DABC"


def test_a_hull_is_taken_whole_and_complete_ones_are_preferred():
    plain = {"length_m": 201.0, "beam_m": 31.0, "reports": 60}
    complete = {"a_m": 150, "b_m": 50, "c_m": 10, "d_m": 20, "reports": 40}
    found = vessel([plain, complete])
    assert [found[x] for x in ("length_m", "beam_m", "a_m", "d_m")] == [200, 30, 150, 20]


def test_a_complete_hull_seldom_reported_does_not_win():
    plain = {"length_m": 201.0, "beam_m": 31.0, "reports": 95}
    odd = {"a_m": 15, "b_m": 5, "c_m": 1, "d_m": 2, "reports": 5}
    assert vessel([plain, odd])["length_m"] == 201.0


def test_a_ship_that_typed_nothing_is_there_all_the_same():
    found = vessel([])
    assert found["mmsi"] == MMSI
    assert found["name"] is None
    assert found["class_b"] is False
    assert found["fixes"] == 360


def test_draughts_are_a_series_of_changes():
    rows: list[dict[str, object]] = [{"draught_m": d} for d in (8.0, 8.0, 0.0, None, 12.5, 12.5)]
    rows.append({"draught_m": 8.0, "first_time": at(24 * 3600)})
    result, _ = cleaned(sailing(), statics(rows))
    assert result.draughts["draught_m"].to_list() == pytest.approx([8.0, 12.5, 8.0])
    assert result.draughts["time"].to_list() == [at(0), at(4 * 3600), at(24 * 3600)]


def two_ships():
    east = sailing(hours=8)
    south = sailing(lat=-20.0, lon=100.0, hours=8, every_s=90, begin_s=7.0, first_row=5000)
    return pl.concat([east, south])


def test_each_ship_of_a_number_gets_what_was_typed_where_it_was():
    rows = [
        {"name": "EAST", "lat": 50.0, "lon": 0.0, "first_time": at(0), "draught_m": 10.0},
        {"name": "EAST", "lat": 50.0, "lon": 0.518, "first_time": at(7200), "draught_m": 11.0},
        {"name": "SOUTH", "lat": -20.0, "lon": 100.0, "first_time": at(0), "draught_m": 5.0},
    ]
    result, _ = cleaned(two_ships(), statics(rows))
    assert result.vessels["name"].to_list() == ["EAST", "SOUTH"]
    assert result.draughts.select("track", "draught_m").rows() == [(0, 10.0), (0, 11.0), (1, 5.0)]


def test_what_was_typed_at_a_false_place_goes_with_its_name():
    rows = [
        {"name": "EAST", "lat": 50.0, "lon": 0.0, "first_time": at(0), "draught_m": 10.0},
        {"name": "EAST", "lat": -12.0, "lon": 90.0, "first_time": at(3600), "draught_m": 11.0},
        {"name": "SOUTH", "lat": -20.0, "lon": 100.0, "first_time": at(0), "draught_m": 5.0},
        {"name": "SOUTH", "lat": 91.0, "lon": 181.0, "first_time": at(3600), "draught_m": 6.0},
    ]
    result, _ = cleaned(two_ships(), statics(rows))
    assert result.vessels["name"].to_list() == ["EAST", "SOUTH"]
    assert result.vessels["flags"].to_list() == ["shared_mmsi", "shared_mmsi"]
    assert result.draughts.select("track", "draught_m").rows() == [
        (0, 10.0),
        (0, 11.0),
        (1, 5.0),
        (1, 6.0),
    ]


def test_what_was_typed_without_a_place_goes_with_its_name():
    rows = [
        {"name": "SOUTH", "lat": -20.0, "lon": 100.0, "first_time": at(0)},
        {"name": "SOUTH", "first_time": at(3600), "draught_m": 6.0},
    ]
    result, _ = cleaned(two_ships(), statics(rows))
    assert result.draughts["track"].to_list() == [1]


def test_what_was_typed_without_any_place_goes_to_the_ship_heard_in_those_hours():
    early = sailing(hours=4)
    late = sailing(lat=-20.0, lon=100.0, hours=3, begin_s=5 * 3600, first_row=5000)
    rows = [{"name": "LATE", "first_time": at(3600.0 * h)} for h in (5, 6, 7)]
    result, _ = cleaned(pl.concat([early, late]), statics(rows))
    assert result.vessels["name"].to_list() == [None, "LATE"]


def test_statics_of_numbers_never_heard_at_a_place_are_left_out():
    result, _ = cleaned(sailing(), statics([{"mmsi": 244_000_000, "name": "ELSEWHERE"}]))
    assert result.vessels["mmsi"].to_list() == [MMSI]


def test_two_ships_that_type_the_same_name_keep_their_own_draughts():
    rows = [
        {"name": "SAME", "lat": 50.0, "lon": 0.0, "first_time": at(0), "draught_m": 10.0},
        {"name": "SAME", "lat": -20.0, "lon": 100.0, "first_time": at(60), "draught_m": 5.0},
    ]
    result, _ = cleaned(two_ships(), statics(rows))
    assert result.vessels["name"].to_list() == ["SAME", "SAME"]
    assert result.draughts.select("track", "draught_m").rows() == [(0, 10.0), (1, 5.0)]


@pytest.mark.parametrize(
    ("mmsi", "flags"), [(992_111_234, "aid_to_navigation;light_vessel_or_large_buoy"), (MMSI, None)]
)
def test_an_aid_to_navigation_is_kept_and_flagged(mmsi, flags):
    rows = [{"mmsi": mmsi, "name": "WRECK BUOY", "ship_type": 31, "length_m": 4.0}]
    found = vessel(rows, sailing(mmsi=mmsi, speed_kn=0))
    assert (found["flags"], found["name"], found["length_m"]) == (flags, "WRECK BUOY", 4.0)
    assert found["ship_type"] == (None if flags else 31)  # of an aid: a buoy of some kind


def test_two_ships_heard_in_the_same_hours_keep_no_draught_that_may_be_the_others():
    rows = [
        {"name": name, "imo": imo, "first_time": at(3600.0 * h), "draught_m": draught}
        for h in range(8)
        for name, imo, draught in (("EAST", 9074729, 6.1), ("SOUTH", 1234567, 7.0))
    ]
    result, ledger = cleaned(two_ships(), statics(rows))
    assert result.vessels["track_id"].to_list() == [str(MMSI), f"{MMSI}/2"]
    assert result.draughts.is_empty()
    assert ledger.blanked["cleaning.draught_of_which_ship"] == 160


def test_of_two_ships_the_one_heard_for_less_gets_what_was_typed_while_it_was_heard():
    long = sailing(hours=8)
    short = sailing(lat=-20.0, lon=100.0, hours=3, begin_s=3600.0, first_row=5000)
    rows = [
        {"name": name, "first_time": at(3600.0 * h), "draught_m": draught}
        for name, draught, hours in (("LONG", 6.1, range(8)), ("SHORT", 7.0, range(1, 4)))
        for h in hours
    ]
    result, _ = cleaned(pl.concat([long, short]), statics(rows))
    assert result.vessels["name"].to_list() == ["LONG", "SHORT"]
    assert result.draughts["draught_m"].to_list() == pytest.approx([6.1, 7.0])


def test_what_came_with_no_identity_is_no_ships_draught_where_there_are_two():
    rows = [{"first_time": at(3600.0 * h), "draught_m": 6.1} for h in range(8)]
    result, ledger = cleaned(two_ships(), statics(rows))
    assert result.draughts.is_empty()
    assert ledger.blanked["cleaning.draught_of_which_ship"] == 80


def test_values_that_came_with_another_ships_imo_number_are_not_the_ships():
    own: dict[str, object] = {
        "imo": 9074729,
        "name": "OWN",
        "length_m": 200.0,
        "beam_m": 30.0,
        "draught_m": 9.0,
    }
    other: dict[str, object] = {"imo": 1234567, "length_m": 90.0, "beam_m": 15.0}
    other |= {"ship_type": 80, "draught_m": 5.0}
    times = [at(h * 3600.0 * 8) for h in range(4)]
    rows = [
        {**typed, "first_time": time}
        for typed, time in zip((own, other, own, own), times, strict=True)
    ]
    result, ledger = cleaned(sailing(), statics(rows))
    found = result.vessels.row(0, named=True)
    assert (found["imo"], found["length_m"], found["ship_type"]) == (9074729, 200.0, None)
    assert found["flags"] == "imo_changed"
    assert result.draughts["draught_m"].to_list() == [9.0]
    assert ledger.blanked == {"cleaning.draught_of_another_ship": 10}


def test_a_number_that_passes_to_another_ship_keeps_both_draughts():
    rows = [{"imo": 9074729, "draught_m": 9.0, "reports": 30, "first_time": at(0)}]
    rows.append({"imo": 1234567, "draught_m": 5.0, "first_time": at(5 * 3600)})
    result, _ = cleaned(sailing(), statics(rows))
    assert result.draughts["draught_m"].to_list() == [9.0, 5.0]


def test_an_aid_says_what_it_is():
    mmsi = 992_111_234
    rows: list[dict[str, Any]] = [
        {"mmsi": mmsi, "ship_type": 24 + 32, "reports": 9},
        {"mmsi": mmsi, "ship_type": 24 + 64, "reports": 1, "first_time": at(3600)},
    ]
    found = cleaned(sailing(speed_kn=0.0, mmsi=mmsi), statics(rows))[0].vessels.row(0, named=True)
    assert found["flags"] == "aid_to_navigation;buoy_port_hand;virtual_aid"
    assert 'ship_type "virtual buoy port hand" 9 reports' in found["values_seen"]
    assert 'ship_type "buoy port hand, off position" 1 reports' in found["values_seen"]
