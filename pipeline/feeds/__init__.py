"""Raw AIS as it comes, from files of many layouts, to positions and typed values.

The layout is told from the content; see `pipeline.feeds.layouts` for tables and
`pipeline.feeds.nmea` for sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from polars.exceptions import PolarsError

from pipeline.config.feeds import FeedsConfig
from pipeline.errors import is_full
from pipeline.feeds import json_records, nmea, parquet, text_rows
from pipeline.feeds.archives import Meter, Stream, contents
from pipeline.feeds.batch import Batch, merge, merge_statics
from pipeline.feeds.delimited import Delimited
from pipeline.feeds.json_records import Json
from pipeline.feeds.nmea import Nmea
from pipeline.feeds.parquet import Columnar
from pipeline.feeds.sources import Skipped, Source, find_sources, name_of
from pipeline.ledger import Ledger
from pipeline.progress import Progress, Step

__all__ = ["Batch", "Skipped", "Source", "find_sources", "merge", "merge_statics", "read"]


def read(
    sources: Sequence[Source], config: FeedsConfig, ledger: Ledger, progress: Progress
) -> Iterator[Batch]:
    """All that `sources` hold, in batches of bounded size.

    Parameters
    ----------
    sources : sequence of Source
        From `find_sources`; ``file`` in the positions is the index into it.
    config : FeedsConfig
        How dumps are read.
    ledger : Ledger
        Counts rows read and rejected. A file that is cut off or breaks gives what it holds and a
        warning that names it.
    progress : Progress
        Told how far it is, in bytes.
    """
    ledger.files = [source.name for source in sources]
    files = {path: list(group) for path, group in groupby(enumerate(sources), _path)}
    total = float(sum(group[0][1].bytes for group in files.values()))
    with progress.step(f"reading {len(files)} files", total) as step:
        for path, group in files.items():
            yield from _read_file(path, dict(group), config, ledger, step)


def _path(numbered: tuple[int, Source]) -> Path:
    return numbered[1].path


def _read_file(
    path: Path, sources: Mapping[int, Source], config: FeedsConfig, ledger: Ledger, step: Step
) -> Iterator[Batch]:
    """What the wanted streams of one file hold."""
    wanted = {source.at: (file, source) for file, source in sources.items()}
    meter, told = Meter(), 0
    first = next(iter(sources.values()))
    begun = _written(path)
    for at, (member, stream) in enumerate(contents(path, meter)):
        if at not in wanted:
            if stream.trouble:
                ledger.warn(f"{name_of(path, member)} {stream.trouble}")
            continue
        file, source = wanted[at]
        read_before = ledger.rows_read
        try:
            for batch in _batches(source, stream, file, config, ledger):
                yield batch
                step.advance(meter.bytes - told)
                told = meter.bytes
        except (OSError, ValueError, ArithmeticError, LookupError, PolarsError) as error:
            if is_full(error):  # no fault of the file, which others would read
                raise
            stream.trouble = f"broke while it was read ({type(error).__name__}: {error})"
        if stream.trouble:
            rows = ledger.rows_read - read_before
            ledger.warn(f"{source.name} {stream.trouble}: {rows} rows of it were read")
    if first.changed or _written(path) != begun:
        ledger.warn(
            f"{name_of(path)} changed or went away while it was read; run again when nobody writes"
            " to it"
        )
    first.digest.note(meter.sha256(first.bytes))
    step.advance(first.bytes - told)


def _written(path: Path) -> tuple[int, int]:
    """Which file lies there, and when it was last written to; zeros once it is gone."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_ino, found.st_mtime_ns


def _batches(
    source: Source, stream: Stream, file: int, config: FeedsConfig, ledger: Ledger
) -> Iterator[Batch]:
    match source.form:
        case Delimited() as form:
            yield from text_rows.read(stream, form, file, source.name, ledger)
        case Json() as form:
            yield from json_records.read(stream, form, file, source.name, ledger)
        case Nmea() as form:
            yield from nmea.read(stream, form, file, source.name, config.nmea, ledger)
        case Columnar() as form:
            with parquet.on_disk(source.path, b"", stream) as path:
                yield from parquet.read(path, form, file, source.name, ledger)
