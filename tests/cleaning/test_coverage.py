import polars as pl
import pytest

from pipeline.cleaning.coverage import listen, silences
from pipeline.schema import FIXES, SILENCES, conform, empty
from tests.cleaning.ships import MMSI, at, cleaned, sailing

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
    table = found([sailing(every_s=3600, hours=30), *others(3)])
    assert table.filter(pl.col("track") == 0).is_empty()


def test_a_short_gap_is_no_silence():
    ship = silent(sailing(hours=8), FROM_S, FROM_S + 40 * 60)
    assert found([ship, *others(3)]).is_empty()


def test_no_fixes_no_silences():
    assert silences(*listen(empty(FIXES))).is_empty()
    assert silences(*listen(conform(empty(FIXES), FIXES))).schema == SILENCES


def part(frame, begin_s, until_s):
    return frame.filter(pl.col("time").is_between(at(begin_s), at(until_s)))


@pytest.mark.parametrize(("begin_s", "until_s"), [(0, 2 * 3600), (6 * 3600, 8 * 3600)])
def test_not_heard_again_or_before_among_ships_that_are_heard_is_switched_off(begin_s, until_s):
    ship = part(sailing(speed_kn=0, hours=8), begin_s, until_s)
    table = found([ship, *others(4)])
    assert table.select("track", "neighbours_heard", "verdict").rows() == [(0, 4, "switched_off")]
    places = table.select("lat_start", "lat_end").row(0)
    assert [place is None for place in places] == ([False, True] if begin_s == 0 else [True, False])


@pytest.mark.parametrize(
    ("course_deg", "verdict"), [(270.0, "out_of_range"), (0.0, "switched_off")]
)
def test_a_ship_that_sails_away_is_looked_for_where_she_sailed_to(course_deg, verdict):
    # 15 kn for two hours, 55 km: to where nobody is heard, or along a coast where many are
    ship = part(sailing(speed_kn=15, course_deg=course_deg, hours=8), 0, 2 * 3600)
    north = [
        sailing(mmsi=244_000_000 + k, lat=50.0 + 0.1 * k, speed_kn=0, hours=8) for k in range(1, 20)
    ]
    table = found([ship, *north]).filter(pl.col("track") == 0)
    assert table["verdict"].to_list() == [verdict]


def test_the_first_and_last_quarters_of_a_dump_are_told_by_many_ships():
    early = sailing(mmsi=MMSI + 1, lat=-30.0, begin_s=-86_400.0, hours=1)
    table = found([early, *others(20)])
    assert table.filter(pl.col("lat_start").is_null()).is_empty()
