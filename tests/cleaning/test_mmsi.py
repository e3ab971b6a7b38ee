import polars as pl
import pytest
from pyais.constants import COUNTRY_MAPPING

from pipeline.cleaning.mids import ASSIGNED
from pipeline.cleaning.mmsi import BOAT_MAX_M, is_fabricated, no_ship_kind, ships_in_disguise
from tests.cleaning.ships import cleaned, sailing, statics


def kind(mmsi):
    return pl.DataFrame({"mmsi": [mmsi]}, schema={"mmsi": pl.Int32}).select(no_ship_kind()).item()


def fabricated(mmsi):
    return pl.DataFrame({"mmsi": [mmsi]}, schema={"mmsi": pl.Int32}).select(is_fabricated()).item()


@pytest.mark.parametrize(
    ("mmsi", "expected"),
    [
        (2_111_234, "coast_station"),
        (992_111_234, "aid_to_navigation"),
        (111_211_501, "sar_aircraft"),
        (970_010_001, "locating_device"),
        (972_123_456, "locating_device"),
        (974_123_456, "locating_device"),
        (982_111_234, "craft_of_parent_ship"),
        (0, "mmsi_impossible"),
        (-5, "mmsi_impossible"),
        (1_072_211_352, "mmsi_impossible"),
        (None, "mmsi_impossible"),
        (201_000_000, None),
        (775_999_999, None),
        (812_345_678, None),  # a handheld set
    ],
)
def test_what_is_no_ship_is_told_by_its_number(mmsi, expected):
    assert kind(mmsi) == expected


@pytest.mark.parametrize("mmsi", [999_999_999, 111_111_111, 123_456_789, 200_999_999, 776_000_000])
def test_made_up_numbers_are_ships_and_known_as_made_up(mmsi):
    assert kind(mmsi) is None
    assert fabricated(mmsi)


@pytest.mark.parametrize("mmsi", [300_123_456, 646_123_456, 880_012_345, 217_000_000])
def test_digits_between_those_of_countries_are_made_up_too(mmsi):
    assert fabricated(mmsi)


def test_the_countries_are_those_of_the_table_that_others_keep():
    assert set(ASSIGNED) - {638} == set(COUNTRY_MAPPING)


@pytest.mark.parametrize("mmsi", [201_000_000, 775_999_999, 366_123_456, 823_266_123])
def test_numbers_of_a_country_are_not_made_up(mmsi):
    assert not fabricated(mmsi)


@pytest.mark.parametrize(
    ("before", "first", "last", "after", "name"),
    [
        (2_009_999, 2_010_000, 7_759_999, 7_760_000, "coast_station"),
        (992_009_999, 992_010_000, 997_759_999, 997_760_000, "aid_to_navigation"),
        (111_200_999, 111_201_000, 111_775_999, 111_776_000, "sar_aircraft"),
        (969_999_999, 970_000_000, 979_999_999, 980_000_000, "locating_device"),
        (982_009_999, 982_010_000, 987_759_999, 987_760_000, "craft_of_parent_ship"),
    ],
)
def test_the_first_and_last_number_of_each_kind(before, first, last, after, name):
    assert [kind(mmsi) for mmsi in (before, first, last, after)] == [None, name, name, None]


def test_no_country_is_looked_for_where_it_does_not_stand():
    # a ship's number whose later digits would be those of a coast station, and digits too few
    assert [kind(mmsi) for mmsi in (211_000_000, 10_000_000, 1, 999_999_999)] == [None] * 4
    assert kind(1_000_000_000) == "mmsi_impossible"


@pytest.mark.parametrize(
    ("made_up", "country"),
    [
        (200_999_999, 201_000_000),
        (776_000_000, 775_999_999),
        (820_099_999, 820_100_000),  # handheld sets
        (877_600_000, 877_599_999),
    ],
)
def test_the_first_and_last_number_of_a_country(made_up, country):
    assert fabricated(made_up)
    assert not fabricated(country)


TANKER = {"ship_type": 80, "length_m": 176.0, "beam_m": 30.0}
FABRICATED = 987_654_331


