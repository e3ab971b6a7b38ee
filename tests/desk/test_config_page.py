from __future__ import annotations

from pipeline.config.load import known_keys
from pipeline.desk.config_page import PAGE, config_markdown


def test_the_page_is_what_the_code_says():
    assert PAGE.read_text(encoding="utf-8") == config_markdown(), "run: make config"


def test_every_key_stands_in_it():
    text = config_markdown()
    missing = [key for key in known_keys() if f"| `{key.rpartition('.')[2]}` |" not in text]
    assert missing == []


def test_bounds_words_and_what_can_be_decided_are_told():
    lines = config_markdown().splitlines()
    assert any(
        line.startswith("| `duration_min_h` | `1.0` | at least 0, at most 48 | yes |")
        for line in lines
    )
    assert any(
        line.startswith('| `method` | `"hulls"` | `hulls`, `distance` |  |') for line in lines
    )
    assert any(
        line.startswith("| `position_error_m` | `8.0` | above 0, at most 100 |  |")
        for line in lines
    )
