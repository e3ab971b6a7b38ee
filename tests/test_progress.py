from __future__ import annotations

import io

from pipeline.progress import Log


def test_names_of_files_give_a_terminal_no_orders() -> None:
    stream = io.StringIO()
    Log(stream).say("\x1b[31mred\x07\u202e\udcff.csv: Ålesund")
    assert stream.getvalue() == "\\x1b[31mred\\x07\\u202e\\udcff.csv: Ålesund\n"
