"""Headings that are none: of a gyro that is stuck or wrong, or the course copied.

Told from the ship's own motion, by these signs:

- Zero all the time, which is what a transponder without a gyro often sends.
- The course, to the half degree, all the time: ships crab, and at rest a course is noise.
- Under way, far from the course for half an hour and more, until it agrees again as long.
- One value for an hour and more, while the course turns away from it or, at rest, the antenna
  swings to and fro.

A single ship's drift or a tug that goes astern is no sign: see the bounds.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
from numba import njit

from pipeline.cleaning.motion import M_S_PER_KN, displacement_m
from pipeline.ledger import EXAMPLES_KEPT, Example, Ledger
from pipeline.wording import template

FALSE_FLAG = "false_heading"

WAY_KN = 5.0  # slower, stream and wind can set a ship any way, and tugs go astern
STREAM_KN = 3.0  # across the course: tides and ocean currents seldom set more, off narrows
LEEWAY_DEG = 10.0  # a light tanker in a gale
ASTERN_DEG = 150.0  # from the course: going astern, as ferries with two bows do half of the time
ASTERN_SHARE_MAX = 0.9  # of the fixes that speak: more, and it is the gyro that is reversed
REVERSED_MIN = 120  # fixes that speak, two hours: a tug runs stern first for some minutes
APART_MS = 60_000  # of the fixes that speak: a turn or a squall is soon over
APART_MAX_MS = 600_000  # between two of them, to tell a course made good
STRAIGHT_DEG = 15.0  # course made good off the one reported: turning, or an odd course
SPEAK = 40  # of fixes a minute apart, that are asked together: no turn or stream lasts as long
WRONG_MIN = 32  # of them, to take a heading for wrong
RIGHT_MIN = 32  # of them, to take it for right again
SAME_DEG = 1.0  # from the first of a stretch: a gyro at sea or at anchor wanders by more
SAME_MS, SAME_FIXES = 3_600_000, 20  # a stretch of one value, to be told as stuck
SAME_WRONG_MIN = 5  # fixes of it that contradict it: the course has turned away for minutes
REST_KN = 1.0
SWING_M = 150.0  # across the heading: moored ships and noise do not reach that far
SWING_BACK_M = 100.0  # a swing back by as much
SWINGS_MIN = 4  # twice to and fro: a ship on dynamic positioning shifts once and comes back
REST_APART_MS = 300_000  # of the fixes that are asked: an odd position is soon over
AWAY_M = 2000.0  # no cable is as long: she has moved
COPY_DEG = 0.6  # course in tenths, heading in degrees: half a degree of rounding
COPY_SHARE, COPY_FIXES = 0.95, 50  # true headings are within half a degree now and then
COPY_SPREAD = 0.9  # length of the mean unit vector of the courses: less, they vary by over 25 deg
ZERO_SHARE = 0.99  # of all headings; true ones differ by a degree now and then
ZERO_FIXES, ZERO_MS = 50, 3_600_000


class _Ship(NamedTuple):
    """One track's fixes."""

    time_ms: npt.NDArray[np.int64]
    lat: npt.NDArray[np.float64]
    lon: npt.NDArray[np.float64]
    sog: npt.NDArray[np.float32]
    cog: npt.NDArray[np.float32]
    heading: npt.NDArray[np.float32]


@njit(cache=True, nogil=True)
def _apart_deg(a: float, b: float) -> float:
    """Between two directions, 0-180."""
    return abs((a - b + 540.0) % 360.0 - 180.0)


@njit(cache=True, nogil=True)
def _bound_deg(sog_kn: float) -> float:
    """How far stream and wind together can set a ship's course off her heading."""
    return math.degrees(math.atan2(STREAM_KN, sog_kn)) + LEEWAY_DEG


@njit(cache=True, nogil=True)
def _speaking(ship: _Ship) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """The fixes under way whose course is beyond doubt, and heading off course in degrees."""
    which = np.empty(ship.time_ms.size, np.int64)
    off = np.empty(ship.time_ms.size)
    n, last = 0, -1
    for i in range(ship.time_ms.size):
        if not ship.sog[i] >= WAY_KN or np.isnan(ship.cog[i]):
            continue
        if last >= 0 and ship.time_ms[i] - ship.time_ms[last] < APART_MS:
            continue
        before, last = last, i
        if before < 0 or np.isnan(ship.heading[i]):
            continue
        dt_ms = ship.time_ms[i] - ship.time_ms[before]
        if dt_ms > APART_MAX_MS:
            continue
        x, y = displacement_m(
            ship.lat[before],
            ship.lon[before],
            math.cos(math.radians(ship.lat[before])),
            ship.lat[i],
            ship.lon[i],
        )
        if math.hypot(x, y) < 0.001 * dt_ms * WAY_KN * M_S_PER_KN * 0.5:
            continue
        if _apart_deg(math.degrees(math.atan2(x, y)), ship.cog[i]) > STRAIGHT_DEG:
            continue
        which[n], off[n] = i, _apart_deg(ship.heading[i], ship.cog[i])
        n += 1
    return which[:n], off[:n]


