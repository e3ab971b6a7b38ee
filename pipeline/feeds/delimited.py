"""Tables of text: commas, semicolons, tabs or bars between columns, one row a line.

The text is read by Polars straight into numbers. Where that fails (a word among numbers, a stray
quote, a row too long) the lines around the fault are read one at a time, as text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from pipeline.config.feeds import FeedsConfig, Field
from pipeline.feeds import layouts
from pipeline.feeds.archives import Stream
from pipeline.feeds.batch import Batch
from pipeline.feeds.pieces import UnreadableError, letters, line_of, pieces
from pipeline.feeds.streams import Chunk, chunks, transcoded
from pipeline.feeds.tables import NUMBERS, Origin, Table, describe, to_batch
from pipeline.ledger import Ledger

SEPARATORS = (",", ";", "\t", "|")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
WHOLE = re.compile(r"[+-]?\d{1,9}")
ODD_SHARE = 0.01  # of the first rows that may hold a word where a number is meant
BOM = "\ufeff"


@dataclass(frozen=True)
class Delimited:
    """How a file of text is read.

    Attributes
    ----------
    table : Table
        What its columns mean.
    separator, encoding : str
        What stands between columns; how bytes become letters.
    header : str
        Its header line, which may come again where files were joined.
    header_row : int
        The line it stands in.
    width : int
        Number of columns.
    at : tuple of (field, int)
        Which column holds which field.
    numeric : frozenset of field
        Fields that the first rows give as plain numbers.
    """

    table: Table
    separator: str
    encoding: str
    header: str
    header_row: int
    width: int
    at: tuple[tuple[Field, int], ...]
    numeric: frozenset[Field]


def recognise(text: str, encoding: str, config: FeedsConfig) -> Delimited | str:
    """How the file that begins with `text` is read, or why it is no AIS.

    Parameters
    ----------
    text : str
        The first lines, whole ones.
    encoding : str
        How they were decoded.
    config : FeedsConfig
        The user's own layouts, and what is taken where rows do not tell.
    """
    lines = text.removeprefix(BOM).splitlines()
    header_row = next((i for i, line in enumerate(lines) if line.strip()), None)
    if header_row is None:
        return "no AIS: nothing but blank lines"
    header = lines[header_row]
    reasons: list[tuple[int, str]] = []
    for separator in SEPARATORS:
        words = _fields(header, separator)
        match = layouts.recognise(words, config)
        if isinstance(match, str):
            reasons.append((-len(words), match))
            continue
        own = match.layout.separator
        if own is not None and own != separator:
            continue
        sample = [_fields(line, separator) for line in lines[header_row + 1 :] if line.strip()]
        return _describe(match, words, header, header_row + 1, separator, encoding, sample)
    return min(reasons)[1]


def _describe(
    match: layouts.Match,
    words: Sequence[str],
    header: str,
    header_row: int,
    separator: str,
    encoding: str,
    sample: Sequence[Sequence[str]],
) -> Delimited | str:
    at = tuple((name, words.index(word)) for name, word in match.columns.items())
    columns = {name: [row[i] for row in sample if i < len(row)] for name, i in at}
    table = describe(match, columns)
    if isinstance(table, str):
        return table
    numeric = frozenset(
        name
        for name in NUMBERS
        if name in columns and _plain(name, columns[name], table.decimal_comma)
    )
    return Delimited(table, separator, encoding, header, header_row, len(words), at, numeric)


def _plain(name: Field, texts: Sequence[str], comma: bool) -> bool:
    pattern = WHOLE if NUMBERS[name] in {pl.Int32, pl.Int16, pl.Int8} else NUMBER
    if comma:
        texts = [text.replace(",", ".") for text in texts]
    odd = sum(1 for text in texts if text and not pattern.fullmatch(text))
    return odd <= ODD_SHARE * len(texts)


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
    for chunk in chunks(transcoded(stream, form.encoding)):
        data, row = _after_header(chunk, form)
        if chunk.last:
            data = _without_cut_line(data, row, stream, form, name, ledger)
        if data:
            origin = _origin(data, row, file, name)
            for rows in _frames(data, row, form, name, ledger):
                yield to_batch(rows, form.table, origin, ledger)


def _after_header(chunk: Chunk, form: Delimited) -> tuple[bytes, int]:
    data, row = chunk.data, chunk.first_row
    while row <= form.header_row and data:
        cut = data.find(b"\n") + 1 or len(data)
        data, row = data[cut:], row + 1
    return data, row


def _without_cut_line(
    data: bytes, first_row: int, stream: Stream, form: Delimited, name: str, ledger: Ledger
) -> bytes:
    """A last line that ends in mid-row may hold half a number: it is not used."""
    begin = data.rfind(b"\n") + 1
    text = letters(data[begin:])
    if not text.strip() or not (stream.trouble or len(_fields(text, form.separator)) < form.width):
        return data
    row = first_row + data.count(b"\n")
    ledger.read(1)
    ledger.reject("feeds.cut_line", 1, [f"{name}:{row}: {text[:200]}"])
    return data[:begin]


def _origin(data: bytes, first_row: int, file: int, name: str) -> Origin:
    return Origin(file, name, lambda row: line_of(data, first_row, row))


def _frames(
    data: bytes, first_row: int, form: Delimited, name: str, ledger: Ledger
) -> Iterator[pl.DataFrame]:
    """The rows of `data` in at most two frames: those read as numbers, those read as text."""
    fast: list[pl.DataFrame] = []
    careful: list[pl.DataFrame] = []
    for piece in pieces(data, first_row, lambda lines, row: _fast(lines, row, form)):
        if isinstance(piece, pl.DataFrame):
            fast.append(piece)
        else:
            careful.append(_careful(*piece, form, name, ledger))
    for frames in (fast, careful):
        if frames:
            yield pl.concat(frames)


def _fast(data: bytes, first_row: int, form: Delimited) -> pl.DataFrame:
    dtypes: dict[str, pl.DataType | type[pl.DataType]] = {
        f"column_{i + 1}": pl.String for i in range(form.width)
    }
    names = {f"column_{i + 1}": name for name, i in form.at}
    for column, name in names.items():
        if name in form.numeric:
            dtypes[column] = NUMBERS[name]
    lines, odd = _shape(np.frombuffer(data, np.uint8), ord(form.separator), form.width - 1)
    rows = pl.read_csv(
        data,
        has_header=False,
        schema=dtypes,
        # Polars notices a row of too many columns only where it reads them all.
        columns=None if odd else list(names),
        separator=form.separator,
        decimal_comma=form.table.decimal_comma and form.separator != ",",
        raise_if_empty=False,
    )
    if rows.height != lines:
        raise UnreadableError
    numbered = rows.select(list(names)).rename(names)
    numbered = numbered.with_columns(
        pl.int_range(first_row, first_row + rows.height, dtype=pl.UInt32).alias("row")
    )
    if numbered["mmsi"].null_count():
        blank = numbered.select(pl.all_horizontal(pl.exclude("row").is_null())).to_series()
        if blank.any():
            if any(line.strip() for line in _lines(data, blank)):
                raise UnreadableError  # a row of nothing but separators: to be counted
            numbered = numbered.filter(~blank)
    return numbered


@njit(cache=True)
def _shape(data: NDArray[np.uint8], separator: int, in_line: int) -> tuple[int, int]:
    """Number of lines, and of those that do not hold just so many separators."""
    lines = odd = found = 0
    for letter in data:
        if letter == separator:
            found += 1
        elif letter == 10:
            lines += 1
            odd += found != in_line
            found = 0
    if len(data) and data[-1] != 10:
        lines += 1
        odd += found != in_line
    return lines, odd


def _lines(data: bytes, at: pl.Series) -> Iterator[bytes]:
    lines = data.split(b"\n")
    return (lines[i] for i in at.arg_true())


def _careful(
    data: bytes, first_row: int, form: Delimited, name: str, ledger: Ledger
) -> pl.DataFrame:
    """Each line by itself, all columns as text; blank lines and repeated headers left out."""
    columns: dict[str, list[str | None]] = {field: [] for field, _ in form.at}
    numbers: list[int] = []
    for offset, line in enumerate(data.split(b"\n")):
        text = letters(line).strip("\r")
        if not text.strip() or text == form.header:
            continue
        fields = _fields(text, form.separator)
        if len(fields) < form.width and '"' in text:
            fields = text.replace('"', "").split(form.separator)  # a quote that is never closed
        row = first_row + offset
        if any(extra.strip() for extra in fields[form.width :]):
            # A separator inside a name: what stands behind it is in the wrong column.
            ledger.read(1)
            ledger.reject("feeds.too_many_columns", 1, [f"{name}:{row}: {text[:200]}"])
            continue
        numbers.append(row)
        for field, i in form.at:
            columns[field].append(fields[i] if i < len(fields) else None)
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return frame.with_columns(pl.Series("row", numbers, pl.UInt32))


def _fields(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=separator), [])
    except csv.Error:  # a field of more letters than any feed's
        return [line]
