"""The ledger: what was read, what was rejected by which rule, what the user should know.

Every row that a feed reads is either used or rejected by exactly one named rule, so
``rows_read == rows_used + rows_rejected`` holds by construction. Where the user asks for it, each
rejected row is kept as well, in a file of its own.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow.parquet as pq

from pipeline.schema import OWN_TABLE, TIME, Schema, conform, empty

EXAMPLES_KEPT = 3
EXAMPLE_LETTERS = 200  # of a row's text: enough to see what is wrong with it
HELD_ROWS = 100_000  # rejected rows gathered before they are written: some tens of megabytes
HELD_BYTES = 32 << 20
REJECTED_FILE = "rejected.parquet"

REJECTED: Schema = {
    # One row a rejected row; of an NMEA message of several sentences, its first.
    "rule": pl.String,
    "file": pl.String,
    "row": pl.UInt32,  # line of the file, the first is 1 (of Parquet and arrays of JSON: row)
    "rows": pl.UInt32,  # rows rejected with it: 1, or the sentences of the message
    "mmsi": pl.Int32,  # null where the feed rejected it: then `text` is all that is known
    "time": TIME,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "text": pl.String,  # the row as it stands in the file; null where cleaning rejected it
}


class Example(NamedTuple):
    """A row that a rule spoke of; `file` is empty and `row` 0 where it was not of one row."""

    file: str
    row: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.row}: {self.text}" if self.file else self.text


def first_rows(positions: pl.DataFrame, rows: npt.NDArray[np.uint32]) -> pl.DataFrame:
    """Those of some rows of positions that make the examples: the first by file and row.

    To gather all columns of a million rows for three examples takes longer than to clean them.
    """
    file, row = (positions[name].to_numpy()[rows].astype(np.int64) for name in ("file", "row"))
    place = (file << 32) | row
    if place.size > EXAMPLES_KEPT:
        rows = rows[np.argpartition(place, EXAMPLES_KEPT)[:EXAMPLES_KEPT]]
    return positions[rows]


class RejectedRows:
    """A Parquet file of rejected rows (`REJECTED`), written as they come, in bounded memory."""

    def __init__(self, path: Path) -> None:
        columns = empty(REJECTED).to_arrow().schema.with_metadata({OWN_TABLE: "rejected rows"})
        self._writer = pq.ParquetWriter(path, columns, compression="zstd")
        self._held: list[pl.DataFrame] = []
        self._rows = self._bytes = 0

    def add(self, rows: pl.DataFrame) -> None:
        """Write `rows`, which may lack columns."""
        self._held.append(conform(rows, REJECTED))
        self._rows += rows.height
        self._bytes += int(rows.estimated_size())
        if self._rows >= HELD_ROWS or self._bytes >= HELD_BYTES:
            self._flush()

    def close(self) -> None:
        """Write what is held and end the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._held:
            table = pl.concat(self._held).to_arrow().cast(self._writer.schema)
            self._writer.write_table(table)
        self._held, self._rows, self._bytes = [], 0, 0


class HeldRows:
    """Rejected rows of a part of the work, in memory until they are written with the others."""

    def __init__(self) -> None:
        self.rows: list[pl.DataFrame] = []

    def add(self, rows: pl.DataFrame) -> None:
        """Hold `rows`, which may lack columns."""
        self.rows.append(conform(rows, REJECTED))


