"""Which keys of the configuration belong to deciding, and how two configurations differ.

Measuring is done once, from the dumps, and ends in the run's tables; deciding reads those tables
alone. A key that measuring reads cannot be changed afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.config import Config
from pipeline.config.load import is_file, known_keys
from pipeline.errors import UsageError

DECIDING = (
    "context.fleet_file",  # what ships carry: read by the quota alone
    "rendezvous.transfer",
    "rendezvous.lone",
    "rendezvous.distance.duration_min_minutes",
    "rendezvous.distance.speed_median_max_kn",
    "rendezvous.score",
    "rendezvous.candidate_classes",
    "rendezvous.score",
    "rendezvous.candidate_score_min",
    "quota",
    "exports",
)
"""Sections and keys that are read after measuring."""

MEASURED_WITH = frozenset(
    {
        # Where a lone vessel's slow spells begin and end, and which of them are looked at.
        "rendezvous.lone.speed_max_kn",
        "rendezvous.lone.duration_min_h",
        "rendezvous.lone.draught_change_min_m",
        "rendezvous.lone.draught_change_min_share",
        "rendezvous.transfer.length_min_m",
        "rendezvous.transfer.fixed_radius_m",
        "rendezvous.transfer.fixed_heading_deg",
    }
)
"""Keys of these sections that measuring reads as well."""

MARGIN = "exports.track_margin_h"
"""A run keeps no more track than this: it may be made less, never more."""

Difference = Mapping[str, tuple[Any, Any]]


def is_deciding(key: str) -> bool:
    """Whether a dotted key can be changed on a finished run."""
    within = any(key == part or key.startswith(f"{part}.") for part in DECIDING)
    return within and key not in MEASURED_WITH


def value_of(config: Config, key: str) -> Any:
    """The value of a dotted key, as JSON has it."""
    value: Any = config
    for part in key.split(".")[:-1]:
        value = getattr(value, part)
    return value.model_dump(mode="json")[key.rpartition(".")[2]]


def differences(before: Config, after: Config) -> dict[str, tuple[Any, Any]]:
    """Every key whose value differs, with the value before and after, in the order of the file."""
    if before == after:
        return {}
    values = ((key, value_of(before, key), value_of(after, key)) for key in known_keys())
    return {
        key: (old, new)
        for key, old, new in values
        if old != new and not (names_files(before, key) and same_files(old, new))
    }


def names_files(config: Config, key: str) -> bool:
    """Whether the value of a dotted key is a file, or several."""
    section: Any = config
    *parts, last = key.split(".")
    for part in parts:
        section = getattr(section, part)
    return is_file(last, type(section))


def same_files(old: str | list[str] | None, new: str | list[str] | None) -> bool:
    """Whether two values name the same files, from this folder or in full."""
    if old is None or new is None:
        return False
    one, other = ([v] if isinstance(v, str) else v for v in (old, new))
    return [os.path.realpath(path) for path in one] == [os.path.realpath(path) for path in other]


def with_values(config: Config, values: Mapping[str, Any]) -> Config:
    """The configuration with some keys set.

    Parameters
    ----------
    config : Config
        Left as it is.
    values : Mapping
        Dotted keys and their values, as JSON has them.

    Raises
    ------
    pydantic.ValidationError
        A value is out of bounds.
    """
    data = config.model_dump(mode="json")
    for key, value in values.items():
        section = data
        *parts, last = key.split(".")
        for part in parts:
            section = section[part]
        section[last] = value
    return Config.model_validate(data)


def refuse_measuring(before: Config, after: Config, run: Path) -> None:
    """Raise where `after` asks for something that only the dumps can tell.

    Raises
    ------
    UsageError
        A line for each such key, with both values.
    """
    changed = differences(before, after)
    lines = [
        f"{key} is {old!r} in {run} and {new!r} here"
        for key, (old, new) in changed.items()
        if not is_deciding(key)
    ]
    if lines:
        raise UsageError(
            "\n".join([*lines, _measured(len(lines)), "run detect again, or keep the run's values"])
        )
    if MARGIN in changed and changed[MARGIN][1] > changed[MARGIN][0]:
        old, new = changed[MARGIN]
        raise UsageError(
            f"{MARGIN} is {new:g} here, but {run} keeps {old:g} h of track around its encounters:"
            " run detect again"
        )


def refuse_measuring_keys(keys: Iterable[str]) -> None:
    """Raise where one of the keys belongs to measuring.

    Raises
    ------
    UsageError
        Names them.
    """
    lines = [key for key in keys if not is_deciding(key)]
    if lines:
        raise UsageError(f"{', '.join(lines)}: {_measured(len(lines))}; run detect again")


def _measured(count: int) -> str:
    what = "this key belongs" if count == 1 else "these keys belong"
    return f"{what} to measuring, which needs the AIS dumps"
