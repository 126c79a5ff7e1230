"""The preview in the browser: the page as the build wrote it, byte for byte, in a frame that is loaded again.

The page keeps its own locked policy; what reloads it stands outside, in the frame around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from dateline.app.gate import POLICY, Door, Gate, loopback_names
from dateline.app.preview.attempt import Attempt, Trouble
from dateline.app.server import Listening, bind
from dateline.story import tokens

HERE = Path(__file__).parent
HOST = "127.0.0.1"
FRAMED = {"X-Frame-Options": "SAMEORIGIN"}
OWN = {**FRAMED, "Content-Security-Policy": "frame-ancestors 'self'"}
"""For the page itself, which carries all else of its policy."""
LIST = {**FRAMED, "Content-Security-Policy": POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")}


@dataclass(slots=True)
class View:
    """What the browser is shown: the last good page and what stops the next one. Written by one thread, whole."""

    title: str
    version: int = 0
    page: bytes | None = None
    troubles: tuple[Trouble, ...] = ()
    is_building: bool = True

    def show(self, made: Attempt) -> None:
        """The result of a build."""
        if made.page is not None:
            self.page = made.page
        self.troubles, self.is_building = made.troubles, False
        self.version += 1


def listen(view: View) -> Listening:
    """A server of the preview, on loopback alone and behind the app's gate, that is about to run."""
    bound = bind(HOST, (0,))
    port = bound.getsockname()[1]
    door = Door(names=loopback_names(port), port=port)
    app = Starlette(
        routes=[
            Route("/", lambda _: _rendered("frame.html.j2", view)),
            Route("/page", lambda _: _page(view)),
            Route("/state", lambda _: _state(view)),
            Route("/tokens.css", lambda _: Response(tokens.css(), media_type="text/css")),
            Route("/{name:str}", _file),
        ]
    )
    address = f"http://{HOST}:{port}/enter?token="
    return Listening(Gate(app, door), bound, address + door.entries.secret, address + door.entries.once)


def _page(view: View) -> Response:
    """The page; while something stops it, the list of that."""
    if view.troubles or view.page is None:
        return _rendered("troubles.html.j2", view, LIST)
    return HTMLResponse(view.page, headers=OWN)


def _state(view: View) -> Response:
    return JSONResponse({"version": view.version, "building": view.is_building, "stopped": len(view.troubles)})


SENT = {"frame.js": "text/javascript", "frame.css": "text/css"}


def _file(request: Request) -> Response:
    name = request.path_params["name"]
    return FileResponse(HERE / name, media_type=SENT[name]) if name in SENT else Response(status_code=404)


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)


def _rendered(template: str, view: View, headers: dict[str, str] | None = None) -> Response:
    text = _templates().get_template(template).render(view=view)
    return HTMLResponse(text, headers=headers)


def told(troubles: Sequence[Trouble]) -> str:
    """Troubles for the terminal, the first line says how many."""
    count = "1 thing stops" if len(troubles) == 1 else f"{len(troubles)} things stop"
    return "\n".join([f"{count} the page; site/ keeps the last good one:", *(str(one) for one in troubles)])
