"""The scenario table against what was published."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config.quota import CapConfig
from pipeline.quota.caps import load_cap
from pipeline.quota.scenarios import (
    Delivery,
    Reported,
    exact_fraction,
    scenario_table,
    whole_barrels,
)

CAP = CapConfig()


def equal_calls(first: date, days: float, count: int, capacity_bbl: float) -> list[Delivery]:
    """`count` calls of equal capacity, the first on `first`, the last `days` later."""
    return [
        Delivery(first + timedelta(days=days * k / (count - 1)), capacity_bbl / count)
        for k in range(count)
    ]


# Listed capacity of all calls, from the published rows: 1,367,628 / 0.9 = 759,793 / 0.5 for 2018,
# and the one whole number of barrels that gives both rows for 2023.
CALLS_2018 = equal_calls(date(2018, 1, 1), 150, 89, 1_519_586.5)
CALLS_2023 = equal_calls(date(2023, 1, 1), 257, 87, 1_692_646.0)


@pytest.mark.parametrize(
    ("calls", "fraction", "barrels", "number", "day"),
    [
        (CALLS_2018, 0.9, 1_367_628, 33, "2018-02-24"),
        (CALLS_2018, 0.5, 759_793, 59, "2018-04-09"),
        (CALLS_2018, 1 / 3, 506_529, 88, "2018-05-29"),
        (CALLS_2018, 0.333333, 506_529, 88, "2018-05-29"),
        (CALLS_2023, 0.9, 1_523_381, 29, "2023-03-25"),
        (CALLS_2023, 0.6, 1_015_588, 43, "2023-05-06"),
    ],
)
def test_published_rows_to_the_barrel(calls, fraction, barrels, number, day):
    row = scenario_table(calls, [], [fraction], CAP)[0]
    assert row["laden_fraction"] == fraction
    assert row["deliveries"] == len(calls)
    assert (row["barrels"], row["breach_delivery"], row["breach_date"]) == (barrels, number, day)


def test_the_keys_of_the_contract_come_first():
    row = scenario_table(CALLS_2018, [], [0.9], CAP)[0]
    keys = ["laden_fraction", "deliveries", "barrels", "breach_delivery", "breach_date"]
    assert list(row)[:5] == keys


def test_reaching_the_cap_is_no_breach():
    calls = [Delivery(date(2018, 1, day), 100_000.0) for day in range(1, 7)]
    row = scenario_table(calls[:5], [], [1.0], CAP)[0]
    assert (row["barrels"], row["breach_date"]) == (500_000, None)
    row = scenario_table(calls, [], [1.0], CAP)[0]
    assert (row["breach_delivery"], row["breach_date"]) == (6, "2018-01-06")


def test_each_year_counts_anew():
    calls = [
        Delivery(date(2018, 12, 31), 400_000.0),
        Delivery(date(2019, 1, 1), 400_000.0),
        Delivery(date(2019, 3, 1), 400_000.0),
    ]
    row = scenario_table(calls, [], [1.0], CAP)[0]
    assert row["barrels"] == 1_200_000
    assert (row["breach_delivery"], row["breach_date"]) == (2, "2019-03-01")
    assert [p["period"] for p in row["periods"]] == ["2018", "2019"]
    assert [p["barrels"] for p in row["periods"]] == [400_000, 800_000]
    assert [p["breach_date"] for p in row["periods"]] == [None, "2019-03-01"]


def test_what_lies_outside_the_cap_is_left_out(root: Path):
    cap = load_cap(root / "configs/caps/dprk_refined_2017.yaml")
    days = [date(2017, 9, 30), date(2017, 10, 1), date(2017, 12, 31), date(2018, 1, 1)]
    row = scenario_table([Delivery(day, 300_000.0) for day in days], [], [1.0], cap)[0]
    assert (row["deliveries"], row["barrels"]) == (2, 600_000)
    assert (row["breach_delivery"], row["breach_date"]) == (2, "2017-12-31")


def test_a_volume_without_a_capacity_counts_at_every_fraction():
    calls = [Delivery(date(2018, 1, 1), None, 7_000.0), Delivery(date(2018, 1, 2), 1_000.0, 900.0)]
    table = scenario_table(calls, [], [0.5, 0.9], CAP)
    assert [row["barrels"] for row in table] == [7_500, 7_900]


def test_official_transfers_count_toward_the_same_cap():
    calls = [Delivery(date(2018, 1, 10), 300_000.0), Delivery(date(2018, 3, 10), 300_000.0)]
    official = [Reported(date(2018, 1, 31), 150_000.0), Reported(date(2018, 2, 28), 60_000.0)]
    row = scenario_table(calls, official, [0.5, 1.0], CAP)
    assert [r["barrels"] for r in row] == [300_000, 600_000]
    year = {"barrels": 510_000, "breach_delivery": 2, "breach_date": "2018-03-10"}
    assert row[0]["with_reported"] == {
        **year,
        "periods": [{"period": "2018", "deliveries": 2, **year}],
    }
    # At full load the second report passes the cap, one delivery after the other.
    assert row[1]["with_reported"]["breach_date"] == "2018-02-28"
    assert row[1]["with_reported"]["breach_delivery"] == 1
    assert row[1]["breach_date"] == "2018-03-10"


def test_a_report_comes_after_the_deliveries_of_its_day():
    calls = [Delivery(date(2018, 1, 31), 100_000.0)] * 3
    row = scenario_table(calls, [Reported(date(2018, 1, 31), 350_000.0)], [1.0], CAP)[0]
    assert row["with_reported"]["breach_delivery"] == 3


def test_no_deliveries_no_breach():
    row = scenario_table([], [], [0.9], CAP)[0]
    assert (row["deliveries"], row["barrels"], row["breach_date"]) == (0, 0, None)


@given(st.permutations(CALLS_2018[:40]))
def test_the_order_of_rows_does_not_matter(calls):
    assert scenario_table(calls, [], [0.9], CAP) == scenario_table(CALLS_2018[:40], [], [0.9], CAP)


def test_fractions_typed_with_six_decimals_are_meant_exactly():
    assert exact_fraction(0.333333) == 1 / 3
    assert exact_fraction(0.33) == 0.33
    assert exact_fraction(0.9) == 0.9


def test_half_a_barrel_goes_up():
    assert [whole_barrels(x) for x in (0.5, 1.5, 2.4999)] == [1, 2, 2]
