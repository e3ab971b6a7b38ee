"""What the command calls: a list of deliveries, and a finished run's folder."""

from __future__ import annotations

import json
from datetime import date, timedelta

import polars as pl
import pytest

from pipeline import quota
from pipeline.config.quota import QuotaConfig
from pipeline.quota.arithmetic import arithmetic_table

CONFIG = QuotaConfig(draws=2000)
HEADER = "date,vessel,imo,deadweight_t,capacity_bbl,volume_bbl\n"


@pytest.fixture
def july(tmp_path):
    """The 89 calls of the report of July 2018, equal and evenly spread."""
    rows = (
        f"{date(2018, 1, 1) + timedelta(days=150 * k / 88)},,,,{1_519_586.5 / 89!r},\n"
        for k in range(89)
    )
    path = tmp_path / "july.csv"
    path.write_text(HEADER + "".join(rows))
    return path


def of_list(path, root, reported=None, cap="dprk_refined_2018", config=CONFIG):
    cap_path = root / f"configs/caps/{cap}.yaml"
    return quota.run_from_deliveries(path, cap_path, reported, config)


def test_the_arithmetic_of_july_2018(july, root):
    summary = of_list(july, root).summary
    rows = [
        (row["barrels"], row["breach_delivery"], row["breach_date"]) for row in summary["scenarios"]
    ]
    assert rows == [
        (506_529, 88, "2018-05-29"),
        (759_793, 59, "2018-04-09"),
        (1_367_628, 33, "2018-02-24"),
    ]
    table = arithmetic_table(summary)
    passed = table.filter(pl.col("sum_at_90pct_bbl") > 500_000).row(0, named=True)
    assert (passed["number"], passed["date"]) == (33, "2018-02-24")
    assert table["sum_at_50pct_bbl"][-1] == pytest.approx(759_793.25)
    assert "sum_at_33.33pct_bbl" in table.columns


def test_the_estimate_lies_between_the_scenarios(july, root):
    estimate = of_list(july, root).summary["estimate"]
    assert (
        506_529 <= estimate["low_bbl"] < estimate["median_bbl"] < estimate["high_bbl"] <= 1_367_628
    )
    assert estimate["chance_exceeded"] == 1.0
    dates = estimate["breach_date"]
    assert "2018-02-24" <= dates["early"] < dates["median"] < dates["late"] <= "2018-05-29"


def test_laden_shares_of_a_fleet_do_not_average_out(july, root):
    estimate = of_list(july, root).summary["estimate"]
    spread = estimate["high_bbl"] - estimate["low_bbl"]
    # Were the shares independent, the band would be 1.5 % of the median wide for each of 3.3
    # standard deviations of 89 draws from an interval: some 90,000 barrels.
    assert spread > 300_000


def test_known_volumes_are_known(tmp_path, root):
    path = tmp_path / "list.csv"
    path.write_text(HEADER + "2018-01-05,A,,,9000,8000\n2018-02-05,B,,,,7500\n")
    estimate = of_list(path, root).summary["estimate"]
    assert {estimate[key] for key in ("low_bbl", "median_bbl", "high_bbl")} == {15_500}


def test_deadweight_turns_into_barrels_and_no_more_than_its_tanks_hold(tmp_path, root):
    path = tmp_path / "list.csv"
    path.write_text(HEADER + "2018-01-05,YU JONG 2,8604917,1200,,\n")
    summary = of_list(path, root).summary
    assert [row["barrels"] for row in summary["scenarios"]] == [
        round(1200 * 8.058 * share) for share in (1 / 3, 0.5, 0.9)
    ]
    assert summary["estimate"]["high_bbl"] <= 0.9 * 1200 * 1.01**3 * 1.2 * 0.98 * 6.29
    crude = of_list(path, root, cap="dprk_crude").summary["scenarios"][2]["barrels"]
    assert crude == round(1200 * 4_000_000 / 525_000 * 0.9)


def test_official_transfers_count_toward_the_same_cap_and_are_shown_apart(july, root, tmp_path):
    reported = tmp_path / "reported.csv"
    reported.write_text("month,supplier,tonnes,barrels\n2018-01,CHN,12004.8,\n")
    summary = of_list(july, root, reported).summary
    without, also = summary["scenarios"][2], summary["scenarios"][2]["with_reported"]
    assert also["barrels"] - without["barrels"] == round(12004.8 * 8.33)
    assert also["breach_date"] < without["breach_date"]
    estimate = summary["estimate"]
    assert estimate["with_reported"]["median_bbl"] - estimate["median_bbl"] == 100_000
    assert summary["reported"]["barrels"] == 100_000
    assert of_list(july, root).summary["reported"] is None


def test_lists_give_the_same_bytes_each_time(july, root):
    first, second = (json.dumps(of_list(july, root).summary) for _ in range(2))
    assert first == second


def test_rows_that_are_alike_are_pointed_out(tmp_path, root):
    path = tmp_path / "list.csv"
    path.write_text(HEADER + "2018-01-05,A,,,9000,\n" * 2 + "2018-01-06,B,,,9000,\n")
    assert any("Lines 2, 3 are alike" in note for note in of_list(path, root).summary["caveats"])
