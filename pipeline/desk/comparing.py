"""How two runs differ: candidates added, lost and changed, each with what made the difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl

from pipeline.desk.causes import (
    Blame,
    Differences,
    Side,
    can_be_decided,
    comes_or_goes,
    find_differences,
    is_told_otherwise,
)
from pipeline.desk.reading import read, run_config
from pipeline.exports.layers import CANDIDATE_PROPERTIES, presentable
from pipeline.exports.results import Results, candidates

Row = Mapping[str, Any]

NOT_COMPARED = {"event_id", "reasons"}  # reasons only put the other columns into words
VOLUMES = ("giver_mmsi", "receiver_mmsi", "volume_low_bbl", "volume_median_bbl", "volume_high_bbl")
DECIDED = ("class", "score", "rule")


@dataclass(frozen=True)
class Change:
    """A candidate that came, went or changed.

    Attributes
    ----------
    what : str
        ``added``, ``lost`` or ``changed``.
    before, after : Mapping or None
        The encounter in either run, a candidate or not; None where the run has none of these ships
        at that time.
    columns : tuple of str
        Of a changed one: what differs.
    because : str
        The key, the input, or what else made the difference.
    """

    what: Literal["added", "lost", "changed"]
    before: Row | None
    after: Row | None
    columns: tuple[str, ...] = ()
    because: str = ""

    @property
    def row(self) -> Row:
        """The encounter where it is a candidate, the later run's if it is one in both."""
        row = self.before if self.what == "lost" else self.after
        assert row is not None  # noqa: S101 - by what the words mean
        return row


@dataclass(frozen=True)
class Comparison:
    """Two runs beside each other."""

    before: Side
    after: Side
    differences: Differences
    changes: Sequence[Change]
    unchanged: int


def compare(run_a: Path, run_b: Path) -> Comparison:
    """Compare two runs.

    Parameters
    ----------
    run_a, run_b : Path
        Finished runs, the earlier first.

    Raises
    ------
    UsageError
        A folder is no run.
    """
    return _compare(_side(run_a), _side(run_b))


def _side(folder: Path) -> tuple[Side, Results]:
    results = read(folder)
    manifest = dict(results.manifest)
    return Side(folder, manifest, run_config(manifest, folder), results.encounters), results


def _compare(a: tuple[Side, Results], b: tuple[Side, Results]) -> Comparison:
    (before, found_before), (after, found_after) = a, b
    chosen = [_by_id(candidates(found)) for found in (found_before, found_after)]
    examined = [_examined(side.encounters) for side in (before, after)]
    pairs = _matched(chosen[0], chosen[1])
    partner = dict(pairs)
    changes = [
        Change("lost", row, examined[1].of(row))
        for key, row in chosen[0].items()
        if key not in partner
    ]
    met = set(partner.values())
    changes += [
        Change("added", examined[0].of(row), row)
        for key, row in chosen[1].items()
        if key not in met
    ]
    for old, new in pairs:
        was, now = chosen[0][old], chosen[1][new]
        columns = tuple(c for c in was if c not in NOT_COMPARED and was[c] != now[c])
        if columns:
            changes.append(Change("changed", was, now, columns))
    told = find_differences(before, after)
    explained = _explained(changes, before, after, told)
    unchanged = len(pairs) - sum(change.what == "changed" for change in changes)
    return Comparison(before, after, told, explained, unchanged)


def _by_id(chosen: pl.DataFrame) -> dict[str, Row]:
    """Candidates as people see them, by id, in the order of time."""
    ordered = chosen.sort("start_utc", "event_id")
    shown = presentable(ordered, CANDIDATE_PROPERTIES).hstack(ordered.select("lat", "lon"))
    return {row["event_id"]: row for row in shown.iter_rows(named=True)}


