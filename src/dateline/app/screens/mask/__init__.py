"""Mask: faces, plates and name tags in a still or a keyframe, covered for good in a copy for publication."""

from __future__ import annotations

from starlette.routing import Route

from dateline.app import posted
from dateline.app.screen import Screen
from dateline.app.screens.mask import pages

SCREEN = Screen(
    id="mask",
    title="Mask",
    about="Cover faces, plates and name tags for good in a copy for publication",
    key="k",
    order=8,
    routes=(
        Route("/", pages.choose),
        Route("/{item}/", pages.bench),
        Route("/{item}/picture.json", pages.describe),
        Route("/{item}/frame.webp", pages.read_frame),
        Route("/{item}/frame", posted.form(pages.take_frame), methods=["POST"]),
        Route("/{item}/preview", posted.form(pages.preview), methods=["POST"]),
        Route("/{item}/keep", posted.form(pages.keep), methods=["POST"]),
        Route("/{item}/{level:int}/{column:int}/{row:int}.webp", pages.read_tile),
    ),
)
