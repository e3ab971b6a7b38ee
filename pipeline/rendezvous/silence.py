"""Silences within encounters: why a ship was not heard, and who fell silent near a lone one.

The verdict on each silence comes from cleaning (``schema.SILENCES``). A ship that switches off
beside another hides something; one out of the receivers' range hides nothing. And where a draught
changed with nobody heard alongside, a tanker that switched off then, and could have been there, is
the likeliest partner.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from pipeline.rendezvous.geometry import offset_m
from pipeline.rendezvous.measures import SILENCE_MEASURES
from pipeline.rendezvous.runs import F8, I8
from pipeline.rendezvous.ship_types import TANKER

CAUSES = ("unknown", "out_of_range", "switched_off")
"""Verdicts; of two that cover as much of an event, the one that claims less counts."""
PARTNER_SPEED_M_S = 15.0 * 1852.0 / 3600.0
"""Tankers do no more than 15 knots: what is farther than that from where a ship fell silent, or was
heard again, she did not reach in between."""
PARTNER_STAY_S = 3600.0
"""No cargo worth the while is pumped in less than an hour."""
PARTNERS_NAMED = 3
ABOUT_S = 3600.0
"""From an event's end to the last that was heard of a ship, so that the two belong together: what
ships lying alongside each other take to cast off and get away."""
HOUR_MS = 3_600_000.0

_DTYPES = {
    name: pl.String if name.startswith("silence") or name.endswith("mmsi") else pl.Float64
    for name in SILENCE_MEASURES
}


@njit(cache=True)
def _hours_by_cause(
    track: I8, begin_ms: F8, end_ms: F8, starts: I8, gap_start: I8, gap_end: I8, cause: I8
) -> F8:
    """For each event of a track, the hours of its silences by cause."""
    out = np.zeros((len(track), 3))
    for r in range(len(track)):
        k = track[r]
        if k < 0 or k + 1 >= len(starts):
            continue
        lo, hi = starts[k], starts[k + 1]
        g = lo + np.searchsorted(gap_end[lo:hi], begin_ms[r])
        while g < hi and gap_start[g] < end_ms[r]:
            both = min(end_ms[r], gap_end[g]) - max(begin_ms[r], gap_start[g])
            out[r, cause[g]] += max(0.0, both) / HOUR_MS
            g += 1
    return out


def _codes(verdict: pl.Series) -> I8:
    return (
        verdict.replace_strict(list(CAUSES), [0, 1, 2], return_dtype=pl.Int64)
        .to_numpy(writable=True)
        .astype(np.int64)
    )


def _ms(column: pl.Series) -> NDArray[np.int64]:
    return column.dt.epoch("ms").to_numpy(writable=True)


def _causes(rows: pl.DataFrame, silences: pl.DataFrame, side: str) -> list[pl.Series]:
    track = rows[f"track_{side}"].cast(pl.Int64).fill_null(-1).to_numpy(writable=True)
    tracks = silences["track"].to_numpy(writable=True)
    last = int(tracks[-1]) if len(tracks) else -1
    starts = np.searchsorted(tracks, np.arange(last + 2)).astype(np.int64)
    hours = _hours_by_cause(
        track,
        rows["start_s"].to_numpy(writable=True) * 1000.0,
        rows["end_s"].to_numpy(writable=True) * 1000.0,
        starts,
        _ms(silences["gap_start"]),
        _ms(silences["gap_end"]),
        _codes(silences["verdict"]),
    )
    silent = hours.sum(axis=1) > 0.0
    most = np.argmax(hours, axis=1)  # the first of equals
    cause = [CAUSES[m] if s else None for m, s in zip(most.tolist(), silent.tolist(), strict=True)]
    return [
        pl.Series(f"silence_cause_{side}", cause, pl.String),
        pl.Series(f"switched_off_{side}_h", np.round(hours[:, 2], 6), pl.Float64),
        *_unheard(rows, silences, side),
    ]


def _unheard(rows: pl.DataFrame, silences: pl.DataFrame, side: str) -> list[pl.Series]:
    """Why a ship was first heard as an event began, and not again after it; null where she was."""
    track = pl.col(f"track_{side}").cast(silences["track"].dtype).alias("track")
    events = rows.select(track, "start_s", "end_s")
    found = []
    for when, missing, edge in (
        ("before", "lat_start", "gap_end"),
        ("after", "lat_end", "gap_start"),
    ):
        at_end = silences.filter(pl.col(missing).is_null())
        joined = events.join(
            at_end.select("track", "verdict", pl.col(edge).dt.epoch("ms") / 1000.0),
            on="track",
            how="left",
            maintain_order="left",
        )
        off_s = (
            pl.col("start_s") - pl.col(edge) if when == "before" else pl.col(edge) - pl.col("end_s")
        )
        cause = pl.when(off_s <= ABOUT_S).then("verdict").alias(f"silence_{when}_{side}")
        found.append(joined.select(cause).to_series())
    return found


def _dark(silences: pl.DataFrame, vessels: pl.DataFrame) -> pl.DataFrame:
    """The silences of tankers that switched off, with their MMSI, in order of time."""
    tankers = vessels.filter(pl.col("ship_type").is_in(TANKER)).select("track", "mmsi")
    return (
        silences.filter(pl.col("verdict") == "switched_off")
        .join(tankers, on="track")
        .sort("gap_start", "track")
    )


def _could_come(dark: pl.DataFrame, row: dict[str, float]) -> list[int]:
    """MMSIs of the ships that could have lain at the row's place during its spell."""
    found = set()
    for gap in dark.iter_rows(named=True):
        begin = max(gap["gap_start"].timestamp(), row["start_s"])
        end = min(gap["gap_end"].timestamp(), row["end_s"])
        if gap["track"] == row["track_a"] or end - begin < PARTNER_STAY_S:
            continue
        way_s = [  # none from where she was never heard
            float(np.hypot(*offset_m(gap[f"lat_{at}"], gap[f"lon_{at}"], row["lat"], row["lon"])))
            / PARTNER_SPEED_M_S
            if gap[f"lat_{at}"] is not None
            else 0.0
            for at in ("start", "end")
        ]
        there = max(row["start_s"], gap["gap_start"].timestamp() + way_s[0])
        gone = min(row["end_s"], gap["gap_end"].timestamp() - way_s[1])
        if gone - there >= PARTNER_STAY_S:
            found.add(gap["mmsi"])
    return sorted(found)


