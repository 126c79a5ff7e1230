"""What a catalogue told us, read with distrust: a value of the wrong kind is unknown, never a number."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from dateline.core.errors import InputError
from dateline.evidence.door.request import Reply
from dateline.evidence.names import check_name
from dateline.imagery.catalog.login_page import is_login_page
from dateline.imagery.catalog.service import Checksum

_MULTIHASH = {"1220": ("sha256", 64), "1114": ("sha1", 40), "1340": ("sha512", 128), "d50110": ("md5", 32)}
"""Multihash prefixes in hex (multiformats.io): algorithm, length of the rest."""

_LENGTHS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}


def document(reply: Reply) -> Mapping[str, Any]:
    """The JSON object of a reply.

    Raises InputError: `login-page` for an HTML page that asks for a login, `not-json`, `catalog-reply` for JSON of
    another shape.
    """
    if is_login_page(reply.body[:4096], media_type=reply.header("content-type"), url=reply.url):
        raise InputError(
            "The service answered with a web page, as it does when it wants a login.",
            saw=f"{_plain(reply.url)}: {reply.header('content-type')}",
            do="Check the login with `dateline doctor`.",
            code="login-page",
        )
    try:
        told = reply.json()
    except RecursionError:
        raise odd(reply, "JSON nested too deep") from None
    if not isinstance(told, Mapping):
        raise odd(reply, f"a JSON {type(told).__name__} where an object belongs")
    return told


def rows(told: Mapping[str, Any], key: str, reply: Reply) -> list[Any]:
    """The list under a key. Raises InputError (code `catalog-reply`) where there is none."""
    value = told.get(key)
    if not isinstance(value, list):
        said = text(told, "message") or text(told, "description") or text(told, "detail") or f"no list {key!r}"
        raise odd(reply, said[:200])
    return value


def odd(reply: Reply, saw: str) -> InputError:
    """The error for a reply that is not what the service's documents say."""
    return InputError(
        "The service answered something else than a list of images.",
        saw=f"{_plain(reply.url)}: {saw}",
        do="Try again later; if it stays, the service has changed its format: tell us.",
        code="catalog-reply",
    )


def part(told: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """The object some keys deep; an empty one where there is none."""
    value: Any = told
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def parts(told: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The objects in the list under a key; whatever else is in it is passed over."""
    value = told.get(key)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def text(told: Mapping[str, Any], *keys: str) -> str | None:
    """The first of these keys that has words."""
    for key in keys:
        value = told.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def number(told: Mapping[str, Any], key: str, *, low: float = -math.inf, high: float = math.inf) -> float | None:
    """A finite number from low to high, also where it is spelled as text; None otherwise."""
    value = told.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and low <= found <= high else None


def size(told: Mapping[str, Any], key: str) -> int | None:
    """A count of bytes: whole, more than none, less than an exabyte."""
    found = number(told, key, low=1, high=1e18)
    return int(found) if found is not None and found == int(found) else None


def whole(told: Mapping[str, Any], key: str, *, low: int, high: int) -> int | None:
    """A whole number from low to high."""
    found = number(told, key, low=low, high=high)
    return int(found) if found is not None and found == int(found) else None


def moment(value: object) -> datetime | None:
    """A time as catalogues write it (RFC 3339; without a zone it is UTC)."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip().replace(" ", "T", 1))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def web(href: object) -> str | None:
    """An address that could be downloaded from: http or https, with a host and without a login."""
    if not isinstance(href, str) or re.search(r"[\s\x00-\x1f]", href):
        return None
    try:
        split = urlsplit(href)
        good = split.scheme in {"http", "https"} and bool(split.hostname) and split.username is None
        _ = split.port  # raises for a port that is none
    except ValueError:
        return None
    return href if good else None


def name_of(url: str) -> str | None:
    """The last part of an address' path, where it can be the name of a file."""
    name = urlsplit(url).path.rpartition("/")[2]
    try:
        return check_name(name)
    except InputError:
        return None


def next_page(href: str, reply: Reply) -> str | None:
    """The address of the next page where it is on the host that was asked; None otherwise: it is never followed."""
    found = web(urljoin(reply.url, href))
    if found is None:
        return None
    here, there = urlsplit(reply.url), urlsplit(found)
    return found if (here.scheme, here.netloc.lower()) == (there.scheme, there.netloc.lower()) else None


def checksum(value: object, algorithm: object = None) -> Checksum | None:
    """A checksum with its algorithm, as a multihash in hex, or told apart by its length."""
    if not isinstance(value, str):
        return None
    digits = value.strip().lower()
    if isinstance(algorithm, str):
        named = algorithm.lower().replace("-", "")
        return Checksum(named, digits) if _LENGTHS.get(len(digits)) == named and _is_hex(digits) else None
    for prefix, (spelled, length) in _MULTIHASH.items():
        if digits.startswith(prefix) and len(digits) == len(prefix) + length and _is_hex(digits):
            return Checksum(spelled, digits[len(prefix) :])
    guessed = _LENGTHS.get(len(digits))
    return Checksum(guessed, digits) if guessed and _is_hex(digits) else None


def _is_hex(digits: str) -> bool:
    return re.fullmatch(r"[0-9a-f]+", digits) is not None


def _plain(url: str) -> str:
    return url.partition("?")[0]
