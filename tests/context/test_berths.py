"""Harbours learned from moored ships; the nearest berth, with the ships of a meeting left out."""

import numpy as np
import polars as pl
import pytest

from pipeline import schema
from pipeline.config.context import ContextConfig
from pipeline.context import stays as stays_module
from pipeline.context.berths import HARBOURS, learn_harbours, nearest_berth
from pipeline.context.ports import PORTS

CONFIG = ContextConfig()
PORT = pl.DataFrame([("Fredericia", 55.56, 9.75)], schema=dict(PORTS), orient="row")


def stays(*places):
    """STAYS that make berths, of (track, lat, lon)."""
    frame = pl.DataFrame(
        [(track, lat, lon, "moored", True, 10.0) for track, lat, lon in places],
        schema=["track", "lat", "lon", "kind", "berth", "hours"],
        orient="row",
    )
    return schema.conform(frame, stays_module.STAYS)


def test_berths_near_each_other_are_one_harbour():
    # 0.005 degrees of latitude are 556 m: a chain of three berths, and one 5 km off.
    found = learn_harbours(
        stays((0, 55.56, 9.75), (1, 55.565, 9.75), (2, 55.57, 9.75), (0, 55.61, 9.75)), PORT, CONFIG
    )
    table = found.table.sort("lat")
    assert table.select("ships", "stays", "hours").rows() == [(3, 3, 30.0), (1, 1, 10.0)]
    assert table["name"].to_list() == ["Fredericia", "Fredericia"]
    assert table["lat"][0] == pytest.approx(55.565, abs=0.001)


def test_a_harbour_far_from_listed_ports_has_no_name():
    found = learn_harbours(stays((0, 56.0, 9.75)), PORT, CONFIG)
    assert found.table["name"].to_list() == [None]
    assert found.table.schema == pl.Schema(dict(HARBOURS))


def test_only_stays_that_make_berths_count():
    found = learn_harbours(stays((0, 55.56, 9.75)).with_columns(berth=False), PORT, CONFIG)
    assert found.table.is_empty()
    nearest = nearest_berth(found, np.array([55.56]), np.array([9.75]))
    assert nearest["berth_km"].to_list() == [None]


def test_a_harbour_across_the_antimeridian_is_one():
    found = learn_harbours(stays((0, -16.8, 179.999), (1, -16.8, -179.999)), None, CONFIG)
    assert found.table["ships"].to_list() == [2]
    assert abs(found.table["lon"][0]) == pytest.approx(180.0, abs=0.002)


def test_nearest_berth_tells_distance_harbour_and_ships():
    found = learn_harbours(
        stays((0, 55.56, 9.75), (1, 55.561, 9.75), (2, 57.0, 11.0)), PORT, CONFIG
    )
    near = nearest_berth(found, np.array([55.56, 56.9, np.nan]), np.array([9.76, 11.0, 9.0]))
    assert near["berth_km"].to_list()[:2] == pytest.approx([0.63, 11.14], abs=0.01)
    assert near["berth_km"][2] is None
    assert near["berth_ships"].to_list() == [0, 0, 0]
    assert found.table["name"][near["harbour"][0]] == "Fredericia"
    at_berth = nearest_berth(found, np.array([55.5605]), np.array([9.75]))
    assert at_berth["berth_ships"].to_list() == [2]


def test_the_ships_of_a_meeting_do_not_explain_it():
    found = learn_harbours(stays((0, 55.56, 9.75), (1, 55.561, 9.75)), PORT, CONFIG)
    here = np.array([55.56]), np.array([9.75])
    without_one = nearest_berth(found, *here, (np.array([0]),))
    assert without_one["berth_km"][0] == pytest.approx(0.111, abs=0.002)
    assert without_one["berth_ships"][0] == 1
    without_both = nearest_berth(found, *here, (np.array([0]), np.array([1])))
    assert without_both.select("berth_km", "harbour", "berth_ships").row(0) == (None, None, 0)


def test_a_ship_with_many_berths_is_left_out_of_all_of_them():
    own = [(0, 55.0 + 0.002 * i, 9.75) for i in range(40)]
    found = learn_harbours(stays(*own, (1, 56.0, 9.75)), PORT, CONFIG)
    near = nearest_berth(found, np.array([55.04]), np.array([9.75]), (np.array([0]),))
    assert near["berth_km"][0] == pytest.approx(0.96 * 111.3, abs=0.3)
