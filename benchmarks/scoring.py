"""How candidates are counted against the truth.

A candidate belongs to those events of the truth that have exactly its ships (one or two MMSIs), and
counts for the one of them it overlaps most in time: one that joins two events finds only one. A
candidate that overlaps none is unmatched. An event is found if any candidate counts for it; those
that count for one event are its pieces, and its start and end are the first and last of theirs.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

Row = Mapping[str, object]


@dataclass
class Tally:
    """Counts of one kind of event (or of all)."""

    events: int = 0
    found: int = 0
    seen: int = 0  # events that can be seen at all
    seen_found: int = 0

    def add(self, found: bool, visible: bool) -> None:
        """Count one event."""
        self.events += 1
        self.found += found
        self.seen += visible
        self.seen_found += visible and found

    def join(self, other: Tally) -> None:
        """Add another tally to this."""
        self.events += other.events
        self.found += other.found
        self.seen += other.seen
        self.seen_found += other.seen_found


@dataclass
class Score:
    """What one run (or many) found of one world (or many)."""

    kinds: dict[tuple[str, str], Tally] = field(default_factory=dict)  # (label, kind)
    start_error_min: list[float] = field(default_factory=list)  # of two-sided events found
    end_error_min: list[float] = field(default_factory=list)
    pieces: list[int] = field(default_factory=list)
    unmatched: list[Row] = field(default_factory=list)
    missed: list[Row] = field(default_factory=list)  # events that can be seen and were not found
    wrong: list[Row] = field(default_factory=list)  # decoys reported
    graded: list[tuple[float, bool]] = field(default_factory=list)  # score, was it a transfer
    candidates: int = 0

    def total(self, label: str) -> Tally:
        """The tally of all kinds of a label."""
        out = Tally()
        for (of, _), tally in self.kinds.items():
            if of == label:
                out.join(tally)
        return out

    def join(self, other: Score) -> None:
        """Add another score to this."""
        for key, tally in other.kinds.items():
            self.kinds.setdefault(key, Tally()).join(tally)
        self.start_error_min += other.start_error_min
        self.end_error_min += other.end_error_min
        self.pieces += other.pieces
        self.unmatched += other.unmatched
        self.missed += other.missed
        self.wrong += other.wrong
        self.graded += other.graded
        self.candidates += other.candidates


def seconds(text: object) -> float:
    """Seconds since 1970 of an ISO time; UTC if it names no zone."""
    time = datetime.fromisoformat(str(text))
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def ships(row: Row) -> frozenset[int]:
    """The MMSIs of a candidate or an event."""
    a, b = row["mmsi_a"], row.get("mmsi_b")
    return frozenset({int(str(a))} | ({int(str(b))} if b is not None else set()))


def read_candidates(file: Path) -> list[Row]:
    """The properties of a candidates file."""
    return [feature["properties"] for feature in json.loads(file.read_text())["features"]]


def score(candidates: Iterable[Row], truth: Sequence[Row]) -> Score:
    """Count candidates (`mmsi_a`, `mmsi_b`, `start_utc`, `end_utc`, `score`) against the truth."""
    out, of_ships = Score(), defaultdict(list)
    for number, event in enumerate(truth):
        of_ships[ships(event)].append(number)
    hits: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for candidate in candidates:
        out.candidates += 1
        start, end = seconds(candidate["start_utc"]), seconds(candidate["end_utc"])
        overlaps = [
            (min(end, seconds(truth[i]["end"])) - max(start, seconds(truth[i]["start"])), i)
            for i in of_ships[ships(candidate)]
        ]
        longest, event_number = max(overlaps, default=(0.0, -1))
        if longest > 0:
            hits[event_number].append((start, end))
        else:
            out.unmatched.append(candidate)
        if candidate.get("score") is not None:
            real = longest > 0 and truth[event_number]["label"] != "decoy"
            out.graded.append((float(str(candidate["score"])), real))
    for number, event in enumerate(truth):
        label, found = str(event["label"]), hits.get(number, [])
        visible = bool(event.get("visible", True))
        tally = out.kinds.setdefault((label, str(event["kind"])), Tally())
        tally.add(bool(found), visible)
        if label == "decoy" and found:
            out.wrong.append(event)
        if label != "decoy" and visible and not found:
            out.missed.append(event)
        if label == "sts" and found:
            out.pieces.append(len(found))
            first, last = min(s for s, _ in found), max(e for _, e in found)
            out.start_error_min.append(abs(first - seconds(event["start"])) / 60)
            out.end_error_min.append(abs(last - seconds(event["end"])) / 60)
    return out


def summary(result: Score) -> str:
    """The figures in one line."""
    sts, dark, decoy = (result.total(label) for label in ("sts", "dark", "decoy"))
    return (
        f"recall {sts.found}/{sts.events} (of those that can be seen {sts.seen_found}/{sts.seen}), "
        f"one-sided {dark.found}/{dark.events} (seen {dark.seen_found}/{dark.seen}), "
        f"others reported {decoy.found}/{decoy.events}, "
        f"unmatched {len(result.unmatched)} of {result.candidates}, "
        f"pieces {np.mean(result.pieces) if result.pieces else 0:.2f} "
        f"(at most {max(result.pieces, default=0)}), "
        f"start error {_spread(result.start_error_min)}, end error {_spread(result.end_error_min)}"
    )


def _spread(errors: list[float]) -> str:
    if not errors:
        return "-"
    return f"{np.median(errors):.1f} min (95 %: {np.percentile(errors, 95):.1f})"


def calibration_error(graded: list[tuple[float, bool]], bins: int = 10) -> float | None:
    """Expected calibration error: mean over bins of |share true - mean score|, by their size."""
    if not graded:
        return None
    values = np.array([g[0] for g in graded])
    real = np.array([g[1] for g in graded], dtype=float)
    bin_of = np.minimum((values * bins).astype(int), bins - 1)
    parts = [
        (bin_of == b).mean() * abs(real[bin_of == b].mean() - values[bin_of == b].mean())
        for b in np.unique(bin_of)
    ]
    return float(sum(parts))
