"""From the rows of any table (CSV, Parquet, JSON) to positions and typed values.

Readers hand over a frame whose columns are named by field (`pipeline.config.feeds.Field`), as
numbers where all of them could be read as such, else as text; ``row`` holds the line. Here texts
become numbers, words become codes, and each row that gives nothing is counted under one rule:

``feeds.bad_mmsi``      no MMSI, or one that is no number of at most nine digits
``feeds.bad_time``      no time, or one that is not written as the file's others are
``feeds.bad_position``  a latitude or longitude that is no number, or only one of both
``feeds.no_position``   neither a position nor a value that ships type

A value that cannot be read in a row that is otherwise good becomes unknown and is counted as
``feeds.unreadable_<field>``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipeline import schema
from pipeline.config.feeds import Field
from pipeline.feeds import times, words
from pipeline.feeds.batch import TYPED, Batch, group_statics
from pipeline.feeds.layouts import Match
from pipeline.feeds.times import TimeFormat
from pipeline.feeds.typed import as_codes, as_numbers, settle, tidy
from pipeline.ledger import EXAMPLES_KEPT, Example, Ledger

NUMBERS: dict[Field, pl.DataType | type[pl.DataType]] = {
    "mmsi": pl.Int32,
    "milliseconds": pl.Int32,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "sog_kn": pl.Float32,
    "cog_deg": pl.Float32,
    "heading_deg": pl.Float32,
    "nav_status": pl.Int8,
    "ship_type": pl.Int16,
    "length_m": pl.Float32,
    "beam_m": pl.Float32,
    "a_m": pl.Float32,
    "b_m": pl.Float32,
    "c_m": pl.Float32,
    "d_m": pl.Float32,
    "draught_m": pl.Float32,
}
"""The fields that are numbers, and how each is held."""

TIME_OF_DAY = re.compile(  # without colons, of five digits at least: 0930 may be 09:30 or 00:09:30
    r"\s*(\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?(\s*[AaPp][Mm])?|\d{5,6}(\.0*)?)"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?\s*"
)
SCALED = 1000.0  # degrees: beyond the worst of faults
WITH_COMMA = re.compile(r"[+-]?\d+,\d+")


@dataclass(frozen=True)
class Table:
    """All that is needed to read the rows of one table.

    Attributes
    ----------
    match : Match
        Its layout, and which of its columns holds what.
    time : TimeFormat
        How it writes times.
    decimal_comma : bool
        Whether it writes ``57,8794``.
    dated : bool
        Whether its dates stand in a column of their own, beside times of day.
    """

    match: Match
    time: TimeFormat
    decimal_comma: bool = False
    dated: bool = False


@dataclass(frozen=True)
class Origin:
    """Where rows come from, for the ledger and for the columns ``file`` and ``row``.

    Attributes
    ----------
    file : int
        Index into the run's list of inputs.
    name : str
        The file's name in messages.
    texts : callable
        The texts of rows, by their numbers.
    """

    file: int
    name: str
    texts: Callable[[Sequence[int]], list[str]]

    def examples(self, rows: pl.Series, at: pl.Series) -> list[Example]:
        """The first rows where `at` holds."""
        first = rows.filter(at).head(EXAMPLES_KEPT).to_list()
        return [
            Example(self.name, row, text)
            for row, text in zip(first, self.texts(first), strict=True)
        ]


def describe(match: Match, columns: Mapping[Field, Sequence[str]]) -> Table | str:
    """How a table is read, told from its first rows, or why it cannot be.

    Parameters
    ----------
    match : Match
        Its layout.
    columns : Mapping of field to texts
        The first rows of each column.
    """
    layout = match.layout
    texts = [text for text in columns["time"] if text and text.strip()]
    if not texts:
        return "no rows with a time"
    dated = False
    if layout.time_format:
        form: TimeFormat | None = times.from_config(layout.time_format, layout.zone)
        dated = "date" in columns
    else:
        form = times.sniff(texts, layout.day_first, layout.zone)
        if form is None and "date" in columns and any(map(TIME_OF_DAY.fullmatch, texts)):
            first = min(len(columns["date"]), len(columns["time"]))
            both = times.joined(
                pl.Series(columns["date"][:first], dtype=pl.String),
                pl.Series(columns["time"][:first], dtype=pl.String),
            )
            form = times.sniff(both.drop_nulls().to_list(), layout.day_first, layout.zone)
            dated = form is not None
    if form is None and TIME_OF_DAY.fullmatch(texts[0].strip()):
        return (
            f"its column of times holds no dates ({texts[0]!r}): name that of dates under"
            " feeds.tables (columns: date)"
        )
    if form is None:
        return f"times such as {texts[0]!r} are not understood: give feeds.tables a time_format"
    comma = layout.decimal_comma
    if comma is None:
        places = [text.strip() for name in ("lat", "lon") for text in columns.get(name, ()) if text]
        comma = sum(1 for text in places if WITH_COMMA.fullmatch(text)) > len(places) / 2
    odd = _no_degrees(columns, comma)
    return odd or Table(match, form, comma, dated)


def _no_degrees(columns: Mapping[Field, Sequence[str]], comma: bool) -> str:
    """What is wrong where most latitudes are no degrees; empty where nothing is."""
    texts = [text.strip() for text in columns.get("lat", ()) if text and text.strip()]
    degrees = as_numbers(pl.Series(texts, dtype=pl.String), pl.Float64, comma)
    if not texts or degrees.null_count() <= len(texts) / 2:
        huge = (degrees.abs() > SCALED).sum() > len(texts) / 2
        return (
            f"latitudes such as {texts[0]!r} are no degrees (AIS itself counts in parts of a"
            " minute: divide by 600,000)"
            if texts and huge
            else ""
        )
    if all(text.lower() in words.UNKNOWN for text in texts):
        return ""
    return f"latitudes such as {texts[0]!r} are not understood: they must be decimal degrees"


def to_batch(rows: pl.DataFrame, table: Table, origin: Origin, ledger: Ledger) -> Batch:
    """Positions and typed values of `rows`; what gives neither goes to the ledger.

    Parameters
    ----------
    rows, table, origin, ledger
        As for `told`.
    """
    positions, reports = told(rows, table, origin, ledger)
    tidied = tidy(
        group_statics(reports),
        draught_m=table.match.layout.draught_m,
        decimal_comma=table.decimal_comma,
    )
    return Batch(positions, settle(tidied, ledger))


def told(
    rows: pl.DataFrame, table: Table, origin: Origin, ledger: Ledger
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What `rows` tell, typed values as they came; what gives nothing goes to the ledger.

    Parameters
    ----------
    rows : pl.DataFrame
        Columns named by field, and ``row`` (UInt32). Blank rows and headers are left out already.
        A column ``set`` may stand for all typed values (0: none, see `batch.group`).
    table : Table
        How to read them.
    origin : Origin
        Which file they are of.
    ledger : Ledger
        Counts the rows read and rejected and the values that could not be read.

    Returns
    -------
    positions : pl.DataFrame
        Rows of ``schema.POSITIONS``.
    reports : pl.DataFrame
        ``row``, ``mmsi``, ``time``, ``lat``, ``lon`` and the columns of typed values of the rows
        that are usable.
    """
    ledger.read(rows.height)
    reader = _Reader(rows, table, origin, ledger)
    frame = rows.select("row").with_columns(
        reader.number("mmsi").alias("mmsi"),
        reader.time().alias("time"),
        reader.number("lat").alias("lat"),
        reader.number("lon").alias("lon"),
    )
    usable = reader.judge(frame)
    sog = reader.number("sog_kn", usable)
    layout = table.match.layout
    positions = frame.with_columns(
        (sog if layout.speed_kn == 1.0 else sog * layout.speed_kn).alias("sog_kn"),
        reader.number("cog_deg", usable).alias("cog_deg"),
        reader.number("heading_deg", usable).alias("heading_deg"),
        reader.coded("nav_status", words.nav_status).alias("nav_status"),
        pl.coalesce(
            reader.coded("class_b", words.class_b),
            reader.coded("message_type", words.message_class_b),
        ).alias("class_b"),
        pl.lit(origin.file).alias("file"),
    )
    placed = usable & frame["lat"].is_not_null()
    typed = [name for name in ("set", *TYPED) if name in rows.columns]
    reports = _where(frame.hstack(rows.select(typed)), usable)
    return schema.conform(_where(positions, placed), schema.POSITIONS), reports


