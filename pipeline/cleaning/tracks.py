"""From position reports that passed the rules to fixes of tracks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from numba import njit, prange

from pipeline.cleaning.comparing import verdict_bounds
from pipeline.cleaning.doubts import STUCK as STUCK_FLAG
from pipeline.cleaning.doubts import flag_words
from pipeline.cleaning.labels import CLOCK, RULES, STUCK
from pipeline.cleaning.linking import chain
from pipeline.cleaning.motion import Fixes, motion_bounds, speed_bounds_m_s
from pipeline.cleaning.order import Order, order_by_ship_and_time
from pipeline.cleaning.pieces import describe_pieces
from pipeline.cleaning.positions import POSITION_TEXT
from pipeline.cleaning.settling import drop_spikes, settle
from pipeline.cleaning.tracklets import follow
from pipeline.cleaning.trust import false_motion
from pipeline.config import CleaningConfig
from pipeline.ledger import Ledger, first_rows
from pipeline.schema import FIXES, TIME, conform
from pipeline.wording import template

CLOCK_ROWS_MIN = 5  # rejected for a second clock: fewer may be faults of another kind

# What decides between reports of one ship and time, most important first.
_CONTENTS = ("lat", "lon", "sog_kn", "cog_deg", "heading_deg", "nav_status", "class_b")


@dataclass(frozen=True)
class Tracks:
    """Fixes and the tracks they belong to.

    Attributes
    ----------
    fixes : pl.DataFrame
        ``schema.FIXES``.
    tracks : pl.DataFrame
        One row a track, in the order of ``schema.VESSELS``: track, track_id, mmsi, ships (how
        many ships its MMSI is), false_motion (reports a speed and course that are not its own),
        clock_off (heard by two clocks at once, of which one is off), class_b, first_time,
        last_time, fixes.
    """

    fixes: pl.DataFrame
    tracks: pl.DataFrame


def build_tracks(positions: pl.DataFrame, config: CleaningConfig, ledger: Ledger) -> Tracks:
    """Part the reports of each MMSI into ships; set repeats, stuck positions and jumps aside.

    Parameters
    ----------
    positions : pl.DataFrame
        ``schema.POSITIONS`` after `apply_position_rules`, in any order.
    config : CleaningConfig
        Bounds.
    ledger : Ledger
        Gets a count and examples for each rule.
    """
    order = _ordered(positions)
    starts = order.starts
    rows = _arrays(positions, order)
    bounds, verdicts = motion_bounds(config), verdict_bounds(config)
    false = false_motion(rows, starts, bounds)
    if false.any():
        _blank_motion(positions, order, rows, np.repeat(false, np.diff(starts)), ledger)
    label, counts, odd = follow(starts, rows, bounds)
    ships = np.minimum(counts, 1)
    speed_bounds = speed_bounds_m_s(rows.sog, starts, bounds)
    pieces = describe_pieces(label, counts, starts, speed_bounds, rows)
    if pieces.ships.size:
        heads = chain(pieces, label, rows, verdicts.clock_ms, bounds)
        ships[pieces.ships] = settle(pieces, heads, label, rows, bounds, verdicts)
    drop_spikes(starts, ships, speed_bounds, label, odd, rows, bounds)
    stuck = _stuck(starts, label, rows)
    _count(positions, order, label, ledger)
    by_clock = np.add.reduceat(label == CLOCK, starts[:-1], dtype=np.int64)
    mmsi = positions["mmsi"].to_numpy(writable=True)[order.rows[starts[:-1]]]
    return _tables(rows, mmsi, starts, ships, label, (false, by_clock >= CLOCK_ROWS_MIN), stuck)


def _contents(positions: pl.DataFrame) -> list[npt.NDArray[np.float64]]:
    return [
        positions[column].cast(pl.Float64).fill_null(np.nan).to_numpy(writable=True)
        for column in _CONTENTS
    ]


def _ordered(positions: pl.DataFrame) -> Order:
    return order_by_ship_and_time(
        positions["mmsi"].to_numpy(writable=True),
        positions["time"].to_physical().to_numpy(writable=True),
        lambda rows: _contents(positions[rows]),
        len(_CONTENTS) - 1,  # reports of two feeds are one even if but one tells the class
    )


def _arrays(positions: pl.DataFrame, order: Order) -> Fixes:
    def numbers(column: str) -> npt.NDArray[np.float32]:
        return order.apply(positions[column].fill_null(np.nan).to_numpy())

    def codes(column: str) -> npt.NDArray[np.int8]:
        return order.apply(positions[column].cast(pl.Int8).fill_null(-1).to_numpy())

    return Fixes(
        time_ms=order.apply(positions["time"].to_physical().to_numpy()),
        lat=order.apply(positions["lat"].to_numpy()),
        lon=order.apply(positions["lon"].to_numpy()),
        sog=numbers("sog_kn"),
        cog=numbers("cog_deg"),
        heading=numbers("heading_deg"),
        status=codes("nav_status"),
        class_b=codes("class_b"),
    )


def _blank_motion(
    positions: pl.DataFrame,
    order: Order,
    rows: Fixes,
    which: npt.NDArray[np.bool_],
    ledger: Ledger,
) -> None:
    """Make unknown, in place, the speed and course of the rows of MMSIs that report false ones."""
    false = np.flatnonzero(which & ~(np.isnan(rows.sog) & np.isnan(rows.cog)))
    if not false.size:
        return
    values = sum(int(np.count_nonzero(~np.isnan(x[false]))) for x in (rows.sog, rows.cog))
    text = template("{}: {} kn, {} deg", "mmsi", "sog_kn", "cog_deg")
    examples = ledger.examples_of(first_rows(positions, order.rows[false]), text)
    ledger.blank("cleaning.motion_false", values, examples)
    rows.sog[false] = rows.cog[false] = np.nan


def _count(
    positions: pl.DataFrame, order: Order, label: npt.NDArray[np.int32], ledger: Ledger
) -> None:
    if order.duplicates.size:
        duplicates = positions[order.duplicates]
        ledger.reject_positions("cleaning.duplicate", duplicates, POSITION_TEXT)
    dropped = np.flatnonzero(label < 0)
    reasons = label[dropped]
    for code, rule in RULES.items():
        rows = order.rows[dropped[reasons == code]]
        if rows.size:
            ledger.reject_positions(rule, positions[rows], POSITION_TEXT)


@njit(cache=True, nogil=True, parallel=True)
def _stuck(
    starts: npt.NDArray[np.int64], label: npt.NDArray[np.int32], rows: Fixes
) -> npt.NDArray[np.bool_]:
    """The fixes that rows labelled STUCK repeat."""
    found = np.zeros(label.size, np.bool_)
    for s in prange(starts.size - 1):
        for i in range(starts[s] + 1, starts[s + 1]):
            if label[i] != STUCK:
                continue
            for j in range(i - 1, starts[s] - 1, -1):
                if rows.lat[j] == rows.lat[i] and rows.lon[j] == rows.lon[i]:
                    if label[j] >= 0:
                        found[j] = True
                    if label[j] >= 0 or label[j] == STUCK:  # which has marked it
                        break
    return found


@njit(cache=True, nogil=True)
def _span(
    starts: npt.NDArray[np.int64],
    first_track: npt.NDArray[np.int64],
    label: npt.NDArray[np.int32],
    rows: Fixes,
    track: npt.NDArray[np.int32],
    first: npt.NDArray[np.int64],
    last: npt.NDArray[np.int64],
    fixes: npt.NDArray[np.uint32],
    class_b: npt.NDArray[np.int64],
) -> bool:
    """Fill in each row's track and what the tracks span; whether the rows are in order of track."""
    in_order = True
    before = -1
    for s in range(starts.size - 1):
        for i in range(starts[s], starts[s + 1]):
            if label[i] < 0:
                track[i] = -1
                continue
            t = first_track[s] + label[i]
            track[i] = t
            if fixes[t] == 0:
                first[t] = i
            last[t] = i
            fixes[t] += 1
            if rows.class_b[i] >= 0:
                class_b[t] += 2 * rows.class_b[i] - 1
            in_order &= t >= before
            before = t
    return in_order


