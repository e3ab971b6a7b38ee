"""Failures while a file is written, told with the file's name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from pipeline.errors import AlongsideError


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Write `path` inside: what its library raises becomes an error that names the file.

    Raises
    ------
    AlongsideError
        The disk is full, the share went away.
    """
    try:
        yield path
    # GDAL's errors are RuntimeErrors, Polars and SQLite have their own.
    except (OSError, RuntimeError, sqlite3.Error, pl.exceptions.PolarsError) as error:
        raise AlongsideError(f"{path.name} could not be written: {error}") from error
