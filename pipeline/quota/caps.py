"""Caps: files of them, and the periods in which they count."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from pydantic import ValidationError

from pipeline.config import _yaml
from pipeline.config._files import read_whole
from pipeline.config.quota import CapConfig
from pipeline.errors import UsageError


def load_cap(path: Path) -> CapConfig:
    """Read a cap from a YAML file such as those of ``configs/caps/``.

    Raises
    ------
    UsageError
        The file cannot be read, is no YAML, or a key or value is wrong: file, line, key, reason.
    """
    try:
        text = read_whole(path, _yaml.LONGEST, "the cap").decode("utf-8-sig")
        document = _yaml.parse(text)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 text (byte {error.start})") from None
    except _yaml.YamlError as error:
        raise UsageError(f"{path}:{error.line}: {error.problem}") from None
    if not isinstance(document.data, dict):
        raise UsageError(f"{path}: expected keys such as 'barrels: 500000', one a line")
    missing = [key for key in ("name", "barrels", "start", "source") if key not in document.data]
    if missing:  # the defaults are those of one particular cap: no other may inherit them
        raise UsageError(f"{path}: a cap needs {', '.join(missing)}")
    try:
        return CapConfig.model_validate_json(json.dumps(document.data), strict=True)
    except ValidationError as error:
        raise UsageError("\n".join(_explain(error, path, document))) from None


def _explain(error: ValidationError, path: Path, document: _yaml.Document) -> Iterable[str]:
    for problem in error.errors(include_url=False):
        at = problem["loc"]
        where = f"{path}:{document.lines[at]}" if at in document.lines else str(path)
        key = ".".join(map(str, at))
        if problem["type"] == "extra_forbidden":
            near = difflib.get_close_matches(key, CapConfig.model_fields, 1)
            meant = f"did you mean {near[0]!r}?" if near else f"keys: {', '.join(_KEYS)}"
            yield f"{where}: there is no key {key!r}; {meant}"
        else:
            yield f"{where}: {key or 'cap'}: {problem['msg']}"


_KEYS = tuple(CapConfig.model_fields)


def period_start(cap: CapConfig, day: date) -> date | None:
    """The first day of the cap's period in which `day` lies; None where the cap does not count it.

    A period is named by its first day, which sorts and is the same for every kind of period.
    """
    if day < cap.start or (cap.end is not None and day > cap.end):
        return None
    if cap.period == "once":
        return cap.start
    if cap.period == "calendar_year":
        return max(date(day.year, 1, 1), cap.start)
    begun = _anniversary(cap.start, day.year)
    return begun if begun <= day else _anniversary(cap.start, day.year - 1)


def period_end(cap: CapConfig, start: date) -> date:
    """The last day of the period that begins on `start`."""
    if cap.period == "once" and cap.end is not None:
        return cap.end
    if cap.period == "calendar_year":
        last = date(start.year, 12, 31)
    else:
        last = _anniversary(cap.start, start.year + 1) - timedelta(days=1)
    return last if cap.end is None else min(last, cap.end)


def _anniversary(day: date, year: int) -> date:
    """`day` in another year; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def period_label(cap: CapConfig, start: date) -> str:
    """How outputs name a period: the year, or its first and last day."""
    end = period_end(cap, start)
    if cap.period == "calendar_year" and (start.month, start.day) == (1, 1):
        return str(start.year)
    return f"{start.isoformat()}/{end.isoformat()}"
