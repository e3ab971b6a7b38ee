"""Lists of deliveries: what is read, and which line is wrong."""

from __future__ import annotations

import time
from datetime import date

import polars as pl
import pytest

from pipeline.errors import UsageError
from pipeline.quota.deliveries import DELIVERIES, read_deliveries

HEADER = "date,vessel,imo,deadweight_t,capacity_bbl,volume_bbl\n"


@pytest.fixture
def write(tmp_path):
    def write(text, header=HEADER):
        path = tmp_path / "list.csv"
        path.write_text(header + text, encoding="utf-8")
        return path

    return write


def wrong(path):
    with pytest.raises(UsageError) as error:
        read_deliveries(path)
    return str(error.value)


def test_reads_what_is_filled_in_order_of_date(write):
    frame = read_deliveries(
        write(
            "2018-03-02,YU JONG 2,8604917,1200,,\n"
            "2018-01-05T23:30:00Z,CHON MA SAN,8660313,,9000,8000\n"
            "2018-02-01,,,,,7500\n"
        )
    )
    assert frame.schema == pl.Schema(DELIVERIES)
    assert frame["date"].to_list() == [date(2018, 1, 5), date(2018, 2, 1), date(2018, 3, 2)]
    assert frame["line"].to_list() == [3, 4, 2]
    assert frame.row(0)[2:] == ("CHON MA SAN", 8660313, None, 9000.0, 8000.0)


def test_columns_in_any_order_further_ones_passed_over(write):
    path = write("9000,2018-01-05,x\n", header="Capacity_bbl,Date,remark\n")
    assert read_deliveries(path)["capacity_bbl"].to_list() == [9000.0]


def test_a_list_as_a_spreadsheet_saves_it(write):
    header = "\ufeffDate;Vessel;IMO;Deadweight_t;Capacity_bbl;Volume_bbl\r\n"
    path = write("05.01.2018;A;8604917.0;1200;9.000,5;8000,25\r\n", header=header)
    assert read_deliveries(path).row(0)[1:] == (
        date(2018, 1, 5), "A", 8604917, 1200.0, 9000.5, 8000.25,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("05/01/2018,A,,1200,,", "date '05/01/2018'"),  # of May, or of January
        ("43105,A,,1200,,", "date '43105'"),  # as a spreadsheet counts days
        ('2018-01-05,A,,"1,200",,', "deadweight_t '1,200' may be thousands or decimals"),
        ("2018-02-30,A,,1200,,", "date '2018-02-30'"),
        (",A,,1200,,", "date ''"),
        ("2018-01-05,A,8604918,1200,,", "imo '8604918' is none"),
        ("2018-01-05,A,,,,", "none of deadweight_t, capacity_bbl, volume_bbl"),
        ("2018-01-05,A,,1.200 t,,", "deadweight_t '1.200 t' is no number"),
        ("2018-01-05,A,,nan,,", "deadweight_t 'nan' is no number"),
        ("2018-01-05,A,,,-5,", "capacity_bbl is -5: it must be above 0"),
        ("2018-01-05,A,,0,,", "deadweight_t is 0: it must be above 0"),
        ("2018-01-05,A,,2070,2070,", "capacity_bbl 2070 does not go with deadweight_t 2070"),
        ("2018-01-05,A,,16000,2070,", "capacity_bbl 2070 does not go with deadweight_t 16000"),
        ("2018-01-05,A,,2000000,,", "more than any ship ever had"),
        ("2018-01-05,A,,,9000,9300", "volume_bbl 9300 is more than capacity_bbl 9000"),
        ("2018-01-05,A,,1000,,10001", "volume_bbl 10001 is more than deadweight_t 1000"),
    ],
)
def test_a_wrong_row_is_named(write, row, says):
    text = wrong(write(f"2018-01-01,GOOD,8604917,1200,9000,8000\n{row}\n"))
    assert "line 3: " in text
    assert says in text


def test_two_deadweights_of_one_ship_are_taken_for_gross_tonnage(write):
    rows = "2018-01-05,A,8705539,3900,,\n2018-01-06,A,8705539,3950,,\n2018-01-07,A,8705539,2734,,\n"
    text = wrong(write(rows))
    assert "line 4: deadweight_t of imo 8705539 is 2734, in line 2 it is 3900" in text
    assert "line 3" not in text


def test_gross_tonnage_is_no_deadweight(write):
    text = wrong(write("2018-01-05,2734\n", header="date,gross_tonnage\n"))
    assert "needs a column date and at least one of deadweight_t" in text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        (HEADER, "no deliveries below the header"),
        (HEADER + ",,,,,\n", "no deliv"),
    ],
)
def test_an_empty_list_says_so(write, text, says):
    assert says in wrong(write(text, header=""))


def test_a_missing_file_is_named(tmp_path):
    assert "gone.csv: the file cannot be read" in wrong(tmp_path / "gone.csv")


def test_ten_megabytes_are_read_and_the_one_wrong_row_among_them_is_named(write):
    row = "2018-01-05,A SHIP WITH A RATHER LONG NAME,,1200,,\n"
    count = 10_000_000 // len(row)
    path = write(row * count + "2018-01-05,A,,1200,1200,\n" + row)
    begun = time.perf_counter()
    text = wrong(path)
    assert f"line {count + 2}: capacity_bbl 1200" in text
    assert time.perf_counter() - begun < 20  # two seconds on a core of 2020
