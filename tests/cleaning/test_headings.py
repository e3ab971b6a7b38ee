import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cleaning.headings import drop_false_headings
from pipeline.ledger import Ledger
from pipeline.schema import FIXES, conform
from tests.cleaning.ships import M_PER_DEG, MMSI, at, cleaned, sailing

TRACKS = pl.DataFrame({"track": [0], "track_id": ["1"]}, schema_overrides={"track": pl.Int32})


def known(fixes):
    """Which headings are left, and how many were counted as lost."""
    ledger = Ledger()
    kept, misleading = drop_false_headings(conform(fixes, FIXES), TRACKS, ledger)
    lost = kept["heading_deg"].null_count() - fixes["heading_deg"].null_count()
    assert ledger.blanked.get("cleaning.heading_false", 0) == lost
    assert misleading.to_list() == ([0] if lost else [])
    assert kept.drop("heading_deg").equals(conform(fixes, FIXES).drop("heading_deg"))
    return kept["heading_deg"].is_not_null().to_list()


def voyage(courses, headings, *, speed_kn=12.0, every_s=60.0, sog_kn=None):
    """A fix a minute on the given courses."""
    step = speed_kn * 1852 / 3600 * every_s
    rows, lat, lon = [], 50.0, 0.0
    for k, (course, heading) in enumerate(zip(courses, headings, strict=True)):
        rows.append(
            {
                "track": 0,
                "time": at(every_s * k),
                "lat": lat,
                "lon": lon,
                "sog_kn": speed_kn if sog_kn is None else sog_kn,
                "cog_deg": course % 360.0,
                "heading_deg": None if heading is None else heading % 360.0,
            }
        )
        ahead = courses[min(k + 1, len(courses) - 1)]
        lat += step * math.cos(math.radians(ahead)) / M_PER_DEG
        lon += step * math.sin(math.radians(ahead)) / M_PER_DEG / math.cos(math.radians(lat))
    return pl.DataFrame(rows)


def legs(*parts):
    return [course for course, fixes in parts for _ in range(fixes)]


def test_a_gyro_far_off_the_course_is_none_over_the_whole_track():
    courses = legs((90, 60), (20, 60))
    assert not any(known(voyage(courses, [c + 60 for c in courses])))


def test_a_gyro_that_goes_wrong_and_comes_right_loses_the_stretch_between():
    courses = legs((90, 300))
    headings = [c + (70 if 100 <= k < 200 else 1) for k, c in enumerate(courses)]
    left = known(voyage(courses, headings))
    assert left == [not 100 <= k < 200 for k in range(300)]


def test_what_was_said_at_rest_after_a_wrong_voyage_is_not_believed():
    out = voyage(legs((90, 60)), [150.0] * 60)
    lay = (
        out.tail(1)
        .select(pl.exclude("time"))
        .join(pl.DataFrame({"time": [at(3600.0 + 60 * k) for k in range(60)]}), how="cross")
    )
    lay = lay.with_columns(sog_kn=pl.lit(0.0), heading_deg=pl.lit(155.0))
    assert not any(known(pl.concat([out, lay.select(out.columns)])))


def test_stream_and_wind_on_the_beam_are_no_fault():
    courses = legs((90, 200))
    assert all(known(voyage(courses, [c + 35 for c in courses], speed_kn=5.5)))


def test_a_squall_or_a_turn_is_no_fault():
    courses = legs((90, 200))
    headings = [c + (80 if 50 <= k < 58 else 0) for k, c in enumerate(courses)]
    assert all(known(voyage(courses, headings)))


def test_a_ferry_that_goes_astern_half_of_the_time_keeps_her_heading():
    courses = legs(*[(90, 25), (270, 25)] * 4)
    assert all(known(voyage(courses, [91.0 + k % 2 for k in range(len(courses))])))


def test_a_gyro_reversed_on_a_long_voyage_is_none():
    courses = legs((90, 100), (45, 100))
    assert not any(known(voyage(courses, [c + 178 for c in courses])))


