"""How candidates are counted, and the scripts they are compared with."""

import json

import polars as pl
import pytest

from benchmarks import baselines
from benchmarks.scoring import calibration_error, read_candidates, score, summary

ONE = {"label": "sts", "kind": "x", "mmsi_a": 1, "mmsi_b": 2, "visible": True,
       "start": "2024-01-01T02:00:00Z", "end": "2024-01-01T06:00:00Z"}  # fmt: skip
TWO = {**ONE, "start": "2024-01-01T12:00:00Z", "end": "2024-01-01T20:00:00Z"}
DARK = {**ONE, "label": "dark", "kind": "d", "mmsi_a": 3, "mmsi_b": None}
DECOY = {**ONE, "label": "decoy", "kind": "y", "mmsi_a": 4, "mmsi_b": 5}


def candidate(a, b, start, end, **more):
    times = {"start_utc": f"2024-01-01T{start}:00Z", "end_utc": f"2024-01-01T{end}:00Z"}
    return {"mmsi_a": a, "mmsi_b": b, **times, **more}


def test_a_candidate_that_joins_two_events_finds_only_the_longer():
    result = score([candidate(1, 2, "01:00", "21:00")], [ONE, TWO])
    assert result.total("sts").found == 1
    assert result.missed == [ONE]


def test_pieces_are_counted_and_errors_taken_from_first_to_last():
    pieces = [candidate(2, 1, "02:10", "03:00"), candidate(1, 2, "04:00", "05:30")]
    result = score(pieces, [ONE])
    assert result.pieces == [2]
    assert result.start_error_min == [10.0]
    assert result.end_error_min == [30.0]


def test_what_overlaps_nothing_is_unmatched():
    strangers = [candidate(1, 9, "02:00", "06:00"), candidate(1, 2, "07:00", "08:00")]
    result = score(strangers, [ONE])
    assert result.unmatched == strangers
    assert result.total("sts").found == 0


def test_one_sided_and_decoys_have_tallies_of_their_own():
    found = [
        candidate(3, None, "03:00", "05:00", score=0.9),
        candidate(4, 5, "03:00", "05:00", score=0.4),
    ]
    result = score(found, [ONE, DARK, DECOY, {**DARK, "mmsi_a": 7, "visible": False}])
    assert (result.total("dark").found, result.total("dark").events) == (1, 2)
    assert result.total("dark").seen == 1
    assert result.wrong == [DECOY]
    assert sorted(result.graded) == [(0.4, False), (0.9, True)]
    assert "one-sided 1/2 (seen 1/1), others reported 1/1" in summary(result)


def test_scores_join():
    total = score([candidate(1, 2, "02:00", "06:00")], [ONE])
    total.join(score([], [ONE, DECOY]))
    assert (total.total("sts").found, total.total("sts").events) == (1, 2)
    assert total.candidates == 1


def test_calibration_error_is_zero_where_scores_are_shares():
    assert calibration_error([]) is None
    assert calibration_error([(0.75, True)] * 3 + [(0.75, False)]) == pytest.approx(0.0)
    assert calibration_error([(0.95, False)] * 4) == pytest.approx(0.95)


def reports(lat_b, hours, sog=0.5, tanker=True):
    rows = []
    for minute in range(0, int(hours * 60) + 1, 5):
        rows.append((1, minute * 60, 10.0, 20.0, sog, True))
        rows.append((2, minute * 60, lat_b, 20.0, sog, tanker))
    return pl.DataFrame(rows, schema=["mmsi", "time", "lat", "lon", "sog", "tanker"], orient="row")


@pytest.mark.parametrize(
    ("near", "script", "found"),
    [(reports(10.002, 3.0), baselines.USUAL, 1), (reports(10.006, 3.0), baselines.USUAL, 0),
     (reports(10.002, 1.5), baselines.USUAL, 0), (reports(10.002, 3.0, sog=4), baselines.USUAL, 0),
     (reports(10.002, 3.0), baselines.TANKERS, 0), (reports(10.001, 3.0), baselines.TANKERS, 1),
     (reports(10.001, 3.0, tanker=False), baselines.TANKERS, 0)],
)  # fmt: skip
def test_the_scripts_do_what_they_are_said_to(near, script, found):
    assert len(baselines.run(near, script)) == found


def test_a_scripts_candidates_can_be_scored(tmp_path):
    file = tmp_path / "c.geojson"
    baselines.write(baselines.run(reports(10.001, 3.0), baselines.USUAL), file)
    (read,) = read_candidates(file)
    assert (read["mmsi_a"], read["start_utc"]) == (1, "1970-01-01T00:05:00Z")  # the last of a bin
    assert json.loads(file.read_text())["features"][0]["geometry"]["coordinates"] == [20.0, 10.0]
