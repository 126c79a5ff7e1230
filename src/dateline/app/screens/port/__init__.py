"""The image log of a port: who looks at each image says ships, empty or not seen; and what that amounts to."""

from __future__ import annotations

from starlette.routing import Route

from dateline.app import posted
from dateline.app.screen import Screen
from dateline.app.screens.port import pages

SCREEN = Screen(
    id="port",
    title="Port",
    about="The image log of a port: ships, empty or not seen on each image; a blind second look; days with ships",
    key="p",
    order=5,
    routes=(
        Route("/", pages.overview),
        Route("/begin", pages.begin),
        Route("/look", pages.look),
        Route("/look.json", pages.read_look),
        Route("/outline.json", pages.read_outline),
        Route("/live.json", pages.read_live),
        Route("/answer", pages.answer),
        Route("/keep", posted.form(pages.keep_asked), methods=["POST"]),
    ),
)
