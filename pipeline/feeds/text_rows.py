"""The rows of tables of text.

Lines are read straight into numbers by a compiled pass, several pieces at once. Those that it hands
back (a word among numbers, a stray quote, a row too long) are read one at a time, as text, so that
a bad row costs only itself.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline import schema
from pipeline.config.feeds import Field
from pipeline.feeds import csv_scan as scanner
from pipeline.feeds.archives import Stream
from pipeline.feeds.batch import TYPED, Batch, group
from pipeline.feeds.csv_scan import F8, I8, U1
from pipeline.feeds.delimited import WORDS, Delimited, fields_of
from pipeline.feeds.pieces import letters, lines_of
from pipeline.feeds.quoted import Line, join
from pipeline.feeds.streams import Chunk, chunks, spread, transcoded
from pipeline.feeds.tables import NUMBERS, Origin, to_batch, told
from pipeline.feeds.typed import settle, tidy
from pipeline.ledger import Ledger

NUMERIC: tuple[Field, ...] = (
    # The first three stand where the compiled pass expects them.
    "mmsi",
    "lat",
    "lon",
    "sog_kn",
    "cog_deg",
    "heading_deg",
    "milliseconds",
    "nav_status",
)
DATE = re.compile(
    r"(?P<date>%Y([-/.])%m\2%d|%Y%m%d|%d([-/.])%m\3%Y|%m([-/.])%d\4%Y)[T _]"
    r"(%H:%M(:%S(%\.f)?)?|%H%M%S)(?P<suffix>[^%]*|\s?%z[^%]*)"
)
"""Formats of times that the compiled pass reads; others are read with care, which is slower."""

BLANK = re.compile(rb"\s*\Z")


def read(stream: Stream, form: Delimited, file: int, name: str, ledger: Ledger) -> Iterator[Batch]:
    """The rows of a file, in batches.

    Parameters
    ----------
    stream : Stream
        Its bytes; text that is not UTF-8 is turned into it on the way.
    form : Delimited
        How it is read.
    file, name
        Index among the run's inputs, name in messages.
    ledger : Ledger
        Counts rows read and rejected.
    """
    reader = _Reader(form, file, name, ledger)
    for scanned in spread(reader.scan, reader.pieces(stream)):
        yield from reader.batches(scanned)
    yield from reader.rest()


class _Buffers:
    """What the compiled pass fills; see `csv_scan.scan_rows`.

    One for each thread, used again for each piece: to have so much memory handed out and wiped
    anew takes as long as to read a quarter of the lines.
    """

    def __init__(self, lines: int, words_in: int) -> None:
        self.lines = lines
        self.numbers = np.empty((len(NUMERIC), lines))
        self.time_ms = np.empty(lines, np.int64)
        self.sets = np.empty(lines, np.int64)
        self.places = np.empty((2, lines), np.int64)
        self.word_of = np.empty((words_in, lines), np.uint8)
        self.vocabulary = np.empty((words_in, scanner.WORDS, 3), np.int64)
        self.known_words = np.zeros(words_in, np.int64)
        self.odd = np.empty((3, lines), np.int64)


@dataclass(frozen=True)
class _Plain:
    """What the plain lines of a piece tell.

    Attributes
    ----------
    data : bytes
        The piece.
    positions : pl.DataFrame
        ``schema.POSITIONS``.
    groups : pl.DataFrame or None
        From `batch.group`, and ``place``: where the line of each group's first report begins;
        None where no line is plain.
    odd : array of int64
        Where lines that are not plain begin and end, and their numbers.
    ledger : Ledger
        What became of the rows.
    """

    data: bytes
    positions: pl.DataFrame
    groups: pl.DataFrame | None
    odd: I8
    ledger: Ledger


class _Reader:
    """What is kept of a file from one piece to the next: the plan, the sets of typed values."""

    def __init__(self, form: Delimited, file: int, name: str, ledger: Ledger) -> None:
        self.form, self.file, self.name, self.ledger = form, file, name, ledger
        self.fields = dict(form.at)
        self.worded = [
            f for f in WORDS if f in self.fields and (f != "nav_status" or f in form.worded)
        ]
        self.numeric = [f for f in NUMERIC if f in self.fields and f not in self.worded]
        self.plan, self.order, self.suffix = self._plan()
        self.own = threading.local()  # each thread's buffers
        self.set_rows: dict[int, int] = {}
        self.tidied = tidy(pl.DataFrame(schema=dict.fromkeys(TYPED, pl.String)))
        self.open: list[Line] = []  # of a row that the piece before left open

    def _plan(self) -> tuple[scanner.I4, int, U1]:
        """What the compiled pass does with each column."""
        plan = np.zeros((self.form.width, 2), np.int32)
        for name, at in self.fields.items():
            if name in self.worded:
                plan[at] = scanner.WORD, self.worded.index(name)
            elif name in TYPED:
                plan[at] = scanner.TYPED, 0
            elif name in NUMERIC:
                whole = not pl.Series([], dtype=NUMBERS[name]).dtype.is_float()
                plan[at] = scanner.WHOLE if whole else scanner.FLOAT, self._row_of(name)
        time = self.form.table.time
        order, suffix = scanner.YEAR_FIRST, ""
        if self.form.table.dated:
            pass  # the compiled pass reads no time from two columns
        elif time.epoch_ms:
            plan[self.fields["time"]] = scanner.EPOCH, 0
        elif match := DATE.fullmatch(time.patterns[0]):
            plan[self.fields["time"]] = scanner.CALENDAR, 0
            order = {
                "%Y": scanner.YEAR_FIRST,
                "%d": scanner.DAY_FIRST,
                "%m": scanner.MONTH_FIRST,
            }[match["date"][:2]]
            suffix = match["suffix"].replace("%z", "%")
        return plan, order, np.frombuffer(suffix.encode(), np.uint8)

    def _row_of(self, name: Field) -> int:
        """Where the compiled pass puts a number: place 0, 1, 2 are MMSI, latitude, longitude."""
        return NUMERIC.index(name)

    def pieces(self, stream: Stream) -> Iterator[Chunk]:
        """The lines of the file, without its header and without a last line that is cut."""
        for chunk in chunks(transcoded(stream, self.form.encoding)):
            data, row, lines = chunk.data, chunk.first_row, chunk.lines
            while row <= self.form.header_row and data:
                cut = data.find(b"\n") + 1 or len(data)
                data, row, lines = data[cut:], row + 1, lines - 1
            if chunk.last and not data.endswith(b"\n"):
                data = self._without_cut_line(data, row + lines, stream)
                lines += data[-1:] not in {b"", b"\n"}
                data += b"" if data.endswith(b"\n") else b"\n"
            if lines > 0:
                yield Chunk(data, row, lines, chunk.last)

    def _without_cut_line(self, data: bytes, row: int, stream: Stream) -> bytes:
        """A last line that ends in mid-row may hold half a number: it is not used."""
        begin = data.rfind(b"\n") + 1
        text = letters(data[begin:])
        whole = len(fields_of(text, self.form.separator)) >= self.form.width or self.form.ragged
        if not text.strip() or (whole and not stream.trouble):
            return data
        self._reject("feeds.cut_line", row, text)
        return data[:begin]

    def scan(self, piece: Chunk) -> _Plain:
        """Read the plain lines of a piece; runs in a thread."""
        kept: _Buffers | None = getattr(self.own, "buffers", None)
        if kept is None or kept.lines < piece.lines:
            kept = self.own.buffers = _Buffers(piece.lines, len(self.worded))
        n, odd = scanner.scan_rows(
            np.frombuffer(piece.data, np.uint8),
            piece.first_row,
            ord(self.form.separator),
            ord("," if self.form.table.decimal_comma else "."),
            self.plan,
            self.order,
            self.suffix,
            self.form.table.time.epoch_ms,
            kept.numbers,
            kept.time_ms,
            kept.sets,
            kept.places,
            kept.word_of,
            kept.vocabulary,
            kept.known_words,
            kept.odd,
        )

        def texts(rows: Sequence[int]) -> list[str]:
            return lines_of(piece.data, piece.first_row, rows)

        ledger, odd_lines = self.ledger.part(), kept.odd[:, :odd].copy()
        if not n:
            return _Plain(piece.data, schema.empty(schema.POSITIONS), None, odd_lines, ledger)
        origin = Origin(self.file, self.name, texts)
        rows = self._rows(kept, n, piece.data)
        positions, reports = told(rows, self.form.table, origin, ledger)
        typed = reports["set"] != 0
        groups = group(reports if typed.all() else reports.filter(typed))
        line = np.searchsorted(kept.places[1, :n], reports["row"].filter(typed)[groups["first"]])
        places = pl.Series("place", kept.places[0, line])
        groups = groups.drop("first").with_columns(places)
        return _Plain(piece.data, positions, groups, odd_lines, ledger)

    def batches(self, plain: _Plain) -> Iterator[Batch]:
        """The plain rows of a piece, then the others."""
        self.ledger.absorb(plain.ledger)
        if plain.groups is not None:
            statics = settle(self._typed_by_set(plain.groups, plain.data), self.ledger)
            yield Batch(plain.positions, statics)
        lines, end = self._odd_lines(plain)
        yield from self._odd_batch(lines, goes_on=BLANK.match(plain.data, end) is not None)

    def rest(self) -> Iterator[Batch]:
        """What the last piece left open."""
        yield from self._odd_batch(self.open, goes_on=False)

    def _odd_batch(self, lines: list[Line], goes_on: bool) -> Iterator[Batch]:
        """The rows of lines that were handed back."""
        form = self.form
        joined, self.open = join(
            lines, form.separator, form.width, ragged=form.ragged, goes_on=goes_on
        )
        texts = dict(joined)
        rows = self._careful(texts)
        if not rows.is_empty():
            origin = Origin(self.file, self.name, lambda numbers: [texts[row] for row in numbers])
            yield to_batch(rows, form.table, origin, self.ledger)

    def _rows(self, kept: _Buffers, n: int, data: bytes) -> pl.DataFrame:
        """Plain rows, named by field."""
        columns = {
            name: _column(name, kept.numbers[self._row_of(name), :n]) for name in self.numeric
        }
        for w, name in enumerate(self.worded):
            columns[name] = _worded(name, kept, w, n, data)
        time = pl.Series(kept.time_ms[:n].copy()).cast(pl.Datetime("ms"))
        if self.form.table.time.epoch_ms or "%" in bytes(self.suffix).decode():
            time = time.dt.replace_time_zone("UTC")
        return pl.DataFrame(columns).with_columns(
            time.alias("time"),
            pl.Series("set", kept.sets[:n].copy()),
            pl.Series("row", kept.places[1, :n].astype(np.uint32)),
        )

    def _typed_by_set(self, groups: pl.DataFrame, data: bytes) -> pl.DataFrame:
        """The typed values of groups; each set is read once, from the line where it first stood."""
        of_group = groups["set"].to_numpy()
        lines: list[list[str]] = []
        _, firsts = np.unique(of_group, return_index=True)
        for number, at in zip(of_group[firsts].tolist(), firsts.tolist(), strict=True):
            if number not in self.set_rows:
                self.set_rows[number] = len(self.set_rows)
                place = groups["place"][at]
                end = data.find(b"\n", place)
                line = data[place : end if end >= 0 else len(data)]
                lines.append(fields_of(letters(line).rstrip("\r"), self.form.separator))
        if lines:
            self.tidied = pl.concat([self.tidied, self._tidied(lines)])
        rows = map(self.set_rows.__getitem__, of_group.tolist())
        return groups.hstack(self.tidied[list(rows)])

    def _tidied(self, lines: Sequence[Sequence[str]]) -> pl.DataFrame:
        """The typed values of lines."""
        typed = {
            name: [line[self.fields[name]] or None for line in lines]
            if name in self.fields
            else [None] * len(lines)
            for name in TYPED
        }
        frame = pl.DataFrame(typed, schema=dict.fromkeys(TYPED, pl.String))
        table = self.form.table
        draught_m = table.match.layout.draught_m
        return tidy(frame, draught_m=draught_m, decimal_comma=table.decimal_comma)

    def _odd_lines(self, plain: _Plain) -> tuple[list[Line], int]:
        """Lines handed back, after those that the piece before left open; where they end."""
        data, lines = plain.data, list(self.open)
        before = 0
        for begin, end, row in plain.odd.T.tolist():
            gap = data[before:begin]
            first = "" if before else "\n"  # the end of the piece before
            lines.append(
                Line(
                    row,
                    letters(data[begin:end]).strip("\r"),
                    None if gap.strip() else first + letters(gap),
                )
            )
            before = end
        return lines, before

    def _careful(self, rows: Mapping[int, str]) -> pl.DataFrame:
        """Rows of which all columns are kept as text; repeated headers left out."""
        columns: dict[str, list[str | None]] = {name: [] for name in self.fields}
        numbers: list[int] = []
        for row, text in rows.items():
            if text == self.form.header:
                continue
            fields = fields_of(text, self.form.separator)
            if len(fields) < self.form.width and '"' in text:
                fields = text.replace('"', "").split(self.form.separator)  # never closed
            if len(fields) < self.form.width and not self.form.ragged:
                # Cut in its middle: its last number may be half of one.
                self._reject("feeds.too_few_columns", row, text)
                continue
            if any(extra.strip() for extra in fields[self.form.width :]):
                # A separator inside a name: what stands behind it is in the wrong column.
                self._reject("feeds.too_many_columns", row, text)
                continue
            numbers.append(row)
            for name, at in self.fields.items():
                columns[name].append(" ".join(fields[at].split("\n")) if at < len(fields) else None)
        frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
        return frame.with_columns(pl.Series("row", numbers, pl.UInt32))

    def _reject(self, rule: str, row: int, text: str) -> None:
        self.ledger.read(1)
        self.ledger.reject(rule, self.name, [row], lambda _: [text])


def _column(name: Field, values: F8) -> pl.Series:
    """A column out of a buffer, copied: the buffer is filled again."""
    dtype = NUMBERS[name]
    with np.errstate(over="ignore"):  # what is too great becomes infinite, then unknown
        copied = values.astype(np.float32 if dtype == pl.Float32 else np.float64)
    column = pl.Series(name, copied, nan_to_null=bool(np.isnan(copied).any()))
    return column.cast(dtype, strict=False)


def _worded(name: Field, kept: _Buffers, w: int, n: int, data: bytes) -> pl.Series:
    """A column of words as the codes they stand for."""
    codes: list[int | bool | None] = [
        WORDS[name](letters(data[begin:end]))
        for _, begin, end in kept.vocabulary[w, : kept.known_words[w]].tolist()
    ]
    dtype = pl.Int8 if name == "nav_status" else pl.Boolean
    of_word = pl.Series(name, codes, dtype)
    at = pl.Series(kept.word_of[w, :n])
    known = at != int(scanner.NO_WORD)
    return of_word[pl.select(pl.when(known).then(at.cast(pl.UInt32))).to_series()]
