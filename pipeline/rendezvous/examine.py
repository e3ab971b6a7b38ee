"""Examine all pairs: from fixes to the measured meetings, one row each."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import polars as pl
from numba import njit

from pipeline.config import RendezvousConfig
from pipeline.progress import Progress
from pipeline.rendezvous.arrivals import bounds_s
from pipeline.rendezvous.hulls import hull_table, hulls_of
from pipeline.rendezvous.measures import (
    M_ANTENNAS_KNOWN,
    M_APPROACH_KM,
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
from pipeline.rendezvous.meetings import Contact, find_spells, settle
from pipeline.rendezvous.moments import still_until
from pipeline.rendezvous.nearness import legs_m
from pipeline.rendezvous.pair_samples import Fleet, Limits, samples_of_pair, ship_of
from pipeline.rendezvous.pairing import Windows, of_two_numbers, pair_runs
from pipeline.rendezvous.reported import reported_of
from pipeline.rendezvous.runs import F8, I8, Runs, Tracks, cut_runs
from pipeline.rendezvous.sampling import TIME_S, Errors
from pipeline.rendezvous.together import around, places_of

PAIRS_AT_ONCE = 8000
"""Pairs between two signs of progress; also what one thread measures at a time."""
N_MEASURES = len(MEASURES)


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


@njit(cache=True, nogil=True)
def _examine(
    first: I8, a: I8, b: I8, begin_ms: I8, end_ms: I8, f: Fleet, limits: Limits
) -> tuple[I8, I8, F8]:
    """Measure pairs; pair p has the windows first[p] to first[p + 1] - 1."""
    room = len(first)
    tracks, rows = np.empty((room, 2), np.int64), np.empty((room, N_MEASURES))
    n = 0
    stays = np.full((len(f.start) - 1, 4), -1.0)
    for p in range(len(first) - 1):
        lo, hi = first[p], first[p + 1]
        ka, kb = a[lo], b[lo]
        ship_a, ship_b = ship_of(f, ka), ship_of(f, kb)
        s = samples_of_pair(f, ka, kb, ship_a, ship_b, begin_ms[lo:hi], end_ms[lo:hi], limits)
        if len(s) == 0:
            continue
        near_spells = find_spells(ship_a, ship_b, s, limits.near)
        if len(_longer_than(s, near_spells, limits.least_s)) == 0:
            continue
        contact_spells = find_spells(ship_a, ship_b, s, limits.contact)
        lasting = _longer_than(s, contact_spells, limits.least_s)
        touched = len(lasting) > 0
        if not touched:
            lasting = _longer_than(s, near_spells, limits.least_s)
        if n + len(lasting) > room:
            room = 2 * room + len(lasting)
            more_tracks, more_rows = np.empty((room, 2), np.int64), np.empty((room, N_MEASURES))
            more_tracks[:n], more_rows[:n] = tracks[:n], rows[:n]
            tracks, rows = more_tracks, more_rows
        for number in range(len(lasting)):
            spell, row = lasting[number], rows[n]
            i, j = spell[0], spell[1]
            start_s, end_s = s[i, TIME_S], s[j, TIME_S]
            unseen_before = unseen_after = 0.0
            if touched:
                former = lasting[number - 1, 1] if number > 0 else -1
                latter = lasting[number + 1, 0] if number + 1 < len(lasting) else len(s)
                settled = settle(s, i, j, former, latter)
                i, j = settled.first, settled.last
                start_s, end_s, unseen_before, unseen_after = bounds_s(
                    ship_a, ship_b, s, settled, former, latter, limits.contact.lashed_kn
                )
            measure_spell(
                ship_a, ship_b, s, i, j, start_s, end_s, limits.errors, stays[ka], stays[kb], row
            )
            reach_m = f.reach[ka] + f.reach[kb]
            around(
                f.places, ka, kb, start_s, end_s, reach_m, limits.contact.lashed_kn,
                row[M_APPROACH_KM : M_APPROACH_KM + 6],
            )  # fmt: skip
            row[M_START_UNSEEN_H] = unseen_before / 3600.0
            row[M_END_UNSEEN_H] = unseen_after / 3600.0
            row[M_CONTACT] = 1.0 if touched else 0.0
            row[M_NEAR_H] = _hours(s, near_spells)
            row[M_CONTACT_H] = _hours(s, contact_spells)
            row[M_DIMENSIONS_KNOWN] = f.hull[ka, 7] + f.hull[kb, 7]
            row[M_ANTENNAS_KNOWN] = f.hull[ka, 8] + f.hull[kb, 8]
            tracks[n, 0], tracks[n, 1] = ka, kb
            n += 1
    return tracks[:n, 0].copy(), tracks[:n, 1].copy(), rows[:n].copy()


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
    fleet = Fleet(
        tracks.start,
        tracks.time_ms,
        tracks.lat,
        tracks.lon,
        tracks.sog_kn,
        tracks.heading_deg,
        tracks.nav_status,
        reported_of(tracks.lat, tracks.lon, tracks.sog_kn, tracks.cog_deg, tracks.heading_deg),
        still_until(
            tracks.start,
            tracks.time_ms,
            tracks.lat,
            tracks.lon,
            tracks.heading_deg,
            errors.interpolate_max_ms,
        ),
        legs_m(tracks.start, tracks.time_ms, tracks.lat, tracks.lon, tracks.sog_kn, errors),
        hull_table(hulls, vessels),
        hulls.reach,
        places_of(tracks, pairing.interpolate_max_h),
    )
    thresholds = Limits(
        round(pairing.sample_s * 1000), pairing.encounter_min_h * 3600.0, errors, contact, near
    )

    def measured(part: slice) -> tuple[I8, I8, F8]:
        a, b = windows.a[part], windows.b[part]
        new = np.flatnonzero(np.diff(a, prepend=-1) | np.diff(b, prepend=-1))
        first = np.append(new, len(a))
        return _examine(
            first, a, b, windows.begin_ms[part], windows.end_ms[part], fleet, thresholds
        )

    found = []
    parts = list(_batches(windows))
    # compiled code lets go of the interpreter's lock; the rows keep the order of the parts
    with (
        progress.step("measuring pairs", len(windows.a)) as step,
        ThreadPoolExecutor(pl.thread_pool_size()) as pool,
    ):
        for part, rows_of_part in zip(parts, pool.map(measured, parts), strict=True):
            found.append(rows_of_part)
            step.advance(part.stop - part.start)
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
