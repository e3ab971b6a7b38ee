"""Whether one ship can have sent two fixes: displacement on the sphere against reported motion.

Two fixes are compared in a plane that touches the Earth at the earlier one. The ship is expected
to have moved by the mean of the velocities reported at both ends (or by the velocity made good
between earlier fixes: some ships report a speed of zero all day). What remains is compared with
what manoeuvres, errors of position and errors of report time explain.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit, prange

from pipeline.config import CleaningConfig

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
M_PER_DEG = EARTH_RADIUS_M * math.pi / 180.0
M_S_PER_KN = 1852.0 / 3600.0
POLAR_DEG = 80.0  # beyond, meridians converge too fast for the flat formula
FLAT_MAX_DEG = 1.0  # within, the flat formula errs by less than 1 in 10,000
TURN_SHARE = 0.2  # a quarter turn between two fixes leaves 0.19 of the way sailed unexplained
STEADY_SHARE = 0.05  # of the way: a steady ship's speed and course wander by some per cent
SWING_M = 150.0  # a ship that stays swings about her anchor
U_TURN_SHARE = 0.64  # and a half turn 2 / pi
FRESH_S = 900.0  # a velocity made good tells little a quarter of an hour later
SIGMAS = 3.0  # configured errors and manoeuvres are the most that is ordinary: three deviations
BASELINE_S = 60.0  # a velocity made good is measured over so long: errors of time by then are small
BASELINE_MIN_S = 5.0  # the first one over as little as this
SLOW_M_S = 0.15  # 0.3 kn: below, course is noise and so is speed
SPEED_ALLOWANCE, SPEED_MARGIN_KN = 1.3, 5.0  # over the fastest speeds reported: tides, bursts
PATH_ERRORS = 2.5  # errors of position off a ship's path that still count as on it
SHARE_FASTEST = 0.01  # of the speeds reported, so that single faults do not raise the bound


class Fixes(NamedTuple):
    """The sorted reports as the kernels read them; what is unknown is NaN (nav_status: -1)."""

    time_ms: npt.NDArray[np.int64]
    lat: npt.NDArray[np.float64]
    lon: npt.NDArray[np.float64]
    sog: npt.NDArray[np.float32]
    cog: npt.NDArray[np.float32]
    heading: npt.NDArray[np.float32]
    status: npt.NDArray[np.int8]
    class_b: npt.NDArray[np.int8]


class Motion(NamedTuple):
    """The bounds of `CleaningConfig` in metres, seconds and milliseconds."""

    time_error_s: float
    position_error_m: float
    acceleration_m_s2: float
    acceleration_max_m_s2: float
    speed_floor_m_s: float
    speed_ceiling_m_s: float
    repeat_window_ms: float
    moving_m_s: float
    stuck_distance_m: float
    one_place_m: float


def motion_bounds(config: CleaningConfig) -> Motion:
    """The configured bounds in the units of the kernels."""
    return Motion(
        time_error_s=config.report_time_error_s,
        position_error_m=config.position_error_m,
        acceleration_m_s2=config.acceleration_m_s2,
        acceleration_max_m_s2=config.acceleration_max_m_s2,
        speed_floor_m_s=config.speed_floor_kn * M_S_PER_KN,
        speed_ceiling_m_s=config.speed_ceiling_kn * M_S_PER_KN,
        repeat_window_ms=config.repeat_window_min * 60_000.0,
        moving_m_s=config.moving_sog_min_kn * M_S_PER_KN,
        stuck_distance_m=config.stuck_distance_min_m,
        one_place_m=0.5 * config.second_ship_separation_min_m,
    )


@njit(cache=True, nogil=True)
def displacement_m(
    lat0: float, lon0: float, cos0: float, lat1: float, lon1: float
) -> tuple[float, float]:
    """Metres east and north from the first place to the second along the great circle.

    `cos0` is the cosine of `lat0`. Right across the antimeridian and at the poles.
    """
    dlat = lat1 - lat0
    dlon = lon1 - lon0
    if dlon > 180.0:
        dlon -= 360.0
    elif dlon < -180.0:
        dlon += 360.0
    if abs(dlat) < FLAT_MAX_DEG and abs(dlon) < FLAT_MAX_DEG and abs(lat0) < POLAR_DEG:
        sin0 = math.sqrt(1.0 - cos0 * cos0)
        if lat0 < 0.0:
            sin0 = -sin0
        cos_mid = cos0 - sin0 * math.radians(dlat) * 0.5
        return dlon * cos_mid * M_PER_DEG, dlat * M_PER_DEG
    phi0, phi1, lam = math.radians(lat0), math.radians(lat1), math.radians(dlon)
    east = math.sin(lam) * math.cos(phi1)
    north = math.cos(phi0) * math.sin(phi1) - math.sin(phi0) * math.cos(phi1) * math.cos(lam)
    along = math.sin(phi0) * math.sin(phi1) + math.cos(phi0) * math.cos(phi1) * math.cos(lam)
    off = math.hypot(east, north)
    if off == 0.0:
        return 0.0, 0.0 if along > 0.0 else EARTH_RADIUS_M * math.pi
    distance = EARTH_RADIUS_M * math.atan2(off, along)
    return distance * east / off, distance * north / off


@njit(cache=True, nogil=True)
def velocity_m_s(sog_kn: float, cog_deg: float) -> tuple[float, float]:
    """East and north components; zero when slow, NaN when the course is unknown."""
    speed = sog_kn * M_S_PER_KN
    if speed < SLOW_M_S:
        return 0.0, 0.0
    course = math.radians(cog_deg)
    return speed * math.sin(course), speed * math.cos(course)


@njit(cache=True, nogil=True, inline="always")
def reported_m_s(rows: Fixes, i: int) -> tuple[float, float, float]:
    """Reported speed of row `i` and its components east and north, m/s."""
    vx, vy = velocity_m_s(rows.sog[i], rows.cog[i])
    return rows.sog[i] * M_S_PER_KN, vx, vy


@njit(cache=True, nogil=True)
def way_m(rows: Fixes, i: int, j: int) -> tuple[float, float]:
    """Metres east and north from row `i` to row `j`."""
    cos0 = math.cos(math.radians(rows.lat[i]))
    return displacement_m(rows.lat[i], rows.lon[i], cos0, rows.lat[j], rows.lon[j])


@njit(cache=True, nogil=True)
def speed_bound_m_s(sog_kn: npt.NDArray[np.float32], begin: int, end: int, bounds: Motion) -> float:
    """The speed that the ship of rows begin..end cannot have exceeded between two fixes."""
    counts = np.zeros(128, np.int64)
    known = 0
    for i in range(begin, end):
        if not np.isnan(sog_kn[i]):
            counts[min(int(sog_kn[i]), 127)] += 1
            known += 1
    if known == counts[0]:  # never above 1 kn: unknown, or a broken sensor
        return bounds.speed_ceiling_m_s
    fastest, above = 127, 0
    while fastest > 0:
        above += counts[fastest]
        if above > SHARE_FASTEST * known:
            break
        fastest -= 1
    bound = (SPEED_ALLOWANCE * (fastest + 1) + SPEED_MARGIN_KN) * M_S_PER_KN
    return min(bounds.speed_ceiling_m_s, max(bounds.speed_floor_m_s, bound))


@njit(cache=True, nogil=True, parallel=True)
def _speed_bounds(
    sog_kn: npt.NDArray[np.float32], starts: npt.NDArray[np.int64], bounds: Motion
) -> npt.NDArray[np.float64]:
    found = np.empty(starts.size - 1)
    for s in prange(starts.size - 1):
        found[s] = speed_bound_m_s(sog_kn, starts[s], starts[s + 1], bounds)
    return found


def speed_bounds_m_s(
    sog_kn: npt.NDArray[np.float32], starts: npt.NDArray[np.int64], bounds: Motion
) -> npt.NDArray[np.float64]:
    """`speed_bound_m_s` of each MMSI, whose rows begin at `starts` (one more entry for the end)."""
    return _speed_bounds(sog_kn, starts, bounds)


@njit(cache=True, nogil=True)
def greater_known(a: float, b: float) -> float:
    """The greater of two, unknown (NaN) counting as nothing; zero where both are unknown."""
    return max(0.0 if np.isnan(a) else a, 0.0 if np.isnan(b) else b)


@njit(cache=True, nogil=True)
def greater(a: float, b: float) -> float:
    """The greater of two, or the one that is known; NaN where both are unknown."""
    return b if np.isnan(a) or b > a else a


@njit(cache=True, nogil=True)
def report_variance_m2(speed: float, bounds: Motion) -> float:
    """How far a report may be off the ship's place at its time: error of position and of time."""
    place = bounds.position_error_m / SIGMAS
    way = bounds.time_error_s / SIGMAS * speed
    return place * place + way * way


