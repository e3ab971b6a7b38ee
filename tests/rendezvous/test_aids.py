"""Ships at aids to navigation."""

from __future__ import annotations

import math
from datetime import timedelta

import polars as pl
import pytest

from pipeline.config import RendezvousConfig
from tests.rendezvous.scenes import START, Boat, beside, encounters, moored, swing, visit

BUOY = 992_471_234


def buoy(east=0.0, north=0.0, mmsi=BUOY, size=None):
    where = moored(east, north, 0.0)
    return Boat(mmsi, where, length=size, beam=size, bow=None, kind=None, heading_known=False)


def tanker(motion, **changes):
    return Boat(412_000_001, motion, **changes)


def coaster(motion):
    return Boat(412_000_002, motion, length=95.0, beam=15.0, bow=78.0)


def typed(before_m, after_m):
    times = [START, START + timedelta(hours=14)]
    return pl.DataFrame({"track": [0, 0], "time": times, "draught_m": [before_m, after_m]})


@pytest.mark.parametrize("size", [None, 6.0])
def test_a_ship_that_lies_at_a_buoy_meets_an_aid(size):
    found = encounters([tanker(moored(), status=1), buoy(30.0, size=size)])
    pair = found.filter(pl.col("kind") == "pair")
    assert pair.select("class", "rule", "candidate").rows() == [
        ("aid_to_navigation", "at_aid", False)
    ]


def test_two_buoys_are_no_encounter():
    assert encounters([buoy(), buoy(20.0, mmsi=BUOY + 1)]).is_empty()


def test_by_distance_only_ships_meet():
    config = RendezvousConfig(method="distance")
    assert encounters([tanker(moored()), buoy(30.0)], config=config).is_empty()


def test_a_buoy_beside_a_transfer_takes_nothing_from_it():
    m = swing()
    pair = [tanker(m, status=1), coaster(visit(beside(m, 4.0, 22.5), 2.0, 9.0))]
    found = encounters([*pair, buoy(), buoy(60.0, mmsi=BUOY + 1)])
    assert found.filter("candidate")["class"].to_list() == ["transfer"]


def test_a_draught_that_changed_at_a_mooring_buoy_is_no_transfer():
    # in a steady current she yaws too little to show what she rides to: the buoy's report does
    def riding(t):
        h = 90.0 + 11.0 * math.sin(t / 900.0)
        r = math.radians(h)
        return -145.0 * math.sin(r), -145.0 * math.cos(r), h

    ship = tanker(riding, status=0)
    alone = encounters([ship], draughts=typed(14.0, 8.0)).filter("candidate")
    assert alone["class"].to_list() == ["transfer"]
    found = encounters([ship, buoy()], draughts=typed(14.0, 8.0))
    lone = found.filter(pl.col("kind") == "one_sided")
    assert lone.select("class", "rule").rows() == [("mooring_or_platform", "held")]
