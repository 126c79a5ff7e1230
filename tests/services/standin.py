"""What all stand-ins share: a log of what was asked, and faults that are switched by flags or while they run.

GET  /__log     what was asked so far, as a JSON list: {"method", "path", "query", "range", "status", "fault", "body"}
POST /__faults  a JSON object of the faults below: sets these, leaves the others
POST /__reset   empties the log and ends all faults

Faults, as flags (`--fail 0.3`) and as keys of /__faults; those that say N hit the next N requests (-1: all):
  fail      share of requests [0..1] that fail by chance (--seed): 500, 503, a cut body or a broken connection
  busy      N requests are answered 429 with `Retry-After: 1`
  gone      N requests are answered 503
  reset     N connections break before an answer
  html      N requests are answered 200 with a web page
  truncate  N bodies are cut in half, though their length was promised whole
  slow      bytes come at this rate [bytes/s], 64 at a time
  missing   downloads whose address has this text in it are answered 404
  changing  every download has other bytes and another ETag than the last one
  no_range  ranges are ignored: the answer is 200 and everything
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import socket
import sys
import threading
import time
from dataclasses import asdict, dataclass, field, fields, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LOGIN_PAGE = b"""<!DOCTYPE html>
<html lang="en"><head><title>Earthdata Login</title></head>
<body><form action="/login" method="post"><input name="username"><input name="password" type="password"></form></body>
</html>
"""


@dataclass(frozen=True)
class Faults:
    """See the top of the module."""

    fail: float = 0.0
    busy: int = 0
    gone: int = 0
    reset: int = 0
    html: int = 0
    truncate: int = 0
    slow: float = 0.0
    missing: str = ""
    changing: bool = False
    no_range: bool = False


@dataclass
class State:
    """What one stand-in remembers. Its methods may be called from any thread."""

    faults: Faults = field(default_factory=Faults)
    seed: int = 0
    log: list[dict[str, Any]] = field(default_factory=list)
    downloads: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._chance = random.Random(self.seed)

    def take(self, name: str) -> bool:
        """Whether a fault that is counted hits this request; counts it down."""
        with self._lock:
            left = getattr(self.faults, name)
            if left > 0:
                self.faults = replace(self.faults, **{name: left - 1})
            return left != 0

    def by_chance(self) -> str | None:
        """Which failure hits this request by chance."""
        with self._lock:
            if self._chance.random() >= self.faults.fail:
                return None
            return self._chance.choice(["500", "503", "reset", "truncate"])

    def note(self, entry: dict[str, Any]) -> None:
        """Remembers a request."""
        with self._lock:
            self.log.append(entry)

    def next_download(self) -> int:
        """The number of this download, from 1."""
        with self._lock:
            self.downloads += 1
            return self.downloads

    def set(self, told: dict[str, Any]) -> None:
        """Sets faults by name."""
        with self._lock:
            self.faults = replace(self.faults, **told)

    def clear(self) -> None:
        """No faults, an empty log."""
        with self._lock:
            self.faults, self.log, self.downloads = Faults(), [], 0


class StandIn(BaseHTTPRequestHandler):
    """Subclasses answer in `serve`. `state` is set on the class by `run`."""

    protocol_version = "HTTP/1.1"
    state: State
    path_only: str
    query: dict[str, list[str]]
    body: bytes

    def log_message(self, *_: object) -> None:
        """Quiet."""

    @property
    def base(self) -> str:
        """The address of this server."""
        return f"http://{self.headers.get('Host', '127.0.0.1')}"

    def serve(self) -> None:
        """Answers `self.path_only`."""
        raise NotImplementedError

    def one(self, key: str) -> str:
        """The one value of a key of the query, or nothing."""
        return self.query.get(key, [""])[0]

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_HEAD(self) -> None:
        self._handle()

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        self.path_only, self.query = parts.path, parse_qs(parts.query)
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.cut, self.status, self.fault = False, 0, ""
        if self.path_only.startswith("/__"):
            self._control()
            return
        try:
            if not self._spoiled():
                self.serve()
        finally:
            self.state.note(
                {
                    "method": self.command,
                    "path": self.path_only,
                    "query": parts.query,
                    "range": self.headers.get("Range"),
                    "status": self.status,
                    "fault": self.fault,
                    "body": self.body.decode("utf-8", "replace")[:2000],
                }
            )

    def _spoiled(self) -> bool:
        """Whether a fault answered instead."""
        state = self.state
        chance = state.by_chance()
        self.fault = chance or ""
        if state.take("reset") or chance == "reset":
            self.fault = "reset"
            self.break_off()
            return True
        for name, status, headers in (("busy", 429, {"Retry-After": "1"}), ("gone", 503, {})):
            if state.take(name):
                self.fault = name
                self.send(status, b"{}", "application/json", headers)
                return True
        if chance in {"500", "503"}:
            self.send(int(chance), b"<html>Internal Server Error</html>", "text/html")
            return True
        if state.take("html"):
            self.fault = "html"
            self.send(200, LOGIN_PAGE, "text/html; charset=utf-8")
            return True
        if chance == "truncate" or state.take("truncate"):
            self.fault, self.cut = "truncate", True
        return False

    def _control(self) -> None:
        if self.path_only == "/__faults":
            self.state.set(json.loads(self.body))
        elif self.path_only == "/__reset":
            self.state.clear()
        told = self.state.log if self.path_only == "/__log" else asdict(self.state.faults)
        self.cut = False
        self._write(200, json.dumps(told).encode(), {"Content-Type": "application/json"})

    def break_off(self) -> None:
        """Ends the connection without an answer."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.connection.close()

    def send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        """An answer."""
        self._write(status, body, {"Content-Type": kind, **(headers or {})})

    def send_json(self, told: Any, headers: dict[str, str] | None = None, kind: str = "application/json") -> None:
        """An answer in JSON."""
        self.send(200, json.dumps(told).encode(), kind, headers)

    def download(self, data: bytes, kind: str) -> None:
        """A file, whole or in part (RFC 9110, 2022, section 14), with ETag."""
        if self.state.faults.missing and self.state.faults.missing in self.path:
            self.fault = "missing"
            self.send(404, b"<html>Not Found</html>", "text/html")
            return
        if self.state.faults.changing:
            number = self.state.next_download()
            data = data[:-1] + bytes([(data[-1] + number) % 256])
        tag = f'"{hashlib.md5(data).hexdigest()}"'
        headers = {"ETag": tag, "Accept-Ranges": "bytes", "Last-Modified": "Mon, 02 Mar 2026 00:00:00 GMT"}
        span = None if self.state.faults.no_range else _range(self.headers.get("Range"), len(data))
        if span is not None and self.headers.get("If-Range") not in {None, tag}:
            span = None
        if span is None:
            self.send(200, data, kind, headers)
        elif span == (0, 0):
            self.send(416, b"", kind, {**headers, "Content-Range": f"bytes */{len(data)}"})
        else:
            first, last = span
            told = {**headers, "Content-Range": f"bytes {first}-{last - 1}/{len(data)}"}
            self.send(206, data[first:last], kind, told)

    def _write(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.status = status
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if self.cut:
            body, self.close_connection = body[: len(body) // 2], True
        rate = self.state.faults.slow
        try:
            if rate:
                for start in range(0, len(body), 64):
                    self.wfile.write(body[start : start + 64])
                    self.wfile.flush()
                    time.sleep(64 / rate)
            else:
                self.wfile.write(body)
        except OSError:
            self.close_connection = True


def _range(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and the byte after the last; (0, 0) where there is none of them; None for no range."""
    if header is None or not header.startswith("bytes=") or "," in header:
        return None
    first, _, last = header.removeprefix("bytes=").partition("-")
    if not first:
        return (max(0, size - int(last)), size)
    start = int(first)
    end = min(size, int(last) + 1 if last else size)
    return (start, end) if start < end else (0, 0)


def parser(about: str) -> argparse.ArgumentParser:
    """A command line with all faults as flags."""
    made = argparse.ArgumentParser(description=about)
    made.add_argument("--seed", type=int, default=0)
    for fault in fields(Faults):
        flag = f"--{fault.name.replace('_', '-')}"
        if isinstance(fault.default, bool):
            made.add_argument(flag, action="store_true")
        else:
            made.add_argument(flag, type=type(fault.default), default=fault.default)
    return made


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Quiet: connections that break are what it is for."""


def run(handler: type[StandIn], said: argparse.Namespace) -> None:
    """Serves until it is ended; prints the address first."""
    told = {fault.name: getattr(said, fault.name) for fault in fields(Faults)}
    handler.state = State(Faults(**told), said.seed)
    server = _Server(("127.0.0.1", 0), handler)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdout.close()
    server.serve_forever()
