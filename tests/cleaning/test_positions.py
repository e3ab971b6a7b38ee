from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from pipeline.config import CleaningConfig
from tests.cleaning.ships import MMSI, NOON, at, cleaned, reports, sailing, statics


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"mmsi": 1_112_111_234}, "mmsi_impossible"),
        ({"mmsi": 2_111_234}, "coast_station"),
        ({"mmsi": 0}, "mmsi_impossible"),
        ({"time": None}, "time_missing"),
        ({"time": datetime(1980, 1, 6, tzinfo=UTC)}, "time_out_of_window"),
        ({"lat": None}, "position_missing"),
        ({"lon": float("nan")}, "position_missing"),
        ({"lat": 91.0, "lon": 181.0}, "position_not_available"),
        ({"lat": 91.0}, "position_not_available"),
        ({"lon": 181.0}, "position_not_available"),
        ({"lat": -105.3}, "position_out_of_range"),
        ({"lon": 220.1}, "position_out_of_range"),
        ({"lat": 0.0, "lon": 0.0}, "position_zero"),
    ],
)
def test_a_report_is_rejected_by_one_rule_with_an_example(values, rule):
    result, ledger = cleaned(pl.concat([sailing(), reports([{"row": 4711, **values}])]))
    assert ledger.rejected == {f"cleaning.{rule}": 1}
    assert ledger.examples[f"cleaning.{rule}"][0].startswith("input 0:4711: ")
    assert result.fixes.height == sailing().height


@pytest.mark.parametrize(
    "values",
    [
        {"lat": 0.0, "lon": 1.0},
        {"lat": 90.0, "lon": 0.0},
        {"lat": -90.0, "lon": 0.0},
        {"lat": 1.0, "lon": 180.0},
        {"lat": 1.0, "lon": -180.0},
        {"lat": 0.0, "lon": 0.0001},
    ],
)
def test_places_at_the_edges_are_places(values):
    result, ledger = cleaned(reports([values]))
    assert not ledger.rejected
    assert result.fixes["lat"].to_list() == [values["lat"]]


def test_longitude_180_is_one_meridian():
    result, _ = cleaned(reports([{"lon": 180.0}]))
    assert result.fixes["lon"].to_list() == [-180.0]


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("sog_kn", 102.3, "sog_not_available"),
        ("sog_kn", 102.2, "sog_impossible"),
        ("sog_kn", -1.0, "sog_impossible"),
        ("cog_deg", 360.0, "cog_not_available"),
        ("cog_deg", 409.5, "cog_impossible"),
        ("heading_deg", 511.0, "heading_not_available"),
        ("heading_deg", 360.0, "heading_impossible"),
        ("heading_deg", 496.0, "heading_impossible"),
        ("nav_status", 15, "nav_status_not_available"),
        ("nav_status", 16, "nav_status_impossible"),
    ],
)
def test_a_value_that_is_none_becomes_unknown_and_its_row_stays(column, value, rule):
    result, ledger = cleaned(reports([{column: value, "row": 9}]))
    assert ledger.blanked == {f"cleaning.{rule}": 1}
    assert ledger.examples[f"cleaning.{rule}"][0].startswith("input 0:9: ")
    assert result.fixes[column].to_list() == [None]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("sog_kn", 59.9),
        ("sog_kn", 0.0),
        ("cog_deg", 359.9),
        ("heading_deg", 359.0),
        ("nav_status", 14),
    ],
)
def test_the_last_value_that_is_one_stays(column, value):
    result, ledger = cleaned(reports([{column: value}]))
    assert not ledger.blanked
    assert result.fixes[column].to_list() == [pytest.approx(value)]


def test_a_configured_window_bounds_time():
    config = CleaningConfig(earliest_utc=at(100), latest_utc=at(200))
    _, ledger = cleaned(sailing(hours=1, every_s=60), config=config)
    assert ledger.rejected == {"cleaning.time_out_of_window": 58}  # all but at 120 s and 180 s


def test_a_clock_years_fast_is_a_stray():
    fast = sailing(hours=0.1).with_columns(pl.col("time") + timedelta(days=730))
    many = sailing(hours=8, every_s=2)
    _, ledger = cleaned(pl.concat([many, fast]))
    assert ledger.rejected == {"cleaning.time_stray": fast.height}


def test_two_dumps_months_apart_are_both_meant():
    later = sailing(hours=1).with_columns(pl.col("time") + timedelta(days=150))
    _, ledger = cleaned(pl.concat([sailing(hours=4), later]))
    assert not ledger.rejected


