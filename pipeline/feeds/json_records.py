"""JSON: one record a line, an array of records, or GeoJSON.

Lines are read by Polars where all is well, else one by one. Arrays and collections are read record
by record as their bytes come, so that a file that breaks off gives those before the break, and
one that holds a year does not fill the memory.
"""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import polars as pl

from pipeline.config.feeds import FeedsConfig, Field
from pipeline.feeds import aisstream, layouts
from pipeline.feeds.archives import Stream
from pipeline.feeds.batch import Batch
from pipeline.feeds.pieces import UnreadableError, letters, lines_of, pieces
from pipeline.feeds.streams import chunks
from pipeline.feeds.tables import Origin, Table, describe, to_batch
from pipeline.ledger import Ledger

ROWS = 100_000  # records in a batch
LONGEST_RECORD = 1 << 20  # letters; a longer one is none of any feed
SAMPLE = 1000  # records looked at
LINES_TRIED = 10  # of which one must be a record where each line is one
COLLECTIONS = ("features", "data", "vessels", "positions", "records", "results", "rows")
"""Members under which an object holds the records: of GeoJSON, of what services answer."""
_FEATURES = re.compile(rf'"({"|".join(COLLECTIONS)})"\s*:\s*\[')
_SPACE = " \t\r\n,"
_BETWEEN = _SPACE + "}"
_DECODER = json.JSONDecoder()
BAD_JSON = (ValueError, RecursionError)  # the second of brackets within brackets by the thousand

Flat = dict[str, str | None]


@dataclass(frozen=True)
class Json:
    """How a file of JSON is read.

    Attributes
    ----------
    table : Table
        What the members of a record mean.
    at : tuple of (field, str)
        Which of them holds which field; for aisstream.io its own names, see `aisstream`.
    by_line : bool
        Whether each line is a record.
    nested : bool
        Whether records are those of aisstream.io.
    """

    table: Table
    at: tuple[tuple[Field, str], ...]
    by_line: bool
    nested: bool = False


def recognise(text: str, config: FeedsConfig) -> Json | str:
    """How the file that begins with `text` is read, or why it is no AIS."""
    by_line = any(_is_record(line) for line in text.splitlines()[:LINES_TRIED])
    found = list(islice(_first_records(text, by_line), SAMPLE))
    if not found:
        return "no AIS: JSON without records"
    nested = sum(map(aisstream.recognise, found)) > len(found) / 2
    records = [aisstream.flat(record) if nested else flat(record) for record in found]
    if nested:
        match: layouts.Match | str = layouts.Match(aisstream.LAYOUT, aisstream.COLUMNS)
    else:
        rows_with = Counter(key for r in records for key in r)
        match = layouts.recognise(list(rows_with), config, rows_with)
    if isinstance(match, str):
        return match
    columns = {
        name: [value for record in records if (value := record.get(key)) is not None]
        for name, key in match.columns.items()
    }
    table = describe(match, columns)
    if isinstance(table, str):
        return table
    return Json(table, tuple(match.columns.items()), by_line, nested)


def _is_record(line: str) -> bool:
    try:
        value = json.loads(line)
    except BAD_JSON:
        return False
    return isinstance(value, dict) and not any(
        isinstance(value.get(name), list) for name in COLLECTIONS
    )


def _first_records(text: str, by_line: bool) -> Iterator[Any]:
    if by_line:
        for line in text.splitlines():
            try:
                yield json.loads(line)
            except BAD_JSON:
                continue
    else:
        yield from (record for record in records_in(iter([text.encode()]), Stream()))


def flat(record: object) -> Flat:
    """A record's plain members as text; those of a GeoJSON point beside its place."""
    if not isinstance(record, dict):
        return {}
    members: dict[str, Any] = dict(record)
    properties = members.pop("properties", None)
    if isinstance(properties, dict):
        members |= properties
    report = members.pop("AIS", None)  # VesselFinder's answers (api.vesselfinder.com/docs)
    if isinstance(report, dict):
        members |= report
    geometry = members.pop("geometry", None)
    if isinstance(geometry, dict) and geometry.get("type") == "Point":
        place = geometry.get("coordinates")
        if isinstance(place, list) and len(place) >= 2:
            members["longitude"], members["latitude"] = place[0], place[1]
    return {key: text(value) for key, value in members.items()}


def text(value: object) -> str | None:
    """A plain value as text; None for what is none."""
    if value is None or isinstance(value, dict | list):
        return None
    return str(value)


def read(stream: Stream, form: Json, file: int, name: str, ledger: Ledger) -> Iterator[Batch]:
    """The records of a file, in batches; ``row`` counts lines, or records from 1."""
    reader = _by_line if form.by_line else _by_record
    yield from reader(stream, form, file, name, ledger)


