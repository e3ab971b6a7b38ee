"""A configuration suggested by sweeps, with the reason for each value."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from pipeline.config import Config
from pipeline.desk.keys import differences, names_files, value_of
from pipeline.desk.sweeps import Bench, Marks, Sweep, at, elbow, no_elbow

ROUNDS_MAX = 5
"""Keys are chosen one after the other until none changes; two or three rounds do, and each round
cannot be worse than the one before."""
WIDTH = 100


@dataclass(frozen=True)
class Suggestion:
    """Settings, and why.

    Attributes
    ----------
    config : Config
        The run's, with the swept keys as suggested.
    reasons : mapping
        By key, one sentence or two.
    """

    config: Config
    reasons: Mapping[str, str]


def suggest(bench: Bench, sweeps: Sequence[Sweep]) -> Suggestion:
    """The value of each swept key that serves best, the others given.

    With labels the highest F1 of precision and recall. Of values that do equally well the present
    one; else those that keep most candidates, for of what has no label nothing is known, and of
    them the middle of the longest stretch, where a threshold is least touchy. Without labels the
    elbow.
    """
    if bench.truth is None:
        return _by_elbows(bench, sweeps)
    config = bench.config
    for _ in range(ROUNDS_MAX):
        before = config
        for sweep in sweeps:
            config = at(config, sweep.key, _best(bench, sweep, config))
        if config == before:
            break
    reasons = {sweep.key: _why(bench, sweep, config) for sweep in sweeps}
    return Suggestion(config, reasons)


def _best(bench: Bench, sweep: Sweep, config: Config) -> float:
    present: float = value_of(config, sweep.key)
    outcomes = bench.along(sweep, config)
    ranks = [(_f1(outcome.marks), len(outcome.rows)) for outcome in outcomes]
    if _f1(bench.outcome(config).marks) >= max(ranks)[0]:
        return present
    stretches = [
        [place for place, _ in group]
        for best, group in groupby(enumerate(ranks), key=lambda pair: pair[1] == max(ranks))
        if best
    ]
    longest = max(stretches, key=len)
    return sweep.values[longest[(len(longest) - 1) // 2]]


def _f1(marks: Marks | None) -> float:
    return round(marks.f1, 12) if marks else 0.0


def _why(bench: Bench, sweep: Sweep, config: Config) -> str:
    """What the value does for a key, the other keys as suggested."""
    chosen: float = value_of(config, sweep.key)
    present: float = value_of(bench.config, sweep.key)
    span = f"of {_number(sweep.values[0])} to {_number(sweep.values[-1])}"
    here = bench.outcome(config).marks
    before = bench.outcome(at(config, sweep.key, present)).marks
    if chosen == present:
        return f"As it was: none {span} does better ({_figures(here)})."
    same = [
        value
        for value, outcome in zip(sweep.values, bench.along(sweep, config), strict=True)
        if _f1(outcome.marks) == _f1(here)
    ]
    text = f"The best {span}: {_figures(here)}, where {_number(present)} gives {_figures(before)}."
    if len(same) > 1:
        text += f" {len(same)} values from {_number(same[0])} to {_number(same[-1])} do as well."
    return text


def _figures(marks: Marks | None) -> str:
    if marks is None:
        return "no labels"
    p, r = (
        "none judged" if share is None else f"{share:.3f}"
        for share in (marks.precision, marks.recall)
    )
    return f"precision {p}, recall {r}, {marks.unlabelled} without a label"


def _by_elbows(bench: Bench, sweeps: Sequence[Sweep]) -> Suggestion:
    config, reasons = bench.config, {}
    for sweep in sweeps:
        outcomes = bench.along(sweep)
        numbers = [len(outcome.rows) for outcome in outcomes]
        bend = elbow(sweep, outcomes)
        ends = (
            f"{numbers[0]} candidates at {_number(sweep.values[0])},"
            f" {numbers[-1]} at {_number(sweep.values[-1])}"
        )
        if bend is None:
            why = no_elbow(outcomes) or "no bend"
            reasons[sweep.key] = f"As it was: {why} ({ends}), and no labels to judge by."
            continue
        config = at(config, sweep.key, bend)
        reasons[sweep.key] = (
            f"The number of candidates bends here: {numbers[sweep.values.index(bend)]}, with"
            f" {ends}. There were no labels: whether what comes and goes are transfers, only"
            " looking tells."
        )
    return Suggestion(config, reasons)


def _number(value: float) -> str:
    return f"{value:g}"


def suggestion_yaml(suggestion: Suggestion, run: str) -> str:
    """The suggested configuration: all that differs from the defaults, and every swept key.

    Parameters
    ----------
    suggestion : Suggestion
        From `suggest`.
    run : str
        What it was made from, for the first line.
    """
    wanted = {
        key: value for key, (_, value) in differences(Config(), suggestion.config).items()
    } | {key: value_of(suggestion.config, key) for key in suggestion.reasons}
    for key in [key for key in wanted if names_files(suggestion.config, key)]:
        wanted[key] = _in_full(wanted[key])
    nested: dict[str, Any] = {}
    for key, value in sorted(wanted.items()):
        section = nested
        *parts, last = key.split(".")
        for part in parts:
            section = section.setdefault(part, {})
        section[last] = (value, suggestion.reasons.get(key))
    head = _comment(
        f"Suggested by alongside tune from {run}. Beside the keys with a reason it holds what that"
        " run set otherwise than the defaults, so that it can be given to decide and to detect.",
        "",
    )
    return "\n".join([*head, *_lines(nested, "")]) + "\n"


def _in_full(value: Any) -> Any:
    """Files as they are found from everywhere: the suggestion lies in another folder."""
    if isinstance(value, list):
        return [_in_full(one) for one in value]
    return str(Path(value).resolve()) if isinstance(value, str) else value


def _lines(section: Mapping[str, Any], indent: str) -> list[str]:
    lines = []
    for key, content in section.items():
        if isinstance(content, dict):
            lines += [f"{indent}{key}:", *_lines(content, indent + "  ")]
            continue
        value, reason = content
        if reason:
            lines += _comment(reason, indent)
        lines.append(f"{indent}{key}: {json.dumps(value, ensure_ascii=False)}")
    return lines


def _comment(text: str, indent: str) -> list[str]:
    lead = f"{indent}# "
    return textwrap.wrap(
        json.dumps(text, ensure_ascii=False)[1:-1],
        WIDTH,
        initial_indent=lead,
        subsequent_indent=lead,
    )
