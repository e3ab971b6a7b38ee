from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.feeds import streams
from tests.feeds.made import MARINECADASTRE, ROW, read, write

TWO = ROW.replace("EAGLE", '"EAGLE\nTHE SECOND"')
FOUR = ROW.replace("EAGLE", '"EAGLE\r\n\nAND,\nSON"')


@pytest.mark.parametrize(("odd", "name"), [(TWO, "EAGLE THE SECOND"), (FOUR, "EAGLE  AND, SON")])
@pytest.mark.parametrize("chunk", [1, 100, 1 << 20])
def test_a_row_with_line_ends_within_quotes_is_one_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: str, name: str, chunk: int
) -> None:
    monkeypatch.setattr(streams, "CHUNK", chunk)
    text = MARINECADASTRE + ROW + odd + odd + ROW + odd
    batch, ledger = read(write(tmp_path / "a.csv", text))
    lines = odd.count("\n")
    assert sorted(batch.positions["row"]) == [2, 3, 3 + lines, 3 + 2 * lines, 4 + 2 * lines]
    assert sorted(batch.statics.select("name", "reports").rows()) == [("EAGLE", 2), (name, 3)]
    assert (ledger.rows_read, ledger.rows_rejected) == (5, 0)


def test_the_last_column_may_hold_a_line_end(tmp_path: Path) -> None:
    odd = ROW.replace(",A\n", ',"A\n"\n')
    batch, ledger = read(write(tmp_path / "a.csv", MARINECADASTRE + ROW + odd + ROW))
    assert sorted(batch.positions["row"]) == [2, 3, 5]
    assert not ledger.rejected


def test_a_stray_quote_takes_no_row_behind_it_along(tmp_path: Path) -> None:
    stray = ROW.replace("EAGLE", '"EAGLE')
    text = MARINECADASTRE + ROW + stray + stray + ROW + stray
    batch, ledger = read(write(tmp_path / "a.csv", text))
    assert batch.positions.height == 5
    assert not ledger.rejected


def test_what_never_closes_is_counted_line_by_line(tmp_path: Path) -> None:
    begun = ROW[: ROW.index("EAGLE")] + '"EAGLE\n'
    text = MARINECADASTRE + ROW * 300 + begun + "junk\n" * 20 + ROW
    batch, ledger = read(write(tmp_path / "a.csv", text))
    assert batch.positions["row"].to_list() == [*range(2, 302), 323]
    assert dict(ledger.rejected) == {"feeds.too_few_columns": 21}
    assert ledger.rows_read == 322
