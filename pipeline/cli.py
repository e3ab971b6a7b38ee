"""The command line: reads arguments, calls, prints.

What is slow to import is imported where it is used, so that ``--help`` comes at once.
"""

from __future__ import annotations

import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import __version__
from pipeline.errors import AlongsideError, UsageError

if TYPE_CHECKING:
    from pipeline.progress import Progress

DEFAULT_CONFIG = Path("configs/default.yaml")
INTERRUPTED = 130  # what shells give for Ctrl-C: 128 + SIGINT
TERMINATED = 143  # 128 + SIGTERM

Out = Annotated[
    Path, typer.Option(help="Folder to write. It appears whole, at the end, or not at all.")
]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a finished run.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SECTION.KEY=VALUE", help="Set one key; may be repeated."),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace a former run in the output folder.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Print settings, time, memory, and where an error arose."),
]

app = typer.Typer(
    name="alongside",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line of this process."""
    signal.signal(signal.SIGTERM, _terminate)
    app()


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    """End as any error does, so that nothing half written stays."""
    raise SystemExit(TERMINATED)


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


@app.command()
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
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Find candidate transfers in AIS dumps and write them for QGIS, with all the evidence.

    Exit codes: 0 done, 1 failed midway, 2 bad usage or settings, 3 no usable AIS in the input.
    """
    with _working(quiet, verbose) as progress:
        from pipeline.config.load import config_hash, load

        if config is None and DEFAULT_CONFIG.is_file():
            config = DEFAULT_CONFIG
        settings = load(config, set_ or [])
        if verbose:
            progress.say(f"alongside {__version__}, configuration {config or 'built in'}")
            progress.say(f"configuration hash {config_hash(settings)}")

        from pipeline import run

        summary = run.detect(inputs, settings, out, overwrite=overwrite, progress=progress)
        if not quiet:
            print(
                f"{summary.candidates} candidates of {summary.encounters} encounters examined:"
                f" {summary.candidates_path}"
            )


@app.command()
def decide(
    run: Run,
    out: Out,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Settings as detect would be given them; the run's own if not given.",
            show_default=False,
        ),
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
    with _working(quiet, verbose) as progress:
        from pipeline.desk.redeciding import decide_run

        told = decide_run(run, config, set_ or [], out, overwrite=overwrite, progress=progress)
        if not quiet:
            print(
                f"{told.candidates} candidates ({told.before} before) of {told.encounters}"
                f" encounters: {told.candidates_path}"
            )


@app.command()
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
        typer.Option(
            metavar="FILE",
            help="CSV of pairs with times (mmsi_a, mmsi_b, start_utc, end_utc, verdict), or the"
            " verdicts exported from the report.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write; RUN-tune if not given.", show_default=False),
    ] = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Show what thresholds gain and lose on a finished run, and suggest a configuration."""
    with _working(quiet, verbose) as progress:
        from pipeline.desk.tuning import tune_run

        folder = out or run.resolve().with_name(f"{run.resolve().name}-tune")
        text = tune_run(run, labels, sweep, folder, overwrite=overwrite, progress=progress)
        if not quiet:
            print(f"{text}\n{folder}")


@app.command()
def compare(
    run_a: Annotated[Path, typer.Argument(metavar="RUN_A", help="Folder of a finished run.")],
    run_b: Annotated[Path, typer.Argument(metavar="RUN_B", help="Folder of another.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the text and a layer for QGIS; nothing is written if not given.",
            show_default=False,
        ),
    ] = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Tell which candidates two runs do not share, and which key or input made the difference."""
    with _working(quiet, verbose):
        from pipeline.desk.compare_files import compare_runs

        text = compare_runs(run_a, run_b, out, overwrite=overwrite)
        if not quiet:
            print(text, end="")


@contextmanager
def _working(quiet: bool, verbose: bool) -> Iterator[Progress]:
    """Tell progress while inside, print errors in one message, and time and memory if asked."""
    with _clear_errors(verbose):
        if quiet and verbose:
            raise UsageError("--quiet and --verbose exclude each other")
        from pipeline.progress import for_stream

        progress = for_stream(quiet)
        begun = time.monotonic()
        yield progress
        if verbose:
            spent = time.monotonic() - begun
            progress.say(f"{spent:.1f} s, at most {_peak_memory_mb():.0f} MB of memory")


def _peak_memory_mb() -> float:
    """Most memory that this process ever held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)  # bytes there, kilobytes elsewhere


@contextmanager
def _clear_errors(verbose: bool) -> Iterator[None]:
    """Print what went wrong in one message, and end with its exit code."""
    try:
        yield
    except KeyboardInterrupt:
        _fail("interrupted; nothing was written", INTERRUPTED, verbose)
    except AlongsideError as error:
        _fail(str(error), error.exit_code, verbose)
    except OSError as error:  # a full disk, a share that went away: nothing a traceback would mend
        _fail(str(error), AlongsideError.exit_code, verbose)
    except MemoryError:
        _fail("out of memory: give fewer days or files at a time", 1, verbose)


def _fail(message: str, exit_code: int, verbose: bool) -> None:
    if verbose:
        traceback.print_exc()
    for line in message.splitlines():
        print(f"error: {line}", file=sys.stderr)
    raise typer.Exit(exit_code)