@pytest.mark.parametrize("year", [1970, 1999, 2038, 2080, 2099])
def test_years_that_no_clock_means_are_rejected_even_alone(year):
    rows = sailing(hours=1)
    odd = rows.head(1).with_columns(pl.lit(datetime(year, 3, 1, 12, tzinfo=UTC)).alias("time"))
    _, ledger = cleaned(pl.concat([rows, odd.cast(rows.schema)]))
    assert ledger.rejected == {"cleaning.time_out_of_window": 1}


@pytest.mark.parametrize("years", [-19.6, 5, 12])
def test_some_per_cent_of_times_years_off_are_strays(years):
    good = sailing(hours=30)
    off = sailing(hours=1).with_columns(pl.col("time") + timedelta(days=365 * years))
    _, ledger = cleaned(pl.concat([good, off]))
    assert ledger.rejected == {"cleaning.time_stray": off.height}


def test_times_scattered_over_the_years_are_strays_though_no_week_is_without():
    good = sailing(hours=48, every_s=10)
    days = pl.Series(range(1100, 4300), dtype=pl.Int64)
    shifts = days.cast(pl.Duration("ms")) * 86_400_000
    off = good.head(days.len()).with_columns(pl.col("time") + shifts)
    _, ledger = cleaned(pl.concat([good, off]))
    assert ledger.rejected == {"cleaning.time_stray": off.height}


def test_a_report_alone_on_a_day_that_the_dump_hardly_holds_is_a_stray():
    good = sailing(hours=48, every_s=10)
    days = pl.Series(range(20, 900, 5), dtype=pl.Int64)
    shifts = days.cast(pl.Duration("ms")) * 86_400_000
    off = good.head(days.len()).with_columns(pl.col("time") + shifts)
    kept, ledger = cleaned(pl.concat([good, off]))
    assert ledger.rejected == {"cleaning.time_stray": off.height}
    assert kept.fixes.height == good.height


def test_a_ship_heard_a_few_times_on_a_day_that_the_dump_hardly_holds_is_kept():
    good = sailing(hours=48, every_s=1)
    days = [
        sailing(mmsi=MMSI + 1, lat=50 + day / 10, hours=1, every_s=600, begin_s=day * 86_400.0)
        for day in range(20, 200, 5)
    ]
    kept, ledger = cleaned(pl.concat([good, *days]))
    assert "cleaning.time_stray" not in ledger.rejected
    assert not kept.fixes.filter(pl.col("time") > at(190 * 86_400.0)).is_empty()


def test_samples_of_a_like_size_years_apart_are_both_meant():
    later = sailing(hours=1).with_columns(pl.col("time") + timedelta(days=3000))
    _, ledger = cleaned(pl.concat([sailing(hours=4), later]))
    assert not ledger.rejected


def test_a_dump_of_many_years_is_meant_to_its_ends():
    rows = sailing(hours=4400, every_s=86400.0 / 30, speed_kn=0.0)  # 5500 reports
    slow = rows.with_columns(NOON + (pl.col("time") - NOON) * 14)  # over seven years
    _, ledger = cleaned(slow.cast(rows.schema))
    assert "cleaning.time_stray" not in ledger.rejected


def test_swapped_latitudes_and_longitudes_are_said():
    rows = sailing(lat=30.0, lon=-120.0).with_columns(pl.col("lon").alias("lat"), lon=30.0)
    _, ledger = cleaned(rows)
    assert ledger.rejected == {"cleaning.position_out_of_range": rows.height}
    assert "swapped" in ledger.messages[0]
    _, ledger = cleaned(pl.concat([sailing(), rows.head(3)]))
    assert not ledger.messages


@pytest.mark.parametrize(("days", "kept"), [(0, True), (-3, True), (5, True), (4000, False)])
def test_a_draught_typed_years_off_is_not_the_ships_last(days, kept):
    good, off = sailing(hours=48), sailing(hours=1)
    off = off.with_columns(pl.col("time") + timedelta(days=4000))
    at_time = at(86400.0 * days + 60.0)
    told = statics(
        [{"draught_m": 7.0}, {"draught_m": 9.5, "first_time": at_time, "last_time": at_time}]
    )
    result, ledger = cleaned(pl.concat([good, off]), told)
    assert ledger.blanked.get("cleaning.typed_time_off", 0) == (0 if kept else 10)  # reports
    assert result.draughts.filter(pl.col("time") > NOON + timedelta(days=30)).is_empty()
