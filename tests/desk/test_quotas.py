from __future__ import annotations

import csv
import json
from datetime import date, timedelta

import polars as pl
import pytest

from pipeline.desk.quotas import quota_of_deliveries, quota_of_run
from pipeline.errors import UsageError
from tests.conftest import ROOT

CAP = ROOT / "configs" / "caps" / "dprk_refined_2018.yaml"
FILES = ["manifest.json", "quota.csv", "quota.json", "quota.png", "quota.svg"]
OPTIONS = {"cap": None, "reported": None, "config_file": None, "overrides": (), "overwrite": False}


def of_run(run, out, **options):
    return quota_of_run(run, out=out, **{**OPTIONS, "fleet": None, "watchlists": (), **options})


def of_list(path, out, **options):
    return quota_of_deliveries(path, out=out, **{**OPTIONS, **options})


def rows(path):
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def calls(tmp_path):
    """The 89 port calls of the report of July 2018, spread evenly over their 150 days."""
    path = tmp_path / "calls.csv"
    first, each = date(2018, 1, 1), 1_519_586.5 / 89
    days = [first + timedelta(days=150 * k // 88) for k in range(89)]
    path.write_text(
        "date,vessel,capacity_bbl\n" + "".join(f"{day},=SUM(1),{each}\n" for day in days)
    )
    return path


def test_a_list_gives_the_published_figures(calls, tmp_path):
    text = of_list(calls, tmp_path / "out", cap=CAP)
    assert (
        "33% laden: 89 deliveries, 506,529 bbl, the cap is passed at delivery 88 on 2018-05-29"
        in text
    )
    assert (
        "90% laden: 89 deliveries, 1,367,628 bbl, the cap is passed at delivery 33 on 2018-02-24"
        in text
    )
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == FILES
    assert len(json.loads((tmp_path / "out" / "quota.json").read_text())["scenarios"]) == 3


def test_every_delivery_is_a_row_with_its_running_sums(calls, tmp_path):
    of_list(calls, tmp_path / "out", cap=CAP)
    table = rows(tmp_path / "out" / "quota.csv")
    assert len(table) == 89
    assert float(table[32]["sum_at_90pct_bbl"]) > 500_000 > float(table[31]["sum_at_90pct_bbl"])
    assert float(table[88]["sum_at_33.33pct_bbl"]) == pytest.approx(506_529, abs=0.5)
    assert table[0]["vessel"] == "'=SUM(1)"


def test_sums_begin_anew_with_each_year(tmp_path):
    path = tmp_path / "two.csv"
    path.write_text("date,volume_bbl\n2018-12-31,10\n2019-01-01,20\n")
    text = of_list(path, tmp_path / "out", cap=CAP)
    assert [row["sum_at_50pct_bbl"] for row in rows(tmp_path / "out" / "quota.csv")] == [
        "10.0",
        "20.0",
    ]
    assert "  2018: 1 deliveries, 10 bbl, the cap is not passed" in text
    assert "  2019: 1 deliveries, 20 bbl, the cap is not passed" in text


def test_what_was_reported_is_added(calls, tmp_path):
    path = tmp_path / "reported.csv"
    path.write_text("month,supplier,tonnes,barrels\n2018-01,CHN,,100000\n")
    text = of_list(calls, tmp_path / "out", cap=CAP, reported=path)
    assert "with what was reported: 606,529 bbl" in text


def test_months_are_told_beside_the_published_total(calls, tmp_path):
    path = tmp_path / "reported.csv"
    months = "jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec"
    path.write_text(
        f"year,supplier,{months},published_total\n"
        "2021,CHN,0,0,4893,92,8050,10725,2829,11745,41973,1666,8730,1206,91909\n"
        "2023,RUS,44655,10666,5140,3612,2593,2305,10933,5713,9482,0,4151,6591,105845\n"
    )
    text = of_list(calls, tmp_path / "out", cap=CAP, reported=path).splitlines()
    assert "reported, CHN 2021: the months add up to 91,909 bbl" in text
    assert (
        "reported, RUS 2023: the months add up to 105,841 bbl, 4 below the published 105,845"
        in text
    )


def test_a_bad_row_is_named_and_nothing_is_written(calls, tmp_path):
    calls.write_text(calls.read_text() + "yesterday,x,5\n")
    with pytest.raises(UsageError, match=r"calls\.csv:\n  line 91: date 'yesterday'"):
        of_list(calls, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_run_gives_a_row_a_candidate(run, tmp_path):
    text = of_run(run, tmp_path / "out", cap=CAP)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == FILES
    assert "dprk_refined_2018" in text
    assert len(rows(tmp_path / "out" / "quota.csv")) == 4


def test_a_run_with_its_own_settings_gives_what_it_has(run, tmp_path):
    of_run(run, tmp_path / "out")
    for name in ("quota.json", "quota.csv", "quota.svg"):
        assert (tmp_path / "out" / name).read_bytes() == (run / name).read_bytes()


def test_another_cap_and_register_count(run, tmp_path):
    cap, fleet = tmp_path / "cap.yaml", tmp_path / "fleet.csv"
    cap.write_text("name: mine\nbarrels: 10\nstart: 2026-01-01\nsource: made up\n")
    fleet.write_text("mmsi,deadweight_t\n412000002,5000\n")
    text = of_run(run, tmp_path / "out", cap=cap, fleet=fleet)
    assert "cap: 10 bbl (mine)" in text
    assert "chance that the cap is passed 100%" in text
    assert "register" in (tmp_path / "out" / "quota.json").read_text()
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert set(manifest["files"]) == {"cap", "fleet"}
    assert manifest["run"] == str(run)


def test_settings_of_the_quota_may_be_changed_and_no_others(run, tmp_path):
    of_run(run, tmp_path / "out", overrides=["quota.laden_fractions=[0.7]"])
    scenarios = json.loads((tmp_path / "out" / "quota.json").read_text())["scenarios"]
    assert [scenario["laden_fraction"] for scenario in scenarios] == [0.7]
    with pytest.raises(UsageError, match="only keys of the section quota"):
        of_run(run, tmp_path / "more", overrides=["rendezvous.transfer.duration_min_h=3"])


def test_ships_are_matched_with_lists_anew(run, tmp_path):
    before = pl.read_parquet(run / "encounters.parquet").filter("candidate")
    receiver = before.filter(pl.col("mmsi_b").is_not_null())["mmsi_b"][0]
    own = tmp_path / "own.csv"
    own.write_text(f"mmsi\n{receiver}\n")
    of_run(run, tmp_path / "out", watchlists=[own])
    found = json.loads((tmp_path / "out" / "quota.json").read_text())
    assert found["counts"]["rule"] == "watchlist"
    listed = {d["mmsi"]: d["watchlist"] for d in found["deliveries"] if d["chance_counts"]}
    assert listed == {receiver: "own: no name (by MMSI)"}
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["files"]["watchlist 1"]["path"] == str(own)
    assert manifest["config"]["quota"]["count"] == "watchlist"


def test_a_watchlist_and_places_cannot_both_say_what_counts(run, tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("mmsi\n412000002\n")
    places = ["quota.count=places", "quota.count_ports=[NAMPO]"]
    with pytest.raises(UsageError, match="only one of the two"):
        of_run(run, tmp_path / "out", watchlists=[own], overrides=places)


def test_a_folder_that_is_no_run_is_named(tmp_path):
    with pytest.raises(UsageError, match="is no finished run"):
        of_run(tmp_path, tmp_path / "out")


def test_a_former_one_is_replaced_only_if_asked(run, tmp_path):
    of_run(run, tmp_path / "out")
    with pytest.raises(UsageError, match="exists already"):
        of_run(run, tmp_path / "out")
    of_run(run, tmp_path / "out", overwrite=True)
