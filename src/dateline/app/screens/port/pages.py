"""The pages of the port's screen, and what its scripts ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dateline.app.asking import as_json, ask_live, free_id, keep, kept, try_live
from dateline.app.desk import desk_of, observer, person
from dateline.app.ground import outline
from dateline.app.page import respond
from dateline.app.pictures.shown import picture_of
from dateline.app.posted import Fields
from dateline.app.screens.port import activity, agreement, sitting
from dateline.app.screens.port.shots import Shots, berths, ports, shots_of
from dateline.core.errors import Refusal, UsageError
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.ledger.observation import Observation
from dateline.ledger.observed import standing
from dateline.ledger.place import Place

WINDOW = ("first_day", "last_day", "since", "utc_offset")
"""What the form of the answer says of days."""
SAMPLE = 20
"""How many images a second look takes unless somebody says otherwise."""


def _place(case: Case, name: str) -> Place:
    if name not in case.places:
        raise UsageError("The case has no such place.", saw=name[:80], do="Choose one of its places.", code="place")
    return case.places[name]


def _places(case: Case, port: str) -> list[str]:
    """The port and its berths, by id."""
    return [port, *(berth.id for berth in berths(case, port))]


def _port_of(case: Case, place: str) -> str:
    """The port that a berth lies in; any other place is its own."""
    record = case.places[place]
    return place if record.role != "berth" or record.within is None else record.within


def overview(request: Request) -> Response:
    """Choose a port; every image that the case knows of it; begin, or go on."""
    case = desk_of(request).case()
    first, rest = ports(case)
    name = request.query_params.get("place") or (first[0].id if first else "")
    told: dict[str, Any] = {"first": first, "rest": rest, "place": None, "case": case}
    if name:
        told |= _of_port(request, case, _place(case, _port_of(case, _place(case, name).id)))
    return respond(request, "port/page.html.j2", **told)


def _of_port(request: Request, case: Case, place: Place) -> dict[str, Any]:
    who = _who(request)
    among = _places(case, place.id)
    known = sitting.looks_at(case.observations, among)
    shots = shots_of(case, place.id)
    seen = agreement.visible(case.observations, known, who)
    by_shot = {shot.scene: _words(case, seen, shot.item) for shot in shots.all if shot.item is not None}
    looked = {mark.item for mark in known.values()}
    return {
        "place": place,
        "berths": berths(case, place.id),
        "shots": shots,
        "said": by_shot,
        "looked": sum(shot.item in looked for shot in shots.here),
        "mine": len({mark.item for mark in known.values() if mark.by == who}),
        "hidden": len(known) - len(seen),
        "unfinished": sitting.open_sittings(case, who, among) if who else (),
        "disputed": len(agreement.disagreements(agreement.given(known.values()))),
        "sample": SAMPLE,
        "measured": _measured(case, place.id),
    }


def _measured(case: Case, port: str) -> list[tuple[str, Finding | None]]:
    """Measures of this port that the case has, with their findings as far as there are any."""
    findings = case.findings()
    return [
        (name, findings.get(name))
        for name, measure in sorted(case.measures.items())
        if measure.method == activity.METHOD
        and any(port in one.places for given in measure.inputs.values() for one in given)
    ]


def _who(request: Request) -> str:
    """Who works here; nobody yet is an empty name."""
    try:
        return observer(request)
    except UsageError:
        return ""


def _words(case: Case, seen: Mapping[str, Observation], item: str | None) -> list[str]:
    """What people said of an image, as far as it may be shown."""
    found = []
    for mark in seen.values():
        if mark.item == item:
            what = agreement.ANSWERS[mark.state] + (f" ({mark.count})" if mark.count else "")
            berth = case.places[str(mark.place)]
            at = f" at {berth.name()}" if berth.role == "berth" else ""
            found.append(f"{mark.by}: {what}{at}" + (f", {mark.reason}" if mark.reason else ""))
    return found


def begin(request: Request) -> Response:
    """GET: the page of a new sitting. Nothing is written before the first answer."""
    case, told = desk_of(request).case(), request.query_params
    place = _place(case, told.get("place", ""))
    target = told.get("target", place.id)
    if target != "each":
        _place(case, target)
    kind = told.get("kind", "first")
    if kind not in {"first", "second", "settle"}:
        raise UsageError("There is no such look.", saw=kind[:40], do="Begin on the port's page.", code="look")
    name = sitting.begun(
        desk_of(request),
        observer(request),
        cast(sitting.Kind, kind),
        each=target == "each",
        sample=_sample(told.get("sample", "")) if kind == "second" else None,
        undated=kind == "second" and "undated" in told,
    )
    query = urlencode({"place": place.id if target == "each" else target, "sitting": name})
    return RedirectResponse(f"/port/look?{query}", 303)


def _sample(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal() or not 1 <= int(text) <= 9999:
        raise UsageError(
            "This is no number of images.", saw=text[:40], do="Give 1 to 9999, or nothing for all.", code="sample"
        )
    return int(text)


def look(request: Request) -> Response:
    """The page on which images are looked at, one after the other."""
    case = desk_of(request).case()
    place, one = _sitting(request, case)
    if one.who != observer(request):
        return RedirectResponse(f"/port/?{urlencode({'place': place.id})}", 303)
    port = case.places[_port_of(case, place.id)]
    return respond(request, "port/look.html.j2", port=port, place=place, sitting=one)


def _sitting(request: Request, case: Case) -> tuple[Place, sitting.Sitting]:
    asked = request.query_params
    found = sitting.named(asked.get("sitting", ""))
    if found is None:
        raise UsageError(
            "There is no such sitting.", saw=asked.get("sitting", "")[:80], do="Begin one.", code="sitting"
        )
    return _place(case, asked.get("place", "")), found


def read_look(request: Request) -> Response:
    """GET ?place=&sitting=: what is to be looked at, in order, and what this person said of it in this sitting."""
    case, who = desk_of(request).case(), observer(request)
    place, one = _sitting(request, case)
    port = _port_of(case, place.id)
    targets = _targets(case, place.id, one)
    known = sitting.looks_at(case.observations, targets)
    shots = {shot.item: shot for shot in shots_of(case, port).here}
    differ = [each.look for each in agreement.disagreements(agreement.given(known.values()))]
    looks = sitting.to_do(one, [(str(item), target) for item in shots for target in targets], known, differ)
    own = [mark for mark in standing(case.observations).values() if (mark.by, mark.sitting) == (who, one.name)]
    return JSONResponse(
        {
            "looks": [
                {
                    "item": item,
                    "place": target,
                    "berth": case.places[target].name(),
                    "at": None if one.undated else shots[item].at,
                    "sensor": None if one.undated else shots[item].sensor,
                    "cloud": None if one.undated else shots[item].cloud,
                    "question": sitting.question(target),
                    "sensitive": case.places[target].is_sensitive,
                }
                for item, target in looks
            ],
            "marks": [mark.to_json() for mark in own],
        }
    )


def _targets(case: Case, place: str, one: sitting.Sitting) -> list[str]:
    """The places that are looked for: each berth, or the one place; to settle, wherever looks differ."""
    every = _places(case, _port_of(case, place))
    if one.kind == "settle":
        return every
    return (every[1:] or every) if one.each else [place]


def read_outline(request: Request) -> Response:
    """GET ?item=&place=&ask=: where the place lies in the picture; of a sensitive place only when asked."""
    case, asked = desk_of(request).known(), request.query_params
    place, item = _place(case, asked.get("place", "")), asked.get("item", "")
    if item not in case.items:
        raise UsageError("The case has no such image.", saw=item[:80], do="Archive it first.", code="no-item")
    if place.is_sensitive and not asked.get("ask"):
        return JSONResponse({"rings": [], "quay": [], "inside": None, "why": "The position of this place is hidden."})
    return JSONResponse(outline(picture_of(case, case.items[item]).ground, place))


def read_live(request: Request) -> Response:
    """GET ?place=: the sentence so far, of this person's own looks alone."""
    case = desk_of(request).case()
    port = _port_of(case, _place(case, request.query_params.get("place", "")).id)
    who = observer(request)
    found = ask_live(sitting.so_far(case, who), activity.Asked(port, who, {}).measure("live"))
    return JSONResponse({**as_json(found), "short": activity.in_short(found)})


