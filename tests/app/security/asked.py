"""The app without a socket: the same ASGI calls that uvicorn makes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.routing import BaseRoute, Mount, Route

from dateline.app import server
from dateline.app.desk import Desk
from dateline.app.gate import Door, loopback_names

PORT = 8600
HOST = f"127.0.0.1:{PORT}"
OWN = f"http://{HOST}"


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class Asking:
    """One app with its door, and a browser that came in."""

    app: Any
    door: Door
    cookie: str

    def __call__(
        self, method: str, path: str, *, body: bytes | list[bytes] = b"", query: str = "", came_to: str = "127.0.0.1",
        cookie: str | None = None, **headers: str | list[str] | None,
    ) -> Answer:  # fmt: skip
        """One request; headers by name with dashes as underscores, None leaves one out, a list gives it twice."""
        told: dict[str, Any] = {"host": HOST, "cookie": self.cookie if cookie is None else cookie}
        if method == "POST":
            told |= {"origin": OWN, "content_type": "application/json"}
        told |= headers
        lines = [
            (name.replace("_", "-").encode(), one.encode("latin-1"))
            for name, value in told.items()
            for one in (value if isinstance(value, list) else [value] if value is not None else [])
        ]
        scope = {
            "type": "http", "method": method, "path": path, "raw_path": path.encode(), "root_path": "",
            "scheme": "http", "query_string": query.encode(), "headers": lines, "server": (came_to, PORT),
            "http_version": "1.1", "client": ("127.0.0.1", 1),
        }  # fmt: skip
        return asyncio.run(asked(self.app, scope, body if isinstance(body, list) else [body]))


def asking(root: Path, worker: str = "fox") -> Asking:
    """The app on a case."""
    door = Door(names=loopback_names(PORT), port=PORT)
    app = server.make(Desk(root=root, port=PORT, worker=worker, key=b"k" * 32), door)
    return Asking(app, door, f"{door.cookie}={door.entries.come_in(door.entries.secret)}")


def routes(found: Sequence[BaseRoute], before: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every address of the app, with its methods."""
    for route in found:
        if isinstance(route, Mount):
            yield from routes(route.routes, before + route.path)
        elif isinstance(route, Route):
            yield before + route.path, route.methods or set()


async def asked(app: Any, scope: dict[str, Any], parts: list[bytes]) -> Answer:
    """One request to an ASGI app, its body in parts."""
    answer = Answer()
    left = list(parts)

    async def receive() -> dict[str, Any]:
        if not left:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {key.decode(): value.decode() for key, value in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    await app(scope, receive, send)
    return answer
