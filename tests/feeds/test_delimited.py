from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config.feeds import FeedsConfig, TableLayout
from pipeline.feeds import Batch, streams
from pipeline.ledger import Ledger
from tests.feeds.made import MARINECADASTRE, ROW, find, read, times, write

PLAIN = "mmsi,timestamp,lat,lon,sog\n"


def test_a_stray_quote_costs_nothing_but_its_own_name(tmp_path: Path) -> None:
    bad = ROW.replace("EAGLE", '"EAGLE')
    batch, ledger = read(write(tmp_path / "a.csv", MARINECADASTRE + ROW + bad + ROW * 3))
    assert sorted(batch.positions["row"]) == [2, 3, 4, 5, 6]
    assert (ledger.rows_read, ledger.rows_used) == (5, 5)


def test_an_unquoted_comma_in_a_name_rejects_the_row_alone(tmp_path: Path) -> None:
    bad = ROW.replace("EAGLE", "EAGLE, THE")
    batch, ledger = read(write(tmp_path / "a.csv", MARINECADASTRE + ROW + bad + ROW))
    assert batch.positions["row"].to_list() == [2, 4]
    assert dict(ledger.rejected) == {"feeds.too_many_columns": 1}
    assert ledger.examples["feeds.too_many_columns"][0].startswith(f"{tmp_path}/a.csv:3: 367379190")


def test_quoted_commas_quotes_and_markup_in_names(tmp_path: Path) -> None:
    odd = ROW.replace("EAGLE", '"EAGLE, ""THE"" <b>|</b>"')
    batch, _ = read(write(tmp_path / "a.csv", MARINECADASTRE + odd))
    assert batch.statics["name"].to_list() == ['EAGLE, "THE" <b>|</b>']


def test_blank_lines_and_repeated_headers_are_no_rows(tmp_path: Path) -> None:
    text = MARINECADASTRE + "\n" + ROW + "   \n" + MARINECADASTRE + ROW + "\n\n"
    batch, ledger = read(write(tmp_path / "a.csv", text))
    assert batch.positions["row"].to_list() == [3, 6]
    assert ledger.rows_read == 2
    assert not ledger.rejected


def test_a_row_of_separators_is_counted(tmp_path: Path) -> None:
    _, ledger = read(write(tmp_path / "a.csv", MARINECADASTRE + ROW + "," * 16 + "\n"))
    assert dict(ledger.rejected) == {"feeds.bad_mmsi": 1}
    assert ledger.rows_read == 2


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("x,2022-01-01 00:00:00,1,2,3\n", "feeds.bad_mmsi"),
        (",2022-01-01 00:00:00,1,2,3\n", "feeds.bad_mmsi"),
        ("99999999999,2022-01-01 00:00:00,1,2,3\n", "feeds.bad_mmsi"),
        ("367379190,,1,2,3\n", "feeds.bad_time"),
        ("367379190,yesterday,1,2,3\n", "feeds.bad_time"),
        ("367379190,2022-13-01 00:00:00,1,2,3\n", "feeds.bad_time"),
        ("367379190,2022-01-01 00:00:00,north,2,3\n", "feeds.bad_position"),
        ("367379190,2022-01-01 00:00:00,1,,3\n", "feeds.bad_position"),
        ("367379190,2022-01-01 00:00:00,,,3\n", "feeds.no_position"),
        ("367379190,2022-01-01 00:00:00,nan,2,3\n", "feeds.bad_position"),
    ],
)
def test_each_fault_has_its_rule(tmp_path: Path, text: str, rule: str) -> None:
    good = "367379190,2022-01-01 00:00:00,1,2,3\n"
    batch, ledger = read(write(tmp_path / "a.csv", PLAIN + good * 200 + text + good))
    assert dict(ledger.rejected) == {rule: 1}
    assert ledger.examples[rule] == [f"{tmp_path}/a.csv:202: {text.strip()}"]
    assert batch.positions.height == 201
    assert batch.positions["row"][-1] == 203


