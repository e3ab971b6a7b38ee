"""Explaining: each rule in order, what it tested, by how much it held or failed, what decided."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.config import RendezvousConfig
from pipeline.rendezvous.distance_rules import distance_rules
from pipeline.rendezvous.lone_rules import lone_rules
from pipeline.rendezvous.pair_rules import pair_rules
from pipeline.rendezvous.rules import Rule, Test

YES = " (1: yes)"
"""How the words of a test end whose column is 1 or 0."""
_BOTH_TYPES = ("ship_type_a", "ship_type_b", "length_a_m", "length_b_m")
_BOTH_STAYS = tuple(
    name
    for side in "ab"
    for name in (f"stay_{side}_h", f"stay_radius_{side}_m", f"stay_spread_{side}_deg")
)
_BOTH_DRAUGHTS = tuple(f"draught_{when}_{side}_m" for side in "ab" for when in ("before", "change"))
BEHIND: Mapping[str, tuple[str, ...]] = {
    "aid": ("mmsi_a", "mmsi_b"),
    "contact": ("hull_gap_median_m", "hull_gap_low_m", "hull_gap_high_m"),
    "false_place": ("false_place_a", "false_place_b"),
    "same_identity": ("imo_a", "imo_b", "callsign_a", "callsign_b"),
    "fixed": (*_BOTH_STAYS, "moored_a", "moored_b", "at_anchor_a", "at_anchor_b", "shore_km"),
    "made_fast": _BOTH_STAYS,
    "swung": _BOTH_STAYS,
    "pinned": _BOTH_STAYS,
    "tug": (*_BOTH_TYPES, "towing_a", "towing_b"),
    "dredger": ("ship_type_a", "ship_type_b"),
    "craft": (*_BOTH_TYPES, "class_b_a", "class_b_b"),
    "craft_or_tug": ("ship_type_a", "length_a_m", "class_b_a", "towing_a"),
    "fishing_both": ("ship_type_a", "ship_type_b", "fishing_a", "fishing_b"),
    "cargo_moved": _BOTH_DRAUGHTS,
    "no_fishing": ("ship_type_a", "ship_type_b", "fishing_a", "fishing_b"),
    "no_tanker": ("ship_type_a", "ship_type_b", "at_anchor_a", "at_anchor_b", "shore_km"),
    "serving": (*_BOTH_TYPES, "at_anchor_a", "at_anchor_b", "shore_km"),
    "bunkering": (*_BOTH_TYPES, "at_anchor_a", "at_anchor_b", "shore_km"),
    "draught_explains": ("draught_before_a_m", "draught_change_a_m", "draught_typed_a_h"),
    "pair_explains": ("draught_typed_a_h",),
    "keel_deg": ("heading_difference_deg",),
    "gap_above_floor_m": ("hull_gap_median_m", "beam_a_m", "beam_b_m"),
    "gap_above_deep_m": ("hull_gap_median_m", "beam_a_m", "beam_b_m"),
    "excess_scatter_m": ("scatter_hull_m", "distance_scatter_m", "gap_sigma_m"),
    "contact_share": ("contact_h", "near_h"),
    "draught_step_m": ("draught_before_a_m", "draught_after_a_m"),
}
"""Derived columns, and the measured ones that tell a reader how they came about."""


@dataclass(frozen=True)
class Finding:
    """What a test found.

    Attributes
    ----------
    test : Test
        What was tested.
    value : float or None
        None where unknown.
    holds : bool
        Whether the test held.
    margin : float or None
        By how much it held (above zero) or failed (below), in the column's unit.
    behind : Mapping
        The measured values that a derived column came from.
    """

    test: Test
    value: float | None
    holds: bool
    margin: float | None
    behind: Mapping[str, Any]

    @property
    def is_flag(self) -> bool:
        """Whether the column says yes or no."""
        return self.test.words.endswith(YES)

    @property
    def effort(self) -> float:
        """How far the value is from the other verdict, as a share of the threshold."""
        if self.margin is None or self.is_flag:
            return math.inf
        return abs(self.margin) / max(abs(self.test.threshold), 1e-9)


@dataclass(frozen=True)
class RuleVerdict:
    """What a rule found: all its tests, and whether they all held."""

    rule: Rule
    tests: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether the rule held."""
        return all(test.holds for test in self.tests)


@dataclass(frozen=True)
class Hindrance:
    """One thing that keeps an encounter from being a candidate.

    Attributes
    ----------
    rule : Rule
        An earlier rule that held and took the encounter, or the one that would make a candidate.
    must_hold : bool
        False: one of `tests` would have to fail. True: all of them would have to hold.
    tests : tuple of Finding
        The one nearest to the other verdict comes first.
    """

    rule: Rule
    must_hold: bool
    tests: tuple[Finding, ...]


