"""Rules for typed values: names, numbers, dimensions, draughts; what is no value becomes null."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.cleaning.aids import MOST
from pipeline.cleaning.mmsi import is_aid
from pipeline.config import CleaningConfig
from pipeline.ledger import EXAMPLES_KEPT, Example, Ledger
from pipeline.wording import template

DRAUGHT_MAX_M = 25.5  # the greatest that AIS can say; it means "or more"
SHIP_TYPE_MAX = 99
_TENS = (10**6, 10**5, 10**4, 10**3, 10**2, 10)  # places of the first six digits of an IMO number
_SUM_TOLERANCE_M = 1.0  # A + B against a length given beside: feeds round each
_OFFSETS = ("a_m", "b_m", "c_m", "d_m")
# What feeds and crews write for a text that they do not have.
_NO_TEXT = ("NOT NAMED", "NO NAME", "UNNAMED", "UNKNOWN", "UNDEFINED", "NONE", "NULL", "N/A", "NAN")
_TEXTS = ("callsign", "name", "destination")


def imo_holds(imo: str = "imo") -> pl.Expr:
    """Whether an IMO number's check digit holds: the sum of its first six digits times 7..2.

    Null for null.
    """
    number = pl.col(imo)
    digits = [
        number // tens % 10 * weight for tens, weight in zip(_TENS, range(7, 1, -1), strict=True)
    ]
    total = pl.sum_horizontal(digits, ignore_nulls=False)
    return number.is_between(1_000_000, 9_999_999) & (total % 10 == number % 10)


def _text(column: str) -> pl.Expr:
    """Without the padding of six-bit text; null where nothing is left."""
    kept = pl.col(column).str.strip_chars(" @\t\r\n")
    return pl.when(kept.str.len_chars() > 0).then(kept).otherwise(None).alias(column)


def dimensions(statics: pl.LazyFrame) -> pl.LazyFrame:
    """Length, beam and A-D made to agree.

    Where any of A-D is given, the others of the four count as zero (feeds leave zeros out).
    A = C = 0 beside B and D means that the reference point is unknown and B, D are length and
    beam (ITU-R M.1371); all four are null then. One axis whose two offsets are both zero says
    nothing of that axis. Length and beam follow from the offsets where the feed has none.
    """
    a, b, c, d = (pl.col(name) for name in _OFFSETS)
    given = pl.any_horizontal(column > 0 for column in (a, b, c, d))
    statics = statics.with_columns(
        pl.when(given).then(column.fill_null(0.0)).otherwise(None) for column in (a, b, c, d)
    )
    known = ~((a == 0) & (c == 0)) & (a + b > 0) & (c + d > 0)
    statics = statics.with_columns(
        pl.when(pl.col("length_m") > 0)
        .then(pl.col("length_m"))
        .when(a + b > 0)
        .then(a + b)
        .alias("length_m"),
        pl.when(pl.col("beam_m") > 0)
        .then(pl.col("beam_m"))
        .when(c + d > 0)
        .then(c + d)
        .alias("beam_m"),
        known.alias("_known"),
    )
    agrees = (
        pl.col("_known")
        & ((a + b - pl.col("length_m")).abs() <= _SUM_TOLERANCE_M)
        & ((c + d - pl.col("beam_m")).abs() <= _SUM_TOLERANCE_M)
    )
    return statics.with_columns(
        pl.when(agrees).then(pl.col(name)).otherwise(None) for name in _OFFSETS
    ).drop("_known")


def blank_rules(config: CleaningConfig) -> Mapping[str, tuple[tuple[str, ...], pl.Expr]]:
    """The rules that make typed values unknown: rule name to columns and condition."""
    length, beam, draught = pl.col("length_m"), pl.col("beam_m"), pl.col("draught_m")
    hull = ("length_m", "beam_m", *_OFFSETS)
    return {
        **{
            f"cleaning.{name}_not_available": (
                (name,),
                pl.col(name).str.to_uppercase().is_in(_NO_TEXT),
            )
            for name in _TEXTS
        },
        "cleaning.imo_check_digit": (("imo",), (pl.col("imo") != 0) & ~imo_holds()),
        "cleaning.imo_not_available": (("imo",), pl.col("imo") == 0),
        "cleaning.hull_impossible": (
            hull,
            (length > config.length_max_m)
            | (beam > config.beam_max_m)
            | (beam > length)
            | (length > config.length_to_beam_max * beam),
        ),
        "cleaning.draught_not_available": (("draught_m",), draught == 0),
        "cleaning.draught_impossible": (
            ("draught_m",),
            (draught < 0) | (draught > DRAUGHT_MAX_M + 0.05) | draught.is_nan(),
        ),
        "cleaning.ship_type_not_available": (("ship_type",), pl.col("ship_type") == 0),
        "cleaning.ship_type_impossible": (
            ("ship_type",),
            (pl.col("ship_type") < 0)
            | (pl.col("ship_type") > pl.when(is_aid()).then(MOST).otherwise(SHIP_TYPE_MAX)),
        ),
    }


def apply_static_rules(
    statics: pl.DataFrame, config: CleaningConfig, ledger: Ledger
) -> pl.DataFrame:
    """Make unknown what is no value; counts in the ledger are reports, not rows.

    Parameters
    ----------
    statics : pl.DataFrame
        ``schema.STATICS``.
    config : CleaningConfig
        Bounds of hulls.
    ledger : Ledger
        Gets a count and examples for each rule.

    Returns
    -------
    pl.DataFrame
        ``schema.STATICS``.
    """
    texts = statics.lazy().with_columns(_text(column) for column in _TEXTS)
    tidy = dimensions(texts).collect()
    values: dict[str, pl.Expr] = {}
    for rule, (columns, condition) in blank_rules(config).items():
        rows = tidy.filter(condition)
        if rows.height:
            said = [
                template(f"{c} {{}}", pl.col(c).cast(pl.String).fill_null("unknown"))
                for c in columns
            ]
            text = template("MMSI {}: {}", "mmsi", pl.concat_str(said, separator=" "))
            ledger.blank(
                rule, int(rows["reports"].sum()), _first_texts(rows.select(text.alias("text")))
            )
        for column in columns:
            value = values.get(column, pl.col(column))
            values[column] = pl.when(condition).then(None).otherwise(value).alias(column)
    return tidy.with_columns(*values.values())


def _first_texts(rows: pl.DataFrame) -> list[Example]:
    return [Example("", 0, text) for text in rows["text"].unique().sort().head(EXAMPLES_KEPT)]
