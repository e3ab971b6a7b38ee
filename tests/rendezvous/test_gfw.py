"""Encounters by distance, against Global Fishing Watch's own cases and what those leave out.

Each of their cases says its parameters; they map onto the section `rendezvous.distance` one to one
(`KEYS`). Their cases start from tracks, so they are tried on tracks here. Through the command line
a case must pass the cleaning first: what lies at exactly 0° N 0° E is no position there (a receiver
without a fix reports it), so those cases are moved ten degrees east.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.config.load import load
from pipeline.config.rendezvous import DistanceConfig
from pipeline.errors import UsageError
from pipeline.progress import Quiet
from pipeline.rendezvous import decide, measure
from pipeline.rendezvous.geometry import offset_m
from pipeline.rendezvous.runs import tracks_of
from pipeline.rendezvous.time_grid import resample
from pipeline.schema import DRAUGHTS, FIXES, TIME, VESSELS, conform, empty
from tests.conftest import ROOT
from tests.rendezvous.scenes import OpenSea

CASES_FILE = ROOT.parent / "shared" / "peers" / "gfw_encounters.json"
GFW = ROOT / "configs" / "gfw.yaml"
KEYS = {
    "increment_s": "increment_s",
    "max_gap_s": "max_gap_s",
    "extrapolate": "extrapolate",
    "adj_km": "adjacency_km",
    "enc_km": "encounter_km",
    "min_minutes": "duration_min_minutes",
    "merge_h": "merge_h",
}
"""Each parameter of a case, and the key of `rendezvous.distance` that it is."""
MIDNIGHT = datetime(2011, 1, 2, tzinfo=UTC)
STEP = timedelta(minutes=10)
Row = tuple[str, str, float, float, float, float]  # id, time, lat, lon, speed, course


@pytest.fixture(scope="module")
def cases() -> dict[str, Any]:
    if not CASES_FILE.is_file():
        pytest.skip("no cases of Global Fishing Watch: ../shared/peers is absent")
    found: dict[str, Any] = json.loads(CASES_FILE.read_text())
    return found


def settings_of(case: dict[str, Any]) -> list[str]:
    """A case's parameters as values for --set."""
    return [
        f"rendezvous.distance.{KEYS[name]}={json.dumps(value)}"
        for name, value in case["params"].items()
    ]


def mmsi_of(name: str) -> int:
    """A valid MMSI: theirs, where it is one."""
    return int(name) if len(name) == 9 else 211000000 + int(name)


