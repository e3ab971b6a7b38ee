from __future__ import annotations

import pytest

from pipeline.config._yaml import YamlError, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2018-06-04T00:00:00Z", "2018-06-04T00:00:00Z"),
        ("1_000", "1_000"),
        ("1e6", 1e6),
        (".5", 0.5),
        ("-2e-3", -0.002),
        ("010", 10),
        ("~", None),
        ("", None),
        ("null", None),
        ("True", True),
        ("false", False),
        ("'1'", "1"),
        ("[1, 2.0, x]", [1, 2.0, "x"]),
        ("{a: {b: 1}}", {"a": {"b": 1}}),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text, value):
    data = parse(text).data
    assert data == value
    assert type(data) is type(value)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3", 3, "'a' is given twice, first in line 1"),
        ("s:\n  a: 1\n  a: 1", 3, "'a' is given twice, first in line 2"),
        ("a: [1", 1, "expected"),
        ("a: 1\n\tb: 2", 2, "tab|token|character"),
        ("a: &x 1\nb: *x", 2, "aliases"),
        ("a: &x [*x]", 1, "aliases"),
        ("a: 1\nb: !!python/object:os.system x", 2, "tag"),
        ("a: !!int x", 1, "no int"),
        ("a: !!bool yes", 1, "no bool"),
        ("? [1]\n: 2", 1, "key"),
        ("a: 1\nb: \x01", 2, r"U\+0001"),
        ("a: 1\n---\nb: 2", 2, "another document"),
        ("[" * 1000 + "]" * 1000, 1, "nested"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text, line, words):
    with pytest.raises(YamlError, match=words) as error:
        parse(text)
    assert error.value.line == line


def test_the_line_of_every_key_and_item_is_known():
    assert parse("a:\n  b: 1\n  c:\n    - 1\n    - 2\n").lines == {
        ("a",): 1,
        ("a", "b"): 2,
        ("a", "c"): 3,
        ("a", "c", 0): 4,
        ("a", "c", 1): 5,
    }
