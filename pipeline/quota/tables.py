"""Reads the small CSV tables that people type, and says which row is wrong and how."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pipeline.errors import UsageError

PROBLEMS_SHOWN = 5  # enough to see a pattern; a file in the wrong layout has one in every row


class Table:
    """A CSV as text, with what was found wrong with it so far.

    Attributes
    ----------
    path : Path
        The file.
    text : pl.DataFrame
        ``row`` (the header is row 1) and the file's columns as text: names in small letters, values
        stripped, blank ones null, blank rows left out.
    problems : list of (int, str)
        Row and what is wrong with it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[tuple[int, str]] = []
        try:
            if path.stat().st_size == 0:
                raise UsageError(f"{path}: the file is empty")
            text = pl.read_csv(path, infer_schema=False)
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
        except pl.exceptions.PolarsError as error:
            reason = str(error).splitlines()[0]
            raise UsageError(f"{path}: no table in CSV (UTF-8, commas): {reason}") from None
        names = [name.strip().lower() for name in text.columns]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise UsageError(f"{path}: two columns are called {', '.join(repeated)}")
        text.columns = names
        stripped = pl.col(pl.String).str.strip_chars()
        filled = pl.any_horizontal(pl.col(names).is_not_null())
        self.text = (
            text.with_columns(pl.when(stripped != "").then(stripped).name.keep())
            .with_row_index("row", offset=2)
            .filter(filled)
        )
        if self.text.is_empty():
            raise UsageError(f"{path}: no row follows the header")

    @property
    def columns(self) -> set[str]:
        """The file's columns."""
        return {*self.text.columns} - {"row"}

    def layout_error(self, *layouts: Sequence[str]) -> UsageError:
        """The error for a table with other columns than any of `layouts`."""
        expected = " or ".join(",".join(layout) for layout in layouts)
        found = ",".join(self.text.columns[1:])
        return UsageError(f"{self.path}: row 1: expected the columns {expected}; found {found}")

    def add_missing(self, names: Sequence[str]) -> None:
        """Empty columns for those of `names` that the file has not."""
        absent = [name for name in names if name not in self.columns]
        self.text = self.text.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)

    def numbers(self, names: Sequence[str]) -> None:
        """Turn columns into numbers; note what is none."""
        for name in names:
            number = pl.col(name).cast(pl.Float64, strict=False)
            self.note(
                pl.col(name).is_not_null() & ~number.is_finite().fill_null(value=False),
                pl.format(
                    "{} is '{}': no number (neither units nor thousands separators go here)",
                    pl.lit(name),
                    pl.col(name),
                ),
            )
        self.text = self.text.with_columns(pl.col(names).cast(pl.Float64, strict=False))

    def note(self, wrong: pl.Expr, message: pl.Expr) -> None:
        """Note `message` for each row where `wrong` holds."""
        self.problems.extend(self.text.filter(wrong).select("row", message).iter_rows())

    def raise_problems(self) -> None:
        """Raise what was noted, the first rows first.

        Raises
        ------
        UsageError
            Where anything was noted.
        """
        if not self.problems:
            return
        problems = sorted(self.problems)
        lines = [f"{self.path}: row {row}: {what}" for row, what in problems[:PROBLEMS_SHOWN]]
        if len(problems) > PROBLEMS_SHOWN:
            lines.append(f"{self.path}: {len(problems) - PROBLEMS_SHOWN} more like these")
        raise UsageError("\n".join(lines))


def figure(column: str) -> pl.Expr:
    """A number as messages show it: without a decimal point where it is whole."""
    return pl.col(column).cast(pl.String).str.strip_suffix(".0")
