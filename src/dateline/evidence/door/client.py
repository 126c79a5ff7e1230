"""The door itself: asks a server for something, follows its redirects by our rules, and gives its answer."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self
from urllib.parse import urljoin

import httpcore2

from dateline._version import __version__
from dateline.core.clock import Clock, SystemClock
from dateline.core.errors import InputError
from dateline.evidence.door.address import check_name, on_wire, origin_of, split
from dateline.evidence.door.answer import Answer, Patience, translated
from dateline.evidence.door.certificate import shown
from dateline.evidence.door.connect import pool
from dateline.evidence.door.errors import Unavailable
from dateline.evidence.door.request import Reply, Request, header
from dateline.evidence.provenance import Hop

__all__ = ["Door", "Patience"]

REDIRECTS = 10
"""So many redirects are followed."""

CONNECTIONS = 4
"""So many connections are open at a time: services ask for two or three."""

LONGEST_WAIT = 120.0
"""A server that asks for more patience than this is left alone [s]."""

_MOVED = {301, 302, 303, 307, 308}
_BUSY = {429, 500, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class _Sent:
    """A request on its way: the address may have moved; the login never travels with it to another host."""

    request: Request
    hops: tuple[Hop, ...] = ()


class Door:
    """Use it as a context manager. `logins` maps host or host:port to the value of the Authorization header.

    `private` allows loopback and private addresses. `proxy` (http, https, socks5) gets all requests, and looks names
    up. Nothing of a login shows in a repr, an error or an answer; cookies are never kept. Safe for several threads.
    """

    def __init__(
        self,
        *,
        private: bool = False,
        proxy: str | None = None,
        logins: Mapping[str, str] | None = None,
        patience: Patience | None = None,
        context: ssl.SSLContext | None = None,
        agent: str = f"dateline/{__version__}",
        clock: Clock | None = None,
    ) -> None:
        self._private, self._proxied = private, proxy is not None
        self._logins = {_with_port(host): value for host, value in (logins or {}).items()}
        self._patience = patience or Patience()
        self._agent, self._clock = agent, clock or SystemClock()
        self._pool = pool(private=private, proxy=proxy, context=context, most=CONNECTIONS)

    def __repr__(self) -> str:
        return f"Door(private={self._private}, proxy={'yes' if self._proxied else 'no'})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends all connections."""
        self._pool.close()

    @contextmanager
    def open(self, request: Request, *, most: int = 2_000_000_000) -> Iterator[Answer]:
        """The answer to a request, redirects followed, its bytes still to be read (at most `most` [bytes]).

        Any last status is an answer. Raises InputError: `address`, `private-address`, `redirects`; Unavailable:
        `unreachable`, `too-slow`, `truncated`.
        """
        sent = _Sent(request)
        for _ in range(REDIRECTS + 1):
            response = self._send(sent.request)
            try:
                headers = _headers(response)
                to = header(headers, "location")
                if response.status not in _MOVED or not to:
                    yield self._answer(sent, response, headers, most)
                    return
            finally:
                response.close()
            sent = _moved(sent, response.status, to)
        raise _lost(request.url, sent.hops)

    def ask(self, request: Request, *, most: int = 50_000_000, attempts: int = 5) -> Reply:
        """A whole small answer; busy servers (429, 5xx) and broken connections are asked again, as they ask for.

        Raises what open() raises, and Unavailable (code `http-status`) for a status of 400 or more that stays.
        """
        for attempt in range(1, attempts + 1):
            try:
                return self._ask(request, most)
            except Unavailable as error:
                wait = pause(attempt, error.after)
                if not error.again or attempt == attempts or wait > LONGEST_WAIT:
                    raise
                time.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _ask(self, request: Request, most: int) -> Reply:
        with self.open(request, most=most) as answer:
            check_status(answer.url, answer.status, answer.headers, now=self._clock.now())
            return Reply(
                answer.url,
                answer.status,
                answer.headers,
                b"".join(answer.pieces()),
                hops=answer.hops,
                tls=answer.tls,
                address=answer.address,
                at=answer.at,
                proxy=answer.proxy,
            )

    def _send(self, request: Request) -> httpcore2.Response:
        split(request.url)
        check_name(request.url, private=self._private)
        core = httpcore2.Request(
            request.method,
            on_wire(request.url),
            headers=[*_bytes(request.headers), *self._own(request)],
            content=request.body,
            extensions={
                "timeout": {
                    "connect": self._patience.connect,
                    "read": self._patience.read,
                    "write": self._patience.read,
                    "pool": self._patience.total,
                }
            },
        )
        with translated(request.url):
            return self._pool.handle_request(core)

    def _own(self, request: Request) -> list[tuple[bytes, bytes]]:
        """Headers of ours: whom we are, no compression (what is kept are the bytes), and the login of this host."""
        parts = split(on_wire(request.url))
        own = {"Host": parts.netloc, "User-Agent": self._agent, "Accept": "*/*", "Accept-Encoding": "identity"}
        if request.body is not None:
            own["Content-Length"] = str(len(request.body))
        login = self._logins.get(origin_of(request.url))
        if login is not None and (parts.scheme == "https" or self._private):
            own["Authorization"] = login
        given = {name.lower() for name, _ in request.headers}
        return _bytes(tuple((name, value) for name, value in own.items() if name.lower() not in given))

    def _answer(
        self, sent: _Sent, response: httpcore2.Response, headers: tuple[tuple[str, str], ...], most: int
    ) -> Answer:
        stream = response.extensions.get("network_stream")
        peer = None if stream is None or self._proxied else stream.get_extra_info("server_addr")
        return Answer(
            url=sent.request.url,
            status=response.status,
            headers=headers,
            hops=sent.hops,
            tls=shown(stream),
            address=None if peer is None else str(peer[0]),
            at=self._clock.now(),
            proxy=self._proxied,
            most=most,
            patience=self._patience,
            _response=response,
        )


