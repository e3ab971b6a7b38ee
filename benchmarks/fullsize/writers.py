"""A full-size day in the layouts of real dumps."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.fullsize.fleet import Fleet
from benchmarks.fullsize.motion import Meetings
from benchmarks.fullsize.nmea import sentences
from benchmarks.fullsize.rows import rows_of_day

LAYOUTS = {"csv": "csv", "zstd": "csv.zst", "parquet": "parquet", "nmea": "nmea"}
"""What may be asked for, and how its files end."""
TIME = "%Y-%m-%dT%H:%M:%S"


def write_day(
    f: Fleet, m: Meetings, seed: int, day: int, rows: int, file: Path, layout: str
) -> None:
    """Write the reports of one day in the order of their times, some hours at once."""
    blocks = rows_of_day(f, m, seed, day, rows)
    if layout == "parquet":
        writer = None
        for block in blocks:
            table = block.to_arrow()
            writer = writer or pq.ParquetWriter(file, table.schema)
            writer.write_table(table)
        if writer is not None:
            writer.close()
        return
    stream = pa.output_stream(str(file), compression="zstd" if layout == "zstd" else None)
    with stream as out:
        for number, block in enumerate(blocks):
            if layout == "nmea":
                out.write(sentences(block))
            else:
                text = block.write_csv(include_header=number == 0, datetime_format=TIME)
                out.write(text.encode())
