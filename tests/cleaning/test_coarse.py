import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cleaning.coarse import COARSE_M2, coarse, is_coarse
from pipeline.config import Config
from pipeline.rendezvous.closest import closest_approach
from pipeline.schema import FIXES, conform
from tests.cleaning.ships import MMSI, cleaned, sailing, statics

CELLS = st.integers(-53_999, 53_999)


def rounded(frame, per_deg):
    return frame.with_columns((pl.col("lat", "lon") * per_deg).round() / per_deg)


@given(CELLS, CELLS, st.sampled_from([5, 6, 9]))
def test_tenths_of_a_minute_are_known_by_their_digits_however_many_decimals(lat, lon, decimals):
    shared = lat % 3 == 0 and lon % 3 == 0  # thousandths of a degree as well
    assert is_coarse(round(lat / 600, decimals), round(lon / 600, decimals)) is not shared


@given(st.integers(-89_999, 89_999), st.integers(-179_999, 179_999), st.sampled_from([1, 10, 100]))
def test_degrees_rounded_to_decimals_are_never_taken_for_them(lat, lon, coarser):
    assert not is_coarse(lat // coarser * coarser / 1000, lon // coarser * coarser / 1000)


def test_a_position_on_both_grids_goes_with_the_fix_before():
    on_both, thirds, fine = (10.005, 20.01), (10.0 + 1 / 600, 20.01), (10.00512, 20.01234)
    places = [on_both, thirds, on_both, on_both, fine, on_both]
    table = pl.DataFrame(places, schema=["lat", "lon"], orient="row").with_columns(track=0)
    assert coarse(conform(table, FIXES)).tolist() == [False, True, True, True, False, False]


def test_positions_of_satellites_are_flagged_and_counted():
    ship = rounded(sailing(every_s=360.0), 600)
    result, ledger = cleaned(pl.concat([ship, sailing(mmsi=MMSI + 1, lat=40.0)]))
    flagged = result.fixes.filter(pl.col("flags").cast(pl.String).str.contains("coarse"))
    assert flagged["track"].unique().to_list() == [0]
    assert flagged.height > 0.8 * ship.height
    assert ledger.flagged["cleaning.coarse"] == flagged.height


@pytest.mark.parametrize(("per_deg", "error_m2"), [(6e5, 0.0), (600, COARSE_M2)])
def test_hull_gaps_are_measured_with_the_error_of_such_positions(per_deg, error_m2):
    ships = [
        rounded(sailing(mmsi=MMSI + k, lat=50.0 + k / 1e3, lon=0.0021, speed_kn=1), per_deg)
        for k in range(2)
    ]
    typed = [
        {"mmsi": MMSI + k, "length_m": 200.0, "beam_m": 30.0}
        | {"a_m": 170.0, "b_m": 30.0, "c_m": 15.0, "d_m": 15.0}
        for k in range(2)
    ]
    result, _ = cleaned(pl.concat(ships), statics(typed))
    config = Config().rendezvous
    found = closest_approach(result.fixes, result.vessels, MMSI, MMSI + 1, config)
    assert found is not None
    error_m = found.hull_gap_m - found.hull_gap_low_m
    assert error_m > 1.5 * (2 * config.hull.position_error_m**2 + error_m2) ** 0.5
    assert (error_m > 80.0) == (error_m2 > 0.0)
