"""Meetings: from a pair's samples to the spells in which the two hulls lay alongside.

A meeting begins and ends with contact. Between, the two may go unheard; the meeting goes on if they
lie in the same way before and after and neither could be seen to leave. A few samples apart are a
jump of a receiver; apart for longer, or far, is a departure, and two meetings with a departure
between are two.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from pipeline.ranks import rank
from pipeline.rendezvous.geometry import offset_m
from pipeline.rendezvous.runs import F8, I8, KNOT_M_S
from pipeline.rendezvous.sampling import (
    ACROSS,
    ALONG,
    DISTANCE,
    GAP,
    GAP_ERROR,
    GAP_SIGMA,
    HEADING,
    LAT_A,
    LAT_B,
    LON_A,
    LON_B,
    RELATIVE,
    TIME_S,
    Ship,
)

SIGMAS = 2.0
"""A gap is 'surely' above or 'possibly' below a limit at two standard errors."""
FAR_GAP_M = 1000.0
"""This far apart, in two samples on end, the ships have left each other, however shortly."""
HEARD_BEFORE_S = 1800.0
"""Samples further apart than this have a silence between them."""
SAME_PLACE_M = 40.0
"""After a silence the hulls lie as before if they do so within this: two hulls do not shift along
each other, and coming back to the same 40 m is unlikely."""
SETTLED_M = 6.0
"""A hull within this of its usual place beside the other has arrived: the short noise of two
positions, and less than the fenders take up."""
GUESS_S = 480.0
"""Shorter silences about the moment of contact are left as they are."""
PLACE_SAMPLES = 5
"""Samples on either side of a silence from which the place is taken, as a median."""


class Contact(NamedTuple):
    """Limits of the contact section of the configuration, in SI units and knots."""

    gap_max_m: float
    relative_speed_max_kn: float
    apart_gap_m: float
    apart_s: float
    silence_max_s: float
    lashed_kn: float


@njit(cache=True)
def left_between(ship: Ship, from_s: float, to_s: float, lashed_kn: float) -> bool:
    """Whether a ship was heard, twice on end, or must have been, faster than a lashed pair goes."""
    i = np.searchsorted(ship.time_ms, np.int64(from_s * 1000.0), side="right") - 1
    fast = 0
    while i >= 0 and i + 1 < len(ship.time_ms) and ship.time_ms[i] < to_s * 1000.0:
        dt = (ship.time_ms[i + 1] - ship.time_ms[i]) / 1000.0
        dx, dy = offset_m(ship.lat[i], ship.lon[i], ship.lat[i + 1], ship.lon[i + 1])
        speed = math.sqrt(dx * dx + dy * dy) / max(dt, 1.0) / KNOT_M_S
        quick = speed > lashed_kn and dt >= 30.0
        if quick and dt >= HEARD_BEFORE_S:
            return True  # it covered a distance in a silence that needs the speed throughout
        fast = fast + 1 if quick or ship.sog_kn[i] > lashed_kn else 0
        if fast >= 2:
            return True
        i += 1
    return False


@njit(cache=True)
def off_m(ship: Ship, i: int, other: Ship, lashed_kn: float) -> float:
    """How far off another ship was at a fix if the two cannot have been lashed together, else 0.

    The other lies within the way of a lashed pair from where it was heard before, and after.
    """
    j = np.searchsorted(other.time_ms, ship.time_ms[i], side="right") - 1
    for k in (j, j + 1):
        if 0 <= k < len(other.time_ms):
            dx, dy = offset_m(ship.lat[i], ship.lon[i], other.lat[k], other.lon[k])
            far_m = math.sqrt(dx * dx + dy * dy)
            dt = abs(other.time_ms[k] - ship.time_ms[i]) / 1000.0
            if far_m > FAR_GAP_M + lashed_kn * KNOT_M_S * dt:
                return far_m
    return 0.0


@njit(cache=True)
def _parted(ship: Ship, other: Ship, from_s: float, to_s: float, lashed_kn: float) -> bool:
    """Whether a ship was heard, twice on end, where the other could not be lashed to her."""
    i = np.searchsorted(ship.time_ms, np.int64(from_s * 1000.0), side="right")
    away = 0
    while i < len(ship.time_ms) and ship.time_ms[i] < to_s * 1000.0:
        away = away + 1 if off_m(ship, i, other, lashed_kn) > 0.0 else 0
        if away >= 2:
            return True
        i += 1
    return False


@njit(cache=True)
def _place(s: F8, lo: int, hi: int) -> tuple[float, float]:
    """Median place of b's centre in a's hull frame over samples lo..hi-1; NaN if unknown."""
    across = s[lo:hi, ACROSS]
    if np.isnan(across).all():
        return np.nan, np.nan
    return np.nanmedian(across), np.nanmedian(s[lo:hi, ALONG])


@njit(cache=True)
def _same_place(s: F8, begin: int, last: int, after: int) -> bool:
    """Whether b lies beside a after a silence as it did before."""
    x0, y0 = _place(s, max(begin, last + 1 - PLACE_SAMPLES), last + 1)
    x1, y1 = _place(s, after, min(len(s), after + PLACE_SAMPLES))
    if np.isnan(x0) or np.isnan(x1):
        return True  # nothing speaks against it
    allowed = max(SAME_PLACE_M, 2.0 * SIGMAS * max(s[last, GAP_SIGMA], s[after, GAP_SIGMA]))
    return math.hypot(x1 - x0, y1 - y0) <= allowed


@njit(cache=True)
def _bridges(a: Ship, b: Ship, s: F8, begin: int, last: int, after: int, limits: Contact) -> bool:
    """Whether a meeting goes on over a silence, from sample `last` to sample `after`."""
    t0, t1 = s[last, TIME_S], s[after, TIME_S]
    if t1 - t0 > limits.silence_max_s:
        return False
    if left_between(a, t0, t1, limits.lashed_kn) or left_between(b, t0, t1, limits.lashed_kn):
        return False
    if _parted(a, b, t0, t1, limits.lashed_kn) or _parted(b, a, t0, t1, limits.lashed_kn):
        return False
    for lat, lon in ((LAT_A, LON_A), (LAT_B, LON_B)):
        dx, dy = offset_m(s[last, lat], s[last, lon], s[after, lat], s[after, lon])
        if math.hypot(dx, dy) / (t1 - t0) / KNOT_M_S > limits.lashed_kn:
            return False
    return _same_place(s, begin, last, after)


@njit(cache=True)
def find_spells(a: Ship, b: Ship, s: F8, limits: Contact) -> I8:
    """First and last sample of each spell of contact.

    Parameters
    ----------
    a, b : Ship
        The tracks, for what either did while the other was silent.
    s : array, shape (samples, COLUMNS)
        From `sample_pair`.
    limits : Contact
        When two hulls count as alongside, and when a meeting is over.

    Returns
    -------
    array of int, shape (spells, 2)
        Inclusive indices into `s`, in order.
    """
    spells = np.empty((len(s), 2), np.int64)
    n = 0
    begin = last = -1
    apart_from = -1.0  # since when the hulls have been apart
    far = 0
    for i in range(len(s)):
        gap_m, sigma_m, relative_kn = s[i, GAP] - s[i, GAP_ERROR], s[i, GAP_SIGMA], s[i, RELATIVE]
        slow = np.isnan(relative_kn) or relative_kn <= limits.relative_speed_max_kn
        # one standard error, not two: noise evens out over a meeting, and two would hold the
        # moment of contact too early on an approach
        contact = slow and gap_m - sigma_m <= limits.gap_max_m
        if begin >= 0:
            silent = s[i, TIME_S] - s[i - 1, TIME_S] > HEARD_BEFORE_S
            over = False
            if silent and not _bridges(a, b, s, begin, last, i, limits):
                over = True
            low_m = gap_m - SIGMAS * sigma_m  # the smallest gap that the sample allows
            if low_m > limits.apart_gap_m:
                if apart_from < 0.0:
                    apart_from = s[i, TIME_S]
                far = far + 1 if low_m > FAR_GAP_M else 0
                over = over or far >= 2 or s[i, TIME_S] - apart_from >= limits.apart_s
            elif contact:
                apart_from, far = -1.0, 0
            if over:
                spells[n, 0], spells[n, 1] = begin, last
                n += 1
                begin, apart_from, far = -1, -1.0, 0
        if contact:
            if begin < 0:
                begin = i
            last = i
    if begin >= 0:
        spells[n, 0], spells[n, 1] = begin, last
        n += 1
    return spells[:n]


@njit(cache=True)
def _usual_spread(off: F8) -> float:
    """How far from its usual place a hull still counts as there: two standard errors as they are.

    As they are, not as they may be: constant errors are in the place itself.
    """
    known = off[~np.isnan(off)]
    return np.nan if len(known) == 0 else max(SETTLED_M, 2.0 * rank(known, 2.0 / 3.0))


class Settled(NamedTuple):
    """The part of a spell in which b lay in its usual place beside a, as numbers of samples."""

    first: int
    last: int
    before: int  # the last sample before that tells b was not there; -1: none does
    after: int  # the first sample after that tells so; the number of samples: none does


@njit(cache=True)
def settle(s: F8, lo: int, hi: int, after_other: int, before_other: int) -> Settled:
    """Narrow a spell to the time in which b lay in its usual place beside a.

    The usual place is the median over the spell: it has the constant errors of both positions in
    it, so that the moment of arrival does not depend on them. Without headings the usual distance
    of the antennas stands in for the place. Nothing is narrowed where the two had no usual place
    for half of the time: those did not lie still beside each other, and their scatter says so.
    `after_other` is the last sample of the meeting before (-1: none), `before_other` the first of
    the next one (the number of samples: none).
    """
    x, y = _place(s, lo, hi + 1)
    part = s[lo : hi + 1]
    if (~np.isnan(part[:, HEADING])).mean() < 0.5:
        x = np.nan
    usual = np.median(part[:, DISTANCE])
    if np.isnan(x):
        off = np.abs(s[:, DISTANCE] - usual)
        there = off <= _usual_spread(off[lo : hi + 1])
    else:
        off_across, off_along = np.abs(s[:, ACROSS] - x), np.abs(s[:, ALONG] - y)
        spread_across = _usual_spread(off_across[lo : hi + 1])
        spread_along = _usual_spread(off_along[lo : hi + 1])
        there = (off_across <= spread_across) & (off_along <= spread_along)
        off = np.maximum(off_across - spread_across, off_along - spread_along)
    within = np.flatnonzero(there[lo : hi + 1])
    first, last = lo, hi
    if len(within) > 0:
        i, j = lo + within[0], lo + within[-1]
        if 2.0 * (s[j, TIME_S] - s[i, TIME_S]) >= s[hi, TIME_S] - s[lo, TIME_S]:
            first, last = i, j
    before = _elsewhere(s, off, first, -1, after_other, before_other)
    after = _elsewhere(s, off, last, 1, after_other, before_other)
    return Settled(first, last, before, after)


@njit(cache=True)
def _elsewhere(s: F8, off_m: F8, start: int, step: int, lowest: int, highest: int) -> int:
    """The next sample between two, going by `step`, that tells that b lay elsewhere than usual.

    As one ship falls silent her place is interpolated and tells less and less: such samples neither
    end a meeting nor make the silence behind them any shorter. Where nobody was silent the very
    next sample counts: then the moment was seen.
    """
    i, silent = start + step, False
    while lowest < i < highest:
        silent = silent or abs(s[i, TIME_S] - s[i - step, TIME_S]) > GUESS_S
        if off_m[i] > SIGMAS * s[i, GAP_SIGMA]:
            break
        i += step
    i = i if silent else start + step
    return i if lowest < i < highest else (-1 if step < 0 else len(s))
