"""What a browser says that somebody saw becomes observations; and whose marks this person may see by now."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dateline import __version__
from dateline.app.desk import Desk, desk_of, observer
from dateline.core.errors import Refusal, UsageError
from dateline.ledger.case import Case
from dateline.ledger.observation import Observation
from dateline.ledger.observation_log import FOLDER, append, read
from dateline.ledger.observed import ended_sittings, has_ended, standing

GIVEN = frozenset(Observation.model_fields) - {"schema_", "by", "tool", "image_sha256", "withheld"}
"""What the browser may say; who looked, at which bytes and with what tool is for the server to say."""
MOST = 2_000
"""Marks in one request."""


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


async def save(request: Request) -> Response:
    """POST {sitting, marks}: appends, and answers when the marks lie on the disk. The same marks twice are one."""
    from starlette.concurrency import run_in_threadpool

    told = await request.json()
    return JSONResponse(await run_in_threadpool(_save, desk_of(request), observer(request), told))


def _save(desk: Desk, who: str, told: Any) -> dict[str, Any]:
    if not isinstance(told, dict) or not isinstance(told.get("marks"), list) or not 0 < len(told["marks"]) <= MOST:
        raise UsageError(
            "This is no list of marks.",
            saw=type(told).__name__,
            do=f"Send {{sitting, marks}}, 1 to {MOST:,} marks.",
            code="marks",
        )
    sitting = str(told.get("sitting", ""))
    marks = [made(desk, who, sitting, mark) for mark in told["marks"]]
    append(desk.root, who, sitting, marks)
    return {"saved": [mark.id for mark in marks], "independent": all(mark.independent for mark in marks)}


def made(desk: Desk, who: str, sitting: str, told: Any) -> Observation:
    """One observation as it will be written. Raises RecordError, and UsageError `no-item` for an unknown image."""
    given = {key: value for key, value in dict(told).items() if key in GIVEN and value is not None}
    item = desk.known().items.get(str(given.get("item"))) or desk.case().items.get(str(given.get("item")))
    if item is None:
        raise UsageError(
            "These marks are on an image that the case does not have.",
            saw=repr(given.get("item"))[:80],
            do="Reload the page; archive the image first.",
            code="no-item",
        )
    whole = {
        **given,
        "by": who,
        "sitting": sitting,
        "tool": f"dateline {__version__}, app",
        **({} if item.content is None else {"image_sha256": item.content}),
    }
    mark = read(whole, file=f"{FOLDER}/{who}/{sitting}.jsonl")
    if mark.independent and has_ended(_ends(desk.root, who), by=who, item=mark.item, question=mark.question):
        return mark.model_copy(update={"independent": False})
    return mark


def _ends(root: Path, who: str) -> list[Observation]:
    """The ends of this person's sittings. Only the lines that can say so are parsed: this runs at every click."""
    files = sorted((root / FOLDER / who).glob("*.jsonl"))
    lines = (line for path in files for line in path.read_bytes().split(b"\n"))
    ends = [line for line in lines if b'"submitted":true' in line.replace(b" ", b"")]
    return [Observation.model_validate(json.loads(line)) for line in ends]


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


def as_json(marks: Mapping[str, Observation]) -> list[dict[str, Any]]:
    """Marks for a script, by time."""
    return [mark.to_json() for _, mark in sorted(marks.items(), key=lambda one: (one[1].at, one[0]))]


def read_mine(request: Request) -> Response:
    """GET ?item=&sitting=: this person's own marks that stand."""
    asked = request.query_params
    found = mine(desk_of(request).case(), observer(request), item=asked.get("item"), sitting=asked.get("sitting"))
    return JSONResponse({"marks": as_json(found)})


def read_others(request: Request) -> Response:
    """GET ?item=&question=: everybody else's, after submission."""
    asked = request.query_params
    found = others(
        desk_of(request).case(), observer(request), item=asked.get("item", ""), question=asked.get("question") or None
    )
    return JSONResponse({"marks": as_json(found)})


ROUTES = (
    Route("/api/observations", save, methods=["POST"]),
    Route("/api/observations", read_mine, methods=["GET"]),
    Route("/api/observations/others", read_others, methods=["GET"]),
)
