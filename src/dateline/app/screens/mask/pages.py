"""The pages of Mask: what there is to mask, the bench with boxes, the copy as it will be, the copy kept."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dateline.app.desk import desk_of, person
from dateline.app.page import respond, wants_json
from dateline.app.pictures import TILE, item_of
from dateline.app.posted import Fields
from dateline.app.screens.mask import frames, keeping
from dateline.app.screens.mask.keeping import WORDS, Asked
from dateline.app.screens.mask.upright import is_still, pixels_of, tile
from dateline.core.errors import DatelineError, UsageError
from dateline.evidence.item import Item, Status
from dateline.ledger.agreed import standing
from dateline.ledger.case import Case
from dateline.ledger.graphic import is_graphic

KEPT = {"Cache-Control": "private, max-age=3600"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One still or video of the case. asked: what its media record says must be masked; copies: masked ones of it."""

    item: Item
    graphic: bool
    video: bool
    titles: tuple[str, ...]
    asked: tuple[str, ...]
    copies: tuple[str, ...]

    @property
    def is_due(self) -> bool:
        """Whether somebody said that it must be masked, and no copy is."""
        return bool(self.asked) and not self.copies


def entries(case: Case) -> Iterator[Entry]:
    """Every still and video whose bytes the case has; what is due first, masked copies left out."""
    found = [
        _entry(case, item)
        for item in case.items.values()
        if item.status is Status.HAVE and not _is_masked(item) and (is_still(item.media_type) or _is_video(item))
    ]
    yield from sorted(found, key=lambda one: (not one.is_due, one.item.id))


def _entry(case: Case, item: Item) -> Entry:
    media = [one for one in case.media.values() if item.id in one.items]
    shown = [one for one in media if not standing(one, case.records).is_off]
    return Entry(
        item=item,
        graphic=is_graphic(case, item.id),
        video=_is_video(item),
        titles=tuple(one.title for one in shown),
        asked=tuple(dict.fromkeys(WORDS[what] for one in media for what in one.mask)),
        copies=tuple(
            one.id for one in case.items.values() if one.derived and item.id in one.derived.parents and _is_masked(one)
        ),
    )


def _is_masked(item: Item) -> bool:
    return (
        item.derived is not None
        and item.derived.command.startswith("dateline mask")
        and "--box" in item.derived.command
    )


def _is_video(item: Item) -> bool:
    return item.media_type in frames.VIDEOS


def choose(request: Request) -> Response:
    """GET: stills and videos to choose from."""
    return respond(request, "mask/choose.html.j2", entries=list(entries(desk_of(request).case())))


def bench(request: Request) -> Response:
    """GET: one still with its boxes, or the frames of one video."""
    case, item = _asked_for(request)
    entry = _entry(case, item)
    if entry.video:
        return respond(request, "mask/frames.html.j2", entry=entry, **_offered(case, item))
    pixels_of(case, item.id)  # what cannot be masked says so before anybody draws
    told: dict[str, Any] = {"boxes": request.query_params.get("boxes", ""), "kept": request.query_params.get("kept")}
    return respond(request, "mask/page.html.j2", entry=entry, words=WORDS, endings=keeping.ENDINGS, **told)


def _offered(case: Case, item: Item) -> dict[str, Any]:
    try:
        return {"times": frames.times(case, item), "error": None}
    except DatelineError as error:
        return {"times": (), "error": error}


def describe(request: Request) -> Response:
    """GET: the still for the script, in upright pixels, with its own tiles."""
    case, item = _asked_for(request)
    height, width = pixels_of(case, item.id).shape[:2]
    levels = max(0, math.ceil(math.log2(max(width, height) / TILE)))
    told = {"item": item.id, "width": width, "height": height, "levels": levels, "tile": TILE}
    return JSONResponse(
        {**told, "tiles": f"/mask/{quote(item.id)}", "graphic": is_graphic(case, item.id), "simulated": item.simulated,
         "version": (item.content or "")[:16]}
    )  # fmt: skip


def read_tile(request: Request) -> Response:
    """GET: a tile of the upright still."""
    case, item = _asked_for(request)
    at = request.path_params
    data = tile(pixels_of(case, item.id), at["level"], at["column"], at["row"])
    return Response(status_code=404) if data is None else Response(data, media_type="image/webp", headers=KEPT)


def read_frame(request: Request) -> Response:
    """GET ?at=: a small picture of a frame."""
    case, item = _asked_for(request)
    data = frames.thumbnail(case, item, _seconds(request.query_params.get("at", "")))
    return Response(data, media_type="image/webp", headers=KEPT)


def take_frame(request: Request, told: Fields) -> Response:
    """POST at: takes a frame as a still of its own, and goes there."""
    case, item = _asked_for(request)
    made = frames.take(case, item, _seconds(told.get("at", "")), by=person(request))
    return RedirectResponse(f"/mask/{quote(made.id)}/", 303)


def preview(request: Request, told: Fields) -> Response:
    """POST boxes, what, ending: the bytes of the copy as it would be kept."""
    case, item = _asked_for(request)
    asked = Asked.read(told, told.getlist("what"))
    made = keeping.masked(case, item, asked)
    return Response(made.data, media_type="image/png" if asked.ending == ".png" else "image/jpeg")


def keep(request: Request, told: Fields) -> Response:
    """POST boxes, what, ending: keeps the copy as an item derived from this one."""
    case, item = _asked_for(request)
    made = keeping.keep(case, item, Asked.read(told, told.getlist("what")), by=person(request))
    if wants_json(request):
        return JSONResponse({"item": made.id, "sha256": made.sha256})
    return RedirectResponse(f"/mask/{quote(item.id)}/?kept={quote(made.id)}", 303)


def _seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 <= found < 1e6:
        raise UsageError("This is no time.", saw=text[:40], do="Choose a frame from the list.", code="no-frame")
    return found


def _asked_for(request: Request) -> tuple[Case, Item]:
    return item_of(desk_of(request), request.path_params["item"])
