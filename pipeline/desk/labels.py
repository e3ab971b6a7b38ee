"""Labels: what people know of pairs of ships at some time, and which encounters they speak of.

Three layouts are read alike: a list of pairs with times (``mmsi_a, mmsi_b, start_utc, end_utc``),
the verdicts that the report exports (the same with ``verdict``), and lists with
``first_alongside_utc`` and ``last_alongside_utc``. Further columns are passed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

import polars as pl

from pipeline.context._userfile import Problems, Table, read_table
from pipeline.errors import UsageError

Verdict = Literal["confirmed", "rejected", "unsure"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
STARTS = ("start_utc", "first_alongside_utc", "start")
ENDS = ("end_utc", "last_alongside_utc", "end")
MMSI_MAX = 999_999_999


@dataclass(frozen=True)
class Label:
    """What is known of a pair, or of a ship whose partner was never heard.

    Attributes
    ----------
    ships : frozenset of int
        One or two MMSIs.
    start, end : datetime
        Aware, the end not before the start.
    verdict : str
        ``confirmed``, ``rejected`` or ``unsure``.
    line : int
        Of the file.
    """

    ships: frozenset[int]
    start: datetime
    end: datetime
    verdict: Verdict
    line: int


def read_labels(path: Path) -> list[Label]:
    """Read a file of labels.

    Parameters
    ----------
    path : Path
        CSV. Times are ISO 8601, UTC where they name no zone. ``mmsi_b`` is blank where the partner
        was never heard. Without a column ``verdict`` every row is confirmed; with one, a blank
        verdict is ``unsure``.

    Returns
    -------
    list of Label
        In the order of the file; rows that say the same of the same ships at overlapping times are
        one label.

    Raises
    ------
    UsageError
        With the lines at fault and what is wrong with each.
    """
    table = read_table(path)
    start, end = table.column(*STARTS), table.column(*ENDS)
    missing = [
        " or ".join(names)
        for names, found in ((("mmsi_a",), "mmsi_a" in table.columns), (STARTS, start), (ENDS, end))
        if not found
    ]
    if missing or start is None or end is None:
        raise UsageError(
            f"{path}: labels need a column {', and '.join(missing)}; found:"
            f" {', '.join(table.columns)}"
        )
    problems = Problems(path)
    labels = [
        label
        for line, row in table.rows
        if (label := _label(line, row, (start, end), table, problems)) is not None
    ]
    labels = _merged(labels, problems)
    problems.stop()
    if not labels:
        raise UsageError(f"{path}: no labels below the header")
    return labels


def _label(
    line: int, row: dict[str, str], times: tuple[str, str], table: Table, problems: Problems
) -> Label | None:
    wrong = []
    ships = set()
    for key in ("mmsi_a", "mmsi_b"):
        text = row.get(key, "").removesuffix(".0")  # pandas' way of writing a number beside a blank
        if text.isascii() and text.isdigit() and 0 < int(text) <= MMSI_MAX:
            ships.add(int(text))
        elif text or key == "mmsi_a":
            wrong.append(f"{key} {text!r} is no MMSI (up to nine digits)")
    start, end = (_time(row.get(key, "")) for key in times)
    for key, value in zip(times, (start, end), strict=True):
        if value is None:
            wrong.append(f"{key} {row.get(key, '')!r} is no time (write 2018-06-04T21:30:00Z)")
    if start and end and end < start:
        wrong.append(f"{times[1]} is before {times[0]}")
    verdict = _verdict(row, table)
    if verdict is None:
        wrong.append(f"verdict {row['verdict']!r} is none of {', '.join(VERDICTS)}")
    for what in wrong:
        problems.add(line, what)
    if wrong or start is None or end is None or verdict is None:
        return None
    return Label(frozenset(ships), start, end, verdict, line)


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _verdict(row: dict[str, str], table: Table) -> Verdict | None:
    if "verdict" not in table.columns:
        return "confirmed"
    text = row.get("verdict", "").lower() or "unsure"
    return next((verdict for verdict in VERDICTS if verdict == text), None)


def _merged(labels: Sequence[Label], problems: Problems) -> list[Label]:
    """Labels of the same ships at overlapping times as one; contradictions noted."""
    kept: dict[frozenset[int], list[Label]] = defaultdict(list)
    for label in labels:
        others = kept[label.ships]
        same = next((o for o in others if o.start <= label.end and label.start <= o.end), None)
        if same is None:
            others.append(label)
        elif same.verdict != label.verdict:
            problems.add(
                label.line,
                f"{label.verdict}, but line {same.line} says {same.verdict} of the same ships at"
                " an overlapping time",
            )
        else:
            others[others.index(same)] = Label(
                label.ships,
                min(same.start, label.start),
                max(same.end, label.end),
                label.verdict,
                same.line,
            )
    return sorted((label for group in kept.values() for label in group), key=lambda o: o.line)


def label_of_each(encounters: pl.DataFrame, labels: Sequence[Label]) -> list[int | None]:
    """Which label each encounter belongs to.

    An encounter belongs to the label of exactly its ships that it overlaps longest in time; one
    that touches a label without overlapping belongs to it where none overlaps.

    Parameters
    ----------
    encounters : pl.DataFrame
        ``schema.ENCOUNTERS``.
    labels : sequence of Label
        From `read_labels`.

    Returns
    -------
    list of int or None
        A place in `labels` for each row.
    """
    of_ships: dict[frozenset[int], list[int]] = defaultdict(list)
    for number, label in enumerate(labels):
        of_ships[label.ships].append(number)
    found: list[int | None] = []
    for a, b, start, end in encounters.select("mmsi_a", "mmsi_b", "start_utc", "end_utc").rows():
        ships = frozenset({a} if b is None else {a, b})
        overlaps = [
            (min(end, labels[n].end) - max(start, labels[n].start), -n) for n in of_ships[ships]
        ]
        longest = max(overlaps, default=None)
        touches = longest is not None and longest[0].total_seconds() >= 0
        found.append(-longest[1] if longest is not None and touches else None)
    return found
