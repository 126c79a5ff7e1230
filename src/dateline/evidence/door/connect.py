"""Connections that only go where they may: each name is looked up once, checked, and connected to as checked."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from urllib.parse import urlsplit

import httpcore2

from dateline.core.errors import UsageError
from dateline.evidence.door.address import addresses
from dateline.evidence.door.errors import Unavailable


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects to public addresses only. A name is looked up here and nowhere else, so it cannot change in between."""

    def __init__(self, *, private: bool) -> None:
        self._private = private
        self._system = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """A stream to the first address of the host that answers."""
        failed: Exception | None = None
        for number in addresses(host, port, private=self._private):
            try:
                return self._system.connect_tcp(number, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise failed or Unavailable("The server has no address.", saw=host, do="Check the address.")


def pool(*, private: bool, proxy: str | None, context: ssl.SSLContext | None, most: int) -> httpcore2.ConnectionPool:
    """Connections straight to servers, or through a proxy (http, https, socks5, socks5h) that looks names up itself.

    Raises UsageError for another kind of proxy.
    """
    trust = context or httpcore2.default_ssl_context()
    if proxy is None:
        backend = GuardedBackend(private=private)
        return httpcore2.ConnectionPool(ssl_context=trust, network_backend=backend, max_connections=most)
    kind = urlsplit(proxy).scheme
    parts = urlsplit(proxy)
    login = (parts.username or "", parts.password or "") if parts.username else None
    bare = f"{kind}://{parts.netloc.rpartition('@')[2]}"
    if kind in {"http", "https"}:
        return httpcore2.HTTPProxy(bare, proxy_auth=login, ssl_context=trust, max_connections=most)
    if kind in {"socks5", "socks5h"}:
        return httpcore2.SOCKSProxy(bare, proxy_auth=login, ssl_context=trust, max_connections=most)
    raise UsageError(
        "This is no proxy that the program can use.",
        saw=kind or "no scheme",
        do="Give http://HOST:PORT, https://… or socks5://HOST:PORT (Tor: socks5://127.0.0.1:9050).",
        code="proxy",
    )
