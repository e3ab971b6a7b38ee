import polars as pl
import pytest

from pipeline.cleaning.statics import apply_static_rules, imo_holds
from pipeline.config import CleaningConfig
from pipeline.ledger import Ledger
from tests.cleaning.ships import statics


def tidied(**values):
    ledger = Ledger()
    tidy = apply_static_rules(statics([values]), CleaningConfig(), ledger)
    return tidy.row(0, named=True), ledger


@pytest.mark.parametrize(
    ("imo", "holds"),
    [(9074729, True), (9074728, False), (1234567, True), (907472, False), (90747290, False)],
)
def test_the_check_digit_of_an_imo_number(imo, holds):
    frame = pl.DataFrame({"imo": [imo]}, schema={"imo": pl.Int32})
    assert frame.select(imo_holds()).item() is holds


@pytest.mark.parametrize(
    ("values", "column", "rule"),
    [
        ({"name": "Not named"}, "name", "name_not_available"),
        ({"callsign": "UNKNOWN"}, "callsign", "callsign_not_available"),
        ({"destination": "N/A"}, "destination", "destination_not_available"),
        ({"imo": 9074728}, "imo", "imo_check_digit"),
        ({"imo": 0}, "imo", "imo_not_available"),
        ({"draught_m": 0.0}, "draught_m", "draught_not_available"),
        ({"draught_m": 39996.6}, "draught_m", "draught_impossible"),
        ({"ship_type": 0}, "ship_type", "ship_type_not_available"),
        ({"ship_type": 200}, "ship_type", "ship_type_impossible"),
        ({"length_m": 19.0, "beam_m": 66.0}, "length_m", "hull_impossible"),
        ({"length_m": 500.0, "beam_m": 60.0}, "beam_m", "hull_impossible"),
        ({"length_m": 400.0, "beam_m": 140.0}, "length_m", "hull_impossible"),
        ({"length_m": 200.0, "beam_m": 3.0}, "length_m", "hull_impossible"),
    ],
)
def test_a_typed_value_that_is_none_becomes_unknown(values, column, rule):
    tidy, ledger = tidied(**values)
    assert tidy[column] is None
    assert ledger.blanked == {f"cleaning.{rule}": 10}  # reports
    assert ledger.examples[f"cleaning.{rule}"][0].startswith("MMSI 211000001: ")


@pytest.mark.parametrize(
    "values",
    [
        {"name": "NOT NAMED 2"},
        {"imo": 9074729},
        {"draught_m": 25.5},
        {"draught_m": 0.1},
        {"ship_type": 99},
        {"length_m": 458.0, "beam_m": 69.0},
    ],
)
def test_the_last_typed_value_that_is_one_stays(values):
    tidy, ledger = tidied(**values)
    assert not ledger.blanked
    for name, value in values.items():
        assert tidy[name] == (value if isinstance(value, str) else pytest.approx(value))


def hull(tidy):
    return [tidy[name] for name in ("length_m", "beam_m", "a_m", "b_m", "c_m", "d_m")]


@pytest.mark.parametrize(
    ("offsets", "expected"),
    [
        ((150, 50, 10, 20), [200, 30, 150, 50, 10, 20]),
        ((0, 200, 0, 30), [200, 30, None, None, None, None]),  # reference point unknown
        ((0, 200, 10, 20), [200, 30, 0, 200, 10, 20]),  # the antenna at the bow
        ((22, None, None, 7), [22, 7, 22, 0, 0, 7]),  # zeros left out by the feed
        ((0, 0, 0, 0), [None, None, None, None, None, None]),
        ((150, 50, 0, 0), [200, None, None, None, None, None]),
    ],
)
def test_offsets_give_length_and_beam_and_the_antenna_where_it_is_known(offsets, expected):
    a, b, c, d = offsets
    tidy, _ = tidied(a_m=a, b_m=b, c_m=c, d_m=d)
    assert hull(tidy) == expected


def test_a_length_without_offsets_stays_and_zero_is_none():
    assert hull(tidied(length_m=180.0, beam_m=0.0)[0])[:2] == [180.0, None]


def test_offsets_that_contradict_the_length_are_not_believed():
    tidy, _ = tidied(length_m=90.0, beam_m=15.0, a_m=150, b_m=50, c_m=10, d_m=20)
    assert hull(tidy) == [90.0, 15.0, None, None, None, None]


def test_text_loses_its_padding_and_nothing_else():
    tidy, _ = tidied(name='  M/T "A, B" <X> @@@', callsign="@@@@@@@", destination=" ")
    assert tidy["name"] == 'M/T "A, B" <X>'
    assert tidy["callsign"] is None
    assert tidy["destination"] is None
