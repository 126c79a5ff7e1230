"""A stand-in web server for the door's own tests. `python -m tests.services.plain`; faults by path, see `do_GET`."""

from __future__ import annotations

import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Plain(BaseHTTPRequestHandler):
    """Paths say what happens. Counts what /busy was asked."""

    protocol_version = "HTTP/1.1"
    busy = 0

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        """/bytes/N, /to?URL, /loop, /busy/N (429 N times), /short, /slow, /echo, /status/N."""
        path, _, query = self.path.partition("?")
        words = path.strip("/").split("/")
        if words[0] == "bytes":
            self._send(200, b"x" * int(words[1]))
        elif words[0] == "to":
            self._send(int(words[1]) if words[1:] else 302, b"", {"Location": query})
        elif words[0] == "loop":
            self._send(302, b"", {"Location": "/loop2"})
        elif words[0] == "loop2":
            self._send(302, b"", {"Location": "/loop"})
        elif words[0] == "busy":
            Plain.busy += 1
            again = Plain.busy <= int(words[1])
            self._send(429 if again else 200, b"{}", {"Retry-After": "1"} if again else {})
        elif words[0] == "short":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"x" * 10)
            self.close_connection = True
        elif words[0] == "slow":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            for _ in range(1000):
                self.wfile.write(b"x")
                time.sleep(0.05)
        elif words[0] == "status":
            self._send(int(words[1]), b"no")
        else:
            said = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
            self._send(200, f"{self.command} {self.path}\n{said}\n".encode())

    def do_POST(self) -> None:
        """Echoes the body's size and the headers, or redirects."""
        size = int(self.headers.get("Content-Length", "0"))
        self.rfile.read(size)
        self.do_GET()

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Plain)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdout.close()
    server.serve_forever()
