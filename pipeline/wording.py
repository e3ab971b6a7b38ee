"""Text from columns."""

from __future__ import annotations

import polars as pl


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
