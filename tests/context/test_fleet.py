"""The fleet register: right rows are read, wrong ones named with what is wrong."""

import time

import pytest

from pipeline.context.fleet import load_fleet
from pipeline.errors import UsageError

HEADER = "imo,mmsi,name,deadweight_t,capacity_m3,length_m,beam_m,summer_draught_m,product\n"
GOOD = "9187629,572469210,ARTAVIL,99144,,248,43,13.5,crude_oil\n"


def fleet(tmp_path, text):
    path = tmp_path / "fleet.csv"
    path.write_text(text, encoding="utf-8")
    return load_fleet(path)


def imo(number):
    """A valid IMO number made from six digits."""
    digits = f"{number:06d}"
    return digits + str(sum(int(d) * w for d, w in zip(digits, range(7, 1, -1), strict=True)) % 10)


def test_a_register_is_read(tmp_path):
    found = fleet(tmp_path, HEADER + GOOD + "IMO 7303803,,AN SAN 1,3003,,,,,gasoil\n")
    assert found.rows() == [
        (7303803, None, "AN SAN 1", 3003.0, None, None, None, None, "gasoil"),
        (9187629, 572469210, "ARTAVIL", 99144.0, None, 248.0, 43.0, 13.5, "crude_oil"),
    ]


def test_columns_may_be_missing_in_any_order_and_more(tmp_path):
    found = fleet(tmp_path, "flag;deadweight_t;mmsi\nPA;5000;355123000\n")
    assert found.select("mmsi", "deadweight_t", "length_m").rows() == [(355123000, 5000.0, None)]


def test_a_register_as_a_spreadsheet_saves_it(tmp_path):
    text = (
        "sep=;\r\nIMO;MMSI;Name;Deadweight_t;Capacity_m3;Length_m;Beam_m;Summer_draught_m\r\n"
        '9187629.0;="572469210";ARTAVIL;99 144;112.000,5;248,0;43;13,5\r\n'
    )
    path = tmp_path / "fleet.csv"
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        path.write_text(text, encoding=encoding, newline="")
        assert load_fleet(path).row(0)[:8] == (
            9187629, 572469210, "ARTAVIL", 99144.0, 112000.5, 248.0, 43.0, 13.5,
        )  # fmt: skip


def test_digits_that_a_spreadsheet_lost_are_told(tmp_path):
    with pytest.raises(UsageError, match=r"line 2: mmsi '5\.72469E\+08' is none"):
        fleet(tmp_path, HEADER + ",5.72469E+08,A,5000,,,,,\n")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("9187629,,A,,,,,,\n9187629,,B,,,,,,\n", "line 3: imo 9187629 came before in line 2"),
        (",572469210,A,,,,,,\n,572469210,B,,,,,,\n", "line 3: mmsi 572469210 came before"),
        ("9187628,,A,,,,,,\n", "line 2: imo '9187628' is none"),
        (",012345678,A,,,,,,\n", "line 2: mmsi '012345678' is none"),
        (",,A,5000,,,,,\n", "line 2: neither imo nor mmsi"),
        ("9187629,,A,,,99144,43,13,\n", "line 2: length_m 99144 is outside 10-480 m"),
        ("9187629,,A,248,43,99144,,,\n", "line 2: length_m 99144"),
        ("9187629,,A,five,,,,,\n", "line 2: deadweight_t 'five' is no number"),
        ('9187629,,A,"5,000",,,,,\n', "line 2: deadweight_t '5,000' may be thousands or decimals"),
        ("9187629,,A,-5,,,,,\n", "line 2: deadweight_t -5 is outside"),
        ("9187629,,A,inf,,,,,\n", "line 2: deadweight_t 'inf' is no number"),
        ("9187629,,A,5000,39000,,,,\n", "capacity_m3 39000 does not go with deadweight_t 5000"),
        ("9187629,,A,,,43,248,,\n", "beam_m 248 is outside"),
        ("9187629,,A,,,43,40,,\n", "line 2: length_m 43 is under twice beam_m 40"),
        ("9187629,,A,,,200,13,30,\n", "summer_draught_m 30 exceeds beam_m 13"),
        ("9187629,,A,300000,,248,43,13.5,\n", "deadweight_t 300000 does not go with a hull"),
        ("9187629,,A,5000,,,,,oil,spill\n", "line 2: 10 values under 9 column names"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, rows, message):
    with pytest.raises(UsageError, match=message) as error:
        fleet(tmp_path, HEADER + rows)
    assert "fleet.csv" in str(error.value)


def test_a_row_after_a_quoted_line_break_keeps_its_line_number(tmp_path):
    rows = '9187629,,"TWO\nLINES",5000,,,,,\n7303803,,B,nonsense,,,,,\n'
    with pytest.raises(UsageError, match="line 4: deadweight_t 'nonsense'"):
        fleet(tmp_path, HEADER + rows)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        (HEADER, "no ships below the header"),
        (";".join(f"column {n}" for n in range(500)) + "\n", "column_19 and 480 more"),
        ("name,deadweight_t\nA,5\n", "needs a column imo or mmsi"),
        ("imo,imo\n9187629,1\n", "'imo' appears twice"),
        ("PK\0\3", "no text file"),
    ],
)
def test_a_wrong_file_is_named(tmp_path, text, message):
    with pytest.raises(UsageError, match=message):
        fleet(tmp_path, text)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"nowhere\.csv: the file cannot be read"):
        load_fleet(tmp_path / "nowhere.csv")


def test_ten_megabytes_of_wrong_rows_are_one_short_message(tmp_path):
    row = "9187629,,SOME SHIP WITH A LONG NAME,five thousand tonnes,,248,43,13.5,crude oil\n"
    text = HEADER + row * (10_000_000 // len(row))
    begun = time.monotonic()
    with pytest.raises(UsageError, match=r"and [0-9]+ more") as error:
        fleet(tmp_path, text)
    assert len(str(error.value).splitlines()) == 12
    assert time.monotonic() - begun < 20


def test_ten_megabytes_of_ships_are_read(tmp_path):
    rows = "".join(
        f"{imo(n)},,SHIP WITH A NAME OF FORTY LETTERS {n},5000,,,,,\n"
        for n in range(100_000, 280_000)
    )
    assert len(rows) > 10_000_000
    assert fleet(tmp_path, HEADER + rows).height == 180_000
