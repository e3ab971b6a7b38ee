"""Reading the small tables that users bring: as text, every row with its line, errors collected."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.config._files import read_whole
from pipeline.errors import UsageError

PROBLEMS_SHOWN = 10  # enough to see a pattern; a shifted column fails in every row
COLUMNS_SHOWN, CHARACTERS_SHOWN = 20, 400  # of the columns of a file that is another one
DELIMITERS = ",;\t"
TEXT_MAX = 1 << 30
"""Bytes of a list: the longest that is published, of all sanctions of all countries, has half."""
CELL_MAX = 100_000
"""No name, number or remark is longer: a quotation mark was opened and never closed."""
SEPARATOR_LINE = re.compile(r"sep=([,;\t])", re.IGNORECASE)  # a spreadsheet's first line
AS_TEXT = re.compile(r'="(.*)"')


@dataclass(frozen=True)
class Table:
    """A CSV file as text: column names in lower case, and rows with the line they begin on."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    delimiter: str = ","

    def column(self, *names: str) -> str | None:
        """The first of `names` that is a column."""
        return next((name for name in names if name in self.columns), None)


@dataclass
class Problems:
    """What is wrong with a file, said at once instead of one thing a run."""

    path: Path
    lines: list[str] = field(default_factory=list)

    def add(self, line: int, what: str) -> None:
        """Note that something is wrong in a line."""
        self.lines.append(f"line {line}: {what}")

    def stop(self) -> None:
        """Raise if anything is wrong.

        Raises
        ------
        UsageError
            Names the file and the first ten lines with what is wrong in each.
        """
        if self.lines:
            shown = "\n  ".join(self.lines[:PROBLEMS_SHOWN])
            more = len(self.lines) - PROBLEMS_SHOWN
            tail = f"\n  and {more} more" if more > 0 else ""
            raise UsageError(f"{self.path}:\n  {shown}{tail}")


def read_text(path: Path) -> str:
    """The text of a file: UTF-8, UTF-16 if it says so in its first bytes, else Windows-1252.

    Raises
    ------
    UsageError
        The file is missing, unreadable, empty or no text.
    """
    raw = read_whole(path, TEXT_MAX)
    if raw.startswith(b"%PDF"):
        raise UsageError(f"{path}: a PDF; copy its table into a CSV file")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = raw.decode("utf-16", errors="replace")
        raw = text.encode("utf-8", errors="replace")
    if b"\0" in raw:
        raise UsageError(f"{path}: no text file (a spreadsheet? save it as CSV, UTF-8)")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    if not text.strip():
        raise UsageError(f"{path}: the file is empty")
    return text


def lines_of(path: Path, delimiter: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """Every record of a CSV file with the line it begins on, blank ones left out."""
    text = read_text(path)
    yield from _records(path, text, delimiter or _delimiter(text))


def _delimiter(text: str) -> str:
    """What stands between the cells: as a spreadsheet's ``sep=;`` says, else what is most."""
    head = text.lstrip().splitlines()[0]
    said = SEPARATOR_LINE.fullmatch(head.strip())
    return said[1] if said else max(DELIMITERS, key=head.count)


def _records(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    begins = 1
    try:
        for record in reader:
            if max(map(len, record), default=0) > CELL_MAX:
                raise csv.Error(f"a field of more than {CELL_MAX} characters; a quote left open?")
            cells = [_cell(cell) for cell in record]
            said = SEPARATOR_LINE.fullmatch(delimiter.join(cells))
            if any(cells) and not (said and begins == 1):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"{path}: line {begins}: no CSV ({error})") from error


def _cell(text: str) -> str:
    """A cell without the blanks about it, and without the ``="..."`` that keeps digits as text."""
    text = text.strip()
    kept = AS_TEXT.fullmatch(text)
    return kept[1].strip() if kept else text


def read_table(path: Path) -> Table:
    """A CSV file with a header; commas, semicolons or tabs.

    Raises
    ------
    UsageError
        As `read_text`; or a column name appears twice; or a record is longer than the header.
    """
    text = read_text(path)
    delimiter = _delimiter(text)
    records = _records(path, text, delimiter)
    first, header = next(records, (1, [""]))
    columns = [name.lower().replace(" ", "_") for name in header]
    twice = {name for name in columns if name and columns.count(name) > 1}
    if twice:
        raise UsageError(f"{path}: line {first}: column {sorted(twice)[0]!r} appears twice")
    problems = Problems(path)
    rows = []
    for line, record in records:
        if any(record[len(columns) :]):
            problems.add(line, f"{len(record)} values under {len(columns)} column names")
        rows.append((line, dict(zip(columns, record, strict=False))))
    problems.stop()
    return Table(path, tuple(columns), tuple(rows), delimiter)


def found_columns(table: Table) -> str:
    """The columns of a table for a message; many of them are cut short."""
    shown = ", ".join(table.columns[:COLUMNS_SHOWN])
    more = len(table.columns) - COLUMNS_SHOWN
    return f"{shown[:CHARACTERS_SHOWN]}{f' and {more} more' if more > 0 else ''}"


def number_of(text: str, delimiter: str) -> float:
    """A number as people and spreadsheets write it.

    Plain (``12345.6``), with a decimal comma (``12345,6``), with thousands apart (``12 345``,
    ``1,234,567``, ``12.345,6``). What can be read in two ways is refused: ``1,234``, and in a file
    with semicolons, where commas are decimal, ``1.234``.

    Raises
    ------
    ValueError
        Says why.
    """
    compact = re.sub(r"[\s']", "", text)
    if re.fullmatch(r"[+-]?\d{1,3},\d{3}", compact) or (
        delimiter != "," and re.fullmatch(r"[+-]?\d{1,3}\.\d{3}", compact)
    ):
        raise ValueError("may be thousands or decimals (write 1234 or 1.2340)")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+\.\d+|[+-]?\d{1,3}(,\d{3}){2,}", compact):
        compact = compact.replace(",", "")
    elif re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+,\d+|[+-]?\d{1,3}(\.\d{3}){2,}", compact):
        compact = compact.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[+-]?\d+,\d+", compact):
        compact = compact.replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", compact, re.ASCII):
        raise ValueError("is no number (write 12345.6, without units)")
    return float(compact)


def imo_number(text: str) -> int | None:
    """A seven-digit IMO number whose check digit holds, with or without ``IMO`` before it.

    The first six digits times 7, 6, 5, 4, 3, 2 add up to a number that ends in the seventh
    (IMO resolution A.1117(30)).
    """
    digits = text.upper().removeprefix("IMO").strip(" .:#").removesuffix(".0")
    if not (digits.isascii() and digits.isdigit() and len(digits) == 7):
        return None
    total = sum(
        int(digit) * weight for digit, weight in zip(digits[:6], range(7, 1, -1), strict=True)
    )
    return int(digits) if total % 10 == int(digits[6]) else None


def mmsi_number(text: str) -> int | None:
    """A nine-digit MMSI of a ship (country codes 201-775)."""
    digits = text.strip().removesuffix(".0")  # as spreadsheets write it
    if not (digits.isascii() and digits.isdigit() and len(digits) == 9):
        return None
    return int(digits) if 201 <= int(digits[:3]) <= 775 else None
