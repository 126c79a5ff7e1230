"""Count what is on a picture: blind, tile by tile in random order; then matches, disagreements and the estimate."""

from __future__ import annotations

from starlette.routing import Route

from dateline.app.screen import Screen
from dateline.app.screens.count.pages import begin, keep, result, start, state, work

SCREEN = Screen(
    id="count",
    title="Count",
    about="Count what is on a picture, blind; then see matches and disagreements, and the estimate",
    key="c",
    order=3,
    routes=(
        Route("/", start),
        Route("/begin", begin, methods=["POST"]),
        Route("/at/{sitting}", work),
        Route("/result", result),
        Route("/state", state),
        Route("/keep", keep, methods=["POST"]),
    ),
)
