from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path

import pytest

from pipeline import feeds
from pipeline.config.feeds import FeedsConfig
from pipeline.errors import UsageError
from pipeline.ledger import Ledger
from pipeline.progress import Quiet
from tests.feeds.made import MARINECADASTRE, ROW, find, position, read, times, write

TEXT = MARINECADASTRE + ROW


def test_files_folders_and_patterns_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for k, name in enumerate(("b/2.csv", "b/deep/1.csv", "a.csv", "c.csv")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        write(tmp_path / name, TEXT.replace("30.3706", str(30 + k)))
    sources, _, _ = find(tmp_path / "c.csv", tmp_path / "b", f"{tmp_path}/a*.csv")
    names = [source.path.relative_to(tmp_path).as_posix() for source in sources]
    assert names == ["a.csv", "b/2.csv", "b/deep/1.csv", "c.csv"]
    assert len(find(f"{tmp_path}/**/*.csv")[0]) == 4


@pytest.mark.parametrize(
    ("given", "said"),
    [("gone.csv", "no such file"), ("*.gone", "no file fits this pattern"), ("void", "an empty")],
)
def test_an_input_that_does_not_exist_is_named(tmp_path: Path, given: str, said: str) -> None:
    (tmp_path / "void").mkdir()
    with pytest.raises(UsageError, match=f"{given.replace('*', '.')}.*{said}"):
        find(tmp_path / given)


def test_the_same_file_is_read_once_and_said(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", TEXT)
    write(tmp_path / "copy.csv", TEXT)
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.csv")
    sources, skipped, ledger = find(tmp_path, tmp_path / "a.csv")
    assert [source.path.name for source in sources] == ["a.csv"]
    assert [one.reason for one in skipped] == [f"the same file as {tmp_path}/a.csv"]
    assert ledger.messages == [
        f"{tmp_path}/copy.csv is the same file as {tmp_path}/a.csv: read once"
    ]


def test_folders_that_lead_back_to_themselves_end(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    write(tmp_path / "a/x.csv", TEXT)
    (tmp_path / "a/loop").symlink_to(tmp_path)
    assert len(find(tmp_path)[0]) == 1


def test_hidden_files_are_left_out(tmp_path: Path) -> None:
    write(tmp_path / ".hidden.csv", TEXT)
    (tmp_path / ".git").mkdir()
    write(tmp_path / ".git/a.csv", TEXT)
    write(tmp_path / "a.csv", TEXT)
    sources, skipped, _ = find(tmp_path)
    assert len(sources) == 1
    assert not skipped


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n", "no AIS: nothing but blank lines"),
        (b"\x00\x01\x02\x03" * 1000, "no AIS: looks like a binary file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "no AIS: looks like a binary file"),
        (b"# About this\n\nSome words.\n", "no AIS: a table without mmsi or time or position"),
        (b"a,b,c\n1,2,3\n", "no AIS: a table without mmsi or time or position (its columns: a, b"),
        (b"mmsi,time\n1,2\n", "no AIS: a table without position"),
        (b"mmsi,time,geometry\n1,2,0101\n", "its positions are in WKB"),
        (MARINECADASTRE.encode(), "no rows with a time"),
        (b"{}", "no AIS: a table without"),
        (b'{"a": [1, 2', "no AIS: JSON without records"),
        (b"PAR1 but no more", "damaged"),
    ],
)
def test_what_is_no_ais_is_passed_over_with_the_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    write(tmp_path / "good.csv", TEXT)
    write(tmp_path / "other", content)
    sources, skipped, _ = find(tmp_path)
    assert [source.path.name for source in sources] == ["good.csv"]
    assert len(skipped) == 1
    assert skipped[0].reason.startswith(reason)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", TEXT).chmod(0)
    write(tmp_path / "b.csv", TEXT)
    sources, skipped, _ = find(tmp_path)
    assert len(sources) == len(skipped) == 1


@pytest.mark.parametrize("packed", [False, True])
def test_a_source_knows_its_file(tmp_path: Path, packed: bool) -> None:
    data = gzip.compress(TEXT.encode()) if packed else TEXT.encode()
    path = write(tmp_path / "a.csv", data)
    source = find(path)[0][0]
    assert source.bytes == len(data)
    assert source.name == str(path)
    assert source.layout == "marinecadastre-csv"
    assert source.sha256 == hashlib.sha256(data).hexdigest()
    # Reading notes the hash, so that the file need not be read again for it.
    source = find(path)[0][0]
    feeds.merge(feeds.read([source], FeedsConfig(), Ledger(), Quiet()))
    path.unlink()
    assert source.sha256 == hashlib.sha256(data).hexdigest()


def test_a_log_is_told_from_a_table(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", f"2018-06-04T00:00:00Z,{position(235000001)}\n")
    assert find(tmp_path)[0][0].layout == "nmea"


def test_a_file_that_breaks_does_not_end_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.csv", TEXT)
    write(tmp_path / "b.csv", TEXT.replace("30.3706", "31"))
    sources, _, ledger = find(tmp_path)
    write(tmp_path / "a.csv", b"\x1f\x8b" + bytes(100))  # overwritten since it was looked at
    batch = feeds.merge(feeds.read(sources, FeedsConfig(), ledger, Quiet()))
    assert batch.positions["lat"].to_list() == [31.0]
    assert ledger.messages[0].startswith(f"{tmp_path}/a.csv is damaged")


def test_the_index_of_a_position_names_its_source(tmp_path: Path) -> None:
    for k in range(3):
        write(tmp_path / f"{k}.csv", TEXT.replace("30.3706", str(30 + k)))
    sources, _, _ = find(tmp_path)
    batch, _ = read(tmp_path)
    for row in batch.positions.iter_rows(named=True):
        assert sources[row["file"]].path.name == f"{row['lat'] - 30:.0f}.csv"


def test_pipes_and_dead_links_are_passed_over_not_waited_on(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "dead.csv").symlink_to("nowhere")
    _, skipped, _ = find(tmp_path)
    assert [one.path.name for one in skipped] == ["dead.csv", "pipe.csv"]
    assert all("a pipe, a device or a link to nothing" in one.reason for one in skipped)


def test_an_empty_input_is_not_the_working_folder() -> None:
    with pytest.raises(UsageError, match="empty text"):
        find("")


def test_a_sentence_typed_for_a_name_makes_no_log_of_a_table(tmp_path: Path) -> None:
    row = ROW.replace("EAGLE", '"!AIVDM,1,1,,A"')
    batch, _ = read(write(tmp_path / "a.csv", MARINECADASTRE + ROW + row))
    assert batch.positions.height == 2


def test_one_odd_date_does_not_turn_the_others_about(tmp_path: Path) -> None:
    header = "mmsi,time,lat,lon\n"
    rows = [f"219000001,{day}/06/2018 00:00:01,55.1,10.1\n" for day in (11, 12, 13, 14)]
    odd = "219000001,01/31/2018 00:00:01,55.1,10.1\n"
    batch, ledger = read(write(tmp_path / "a.csv", header + odd + "".join(rows)))
    assert times(batch) == [f"2018-06-{day} 00:00:01.000" for day in (11, 12, 13, 14)]
    assert dict(ledger.rejected) == {"feeds.bad_time": 1}
