"""Explanations in words that can be quoted, and as plain values for other programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.rendezvous.explain import YES, Explanation, Finding, Hindrance, RuleVerdict
from pipeline.rendezvous.measures import MEASURES
from pipeline.wording import score_words

UNITS = {"_m": "m", "_km": "km", "_kn": "kn", "_h": "h", "_deg": "°"}
DECIMALS = {"m": 1, "km": 1, "kn": 2, "h": 1, "°": 0}


def unit_of(column: str) -> str:
    """The unit that a column's name ends in; empty where it has none."""
    return next((unit for end, unit in UNITS.items() if column.endswith(end)), "")


def figure(column: str, value: Any) -> str:
    """A value with its unit, as ``-3.1 m``; ``unknown`` for none."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, float):
        return str(value)
    unit = unit_of(column)
    if not unit:
        return f"{value:.3g}"
    text = f"{value:.{DECIMALS[unit]}f}"
    if float(text) == round(float(text)):
        text = str(round(float(text)))
    return f"{text}{'' if unit == '°' else ' '}{unit}"


def what(verdict: Finding) -> str:
    """The words of a test without the unit, which stands with the value."""
    words = verdict.test.words.removesuffix(YES)
    head, _, tail = words.rpartition(", ")
    return head if head and tail in {*UNITS.values(), "deg"} else words


def _bound(verdict: Finding) -> str:
    test = verdict.test
    if verdict.is_flag:
        return "yes" if test.op == ">=" else "no"
    side = "at least" if test.op == ">=" else "at most"
    return f"{side} {figure(test.column, float(test.threshold))}"


def _other_bound(verdict: Finding) -> str:
    """What the value would have to be for the test to fail."""
    test = verdict.test
    if verdict.is_flag:
        return "no" if test.op == ">=" else "yes"
    side = "below" if test.op == ">=" else "above"
    return f"{side} {figure(test.column, float(test.threshold))}"


def _value(verdict: Finding) -> str:
    if verdict.value is not None and verdict.is_flag:
        return "yes" if verdict.value >= 1 else "no"
    return figure(verdict.test.column, verdict.value)


def _test_line(verdict: Finding) -> str:
    mark = "holds" if verdict.holds else "fails"
    line = f"{mark}: {what(verdict)}: {_value(verdict)}; asked for: {_bound(verdict)}"
    if verdict.value is None:
        return f"{line} (what is unknown {mark} here)"
    if verdict.is_flag or verdict.margin is None:
        return line
    return f"{line}; margin {figure(verdict.test.column, abs(verdict.margin))}"


def _behind_line(verdict: Finding) -> str:
    known = [(name, value) for name, value in verdict.behind.items() if value is not None]
    return ", ".join(f"{name} {figure(name, value)}" for name, value in known)


def _hindrance_lines(hindrance: Hindrance) -> Iterator[str]:
    if hindrance.must_hold:
        for test in hindrance.tests:
            yield f"- {what(test)}: it is {_value(test)}, and would have to be {_bound(test)}"
        return
    yield f"- rule {hindrance.rule.name} would have to fail, by one of these:"
    for test in hindrance.tests:
        yield f"    {what(test)}: it is {_value(test)}, and would have to be {_other_bound(test)}"


def _ship(row: Mapping[str, Any], side: str) -> str:
    parts = [str(row[f"track_{side}"])]
    if row[f"name_{side}"]:
        parts.append(str(row[f"name_{side}"]))
    size = row[f"length_{side}_m"]
    kind = row[f"ship_type_{side}"]
    about = [f"type {kind}" if kind is not None else "type unknown"]
    about.append(f"{size:.0f} m" if size is not None else "length unknown")
    return f"{' '.join(parts)} ({', '.join(about)})"


def headline(explanation: Explanation) -> str:
    """One line: when, with whom, what, by which rule."""
    row = explanation.row
    ships = [_ship(row, "a")]
    if row["track_b"] is not None:
        ships.append(_ship(row, "b"))
    when = f"{row['start_utc']:%Y-%m-%d %H:%M} to {row['end_utc']:%Y-%m-%d %H:%M} UTC"
    verdict = "candidate" if row["candidate"] else "no candidate"
    return f"{when}: {' and '.join(ships)}: {row['class']} by rule {row['rule']}, {verdict}"


def _rule_lines(
    number: int, verdict: RuleVerdict, explanation: Explanation, told: set[str]
) -> Iterator[str]:
    held = "would hold too" if verdict.holds else "does not hold"
    if verdict is explanation.first:
        held = "HOLDS, the first that does"
    yield f"{number:2}. {verdict.rule.name} -> {verdict.rule.kind}: {held} ({verdict.rule.words})"
    for test in verdict.tests:
        yield f"      {_test_line(test)}"
        behind = _behind_line(test)
        if behind and test.test.column not in told:
            told.add(test.test.column)  # once is enough: many rules ask whether the hulls touched
            yield f"        from {behind}"


def _verdict_lines(explanation: Explanation) -> Iterator[str]:
    row, first = explanation.row, explanation.first
    if explanation.taken_back:
        yield f"Rule {first.rule.name} held first, but rule {row['rule']} overruled it:"
        yield f"  {row['reasons']}"
    else:
        yield f"Decided by rule {first.rule.name}: {row['reasons']}"
    if row["score"] is not None:
        score = score_words(row["score"])
        yield f"Score {score}; a candidate has {explanation.score_min:.2f} or more."
    if row["candidate"]:
        near = sorted((t for t in first.tests if t.margin is not None), key=lambda t: t.effort)
        told = [t for t in near if not t.is_flag][:3]
        if told:
            yield "It is a candidate; nearest to failing:"
            yield from (f"- {_test_line(test)}" for test in told)
    elif explanation.score_low:
        yield "It is no candidate for its score alone."
    elif explanation.hindrances:
        yield "To be a candidate:"
        for hindrance in explanation.hindrances:
            yield from _hindrance_lines(hindrance)
    elif not explanation.taken_back:
        yield f"No rule leads from here to a candidate: {row['class']} is no class asked for."


def in_words(explanation: Explanation) -> str:
    """The whole explanation as text: headline, verdict, what would have to change, every rule."""
    lines = [headline(explanation), f"Event {explanation.row['event_id']}"]
    lines += _verdict_lines(explanation)
    lines.append("Rules in the order of trial:")
    told: set[str] = set()
    for number, verdict in enumerate(explanation.rules, start=1):
        lines += _rule_lines(number, verdict, explanation, told)
    return "\n".join(lines)


def _plain_test(verdict: Finding) -> dict[str, Any]:
    test = verdict.test
    return {
        "column": test.column,
        "words": test.words,
        "meaning": MEASURES.get(test.column),
        "value": verdict.value,
        "op": test.op,
        "threshold": float(test.threshold),
        "margin": verdict.margin,
        "holds": verdict.holds,
        "if_unknown": test.unknown,
        "behind": dict(verdict.behind),
    }


def as_plain(explanation: Explanation) -> dict[str, Any]:
    """The whole explanation as what JSON can hold, times as text."""
    row = explanation.row
    told = ("event_id", "kind", "class", "candidate", "mmsi_a", "mmsi_b", "track_a", "track_b",
            "name_a", "name_b", "duration_h", "observed_h", "score", "rule", "reasons")  # fmt: skip
    return {
        **{name: row[name] for name in told},
        **{name: f"{row[name]:%Y-%m-%dT%H:%M:%SZ}" for name in ("start_utc", "end_utc")},
        "first_rule_that_held": explanation.first.rule.name,
        "rules": [
            {
                "name": verdict.rule.name,
                "class": verdict.rule.kind,
                "words": verdict.rule.words,
                "holds": verdict.holds,
                "tests": [_plain_test(test) for test in verdict.tests],
            }
            for verdict in explanation.rules
        ],
        "to_be_a_candidate": [
            {
                "rule": hindrance.rule.name,
                "must": "hold" if hindrance.must_hold else "not hold",
                "tests": [_plain_test(test) for test in hindrance.tests],
            }
            for hindrance in explanation.hindrances
        ],
    }
