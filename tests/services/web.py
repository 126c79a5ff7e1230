"""A stand-in for the open web: pages, pictures, and every way in which a server disappoints. Faults by path.

`python -m tests.services.web` prints its base URL.
"""

from __future__ import annotations

import gzip
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b"<!doctype html><html><head><title>News</title></head><body>A page.</body></html>"
LOGIN = b'<!doctype html><html><body><form><input name="p" type="password"></form></body></html>'
PICTURE = b"\xff\xd8\xff\xe0" + b"picture" * 100


class Web(BaseHTTPRequestHandler):
    """What is at each path is in `_answers`; the moving and dripping ones have methods."""

    protocol_version = "HTTP/1.1"
    asked = 0

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        """Answers by the first word of the path."""
        word = self.path.partition("?")[0].strip("/").split("/")[0]
        special = getattr(self, f"_{word.replace('.', '_')}", None)
        if special is not None:
            special()
            return
        status, body, headers = self._answers().get(word, (404, PAGE, {}))
        self._send(status, body, headers)

    def _answers(self) -> dict[str, tuple[int, bytes, dict[str, str]]]:
        html = {"Content-Type": "text/html"}
        return {
            "page": (200, PAGE, html),
            "picture.jpg": (200, PICTURE, {"Content-Type": "image/jpeg", "Set-Cookie": "id=SECRET-COOKIE"}),
            "echo.jpg": (200, PICTURE, {"X-Client-IP": "198.51.100.7", "ETag": '"1"'}),
            "expired.jpg": (200, LOGIN, {"Content-Type": "image/jpeg"}),
            "clip.mp4": (200, PAGE, html),
            "moved": (302, b"", {"Location": "/page"}),
            "members": (302, b"", {"Location": "/accounts/login?next=/members"}),
            "accounts": (200, PAGE, html),
            "wall": (302, b"", {"Location": "/front"}),
            "front": (200, LOGIN, html),
            "loop": (302, b"", {"Location": "/loop2"}),
            "loop2": (302, b"", {"Location": "/loop"}),
            "far": (302, b"", {"Location": "/picture.jpg?token=SECRET-TOKEN&size=big"}),
            "always-busy": (429, b"", {"Retry-After": "0"}),
            "empty.jpg": (200, b"", {}),
            "named": (200, PICTURE, {"Content-Disposition": 'attachment; filename="press photo.jpg"'}),
            "evil": (200, PICTURE, {"Content-Disposition": 'attachment; filename="../../.bashrc"'}),
            "packed": (200, gzip.compress(PAGE), {"Content-Encoding": "gzip", "Content-Type": "text/html"}),
            "gone": (404, PAGE, html),
            "file": (302, b"", {"Location": "file:///etc/passwd"}),
        }

    def _busy(self) -> None:
        """429 the first two times."""
        Web.asked += 1
        if Web.asked <= 2:
            self._send(429, b"", {"Retry-After": "0"})
        else:
            self._send(200, PICTURE, {})

    def _short_jpg(self) -> None:
        """Fewer bytes than promised."""
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.wfile.write(PICTURE)
        self.close_connection = True

    def _drip(self) -> None:
        """A byte now and then, for ever."""
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        while True:
            self.wfile.write(b"x")
            time.sleep(0.05)

    def _flood(self) -> None:
        """No length, and no end."""
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        while True:
            self.wfile.write(PICTURE * 100)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Who hangs up on the flood is right."""


if __name__ == "__main__":
    server = _Server(("127.0.0.1", 0), Web)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdout.close()
    server.serve_forever()
