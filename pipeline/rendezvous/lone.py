"""Lone vessels: hours of lying still or moving slowly, and the draughts typed afterwards.

A transfer to a ship that is never heard leaves one thing behind: a draught that changed while the
ship that is heard lay still offshore. Such a spell is measured here with what may explain the
change otherwise, above all a berth; drifting alone says nothing.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import polars as pl
from numba import njit

from pipeline.config import RendezvousConfig
from pipeline.config.rendezvous import LoneConfig
from pipeline.rendezvous.draughts import TYPED_EARLY_H, TYPED_LATE_H
from pipeline.rendezvous.geometry import offset_m
from pipeline.rendezvous.hulls import hulls_of
from pipeline.rendezvous.measures import STATUSES
from pipeline.rendezvous.runs import F8, I8, KNOT_M_S, Tracks
from pipeline.rendezvous.ship_types import TANKER
from pipeline.rendezvous.standing import pivot_m

SMOOTH_S = 900.0
"""Speed is taken over at least this long: noise of 15 m over a quarter of an hour is 0.03 knots,
and a manoeuvre of some minutes does not end a spell."""
COMING_AND_GOING_MS = 1_800_000
"""A spell begins and ends with half an hour on the way, which is not on the circle."""
PIVOT_TURN_DEG = 25.0
PIVOT_RESIDUAL_M = 25.0
"""A circle is believed when the ship turned through this angle and its places lie this near it."""
HOUR_MS = 3_600_000
LONE_MEASURES = (
    "start_s",
    "end_s",
    "lat",
    "lon",
    "samples",
    "observed_h",
    "silence_a_h",
    "speed_median_kn",
    "travel_km",
    "at_anchor_a",
    "moored_a",
    "restricted_a",
    "towing_a",
    "fishing_a",
    "draught_explains",
    "berth_h",
    "pivot_bow_m",
    "draught_before_a_m",
    "draught_after_a_m",
    "draught_typed_a_h",
)
"""What a lone vessel's row holds, all floats; most as in MEASURES."""


class Spell(NamedTuple):
    """A slow spell of one track."""

    first: int  # index of the fix it begins with
    last: int
    moored: bool  # fixed to the ground


class Change(NamedTuple):
    """A typed draught that differs from the one typed before."""

    typed_ms: int
    typed_before_ms: int
    before_m: float
    after_m: float

    @property
    def early_ms(self) -> float:
        """The cargo was moved after this: draughts are typed at most three days late."""
        late = self.typed_ms - TYPED_LATE_H * HOUR_MS
        return max(late, self.typed_before_ms - TYPED_EARLY_H * HOUR_MS)

    @property
    def late_ms(self) -> float:
        """And ended before this: they are typed at most an hour early."""
        return self.typed_ms + TYPED_EARLY_H * HOUR_MS


@njit(cache=True, nogil=True)
def _slow_spells(
    time_ms: I8, lat: F8, lon: F8, speed_max_kn: float, gap_max_ms: int, least_ms: int
) -> I8:
    """First and last fix of each spell slower than a limit, `least_ms` long at least."""
    n = len(time_ms)
    out = np.empty((n, 2), np.int64)
    found = 0
    begin = -1
    j = 0
    for i in range(n):
        # the speed from here to the first fix at least SMOOTH_S later
        j = max(j, i + 1)
        while j < n and time_ms[j] - time_ms[i] < SMOOTH_S * 1000.0:
            j += 1
        slow = False
        if j < n and time_ms[j] - time_ms[i] <= gap_max_ms:
            dx, dy = offset_m(lat[i], lon[i], lat[j], lon[j])
            dt = (time_ms[j] - time_ms[i]) / 1000.0
            slow = math.hypot(dx, dy) <= speed_max_kn * KNOT_M_S * dt
        if slow and begin < 0:
            begin = i
        if begin >= 0 and not slow:
            # fix i itself still belongs to the spell: the leg before it was slow
            last = min(i, n - 1)
            if time_ms[last] - time_ms[begin] >= least_ms:
                out[found, 0], out[found, 1] = begin, last
                found += 1
            begin = -1
    return out[:found]


@njit(cache=True, nogil=True)
def _from_first_m(lat: F8, lon: F8) -> tuple[F8, F8]:
    """East and north of each place from the first."""
    x, y = np.empty(len(lat)), np.empty(len(lat))
    for i in range(len(lat)):
        x[i], y[i] = offset_m(lat[0], lon[0], lat[i], lon[i])
    return x, y


