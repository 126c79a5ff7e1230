"""Bracket: is it there, image by image; and between which two images it came."""

from __future__ import annotations

from starlette.routing import Route

from dateline.app import posted
from dateline.app.observing import saving
from dateline.app.screen import Screen
from dateline.app.screens.bracket import choosing, looking, result

SCREEN = Screen(
    id="bracket",
    title="Bracket",
    about="Since when is it there: a strip of images, one answer each, a second pass without dates",
    key="b",
    order=4,
    routes=(
        Route("/", choosing.page),
        Route("/start", posted.form(choosing.start), methods=["POST"]),
        Route("/pass/{sitting}/", looking.page),
        Route("/pass/{sitting}/images", looking.read_images),
        Route("/pass/{sitting}/looks", saving(looking.save), methods=["POST"]),
        Route("/pass/{sitting}/end", looking.end, methods=["POST"]),
        Route("/pass/{sitting}/answer", looking.read_answer),
        Route("/pass/{sitting}/{number}/about", looking.read_about),
        Route("/pass/{sitting}/{number}/place", looking.read_place),
        Route("/pass/{sitting}/{number}/thumbnail.webp", looking.read_thumbnail),
        Route("/pass/{sitting}/{number}/{level:int}/{column:int}/{row:int}.webp", looking.read_tile),
        Route("/result", result.page),
        Route("/result/answer", result.read_answer),
        Route("/result/looks.jsonl", result.read_looks),
        Route("/keep", posted.form(result.keep_asked), methods=["POST"]),
    ),
)
