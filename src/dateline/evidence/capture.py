"""A page or a file fetched from its address: the bytes as the server gave them, and how they were given."""

from __future__ import annotations

import mimetypes
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, cast
from urllib.parse import quote, unquote, unquote_plus, urlsplit

from dateline.core.clock import Clock
from dateline.core.errors import InputError
from dateline.evidence.door.answer import Answer
from dateline.evidence.door.client import LONGEST_WAIT, Door, check_status, pause
from dateline.evidence.door.errors import Unavailable
from dateline.evidence.door.request import Request
from dateline.evidence.intake import Taken, take_stream
from dateline.evidence.media_type import HEAD, HTML, sniff
from dateline.evidence.names import check_name
from dateline.evidence.pieces import Pieces
from dateline.evidence.provenance import Capture, Hop
from dateline.evidence.store import Store

MOST = 2_000_000_000
"""More than this is not fetched unless somebody says so [bytes]."""

ATTEMPTS = 3
"""So often a busy server or a broken connection is asked."""

_BY_NAME = re.compile(
    r"(?i)auth(?!or(?!iz))|token|cookie|session|secret|password|credential|api-?key|csrf|xsrf|forwarded"
    r"|(client|real|connecting|socket|remote|user)-?(ip|addr)|hmac"
)
"""Names of headers that carry a login, or our own address back to us: kept by name, without their value."""

_KEYS = re.compile(
    r"(?i)^_*(.*[-_.]|access|auth|id|refresh|session|api|csrf|secret|private|client|x)?"
    r"(token|key|apikey|sig|signature|secret|password|passwd|pwd|auth|authorization|credentials?|session|sessionid"
    r"|sid|jwt|hmac|ticket|otp)_*$"
    r"|^(code|auth_?code|policy|hdnts|hdnea|hdntl|__gda__|assertion|saml(request|response)|jsessionid|phpsessid|pass)$"
)
"""Names of query parameters whose values let others in: kept by name, without their value."""

_UNTIL = re.compile(r"(?i)^(expires?|expiry|exp)$")
"""Names of what a signature is made of; beside one they go with it."""

_IN_PATH = re.compile(r"(?i)(;[^=;/]{0,40}(?:sess|sid|token|auth|key)[^=;/]{0,40}=)[^;/]*")
_LONGEST_KEY = 80
"""So much of the end of a parameter's name is looked at."""

_NESTED = 3
"""So deep addresses in addresses are looked into; what lies deeper is left out."""

_PAGES = {"", ".html", ".htm", ".xhtml", ".shtml", ".php", ".asp", ".aspx", ".jsp", ".cgi", ".do"}
_LOGIN = re.compile(r"(?i)\b(log-?in|sign-?in|sign-?on|sso|oauth2?|authorize|consent|captcha|challenge|auth)\b")
_PASSWORD = re.compile(rb"(?i)<input[^>]{0,300}type\s*=\s*[\"']?password")
_PAGE_SAID = frozenset((HTML, ".html", ".htm"))
"""What says that a web page is wanted, whatever it asks for."""

_LOOKED_THROUGH = 2_000_000
"""So much of a web page is looked through for a field for a password [bytes]."""


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
    stream = Pieces(answer.pieces())
    head = stream.peek(HEAD)
    head = stream.peek(_LOOKED_THROUGH) if sniff(head) == HTML else head
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
    if _asks(head) and (wanted.expect or "").lower() not in _PAGE_SAID:
        raise _login(answer, "the page has a field for a password")
    page = "the page as the server gave it; for pages that build themselves in a browser, archive a WACZ"
    return [page, *(["it has a field for a password: look whether it is the page that you want"] * _asks(head))]


def _asks(head: bytes) -> bool:
    return _PASSWORD.search(head) is not None


def _is_page(expect: str) -> bool:
    return expect.lower() in {*_PAGE_SAID, "text/*"}


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
        redirects=kept_hops(answer.hops),
        headers=kept_headers(answer.headers),
        tls=answer.tls,
        address=answer.address,
        proxy=answer.proxy,
        tool=wanted.tool,
        parameters=parameters | ({"expect": wanted.expect} if wanted.expect else {}),
    )


def kept_headers(headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Headers as a record keeps them: of logins, cookies and our own address the name only; addresses without keys."""
    return tuple((name, "" if _BY_NAME.search(name) else _header(value)) for name, value in headers)


def kept_hops(hops: Iterable[Hop]) -> tuple[Hop, ...]:
    """Redirects as a record keeps them: addresses without keys."""
    return tuple(Hop(url=without_keys(hop.url), status=hop.status, to=without_keys(hop.to)) for hop in hops)


def _header(value: str) -> str:
    return "".join(_word(word) for word in re.split(r"""([\s<>"']+)""", value))


def _word(word: str) -> str:
    """A word of a header, without keys where it is an address (in Refresh: after `0;url=`)."""
    first = min((at for at in (word.find("://"), word.find("?"), word.find("#")) if at >= 0), default=len(word))
    is_address = "//" in word or "=" in word[first:] or _IN_PATH.search(word) is not None
    start = word.rfind("=", 0, first) + 1 if first < len(word) else 0
    return word[:start] + without_keys(word[start:]) if is_address else word


def without_keys(url: str, *, deep: int = _NESTED) -> str:
    """An address as a record keeps it: what lets others in (token, signature, key …) by name only.

    Its fragment and a login in it are left out whole; addresses in its parameters are cleaned as well.
    """
    path, mark, query = url.partition("#")[0].partition("?")
    path = _IN_PATH.sub(r"\1", re.sub(r"//[^/]*@", "//", path))
    parts = re.split("([&;])", query)
    names = [unquote_plus(part.partition("=")[0]) for part in parts]
    secret = any(map(_is_key, names))
    for at, name in enumerate(names):
        if _is_key(name) or (secret and _UNTIL.search(name)):
            parts[at] = parts[at].partition("=")[0] + "="
        else:
            parts[at] = _parameter(parts[at], deep)
    return path + mark + "".join(parts)


def _is_key(name: str) -> bool:
    return _KEYS.search(name[-_LONGEST_KEY:]) is not None


def _parameter(part: str, deep: int) -> str:
    """A parameter; an address in it is cleaned too."""
    name, mark, value = part.partition("=")
    inside = unquote_plus(value)
    if "//" not in inside and "?" not in inside:
        return part
    clean = without_keys(inside, deep=deep - 1) if deep else ""
    return part if clean == inside else f"{name}{mark}{quote(clean, safe='')}"


def shown(url: str) -> str:
    """An address as it may be printed: without a login, and what lets others in by name only."""
    return without_keys(url)


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


def _login(answer: Answer, saw: str) -> InputError:
    return InputError(
        "The server gave a web page, perhaps a login page, in place of what was asked for; it was not kept.",
        saw=f"{without_keys(answer.url)[:200]}, status {answer.status}: {saw}",
        do="Open the address in a browser. If this very page is what you want, say --expect text/html; "
        "behind a login, capture it in your browser as a WACZ and archive that.",
        code="login-page",
    )