@njit(cache=True, nogil=True)
def _mark_off_course(
    ship: _Ship,
    which: npt.NDArray[np.int64],
    off: npt.NDArray[np.float64],
    false: npt.NDArray[np.bool_],
) -> None:
    """Mark from the first fix that is off course to the first of those that are right again.

    What was said before the first and after the last is judged as it is there.
    """
    astern = 0
    for k in range(off.size):
        astern += off[k] > ASTERN_DEG
    heed_astern = off.size >= REVERSED_MIN and astern > ASTERN_SHARE_MAX * off.size
    wrong = np.zeros(off.size, np.bool_)
    kept = np.empty(off.size, np.int64)
    n = 0
    for k in range(off.size):
        if off[k] > ASTERN_DEG and not heed_astern:
            continue
        kept[n] = which[k]
        wrong[n] = off[k] > _bound_deg(ship.sog[which[k]])
        n += 1
    bad, since, count = False, 0, 0
    for k in range(n):
        count += wrong[k]
        if k >= SPEAK:
            count -= wrong[k - SPEAK]
        if k < SPEAK - 1:
            continue
        if not bad and count >= WRONG_MIN:
            first = k - SPEAK + 1
            while not wrong[first]:
                first += 1
            bad, since = True, 0 if np.all(wrong[:first]) else kept[first]
        elif bad and SPEAK - count >= RIGHT_MIN:
            first = k - SPEAK + 1
            while wrong[first]:
                first += 1
            false[since : kept[first]] = True
            bad = False
    if bad:
        false[since:] = True


@njit(cache=True, nogil=True)
def _swings(ship: _Ship, first: int, last: int) -> bool:
    """Whether the antenna of a ship at rest goes to and fro across one heading."""
    if math.isnan(ship.heading[first]):
        return False
    course = math.radians(ship.heading[first])
    cos0 = math.cos(math.radians(ship.lat[first]))
    low, high, bottom, top, toward, legs, last_ms = 0.0, 0.0, 0.0, 0.0, 0, 0, -1
    for i in range(first, last):
        if not ship.sog[i] < REST_KN or (
            last_ms >= 0 and ship.time_ms[i] - last_ms < REST_APART_MS
        ):
            continue
        x, y = displacement_m(ship.lat[first], ship.lon[first], cos0, ship.lat[i], ship.lon[i])
        if math.hypot(x, y) > AWAY_M:
            return False
        across = x * math.cos(course) - y * math.sin(course)
        if last_ms < 0:
            low, high, bottom, top = across, across, across, across
        last_ms = ship.time_ms[i]
        low, high = min(low, across), max(high, across)
        if toward >= 0:
            top = max(top, across)
            if across <= top - SWING_BACK_M:
                toward, bottom, legs = -1, across, legs + 1
        if toward <= 0:
            bottom = min(bottom, across)
            if across >= bottom + SWING_BACK_M:
                toward, top, legs = 1, across, legs + 1
    return high - low >= SWING_M and legs >= SWINGS_MIN


@njit(cache=True, nogil=True)
def _mark_stuck(
    ship: _Ship,
    which: npt.NDArray[np.int64],
    off: npt.NDArray[np.float64],
    false: npt.NDArray[np.bool_],
) -> None:
    """Mark the stretches of one value that the motion contradicts."""
    contradicts = np.zeros(ship.time_ms.size, np.bool_)
    for k in range(which.size):
        i = which[k]
        contradicts[i] = _bound_deg(ship.sog[i]) < off[k] <= ASTERN_DEG
    first = 0
    while first < ship.time_ms.size:
        if np.isnan(ship.heading[first]):
            first += 1
            continue
        last, fixes, against, until = first, 0, 0, first
        while last < ship.time_ms.size:
            if not np.isnan(ship.heading[last]):
                if _apart_deg(ship.heading[last], ship.heading[first]) > SAME_DEG:
                    break
                fixes += 1
                until = last
                against += contradicts[last]
            last += 1
        long = fixes >= SAME_FIXES and ship.time_ms[until] - ship.time_ms[first] >= SAME_MS
        if long and (against >= SAME_WRONG_MIN or _swings(ship, first, until + 1)):
            false[first : until + 1] = True
        first = until + 1