def check_status(url: str, status: int, headers: tuple[tuple[str, str], ...], *, now: datetime) -> None:
    """Raises Unavailable (code `http-status`) for a status of 400 or more; `again` and `after` say what may help."""
    if status < 400:
        return
    after = retry_after(header(headers, "retry-after"), now=now)
    why = {401: "a login is needed", 403: "no permission, or a signature that ran out", 404: "nothing is there"}
    raise Unavailable(
        "The server refused.",
        saw=f"{url.partition('?')[0]}: status {status}" + (f" ({why[status]})" if status in why else ""),
        do="Log in, or check the address." if status in why else "Try again later.",
        code="http-status",
        again=status in _BUSY,
        after=after,
        status=status,
    )


def retry_after(value: str | None, *, now: datetime) -> float | None:
    """The wait that a server asks for [s]: a number, or a date (RFC 9110, 2022, section 10.2.3); None without one."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def pause(attempt: int, after: float | None = None) -> float:
    """How long to wait after the attempt of this number, from 1 [s]: 0.5, 1, 2 … up to 30, or as the server asks."""
    return min(30.0, 0.5 * 2.0 ** (attempt - 1)) if after is None else after


def _moved(sent: _Sent, status: int, to: str) -> _Sent:
    """The request at its new address; POST becomes GET as browsers do it, and a login in a header stays behind."""
    old = sent.request
    url = urljoin(old.url, to)
    split(url)
    hops = (*sent.hops, Hop(url=old.url, status=status, to=url))
    if any(hop.url == url for hop in hops) and old.method == "GET":
        raise _lost(hops[0].url, hops)
    same = origin_of(url) == origin_of(old.url)
    if status in {307, 308} and old.body is not None and not same:
        raise _elsewhere(old.url, url)
    headers = old.headers if same else _without_secrets(old.headers)
    if status == 303 or (status in {301, 302} and old.method == "POST"):
        return _Sent(Request(url, "GET", headers), hops)
    return _Sent(Request(url, old.method, headers, old.body), hops)


def _without_secrets(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in headers if pair[0].lower() not in {"authorization", "cookie", "x-api-key"})


def _elsewhere(url: str, to: str) -> InputError:
    return InputError(
        "The server wants what was sent to it to be sent to another one.",
        saw=f"{url.partition('?')[0]} leads to {origin_of(to)}",
        do="Nothing was sent there: it may hold a password. Check the address.",
        code="redirects",
    )


def _lost(url: str, hops: tuple[Hop, ...]) -> InputError:
    return InputError(
        "The address leads from one to the next without end.",
        saw=f"{url.partition('?')[0]}: {len(hops)} redirects",
        do="Open it in a browser and give the address that it ends at; it may ask for a login or for cookies.",
        code="redirects",
    )


def _with_port(host: str) -> str:
    return host.lower() if ":" in host else f"{host.lower()}:443"


def _headers(response: httpcore2.Response) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers)


def _bytes(headers: tuple[tuple[str, str], ...]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
