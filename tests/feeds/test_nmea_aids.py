"""What message 21 says of aids to navigation."""

from pathlib import Path

import pytest

from tests.feeds.test_nmea import one_of


def test_aids_to_navigation(tmp_path: Path) -> None:
    message = {"type": 21, "mmsi": 992351000, "name": "WRECK BUOY", "lat": 1.5, "lon": 2.5}
    batch = one_of(tmp_path, message)
    assert batch.positions.select("mmsi", "lat", "lon").row(0) == (992351000, 1.5, 2.5)
    assert batch.statics["name"].to_list() == ["WRECK BUOY"]


@pytest.mark.parametrize(
    ("mmsi", "second", "code"),
    [(992351000, 30, 14 + 32 + 64), (992351000, 60, 14 + 32), (235100000, 30, None)],
)
def test_an_aids_kind_stands_where_a_ships_type_does(
    tmp_path: Path, mmsi: int, second: int, code: int | None
) -> None:
    # off its position holds with a second only; under a ship's number it would be a ship's type
    message = {"type": 21, "mmsi": mmsi, "name": "WRECK", "lat": 1.5, "lon": 2.5, "aid_type": 14}
    batch = one_of(
        tmp_path, {**message, "second": second, "off_position": True, "virtual_aid": True}
    )
    assert batch.statics["ship_type"].to_list() == [code]
