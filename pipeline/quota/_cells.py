"""Numbers in the tables that users bring to the quota stage."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pipeline.context._userfile import Problems


def number(row: Mapping[str, str], name: str, line: int, problems: Problems) -> float | None:
    """A cell as a number; None where it is blank, or is none, which is noted."""
    text = row.get(name, "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isfinite(value):
        return value
    problems.add(line, f"{name} {text!r} is no number (write 12345.6, without units)")
    return None
