"""The task of a span of MMSIs: all that can be told of ships without a look at others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline import cleaning, feeds
from pipeline.cleaning import Survey
from pipeline.config import Config
from pipeline.context.stays import measure_stays
from pipeline.engines.reading import Dump, cut
from pipeline.ledger import Ledger
from pipeline.progress import Quiet
from pipeline.rendezvous.runs import Runs
from pipeline.rendezvous.steps import farthest_m, find_lone, find_runs

DAY_MS = 86_400_000
SEEN_SLOTS = 48  # half hours of `cleaning.appearances` in a day

BAND_DEG = 1.0
"""Runs are paired a day and band of latitude at a time: few of their meetings are held at once."""
BANDS = 256  # more than there are from pole to pole
M_PER_DEG = 110_000.0  # of latitude, at least

Ints = NDArray[np.int64]
Slices = dict[int, tuple[int, int]]
"""Of a table that lies sorted by part: the first row of each part, and how many there are."""


@dataclass(frozen=True)
class Span:
    """Ships from one MMSI to another.

    Attributes
    ----------
    number : int
        Counts the spans from 0 in the order of MMSI.
    first, last : int
        MMSIs, both included.
    """

    number: int
    first: int
    last: int


@dataclass(frozen=True)
class SpanFound:
    """What a span's task hands on; tracks are numbered from 0 within the span.

    On the shelf it leaves ``fixes-<span>`` (schema.FIXES), ``runs-<span>`` and ``seen-<span>``
    (`cleaning.appearances`).

    Attributes
    ----------
    vessels, draughts : pl.DataFrame
        ``schema.VESSELS`` (crowds not yet flagged), ``schema.DRAUGHTS``.
    home : pl.DataFrame
        ``lat``, ``lon`` of each track's first fix.
    stays : pl.DataFrame
        From `context.stays.measure_stays`.
    lone : pl.DataFrame
        From `rendezvous.steps.find_lone`.
    heard, gaps, ends : pl.DataFrame
        From `cleaning.listen`.
    runs, seen : Slices
        Where the rows of each part stand in those tables: of a day and band of latitude, of a day.
    ledger : Ledger
        What became of the rows.
    """

    vessels: pl.DataFrame
    draughts: pl.DataFrame
    home: pl.DataFrame
    stays: pl.DataFrame
    lone: pl.DataFrame
    heard: pl.DataFrame
    gaps: pl.DataFrame
    ends: pl.DataFrame
    runs: Slices
    seen: Slices
    ledger: Ledger


@dataclass(frozen=True)
class CleanSpan:
    """Cleans the ships of a span and finds what each did.

    Attributes
    ----------
    dump : Dump
        What was read.
    survey : Survey
        Of the whole dump.
    config : Config
        All settings.
    ledger : Ledger
        To count like.
    whole : bool
        Whether the dump is in memory: then the span is all there is, its rows are not needed
        again, and no runs are parted.
    """

    dump: Dump
    survey: Survey
    config: Config
    ledger: Ledger
    whole: bool

    def __call__(self, span: Span) -> SpanFound:
        """Do it."""
        ledger = self.ledger.part()
        part = self.cleaned(span, ledger)
        shelf, fixes, tracks = self.dump.shelf, part.fixes, part.vessels.height
        heard, gaps, ends = cleaning.listen(fixes)
        pad_deg = farthest_m(self.config.rendezvous) / M_PER_DEG
        runs = _by_part(find_runs(fixes, tracks, self.config.rendezvous), pad_deg, self.whole)
        seen = cleaning.appearances(fixes, part.vessels).with_columns(
            part=(pl.col("slot") // SEEN_SLOTS).cast(pl.Int32)
        )
        seen = seen.sort("part", maintain_order=True)
        shelf.put(f"fixes-{span.number}", fixes)
        shelf.put(f"runs-{span.number}", runs)
        shelf.put(f"seen-{span.number}", seen)
        begins = fixes["track"].search_sorted(pl.int_range(tracks, dtype=pl.Int32, eager=True))
        return SpanFound(
            part.vessels,
            part.draughts,
            fixes[begins].select("lat", "lon"),
            measure_stays(fixes, self.config.context),
            find_lone(fixes, part.vessels, part.draughts, self.config.rendezvous),
            heard,
            gaps,
            ends,
            _slices(runs),
            _slices(seen),
            ledger,
        )

    def cleaned(self, span: Span, ledger: Ledger) -> cleaning.Cleaned:
        """The span's ships cleaned, what became of their rows told to `ledger`."""
        if self.dump.cleaned is not None:
            return cleaning.Cleaned(*self.dump.cleaned.part(span.first, span.last))
        rows = self._rows(span)
        return cleaning.clean_part(
            rows.positions, rows.statics, self.config.cleaning, ledger, Quiet(), self.survey
        )

    def _rows(self, span: Span) -> feeds.Batch:
        if not self.whole:
            return cut(self.dump, span.first, span.last)
        name, shelf = self.dump.pieces[0].name, self.dump.shelf
        rows = feeds.Batch(shelf.get(f"positions-{name}"), shelf.get(f"statics-{name}"))
        shelf.drop(f"positions-{name}")
        shelf.drop(f"statics-{name}")
        return rows


def _by_part(runs: Runs, pad_deg: float, whole: bool) -> pl.DataFrame:
    """The runs under each part that they touch, sorted by it; all under part 0 if `whole`."""
    row, part = np.arange(len(runs.track)), np.zeros(len(runs.track), np.int64)
    if not whole:
        row, day = _each(runs.begin_ms // DAY_MS, runs.end_ms // DAY_MS)
        low = np.floor((runs.south - pad_deg) / BAND_DEG).astype(np.int64)
        high = np.floor((runs.north + pad_deg) / BAND_DEG).astype(np.int64)
        again, band = _each(low[row], high[row])
        row, part = row[again], day[again] * BANDS + band
    return pl.DataFrame(
        {
            "track": runs.track[row].astype(np.int32),
            "begin_ms": runs.begin_ms[row],
            "end_ms": runs.end_ms[row],
            "south": runs.south[row],
            "north": runs.north[row],
            "west": runs.west[row],
            "east": runs.east[row],
            "part": part.astype(np.int32),
        }
    ).sort("part", maintain_order=True)


def _each(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """The rows, each as often as there are whole numbers from `first` to `last`, and these."""
    times = last - first + 1
    row = np.repeat(np.arange(len(first)), times)
    before = np.cumsum(times) - times
    return row, first[row] + np.arange(len(row)) - before[row]


def _slices(table: pl.DataFrame) -> Slices:
    counted = table.group_by("part").len("rows").sort("part")
    begin = counted["rows"].cast(pl.Int64).cum_sum() - counted["rows"]
    parts = zip(counted["part"], begin, counted["rows"], strict=True)
    return {part: (first, rows) for part, first, rows in parts}
