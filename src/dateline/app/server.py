"""The app itself: its routes, its errors, and the socket that it listens on."""

from __future__ import annotations

import mimetypes
import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from dateline.app import observing, pictures
from dateline.app.desk import Desk, remember_person
from dateline.app.gate import Door, Gate, TooLarge, loopback_names
from dateline.app.page import HERE, trouble
from dateline.app.screen import screens
from dateline.core.errors import DatelineError, InputError, UsageError
from dateline.core.identity import sha256_bytes
from dateline.story import tokens

FIRST_PORT, PORTS = 8600, 400
"""A case gets the same port at each start, as far as it is free: marks that wait in a browser belong to an address."""
SENT = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Listening:
    """A server that is about to run: its socket, its door, and the address to open."""

    app: ASGIApp
    socket: socket.socket
    address: str


def listen(root: Path, *, worker: str | None = None, host: str = "127.0.0.1", port: int | None = None) -> Listening:
    """Binds a socket and makes the app. port: this one, else the case's own where it is free, else any.

    Raises UsageError `port` where the named one is taken, or the host is none of this machine's.
    """
    bound = _bind(root, host, port)
    number = bound.getsockname()[1]
    names = loopback_names(number)
    shown = f"[{host}]" if ":" in host else host
    if host not in {"127.0.0.1", "::1", "localhost"}:
        names |= {f"{shown.lower()}:{number}"}
    door = Door(names=names, port=number, secret=secrets.token_urlsafe(32))
    app = make(Desk(root=root.resolve(), port=number, worker=worker), door)
    return Listening(app, bound, f"http://{shown}:{number}/enter?token={door.secret}")


def make(desk: Desk, door: Door) -> ASGIApp:
    """The app behind its gate."""
    app = Starlette(
        routes=list(_routes()),
        exception_handlers={DatelineError: _known, TooLarge: _too_large, HTTPException: _http, Exception: _bug},
    )
    app.state.desk = desk
    return Gate(app, door)


def serve(listening: Listening) -> None:
    """Runs until somebody stops it. Nothing is logged: addresses hold ids of records."""
    import uvicorn

    settings = uvicorn.Config(
        listening.app, log_config=None, access_log=False, server_header=False, proxy_headers=False, ws="none",
        lifespan="off", timeout_graceful_shutdown=3,
    )  # fmt: skip
    uvicorn.Server(settings).run(sockets=[listening.socket])


def _routes() -> list[BaseRoute]:
    found: list[BaseRoute] = [
        Route("/", lambda _: RedirectResponse("/home/", status_code=303)),
        Route("/who", _who, methods=["POST"]),
        Route("/static/tokens.css", _tokens),
        Route("/static/{name}", _static),
        Route("/screens/{screen}/{name}", _static),
        *observing.ROUTES,
        *pictures.ROUTES,
    ]
    return [*found, *(Mount(f"/{screen.id}", routes=screen.routes) for screen in screens())]


async def _who(request: Request) -> Response:
    form = await request.form()
    back = str(form.get("back", "/"))
    answer = RedirectResponse(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/", 303)
    remember_person(request, answer, str(form.get("name", "")))
    return answer


def _tokens(_: Request) -> Response:
    return Response(tokens.css(), media_type="text/css")


def _static(request: Request) -> Response:
    """A file of ours: a script or a style by its plain name, of the shell or of a screen."""
    name, screen = request.path_params["name"], request.path_params.get("screen")
    folder = HERE / "static" if screen is None else next((one.folder for one in screens() if one.id == screen), None)
    path = None if folder is None else folder / name
    if path is None or path.suffix not in SENT or path.parent != folder or not path.is_file():
        raise HTTPException(404)
    etag = f'"{sha256_bytes(path.read_bytes())[:16]}"'
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304)
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    return FileResponse(path, media_type=SENT[path.suffix], headers=headers)


def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, DatelineError)
    return trouble(request, error)


def _too_large(_: Request, __: Exception) -> Response:
    return PlainTextResponse("This is larger than the app takes.\n", status_code=413)


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    what = UsageError("There is nothing at this address.", saw=request.url.path, do="Go back.", code="no-page")
    return trouble(request, what, status=status)


def _bug(request: Request, error: Exception) -> Response:
    """What the program did not foresee, without a traceback: it may hold a source's name."""
    what = InputError(
        "The program failed in a way that it does not know: this is a bug. What you marked is saved.",
        saw=type(error).__name__,
        do="Reload the page; report what you did, without anything secret.",
        code="bug",
    )
    return trouble(request, what, status=500)


def _bind(root: Path, host: str, port: int | None) -> socket.socket:
    own = FIRST_PORT + int(sha256_bytes(str(root.resolve()).encode())[:8], 16) % PORTS
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for wanted in (own, 0) if port is None else (port,):
        made = socket.socket(family, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            made.bind((host, wanted))
            return made
        made.close()
    raise UsageError(
        "The app cannot listen there.",
        saw=f"{host}:{'any' if port is None else port}",
        do="Leave --port and --host out, or name a free port and an address of this machine.",
        code="port",
    )


mimetypes.add_type("text/javascript", ".js")
