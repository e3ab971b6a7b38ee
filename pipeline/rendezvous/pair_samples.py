"""Which samples of a pair are taken: as few as tell whether, when and how the two were near."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.rendezvous.meetings import FAR_GAP_M, Contact
from pipeline.rendezvous.moments import APART_STEP_S, I4, STILL_STEP_S, moments_of
from pipeline.rendezvous.nearness import MAY_BE_NEAR, longest_near_s, nearness, told_by
from pipeline.rendezvous.reported import Reported
from pipeline.rendezvous.runs import F8, I8
from pipeline.rendezvous.sampling import (
    COLUMNS,
    GAP,
    GAP_ERROR,
    GAP_SIGMA,
    RELATIVE_WINDOW_S,
    TIME_S,
    Errors,
    Hull,
    Ship,
    measure_at,
    sample_pair,
    samples_of,
)
from pipeline.rendezvous.together import Places


class Fleet(NamedTuple):
    """All that is looked up of the tracks while pairs are measured; see `Tracks`.

    `still` is from `still_until`, `leg_m` from `legs_m`, `hull` from `hull_table`, `reach` from
    `Hulls`.
    """

    start: I8
    time_ms: I8
    lat: F8
    lon: F8
    sog_kn: NDArray[np.float32]
    heading_deg: NDArray[np.float32]
    nav_status: NDArray[np.int8]
    reported: Reported
    still: I4
    leg_m: F8
    hull: F8
    reach: F8
    places: Places


class Limits(NamedTuple):
    """What counts as near, alongside, over, for the compiled functions."""

    every_ms: int
    least_s: float
    errors: Errors
    contact: Contact
    near: Contact


@njit(cache=True)
def ship_of(f: Fleet, k: int) -> Ship:
    """One ship of a fleet, as views."""
    lo, hi = f.start[k], f.start[k + 1]
    return Ship(
        f.time_ms[lo:hi],
        f.lat[lo:hi],
        f.lon[lo:hi],
        f.sog_kn[lo:hi],
        f.heading_deg[lo:hi],
        f.nav_status[lo:hi],
        f.reported.bow_deg[lo:hi],
        f.reported.east_kn[lo:hi],
        f.reported.north_kn[lo:hi],
        f.reported.coarse[lo:hi],
        Hull(
            f.hull[k, 0],
            f.hull[k, 1],
            f.hull[k, 2],
            f.hull[k, 3],
            f.hull[k, 4],
            f.hull[k, 5],
            f.hull[k, 6],
        ),
    )


@njit(cache=True)
def _within(s: F8, gap_max_m: float) -> NDArray[np.bool_]:
    """Whether each sample leaves room for hulls within a gap, as `find_spells` asks."""
    out = np.empty(len(s), np.bool_)
    for i in range(len(s)):
        out[i] = s[i, GAP] - s[i, GAP_ERROR] - s[i, GAP_SIGMA] <= gap_max_m
    return out


@njit(cache=True)
def samples_of_pair(
    f: Fleet, ka: int, kb: int, a: Ship, b: Ship, begin_ms: I8, end_ms: I8, limits: Limits
) -> F8:
    """Samples of a pair; none where the two were never near each other for long.

    Parameters
    ----------
    f : Fleet
        All ships.
    ka, kb : int
        The tracks.
    a, b : Ship
        Of these, from `ship_of`.
    begin_ms, end_ms : array of int
        The pair's windows, in order.
    limits : Limits
        What counts as near, alongside, over.

    Returns
    -------
    array, shape (samples, COLUMNS)
        See `sampling`. Of two that were near and never touched, only those that tell of the times
        they were near.
    """
    still_a = f.still[f.start[ka] : f.start[ka + 1]]
    still_b = f.still[f.start[kb] : f.start[kb + 1]]
    step_ms = round(APART_STEP_S * 1000.0)
    moments, thinned = moments_of(
        a, b, still_a, still_b, begin_ms, end_ms, limits.every_ms, step_ms
    )
    reach_m = f.reach[ka] + f.reach[kb]
    near = limits.near
    leg_a = f.leg_m[f.start[ka] : f.start[ka + 1]]
    leg_b = f.leg_m[f.start[kb] : f.start[kb + 1]]
    level = nearness(
        a, b, leg_a, leg_b, moments, reach_m, near.gap_max_m, near.apart_gap_m, FAR_GAP_M,
        limits.errors,
    )  # fmt: skip
    worth = level == MAY_BE_NEAR
    # were every one of these moments near, it would still be too short
    if longest_near_s(moments, level, worth, near.apart_s) < limits.least_s or not worth.any():
        return np.empty((0, COLUMNS))
    measured = np.empty((len(moments), COLUMNS))
    measure_at(a, b, moments, worth, limits.errors, measured)
    near_then = _within(measured, near.gap_max_m)
    if longest_near_s(moments, level, near_then, near.apart_s) < limits.least_s:
        return np.empty((0, COLUMNS))
    touching = (_within(measured, limits.contact.gap_max_m) & worth).any()
    if touching and thinned:
        step_ms = round(STILL_STEP_S * 1000.0)
        moments, _ = moments_of(a, b, still_a, still_b, begin_ms, end_ms, limits.every_ms, step_ms)
        return sample_pair(a, b, moments, limits.errors)
    rest = ~worth
    if not touching:  # how they came and went is not asked of ships that never touched
        rest &= told_by(moments, level, near_then, near.apart_s, RELATIVE_WINDOW_S)
    measure_at(a, b, moments, rest, limits.errors, measured)
    for k in range(len(moments)):
        if not (worth[k] or rest[k]):
            measured[k, TIME_S] = np.nan
    return samples_of(measured)
