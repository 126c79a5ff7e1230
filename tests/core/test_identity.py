"""Content hashes, the one serialiser, and record ids."""

from __future__ import annotations

import io
import math
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path

import numpy as np
import pytest

from dateline.core import State, When
from dateline.core.identity import (
    canonical,
    canonical_json,
    digest,
    input_key,
    is_id,
    pieces,
    pretty_json,
    sha256_bytes,
    sha256_file,
    sha256_stream,
)
from dateline.core.quantity import Kind

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
"""SHA-256 of "abc" (FIPS 180-2, appendix B.1)."""


class Colour(Enum):
    RED = "red"


def test_hashes_are_those_of_the_standard(tmp_path: Path) -> None:
    """Bytes, streams and files of "abc" hash to the value printed in FIPS 180-2."""
    file = tmp_path / "abc"
    file.write_bytes(b"abc")
    assert sha256_bytes(b"abc") == sha256_stream(io.BytesIO(b"abc")) == sha256_file(file) == ABC


def test_a_stream_comes_in_pieces_of_a_mebibyte() -> None:
    """Nothing is lost or doubled at the seams."""
    data = bytes(range(256)) * 8193
    parts = list(pieces(io.BytesIO(data)))
    assert b"".join(parts) == data
    assert [len(part) for part in parts] == [1 << 20, 1 << 20, 256]


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (True, True),
        (3, 3),
        ("3", "3"),
        (0.1 + 0.2, 0.3),
        (-0.0, 0.0),
        (Kind.COUNT, "count"),
        (Colour.RED, "red"),
        (State.SNOW, 3),
        (date(2024, 3, 2), "2024-03-02"),
        (datetime(2024, 3, 2, 12, tzinfo=UTC), "2024-03-02T12:00:00+00:00"),
        ({2: (1, 2)}, {"2": [1, 2]}),
        ({"b", "a"}, ["a", "b"]),
        (Path("a") / "b", "a/b"),
        (np.float32(0.5), 0.5),
        (np.array([1, 2]), [1, 2]),
        (When.year(2022), {"earliest": "2022-01-01", "latest": "2022-12-31"}),
    ],
)
def test_every_noun_has_one_plain_spelling(value: object, plain: object) -> None:
    """Enums, dates, sets, paths, numpy values and our nouns become plain JSON."""
    assert canonical(value) == plain


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1.7976931348623157e308, np.array([1.0, np.nan])])
def test_a_number_that_is_not_one_cannot_be_written(value: object) -> None:
    """NaN, infinity, and what rounds to infinity are refused wherever they hide."""
    with pytest.raises(ValueError, match="an unknown is null"):
        canonical_json({"deep": [value]})


def test_a_naive_time_cannot_be_written() -> None:
    """A time of day without a zone never reaches a record."""
    with pytest.raises(ValueError, match="needs a zone"):
        canonical(datetime(2024, 3, 2, 12))  # noqa: DTZ001 what is refused


def test_two_keys_that_are_spelled_alike_are_refused() -> None:
    """1 and "1" would overwrite each other silently in JSON."""
    with pytest.raises(ValueError, match="spelled alike"):
        canonical({1: "a", "1": "b"})


def test_an_unknown_kind_of_value_is_refused() -> None:
    """What has no plain spelling is an error that says what to give it."""
    with pytest.raises(TypeError, match=r"to_json\(\)"):
        canonical(object())


def test_floats_keep_ten_significant_digits() -> None:
    """Identical work gives identical bytes: the eleventh digit does not reach the record."""
    assert canonical_json(0.12345678901) == b"0.123456789"
    assert canonical_json(123456789.01234) == b"123456789.0"
    assert digest(0.1 + 0.2) == digest(0.3)


def test_canonical_json_is_utf8_sorted_and_tight() -> None:
    """The bytes that hashes are made of are fixed for ever."""
    value = {"ы": 1, "a": [1.5, None]}
    assert canonical_json(value) == '{"a":[1.5,null],"ы":1}'.encode()
    assert pretty_json({"b": 1, "a": 2}) == '{\n  "a": 2,\n  "b": 1\n}\n'
    assert digest(value) == sha256_bytes(canonical_json(value))


def test_any_change_of_the_question_changes_the_input_key() -> None:
    """Method, version, parameters, seed and inputs are all part of the identity; key order is not."""
    question = {"method": "m", "version": "1", "parameters": {"a": 1, "b": 2}, "seed": 0, "inputs": {"before": ABC}}
    key = input_key(**question)
    assert key == input_key(**(question | {"parameters": {"b": 2, "a": 1}}))
    changes = [{"method": "n"}, {"version": "2"}, {"parameters": {"a": 1}}, {"seed": 1}, {"inputs": {}}]
    assert len({key, *(input_key(**(question | change)) for change in changes)}) == 6


@pytest.mark.parametrize("text", ["a", "E-0191", "lights.chongjin_2", "A" * 128])
def test_ids_are_letters_digits_and_three_signs(text: str) -> None:
    """What can name a record can name its file."""
    assert is_id(text)


@pytest.mark.parametrize("text", ["", ".a", "-a", "a/b", "a..b", "a\n", "A" * 129, "é", "a b", "a\x00"])
def test_what_could_leave_the_folder_is_not_an_id(text: str) -> None:
    """Paths, dots, spaces and other scripts cannot name a record."""
    assert not is_id(text)
