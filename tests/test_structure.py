"""The rooms of the house: who may import whom, and how large a room may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

LONGEST_LINES = 400  # a file longer than this does more than one job
BELOW = {
    "_kernels",
    "_starting",
    "_watching",
    "beside",
    "context",
    "config",
    "schema",
    "ledger",
    "errors",
    "progress",
    "output",
    "ranks",
    "wording",
}
STAGES = ["feeds", "cleaning", "rendezvous", "quota", "exports"]
ON_TOP = ["engines", "warm", "manifest", "run", "desk", "cli", "__main__"]
RANK = dict.fromkeys(BELOW, 0) | {name: n for n, name in enumerate([*STAGES, *ON_TOP], start=1)}
SLOW = {"matplotlib", "movingpandas", "pandas", "sklearn"}

MODULES = sorted((ROOT / "pipeline").rglob("*.py"))
SOURCES = [
    path
    for folder in ("pipeline", "tests", "benchmarks", "sample_ais")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def parts(path: Path) -> list[str]:
    """The dotted name of a module: ``pipeline/feeds/csv.py`` is ``pipeline.feeds.csv``."""
    whole = path.relative_to(ROOT).with_suffix("").parts
    return list(whole[:-1] if whole[-1] == "__init__" else whole)


def imported(tree: ast.AST, package: list[str]) -> Iterator[str]:
    """The dotted names that the code imports, at the top or inside a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = [*base, *(node.module.split(".") if node.module else [])]
            yield from (".".join([*module, alias.name]) for alias in node.names)


def rooms(path: Path, text: str) -> set[str]:
    """The rooms of ``pipeline`` that a module imports from."""
    package = parts(path) if path.name == "__init__.py" else parts(path)[:-1]
    names = (dotted.split(".") for dotted in imported(ast.parse(text), package))
    return {dotted[1] for dotted in names if dotted[0] == "pipeline" and len(dotted) > 1}


def later(path: Path, text: str) -> set[str]:
    """The rooms that a module imports from and that come after its own."""
    own = parts(path)[1] if len(parts(path)) > 1 else None
    return {
        room
        for room in rooms(path, text)
        if own and room != own and RANK.get(room, -1) > (RANK[own] if RANK[own] else 0)
    }


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_room_imports_a_later_one(path):
    assert later(path, path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("feeds/csv.py", "from pipeline.cleaning import mmsi", {"cleaning"}),
        ("feeds/csv.py", "import pipeline.exports.text", {"exports"}),
        ("feeds/csv.py", "def f():\n    from pipeline import run", {"run"}),
        ("feeds/csv.py", "from ..quota import caps", {"quota"}),
        ("feeds/__init__.py", "from ..quota import caps", {"quota"}),
        ("context/shore.py", "from pipeline.feeds import csv", {"feeds"}),
        ("schema.py", "from pipeline.feeds import csv", {"feeds"}),
        ("exports/text.py", "from pipeline.quota import caps\nfrom . import layers", set()),
        ("context/shore.py", "from pipeline.config import ContextConfig", set()),
        ("run.py", "from pipeline import exports, feeds, schema", set()),
    ],
)
def test_the_test_itself_sees_every_way_to_import(path, text, found):
    assert later(ROOT / "pipeline" / path, text) == found


def test_every_room_has_its_place():
    found = {parts(path)[1] for path in MODULES if len(parts(path)) > 1}
    assert found <= set(RANK)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_slow_libraries_are_imported_where_they_are_used(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = ast.Module([node for node in tree.body if not isinstance(node, ast.If)], [])
    inner = [node for node in ast.walk(top) if isinstance(node, ast.FunctionDef)]
    at_top = set(imported(top, [])) - {n for node in inner for n in imported(node, [])}
    assert {dotted.split(".")[0] for dotted in at_top} & SLOW == set()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_module_says_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_file_is_too_long(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_LINES
