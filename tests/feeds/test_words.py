from __future__ import annotations

import doctest

import pytest

from pipeline.feeds import layouts, words


@pytest.mark.parametrize("module", [words, layouts])
def test_examples_in_the_documentation(module) -> None:
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed


def test_every_word_has_a_code_of_the_standard() -> None:
    assert all(0 <= code <= 99 for code in words.SHIP_TYPES.values())
    assert all(0 <= code <= 15 for code in words.NAV_STATUS.values())
    assert all(
        words.ship_type(stem) == code
        for stem, code in words.SHIP_TYPE_STEMS
        if stem not in words.SHIP_TYPES
    )


@pytest.mark.parametrize("word", ["", "Undefined", "?", "Reserved", "12345"])
def test_words_that_say_nothing(word: str) -> None:
    assert words.ship_type(word) is None
    assert words.class_b(word) is None
