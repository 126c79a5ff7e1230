"""Case home: what is measured, stale, open and unsigned; the story's faults; measuring, building, the built page."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Lock
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from dateline.app.desk import desk_of, person
from dateline.app.page import respond, wants_json
from dateline.app.screen import Screen
from dateline.app.screens.home.glance import Glance, Watch
from dateline.app.screens.home.rows import Row, with_run
from dateline.app.screens.home.site import page_path, serve, site_file
from dateline.app.screens.home.work import Kind, Works
from dateline.core.errors import RecordError, UsageError

PATIENCE = 0.5
"""How long the page waits for what it does not know yet [s]; the rest comes while it is open."""
FOLD = 10
"""Entries of a list that are shown before it is folded."""
UNFOLDED = 100
"""Entries under the fold; the rest has pages of its own, of so many."""
_LOCK = Lock()


def page(request: Request) -> Response:
    """The case at a glance, or every fault of its records."""
    watch, works = _parts(request)
    glance, reading = watch.look(PATIENCE)
    told: dict[str, Any] = {
        "glance": glance,
        "reading": reading,
        "job": works.now,
        "stamp": _stamp(glance, works, reading),
    }
    if glance.broken is not None:
        faults = glance.broken.faults if isinstance(glance.broken, RecordError) else ()
        return respond(request, "home/broken.html.j2", status=409, error=glance.broken, faults=faults, **told)
    return respond(request, "home/page.html.j2", **told, **_board(glance, works), **_built(request))


def state(request: Request) -> Response:
    """GET, for the page's script: whether anything is new since the page was made, and how far a job has come."""
    watch, works = _parts(request)
    glance, reading = watch.look(0.05)
    job = None if works.now is None else works.now.to_json()
    return JSONResponse({"stamp": _stamp(glance, works, reading), "reading": reading, "job": job})


def read_list(request: Request) -> Response:
    """GET ?page=: one list whole, in pages."""
    asked = request.query_params.get("page", "1")
    glance, _ = _parts(request)[0].look(PATIENCE)
    if glance.points is None:
        return RedirectResponse("/home/", 303)
    found = {one.id: one for one in glance.points}.get(request.path_params["list"])
    if found is None:
        raise HTTPException(404)
    pages = max(1, -(-len(found.entries) // UNFOLDED))
    at = min(pages, int(asked)) if asked.isdecimal() and 0 < len(asked) < 8 and int(asked) else 1
    entries = found.entries[(at - 1) * UNFOLDED : at * UNFOLDED]
    return respond(request, "home/list.html.j2", found=found, entries=entries, at=at, pages=pages)


def start(request: Request) -> Response:
    """POST: measures what is new or stale, or builds the page. Raises Refusal `at-work` while either runs."""
    kind: Kind = "build" if request.url.path.endswith("/build") else "measure"
    try:
        who = person(request)
    except UsageError:  # as the command does without --by: first looks are told, and not entered
        who = None
    job = _parts(request)[1].start(kind, who)
    return JSONResponse(job.to_json()) if wants_json(request) else RedirectResponse("/home/", 303)


def cancel(request: Request) -> Response:
    """POST: stops measuring after the measure at work."""
    works = _parts(request)[1]
    works.cancel()
    job = works.now
    return (
        JSONResponse(None if job is None else job.to_json()) if wants_json(request) else RedirectResponse("/home/", 303)
    )


def site(request: Request) -> Response:
    """GET: a file of the built site."""
    return serve(desk_of(request).root, request.path_params["name"])


def _parts(request: Request) -> tuple[Watch, Works]:
    """What watches this case and works on it: one of each, as long as the program runs."""
    desk, kept = desk_of(request), request.app.state
    with _LOCK:
        if not hasattr(kept, "home"):
            kept.home = (Watch(desk), Works(desk.root, desk.clock))
        found: tuple[Watch, Works] = kept.home
        return found


def _stamp(glance: Glance, works: Works, reading: bool) -> str:
    """Changes whenever the page would."""
    job = works.now
    done = "" if job is None else f"{id(job)}-{len(job.done)}-{job.running}-{job.stop.is_set()}"
    return f"{glance.number}-{reading}-{done}"


def _board(glance: Glance, works: Works) -> dict[str, Any]:
    """What the page shows of the measures and the story."""
    found: tuple[Row, ...] = tuple(with_run(row, works.measured) for row in glance.rows or ())
    states = ("measured", "stale", "new", "not here", "failed")
    levels = ("block", "sign-off", "note")
    faults = glance.report.faults if glance.report is not None else ()
    return {
        "rows": found,
        "counts": {name: sum(row.state == name for row in found) for name in states},
        "levels": {name: [one for one in faults if one.rule.level == name] for name in levels},
        "fold": FOLD,
        "unfolded": UNFOLDED,
        "to_measure": sum(row.state in {"stale", "new", "failed", "not here"} for row in found),
    }


def _built(request: Request) -> dict[str, Any]:
    """The built page: when, and whether anything it is made of changed since."""
    root = desk_of(request).root
    if site_file(root, "") is None:
        return {"built": None, "outdated": False}
    moment = page_path(root).stat().st_mtime
    story = root / "story.md"
    newer = story.is_file() and story.stat().st_mtime > moment
    newer = newer or any(path.stat().st_mtime > moment for path in (root / "findings").glob("*.json"))
    return {"built": f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M} UTC", "outdated": newer}


SCREEN = Screen(
    id="home",
    title="Case",
    about="What is measured, stale, open and unsigned; the story's faults; build the page",
    key="h",
    order=1,
    routes=(
        Route("/", page),
        Route("/state", state),
        Route("/open/{list}", read_list),
        Route("/measure", start, methods=["POST"]),
        Route("/build", start, methods=["POST"]),
        Route("/cancel", cancel, methods=["POST"]),
        Route("/site/{name:path}", site),
    ),
)
