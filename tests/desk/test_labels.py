from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from pipeline import schema
from pipeline.desk.labels import label_of_each, read_labels
from pipeline.errors import UsageError

HEAD = "mmsi_a,mmsi_b,start_utc,end_utc\n"
ROW = "412000001,412000002,2026-03-14T22:00:00Z,2026-03-15T05:00:00Z\n"


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "labels.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def fails(path):
    with pytest.raises(UsageError) as error:
        read_labels(path)
    return str(error.value)


def test_a_list_of_pairs_is_confirmed(write):
    (label,) = read_labels(write(HEAD + ROW))
    assert label.ships == {412000001, 412000002}
    assert label.start == datetime(2026, 3, 14, 22, tzinfo=UTC)
    assert (label.verdict, label.line) == ("confirmed", 2)


def test_the_reports_verdicts(write):
    labels = read_labels(
        write(
            "event_id,verdict,mmsi_a,mmsi_b,start_utc,end_utc,note\r\n"
            'e1,rejected,1,2,2026-03-14T22:00:00Z,2026-03-15T05:00:00Z,"two, tugs"\r\n'
            "e2,,3,,2026-03-14T22:00:00Z,2026-03-15T05:00:00Z,look again\r\n"
        )
    )
    assert [label.verdict for label in labels] == ["rejected", "unsure"]
    assert labels[1].ships == {3}


def test_real_labels(real_ais):
    (label,) = read_labels(real_ais / "socal_2018-06-04.labels.csv")
    assert label.ships == {636017969, 235076283}
    assert label.end - label.start == timedelta(hours=11, minutes=1)


def test_a_time_without_a_zone_is_utc(write):
    (label,) = read_labels(write(HEAD + "1,2,2026-03-14 22:00,2026-03-15T06:00+01:00\n"))
    assert label.end - label.start == timedelta(hours=7)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("41200000x,2,2026-03-14T22:00Z,2026-03-15T05:00Z", "mmsi_a '41200000x' is no MMSI"),
        (",2,2026-03-14T22:00Z,2026-03-15T05:00Z", "mmsi_a '' is no MMSI"),
        ("1,2000000000,2026-03-14T22:00Z,2026-03-15T05:00Z", "mmsi_b '2000000000'"),
        ("1,2,yesterday,2026-03-15T05:00Z", "start_utc 'yesterday' is no time"),
        ("1,2,2026-03-14T22:00Z", "end_utc '' is no time"),
        ("1,2,2026-03-15T22:00Z,2026-03-15T05:00Z", "end_utc is before start_utc"),
    ],
)
def test_a_bad_row_is_named(write, row, what):
    text = fails(write(HEAD + ROW + row + "\n"))
    assert "labels.csv" in text
    assert f"line 3: {what}" in text


def test_a_verdict_that_is_none_is_named(write):
    path = write("verdict," + HEAD + "maybe," + ROW)
    assert "line 2: verdict 'maybe' is none of confirmed, rejected, unsure" in fails(path)


def test_all_bad_rows_are_told_at_once(write):
    assert fails(write(HEAD + "x,2,a,b\n" * 12)).count("line ") == 10


def test_columns_that_are_missing_are_named(write):
    text = fails(write("mmsi_b,start_utc\n1,2\n"))
    assert "mmsi_a, and end_utc or last_alongside_utc" in text
    assert "found: mmsi_b, start_utc" in text


def test_a_file_without_labels(write):
    assert "no labels below the header" in fails(write(HEAD))


def test_one_event_labelled_twice_is_one_label(write):
    later = "412000002,412000001,2026-03-15T04:00:00Z,2026-03-15T06:00:00Z\n"
    (label,) = read_labels(write(HEAD + ROW + later))
    assert label.end - label.start == timedelta(hours=8)


def test_labels_that_contradict_each_other_are_named(write):
    path = write("verdict," + HEAD + "confirmed," + ROW + "rejected," + ROW)
    assert "line 3: rejected, but line 2 says confirmed" in fails(path)


def test_a_file_that_is_no_csv(tmp_path):
    path = tmp_path / "labels.xlsx"
    path.write_bytes(b"PK\x03\x04\0\0")
    assert "labels.xlsx: no text file" in fails(path)


def encounter(a, b, start_h, end_h):
    begin = datetime(2026, 3, 14, 22, tzinfo=UTC)
    return {
        "mmsi_a": a,
        "mmsi_b": b,
        "start_utc": begin + timedelta(hours=start_h),
        "end_utc": begin + timedelta(hours=end_h),
    }


def test_an_encounter_belongs_to_the_label_of_its_ships_it_overlaps_longest(write):
    labels = read_labels(
        write(
            HEAD
            + "1,2,2026-03-14T22:00Z,2026-03-15T00:00Z\n"
            + "1,2,2026-03-15T01:00Z,2026-03-15T05:00Z\n"
            + "3,,2026-03-15T01:00Z,2026-03-15T05:00Z\n"
        )
    )
    rows = [
        encounter(1, 2, -1, 1),  # the first
        encounter(2, 1, 1, 6),  # both, the second longer
        encounter(1, 2, 20, 22),  # long after
        encounter(1, 3, 0, 5),  # other ships
        encounter(3, None, 4, 5),  # alone
        encounter(3, 1, 4, 5),  # not alone
    ]
    table = schema.conform(pl.DataFrame(rows, infer_schema_length=None), schema.ENCOUNTERS)
    assert label_of_each(table, labels) == [0, 1, None, None, 2, None]
