"""How near two ships came, whether or not they ever met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

import numpy as np
import polars as pl

from pipeline.config import RendezvousConfig
from pipeline.rendezvous.geometry import offset_m
from pipeline.rendezvous.hulls import Hulls, hulls_of
from pipeline.rendezvous.moments import moments_of
from pipeline.rendezvous.reported import reported_of
from pipeline.rendezvous.runs import Tracks, tracks_of
from pipeline.rendezvous.sampling import (
    DISTANCE,
    GAP,
    GAP_ERROR,
    GAP_SIGMA,
    LAT_A,
    LON_A,
    LON_B,
    SPEED_A,
    SPEED_B,
    TIME_S,
    Errors,
    Hull,
    Ship,
    sample_pair,
)

STANDARD_ERRORS = 2.0
"""The smallest gap possible is two standard errors below the best estimate."""

NOWHERE = np.empty(0, np.int32)
"""In place of where a ship lies still: every fix is looked at."""


@dataclass(frozen=True)
class Approach:
    """The moment at which two ships were nearest to each other.

    Attributes
    ----------
    track_a, track_b : str
        Their track ids.
    time_utc : datetime
        When; a moment at which one of them was heard.
    lat, lon : float
        Where a was.
    distance_m : float
        Antenna to antenna; between two moments on a straight line, so it may be less than at
        `time_utc`.
    hull_gap_m, hull_gap_low_m : float
        Between the hulls, and at least, at that moment.
    speed_a_kn, speed_b_kn : float
        Over ground.
    moments : int
        Moments at which both places were known.
    """

    track_a: str
    track_b: str
    time_utc: datetime
    lat: float
    lon: float
    distance_m: float
    hull_gap_m: float
    hull_gap_low_m: float
    speed_a_kn: float
    speed_b_kn: float
    moments: int


def _ship(tracks: Tracks, hulls: Hulls, k: int) -> Ship:
    part = slice(tracks.start[k], tracks.start[k + 1])
    lat, lon, sog_kn = tracks.lat[part], tracks.lon[part], tracks.sog_kn[part]
    heading_deg = tracks.heading_deg[part]
    reported = reported_of(lat, lon, sog_kn, tracks.cog_deg[part], heading_deg)
    return Ship(
        tracks.time_ms[part],
        lat,
        lon,
        sog_kn,
        heading_deg,
        tracks.nav_status[part],
        reported.bow_deg,
        reported.east_kn,
        reported.north_kn,
        reported.coarse,
        Hull(
            *(
                float(of[k])
                for of in (
                    hulls.length,
                    hulls.beam,
                    hulls.beam_error,
                    hulls.forward,
                    hulls.forward_error,
                    hulls.starboard,
                    hulls.starboard_error,
                )
            )
        ),
    )


def _nearest_m(s: np.ndarray, interpolate_max_s: float) -> float:
    """Smallest distance of the antennas at the samples and on the straight ways between them.

    Of two samples further apart than `interpolate_max_s` the way between is not known.
    """
    offset = np.array([offset_m(*places) for places in s[:, LAT_A : LON_B + 1]])
    leg = np.diff(offset, axis=0)
    length = (leg * leg).sum(axis=1)
    known = (length > 0.0) & (np.diff(s[:, TIME_S]) <= interpolate_max_s)
    share = np.zeros(len(leg))
    np.divide(-(offset[:-1] * leg).sum(axis=1), length, out=share, where=known)
    between = offset[:-1] + np.clip(share, 0.0, 1.0)[:, None] * leg
    return float(np.hypot(*np.concatenate([offset, between]).T).min())


def closest_approach(
    fixes: pl.DataFrame, vessels: pl.DataFrame, mmsi_a: int, mmsi_b: int, config: RendezvousConfig
) -> Approach | None:
    """When and how near two ships came to each other.

    Parameters
    ----------
    fixes, vessels : pl.DataFrame
        `schema.FIXES`, `schema.VESSELS`.
    mmsi_a, mmsi_b : int
        The ships; where one number is several ships, the nearest of them counts.
    config : RendezvousConfig
        How far apart two fixes may be to know the place between them, and errors.

    Returns
    -------
    Approach or None
        None where the places of both were never known at one time.
    """
    tracks, hulls = tracks_of(fixes, len(vessels)), hulls_of(vessels)
    errors = Errors(
        config.hull.position_error_m,
        config.hull.time_error_s,
        config.hull.heading_error_deg,
        config.hull.drift_change_m_s2,
        round(config.pairing.interpolate_max_h * 3_600_000),
    )
    of = [vessels.filter(pl.col("mmsi") == mmsi)["track"].to_list() for mmsi in (mmsi_a, mmsi_b)]
    found: list[Approach] = []
    for i, j in product(*of):
        a, b = _ship(tracks, hulls, i), _ship(tracks, hulls, j)
        if not len(a.time_ms) or not len(b.time_ms):
            continue
        begin = np.array([max(a.time_ms[0], b.time_ms[0])])
        end = np.array([min(a.time_ms[-1], b.time_ms[-1])])
        every_ms = round(config.pairing.sample_s * 1000)
        moments, _ = moments_of(a, b, NOWHERE, NOWHERE, begin, end, every_ms, every_ms)
        s = sample_pair(a, b, moments, errors)
        if not len(s):
            continue
        at = s[int(np.argmin(s[:, DISTANCE]))]
        found.append(
            Approach(
                vessels["track_id"][i],
                vessels["track_id"][j],
                datetime.fromtimestamp(at[TIME_S], UTC),
                float(at[LAT_A]),
                float(at[LON_A]),
                _nearest_m(s, config.pairing.interpolate_max_h * 3600.0),
                float(at[GAP]),
                float(at[GAP] - at[GAP_ERROR] - STANDARD_ERRORS * at[GAP_SIGMA]),
                float(at[SPEED_A]),
                float(at[SPEED_B]),
                len(s),
            )
        )
    return min(found, key=lambda approach: approach.distance_m, default=None)
