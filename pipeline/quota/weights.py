"""Weights of draws, and quantiles by them."""

from __future__ import annotations

import numpy as np

from pipeline.quota.hulls import Array

# Fewer draws than this that count make quantiles of chance: weights are then flattened, which
# widens the interval.
EFFECTIVE_DRAWS_MIN = 100.0
# Of ten thousand draws most weigh next to nothing where both ships typed draughts; those of less
# than this, a hundred thousandth of all the weight together, are not put in order.
WEIGHT_MIN = 1e-9


def normalised(weight: Array) -> Array:
    """Weights that add up to 1, flattened where too few draws would count.

    Square roots bring weights together; the little that is added lets in draws of no weight at
    all, for the typed draughts may be such that none fits.
    """
    weight = weight / max(float(weight.max()), np.finfo(np.float64).tiny)
    while np.sum(weight) ** 2 < EFFECTIVE_DRAWS_MIN * np.sum(weight**2) or not weight.any():
        weight = np.sqrt(weight + 1e-12)
        weight = weight / weight.max()
    return weight / weight.sum()


def quantiles(values: Array, weight: Array, at: tuple[float, ...]) -> Array:
    """Weighted quantiles: the least value below which so much of the weight lies."""
    tells = np.flatnonzero(weight > WEIGHT_MIN)
    values, weight = values[tells], weight[tells]
    order = np.argsort(values)  # in which order equal values come makes no difference
    reached = np.cumsum(weight[order])
    index = np.searchsorted(reached, np.asarray(at) * reached[-1], side="left")
    found: Array = values[order[np.minimum(index, len(values) - 1)]]
    return found
