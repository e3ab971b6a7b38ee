"""What can go wrong in a way the user can mend, each with its exit code."""

from __future__ import annotations

import errno
import signal

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""No room on the disk, in what the user may use of it, or for so large a file."""


class AlongsideError(Exception):
    """A message for the user: what was wrong, where, what to do. Exit code 1: failed midway."""

    exit_code = 1


class Ended(SystemExit):
    """The process was asked to end: by Ctrl-C, or by SIGTERM.

    No Exception, so that nothing takes it for a failure that it knows how to go on after; and not
    KeyboardInterrupt, which Typer ends with silently.

    Parameters
    ----------
    number : int
        The signal; shells give 128 more for it, which is ``code``.
    """

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.number = signal.Signals(number)

    def __str__(self) -> str:
        how = "interrupted" if self.number == signal.SIGINT else f"ended by {self.number.name}"
        return f"{how}; nothing was written"


class UsageError(AlongsideError):
    """Bad arguments, a bad configuration, an output folder that is in the way. Exit code 2."""

    exit_code = 2


class NothingUsableError(AlongsideError):
    """No file of the input held a usable AIS position. Exit code 3."""

    exit_code = 3


def is_full(error: BaseException) -> bool:
    """Whether something failed since a disk has no room left.

    Libraries not written in Python tell by words alone, each with the system's number in them.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in FULL:
            return True
        if any(f"os error {number})" in str(seen) for number in FULL):
            return True
        seen = seen.__cause__
    return False
