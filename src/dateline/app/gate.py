"""The door of the app: who may ask, from where, how much; and what every answer forbids the browser.

Other programs and pages on the same machine can reach a loopback port. So every request must name this server (a
foreign name that resolves to 127.0.0.1 is refused: DNS rebinding), come from its own pages, and carry the secret that
was made when the server started.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ENTER = "/enter"
UPLOADS = "/archive"
SMALL, LARGE = 4 << 20, 512 << 20
"""[bytes] The most that a request may bring: forms and marks; files for the archive."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ALWAYS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
"""On every answer, unless the answer says otherwise for its own kind of file."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where the server listens and the secret of this start. names: hosts that it answers to, with their port."""

    names: frozenset[str]
    port: int
    secret: str

    @property
    def cookie(self) -> str:
        """The cookie's name: cookies know no ports, so that two servers on one machine need two names."""
        return f"dateline-{self.port}"

    @property
    def origins(self) -> frozenset[str]:
        """The pages that may ask."""
        return frozenset(f"http://{name}" for name in self.names)

    def knows(self, secret: str) -> bool:
        """Whether this is the secret, compared in constant time."""
        return hmac.compare_digest(secret.encode(), self.secret.encode())


def loopback_names(port: int) -> frozenset[str]:
    """What a browser calls this machine when it means this machine."""
    return frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))


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
        await self.app(scope, _limited(scope, receive), _guarded(send))

    def _stopped(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if (
            headers.getlist("host") != [headers.get("host", "")]
            or headers.get("host", "").lower() not in self.door.names
        ):
            return _refused(421, "This server does not answer to that name.")
        if not self._is_ours(scope["method"], headers):
            return _refused(403, "This request comes from another page.")
        if scope["path"] == ENTER:
            return self._enter(scope)
        if not self._is_known(headers):
            return _refused(
                401, "Open the address that `dateline open` printed: it holds the secret of this start of the program."
            )
        if _announced(headers) > limit(scope["path"]):
            return _refused(413, "This is larger than the app takes. Use `dateline archive FILE` for large files.")
        return None

    def _is_ours(self, method: str, headers: Headers) -> bool:
        """A request of our own pages, or an address that somebody typed. What writes must say its origin."""
        if headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
            return False
        origin = headers.get("origin")
        if method in {"GET", "HEAD"}:
            return origin is None or origin in self.door.origins
        return origin in self.door.origins

    def _is_known(self, headers: Headers) -> bool:
        cookies = SimpleCookie()
        try:
            cookies.load(headers.get("cookie", ""))
        except CookieError:
            return False
        found = cookies.get(self.door.cookie)
        return found is not None and self.door.knows(found.value)

    def _enter(self, scope: Scope) -> Response:
        """Takes the secret out of the address and puts it where no page and no history sees it."""
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])
        if scope["method"] != "GET" or not self.door.knows(given[0]):
            return _refused(401, "This is not the address that `dateline open` printed at its last start.")
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(self.door.cookie, self.door.secret, httponly=True, samesite="strict", path="/")
        return answer


def limit(path: str) -> int:
    """The most that a request to this path may bring [bytes]."""
    return LARGE if path == UPLOADS else SMALL


def _announced(headers: Headers) -> int:
    told = headers.get("content-length", "0")
    return int(told) if told.isdecimal() else LARGE + 1


def _refused(status: int, text: str) -> Response:
    return PlainTextResponse(text + "\n", status_code=status)


class TooLarge(Exception):
    """A body grew past its limit while it came in."""


def _limited(scope: Scope, receive: Receive) -> Receive:
    """The body, cut off where it grows past the limit, whatever its length said."""
    left = limit(scope["path"])

    async def counted() -> Message:
        nonlocal left
        message = await receive()
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
