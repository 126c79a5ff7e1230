"""The line of every key."""

from __future__ import annotations

import itertools
import tomllib
from typing import Any

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.ledger.toml_lines import Path, key_lines, line_of, statements

TEXT = '''# head
id = "a"
"odd key" . b = 1

many = [ # comment with ] and "
  {who = "x", 'how' = """two
lines"""},
  {who = "y ] }"},
]
flat = {a = {b = [1, 2]}}
[table]
long = \'\'\'
k = "not a key"
\'\'\'
[[rows]]
n = 1
[rows.sub]
m = 2
[[rows]]
n = 3
[rows.sub]
m = 4
'''


def test_a_text_with_every_form_of_toml() -> None:
    """Strings of all four sorts, comments, arrays, inline tables, dotted and quoted keys, arrays of tables."""
    lines = key_lines(TEXT)
    expected: dict[Path, int] = {
        ("id",): 2,
        ("odd key", "b"): 3,
        ("many",): 5,
        ("many", 0): 6,
        ("many", 0, "how"): 6,
        ("many", 1, "who"): 8,
        ("flat", "a", "b", 1): 10,
        ("table",): 11,
        ("table", "long"): 12,
        ("rows",): 15,
        ("rows", 0, "n"): 16,
        ("rows", 0, "sub", "m"): 18,
        ("rows", 1, "n"): 20,
        ("rows", 1, "sub", "m"): 22,
    }
    assert {path: lines.get(path) for path in expected} == expected
    assert ("table", "k") not in lines


def test_a_key_that_is_not_there_takes_the_line_of_its_table() -> None:
    """A missing key is shown where it should have stood, and a list's index that nobody wrote is passed over."""
    lines = key_lines(TEXT)
    assert line_of(lines, ("table", "absent")) == 11
    assert line_of(lines, ("nowhere", "at", "all")) == 1
    assert line_of(lines, ("table", 0, "long")) == 12


def test_statements_cover_the_text_in_order() -> None:
    """Statements follow each other without overlap, and each begins with its key or its bracket."""
    found = statements(TEXT)
    assert [item.keys for item in found if item.header] == [
        ("table",),
        ("rows",),
        ("rows", "sub"),
        ("rows",),
        ("rows", "sub"),
    ]
    assert all(one.end <= two.start for one, two in itertools.pairwise(found))


keys = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=6)
scalars = st.one_of(
    st.integers(-99, 99), st.booleans(), st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(scalars, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=8,
)


def paths(data: Any, above: Path = ()) -> set[Path]:
    """Every path in plain data."""
    steps: Any = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    found: set[Path] = set()
    for step, item in steps:
        found |= {(*above, step)} | paths(item, (*above, step))
    return found


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(keys, values, max_size=5))
def test_the_scanner_finds_just_the_keys_that_tomllib_finds(data: dict[str, Any]) -> None:
    """Property, with tomllib as oracle and tomlkit as writer: the same paths, for any keys and values."""
    text = tomlkit.dumps(data)
    assert set(key_lines(text)) == paths(tomllib.loads(text))
