"""The command that explains an encounter."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.options import Run, Verbose
from pipeline.cli.working import show, working


def explain(
    run: Run,
    mmsi: Annotated[
        list[int],
        typer.Option(metavar="A [B]", help="A ship, or a pair: --mmsi 244660123 538004030"),
    ],
    partner: Annotated[int | None, typer.Argument(hidden=True)] = None,
    ais: Annotated[
        list[str] | None,
        typer.Option(
            metavar="INPUT",
            help="AIS dumps in which to examine the pair anew, also one that was never close;"
            " may be repeated.",
            show_default=False,
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON in place of text.")] = False,
    verbose: Verbose = False,
) -> None:
    """Say why an encounter is a candidate or none: every rule, value, threshold and margin.

    Of one ship all its encounters; of a pair all of theirs, or how near the two came.
    """
    with working(quiet=not verbose, verbose=verbose) as progress:
        from pipeline.desk.explaining import explain_run

        ships = [*mmsi, *([] if partner is None else [partner])]
        explained = explain_run(run, ships, ais or [], progress)
        show(explained.json() if json else explained.text())
