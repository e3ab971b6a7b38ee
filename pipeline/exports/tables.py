"""Parquet: what re-deciding, explaining, drawing and chaining need later without the dumps."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

# Fixed, so that the bytes depend on the rows alone: codec, level, size of the row groups.
# Level 3 is zstd's own default: half the size of snappy on AIS columns at about its speed.
_LEVEL = 3
_ROW_GROUP = 131_072


def write_parquet(table: pl.DataFrame, path: Path) -> None:
    """The table as Parquet, the same bytes for the same rows in the same order."""
    table.write_parquet(
        path,
        compression="zstd",
        compression_level=_LEVEL,
        statistics=True,
        row_group_size=_ROW_GROUP,
    )


def write_parquet_parts(parts: Iterable[pl.DataFrame], path: Path) -> None:
    """A table that comes in parts as Parquet: the same bytes however it is parted.

    Parameters
    ----------
    parts : iterable of pl.DataFrame
        At least one; all with the same columns. A few are held at a time.
    path : Path
        The file.
    """
    import pyarrow.parquet as pq

    held: pl.DataFrame | None = None
    writer: pq.ParquetWriter | None = None

    def write(rows: pl.DataFrame) -> None:
        nonlocal writer
        table = rows.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
        if writer is None:
            others = [name for name in table.schema.names if name != "time"]
            writer = pq.ParquetWriter(
                path,
                table.schema,
                compression="zstd",
                compression_level=_LEVEL,
                # Times one after the other are smaller and sooner written as their differences.
                use_dictionary=others,
                column_encoding={"time": "DELTA_BINARY_PACKED"},
            )
        writer.write_table(table, row_group_size=_ROW_GROUP)

    for part in parts:
        held = part if held is None else pl.concat([held, part])
        whole = held.height // _ROW_GROUP * _ROW_GROUP
        if whole:
            write(held[:whole])
            held = held[whole:]
    if held is not None and (writer is None or held.height):
        write(held)
    if writer is not None:
        writer.close()
