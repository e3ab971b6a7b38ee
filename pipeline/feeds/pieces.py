"""Text by a fast reader, and around faults by a careful one: a bad row costs only itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import polars as pl

NEWLINE = 10
SMALL = 64 << 10  # bytes that are read line by line rather than cut smaller: some milliseconds


class UnreadableError(Exception):
    """Raised by a fast reader where rows and lines do not fit together."""


def pieces(
    data: bytes, first_row: int, fast: Callable[[bytes, int], pl.DataFrame]
) -> Iterator[pl.DataFrame | tuple[bytes, int]]:
    """The rows of `data` where nothing is wrong; else, of smaller pieces, those and the bad lines.

    Parameters
    ----------
    data : bytes
        Whole lines.
    first_row : int
        The number of the first.
    fast : callable
        Reads lines, given the number of the first; raises where it cannot read them all.
    """
    try:
        yield fast(data, first_row)
        return
    except (pl.exceptions.PolarsError, UnreadableError):
        pass
    eighth = len(data) // 8
    if len(data) <= SMALL or data.find(b"\n", eighth, len(data) - 1) < 0:  # all of it one line
        yield data, first_row
        return
    begin, row = 0, first_row
    while begin < len(data):
        end = data.find(b"\n", min(begin + eighth, len(data) - 1)) + 1 or len(data)
        piece = data[begin:end]
        yield from pieces(piece, row, fast)
        row += piece.count(b"\n")
        begin = end


def lines_of(data: bytes, first_row: int, rows: Sequence[int]) -> list[str]:
    """The texts of the lines `rows` of `data`, whose first is `first_row`."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == NEWLINE)
    bounds = np.concatenate(([-1], ends, [len(data)]))
    at = np.asarray(rows, np.int64) - first_row
    places = zip((bounds[at] + 1).tolist(), bounds[at + 1].tolist(), strict=True)
    return [letters(data[begin:end]).strip("\r") for begin, end in places]


def letters(line: bytes) -> str:
    """A line as text, in Latin-1 where it is not UTF-8."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")
