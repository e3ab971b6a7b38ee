"""What a fix says of motion."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.rendezvous.reported import COURSE_AS_HEADING_KN, reported_of

NAN = np.nan


def reported(sog, cog, heading, lat=29.123456, lon=-90.123456):
    single = (np.array([value], np.float32) for value in (sog, cog, heading))
    found = reported_of(np.array([lat]), np.array([lon]), *single)
    return tuple(column[0] for column in found)


def test_the_bow_points_where_the_compass_says():
    assert reported(12.0, 80.0, 90.0)[0] == 90.0


@pytest.mark.parametrize(
    ("knots", "bow"), [(COURSE_AS_HEADING_KN, 80.0), (COURSE_AS_HEADING_KN - 0.1, NAN), (NAN, NAN)]
)
def test_without_a_compass_the_course_stands_in_for_a_ship_under_way(knots, bow):
    assert reported(knots, 80.0, NAN)[0] == pytest.approx(bow, nan_ok=True)


@pytest.mark.parametrize(
    ("knots", "course", "east", "north"),
    [
        (10.0, 90.0, 10.0, 0.0),
        (10.0, 180.0, 0.0, -10.0),
        (0.0, NAN, 0.0, 0.0),  # it goes nowhere, whatever its course
        (5.0, NAN, NAN, NAN),
        (NAN, 90.0, NAN, NAN),
    ],
)
def test_the_velocity_of_a_fix(knots, course, east, north):
    assert reported(knots, course, 0.0)[1:3] == pytest.approx((east, north), abs=1e-9, nan_ok=True)


def test_a_position_to_a_tenth_of_a_minute_is_coarse():
    assert reported(5.0, 0.0, 0.0, 29.0 + 1 / 600, -90.0 - 7 / 600)[3]
    assert not reported(5.0, 0.0, 0.0)[3]
