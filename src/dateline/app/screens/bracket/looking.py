"""A pass: one image after another, one answer each. Without dates, nothing that leaves this file tells an image apart
but its pixels: numbers stand for items, and errors name none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any

import numpy as np
from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dateline.app import pictures
from dateline.app.desk import desk_of, observer
from dateline.app.ground import placed
from dateline.app.page import respond
from dateline.app.pictures.picture import Picture, drawn, own_stretch
from dateline.app.pictures.shown import item_of, picture_of
from dateline.app.pictures.tiles import webp
from dateline.app.receiving import MOST, Later, save_marks
from dateline.app.screens.bracket import live
from dateline.app.screens.bracket.images import pictured
from dateline.app.screens.bracket.looks import STATES, WHY_NEEDED, in_pass, summary
from dateline.app.screens.bracket.plan import Plan, read
from dateline.core.errors import DatelineError, InputError, Refusal, UsageError
from dateline.ledger.case import Case
from dateline.ledger.observed import ended_sittings

ANSWERS = frozenset({*STATES, "withdrawn"})
PLAIN = frozenset({"marks", "mark", "no-image", "no-reason", "no-looks", "no-person", "hidden"})
"""Codes of errors whose words can name no image."""
THUMBNAIL = 160
"""Longer side of a picture in the strip [px]."""
Endpoint = Callable[[Request], Response]


def _plan(request: Request) -> Plan:
    return read(desk_of(request).root, request.path_params["sitting"], by=observer(request))


def unnamed(endpoint: Endpoint) -> Endpoint:
    """In a pass without dates an error names no file and no image, whatever went wrong."""

    @wraps(endpoint)
    def asked(request: Request) -> Response:
        plan = _plan(request)
        try:
            return endpoint(request)
        except DatelineError as error:
            if plan.blind and isinstance(error, Later):
                raise _later() from None
            if plan.blind and error.code not in PLAIN:
                raise nameless(error) from None
            raise

    return asked


def nameless(error: DatelineError) -> InputError:
    """What may be said of an error where dates are hidden."""
    return InputError(
        "This cannot be shown in a pass without dates.",
        saw=f"an error of the kind {error.code}, whose words could name an image",
        do="Leave this image without an answer; end the pass, and look at it with its date.",
        code="hidden",
    )


def _later() -> Later:
    return Later("This cannot be saved just now.", saw="a case or a disk that is busy", do="Wait.", code="not-saved")


def is_ended(case: Case, plan: Plan) -> bool:
    """Whether the pass was ended."""
    return (plan.by, plan.sitting) in ended_sittings(case.observations.values())


@unnamed
def page(request: Request) -> Response:
    """GET: the page of a pass; of one that was ended, the result."""
    plan, case = _plan(request), desk_of(request).case()
    if is_ended(case, plan):
        return RedirectResponse(result_address(plan), 303)
    place = case.places.get(plan.place)
    name = plan.place if place is None else place.name()
    return respond(request, "bracket/pass.html.j2", plan=plan, place=name, count=len(plan.items))


def result_address(plan: Plan) -> str:
    """Where the result of a pass stands."""
    from urllib.parse import urlencode

    told = {"place": plan.place, "question": plan.question, "object": plan.thing, "shape": "line" if plan.line else ""}
    narrow = {} if plan.narrow is None else {"narrow": f"{plan.narrow:g}"}
    return f"/bracket/result?{urlencode({key: value for key, value in (told | narrow).items() if value})}"


@unnamed
def read_images(request: Request) -> Response:
    """GET: the images in the order of the pass, with what this person said of each so far."""
    plan, case = _plan(request), desk_of(request).case()
    said = in_pass(case, plan.by, place=plan.place, question=plan.question, sitting=plan.sitting, blind=plan.blind)
    facts = {} if plan.blind else {one.item: one.to_json() for one in pictured(case, None, plan.items)}
    images = [
        {"image": number, "look": summary(said[item]) if item in said else None, **facts.get(item, {})}
        for number, item in plan.order()
    ]
    return JSONResponse({"blind": plan.blind, "images": images})


@unnamed
def read_about(request: Request) -> Response:
    """GET: how large the picture is, and where its tiles are."""
    plan, number = _plan(request), request.path_params["number"]
    told = pictures.shown(request, plan.item(number)).to_json()
    kept = {key: told[key] for key in ("width", "height", "levels", "tile", "graphic", "simulated")}
    return JSONResponse({**kept, "item": number, "tiles": f"/bracket/pass/{plan.sitting}/{number}"})


@unnamed
def read_place(request: Request) -> Response:
    """GET ?show=yes: where the place lies in the picture; of a sensitive place only when somebody asks to see it."""
    plan, case = _plan(request), desk_of(request).known()
    item, place = plan.item(request.path_params["number"]), case.places.get(plan.place)
    if place is None:
        return JSONResponse({"where": None, "sensitive": False})
    if place.is_sensitive and request.query_params.get("show") != "yes":
        return JSONResponse({"where": None, "sensitive": True})
    grid = picture_of(*item_of(desk_of(request), item)).ground
    return JSONResponse({"where": None if grid is None else placed(grid, place.where), "sensitive": False})


def _hidden(request: Request, plan: Plan) -> Request:
    """The same request for the item that its number stands for."""
    at = {key: value for key, value in request.path_params.items() if key not in {"sitting", "number"}}
    return Request({**request.scope, "path_params": {**at, "item": plan.item(request.path_params["number"])}})


def _bare(answer: Response) -> Response:
    """A picture's bytes without anything that came with them."""
    if answer.status_code != 200:
        return Response(status_code=answer.status_code)
    return Response(bytes(answer.body), media_type=answer.media_type, headers={"Cache-Control": "private, max-age=600"})


