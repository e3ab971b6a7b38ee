"""What ships type, from a provider's words to the units and codes of STATICS."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipeline import schema
from pipeline.config.feeds import Field
from pipeline.feeds import words
from pipeline.feeds.batch import TYPED
from pipeline.ledger import Ledger

TEXTS: tuple[Field, ...] = ("callsign", "name", "destination")
IMO = r"^\s*(?i:IMO)?[\s:]*(\d{1,10})(?:\.0*)?\s*$"
OFFSETS: tuple[Field, ...] = ("a_m", "b_m", "c_m", "d_m")
ZERO_IS_UNKNOWN: tuple[Field, ...] = ("imo", "ship_type", "length_m", "beam_m", "draught_m")
NO_TEXT = ("", "Unknown", "Undefined", "NULL", "Null", "null", "None", "NaN", "nan", "N/A")


def as_numbers(
    column: pl.Series, dtype: pl.DataType | type[pl.DataType], decimal_comma: bool
) -> pl.Series:
    """A column as numbers of `dtype`: texts are read, what is no finite number becomes null."""
    if column.dtype == pl.String:
        texts = column.str.strip_chars()
        if decimal_comma:
            texts = texts.str.replace(",", ".", literal=True)
        column = texts.cast(pl.Float64, strict=False)
    if column.dtype.is_float():
        if not column.is_finite().all():
            column = pl.select(pl.when(column.is_finite()).then(column)).to_series()
        if dtype in {pl.Int32, pl.Int16, pl.Int8}:
            whole = column == column.round()
            column = pl.select(pl.when(whole).then(column)).to_series()
    return column.cast(dtype, strict=False)


def as_codes(
    column: pl.Series,
    code: Callable[[str], int | bool | None],
    dtype: pl.DataType | type[pl.DataType],
) -> pl.Series:
    """A column of words as the codes they stand for; each distinct word is looked up once."""
    spoken = column.unique().drop_nulls().to_list()
    return column.replace_strict(
        spoken, [code(word) for word in spoken], default=None, return_dtype=dtype
    )


def tidy(
    statics: pl.DataFrame, *, draught_m: float = 1.0, decimal_comma: bool = False
) -> pl.DataFrame:
    """Typed values in the units and codes of STATICS; 0 is AIS's own word for unknown there.

    Parameters
    ----------
    statics : pl.DataFrame
        Columns `TYPED` as they came, and any others. Best after grouping: then each distinct set
        is looked at once and not once a row.
    draught_m : float
        Metres in one unit of the draught.
    decimal_comma : bool
        Whether numbers are written ``7,5``.

    Returns
    -------
    pl.DataFrame
        The same rows; ``unreadable`` lists the fields whose words could not be read.
    """
    columns: dict[str, pl.Series] = {}
    unreadable: list[pl.Expr] = []
    for name in TYPED:
        raw = statics[name]
        if name in TEXTS:
            columns[name] = _as_text(raw)
            continue
        if name == "imo" and raw.dtype == pl.String:
            value = raw.str.extract(IMO, 1).cast(pl.Int32, strict=False)
        elif name == "ship_type" and raw.dtype == pl.String:
            value = as_codes(raw, words.ship_type, pl.Int16)
        else:
            value = as_numbers(raw, schema.STATICS[name], decimal_comma)
        if raw.dtype == pl.String:
            known = raw.str.strip_chars().str.to_lowercase().is_in(list(words.UNKNOWN))
            wrong = value.is_null() & (~known).fill_null(value=False)
            unreadable.append(pl.when(wrong).then(pl.lit(name)))
        columns[name] = value
    draught = columns["draught_m"] * draught_m
    frame = statics.with_columns(**columns).with_columns(draught.alias("draught_m"))
    frame = frame.with_columns(
        pl.when(pl.col(name) != 0).then(pl.col(name)).alias(name) for name in ZERO_IS_UNKNOWN
    ).with_columns(
        # The Danish layout leaves zeros blank; all four zero says that none is known.
        pl.when(pl.max_horizontal(OFFSETS) > 0).then(pl.col(name).fill_null(0.0)).alias(name)
        for name in OFFSETS
    )
    frame = frame.with_columns(
        pl.coalesce(name, pl.when(pl.sum_horizontal(ends) > 0).then(pl.sum_horizontal(ends)))
        .cast(pl.Float32)
        .alias(name)
        for name, ends in (("length_m", ("a_m", "b_m")), ("beam_m", ("c_m", "d_m")))
    )
    said = pl.concat_list(unreadable).list.drop_nulls() if unreadable else pl.lit([])
    return frame.with_columns(said.cast(pl.List(pl.String)).alias("unreadable"))


def settle(tidied: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """The rows of STATICS of what `tidy` gave; what could not be read is counted by report."""
    bad = tidied.filter(pl.col("unreadable").list.len() > 0).select("unreadable", "reports")
    if not bad.is_empty():
        counts = bad.explode("unreadable").group_by("unreadable").agg(pl.col("reports").sum())
        for name, count in sorted(counts.iter_rows()):
            ledger.blank(f"feeds.unreadable_{name}", count)
    said = pl.any_horizontal(pl.col(name).is_not_null() for name in TYPED)
    return schema.conform(tidied.filter(said), schema.STATICS)


def _as_text(raw: pl.Series) -> pl.Series:
    """A name without the padding of AIS (``@`` and blanks); null where it says nothing."""
    text = raw.cast(pl.String).str.strip_chars("@ \t\r\x00")
    return pl.select(pl.when(~text.is_in(list(NO_TEXT))).then(text)).to_series()
