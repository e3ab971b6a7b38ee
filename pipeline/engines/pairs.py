"""The tasks of pairs: runs of a part to windows, windows to measured meetings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline import schema
from pipeline.config import RendezvousConfig
from pipeline.engines.shelf import Shelf
from pipeline.engines.spans import Slices
from pipeline.progress import Quiet
from pipeline.rendezvous.pairing import Windows, joined
from pipeline.rendezvous.runs import Runs
from pipeline.rendezvous.steps import find_meetings, find_windows

CHUNK_FIXES = 600_000
"""Fixes that a task of pairs loads, unless two ships alone have more: some 30 MB."""
TASK_RUNS = 200_000  # some tenths of a second
HOME_DEG = 1.0
"""Ships whose first fixes lie in one cell of this size are likely to meet each other."""
CELLS_ROUND = 512  # more than 360 / HOME_DEG

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Shelved:
    """Where the fixes of all tracks lie.

    Attributes
    ----------
    shelf : Shelf
        Holds ``fixes-<span>`` and ``runs-<span>``.
    vessels : pl.DataFrame
        ``schema.VESSELS`` of all spans.
    first_track : tuple of int
        The first track of each span, then the number of all tracks.
    """

    shelf: Shelf
    vessels: pl.DataFrame
    first_track: tuple[int, ...]

    def fixes_of(self, tracks: Ints) -> pl.DataFrame:
        """``schema.FIXES`` of some tracks (sorted), numbered from 0 in their order."""
        whole = self.first_track[-1]
        if len(self.first_track) == 2 and len(tracks) == whole:
            return self.shelf.get("fixes-0")
        counts = self.vessels["fixes"].cast(pl.Int64).to_numpy()
        ends = np.concatenate(([0], np.cumsum(counts)))
        span_of = np.searchsorted(self.first_track, tracks, side="right") - 1
        parts = [schema.empty(schema.FIXES)]
        for span in np.unique(span_of):
            here = tracks[span_of == span]
            begin = ends[here] - ends[self.first_track[span]]
            rows = counts[here]
            before = np.cumsum(rows) - rows
            at = np.repeat(begin - before, rows) + np.arange(int(rows.sum()))
            parts.append(self.shelf.get(f"fixes-{span}")[at])
        number = np.repeat(np.arange(len(tracks), dtype=np.int32), counts[tracks])
        return pl.concat(parts, rechunk=True).with_columns(track=pl.Series(number, dtype=pl.Int32))


@dataclass(frozen=True)
class PairParts:
    """Pairs the runs of parts: days and bands of latitude."""

    shelved: Shelved
    slices: tuple[Slices, ...]
    config: RendezvousConfig

    def __call__(self, parts: Sequence[int]) -> Windows:
        """The windows of all pairs whose runs meet in any of these parts."""
        return joined([self._windows(part) for part in parts])

    def _windows(self, part: int) -> Windows:
        rows = [
            self.shelved.shelf.get(f"runs-{span}")
            .slice(*slices[part])
            .with_columns(pl.col("track") + self.shelved.first_track[span])
            for span, slices in enumerate(self.slices)
            if part in slices
        ]
        return find_windows(_runs(pl.concat(rows)), self.shelved.vessels, self.config)


def tasks_of(slices: Sequence[Slices]) -> list[tuple[int, ...]]:
    """All parts that hold runs, some together for a task of about `TASK_RUNS` runs."""
    rows: dict[int, int] = {}
    for of_span in slices:
        for part, (_, count) in of_span.items():
            rows[part] = rows.get(part, 0) + count
    tasks: list[list[int]] = []
    held = TASK_RUNS
    for part in sorted(rows):
        if held >= TASK_RUNS:
            tasks.append([])
            held = 0
        tasks[-1].append(part)
        held += rows[part]
    return [tuple(task) for task in tasks]


def _runs(table: pl.DataFrame) -> Runs:
    none = np.empty(0, np.int64)
    return Runs(
        table["track"].to_numpy().astype(np.int64),
        none,
        none,
        *(table[name].to_numpy(writable=True) for name in ("begin_ms", "end_ms")),
        *(table[name].to_numpy(writable=True) for name in ("south", "north", "west", "east")),
    )


@dataclass(frozen=True)
class MeasureChunk:
    """Measures some pairs, all windows of each."""

    shelved: Shelved
    config: RendezvousConfig

    def __call__(self, windows: Windows) -> pl.DataFrame:
        """As from `rendezvous.examine.examine`, unsorted."""
        tracks = np.unique(np.concatenate([windows.a, windows.b]))
        if len(self.shelved.first_track) == 2:
            tracks = np.arange(self.shelved.first_track[-1])  # as they lie: nothing is gathered
        here = Windows(
            np.searchsorted(tracks, windows.a),
            np.searchsorted(tracks, windows.b),
            windows.begin_ms,
            windows.end_ms,
        )
        vessels = self.shelved.vessels[tracks]
        found = find_meetings(self.shelved.fixes_of(tracks), vessels, here, self.config, Quiet())
        number = pl.Series(tracks, dtype=pl.Int32)
        return found.with_columns(
            number.gather(found[side]).alias(side) for side in ("track_a", "track_b")
        )


def chunks(windows: Windows, fixes: Ints, home: pl.DataFrame) -> list[Windows]:
    """Windows in chunks of whole pairs, each of ships with about `CHUNK_FIXES` fixes.

    Ships are put in blocks by where they were first heard. The pairs of a block, or of two blocks,
    are a chunk; neighbouring chunks are put together while their ships' fixes stay in the budget.

    Parameters
    ----------
    windows : Windows
        Sorted by pair.
    fixes : array of int
        Fixes of each track.
    home : pl.DataFrame
        ``lat``, ``lon`` of each track.
    """
    if int(fixes.sum()) <= CHUNK_FIXES:
        return [windows] if len(windows.a) else []
    band = np.floor(home["lat"].to_numpy() / HOME_DEG).astype(np.int64)
    column = np.floor(home["lon"].to_numpy() / HOME_DEG).astype(np.int64)
    order = np.argsort(band * CELLS_ROUND + column, kind="stable")
    block = np.empty(len(fixes), np.int64)
    block[order] = np.cumsum(fixes[order]) // max(1, CHUNK_FIXES // 2)
    low = np.minimum(block[windows.a], block[windows.b])
    high = np.maximum(block[windows.a], block[windows.b])
    order = np.lexsort((np.arange(len(low)), high, low))
    edges = np.flatnonzero(np.diff(low[order], prepend=-1) | np.diff(high[order], prepend=-1))
    out: list[Windows] = []
    held: list[Ints] = []
    ships: set[int] = set()
    for group in np.split(order, edges[1:]) if len(order) else []:
        more = set(np.unique(np.concatenate([windows.a[group], windows.b[group]])).tolist())
        if held and int(fixes[list(ships | more)].sum()) > CHUNK_FIXES:
            out.append(_taken(windows, held))
            held, ships = [], set()
        held.append(group)
        ships |= more
    return [*out, _taken(windows, held)] if held else out


def _taken(windows: Windows, rows: Sequence[Ints]) -> Windows:
    at = np.sort(np.concatenate(rows))
    return Windows(windows.a[at], windows.b[at], windows.begin_ms[at], windows.end_ms[at])
