from datetime import timedelta

import polars as pl
import pytest

from tests.cleaning.ships import at, cleaned, reports, sailing


def test_a_row_equal_in_all_is_a_duplicate():
    one = sailing(hours=1)
    result, ledger = cleaned(pl.concat([one, one.with_columns(pl.col("row") + 1000)]))
    assert ledger.rejected == {"cleaning.duplicate": one.height}
    assert result.fixes.height == one.height


@pytest.mark.parametrize("late_s", [1, 5, 28])
def test_one_transmission_stamped_by_two_receivers_is_one_fix(late_s):
    one = sailing(hours=1)
    other = one.with_columns(pl.col("time") + timedelta(seconds=late_s), pl.col("row") + 1000)
    result, ledger = cleaned(pl.concat([one, other]))
    assert ledger.rejected == {"cleaning.repeat": one.height}
    assert result.fixes["time"].to_list() == one["time"].to_list()  # the first reception


@pytest.mark.parametrize("column", ["sog_kn", "cog_deg", "heading_deg", "nav_status"])
def test_a_copy_from_a_feed_that_leaves_values_out_is_a_repeat(column):
    one = sailing(hours=1)
    other = one.with_columns(
        pl.col("time") + timedelta(seconds=4), pl.lit(None).cast(one.schema[column]).alias(column)
    )
    result, ledger = cleaned(pl.concat([one, other]))
    assert ledger.rejected == {"cleaning.repeat": one.height}
    assert result.fixes[column].null_count() == 0


def test_the_copy_of_a_moving_ship_that_a_network_held_back_is_a_repeat():
    one = sailing(hours=1)
    other = one.with_columns(pl.col("time") + timedelta(minutes=8), pl.col("row") + 1000)
    result, ledger = cleaned(pl.concat([one, other]))
    assert ledger.rejected == {"cleaning.repeat": one.height}
    assert result.fixes.height == one.height


def test_a_moored_ship_may_send_the_same_again():
    same = reports([{"time": at(180.0 * k)} for k in range(100)])
    result, ledger = cleaned(same)
    assert not ledger.rejected
    assert result.fixes.height == 100


def test_a_ship_that_sends_an_old_place_while_she_sails_is_stuck():
    moving = sailing(hours=1, speed_kn=12)
    frozen = reports(
        [
            {
                "time": at(3600 + 60.0 * k),
                "lat": moving["lat"][-1],
                "lon": moving["lon"][-1],
                "sog_kn": 12.0,
                "cog_deg": 90.0 + k / 10,
                "row": 500 + k,
            }
            for k in range(60)
        ]
    )
    result, ledger = cleaned(pl.concat([moving, frozen]))
    # 2 km at 12 kn take 5.4 minutes; until then she may be where she says
    assert ledger.rejected["cleaning.stuck_position"] == pytest.approx(60 - 5, abs=1)
    assert result.fixes["time"].to_list()[-1] <= at(3600 + 60 * 6)


@pytest.mark.parametrize("share", [10, 37])
def test_an_old_place_repeated_for_hours_by_a_ship_that_sails_is_no_second_ship(share):
    ship = sailing(hours=24)
    old = ship.gather_every(share, offset=share).with_columns(
        pl.lit(ship["lat"][0]).alias("lat"),
        pl.lit(ship["lon"][0]).alias("lon"),
        pl.col("time") + timedelta(seconds=1),
        pl.col("row") + 10_000,
    )
    result, ledger = cleaned(pl.concat([ship, old]))
    assert result.vessels["track_id"].to_list() == ["211000001"]
    assert ledger.rows_rejected == old.height
    assert result.fixes.height == ship.height


def test_of_two_places_at_one_time_the_same_stays_whatever_the_order_of_rows():
    rows = [{"time": at(0), "lat": 50.00002}, {"time": at(0), "lat": 50.00001}]
    there, ledger = cleaned(reports(rows))
    back, _ = cleaned(reports(rows[::-1]))
    assert ledger.rejected == {"cleaning.same_time": 1}
    assert there.fixes.equals(back.fixes)


def test_of_two_reports_of_one_time_and_place_the_one_that_says_more_stays():
    headings = [None, 44.0]
    rows = [{"time": at(0), "heading_deg": heading} for heading in headings]
    result, _ = cleaned(reports(rows))
    assert result.fixes["heading_deg"].to_list() == [44.0]
