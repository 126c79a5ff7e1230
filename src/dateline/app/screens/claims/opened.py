"""One claim opened: its record in plain words, and what people do with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dateline.app.desk import desk_of, person
from dateline.app.page import respond
from dateline.app.screens.claims import judging, shown
from dateline.app.screens.claims.changes import ChangedMeanwhile, Line, Make, claim_of, preview, write
from dateline.app.screens.claims.changes import shown as lines_of
from dateline.app.screens.claims.curtain import Curtain
from dateline.app.screens.claims.index import Index, index_of, memory_of
from dateline.app.screens.claims.listed import OFFERS, matching
from dateline.app.screens.claims.listing import STATES, Row
from dateline.app.screens.claims.words import CREDIBILITY, RELATIONS, RELIABILITY
from dateline.core.errors import DatelineError, RecordError, UsageError
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim
from dateline.ledger.reading import Unreadable, read_text
from dateline.ledger.review import first_person, review_state

DONE: Mapping[str, str] = {
    "new": "Written: the case has this claim now.",
    "rate": "Written: the rating stands in the record.",
    "sign": "Written: the sign-off stands in the record.",
    "relate": "Written: the relation stands in the record.",
}
ABOUT: Mapping[str, str] = {"rate": "Rating", "sign": "Sign-off", "relate": "Relation"}


def show_claim(request: Request) -> Response:
    """GET: a claim, with what was agreed to be covered covered."""
    return claim_page(request, request.path_params["name"])


def uncover_claim(request: Request, form: dict[str, str]) -> Response:  # noqa: ARG001 - as every form is asked
    """POST: the same claim with everything that its page covers, for somebody who asked."""
    return claim_page(request, request.path_params["name"], lifted=True)


def back_to_claim(request: Request) -> Response:
    """GET of an address that only takes what somebody sends: the claim itself."""
    return RedirectResponse(f"/claims/record/{request.path_params['name']}", 303)


def claim_page(
    request: Request,
    name: str,
    *,
    lifted: bool = False,
    error: DatelineError | None = None,
    told: Mapping[str, str] | None = None,
    offers: list[Row] | None = None,
) -> Response:
    """The page of a claim; with an error, and what somebody had filled in."""
    index = index_of(request)
    case, claim = index.case, claim_of(index.case, name)
    curtain = index.curtain.lift() if lifted else index.curtain
    _remember(request, case, name)
    return respond(
        request,
        "claims/claim.html.j2",
        status=400 if error else 200,
        claim=claim,
        sha=case.files[case.paths[name]],
        reliability=RELIABILITY,
        credibility=CREDIBILITY,
        ways=RELATIONS,
        error=error,
        faults=error.faults if isinstance(error, RecordError) else (),
        told=told or {},
        offers=offers or [],
        done=DONE.get(request.query_params.get("done", "")),
        **_record(claim, curtain),
        **_around(request, index, claim, curtain),
    )


def _record(claim: Claim, curtain: Curtain) -> dict[str, Any]:
    """What the record says, as far as the curtain lets it be seen."""
    covered = curtain.covers(claim)
    return {
        "covered": covered,
        "statement": curtain.statement(claim),
        "rows": shown.rows(claim, curtain),
        "words": shown.words(claim, curtain),
        "chain": shown.chain(claim, curtain),
        "pages": () if covered else claim.sources,
        "evidence": () if covered else [(one, curtain.case.items[one].name) for one in claim.evidence],
        "relations": shown.relations(claim, curtain),
        "rating": shown.rating(claim, curtain),
        "signatures": shown.signatures(claim, curtain),
        "state": STATES[review_state(claim)],
        "state_key": review_state(claim),
    }


def _around(request: Request, index: Index, claim: Claim, curtain: Curtain) -> dict[str, Any]:
    """What rests on a claim, its neighbours in the list, and whether this person may sign it."""
    rests, untold = shown.resting(index.case, claim, curtain)
    ids = [row.id for row in index.rows]
    at = ids.index(claim.id)
    try:
        mine = first_person(claim, person(request))
    except UsageError:
        mine = None
    return {
        "resting": rests,
        "untold": untold,
        "story": shown.story_lines(index.case, [claim.id, *(one.id for one in rests if one.kind == "finding")]),
        "before": ids[at - 1] if at else None,
        "after": ids[at + 1] if at + 1 < len(ids) else None,
        "mine": mine,
    }


def _remember(request: Request, case: Case, name: str) -> None:
    """Keeps the text that this page is made of: to show later what somebody else changed in it."""
    path = case.root / case.paths[name]
    try:
        text, sha256 = read_text(path, root=case.root)
    except Unreadable:  # the next reading of the case says so
        return
    memory_of(request).remember(sha256, text)


def rate(request: Request, form: dict[str, str]) -> Response:
    """POST {sha, source_reliability, info_credibility, why}: shows the change; with {write} writes it."""
    by, day = person(request), desk_of(request).clock.now().date()
    return _change(request, form, "rate", lambda _case, claim: judging.rated(claim, form, by=by, day=day))


def sign(request: Request, form: dict[str, str]) -> Response:
    """POST {sha, agrees, why}: shows the sign-off; with {write} writes it."""
    by, day = person(request), desk_of(request).clock.now().date()
    return _change(request, form, "sign", lambda _case, claim: judging.signed(claim, form, by=by, day=day))


def relate(request: Request, form: dict[str, str]) -> Response:
    """POST {sha, how, to}: shows the relation; with {write} writes it, with {remove} takes it out.

    `to` is an id or words to search by: what they may mean is then offered.
    """
    name, how, to = request.path_params["name"], form.get("how", ""), form.get("to", "").strip()
    index = index_of(request)
    if to not in index.case.claims:
        found = matching(index.rows, to)
        nothing = UsageError(
            "Which claim is meant?",
            saw=repr(to[:80]) + ("" if found else ", which fits none"),
            do="Choose one of those offered below." if found else "Write an id, or words of the other claim.",
            code="which-claim",
        )
        return claim_page(request, name, error=nothing, told=form, offers=found[:OFFERS])
    remove = "remove" in form
    return _change(request, form, "relate", lambda _case, claim: judging.related(claim, how, to, remove=remove))


def _change(request: Request, form: dict[str, str], what: str, make: Make) -> Response:
    name, sha256, desk = request.path_params["name"], form.get("sha", ""), desk_of(request)
    try:
        if "write" in form:
            write(desk, name, sha256, make)
            return RedirectResponse(f"/claims/record/{name}?done={what}", 303)
        before, after = preview(desk.case(), name, sha256, make)
    except ChangedMeanwhile as error:
        return _refused(request, form, what, make, error)
    except DatelineError as error:
        claim_of(desk.case(), name)
        return claim_page(request, name, error=error, told=form)
    index = index_of(request)
    claim = claim_of(index.case, name)
    return respond(
        request,
        "claims/change.html.j2",
        title=f"{ABOUT[what]} of {name}",
        action=f"/claims/record/{name}/{what}",
        back=f"/claims/record/{name}",
        files=[(index.case.paths[name], _shown(index.curtain, claim, before, after))],
        hidden={key: text for key, text in form.items() if key != "write"},
        notes=(),
    )


def _shown(curtain: Curtain, claim: Claim, before: str, after: str) -> list[Line]:
    return [Line(line.sign, curtain.line(claim, line.text)) for line in lines_of(before, after)]


def _refused(request: Request, form: dict[str, str], what: str, make: Make, error: ChangedMeanwhile) -> Response:
    """Somebody was first: what they changed since this page was loaded, and what was about to be written."""
    index, name = index_of(request), request.path_params["name"]
    claim = claim_of(index.case, name)
    was = memory_of(request).texts.get(form.get("sha", ""))
    now = (index.case.root / index.case.paths[name]).read_text(encoding="utf-8-sig")
    mine: list[Line] = []
    try:
        before, after = preview(index.case, name, index.case.files[index.case.paths[name]], make)
        mine = _shown(index.curtain, claim, before, after)
    except DatelineError:
        mine = []  # it would be refused on the new text too; the error above says enough
    return respond(
        request,
        "claims/conflict.html.j2",
        status=409,
        error=error,
        name=name,
        what=ABOUT[what],
        theirs=None if was is None else _shown(index.curtain, claim, was, now),
        mine=mine,
        told={key: text for key, text in form.items() if key in {"why", "to", "how", "agrees"}},
    )