def _is_moored(tracks: Tracks, first: int, last: int, config: RendezvousConfig) -> bool:
    """Whether a spell is that of a moored ship: within noise of one place, not turning."""
    t = config.transfer
    x, y = _from_first_m(tracks.lat[first : last + 1], tracks.lon[first : last + 1])
    off = np.hypot(x - np.median(x), y - np.median(y))
    heading = tracks.heading_deg[first : last + 1].astype(float)
    heading = heading[~np.isnan(heading)]
    moored_by_status = np.mean(tracks.nav_status[first : last + 1] == 5) >= 0.5
    if len(heading) >= 3:
        middle = math.degrees(np.angle(np.exp(1j * np.radians(heading)).mean()))
        turn = np.abs((heading - middle + 180.0) % 360.0 - 180.0)
        still = np.quantile(turn, 0.9) <= 0.5 * t.fixed_heading_deg
    else:
        still = bool(moored_by_status)
    return bool(np.quantile(off, 0.9) <= t.fixed_radius_m and still)


def _spells(tracks: Tracks, track: int, config: RendezvousConfig) -> list[Spell]:
    lo, hi = int(tracks.start[track]), int(tracks.start[track + 1])
    lone = config.lone
    found = _slow_spells(
        tracks.time_ms[lo:hi],
        tracks.lat[lo:hi],
        tracks.lon[lo:hi],
        lone.speed_max_kn,
        round(config.pairing.interpolate_max_h * HOUR_MS * 2),
        round(lone.duration_min_h * HOUR_MS),
    )
    return [
        Spell(lo + int(i), lo + int(j), _is_moored(tracks, lo + int(i), lo + int(j), config))
        for i, j in found
    ]


def _hours_within(tracks: Tracks, spell: Spell, change: Change) -> float:
    """Hours of a spell in the time in which a change of draught must have come about."""
    begin = max(float(tracks.time_ms[spell.first]), change.early_ms)
    end = min(float(tracks.time_ms[spell.last]), change.late_ms)
    return max(0.0, (end - begin) / HOUR_MS)


def _fitting(tracks: Tracks, free: list[Spell], change: Change, least_h: float) -> Spell | None:
    """The spell in which a change most likely came about: the longest, the later of equals."""
    fitting = [s for s in free if _hours_within(tracks, s, change) >= least_h]
    if not fitting:
        return None
    return max(fitting, key=lambda s: (_hours_within(tracks, s, change), s.first))


def _pivot_from_bow_m(
    tracks: Tracks, track: int, first: int, last: int, antenna_to_bow_m: float
) -> float:
    """How far from the bow the fixed point lies that a ship swung about; NaN where none shows."""
    lo, hi = tracks.start[track], tracks.start[track + 1]
    radius, residual, turned = pivot_m(
        tracks.time_ms[lo:hi],
        tracks.lat[lo:hi],
        tracks.lon[lo:hi],
        tracks.heading_deg[lo:hi],
        tracks.time_ms[first] + COMING_AND_GOING_MS,
        tracks.time_ms[last] - COMING_AND_GOING_MS,
    )
    if not (turned >= PIVOT_TURN_DEG and residual <= PIVOT_RESIDUAL_M):
        return float("nan")
    return max(0.0, radius - antenna_to_bow_m)


def _row(
    tracks: Tracks, track: int, spell: Spell, end_ms: float, antenna_to_bow_m: float
) -> dict[str, float]:
    first, last = spell.first, spell.last
    last = int(np.searchsorted(tracks.time_ms[first : last + 1], end_ms, side="right")) - 1 + first
    last = max(last, first + 1)
    part = slice(first, last + 1)
    gaps = np.diff(tracks.time_ms[part])
    middle = (first + last) // 2
    dx, dy = offset_m(tracks.lat[first], tracks.lon[first], tracks.lat[last], tracks.lon[last])
    sog = tracks.sog_kn[part]
    sog = sog[~np.isnan(sog)]
    status = tracks.nav_status[part]
    shares = [float(np.mean((status == s) | ((s == 11) & (status == 12)))) for s in STATUSES]
    pivot = _pivot_from_bow_m(tracks, track, first, last, antenna_to_bow_m)
    silence = float(gaps[gaps > HOUR_MS].sum()) / HOUR_MS
    start_s, end_s = tracks.time_ms[first] / 1000.0, tracks.time_ms[last] / 1000.0
    return {
        "track_a": track,
        "start_s": start_s,
        "end_s": end_s,
        "lat": float(tracks.lat[middle]),
        "lon": float(tracks.lon[middle]),
        "samples": float(last - first + 1),
        "observed_h": (end_s - start_s) / 3600.0 - silence,
        "silence_a_h": silence,
        "speed_median_kn": float(np.median(sog)) if len(sog) else float("nan"),
        "travel_km": math.hypot(dx, dy) / 1000.0,
        "pivot_bow_m": pivot,
        **dict(
            zip(
                ("at_anchor_a", "moored_a", "restricted_a", "towing_a", "fishing_a"),
                shares,
                strict=True,
            )
        ),
    }


