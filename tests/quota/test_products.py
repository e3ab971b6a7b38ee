"""Barrels per tonne."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.config.quota import CapConfig
from pipeline.quota.products import (
    PRODUCTS,
    REFINED,
    draw_barrels_per_tonne,
    draw_mix,
    product_of,
    single_figure,
)
from pipeline.quota.seeds import generator

# BP Statistical Review 2021 and the UN Energy Statistics Yearbook.
PUBLISHED = {
    "lpg": (11.60, 11.65),
    "gasoline": (8.35, 8.50),
    "kerosene": (7.88, 7.77),
    "gasoil": (7.46, 7.23),
    "residual_fuel_oil": (6.35, 6.62),
}


@pytest.mark.parametrize(("name", "published"), PUBLISHED.items())
def test_published_factors_lie_in_the_range_and_make_the_single_figure(name, published):
    product = PRODUCTS[name]
    assert product.low <= min(published) < max(published) <= product.high
    assert product.single == pytest.approx(np.mean(published), abs=0.01)


def test_a_cap_in_both_units_has_its_own_factor():
    assert single_figure(CapConfig(barrels=4_000_000, tonnes=525_000)) == pytest.approx(
        7.619, abs=1e-3
    )
    assert single_figure(CapConfig()) == 8.058
    assert single_figure(CapConfig(product="gasoil")) == 7.35


def test_draws_stay_in_the_range_of_their_product():
    mix = draw_mix(generator(1, "mix"), 2000)
    shares = np.diff(mix, axis=0, prepend=0, append=1)
    assert shares.shape == (len(REFINED), 2000)
    assert (shares >= 0).all()
    assert np.allclose(shares.mean(axis=1), 1 / len(REFINED), atol=0.02)
    drawn = draw_barrels_per_tonne("gasoil", mix, generator(1, "x"))
    assert PRODUCTS["gasoil"].low <= drawn.min() < drawn.max() <= PRODUCTS["gasoil"].high


def test_the_mix_of_a_draw_is_that_of_all_deliveries():
    shares = np.tile(np.eye(len(REFINED)), 500)  # every draw knows one product only
    mix = np.cumsum(shares[:-1], axis=0)
    drawn = draw_barrels_per_tonne("refined", mix, generator(1, "x"))
    for n, name in enumerate(REFINED):
        assert drawn[n::4].min() >= PRODUCTS[name].low
        assert drawn[n::4].max() <= PRODUCTS[name].high


@pytest.mark.parametrize(
    ("word", "product"),
    [
        (None, "refined"),
        ("Diesel", "gasoil"),
        ("fuel oil", "residual_fuel_oil"),
        ("Jet-Fuel", "kerosene"),
        ("GASOLINE", "gasoline"),
        ("molasses", "refined"),
    ],
)
def test_words_of_a_register(word, product):
    assert product_of(word, CapConfig()) == product