def test_a_value_that_cannot_be_read_is_unknown_and_counted(tmp_path: Path) -> None:
    good = "367379190,2022-01-01 00:00:00,1,2,3\n"
    bad = "367379190,2022-01-01 00:00:00,1,2,fast\n"
    batch, ledger = read(write(tmp_path / "a.csv", PLAIN + good * 5 + bad))
    assert batch.positions["sog_kn"].to_list() == [3, 3, 3, 3, 3, None]
    assert dict(ledger.blanked) == {"feeds.unreadable_sog_kn": 1}
    assert ledger.rows_used == 6


def test_a_row_that_is_cut_is_not_used(tmp_path: Path) -> None:
    good = "367379190,2022-01-01 00:00:00,1,25,3\n"
    cut = "367379190,2022-01-01 00:00:00,1,2\n"  # the longitude may be half of one
    batch, ledger = read(write(tmp_path / "a.csv", PLAIN + good * 20 + cut + good))
    assert set(batch.positions["lon"]) == {25}
    assert dict(ledger.rejected) == {"feeds.too_few_columns": 1}


def test_short_rows_are_used_where_they_are_the_files_way(tmp_path: Path) -> None:
    whole = "367379190,2022-01-01 00:00:00,1,25,3\n"
    short = "367379190,2022-01-01 00:00:00,1,25\n"
    batch, ledger = read(write(tmp_path / "a.csv", PLAIN + (whole + short) * 3))
    assert batch.positions.sort("row")["sog_kn"].to_list() == [3, None] * 3
    assert not ledger.rejected


def test_a_last_line_that_is_cut_is_not_used(tmp_path: Path) -> None:
    batch, ledger = read(write(tmp_path / "a.csv", MARINECADASTRE + ROW * 20 + ROW[:40]))
    assert batch.positions.height == 20
    assert dict(ledger.rejected) == {"feeds.cut_line": 1}


def test_a_last_line_without_its_end_is_used(tmp_path: Path) -> None:
    batch, ledger = read(write(tmp_path / "a.csv", MARINECADASTRE + ROW + ROW.strip()))
    assert batch.positions.height == 2
    assert not ledger.rejected


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_separators_ends_and_encodings(
    tmp_path: Path, separator: str, end: str, encoding: str
) -> None:
    rows = [
        ["MMSI", "Time", "Latitude", "Longitude", "Name"],
        ["219000001", "2022-01-03 04:05:06", "55.5", "-12.25", "ØRESUND É"],
        ["219000002", "2022-01-03 04:05:07", "55.6", "-12.26", "SECOND"],
    ]
    text = end.join(separator.join(row) for row in rows) + end
    batch, ledger = read(write(tmp_path / "a.txt", text.encode(encoding)))
    assert batch.positions["mmsi"].to_list() == [219000001, 219000002]
    assert batch.positions["lon"].to_list() == [-12.25, -12.26]
    assert batch.statics["name"].to_list() == ["ØRESUND É", "SECOND"]
    assert ledger.rows_used == 2


def test_one_line_of_latin_1_among_utf_8(tmp_path: Path) -> None:
    good = "219000001,2022-01-03 04:05:06,1,2,ÅRHUS\n".encode()
    bad = "219000001,2022-01-03 04:05:06,1,2,ÅLBORG\n".encode("latin-1")
    head = b"mmsi,time,lat,lon,name\n"
    # Beyond the first lines, by which the encoding is told.
    batch, _ = read(write(tmp_path / "a.csv", head + good * 9000 + bad))
    assert set(batch.statics["name"]) == {"ÅRHUS", "ÅLBORG"}


def test_a_header_below_notes(tmp_path: Path) -> None:
    notes = "# Made by a portal\n\nArea, 12; all ships\n"
    batch, ledger = read(write(tmp_path / "a.csv", notes + MARINECADASTRE + ROW))
    assert batch.positions["row"].to_list() == [5]
    assert ledger.rows_read == 1


