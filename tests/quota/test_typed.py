"""Typed draughts that a port call came between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pipeline import quota
from pipeline.config.quota import QuotaConfig
from pipeline.quota.chains import Call
from pipeline.quota.typed import Doubt, doubts
from tests.quota.made import NOON, calls, draughts, encounter, encounters, vessels

SHUTTLE = "201000002"


def hour(n: float):
    return NOON + timedelta(hours=n)


def doubt(typed_h, *calls_h):
    """Of a ten-hour meeting from hour 0, with draughts typed and calls begun and ended then."""
    series = {SHUTTLE: [(hour(n), 5.0) for n in typed_h]}
    stays = [Call(SHUTTLE, hour(begin), hour(end)) for begin, end in calls_h]
    return doubts(encounters(encounter("a")), series, stays).get(("a", "b"), Doubt())


@pytest.mark.parametrize(
    ("typed_h", "calls_h", "expected"),
    [
        ((-50, 12), (), Doubt()),
        ((-50, 12), ((30, 50),), Doubt()),
        ((-50, 52), ((30, 50),), Doubt(foreign=True)),
        ((-50, 33), ((30, 50),), Doubt()),  # typed while mooring: the draught of the arrival
        ((-50, 12), ((-40, -20),), Doubt(overtaken=True)),
        ((-15, 12), ((-40, -20),), Doubt()),
        ((-30, 12), ((-40, -20),), Doubt()),  # typed before it sailed
        ((-50, 52), ((-40, -20), (30, 50)), Doubt(overtaken=True, foreign=True)),
        ((), ((30, 50),), Doubt()),
    ],
)
def test_which_draughts_a_call_came_between(typed_h, calls_h, expected):
    assert doubt(typed_h, *calls_h) == expected


GIVEN: dict[str, Any] = {"draught_before_b_m": 3.6, "draught_after_b_m": 5.2}


def run(values, typed, *stays):
    known = vessels(201000001, 201000002, last=hour(500))
    found = quota.estimate(
        encounters(encounter("a", **values)),
        known,
        draughts(*((1, hour(at), draught) for at, draught in typed)),
        None,
        QuotaConfig(draws=2000),
        calls(*((201000002, hour(begin), hour(end), "NAMPO") for begin, end in stays))
        if stays
        else None,
    )
    return found.summary["transfers"][0], found.volumes.row(0, named=True)


def test_what_was_typed_after_a_call_is_not_the_meetings():
    # It came at 5.2 m, and typed 3.6 m after it had landed its cargo.
    values = {"draught_before_b_m": 5.2, "draught_after_b_m": 3.6}
    typed = [(-20, 5.2), (52, 3.6)]
    sure, _ = run(values, typed)
    assert (sure["draughts_of"], sure["chance_a_gives"] < 0.1) == ("b", True)
    open_, _ = run(values, typed, (30, 50))
    assert open_["draughts_of"] == "none"
    assert open_["chance_a_gives"] > 2 * sure["chance_a_gives"]


def test_a_draught_that_a_call_may_have_overtaken_widens_the_interval():
    typed = [(-50, 3.6), (11, 5.2)]
    _, sharp = run(GIVEN, typed)
    _, wide = run(GIVEN, typed, (-40, -20))
    assert wide["volume_high_bbl"] - wide["volume_low_bbl"] > (
        sharp["volume_high_bbl"] - sharp["volume_low_bbl"]
    )
