"""Taking things in from the browser: a file with what is known of it, or a place. Nothing is fetched from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from dateline.app import posted
from dateline.app.desk import Desk, desk_of, person
from dateline.app.gate import LARGE, UPLOADS
from dateline.app.page import respond, wants_json
from dateline.app.posted import Fields
from dateline.app.taking import PICTURES, check_upload, form_of, given_on, readings_of
from dateline.app.upload import Sent, receive
from dateline.core.errors import RecordError, UsageError
from dateline.evidence.form import forms
from dateline.ledger.compose.desk import Option, Question, Spotted
from dateline.ledger.compose.desk import desk_of as writing_desk
from dateline.ledger.compose.form import form_of as form_for
from dateline.ledger.compose.ground import spelt_position
from dateline.ledger.compose.make import Composed, compose
from dateline.ledger.compose.told import Told
from dateline.ledger.place import SENSITIVE_ROLES, Place
from dateline.ledger.reading import shapes_of
from dateline.ledger.sheets.apply import apply
from dateline.ledger.sheets.changes import Changes, placed
from dateline.measure.archive import Archive, Kept
from dateline.places.named import slug
from dateline.places.positions import read_position

ROLES = form_for("place").choices(form_for("place").field("role"))  # type: ignore[arg-type]
ASKED = ("name", "role", "position", "radius", "located_by", "sensitive", "publish_precision", "note")


async def take_in(request: Request) -> Response:
    """POST a form with one file: kept as evidence, or refused with the reason. The same bytes twice are one item."""
    desk, who = desk_of(request), person(request)
    try:
        async with receive(request, desk.root) as sent:
            kept = await run_in_threadpool(archive, desk, who, sent)
    except ClientDisconnect:  # whoever sent it is gone; nothing was kept
        return Response(status_code=400)
    if wants_json(request):
        return JSONResponse(_kept_json(kept))
    answer = f"/archive/kept/{kept.item.id}" + ("" if kept.new else "?known=1")
    return RedirectResponse(answer, 303)


def archive(desk: Desk, who: str, sent: Sent) -> Kept:
    """Checks the file and takes it into the case. Raises what check_upload(), form_of() and Archive.file() raise."""
    if sent.path is None:
        raise UsageError("No file was sent.", saw="an empty field", do="Choose a file first.", code="no-file")
    check_upload(sent.path, sent.path.name)
    with Archive(desk.root, by=who, clock=desk.clock) as case:
        told = dict(sent.texts) | {"place": _known_place(desk, sent.text("place"))}
        form = form_of(told, by=case.by, today=desk.clock.now().date(), exercise=case.head.exercise)
        return case.file(sent.path, form)


def _known_place(desk: Desk, name: str | None) -> str:
    """The id of a place of the case; empty for none. Raises UsageError `reference`."""
    if name is not None and name not in desk.known().places and name not in desk.case().places:
        do = "Choose one of the list, or add it first."
        raise UsageError("The case has no such place.", saw=repr(name[:80]), do=do, code="reference")
    return name or ""


def page(request: Request) -> Response:
    """GET: the form for files."""
    case = desk_of(request).case()
    return respond(
        request,
        "home/archive.html.j2",
        places=[(name, place.name()) for name, place in case.places.items()],
        forms={name: one.title for name, one in forms().items()},
        chosen=request.query_params.get("place", ""),
        exercise=case.head.exercise,
        most=LARGE,
        today=desk_of(request).clock.now().date().isoformat(),
    )


def kept(request: Request) -> Response:
    """GET: what was taken in, and what can be done with it now."""
    desk = desk_of(request)
    item = desk.case().items.get(request.path_params["item"])
    if item is None:
        raise UsageError("The case has no such item.", saw=request.path_params["item"][:80], do="Go back.",
                         code="no-item")  # fmt: skip
    told: dict[str, Any] = {
        "item": item,
        "known": "known" in request.query_params,
        "picture": item.media_type in PICTURES,
    }
    return respond(request, "home/kept.html.j2", **told)


def when(request: Request) -> Response:
    """GET ?phrase=&given=: every reading of a date phrase, as it is typed."""
    asked = request.query_params
    said = given_on(asked.get("given"), desk_of(request).clock.now().date())
    answer = readings_of(asked.get("phrase", "")[:200], said=said)
    told = [{"words": one.when.spoken(), "edtf": one.edtf()} for one in answer.readings]
    return JSONResponse({"readings": told, "question": answer.question})


def place_page(request: Request) -> Response:
    """GET: the form for a place, and the places that there are; where sensitive ones lie is shown when asked."""
    return _place_form(request, desk_of(request).case().places.values(), {})


def add_place(request: Request, sent: Fields) -> Response:
    """POST: writes places/ID.toml, or asks back where a text has several readings."""
    desk, told = desk_of(request), {key: text.strip() for key, text in sent.items()}
    person(request)
    case = desk.case()
    texts = {key: told[key] for key in ASKED if told.get(key)}
    if told.get("lon") and told.get("lat") and "position" not in texts:
        texts["position"] = f"{told['lat']}, {told['lon']}"
    made = _composed(desk, texts, told)
    if made.questions:
        return _place_form(request, case.places.values(), told, questions=made.questions, status=400)
    if made.faults:
        raise RecordError(made.faults, case=case.head.id)
    apply(case, Changes(new=placed(made.records, file="the form"), notes=made.notes))
    return RedirectResponse(f"/archive/place?made={made.records[0].id}", 303)


def _composed(desk: Desk, texts: Mapping[str, str], told: Mapping[str, str]) -> Composed:
    """The record, or what is wrong or open. A pair of numbers in lon and lat fields leaves no order open."""
    case = desk.case()
    order = bool(told.get("lon") and told.get("lat") and not told.get("position"))
    writing = writing_desk(case, spot=_lat_lon if order else _spot, slug=slug)
    choices = {"position": int(told["reading"])} if told.get("reading", "").isdecimal() else {}
    return compose(
        "place",
        Told("the form", dict(texts)),
        writing,
        choices=choices,
        taken={name.lower() for name in case.records},
        shapes=shapes_of(case.root),
    )


def _spot(text: str) -> Spotted | Sequence[Option]:
    """A position in any spelling, or both orders where nobody can know which is meant."""
    try:
        return _read(text, None)
    except UsageError as error:
        if error.code != "ambiguous-order":
            raise
    found = [(order, _read(text, order)) for order in ("lat,lon", "lon,lat")]
    spelt = [(order, spelt_position(one.lon, one.lat)) for order, one in found if isinstance(one, Spotted)]
    return tuple(Option(f"{position} ({order})", {"position": position}) for order, position in spelt)


def _lat_lon(text: str) -> Spotted | Sequence[Option]:
    return _read(text, "lat,lon")


def _read(text: str, order: Any) -> Spotted | Sequence[Option]:
    found = read_position(text, order=order)
    if found is None or found.where.lon is None or found.where.lat is None:
        return ()
    return Spotted(found.where.lon, found.where.lat, found.where.radius, found.notes)


def _place_form(
    request: Request,
    places: Any,
    told: Mapping[str, str],
    *,
    questions: Sequence[Question] = (),
    status: int = 200,
) -> Response:
    listed = [_listed(place) for place in places]
    return respond(
        request,
        "home/place.html.j2",
        status=status,
        places=listed,
        told=told,
        questions=questions,
        roles=ROLES,
        sensitive=sorted(SENSITIVE_ROLES),
        made=request.query_params.get("made"),
    )


def _listed(place: Place) -> dict[str, Any]:
    """A place for the list. Where a sensitive one lies is not in the page until somebody asks."""
    where = place.where
    at = None if where.lon is None or where.lat is None else (where.lon, where.lat)
    position = "an outline" if at is None else spelt_position(*at)
    told = {"id": place.id, "name": place.name(), "role": place.role, "covered": place.is_sensitive}
    return {**told, "position": "" if place.is_sensitive else position}


def _kept_json(kept: Kept) -> dict[str, Any]:
    item = kept.item
    told: dict[str, Any] = {
        "item": item.id,
        "name": item.name,
        "kind": item.media_type,
        "bytes": item.bytes,
        "sha256": item.content,
        "new": kept.new,
        "notes": list(kept.notes),
        "picture": item.media_type in PICTURES,
    }
    return told


ROUTES = (
    Route(UPLOADS, take_in, methods=["POST"]),
    Route(UPLOADS, page, methods=["GET"]),
    Route(f"{UPLOADS}/kept/{{item}}", kept),
    Route(f"{UPLOADS}/when", when),
    Route(f"{UPLOADS}/place", posted.form(add_place), methods=["POST"]),
    Route(f"{UPLOADS}/place", place_page, methods=["GET"]),
)
