"""Pages of the app: one shell around every screen; all text is text, never markup."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from dateline.app.desk import desk_of, person, twins
from dateline.app.screen import SCREENS, screens
from dateline.core.errors import DatelineError, RecordError, UsageError
from dateline.core.identity import sha256_bytes

HERE = SCREENS.parent


@cache
def templates() -> Environment:
    """The shell's templates by name, a screen's as SCREEN/NAME."""
    each = {screen.id: FileSystemLoader(screen.folder) for screen in screens()}
    loader = ChoiceLoader([FileSystemLoader(HERE / "templates"), PrefixLoader(each)])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def respond(request: Request, template: str, *, status: int = 200, **told: Any) -> Response:
    """A page. template: SCREEN/NAME.html.j2. told: what the template names, beside `shell` and `screen`."""
    name = template.partition("/")[0]
    screen = next((one for one in screens() if one.id == name), None)
    text = templates().get_template(template).render(shell=shell(request), screen=screen, **told)
    return HTMLResponse(text, status_code=status)


def shell(request: Request) -> dict[str, Any]:
    """What the frame around a screen shows: the case's title, who works, the menu. Says nothing it cannot read."""
    desk = desk_of(request)
    try:
        head = desk.known().head
        told = {"case": head.id, "title": head.title, "exercise": head.exercise}
    except DatelineError:
        told = {"case": desk.root.name, "title": desk.root.name, "exercise": False}
    try:
        who = person(request)
    except UsageError:
        who = ""
    return {
        **told,
        "who": who,
        "twins": twins(desk.root, who) if who else (),
        "desk": sha256_bytes(str(desk.root).encode())[:8],
        "now": desk.clock.now().isoformat(),
        "menu": [one for one in screens() if one.order],
        "path": f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path,
    }


def wants_json(request: Request) -> bool:
    """Whether a script asks, and not a person."""
    return "application/json" in request.headers.get("accept", "") or request.url.path.startswith("/api/")


def trouble(request: Request, error: DatelineError, *, status: int = 400) -> Response:
    """An error in its three parts, as a page or for a script. Where the case lies on this machine is left out."""
    error = _without_paths(error, desk_of(request).root)
    if wants_json(request):
        return JSONResponse({"error": error.to_json()}, status_code=status)
    faults = error.faults if isinstance(error, RecordError) else ()
    return respond(request, "trouble.html.j2", status=status, error=error, faults=faults)


def _without_paths(error: DatelineError, root: Path) -> DatelineError:
    """The same error, naming files from the case's folder on: the folders above it name machine and user."""
    for there in (f"{root}/", str(root), f"{Path.home()}/"):
        error.what, error.saw, error.do = (
            text.replace(there, "" if there.endswith("/") else root.name) for text in (error.what, error.saw, error.do)
        )
    return error
