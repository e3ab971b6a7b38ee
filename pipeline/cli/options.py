"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer


def file(purpose: str, metavar: str = "FILE") -> Any:
    """An option that names a file, and need not be given."""
    return typer.Option(metavar=metavar, help=purpose, show_default=False)


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
KeepRejected = Annotated[
    bool,
    typer.Option(
        "--keep-rejected", help="Write every rejected row, with its rule, to rejected.parquet."
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        help="Threads to work on; all processors if not given.",
        show_default=False,
    ),
]
Engine = Annotated[
    Literal["local", "spark"],
    typer.Option(help="Who works: this machine, or the executors of a Spark cluster."),
]
Master = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="The cluster, as Spark takes it: spark://host:7077, yarn, local[4].",
        show_default=False,
    ),
]
State = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Go on from what the last run with this folder has read, and leave it for the next.",
        show_default=False,
    ),
]
StateDays = Annotated[
    int, typer.Option(min=7, metavar="N", help="Days of rows that --state keeps.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Print settings, time, memory, and where an error arose."),
]
