"""A file behind an https address as a plain stream, for what only reads streams."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from dateline.core.errors import InputError
from dateline.evidence.door.client import Door, check_status
from dateline.evidence.door.request import Request
from dateline.evidence.pieces import Pieces


@contextmanager
def https(url: str) -> Iterator[BinaryIO]:
    """The bytes behind an https address. Raises InputError: `address` for another kind, and all of Door.open()."""
    if not url.startswith("https:"):
        raise InputError("Only https addresses are opened.", saw=url, do="Fetch the file yourself.", code="address")
    with Door() as door, door.open(Request(url)) as answer:
        check_status(answer.url, answer.status, answer.headers, now=answer.at)
        yield cast(BinaryIO, io.BufferedReader(Pieces(answer.pieces())))
