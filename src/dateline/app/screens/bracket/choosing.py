"""What to look at: a place, a question, the images; dates shown, or hidden."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dateline.app.desk import Desk, desk_of, observer
from dateline.app.observing import new_sitting
from dateline.app.page import respond
from dateline.app.posted import Fields
from dateline.app.screens.bracket.images import Pictured, pictured
from dateline.app.screens.bracket.live import said_before
from dateline.app.screens.bracket.looks import about, asked_before, in_pass, plain
from dateline.app.screens.bracket.plan import MOST, Plan, said_of, unfinished, write
from dateline.core.errors import UsageError
from dateline.ledger.case import Case
from dateline.ledger.observed import standing

LONGEST = 200
"""Letters of a question."""


def page(request: Request) -> Response:
    """GET ?place=&question=: what was asked so far; with a place and a question, the images to choose from."""
    case, who = desk_of(request).case(), observer(request)
    open_passes = unfinished(case, by=who)
    asked, before = request.query_params, asked_before(case)
    place, question = asked.get("place", ""), " ".join(asked.get("question", "").split())[:LONGEST]
    told: dict[str, Any] = {
        "places": sorted((record.name(), name) for name, record in case.places.items()),
        "before": [_asked(case, key, people) for key, people in before.items()],
        "open": open_passes,
        "names": {name: record.name() for name, record in case.places.items()},
        "place": place,
        "question": question,
        "offer": None,
    }
    if place and question:
        question = spelled(before, place, question)
        under_way = next((one for one in open_passes if _is_of(one, place, question)), None)
        told |= {"question": question, "under_way": under_way}
        told["offer"] = None if under_way is not None and under_way.blind else _offer(case, who, place, question)
    return respond(request, "bracket/page.html.j2", **told)


def _asked(case: Case, key: tuple[str, str], people: tuple[str, ...]) -> dict[str, Any]:
    place, question = key
    images = {mark.item for mark in about(standing(case.observations), place, question).values()}
    return {"place": place, "question": question, "people": people, "images": len(images)}


def _is_of(plan: Plan, place: str, question: str) -> bool:
    return plan.place == place and plain(plan.question) == plain(question)


def spelled(before: Mapping[tuple[str, str], Any], place: str, question: str) -> str:
    """The question as it was spelled when it was asked first: one question has one spelling in a case."""
    return next((asked for at, asked in before if at == place and plain(asked) == plain(question)), question)


def _offer(case: Case, who: str, place: str, question: str) -> dict[str, Any]:
    """The images, with which are chosen: those that show the place, and those that somebody looked at for it."""
    record = _place(case, place)
    looked = {mark.item for mark in about(standing(case.observations), place, question).values()}
    images = pictured(case, record.where)
    mine = in_pass(case, who, place=place, question=question, sitting="", blind=False)
    return {
        "name": record.name(),
        "images": [(one, _chosen(one, looked), _where(one)) for one in images],
        "looked": bool(mine),
        "said": said_before(case, place, question) | said_of(case.root, place, question),
    }


def _chosen(one: Pictured, looked: set[str]) -> bool:
    return one.item in looked or (one.covers or 0) > 0


def _where(one: Pictured) -> str:
    """Whether the place lies in an image, in words."""
    if one.covers is None:
        return "not said"
    return "shows it" if one.covers >= 0.995 else "elsewhere" if one.covers == 0 else f"{100 * one.covers:.0f} % of it"


def _place(case: Case, place: str) -> Any:
    if place not in case.places:
        raise UsageError("The case has no such place.", saw=place[:80], do="Choose one of the list.", code="place")
    return case.places[place]


def start(request: Request, told: Fields) -> Response:
    """POST: begins a pass, or goes on with the one that this person began on this place and question."""
    plan = begin(desk_of(request), observer(request), {key: told.getlist(key) for key in told})
    return RedirectResponse(f"/bracket/pass/{plan.sitting}/", 303)


def begin(desk: Desk, who: str, told: Mapping[str, list[str]]) -> Plan:
    """The pass that a form asks for, kept; of one that was begun with whatever images were added since."""
    case = desk.case()
    plan = planned(case, desk, who, told)
    for begun in unfinished(case, by=who):
        if begun.blind == plan.blind and _is_of(begun, plan.place, plan.question):
            both = dict.fromkeys((*begun.items, *plan.items))
            in_time = tuple(one.item for one in pictured(case, None, both))
            plan = replace(plan, sitting=begun.sitting, knows=plan.knows or begun.knows, items=in_time)
    write(desk.root, plan)
    return plan


def planned(case: Case, desk: Desk, who: str, told: Mapping[str, list[str]]) -> Plan:
    """The pass that a form asks for. Raises UsageError `question`, `place`, `images`, `narrow`."""
    one = {key: values[0].strip() for key, values in told.items() if values}
    question = " ".join(one.get("question", "").split())
    if not 1 < len(question) <= LONGEST:
        raise UsageError(
            "What is to be looked for?", saw=repr(question[:40]), do="Ask: Is the trench there?", code="question"
        )
    _place(case, one.get("place", ""))
    items = tuple(picture.item for picture in pictured(case, None, dict.fromkeys(told.get("items", []))))
    if not 0 < len(items) <= MOST:
        raise UsageError(
            "Choose the images to look at.", saw=f"{len(items)} images", do=f"Choose 1 to {MOST}.", code="images"
        )
    return Plan(
        sitting=new_sitting(desk, "bracket", who),
        by=who,
        place=one["place"],
        question=spelled(asked_before(case), one["place"], question),
        items=items,
        blind=one.get("pass") == "blind",
        knows=one.get("knows") == "yes",
        thing=one.get("object", "")[:LONGEST],
        narrow=metres(one.get("narrow", "")),
        line=one.get("shape") == "line",
    )


def metres(text: str) -> float | None:
    """A length above 0 [m]; None for none. Raises UsageError `narrow`."""
    if not text.strip():
        return None
    try:
        found = float(text.strip().replace(",", "."))
    except ValueError:
        found = math.nan
    if not 0 < found < 100_000:
        raise UsageError("This is no length.", saw=repr(text[:40]), do="Write metres: 1.5", code="narrow")
    return found
