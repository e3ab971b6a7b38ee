"""Sweeps: the candidates of a run along one threshold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.config import Config
from pipeline.config.load import config_hash, load
from pipeline.desk.keys import refuse_measuring_keys, value_of
from pipeline.desk.labels import Label
from pipeline.desk.redeciding import decide_table
from pipeline.errors import UsageError

VALUES_MAX = 200
"""Values of one sweep: more are no finer a chart, only a longer wait."""
ELBOW_LEAST = 0.1
"""An elbow is a bend that leaves the straight line between the ends by this share of the range."""
ELBOW_CANDIDATES = 3
"""And a curve that falls by fewer candidates than this has no shape to speak of."""
ELBOW_VALUES = 5
"""Nor has one of fewer values: of three any that do not lie in line would make a bend."""


@dataclass(frozen=True)
class Sweep:
    """A key and the values to try."""

    key: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Truth:
    """Labels, and the one that each encounter of the run belongs to.

    Attributes
    ----------
    labels : sequence of Label
        As read.
    of_row : sequence of int or None
        For each encounter, in the order of the run's table.
    """

    labels: Sequence[Label]
    of_row: Sequence[int | None]

    @property
    def complete(self) -> bool:
        """Whether the labels are all transfers there were, so that a candidate of none is wrong.

        They are taken so when none of them is a rejection: a list of transfers, not of verdicts.
        """
        return all(label.verdict != "rejected" for label in self.labels)


@dataclass(frozen=True)
class Marks:
    """How the candidates stand against the labels.

    Attributes
    ----------
    right, wrong, unlabelled : int
        Candidates that are confirmed; that are rejected (or of no label, where labels are
        complete); that nothing is known of.
    found, confirmed : int
        Confirmed labels that a candidate belongs to, and all confirmed labels.
    """

    right: int
    wrong: int
    unlabelled: int
    found: int
    confirmed: int

    @property
    def precision(self) -> float | None:
        """Share of the judged candidates that are right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """Share of the confirmed labels that are found."""
        return self.found / self.confirmed if self.confirmed else None

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        p, r = self.precision or 0.0, self.recall or 0.0
        return 2 * p * r / (p + r) if p + r else 0.0


@dataclass(frozen=True)
class Outcome:
    """The candidates with some settings.

    Attributes
    ----------
    rows : frozenset of int
        Their rows in the run's table.
    make_up : mapping
        Number by kind and class, such as ``pair transfer``.
    rules : pl.DataFrame
        ``class`` and ``rule`` of every encounter, in the order of the run's table.
    marks : Marks or None
        Against the labels; None without any.
    """

    rows: frozenset[int]
    make_up: Mapping[str, int]
    rules: pl.DataFrame
    marks: Marks | None


@dataclass(frozen=True)
class Bench:
    """What sweeps are run on: a run's encounters, and what is known of them."""

    measured: pl.DataFrame
    config: Config
    run: Path
    truth: Truth | None = None
    _outcomes: dict[str, Outcome] = field(default_factory=dict, repr=False)

    def outcome(self, config: Config) -> Outcome:
        """The candidates with these settings, which differ from the run's in deciding only."""
        key = config_hash(config)
        if key not in self._outcomes:
            self._outcomes[key] = self._decide(config)
        return self._outcomes[key]

    def along(self, sweep: Sweep, config: Config | None = None) -> list[Outcome]:
        """The candidates at each value of a sweep, all else as in `config` (None: the run's)."""
        base = config or self.config
        return [self.outcome(at(base, sweep.key, value)) for value in sweep.values]

    def _decide(self, config: Config) -> Outcome:
        numbered = self.measured.with_row_index("row")
        decided = decide_table(numbered, config, self.run).sort("row")
        chosen = decided.filter("candidate")
        kinds = chosen.select(pl.concat_str("kind", "class", separator=" ").alias("kinds"))
        rows = chosen["row"].to_list()
        return Outcome(
            rows=frozenset(rows),
            make_up=dict(kinds.group_by("kinds").len().sort("kinds").iter_rows()),
            # Words as numbers: there may be 200 outcomes of a hundred thousand encounters.
            rules=decided.select(pl.col("class", "rule").cast(pl.Categorical)),
            marks=_marks(self.truth, rows) if self.truth else None,
        )