def _where(frame: pl.DataFrame, at: pl.Series) -> pl.DataFrame:
    return frame if at.all() else frame.filter(at)


@dataclass(frozen=True)
class _Reader:
    rows: pl.DataFrame
    table: Table
    origin: Origin
    ledger: Ledger

    def number(self, name: Field, usable: pl.Series | None = None) -> pl.Series:
        """A column as numbers; unreadable ones are null, and counted where rows are usable."""
        if name not in self.rows.columns:
            return self._absent(NUMBERS[name])
        column = self.rows[name]
        numbers = as_numbers(column, NUMBERS[name], self.table.decimal_comma)
        self._count_unreadable(name, column, numbers, usable)
        return numbers

    def coded(self, name: Field, code: Callable[[str], int | bool | None]) -> pl.Series:
        """A column of words as codes."""
        dtype = schema.POSITIONS["nav_status" if name == "nav_status" else "class_b"]
        if name not in self.rows.columns:
            return self._absent(dtype)
        column = self.rows[name]
        if column.dtype == dtype or (name == "nav_status" and column.dtype.is_numeric()):
            return column.cast(dtype, strict=False)
        return as_codes(column.cast(pl.String), code, dtype)

    def _absent(self, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
        return pl.repeat(None, self.rows.height, dtype=dtype, eager=True)

    def time(self) -> pl.Series:
        said = self.rows["time"]
        if self.table.dated:
            said = times.joined(self.rows["date"], said)
        column = times.parse(said, self.table.time)
        if "milliseconds" in self.rows.columns:
            extra = self.number("milliseconds").fill_null(0)
            column = (column.to_physical() + extra).cast(schema.TIME)
        return column

    def judge(self, frame: pl.DataFrame) -> pl.Series:
        """Reject the rows that give nothing; where rows are usable."""
        usable = pl.repeat(True, frame.height, dtype=pl.Boolean, eager=True)
        if not any(frame[name].null_count() for name in ("mmsi", "time", "lat", "lon")):
            return usable
        has_lat, has_lon = frame["lat"].is_not_null(), frame["lon"].is_not_null()
        said = self._said("lat") | self._said("lon")
        bad_position = ~(has_lat & has_lon) & said
        nothing = ~has_lat & ~has_lon & ~said & ~self._typed_at_all()
        for rule, wrong in (
            ("feeds.bad_mmsi", frame["mmsi"].is_null()),
            ("feeds.bad_time", frame["time"].is_null()),
            ("feeds.bad_position", bad_position),
            ("feeds.no_position", nothing),
        ):
            at = wrong & usable
            if at.any():
                rejected = self.rows["row"].filter(at).to_list()
                self.ledger.reject(rule, self.origin.name, rejected, self.origin.texts)
                usable &= ~at
        return usable

    def _said(self, name: str) -> pl.Series:
        """Where the row says something in a column, readable or not."""
        if name not in self.rows.columns:
            return pl.repeat(False, self.rows.height, dtype=pl.Boolean, eager=True)
        column = self.rows[name]
        if column.dtype != pl.String:
            return column.is_not_null()
        said = column.str.strip_chars().str.to_lowercase().is_in(list(words.UNKNOWN))
        return (~said).fill_null(False)

    def _typed_at_all(self) -> pl.Series:
        if "set" in self.rows.columns:
            return self.rows["set"] != 0
        said = pl.repeat(False, self.rows.height, dtype=pl.Boolean, eager=True)
        for name in TYPED:
            said |= self._said(name)
        return said

    def _count_unreadable(
        self, name: Field, column: pl.Series, numbers: pl.Series, usable: pl.Series | None
    ) -> None:
        if usable is None or column.dtype != pl.String:
            return
        wrong = numbers.is_null() & self._said(name) & usable
        count = int(wrong.sum())
        if count:
            examples = self.origin.examples(self.rows["row"], wrong)
            self.ledger.blank(f"feeds.unreadable_{name}", count, examples)
