"""The pages of the count: choosing, counting, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dateline.app.asking import as_json, free_id, keep, kept, try_live
from dateline.app.desk import desk_of, observer, person
from dateline.app.observing import others
from dateline.app.page import respond
from dateline.app.pictures import Shown, shown
from dateline.app.posted import Fields
from dateline.app.screens.count.answer import (
    DRAWN,
    Asked,
    measure_for,
    plot_people,
    rates,
    rows,
    spots,
    submitted,
    usual_name,
)
from dateline.app.screens.count.issuer import issuer_points
from dateline.app.screens.count.plan import Plan, author_of, grid, plan_of, tiles_of, usual_side
from dateline.app.screens.count.sittings import Sitting, of_one, open_one, people, replaced, sittings
from dateline.core.errors import UsageError
from dateline.evidence.item import Item, Status
from dateline.ledger.agreed import speaker_of, standing
from dateline.ledger.case import Case

MARKS_FILES = (".csv", ".tsv", ".jsonl", ".ndjson", ".geojson", ".json")


def start(request: Request) -> Response:
    """GET: which picture, what is counted, how; and what was begun or ended before."""
    case = desk_of(request).case()
    who = observer(request)
    found = sittings(case)
    asked = request.query_params
    return respond(
        request,
        "count/page.html.j2",
        pictures=[(name, item) for name, item in case.items.items() if is_picture(item)],
        chosen=asked.get("item", ""),
        question=asked.get("question", ""),
        questions=sorted({one.question for one in found}),
        ways=ways(found),
        mine=[(one, link_of(one), missing(case, one)) for one in found if one.by == who and not one.taken_back],
    )


def ways(found: Sequence[Sitting]) -> list[dict[str, str]]:
    """How each thing is counted already, without a word of who or how many: marks of other tiles do not compare."""
    return [
        {
            "item": one.item,
            "question": one.question,
            "mode": "whole" if one.plan.side is None else "tiles",
            "side": str(one.plan.side or ""),
            "sample": str(one.plan.sample or ""),
        }
        for one in reversed(found)
        if not one.plan.checked
    ]


def is_picture(item: Item) -> bool:
    """Whether an item is a picture whose bytes may be here."""
    return (item.media_type or "").startswith("image/") and item.status is not Status.ELSEWHERE


def missing(case: Case, one: Sitting) -> bool:
    """Whether the picture of a sitting has left the case."""
    return one.item not in case.items


def link_of(one: Sitting) -> str:
    """Where a sitting goes on, or what came of it."""
    told = urlencode({"item": one.item, "question": one.question})
    return f"/count/result?{told}" if one.ended else f"/count/at/{one.id}?{told}"


def begin(request: Request, told: Fields) -> Response:
    """POST: names a sitting, or goes on with the one that was begun. Raises UsageError `question`, `tiles`."""
    desk, who = desk_of(request), observer(request)
    question = " ".join(told.get("question", "").split())
    if not 0 < len(question) <= 200:
        raise UsageError(
            "It must be said what is counted.",
            saw=f"{len(question)} letters",
            do="Write it as a sentence calls it, 1 to 200 letters: people, vehicles, huts.",
            code="question",
        )
    item = told.get("item", "")
    picture = shown(request, item)
    plan = _plan(told, picture)
    earlier = of_one(sittings(desk.case()), item=item, question=question)
    going = open_one(earlier, who=who, checked=plan.checked)
    sitting = going.id if going else plan.name(desk.clock.now().date(), who)
    where = urlencode({"item": item, "question": question} | ({"on": "1"} if going else {}))
    return RedirectResponse(f"/count/at/{sitting}?{where}", status_code=303)


def _plan(told: Mapping[str, str], picture: Shown) -> Plan:
    """What the form asks. An empty side is the usual one for the picture; an empty sample all tiles."""
    side = None
    if told.get("mode", "tiles") == "tiles":
        side = _whole(told, "side") or usual_side(picture.width, picture.height)
        grid(picture.width, picture.height, side)
    return Plan(
        side=side,
        sample=_whole(told, "sample") if side is not None else None,
        blind="independent" in told,
        checked="checked" in told,
    )


def _whole(told: Mapping[str, str], name: str) -> int | None:
    text = told.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text[:6]) <= 99_999 or len(text) > 5:
        raise UsageError("This is no whole number.", saw=f"{name}: {text[:20]!r}", do="Write digits.", code="number")
    return int(text)


def work(request: Request) -> Response:
    """GET: the picture and the cross. Raises UsageError `sitting` for somebody else's, or none at all."""
    desk, who = desk_of(request), observer(request)
    sitting, asked = request.path_params["sitting"], request.query_params
    plan = plan_of(sitting)
    if plan is None or author_of(sitting) != who:
        raise UsageError(
            "This count is somebody else's, or none.",
            saw=f"{sitting[:120]}, opened by {who}",
            do="Go back to Count and begin one of your own; or set your name at the top of the page.",
            code="sitting",
        )
    item, question = asked.get("item", ""), asked.get("question", "")
    found = of_one(sittings(desk.case()), item=item, question=question)
    if any(one.id == sitting and one.ends for one in found):
        return RedirectResponse("/count/result?" + urlencode({"item": item, "question": question}), status_code=303)
    picture = shown(request, item)
    content = desk.case().items[item].content or item
    tiles, of = tiles_of(
        plan, width=picture.width, height=picture.height, content=content, question=question, sitting=sitting
    )
    told = {
        "sitting": sitting,
        "item": item,
        "question": question,
        "who": who,
        "blind": plan.blind,
        "checked": plan.checked,
        "tiles": [{"name": tile.name, "area": list(tile.area)} for tile in tiles],
        "of": of,
        "replaced": replaced(found, who=who, sitting=sitting, checked=plan.checked),
        "result": "/count/result?" + urlencode({"item": item, "question": question}),
    }
    return respond(request, "count/work.html.j2", told=told, plan=plan, picture=picture, going="on" in asked)


