"""Two tracks put down fix by fix, for tests below the level of scenes."""

from __future__ import annotations

import math

import numpy as np

from pipeline.rendezvous.moments import APART_STEP_S, moments_of
from pipeline.rendezvous.reported import reported_of
from pipeline.rendezvous.sampling import Errors, Hull, Ship

HOUR_MS = 3_600_000
EVERY_FIX = np.empty(0, np.int32)
ERRORS = Errors(8.0, 5.0, 3.0, 1e-4, HOUR_MS)


def ship(minutes, east_m, north_m, heading=90.0, length=180.0, lat=29.0):
    """A track about a place from minutes and metres."""
    time = (np.asarray(minutes, float) * 60_000).astype(np.int64)
    east = np.broadcast_to(np.asarray(east_m, float), time.shape)
    north = np.broadcast_to(np.asarray(north_m, float), time.shape)
    single = np.full(len(time), np.nan, np.float32)
    heading = np.broadcast_to(np.asarray(heading, np.float32), time.shape).copy()
    lats = lat + north / 110_850.0
    lons = -90.0 + east / (111_320.0 * math.cos(math.radians(lat)))
    reported = reported_of(lats, lons, single, single, heading)
    return Ship(
        time,
        lats,
        lons,
        single,
        heading,
        np.full(len(time), -1, np.int8),
        reported.bow_deg,
        reported.east_kn,
        reported.north_kn,
        reported.coarse,
        Hull(length, length / 6, 0.0, 0.3 * length, 2.0, 0.0, 2.0),
    )


def looked_at(a, b, still_a=EVERY_FIX, still_b=EVERY_FIX, step_s=APART_STEP_S):
    begin = np.array([max(a.time_ms[0], b.time_ms[0])])
    end = np.array([min(a.time_ms[-1], b.time_ms[-1])])
    return moments_of(a, b, still_a, still_b, begin, end, 60_000, round(step_s * 1000))
