"""Examine all pairs: from fixes to the measured meetings, one row each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from pipeline.config import RendezvousConfig
from pipeline.progress import Progress
from pipeline.rendezvous.hulls import Hulls, hulls_of
from pipeline.rendezvous.measures import (
    M_ANTENNAS_KNOWN,
    M_CONTACT,
    M_CONTACT_H,
    M_DIMENSIONS_KNOWN,
    M_END_UNSEEN_H,
    M_NEAR_H,
    M_START_UNSEEN_H,
    MEASURES,
    to_frame,
)
from pipeline.rendezvous.measuring import measure_spell
from pipeline.rendezvous.meetings import Contact, bounds_s, find_spells, settle
from pipeline.rendezvous.pairing import Windows, of_two_numbers, pair_runs
from pipeline.rendezvous.runs import F8, I8, Runs, Tracks, cut_runs
from pipeline.rendezvous.sampling import TIME_S, Errors, Ship, sample_pair

PAIRS_AT_ONCE = 2000
"""Pairs between two signs of progress."""
N_MEASURES = len(MEASURES)


@njit(cache=True)
def _ship(
    k: int,
    start: I8,
    time_ms: I8,
    lat: F8,
    lon: F8,
    sog_kn: NDArray[np.float32],
    cog_deg: NDArray[np.float32],
    heading_deg: NDArray[np.float32],
    nav_status: NDArray[np.int8],
    hull: F8,
) -> Ship:
    lo, hi = start[k], start[k + 1]
    return Ship(
        time_ms[lo:hi],
        lat[lo:hi],
        lon[lo:hi],
        sog_kn[lo:hi],
        cog_deg[lo:hi],
        heading_deg[lo:hi],
        nav_status[lo:hi],
        hull[k, 0],
        hull[k, 1],
        hull[k, 2],
        hull[k, 3],
        hull[k, 4],
        hull[k, 5],
        hull[k, 6],
    )


@njit(cache=True)
def _hours(s: F8, spells: I8) -> float:
    total = 0.0
    for k in range(len(spells)):
        total += s[spells[k, 1], TIME_S] - s[spells[k, 0], TIME_S]
    return total / 3600.0


@njit(cache=True)
def _longer_than(s: F8, spells: I8, least_s: float) -> I8:
    keep = np.zeros(len(spells), np.bool_)
    for k in range(len(spells)):
        keep[k] = s[spells[k, 1], TIME_S] - s[spells[k, 0], TIME_S] >= least_s
    return spells[keep]


@njit(cache=True)
def _examine(
    first: I8,
    a: I8,
    b: I8,
    begin_ms: I8,
    end_ms: I8,
    start: I8,
    time_ms: I8,
    lat: F8,
    lon: F8,
    sog_kn: NDArray[np.float32],
    cog_deg: NDArray[np.float32],
    heading_deg: NDArray[np.float32],
    nav_status: NDArray[np.int8],
    hull: F8,
    reach: F8,
    every_ms: int,
    least_s: float,
    errors: Errors,
    contact: Contact,
    near: Contact,
) -> tuple[I8, I8, F8]:
    """Measure pairs; pair p has the windows first[p] to first[p + 1] - 1."""
    tracks_a, tracks_b, rows = [], [], []
    for p in range(len(first) - 1):
        lo, hi = first[p], first[p + 1]
        ka, kb = a[lo], b[lo]
        ship_a = _ship(ka, start, time_ms, lat, lon, sog_kn, cog_deg, heading_deg, nav_status, hull)
        ship_b = _ship(kb, start, time_ms, lat, lon, sog_kn, cog_deg, heading_deg, nav_status, hull)
        s = sample_pair(ship_a, ship_b, begin_ms[lo:hi], end_ms[lo:hi], every_ms, errors)
        if len(s) == 0:
            continue
        near_spells = find_spells(ship_a, ship_b, s, near)
        if len(_longer_than(s, near_spells, least_s)) == 0:
            continue
        contact_spells = find_spells(ship_a, ship_b, s, contact)
        lasting = _longer_than(s, contact_spells, least_s)
        touched = len(lasting) > 0
        for spell in lasting if touched else _longer_than(s, near_spells, least_s):
            row = np.empty(N_MEASURES)
            i, j = spell[0], spell[1]
            reach_m = reach[ka] + reach[kb]
            start_s, end_s = s[i, TIME_S], s[j, TIME_S]
            unseen_before = unseen_after = 0.0
            if touched:
                settled = settle(s, i, j)
                i, j = settled.first, settled.last
                start_s, end_s, unseen_before, unseen_after = bounds_s(ship_a, ship_b, s, settled)
            measure_spell(
                ship_a, ship_b, s, i, j, start_s, end_s, errors, reach_m, contact.lashed_kn, row
            )
            row[M_START_UNSEEN_H] = unseen_before / 3600.0
            row[M_END_UNSEEN_H] = unseen_after / 3600.0
            row[M_CONTACT] = 1.0 if touched else 0.0
            row[M_NEAR_H] = _hours(s, near_spells)
            row[M_CONTACT_H] = _hours(s, contact_spells)
            row[M_DIMENSIONS_KNOWN] = hull[ka, 7] + hull[kb, 7]
            row[M_ANTENNAS_KNOWN] = hull[ka, 8] + hull[kb, 8]
            tracks_a.append(ka)
            tracks_b.append(kb)
            rows.append(row)
    out = np.empty((len(rows), N_MEASURES))
    for i in range(len(rows)):
        out[i] = rows[i]
    return np.array(tracks_a, np.int64), np.array(tracks_b, np.int64), out


def _hull_table(hulls: Hulls, vessels: pl.DataFrame) -> F8:
    antennas = vessels["a_m"].is_not_null() & vessels["c_m"].is_not_null()
    return np.column_stack(
        [
            hulls.length,
            hulls.beam,
            hulls.beam_error,
            hulls.forward,
            hulls.forward_error,
            hulls.starboard,
            hulls.starboard_error,
            hulls.known.astype(np.float64),
            antennas.to_numpy().astype(np.float64),
        ]
    )


def _batches(windows: Windows) -> Iterator[slice]:
    """Slices of windows that hold whole pairs, some thousand pairs each."""
    new = np.flatnonzero(np.diff(windows.a, prepend=-1) | np.diff(windows.b, prepend=-1))
    edges = [*new[::PAIRS_AT_ONCE].tolist(), len(windows.a)]
    for lo, hi in pairwise(edges):
        yield slice(lo, hi)


def runs_of(tracks: Tracks, config: RendezvousConfig) -> Runs:
    """The runs in which ships may have lain alongside another; each track's are its own."""
    return cut_runs(tracks, config.pairing.speed_max_kn, config.pairing.interpolate_max_h)