@unnamed
def read_tile(request: Request) -> Response:
    """GET: a tile of the image behind a number."""
    return _bare(pictures.read_tile(_hidden(request, _plan(request))))


@unnamed
def read_thumbnail(request: Request) -> Response:
    """GET: the image behind a number, small. Raises Refusal `hidden` where neighbours are hidden."""
    plan = _plan(request)
    if plan.blind:
        raise _kept_back("thumbnails")
    return _bare(_around_place(request, plan) or pictures.read_thumbnail(_hidden(request, plan)))


def _around_place(request: Request, plan: Plan) -> Response | None:
    """The part of the image around the place, where the file says where it lies and the place may be shown."""
    case, item = item_of(desk_of(request), plan.item(request.path_params["number"]))
    picture, place = picture_of(case, item), case.places.get(plan.place)
    if picture.ground is None or place is None or place.is_sensitive:
        return None
    found = placed(picture.ground, place.where)
    return None if found is None else cut(picture, found["view"], THUMBNAIL)


def cut(picture: Picture, view: Sequence[float], side: int) -> Response | None:
    """A small picture of a part (left, top, right, bottom [px]), its longer side this long [px]. None outside."""
    left, top = max(0, int(view[0])), max(0, int(view[1]))
    right, bottom = min(picture.size[0], int(view[2]) + 1), min(picture.size[1], int(view[3]) + 1)
    if right <= left or bottom <= top:
        return None
    level = max(0, int(np.log2(max(right - left, bottom - top) / side)))
    values, seen = picture.read((left, top, right - left, bottom - top), level)
    made = Image.fromarray(drawn(values, seen, own_stretch(picture)))
    made.thumbnail((side, side), Image.Resampling.BOX)
    return webp(np.asarray(made), 85)


def _kept_back(what: str) -> Refusal:
    return Refusal(
        "A pass without dates shows one image at a time.",
        saw=f"a question for {what}",
        do="End the pass; then everything is shown.",
        code="hidden",
    )


@unnamed
def read_answer(request: Request) -> Response:
    """GET: the bracket of this person's own looks, with dates. Raises Refusal `hidden` where they are hidden."""
    plan = _plan(request)
    if plan.blind:
        raise _kept_back("the bracket")
    case = desk_of(request).case()
    said = in_pass(case, plan.by, place=plan.place, question=plan.question, sitting=plan.sitting, blind=False)
    if not said:
        return JSONResponse({"looks": 0})
    asked = live.Asked(
        place=plan.place, question=plan.question, people=(plan.by,),
        thing=plan.thing, narrow=plan.narrow, line=plan.line,
    )  # fmt: skip
    finding = live.answer(case, asked, {mark.id: mark for mark in said.values()})
    return JSONResponse({"looks": len(said), **live.as_json(finding, size="narrow")})


def save(request: Request, told: Any) -> Response:
    """POST {sitting, marks, who}: answers by number. The same answer twice is one; an answer is never edited."""
    return unnamed(lambda asked: JSONResponse(_save(asked, told)))(request)


def _save(request: Request, told: Any) -> dict[str, Any]:
    desk, plan = desk_of(request), _plan(request)
    marks = told.get("marks") if isinstance(told, dict) else None
    if not isinstance(marks, list) or not 0 < len(marks) <= MOST:
        raise UsageError("These are no looks.", saw=type(told).__name__, do="Send {sitting, marks}.", code="marks")
    return save_marks(desk, plan.by, {"sitting": plan.sitting, "marks": [look_of(plan, mark) for mark in marks]})


def look_of(plan: Plan, told: Any) -> dict[str, Any]:
    """One look as it is written. Raises UsageError `marks`, `no-image`, `no-reason`."""
    if not isinstance(told, dict) or told.get("state") not in ANSWERS:
        raise UsageError("This is no look.", saw=repr(told)[:80], do="Say present, absent, …", code="marks")
    reason = str(told.get("reason") or "").strip()[:300]
    if told["state"] in WHY_NEEDED and not reason:
        raise UsageError(
            "An image that could not be judged needs a reason.",
            saw=told["state"].replace("_", " "),
            do="Say why: cloud, snow, shadow, resolution, off-nadir, outside.",
            code="no-reason",
        )
    return {
        **{key: told.get(key) for key in ("id", "at", "state", "zoom", "supersedes")},
        "item": plan.item(str(told.get("image"))),
        "place": plan.place,
        "question": plan.question,
        "reason": reason or None,
        "independent": not plan.knows,
        "date_hidden": plan.blind,
    }


@unnamed
def end(request: Request) -> Response:
    """POST: ends the pass. From now on this person sees others' looks on all of its images."""
    desk, plan = desk_of(request), _plan(request)
    case = desk.case()
    if not is_ended(case, plan):
        if not any(mark.sitting == plan.sitting and mark.by == plan.by for mark in case.observations.values()):
            raise UsageError(
                "A pass without an answer is none.", saw="no look", do="Answer at least one image.", code="no-looks"
            )
        save_marks(desk, plan.by, {"sitting": plan.sitting, "marks": ends(plan, desk.clock.now())})
    return RedirectResponse(result_address(plan), 303)


def ends(plan: Plan, now: datetime) -> list[dict[str, Any]]:
    """The lines that end a pass: one an image, since others' looks at each of them will be in view."""
    return [
        {
            "id": f"{plan.sitting}-end-{number}",
            "at": now.isoformat(),
            "item": item,
            "place": plan.place,
            "question": plan.question,
            "submitted": True,
            "date_hidden": plan.blind,
            "state": "not_discernible",
        }
        for number, item in plan.order()
    ]
