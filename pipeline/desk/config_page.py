"""Writes ``docs/config.md``: every key of the configuration, from the typed model.

``python -m pipeline.desk.config_page`` writes the page; a test fails where it has drifted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipeline.config import Config
from pipeline.desk.keys import is_deciding

PAGE = Path(__file__).parents[2] / "docs" / "config.md"
DEFAULT_SHOWN = 60
"""Characters of a default that a table shows; longer ones stand in configs/default.yaml."""

_INTRODUCTION = """\
# Every key of the configuration

<!-- Written from the code by `python -m pipeline.desk.config_page`: do not edit by hand. -->

Settings are a YAML file with only what differs from these defaults (`--config FILE`), or single
keys (`--set section.key=value`). [configs/default.yaml](../configs/default.yaml) holds them all.
Units are in the names.

*Decide* marks the keys that `alongside decide`, `tune` and `quota` can change on a finished run.
The others belong to reading and measuring: they need `alongside detect`.
"""

_BOUNDS = {"gt": "above {}", "ge": "at least {}", "lt": "below {}", "le": "at most {}"}


def config_markdown() -> str:
    """The text of ``docs/config.md``."""
    return "\n\n".join([_INTRODUCTION.rstrip(), *_section(Config(), "")]) + "\n"


def _section(section: BaseModel, before: str) -> Iterator[str]:
    """A table of a section's own keys, then its sections."""
    rows, inner = [], []
    for name, info in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            inner.append((f"{before}{name}", info, value))
        else:
            default = section.model_dump(mode="json")[name]
            rows.append(_row(f"{before}{name}", info, default))
    if rows:
        head = ["| key | default | values | decide | meaning |", "| --- | --- | --- | --- | --- |"]
        yield "\n".join([*head, *rows])
    for name, info, value in inner:
        yield f"{'##' if not before else '###'} {name}"
        yield _cell(info.description)
        yield from _section(value, f"{name}.")


def _row(key: str, info: FieldInfo, default: Any) -> str:
    text = json.dumps(default, ensure_ascii=False)
    shown = f"`{text}`" if len(text) <= DEFAULT_SHOWN else "see default.yaml"
    decide = "yes" if is_deciding(key) else ""
    name = key.rpartition(".")[2]
    return f"| `{name}` | {shown} | {_values(info)} | {decide} | {_cell(info.description)} |"


def _values(info: FieldInfo) -> str:
    """What a key may be: words or bounds."""
    words = _choices(info.annotation)
    if words:
        return ", ".join(f"`{word}`" for word in words)
    return ", ".join(
        text.format(f"{getattr(rule, bound):g}")
        for rule in info.metadata
        for bound, text in _BOUNDS.items()
        if hasattr(rule, bound)
    )


def _choices(annotation: object) -> list[str]:
    if get_origin(annotation) is Literal:
        return [str(word) for word in get_args(annotation)]
    return [word for inner in get_args(annotation) for word in _choices(inner)]


def _cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(config_markdown(), encoding="utf-8")
