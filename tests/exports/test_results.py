from datetime import timedelta

import polars as pl

from pipeline import schema
from pipeline.exports.results import candidates, examined
from tests.exports.conftest import BEGIN


def test_candidates_come_best_first_those_without_score_last(world):
    world.meet(205000001, 205000002, score=None)
    world.meet(205000003, 205000004, score=0.4)
    world.meet(205000005, 205000006, score=0.9)
    world.meet(205000007, 205000008, score=0.9, start=BEGIN - timedelta(hours=1))
    world.meet(205000009, 205000010, candidate=False)
    assert candidates(world.results())["event_id"].to_list() == [
        "E0003",
        "E0002",
        "E0001",
        "E0000",
    ]


def test_a_candidate_without_volume_stays(world):
    world.meet(205000001, 205000002)
    world.volumes.clear()
    assert candidates(world.results())["volume_median_bbl"].to_list() == [None]


def test_examined_vessels_are_those_of_every_encounter_the_rejected_too(world):
    world.vessel(205000099)
    world.meet(205000001, 205000002)
    world.meet(205000003, 205000004, candidate=False)
    kept = examined(world.results(), margin_h=3.0)
    assert kept.vessels["mmsi"].to_list() == [205000001, 205000002, 205000003, 205000004]
    assert kept.vessels["track"].to_list() == [0, 1, 2, 3]
    assert kept.vessels.columns == list(schema.VESSELS)


def test_examined_fixes_are_those_around_the_encounters(world):
    world.meet(205000001, None, hours=1.0)
    kept = examined(world.results(), margin_h=3.0)
    fixes = pl.concat(kept.fixes)
    assert fixes["time"].min() == BEGIN - timedelta(hours=3)
    assert fixes["time"].max() == BEGIN + timedelta(hours=4)
    assert fixes.columns == ["track_id", *schema.FIXES]


def test_overlapping_and_nested_encounters_keep_each_fix_once(world):
    world.meet(205000001, 205000002, hours=12.0)
    world.meet(205000001, 205000003, start=BEGIN + timedelta(hours=2), hours=1.0, tracks=False)
    world.meet(205000001, 205000004, start=BEGIN + timedelta(hours=11), hours=5.0, tracks=False)
    fixes = pl.concat(examined(world.results(), margin_h=3.0).fixes)
    kept = fixes.filter(pl.col("track_id") == "205000001")
    assert kept.select("track", "time").is_unique().all()
    assert kept["time"].min() == BEGIN - timedelta(hours=3)
    # The made-up track ends five hours after the first meeting, inside the last one's margin.
    assert kept["time"].max() == BEGIN + timedelta(hours=17)


def test_fixes_between_two_distant_encounters_are_left_out(world):
    world.meet(205000001, None, hours=1.0)
    world.meet(205000001, None, hours=1.0, start=BEGIN + timedelta(hours=48))
    times = pl.concat(examined(world.results(), margin_h=3.0).fixes)["time"]
    between = times.is_between(BEGIN + timedelta(hours=5), BEGIN + timedelta(hours=44))
    assert not between.any()


def test_a_track_is_numbered_alike_in_every_table(world):
    world.vessel(205000000)
    world.meet(205000001, 205000002)
    world.draughts.append({"track_id": "205000002", "time": BEGIN, "draught_m": 9.5})
    kept = examined(world.results(), margin_h=3.0)
    numbers = dict(kept.vessels.select("track_id", "track").iter_rows())
    for table in (*kept.fixes, kept.draughts):
        assert set(table.select("track_id", "track").iter_rows()) <= set(numbers.items())
    assert kept.draughts["draught_m"].to_list() == [9.5]
