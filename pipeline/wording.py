"""Text from columns."""

from __future__ import annotations

import polars as pl

# A lead is never certain: words do not say "score 1.0" of what the calibration rounds to that.
LEAST_SURE, MOST_SURE = 0.01, 0.99
UNDER, OVER = f"under {LEAST_SURE:g}", f"over {MOST_SURE:g}"


def template(text: str, *parts: pl.Expr | str) -> pl.Expr:
    """A text with each ``{}`` replaced by a column; null where one of them is.

    Stands in for ``pl.format``, which panics on columns of several chunks (Polars issue 25339).

    Parameters
    ----------
    text : str
        With as many ``{}`` as there are parts.
    parts : pl.Expr or str
        Expressions, or names of columns.
    """
    literals = text.split("{}")
    pieces = [pl.lit(literals[0])]
    for part, literal in zip(parts, literals[1:], strict=True):
        pieces += [pl.col(part) if isinstance(part, str) else part, pl.lit(literal)]
    return pl.concat_str([piece.cast(pl.String) for piece in pieces])


def score_words(score: float, form: str = ".2f") -> str:
    """A score in digits, but ``over 0.99`` or ``under 0.01`` where it is nearly sure."""
    if score > MOST_SURE:
        return OVER
    return UNDER if score < LEAST_SURE else f"{score:{form}}"


def score_column(score: pl.Expr) -> pl.Expr:
    """The same of a column, with all its digits."""
    return (
        pl.when(score > MOST_SURE)
        .then(pl.lit(OVER))
        .when(score < LEAST_SURE)
        .then(pl.lit(UNDER))
        .otherwise(score.cast(pl.String))
    )
