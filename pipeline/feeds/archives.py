"""What files hold, plain or packed, as streams of bytes in bounded memory.

``.gz``, ``.zst``, ``.bz2``, ``.xz``, ``.zip`` and ``.tar`` in any of them, also one inside another,
are told from their first bytes. Nothing is unpacked under the name that an archive gives, so names
can do no harm. What breaks off gives what it holds and says so in `Stream.trouble`.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from pipeline.errors import is_full

BLOCK = 1 << 20  # bytes read at once
ZIP_MARK = b"PK\x03\x04"
TAR_MARK = slice(257, 262)
ZIP_LOCAL = struct.Struct("<4sHHHHHIIIHH")
STORED, DEFLATED = 0, 8
ENCRYPTED, SIZE_BEHIND = 0x1, 0x8  # flags of a member of a zip file
MOST_NESTED = 8
"""Packings within each other that are opened: a provider's has three (tar, gzip, zip); an archive
that holds itself has no end."""
MOST_ASIDE = 8 << 30
"""Bytes that are put on the disk to be read out of order: a zip or a Parquet file in another
archive. More is meant to fill the disk."""
PASSWORD = "needs a password"  # noqa: S105 - a reason, not a secret


Unpacked = gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile


class BrokenError(Exception):
    """Says how a stream broke."""


DAMAGED = (
    # What the standard library raises at an archive whose bytes are wrong, wherever they are.
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    ValueError,  # a name that is no UTF-8, a place before the beginning
    OverflowError,
    NotImplementedError,  # zipfile: a way of packing that it does not know
)


@dataclass
class Stream:
    """The bytes of a file or of a member of an archive, unpacked.

    Attributes
    ----------
    blocks : iterator of bytes
        To be read once.
    trouble : str or None
        What broke, once it did.
    """

    blocks: Iterator[bytes] = field(default_factory=lambda: iter(()))
    trouble: str | None = None


class Meter:
    """What was read of a file from disk so far.

    Attributes
    ----------
    bytes : int
        How many bytes.
    """

    def __init__(self) -> None:
        self.bytes = 0
        self._sha256 = hashlib.sha256()
        self._in_a_row = 0

    def note(self, offset: int, data: bytes) -> None:
        """Count `data`, read at `offset`."""
        self.bytes += len(data)
        if offset == self._in_a_row:
            self._sha256.update(data)
            self._in_a_row += len(data)

    def sha256(self, size: int) -> str | None:
        """The hash of a file of `size` bytes, if it was read from front to back."""
        return self._sha256.hexdigest() if self._in_a_row == size else None


class _Metered(io.RawIOBase):
    """A file that notes what is read of it, and ends where it ended when it was opened.

    A dump that is still being written would else give other rows than its size and hash say, and
    one that is written faster than read would have no end.
    """

    def __init__(self, file: IO[bytes], meter: Meter) -> None:
        self._file, self._meter = file, meter
        begun = file.tell()
        self._end = file.seek(0, io.SEEK_END)
        file.seek(begun)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        offset = self._file.tell()
        left = max(0, self._end - offset)
        data = self._file.read(left if size < 0 else min(size, left))
        self._meter.note(offset, data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        if whence == io.SEEK_END:
            return self._file.seek(self._end + offset)
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def contents(path: Path, meter: Meter) -> Generator[tuple[str, Stream]]:
    """The streams in a file, each with its name within it (empty for the file's own).

    Each must be used before the next is asked for.
    """
    try:
        with path.open("rb") as file:
            first = file.read(4)
            file.seek(0)
            metered = _Metered(file, meter)
            if first == ZIP_MARK:
                yield from _zip(metered, "", 1)
            else:
                yield from _streams(_blocks(metered.read), "", 0)
    except OSError as error:
        if is_full(error):  # where it is unpacked
            raise
        yield "", Stream(trouble=f"cannot be read: {error.strerror or error}")


def _streams(blocks: Iterator[bytes], name: str, depth: int) -> Iterator[tuple[str, Stream]]:
    """What a run of bytes holds: itself, or the members of a tar, once unpacked.

    `depth` says in how many packings it lies.
    """
    first, blocks = _peek(blocks)
    unpack = next((how for mark, how in UNPACKERS.items() if first.startswith(mark)), None)
    tar, inner_zip = first[TAR_MARK] == b"ustar", depth > 0 and first[:4] == ZIP_MARK
    if depth >= MOST_NESTED and (unpack or tar or inner_zip):
        yield name, Stream(trouble=f"is packed more than {MOST_NESTED} times over: unpack it first")
    elif unpack is not None:
        yield from _streams(unpack(blocks), name, depth + 1)
    elif tar:
        yield from _tar(blocks, name, depth + 1)
    elif inner_zip:  # it must be sought in
        with tempfile.TemporaryFile() as file:
            try:
                put_aside(blocks, file)
            except BrokenError as error:
                yield name, Stream(trouble=str(error))
                return
            file.seek(0)
            yield from _zip(_Metered(file, Meter()), name, depth + 1)
    else:
        stream = Stream()
        stream.blocks = _guarded(blocks, stream)
        yield name, stream


def put_aside(blocks: Iterator[bytes], file: IO[bytes]) -> None:
    """Write what is packed to a file, to read it out of order.

    Raises
    ------
    BrokenError
        There is more of it than `MOST_ASIDE`.
    """
    size = 0
    for block in blocks:
        size += len(block)
        if size > MOST_ASIDE:
            raise BrokenError(f"unpacks to more than {MOST_ASIDE >> 30} GB: unpack it first")
        file.write(block)


def _peek(blocks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first 512 bytes, and all of them."""
    held: list[bytes] = []
    broken: BrokenError | None = None
    try:
        while sum(map(len, held)) < 512 and (block := next(blocks, b"")):
            held.append(block)
    except BrokenError as error:
        broken = error

    def again() -> Iterator[bytes]:
        yield from held
        if broken is not None:
            raise broken
        yield from blocks

    return b"".join(held)[:512], again()


def _guarded(blocks: Iterator[bytes], stream: Stream) -> Iterator[bytes]:
    """Blocks up to where they break, which is noted."""
    try:
        yield from blocks
    except BrokenError as error:
        stream.trouble = str(error)
    except OSError as error:
        stream.trouble = f"cannot be read: {error.strerror or error}"


def _blocks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while block := read(BLOCK):
        yield block


def _unpacked(blocks: Iterator[bytes], new: Callable[[_Joined], Unpacked]) -> Iterator[bytes]:
    try:
        # read1 hands on what it has; read would lose it when the stream breaks off.
        yield from _blocks(new(_Joined(blocks)).read1)
    except EOFError as error:
        raise BrokenError("is cut off") from error
    except (zlib.error, OSError, lzma.LZMAError) as error:
        raise BrokenError("is damaged") from error


def _xz(file: _Joined) -> Unpacked:
    return lzma.LZMAFile(cast(IO[bytes], file))


def _zstd(blocks: Iterator[bytes]) -> Iterator[bytes]:
    import pyarrow as pa

    try:
        source = pa.PythonFile(_Joined(blocks), mode="r")
        yield from _blocks(pa.CompressedInputStream(source, "zstd").read)
    except (pa.ArrowException, OSError) as error:
        raise BrokenError("is cut off or damaged") from error


UNPACKERS: dict[bytes, Callable[[Iterator[bytes]], Iterator[bytes]]] = {
    b"\x1f\x8b": lambda blocks: _unpacked(blocks, lambda file: gzip.GzipFile(fileobj=file)),
    b"BZh": lambda blocks: _unpacked(blocks, bz2.BZ2File),
    b"\xfd7zXZ\0": lambda blocks: _unpacked(blocks, _xz),
    b"\x28\xb5\x2f\xfd": _zstd,
}


class _Joined(io.RawIOBase):
    """Blocks as a file that is read from front to back."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._held = blocks, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts = [self._held]
        have = len(self._held)
        while size < 0 or have < size:
            block = next(self._blocks, b"")
            if not block:
                break
            parts.append(block)
            have += len(block)
        data = b"".join(parts)
        size = len(data) if size < 0 else size
        self._held = data[size:]
        return data[:size]

    def put_back(self, data: bytes) -> None:
        """Have `data` read again."""
        self._held = data + self._held


def _tar(blocks: Iterator[bytes], name: str, depth: int) -> Iterator[tuple[str, Stream]]:
    try:
        with tarfile.open(fileobj=_Joined(blocks), mode="r|") as archive:
            for member in archive:
                inside = _inside(name, member.name)
                file = archive.extractfile(member) if member.isfile() else None
                if file is not None:
                    yield from _streams(_checked(_blocks(file.read)), inside, depth)
                elif not member.isdir():
                    yield inside, Stream(trouble="no file but a link, a pipe or a device")
    except (*DAMAGED, BrokenError):
        yield name, Stream(trouble="is cut off or damaged: its last members are missing")


def _checked(blocks: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from blocks
    except DAMAGED as error:
        raise BrokenError("is cut off or damaged") from error


def _zip(file: _Metered, name: str, depth: int) -> Iterator[tuple[str, Stream]]:
    try:
        archive = zipfile.ZipFile(file)
    except DAMAGED:  # its table of contents, at the end, is missing
        yield from _cut_zip(file, name, depth)
        return
    with archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            inside = _inside(name, member.filename)
            try:
                opened = archive.open(member)
            except (RuntimeError, *DAMAGED) as error:
                locked = member.flag_bits & ENCRYPTED
                yield inside, Stream(trouble=PASSWORD if locked else f"cannot be unpacked: {error}")
                continue
            with opened:
                yield from _streams(_checked(_blocks(opened.read)), inside, depth)


def _cut_zip(file: _Metered, name: str, depth: int) -> Iterator[tuple[str, Stream]]:
    """The members of a zip file that is cut off, from the headers before each."""
    file.seek(0)
    source = _Joined(_blocks(file.read))
    while True:
        head = source.read(ZIP_LOCAL.size)
        if len(head) < ZIP_LOCAL.size or head[:4] != ZIP_MARK:
            break
        _, _, flags, method, _, _, _, packed, _, name_size, extra = ZIP_LOCAL.unpack(head)
        inside = _inside(name, source.read(name_size).decode("utf-8", "replace"))
        source.read(extra)
        if method == DEFLATED and not flags & ENCRYPTED:
            member = _inflated(source)
        elif method == STORED and not flags & (ENCRYPTED | SIZE_BEHIND):
            member = _stored(source, packed)
        else:
            break
        yield from _streams(member, inside, depth)
        if not _drained(member):  # what was not used of it stands before the next
            break
        if flags & SIZE_BEHIND:
            mark = source.read(4)
            source.read(12 if mark == b"PK\x07\x08" else 8)
    yield name, Stream(trouble="is cut off: its last members are missing")


def _drained(blocks: Iterator[bytes]) -> bool:
    """Read to the end; whether there was one."""
    try:
        for _ in blocks:
            pass
    except BrokenError:
        return False
    return True


def _inflated(source: _Joined) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=-15)
    while not unpacker.eof:
        data = unpacker.unconsumed_tail or source.read(BLOCK)
        if not data:
            raise BrokenError("is cut off")
        try:
            yield unpacker.decompress(data, 4 * BLOCK)
        except zlib.error as error:
            raise BrokenError("is damaged") from error
    source.put_back(unpacker.unused_data)


def _stored(source: _Joined, size: int) -> Iterator[bytes]:
    while size:
        data = source.read(min(size, BLOCK))
        if not data:
            raise BrokenError("is cut off")
        size -= len(data)
        yield data


def _inside(name: str, member: str) -> str:
    return f"{name}/{member}" if name else member
