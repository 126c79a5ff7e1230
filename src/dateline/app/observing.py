"""What people saw: their marks come in, and whose marks this person may see by now."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dateline.app.desk import Desk, desk_of, observer, person
from dateline.app.page import trouble
from dateline.app.posted import Handler
from dateline.app.receiving import Later, save_marks
from dateline.core.errors import Refusal, UsageError
from dateline.ledger.case import Case
from dateline.ledger.observation import Observation
from dateline.ledger.observed import ended_sittings, has_ended, standing


def sitting_for(case: Case, desk: Desk, who: str, *, screen: str, item: str, question: str | None) -> str:
    """The sitting that this person began and did not end, else the name of a new one."""
    mine = [mark for mark in case.observations.values() if mark.by == who and mark.sitting is not None]
    ended = ended_sittings(mine)
    for mark in reversed(mine):
        same = (mark.item, mark.question) == (item, question) and str(mark.sitting).startswith(f"{screen}-")
        if same and (who, str(mark.sitting)) not in ended:
            return str(mark.sitting)
    return new_sitting(desk, screen, who)


def new_sitting(desk: Desk, screen: str, who: str) -> str:
    """A name that no other sitting has, of anybody, on any machine."""
    return f"{screen}-{desk.clock.now():%Y%m%d}-{who}-{secrets.token_hex(4)}"[:100]


def saving(act: Callable[[Request, Any], Response]) -> Handler:
    """A handler of marks {sitting, marks, who} that are on the disk when it answers; act gets the JSON as it came.

    who: as the page knows its person, so that a page that was open before the name changed marks in nobody else's name.
    """

    async def handle(request: Request) -> Response:
        told = await request.json()
        named = told.get("who") if isinstance(told, dict) else None
        if named is not None and named != person(request):
            return trouble(request, _other_person(named, person(request)), status=409)
        try:
            return await run_in_threadpool(act, request, told)
        except Later as error:  # the browser keeps them, and asks again
            return trouble(request, error, status=503)

    return handle


def save(request: Request, told: Any) -> Response:
    """POST {sitting, marks, who}: appends, and answers when the marks lie on the disk. The same marks twice are one."""
    return JSONResponse(save_marks(desk_of(request), observer(request), told))


def _other_person(page: Any, now: str) -> UsageError:
    return UsageError(
        "This page is somebody else's by now.",
        saw=f"a page of {str(page)[:80] or 'nobody'} in a browser of {now}",
        do="Set the name of this page at the top again; or reload it, to go on under the new name.",
        code="other-person",
    )


def mine(case: Case, who: str, *, item: str | None = None, sitting: str | None = None) -> dict[str, Observation]:
    """This person's marks that stand, of an image or of a sitting."""
    return {
        name: mark
        for name, mark in standing(case.observations).items()
        if mark.by == who and item in {None, mark.item} and sitting in {None, mark.sitting}
    }


def others(case: Case, who: str, *, item: str, question: str | None) -> dict[str, Observation]:
    """Everybody else's marks on an image, once this person has submitted their own.

    Raises Refusal `hidden` before that: marks that were made with others' in view are not independent.
    """
    if not has_ended(case.observations.values(), by=who, item=item, question=question):
        raise Refusal(
            "Others' marks are hidden until you have submitted yours.",
            saw=f"no sitting of {who} on this image that is ended",
            do="Finish and submit; then matches and disagreements are shown.",
            code="hidden",
        )
    ended = ended_sittings(case.observations.values())
    return {
        name: mark
        for name, mark in standing(case.observations).items()
        if mark.by != who
        and (mark.item, mark.question) == (item, question)
        and (mark.sitting is None or (mark.by, mark.sitting) in ended)
    }


def as_json(marks: Mapping[str, Observation], *, exact: bool = False) -> list[dict[str, Any]]:
    """Marks for a script, by time; where landmarks lie on Earth only with `exact`: they tell where a camera stood."""
    found = [mark.to_json() for _, mark in sorted(marks.items(), key=lambda one: (one[1].at, one[0]))]
    for match in (match for mark in found for match in mark.get("matches", ()) if not exact):
        match.pop("lon", None)
        match.pop("lat", None)
    return found


def read_mine(request: Request) -> Response:
    """GET ?item=&sitting=&exact=: this person's own marks that stand. exact=yes: to write one again, as a whole."""
    asked = request.query_params
    found = mine(desk_of(request).case(), observer(request), item=asked.get("item"), sitting=asked.get("sitting"))
    return JSONResponse({"marks": as_json(found, exact=asked.get("exact") == "yes")})


def read_others(request: Request) -> Response:
    """GET ?item=&question=: everybody else's, after submission."""
    asked = request.query_params
    found = others(
        desk_of(request).case(), observer(request), item=asked.get("item", ""), question=asked.get("question") or None
    )
    return JSONResponse({"marks": as_json(found)})


ROUTES = (
    Route("/api/observations", saving(save), methods=["POST"]),
    Route("/api/observations", read_mine, methods=["GET"]),
    Route("/api/observations/others", read_others, methods=["GET"]),
)
