"""One meeting or two, from when to when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.rendezvous.scenes import START, Boat, beside, drift, encounters, visit

MOTHER = drift()
DAUGHTER_BESIDE = beside(MOTHER, gap_m=4.0, beams=25.0)


def mother(**changes):
    return Boat(563000001, MOTHER, length=250.0, beam=30.0, bow=210.0, **changes)


def daughter(motion, **changes):
    return Boat(563000002, motion, length=110.0, beam=20.0, bow=90.0, **changes)


def transfers(*boats, **where):
    found = encounters(boats, **where)
    return found.filter(found["class"] == "transfer")


def assert_times(row, from_h, to_h, minutes):
    assert abs(row["start_utc"] - START - timedelta(hours=from_h)) <= timedelta(minutes=minutes)
    assert abs(row["end_utc"] - START - timedelta(hours=to_h)) <= timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(31.5, -119.2), (0.01, 1.0), (-0.02, 179.98), (54.0, -179.99), (80.0, 20.0), (-77.0, 180.0)],
    ids=["california", "equator", "equator and antimeridian", "antimeridian", "80 north", "south"],
)
def test_a_visit_is_one_transfer_anywhere_and_across_midnight(lat, lon):
    found = transfers(mother(), daughter(visit(DAUGHTER_BESIDE, 3.0, 8.0)), lat=lat, lon=lon)
    assert len(found) == 1
    row = found.row(0, named=True)
    assert_times(row, 3.0, 8.0, minutes=8)
    assert -10.0 < row["hull_gap_median_m"] < 18.0
    assert row["hull_gap_low_m"] <= row["hull_gap_median_m"] <= row["hull_gap_high_m"]


def test_head_to_tail_the_hulls_are_as_near_though_the_antennas_are_far():
    turned = beside(MOTHER, gap_m=4.0, beams=25.0, turned=180.0)
    found = transfers(mother(), daughter(visit(turned, 3.0, 8.0)))
    assert len(found) == 1
    assert found["distance_median_m"][0] > 100.0
    assert found["heading_difference_deg"][0] > 175.0
    assert abs(found["hull_gap_median_m"][0] - 4.0) < 12.0


def test_two_visits_with_a_departure_between_are_two():
    first, second = visit(DAUGHTER_BESIDE, 2.0, 5.0), visit(DAUGHTER_BESIDE, 8.0, 11.0)
    found = transfers(mother(), daughter(lambda t: first(t) if t < 6.5 * 3600 else second(t)))
    assert len(found) == 2
    assert_times(found.row(0, named=True), 2.0, 5.0, minutes=8)
    assert_times(found.row(1, named=True), 8.0, 11.0, minutes=8)


@pytest.mark.parametrize("silent_h", [(4.0, 8.0), (3.5, 10.0)])
def test_a_silence_inside_is_bridged_and_told(silent_h):
    found = transfers(mother(), daughter(visit(DAUGHTER_BESIDE, 3.0, 11.0), silent=[silent_h]))
    assert len(found) == 1
    row = found.row(0, named=True)
    assert_times(row, 3.0, 11.0, minutes=8)
    heard = (row["duration_h"], row["observed_h"], row["silence_b_h"], row["silence_a_h"])
    silence = silent_h[1] - silent_h[0]
    assert heard[2] == pytest.approx(silence, abs=0.15)
    assert heard[1] == pytest.approx(heard[0] - silence, abs=0.15)
    assert heard[3] == 0.0


def test_a_departure_in_the_partners_silence_is_seen_from_the_ship_that_was_heard():
    first, second = visit(DAUGHTER_BESIDE, 2.0, 5.0), visit(DAUGHTER_BESIDE, 8.0, 11.0)
    both = encounters(
        [
            mother(silent=[(4.5, 8.5)]),
            daughter(lambda t: first(t) if t < 6.5 * 3600 else second(t)),
        ]
    )
    assert len(both.filter(both["class"] == "transfer")) == 2


def test_a_jump_of_positions_does_not_end_a_meeting():
    def jumping(t):
        x, y, h = visit(DAUGHTER_BESIDE, 3.0, 8.0)(t)
        return (x + 900.0, y, h) if 5.0 * 3600 < t < 5.1 * 3600 else (x, y, h)

    found = transfers(mother(), daughter(jumping))
    assert len(found) == 1
    assert_times(found.row(0, named=True), 3.0, 8.0, minutes=8)


def test_two_fixes_an_hour_are_enough():
    found = transfers(
        mother(every_s=1800.0), daughter(visit(DAUGHTER_BESIDE, 3.0, 9.0), every_s=1800.0)
    )
    assert len(found) == 1
    assert_times(found.row(0, named=True), 3.0, 9.0, minutes=35)
