"""Random numbers: one independent, named stream for each purpose.

A world is the same for the same seed, and a change of one thing (leaving out dimensions, say) must
not change another (where the ships are). So every purpose draws from a stream of its own, seeded
by the world's seed and the purpose's name.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Floats = NDArray[np.float64]
T = TypeVar("T")


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """A generator that depends on `seed` and `names` alone."""
    return np.random.default_rng([seed, *(zlib.crc32(str(name).encode()) for name in names)])


def pick(
    rng: np.random.Generator, choices: Sequence[T], weights: Sequence[float] | None = None
) -> T:
    """One of `choices`, by `weights` (need not sum to one)."""
    if weights is None:
        return choices[int(rng.integers(len(choices)))]
    share = np.asarray(weights, dtype=float)
    return choices[int(rng.choice(len(choices), p=share / share.sum()))]


def wander(rng: np.random.Generator, t: Floats, sigma: float, tau_s: float) -> Floats:
    """A stationary Ornstein-Uhlenbeck process at times `t`.

    Zero mean, standard deviation `sigma`, correlation time `tau_s`. It stands for everything that
    varies slowly: gusts, currents, a helmsman's hand, the error of a GNSS fix. Computed on a grid
    of an eighth of the correlation time and interpolated linearly, so that its rate is bounded.
    """
    step = tau_s / 8.0
    n = int(np.ceil((t[-1] - t[0]) / step)) + 2
    decay = np.exp(-step / tau_s)
    noise = rng.standard_normal(n)
    noise[1:] *= np.sqrt(1.0 - decay**2)
    values = lfilter([1.0], [1.0, -decay], noise)
    return np.asarray(sigma * np.interp(t, t[0] + step * np.arange(n), values), dtype=np.float64)


def smoothstep(u: Floats) -> Floats:
    """Rises from 0 at u <= 0 to 1 at u >= 1 with no velocity or acceleration at either end."""
    u = np.clip(u, 0.0, 1.0)
    return np.asarray(u**3 * (10.0 - 15.0 * u + 6.0 * u**2), dtype=np.float64)
