"""Case home: what is in the case, and the way to everything else."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dateline.app.desk import desk_of
from dateline.app.page import respond
from dateline.app.screen import Screen


def page(request: Request) -> Response:
    """The case at a glance."""
    return respond(request, "home/page.html.j2", case=desk_of(request).case())


SCREEN = Screen(
    id="home",
    title="Case",
    about="What is measured, stale, open and unsigned; the story's faults; build the page",
    key="h",
    order=1,
    routes=(Route("/", page),),
)
