"""The command line: reads arguments, calls, prints.

What is slow to import is imported where it is used, so that ``--help`` comes at once.
"""

from __future__ import annotations

import io
import math
import signal
import sys
import time
from types import FrameType
from typing import Annotated

import typer

from pipeline import __version__
from pipeline.cli.cleaning import clean, inspect
from pipeline.cli.desk import compare, decide, quota, tune
from pipeline.cli.detecting import detect
from pipeline.cli.explaining import explain
from pipeline.errors import Ended

TWICE_S = 0.5  # two of a kind within that are one: nobody presses Ctrl-C so fast
app = typer.Typer(
    name="alongside",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line of this process."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _Ending())
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal that lacks a letter shows its number
        sys.stdout.reconfigure(errors="backslashreplace")
    app()


class _Ending:
    """What a signal does: ends as any error does, so that nothing half written stays.

    A terminal sends Ctrl-C to this process and to the one that watches it, which hands it on.
    """

    def __init__(self) -> None:
        self.last = -math.inf

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        before, self.last = self.last, time.monotonic()
        if self.last - before > TWICE_S:
            raise Ended(number)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"alongside {__version__}")
        raise typer.Exit


@app.callback()
def alongside(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print it and end."),
    ] = False,
) -> None:
    """Find ship-to-ship transfers in raw AIS and estimate how much oil they moved."""


for command in (detect, inspect, clean, decide, explain, tune, compare, quota):
    app.command()(command)
