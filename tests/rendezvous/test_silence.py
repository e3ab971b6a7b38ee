from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from pipeline.rendezvous.measures import SILENCE_MEASURES
from pipeline.rendezvous.silence import with_silences
from pipeline.schema import SILENCES, VESSELS, conform

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
HOUR_S = 3600.0
TANKER, CARGO = 80, 70


def silence(track, begin_h, end_h, verdict, lat=0.0, lon=0.0):
    return {
        "track": track,
        "gap_start": NOON + timedelta(hours=begin_h),
        "gap_end": NOON + timedelta(hours=end_h),
        "lat_start": lat,
        "lon_start": lon,
        "lat_end": lat,
        "lon_end": lon,
        "neighbours_heard": 3,
        "verdict": verdict,
    }


def gaps(*rows):
    return conform(pl.DataFrame(list(rows), schema=dict(SILENCES)), SILENCES)


def vessels(*types):
    rows = [{"track": k, "mmsi": 100 + k, "ship_type": kind} for k, kind in enumerate(types)]
    return conform(pl.DataFrame(rows), VESSELS)


def event(begin_h, end_h, a=0, b=1, **more):
    begin = NOON.timestamp()
    times = {"start_s": begin + begin_h * HOUR_S, "end_s": begin + end_h * HOUR_S}
    ships = {"track_a": a} if b is None else {"track_a": a, "track_b": b}
    return pl.DataFrame([{**ships, **times, **more}])


def lone(explains=1.0, lat=0.0, lon=0.0):
    return event(0, 10, b=None, lat=lat, lon=lon, draught_explains=explains)


def pair_of(*rows):
    pairs, _ = with_silences(event(0, 10), lone(), gaps(*rows), vessels(TANKER, TANKER))
    return pairs.row(0, named=True)


def dark(*rows, types=(TANKER, TANKER, TANKER), **how):
    _, found = with_silences(event(0, 10), lone(**how), gaps(*rows), vessels(*types))
    return found.row(0, named=True)


def test_a_silence_is_cut_to_the_event():
    row = pair_of(silence(1, -5, 2, "switched_off"))
    assert row["silence_cause_b"] == "switched_off"
    assert row["switched_off_b_h"] == pytest.approx(2.0)
    assert row["silence_cause_a"] is None
    assert row["switched_off_a_h"] == 0.0


def test_the_cause_is_that_of_most_of_the_silence():
    row = pair_of(silence(0, 1, 2, "switched_off"), silence(0, 4, 7, "out_of_range"))
    assert row["silence_cause_a"] == "out_of_range"
    assert row["switched_off_a_h"] == pytest.approx(1.0)


def test_of_two_causes_alike_the_one_that_claims_less():
    row = pair_of(silence(0, 1, 3, "switched_off"), silence(0, 5, 7, "unknown"))
    assert row["silence_cause_a"] == "unknown"


def test_a_silence_before_or_after_is_none_of_the_event():
    row = pair_of(silence(0, -3, -1, "switched_off"), silence(0, 11, 12, "switched_off"))
    assert row["silence_cause_a"] is None


def test_where_nobody_looked_nothing_is_said():
    for table in with_silences(event(0, 10), lone(), None, vessels(TANKER, TANKER)):
        assert table.select(list(SILENCE_MEASURES)).null_count().sum_horizontal()[0] == len(
            SILENCE_MEASURES
        )


def test_tankers_that_went_dark_nearby_may_be_the_partner():
    row = dark(silence(1, 2, 6, "switched_off", lat=0.1), silence(2, 1, 9, "switched_off"))
    assert row["dark_tankers"] == 2
    assert row["dark_tankers_mmsi"] == "101 102"


@pytest.mark.parametrize(
    "other",
    [
        silence(1, 2, 6, "out_of_range"),
        silence(1, 2, 6, "unknown"),
        silence(1, 2, 6, "switched_off", lat=1.0),  # 60 miles: four hours there, four back
        silence(1, 2, 2.9, "switched_off"),  # too short to move cargo
        silence(1, 9.5, 20, "switched_off"),  # half an hour of it within the spell
        silence(0, 2, 6, "switched_off"),  # the vessel itself
        silence(2, 2, 6, "switched_off"),  # no tanker
    ],
)
def test_who_cannot_have_been_there(other):
    row = dark(other, types=(TANKER, TANKER, CARGO))
    assert row["dark_tankers"] == 0
    assert row["dark_tankers_mmsi"] is None


def test_nobody_is_asked_for_where_no_draught_changed():
    assert dark(silence(1, 2, 6, "switched_off"), explains=0.0)["dark_tankers"] is None


def test_a_ship_not_heard_before_or_after_an_event_is_told_so_and_why():
    before = silence(0, -20, -0.5, "out_of_range", lat=None, lon=None) | {
        "lat_end": 0.0,
        "lon_end": 0.0,
    }
    after = silence(1, 10.5, 30, "switched_off") | {"lat_end": None, "lon_end": None}
    later = silence(0, 12, 30, "switched_off") | {"lat_end": None, "lon_end": None}
    pairs, _ = with_silences(
        event(0, 10), lone(), gaps(before, later, after), vessels(TANKER, TANKER)
    )
    assert pairs["silence_before_a"].to_list() == ["out_of_range"]
    assert pairs["silence_after_a"].to_list() == [None]  # heard for two hours after it
    assert pairs["silence_before_b"].to_list() == [None]
    assert pairs["silence_after_b"].to_list() == ["switched_off"]


def test_a_tanker_that_switched_off_and_was_not_heard_again_could_have_come():
    gone = silence(1, -1, 30, "switched_off") | {"lat_end": None, "lon_end": None}
    _, found = with_silences(event(0, 10), lone(), gaps(gone), vessels(TANKER, TANKER))
    assert found["dark_tankers"].to_list() == [1.0]
