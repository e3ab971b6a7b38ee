"""Medians and other ranks of measured values, in place and without a full sort."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

F8 = NDArray[np.float64]


@njit(cache=True, nogil=True)
def _lower_first(x: F8, lo: int, hi: int, pivot: float, equal: bool) -> int:
    """Put what is below `pivot` (or equal to it, if asked) first in x[lo..hi]; where it ends.

    Nothing here branches on a value: of noise no processor guesses a comparison right, and a wrong
    guess costs more than a needless exchange.
    """
    end = lo
    if equal:
        for i in range(lo, hi + 1):
            value = x[i]
            x[i] = x[end]
            x[end] = value
            end += int(value <= pivot)
    else:
        for i in range(lo, hi + 1):
            value = x[i]
            x[i] = x[end]
            x[end] = value
            end += int(value < pivot)
    return end


@njit(cache=True, nogil=True)
def put_in_place(x: F8, k: int) -> float:
    """The value of rank k (from 0), put at its place, lower ones before it; `x` holds no NaN."""
    lo, hi = 0, len(x) - 1
    while lo < hi:
        first, middle, last = x[lo], x[(lo + hi) // 2], x[hi]
        pivot = max(min(first, middle), min(max(first, middle), last))
        begin = _lower_first(x, lo, hi, pivot, False)
        if k < begin:
            hi = begin - 1
            continue
        end = _lower_first(x, begin, hi, pivot, True)
        if k < end:
            return pivot
        lo = end
    return float(x[k])


@njit(cache=True, nogil=True)
def median_of(known: F8) -> float:
    """Median; the values change places. NaN of none."""
    n = len(known)
    if n == 0:
        return np.nan
    upper = put_in_place(known, n // 2)
    return upper if n % 2 else 0.5 * (known[: n // 2].max() + upper)


@njit(cache=True, nogil=True)
def rank(known: F8, q: float) -> float:
    """The value below which a share lies; the values change places. NaN of none."""
    return np.nan if len(known) == 0 else put_in_place(known, int(q * (len(known) - 1)))


@njit(cache=True, nogil=True)
def known_of(s: F8, column: int, scratch: F8) -> F8:
    """The known values of a column, as a view of `scratch`."""
    n = 0
    for i in range(len(s)):
        value = s[i, column]
        scratch[n] = value
        n += int(not np.isnan(value))
    return scratch[:n]


@njit(cache=True, nogil=True)
def median(s: F8, column: int, scratch: F8) -> float:
    """Median of the known values of a column; NaN where there is none."""
    return median_of(known_of(s, column, scratch))
