"""Tables in Parquet, GeoParquet among them, whose points are in WKB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.config.feeds import FeedsConfig, Field
from pipeline.feeds import layouts, times
from pipeline.feeds.batch import Batch
from pipeline.feeds.tables import NUMBERS, Origin, Table, to_batch
from pipeline.ledger import Ledger

SAMPLE = 1000  # rows looked at
ROWS = 300_000  # in a batch: about as much memory as a chunk of text
WKB_POINT = 21  # bytes: byte order, type, x, y
EWKB_POINT = 25  # the same with the number of its reference system between


@dataclass(frozen=True)
class Columnar:
    """How a file of columns is read: what they mean, and which holds which field."""

    table: Table
    at: tuple[tuple[Field, str], ...]


def recognise(path: Path, config: FeedsConfig) -> Columnar | str:
    """How a Parquet file is read, or why it is no AIS."""
    try:
        lazy = pl.scan_parquet(path)
        header = list(lazy.collect_schema())
        match = layouts.recognise(header, config)
        if isinstance(match, str):
            return match
        at = tuple(match.columns.items())
        sample = lazy.select(column for _, column in at).head(SAMPLE).collect()
    except pl.exceptions.PolarsError as error:
        return f"damaged: {str(error).splitlines()[0]}"
    if sample.is_empty():
        return "no rows"
    times_of = sample[match.columns["time"]]
    layout = match.layout
    form: times.TimeFormat | None
    if layout.time_format:
        form = times.from_config(layout.time_format, layout.zone)
    elif isinstance(times_of.dtype, pl.Datetime):
        form = times.TimeFormat(zone=layout.zone)
    else:
        texts = times_of.drop_nulls().cast(pl.String).to_list()
        form = times.sniff(texts, layout.day_first, layout.zone)
    if form is None:
        return f"times such as {times_of[0]!r} are not understood: give feeds.tables a time_format"
    return Columnar(Table(match, form), at)


def read(path: Path, form: Columnar, file: int, name: str, ledger: Ledger) -> Iterator[Batch]:
    """The rows of a file, in batches; ``row`` counts from 1."""
    columns = [pl.col(column).alias(field) for field, column in form.at]
    lazy = pl.scan_parquet(path).select(columns)
    first_row = 1
    for rows in lazy.collect_batches(chunk_size=ROWS, maintain_order=True):
        frame = _positioned(rows).with_columns(
            pl.int_range(first_row, first_row + rows.height, dtype=pl.UInt32).alias("row")
        )
        yield to_batch(frame, form.table, _origin(rows, first_row, file, name), ledger)
        first_row += rows.height


def _origin(rows: pl.DataFrame, first_row: int, file: int, name: str) -> Origin:
    def text(row: int) -> str:
        values = rows.row(row - first_row)
        return ",".join("" if value is None else str(value) for value in values)

    return Origin(file, name, text)


def _positioned(rows: pl.DataFrame) -> pl.DataFrame:
    """Numbers as the fields want them, and points of WKB as latitude and longitude."""
    if "wkb" in rows.columns and rows["wkb"].dtype == pl.Binary and "lat" not in rows.columns:
        point = pl.col("wkb")
        begin = pl.when(point.bin.size() == EWKB_POINT).then(9).otherwise(5)
        little = point.bin.slice(0, 1) == b"\x01"
        whole = point.bin.size().is_in([WKB_POINT, EWKB_POINT])

        def ordinate(offset: int) -> pl.Expr:
            number = point.bin.slice(begin + offset, 8)
            return pl.when(whole).then(
                pl.when(little)
                .then(number.bin.reinterpret(dtype=pl.Float64, endianness="little"))
                .otherwise(number.bin.reinterpret(dtype=pl.Float64, endianness="big"))
            )

        rows = rows.with_columns(lon=ordinate(0), lat=ordinate(8))
    rows = rows.drop("wkb", strict=False)
    return rows.with_columns(
        pl.col(name).cast(pl.String)
        for name in rows.columns
        if name not in NUMBERS and name not in {"time", "class_b"}
    )
