from __future__ import annotations

from pipeline.desk.rules_page import PAGE, rules_markdown


def test_the_page_is_what_the_rules_say():
    assert PAGE.read_text(encoding="utf-8") == rules_markdown(), "run: make docs"


def test_rules_stand_in_their_order_with_their_thresholds():
    text = rules_markdown()
    assert text.index("`one_identity`") < text.index("`tug`") < text.index("`alongside`")
    assert "`duration_h` at least 1;" in text
    assert "`keel_deg` at most 15 or unknown" in text
