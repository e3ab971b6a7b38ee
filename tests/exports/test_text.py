import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.exports.ship_types import in_words, ship_type_words
from pipeline.exports.text import csv_cell, visible


def cell(text: str) -> str:
    return str(pl.select(csv_cell(pl.lit(text))).item())


@pytest.mark.parametrize("sign", list("\u202e\u2066\u200b\ufeff\x00\x1b\x9b\n\r\t\u2028"))
def test_signs_that_hide_or_reorder_are_shown(sign):
    assert pl.select(visible(pl.lit(f"A{sign}B"))).item() == "A\ufffdB"


def test_letters_of_any_script_stay():
    name = "МОРЯК ÅSNE 春 & <b>"
    assert pl.select(visible(pl.lit(name))).item() == name


@given(st.text(max_size=40))
def test_no_cell_starts_a_formula(text):
    assert not cell(text).lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "＝"))  # noqa: RUF001


def test_a_formula_is_kept_as_text():
    assert cell('=HYPERLINK("http://x")') == '\'=HYPERLINK("http://x")'


def test_a_formula_behind_a_semicolon_is_kept_as_text():
    assert cell("A; =1+1;-2") == "A;' =1+1;'-2"


def test_unknown_text_stays_unknown():
    assert pl.select(csv_cell(pl.lit(None, dtype=pl.String))).item() is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (80, "Tanker (80)"),
        (84, "Tanker, hazard D (84)"),
        (89, "Tanker (89)"),
        (70, "Cargo (70)"),
        (30, "Fishing (30)"),
        (52, "Tug (52)"),
        (0, "Not stated (0)"),
        (19, "Reserved (19)"),
        (60, "Passenger (60)"),
    ],
)
def test_types_read_as_words_with_their_code(code, words):
    assert ship_type_words(code) == words


def test_an_unknown_type_stays_unknown():
    codes = pl.DataFrame({"t": pl.Series([80, None, 127], dtype=pl.Int16)})
    assert codes.select(in_words(pl.col("t")))["t"].to_list() == [
        "Tanker (80)",
        None,
        "Unknown (127)",
    ]
