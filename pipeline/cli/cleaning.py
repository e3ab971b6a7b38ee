"""The commands that look at dumps and clean them, without looking for transfers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.detecting import DEFAULT_CONFIG
from pipeline.cli.options import KeepRejected, Out, Overwrite, Quiet, Set, Verbose, Workers
from pipeline.cli.working import hold_to, show, working

if TYPE_CHECKING:
    from pipeline.config import Config

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT",
        help="AIS dumps: files, folders, globs. The format is told from the content.",
    ),
]
Settings = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help=f"Settings that differ from the defaults; {DEFAULT_CONFIG} if not given.",
        show_default=False,
    ),
]


def _settings(config: Path | None, overrides: list[str] | None) -> Config:
    from pipeline.config.load import load

    if config is None and DEFAULT_CONFIG.is_file():
        config = DEFAULT_CONFIG
    return load(config, overrides or [])


def clean(
    inputs: Inputs,
    out: Out,
    config: Settings = None,
    set_: Set = None,
    overwrite: Overwrite = False,
    keep_rejected: KeepRejected = False,
    workers: Workers = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Clean dumps: a GeoParquet file a day with tracks, ships and draughts, which detect reads.

    Exit codes: 0 done, 1 failed midway, 2 bad usage or settings, 3 no usable AIS in the input.
    """
    with working(quiet, verbose) as progress:
        hold_to(workers)
        settings = _settings(config, set_)

        from pipeline.desk.clean_dump import clean_dump

        told = clean_dump(
            inputs,
            settings,
            out,
            overwrite=overwrite,
            progress=progress,
            keep_rejected=keep_rejected,
        )
        if not quiet:
            show(
                f"{told.fixes} positions of {told.tracks} tracks in {told.days} days, of"
                f" {told.rows_read} rows read: {told.folder}"
            )


def inspect(
    inputs: Inputs,
    config: Settings = None,
    set_: Set = None,
    workers: Workers = None,
    verbose: Verbose = False,
) -> None:
    """Tell in seconds what dumps hold: layout, span, ships, intervals, faults, and what to set.

    Large dumps are sampled, which is said. Exit codes: 0 done, 2 bad usage or settings, 3 no usable
    AIS in the input.
    """
    with working(quiet=not verbose, verbose=verbose) as progress:
        hold_to(workers)
        settings = _settings(config, set_)

        from pipeline.desk.inspecting import inspect as look

        show(look(inputs, settings, progress))
