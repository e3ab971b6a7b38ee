"""A part of dumps, to tell in seconds what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path

import pyarrow.parquet as pq
from polars.exceptions import PolarsError

from pipeline.config.feeds import FeedsConfig
from pipeline.feeds import json_records, nmea, parquet, text_rows
from pipeline.feeds.archives import Meter, Stream, contents
from pipeline.feeds.batch import Batch, merge
from pipeline.feeds.delimited import Delimited
from pipeline.feeds.json_records import Json
from pipeline.feeds.nmea import Nmea
from pipeline.feeds.parquet import Columnar
from pipeline.feeds.sources import Source
from pipeline.ledger import Ledger

SLICES = 12  # of a plain file, from its beginning to its end: of a day every other hour
BYTES_A_ROW = 60  # of columns, as text: rows of Parquet are counted in bytes by it


@dataclass(frozen=True)
class Sample:
    """What was looked at.

    Attributes
    ----------
    batch : Batch
        The rows.
    share : float
        About how much of all files that was, by bytes; 1 where all was read.
    """

    batch: Batch
    share: float


def sample(
    sources: Sequence[Source], config: FeedsConfig, ledger: Ledger, most_bytes: int
) -> Sample:
    """Some rows of every source.

    Of plain text slices from the beginning to the end are read, of what is packed the beginning.

    Parameters
    ----------
    sources : sequence of Source
        From `find_sources`.
    config : FeedsConfig
        How dumps are read.
    ledger : Ledger
        Counts rows read and rejected.
    most_bytes : int
        About how many unpacked bytes to look at; each source gets a like part of it.
    """
    ledger.files = [source.name for source in sources]
    each = max(1, most_bytes // max(1, len(sources)))
    batches: list[Batch] = []
    looked_at = total = 0.0
    for path, group in groupby(enumerate(sources), lambda numbered: numbered[1].path):
        wanted = {source.at: (file, source) for file, source in group}
        meter = Meter()
        with closing(contents(path, meter)) as streams:
            for at, (_, stream) in enumerate(streams):
                if at not in wanted:
                    continue
                file, source = wanted.pop(at)
                before = meter.bytes
                cut = _Cut(source, stream, each)
                batches += _batches(source, cut, file, config, ledger)
                share = cut.share or (meter.bytes - before) / max(1, source.bytes)
                looked_at += min(1.0, share) * source.bytes
                total += source.bytes
                if not wanted:
                    break
    return Sample(merge(batches), looked_at / total if total else 1.0)


class _Cut:
    """A part of a stream.

    Attributes
    ----------
    stream : Stream
        Whole lines of it.
    most : int
        About how many bytes.
    share : float
        How much of the stream that is; 0 where how long it is cannot be told.
    """

    def __init__(self, source: Source, stream: Stream, most: int) -> None:
        first = next(stream.blocks, b"")
        self.most, self.share = most, 1.0
        by_lines = not isinstance(source.form, Json) or source.form.by_line
        blocks = chain([first], stream.blocks)
        if isinstance(source.form, Columnar):
            self.stream = Stream(blocks)  # its end says where its columns are
        elif by_lines and source.bytes > most and _is_plain(source, first):
            self.share = most / source.bytes
            self.stream = Stream(_slices(source.path, source.bytes, most))
        else:
            self.stream = Stream(self._begin(blocks))

    def _begin(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        left = self.most
        for block in blocks:
            if len(block) > left:
                self.share = 0.0
                yield block[: block.rfind(b"\n", 0, max(left, 1)) + 1]
                return
            left -= len(block)
            yield block


def _is_plain(source: Source, first: bytes) -> bool:
    with source.path.open("rb") as file:
        return not source.member and file.read(len(first)) == first


def _slices(path: Path, size: int, most: int) -> Iterator[bytes]:
    """Whole lines from places evenly spread over a file, its first ones among them."""
    with path.open("rb") as file:
        for number in range(SLICES):
            file.seek(size * number // SLICES)
            if number:
                file.readline()
            yield file.read(most // SLICES) + file.readline()


def _batches(
    source: Source, cut: _Cut, file: int, config: FeedsConfig, ledger: Ledger
) -> list[Batch]:
    batches: list[Batch] = []
    try:
        match source.form:
            case Delimited() as form:
                batches += text_rows.read(cut.stream, form, file, source.name, ledger)
            case Json() as form:
                batches += json_records.read(cut.stream, form, file, source.name, ledger)
            case Nmea() as form:
                batches += nmea.read(cut.stream, form, file, source.name, config.nmea, ledger)
            case Columnar() as form:
                with parquet.on_disk(source.path, b"", cut.stream) as path:
                    rows = pq.read_metadata(path).num_rows
                    read = 0
                    for batch in parquet.read(path, form, file, source.name, ledger):
                        batches.append(batch)
                        read += batch.positions.height
                        if read * BYTES_A_ROW >= cut.most:
                            break
                    cut.share = min(1.0, read / max(1, rows))
    except (OSError, ValueError, ArithmeticError, LookupError, PolarsError) as error:
        ledger.warn(f"{source.name} broke while it was read ({type(error).__name__}: {error})")
    return batches
