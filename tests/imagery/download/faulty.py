"""A stand-in archive of big files: `python -m tests.imagery.download.faulty`. Faults are chosen in the path.

/FAULT/NAME gives the bytes of NAME (its size is in the name: tile-300000.h5) with an ETag and ranges. Faults:
fine, cut (every whole answer ends early), page (a login page), busy (429 once), slow (drips), changed (another ETag
each time), gone (404), denied (401), weak (no version), norange (always the whole file), wrong (other bytes than
the checksum, once), always-wrong. /seeded/SEED/NAME fails 30 % of requests, once each. /log tells what was asked.
"""

from __future__ import annotations

import hashlib
import json
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

MAGIC = b"\x89HDF\r\n\x1a\n"


def content(name: str) -> bytes:
    """The bytes of a file: an HDF5 signature, then noise made from its name."""
    size = int(name.rpartition("-")[2].partition(".")[0])
    return MAGIC + random.Random(name).randbytes(size - len(MAGIC))


class Archive(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: ClassVar[dict[str, int]] = {}
    log: ClassVar[list[dict[str, object]]] = []
    lock = threading.Lock()

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        words = self.path.partition("?")[0].strip("/").split("/")
        if words == ["log"]:
            return self._send(200, json.dumps(self.log).encode(), {})
        fault, name = words[0], words[-1]
        with self.lock:
            times = self.seen[self.path] = self.seen.get(self.path, 0) + 1
            self.log.append({"path": self.path, "range": self.headers.get("Range"), "times": times})
        if fault == "seeded":
            fault = self._chosen(words[1], times)
        self._answer(fault, name, times)
        return None

    def _chosen(self, seed: str, times: int) -> str:
        """30 % of files fail at the first time they are asked for, each in its own way, and never again."""
        chance = random.Random(f"{seed} {self.path}")
        if times > 1 or chance.random() > 0.3:
            return "fine"
        return chance.choice(["cut", "busy", "error", "drop"])

    def _answer(self, fault: str, name: str, times: int) -> None:
        early = {"gone": 404, "denied": 401}
        if fault in early:
            return self._send(early[fault], b"no", {})
        if fault == "page":
            return self._send(200, b"<!DOCTYPE html><html><title>Login</title>" * 300, {"Content-Type": "text/html"})
        if fault == "plainpage":
            return self._send(200, b"<!DOCTYPE html><html><title>Login</title>" * 300, {})
        if fault == "busy" and times == 1:
            return self._send(429, b"", {"Retry-After": "1"})
        if fault == "error":
            return self._send(503, b"", {})
        if fault == "drop":
            self.close_connection = True
            return None
        return self._file(fault, name, times)

    def _file(self, fault: str, name: str, times: int) -> None:
        data = content(name)
        if fault == "always-wrong" or (fault == "wrong" and times == 1):
            data = data[:-1] + bytes([data[-1] ^ 1])
        tag = f'"{hashlib.md5(data).hexdigest()}"' if fault != "changed" else f'"{times}"'
        start = 0
        wanted, condition = self.headers.get("Range"), self.headers.get("If-Range")
        if wanted and fault != "norange" and condition in {None, tag}:
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            start, stop = int(first), int(last) + 1 if last else len(data)
            stop = min(stop, len(data))
            if start >= len(data):
                return self._send(416, b"", {"Content-Range": f"bytes */{len(data)}"})
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{len(data)}")
            body = data[start:stop]
        else:
            self.send_response(200)
            body = data
        if fault != "weak" and not (fault == "unversioned" and start):
            self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self._body(body, fault)
        return None

    def _body(self, body: bytes, fault: str) -> None:
        if fault in {"cut", "changed"}:
            body = body[: max(1, len(body) // 2)] if len(body) > 10_000 or fault == "changed" else body
            self.close_connection = len(body) > 0
        step = 2_000 if fault == "slow" else 65_536
        try:
            for at in range(0, len(body), step):
                self.wfile.write(body[at : at + step])
                time.sleep(0.1 if fault == "slow" else 0.002 if fault == "drip" else 0)
        except OSError:
            self.close_connection = True

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Archive)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()
