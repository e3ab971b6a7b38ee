"""Two tracks seen together: at each moment one of them was heard, where the hulls lay.

A pair's samples are the times of its fixes, thinned, at which the places of both are known. At each
the one ship's place is that of a fix and the other's is interpolated between two; how far the
straight line can be wrong, how late reports are and what is unknown of the hulls widen the gap to
an interval.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.cleaning.coarse import COARSE_M2
from pipeline.rendezvous.bends import bend_m
from pipeline.rendezvous.geometry import (
    centre_shift_m,
    common_axis_deg,
    gaps_on_axis_m,
    half_angle,
    hull_gap_m,
    metres_per_degree,
    short_way_deg,
    sine_cosine,
    wrap_degrees,
)
from pipeline.rendezvous.runs import F8, I8, KNOT_M_S

# Columns of a pair's samples
TIME_S = 0  # seconds since 1970
EAST, NORTH = 1, 2  # centre of b from centre of a (antenna from antenna where no heading is known)
DISTANCE = 3  # antenna to antenna
GAP = 4  # hull gap, best estimate
GAP_ERROR = 5  # half-width of what is possible for lack of dimensions or headings
GAP_SIGMA = 6  # standard error from positions, times, headings
GAP_ALONG = 7  # gap along the axis; negative: hulls beside each other; NaN without any heading
ACROSS, ALONG = 8, 9  # centre of b in the hull frame of a; NaN without any heading
KEEL = 10  # heading difference 0-180; NaN unless both are known
HEADING = 11  # the common axis; NaN without any heading
SPEED_A, SPEED_B = 12, 13  # knots
RELATIVE = 14  # relative speed, knots
LAT_A, LON_A, LAT_B, LON_B = 15, 16, 17, 18
HEADINGS = 19  # how many of the two headings are known
COLUMNS = 20

RELATIVE_WINDOW_S = 300.0
"""Relative speed is taken over at least this long: 15 m of noise over 5 minutes are 0.1 knots."""
AT_FIX_S = 60.0
"""Within this of a fix the ship is where the fix says, even beside a long silence."""
AS_NEAR_M = 10.0
"""Gaps that differ by less are alike: which side of the keel an antenna stands on makes as much."""
HEADING_DRIFT_DEG_H = 20.0
"""How far from the interpolated one a heading may be, per hour between two fixes: a ship at anchor
turns 180 degrees in the two or three hours of a turning tide, but seldom."""


class Hull(NamedTuple):
    """What is known of one hull, in metres; see `Hulls`."""

    length: float
    beam: float
    beam_error: float
    forward: float
    forward_error: float
    starboard: float
    starboard_error: float


class Ship(NamedTuple):
    """Fixes of one track (views of `Tracks` and `Reported`) and its hull, for what is compiled."""

    time_ms: I8
    lat: F8
    lon: F8
    sog_kn: np.ndarray
    heading_deg: np.ndarray
    nav_status: np.ndarray
    bow_deg: F8
    east_kn: F8
    north_kn: F8
    coarse: NDArray[np.bool_]
    hull: Hull


class Errors(NamedTuple):
    """Standard errors and limits, in SI units, for the compiled functions."""

    position_m: float
    time_s: float
    heading_deg: float
    drift_change_m_s2: float
    interpolate_max_ms: int


# Columns of the states of a ship
S_LAT, S_LON, S_HEADING, S_SPEED = 0, 1, 2, 3  # the latitude is NaN where the place is not known
S_EAST, S_NORTH = 4, 5  # parts of the speed, knots; 0 where the course is not known
S_VARIANCE = 6  # square of the standard error along one axis, m2, report time left out
S_HEADING_VARIANCE = 7  # deg2
STATES = 8
SCALE_DEG = 1e-4
"""Metres in a degree are looked up anew when the latitude has changed by so much, some 10 m."""


@njit(cache=True)
def states_of(ship: Ship, moments: I8, side: int, wanted: NDArray[np.bool_], errors: Errors) -> F8:
    """Where a ship was at a pair's moments.

    Parameters
    ----------
    ship : Ship
        The track.
    moments : array of int, shape (moments, 3)
        From `moments_of`.
    side : int
        The column of `moments` that holds the index of the ship's last fix.
    wanted : array of bool, shape (moments)
        Where to look; elsewhere the place is left unknown.
    errors : Errors
        How far between two fixes a place is taken as known.

    Returns
    -------
    array, shape (moments, STATES)
        See the column numbers above.
    """
    time_ms, ship_lat, ship_lon = ship.time_ms, ship.lat, ship.lon
    sog_kn, bow_deg, coarse = ship.sog_kn, ship.bow_deg, ship.coarse
    ship_east, ship_north = ship.east_kn, ship.north_kn
    fixes = len(time_ms)
    out = np.empty((len(moments), STATES))
    position = errors.position_m * errors.position_m
    compass = errors.heading_deg * errors.heading_deg
    scaled_at, north_m, east_m = np.inf, 0.0, 0.0
    for k in range(len(moments)):
        t_ms, i = moments[k, 0], moments[k, side]
        out[k, S_LAT] = np.nan
        if i < 0 or not wanted[k]:
            continue
        gap_ms = time_ms[i + 1] - time_ms[i] if i + 1 < fixes else errors.interpolate_max_ms + 1
        if gap_ms > errors.interpolate_max_ms:
            near = i
            if t_ms - time_ms[i] > AT_FIX_S * 1000:
                if i + 1 >= fixes or time_ms[i + 1] - t_ms > AT_FIX_S * 1000:
                    continue
                near = i + 1
            east, north = ship_east[near], ship_north[near]
            out[k, S_LAT], out[k, S_LON] = ship_lat[near], ship_lon[near]
            out[k, S_HEADING] = bow_deg[near]
            out[k, S_SPEED] = 0.0 if np.isnan(sog_kn[near]) else float(sog_kn[near])
            out[k, S_EAST] = 0.0 if np.isnan(east) else east
            out[k, S_NORTH] = 0.0 if np.isnan(north) else north
            out[k, S_VARIANCE] = position + (COARSE_M2 if coarse[near] else 0.0)
            out[k, S_HEADING_VARIANCE] = compass
            continue
        share = (t_ms - time_ms[i]) / gap_ms
        dlat = ship_lat[i + 1] - ship_lat[i]
        dlon = short_way_deg(ship_lon[i + 1] - ship_lon[i])
        out[k, S_LAT] = ship_lat[i] + share * dlat
        lon = ship_lon[i] + share * dlon
        out[k, S_LON] = lon if -180.0 <= lon < 180.0 else wrap_degrees(lon)
        h0, h1 = bow_deg[i], bow_deg[i + 1]
        heading = np.nan
        if not np.isnan(h0) and not np.isnan(h1):
            heading = h0 + share * short_way_deg(h1 - h0)
            if heading < 0.0:
                heading += 360.0
            elif heading >= 360.0:
                heading -= 360.0
        elif not np.isnan(h0) and share <= 0.5:
            heading = h0
        elif not np.isnan(h1) and share > 0.5:
            heading = h1
        out[k, S_HEADING] = heading
        if not abs(ship_lat[i] - scaled_at) < SCALE_DEG:
            scaled_at = ship_lat[i]
            north_m, east_m = metres_per_degree(scaled_at)
        dt = gap_ms / 1000.0
        east, north = dlon * east_m, dlat * north_m
        far = math.sqrt(east * east + north * north)
        speed = far / dt / KNOT_M_S
        if dt < 120.0:  # over a short time noise would feign speed
            s0, s1 = float(sog_kn[i]), float(sog_kn[i + 1])
            if not np.isnan(s0) and not np.isnan(s1):
                speed = s0 + share * (s1 - s0)
        part = speed / far if far > 0.0 else 0.0
        out[k, S_SPEED], out[k, S_EAST], out[k, S_NORTH] = speed, part * east, part * north
        bend = bend_m(
            share,
            dt,
            errors.drift_change_m_s2,
            east / dt,
            north / dt,
            (ship_east[i], ship_north[i]),
            (ship_east[i + 1], ship_north[i + 1]),
        )
        unsure = min(share, 1.0 - share) * 2.0 * HEADING_DRIFT_DEG_H * dt / 3600.0
        out[k, S_VARIANCE] = position + bend * bend
        if coarse[i]:
            out[k, S_VARIANCE] += (1.0 - share) * (1.0 - share) * COARSE_M2
        if coarse[i + 1]:
            out[k, S_VARIANCE] += share * share * COARSE_M2
        out[k, S_HEADING_VARIANCE] = compass + unsure * unsure
    return out


@njit(cache=True)
def _relative_speeds(s: F8) -> None:
    """Fill the relative speed: the lower of that before and that after each sample.

    The lower of the two, because a ship that has just come alongside still has its approach
    behind it, and one about to leave its departure ahead.
    """
    n = len(s)
    before = after = 0  # the nearest samples far enough from this one in time, either way
    for i in range(n):
        time_s = s[i, TIME_S]
        while before + 1 < i and time_s - s[before + 1, TIME_S] >= RELATIVE_WINDOW_S:
            before += 1
        while after + 1 < n and s[after, TIME_S] - time_s < RELATIVE_WINDOW_S:
            after += 1
        best = np.nan
        for j in (before, after):
            dt = abs(s[j, TIME_S] - time_s)
            # centre to centre and antenna to antenna do not mix
            alike = (s[i, HEADINGS] > 0) == (s[j, HEADINGS] > 0)
            if dt < RELATIVE_WINDOW_S or not alike:
                continue
            dx, dy = s[j, EAST] - s[i, EAST], s[j, NORTH] - s[i, NORTH]
            speed = math.sqrt(dx * dx + dy * dy) / dt / KNOT_M_S
            if not speed >= best:
                best = speed
        s[i, RELATIVE] = best


@njit(cache=True)
def measure_at(
    a: Ship, b: Ship, moments: I8, wanted: NDArray[np.bool_], errors: Errors, out: F8
) -> None:
    """Fill the samples of a pair at some of its moments, the relative speed apart.

    Parameters
    ----------
    a, b : Ship
        The two tracks.
    moments : array of int, shape (moments, 3)
        From `moments_of`.
    wanted : array of bool, shape (moments)
        Which to fill.
    errors : Errors
        Errors and limits.
    out : array, shape (moments, COLUMNS)
        See the column numbers at the top of the module; the time is NaN where a place is not known.
    """
    pa = states_of(a, moments, 1, wanted, errors)
    pb = states_of(b, moments, 2, wanted, errors)
    hull_a, hull_b = a.hull, b.hull
    half_beams = 0.5 * (hull_a.beam + hull_b.beam)
    unknown = 0.5 * (hull_a.beam_error + hull_b.beam_error)
    unknown += hull_a.starboard_error + hull_b.starboard_error
    late_s = errors.time_s * KNOT_M_S
    scaled_at, north_m, east_m = np.inf, 0.0, 0.0
    # all in one loop: handing arrays to a function for each sample would count references to them
    for k in range(len(moments)):
        if not wanted[k]:
            continue
        lat = 0.5 * (pa[k, S_LAT] + pb[k, S_LAT])
        if np.isnan(lat):
            out[k, TIME_S] = np.nan
            continue
        if not abs(lat - scaled_at) < SCALE_DEG:
            scaled_at = lat
            north_m, east_m = metres_per_degree(lat)
        out[k, TIME_S] = moments[k, 0] / 1000.0
        lat_a, lon_a, head_a, speed_a = pa[k, S_LAT], pa[k, S_LON], pa[k, S_HEADING], pa[k, S_SPEED]
        lat_b, lon_b, head_b, speed_b = pb[k, S_LAT], pb[k, S_LON], pb[k, S_HEADING], pb[k, S_SPEED]
        east, north = short_way_deg(lon_b - lon_a) * east_m, (lat_b - lat_a) * north_m
        distance = math.sqrt(east * east + north * north)
        known_a, known_b = not np.isnan(head_a), not np.isnan(head_b)
        variance = pa[k, S_VARIANCE] + pb[k, S_VARIANCE]
        out[k, DISTANCE] = distance
        out[k, HEADINGS] = known_a + known_b
        if known_a or known_b:
            ha = head_a if known_a else head_b
            hb = head_b if known_b else head_a
            turned = short_way_deg(hb - ha)
            axis = common_axis_deg(ha, hb)
            sin_axis, cos_axis = sine_cosine(axis)
            keel = min(abs(turned), 180.0 - abs(turned))
            sin_half, cos_half = half_angle(keel)
            ax, ay = centre_shift_m(ha, hull_a.forward, hull_a.starboard)
            bx, by = centre_shift_m(hb, hull_b.forward, hull_b.starboard)
            gap = np.inf
            beside = np.inf
            # A ship without a heading lies parallel, but the one way or the other: as near as it
            # can, and of two about as near the one more beside the other, for cargo is moved
            # amidships.
            for back in range(1 if known_a and known_b else 2):
                if back:  # turned round, the centre lies on the other side of the antenna
                    if known_a:
                        bx, by = -bx, -by
                    else:
                        ax, ay = -ax, -ay
                x, y = east + bx - ax, north + by - ay
                gap_across, gap_along, across, along = gaps_on_axis_m(
                    x,
                    y,
                    sin_axis,
                    cos_axis,
                    sin_half,
                    cos_half,
                    hull_a.length,
                    hull_a.beam,
                    hull_b.length,
                    hull_b.beam,
                )
                here = hull_gap_m(gap_across, gap_along)
                nearer = here < gap - AS_NEAR_M
                if nearer or (here < gap + AS_NEAR_M and gap_along < beside):
                    gap = min(gap, here)
                    beside = gap_along
                    out[k, GAP] = here
                    out[k, GAP_ALONG], out[k, ACROSS], out[k, ALONG] = gap_along, across, along
                    out[k, EAST], out[k, NORTH] = x, y
            turn = 0.5 * math.sqrt(pa[k, S_HEADING_VARIANCE] + pb[k, S_HEADING_VARIANCE])
            turn *= 1.0 if known_a and known_b else 2.0
            lever = (east * sin_axis + north * cos_axis) * sine_cosine(turn)[0]
            late_a = late_s * (pa[k, S_EAST] * cos_axis - pa[k, S_NORTH] * sin_axis)
            late_b = late_s * (pb[k, S_EAST] * cos_axis - pb[k, S_NORTH] * sin_axis)
            out[k, GAP_ERROR] = unknown
            out[k, GAP_SIGMA] = math.sqrt(
                variance + lever * lever + late_a * late_a + late_b * late_b
            )
            if axis < 0.0:
                axis += 360.0
            elif axis >= 360.0:
                axis -= 360.0
            out[k, HEADING] = axis
            out[k, KEEL] = abs(turned) if known_a and known_b else np.nan
        else:
            # Any direction of the hulls is possible: from antennas abeam of each other (the largest
            # gap) to antennas as far apart along two parallel hulls as they can be (the smallest).
            along_most = (
                abs(hull_a.forward)
                + hull_a.forward_error
                + abs(hull_b.forward)
                + hull_b.forward_error
                + 0.25 * min(hull_a.length, hull_b.length)
            )
            across_least = math.sqrt(max(0.0, distance * distance - along_most * along_most))
            low, high = across_least - half_beams, distance - half_beams
            out[k, GAP] = 0.5 * (low + high)
            out[k, GAP_ERROR] = 0.5 * (high - low) + unknown
            late = late_s * late_s * (speed_a * speed_a + speed_b * speed_b)
            out[k, GAP_SIGMA] = math.sqrt(variance + late)
            out[k, GAP_ALONG], out[k, ACROSS], out[k, ALONG] = np.nan, np.nan, np.nan
            out[k, HEADING], out[k, KEEL] = np.nan, np.nan
            out[k, EAST], out[k, NORTH] = east, north
        out[k, SPEED_A], out[k, SPEED_B], out[k, RELATIVE] = speed_a, speed_b, np.nan
        out[k, LAT_A], out[k, LON_A], out[k, LAT_B], out[k, LON_B] = lat_a, lon_a, lat_b, lon_b


@njit(cache=True)
def samples_of(measured: F8) -> F8:
    """Samples of a pair: of measured moments those at which both places are known, in order.

    They take the place of what was measured.
    """
    n = 0
    for i in range(len(measured)):
        if np.isnan(measured[i, TIME_S]):
            continue
        if n < i:
            for column in range(COLUMNS):
                measured[n, column] = measured[i, column]
        n += 1
    s = measured[:n]
    _relative_speeds(s)
    return s


@njit(cache=True)
def sample_pair(a: Ship, b: Ship, moments: I8, errors: Errors) -> F8:
    """Samples of a pair at all its moments; see `measure_at` and `samples_of`."""
    out = np.empty((len(moments), COLUMNS))
    measure_at(a, b, moments, np.ones(len(moments), np.bool_), errors, out)
    return samples_of(out)
