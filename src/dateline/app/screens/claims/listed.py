"""The list of claims, the offers of a search, and what some of them rest on."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dateline.app.asking import as_json, ask_live, free_id, keep
from dateline.app.desk import desk_of, person
from dateline.app.page import respond
from dateline.app.screens.claims.index import index_of
from dateline.app.screens.claims.listing import SHOWN, STATES, Asked, Row, chosen, page_of
from dateline.app.screens.claims.origins import named, question

OFFERS = 12


def show_list(request: Request) -> Response:
    """GET: a page of the claims that fit."""
    index, asked = index_of(request), Asked.of(request.query_params)
    page = page_of(chosen(index.rows, asked), asked.page)
    return respond(
        request,
        "claims/page.html.j2",
        asked=asked,
        found=page,
        states=STATES,
        shows=SHOWN,
        total=len(index.rows),
        speakers=index.speakers,
        origins=index.origins,
        at=lambda number: f"/claims/?{urlencode(asked.told(number))}",
    )


def matching(rows: tuple[Row, ...], text: str) -> list[Row]:
    """The rows that a typed search means, the id itself first."""
    words = " ".join(text[:500].split())
    found = chosen(rows, Asked(words=words)) if words else []
    return sorted(found, key=lambda row: row.id.casefold() != words.casefold())


def offer(request: Request) -> Response:
    """GET ?q=: claims that a typed search may mean, at most a dozen."""
    found = matching(index_of(request, fresh=False).rows, request.query_params.get("q", ""))
    rows = [{"id": row.id, "said": row.said, "speaker": row.speaker, "statement": row.short[:140]} for row in found]
    return JSONResponse({"offers": rows[:OFFERS]})


def count_origins(request: Request, form: dict[str, str]) -> Response:
    """POST {claims, against}: on how many independent origins they rest; with {id, keep} the question is kept."""
    case = desk_of(request).case()
    supporting = named(f"{form.get('claims', '')} {form.get('claim', '')}")
    against = named(form.get("against", ""))
    name = form.get("id", "").strip()
    kept = None
    if "keep" in form:
        kept = keep(desk_of(request), question(case, supporting, against, name=name), by=person(request))
        case = desk_of(request).case()
    finding = ask_live(case, question(case, supporting, against))
    return respond(
        request,
        "claims/origins.html.j2",
        finding=finding,
        answer=as_json(finding),
        fields=(("keep", "1"), ("claims", " ".join(supporting)), ("against", " ".join(against))),
        say=index_of(request).curtain.text,
        supporting=supporting,
        against=against,
        rows=index_of(request).by_id,
        kept=kept,
        name=name or free_id(case, f"origins-{supporting[0].lower()}"),
    )