@dataclass(frozen=True)
class _Examined:
    """All encounters of a run, to look up what became of a candidate of the other."""

    by_id: Mapping[str, Row]
    by_ships: Mapping[frozenset[int], Sequence[Row]]

    def of(self, row: Row) -> Row | None:
        """The same event, else that of the same ships that overlaps it longest."""
        if row["event_id"] in self.by_id:
            return self.by_id[row["event_id"]]
        overlapping = [o for o in self.by_ships.get(_ships(row), ()) if _overlap_s(o, row) > 0]
        return max(overlapping, key=lambda o: _overlap_s(o, row), default=None)


def _examined(encounters: pl.DataFrame) -> _Examined:
    columns = ("event_id", "mmsi_a", "mmsi_b", "start_utc", "end_utc", "class", "rule", "score")
    rows = list(encounters.select(columns).iter_rows(named=True))
    by_ships = defaultdict(list)
    for row in rows:
        by_ships[_ships(row)].append(row)
    return _Examined({row["event_id"]: row for row in rows}, by_ships)


def _ships(row: Row) -> frozenset[int]:
    return frozenset(mmsi for mmsi in (row["mmsi_a"], row["mmsi_b"]) if mmsi is not None)


def _overlap_s(one: Row, other: Row) -> float:
    start: datetime = max(one["start_utc"], other["start_utc"])
    end: datetime = min(one["end_utc"], other["end_utc"])
    return (end - start).total_seconds()


def _matched(before: Mapping[str, Row], after: Mapping[str, Row]) -> list[tuple[str, str]]:
    """Which candidate of one run is which of the other: by id, else the same ships, overlapping."""
    pairs = [(key, key) for key in before if key in after]
    free: dict[frozenset[int], list[str]] = defaultdict(list)
    for key, row in after.items():
        if key not in before:
            free[_ships(row)].append(key)
    overlaps = [
        (_overlap_s(row, after[other]), key, other)
        for key, row in before.items()
        if key not in after
        for other in free[_ships(row)]
    ]
    taken: set[str] = set()
    for overlap, key, other in sorted(overlaps, key=lambda o: (-o[0], o[1], o[2])):
        if overlap > 0 and key not in taken and other not in taken:
            taken |= {key, other}
            pairs.append((key, other))
    return pairs


def _explained(
    changes: Sequence[Change], before: Side, after: Side, told: Differences
) -> list[Change]:
    """Each change with its cause."""
    old = {key: values[0] for key, values in told.deciding.items()}
    new = {key: values[1] for key, values in told.deciding.items()}
    by_before = Blame(before, new if can_be_decided(before) else {})
    by_after = Blame(after, old if can_be_decided(after) else {})

    def came_or_went(change: Change) -> str:
        blame = by_before if change.what == "lost" else by_after
        return blame.of(change.row["event_id"], comes_or_goes) or told.measuring or "unknown"

    moved = [replace(c, because=came_or_went(c)) for c in changes if c.what != "changed"]
    others = _by_ship(moved)

    def cause(change: Change) -> str:
        event = change.row["event_id"]
        parts = []
        columns = set(change.columns)
        if columns & {*DECIDED}:
            parts.append(by_after.of(event, is_told_otherwise))
        if columns - {*DECIDED, *VOLUMES}:
            parts.append(told.measuring)
        if columns & {*VOLUMES}:
            # A draught typed once stands for all meetings since the one before.
            parts += [
                told.volumes,
                *(others[ship] for ship in sorted(_ships(change.row) & others.keys())),
            ]
        return ", ".join(dict.fromkeys(filter(None, parts))) or told.measuring or "unknown"

    changed = [replace(c, because=cause(c)) for c in changes if c.what == "changed"]
    return [*moved, *changed]


def _by_ship(moved: Sequence[Change]) -> dict[int, str]:
    """Of each ship of candidates that came or went, what to say where that changes another's."""
    reasons: dict[int, list[str]] = defaultdict(list)
    for change in moved:
        for mmsi in _ships(change.row):
            reasons[mmsi].append(f"{change.because} ({change.what} another candidate of {mmsi})")
    return {mmsi: ", ".join(dict.fromkeys(told)) for mmsi, told in reasons.items()}
