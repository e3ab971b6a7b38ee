"""Positions that a spoofed or jammed receiver gives: circles, and places with room for fewer.

Two signs that need no map. Spoofed receivers circle: turn upon turn on one radius, where ships
turn once or twice and not so round. And spoofed or jammed receivers of many ships agree on one
place: more ships than can lie there. Such fixes and their tracks are flagged, never dropped: a flag
is a reason to look, and part of a track may be true.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import polars as pl
from numba import njit, prange

from pipeline.cleaning.motion import EARTH_RADIUS_M, M_PER_DEG, displacement_m

WINDOW_MS = 3_600_000  # looked at at a time: spoofed circles take minutes a turn
FIXES_MIN = 12  # in an hour, to tell a circle
TURNS_MIN = (
    3.0  # in one direction within the hour: a ship that tries her rudder turns once or twice
)
ROUND_SHARE = 0.05  # of the radius, by which fixes are off the circle in the mean (square root)
RADIUS_MIN_M = 50.0  # below, noise of a ship at rest looks round
STEP_MAX_RAD = 2.5  # between fixes: nearer half a turn, the direction is a guess

CROWD_CUBE_M = 60.0  # side of the cubes in which crowds are counted: twice the error of a position
CROWD_SHIPS_MIN = 10
CROWD_BEAM_M = 4.0 * CROWD_CUBE_M  # bows and sterns meet at most in twos from two sides
PLACE = ("slot", "c0", "c1", "c2")  # a half hour since 1970 and a cube
SLOT_MS = 1_800_000  # ships rafted at a quay stay for hours, jamming lasts for some


@njit(cache=True, nogil=True)
def _turns_on_circle(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> float:
    """Turns in one direction on the circle that fits best (Kasa's fit); zero if it is none."""
    n = x.size
    mean_x, mean_y = np.mean(x), np.mean(y)
    sxx, sxy, syy, sx, sy = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(n):
        u, v = x[i] - mean_x, y[i] - mean_y
        w = u * u + v * v
        sxx, sxy, syy = sxx + u * u, sxy + u * v, syy + v * v
        sx, sy = sx + u * w, sy + v * w
    determinant = sxx * syy - sxy * sxy
    if determinant <= 0.0:
        return 0.0
    centre_x = 0.5 * (sx * syy - sy * sxy) / determinant
    centre_y = 0.5 * (sy * sxx - sx * sxy) / determinant
    radius = math.sqrt(centre_x * centre_x + centre_y * centre_y + (sxx + syy) / n)
    if radius < RADIUS_MIN_M:
        return 0.0
    off, turned, last = 0.0, 0.0, 0.0
    for i in range(n):
        u, v = x[i] - mean_x - centre_x, y[i] - mean_y - centre_y
        off += (math.hypot(u, v) - radius) ** 2
        angle = math.atan2(v, u)
        if i > 0:
            step = (angle - last + 3.0 * math.pi) % (2.0 * math.pi) - math.pi
            if abs(step) > STEP_MAX_RAD:
                return 0.0
            turned += step
        last = angle
    if math.sqrt(off / n) > ROUND_SHARE * radius:
        return 0.0
    return abs(turned) / (2.0 * math.pi)


@njit(cache=True, nogil=True, parallel=True)
def _circling(
    starts: npt.NDArray[np.int64],
    time_ms: npt.NDArray[np.int64],
    lat: npt.NDArray[np.float64],
    lon: npt.NDArray[np.float64],
) -> npt.NDArray[np.bool_]:
    found = np.zeros(lat.size, np.bool_)
    for s in prange(starts.size - 1):
        first = starts[s]
        while first < starts[s + 1]:
            last = first
            south, north = lat[first], lat[first]
            while last < starts[s + 1] and time_ms[last] - time_ms[first] < WINDOW_MS:
                south, north = min(south, lat[last]), max(north, lat[last])
                last += 1
            n = last - first
            if n >= FIXES_MIN and (north - south) * M_PER_DEG >= RADIUS_MIN_M:
                cos0 = math.cos(math.radians(lat[first]))
                x, y = np.empty(n), np.empty(n)
                for i in range(n):
                    x[i], y[i] = displacement_m(
                        lat[first], lon[first], cos0, lat[first + i], lon[first + i]
                    )
                found[first:last] = _turns_on_circle(x, y) >= TURNS_MIN
            first = last
    return found


def circling(fixes: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """The fixes of the hours in which a track turns and turns on one circle.

    Parameters
    ----------
    fixes : pl.DataFrame
        ``schema.FIXES``.
    """
    track = fixes["track"].to_numpy()
    begins = np.flatnonzero(np.diff(track, prepend=-1))
    return _circling(
        np.append(begins, track.size),
        fixes["time"].to_physical().to_numpy(),
        fixes["lat"].to_numpy(),
        fixes["lon"].to_numpy(),
    )


def _place() -> list[pl.Expr]:
    """The half hour and the cube that a fix falls in."""
    phi, lam = pl.col("lat").radians(), pl.col("lon").radians()
    places = (phi.cos() * lam.cos(), phi.cos() * lam.sin(), phi.sin())
    cubes = [(x * EARTH_RADIUS_M / CROWD_CUBE_M).floor().cast(pl.Int32) for x in places]
    slot = (pl.col("time").to_physical() // SLOT_MS).alias(PLACE[0])
    return [slot, *(cube.alias(name) for name, cube in zip(PLACE[1:], cubes, strict=True))]


def appearances(fixes: pl.DataFrame, vessels: pl.DataFrame) -> pl.DataFrame:
    """Where each track was first heard in each half hour, and the room that its ship takes.

    Parameters
    ----------
    fixes : pl.DataFrame
        ``schema.FIXES``.
    vessels : pl.DataFrame
        Columns track and beam_m of ``schema.VESSELS``; ships of unknown beam take no room.

    Returns
    -------
    pl.DataFrame
        ``track``, ``slot`` (half hours since 1970), the cube ``c0``, ``c1``, ``c2`` and
        ``beam_cm``; what `crowding` counts.
    """
    slot = pl.col("time").to_physical() // SLOT_MS
    begins = (slot != slot.shift()) | (pl.col("track") != pl.col("track").shift())
    return (
        fixes.lazy()
        .filter(begins.fill_null(value=True))
        .select("track", *_place())
        .join(vessels.lazy().select("track", "beam_m"), on="track", how="left")
        # whole centimetres: a sum of floats depends on the order of its terms
        .with_columns(
            (pl.col("beam_m").fill_null(0.0) * 100.0).round().cast(pl.Int32).alias("beam_cm")
        )
        .drop("beam_m")
        .collect()
    )


def crowding(seen: pl.DataFrame) -> pl.DataFrame:
    """Which tracks were where with more ships than there is room for.

    Parameters
    ----------
    seen : pl.DataFrame
        From `appearances`: of all ships, over any whole half hours.

    Returns
    -------
    pl.DataFrame
        ``track`` and `PLACE`, those rows of `seen`.
    """
    crowds = (
        seen.lazy()
        .group_by(PLACE)
        .agg(pl.len().alias("ships"), pl.col("beam_cm").cast(pl.Int64).sum())
        .filter((pl.col("ships") >= CROWD_SHIPS_MIN) & (pl.col("beam_cm") >= 100.0 * CROWD_BEAM_M))
    )
    return seen.lazy().join(crowds, on=PLACE, how="semi").select("track", *PLACE).collect()


def no_crowd() -> pl.DataFrame:
    """What `crowding` gives where there is none."""
    cube = dict.fromkeys(PLACE[1:], pl.Int32)
    return pl.DataFrame(schema={"track": pl.Int32, PLACE[0]: pl.Int64, **cube})


def in_crowd(fixes: pl.DataFrame, crowded: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Which fixes lie in a place, or next to it, that was crowded in that half hour.

    Parameters
    ----------
    fixes : pl.DataFrame
        ``schema.FIXES``.
    crowded : pl.DataFrame
        From `crowding`, the tracks numbered as in `fixes`.
    """
    found = np.zeros(fixes.height, np.bool_)
    if crowded.is_empty():
        return found
    rows = (
        fixes.lazy()
        .select("track", "time", "lat", "lon")
        .with_row_index("fix")
        .filter(pl.col("track").is_in(crowded["track"].unique().implode()))
        .select("fix", "track", *_place())
        .join(crowded.lazy(), on=["track", PLACE[0]], suffix="_crowded")
        # noise takes a ship across the side of a cube
        .filter((pl.col(cube) - pl.col(f"{cube}_crowded")).abs() <= 1 for cube in PLACE[1:])
        .collect()
    )
    found[rows["fix"].to_numpy()] = True
    return found
