"""Progress of long work: a bar on a terminal, plain lines in a log, nothing when quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TextIO

LOG_EVERY_S = 10.0  # in a log, one line a step every so often is enough to see that work goes on


def plain(text: str) -> str:
    r"""Text that gives a terminal no orders: names of files and columns are of anyone's making.

    What shows nothing (control characters, marks that reorder a line) stands as its number does in
    Python: ``\x1b``.
    """
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )


class Step(Protocol):
    """One piece of long work."""

    def advance(self, amount: float = 1.0) -> None:
        """Say that `amount` more of the step's total is done."""


class Progress(Protocol):
    """Where stages tell what they are doing. Written to standard error only."""

    def step(self, what: str, total: float | None = None) -> AbstractContextManager[Step]:
        """Begin a step, `total` units long (None: not known), as a context manager."""

    def say(self, line: str) -> None:
        """A line of information (left out when quiet)."""


class _NoStep:
    def advance(self, amount: float = 1.0) -> None:
        pass


class Quiet:
    """Tells nothing."""

    @contextmanager
    def step(self, what: str, total: float | None = None) -> Iterator[Step]:
        """A step nobody sees."""
        yield _NoStep()

    def say(self, line: str) -> None:
        """Nothing."""


class _LogStep:
    def __init__(self, log: Log, what: str, total: float | None) -> None:
        self._log, self._what, self._total = log, what, total
        self._done, self._last = 0.0, time.monotonic()

    def advance(self, amount: float = 1.0) -> None:
        self._done += amount
        if self._total and time.monotonic() - self._last >= LOG_EVERY_S:
            self._last = time.monotonic()
            self._log.say(f"{self._what}: {min(1.0, self._done / self._total):.0%}")


class Log:
    """Plain lines, for logs and pipes."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr

    @contextmanager
    def step(self, what: str, total: float | None = None) -> Iterator[Step]:
        """A line when the step ends, and one every ten seconds of a long one."""
        begun = time.monotonic()
        yield _LogStep(self, what, total)
        self.say(f"{what}: {time.monotonic() - begun:.1f} s")

    def say(self, line: str) -> None:
        """The line, at once."""
        print(plain(line), file=self._stream, flush=True)


class Bar:
    """A live bar on a terminal."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(stderr=True)

    @contextmanager
    def step(self, what: str, total: float | None = None) -> Iterator[Step]:
        """A bar while the step runs, a line with its time when it ends."""
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        begun = time.monotonic()
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with RichProgress(*columns, console=self._console, transient=True) as bar:
            task = bar.add_task(what, total=total)

            class _BarStep:
                def advance(self, amount: float = 1.0) -> None:
                    bar.advance(task, amount)

            yield _BarStep()
        self.say(f"{what}: {time.monotonic() - begun:.1f} s")

    def say(self, line: str) -> None:
        """The line, above any bar, never read as markup."""
        self._console.print(plain(line), markup=False, highlight=False, soft_wrap=True)


def for_stream(quiet: bool) -> Progress:
    """The progress that suits where standard error goes."""
    if quiet:
        return Quiet()
    return Bar() if sys.stderr.isatty() else Log()
