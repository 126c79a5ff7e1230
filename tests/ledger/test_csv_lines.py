"""The text and the lines of a table that people made."""

from __future__ import annotations

import pytest

from dateline.ledger.csv_lines import Torn, decoded, numbered


def test_lines_are_numbered_as_an_editor_shows_them() -> None:
    """Empty lines and lines within a cell count; any of three separators; a byte order mark is no text."""
    text = decoded('\ufeffa;b\n\n1;"two\nlines"\r\n3;4\n'.encode())
    assert list(numbered(text)) == [(1, ["a", "b"]), (3, ["1", "two\nlines"]), (5, ["3", "4"])]
    assert list(numbered("a\tb\n1\t2\n")) == [(1, ["a", "b"]), (2, ["1", "2"])]


@pytest.mark.parametrize(
    ("data", "line", "found"),
    [
        ("a,b\n".encode("utf-16"), 1, "UTF-16"),
        ("a,b\n".encode("utf-16-le"), 1, "UTF-16"),
        ("a\nб\n".encode("cp1251"), 2, "0xe1"),
    ],
)
def test_another_encoding_is_torn_at_its_line(data: bytes, line: int, found: str) -> None:
    """Nothing is guessed: the line and the byte are told."""
    with pytest.raises(Torn, match=found) as caught:
        decoded(data)
    assert caught.value.line == line


def test_a_quotation_mark_that_stays_open_is_torn_where_its_row_begins() -> None:
    """What came before was read."""
    lines = numbered('a,b\n1,2\n"3,4\n')
    assert [next(lines)[0], next(lines)[0]] == [1, 2]
    with pytest.raises(Torn) as caught:
        next(lines)
    assert caught.value.line == 3
