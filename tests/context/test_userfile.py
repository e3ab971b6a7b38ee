"""Tables that users bring, as people and spreadsheets write them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.context._userfile import number_of, read_table
from pipeline.errors import UsageError


@pytest.mark.parametrize(
    ("text", "delimiter", "value"),
    [
        ("1234.5", ",", 1234.5),
        ("1.234", ",", 1.234),
        ("1234,5", ";", 1234.5),
        ("13,5", ",", 13.5),
        ("1,234.5", ",", 1234.5),
        ("1.234,5", ";", 1234.5),
        ("1,234,567", ",", 1_234_567.0),
        ("1.234.567", ";", 1_234_567.0),
        ("1 234", ",", 1234.0),
        ("1\u202f234,5", ";", 1234.5),
        ("1'234.5", ",", 1234.5),
        ("-5", ",", -5.0),
        ("1e6", ",", 1e6),
        (".5", ",", 0.5),
    ],
)
def test_a_number_that_can_be_read_in_one_way_is_read(text, delimiter, value):
    assert number_of(text, delimiter) == value


@pytest.mark.parametrize(("text", "delimiter"), [("1,234", ","), ("1,234", ";"), ("1.234", ";")])
def test_a_number_that_can_be_read_in_two_ways_is_refused(text, delimiter):
    with pytest.raises(ValueError, match="thousands or decimals"):
        number_of(text, delimiter)


@pytest.mark.parametrize(
    "text", ["x", "12 t", "nan", "inf", "1,2,3", "1.2.3", "--1", "1e999", "\u0661"]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="is no number"):
        number_of(text, ",")


@given(st.text(max_size=12), st.sampled_from(",;\t"))
def test_whatever_stands_there_it_is_a_finite_number_or_refused(text, delimiter):
    try:
        value = number_of(text, delimiter)
    except ValueError:
        return
    assert math.isfinite(value)


@given(st.floats(0, 1e9).map(lambda x: round(x, 2)))
def test_decimal_commas_and_points_mean_the_same(value):
    plain = f"{value:.2f}"
    assert number_of(plain, ",") == number_of(plain.replace(".", ","), ";") == value
    english = f"{value:,.2f}"
    continental = english.translate(str.maketrans(",.", ".,"))
    assert number_of(english, ",") == number_of(continental, ";") == value


def table(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding=encoding, newline="")
    return read_table(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_and_encodings(tmp_path, delimiter, encoding):
    text = delimiter.join(["Name", "Length m"]) + "\r\n" + delimiter.join(["MÜNCHEN", "5"]) + "\r\n"
    found = table(tmp_path, text, encoding)
    assert (found.columns, found.delimiter) == (("name", "length_m"), delimiter)
    assert found.rows == ((2, {"name": "MÜNCHEN", "length_m": "5"}),)


def test_a_spreadsheets_line_about_its_separator_is_no_header(tmp_path):
    found = table(tmp_path, "sep=;\nname;imo,mmsi\nA, B;1\n")
    assert found.columns == ("name", "imo,mmsi")
    assert found.rows == ((3, {"name": "A, B", "imo,mmsi": "1"}),)


def test_digits_kept_as_text_are_digits(tmp_path):
    assert table(tmp_path, 'imo\n="0912345"\n').rows == ((2, {"imo": "0912345"}),)


def test_a_line_without_an_end_is_no_table(tmp_path):
    with pytest.raises(UsageError, match=r"table\.csv: line 1: no CSV"):
        table(tmp_path, '"' + "x" * 10_000_000)