def _by_line(stream: Stream, form: Json, file: int, name: str, ledger: Ledger) -> Iterator[Batch]:
    for chunk in chunks(stream):
        data, first_row = chunk.data, chunk.first_row
        if not data.strip():
            continue

        def lines(rows: Sequence[int], data: bytes = data, first_row: int = first_row) -> list[str]:
            return lines_of(data, first_row, rows)

        for piece in pieces(data, first_row, lambda some, row: _fast(some, row, form)):
            if isinstance(piece, pl.DataFrame):
                rows = piece
            else:
                rows = _careful(*piece, form, name, ledger)
            yield to_batch(rows, form.table, Origin(file, name, lines), ledger)


def _fast(data: bytes, first_row: int, form: Json) -> pl.DataFrame:
    if form.nested:
        rows = aisstream.columns(pl.read_ndjson(data, schema=aisstream.SCHEMA))
    else:
        schema = dict.fromkeys((key for _, key in form.at), pl.String)
        rows = pl.read_ndjson(data, schema=schema).select(
            pl.col(key).alias(field) for field, key in form.at
        )
    if rows.height != data.count(b"\n") + (not data.endswith(b"\n")):
        raise UnreadableError  # blank lines: their numbers would be lost
    return rows.with_columns(
        pl.int_range(first_row, first_row + rows.height, dtype=pl.UInt32).alias("row")
    )


def _careful(data: bytes, first_row: int, form: Json, name: str, ledger: Ledger) -> pl.DataFrame:
    records: list[Flat] = []
    numbers: list[int] = []
    for offset, line in enumerate(data.split(b"\n")):
        said = letters(line).strip()
        if not said:
            continue
        try:
            record = json.loads(said)
        except BAD_JSON:
            ledger.read(1)
            ledger.reject("feeds.bad_json", name, [first_row + offset], partial(_same, said))
            continue
        records.append(aisstream.flat(record) if form.nested else flat(record))
        numbers.append(first_row + offset)
    return _frame(records, numbers, form)


def _same(text: str, _rows: Sequence[int]) -> list[str]:
    return [text]


def _by_record(stream: Stream, form: Json, file: int, name: str, ledger: Ledger) -> Iterator[Batch]:
    held: list[Flat] = []
    first_row = 1
    for record in records_in(stream.blocks, stream):
        held.append(flat(record))
        if len(held) == ROWS:
            yield _records_batch(held, first_row, form, file, name, ledger)
            first_row += len(held)
            held = []
    if held:
        yield _records_batch(held, first_row, form, file, name, ledger)


def _records_batch(
    held: list[Flat], first_row: int, form: Json, file: int, name: str, ledger: Ledger
) -> Batch:
    rows = _frame(held, list(range(first_row, first_row + len(held))), form)
    origin = Origin(file, name, lambda rows: [json.dumps(held[row - first_row]) for row in rows])
    return to_batch(rows, form.table, origin, ledger)


def _frame(records: list[Flat], numbers: list[int], form: Json) -> pl.DataFrame:
    columns: Mapping[str, list[str | None]] = {
        field: [record.get(key) for record in records] for field, key in form.at
    }
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return frame.with_columns(pl.Series("row", numbers, pl.UInt32))


def records_in(blocks: Iterator[bytes], stream: Stream) -> Iterator[Any]:
    """The records of every array and every GeoJSON collection in a stream, one by one."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    held, at, inside = "", 0, False
    for block in _and_end(blocks):
        held, at = held[at:] + decoder.decode(block, final=not block), 0
        while True:
            while at < len(held) and held[at] in (_SPACE if inside else _BETWEEN):
                at += 1
            if not inside:
                if held[at : at + 1] == "[":
                    at, inside = at + 1, True
                    continue
                begin = _FEATURES.search(held, at)
                if not begin:
                    break
                at, inside = begin.end(), True
                continue
            if at == len(held):
                break
            if held[at] == "[":  # an array of arrays, as AISHub answers (aishub.net/api)
                at += 1
                continue
            if held[at] == "]":
                at, inside = at + 1, False
                continue
            try:
                record, at = _DECODER.raw_decode(held, at)
            except BAD_JSON:
                if block and len(held) - at < LONGEST_RECORD:
                    break  # its end may come with the next block
                stream.trouble = stream.trouble or "is cut off or damaged"
                return
            yield record
        if not inside and len(held) - at > LONGEST_RECORD:
            at = len(held) - LONGEST_RECORD  # what stands between collections is of no use


def _and_end(blocks: Iterator[bytes]) -> Iterator[bytes]:
    yield from blocks
    yield b""