@pytest.mark.parametrize("separator", [";", ","])
def test_decimal_commas(tmp_path: Path, separator: str) -> None:
    quote = '"' if separator == "," else ""
    cells = ["219000001", "2022-01-03 04:05:06", f"{quote}55,5{quote}", f"{quote}-12,25{quote}"]
    text = separator.join(["mmsi", "time", "lat", "lon"]) + "\n" + separator.join(cells) + "\n"
    batch, _ = read(write(tmp_path / "a.csv", text))
    assert batch.positions.select("lat", "lon").row(0) == (55.5, -12.25)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-01-03T04:05:06", "2022-01-03 04:05:06.000"),
        ("2022-01-03 04:05:06.25", "2022-01-03 04:05:06.250"),
        ("2022-01-03 04:05:06,250", "2022-01-03 04:05:06.250"),
        ("2022-01-03T04:05:06Z", "2022-01-03 04:05:06.000"),
        ("2022-01-03T04:05:06.5+02:00", "2022-01-03 02:05:06.500"),
        ("2022-01-03 04:05:06 +0000 UTC", "2022-01-03 04:05:06.000"),
        ("2022-01-03 04:05:06 UTC", "2022-01-03 04:05:06.000"),
        ("2022/01/03 04:05", "2022-01-03 04:05:00.000"),
        ("20220103_040506", "2022-01-03 04:05:06.000"),
        ("03/01/2022 04:05:06", "2022-01-03 04:05:06.000"),
        ("3.1.2022 4:05", "2022-01-03 04:05:00.000"),
        ("25/01/2022 04:05:06", "2022-01-25 04:05:06.000"),
        ("01/25/2022 04:05:06", "2022-01-25 04:05:06.000"),
        ("1/25/2022 4:05:06 PM", "2022-01-25 16:05:06.000"),
        ("1641182706", "2022-01-03 04:05:06.000"),
        ("1641182706.0", "2022-01-03 04:05:06.000"),
        ("1641182706250", "2022-01-03 04:05:06.250"),
        ("1641182706250000", "2022-01-03 04:05:06.250"),
    ],
)
def test_times_are_told_from_the_rows(tmp_path: Path, text: str, expected: str) -> None:
    batch, _ = read(write(tmp_path / "a.csv", f'mmsi,time,lat,lon\n219000001,"{text}",1,2\n'))
    assert times(batch) == [expected]


def test_a_day_that_nothing_tells_from_the_month_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "mmsi,time,lat,lon\n219000001,04/06/2018 00:00:00,1,2\n")
    batch, ledger = read(path)
    assert times(batch) == ["2018-06-04 00:00:00.000"]
    assert "day first was taken" in ledger.messages[0]
    batch, ledger = read(path, config=FeedsConfig(day_first=False))
    assert times(batch) == ["2018-04-06 00:00:00.000"]
    assert not ledger.messages


def test_time_zones(tmp_path: Path) -> None:
    text = "mmsi,time,lat,lon\n" + "".join(
        f"219000001,{time},1,2\n"
        for time in (
            "2022-07-03 04:05:06",
            "2022-12-03 04:05:06",
            "2022-03-27 02:30:00",  # an hour that clocks skip there
            "2022-10-30 02:30:00",  # one that they repeat
        )
    )
    path = write(tmp_path / "a.csv", text)
    batch, ledger = read(path, config=FeedsConfig(time_zone="Europe/Oslo"))
    assert times(batch) == [
        "2022-07-03 02:05:06.000",
        "2022-12-03 03:05:06.000",
        "2022-10-30 00:30:00.000",
    ]
    assert dict(ledger.rejected) == {"feeds.bad_time": 1}


def test_a_table_described_by_the_user(tmp_path: Path) -> None:
    layout = TableLayout(
        name="harbour",
        columns={
            "mmsi": "Ship",
            "time": "When",
            "lat": "Y",
            "lon": "X",
            "sog_kn": "V",
            "draught_m": "T",
        },
        time_format="%d.%m.%Y um %H.%M",
        time_zone="Europe/Berlin",
        speed_unit="km/h",
        draught_unit="dm",
    )
    path = write(
        tmp_path / "a.csv", "X;Y;Ship;When;V;T\n8,5;54,1;211000001;03.01.2022 um 04.05;18,52;72\n"
    )
    assert find(path)[1][0].reason.startswith("no AIS: a table without mmsi or time")
    config = FeedsConfig(tables=(layout,))
    assert find(path, config=config)[0][0].layout == "harbour"
    batch, _ = read(path, config=config)
    assert times(batch) == ["2022-01-03 03:05:00.000"]
    assert batch.positions.select("lat", "lon").row(0) == (54.1, 8.5)
    assert batch.positions["sog_kn"][0] == pytest.approx(10.0)
    assert batch.statics["draught_m"][0] == pytest.approx(7.2)


