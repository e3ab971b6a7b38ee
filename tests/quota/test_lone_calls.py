"""Port calls that count and that no transfer explains: on their own line, not in the estimate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pipeline import quota
from pipeline.config.quota import QuotaConfig
from tests.quota.made import NOON, calls, draughts, encounter, encounters, vessels

MOTHER, SHUTTLE, STRANGER = 201000001, 201000002, 201000003
GIVEN: dict[str, Any] = {
    "draught_before_a_m": 7.5,
    "draught_after_a_m": 6.7,
    "draught_before_b_m": 3.6,
    "draught_after_b_m": 5.2,
}
NAMPO = QuotaConfig(draws=2000, count="places", count_ports=("Nampo",))


def day(n: float):
    return NOON + timedelta(days=n)


def stay(mmsi, start, days=1.0, port="NAMPO"):
    return (mmsi, day(start), day(start + days), port)


def run(*stays, config=NAMPO, typed=(), stranger_type=80):
    """A transfer to the shuttle, a stranger examined and rejected, and port calls."""
    rows = encounters(
        encounter("a", **GIVEN),
        encounter(
            "b",
            b=STRANGER,
            candidate=False,
            ship_type_b=stranger_type,
            start_utc=day(-3),
            watchlist_b="list: X (by IMO)",
        ),
    )
    known = vessels(MOTHER, SHUTTLE, STRANGER, last=day(30))
    return quota.estimate(rows, known, draughts(*typed), None, config, calls(*stays)).summary


def lone(summary):
    line = summary["lines"]["calls_without_transfer"]
    return [(c["mmsi"], c["date"]) for c in line["list"]]


def test_a_call_that_a_transfer_explains_is_none_of_them():
    summary = run(stay(SHUTTLE, 3))
    assert lone(summary) == []
    assert summary["lines"]["delivered"]["deliveries_median"] == 1


def test_a_call_of_a_tanker_that_met_no_one_is_on_the_line_and_not_in_the_estimate():
    with_it, without = run(stay(SHUTTLE, 3), stay(STRANGER, 5)), run(stay(SHUTTLE, 3))
    assert lone(with_it) == [(STRANGER, "2018-06-09")]
    assert with_it["estimate"] == without["estimate"]
    assert with_it["scenarios"] == without["scenarios"]
    bounds = with_it["bounds"]
    assert bounds["with_calls_without_transfer"]["low_bbl"] > bounds["all_that_could"]["low_bbl"]
    assert bounds["all_that_could"] == without["bounds"]["all_that_could"]
    assert any("no known transfer explains: 1" in note for note in with_it["caveats"])


def test_its_barrels_are_the_laden_shares_of_its_capacity():
    line = run(stay(STRANGER, 5))["lines"]["calls_without_transfer"]
    (call,) = line["list"]
    assert [s["barrels"] for s in line["scenarios"]] == [
        pytest.approx(call["capacity_bbl"] * share, abs=1) for share in (1 / 3, 0.5, 0.9)
    ]
    assert (
        call["capacity_bbl"] / 4 < call["low_bbl"] < call["high_bbl"] < call["capacity_bbl"] * 1.3
    )


def test_a_shuttle_that_calls_again_without_a_transfer_between():
    assert lone(run(stay(SHUTTLE, 3), stay(SHUTTLE, 9))) == [(SHUTTLE, "2018-06-13")]


def test_berths_of_one_visit_are_one_call():
    assert len(lone(run(stay(STRANGER, 5), stay(STRANGER, 6.5), stay(STRANGER, 9)))) == 2


def test_other_ports_and_other_ships_do_not_count():
    assert lone(run(stay(STRANGER, 5, port="DALIAN"))) == []
    assert lone(run(stay(STRANGER, 5), stranger_type=70)) == []


def test_a_ship_that_left_deeper_than_it_came_took_cargo_on():
    track = 2  # of the stranger among the three vessels
    came_light = [(track, day(1), 3.6), (track, day(5.9), 5.2)]
    came_deep = [(track, day(1), 5.2), (track, day(5.9), 3.6)]
    assert lone(run(stay(STRANGER, 5), typed=came_light)) == []
    assert lone(run(stay(STRANGER, 5), typed=came_deep)) == [(STRANGER, "2018-06-09")]


def test_calls_of_listed_ships_count_wherever_they_are():
    watched = QuotaConfig(draws=2000, count="watchlist")
    summary = run(stay(STRANGER, 5, port=None), stay(SHUTTLE, 9), config=watched)
    assert lone(summary) == [(STRANGER, "2018-06-09")]
    (call,) = summary["lines"]["calls_without_transfer"]["list"]
    assert call["watchlist"] == "list: X (by IMO)"


def test_where_all_counts_any_call_would_be_one():
    summary = run(stay(STRANGER, 5), config=QuotaConfig(draws=2000))
    assert summary["lines"]["calls_without_transfer"] is None