@njit(cache=True, nogil=True)
def _closer(
    best: tuple[float, float, float], dx: float, dy: float, vx: float, vy: float, dt: float
) -> tuple[float, float, float]:
    x, y = dx - vx * dt, dy - vy * dt
    distance = math.hypot(x, y)
    return (x, y, distance) if distance < best[2] else best


@njit(cache=True, nogil=True)
def misfit(
    dx: float,
    dy: float,
    dt: float,
    reported0: tuple[float, float, float],
    reported1: tuple[float, float, float],
    made0: tuple[float, float],
    made1: tuple[float, float],
    variance0: float,
    speed_bound: float,
    bounds: Motion,
) -> tuple[float, float, float, float]:
    """What the motion of one ship leaves unexplained of the way between two fixes.

    Parameters
    ----------
    dx, dy : float
        Displacement in metres.
    dt : float
        Time between the fixes, s.
    reported0, reported1 : tuple
        Speed, its components east and north as reported at both, m/s; NaN where unknown.
    made0, made1 : tuple
        Components of the velocity made good before the first and after the second, m/s; NaN
        where unknown.
    variance0 : float
        Of the first place, m2; NaN: of a single report.
    speed_bound : float
        The ship's own limit, m/s.
    bounds : Motion
        Errors and accelerations.

    Returns
    -------
    left_x, left_y : float
        What is unexplained, m.
    sigma : float
        Its standard deviation for a ship that may turn, stop, gather way, m.
    steady : float
        Its standard deviation for a ship that goes on as she did or stays where she was, m.
    """
    speed0, vx0, vy0 = reported0
    speed1, vx1, vy1 = reported1
    know0, know1 = not np.isnan(vx0), not np.isnan(vx1)
    speed = greater_known(speed0, speed1)
    unknown = 0.0
    best = (0.0, 0.0, np.inf)
    if know0 and know1:
        best = _closer(best, dx, dy, 0.5 * (vx0 + vx1), 0.5 * (vy0 + vy1), dt)
    elif know0:
        best = _closer(best, dx, dy, vx0, vy0, dt)
    elif know1:
        best = _closer(best, dx, dy, vx1, vy1, dt)
    elif speed > 0.0:  # a speed without a course: anywhere within it
        distance = math.hypot(dx, dy)
        share = 0.0 if distance == 0.0 else max(0.0, 1.0 - speed * dt / distance)
        best = (share * dx, share * dy, share * distance)
    else:
        best = (dx, dy, math.hypot(dx, dy))
        unknown = speed_bound
    if dt <= FRESH_S:
        known0, known1 = not np.isnan(made0[0]), not np.isnan(made1[0])
        if known0:
            best = _closer(best, dx, dy, made0[0], made0[1], dt)
            speed = max(speed, min(math.hypot(made0[0], made0[1]), speed_bound))
        if known1:
            best = _closer(best, dx, dy, made1[0], made1[1], dt)
            speed = max(speed, min(math.hypot(made1[0], made1[1]), speed_bound))
        if known0 and known1:
            mean_x, mean_y = 0.5 * (made0[0] + made1[0]), 0.5 * (made0[1] + made1[1])
            best = _closer(best, dx, dy, mean_x, mean_y, dt)
        if known0 or known1:
            unknown = 0.0
    one = report_variance_m2(speed, bounds)
    ends = one + (one if np.isnan(variance0) else variance0)
    turn = (TURN_SHARE * speed + unknown) * dt / SIGMAS
    gained = min(0.25 * bounds.acceleration_m_s2 * dt * dt, 0.5 * speed_bound * dt) / SIGMAS
    drift = STEADY_SHARE * speed * dt
    swing = SWING_M if dt > FRESH_S else 0.0
    return (
        best[0],
        best[1],
        math.sqrt(ends + turn * turn + gained * gained),
        math.sqrt(ends + drift * drift + swing * swing),
    )


@njit(cache=True, nogil=True)
def farthest_m(dt: float, speed_bound: float, bounds: Motion) -> float:
    """The farthest that a ship can get between two fixes `dt` seconds apart by their stamps."""
    return speed_bound * (dt + 2.0 * bounds.time_error_s) + bounds.position_error_m


@njit(cache=True, nogil=True)
def within_reach(
    distance: float, left: float, dt: float, speed: float, speed_bound: float, bounds: Motion
) -> bool:
    """Whether a ship of that `speed` (the greater of both reported, NaN where unknown) gets there.

    Both by its top speed and by what it can gain and lose on the way.
    """
    if np.isnan(speed):
        return distance <= farthest_m(dt, speed_bound, bounds)
    agility = (
        bounds.position_error_m
        + 2.0 * bounds.time_error_s * speed
        + U_TURN_SHARE * speed * dt
        + 0.25 * bounds.acceleration_max_m_s2 * dt * dt
    )
    return distance <= farthest_m(dt, speed_bound, bounds) and left <= agility
