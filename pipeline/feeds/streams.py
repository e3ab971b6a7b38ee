"""Lines of text from a stream of bytes, in large pieces."""

from __future__ import annotations

import codecs
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.feeds.archives import Stream

CHUNK = 16 << 20  # bytes of whole lines handed on at once: memory grows with it, speed does not
LONGEST_LINE = 1 << 20  # a line longer than this is no line of any feed


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
