"""Which deliveries count, and what is known of their ships."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from pipeline import quota
from pipeline.config.quota import QuotaConfig
from pipeline.errors import UsageError
from pipeline.quota.ships import vessels_of
from tests.quota.made import NOON, calls, draughts, encounter, encounters, vessels

MOTHER, SHUTTLE, OTHER = 201000001, 201000002, 201000003
MONDAY = NOON + timedelta(days=3)
# Both draughts typed: the mother gives.
GIVEN: dict[str, Any] = {
    "draught_before_a_m": 7.5,
    "draught_after_a_m": 6.7,
    "draught_before_b_m": 3.6,
    "draught_after_b_m": 5.2,
}


def run(config, port_calls=None, **values):
    rows = encounters(encounter("a", **{**GIVEN, **values}))
    known = vessels(MOTHER, SHUTTLE, OTHER)
    return quota.estimate(rows, known, draughts(), None, config, port_calls).summary


def config(**values):
    return QuotaConfig(draws=2000, **values)


def delivered(summary):
    return summary["scenarios"][0]["deliveries"], summary["estimate"]["median_bbl"] > 0


def call_at(port):
    return calls((SHUTTLE, MONDAY, MONDAY + timedelta(days=1), port))


def test_all_counts_wherever_it_went():
    assert delivered(run(config())) == (1, True)
    assert delivered(run(config(), call_at("DALIAN"))) == (1, True)


def test_the_date_is_that_of_the_call():
    assert run(config(), call_at("NAMPO"))["scenario_deliveries"][0]["date"] == "2018-06-07"
    assert run(config())["scenario_deliveries"][0]["date"] == "2018-06-04"


def test_named_ports_count_whatever_their_capitals():
    named = config(count="places", count_ports=("Nampo",))
    assert delivered(run(named, call_at("NAMPO"))) == (1, True)
    assert delivered(run(named, call_at("DALIAN"))) == (0, False)
    assert delivered(run(named, call_at(None))) == (0, False)


@pytest.mark.parametrize(("share", "median"), [(0.0, False), (1.0, True)])
def test_oil_that_nobody_followed_counts_by_the_share_said(share, median):
    named = config(count="places", count_ports=("NAMPO",), unlinked_share=share)
    assert (run(named)["estimate"]["median_bbl"] > 0) == median


def test_bounds_tell_what_was_followed_from_what_was_not():
    summary = run(config(count="places", count_ports=("NAMPO",)))
    assert summary["bounds"]["delivered_only"]["high_bbl"] == 0
    assert summary["bounds"]["all_that_could"]["low_bbl"] > 5000
    assert summary["lines"]["waiting"]["deliveries_median"] == 1
    assert summary["lines"]["unlinked"]["deliveries_median"] == 0
    estimate = summary["estimate"]
    assert estimate["low_bbl"] == 0 < estimate["high_bbl"]
    assert summary["deliveries"][0]["chance_counts"] == 0.5


def test_a_watchlist_counts_who_is_on_it_and_holds_the_oil():
    watched = config(count="watchlist")
    assert delivered(run(watched)) == (0, False)
    assert delivered(run(watched, watchlist_b="UN 1718 (IMO)")) == (1, True)
    assert delivered(run(watched, watchlist_a="UN 1718 (IMO)"))[0] == 0


@pytest.fixture
def zone(tmp_path):
    path = tmp_path / "zone.geojson"
    ring = [[123, 36], [125, 36], [125, 38], [123, 38], [123, 36]]
    feature = {
        "type": "Feature",
        "properties": {"name": "Korea Bay"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


def test_transfers_and_calls_inside_a_zone_count(zone):
    zoned = config(count="places", count_zones_file=zone)
    assert delivered(run(zoned)) == (1, True)
    assert run(zoned)["deliveries"][0]["chance_counts"] == 1.0
    away = {"lat": 30.0, "lon": 124.0}
    inside = call_at("X").with_columns(lat=pl.lit(37.0), lon=pl.lit(124.0))
    outside = call_at("X").with_columns(lat=pl.lit(30.0), lon=pl.lit(124.0))
    assert delivered(run(zoned, inside, **away)) == (1, True)
    assert delivered(run(zoned, outside, **away)) == (0, False)


def test_a_zone_file_that_is_none_is_named(tmp_path):
    path = tmp_path / "zone.geojson"
    path.write_text("{}")
    with pytest.raises(UsageError, match=r"zone\.geojson"):
        run(config(count="places", count_zones_file=path))


def test_a_ship_that_passes_on_what_it_got_is_no_delivery_of_its_own():
    rows = encounters(
        encounter("a", **GIVEN),
        encounter(
            "b",
            a=SHUTTLE,
            b=OTHER,
            start_utc=NOON + timedelta(days=1),
            length_a_m=95.0,
            beam_a_m=13.5,
            draught_before_a_m=5.2,
            draught_after_a_m=3.6,
            draught_before_b_m=3.6,
            draught_after_b_m=5.2,
        ),
    )
    summary = quota.estimate(
        rows, vessels(MOTHER, SHUTTLE, OTHER), draughts(), None, config()
    ).summary
    assert [d["vessel"] for d in summary["scenario_deliveries"]] == [str(OTHER)]
    # About one cargo, not two: 1,650 t of a product between 6.35 and 8.74 barrels a tonne.
    assert 8_000 < summary["estimate"]["median_bbl"] < 20_000


def shared(typed):
    """Two meetings of one shuttle with the same two draughts, and what it typed when."""
    second = {**GIVEN, "draught_before_a_m": None, "draught_after_a_m": None}
    rows = encounters(
        encounter("a", **{**second, "start_utc": NOON}),
        encounter("b", a=OTHER, b=SHUTTLE, start_utc=NOON + timedelta(days=2), **second).copy(),
    )
    known = vessels(MOTHER, SHUTTLE, OTHER)
    return quota.estimate(rows, known, draughts(*typed), None, config()).volumes


def test_one_typed_change_is_not_the_cargo_of_each_of_two_meetings():
    track = 1  # of the shuttle among the three vessels
    once = [(track, NOON - timedelta(days=1), 3.6), (track, NOON + timedelta(days=3), 5.2)]
    again = [
        (track, NOON - timedelta(days=1), 3.6),
        (track, NOON + timedelta(hours=11), 5.2),
        (track, NOON + timedelta(days=1), 3.6),
        (track, NOON + timedelta(days=3), 5.2),
    ]
    assert shared(once)["volume_low_bbl"].max() < shared(again)["volume_low_bbl"].min()


def known(fleet, **values):
    rows = encounters(encounter("a", imo_b=8705539, name_b="KUM UN SAN 3", **values))
    typed = draughts((1, NOON, 6.4))
    return vessels_of(rows, vessels(MOTHER, SHUTTLE), typed, fleet)[str(SHUTTLE)].ship


def register(**columns):
    return pl.DataFrame({"deadweight_t": [2070.0], **columns})


def test_registers_are_matched_on_imo_then_mmsi_then_name():
    assert known(register(imo=[8705539])).source == "register (imo)"
    assert known(register(mmsi=[SHUTTLE])).source == "register (mmsi)"
    assert known(register(name=[" kum un san 3"])).source == "register (name)"
    both = pl.DataFrame(
        {"imo": [8705539, None], "mmsi": [None, SHUTTLE], "deadweight_t": [1.0, 2.0]}
    )
    assert known(both).deadweight_t == 1.0


def test_a_name_that_comes_with_another_number_or_twice_is_no_match():
    assert known(register(name=["KUM UN SAN 3"], imo=[8604917])).source == "dimensions"
    twice = pl.DataFrame({"name": ["KUM UN SAN 3"] * 2, "deadweight_t": [2070.0, 900.0]})
    assert known(twice).source == "dimensions"


def test_zeros_of_a_register_are_unknown():
    ship = known(register(imo=[8705539], length_m=[0.0]).with_columns(deadweight_t=pl.lit(0.0)))
    assert (ship.deadweight_t, ship.length_m, ship.source) == (None, 95.0, "dimensions")


def test_without_a_register_the_hull_and_the_deepest_draught_count():
    ship = known(None)
    assert (ship.length_m, ship.beam_m, ship.deepest_m) == (95.0, 13.5, pytest.approx(6.4))
    assert known(None, length_b_m=None, beam_b_m=None).source == "nothing known"
    assert known(None, length_b_m=0.0, beam_b_m=0.0).source == "nothing known"
