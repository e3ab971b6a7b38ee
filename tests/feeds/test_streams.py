from __future__ import annotations

import pytest

from pipeline.feeds import streams
from pipeline.feeds.archives import Stream


def test_an_overlong_line_is_cut_short_and_stays_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "CHUNK", 32)
    monkeypatch.setattr(streams, "LONGEST_LINE", 16)
    blocks = [b"one\ntwo\n", *[b"\0" * 8] * 100, b"\0\nthree\n"]
    read = list(streams.chunks(Stream(iter(blocks))))
    assert b"".join(chunk.data for chunk in read) == b"one\ntwo\n" + b"\0" * 16 + b"\nthree\n"
    assert all(chunk.data.endswith(b"\n") for chunk in read if not chunk.last)
    assert sum(chunk.lines for chunk in read) == 4
