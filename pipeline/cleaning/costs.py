"""What a misfit says against one ship: minus twice the logarithm of a likelihood, and constants."""

from __future__ import annotations

import math

from numba import njit

TAIL = 4.0  # errors of position and time have long tails: cost grows with the log of misfit
STEADY_COST = 2.0  # for saying that a ship went on as she did: so do three in four


@njit(cache=True, nogil=True)
def near_cost(left: float, sigma: float, steady: float) -> float:
    """Of a fix soon after another: robust against single errors."""
    a, b = left / sigma, left / steady
    return min(
        TAIL * math.log(1.0 + a * a / TAIL) + 4.0 * math.log(sigma),
        TAIL * math.log(1.0 + b * b / TAIL) + 4.0 * math.log(steady) + STEADY_COST,
    )


@njit(cache=True, nogil=True)
def link_cost(left: float, sigma: float, steady: float) -> float:
    """Of a piece of track after another: strict, for a false piece must not be worth its while."""
    a, b = left / sigma, left / steady
    return min(a * a + 4.0 * math.log(sigma), b * b + 4.0 * math.log(steady) + STEADY_COST)
