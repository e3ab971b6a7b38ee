"""Raw AIS as it comes, from files of many layouts, to positions and typed values.

The layout is told from the content; see `pipeline.feeds.layouts` for tables and
`pipeline.feeds.nmea` for sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.config.feeds import FeedsConfig
from pipeline.feeds import delimited, nmea, parquet
from pipeline.feeds.batch import Batch, merge, merge_statics
from pipeline.feeds.delimited import Delimited
from pipeline.feeds.nmea import Nmea
from pipeline.feeds.parquet import Columnar
from pipeline.feeds.sources import Skipped, Source, find_sources
from pipeline.feeds.streams import Stream, open_stream
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
    total = float(sum(source.bytes for source in sources))
    with progress.step(f"reading {len(sources)} files", total) as step:
        for file, source in enumerate(sources):
            yield from _read_one(source, file, config, ledger, step)


def _read_one(
    source: Source, file: int, config: FeedsConfig, ledger: Ledger, step: Step
) -> Iterator[Batch]:
    stream = open_stream(source.path)
    read_before, told = ledger.rows_read, 0
    try:
        for batch in _batches(source, stream, file, config, ledger):
            yield batch
            step.advance(stream.packed_bytes - told)
            told = stream.packed_bytes
    except Exception as error:
        stream.trouble = f"broke while it was read ({type(error).__name__}: {error})"
    step.advance(source.bytes - told)
    if stream.trouble:
        rows = ledger.rows_read - read_before
        ledger.warn(f"{source.name} {stream.trouble}: {rows} rows of it were read")


def _batches(
    source: Source, stream: Stream, file: int, config: FeedsConfig, ledger: Ledger
) -> Iterator[Batch]:
    match source.form:
        case Delimited() as form:
            yield from delimited.read(stream, form, file, source.name, ledger)
        case Columnar() as form:
            yield from parquet.read(source.path, form, file, source.name, ledger)
        case Nmea() as form:
            yield from nmea.read(stream, form, file, source.name, config.nmea, ledger)
