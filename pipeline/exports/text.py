"""Text that ships typed, made safe to show: names in AIS are whatever someone keyed in."""

from __future__ import annotations

import polars as pl

# C0 and C1 controls, line and paragraph separators, and the marks that reorder or hide the text
# around them (Unicode Bidi_Control, zero-width characters, byte order mark). A name that holds
# them can make a label or a line of a terminal read as another ship's.
_UNSEEN = (
    r"[\x{0000}-\x{001F}\x{007F}-\x{009F}\x{00AD}\x{061C}\x{200B}-\x{200F}"
    r"\x{2028}-\x{202E}\x{2060}-\x{2069}\x{FEFF}]"
)
_REPLACEMENT = "\ufffd"

# What a spreadsheet may take for the start of a formula, after the list OWASP keeps under
# "CSV Injection"; the full-width forms are read as the plain ones by some of them.
# Where a comma is the decimal sign a spreadsheet divides at semicolons, quoted or not.
_FORMULA = r"(^|;)(\s*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}])"


def visible(text: pl.Expr) -> pl.Expr:
    """Text with each control, reordering or invisible character shown as U+FFFD.

    The Parquet files keep what was typed; this is for what people look at.
    """
    return text.str.replace_all(_UNSEEN, _REPLACEMENT)


def csv_cell(text: pl.Expr) -> pl.Expr:
    """Visible text that no spreadsheet reads as a formula: an apostrophe stands before such."""
    return visible(text).str.replace_all(_FORMULA, "${1}'${2}")


def visible_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `visible` applied to every text column."""
    return frame.with_columns(visible(pl.col(pl.String)))
