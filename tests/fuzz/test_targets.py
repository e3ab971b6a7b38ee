"""Every target under Hypothesis, and every input that ever found a fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.inputs import ROOT, WORDS
from tests.fuzz.targets import TARGETS, seeds_of

CORPUS = sorted(path for path in (ROOT / "tests" / "corpus").glob("*/*") if path.is_file())
EXAMPLES = 15  # a target: some seconds in all; `make fuzz` goes on from here
SLOW = {"json_rows", "nmea_payload", "cleaning"}

words = st.sampled_from(WORDS).map(lambda word: word.encode("utf-8", "surrogatepass"))
texts = st.text(st.characters(codec="utf-8"), max_size=12).map(str.encode)
junk = st.lists(words | texts | st.binary(max_size=8), max_size=30).map(b"".join)


@st.composite
def spoilt(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """A good file with pieces of it overwritten, left out and repeated."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        to = draw(st.integers(at, min(len(data), at + 40)))
        data = data[:at] + draw(junk | st.just(data[at:to] * 3)) + data[to:]
    return data


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS)
values: st.SearchStrategy[Any] = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner),
    max_leaves=6,
)


def put(draw: st.DrawFn, document: Any) -> Any:
    """The document with something else in one place, however deep."""
    if not document or not isinstance(document, dict | list) or draw(st.integers(0, 4)) == 0:
        return draw(values)
    keys = list(document) if isinstance(document, dict) else list(range(len(document)))
    key = draw(st.sampled_from(keys))
    changed = dict(document) if isinstance(document, dict) else list(document)
    changed[key] = put(draw, document[key])
    return changed


@st.composite
def misshapen(draw: st.DrawFn, seeds: list[Any]) -> bytes:
    """A good document of JSON (which is YAML too) with something else in it."""
    document = put(draw, draw(st.sampled_from(seeds)))
    return json.dumps(document, default=str).encode("utf-8", "surrogatepass")


def document_of(seed: bytes) -> Any:
    """A seed as the document it holds, None where it holds none."""
    try:
        return yaml.safe_load(seed)
    except (yaml.YAMLError, ValueError):
        return None


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_stands_what_is_made_up(name: str) -> None:
    target, seeds = TARGETS[name], seeds_of(TARGETS[name])
    documents = [
        document for seed in seeds if isinstance(document := document_of(seed), dict | list)
    ]
    made = spoilt(seeds) | junk
    made = made | misshapen(documents) if documents else made

    @settings(
        max_examples=EXAMPLES // 3 if name in SLOW else EXAMPLES,
        suppress_health_check=list(HealthCheck),
    )
    @given(made)
    def stands(data: bytes) -> None:
        target.run(data)

    stands()


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_once_found_a_fault_finds_none(path: Path) -> None:
    TARGETS[path.parent.name].run(path.read_bytes())
