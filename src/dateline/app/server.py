"""The app itself: its routes, its errors, and the socket that it listens on."""

from __future__ import annotations

import mimetypes
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from json import JSONDecodeError
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from dateline.app import archiving, cover, observing, pictures
from dateline.app.desk import Desk, remember_person
from dateline.app.entry import lasting_key
from dateline.app.gate import Door, Gate, TooLarge, TooSlow, loopback_names
from dateline.app.page import HERE, trouble
from dateline.app.screen import screens
from dateline.core.errors import DatelineError, InputError, UsageError
from dateline.core.identity import sha256_bytes
from dateline.story import tokens

FIRST_PORT, PORTS = 8600, 400
"""A case gets the same port at each start, as far as it is free: marks that wait in a browser belong to an address."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - what somebody may ask for, never what we choose
SENT = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Listening:
    """A server that is about to run: its socket and its door.

    address: to print; it opens until the program ends. once: to start a browser with; it opens once, for others on
    this machine can read it in the list of processes. elsewhere: the address for other machines, where there is one.
    taken: the case's own port, where something else listens there: this case itself, perhaps.
    """

    app: ASGIApp
    socket: socket.socket
    address: str
    once: str
    elsewhere: str | None = None
    taken: int | None = None


def listen(root: Path, *, worker: str | None = None, host: str = "127.0.0.1", port: int | None = None) -> Listening:
    """Binds a socket and makes the app. port: this one, else the case's own where it is free, else any.

    Raises UsageError `port` where the named one is taken, or the host is none of this machine's; InputError
    `outside-case` for folders that lead out of the case.
    """
    check_folders(root)
    bound = bind(host, (own_port(root), 0) if port is None else (port,))
    number = bound.getsockname()[1]
    here = "127.0.0.1" if host in EVERYWHERE else host
    names = loopback_names(number) | {f"{_in_url(here).lower()}:{number}"}
    door = Door(names=names, port=number, everywhere=host in EVERYWHERE)
    app = make(Desk(root=root.resolve(), port=number, worker=worker, key=lasting_key()), door)

    def enter(name: str, secret: str) -> str:
        return f"http://{_in_url(name)}:{number}/enter?token={secret}"

    outward = _outward() if host in EVERYWHERE else None if host in LOOPBACK else host
    return Listening(
        app=app,
        socket=bound,
        address=enter(here, door.entries.secret),
        once=enter(here, door.entries.once),
        elsewhere=None if outward is None else enter(outward, door.entries.secret),
        taken=None if port is not None or number == own_port(root) else own_port(root),
    )


def check_folders(root: Path) -> None:
    """The app writes into a case at a click: a folder of it that is a link out of it would take that elsewhere.

    A case that somebody sent may hold such links. Raises InputError `outside-case`.
    """
    home = root.resolve()
    looked = [home, home / ".dateline", home / "evidence", home / "observations"]
    places = [path for folder in looked if folder.is_dir() for path in folder.iterdir() if path.is_symlink()]
    led = sorted(path.relative_to(home).as_posix() for path in places if not path.resolve().is_relative_to(home))
    if led:
        raise InputError(
            "The case has links that lead out of its folder; the app would write through them.",
            saw=", ".join(led[:5]),
            do="Ask whoever sent the case; take the links out, or put what they lead to in their place.",
            code="outside-case",
        )


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _outward() -> str | None:
    """The address under which other machines see this one. Nothing is sent: a route is looked up."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as looking:
        looking.connect(("192.0.2.1", 9))
        return str(looking.getsockname()[0])
    return None


def make(desk: Desk, door: Door) -> ASGIApp:
    """The app behind its gate."""
    app = Starlette(
        routes=list(_routes()),
        exception_handlers={
            DatelineError: _known,
            TooLarge: _too_large,
            TooSlow: _too_slow,
            HTTPException: _http,
            ClientDisconnect: _gone,
            OSError: _disk,
            JSONDecodeError: _no_json,
            UnicodeDecodeError: _no_json,
            RecursionError: _no_json,
            Exception: _bug,
        },
    )
    app.state.desk = desk
    return Gate(app, door)


def serve(listening: Listening) -> None:
    """Runs until somebody stops it. Nothing is logged: addresses hold ids of records."""
    import uvicorn

    from dateline.app.wire import InTime

    settings = uvicorn.Config(
        listening.app, http=InTime, ws="none", lifespan="off", log_config=None, log_level="critical", access_log=False,
        server_header=False, proxy_headers=False, timeout_keep_alive=15, timeout_graceful_shutdown=3,
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
        *cover.ROUTES,
        *archiving.ROUTES,
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


def _too_slow(_: Request, __: Exception) -> Response:
    return PlainTextResponse("The request did not come in whole.\n", status_code=408)


def _gone(_: Request, __: Exception) -> Response:
    """Whoever asked has left: nobody reads this."""
    return PlainTextResponse("", status_code=499)


def _disk(request: Request, error: Exception) -> Response:
    """A full disk, a folder that may not be written to: without the path, which names machine and user."""
    assert isinstance(error, OSError)
    what = InputError(
        "A file of the case could not be read or written.",
        saw=error.strerror or type(error).__name__,
        do="Make room on the disk, or see that the case's folder may be written to; then do it again.",
        code="disk",
    )
    return trouble(request, what, status=503)


def _no_json(request: Request, _: Exception) -> Response:
    what = UsageError("This is no JSON.", saw="other bytes", do="Reload the page.", code="json")
    return trouble(request, what)


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


def own_port(root: Path) -> int:
    """The port at which a case is open, as far as it is free."""
    return FIRST_PORT + int(sha256_bytes(str(root.resolve()).encode())[:8], 16) % PORTS


def bind(host: str, ports: Sequence[int]) -> socket.socket:
    """A socket that listens at the first of these ports that is free; 0 is any. Raises UsageError `port`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for wanted in ports:
        made = socket.socket(family, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            made.bind((host, wanted))
            made.listen(256)  # from now on whoever asks waits: the address is told before the first answer
            return made
        made.close()
    raise UsageError(
        "The app cannot listen there.",
        saw=f"{host}:{'any' if 0 in ports else ports[0]}",
        do="Leave --port and --host out, or name a free port and an address of this machine.",
        code="port",
    )


mimetypes.add_type("text/javascript", ".js")