def state(request: Request) -> Response:
    """GET ?item=&question=: who has submitted, for a script that waits for others. Only for who has submitted."""
    case, asked = desk_of(request).case(), request.query_params
    others(case, observer(request), item=asked.get("item", ""), question=asked.get("question") or None)
    counters, checkers = people(case, item=asked.get("item", ""), question=asked.get("question", ""))
    return JSONResponse({"counted": counters, "checked": checkers})


def asked_in(told: Fields) -> Asked:
    """What the form beside a result says, or the address of one."""
    given = {key: told.get(key) or None for key in ("checked", "issuer", "said", "said_by", "plots")}
    drawn = told.get("drawn") or None
    return Asked(
        item=told.get("item", ""),
        question=told.get("question", ""),
        claims=tuple(told.getlist("claim")),
        drawn=drawn if drawn in DRAWN else None,
        **given,
    )


def _fields(asked: Asked) -> list[tuple[str, str | None]]:
    """The same as fields of a form."""
    single = ("item", "question", "checked", "issuer", "drawn", "said", "said_by", "plots")
    return [*((key, getattr(asked, key)) for key in single), *(("claim", one) for one in asked.claims)]


def result(request: Request) -> Response:
    """GET: matches, disagreements, rates, the estimate. Raises Refusal `hidden` before this person has submitted."""
    desk, told = desk_of(request), request.query_params
    case, asked = desk.case(), asked_in(told)
    theirs = others(case, observer(request), item=asked.item, question=asked.question)
    picture = shown(request, asked.item)
    marks = submitted(case, item=asked.item, question=asked.question)
    measure = measure_for(case, asked, size=(picture.width, picture.height))
    finding, error = try_live(case, measure)
    gate = None if finding is None else (finding.values.get("gate") or {}).get("used")
    found, reach = spots(marks, gate=gate)
    is_checked = bool(asked.checked) or any(mark.checked for mark in theirs.values())
    drawing = {
        "item": asked.item,
        "who": observer(request),
        "spots": [spot.to_json() for spot in found],
        "issuer": issuer_points(case, asked.issuer),
        "people": {"counted": people(case, item=asked.item, question=asked.question)[0],
                   "checked": people(case, item=asked.item, question=asked.question)[1]},
        "state": "/count/state?" + urlencode({"item": asked.item, "question": asked.question}),
    }  # fmt: skip
    return respond(
        request, "count/result.html.j2", asked=asked, picture=picture, finding=finding, error=error,
        people=rows(marks, found, rates(case, asked, finding)), reach=reach, drawing=drawing, gold=is_checked,
        claims=numbers_of(case), plots=plot_people(case, asked), as_plots="marks" not in measure.inputs,
        files=marks_files(case), drawn=measure.parameters.get("drawn"), choices=DRAWN,
        free=free_id(case, usual_name(asked)),
        kept=kept(case, told.get("kept", "")), spots=found, fields=_fields(asked),
        answer=None if finding is None else as_json(finding), me=observer(request),
    )  # fmt: skip


def numbers_of(case: Case) -> list[tuple[str, str, str]]:
    """Claims that give a number and are not off the record: id, who said it as they may be called, their words."""
    found = []
    for name, claim in case.claims.items():
        if claim.quantity is not None and not standing(claim, case.records).is_off:
            said_by = speaker_of(claim, case.records, case.head.languages[0]) or "Somebody who may not be named"
            found.append((name, said_by, claim.quantity.text or ""))
    return found


def marks_files(case: Case) -> list[tuple[str, str]]:
    """Archived files that may hold marks: id and name."""
    return [(name, item.name) for name, item in case.items.items() if item.name.lower().endswith(MARKS_FILES)]


def keep_asked(request: Request, told: Fields) -> Response:
    """POST: keeps what the page asked as a measure, and shows its answer. Raises as keep() does."""
    desk, asked = desk_of(request), asked_in(told)
    case = desk.case()
    others(case, observer(request), item=asked.item, question=asked.question)
    picture = shown(request, asked.item)
    measure = measure_for(case, asked, size=(picture.width, picture.height), name=told.get("id", "").strip())
    keep(desk, measure, by=person(request))
    where = urlencode([*((key, one) for key, one in told.multi_items() if one and key != "id"), ("kept", measure.id)])
    return RedirectResponse(f"/count/result?{where}", status_code=303)
