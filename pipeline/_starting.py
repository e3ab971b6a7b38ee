"""Ctrl-C in the first moments of a command, before there is anything that could tell it.

Python itself would show where it was in its imports. What it does before it reads this package,
some hundredths of a second, is out of reach.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

INTERRUPTED = 128 + signal.SIGINT  # what shells give for it
TOLD = "interrupted; nothing was written"


def tell_ctrl_c() -> None:
    """Have Ctrl-C end the process with one line, where the process is a command of this package.

    `pipeline.cli.main` puts its own way of ending in the place of this one. Who imports the package
    into a program of their own keeps theirs.
    """
    program = sys.orig_argv[-len(sys.argv) :][:1]  # a script's path, or the word after -m
    if program == ["pipeline"] or [name.rpartition("/")[2] for name in program] == ["alongside"]:
        signal.signal(signal.SIGINT, _end)


def _end(_signal: int, _frame: FrameType | None) -> None:
    os.write(2, f"error: {TOLD}\n".encode())
    os._exit(INTERRUPTED)  # nothing has been begun that would have to be cleared away