def tables(rows: list[Row]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`schema.FIXES` and `schema.VESSELS` of reports."""
    ships = sorted({row[0] for row in rows}, key=mmsi_of)
    fixes = pl.DataFrame(
        [
            (ships.index(ship), datetime.fromisoformat(time), lat, lon, sog, cog)
            for ship, time, lat, lon, sog, cog in rows
        ],
        schema={
            "track": pl.Int32,
            "time": TIME,
            **dict.fromkeys(("lat", "lon", "sog_kn", "cog_deg"), pl.Float64),
        },
        orient="row",
    )
    fixes = fixes.unique(["track", "time"], keep="first", maintain_order=True)
    vessels = pl.DataFrame(
        [
            {"track": n, "track_id": str(mmsi_of(ship)), "mmsi": mmsi_of(ship)}
            for n, ship in enumerate(ships)
        ]
    )
    return conform(fixes.sort("track", "time"), FIXES), conform(vessels, VESSELS)


def encounters(rows: list[Row], overrides: list[str]) -> pl.DataFrame:
    """The encounters that `configs/gfw.yaml` finds with some values set over it."""
    config = load(GFW, overrides).rendezvous
    fixes, vessels = tables(rows)
    measured = measure(fixes, vessels, empty(DRAUGHTS), OpenSea(), config, Quiet())
    return decide(measured, config)


def moment(value: str | float) -> datetime:
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    return datetime.fromtimestamp(value, UTC)


def pair_of(row: dict[str, Any]) -> tuple[int, ...]:
    names = (row.get(f"vessel_{n}_id") or row[f"vessel_{n}_seg_id"] for n in (1, 2))
    return tuple(sorted(mmsi_of(name) for name in names))


def assert_as_expected(found: pl.DataFrame, expected: list[dict[str, Any]]) -> None:
    """The same pairs, times within a step, median distance within 5 %."""
    wanted = {pair_of(x): x for x in expected}
    candidates = found.filter("candidate").rows(named=True)
    assert sorted((row["mmsi_a"], row["mmsi_b"]) for row in candidates) == sorted(wanted)
    for row in candidates:
        want = wanted[row["mmsi_a"], row["mmsi_b"]]
        assert abs(row["start_utc"] - moment(want["start_time"])) <= STEP
        assert abs(row["end_utc"] - moment(want["end_time"])) <= STEP
        metres = want["median_distance_km"] * 1000.0
        assert row["distance_median_m"] == pytest.approx(metres, rel=0.05)
        assert (row["class"], row["rule"]) == ("transfer", "distance")


def expected_of(case: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = case[
        "expected_merged" if "expected_merged" in case else "expected"
    ]
    return found


PLAIN = ("simple", "multi", "dateline", "fastsep", "merge_real", "merge_dateline", "cross_day")


@pytest.mark.parametrize("name", PLAIN)
def test_a_case_of_global_fishing_watch(cases, name):
    case = cases[name]
    found = encounters(case["input"], settings_of(case))
    assert_as_expected(found, expected_of(case))


def test_the_real_case_unmerged_is_not_bridged_over_eight_dark_hours(cases):
    """Seen from the ship that was heard; seen from the other, theirs is one meeting of 12.5 h."""
    case = cases["real"]
    assert case["input"] == cases["merge_real"]["input"]
    found = encounters(case["input"], settings_of(case))
    whole, seen = case["expected"]
    assert_as_expected(found[:1], [seen])
    assert found["end_utc"][-1] == moment(whole["end_time"])
    assert found["observed_h"].to_list() == pytest.approx([2.5, 0.0])
    merged = encounters(case["input"], settings_of(cases["merge_real"])).row(0, named=True)
    assert (merged["observed_h"], merged["silence_a_h"]) == pytest.approx((2.5, 10.0))
    assert "2.5 h of 12.5 h heard" in merged["reasons"]


def test_the_mean_place_is_that_of_both_ships(cases):
    """Where theirs swaps nothing: `mean_latitude` holds a latitude in the merged case alone."""
    case = cases["merge_dateline"]
    row = encounters(case["input"], settings_of(case)).row(0, named=True)
    want = case["expected"][0]
    assert row["lat"] == pytest.approx(want["mean_latitude"], abs=1e-4)
    assert row["lon"] == pytest.approx(want["mean_longitude"], abs=1e-4)


def test_the_resampling_case(cases):
    """Theirs begins anew each day; ours also runs on before midnight, so that is left out."""
    case = cases["resample"]
    config = DistanceConfig(**{KEYS[k]: v for k, v in case["params"].items()})
    fixes, vessels = tables(case["input"])
    grid = resample(tracks_of(fixes, len(vessels)), config)
    first = math.ceil(moment(case["expected"][0][0]).timestamp() / config.increment_s)
    from_midnight = grid.tick >= first
    times = [moment(row[0]).timestamp() for row in case["expected"]]
    assert (grid.tick[from_midnight] * config.increment_s).tolist() == times
    for ours, column in ((grid.lat, 1), (grid.lon, 2)):
        theirs = [row[column] for row in case["expected"]]
        # dead reckoning on the ellipsoid, theirs on minutes of arc: half a per cent of the way
        assert ours[from_midnight].tolist() == pytest.approx(theirs, abs=1e-3)


@pytest.mark.parametrize("name", [*PLAIN, "resample"])
def test_every_parameter_of_a_case_is_a_key(cases, name):
    assert set(cases[name]["params"]) <= set(KEYS)
    assert set(KEYS.values()) <= set(DistanceConfig.model_fields)


def run(folder, rows: list[Row], overrides: list[str]) -> pl.DataFrame:
    """The encounters of `alongside detect` on a small table."""
    ais = folder / "ais.csv"
    lines = ["MMSI,BaseDateTime,LAT,LON,SOG,COG"]
    lines += [
        f"{mmsi_of(ship)},{time.removesuffix('Z')},{lat!r},{lon!r},{sog},{cog}"
        for ship, time, lat, lon, sog, cog in rows
    ]
    ais.write_text("\n".join(lines) + "\n")
    command = ["detect", str(ais), "--config", str(GFW), "--out", str(folder / "run"), "--quiet"]
    for override in overrides:
        command += ["--set", override]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    features = json.loads((folder / "run" / "candidates.geojson").read_text())["features"]
    found = pl.read_parquet(folder / "run" / "encounters.parquet")
    assert len(features) == found.filter("candidate").height
    return found


@pytest.mark.parametrize("name", ["multi", "merge_real", "cross_day"])
def test_a_case_through_the_command_line(cases, tmp_path, name):
    case = cases[name]
    east = 0.0 if name == "merge_real" else 10.0  # see the top of this file
    rows = [(ship, time, lat, lon + east, *rest) for ship, time, lat, lon, *rest in case["input"]]
    assert_as_expected(run(tmp_path, rows, settings_of(case)), expected_of(case))


# What their cases leave out. Two ships, a fix in ten minutes; b at some distance from a.


def track(
    ship: str, begin: datetime, hours: float, place: Any, every: timedelta = STEP
) -> list[Row]:
    """Reports of a ship; `place` gives latitude and longitude by hours from MIDNIGHT, or None."""
    out: list[Row] = []
    for n in range(math.floor(hours * 3600 / every.total_seconds()) + 1):
        time = begin + n * every
        at = place((time - MIDNIGHT).total_seconds() / 3600.0)
        if at is not None:
            out.append((ship, time.strftime("%Y-%m-%dT%H:%M:%SZ"), *at, 0.0, 45.0))
    return out


def two(b: Any, a: Any = lambda _h: (10.0, 60.0)) -> list[Row]:
    begin = MIDNIGHT - timedelta(hours=12)
    return track("1", begin, 24.0, a) + track("2", begin, 24.0, b)


def near(*spells: tuple[float, float]) -> Any:
    """b 100 m from a within spells of hours, 10 km off else."""
    return lambda h: (10.0, 60.001 if any(x <= h <= y for x, y in spells) else 60.1)


def test_three_point_seven_hours_across_midnight_are_one():
    row = encounters(two(near((-1.5, 2.2))), []).filter("candidate").row(0, named=True)
    assert row["start_utc"] == MIDNIGHT - timedelta(hours=1.5)
    assert row["end_utc"] == MIDNIGHT + timedelta(hours=2, minutes=10)
    assert row["observed_h"] == pytest.approx(row["duration_h"])


def test_two_ships_drift_across_the_antimeridian():
    """A line between two fixes on either side of it goes the short way, not through zero."""

    def at(offset: float) -> Any:
        return lambda h: (10.0, (179.99 + 0.02 * h / 6.0 + offset + 180.0) % 360.0 - 180.0)

    begin = MIDNIGHT - timedelta(hours=6)
    slow = timedelta(minutes=45)  # ticks lie between the fixes
    rows = track("1", begin, 12.0, at(0.0), slow) + track("2", begin, 12.0, at(0.002), slow)
    (row,) = encounters(rows, []).rows(named=True)
    assert row["candidate"]
    assert row["duration_h"] == pytest.approx(12.0)
    metres = 0.002 * 111_320.0 * math.cos(math.radians(10.0))
    assert row["distance_median_m"] == pytest.approx(metres, rel=0.01)
    assert abs(row["lon"]) > 179.9


def test_six_dark_hours_are_not_bridged_silently():
    silent = near((-5.0, 6.0))

    def a_dark(h: float) -> Any:
        return None if -2.5 < h < 3.5 else (10.0, 60.0)

    apart = encounters(two(silent, a_dark), []).filter("candidate")
    assert apart["duration_h"].to_list() == pytest.approx([2.5, 2.5])
    one = encounters(two(silent, a_dark), ["rendezvous.distance.merge_h=8"]).row(0, named=True)
    assert one["duration_h"] == pytest.approx(11.0)
    assert (one["observed_h"], one["silence_a_h"], one["silence_b_h"]) == pytest.approx(
        (5.0, 6.0, 0.0)
    )
    assert "5.0 h of 11.0 h heard; a silent for 6.0 h" in one["reasons"]


def test_two_short_meetings_with_a_departure_stay_two():
    """Theirs makes one of 5.7 h out of them, long enough to be reported."""
    b = near((-4.0, -2.83), (0.5, 1.67))
    short = encounters(two(b), [])
    assert short["duration_h"].to_list() == pytest.approx([7 / 6, 7 / 6])
    assert short["class"].to_list() == ["passing", "passing"]
    both = encounters(two(b), ["rendezvous.distance.duration_min_minutes=60"])
    assert both["candidate"].to_list() == [True, True]


def test_swinging_a_little_too_far_ends_nothing():
    def b(h: float) -> Any:
        return (10.0, 60.007 if 0.0 < h < 1.0 else 60.001)  # 770 m: adjacent still

    (row,) = encounters(two(b), []).rows(named=True)
    assert row["duration_h"] == pytest.approx(24.0)


def test_under_way_together_is_no_candidate():
    def at(offset: float) -> Any:
        return lambda h: (10.0 + 4.0 * h / 60.0, 60.0 + offset)  # 4 kn northwards

    (row,) = encounters(two(at(0.001), at(0.0)), []).rows(named=True)
    assert row["speed_median_kn"] == pytest.approx(4.0, rel=0.01)
    assert (row["candidate"], row["rule"]) == (False, "under_way")


def test_tracks_of_one_number_do_not_meet():
    fixes, vessels = tables(two(near((-6.0, 6.0))))
    vessels = vessels.with_columns(mmsi=pl.lit(211000001, pl.Int32))
    config = load(GFW).rendezvous
    assert measure(fixes, vessels, empty(DRAUGHTS), OpenSea(), config, Quiet()).is_empty()


def test_an_encounter_distance_beyond_adjacency_is_refused():
    with pytest.raises(UsageError, match="encounter_km must not be more than adjacency_km"):
        load(GFW, ["rendezvous.distance.encounter_km=2"])


def test_a_fix_in_a_long_silence_counts_where_it_falls_on_the_grid():
    def hourly(h: float) -> Any:
        return (10.0, 60.001) if (h * 2.0).is_integer() else None

    b = two(hourly)
    assert encounters(b, [])["duration_h"].to_list() == pytest.approx([24.0])
    sparse = encounters(b, ["rendezvous.distance.max_gap_s=1000"])
    assert sparse["duration_h"].to_list() == pytest.approx([24.0])
    assert sparse["observed_h"].to_list() == [0.0]


@settings(max_examples=60)
@given(
    lat=st.sampled_from([0.0, 10.0, -63.0, 80.0]),
    lon=st.sampled_from([60.0, 179.999, -180.0]),
    seed=st.integers(0, 2**32 - 1),
)
def test_pairing_loses_nothing(lat: float, lon: float, seed: int) -> None:
    """Against every pair of places at every tick, wherever and however fast the ships go."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for ship in "1234":
        stride_km = rng.choice([0.05, 0.5, 5.0])
        y, x = rng.normal(0.0, 1.0, 2)
        for n in range(60):
            if rng.random() < 0.8:
                east = (lon + x / (111.3 * math.cos(math.radians(lat))) + 180.0) % 360.0 - 180.0
                time = (MIDNIGHT + n * STEP).strftime("%Y-%m-%dT%H:%M:%SZ")
                rows.append((ship, time, lat + y / 110.6, east, 0.0, 0.0))
            pull = 0.2  # towards the middle, so that the ships meet
            y, x = (1.0 - pull) * np.array([y, x]) + rng.normal(0.0, stride_km, 2)
    values = ["rendezvous.distance.merge_h=0", "rendezvous.distance.max_gap_s=1300"]
    found = encounters(rows, values)
    fixes, vessels = tables(rows)
    distance = load(GFW, values).rendezvous.distance
    grid = resample(tracks_of(fixes, len(vessels)), distance)
    ships = [slice(grid.start[k], grid.start[k + 1]) for k in range(len(vessels))]
    hours = 0.0
    for a, b in combinations(ships, 2):
        both, i, j = np.intersect1d(grid.tick[a], grid.tick[b], return_indices=True)
        places = zip(grid.lat[a][i], grid.lon[a][i], grid.lat[b][j], grid.lon[b][j], strict=True)
        met = np.array([math.hypot(*offset_m(*place)) <= 500.0 for place in places], bool)
        together = met[1:] & met[:-1] & (np.diff(both) == 1)
        hours += together.sum() / 6.0
    assert found["observed_h"].sum() == pytest.approx(hours)


def test_the_order_of_rows_does_not_matter(cases):
    case = cases["multi"]
    assert encounters(case["input"], settings_of(case)).equals(
        encounters(case["input"][::-1], settings_of(case))
    )