def at(config: Config, key: str, value: float) -> Config:
    """The configuration with one key set."""
    return load(None, [f"{key}={value!r}"], without_file=config)


def parse_sweep(text: str, config: Config) -> Sweep:
    """A sweep from ``section.key=from:to:step``.

    Parameters
    ----------
    text : str
        Both ends are tried; the step may be negative.
    config : Config
        The run's: every value must be one that it may take.

    Raises
    ------
    UsageError
        It is not so written, there is no such key, a value is out of its bounds, or the key does
        not decide which encounters are candidates.
    """
    key, equals, span = text.partition("=")
    key = key.strip()
    try:
        first, last, step = (Decimal(part.strip()) for part in span.split(":"))
        finite = first.is_finite() and last.is_finite() and step.is_finite()
    except (InvalidOperation, ValueError):
        finite = False
    if not equals or not key or not finite:
        raise UsageError(
            f"--sweep {text}: expected section.key=from:to:step, for example"
            " rendezvous.transfer.duration_min_h=0.5:4:0.5"
        )
    count = int((last - first) / step) + 1 if step else 0
    if count < 2:
        raise UsageError(f"--sweep {text}: a step of {step} does not lead from {first} to {last}")
    if count > VALUES_MAX:
        raise UsageError(
            f"--sweep {text}: {count} values; at most {VALUES_MAX}: take a longer step"
        )
    values = [first + step * n for n in range(count)]
    whole = all(value == value.to_integral_value() for value in values)
    numbers = tuple(int(value) if whole else float(value) for value in values)
    try:
        for end in (numbers[0], numbers[-1]):  # bounds are intervals: all between lies in them
            at(config, key, end)
    except UsageError as error:
        raise UsageError(f"--sweep {text}: {str(error).partition(': ')[2]}") from None
    if not isinstance(value_of(config, key), int | float):
        raise UsageError(f"--sweep {text}: {key} is no number")
    refuse_measuring_keys([key])
    if not key.startswith("rendezvous."):
        raise UsageError(f"--sweep {text}: {key} does not decide what is a candidate")
    return Sweep(key, numbers)


def _marks(truth: Truth, rows: Iterable[int]) -> Marks:
    right = wrong = unlabelled = 0
    found: set[int] = set()
    for row in rows:
        number = truth.of_row[row]
        verdict = None if number is None else truth.labels[number].verdict
        if number is not None and verdict == "confirmed":
            right += 1
            found.add(number)
        elif verdict == "rejected" or (verdict is None and truth.complete):
            wrong += 1
        else:
            unlabelled += 1
    confirmed = sum(label.verdict == "confirmed" for label in truth.labels)
    return Marks(right, wrong, unlabelled, len(found), confirmed)


def elbow(sweep: Sweep, outcomes: Sequence[Outcome]) -> float | None:
    """The value at which the number of candidates along a sweep bends most.

    The point furthest from the straight line between the curve's ends, both axes scaled to their
    range (the idea of Kneedle: Satopää and others, 2011). None where there is no bend worth the
    name; `no_elbow` says why.
    """
    if no_elbow(outcomes) is not None:
        return None
    numbers = np.array([len(outcome.rows) for outcome in outcomes], dtype=float)
    x = np.linspace(0.0, 1.0, len(numbers))
    y = (numbers - numbers.min()) / (numbers.max() - numbers.min())
    off = np.abs(y - (y[0] + (y[-1] - y[0]) * x))
    return sweep.values[int(off.argmax())] if off.max() >= ELBOW_LEAST else None


def no_elbow(outcomes: Sequence[Outcome]) -> str | None:
    """Why a curve cannot show an elbow, whatever its shape; None: it can."""
    numbers = [len(outcome.rows) for outcome in outcomes]
    if len(numbers) < ELBOW_VALUES:
        return f"{len(numbers)} values are too few to show a bend, {ELBOW_VALUES} or more can"
    if max(numbers) - min(numbers) < ELBOW_CANDIDATES:
        return f"the number of candidates changes by fewer than {ELBOW_CANDIDATES}"
    return None
