"""The command that reads dumps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import __version__
from pipeline.cli.options import (
    Engine,
    KeepRejected,
    Master,
    Out,
    Overwrite,
    Quiet,
    Set,
    State,
    StateDays,
    Verbose,
    Workers,
)
from pipeline.cli.working import hold_to, show, working
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline import engines

DEFAULT_CONFIG = Path("configs/default.yaml")


def detect(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="AIS dumps: files, folders, globs. The format is told from the content.",
        ),
    ],
    out: Out,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=f"Settings that differ from the defaults; {DEFAULT_CONFIG} if not given.",
            show_default=False,
        ),
    ] = None,
    set_: Set = None,
    overwrite: Overwrite = False,
    keep_rejected: KeepRejected = False,
    workers: Workers = None,
    engine: Engine = "local",
    master: Master = None,
    state: State = None,
    state_days: StateDays = 14,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Find candidate transfers in AIS dumps and write them for QGIS, with all the evidence.

    Exit codes: 0 done, 1 failed midway, 2 bad usage or settings, 3 no usable AIS in the input.
    """
    with working(quiet, verbose) as progress:
        hold_to(workers)
        from pipeline.config.load import config_hash, load

        if config is None and DEFAULT_CONFIG.is_file():
            config = DEFAULT_CONFIG
        settings = load(config, set_ or [])
        if verbose:
            progress.say(f"alongside {__version__}, configuration {config or 'built in'}")
            progress.say(f"configuration hash {config_hash(settings)}")

        from pipeline import run

        summary = run.detect(
            inputs,
            settings,
            out,
            overwrite=overwrite,
            progress=progress,
            keep_rejected=keep_rejected,
            engine=_engine(engine, master),
            state=state,
            state_days=state_days,
        )
        if not quiet:
            show(
                f"{summary.candidates} candidates of {summary.encounters} encounters examined:"
                f" {summary.candidates_path}"
            )


def _engine(engine: str, master: str | None) -> engines.Engine | None:
    """Who works; None: this machine."""
    if engine == "local":
        if master is not None:
            raise UsageError("--master goes with --engine spark")
        return None
    if master is None:
        raise UsageError("--engine spark needs --master URL, such as spark://host:7077")
    from pipeline.engines.spark import connect

    return connect(master)
