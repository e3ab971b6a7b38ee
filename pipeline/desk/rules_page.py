"""Writes ``docs/rules.md``: every rule of the detector with its tests, from the rules themselves.

``python -m pipeline.desk.rules_page`` writes the page; a test fails where it has drifted.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.config import Config
from pipeline.rendezvous.lone_rules import lone_rules
from pipeline.rendezvous.pair_rules import pair_rules
from pipeline.rendezvous.rules import Rule, Test

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"

_INTRODUCTION = """\
# The rules, in order

<!-- Written from the code by `python -m pipeline.desk.rules_page`: do not edit by hand. -->

The first rule of which all tests hold gives an encounter its class; its name stands in the column
`rule` of `encounters.parquet`. Thresholds are those of the default configuration. A value that is
unknown fails a test, unless it says *or unknown*. [How it decides](how_it_decides.md) tells what is
behind the figures."""


def rules_markdown() -> str:
    """The text of ``docs/rules.md``."""
    config = Config().rendezvous
    parts = [
        _INTRODUCTION,
        "## Two ships",
        _table(pair_rules(config)),
        "## One ship, its partner never heard",
        _table(lone_rules(config)),
    ]
    return "\n\n".join(parts) + "\n"


def _table(rules: Sequence[Rule]) -> str:
    head = ["| | rule | class | why | tests |", "| --- | --- | --- | --- | --- |"]
    rows = [
        f"| {number} | `{rule.name}` | `{rule.kind}` | {rule.words} |"
        f" {'; '.join(map(_test, rule.tests)) or 'none'} |"
        for number, rule in enumerate(rules, start=1)
    ]
    return "\n".join([*head, *rows])


def _test(test: Test) -> str:
    side = "at least" if test.op == ">=" else "at most"
    unknown = " or unknown" if test.unknown else ""
    return f"`{test.column}` {side} {test.threshold:g}{unknown}"


if __name__ == "__main__":
    PAGE.write_text(rules_markdown(), encoding="utf-8")
