"""A page or a file fetched from its address: the bytes as the server gave them, and how they were given."""

from __future__ import annotations

import io
import mimetypes
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, cast
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from dateline.core.clock import Clock
from dateline.core.errors import InputError
from dateline.evidence.door.answer import Answer
from dateline.evidence.door.client import LONGEST_WAIT, Door, check_status, pause
from dateline.evidence.door.errors import Unavailable
from dateline.evidence.door.request import Request
from dateline.evidence.intake import Taken, take_stream
from dateline.evidence.media_type import HEAD, HTML, sniff
from dateline.evidence.names import check_name
from dateline.evidence.provenance import Capture, Hop
from dateline.evidence.store import Store

MOST = 2_000_000_000
"""More than this is not fetched unless somebody says so [bytes]."""

ATTEMPTS = 3
"""So often a busy server or a broken connection is asked."""

_BY_NAME = frozenset(
    (
        *("set-cookie", "set-cookie2", "authorization", "proxy-authorization", "x-csrf-token", "x-amz-security-token"),
        *("x-forwarded-for", "x-real-ip", "x-client-ip", "client-ip", "true-client-ip", "cf-connecting-ip"),
        "forwarded",
    )
)
"""Headers that carry a login, or our own address back to us: kept by name, without their value."""

_KEYS = re.compile(
    r"(?i)(^|[-_])(token|key|apikey|sig|signature|secret|password|passwd|pwd|auth|credential|session|sessionid|sid)$"
)
"""Names of query parameters whose values let others in: kept by name, without their value."""

