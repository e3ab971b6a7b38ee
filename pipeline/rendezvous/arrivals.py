"""When a meeting began and ended, also where nobody was heard at the moment."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from pipeline.rendezvous.meetings import FAR_GAP_M, GUESS_S, Settled, off_m
from pipeline.rendezvous.runs import F8, KNOT_M_S
from pipeline.rendezvous.sampling import DISTANCE, EAST, NORTH, TIME_S, Ship

LAST_MILE_M = 400.0
LAST_MILE_S = 1200.0
"""Coming alongside takes some twenty minutes over the last 400 m; before, a ship keeps speed."""
TYPICAL_KN = 5.0
"""Speed of an approach where none was reported."""


GUESS_MAX_S = 3 * 3600.0
"""Of a ship that is next heard far off no more is guessed: she may have been anywhere since."""
AROUND_S = 24 * 3600.0
"""How far from a meeting she is looked for."""


@njit(cache=True)
def _speed_near(ship: Ship, t_s: float) -> float:
    """Speed over ground that a ship reported at a fix, m/s; a typical one where it was none."""
    i = int(np.searchsorted(ship.time_ms, np.int64(t_s * 1000.0), side="right")) - 1
    speed = float(ship.sog_kn[max(0, i)])
    if np.isnan(speed) or speed < 0.3 * TYPICAL_KN:
        speed = TYPICAL_KN
    return speed * KNOT_M_S


@njit(cache=True)
def _way_s(a: Ship, b: Ship, t_s: float, far_m: float) -> float:
    """Seconds it takes from so far off, where they were at a moment, to alongside, or back."""
    closing = max(_speed_near(a, t_s), _speed_near(b, t_s))
    return max(0.0, far_m - LAST_MILE_M) / closing + LAST_MILE_S * min(1.0, far_m / LAST_MILE_M)


@njit(cache=True)
def _beyond(ship: Ship, t_s: float, step: int) -> int:
    """Number of the ship's next fix after (step 1) or before (-1) a moment, -1 if there is none."""
    t_ms = np.int64(t_s * 1000.0)
    if step > 0:
        i = np.searchsorted(ship.time_ms, t_ms, side="right")
        return int(i) if i < len(ship.time_ms) else -1
    return int(np.searchsorted(ship.time_ms, t_ms)) - 1


@njit(cache=True)
def _heard_off(
    a: Ship, b: Ship, from_s: float, until_s: float, step: int, lashed_kn: float
) -> tuple[float, float]:
    """When the two were next heard too far from each other to be lashed, and how far; else 0, 0."""
    heard_s, far_m = 0.0, 0.0
    for turn in range(2):
        ship, other = (a, b) if turn == 0 else (b, a)
        i = _beyond(ship, from_s, step)
        while 0 <= i < len(ship.time_ms):
            t = ship.time_ms[i] / 1000.0
            if (t - until_s) * step >= 0.0 or (far_m > 0.0 and (t - heard_s) * step >= 0.0):
                break
            off = off_m(ship, i, other, lashed_kn)
            if off > 0.0:
                heard_s, far_m = t, off
            i += step
    return heard_s, far_m


@njit(cache=True)
def _moment(
    a: Ship, b: Ship, s: F8, beside: int, elsewhere: int, other: int, step: int, lashed_kn: float
) -> tuple[float, float]:
    """When b left (step 1) or arrived (-1), and for how long about then nobody could see it.

    Seconds since 1970, seconds. `elsewhere` is the next sample that tells b was not there, `other`
    the nearest of the pair's next meeting; both lie beyond the samples where there is none.
    """
    seen_s = s[beside, TIME_S]
    known_s, far_m = seen_s, 0.0
    if 0 <= elsewhere < len(s):
        known_s = s[elsewhere, TIME_S]
        far_m = math.hypot(
            s[elsewhere, EAST] - s[beside, EAST], s[elsewhere, NORTH] - s[beside, NORTH]
        )
    # of what is far off there are no samples
    until_s = s[other, TIME_S] if 0 <= other < len(s) else seen_s + step * AROUND_S
    off_s, off_far_m = _heard_off(a, b, seen_s, until_s, step, lashed_kn)
    if off_far_m > 0.0 and (known_s == seen_s or abs(off_s - seen_s) < abs(known_s - seen_s)):
        known_s, far_m = off_s, max(0.0, off_far_m - s[beside, DISTANCE])
    unseen_s = abs(known_s - seen_s)
    if unseen_s <= GUESS_S or (far_m > FAR_GAP_M and unseen_s > GUESS_MAX_S):
        return seen_s, unseen_s
    way_s = min(_way_s(a, b, known_s, far_m), unseen_s)
    return known_s - step * way_s, unseen_s


@njit(cache=True)
def bounds_s(
    a: Ship,
    b: Ship,
    s: F8,
    settled: Settled,
    after_other: int,
    before_other: int,
    lashed_kn: float,
) -> tuple[float, float, float, float]:
    """When a meeting began and ended, estimated where nobody was heard at the moment.

    Parameters
    ----------
    a, b : Ship
        The tracks.
    s : array, shape (samples, COLUMNS)
        The pair's samples.
    settled : Settled
        Which of them are alongside, and which next to them tell that they are not.
    after_other, before_other : int
        Last sample of the pair's meeting before, -1 if there is none, and first of the next one,
        the number of samples if there is none.
    lashed_kn : float
        Ships lashed together go no faster.

    Returns
    -------
    start_s, end_s : float
        Seconds since 1970. Between the last sample apart and the first alongside the arrival is put
        where the ship's speed and the distance put it.
    start_unseen_s, end_unseen_s : float
        How long before the first, after the last sample alongside nobody could see; 0 where the
        tracks begin or end there.
    """
    start_s, before_s = _moment(a, b, s, settled.first, settled.before, after_other, -1, lashed_kn)
    end_s, after_s = _moment(a, b, s, settled.last, settled.after, before_other, 1, lashed_kn)
    return start_s, end_s, before_s, after_s
