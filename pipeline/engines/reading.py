"""What was read, put down in pieces that any span of ships can be cut from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline import cleaning, feeds, schema
from pipeline.cleaning import Survey
from pipeline.config import CleaningConfig
from pipeline.engines.shelf import Folder, Memory, Shelf
from pipeline.feeds.cleaned import CleanedFeed

PIECE_ROWS = 1_000_000
"""Rows of a piece: some 50 MB of columns, held twice while they are sorted."""
NO_MMSI = np.iinfo(np.int32).min
"""Stands for a missing MMSI, which sorts first."""


@dataclass(frozen=True)
class Piece:
    """Some of the rows read, on a shelf.

    Attributes
    ----------
    name : str
        Under ``positions-<name>`` and ``statics-<name>``.
    ships : pl.DataFrame
        ``mmsi`` (`NO_MMSI` where missing) and ``rows`` of positions, sorted by mmsi.
    survey : Survey
        Rows by day and by file.
    """

    name: str
    ships: pl.DataFrame
    survey: Survey

    @property
    def rows(self) -> int:
        """How many positions it holds."""
        return int(self.ships["rows"].sum())


@dataclass(frozen=True)
class Dump:
    """All that was read: pieces, and the shelf they lie on.

    Attributes
    ----------
    shelf : Shelf
        Where they lie.
    pieces : tuple of Piece
        In the order of reading.
    cleaned : CleanedFeed or None
        Set where what was read is all of a cleaned dump: its ships are known.
    """

    shelf: Shelf
    pieces: tuple[Piece, ...]
    cleaned: CleanedFeed | None = None

    @property
    def rows(self) -> int:
        """How many positions."""
        return sum(piece.rows for piece in self.pieces)


def put_down(
    batch: feeds.Batch, name: str, shelf: Shelf, config: CleaningConfig, *, in_order: bool = True
) -> Piece:
    """Put rows on a shelf as a piece.

    Parameters
    ----------
    batch : Batch
        The rows.
    name : str
        The piece's.
    shelf : Shelf
        Where to.
    config : CleaningConfig
        The window of times that is surveyed.
    in_order : bool
        Whether to sort by MMSI, as spans need it; a dump of one span does without.
    """
    positions, statics = batch.positions, batch.statics
    if in_order:
        positions, statics = positions.sort("mmsi", maintain_order=True), statics.sort("mmsi")
    shelf.put(f"positions-{name}", positions)
    shelf.put(f"statics-{name}", statics)
    ships = (
        positions.group_by(pl.col("mmsi").fill_null(NO_MMSI))
        .agg(pl.len().cast(pl.Int64).alias("rows"))
        .sort("mmsi")
    )
    return Piece(name, ships, cleaning.survey(positions, config))


def gathered(batches: Iterable[feeds.Batch]) -> Iterator[feeds.Batch]:
    """Batches put together to about `PIECE_ROWS` rows each; the last may be smaller."""
    held: list[feeds.Batch] = []
    height = 0
    for batch in batches:
        held.append(batch)
        height += batch.positions.height
        if height >= PIECE_ROWS:
            yield feeds.merge(held)
            held, height = [], 0
    if held:
        yield feeds.merge(held)


def read_local(batches: Iterator[feeds.Batch], folder: Folder, config: CleaningConfig) -> Dump:
    """Read a dump: in memory if it is one piece, else in pieces in a folder."""
    merged = gathered(batches)
    first = next(merged, feeds.Batch(schema.empty(schema.POSITIONS), schema.empty(schema.STATICS)))
    second = next(merged, None)
    if second is None:
        memory = Memory()
        return Dump(memory, (put_down(first, "0", memory, config, in_order=False),))
    pieces = [put_down(first, "0", folder, config), put_down(second, "1", folder, config)]
    del first, second
    for batch in merged:
        pieces.append(put_down(batch, str(len(pieces)), folder, config))
    return Dump(folder, tuple(pieces))


def cut(dump: Dump, first: int, last: int) -> feeds.Batch:
    """All rows of the ships from MMSI `first` to `last`."""
    positions, statics = [], []
    for piece in dump.pieces:
        mmsi = piece.ships["mmsi"].to_numpy()
        ends = np.concatenate(([0], np.cumsum(piece.ships["rows"].to_numpy())))
        lo, hi = np.searchsorted(mmsi, first), np.searchsorted(mmsi, last, side="right")
        if hi > lo:
            begin, rows = int(ends[lo]), int(ends[hi] - ends[lo])
            positions.append(dump.shelf.get(f"positions-{piece.name}").slice(begin, rows))
        typed = dump.shelf.get(f"statics-{piece.name}")
        begin, end = np.searchsorted(typed["mmsi"].to_numpy(), (first, last + 1))
        statics.append(typed.slice(begin, end - begin))
    return feeds.Batch(
        pl.concat([*positions, schema.empty(schema.POSITIONS)], rechunk=True),
        feeds.merge_statics(statics),
    )