def test_times_that_are_none_are_said_with_what_to_do(tmp_path: Path) -> None:
    _, skipped, _ = find(write(tmp_path / "a.csv", "mmsi,time,lat,lon\n219000001,noon,1,2\n"))
    assert "'noon'" in skipped[0].reason
    assert "time_format" in skipped[0].reason


LINES = [
    ROW,
    ROW.replace("EAGLE", '"A, B"'),
    ROW.replace("30.3706", "x"),
    ROW.replace("EAGLE", '"'),
    ROW.replace("367379190", "wrong"),
    ROW.replace("EAGLE", "A, B, C"),
    "\n",
    ROW[:30] + "\n",
    ROW.replace("0.5", "quick"),
    ROW.replace("EAGLE", 'THE "BIG" ONE'),
]


def alone(folder: Path, line: str) -> tuple[Batch, Ledger]:
    """What a file of good rows and `line` gives."""
    if line not in ALONE:
        text = MARINECADASTRE + ROW * USUAL + line
        ALONE[line] = read(write(folder / "one.csv", text))
    return ALONE[line]


USUAL = 400  # good rows before the others: the first rows say what is usual
ALONE: dict[str, tuple[Batch, Ledger]] = {}


@settings(max_examples=30)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=30))
def test_faults_cost_only_themselves_wherever_they_stand(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("faults")
    text = MARINECADASTRE + ROW * USUAL + "".join(lines)
    together, ledger = read(write(folder / "all.csv", text))
    apart = [alone(folder, line) for line in lines]
    used = [batch.positions.height - USUAL for batch, _ in apart]
    assert together.positions.height == sum(used) + USUAL
    for rule in {rule for _, alone in apart for rule in alone.rejected} | set(ledger.rejected):
        assert ledger.rejected[rule] == sum(alone.rejected[rule] for _, alone in apart)


def test_pieces_of_any_size_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.csv", MARINECADASTRE + "".join(LINES) * 40 + ROW)
    whole, ledger = read(path)
    monkeypatch.setattr(streams, "CHUNK", 700)
    parts, ledger_of_parts = read(path)
    assert parts.positions.sort("row").equals(whole.positions.sort("row"))
    assert parts.statics.equals(whole.statics)
    assert ledger_of_parts.rejected == ledger.rejected
    assert ledger_of_parts.rows_read == ledger.rows_read


def test_a_file_of_one_endless_line_ends(tmp_path: Path) -> None:
    _, skipped, _ = find(write(tmp_path / "a.csv", "x" * 3_000_000))
    assert skipped[0].reason.startswith("no AIS")


def test_sentinels_are_passed_on(tmp_path: Path) -> None:
    row = ROW.replace("30.3706,-88.56408,0.5,336.2", "91.0,181.0,102.3,360.0")
    batch, _ = read(write(tmp_path / "a.csv", MARINECADASTRE + row))
    values = batch.positions.select("lat", "lon", "sog_kn", "cog_deg", "heading_deg").row(0)
    assert values == pytest.approx((91.0, 181.0, 102.3, 360.0, 511.0))
    assert batch.positions.schema == pl.Schema(batch.positions.schema)


@pytest.mark.parametrize(("sign", "rejected"), [("\0", {}), ("Z", {"feeds.too_few_columns": 1})])
def test_a_line_as_long_as_memory_costs_itself_alone(
    tmp_path: Path, sign: str, rejected: dict[str, int]
) -> None:
    long = sign * (streams.CHUNK + 2 * streams.LONGEST_LINE)
    text = MARINECADASTRE + ROW * 4000 + long + "\n" + ROW  # far behind what is looked at first
    batch, ledger = read(write(tmp_path / "a.csv", text))
    assert batch.positions["row"].to_list() == [*range(2, 4002), 4003]
    assert dict(ledger.rejected) == rejected  # zeros are a blank line, as a failing disk leaves


def test_a_name_of_many_letters_costs_no_other_row(tmp_path: Path) -> None:
    long = ROW.replace("EAGLE", "E" * 200_000)
    batch, _ = read(write(tmp_path / "a.csv", MARINECADASTRE + ROW + long + ROW))
    assert batch.positions["row"].to_list() == [2, 3, 4]
