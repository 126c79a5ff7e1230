"""An answer while it comes in: what the server said of it, and its bytes piece by piece, within limits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import httpcore2

from dateline.core.errors import InputError
from dateline.evidence.door.errors import Unavailable
from dateline.evidence.door.request import header
from dateline.evidence.provenance import Certificate, Hop


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait: for a connection, for the next bytes, for all of it [s]; and how slow is too slow [bytes/s]."""

    connect: float = 10.0
    read: float = 30.0
    total: float = 600.0
    slowest: float = 1000.0


WINDOW = 60.0
"""Over which time the speed is judged [s]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer whose bytes have not been read yet. `url` is the address that answered, after `hops`."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    hops: tuple[Hop, ...]
    tls: Certificate | None
    address: str | None
    at: datetime
    proxy: bool
    most: int
    patience: Patience
    _response: httpcore2.Response = field(repr=False)

    def header(self, name: str) -> str | None:
        """The value of a header, whatever its case."""
        return header(self.headers, name)

    def pieces(self) -> Iterator[bytes]:
        """The bytes as they were sent. Raises InputError: `too-big`, `too-slow`, `truncated`, `unreachable`."""
        promised = self.header("content-length")
        if promised is not None and promised.isdigit() and int(promised) > self.most:
            raise _too_big(self.url, int(promised), self.most)
        size, began = 0, time.monotonic()
        window_began, window_size = began, 0
        for piece in self._received():
            size, window_size = size + len(piece), window_size + len(piece)
            if size > self.most:
                raise _too_big(self.url, size, self.most)
            now = time.monotonic()
            if now - window_began > WINDOW:
                if window_size < self.patience.slowest * (now - window_began):
                    raise _too_slow(self.url, size, now - began)
                window_began, window_size = now, 0
            if now - began > self.patience.total:
                raise _too_slow(self.url, size, now - began)
            yield piece

    def _received(self) -> Iterator[bytes]:
        with translated(self.url):
            yield from self._response.iter_stream()


class translated:  # noqa: N801 - reads as the statement that it is used as
    """Turns what the transport raises into errors of ours, in three parts."""

    def __init__(self, url: str) -> None:
        self._url = url.partition("?")[0]  # a query may carry a signature

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, httpcore2.TimeoutException):
            raise _unavailable("The server does not answer in time.", self._url, error, "too-slow") from None
        if isinstance(error, httpcore2.ProtocolError):
            raise _unavailable("The answer was cut off or malformed.", self._url, error, "truncated") from None
        if isinstance(error, (httpcore2.NetworkError, httpcore2.ProxyError)):
            raise _unavailable("The server cannot be reached.", self._url, error, "unreachable") from None


def _unavailable(what: str, url: str, error: BaseException, code: str) -> Unavailable:
    said = str(error) or type(error).__name__
    return Unavailable(
        what, saw=f"{url}: {said[:200]}", do="Check the connection and try again later.", code=code, again=True
    )


def _too_big(url: str, size: int, most: int) -> InputError:
    return InputError(
        "The answer is bigger than was allowed.",
        saw=f"{url.partition('?')[0]}: {size:,} bytes or more; at most {most:,} were expected",
        do="Allow more, if a file of this size is meant.",
        code="too-big",
    )


def _too_slow(url: str, size: int, seconds: float) -> Unavailable:
    return Unavailable(
        "The answer comes in too slowly.",
        saw=f"{url.partition('?')[0]}: {size:,} bytes in {seconds:.0f} s",
        do="Try again later, or allow more time.",
        code="too-slow",
        again=True,
    )
