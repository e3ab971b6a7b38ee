"""The stage as the flow calls it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from pipeline import quota, schema
from pipeline.config.quota import CapConfig, QuotaConfig
from pipeline.quota.ships import vessels_of
from pipeline.quota.volumes import Fleet, volumes_of
from tests.quota.made import NOON, calls, draughts, encounter, encounters, vessels

MOTHER, SHUTTLE, OTHER = 201000001, 201000002, 201000003
CONFIG = QuotaConfig(draws=400)


def run(*rows, config=CONFIG, port_calls=None, fleet=None, typed=()):
    return quota.estimate(
        encounters(*rows),
        vessels(MOTHER, SHUTTLE, OTHER),
        draughts(*typed),
        fleet,
        config,
        port_calls,
    )


GIVEN: dict[str, Any] = {
    "draught_before_a_m": 7.5,
    "draught_after_a_m": 6.7,
    "draught_before_b_m": 3.6,
    "draught_after_b_m": 5.2,
}


def test_no_candidates_give_no_volumes_and_no_breach():
    result = run()
    assert result.volumes.schema == pl.Schema(schema.VOLUMES)
    assert result.volumes.is_empty()
    assert [row["barrels"] for row in result.summary["scenarios"]] == [0, 0, 0]
    assert result.summary["estimate"]["high_bbl"] == 0


def test_volumes_follow_the_schema_and_are_in_order():
    result = run(
        encounter("b", **GIVEN),
        encounter("a"),
        encounter("c", b=None, draught_before_a_m=7.0, draught_after_a_m=6.2),
        encounter("d", length_a_m=None, beam_a_m=None, length_b_m=None, beam_b_m=None),
        encounter("e", duration_h=0.1),
    )
    assert result.volumes.schema == pl.Schema(schema.VOLUMES)
    assert result.volumes["event_id"].to_list() == ["a", "b", "c", "d", "e"]
    low, median, high = (result.volumes[f"volume_{q}_bbl"] for q in ("low", "median", "high"))
    assert (low >= 0).all() and (low <= median).all() and (median <= high).all()
    assert result.volumes.null_count().sum_horizontal().item() > 0  # open directions are null


def test_both_draughts_tell_who_gives():
    volumes = run(encounter("there", **GIVEN)).volumes
    assert volumes.row(0)[1:3] == (MOTHER, SHUTTLE)
    back: dict[str, Any] = {
        "draught_before_a_m": 5.0,
        "draught_after_a_m": 5.7,
        "draught_before_b_m": 5.6,
        "draught_after_b_m": 3.9,
    }
    assert run(encounter("back", **back)).volumes.row(0)[1:3] == (SHUTTLE, MOTHER)


def test_without_draughts_the_direction_stays_open():
    result = run(encounter("open"))
    assert result.volumes.row(0)[1:3] == (None, None)
    assert result.summary["transfers"][0]["draughts_of"] == "none"


def test_a_ship_never_heard_is_neither_named_nor_given_a_capacity():
    row = encounter("lone", b=None, draught_before_a_m=7.5, draught_after_a_m=6.0)
    result = run(row)
    assert result.volumes.row(0)[1:3] == (MOTHER, None)
    delivery = result.summary["deliveries"][0]
    assert (delivery["mmsi"], delivery["link"], delivery["capacity_bbl"]) == (
        None,
        "unlinked",
        None,
    )
    median = result.volumes["volume_median_bbl"][0]
    assert all(abs(row["barrels"] - median) <= 1 for row in result.summary["scenarios"])


def test_the_same_bytes_whatever_the_order_of_rows():
    rows = [
        encounter("a", **GIVEN),
        encounter("b", a=MOTHER, b=OTHER, start_utc=NOON + timedelta(days=1), score=0.4),
        encounter("c", a=SHUTTLE, b=OTHER, start_utc=NOON + timedelta(days=2)),
    ]
    calling = calls((OTHER, NOON + timedelta(days=3), NOON + timedelta(days=4), "NAMPO"))
    forth, back = run(*rows, port_calls=calling), run(*rows[::-1], port_calls=calling)
    assert forth.volumes.equals(back.volumes)
    assert json.dumps(forth.summary) == json.dumps(back.summary)


def test_a_candidate_has_the_same_volume_whatever_else_is_in_the_run():
    alone = run(encounter("a", **GIVEN)).volumes
    among = run(encounter("0", a=OTHER, b=SHUTTLE), encounter("a", **GIVEN)).volumes
    assert among.filter(event_id="a").equals(alone)


def test_another_seed_gives_other_draws():
    first = run(encounter("a", **GIVEN))
    other = run(encounter("a", **GIVEN), config=QuotaConfig(draws=400, seed=1))
    assert not first.volumes.equals(other.volumes)


def test_the_summary_is_plain_json():
    text = json.dumps(run(encounter("a", **GIVEN)).summary, allow_nan=False)
    assert json.loads(text)["cap"]["name"] == "dprk_refined_2018"


def test_a_register_is_preferred_to_dimensions_and_gross_tonnage_is_not_read():
    fleet = pl.DataFrame({"mmsi": [SHUTTLE], "deadweight_t": [3000.0], "gross_tonnage": [1998.0]})
    result = run(encounter("a", **GIVEN), fleet=fleet)
    delivery = result.summary["deliveries"][0]
    assert delivery["capacity_source"] == "register (mmsi)"
    assert delivery["capacity_bbl"] == round(3000 * 8.058)
    assert result.volumes["volume_high_bbl"][0] <= 3000 * 1.03 * 8.67


@pytest.mark.parametrize("score", [0.25, 0.75])
def test_candidates_weigh_by_their_score(score):
    config = QuotaConfig(draws=4000)
    delivery, *more = run(encounter("a", **GIVEN, score=score), config=config).summary["deliveries"]
    assert not more  # the other direction is too unlikely to be listed
    # Four standard deviations of a share of 4,000 draws.
    assert delivery["chance_took_place"] == pytest.approx(score, abs=4 * (0.25 / 4000) ** 0.5)
    assert delivery["median_bbl"] > 5000  # if it took place


def test_scenarios_let_the_smaller_ship_receive_where_the_direction_is_open():
    small: dict[str, Any] = {
        "length_a_m": 80.0,
        "beam_a_m": 12.0,
        "length_b_m": 128.0,
        "beam_b_m": 20.0,
    }
    cases: list[tuple[dict[str, Any], int]] = [(small, MOTHER), ({}, SHUTTLE)]
    for values, vessel in cases:
        summary = run(encounter("a", **values)).summary
        assert summary["transfers"][0]["draughts_of"] == "none"
        assert [d["vessel"] for d in summary["scenario_deliveries"]] == [str(vessel)]


def test_each_direction_keeps_its_own_volume():
    # The shuttle is all but full: it can give much and take little.
    open_way = encounter("a", draught_before_a_m=7.0, draught_before_b_m=5.8)
    config = QuotaConfig(draws=4000)
    fleet = Fleet(
        vessels_of(encounters(open_way), vessels(MOTHER, SHUTTLE), draughts(), None), config
    )
    (volume,) = volumes_of(encounters(open_way), draughts(), vessels(MOTHER, SHUTTLE), fleet, {})
    assert 0.1 < volume.chance_a_gives < 0.9
    forth, back = volume.barrels[volume.a_gives], volume.barrels[~volume.a_gives]
    assert len(forth) > 100
    assert len(back) > 100
    assert forth.mean() < 0.75 * back.mean()


def test_what_errs_alike_for_all_does_not_average_out():
    rows = [encounter(f"{n:02d}", a=MOTHER, b=OTHER + n, **GIVEN) for n in range(40)]
    config = QuotaConfig(draws=2000, cap=CapConfig(product="gasoil"))
    estimate = run(*rows, config=config).summary["estimate"]
    # 3.3 standard deviations of 8 % are 26 %; forty independent errors of a quarter would be 13 %.
    assert estimate["high_bbl"] - estimate["low_bbl"] > 0.22 * estimate["median_bbl"]
