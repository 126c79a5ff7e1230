"""Requests of the screen: the page, a pair, its tiles, its certificate, and a lay from points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dateline.app.desk import desk_of, observer
from dateline.app.observing import new_sitting
from dateline.app.page import respond
from dateline.app.pictures.picture import own_stretch
from dateline.app.pictures.stretch import Stretch
from dateline.app.pictures.tiles import kept, webp
from dateline.app.screens.compare import own
from dateline.app.screens.compare.choosing import choices
from dateline.app.screens.compare.lay import fit, read_lay
from dateline.app.screens.compare.overlay import tile_over
from dateline.app.screens.compare.pairs import Pair, differences, pair_of
from dateline.app.screens.compare.registration import Jobs
from dateline.core.errors import DatelineError, Refusal, UsageError

JOBS = Jobs()
MOST = 200
"""Matched points in one request."""


def page(request: Request) -> Response:
    """GET ?place=&first=&second=: what can be chosen, and the pair that is."""
    desk, asked = desk_of(request), request.query_params
    if asked.get("swap"):
        turned = {"place": asked.get("place", ""), "first": asked.get("second", ""), "second": asked.get("first", "")}
        return RedirectResponse(f"/compare/?{urlencode(turned)}", status_code=303)
    case = desk.case()
    place = asked.get("place", "")
    found = choices(case, place if place in case.places else None)
    pair, trouble = None, None
    if asked.get("first") and asked.get("second"):
        try:
            pair = pair_of(desk, asked["first"], asked["second"])
        except DatelineError as error:
            trouble = error
    days = {one.item: one.day for one in choices(case)}
    places = {name: one.title_text() for name, one in sorted(case.places.items()) if not one.is_sensitive}
    return respond(
        request, "compare/page.html.j2", choices=found, places=places, place=place, pair=pair,
        first=asked.get("first", ""), second=asked.get("second", ""), trouble=trouble,
        differences=() if pair is None else tuple(differences(pair.first, pair.second)),
        days=() if pair is None else tuple(days.get(one.item, "undated") for one in (pair.first, pair.second)),
    )  # fmt: skip


def _pair(request: Request) -> Pair:
    asked = {**request.query_params, **request.path_params}
    return pair_of(desk_of(request), str(asked.get("first", "")), str(asked.get("second", "")))


def read_pair(request: Request) -> Response:
    """GET ?first=&second=: both images, how they come together, the shifts that people found, a sitting for another."""
    desk, pair = desk_of(request), _pair(request)
    shifts = [own.as_json(mark, fitted, pair) for mark, fitted in own.shifts(desk.case(), pair)]
    try:
        who = observer(request)
    except UsageError:
        who = None
    sitting = None if who is None else new_sitting(desk, "compare", who)
    return JSONResponse({**pair.to_json(), "shifts": shifts, "who": who, "sitting": sitting, "question": own.QUESTION})


def read_tile(request: Request) -> Response:
    """GET ?stretch=&lay=&v=: the second image in the first one's pixels. Raises Refusal `apart`."""
    at, asked = request.path_params, request.query_params
    pair = _pair(request)
    if pair.laid.how == "apart":
        raise Refusal(pair.laid.words, saw="no ground in common", do="Look at them side by side.", code="apart")

    def made() -> Response:
        stretch = Stretch.read(asked.get("stretch", ""), own_stretch(pair.laid.second))
        tile = tile_over(pair.laid, read_lay(asked.get("lay", "")), stretch, (at["level"], at["column"], at["row"]))
        return Response(status_code=404) if tile is None else webp(tile)

    return kept(request, f"{pair.first.version}{pair.second.version}", made)


def read_certificate(request: Request) -> Response:
    """GET ?first=&second=: how far the registration is, or its certificate."""
    job = JOBS.of(_pair(request))
    return JSONResponse({"state": "none"} if job is None else job.to_json())


def start_certificate(request: Request, told: Mapping[str, Any]) -> Response:
    """POST {first, second}: begins the registration."""
    pair = pair_of(desk_of(request), str(told.get("first")), str(told.get("second")))
    if pair.laid.how == "apart":
        raise Refusal(pair.laid.words, saw="no ground in common", do="Choose images of one place.", code="apart")
    return JSONResponse(JOBS.start(pair).to_json())


def fit_points(request: Request, told: Mapping[str, Any]) -> Response:
    """POST {first, second, pairs: [[x, y, x of the second, y of the second], …]}, all in pixels of the first.

    Gives the lay that follows, and the same points as an observation has them. Raises InputError `matches`.
    """
    pair = pair_of(desk_of(request), str(told.get("first")), str(told.get("second")))
    return JSONResponse(fitted(pair, told.get("pairs")))


def fitted(pair: Pair, given: Any) -> dict[str, Any]:
    """The same without a request."""
    try:
        points = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        points = np.empty(0)
    if points.ndim != 2 or points.shape[1] != 4 or not 0 < len(points) <= MOST or not np.isfinite(points).all():
        raise UsageError(
            "These are no pairs of points.", saw=f"{type(given).__name__} {points.shape}",
            do=f"Send 1 to {MOST} rows of four numbers.", code="matches",
        )  # fmt: skip
    here, there = points[:, :2], points[:, 2:]
    stored = pair.laid.to_second(there)
    matches = [
        {"x": float(x), "y": float(y), "other_x": float(a), "other_y": float(b)}
        for (x, y), (a, b) in zip(here, stored, strict=True)
    ]
    return {**own.of_fit(fit(here, there), pair), "matches": matches}
