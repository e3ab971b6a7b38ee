import polars as pl
import pytest

from pipeline.cleaning.coverage import listen, silences
from pipeline.schema import FIXES, SILENCES, conform, empty
from tests.cleaning.ships import at, cleaned, sailing

FROM_S, UNTIL_S = 2 * 3600, 6 * 3600


def silent(frame, begin_s=FROM_S, until_s=UNTIL_S):
    return frame.filter(~pl.col("time").is_between(at(begin_s), at(until_s)))


def others(count, lat=50.0, lon=0.0, **how):
    """Ships within 10 km."""
    return [
        sailing(mmsi=244_000_000 + k, lat=lat + 0.02 * k, lon=lon, speed_kn=0, hours=8, **how)
        for k in range(1, count + 1)
    ]


def found(ships):
    result, _ = cleaned(pl.concat(ships))
    return silences(*listen(result.fixes))


@pytest.mark.parametrize(("lat", "lon"), [(50.0, 0.0), (0.0, 180.0), (85.0, -100.0), (-89.9, 5.0)])
def test_silent_among_ships_that_are_heard_is_switched_off(lat, lon):
    ship = silent(sailing(lat=lat, lon=lon, speed_kn=0, hours=8))
    table = found([ship, *others(4, lat, lon)])
    assert table.schema == SILENCES
    assert table.select("track", "neighbours_heard", "verdict").rows() == [(0, 4, "switched_off")]
    assert table["gap_start"].to_list() == [at(FROM_S - 60)]
    assert table["gap_end"].to_list() == [at(UNTIL_S + 60)]


def test_silent_where_nobody_is_heard_is_out_of_range():
    ship = silent(sailing(speed_kn=0, hours=8))
    far = others(4, lat=52.0)
    assert found([ship, *far])["verdict"].to_list() == ["out_of_range"]


def test_all_silent_at_once_is_out_of_range_for_all():
    ships = [silent(ship) for ship in others(4)]
    assert found(ships)["verdict"].to_list() == ["out_of_range"] * 4


def test_neighbours_heard_for_half_of_the_time_tell_nothing():
    ship = silent(sailing(speed_kn=0, hours=8))
    half = [silent(other, 4 * 3600, UNTIL_S) for other in others(3)]
    table = found([ship, *half]).filter(pl.col("track") == 0)
    assert table["verdict"].to_list() == ["unknown"]


def test_neighbours_heard_now_and_then_tell_nothing():
    ship = silent(sailing(speed_kn=0, hours=8))
    table = found([ship, *others(4, every_s=600)]).filter(pl.col("track") == 0)
    assert table["verdict"].to_list() == ["unknown"]


def test_one_neighbour_alone_tells_nothing():
    ship = silent(sailing(speed_kn=0, hours=8))
    assert found([ship, *others(1)])["verdict"].to_list() == ["unknown"]


def test_neighbours_are_those_along_her_way():
    # 40 kn for 4 h: 300 km; ships are heard at either end only
    ship = silent(sailing(speed_kn=40, hours=8))
    at_ends = [*others(3, lon=2.0), *others(3, lon=6.6)]
    table = found([ship, *at_ends]).filter(pl.col("track") == 0)
    assert table["verdict"].to_list() != ["switched_off"]


def test_a_ship_heard_once_an_hour_is_not_silent_between():
    assert found([sailing(every_s=3600, hours=30), *others(3)]).is_empty()


def test_a_short_gap_is_no_silence():
    ship = silent(sailing(hours=8), FROM_S, FROM_S + 40 * 60)
    assert found([ship, *others(3)]).is_empty()


def test_no_fixes_no_silences():
    assert silences(*listen(empty(FIXES))).is_empty()
    assert silences(*listen(conform(empty(FIXES), FIXES))).schema == SILENCES
