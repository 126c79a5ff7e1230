"""HTTP/1.1 as uvicorn speaks it, with one more limit: a request's head comes in time, or the connection ends."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from dateline.app.gate import ALWAYS

AT_ONCE = 256
"""Connections at a time; one more is told to come back."""

HEAD_SECONDS = 20.0
"""How long the head of a request may take [s]: who sends a byte a minute keeps a place that others need."""


_HEADERS = [
    *((name.lower().encode(), value.encode()) for name, value in ALWAYS.items()),
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"connection", b"close"),
]


async def busy(_: Any, __: Any, send: Any) -> None:
    """The answer of a server that has no place left."""
    await send({"type": "http.response.start", "status": 503, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": b"Too many at a time: try again.\n"})


class InTime(H11Protocol):
    """A connection that is closed when a head does not become whole. uvicorn's own answers carry the policy, too."""

    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A first head is waited for from the start."""
        super().connection_made(transport)
        if len(self.connections) > AT_ONCE:
            self.app = busy
        self._wait()

    def data_received(self, data: bytes) -> None:
        """A further head is waited for from its first byte; uvicorn ends what is idle."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._done()
        elif self._head is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._done()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """To bytes that are no request."""
        for event in (
            h11.Response(status_code=400, headers=_HEADERS, reason=b"Bad Request"),
            h11.Data(data=msg.encode("ascii", "replace")),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _wait(self) -> None:
        self._head = self.loop.call_later(HEAD_SECONDS, self._late)

    def _done(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _late(self) -> None:
        self._head = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.close()