def _partners(lone: pl.DataFrame, silences: pl.DataFrame, vessels: pl.DataFrame) -> pl.DataFrame:
    dark = _dark(silences, vessels)
    begins, ends = _ms(dark["gap_start"]), _ms(dark["gap_end"])
    longest_ms = int((ends - begins).max(initial=0))
    counts: list[int | None] = []
    named: list[str | None] = []
    columns = ("track_a", "start_s", "end_s", "lat", "lon", "draught_explains")
    for row in lone.select(columns).iter_rows(named=True):
        if row["draught_explains"] != 1.0:
            counts.append(None)
            named.append(None)
            continue
        lo = int(np.searchsorted(begins, row["start_s"] * 1000.0 - longest_ms))
        hi = int(np.searchsorted(begins, row["end_s"] * 1000.0))
        ships = _could_come(dark[lo:hi], row)
        counts.append(len(ships))
        named.append(" ".join(str(ship) for ship in ships[:PARTNERS_NAMED]) or None)
    return lone.with_columns(
        pl.Series("dark_tankers", counts, pl.Float64),
        pl.Series("dark_tankers_mmsi", named, pl.String),
    )


def with_silences(
    pairs: pl.DataFrame, lone: pl.DataFrame, silences: pl.DataFrame | None, vessels: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add the columns of `SILENCE_MEASURES` to what was measured.

    Parameters
    ----------
    pairs, lone : pl.DataFrame
        From `examine` and `examine_lone`: ``track_a`` (``track_b``), ``start_s``, ``end_s``; of a
        lone vessel ``lat``, ``lon``, ``draught_explains`` too.
    silences : pl.DataFrame or None
        `schema.SILENCES` of all ships; None where nobody else was looked at, so that nothing can be
        said: then no column is filled.
    vessels : pl.DataFrame
        `schema.VESSELS`.

    Returns
    -------
    tuple of pl.DataFrame
        The same rows in the same order.
    """
    if silences is None:
        nothing = [pl.lit(None, dtype).alias(name) for name, dtype in _DTYPES.items()]
        return pairs.with_columns(nothing), lone.with_columns(nothing)
    pairs = pairs.with_columns(*_causes(pairs, silences, "a"), *_causes(pairs, silences, "b"))
    lone = lone.with_columns(*_causes(lone, silences, "a"))
    return pairs, _partners(lone, silences, vessels)
