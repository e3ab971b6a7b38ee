"""Rows of text whose quoted fields hold line ends: their lines are put together again."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple

MOST_LINES = 10  # of one row: an address or a remark; what is open for longer is a stray quote
_OPEN = "unexpected end of data"


class Line(NamedTuple):
    """A line of a table.

    Attributes
    ----------
    row : int
        Its number.
    text : str
        Without its end.
    gap : str or None
        What stands between the line before and this one, nothing but line ends; None where another
        row does.
    """

    row: int
    text: str
    gap: str | None


def join(
    lines: Sequence[Line], separator: str, width: int, *, ragged: bool, goes_on: bool
) -> tuple[list[tuple[int, str]], list[Line]]:
    """Rows out of lines.

    A line that ends within quotes is put together with those behind it as far as the closing quote,
    if a row of the right width comes of it; else it stays alone, and its quote is a stray one. A
    line that is wide enough to be a row is no rest of another.

    Parameters
    ----------
    lines : sequence of Line
        In their order.
    separator : str
        What stands between columns.
    width : int
        How many columns a row has.
    ragged : bool
        Whether it may have fewer.
    goes_on : bool
        Whether lines that follow the last one are still to come.

    Returns
    -------
    tuple
        The number of each row's first line, and its text; the lines at the end that may belong to a
        row whose rest is to come.
    """
    rows: list[tuple[int, str]] = []
    at = 0
    while at < len(lines):
        text, taken = lines[at].text, 1
        columns = _columns(text, separator)
        while columns is None and taken < MOST_LINES:
            if at + taken == len(lines):
                if goes_on:
                    return rows, list(lines[at:])
                break
            following = lines[at + taken]
            if following.gap is None or following.text.count(separator) >= width - 1:
                break
            text += following.gap + following.text
            taken += 1
            columns = _columns(text, separator)
        if columns != width and not (ragged and columns and columns < width):
            text, taken = lines[at].text, 1
        rows.append((lines[at].row, text))
        at += taken
    return rows, []


def _columns(text: str, separator: str) -> int | None:
    """How many columns a row has; 0 where quotes do not tell, None where it ends within them."""
    if '"' not in text:
        return 0
    try:
        return len(
            next(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
        )
    except csv.Error as error:
        return None if str(error) == _OPEN else 0
