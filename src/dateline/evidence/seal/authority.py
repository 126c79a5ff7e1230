"""Asking authorities for tokens (RFC 3161, section 3.4) through the door: only a hash leaves the machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from dateline.core.errors import InputError
from dateline.evidence.door.client import Door
from dateline.evidence.door.request import Request
from dateline.evidence.seal.certificates import Trust
from dateline.evidence.seal.record import FOLDER
from dateline.evidence.seal.timestamp import Stamp, check_reply

DEFAULT = ("https://freetsa.org/tsr", "http://timestamp.digicert.com")
"""Two authorities of different owners, in different countries, free to ask. The second answers over http only; a
token is signed, so that nobody on the way can make one."""

FILE = "authorities.txt"
"""One address a line, # for remarks: in evidence/seals of a case, or in the user's data folder."""

MOST = 1_000_000
"""A reply longer than this is not one [bytes]."""


@dataclass(frozen=True, slots=True)
class Authority:
    """One authority: its address, and the name of the files with its replies."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What asking one authority came to: the raw reply and what it is worth, or why there is none."""

    authority: Authority
    raw: bytes | None
    stamp: Stamp | None
    error: str | None = None


def authorities(urls: Iterable[str]) -> tuple[Authority, ...]:
    """Authorities by their addresses, each with a name of its own."""
    found: dict[str, Authority] = {}
    for url in dict.fromkeys(urls):
        base = (urlsplit(url).netloc.rpartition("@")[2] or "authority").replace(":", "-").lower()
        name, number = base, 1
        while name in found:
            number += 1
            name = f"{base}-{number}"
        found[name] = Authority(url, name)
    return tuple(found.values())


def configured(case: Path) -> tuple[str, ...]:
    """The addresses to ask: those of the case, else of the user, else the default ones."""
    for path in (case / FOLDER / FILE, platformdirs.user_data_path("dateline") / FILE):
        if path.is_file():
            lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
            return tuple(line for line in lines if line)
    return DEFAULT


def ask(authority: Authority, data: bytes, door: Door, trust: Trust, *, now: datetime) -> Answered:
    """A token over the SHA-256 of `data` [bytes]. Never raises for what the other side does: the error is named.

    A reply that is not good for these bytes and this request is not kept; one whose root nobody declared is.
    """
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    query = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).cert_request(cert_request=True)
    request = query.nonce(nonce=True).build()
    headers = (("Content-Type", "application/timestamp-query"), ("Accept", "application/timestamp-reply"))
    try:
        reply = door.ask(Request(authority.url, "POST", headers, request.as_bytes()), most=MOST, attempts=3)
    except InputError as error:
        return Answered(authority, None, None, f"{error.code}: {error.what} {error.saw}")
    stamp = check_reply(reply.body, data, trust, now=now, nonce=request.nonce)
    if stamp.state == "bad":
        return Answered(authority, None, stamp, str(stamp))
    return Answered(authority, reply.body, stamp)