def windows_of(runs: Runs, vessels: pl.DataFrame, config: RendezvousConfig) -> Windows:
    """When which two of `vessels` may have been near each other, from their runs."""
    return of_two_numbers(
        pair_runs(runs, hulls_of(vessels).reach, config.pairing.near_gap_m), vessels
    )


def measure_windows(
    tracks: Tracks,
    vessels: pl.DataFrame,
    windows: Windows,
    config: RendezvousConfig,
    progress: Progress,
) -> pl.DataFrame:
    """The meetings within windows, measured.

    Parameters
    ----------
    tracks : Tracks
        Clean fixes of all tracks that stand in `windows`.
    vessels : pl.DataFrame
        `schema.VESSELS`, a row a track.
    windows : Windows
        All windows of the pairs that are asked for.
    config : RendezvousConfig
        What counts as near, alongside, over.
    progress : Progress
        Where to tell how far it is.

    Returns
    -------
    pl.DataFrame
        As from `examine`.
    """
    hulls = hulls_of(vessels)
    pairing, limits = config.pairing, config.contact
    errors = Errors(
        config.hull.position_error_m,
        config.hull.time_error_s,
        config.hull.heading_error_deg,
        config.hull.drift_change_m_s2,
        round(pairing.interpolate_max_h * 3_600_000),
    )
    contact = Contact(
        limits.gap_max_m,
        limits.relative_speed_max_kn,
        limits.apart_gap_m,
        limits.apart_min * 60.0,
        limits.silence_max_h * 3600.0,
        limits.speed_lashed_max_kn,
    )
    near = Contact(
        pairing.near_gap_m,
        np.inf,
        pairing.near_gap_m + limits.apart_gap_m,
        limits.apart_min * 60.0,
        limits.silence_max_h * 3600.0,
        limits.speed_lashed_max_kn,
    )
    hull = _hull_table(hulls, vessels)
    found = []
    with progress.step("measuring pairs", len(windows.a)) as step:
        for part in _batches(windows):
            a, b = windows.a[part], windows.b[part]
            new = np.flatnonzero(np.diff(a, prepend=-1) | np.diff(b, prepend=-1))
            found.append(
                _examine(
                    np.append(new, len(a)),
                    a,
                    b,
                    windows.begin_ms[part],
                    windows.end_ms[part],
                    tracks.start,
                    tracks.time_ms,
                    tracks.lat,
                    tracks.lon,
                    tracks.sog_kn,
                    tracks.cog_deg,
                    tracks.heading_deg,
                    tracks.nav_status,
                    hull,
                    hulls.reach,
                    round(pairing.sample_s * 1000),
                    pairing.encounter_min_h * 3600.0,
                    errors,
                    contact,
                    near,
                )
            )
            step.advance(len(a))
    none = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, N_MEASURES)))
    a, b, rows = (np.concatenate(parts) for parts in zip(none, *found, strict=True))
    return pl.concat(
        [
            pl.DataFrame(
                {"track_a": a, "track_b": b}, schema={"track_a": pl.Int32, "track_b": pl.Int32}
            ),
            to_frame(rows),
        ],
        how="horizontal",
    ).sort("track_a", "track_b", "start_s")


def examine(
    tracks: Tracks, vessels: pl.DataFrame, config: RendezvousConfig, progress: Progress
) -> pl.DataFrame:
    """All meetings of two ships, measured.

    Parameters
    ----------
    tracks : Tracks
        Clean fixes.
    vessels : pl.DataFrame
        `schema.VESSELS`, a row a track.
    config : RendezvousConfig
        What counts as near, alongside, over.
    progress : Progress
        Where to tell how far it is.

    Returns
    -------
    pl.DataFrame
        `track_a`, `track_b` (row numbers of `vessels`, a before b) and the columns of MEASURES;
        sorted by track_a, track_b, start.
    """
    windows = windows_of(runs_of(tracks, config), vessels, config)
    return measure_windows(tracks, vessels, windows, config, progress)
