import polars as pl
import pytest

from pipeline.cleaning.mmsi import is_fabricated, no_ship_kind


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


@pytest.mark.parametrize("mmsi", [201_000_000, 775_999_999, 366_123_456, 823_266_123])
def test_numbers_of_a_country_are_not_made_up(mmsi):
    assert not fabricated(mmsi)
