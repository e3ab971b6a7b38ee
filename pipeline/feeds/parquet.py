"""Tables in Parquet, GeoParquet among them, whose points are in WKB."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import schema
from pipeline.config.feeds import FeedsConfig, Field
from pipeline.feeds import layouts
from pipeline.feeds.archives import Stream, put_aside
from pipeline.feeds.batch import Batch
from pipeline.feeds.tables import NUMBERS, Origin, Table, describe, to_batch
from pipeline.feeds.times import TimeFormat
from pipeline.ledger import Ledger

MAGIC = b"PAR1"
SAMPLE = 1000  # rows looked at
ROWS = 300_000  # in a batch: about as much memory as a chunk of text
WKB_POINT = 21  # bytes: byte order, type, x, y
EWKB_POINT = 25  # the same with the number of its reference system between


@dataclass(frozen=True)
class Columnar:
    """How a file of columns is read: what they mean, and which holds which field."""

    table: Table
    at: tuple[tuple[Field, str], ...]


@contextmanager
def on_disk(path: Path, first: bytes, stream: Stream) -> Iterator[Path]:
    """The file itself; where it is packed, its unpacked bytes in a file that goes when done.

    Parameters
    ----------
    path : Path
        The file or archive.
    first : bytes
        What was read of the stream already.
    stream : Stream
        The rest.
    """
    with path.open("rb") as file:
        plain = file.read(len(MAGIC)) == MAGIC
    if plain and str(path).isprintable():
        yield path
        return
    if plain:  # Arrow takes no name whose bytes are no text
        with tempfile.TemporaryDirectory() as folder:
            named = Path(folder, "named.parquet")
            named.symlink_to(path.resolve())
            yield named
        return
    with tempfile.NamedTemporaryFile(prefix="alongside-", suffix=".parquet") as copy:
        copy.write(first)
        put_aside(stream.blocks, copy.file)
        copy.flush()
        yield Path(copy.name)


def recognise(path: Path, config: FeedsConfig) -> Columnar | str:
    """How a Parquet file is read, or why it is no AIS."""
    own = _own_table(path)
    if own:
        return f"the {own} of alongside itself, no feed"
    try:
        lazy = pl.scan_parquet(path, glob=False)
        header = list(lazy.collect_schema())
        match = layouts.recognise(header, config)
        if isinstance(match, str):
            return match
        dtypes = lazy.collect_schema()
        at = tuple(
            (field, column)
            for field, column in match.columns.items()
            if _single(dtypes[column]) or (field == "wkb" and dtypes[column] == pl.Binary)
        )
        for needed in ("mmsi", "time"):
            if needed not in dict(at):
                kind = dtypes[match.columns[needed]]
                return f"its column {match.columns[needed]!r} holds {kind}, no {needed}"
        sample = lazy.select(column for _, column in at).head(SAMPLE).collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        return f"damaged: {str(error).splitlines()[0]}"
    if sample.is_empty():
        return "no rows"
    texts = {
        field: sample[column].cast(pl.String, strict=False).drop_nulls().to_list()
        for field, column in at
        if sample[column].dtype != pl.Binary
    }
    times_of = sample[match.columns["time"]]
    if isinstance(times_of.dtype, pl.Datetime):
        return Columnar(Table(match, TimeFormat(zone=match.layout.zone)), at)
    table = describe(match, texts)
    return table if isinstance(table, str) else Columnar(table, at)


def _own_table(path: Path) -> str:
    """What a table of ours is; empty for all others."""
    try:
        metadata = pq.read_schema(path).metadata or {}
    except (OSError, ValueError, pa.ArrowException):
        return ""  # damaged, which is told where it is read
    return str(metadata.get(schema.OWN_TABLE.encode(), b""), "utf-8", "replace")


def _single(dtype: pl.DataType) -> bool:
    """Whether a column holds one readable value a row: no list, record or bytes."""
    return not dtype.is_nested() and dtype not in {pl.Binary, pl.Object}


def read(path: Path, form: Columnar, file: int, name: str, ledger: Ledger) -> Iterator[Batch]:
    """The rows of a file, in batches; ``row`` counts from 1."""
    columns = [pl.col(column).alias(field) for field, column in form.at]
    lazy = pl.scan_parquet(path, glob=False).select(columns)
    first_row = 1
    for rows in _whole(lazy.collect_batches(chunk_size=ROWS, maintain_order=True)):
        frame = _positioned(rows).with_columns(
            pl.int_range(first_row, first_row + rows.height, dtype=pl.UInt32).alias("row")
        )
        yield to_batch(frame, form.table, _origin(rows, first_row, file, name), ledger)
        first_row += rows.height


def _whole(batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same; what Polars does not expect of a damaged page is an error like any other."""
    try:
        yield from batches
    except pl.exceptions.PanicException as error:  # no Exception: nothing else would catch it
        raise ValueError(f"damaged: {error}") from error


def _origin(rows: pl.DataFrame, first_row: int, file: int, name: str) -> Origin:
    def texts(numbers: Sequence[int]) -> list[str]:
        at = pl.Series(numbers, dtype=pl.Int64) - first_row
        return [
            ",".join("" if value is None else str(value) for value in values)
            for values in rows[at].iter_rows()
        ]

    return Origin(file, name, texts)


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
