"""The rules that decide what a meeting is, as data: so that they can be run and explained alike.

Rules are tried in order; the first of which all tests hold gives the class. A test compares one
column with one threshold of the configuration. What is unknown passes or fails a test as the test
says, so that missing data neither makes nor breaks a transfer by accident.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import polars as pl

Op = Literal["<=", ">="]
_OPERATORS: dict[Op, Callable[[pl.Expr, float], pl.Expr]] = {
    "<=": operator.le,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Test:
    """One comparison.

    Attributes
    ----------
    column : str
        A measured or derived column.
    op : str
        ``<=`` or ``>=``.
    threshold : float
        In the column's unit.
    unknown : bool
        Whether the test holds where the column is null.
    words : str
        What the column is, for people.
    """

    column: str
    op: Op
    threshold: float
    unknown: bool
    words: str

    def expr(self) -> pl.Expr:
        """True where the test holds."""
        holds = _OPERATORS[self.op](pl.col(self.column), self.threshold)
        return holds.fill_null(value=self.unknown)


@dataclass(frozen=True)
class Rule:
    """A class, and the tests that must all hold for it.

    Attributes
    ----------
    name : str
        Stands in the column `rule` of the encounters.
    kind : str
        The class it gives.
    words : str
        Why, in one clause.
    tests : tuple of Test
        All must hold.
    """

    name: str
    kind: str
    words: str
    tests: tuple[Test, ...]

    def expr(self) -> pl.Expr:
        """True where all tests hold."""
        always = pl.lit(1) == 1
        return pl.all_horizontal([always, *(test.expr() for test in self.tests)])


def at_least(column: str, threshold: float, words: str, *, unknown: bool = False) -> Test:
    """A test that holds from a threshold on."""
    return Test(column, ">=", threshold, unknown, words)


def at_most(column: str, threshold: float, words: str, *, unknown: bool = False) -> Test:
    """A test that holds up to a threshold."""
    return Test(column, "<=", threshold, unknown, words)