@dataclass(frozen=True)
class Explanation:
    """Why an encounter is what it is.

    Attributes
    ----------
    row : Mapping
        The encounter: all its columns.
    rules : tuple of RuleVerdict
        Every rule in the order of trial.
    first : RuleVerdict
        The first rule that held.
    hindrances : tuple of Hindrance
        What would have to change for a rule of a candidate class to decide; empty where one did.
    score_min : float
        The score that a candidate must have, where it has one.
    wanted : bool
        Whether the first rule that held gives a candidate class.
    """

    row: Mapping[str, Any]
    rules: tuple[RuleVerdict, ...]
    first: RuleVerdict
    hindrances: tuple[Hindrance, ...]
    score_min: float
    wanted: bool

    @property
    def taken_back(self) -> bool:
        """Whether what other ships did overruled the first rule that held."""
        return bool(self.row["rule"] != self.first.rule.name)

    @property
    def score_low(self) -> bool:
        """Whether the score alone keeps it from being a candidate."""
        return self.wanted and not (self.row["candidate"] or self.taken_back)


def rules_of(config: RendezvousConfig, kind: str) -> tuple[Rule, ...]:
    """The rules for encounters of a kind (``pair``, ``one_sided``), in the order of trial."""
    if config.method == "distance":
        return distance_rules(config)
    return pair_rules(config) if kind == "pair" else lone_rules(config)


def explain(judged: pl.DataFrame, config: RendezvousConfig) -> list[Explanation]:
    """Explain encounters.

    Parameters
    ----------
    judged : pl.DataFrame
        Rows from `rendezvous.judge`.
    config : RendezvousConfig
        What they were judged with.

    Returns
    -------
    list of Explanation
        One a row, in the order of the rows.
    """
    return [_explain(row, config) for row in judged.iter_rows(named=True)]


def _explain(row: Mapping[str, Any], config: RendezvousConfig) -> Explanation:
    rules = tuple(
        RuleVerdict(rule, tuple(_try(test, row) for test in rule.tests))
        for rule in rules_of(config, row["kind"])
    )
    first = next(rule for rule in rules if rule.holds)
    classes = config.candidate_classes
    wanted = first.rule.kind in classes
    hindrances = () if wanted else _hindrances(rules, classes)
    return Explanation(row, rules, first, hindrances, config.candidate_score_min, wanted)


def _try(test: Test, row: Mapping[str, Any]) -> Finding:
    value = row[test.column]
    behind = {name: row[name] for name in BEHIND.get(test.column, ()) if name in row}
    if value is None:
        return Finding(test, None, test.unknown, None, behind)
    margin = value - test.threshold if test.op == ">=" else test.threshold - value
    return Finding(test, float(value), margin >= 0.0, margin + 0.0, behind)


def _flipped(finding: Finding) -> float:
    """The value nearest to the threshold with which a test that holds would fail."""
    step = 1.0 if finding.is_flag else 1e-9
    return finding.test.threshold + (step if finding.test.op == "<=" else -step)


def _allows(wanted: RuleVerdict, finding: Finding) -> bool:
    """Whether the wanted rule could still hold if a test of an earlier one failed."""
    value = _flipped(finding)
    return all(
        value >= other.test.threshold if other.test.op == ">=" else value <= other.test.threshold
        for other in wanted.tests
        if other.test.column == finding.test.column
    )


def _ways_out(rule: RuleVerdict, wanted: RuleVerdict) -> tuple[Finding, ...]:
    """The tests of a rule that holds of which one would have to fail, the easiest first."""
    open_ = [finding for finding in rule.tests if _allows(wanted, finding)]
    return tuple(sorted(open_ or rule.tests, key=lambda finding: finding.effort))


def _hindrances(rules: tuple[RuleVerdict, ...], classes: tuple[str, ...]) -> tuple[Hindrance, ...]:
    """For the rule of a candidate class that is nearest to deciding: what stands before it."""
    ways = []
    for n, wanted in enumerate(rules):
        if wanted.rule.kind not in classes:
            continue
        before = [
            Hindrance(rule.rule, False, _ways_out(rule, wanted)) for rule in rules[:n] if rule.holds
        ]
        failed = tuple(
            sorted((one for one in wanted.tests if not one.holds), key=lambda one: one.effort)
        )
        ways.append([*before, *([Hindrance(wanted.rule, True, failed)] if failed else [])])
    return tuple(min(ways, key=lambda way: sum(1 + len(h.tests) for h in way), default=[]))
