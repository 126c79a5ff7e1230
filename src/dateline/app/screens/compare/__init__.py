"""Compare: two dates of a site, swiped, blinked or side by side, with what is known of how they lie on each other."""

from __future__ import annotations

from starlette.routing import Route

from dateline.app import posted
from dateline.app.screen import Screen
from dateline.app.screens.compare import pages

SCREEN = Screen(
    id="compare",
    title="Compare",
    about="Two dates of a site: swipe, blink, side by side; how they lie on each other",
    key="o",
    order=2,
    routes=(
        Route("/", pages.page),
        Route("/pair.json", pages.read_pair),
        Route("/certificate.json", pages.read_certificate),
        Route("/certificate", posted.table(pages.start_certificate), methods=["POST"]),
        Route("/fit", posted.table(pages.fit_points), methods=["POST"]),
        Route("/{first}/{second}/{level:int}/{column:int}/{row:int}.webp", pages.read_tile),
    ),
)
