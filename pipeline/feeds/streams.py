"""Blocks of bytes from files, plain or packed, in bounded memory.

Nothing is unpacked to disk: members of archives are read as streams, so their names can do no
harm. A stream that breaks off gives what it holds and says so in ``trouble``.
"""

from __future__ import annotations

import codecs
import queue
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

BLOCK = 1 << 20  # bytes read from disk at once
CHUNK = 16 << 20  # bytes of whole lines handed on at once: memory grows with it, speed does not
LONGEST_LINE = 1 << 20  # a line longer than this is no line of any feed
GZIP = b"\x1f\x8b"


@dataclass
class Stream:
    """The unpacked bytes of a file or of a member of an archive.

    Attributes
    ----------
    blocks : iterator of bytes
        To be read once.
    packed_bytes : int
        How many bytes of the file were read from disk so far.
    trouble : str or None
        What broke, once it did.
    """

    blocks: Iterator[bytes] = field(default_factory=lambda: iter(()))
    packed_bytes: int = 0
    trouble: str | None = None


def open_stream(path: Path) -> Stream:
    """The bytes of a plain or gzipped file, told from its first bytes."""
    stream = Stream()
    stream.blocks = _unpacked(path, stream)
    return stream


def _unpacked(path: Path, stream: Stream) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            raw = _raw(file, stream)
            first = next(raw, b"")
            yield from _gunzip(first, raw, stream) if first[:2] == GZIP else _again(first, raw)
    except OSError as error:
        stream.trouble = f"cannot be read: {error.strerror or error}"


def _raw(file: BinaryIO, stream: Stream) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        stream.packed_bytes += len(block)
        yield block


def _again(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _gunzip(first: bytes, rest: Iterator[bytes], stream: Stream) -> Iterator[bytes]:
    """Every member of a gzip file; a cut or damaged one gives what comes before the damage."""
    unpacker = zlib.decompressobj(wbits=31)
    for block in _again(first, rest):
        data = block
        while data:
            if unpacker.eof:
                data = data.lstrip(b"\0")  # padding between members is allowed
                if not data:
                    break
                unpacker = zlib.decompressobj(wbits=31)
            try:
                yield from _pieces(unpacker, data)
            except zlib.error:
                stream.trouble = "is damaged"
                return
            data = unpacker.unused_data
    if not unpacker.eof:
        stream.trouble = "is cut off"


def _pieces(unpacker: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """Unpacked in pieces, so that a bomb cannot fill the memory."""
    yield unpacker.decompress(data, BLOCK * 4)
    while unpacker.unconsumed_tail:
        yield unpacker.decompress(unpacker.unconsumed_tail, BLOCK * 4)


def head(stream: Stream, size: int) -> bytes:
    """The first `size` bytes, or fewer where there are no more."""
    taken = bytearray()
    for block in stream.blocks:
        taken += block
        if len(taken) >= size:
            break
    return bytes(taken[:size])


def transcoded(stream: Stream, encoding: str) -> Stream:
    """The same stream in UTF-8."""
    if encoding != "utf-8":
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        blocks = stream.blocks
        stream.blocks = (decoder.decode(block).encode() for block in blocks)
    return stream


@dataclass(frozen=True)
class Chunk:
    """Whole lines of a file.

    Attributes
    ----------
    data : bytes
        Lines with their ends; the very last of a file may lack its own.
    first_row : int
        Number of the first line, the first of the file being 1.
    last : bool
        Whether the file ends here.
    """

    data: bytes
    first_row: int
    last: bool


def chunks(stream: Stream) -> Iterator[Chunk]:
    """The lines of a stream in large pieces, read and unpacked one ahead in a thread."""
    return _ahead(_chunks(stream))


def _chunks(stream: Stream) -> Iterator[Chunk]:
    held: list[bytes] = []
    size, row = 0, 1
    for block in stream.blocks:
        held.append(block)
        size += len(block)
        if size < CHUNK:
            continue
        data = b"".join(held)
        cut = data.rfind(b"\n") + 1
        if not cut and size < CHUNK + LONGEST_LINE:
            held = [data]
            continue
        cut = cut or size
        held = [data[cut:]]
        size -= cut
        yield Chunk(data[:cut], row, last=False)
        row += data.count(b"\n", 0, cut)
    yield Chunk(b"".join(held), row, last=True)


def _ahead(items: Iterator[Chunk]) -> Iterator[Chunk]:
    """The same items, the next one made in a thread while the last is used."""
    made: queue.Queue[Chunk | BaseException | None] = queue.Queue(maxsize=1)
    given_up = threading.Event()

    def put(item: Chunk | BaseException | None) -> None:
        while not given_up.is_set():
            try:
                made.put(item, timeout=0.1)
                return
            except queue.Full:
                continue

    def work() -> None:
        try:
            for item in items:
                put(item)
                if given_up.is_set():
                    return
            put(None)
        except BaseException as error:  # handed to the thread that asked
            put(error)

    thread = threading.Thread(target=work, name="read-ahead", daemon=True)
    thread.start()
    try:
        while (item := made.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        given_up.set()
        thread.join()
