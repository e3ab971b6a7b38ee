"""What can go wrong in a way the user can mend, each with its exit code."""

from __future__ import annotations


class AlongsideError(Exception):
    """A message for the user: what was wrong, where, what to do. Exit code 1: failed midway."""

    exit_code = 1


class UsageError(AlongsideError):
    """Bad arguments, a bad configuration, an output folder that is in the way. Exit code 2."""

    exit_code = 2


class NothingUsableError(AlongsideError):
    """No file of the input held a usable AIS position. Exit code 3."""

    exit_code = 3
