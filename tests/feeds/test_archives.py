from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.feeds import archives
from pipeline.feeds.archives import Meter, contents
from tests.feeds.made import MARINECADASTRE, ROW, find, read, write

ROWS = 400
TEXT = MARINECADASTRE + ROW * ROWS


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as out:
        out.write(data)
    return bytes(sink.getvalue())


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return target.getvalue()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "csv": lambda data: data,
    "gz": gzip.compress,
    "zst": zstd,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}


@pytest.mark.parametrize("kind", PACKERS)
def test_packed_files(tmp_path: Path, kind: str) -> None:
    # Told from the content: the name says nothing.
    batch, ledger = read(write(tmp_path / "dump", PACKERS[kind](TEXT.encode())))
    assert batch.positions.height == ROWS
    assert not ledger.messages


def test_several_members_of_gzip_and_padding(tmp_path: Path) -> None:
    head, tail = TEXT[:5000].encode(), TEXT[5000:].encode()
    batch, ledger = read(
        write(tmp_path / "a.gz", gzip.compress(head) + gzip.compress(tail) + bytes(512))
    )
    assert batch.positions.height == ROWS
    assert not ledger.messages


@pytest.mark.parametrize("packer", ["csv", "gz", "zst", "xz"])
@pytest.mark.parametrize("archive", [zipped, tarred])
def test_archives_of_many_members(
    tmp_path: Path, packer: str, archive: Callable[[dict[str, bytes]], bytes]
) -> None:
    members = {
        "b/two.csv": PACKERS[packer](TEXT.encode()),
        "readme.txt": b"Some words about it.\n",
        "a/one.csv": PACKERS[packer](TEXT.encode()),
    }
    path = write(tmp_path / "dump", archive(members))
    sources, skipped, _ = find(path)
    assert [source.name for source in sources] == [f"{path}/b/two.csv", f"{path}/a/one.csv"]
    assert [one.name for one in skipped] == [f"{path}/readme.txt"]
    batch, _ = read(path)
    assert batch.positions.group_by("file").len().sort("file").rows() == [(0, ROWS), (1, ROWS)]


@pytest.mark.parametrize("packer", [p for p in PACKERS if p != "csv"])
def test_tar_packed_as_a_whole(tmp_path: Path, packer: str) -> None:
    data = PACKERS[packer](tarred({"one.csv": TEXT.encode(), "two.csv": TEXT.encode()}))
    assert read(write(tmp_path / "a.tar.x", data))[0].positions.height == 2 * ROWS


def test_archives_inside_archives(tmp_path: Path) -> None:
    inner = zipped({"day.csv": TEXT.encode()})
    path = write(tmp_path / "month.zip", zipped({"ais_20200101.zip": inner}))
    assert [source.member for source in find(path)[0]] == ["ais_20200101.zip/day.csv"]
    assert read(path)[0].positions.height == ROWS
    path = write(
        tmp_path / "a.tar", tarred({"in.zip": inner, "in.tar": tarred({"x": TEXT.encode()})})
    )
    assert read(path)[0].positions.height == 2 * ROWS


def test_names_of_members_can_do_no_harm(tmp_path: Path) -> None:
    names = ["../../evil.csv", "/etc/evil.csv", "C:\\evil.csv"]
    before = set(tmp_path.rglob("*"))
    for archive in (zipped, tarred):
        path = write(tmp_path / "a", archive({name: TEXT.encode() for name in names}))
        assert read(path)[0].positions.height == 3 * ROWS
    assert set(tmp_path.rglob("*")) - before == {tmp_path / "a"}


@pytest.mark.parametrize("kind", ["gz", "zst", "bz2", "xz"])
def test_a_file_that_is_cut_gives_what_it_holds(tmp_path: Path, kind: str) -> None:
    # Rows that differ, so that the packed file is large and a cut leaves much.
    rows = "".join(ROW.replace("30.3706", f"30.{i * 7919 % 999983:06d}") for i in range(60000))
    data = PACKERS[kind]((MARINECADASTRE + rows).encode())
    path = write(tmp_path / "a", data[: len(data) * 3 // 4])
    batch, ledger = read(path)
    assert 20000 < batch.positions.height < 60000
    assert ledger.messages[0].startswith(f"{path} is cut off")
    assert ledger.messages[0].endswith(f": {ledger.rows_read} rows of it were read")
    assert set(ledger.rejected) <= {"feeds.cut_line"}


def test_a_file_that_is_damaged_gives_what_comes_before(tmp_path: Path) -> None:
    rows = "".join(ROW.replace("30.3706", f"30.{i * 7919 % 999983:06d}") for i in range(60000))
    data = bytearray(gzip.compress((MARINECADASTRE + rows).encode()))
    data[len(data) // 2 : len(data) // 2 + 400] = bytes(400)
    batch, ledger = read(write(tmp_path / "a", bytes(data)))
    assert batch.positions.height > 10000
    assert "is damaged" in ledger.messages[0]


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_zip_that_is_cut_gives_its_whole_members(tmp_path: Path, method: int) -> None:
    rows = "".join(ROW.replace("30.3706", f"30.{i * 7919 % 999983:06d}") for i in range(5000))
    text = (MARINECADASTRE + rows).encode()
    data = zipped({f"{k}.csv": text for k in range(3)}, method)
    path = write(tmp_path / "a.zip", data[: len(data) // 2])
    batch, ledger = read(path)
    per_file = batch.positions.group_by("file").len().sort("file").rows()
    assert per_file[0] == (0, 5000)
    assert 0 < per_file[1][1] < 5000
    assert any("is cut off" in message for message in ledger.messages)


def test_a_tar_that_is_cut_gives_its_whole_members(tmp_path: Path) -> None:
    data = tarred({f"{k}.csv": TEXT.encode() for k in range(3)})
    path = write(tmp_path / "a.tar", data[: len(data) // 2])
    batch, ledger = read(path)
    assert batch.positions.filter(batch.positions["file"] == 0).height == ROWS
    assert any("is cut off" in message for message in ledger.messages)


def test_members_behind_a_password_are_said(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.csv": TEXT.encode()}))
    data[6] |= 1  # the flag in the member's header ...
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 8] |= 1  # ... and in the table of contents
    _, skipped, _ = find(write(tmp_path / "a.zip", bytes(data)))
    assert [one.reason for one in skipped] == ["needs a password"]


def test_memory_does_not_grow_with_what_is_packed(tmp_path: Path) -> None:
    path = write(tmp_path / "bomb.gz", gzip.compress(bytes(300_000_000), 1))
    meter = Meter()
    tracemalloc.start()
    size = sum(len(block) for _, stream in contents(path, meter) for block in stream.blocks)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 300_000_000
    assert meter.bytes == path.stat().st_size
    assert peak < 16 * archives.BLOCK


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    name, stream = next(contents(tmp_path / "gone.csv", Meter()))
    assert name == ""
    assert stream.trouble is not None
    assert stream.trouble.startswith("cannot be read")