def _tables(
    rows: Fixes,
    mmsi: npt.NDArray[np.int32],
    starts: npt.NDArray[np.int64],
    ships: npt.NDArray[np.int64],
    label: npt.NDArray[np.int32],
    signs: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]],
    stuck: npt.NDArray[np.bool_],
) -> Tracks:
    total = int(ships.sum())
    first_track = np.cumsum(ships) - ships
    track = np.empty(label.size, np.int32)
    first, last = np.zeros(total, np.int64), np.zeros(total, np.int64)
    fixes, class_b = np.zeros(total, np.uint32), np.zeros(total, np.int64)
    in_order = _span(starts, first_track, label, rows, track, first, last, fixes, class_b)
    number = 1 + np.arange(total) - np.repeat(first_track, ships)
    tracks = pl.DataFrame(
        {
            "track": np.arange(total, dtype=np.int32),
            "mmsi": np.repeat(mmsi, ships),
            "ships": np.repeat(ships, ships),
            "false_motion": np.repeat(signs[0], ships),
            "clock_off": np.repeat(signs[1], ships),
            "number": number,
            "class_b": np.sign(class_b),
            "first_time": rows.time_ms[first],
            "last_time": rows.time_ms[last],
            "fixes": fixes,
        }
    ).with_columns(
        pl.when(pl.col("number") == 1)
        .then(pl.col("mmsi").cast(pl.String))
        .otherwise(template("{}/{}", "mmsi", "number"))
        .alias("track_id"),
        # A track that says as often that it is of Class B as that it is not does not tell.
        pl.when(pl.col("class_b") != 0).then(pl.col("class_b") > 0).alias("class_b"),
        pl.col("first_time", "last_time").cast(TIME),
    )
    kept = (
        pl.LazyFrame(
            {
                "track": track,
                "time": rows.time_ms,
                "lat": rows.lat,
                "lon": rows.lon,
                "sog_kn": rows.sog,
                "cog_deg": rows.cog,
                "heading_deg": rows.heading,
                "nav_status": rows.status,
                "flags": np.where(stuck, np.uint8(STUCK_FLAG), np.uint8(0)),
            }
        )
        .filter(pl.col("track") >= 0)
        .with_columns(
            pl.col("time").cast(TIME),
            pl.col("sog_kn", "cog_deg", "heading_deg").fill_nan(None),
            pl.when(pl.col("nav_status") >= 0).then(pl.col("nav_status")).alias("nav_status"),
            flag_words(pl.col("flags")).alias("flags"),
        )
        .collect()
    )
    if not in_order:
        kept = kept.sort("track", maintain_order=True)
    return Tracks(fixes=conform(kept, FIXES), tracks=tracks.drop("number"))
