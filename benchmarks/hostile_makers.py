"""The files of `hostile_files`, each made in seconds and of few bytes on the disk."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa

HEADER = "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName\n"
ROW = "367379190,2022-01-03T{:02}:{:02}:00,30.{:04},-88.56408,0.5,336.2,511,EAGLE\n"
GOOD_ROWS = 200
GB = 1 << 30
DEEP = 100_000
MANY_COLUMNS = 100_000
PIECE = 64 << 20  # of zeros, packed once and written many times over


def table() -> str:
    """A dump of one ship."""
    return HEADER + "".join(ROW.format(k // 60, k % 60, k) for k in range(GOOD_ROWS))


def long_table() -> str:
    """The same many times over: more than is looked at to tell what a file is."""
    return HEADER + table().partition("\n")[2] * 30


def good_rows() -> int:
    """How many rows the good dump beside each case has."""
    return GOOD_ROWS


def write_good(path: Path) -> None:
    """The good dump."""
    path.write_text(table().replace("367379190", "367379191"))


@dataclass(frozen=True)
class Case:
    """One hostile file.

    Attributes
    ----------
    name : str
        What it is.
    make : callable
        Writes it at, or below, a path; gives what names it.
    heavy : bool
        Whether a gigabyte or more is read.
    as_config : str
        Empty for a dump; else what names it: ``--config`` or the key of a list.
    meanwhile : callable or None
        Done once the command reads the file.
    about : str
        A word of the message that speaks of the file.
    """

    name: str
    make: Callable[[Path], str]
    heavy: bool = False
    as_config: str = ""
    meanwhile: Callable[[Path], None] | None = None
    about: str = "hostile"


def _written(path: Path, data: bytes | str) -> str:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return str(path)


def nothing(path: Path) -> str:
    """No file: what a run on the good dump takes."""
    return str(path)


def gzip_bomb(path: Path) -> str:
    """A table, behind it 4 GB of zeros: one line of 4 MB packed."""
    zeros = gzip.compress(bytes(PIECE), 9)
    return _written(path, gzip.compress(long_table().encode()) + zeros * (4 * GB // PIECE))


def zstd_bomb(path: Path) -> str:
    """The same in Zstandard, some hundred kilobytes."""
    codec = pa.Codec("zstd")
    zeros = codec.compress(bytes(PIECE), asbytes=True)
    return _written(
        path, codec.compress(long_table().encode(), asbytes=True) + zeros * (4 * GB // PIECE)
    )


def zip_bomb(path: Path) -> str:
    """Members of a gigabyte each."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number in range(3):
            with archive.open(f"{number}.csv", "w", force_zip64=True) as member:
                member.write(long_table().encode())
                for _ in range(GB // PIECE):
                    member.write(bytes(PIECE))
    return str(path)


def nested_bomb(path: Path) -> str:
    """Zips in zips, to unpack to 10 GB in the innermost but one."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number in range(20):
            archive.writestr(f"{number}.zip", b"PK\x03\x04" + bytes(PIECE * 8))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as outer:
        outer.writestr("a.zip", inner.getvalue())
    return str(path)


def nested_gzip(path: Path) -> str:
    """A table, packed two thousand times over."""
    data = table().encode()
    for _ in range(2000):
        data = gzip.compress(data, 1)
    return _written(path, data)


def climbing_archive(path: Path) -> str:
    """A tar whose members' names lead out of it, absolute and linked ones among them."""
    with tarfile.open(path, "w:gz") as archive:
        for name in ("../../escaped.csv", "/tmp/escaped.csv", "a/../../escaped.csv"):  # noqa: S108 - names in an archive, never written
            member = tarfile.TarInfo(name)
            member.size = len(table())
            archive.addfile(member, io.BytesIO(table().encode()))
        for kind, name in ((tarfile.SYMTYPE, "link.csv"), (tarfile.LNKTYPE, "hard.csv")):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        member = tarfile.TarInfo("device.csv")
        member.type, member.devmajor, member.devminor = tarfile.CHRTYPE, 1, 5
        archive.addfile(member)
    return str(path)


def long_line(path: Path) -> str:
    """A table, behind it a line of a gigabyte, sparse on the disk."""
    _written(path, long_table())
    os.truncate(path, GB)
    return str(path)


def long_letters(path: Path) -> str:
    """The same of letters, in quotes, gzipped."""
    letters = gzip.compress(b"x" * PIECE, 9)
    return _written(path, gzip.compress((long_table() + '"').encode()) + letters * (GB // PIECE))


def many_columns(path: Path) -> str:
    """A table of 100,000 columns."""
    more = "," * (MANY_COLUMNS - HEADER.count(",") - 1)
    lines = [line + more for line in table().splitlines()]
    return _written(path, "\n".join(lines) + "\n")


def many_named_columns(path: Path) -> str:
    """The same, each with a name."""
    more = "".join(f",c{k}" for k in range(MANY_COLUMNS))
    return _written(path, HEADER.strip() + more + "\n" + table().partition("\n")[2])


def _parquet() -> bytes:
    file = io.BytesIO()
    pl.DataFrame(
        {
            "mmsi": [367379190] * 1000,
            "timestamp": [1641168000 + k for k in range(1000)],
            "lat": [30.5] * 1000,
            "lon": [-88.5] * 1000,
        }
    ).write_parquet(file, compression="uncompressed", statistics=False)
    return file.getvalue()


def _varint(number: int) -> bytes:
    number, out = 2 * number, bytearray()
    while number > 127:
        out.append(number % 128 + 128)
        number //= 128
    return bytes([*out, number])


def lying_parquet(path: Path) -> str:
    """A Parquet file that says it has 2^50 rows, and has a thousand."""
    data = _parquet()
    size = int.from_bytes(data[-8:-4], "little")
    footer = data[-8 - size : -8].replace(_varint(1000), _varint(1 << 50))
    return _written(path, data[: -8 - size] + footer + len(footer).to_bytes(4, "little") + b"PAR1")


def corrupt_parquet(path: Path) -> str:
    """A Parquet file whose pages are noise."""
    data = bytearray(_parquet())
    for at in range(8, len(data) // 2, 7):
        data[at] ^= 0x5A
    return _written(path, bytes(data))


def deep_json(path: Path) -> str:
    """Brackets in brackets."""
    return _written(path, '{"features": [' + "[" * DEEP + "]" * DEEP + "]}")


def deep_json_line(path: Path) -> str:
    """A good record a line, one of them deep."""
    good = '{"mmsi": 367379190, "timestamp": 1641168000, "lat": 30.5, "lon": -88.5}\n'
    return _written(path, good + '{"mmsi": ' + "[" * DEEP + "]" * DEEP + "}\n" + good)


def pipe(path: Path) -> str:
    """A named pipe to which nobody writes."""
    os.mkfifo(path)
    return str(path)


def device(path: Path) -> str:
    """A link to a device without end."""
    path.symlink_to("/dev/zero")
    return str(path)


def loop(path: Path) -> str:
    """A folder that holds itself, and a link to itself."""
    path.mkdir()
    (path / "again").symlink_to(path)
    (path / "self.csv").symlink_to(path / "self.csv")
    _written(path / "hostile.csv", table())
    return str(path)


def dangling(path: Path) -> str:
    """A link to nothing."""
    path.symlink_to("nowhere.csv")
    return str(path)


def odd_name(path: Path) -> str:
    """A name with a line end, and bytes that are no text."""
    odd = path.with_name("hostile\n" + os.fsdecode(b"\xff\xfe.csv"))
    return _written(odd, table())


def large(path: Path) -> str:
    """A table of some thirty megabytes, to be changed while it is read."""
    rows = table().partition("\n")[2]
    return _written(path, HEADER + rows * 2000)


def grow(path: Path) -> None:
    """Write more behind it."""
    with path.open("a") as file:
        file.write(table().partition("\n")[2] * 50)


def shrink(path: Path) -> None:
    """Cut it short."""
    os.truncate(path, path.stat().st_size // 2)


def replace(path: Path) -> None:
    """Put another file in its place."""
    other = path.with_name(".other")
    other.write_text(table() * 3)
    other.replace(path)


def alias_bomb(path: Path) -> str:
    """YAML of some hundred bytes that stands for a thousand million words."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 10)]
    return _written(path, "\n".join(lines))


def deep_yaml(path: Path) -> str:
    """YAML of brackets in brackets."""
    return _written(path, "[" * DEEP)


def entity_bomb(path: Path) -> str:
    """XML of entities that hold entities."""
    entities = "".join(f'<!ENTITY a{k} "{f"&a{k - 1};" * 10}">' for k in range(1, 10))
    return _written(path, f'<!DOCTYPE l [<!ENTITY a0 "x">{entities}]><l>&a9;</l>')


def sparse_list(path: Path) -> str:
    """A list of a terabyte, of which nothing is on the disk."""
    _written(path, "name,imo\n")
    os.truncate(path, 1 << 40)
    return str(path)


LIST = "context.watchlist_files"
CASES = (
    Case("the good dump alone", nothing, about="good"),
    Case("gzip bomb, 4 GB", gzip_bomb, heavy=True),
    Case("zstd bomb, 4 GB", zstd_bomb, heavy=True),
    Case("zip bomb, 3 members of 1 GB", zip_bomb, heavy=True),
    Case("zips in a zip in a zip, 10 GB", nested_bomb, heavy=True),
    Case("gzip 2000 times over", nested_gzip),
    Case("tar with ../, absolute, links", climbing_archive),
    Case("line of 1 GB, sparse", long_line, heavy=True),
    Case("line of 1 GB, quoted, gzip", long_letters, heavy=True),
    Case("100,000 columns", many_columns),
    Case("100,000 named columns", many_named_columns),
    Case("Parquet of 2^50 rows, it says", lying_parquet),
    Case("Parquet of corrupt pages", corrupt_parquet),
    Case("JSON 100,000 deep", deep_json),
    Case("JSON line 100,000 deep", deep_json_line),
    Case("named pipe", pipe),
    Case("link to /dev/zero", device),
    Case("folder within itself", loop),
    Case("dangling link", dangling),
    Case("line end, no UTF-8 in name", odd_name),
    Case("growing while read", large, meanwhile=grow),
    Case("shrinking while read", large, meanwhile=shrink),
    Case("replaced while read", large, meanwhile=replace),
    Case("YAML alias bomb", alias_bomb, as_config="--config", about="settings"),
    Case("YAML 100,000 deep", deep_yaml, as_config="--config", about="settings"),
    Case("settings from a pipe", pipe, as_config="--config", about="settings"),
    Case("XML entity bomb as watchlist", entity_bomb, as_config=LIST, about="settings"),
    Case("watchlist from /dev/zero", device, as_config=LIST, about="settings"),
    Case("watchlist of 1 TB", sparse_list, as_config=LIST, about="settings"),
)
