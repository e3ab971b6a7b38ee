import numpy as np
import polars as pl
import pytest

from pipeline.cleaning.doubts import CIRCLE, LAND, flag_bits, flagged, inland
from pipeline.schema import FIXES, conform
from tests.cleaning.ships import at, cleaned, reports, sailing


@pytest.mark.parametrize(
    ("lat", "lon", "expected"),
    [
        (48.85, 2.35, True),  # Paris
        (65.0, 180.0, False),  # the Gulf of Anadyr, on the antimeridian
        (53.54, 9.97, True),  # Hamburg's harbour: rivers are land to the coastline
        (51.95, 4.10, False),  # Europoort, on land that was filled
        (36.0, -20.0, False),
        (-85.0, 10.0, True),  # Antarctica
        (90.0, 0.0, False),
        (-90.0, 0.0, True),
    ],
)
def test_only_what_is_far_inland_is_on_land(lat, lon, expected):
    assert inland(np.array([lat]), np.array([lon])).tolist() == [expected]


def test_positions_inland_are_kept_flagged_and_counted():
    ship = sailing(lat=48.85, lon=2.35, speed_kn=0)
    result, ledger = cleaned(pl.concat([ship, sailing(mmsi=244_000_001, lat=36.0, lon=-20.0)]))
    assert result.fixes.filter(pl.col("flags") == "land").height == ship.height
    assert ledger.flagged == {"cleaning.land": ship.height}


def test_the_fix_that_stuck_is_flagged():
    # under way at 20 kn for 20 min by her own speed, always from one place
    stuck = reports([{"time": at(60.0 * k), "sog_kn": 20.0, "cog_deg": 90.0} for k in range(20)])
    result, ledger = cleaned(stuck)
    assert ledger.rejected["cleaning.stuck_position"] > 0
    assert result.fixes["flags"].to_list()[-1] == "stuck"
    assert ledger.flagged == {"cleaning.stuck": 1}


def test_flags_add_up():
    fixes = conform(pl.DataFrame({"track": [0, 0, 0]}), FIXES)
    fixes = flagged(fixes, np.array([True, True, False]), LAND)
    fixes = flagged(fixes, np.array([False, True, False]), CIRCLE)
    assert fixes["flags"].to_list() == ["land", "land;circle", None]
    assert flag_bits(fixes).tolist() == [LAND, LAND | CIRCLE, 0]
