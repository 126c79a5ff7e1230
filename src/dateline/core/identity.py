"""Who is who: content hashes, the one serialiser that rounds, and record ids."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO

SIGNIFICANT_DIGITS = 10
"""Floats are rounded to this many digits, so that identical work gives identical bytes."""

_CHUNK = 1 << 20
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


_AS_IT_IS = frozenset({str, bool, int})
"""Types that are plain JSON already: nearly all that is written."""


def sha256_bytes(data: bytes) -> str:
    """SHA-256 of bytes, as lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def sha256_stream(stream: BinaryIO) -> str:
    """SHA-256 of what is left of a binary stream, read in pieces so that its size does not matter."""
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return sha256_stream(stream)


def canonical(value: Any) -> Any:
    """A value as plain JSON types with floats rounded and keys as text; refuses NaN and infinity.

    An unknown must be None, with a name beside it; it is never written as a number that is not one.
    """
    match value:
        case None | bool() | str():
            return value
        case Enum():
            return canonical(value.value)
        case int():
            return int(value)
        case float():
            return _rounded(value)
        case datetime() if value.tzinfo is None:
            raise ValueError(f"Cannot write {value.isoformat()} into a record: a time of day needs a zone.")
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return _keyed(value)
        case list() | tuple():
            return [item if type(item) in _AS_IT_IS else canonical(item) for item in value]
        case set() | frozenset():
            return sorted((canonical(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
        case Path():
            return value.as_posix()
    if hasattr(value, "to_json"):
        return canonical(value.to_json())
    if hasattr(value, "tolist"):  # numpy scalars and arrays
        return canonical(value.tolist())
    raise TypeError(f"Cannot write a {type(value).__name__} into a record; give it a to_json().")


def _keyed(value: Mapping[Any, Any]) -> dict[str, Any]:
    plain = {str(key): item if type(item) in _AS_IT_IS else canonical(item) for key, item in value.items()}
    if len(plain) < len(value):
        raise ValueError(f"Two keys of a record are spelled alike: {sorted(map(str, value))}.")
    return plain


def _rounded(value: float) -> float:
    rounded = float(f"{value:.{SIGNIFICANT_DIGITS}g}")
    if not math.isfinite(rounded):
        raise ValueError(f"Cannot write {value} into a record: an unknown is null with a reason, not a number.")
    return rounded + 0.0  # turns -0.0 into 0.0


def canonical_json(value: Any) -> bytes:
    """The one spelling of a value: UTF-8, sorted keys, no spaces, rounded floats. What hashes are made of."""
    return json.dumps(canonical(value), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def pretty_json(value: Any) -> str:
    """The same value for people and diffs: sorted keys, two spaces, a final newline."""
    return json.dumps(canonical(value), sort_keys=True, ensure_ascii=False, indent=2) + "\n"


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical JSON."""
    return sha256_bytes(canonical_json(value))


def input_key(*, method: str, version: str, parameters: Mapping[str, Any], seed: int, inputs: Mapping[str, Any]) -> str:
    """The identity of a computation: the same key means the same question on the same bytes.

    inputs holds the hash of every input by role: items, records, observations, sensor files, upstream findings.
    """
    return digest({"method": method, "version": version, "parameters": parameters, "seed": seed, "inputs": inputs})


def is_id(text: str) -> bool:
    """Whether text can name a record: letters, digits, dot, dash, underscore; at most 128; no path in it."""
    return bool(_ID.fullmatch(text)) and ".." not in text


def pieces(stream: BinaryIO) -> Iterator[bytes]:
    """A binary stream in pieces of one mebibyte."""
    while chunk := stream.read(_CHUNK):
        yield chunk
