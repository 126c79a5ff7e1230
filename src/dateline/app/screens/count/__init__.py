"""Count what is on a picture: blind, tile by tile in random order; then matches, disagreements and the estimate."""

from __future__ import annotations

from starlette.routing import Route

from dateline.app import posted
from dateline.app.screen import Screen
from dateline.app.screens.count.pages import begin, keep_asked, result, start, state, work

SCREEN = Screen(
    id="count",
    title="Count",
    about="Count what is on a picture, blind; then see matches and disagreements, and the estimate",
    key="c",
    order=3,
    routes=(
        Route("/", start),
        Route("/begin", posted.form(begin), methods=["POST"]),
        Route("/at/{sitting}", work),
        Route("/result", result),
        Route("/state", state),
        Route("/keep", posted.form(keep_asked), methods=["POST"]),
    ),
)
