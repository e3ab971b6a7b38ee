"""Tables of text: commas, semicolons, tabs or bars between columns, one row a line.

The text is read by Polars straight into numbers. Where that fails (a word among numbers, a stray
quote, a row too long) the piece is cut smaller until only the lines around the fault are left;
those are read one line at a time as text, so that one bad row costs itself and nothing else.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.config.feeds import FeedsConfig, Field
from pipeline.feeds import layouts, times
from pipeline.feeds.batch import Batch
from pipeline.feeds.streams import Chunk, Stream, chunks, transcoded
from pipeline.feeds.tables import NUMBERS, Origin, Table, to_batch
from pipeline.ledger import Ledger

SEPARATORS = (",", ";", "\t", "|")
SMALL = 64 << 10  # bytes that are read line by line rather than cut smaller: about 0.5 ms
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
WHOLE = re.compile(r"[+-]?\d{1,9}")
WITH_COMMA = re.compile(r"[+-]?\d+,\d+")
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
    layout = match.layout
    if layout.time_format:
        form: times.TimeFormat | None = times.from_config(layout.time_format, layout.zone)
    else:
        form = times.sniff(columns["time"], layout.day_first, layout.zone)
    if form is None:
        shown = next((text for text in columns["time"] if text.strip()), None)
        if shown is None:
            return "no rows"
        return f"times such as {shown!r} are not understood: give feeds.tables a time_format"
    comma = layout.decimal_comma
    if comma is None:
        places = [text.strip() for name in ("lat", "lon") for text in columns.get(name, [])]
        commas = sum(1 for text in places if WITH_COMMA.fullmatch(text))
        comma = commas > len(places) / 2
    numeric = frozenset(
        name for name in NUMBERS if name in columns and _plain(name, columns[name], comma)
    )
    table = Table(match, form, comma)
    return Delimited(table, separator, encoding, header, header_row, len(words), at, numeric)


def _plain(name: Field, texts: Sequence[str], comma: bool) -> bool:
    pattern = WHOLE if NUMBERS[name] in {pl.Int32, pl.Int16, pl.Int8} else NUMBER
    if comma:
        texts = [text.replace(",", ".") for text in texts]
    return all(pattern.fullmatch(text) for text in texts if text)


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
    text = _letters(data[begin:])
    if not text.strip() or not (stream.trouble or len(_fields(text, form.separator)) < form.width):
        return data
    row = first_row + data.count(b"\n")
    ledger.read(1)
    ledger.reject("feeds.cut_line", 1, [f"{name}:{row}: {text[:200]}"])
    return data[:begin]


def _origin(data: bytes, first_row: int, file: int, name: str) -> Origin:
    def text(row: int) -> str:
        line = data.split(b"\n", row - first_row + 1)[row - first_row]
        return _letters(line).rstrip("\r")

    return Origin(file, name, text)


def _frames(
    data: bytes, first_row: int, form: Delimited, name: str, ledger: Ledger
) -> Iterator[pl.DataFrame]:
    """The rows of `data` in at most two frames: those read as numbers, those read as text."""
    fast: list[pl.DataFrame] = []
    careful: list[pl.DataFrame] = []
    for piece in _pieces(data, first_row, form):
        if isinstance(piece, pl.DataFrame):
            fast.append(piece)
        else:
            careful.append(_careful(*piece, form, name, ledger))
    for frames in (fast, careful):
        if frames:
            yield pl.concat(frames)


def _pieces(
    data: bytes, first_row: int, form: Delimited
) -> Iterator[pl.DataFrame | tuple[bytes, int]]:
    """Frames where nothing is wrong; else, of smaller pieces, those and the few bad lines."""
    try:
        yield _fast(data, first_row, form)
    except (pl.exceptions.PolarsError, _RowsAreNotLinesError):
        if len(data) <= SMALL:
            yield data, first_row
            return
        eighth = len(data) // 8
        begin, row = 0, first_row
        while begin < len(data):
            end = data.find(b"\n", min(begin + eighth, len(data) - 1)) + 1 or len(data)
            piece = data[begin:end]
            yield from _pieces(piece, row, form)
            row += piece.count(b"\n")
            begin = end


class _RowsAreNotLinesError(Exception):
    """A quote that runs over the end of a line, or rows without a value."""


def _fast(data: bytes, first_row: int, form: Delimited) -> pl.DataFrame:
    dtypes: dict[str, pl.DataType | type[pl.DataType]] = {
        f"column_{i + 1}": pl.String for i in range(form.width)
    }
    names = {f"column_{i + 1}": name for name, i in form.at}
    for column, name in names.items():
        if name in form.numeric:
            dtypes[column] = NUMBERS[name]
    lines = data.count(b"\n") + (not data.endswith(b"\n"))
    # Polars checks the number of columns only where it reads them all.
    exact = data.count(form.separator.encode()) <= (form.width - 1) * lines
    rows = pl.read_csv(
        data,
        has_header=False,
        schema=dtypes,
        columns=list(names) if exact else None,
        separator=form.separator,
        decimal_comma=form.table.decimal_comma and form.separator != ",",
        raise_if_empty=False,
    )
    if rows.height != lines:
        raise _RowsAreNotLinesError
    numbered = rows.select(list(names)).rename(names)
    numbered = numbered.with_columns(
        pl.int_range(first_row, first_row + rows.height, dtype=pl.UInt32).alias("row")
    )
    if numbered["mmsi"].null_count():
        blank = numbered.select(pl.all_horizontal(pl.exclude("row").is_null())).to_series()
        if blank.any():
            if any(line.strip() for line in _lines(data, blank)):
                raise _RowsAreNotLinesError  # a row of nothing but separators: to be counted
            numbered = numbered.filter(~blank)
    return numbered


def _lines(data: bytes, at: pl.Series) -> Iterator[bytes]:
    lines = data.split(b"\n")
    return (lines[i] for i in at.arg_true())


def _careful(
    data: bytes, first_row: int, form: Delimited, name: str, ledger: Ledger
) -> pl.DataFrame:
    """Each line for itself, all columns as text; blank lines and repeated headers left out."""
    columns: dict[str, list[str | None]] = {field: [] for field, _ in form.at}
    numbers: list[int] = []
    for offset, line in enumerate(data.split(b"\n")):
        text = _letters(line).strip("\r")
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


def _letters(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _fields(line: str, separator: str) -> list[str]:
    return next(csv.reader(io.StringIO(line, newline=""), delimiter=separator), [])
