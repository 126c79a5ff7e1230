"""Fields withheld by commitment: text rewritten to the byte, placeholders that say nothing false, openings."""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core import InputError
from dateline.evidence.redact import (
    ABSENT,
    METRES,
    Field,
    coarsened,
    first_valid,
    is_what_was_committed,
    read_opening,
    traces,
    withhold,
    write_opening,
    written,
)
from dateline.evidence.vault import Opening

RECORD = """# a record
id = "C1"   # its name
names = ["a", # first
  "b"]
chain = [
  {who = "A", how = "x"}, # told by A
  {who = "B", how = "y"},
]

[original]
text = 'the words' # of the clerk
said = 2024-02-03

[[sources]]
url = "https://e/1"

[[sources]]
url = "https://e/2"
"""
COMMITMENT = "ab" * 32


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("original.text", "'the words'"),
        ("original.said", "2024-02-03"),
        ("original", '{text = "the words", said = 2024-02-03}'),
        ("sources.1.url", '"https://e/2"'),
        ("sources", '[{url = "https://e/1"}, {url = "https://e/2"}]'),
        ("chain.0.who", '"A"'),
        ("names.1", '"b"'),
    ],
)
def test_what_is_committed_to_is_the_text_of_the_field_and_comes_back_whole(path: str, value: str) -> None:
    """The value as TOML, whatever its form in the file; nothing else in the record changes, and the value is gone."""
    found = written(RECORD, path)
    assert tomllib.loads(f"v = {found}")["v"] == tomllib.loads(f"v = {value}")["v"]
    made = withhold(RECORD, Field(path, found, "withheld"), COMMITMENT)
    assert tomllib.loads(made)["withheld"] == {path: COMMITMENT}
    assert "of the clerk" not in made or not path.startswith("original.text")
    if path.startswith("names"):
        assert '"b"' not in made
    assert made.startswith('# a record\nid = "C1"   # its name\n')


def test_two_fields_in_turn_share_the_table_of_commitments() -> None:
    """Property by example: the second withholding adds to the table of the first; a third time is refused."""
    once = withhold(RECORD, Field("original.text", "", ABSENT), COMMITMENT)
    twice = withhold(once, Field("names.0", "", "withheld"), "cd" * 32)
    assert tomllib.loads(twice)["withheld"] == {"original.text": COMMITMENT, "names.0": "cd" * 32}
    assert "text" not in tomllib.loads(twice)["original"]
    with pytest.raises(InputError) as error:
        written(twice, "names.0")
    assert error.value.code == "redact-twice"


@pytest.mark.parametrize(
    "path", ["none", "original.none", "names.9", "id.x", "chain.who", "original.text.x", "names.a"]
)
def test_a_path_to_nothing_is_refused_without_a_value_in_the_error(path: str) -> None:
    """The error offers the keys that are there, never what they say."""
    with pytest.raises(InputError) as error:
        written(RECORD, path)
    assert error.value.code == "redact-path"
    assert "the words" not in str(error.value)


def test_the_first_placeholder_that_can_be_read_is_taken() -> None:
    """Nothing, where that is valid; else a word; where neither is, an error that says so."""

    def needs_text(text: str) -> Any:
        return [] if "text" in tomllib.loads(text).get("original", {}) else ["missing"]

    assert first_valid(RECORD, "original.said", [ABSENT, "withheld"], needs_text) is ABSENT
    assert first_valid(RECORD, "original.text", [ABSENT, "withheld"], needs_text) == "withheld"
    with pytest.raises(InputError) as error:
        first_valid(RECORD, "original.text", [ABSENT], needs_text)
    assert error.value.code == "redact-required"


def test_where_the_same_words_still_stand_is_found() -> None:
    """In any text, by line; numbers too; short words and yes or no are not looked for."""
    values = ['"Olena Kovalenko"', "130.2911", '{a = "in a table", b = ["in a list"]}', "true", '"no"']
    texts = {
        "story.md": "no\nby Olena Kovalenko\n",
        "a.toml": "lon = 130.2911\n",
        "b.toml": "in a list, in a table true",
    }
    assert traces(values, texts) == [("a.toml", 1), ("b.toml", 1), ("story.md", 2)]


@given(
    lon=st.floats(-180, 180),
    lat=st.floats(-90, 90),
    step=st.floats(1_000, 500_000),
    radius=st.one_of(st.none(), st.floats(0, 50_000)),
)
def test_a_coarse_position_tells_its_cell_and_nothing_more(
    lon: float, lat: float, step: float, radius: float | None
) -> None:
    """Property: all points of one cell give one answer, the true point lies within the radius, twice is once."""
    made = coarsened([(lon, lat)], step=step, radius=radius)
    degrees = step / METRES
    cell = (round(lon / degrees) * degrees, round(lat / degrees) * degrees)
    if abs(cell[0]) <= 180 and abs(cell[1]) <= 90:
        assert made[:2] == coarsened([cell], step=step, radius=radius)[:2]
        assert coarsened([made[:2]], step=step, radius=made[2]) == made
    away = math.hypot((made[0] - lon) * math.cos(math.radians(lat)), made[1] - lat) * METRES
    assert away <= made[2]


def test_an_outline_is_coarsened_from_its_rounded_corners_only() -> None:
    """Two outlines whose corners lie in the same cells cannot be told apart; the radius reaches over all of it."""
    one = coarsened([(10.01, 50.0), (10.3, 50.2)], step=10_000)
    assert one == coarsened([(10.02, 49.99), (10.31, 50.19)], step=10_000)
    assert one[2] >= math.hypot(0.29, 0.2) / 2 * METRES * math.cos(math.radians(50))


def test_an_opening_goes_to_one_person_and_is_checked(tmp_path: Path) -> None:
    """Oracle: SHA-256(salt || value) by hand; another value or salt is not it; nothing is overwritten."""
    opening, path = Opening(b"\x01" * 32, '"Olena"'), tmp_path / "opening.json"
    commitment = hashlib.sha256(b"\x01" * 32 + b'"Olena"').hexdigest()
    write_opening(path, opening, case="rason", record="claims/C1.toml", field="original.text")
    assert path.stat().st_mode & 0o777 == 0o600
    case, record, field, again = read_opening(path)
    assert (case, record, field, again) == ("rason", "claims/C1.toml", "original.text", opening)
    assert is_what_was_committed(again, {"withheld": {field: commitment}}, field)
    assert not is_what_was_committed(Opening(b"\x02" * 32, '"Olena"'), {"withheld": {field: commitment}}, field)
    assert not is_what_was_committed(again, {}, field)
    with pytest.raises(InputError) as error:
        write_opening(path, opening, case="rason", record="r", field="f")
    assert error.value.code == "opening-exists"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 1}', json.dumps({"schema": 2, "value": "SECRET"})])
def test_what_is_no_opening_is_refused_without_its_content(tmp_path: Path, text: str) -> None:
    """Any file that is not one ends in the same clear error."""
    path = tmp_path / "o.json"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        read_opening(path)
    assert error.value.code == "opening"
    assert "SECRET" not in str(error.value)
