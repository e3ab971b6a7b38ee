"""Barrels per tonne, by product, as ranges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.config.quota import CapConfig

BARRELS_PER_M3 = 6.28981  # 42 US gallons of 231 cubic inches each are 0.158987 m3


@dataclass(frozen=True)
class BarrelsPerTonne:
    """What a tonne of a product fills, in barrels: the least, a single figure, the most."""

    low: float
    single: float
    high: float


PRODUCTS = {
    # The single figure is the mean of two published ones: BP Statistical Review of World Energy
    # 2021, and the United Nations Energy Statistics Yearbook. Low and high are the densities (at
    # 15 C) that the standards of each product allow, or those figures where they lie outside.
    "gasoline": BarrelsPerTonne(8.12, 8.43, 8.74),  # 8.35, 8.50; EN 228: 0.720-0.775 t/m3
    "kerosene": BarrelsPerTonne(7.49, 7.83, 8.12),  # 7.88, 7.77; Jet A-1: 0.775-0.840
    "gasoil": BarrelsPerTonne(7.07, 7.35, 7.67),  # 7.46, 7.23; EN 590, ISO 8217 DMA: 0.820-0.890
    "residual_fuel_oil": BarrelsPerTonne(6.35, 6.49, 6.84),  # 6.35, 6.62; ISO 8217: 0.920-0.991
    "lpg": BarrelsPerTonne(10.8, 11.63, 12.4),  # 11.60, 11.65; butane 0.58 to propane 0.51
    # From 20 to 42 degrees API (0.934 and 0.816 t/m3); 7.33 is BP's for the world's average crude.
    "crude_oil": BarrelsPerTonne(6.73, 7.33, 7.71),
}
REFINED = ("gasoline", "gasoil", "kerosene", "residual_fuel_oil")  # what product tankers carry

# BP's factor for a basket of products: the one published figure for refined products as such.
REFINED_SINGLE = 8.058


SYNONYMS = {
    "diesel": "gasoil",
    "gas_oil": "gasoil",
    "petrol": "gasoline",
    "naphtha": "gasoline",
    "jet": "kerosene",
    "jet_fuel": "kerosene",
    "fuel_oil": "residual_fuel_oil",
    "hfo": "residual_fuel_oil",
    "crude": "crude_oil",
}


def single_figure(cap: CapConfig) -> float:
    """Barrels per tonne for the scenario table: one figure, so that its arithmetic can be redone.

    A cap that states both units has its own factor; else it is that of the capped product.
    """
    if cap.tonnes is not None:
        return cap.barrels / cap.tonnes
    return REFINED_SINGLE if cap.product == "refined" else PRODUCTS[cap.product].single


def product_of(register_product: str | None, cap: CapConfig) -> str:
    """The product a ship carries: its own by the register where that is known, else the cap's.

    A register's words are taken as they stand in `PRODUCTS`, spaces or hyphens for underscores;
    ``diesel`` is gasoil, ``jet`` kerosene, ``fuel oil`` residual fuel oil.
    """
    if register_product is None:
        return cap.product
    word = "_".join(register_product.lower().replace("-", " ").split())
    word = SYNONYMS.get(word, word)
    return word if word in PRODUCTS else cap.product


def draw_mix(rng: np.random.Generator, draws: int) -> NDArray[np.float64]:
    """For each draw the shares of `REFINED` in the whole fleet's cargoes.

    Nobody knows the shares, so every mix is as likely as another (a flat Dirichlet). One mix a
    draw serves all deliveries: were each delivery's product drawn on its own, the errors of a
    fleet's total would average out, which they do not.

    Returns
    -------
    array of shape (3, draws)
        The shares added up, but for the last sum, which is 1.
    """
    shares = rng.dirichlet(np.ones(len(REFINED)), draws)
    return np.cumsum(shares.T[:-1], axis=0)


def draw_barrels_per_tonne(
    product: str, mix: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """One delivery's barrels per tonne in each draw.

    Parameters
    ----------
    product : str
        A key of `PRODUCTS`, or ``refined``: then drawn from `mix`.
    mix : array of shape (3, draws)
        From `draw_mix`.
    rng : np.random.Generator
        This delivery's own.
    """
    draws = mix.shape[1]
    names = REFINED if product == "refined" else (product,)
    low = np.array([PRODUCTS[name].low for name in names], dtype=np.float64)
    high = np.array([PRODUCTS[name].high for name in names], dtype=np.float64)
    chosen = np.zeros(draws, dtype=np.int64)
    if product == "refined":
        place = rng.random(draws)
        for share in mix:
            chosen += place > share
    barrels: NDArray[np.float64] = low[chosen] + (high - low)[chosen] * rng.random(draws)
    return barrels