def test_a_tug_that_runs_stern_first_keeps_her_heading():
    courses = legs((90, 40))
    assert all(known(voyage(courses, [c + 178 for c in courses], speed_kn=7.0)))


def test_a_value_that_stays_while_the_course_turns_is_none_from_its_first_fix():
    courses = legs((91, 120), (150, 9))
    assert not any(known(voyage(courses, [90.0] * 129)))


def test_a_true_heading_on_a_straight_course_stays():
    assert all(known(voyage(legs((91, 200)), [90.0] * 200)))


@pytest.mark.parametrize("copied", [True, False])
def test_a_course_copied_into_the_heading_is_none(copied):
    rng = np.random.default_rng(1)
    courses = [*legs((90, 60), (10, 60)), *rng.integers(0, 360, 60)]
    headings = [c if copied else c + rng.normal(0, 3) for c in courses]
    left = known(voyage(courses, headings, speed_kn=0.01, sog_kn=0.1))
    assert not any(left) if copied else all(left)


@pytest.mark.parametrize("value", [0.0, 137.0])
def test_zero_all_the_time_is_none_but_another_value_of_a_ship_at_rest_is(value):
    left = known(voyage(legs((0, 120)), [value] * 120, speed_kn=0.0))
    assert any(left) == (value != 0.0)


def anchored(heading, radius_m, hours=24.0):
    """An antenna that swings through half a circle in six hours and back."""
    rows = []
    for k in range(int(hours * 6)):
        angle = 0.5 * math.pi * math.sin(2 * math.pi * k / 72)
        rows.append(
            {
                "track": 0,
                "time": at(600.0 * k),
                "lat": 50.0 + radius_m * math.cos(angle) / M_PER_DEG,
                "lon": radius_m * math.sin(angle) / M_PER_DEG / math.cos(math.radians(50.0)),
                "sog_kn": 0.2,
                "cog_deg": None,
                "heading_deg": heading(angle),
            }
        )
    return conform(pl.DataFrame(rows, infer_schema_length=None), FIXES)


def test_a_value_that_stays_while_the_antenna_swings_is_none():
    assert not any(known(anchored(lambda angle: 12.0, 200.0, hours=36)))


def test_a_ship_that_swings_with_her_heading_keeps_it():
    swung = anchored(lambda angle: (180.0 + math.degrees(angle)) % 360.0, 200.0, hours=36)
    assert all(known(swung))


def test_a_moored_ship_keeps_her_heading_in_noise():
    assert all(known(anchored(lambda angle: 12.0, 30.0, hours=36)))


def test_too_few_fixes_tell_nothing():
    assert all(known(voyage(legs((90, 12)), [180.0] * 12)))


def test_a_false_heading_is_told_of_the_vessel():
    rows = sailing().with_columns(heading_deg=pl.lit(10.0, dtype=pl.Float32))
    result, ledger = cleaned(rows)
    assert result.vessels["flags"].to_list() == ["false_heading"]
    assert result.fixes["heading_deg"].null_count() == result.fixes.height
    assert ledger.examples["cleaning.heading_false"][0].startswith(f"{MMSI} at 2024-03-01")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 359), st.integers(20, 80)), min_size=1, max_size=6),
    st.floats(5.0, 20.0),
    st.floats(-2.5, 2.5),
    st.floats(-9.0, 9.0),
    st.integers(0, 1000),
)
def test_a_right_gyro_loses_nothing_in_any_stream_and_wind(parts, speed, across, leeway, seed):
    courses = legs(*parts)
    crab = math.degrees(math.atan2(across, speed)) + leeway
    noise = np.random.default_rng(seed).normal(0, 0.7, len(courses))
    noise += np.where(np.abs(noise + crab) < 1.0, 1.5, 0.0)
    assert all(
        known(
            voyage(
                courses, [c + crab + n for c, n in zip(courses, noise, strict=True)], speed_kn=speed
            )
        )
    )


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 359), st.floats(60, 140), st.integers(1, 359))
def test_a_fault_is_found_whichever_way_the_ship_sails(course, off, turn):
    courses = legs((course, 80), (course + turn, 80))
    assert not any(known(voyage(courses, [c + off for c in courses])))