def answer(request: Request) -> Response:
    """What the looks amount to: calendar, sentence, caveats, agreement, and what they differ on."""
    case, who, told = desk_of(request).case(), observer(request), request.query_params
    asked, hidden = _asked(request, case, told)
    known = sitting.looks_at(case.observations, _places(case, asked.port))
    seen = agreement.visible(case.observations, known, who)
    given = agreement.given(seen.values())
    shots = shots_of(case, asked.port)
    finding, error = try_live(case, asked.measure("live"))
    return respond(
        request,
        "port/answer.html.j2",
        place=case.places[asked.port],
        asked=asked,
        told=told,
        hidden=hidden,
        shots=shots,
        finding=finding,
        error=error,
        short="" if finding is None else activity.in_short(finding),
        months=() if finding is None else activity.calendar(finding),
        legend=activity.legend(() if finding is None else activity.calendar(finding)),
        words=agreement.WORDS,
        agreements=agreement.agreements(given, case.head.level),
        disagreements=[_disagreement(case, shots, one) for one in agreement.disagreements(given)],
        answer=None if finding is None else as_json(finding),
        fields=_fields(asked, told),
        kept=kept(case, told.get("kept", "")),
        free=free_id(case, f"{asked.port}-days"),
        settle="each" if berths(case, asked.port) else asked.port,
    )


