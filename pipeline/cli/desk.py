"""The commands on finished runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.beside import FOR_A_FOLDER, helper
from pipeline.cli.options import Out, Overwrite, Quiet, Run, Set, Verbose, file
from pipeline.cli.working import show, uncollected, working
from pipeline.errors import UsageError


def decide(
    run: Run,
    out: Out,
    config: Annotated[
        Path | None,
        file("Settings as detect would be given them; the run's own if not given."),
    ] = None,
    set_: Set = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Decide a finished run anew, in seconds: other thresholds, classes, cap, without the AIS.

    Writes the folder that detect would write with these settings. What belongs to measuring (feeds,
    cleaning, context, pairing, hulls, contact) cannot be changed so: that needs detect.
    """
    # The other process first: what it imports takes as long as all the deciding.
    with working(quiet, verbose) as progress, uncollected(), helper(FOR_A_FOLDER) as other:
        from pipeline.desk.redeciding import decide_run

        told = decide_run(
            run, config, set_ or [], out, overwrite=overwrite, progress=progress, other=other
        )
        if not quiet:
            show(
                f"{told.candidates} candidates ({told.before} before) of {told.encounters}"
                f" encounters: {told.candidates_path}"
            )


def tune(
    run: Run,
    sweep: Annotated[
        list[str],
        typer.Option(
            metavar="KEY=FROM:TO:STEP",
            help="A threshold and the values to try; may be repeated, each is swept alone.",
        ),
    ],
    labels: Annotated[
        Path | None,
        file(
            "CSV of pairs with times (mmsi_a, mmsi_b, start_utc, end_utc, verdict), or the"
            " verdicts exported from the report."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        file("Folder to write; RUN-tune if not given.", metavar="FOLDER"),
    ] = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Show what thresholds gain and lose on a finished run, and suggest a configuration."""
    with working(quiet, verbose) as progress:
        from pipeline.desk.tuning import tune_run

        folder = out or run.resolve().with_name(f"{run.resolve().name}-tune")
        text = tune_run(run, labels, sweep, folder, overwrite=overwrite, progress=progress)
        if not quiet:
            show(f"{text}\n{folder}")


def compare(
    run_a: Annotated[Path, typer.Argument(metavar="RUN_A", help="Folder of a finished run.")],
    run_b: Annotated[Path, typer.Argument(metavar="RUN_B", help="Folder of another.")],
    out: Annotated[
        Path | None,
        file(
            "Folder for the text and a layer for QGIS; nothing is written if not given.",
            metavar="FOLDER",
        ),
    ] = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Tell which candidates two runs do not share, and which key or input made the difference."""
    with working(quiet, verbose):
        from pipeline.desk.compare_files import compare_runs

        text = compare_runs(run_a, run_b, out, overwrite=overwrite)
        if not quiet:
            show(text.removesuffix("\n"))


def quota(
    out: Out,
    run: Annotated[
        Path | None,
        typer.Argument(metavar="[RUN]", help="Folder of a finished run.", show_default=False),
    ] = None,
    deliveries: Annotated[
        Path | None,
        file(
            "In place of a run: CSV of date, vessel, imo, deadweight_t, capacity_bbl, volume_bbl."
        ),
    ] = None,
    cap: Annotated[
        Path | None,
        file("YAML such as those of configs/caps; that of the settings if not given."),
    ] = None,
    reported: Annotated[
        Path | None,
        file("CSV of officially reported transfers, which count toward the same cap."),
    ] = None,
    fleet: Annotated[
        Path | None,
        file("CSV register of what ships carry; that of the settings if not given."),
    ] = None,
    watchlist: Annotated[
        list[Path] | None,
        file(
            "Match the run's ships with this list, as published; deliveries of ships on it"
            " count, and no others. May be repeated."
        ),
    ] = None,
    config: Annotated[
        Path | None,
        file("Settings, of which the section quota counts; the run's own if not given."),
    ] = None,
    set_: Set = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Hold a finished run, or a list of deliveries, against a cap: barrels, chance, date."""
    with working(quiet, verbose):
        from pipeline.desk import quotas

        if (run is None) == (deliveries is None):
            raise UsageError("give either the folder of a run or --deliveries FILE")
        if run is not None:
            text = quotas.quota_of_run(
                run,
                cap=cap,
                reported=reported,
                fleet=fleet,
                watchlists=watchlist or [],
                config_file=config,
                overrides=set_ or [],
                out=out,
                overwrite=overwrite,
            )
        elif deliveries is not None:
            if fleet is not None:
                raise UsageError("--fleet: a list of deliveries says itself what its ships carry")
            if watchlist:
                raise UsageError("--watchlist: every row of a list of deliveries counts")
            text = quotas.quota_of_deliveries(
                deliveries,
                cap=cap,
                reported=reported,
                config_file=config,
                overrides=set_ or [],
                out=out,
                overwrite=overwrite,
            )
        if not quiet:
            show(f"{text}{out}")
