"""Which of the given files hold AIS, and in which layout: told from what is in them."""

from __future__ import annotations

import glob
import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.config.feeds import FeedsConfig
from pipeline.errors import UsageError
from pipeline.feeds import delimited, json_records, nmea, parquet
from pipeline.feeds.archives import BrokenError, Meter, Stream, contents
from pipeline.feeds.delimited import Delimited
from pipeline.feeds.json_records import Json
from pipeline.feeds.nmea import Nmea
from pipeline.feeds.parquet import Columnar
from pipeline.feeds.streams import head
from pipeline.ledger import Ledger
from pipeline.progress import plain

HEAD = 256 << 10  # bytes looked at: some two thousand rows tell a date's order, a column's kind
BINARY_SHARE = 0.05  # of control characters, which no text holds
LOG_SHARE = 0.5
"""Of lines with a sentence in them, above which a file is a log whatever else it may be: below, a
ship in a table may have typed one for its name."""

Form = Delimited | Columnar | Json | Nmea


class Digest:
    """The SHA-256 of a file: noted while it is read, else worked out when it is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._value: str | None = None

    def note(self, value: str | None) -> None:
        """Keep what reading the file gave."""
        self._value = self._value or value

    def value(self) -> str:
        """The hash in hexadecimal digits."""
        if self._value is None:
            with self._path.open("rb") as file:
                self._value = hashlib.file_digest(file, "sha256").hexdigest()
        return self._value


@dataclass(frozen=True)
class Source:
    """One file that can be read, or one member of an archive.

    Attributes
    ----------
    path : Path
        The file.
    member : str
        The member's name within an archive; empty where the file is none.
    at : int
        The how manieth stream in the file it is.
    layout : str
        The recognised layout, such as ``marinecadastre-csv``.
    digest : Digest
        Of the file (archive) as it lies on disk; see `sha256`.
    bytes : int
        Its size on disk.
    form : Delimited or Columnar or Json or Nmea
        How it is read.
    """

    path: Path
    member: str
    at: int
    layout: str
    digest: Digest
    bytes: int
    form: Form

    @property
    def sha256(self) -> str:
        """The hash of the file as it lies on disk; empty where it has gone before it was taken."""
        try:
            return self.digest.value()
        except OSError:
            return ""

    @property
    def changed(self) -> bool:
        """Whether the file is no longer of the size it had when it was found, or is gone."""
        return _size(self.path) != self.bytes

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return name_of(self.path, self.member)


@dataclass(frozen=True)
class Skipped:
    """A file or member of an archive that was passed over, and why."""

    path: Path
    reason: str
    member: str = ""

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return name_of(self.path, self.member)


def find_sources(
    inputs: Sequence[str], config: FeedsConfig, ledger: Ledger
) -> tuple[list[Source], list[Skipped]]:
    """The readable files among `inputs`, and those passed over, each sorted by path.

    Parameters
    ----------
    inputs : sequence of str
        Files, folders (searched to the bottom, hidden files left out), patterns such as
        ``dumps/**/*.csv``.
    config : FeedsConfig
        The user's own layouts.
    ledger : Ledger
        Told when a file was given twice: it is read once.

    Raises
    ------
    UsageError
        When an input does not exist or a pattern fits nothing.
    """
    paths = _paths(inputs)
    sources: list[Source] = []
    skipped: list[Skipped] = []
    sizes = Counter(_size(path) for path in paths)
    seen: dict[str, Path] = {}
    for path in paths:
        if not path.is_file():  # a pipe would be waited on for ever, and gives its bytes once
            reason = "no file but a pipe, a device or a link to nothing: write it to a file first"
            skipped.append(Skipped(path, reason))
            continue
        size, digest = _size(path), Digest(path)
        if size and sizes[size] > 1:  # another may be the same
            try:
                first = seen.setdefault(digest.value(), path)
            except OSError as error:
                skipped.append(Skipped(path, f"cannot be read: {error.strerror or error}"))
                continue
            if first != path:
                skipped.append(Skipped(path, f"the same file as {first}"))
                ledger.warn(f"{name_of(path)} is the same file as {name_of(first)}: read once")
                continue
        at = -1
        for at, (member, stream) in enumerate(contents(path, Meter())):
            form = _recognise(path, member, stream, config)
            if isinstance(form, str):
                skipped.append(Skipped(path, form, member))
                continue
            sources.append(Source(path, member, at, _layout(form), digest, size, form))
            if not isinstance(form, Nmea) and form.table.time.guessed_day_first:
                ledger.warn(
                    f"{name_of(path, member)}: nothing tells the day from the month; day first was "
                    "taken (set feeds.day_first)"
                )
        if at < 0:
            skipped.append(Skipped(path, "an archive without a file in it"))
    return sources, skipped


def _layout(form: Form) -> str:
    return "nmea" if isinstance(form, Nmea) else form.table.match.layout.name


def _paths(inputs: Sequence[str]) -> list[Path]:
    """Every file that is meant, once, in the order of its path."""
    found: dict[str, Path] = {}
    for given in inputs:
        if not given:
            raise UsageError("an input is empty text: name a file, a folder or a pattern")
        path = Path(given)
        if path.is_file():
            files: list[Path] = [path]
        elif path.is_dir():
            files = list(_walk(path))
            if not files:
                raise UsageError(f"{given}: an empty folder")
        else:
            hits = [Path(hit) for hit in sorted(glob.glob(given, recursive=True))]  # noqa: PTH207 - absolute patterns too
            files = [file for hit in hits for file in (_walk(hit) if hit.is_dir() else [hit])]
            if not files:
                what = "no file fits this pattern" if glob.has_magic(given) else "no such file"
                raise UsageError(f"{given}: {what}")
        for file in files:
            found.setdefault(os.path.realpath(file), file)
    return sorted(found.values(), key=lambda file: file.as_posix())


def _walk(folder: Path) -> Iterator[Path]:
    entered: set[str] = set()
    for where, folders, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(where)
        if real in entered:  # a link that leads back
            folders.clear()
            continue
        entered.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(where, name) for name in sorted(files) if not name.startswith("."))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def name_of(path: Path, member: str = "") -> str:
    """A name of one line of text; of what in it is none, the numbers."""
    name = f"{path}/{member}" if member else str(path)
    return plain(name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))


def _recognise(path: Path, member: str, stream: Stream, config: FeedsConfig) -> Form | str:
    """How a stream is read, or why it is not."""
    data = head(stream, HEAD)
    if not data:
        return stream.trouble or "empty"
    if data[:4] == parquet.MAGIC:
        try:
            with parquet.on_disk(path, data, stream) as file:
                return parquet.recognise(file, config)
        except BrokenError as error:
            return str(error)
    if member.rpartition("/")[2].startswith("."):
        return "hidden"
    log = nmea.recognise(data, config.nmea)
    if log is not None and nmea.share(data) > LOG_SHARE:
        return log
    table = _table(data, config)
    return log if log is not None and isinstance(table, str) else table


def _table(data: bytes, config: FeedsConfig) -> Delimited | Json | str:
    """How a table of text or JSON is read, or why it is not."""
    encoding = _encoding(data)
    if encoding is None:
        return "no AIS: looks like a binary file"
    text = _whole_lines(data.decode(encoding, "replace"))
    if text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}:
        return json_records.recognise(text.removeprefix("\ufeff"), config)
    if len(data) >= HEAD and "\n" not in text:
        return f"no AIS: its first line is longer than {HEAD >> 10} KB"
    return delimited.recognise(text, encoding, config)


def _whole_lines(text: str) -> str:
    """The text without a last line that may be cut."""
    return text[: text.rfind("\n") + 1] or text


def _encoding(data: bytes) -> str | None:
    """How bytes become letters; None where they are no text."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    controls = sum(data.count(bytes([code])) for code in range(32) if code not in b"\t\n\r\x0c")
    if controls > BINARY_SHARE * len(data):
        return None
    try:
        data[: data.rfind(b"\n") + 1 or len(data)].decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
