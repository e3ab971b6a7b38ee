"""Writes the configuration down: a YAML file that describes every key, and its JSON Schema.

Both come from the typed model and from nothing else; ``make config`` writes them to ``configs/``
and a test fails when they differ from the model.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipeline.config.model import Config

WIDTH = 100  # of a line, comments and lists
HEAD = """\
# yaml-language-server: $schema=schema.json
#
# All that decides what a run gives, with its defaults. Written from pipeline/config/ by
# `make config`: do not edit it. For settings of your own write a file with only the keys that
# differ and give it with --config, or set single ones with --set section.key=value.
"""


def default_yaml() -> str:
    """The text of ``configs/default.yaml``: every key with its default under its description."""
    return HEAD + "".join(f"{line}\n" for line in _section(Config(), ""))


def json_schema() -> str:
    """The text of ``configs/schema.json``, by which editors complete and check configurations."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    schema |= Config.model_json_schema()
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> None:
    """Write both files into `folder`."""
    (folder / "default.yaml").write_text(default_yaml(), encoding="utf-8")
    (folder / "schema.json").write_text(json_schema(), encoding="utf-8")


def _section(section: BaseModel, indent: str) -> Iterator[str]:
    values = section.model_dump(mode="json")
    for name, info in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            yield ""
            yield from _comment(info, indent)
            yield f"{indent}{name}:"
            yield from _section(value, indent + "  ")
        else:
            yield from _comment(info, indent)
            yield from _value(name, values[name], indent)


def _comment(info: FieldInfo, indent: str) -> Iterator[str]:
    """The description of a key, and the words that it may be."""
    text = info.description or ""
    choices = _choices(info.annotation)
    if choices:
        text = f"{text}\n\nOne of: {', '.join(choices)}."
    for paragraph in text.strip().split("\n\n"):
        yield from textwrap.wrap(
            " ".join(paragraph.split()),
            WIDTH,
            initial_indent=f"{indent}# ",
            subsequent_indent=f"{indent}# ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def _choices(annotation: object) -> list[str]:
    """The words of every Literal in an annotation."""
    if get_origin(annotation) is Literal:
        return [
            json.dumps(choice, ensure_ascii=False).strip('"') for choice in get_args(annotation)
        ]
    return [choice for inner in get_args(annotation) for choice in _choices(inner)]


def _value(name: str, value: object, indent: str) -> Iterator[str]:
    """A key and its value; JSON is YAML, so what is short stands in a line of JSON."""
    line = f"{indent}{name}: {json.dumps(value, ensure_ascii=False)}"
    if not value or not isinstance(value, dict | list) or len(line) <= WIDTH:
        yield line
        return
    yield f"{indent}{name}:"
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _value(json.dumps(key, ensure_ascii=False), inner, indent + "  ")
    else:
        for item in value:
            yield f"{indent}  - {json.dumps(item, ensure_ascii=False)}"


if __name__ == "__main__":
    write(Path(__file__).parents[2] / "configs")
