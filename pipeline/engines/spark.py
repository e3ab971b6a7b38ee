"""Tasks on the executors of a Spark cluster.

What has to lie where all can see it is the output folder, in which the run keeps its scratch, and
the dumps: a file system that every machine has mounted at the same place. Files are read where they
lie, each by a task, and put down in pieces there; from then on Spark carries tasks and what they
find (runs' windows, measures, what is known of ships) in Arrow batches, and never a row. A task
that is lost with its executor is done anew by another one; what it had written is written again.

Every machine needs Python with this package. Each task works on one thread.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from pipeline import feeds
from pipeline.config import Config
from pipeline.engines.reading import Dump, Piece, gathered, put_down
from pipeline.engines.shelf import Folder
from pipeline.errors import UsageError
from pipeline.ledger import Ledger
from pipeline.progress import Progress, Quiet

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

Item = TypeVar("Item")
Result = TypeVar("Result")

ONE_THREAD = ("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS")
COLUMNS = "number long, content binary"


@dataclass(frozen=True)
class Spark:
    """Runs tasks on a cluster.

    Attributes
    ----------
    session : SparkSession
        From `connect`.
    shipped : dict of str to int
        Bytes that went out (``tasks``) and came back (``found``).
    """

    session: SparkSession
    shipped: dict[str, int] = field(default_factory=lambda: {"tasks": 0, "found": 0})

    def read(
        self,
        sources: Sequence[feeds.Source],
        config: Config,
        ledger: Ledger,
        progress: Progress,
        folder: Folder,
    ) -> Dump:
        """All that `sources` hold, in pieces in `folder`; each file is read by a task."""
        folder = Folder(folder.path.resolve())
        numbered = groupby(enumerate(sources), key=lambda pair: pair[1].path)
        files = [tuple(of_file) for _, of_file in numbered]
        ledger.files = [source.name for source in sources]
        task = ReadFile(folder, config, ledger.part())
        pieces: list[Piece] = []
        with progress.step(f"reading {len(files)} files", len(files)) as step:
            for of_file, found in zip(files, self.run(task, files), strict=True):
                ledger.absorb(found.ledger)
                pieces += found.pieces
                of_file[0][1].digest.note(found.sha256)
                step.advance()
        return Dump(folder, tuple(pieces))

    def run(self, task: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """What `task` gives of each item, in the order of the items."""
        if not items:
            return
        import pyarrow as pa

        contents = [pickle.dumps(item) for item in items]
        self.shipped["tasks"] += sum(map(len, contents))
        table = pa.table({"number": range(len(items)), "content": contents})
        there = Remote(task, str(Path.cwd()))
        found = (
            self.session.createDataFrame(table)
            .repartitionByRange(len(items), "number")
            .mapInArrow(there, COLUMNS)
            .toArrow()
            .sort_by("number")
        )
        for content in found["content"]:
            result = content.as_buffer()
            self.shipped["found"] += len(result)
            yield pickle.loads(result)  # noqa: S301 - our own tasks made it


@dataclass(frozen=True)
class Remote:
    """Does a task where Spark says, on items that come in Arrow batches."""

    task: Callable[[Any], Any]
    folder: str  # where the run began: the paths of its inputs may be relative

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """A batch of results for each item."""
        import pyarrow as pa

        os.chdir(self.folder)
        for batch in batches:
            for number, content in zip(*batch.columns, strict=True):
                found = self.task(pickle.loads(content.as_buffer()))  # noqa: S301 - from `run`
                yield pa.RecordBatch.from_pydict(
                    {"number": [number.as_py()], "content": [pickle.dumps(found)]}
                )


@dataclass(frozen=True)
class FileFound:
    """What was read of a file."""

    pieces: tuple[Piece, ...]
    ledger: Ledger
    sha256: str


@dataclass(frozen=True)
class ReadFile:
    """Reads the sources of one file and puts them down in pieces."""

    folder: Folder
    config: Config
    ledger: Ledger

    def __call__(self, numbered: Sequence[tuple[int, feeds.Source]]) -> FileFound:
        """Do it; `numbered` are the sources with their numbers among the run's inputs."""
        ledger = self.ledger.part()
        first, sources = numbered[0][0], [source for _, source in numbered]
        pieces = []
        batches = feeds.read(sources, self.config.feeds, ledger, Quiet())
        for number, batch in enumerate(gathered(batches)):
            file = (pl.col("file") + first).cast(pl.UInt16)
            numbered_batch = replace(batch, positions=batch.positions.with_columns(file))
            name = f"{first}-{number}"
            pieces.append(put_down(numbered_batch, name, self.folder, self.config.cleaning))
        return FileFound(tuple(pieces), ledger, sources[0].sha256)


def connect(master: str) -> Spark:
    """A session on a cluster.

    Parameters
    ----------
    master : str
        As Spark takes it: ``spark://host:7077``, ``yarn``, ``local[4]``. What else a cluster needs
        stands in its ``spark-defaults.conf``.

    Raises
    ------
    UsageError
        Spark is not installed, or the cluster cannot be reached.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise UsageError(
            "--engine spark needs Spark: install it with pip install 'alongside[spark]'"
        ) from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    package = str(Path(__file__).parents[2])
    settings: dict[str, bool | float | int | str | None] = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.maxResultSize": "0",
        "spark.executorEnv.PYTHONPATH": package,
        **{f"spark.executorEnv.{name}": "1" for name in ONE_THREAD},
    }
    builder = SparkSession.builder.master(master).appName("alongside")
    try:
        session = builder.config(map=settings).getOrCreate()
    except Exception as error:  # whatever the Java side threw, a wrong master above all
        text = str(error).strip().splitlines()
        raise UsageError(f"--master {master}: {text[0] if text else error!r}") from None
    session.sparkContext.setLogLevel("ERROR")
    return Spark(session)