@njit(cache=True, nogil=True)
def _is_constant_zero(ship: _Ship) -> bool:
    known, zero, first, last = 0, 0, -1, -1
    for i in range(ship.time_ms.size):
        if not np.isnan(ship.heading[i]):
            first = i if first < 0 else first
            last = i
            known += 1
            zero += ship.heading[i] == 0.0
    return (
        known >= ZERO_FIXES
        and zero >= ZERO_SHARE * known
        and ship.time_ms[last] - ship.time_ms[first] >= ZERO_MS
    )


@njit(cache=True, nogil=True)
def _is_copied_course(ship: _Ship) -> bool:
    """Whether the heading is the course, and the course varied."""
    known, same = 0, 0
    for i in range(ship.time_ms.size):
        if not np.isnan(ship.heading[i]) and not np.isnan(ship.cog[i]):
            known += 1
            same += _apart_deg(ship.heading[i], ship.cog[i]) <= COPY_DEG
    if known < COPY_FIXES or same < COPY_SHARE * known:
        return False
    x, y = 0.0, 0.0
    for i in range(ship.time_ms.size):
        if not np.isnan(ship.heading[i]) and not np.isnan(ship.cog[i]):
            x += math.cos(math.radians(ship.cog[i]))
            y += math.sin(math.radians(ship.cog[i]))
    return math.hypot(x, y) <= COPY_SPREAD * known


@njit(cache=True, nogil=True)
def _find_false(starts: npt.NDArray[np.int64], fixes: _Ship) -> npt.NDArray[np.bool_]:
    false = np.zeros(fixes.time_ms.size, np.bool_)
    for s in range(starts.size - 1):
        a, b = starts[s], starts[s + 1]
        ship = _Ship(
            fixes.time_ms[a:b],
            fixes.lat[a:b],
            fixes.lon[a:b],
            fixes.sog[a:b],
            fixes.cog[a:b],
            fixes.heading[a:b],
        )
        if _is_constant_zero(ship) or _is_copied_course(ship):
            false[a:b] = True
            continue
        which, off = _speaking(ship)
        _mark_off_course(ship, which, off, false[a:b])
        _mark_stuck(ship, which, off, false[a:b])
    return false


def drop_false_headings(
    fixes: pl.DataFrame, tracks: pl.DataFrame, ledger: Ledger
) -> tuple[pl.DataFrame, pl.Series]:
    """Make unknown the headings that the ship's own motion contradicts.

    Parameters
    ----------
    fixes : pl.DataFrame
        ``schema.FIXES``.
    tracks : pl.DataFrame
        ``track`` and ``track_id``.
    ledger : Ledger
        Gets how many headings became unknown, and examples.

    Returns
    -------
    fixes : pl.DataFrame
        ``schema.FIXES``.
    misleading : pl.Series
        The tracks that lost some, sorted.
    """
    track = fixes["track"].to_numpy()

    def single(column: str) -> npt.NDArray[np.float32]:
        return fixes[column].fill_null(np.nan).to_numpy(writable=True)

    heading = single("heading_deg")
    ship = _Ship(
        fixes["time"].to_physical().to_numpy(writable=True),
        fixes["lat"].to_numpy(writable=True),
        fixes["lon"].to_numpy(writable=True),
        single("sog_kn"),
        single("cog_deg"),
        heading,
    )
    starts = np.append(np.flatnonzero(np.diff(track, prepend=-1)), track.size)
    false = _find_false(starts, ship) & ~np.isnan(heading)
    lost = fixes.filter(pl.lit(pl.Series(false))) if false.any() else fixes.clear()
    if lost.is_empty():
        return fixes, lost["track"]
    first = (
        lost.group_by("track", maintain_order=True)
        .first()
        .head(EXAMPLES_KEPT)
        .join(tracks.select("track", "track_id"), on="track", how="left", maintain_order="left")
    )
    text = template("{} at {}: heading {}", "track_id", "time", "heading_deg")
    said = [Example("", 0, one) for one in first.select(text).to_series()]
    ledger.blank("cleaning.heading_false", lost.height, said)
    kept = pl.when(~pl.lit(pl.Series(false))).then("heading_deg").alias("heading_deg")
    return fixes.with_columns(kept), lost["track"].unique().sort()
