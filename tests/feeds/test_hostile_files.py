"""Files made to fill the memory, never to end, or to write where they should not.

The heavy ones are in `benchmarks.hostile_files`, which measures them all; see docs/robustness.md.
"""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from benchmarks import hostile_makers as makers
from pipeline import feeds
from pipeline.config.feeds import FeedsConfig
from pipeline.config.load import load
from pipeline.context.watchlists import load_watchlists
from pipeline.errors import UsageError
from pipeline.feeds import archives
from pipeline.feeds.batch import Batch
from pipeline.ledger import Ledger
from pipeline.progress import Quiet
from tests.feeds.made import find, read, write

REASONS = {
    "gzip 2000 times over": "is packed more than 8 times over",
    "100,000 named columns": "its first line is longer than 256 KB",
    "Parquet of 2^50 rows, it says": "damaged",
    "Parquet of corrupt pages": "damaged",
    "JSON 100,000 deep": "JSON without records",
    "named pipe": "a pipe, a device or a link to nothing",
    "link to /dev/zero": "a pipe, a device or a link to nothing",
    "dangling link": "a pipe, a device or a link to nothing",
}
READ = {
    "tar with ../, absolute, links": 3 * makers.GOOD_ROWS,
    "100,000 columns": makers.GOOD_ROWS,
    "JSON line 100,000 deep": 2,
    "folder within itself": makers.GOOD_ROWS,
    "line end, no UTF-8 in name": makers.GOOD_ROWS,
}
REFUSED = {
    "YAML alias bomb": "aliases are not read",
    "YAML 100,000 deep": "nested too deep",
    "settings from a pipe": "a pipe or a device",
    "XML entity bomb as watchlist": "no XML",
    "watchlist from /dev/zero": "a pipe or a device",
    "watchlist of 1 TB": "at most 1,048,576 KB are read",
}
BY_NAME = {case.name: case for case in makers.CASES}


@pytest.mark.parametrize("name", REASONS)
def test_it_is_passed_over_with_the_reason(tmp_path: Path, name: str) -> None:
    BY_NAME[name].make(tmp_path / "hostile")
    makers.write_good(tmp_path / "good.csv")
    sources, (skipped,), _ = find(tmp_path)
    assert [source.path.name for source in sources] == ["good.csv"]
    assert REASONS[name] in skipped.reason


@pytest.mark.parametrize("name", READ)
def test_what_is_good_in_it_is_read(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "dumps"
    folder.mkdir()
    BY_NAME[name].make(folder / "hostile")
    assert read(folder)[0].positions.height == READ[name]


def test_no_member_of_an_archive_is_written_anywhere(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    makers.climbing_archive(tmp_path / "a" / "b.tar.gz")
    _, skipped, _ = find(tmp_path)
    assert [one.member for one in skipped] == ["link.csv", "hard.csv", "device.csv"]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["b.tar.gz"]


@pytest.mark.parametrize("name", REFUSED)
def test_settings_and_lists_are_refused_by_name(tmp_path: Path, name: str) -> None:
    path = Path(BY_NAME[name].make(tmp_path / "settings"))
    reader = load if BY_NAME[name].as_config == "--config" else lambda one: load_watchlists([one])
    with pytest.raises(UsageError, match=REFUSED[name]) as error:
        reader(path)
    assert str(path) in str(error.value)


def test_an_archive_within_itself_has_an_end(tmp_path: Path) -> None:
    data = makers.table().encode()
    for _ in range(20):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.zip", data)
        data = file.getvalue()
    _, (skipped,), _ = find(write(tmp_path / "a.zip", data))
    assert "packed more than" in skipped.reason


@pytest.mark.parametrize("inner", [b"PK\x03\x04", b"PAR1"])
def test_what_is_put_on_the_disk_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inner: bytes
) -> None:
    monkeypatch.setattr(archives, "MOST_ASIDE", 1 << 20)
    path = write(tmp_path / "a.gz", gzip.compress(inner + bytes(8 << 20)))
    _, (skipped,), _ = find(path)
    assert "unpack it first" in skipped.reason


def changed(tmp_path: Path, how: str) -> tuple[Batch, Ledger]:
    """What a dump gives that is changed once its first rows are read."""
    path = tmp_path / "hostile"
    makers.large(path)
    sources, _, ledger = find(path)
    batches = feeds.read(sources, FeedsConfig(), ledger, Quiet())
    first = next(batches)
    getattr(makers, how)(path)
    return feeds.merge([first, *batches]), ledger


@pytest.mark.parametrize("how", ["grow", "shrink", "replace"])
def test_a_dump_that_changes_while_it_is_read_is_told(tmp_path: Path, how: str) -> None:
    batch, ledger = changed(tmp_path, how)
    assert 0 < batch.positions.height <= 2000 * makers.GOOD_ROWS
    assert f"{tmp_path / 'hostile'} changed or went away while it was read" in ledger.messages[-1]


def test_a_dump_that_grows_is_read_as_far_as_it_went(tmp_path: Path) -> None:
    batch, _ = changed(tmp_path, "grow")
    assert batch.positions.height == 2000 * makers.GOOD_ROWS


def test_a_tar_without_a_file_is_told(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        folder = tarfile.TarInfo("folder")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
    _, (skipped,), _ = find(tmp_path / "a.tar")
    assert skipped.reason == "an archive without a file in it"


def test_names_are_one_line(tmp_path: Path) -> None:
    path = Path(makers.odd_name(tmp_path / "hostile"))
    (source,), _, _ = find(path)
    assert source.path == path
    assert source.name == f"{tmp_path}/hostile\\n\\xff\\xfe.csv"
    assert os.fsencode(path).endswith(b"\n\xff\xfe.csv")
