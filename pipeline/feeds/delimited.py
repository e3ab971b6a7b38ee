"""Tables of text: commas, semicolons, tabs or bars between columns, one row a line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.config.feeds import FeedsConfig, Field
from pipeline.feeds import layouts, words
from pipeline.feeds.tables import Table, describe

SEPARATORS = (",", ";", "\t", "|")
NUMBER = re.compile(r"\d{1,4}(\.0*)?")
BOM = "\ufeff"
RAGGED_SHARE = 0.1  # of the first rows that must be short for short rows to be the file's way
HEADER_WITHIN = 10  # lines that are not blank: some tables begin with notes
EMPTY = "no AIS: nothing but blank lines"
WORDS: dict[Field, Callable[[str], int | bool | None]] = {
    # Fields of few distinct words, and what they stand for.
    "nav_status": words.nav_status,
    "class_b": words.class_b,
    "message_type": words.message_class_b,
}

# No limit of its own to a field: `streams` bounds the lines, and one limit counts one way.
csv.field_size_limit(1 << 30)


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
    worded : frozenset of field
        Fields that hold words and not numbers, of those that may hold either.
    ragged : bool
        Whether rows may end before their last columns: some programs leave out what is empty.
    """

    table: Table
    separator: str
    encoding: str
    header: str
    header_row: int
    width: int
    at: tuple[tuple[Field, int], ...]
    worded: frozenset[Field]
    ragged: bool


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
    lines = [line.rstrip("\r") for line in text.removeprefix(BOM).split("\n")]
    rows = [row for row, line in enumerate(lines) if line.strip()]
    reasons: list[tuple[int, str]] = []
    for row in rows[:HEADER_WITHIN]:
        for separator in SEPARATORS:
            words_in = fields_of(lines[row], separator)
            match = layouts.recognise(words_in, config)
            if isinstance(match, str):
                reasons.append((-len(words_in), match))
                continue
            own = match.layout.separator
            if own is not None and own != separator:
                continue
            sample = [fields_of(line, separator) for line in lines[row + 1 :] if line.strip()]
            return _describe(match, words_in, lines[row], row + 1, separator, encoding, sample)
    return min(reasons, key=lambda reason: reason[0])[1] if reasons else EMPTY


def _describe(
    match: layouts.Match,
    words_in: Sequence[str],
    header: str,
    header_row: int,
    separator: str,
    encoding: str,
    sample: Sequence[Sequence[str]],
) -> Delimited | str:
    if "wkb" in match.columns and "lat" not in match.columns:
        return "its positions are in WKB, which is read from Parquet only"
    at = tuple((name, words_in.index(word)) for name, word in match.columns.items())
    columns = {name: [row[i] for row in sample if i < len(row)] for name, i in at}
    table = describe(match, columns)
    if isinstance(table, str):
        return table
    worded = frozenset(
        name
        for name in WORDS
        if name in columns and not all(NUMBER.fullmatch(text) for text in columns[name] if text)
    )
    short = sum(1 for row in sample if len(row) < len(words_in))
    ragged = short > RAGGED_SHARE * len(sample)
    return Delimited(
        table, separator, encoding, header, header_row, len(words_in), at, worded, ragged
    )


def fields_of(line: str, separator: str) -> list[str]:
    """The columns of one line, as text."""
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=separator), [])
    except csv.Error:  # a carriage return in mid-line
        return [line]