def _changes(draughts: pl.DataFrame, lone: LoneConfig) -> pl.DataFrame:
    """Typed draughts that differ from the one before by more than fuel and water explain."""
    least_m = pl.max_horizontal(
        pl.lit(lone.draught_change_min_m), lone.draught_change_min_share * pl.col("before_m")
    )
    return (
        draughts.sort("track", "time")
        .with_columns(
            pl.col("draught_m").cast(pl.Float64).round(1),
            pl.col("time").dt.epoch("ms").alias("typed_ms"),
        )
        .with_columns(
            pl.col("draught_m").shift().over("track").alias("before_m"),
            pl.col("typed_ms").shift().over("track").alias("before_ms"),
        )
        .filter((pl.col("draught_m") - pl.col("before_m")).abs() >= least_m - 1e-6)
        .select("track", "typed_ms", "before_ms", "before_m", "draught_m")
    )


def examine_lone(
    tracks: Tracks, vessels: pl.DataFrame, draughts: pl.DataFrame, config: RendezvousConfig
) -> pl.DataFrame:
    """Slow spells of tankers and of all ships whose draught changed.

    Parameters
    ----------
    tracks : Tracks
        Clean fixes.
    vessels, draughts : pl.DataFrame
        `schema.VESSELS`, `schema.DRAUGHTS`.
    config : RendezvousConfig
        Its section `lone`.

    Returns
    -------
    pl.DataFrame
        Columns `track_a`, those of MEASURES that a lone vessel has, `draught_explains` (1 where a
        typed change can belong to this spell, else 0), `berth_h` (hours at a berth in the time
        in which the change must have come about), the draught before and after, and when it was
        typed (`draught_typed_a_h`, hours after the spell). Sorted by track, start.
    """
    changes: dict[int, list[Change]] = {}
    for track, *typed in _changes(draughts, config.lone).rows():
        changes.setdefault(track, []).append(Change(*typed))
    tankers = vessels.filter(
        pl.col("ship_type").is_in(TANKER)
        & (pl.col("length_m").is_null() | (pl.col("length_m") >= config.transfer.length_min_m))
    )["track"]
    hulls = hulls_of(vessels)
    to_bow = hulls.forward + 0.5 * hulls.length
    rows = []
    for track in sorted({*tankers.to_list(), *changes}):
        spells = _spells(tracks, track, config)
        free = [s for s in spells if not s.moored]
        told: set[Spell] = set()
        for change in changes.get(track, []):
            best = _fitting(tracks, free, change, config.lone.duration_min_h)
            if best is None:
                continue
            told.add(best)
            row = _row(tracks, track, best, change.late_ms, to_bow[track])
            row["draught_explains"] = 1.0
            row["berth_h"] = math.fsum(_hours_within(tracks, s, change) for s in spells if s.moored)
            row["draught_before_a_m"], row["draught_after_a_m"] = change.before_m, change.after_m
            row["draught_typed_a_h"] = (change.typed_ms / 1000.0 - row["end_s"]) / 3600.0
            rows.append(row)
        rows += [
            {
                **_row(tracks, track, s, math.inf, to_bow[track]),
                "draught_explains": 0.0,
                "berth_h": 0.0,
            }
            for s in free
            if s not in told
        ]
    schema = {"track_a": pl.Int32, **dict.fromkeys(LONE_MEASURES, pl.Float64)}
    return (
        pl.DataFrame(rows, schema=schema)
        .with_columns(pl.exclude("track_a").fill_nan(None))
        .sort("track_a", "start_s", "draught_explains", "draught_typed_a_h", nulls_last=False)
        # two changes of draught in one spell are one lead: the one typed last tells the most
        .unique(["track_a", "start_s"], keep="last", maintain_order=True)
    )
