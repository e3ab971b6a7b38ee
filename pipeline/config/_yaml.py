"""YAML as configurations use it: YAML 1.2 scalars, no key twice, every key's line known.

PyYAML reads YAML 1.1, in which ``no`` is false, ``12:30`` is 750 and ``1e6`` is a word. Editors and
JSON Schema hold to the core schema of YAML 1.2 (chapter 10.3 of its specification), so that is what
is read here: what is neither null, true, false nor a number is text, times included. Octal and
hexadecimal numbers, tags and anchors are left out: no configuration needs them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import yaml

LONGEST = 256 << 10
"""Bytes of a document: ten times the longest that is shipped, parsed in some seconds."""
DEEPEST = 50
"""Collections within each other. Settings have four; PyYAML takes minutes for some ten thousand."""
Path = tuple[str | int, ...]
"""Where a value stands: keys, and places in lists."""


class _Mark(Protocol):
    line: int  # the first is 0


class YamlError(Exception):
    """What is wrong with the text, and the line (the first is 1) where it is."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line
        self.problem = problem


@dataclass
class Document:
    """A parsed YAML text.

    Attributes
    ----------
    data : object
        Plain dicts, lists, text, numbers, booleans and None.
    lines : dict
        The line (the first is 1) of every key and list item, by its path.
    """

    data: object = None
    lines: dict[Path, int] = field(default_factory=dict)


def parse(text: str) -> Document:
    """Read one YAML document.

    Raises
    ------
    YamlError
        Not YAML, a key given twice, a key that is no text, a tag, an anchor, several documents.
    """
    document = Document()
    try:
        depth = 0
        for event in yaml.parse(text, _CoreLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise YamlError(_line(event.start_mark), "nested too deep")
            if isinstance(event, yaml.AliasEvent):  # a few bytes of them can stand for gigabytes
                raise YamlError(
                    _line(event.start_mark), "aliases are not read: write the value out"
                )
        node = _CoreLoader(text).get_single_node()
        if node is not None:
            document.data = _plain(node, (), document.lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(_line(mark), error.problem or "not YAML") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlError(line, f"the character U+{ord(text[error.position]):04X}") from None
    except RecursionError:
        raise YamlError(1, "nested too deep") from None
    return document


def _line(mark: _Mark | None) -> int:
    return mark.line + 1 if mark else 1


class _CoreLoader(yaml.SafeLoader):
    """PyYAML's parser with the scalars of YAML 1.2's core schema."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


_NUMBER_STARTS = list("-+.0123456789")
_SCALARS: dict[str, tuple[str, list[str], Callable[[str], object]]] = {
    # YAML tag: what it looks like, its first characters, its value
    "null": (r"(?:~|null|Null|NULL|)$", ["~", "n", "N", ""], lambda _: None),
    "bool": (
        r"(?:true|True|TRUE|false|False|FALSE)$",
        list("tTfF"),
        lambda text: {"true": True, "false": False}[text.lower()],
    ),
    "int": (r"[-+]?[0-9]+$", _NUMBER_STARTS, int),
    "float": (
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$",
        _NUMBER_STARTS,
        float,
    ),
}
_TAG = "tag:yaml.org,2002:"
for _name, (_pattern, _first, _) in _SCALARS.items():
    _CoreLoader.add_implicit_resolver(_TAG + _name, re.compile(_pattern), _first)


def _plain(node: yaml.Node, path: Path, lines: dict[Path, int]) -> object:
    """The node's value; notes the lines of what is in it."""
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, object] = {}
        for key_node, value_node in node.value:
            key, line = key_node.value, _line(key_node.start_mark)
            if not isinstance(key, str):
                raise YamlError(line, "a key must be plain text")
            if key in mapping:
                first = lines[*path, key]
                raise YamlError(line, f"{key!r} is given twice, first in line {first}")
            lines[*path, key] = line
            mapping[key] = _plain(value_node, (*path, key), lines)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        items = []
        for place, item in enumerate(node.value):
            lines[*path, place] = _line(item.start_mark)
            items.append(_plain(item, (*path, place), lines))
        return items
    kind = node.tag.removeprefix(_TAG)
    if kind == "str":
        return node.value
    if kind not in _SCALARS:
        raise YamlError(_line(node.start_mark), f"the tag {node.tag!r} is not read")
    try:
        return _SCALARS[kind][2](node.value)
    except (ValueError, KeyError):
        raise YamlError(_line(node.start_mark), f"{node.value!r} is no {kind}") from None