_PAGES = {"", ".html", ".htm", ".xhtml", ".shtml", ".php", ".asp", ".aspx", ".jsp", ".cgi", ".do"}
_LOGIN = re.compile(r"(?i)\b(log-?in|sign-?in|sign-?on|sso|oauth2?|authorize|consent|captcha|challenge|auth)\b")
_PASSWORD = re.compile(rb"(?i)<input[^>]{0,300}type\s*=\s*[\"']?password")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to fetch, and for which program and version.

    `expect`: a media type (image/jpeg, image/*) or an ending (.jpg) that the bytes must live up to. `gone`: keep an
    error page too, as proof of what the address gives.
    """

    url: str
    tool: str
    expect: str | None = None
    name: str | None = None
    most: int = MOST
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """Bytes in the store, how they were fetched, and what people should know of them."""

    taken: Taken
    capture: Capture
    notes: tuple[str, ...] = ()


def fetch(
    wanted: Wanted, door: Door, *, store: Store, clock: Clock, sleep: Callable[[float], None] = time.sleep
) -> Fetched:
    """Fetches an address into the store, as the server gave it: nothing is rendered, unpacked or followed up.

    A server that is busy or breaks off is asked again, as it asks for. Raises what Door.open() raises, Unavailable
    (code "http-status"), and InputError: "login-page", "not-expected", "empty-file", "store-write".
    """
    try:
        urlsplit(wanted.url)
    except ValueError as error:
        raise InputError(
            "This is no address.",
            saw=f"{shown(wanted.url)}: {error}",
            do="Copy it again from where you have it.",
            code="address",
        ) from None
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with door.open(Request(wanted.url), most=wanted.most) as answer:
                return _kept(answer, wanted, store, clock)
        except Unavailable as error:
            wait = pause(attempt, error.after)
            if not error.again or attempt == ATTEMPTS or wait > LONGEST_WAIT:
                raise
            sleep(wait)
    raise AssertionError("the last attempt returns or raises")


def _kept(answer: Answer, wanted: Wanted, store: Store, clock: Clock) -> Fetched:
    if not wanted.gone or answer.status in {429, 500, 502, 503, 504}:
        check_status(answer.url, answer.status, answer.headers, now=clock.now())
    stream = _Pieces(answer.pieces())
    head = stream.peek()
    notes = _check_head(head, answer, wanted)
    name = wanted.name or name_of(answer.url, sniff(head), _called(answer))
    taken = take_stream(cast(BinaryIO, stream), name=name, store=store, promise=_promise(wanted))
    try:
        _check_expected(taken.kind, wanted)
    except InputError:
        taken.put_back(store)
        raise
    if (answer.header("content-encoding") or "identity").lower() != "identity":
        notes.append(f"the server packed it ({answer.header('content-encoding')}); the bytes are kept as it sent them")
    return Fetched(taken, _capture(answer, wanted), tuple(notes))


def _check_head(head: bytes, answer: Answer, wanted: Wanted) -> list[str]:
    """Refuses a web page where something else was promised, and a login page that one was led to."""
    if sniff(head) != HTML:
        return []
    path = PurePosixPath(urlsplit(wanted.url).path)
    guessed, _ = mimetypes.MimeTypes().guess_type(path.name)
    promised = wanted.expect if wanted.expect is not None else path.suffix
    is_page = _is_page(wanted.expect) if wanted.expect is not None else path.suffix.lower() in _PAGES or guessed is None
    if not is_page:
        raise _login(answer, f"a web page where {promised} was promised")
    led = urlsplit(answer.url)
    if wanted.expect is None and answer.hops and _LOGIN.search(f"{led.netloc} {led.path}"):
        raise _login(answer, "the address leads to what looks like a login")
    if wanted.expect is None and answer.hops and _PASSWORD.search(head):
        raise _login(answer, "the address leads to a page that asks for a password")
    page = "the page as the server gave it; for pages that build themselves in a browser, archive a WACZ"
    return [page, *(["it has a field for a password: look whether it is the page that you want"] * _asks(head))]


def _asks(head: bytes) -> bool:
    return _PASSWORD.search(head) is not None


def _is_page(expect: str) -> bool:
    return expect.lower() in {HTML, "text/*", ".html", ".htm"}


def _promise(wanted: Wanted) -> str | None:
    """The name whose ending the bytes must live up to; the address's own, unless something was said."""
    if wanted.expect is None:
        return PurePosixPath(unquote(urlsplit(wanted.url).path)).name or None
    return f"x{wanted.expect}" if wanted.expect.startswith(".") else "x"


def _check_expected(kind: str, wanted: Wanted) -> None:
    expect = wanted.expect
    if expect is None or expect.startswith("."):
        return
    if kind != expect.lower() and not (expect.endswith("/*") and kind.startswith(expect[:-1].lower())):
        raise InputError(
            "The server gave something else than was expected.",
            saw=f"{kind}, where {expect} was expected",
            do="Look at the address in a browser; say --expect with what it is, if that is what you want.",
            code="not-expected",
        )


def _capture(answer: Answer, wanted: Wanted) -> Capture:
    hops = tuple(Hop(url=without_keys(hop.url), status=hop.status, to=without_keys(hop.to)) for hop in answer.hops)
    parameters: dict[str, str | int | float | bool] = {
        "method": "GET",
        "accept_encoding": "identity",
        "most_bytes": wanted.most,
        "total_seconds": answer.patience.total,
    }
    return Capture(
        url=without_keys(wanted.url),
        final_url=without_keys(answer.url),
        status=answer.status,
        at=answer.at,
        redirects=hops,
        headers=kept_headers(answer.headers),
        tls=answer.tls,
        address=answer.address,
        proxy=answer.proxy,
        tool=wanted.tool,
        parameters=parameters | ({"expect": wanted.expect} if wanted.expect else {}),
    )


def kept_headers(headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Headers as a record keeps them: of logins, cookies and our own address the name only."""
    return tuple((name, _shown(name, value)) for name, value in headers)


def _shown(name: str, value: str) -> str:
    if name.lower() in _BY_NAME:
        return ""
    return without_keys(value) if name.lower() in {"location", "content-location", "refresh"} else value


def without_keys(url: str) -> str:
    """An address whose parameters that let others in (token, signature, key …) are there by name only."""
    parts = urlsplit(url)
    if not any(_KEYS.search(name) for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return url
    shown = [
        (name, "" if _KEYS.search(name) else value) for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    return urlunsplit(parts._replace(query=urlencode(shown)))


def shown(url: str) -> str:
    """An address as it may be printed: without a login, and what lets others in by name only."""
    try:
        parts = urlsplit(url)
    except ValueError:  # not one that anything is asked of
        return url.partition("?")[0].rpartition("@")[2]
    return without_keys(urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])))


def name_of(url: str, kind: str | None, called: str | None = None) -> str:
    """A name for what came from an address: as the server `called` it, as the address ends, or the host's."""
    parts = urlsplit(url)
    for name in (called, unquote(PurePosixPath(parts.path).name)):
        try:
            if name and check_name(name.strip()) and not name.startswith("."):
                return name.strip() if "." in name or kind != HTML else f"{name.strip()}.html"
        except InputError:
            continue
    return (parts.hostname or "page") + (".html" if kind == HTML else mimetypes.guess_extension(kind or "") or ".bin")


def _called(answer: Answer) -> str | None:
    """The name that a server gives a file (RFC 6266, 2011)."""
    given = re.search(r'(?i)\bfilename="?([^";]+)"?', answer.header("content-disposition") or "")
    return given[1] if given else None


class _Pieces(io.RawIOBase):
    """An answer's pieces as a stream that is read once."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces, self._ready = pieces, b""

    def peek(self) -> bytes:
        """The first bytes, as many as telling their kind takes; they stay to be read."""
        while len(self._ready) < HEAD and (piece := next(self._pieces, None)) is not None:
            self._ready += piece
        return self._ready[:HEAD]

    def readable(self) -> bool:
        return True

    def read(self, length: int = -1) -> bytes:
        while not self._ready:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._ready = piece
        length = len(self._ready) if length < 0 else length
        piece, self._ready = self._ready[:length], self._ready[length:]
        return piece


def _login(answer: Answer, saw: str) -> InputError:
    return InputError(
        "The server gave a web page, perhaps a login page, in place of what was asked for; it was not kept.",
        saw=f"{without_keys(answer.url)[:200]}, status {answer.status}: {saw}",
        do="Open the address in a browser. If this very page is what you want, say --expect text/html; "
        "behind a login, capture it in your browser as a WACZ and archive that.",
        code="login-page",
    )
