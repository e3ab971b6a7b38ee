"""Reading the small tables that users bring: as text, every row with its line, errors collected."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import UsageError

PROBLEMS_SHOWN = 10  # enough to see a pattern; a shifted column fails in every row
DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Table:
    """A CSV file as text: column names in lower case, and rows with the line they begin on."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]

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
    """The text of a file, UTF-8 with or without a byte order mark, else Windows-1252.

    Raises
    ------
    UsageError
        The file is missing, unreadable, empty or no text.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    if raw.startswith(b"%PDF"):
        raise UsageError(f"{path}: a PDF; copy its table into a CSV file")
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
    head = text.lstrip().splitlines()[0]
    reader = csv.reader(
        text.splitlines(keepends=True), delimiter=delimiter or max(DELIMITERS, key=head.count)
    )
    begins = 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield begins, [cell.strip() for cell in record]
            begins = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"{path}: line {begins}: no CSV ({error})") from error


def read_table(path: Path) -> Table:
    """A CSV file with a header; commas, semicolons or tabs.

    Raises
    ------
    UsageError
        As `read_text`; or a column name appears twice; or a record is longer than the header.
    """
    records = lines_of(path)
    _, header = next(records)
    columns = [name.lower().replace(" ", "_") for name in header]
    twice = {name for name in columns if name and columns.count(name) > 1}
    if twice:
        raise UsageError(f"{path}: line 1: column {sorted(twice)[0]!r} appears twice")
    problems = Problems(path)
    rows = []
    for line, record in records:
        if any(record[len(columns) :]):
            problems.add(line, f"{len(record)} values under {len(columns)} column names")
        rows.append((line, dict(zip(columns, record, strict=False))))
    problems.stop()
    return Table(path, tuple(columns), tuple(rows))


def imo_number(text: str) -> int | None:
    """A seven-digit IMO number whose check digit holds, with or without ``IMO`` before it.

    The first six digits times 7, 6, 5, 4, 3, 2 add up to a number that ends in the seventh
    (IMO resolution A.1117(30)).
    """
    digits = text.upper().removeprefix("IMO").strip(" .:#")
    if not (digits.isascii() and digits.isdigit() and len(digits) == 7):
        return None
    total = sum(
        int(digit) * weight for digit, weight in zip(digits[:6], range(7, 1, -1), strict=True)
    )
    return int(digits) if total % 10 == int(digits[6]) else None


def mmsi_number(text: str) -> int | None:
    """A nine-digit MMSI of a ship (country codes 201-775)."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) == 9):
        return None
    return int(digits) if 201 <= int(digits[:3]) <= 775 else None
