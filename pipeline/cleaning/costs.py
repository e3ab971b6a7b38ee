"""What a misfit says against one ship: minus twice the logarithm of a likelihood, and constants."""

from __future__ import annotations

import math

from numba import njit

TAIL = 4.0  # errors of position and time have long tails: cost grows with the log of misfit
SILENCE_COST_PER_H, SILENCE_COST_MAX = 1.0, 20.0  # ships are seldom out of hearing for hours
STEADY_COST = 2.0  # for saying that a ship went on as she did: so do three in four


@njit(cache=True, nogil=True)
def silence_cost(dt: float) -> float:
    """Of a silence of so many seconds, which the ship's other reports make unlikely."""
    return min(SILENCE_COST_MAX, SILENCE_COST_PER_H * dt / 3600.0)


@njit(cache=True, nogil=True)
def near_cost(left: float, sigma: float, steady: float, dt: float) -> float:
    """Of a fix `dt` seconds after another: robust against single errors."""
    a, b = left / sigma, left / steady
    return silence_cost(dt) + min(
        TAIL * math.log(1.0 + a * a / TAIL) + 4.0 * math.log(sigma),
        TAIL * math.log(1.0 + b * b / TAIL) + 4.0 * math.log(steady) + STEADY_COST,
    )


@njit(cache=True, nogil=True)
def link_cost(left: float, sigma: float, steady: float, dt: float) -> float:
    """Of a piece of track after another: strict, for a false piece must not be worth its while."""
    a, b = left / sigma, left / steady
    return silence_cost(dt) + min(
        a * a + 4.0 * math.log(sigma), b * b + 4.0 * math.log(steady) + STEADY_COST
    )
