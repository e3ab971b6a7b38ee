"""Sums over time against the cap."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from pipeline.config.quota import CapConfig
from pipeline.quota.scenarios import Reported
from pipeline.quota.totals import Counted, add_up, band

CAP = CapConfig(barrels=100.0)
JANUARY, MARCH, NEXT = date(2018, 1, 5), date(2018, 3, 5), date(2019, 2, 1)


def draws(*values):
    return np.array(values, dtype=float)


def test_band_is_the_ninety_per_cent_interval():
    assert band(np.arange(1001.0)) == {"low_bbl": 50, "median_bbl": 500, "high_bbl": 950}


def test_the_cap_is_passed_in_some_draws_and_on_some_days():
    deliveries = [Counted(JANUARY, draws(120, 60, 60, 10)), Counted(MARCH, draws(0, 50, 40, 10))]
    result = add_up(deliveries, [], CAP, 4)
    assert result["chance_exceeded"] == 0.5  # 120 and 110; 100 is no breach
    assert result["breach_date"]["chance_by_date"] == [
        {"date": "2018-01-05", "chance": 0.25},
        {"date": "2018-03-05", "chance": 0.5},
    ]
    dates = {key: result["breach_date"][key] for key in ("early", "median", "late")}
    assert dates == {"early": "2018-01-05", "median": "2018-01-05", "late": "2018-03-05"}


def test_the_fan_runs_within_its_period():
    deliveries = [
        Counted(JANUARY, draws(10, 10)),
        Counted(MARCH, draws(5, 5)),
        Counted(NEXT, draws(1, 1)),
    ]
    result = add_up(deliveries, [], CAP, 2)
    assert [(p["date"], p["median_bbl"]) for p in result["fan"]] == [
        ("2018-01-05", 10),
        ("2018-03-05", 15),
        ("2019-02-01", 1),
    ]
    assert [(p["period"], p["median_bbl"]) for p in result["periods"]] == [
        ("2018", 15),
        ("2019", 1),
    ]
    assert result["median_bbl"] == 16


def test_several_deliveries_of_a_day_are_one_point():
    result = add_up([Counted(JANUARY, draws(1)), Counted(JANUARY, draws(2))], [], CAP, 1)
    assert [(p["date"], p["low_bbl"]) for p in result["fan"]] == [("2018-01-05", 3)]


def test_the_first_breach_of_any_period_counts():
    deliveries = [Counted(JANUARY, draws(120, 0)), Counted(NEXT, draws(120, 120))]
    result = add_up(deliveries, [], CAP, 2)
    assert result["chance_exceeded"] == 1.0
    assert [p["chance_exceeded"] for p in result["periods"]] == [0.5, 1.0]
    assert result["breach_date"]["chance_by_date"][0] == {"date": "2018-01-05", "chance": 0.5}


def test_official_transfers_add_to_every_draw():
    result = add_up([Counted(JANUARY, draws(60, 10))], [Reported(MARCH, 50.0)], CAP, 2)
    assert result["chance_exceeded"] == 0.5
    assert result["breach_date"]["early"] == "2018-03-05"


@pytest.mark.parametrize("deliveries", [[], [Counted(date(2017, 12, 31), draws(500.0))]])
def test_what_the_cap_does_not_count_is_left_out(deliveries):
    result = add_up(deliveries, [], CAP, 1)
    assert (result["high_bbl"], result["breach_date"], result["fan"]) == (0, None, [])