@dataclass
class Ledger:
    """Counts by rule, filled by the feeds and by cleaning, printed by the manifest.

    Attributes
    ----------
    rows_read : int
        Data rows or sentences read, headers and blank lines left out.
    rejected : dict of str to int
        Rows not used, by rule (``stage.rule``).
    blanked : dict of str to int
        Single values set to unknown while their row was kept, by rule.
    flagged : dict of str to int
        Fixes kept but flagged as doubtful, by flag.
    messages : list of str
        Warnings for the user, in the order they were given.
    files : list of str
        The names of the inputs; the column ``file`` of positions is the index into it.
    kept : RejectedRows or HeldRows or None
        Where rejected rows are kept; None: they are counted only.
    """

    rows_read: int = 0
    rejected: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    blanked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    flagged: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    messages: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    kept: RejectedRows | HeldRows | None = None
    _examples: dict[str, list[Example]] = field(default_factory=lambda: defaultdict(list))

    def keep(self, folder: Path) -> None:
        """Write every row that is rejected from now on to a file in `folder`."""
        self.kept = RejectedRows(folder / REJECTED_FILE)

    def close(self) -> None:
        """End the file of rejected rows; all are written."""
        if isinstance(self.kept, RejectedRows):
            self.kept.close()

    def part(self) -> Ledger:
        """An empty ledger that a part of the work counts in; `absorb` adds it to this one."""
        return Ledger(files=self.files, kept=None if self.kept is None else HeldRows())

    def absorb(self, part: Ledger) -> None:
        """Add what a part of the work counted."""
        self.rows_read += part.rows_read
        for rule, rows in part.rejected.items():
            self.rejected[rule] += rows
        for rule, values in part.blanked.items():
            self.blanked[rule] += values
        for rule, fixes in part.flagged.items():
            self.flagged[rule] += fixes
        self.keep_examples(part.kept_examples())
        self.messages += part.messages
        if self.kept is not None and isinstance(part.kept, HeldRows):
            for rows_kept in part.kept.rows:
                self.kept.add(rows_kept)

    @property
    def examples(self) -> dict[str, list[str]]:
        """Up to three examples a rule, ``file:row: what it said``.

        The first by file and row, so that they do not depend on the order of the work.
        """
        return {rule: [str(one) for one in some] for rule, some in self._examples.items()}

    @property
    def rows_rejected(self) -> int:
        """All rows rejected, over all rules."""
        return sum(self.rejected.values())

    @property
    def rows_used(self) -> int:
        """Rows read and not rejected."""
        return self.rows_read - self.rows_rejected

    def read(self, rows: int) -> None:
        """Count `rows` as read."""
        self.rows_read += rows

    def reject(
        self,
        rule: str,
        file: str,
        rows: Sequence[int],
        texts: Callable[[Sequence[int]], Sequence[str]],
        standing_for: Sequence[int] | None = None,
    ) -> None:
        """Count rows of a file as rejected by `rule`; none leave no trace.

        Parameters
        ----------
        rule : str
            ``stage.rule``.
        file : str
            Its name.
        rows : sequence of int
            Their numbers.
        texts : callable
            Gives the texts of rows by their numbers: of the examples alone where rejected rows are
            not kept.
        standing_for : sequence of int or None
            How many rows each counts for; one each if not given.
        """
        if not len(rows):
            return
        self.rejected[rule] += len(rows) if standing_for is None else sum(standing_for)
        if self.kept is None:
            rows = sorted(rows)[:EXAMPLES_KEPT]
        said = texts(rows)
        first = heapq.nsmallest(EXAMPLES_KEPT, zip(rows, said, strict=True))
        self._keep(rule, [Example(file, *one) for one in first])
        if self.kept is not None:
            frame = pl.DataFrame({"row": rows, "text": said}, schema_overrides={"row": pl.UInt32})
            standing = pl.lit(1) if standing_for is None else pl.Series("rows", standing_for)
            columns = {"rule": pl.lit(rule), "file": pl.lit(file), "rows": standing}
            self.kept.add(frame.with_columns(**columns))

    def reject_positions(self, rule: str, positions: pl.DataFrame, text: pl.Expr) -> None:
        """Count positions as rejected by `rule`; none leave no trace.

        Parameters
        ----------
        rule : str
            ``stage.rule``.
        positions : pl.DataFrame
            Rows of ``schema.POSITIONS``.
        text : pl.Expr
            What an example says of one.
        """
        if positions.is_empty():
            return
        self.rejected[rule] += positions.height
        self._keep(rule, self.examples_of(positions, text))
        if self.kept is not None:
            kept = positions.select("file", "row", "mmsi", "time", "lat", "lon")
            names = pl.Series("name", self.files or [""], pl.String)
            file = names.gather(kept["file"])
            self.kept.add(kept.with_columns(rule=pl.lit(rule), file=file, rows=pl.lit(1)))

    def blank(self, rule: str, values: int, examples: Sequence[Example] = ()) -> None:
        """Count `values` as set to unknown by `rule`; a count of zero leaves no trace."""
        if values:
            self.blanked[rule] += values
            self._keep(rule, examples)

    def kept_examples(self) -> dict[str, list[Example]]:
        """The examples by rule, as `keep_examples` takes them."""
        return dict(self._examples)

    def keep_examples(self, examples: Mapping[str, Sequence[Example]]) -> None:
        """Add examples by rule."""
        for rule, some in examples.items():
            self._keep(rule, some)

    def flag(self, rule: str, fixes: int) -> None:
        """Count `fixes` as kept but doubtful by `rule`; a count of zero leaves no trace."""
        if fixes:
            self.flagged[rule] += fixes

    def examples_of(self, positions: pl.DataFrame, text: pl.Expr) -> list[Example]:
        """Examples of rows of ``schema.POSITIONS``: the first by file and row.

        Parameters
        ----------
        positions : pl.DataFrame
            The rows.
        text : pl.Expr
            What the example says.
        """
        first = (
            positions.lazy()
            .bottom_k(EXAMPLES_KEPT, by=["file", "row"])
            .select("file", "row", text.cast(pl.String).alias("text"))
            .collect()
        )
        return [Example(self.name(file), row, said) for file, row, said in first.iter_rows()]

    def warn(self, message: str) -> None:
        """Tell the user something; the manifest repeats it."""
        self.messages.append(message)

    def name(self, file: int) -> str:
        """What the input of that number is called."""
        return self.files[file] if file < len(self.files) else f"input {file}"

    def _keep(self, rule: str, examples: Sequence[Example]) -> None:
        cut = {one._replace(text=one.text[:EXAMPLE_LETTERS]) for one in examples}
        self._examples[rule] = sorted({*self._examples[rule], *cut})[:EXAMPLES_KEPT]
