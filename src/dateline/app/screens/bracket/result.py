"""What the looks of all mean: who said what, how far they agree, the bracket, and a measure that keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dateline.app.asking import free_id, keep, kept
from dateline.app.desk import desk_of, observer, person
from dateline.app.page import respond
from dateline.app.posted import Fields
from dateline.app.screens.bracket import live
from dateline.app.screens.bracket.choosing import metres, spelled
from dateline.app.screens.bracket.images import pictured
from dateline.app.screens.bracket.looks import (
    Looks,
    about,
    agreements,
    asked_before,
    by_column,
    columns,
    disagreements,
    plain,
    seen_by,
    summary,
    with_only,
)
from dateline.app.screens.bracket.plan import said_of, unfinished
from dateline.core.errors import Refusal, UsageError
from dateline.ledger.case import Case
from dateline.ledger.measure import Measure
from dateline.ledger.observed import standing
from dateline.ledger.site_look import SiteLook
from dateline.ledger.site_look_files import write_site_looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one person may see of a question. hidden: others' looks that are not shown; waiting: looks of passes that
    nobody has ended, which no measure reads yet."""

    asked: live.Asked
    looks: Looks
    hidden: int
    waiting: int


def seen(case: Case, who: str, told: Mapping[str, str]) -> Seen:
    """The looks and what to ask of them. Raises Refusal `hidden` while this person looks without dates."""
    place = told.get("place", "")
    if place not in case.places:
        raise UsageError("The case has no such place.", saw=place[:80], do="Choose one at Bracket.", code="place")
    question = spelled(asked_before(case), place, " ".join(told.get("question", "").split()))
    if any(
        plan.blind and plan.place == place and plain(plan.question) == plain(question)
        for plan in unfinished(case, by=who)
    ):
        raise Refusal(
            "You are in a pass without dates on this question.",
            saw="a pass that is not ended",
            do="Go on with it from Bracket, or end it there as it is; then the result is shown.",
            code="hidden",
        )
    if not set(live.FORM) & set(told):
        told = {**told, **live.said_before(case, place, question), **said_of(case.root, place, question)}
    looks, hidden = seen_by(case, who, place=place, question=question)
    people = tuple(sorted({mark.by for mark in looks.values()}))
    every = about(standing(case.observations), place, question)
    waiting = sum(mark.by in people and name not in looks for name, mark in every.items())
    asked = live.Asked(
        place=place,
        question=question,
        people=people,
        thing=told.get("object", "").strip()[:200],
        narrow=metres(told.get("narrow", "")),
        line=told.get("shape") == "line",
        tests=tuple(name for name in told.get("tests", "").split() if name in _tests(case)),
    )
    return Seen(asked=asked, looks=looks, hidden=hidden, waiting=waiting)


def _tests(case: Case) -> tuple[str, ...]:
    """Measures of the case that tested what an image can show, and that have an answer."""
    found = set(case.finding_ids())
    return tuple(name for name, one in case.measures.items() if one.method == "visibility" and name in found)


def _told(given: Fields) -> dict[str, str]:
    return {key: " ".join(given.getlist(key)) for key in given}


def page(request: Request) -> Response:
    """GET ?place=&question=&object=&narrow=&shape=&tests=: the table, the agreement, the bracket."""
    case, who = desk_of(request).case(), observer(request)
    found = seen(case, who, _told(request.query_params))
    marks = list(found.looks.values())
    items = pictured(case, None, dict.fromkeys(mark.item for mark in marks))
    given = by_column(marks)
    table = [
        (one, [summary(given[column][one.item]) if one.item in given[column] else None for column in columns(marks)])
        for one in items
    ]
    return respond(
        request,
        "bracket/result.html.j2",
        asked=found.asked,
        name=case.places[found.asked.place].name(),
        hidden=found.hidden,
        waiting=found.waiting,
        columns=columns(marks),
        table=table,
        agreements=agreements(marks),
        disagreements=_disagreements(marks, items),
        independent=sum(mark.independent for mark in marks),
        looks=len(marks),
        tests=_tests(case),
        fields=fields(found.asked).items(),
        address=urlencode(fields(found.asked)),
        suggested=free_id(case, f"{found.asked.place}-since"),
        kept=kept(case, request.query_params.get("kept", "")),
    )


def fields(asked: live.Asked) -> dict[str, str]:
    """What to ask again, as fields of a form."""
    told = {
        "place": asked.place, "question": asked.question, "object": asked.thing,
        "narrow": "" if asked.narrow is None else f"{asked.narrow:g}", "shape": "line" if asked.line else "",
        "tests": " ".join(asked.tests),
    }  # fmt: skip
    return {key: value for key, value in told.items() if value}


def _disagreements(marks: list[Any], items: tuple[Any, ...]) -> list[tuple[Any, list[Any]]]:
    named = {one.item: one for one in items}
    found = disagreements(marks)
    return [(named[item], list(found[item])) for item in named if item in found]


def read_answer(request: Request) -> Response:
    """GET, as the page: the bracket of all looks that this person may see."""
    case, who = desk_of(request).case(), observer(request)
    found = seen(case, who, _told(request.query_params))
    if not found.looks:
        return JSONResponse({"looks": 0})
    finding = live.answer(case, found.asked, found.looks)
    return JSONResponse({"looks": len(found.looks), **live.as_json(finding, size="wide")})


def read_looks(request: Request) -> Response:
    """GET, as the page: the same looks as a file that `dateline run bracketing --looks` reads."""
    case, who = desk_of(request).case(), observer(request)
    found = seen(case, who, _told(request.query_params))
    text = write_site_looks(site_looks(with_only(case, found.looks), found.asked))
    headers = {"Content-Disposition": 'attachment; filename="looks.jsonl"'}
    return Response(text, media_type="application/x-ndjson", headers=headers)


def site_looks(case: Case, asked: live.Asked) -> tuple[SiteLook, ...]:
    """The looks as the method reads them: with the time, sensor and ground distance of their images."""
    from dateline.measure.ask import prepare
    from dateline.measure.request import from_measure, silent

    prepared = prepare(from_measure(case, asked.measure("bracket-live")))
    return prepared.load(silent).inputs.many("looks", SiteLook)


def keep_asked(request: Request, told: Fields) -> Response:
    """POST: keeps the question as a measure of the case, and shows its answer."""
    desk, found = desk_of(request), seen(desk_of(request).case(), observer(request), _told(told))
    made = keep(desk, measure_to_keep(found, told.get("id", "").strip()), by=person(request))
    return RedirectResponse(f"/bracket/result?{urlencode(fields(found.asked) | {'kept': made.id})}", 303)


def measure_to_keep(found: Seen, name: str) -> Measure:
    """The measure that asks what the page asks. Raises UsageError `no-looks`, `measure`."""
    if not found.looks:
        raise UsageError("There is no look to keep a measure of.", saw="none", do="Look first.", code="no-looks")
    return found.asked.measure(name)
