"""What is known of hulls, and how surely: each thing that may be missing."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from pipeline.rendezvous.hulls import hull_table, hulls_of
from pipeline.schema import VESSELS, conform

WHOLE = {"length_m": 180, "beam_m": 30, "a_m": 150, "b_m": 30, "c_m": 10, "d_m": 20}


def ships(*known, **all_of):
    rows = [{"track": k, "mmsi": 366_000_001 + k, **all_of, **one} for k, one in enumerate(known)]
    return conform(pl.DataFrame(rows, infer_schema_length=None), VESSELS)


def hull(**known):
    """Length, its error, beam, its error, forward, its error, starboard, its error of one ship."""
    one = hulls_of(ships(known))
    of = [one.length, one.length_error, one.beam, one.beam_error]
    of += [one.forward, one.forward_error, one.starboard, one.starboard_error]
    return [pytest.approx(float(value[0])) for value in of]


def test_what_is_typed_is_taken_as_it_is():
    assert hull(**WHOLE) == [180, 0, 30, 0, 60, 2, 5, 2]
    assert hulls_of(ships(WHOLE, {"length_m": 180}, {"beam_m": 30})).known.tolist() == [
        True,
        False,
        False,
    ]


def test_a_beam_tells_a_length_to_a_quarter_and_a_length_a_beam_to_a_fifth():
    assert hull(beam_m=20)[:4] == [120, 30, 20, 0]
    assert hull(length_m=120)[:4] == [120, 0, 20, 4]


@pytest.mark.parametrize(
    ("known", "length", "error"),
    [
        ({}, 110, 70),
        ({"ship_type": 52}, 110, 70),
        ({"ship_type": 70}, 190, 140),
        ({"ship_type": 79}, 190, 140),
        ({"ship_type": 80}, 190, 140),
        ({"ship_type": 89}, 190, 140),
        ({"ship_type": 90}, 110, 70),
        ({"ship_type": 69}, 110, 70),
        ({"mmsi": 992_111_111, "flags": "aid_to_navigation"}, 8, 6),
        ({"mmsi": 992_111_111, "flags": "aid_to_navigation", "ship_type": 80}, 8, 6),
    ],
)
def test_of_a_hull_without_dimensions_its_kind_tells_between_what_it_lies(known, length, error):
    got = hull(**known)
    assert got[:4] == [length, error, length / 6, 0.2 * length / 6 + error / 6]


@pytest.mark.parametrize(
    ("length", "forward", "error"), [(60, 18, 10.8), (59, 0, 23.6), (200, 60, 36)]
)
def test_an_antenna_of_unknown_place_stands_aft_on_ships_and_anywhere_on_craft(
    length, forward, error
):
    got = hull(length_m=length, beam_m=10)
    assert got[4:] == [forward, error, 0, 2]


def test_a_length_that_is_a_guess_widens_where_its_centre_is():
    assert hull(beam_m=20)[4:6] == [36, 0.18 * 120 + 0.3 * 30]


@pytest.mark.parametrize("side", ["a_m", "b_m", "c_m", "d_m"])
def test_half_an_antennas_place_is_none(side):
    along = side in ("a_m", "b_m")
    got = hull(**{**WHOLE, side: None})
    assert got[4:] == ([54, 32.4, 5, 2] if along else [60, 2, 0, 6])


def test_no_part_of_a_hull_is_farther_from_the_antenna_than_its_reach():
    whole, unknown, at_the_bow = hulls_of(
        ships(WHOLE, {}, {"length_m": 100, "beam_m": 10, "a_m": 0, "b_m": 100})
    ).reach
    assert whole == pytest.approx(math.hypot(90 + 60 + 2, 15 + 5 + 2))
    beam, beam_error = 110 / 6, 22 / 6 + 70 / 6
    along = 0.5 * 180 + 33 + 0.18 * 110 + 0.3 * 70
    assert unknown == pytest.approx(math.hypot(along, 0.5 * (beam + beam_error) + 0.2 * beam))
    # nowhere is she farther off than her length
    assert at_the_bow == pytest.approx(math.hypot(100, 5 + 2))


def test_the_table_of_hulls_has_a_row_a_ship_in_the_order_of_its_columns():
    vessels = ships(WHOLE, {"length_m": 180, "beam_m": 30, "a_m": 150}, {"c_m": 10})
    table = hull_table(hulls_of(vessels), vessels)
    assert table.shape == (3, 9)
    assert table[0].tolist() == [180, 30, 0, 60, 2, 5, 2, 1, 1]
    assert table[1:, 7:].tolist() == [[1, 0], [0, 0]]
    assert np.isfinite(table).all()