def heard(mmsi, typed=None, *, class_b=False, hours=6.0):
    """Flags of the vessel, or the rule that rejected its rows."""
    rows = sailing(mmsi=mmsi, hours=hours, every_s=300.0)
    rows = rows.with_columns(class_b=pl.lit(class_b))
    result, ledger = cleaned(rows, statics([{"mmsi": mmsi, **typed}] if typed else []))
    if result.vessels.is_empty():
        assert list(ledger.rejected.values()) == [rows.height]
        return next(iter(ledger.rejected)).removeprefix("cleaning.")
    assert ledger.rows_rejected == 0
    return result.vessels["flags"].item()


def of_reports(*typed):
    """Whether a number is a ship's by values typed in so many reports each."""
    rows = sailing(mmsi=FABRICATED, hours=1.0, every_s=300.0)
    told = statics([{"mmsi": FABRICATED, **values} for values in typed])
    return ships_in_disguise(rows, told).to_list() == [FABRICATED]


BOAT = {"length_m": 12.0, "beam_m": 4.0}
LONG = {"length_m": 176.0, "beam_m": 30.0}


@pytest.mark.parametrize(
    ("ship", "boat", "disguised"), [(3, 2, True), (2, 3, False), (2, 2, False), (1, 0, True)]
)
def test_most_of_what_is_typed_tells_a_ship_from_a_boat(ship, boat, disguised):
    assert of_reports({**LONG, "reports": ship}, {**BOAT, "reports": boat}) == disguised


def test_what_says_nothing_of_ship_or_boat_has_no_say():
    silent = {"name": "NORD STAR", "reports": 50}
    assert of_reports(silent, {**LONG, "reports": 1})
    assert not of_reports(silent)


def test_a_length_no_longer_than_a_boats_is_a_boat():
    assert not of_reports({**LONG, "length_m": BOAT_MAX_M})
    assert of_reports({**LONG, "length_m": BOAT_MAX_M + 1.0})


def test_a_type_or_length_that_is_unknown_speaks_for_no_ship():
    of_unknown = {"ship_type": None, "length_m": None, "imo": None}
    assert not of_reports(of_unknown)
    assert not of_reports({"ship_type": 37, "length_m": None, "reports": 1})


@pytest.mark.parametrize("mmsi", [FABRICATED, 2_440_123, 111_244_123, 974_244_123])
def test_a_ship_under_a_number_of_no_ship_is_kept_and_flagged(mmsi):
    assert heard(mmsi, TANKER) == "fabricated_mmsi"


@pytest.mark.parametrize(
    "typed",
    [
        None,
        {"name": "TENDER 1"},
        {"name": "TENDER 1", "length_m": 9.0, "beam_m": 3.0},
        {"length_m": 9.0, "beam_m": 3.0, "ship_type": 80, "imo": 9074729},
    ],
)
def test_a_boat_of_a_parent_ship_is_left_out(typed):
    assert heard(FABRICATED, typed) == "craft_of_parent_ship"


@pytest.mark.parametrize("typed", [{"ship_type": 70}, {"imo": 9074729}])
def test_of_unknown_length_type_and_imo_number_tell_a_ship(typed):
    assert heard(FABRICATED, typed) == "fabricated_mmsi"


@pytest.mark.parametrize(("kind_typed", "is_ship"), [(69, 0), (70, 1), (89, 1), (90, 0)])
def test_cargo_ships_and_tankers_are_typed_from_70_to_89(kind_typed, is_ship):
    told = heard(FABRICATED, {"ship_type": kind_typed})
    assert told == ("fabricated_mmsi" if is_ship else "craft_of_parent_ship")


def test_the_parents_number_read_as_a_hull_makes_no_ship_of_a_boat():
    typed = {"length_m": 176.0, "beam_m": 30.0, "ship_type": 37}
    assert heard(FABRICATED, typed, class_b=True) == "craft_of_parent_ship"


@pytest.mark.parametrize(("class_b", "hours"), [(False, 30.0), (True, 30.0), (False, 20.0)])
def test_a_class_a_set_heard_for_a_day_is_a_ship(class_b, hours):
    is_ship = not class_b and hours > 24
    expected = "fabricated_mmsi" if is_ship else "craft_of_parent_ship"
    assert heard(FABRICATED, class_b=class_b, hours=hours) == expected


def test_zero_is_no_ship_whatever_it_types():
    assert heard(0, TANKER) == "mmsi_impossible"
