"""The door to the network for files whose address and hash the program knows beforehand. Nothing else opens one yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from dateline.core.errors import InputError

PATIENCE = 10.0
"""How long to wait for an answer [s]."""


@contextmanager
def https(url: str) -> Iterator[BinaryIO]:
    """The bytes behind an https address. Raises InputError (code `address`) for another kind, OSError offline."""
    if urlsplit(url).scheme != "https":
        raise InputError("Only https addresses are opened.", saw=url, do="Fetch the file yourself.", code="address")
    request = Request(url, headers={"User-Agent": "dateline"})  # noqa: S310 - https only, see above
    with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
        yield cast(BinaryIO, answer)
