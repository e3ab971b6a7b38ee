"""Numbers in the tables that users bring to the quota stage."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.context._userfile import Problems, number_of


def number(
    row: Mapping[str, str], name: str, line: int, problems: Problems, delimiter: str
) -> float | None:
    """A cell as a number; None where it is blank, or is none, which is noted."""
    text = row.get(name, "")
    if not text:
        return None
    try:
        return number_of(text, delimiter)
    except ValueError as error:
        problems.add(line, f"{name} {text!r} {error}")
        return None
