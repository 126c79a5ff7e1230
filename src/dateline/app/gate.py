"""The door of the app: who may ask, from where, how much; and what every answer forbids the browser.

Other programs and pages on the same machine can reach a loopback port. So every request must name this server (a
foreign name that resolves to 127.0.0.1 is refused: DNS rebinding), come from its own pages, and carry a secret that
was given out since the server started.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dateline.app.entry import Entries

ENTER = "/enter"
UPLOADS = "/archive"
SMALL, LARGE = 4 << 20, 512 << 20
"""[bytes] The most that a request may bring: forms and marks; files for the archive."""
LONGEST = 2_000
"""Signs of a path: no address of ours is longer, and a number of 5,000 digits is no tile."""
PATIENCE = 60.0
"""How long a body may pause [s]."""
KINDS = frozenset({"application/json", "application/x-www-form-urlencoded", "multipart/form-data"})
"""What a body may be. A form of another page can send text/plain that reads as JSON; none of these can."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SANDBOX = (
    "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; font-src data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""The policy for whatever is not ours (archived pages, SVG): it is looked at, and nothing in it runs or asks."""
ALWAYS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
"""On every answer, unless the answer says otherwise for its own kind of file."""

_log = logging.getLogger("dateline.app")


@dataclass(frozen=True, slots=True)
class Door:
    """Where the server listens, and who is in. names: hosts that it answers to, with their port.

    everywhere: it listens on every address of the machine, and answers to each of them by number; never to a name
    that it was not told, for anybody can make a name lead here.
    """

    names: frozenset[str]
    port: int
    entries: Entries = field(default_factory=Entries)
    everywhere: bool = False

    @property
    def cookie(self) -> str:
        """The cookie's name: cookies know no ports, so that two servers on one machine need two names."""
        return f"dateline-{self.port}"

    def answers_to(self, host: str, came_to: str | None) -> bool:
        """Whether a Host names this server. came_to: the address of ours that the connection reached."""
        if host in self.names:
            return True
        return self.everywhere and came_to is not None and host == f"{_in_url(came_to)}:{self.port}"


def loopback_names(port: int) -> frozenset[str]:
    """What a browser calls this machine when it means this machine. A browser leaves out port 80."""
    names = ("127.0.0.1", "localhost", "[::1]")
    return frozenset(f"{name}:{port}" for name in names) | (frozenset(names) if port == 80 else frozenset())


def _in_url(address: str) -> str:
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped) if mapped else f"[{found}]" if found.version == 6 else str(found)


class Gate:
    """ASGI middleware: lets in what the door knows, and puts the policy on every answer."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app, self.door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Anything but HTTP is refused by silence."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        answer = self._stopped(scope)
        if answer is not None:
            await answer(scope, receive, _guarded(send))
            return
        try:
            await self.app(scope, _limited(scope, receive), _guarded(send))
        except Exception as error:  # the page has said so; what the error says may be a source's name
            _log.error("a page failed: %s at %s", type(error).__name__, _place_of(error))

    def _stopped(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if len(headers.getlist("host")) != 1 or not self.door.answers_to(host, (scope.get("server") or (None,))[0]):
            return _refused(421, "This server does not answer to that name.")
        if not _is_ours(scope["method"], headers, f"http://{host}"):
            return _refused(403, "This request comes from another page. Type or paste the address instead.")
        if scope["path"] == ENTER:
            return self._enter(scope)
        if not self._is_known(headers.getlist("cookie")):
            return _refused(
                401, "Open the address that `dateline open` printed: it holds the secret of this start of the program."
            )
        if len(scope["path"]) > LONGEST:
            return _refused(414, "There is nothing at so long an address.")
        if _announced(headers) > limit(scope["path"]):
            return _refused(413, "This is larger than the app takes. Use `dateline archive FILE` for large files.")
        if scope["method"] not in {"GET", "HEAD"} and not _is_known_kind(headers):
            return _refused(415, "The app takes forms and JSON.")
        return None

    def _is_known(self, cookies: Iterable[str]) -> bool:
        """Whether any cookie of our name is good: others on this machine may have set one of the same name."""
        return any(self.door.entries.knows(given) for given in values(cookies, self.door.cookie))

    def _enter(self, scope: Scope) -> Response:
        """Takes the secret out of the address, and gives the browser another one, which no page and no history sees."""
        given = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=64).get("token", [""])[0]
        was_used = self.door.entries.was_used(given)
        made = self.door.entries.come_in(given) if scope["method"] == "GET" else None
        if made is None:
            return _refused(401, USED if was_used else NOT_THIS)
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(self.door.cookie, made, httponly=True, samesite="strict", path="/")
        return answer


NOT_THIS = "This is not the address that `dateline open` printed at its last start."
USED = (
    "This address opens once, and it was used. If that was not you, somebody else on this machine was in: they are out "
    "now. Open the address that `dateline open` printed."
)


def values(cookies: Iterable[str], name: str) -> list[str]:
    """Every value of a cookie of this name, in order, whatever odd cookies of other programs stand between them."""
    parts = (part.partition("=") for line in cookies for part in line.split(";"))
    return [value.strip().strip('"') for key, _, value in parts if key.strip() == name]


def _is_ours(method: str, headers: Headers, own: str) -> bool:
    """A request of our own pages, or an address that somebody typed. What writes must say its origin."""
    if any(told not in {"same-origin", "none"} for told in headers.getlist("sec-fetch-site")):
        return False
    origins = set(headers.getlist("origin"))
    return origins <= {own} if method in {"GET", "HEAD"} else origins == {own}


def _is_known_kind(headers: Headers) -> bool:
    if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
        return True
    return headers.get("content-type", "").partition(";")[0].strip().lower() in KINDS


def limit(path: str) -> int:
    """The most that a request to this path may bring [bytes]."""
    return LARGE if path == UPLOADS else SMALL


def _announced(headers: Headers) -> int:
    told = headers.get("content-length", "0")
    return int(told) if told.isdecimal() and len(told) < 16 else LARGE + 1


def _refused(status: int, text: str) -> Response:
    return PlainTextResponse(text + "\n", status_code=status)


class TooLarge(Exception):
    """A body grew past its limit while it came in."""


class TooSlow(Exception):
    """A body paused for longer than PATIENCE."""


def _limited(scope: Scope, receive: Receive) -> Receive:
    """The body, cut off where it grows past the limit, whatever its length said, or where it does not go on."""
    left, is_whole = limit(scope["path"]), False

    async def counted() -> Message:
        nonlocal left, is_whole
        if is_whole:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), PATIENCE)
        except TimeoutError as error:
            raise TooSlow from error
        is_whole = not message.get("more_body", False)
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLarge
        return message

    return counted


def _guarded(send: Send) -> Send:
    async def with_policy(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in ALWAYS.items():
                headers.setdefault(name, value)
        await send(message)

    return with_policy


def _place_of(error: Exception) -> str:
    """Where in our code it failed: a file and a line, never what was in it."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "dateline" in frame.filename]
    return "an unknown place" if not ours else f"{ours[-1].filename.rpartition('dateline')[2]}:{ours[-1].lineno}"
