"""How much of an encounter rests on positions that may not be the ships' own."""

from __future__ import annotations

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from pipeline.rendezvous.runs import F8, I8
from pipeline.schema import FIX_FLAG


@njit(cache=True)
def _shares(
    track: I8,
    begin_ms: F8,
    end_ms: F8,
    starts: I8,
    time_ms: I8,
    false_place: NDArray[np.bool_],
    on_land: NDArray[np.bool_],
) -> F8:
    """Of each event of a track, the shares of its fixes that are flagged."""
    out = np.zeros((len(track), 2))
    for r in range(len(track)):
        if track[r] < 0:
            continue
        lo, hi = starts[track[r]], starts[track[r] + 1]
        i = lo + np.searchsorted(time_ms[lo:hi], np.int64(begin_ms[r]))
        fixes, false, land = 0, 0, 0
        while i < hi and time_ms[i] <= end_ms[r]:
            fixes += 1
            false += false_place[i]
            land += on_land[i]
            i += 1
        if fixes:
            out[r, 0], out[r, 1] = false / fixes, land / fixes
    return out


def _flagged(flags: pl.Series, words: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which fixes carry one of some flags."""
    bits = [
        number
        for number, said in enumerate(FIX_FLAG.categories)
        if any(word in said.split(";") for word in words)
    ]
    return flags.to_physical().is_in(bits).fill_null(value=False).to_numpy(writable=True)


def with_doubts(rows: pl.DataFrame, fixes: pl.DataFrame, tracks: int) -> pl.DataFrame:
    """Add the columns of `measures.DOUBT_MEASURES` to encounters.

    Parameters
    ----------
    rows : pl.DataFrame
        ``track_a`` (``track_b`` where two met), ``start_s``, ``end_s``.
    fixes : pl.DataFrame
        `schema.FIXES`, sorted by track and time.
    tracks : int
        Number of tracks, with or without fixes.
    """
    sides = [side for side in "ab" if f"track_{side}" in rows.columns]
    if fixes["flags"].null_count() == fixes.height:
        return rows.with_columns(
            pl.lit(0.0).alias(f"{name}_{side}")
            for side in sides
            for name in ("false_place", "on_land")
        )
    starts = np.searchsorted(fixes["track"].to_numpy(), np.arange(tracks + 1)).astype(np.int64)
    time_ms = fixes["time"].dt.epoch("ms").to_numpy(writable=True)
    # Crowds show when ships are compared, which is after the lone ones were looked at.
    false = ("circle", "stuck", "crowd") if len(sides) > 1 else ("circle", "stuck")
    false_place, on_land = (_flagged(fixes["flags"], words) for words in (false, ("land",)))
    begin, end = (rows[name].to_numpy(writable=True) * 1000.0 for name in ("start_s", "end_s"))
    added = []
    for side in sides:
        track = rows[f"track_{side}"].cast(pl.Int64).to_numpy(writable=True)
        shares = _shares(track, begin, end, starts, time_ms, false_place, on_land)
        added += [
            pl.Series(f"false_place_{side}", shares[:, 0]),
            pl.Series(f"on_land_{side}", shares[:, 1]),
        ]
    return rows.with_columns(added)
