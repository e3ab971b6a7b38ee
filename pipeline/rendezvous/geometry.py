"""Plane geometry of two hulls: how far apart, how much beside each other.

A hull is a rectangle. Two nearly parallel rectangles are told apart by two numbers: the gap across
their common axis (negative where they seem to overlap) and the gap along it (negative where one
lies beside the other). All functions are compiled and pure.
"""

from __future__ import annotations

import math

from numba import njit

# WGS 84
_EQUATORIAL_RADIUS_M = 6378137.0
_ECCENTRICITY_SQUARED = 6.69437999014e-3

# of Taylor's series
S3, S5, S7, S9, S11 = (
    s / math.factorial(n) for s, n in ((-1, 3), (1, 5), (-1, 7), (1, 9), (-1, 11))
)
C2, C4, C6 = (s / math.factorial(n) for s, n in ((-1, 2), (1, 4), (-1, 6)))
C8, C10, C12 = (s / math.factorial(n) for s, n in ((1, 8), (-1, 10), (1, 12)))

PARALLEL_DEG = 10.0
"""Keels within this angle count as parallel: compasses err by some degrees, and on a hull of 250 m
an error of 5 degrees would feign 11 m of overlap."""


@njit(cache=True)
def metres_per_degree(lat_deg: float) -> tuple[float, float]:
    """Metres in a degree of latitude and of longitude at a latitude (WGS 84 radii of curvature)."""
    s = math.sin(math.radians(lat_deg))
    w = 1.0 - _ECCENTRICITY_SQUARED * s * s
    north = _EQUATORIAL_RADIUS_M * (1.0 - _ECCENTRICITY_SQUARED) / (w * math.sqrt(w))
    east = _EQUATORIAL_RADIUS_M * math.cos(math.radians(lat_deg)) / math.sqrt(w)
    return math.radians(north), math.radians(east)


@njit(cache=True)
def sine_cosine(angle_deg: float) -> tuple[float, float]:
    """Sine and cosine of an angle in degrees, to 1e-11: hulls to a millionth of a millimetre.

    Taylor's series within an eighth of a turn. Every sample asks for several, which the C library
    answers to the last digit in twice the time, and on each machine with its own last digit.
    """
    quarter = math.floor(angle_deg / 90.0 + 0.5)
    x = math.radians(angle_deg - 90.0 * quarter)
    z = x * x
    sine = x * (1.0 + z * (S3 + z * (S5 + z * (S7 + z * (S9 + z * S11)))))
    cosine = 1.0 + z * (C2 + z * (C4 + z * (C6 + z * (C8 + z * (C10 + z * C12)))))
    turns = int(quarter) & 3
    if turns & 1:
        sine, cosine = cosine, -sine
    return (-sine, -cosine) if turns & 2 else (sine, cosine)


@njit(cache=True)
def wrap_degrees(angle_deg: float) -> float:
    """The angle within -180 (included) and 180 degrees."""
    return (angle_deg + 180.0) % 360.0 - 180.0


@njit(cache=True)
def short_way_deg(difference_deg: float) -> float:
    """The difference of two longitudes or headings (within a turn) the short way round."""
    if difference_deg > 180.0:
        return difference_deg - 360.0
    if difference_deg < -180.0:
        return difference_deg + 360.0
    return difference_deg


@njit(cache=True)
def offset_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> tuple[float, float]:
    """East and north of b from a in metres, for tens of km, right across the antimeridian."""
    north, east = metres_per_degree(0.5 * (lat_a + lat_b))
    return short_way_deg(lon_b - lon_a) * east, (lat_b - lat_a) * north


@njit(cache=True)
def keel_angle_deg(heading_a_deg: float, heading_b_deg: float) -> float:
    """Angle between two keels, 0-90 degrees: ships lying head to tail are parallel."""
    d = abs(wrap_degrees(heading_a_deg - heading_b_deg))
    return min(d, 180.0 - d)


@njit(cache=True)
def common_axis_deg(heading_a_deg: float, heading_b_deg: float) -> float:
    """Direction of the axis midway between two keels, in the sense of ship a's heading."""
    d = short_way_deg(heading_b_deg - heading_a_deg)
    if d > 90.0:
        d -= 180.0
    elif d < -90.0:
        d += 180.0
    return heading_a_deg + 0.5 * d


@njit(cache=True)
def centre_shift_m(heading_deg: float, forward_m: float, starboard_m: float) -> tuple[float, float]:
    """East and north from the antenna to the hull's centre.

    Parameters
    ----------
    heading_deg : float
        True heading.
    forward_m, starboard_m : float
        Where the centre lies seen from the antenna: (A - B) / 2 forward, (D - C) / 2 to starboard.
    """
    s, c = sine_cosine(heading_deg)
    return forward_m * s + starboard_m * c, forward_m * c - starboard_m * s


@njit(cache=True)
def gaps_m(
    east_m: float,
    north_m: float,
    axis_deg: float,
    keel_deg: float,
    length_a_m: float,
    beam_a_m: float,
    length_b_m: float,
    beam_b_m: float,
) -> tuple[float, float, float, float]:
    """Gaps between two rectangles across and along their common axis.

    Parameters
    ----------
    east_m, north_m : float
        Centre of b from centre of a.
    axis_deg : float
        Direction of the common axis.
    keel_deg : float
        Angle between the keels, 0-90; below `PARALLEL_DEG` the hulls count as parallel.
    length_a_m, beam_a_m, length_b_m, beam_b_m : float
        The hulls.

    Returns
    -------
    gap_across_m, gap_along_m : float
        Separation of the two hulls' shadows on each direction; negative where they overlap.
    across_m, along_m : float
        Centre of b from centre of a: to starboard of the axis and forward along it.
    """
    s, c = sine_cosine(axis_deg)
    sk, ck = half_angle(keel_deg)
    return gaps_on_axis_m(east_m, north_m, s, c, sk, ck, length_a_m, beam_a_m, length_b_m, beam_b_m)


@njit(cache=True)
def half_angle(keel_deg: float) -> tuple[float, float]:
    """Sine and cosine of half the angle between two keels, as far as they are not parallel."""
    if keel_deg <= PARALLEL_DEG:
        return 0.0, 1.0
    return sine_cosine(0.5 * (keel_deg - PARALLEL_DEG))


@njit(cache=True)
def gaps_on_axis_m(
    east_m: float,
    north_m: float,
    s: float,
    c: float,
    sk: float,
    ck: float,
    length_a_m: float,
    beam_a_m: float,
    length_b_m: float,
    beam_b_m: float,
) -> tuple[float, float, float, float]:
    """What `gaps_m` returns, from sine and cosine of the axis and of half the keels' angle."""
    along = east_m * s + north_m * c
    across = east_m * c - north_m * s
    reach_across = 0.5 * ((length_a_m + length_b_m) * sk + (beam_a_m + beam_b_m) * ck)
    reach_along = 0.5 * ((length_a_m + length_b_m) * ck + (beam_a_m + beam_b_m) * sk)
    return abs(across) - reach_across, abs(along) - reach_along, across, along


@njit(cache=True)
def hull_gap_m(gap_across_m: float, gap_along_m: float) -> float:
    """One gap from two: the distance between the rectangles, negative for the depth of overlap."""
    if gap_across_m > 0.0 and gap_along_m > 0.0:
        return math.sqrt(gap_across_m * gap_across_m + gap_along_m * gap_along_m)
    return max(gap_across_m, gap_along_m)
