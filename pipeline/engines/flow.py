"""From a dump to all that is told of its ships, by tasks that an engine runs.

See the package for the design.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol, TypeVar

import numpy as np
import polars as pl

from pipeline import cleaning, feeds
from pipeline.config import Config, RendezvousConfig
from pipeline.engines.pairs import MeasureChunk, PairParts, Shelved, chunks, tasks_of
from pipeline.engines.reading import NO_MMSI, Dump
from pipeline.engines.shelf import Folder, Memory
from pipeline.engines.spans import CleanSpan, Slices, Span, SpanFound
from pipeline.ledger import Ledger
from pipeline.progress import Progress
from pipeline.rendezvous.pairing import joined

SPAN_ROWS = 600_000
"""Rows of a span of ships: what a task of cleaning holds, some 200 MB at its peak."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class Engine(Protocol):
    """Reads dumps and runs tasks."""

    def read(
        self,
        sources: Sequence[feeds.Source],
        config: Config,
        ledger: Ledger,
        progress: Progress,
        folder: Folder,
    ) -> Dump:
        """All that `sources` hold; what does not stay in memory, in `folder`."""

    @property
    def shipped(self) -> Mapping[str, int]:
        """Bytes that tasks took to other machines and back; empty where there are none."""

    def run(self, task: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """What `task` gives of each item, in the order of the items."""


@dataclass(frozen=True)
class Fleet:
    """What is known of all ships once each has been looked at.

    Attributes
    ----------
    shelved : Shelved
        ``schema.VESSELS`` and where the fixes lie.
    draughts, silences : pl.DataFrame
        ``schema.DRAUGHTS``, ``schema.SILENCES``.
    stays, lone : pl.DataFrame
        Of all ships, from `context.stays.measure_stays` and `rendezvous.steps.find_lone`.
    home : pl.DataFrame
        ``lat``, ``lon`` of each track's first fix.
    runs : tuple of Slices
        Of each span, where the runs of each part stand.
    """

    shelved: Shelved
    draughts: pl.DataFrame
    silences: pl.DataFrame
    stays: pl.DataFrame
    lone: pl.DataFrame
    home: pl.DataFrame
    runs: tuple[Slices, ...]

    @property
    def vessels(self) -> pl.DataFrame:
        """``schema.VESSELS``."""
        return self.shelved.vessels

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """``schema.FIXES`` of all ships, span by span."""
        for number, base in enumerate(self.shelved.first_track[:-1]):
            fixes = self.shelved.shelf.get(f"fixes-{number}")
            yield fixes.with_columns(pl.col("track") + base) if base else fixes


def spans_of(dump: Dump) -> list[Span]:
    """Spans of MMSIs with about `SPAN_ROWS` rows each; one for a dump that is in memory."""
    if isinstance(dump.shelf, Memory):
        return [Span(0, NO_MMSI, np.iinfo(np.int32).max)]
    ships = (
        pl.concat([piece.ships for piece in dump.pieces])
        .group_by("mmsi")
        .agg(pl.col("rows").sum())
        .sort("mmsi")
    )
    number = np.cumsum(ships["rows"].to_numpy()) // SPAN_ROWS
    last = ships["mmsi"].to_numpy()[np.append(np.diff(number) > 0, True)]
    first = [NO_MMSI, *(int(mmsi) + 1 for mmsi in last[:-1])]
    ends = [*(int(mmsi) for mmsi in last[:-1]), np.iinfo(np.int32).max]
    return [Span(k, a, b) for k, (a, b) in enumerate(zip(first, ends, strict=True))]


def clean(dump: Dump, engine: Engine, config: Config, ledger: Ledger, progress: Progress) -> Fleet:
    """Clean all ships and compare them.

    Parameters
    ----------
    dump : Dump
        What was read.
    engine : Engine
        Who works.
    config : Config
        All settings.
    ledger : Ledger
        Told what became of the rows.
    progress : Progress
        Told of each span.
    """
    survey = cleaning.together([piece.survey for piece in dump.pieces])
    cleaning.tell_swapped(survey, ledger)
    spans = spans_of(dump)
    whole = isinstance(dump.shelf, Memory)
    task = CleanSpan(dump, survey, config, ledger.part(), whole)
    found: list[SpanFound] = []
    with progress.step("Cleaning ships", len(spans)) as step:
        for one in engine.run(task, spans):
            ledger.absorb(one.ledger)
            found.append(one)
            step.advance()
    with progress.step("Comparing ships"):
        return _together(found, dump, ledger)


def _together(found: Sequence[SpanFound], dump: Dump, ledger: Ledger) -> Fleet:
    """What the spans found as one; then what only shows when ships are compared."""
    heights = [one.vessels.height for one in found]
    first_track = (0, *np.cumsum(heights).tolist())

    def of_all(name: str, column: str = "track") -> pl.DataFrame:
        return pl.concat(
            [
                getattr(one, name).with_columns(pl.col(column) + base)
                for one, base in zip(found, first_track[:-1], strict=True)
            ]
        )

    crowded = _crowded(found, dump, first_track)
    vessels = cleaning.flag_crowds(of_all("vessels"), crowded["track"].unique())
    for span, (first, end) in enumerate(pairwise(first_track)):
        here = crowded.filter(pl.col("track").is_between(first, end, closed="left"))
        if not here.is_empty():
            name = f"fixes-{span}"
            own = here.with_columns(pl.col("track") - first)
            dump.shelf.put(name, cleaning.flag_crowded(dump.shelf.get(name), own, ledger))
    silences = cleaning.silences(
        pl.concat([one.heard for one in found]), of_all("gaps"), of_all("ends")
    )
    return Fleet(
        Shelved(dump.shelf, vessels, first_track),
        of_all("draughts"),
        silences,
        of_all("stays"),
        of_all("lone", "track_a"),
        pl.concat([one.home for one in found]),
        tuple(one.runs for one in found),
    )


def _crowded(found: Sequence[SpanFound], dump: Dump, first_track: Sequence[int]) -> pl.DataFrame:
    """Which tracks stood in a crowd, where and when, looked for day by day."""
    crowded = [cleaning.no_crowd()]
    for day in sorted(set().union(*(one.seen for one in found))):
        parts = []
        for span, one in enumerate(found):
            if day in one.seen:
                rows = dump.shelf.get(f"seen-{span}").slice(*one.seen[day])
                parts.append(rows.with_columns(pl.col("track") + first_track[span]))
        crowded.append(cleaning.crowding(pl.concat(parts)))
    return pl.concat(crowded)


def work(dump: Dump, fleet: Fleet, engine: Engine) -> dict[str, Any]:
    """How a run was done, for its manifest: nothing that is found depends on it."""
    return {
        "pieces": len(dump.pieces),
        "spans": len(fleet.runs),
        "runs": sum(rows for slices in fleet.runs for _, rows in slices.values()),
        "scratch_bytes": dump.shelf.bytes(),
        "shipped_bytes": dict(engine.shipped),
    }


def meetings(
    fleet: Fleet, engine: Engine, config: RendezvousConfig, progress: Progress
) -> pl.DataFrame:
    """All meetings of two ships, measured; see `rendezvous.examine.examine`."""
    parts = tasks_of(fleet.runs)
    with progress.step("Pairing", len(parts)) as step:
        found = []
        for of_parts in engine.run(PairParts(fleet.shelved, fleet.runs, config), parts):
            found.append(of_parts)
            step.advance()
        windows = joined(found)
        del found
    pairs = [windows]
    if len(fleet.runs) > 1 and len(windows.a):
        fixes = fleet.vessels["fixes"].cast(pl.Int64).to_numpy()
        pairs = chunks(windows, fixes, fleet.home)
    measured: list[pl.DataFrame] = []
    with progress.step("measuring pairs", len(windows.a)) as step:
        results = engine.run(MeasureChunk(fleet.shelved, config), pairs)
        for chunk, meetings_of in zip(pairs, results, strict=True):
            measured.append(meetings_of)
            step.advance(len(chunk.a))
    return pl.concat(measured).sort("track_a", "track_b", "start_s")
