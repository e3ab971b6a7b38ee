"""Where tables lie between the steps: in memory, or as Arrow files in a folder."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow as pa


@dataclass
class Memory:
    """Tables by name, in memory."""

    tables: dict[str, pl.DataFrame] = field(default_factory=dict)

    def put(self, name: str, table: pl.DataFrame) -> None:
        """Keep a table."""
        self.tables[name] = table

    def get(self, name: str) -> pl.DataFrame:
        """A table that was kept."""
        return self.tables[name]

    def drop(self, name: str) -> None:
        """Forget a table."""
        del self.tables[name]

    def bytes(self) -> int:
        """What lies on the disk: nothing."""
        return 0


@dataclass(frozen=True)
class Folder:
    """Tables by name, as uncompressed Arrow files: parts of them are read where they lie.

    A table appears whole or not at all, and putting it there again does no harm: a task that was
    ended half-way may be done anew, by another process, on another machine that sees the folder.
    """

    path: Path

    def put(self, name: str, table: pl.DataFrame) -> None:
        """Write a table."""
        partial = self.path / f".{name}.{uuid.uuid4().hex}"
        table.write_ipc(partial, compression="uncompressed")
        partial.replace(self._file(name))

    def get(self, name: str) -> pl.DataFrame:
        """A table, mapped into memory: what is looked at is read."""
        with pa.memory_map(str(self._file(name))) as file:
            table = pa.ipc.open_file(file).read_all()
        frame = pl.from_arrow(table, rechunk=False)
        assert isinstance(frame, pl.DataFrame)  # noqa: S101 - of a table, not of an array
        return frame

    def drop(self, name: str) -> None:
        """Remove a table's file."""
        self._file(name).unlink()

    def bytes(self) -> int:
        """What all tables take on the disk."""
        return sum(file.stat().st_size for file in self.path.iterdir())

    def _file(self, name: str) -> Path:
        return self.path / f"{name}.arrow"


Shelf = Memory | Folder


@contextmanager
def scratch(beside: Path) -> Iterator[Folder]:
    """A folder for what lies on the disk for the time of a run, in the folder `beside`."""
    path = beside / ".scratch"
    path.mkdir()
    try:
        yield Folder(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)