def keep_asked(request: Request, told: Fields) -> Response:
    """POST: keeps what the page asked as a measure, and shows its answer."""
    desk = desk_of(request)
    asked, _ = _asked(request, desk.case(), told)
    measure = asked.measure(told.get("id", "").strip(), told.get("about", "").strip())
    keep(desk, measure, by=person(request))
    back = {key: one for key, one in told.items() if one and key not in {"id", "about"}}
    return RedirectResponse(f"/port/answer?{urlencode(back | {'kept': measure.id})}", 303)


def _asked(request: Request, case: Case, told: Mapping[str, str]) -> tuple[activity.Asked, int]:
    """The question as a form tells it, and how many looks of others are hidden from who asks."""
    who = observer(request)
    port = _port_of(case, _place(case, told.get("place", "")).id)
    known = sitting.looks_at(case.observations, _places(case, port))
    hidden = agreement.hidden(case.observations, known, who)
    own = told.get("whose") == "mine" or (not told.get("whose") and hidden)
    if hidden and not own:
        raise Refusal(
            "Others' looks are hidden until you have finished yours.",
            saw=f"{hidden} looks of others at images that {who} has not finished",
            do="Finish your own look, or ask for the answer of yours alone.",
            code="hidden",
        )
    return activity.Asked(port, who if own else None, activity.parameters_of(told)), hidden


def _fields(asked: activity.Asked, told: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was asked, as fields of a form."""
    window = [(key, told.get(key, "")) for key in WINDOW]
    return [("place", asked.port), ("whose", "mine" if asked.who else "all"), *window]


def _disagreement(case: Case, shots: Shots, one: agreement.Disagreement) -> dict[str, Any]:
    item, place = one.look
    shot = next((shot for shot in shots.all if shot.item == item), None)
    return {
        "at": item if shot is None else shot.at,
        "scene": item if shot is None else shot.scene,
        "place": case.places[place].name(),
        "said": one.said,
        "opposed": one.opposed,
    }
