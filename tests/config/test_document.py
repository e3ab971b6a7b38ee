from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Literal

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipeline.config import Config, document
from pipeline.config._section import Section
from pipeline.config._yaml import parse
from pipeline.config.load import load
from tests.conftest import ROOT

CONFIGS = ROOT / "configs"


def fields(section: BaseModel, before: str = "") -> Iterator[tuple[str, FieldInfo, object]]:
    for name, info in type(section).model_fields.items():
        value = getattr(section, name)
        yield before + name, info, value
        if isinstance(value, BaseModel):
            yield from fields(value, f"{before}{name}.")


def test_the_files_are_those_of_the_model():
    text = (CONFIGS / "default.yaml").read_text(encoding="utf-8")
    assert text == document.default_yaml(), "the model has changed: run `make config`"
    schema = (CONFIGS / "schema.json").read_text(encoding="utf-8")
    assert schema == document.json_schema(), "the model has changed: run `make config`"


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.name)
def test_every_configuration_of_the_project_is_valid(path):
    load(path)


def test_the_default_file_holds_the_defaults():
    assert load(CONFIGS / "default.yaml") == Config()


def test_the_default_file_names_every_key():
    written = {".".join(map(str, at)) for at in parse(document.default_yaml()).lines}
    assert {key for key, _, _ in fields(Config())} <= written


def test_the_first_line_tells_editors_of_the_schema():
    first = document.default_yaml().splitlines()[0]
    assert first == "# yaml-language-server: $schema=schema.json"


def test_every_key_is_described():
    bare = [key for key, info, _ in fields(Config()) if len(info.description or "") < 10]
    assert bare == []


UNITS = re.compile(
    "_(m|km|nmi|kn|m_s|m_s2|deg|s|min|h|d|days|years|t|t_m3|bbl|barrels|bytes|mb|rows|tonne|m3)_"
)
UNITLESS = re.compile(  # counts, and what has no unit
    "fraction|share|ratio|_to_|coefficient|confidence|score|beams|lengths|overlap|seed|draws"
    "|candidates|fixes|reports|parts|workers"
)


def test_every_number_has_its_unit_in_its_name():
    bare = [
        key
        for key, _, value in fields(Config())
        if type(value) in {int, float}
        and not UNITS.search(f"_{key.rpartition('.')[2]}_")
        and not UNITLESS.search(key.rpartition(".")[2])
    ]
    assert bare == []


def test_no_line_is_too_long():
    assert max(map(len, document.default_yaml().splitlines())) <= document.WIDTH


def test_the_schema_refuses_unknown_keys_everywhere():
    schema = json.loads(document.json_schema())
    sections = [schema, *schema["$defs"].values()]
    assert all(s["additionalProperties"] is False for s in sections if s.get("type") == "object")


def test_values_of_every_form_are_read_back(monkeypatch):
    class Inner(Section):
        words: tuple[str, ...] = ("no", "12:30", "1e6", "a: b", "# x", "é\"'", "")
        many: tuple[str, ...] = tuple(f"a word that is long {n}" for n in range(20))
        table: dict[str, float] = {f"key {n}: x": n / 3 for n in range(20)}  # noqa: RUF012
        none: float | None = None
        empty: tuple[int, ...] = ()
        small: float = 1e-7
        large: float = 1e22
        yes: bool = True

    class Outer(Section):
        inner: Inner = Inner()

    monkeypatch.setattr(document, "Config", Outer)
    data = parse(document.default_yaml()).data
    assert Outer.model_validate_json(json.dumps(data), strict=True) == Outer()


def test_descriptions_are_wrapped_and_list_the_choices(monkeypatch):
    class Outer(Section):
        colour: Literal["red", "green"] | None = "red"
        """What it is painted in.
        Told in several lines.

        And a second paragraph."""

    monkeypatch.setattr(document, "Config", Outer)
    assert document.default_yaml().splitlines()[-4:] == [
        "# What it is painted in. Told in several lines.",
        "# And a second paragraph.",
        "# One of: red, green.",
        'colour: "red"',
    ]
