"""A new claim: the form, its readings while somebody types, what would be written, and the writing."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dateline.app.desk import desk_of, person
from dateline.app.page import respond
from dateline.app.screens.claims.answers import (
    FORM,
    GROUPS,
    UNIT,
    Answers,
    Made,
    New,
    answers_of,
    faulted,
    live,
    make,
    pasted,
    proposed,
    write_claim,
)
from dateline.app.screens.claims.changes import Line
from dateline.app.screens.claims.curtain import spelt_out
from dateline.app.screens.claims.index import index_of
from dateline.app.screens.claims.words import HEDGES, KINDS, STANCES
from dateline.core.errors import RecordError, RecordFault
from dateline.ledger.compose.form import form_of

KINDS_OF_SOURCE = form_of("source").choices(form_of("source").field("type") or UNIT)
WORDS = {"quantity_kind": KINDS, "hedge_class": HEDGES, "stance": STANCES}


def show_form(request: Request) -> Response:
    """GET: the empty form; ?retells=ID, ?speaker=ID fill in what is known already."""
    known = {key: request.query_params.get(key, "")[:200] for key in ("retells", "supersedes", "denies", "qualifies")}
    return _form(request, {key: text for key, text in known.items() if text}, None)


def read_answers(request: Request, form: dict[str, str]) -> Response:
    """POST: every reading of what was typed so far, and what is wrong with it. Nothing is written."""
    index = index_of(request, fresh=False)
    return JSONResponse(live(make(index.case, index.curtain, answers_of(form), person(request))))


def add_claim(request: Request, form: dict[str, str]) -> Response:
    """POST: what would be written; with {write, shown} writes it; with {fill} takes pasted lines into the form."""
    if "fill" in form:
        values, faults = pasted(form.get("paste", ""))
        return _form(request, {**form, **values}, None, faults=faults)
    answers, who = answers_of(form), person(request)
    desk = desk_of(request)
    index = index_of(request)
    made = make(index.case, index.curtain, answers, who)
    if "again" in form:
        return _form(request, form, made)
    new: New | None = None
    try:
        if made.is_whole and "write" in form:
            name, made, new = write_claim(desk, answers, who, form.get("shown", ""))
            if name is not None:
                return RedirectResponse(f"/claims/record/{name}?done=new", 303)
        elif made.is_whole:
            new = proposed(index.case, made, answers.units)
    except RecordError as error:
        made = faulted(made, error)
    return _form(request, form, made) if new is None else _preview(request, form, answers, new)


def _preview(request: Request, form: dict[str, str], answers: Answers, new: New) -> Response:
    hidden = {key: text for key, text in form.items() if key not in {"write", "shown", "paste"}}
    notes = [*new.changes.notes]
    if "write" in form:
        notes.append("The case changed meanwhile: this is what would be written now.")
    return respond(
        request,
        "claims/change.html.j2",
        title="A new claim",
        action="/claims/new",
        back=None,
        files=[(name, [Line(line.sign, spelt_out(line.text)) for line in lines]) for name, lines in new.files],
        hidden={**hidden, "shown": new.sha256, **{f"choose.{key}": text for key, text in answers.chosen.items()}},
        notes=notes,
    )


def _form(
    request: Request, values: dict[str, str], made: Made | None, *, faults: tuple[RecordFault, ...] = ()
) -> Response:
    index = index_of(request)
    wrong = (*faults, *(made.faults if made else ()))
    asked = {key for _, _, keys in GROUPS for key in keys}
    return respond(
        request,
        "claims/new.html.j2",
        status=400 if wrong else 200,
        groups=[(title, about, [_question(key) for key in keys]) for title, about, keys in GROUPS],
        values={key: text for key, text in values.items() if text.strip()},
        open_keys=_open(made),
        chosen={key.removeprefix("choose."): text for key, text in values.items() if key.startswith("choose.")},
        offers=made.offers if made else {},
        hedges=made.hedges if made else (),
        faults={fault.key: [one for one in wrong if one.key == fault.key] for fault in wrong},
        others=[fault for fault in wrong if fault.key not in asked],
        sources=[(one.id, one.name()) for one in index.case.sources.values() if one.id not in index.curtain.hidden],
        items=[(name, item.name) for name, item in index.case.items.items()],
    )


def _open(made: Made | None) -> list[str]:
    """Keys whose reading is still to be chosen."""
    return [question.key for question in made.composed.questions] if made else []


def _question(key: str) -> dict[str, Any]:
    question = (FORM.field(key) if key != UNIT.key else None) or UNIT
    choices = KINDS_OF_SOURCE if key == "speaker_type" else FORM.choices(question) if question.path else ()
    words = WORDS.get(key, {})
    return {
        "key": question.key,
        "help": question.help,
        "example": question.example,
        "required": question.required,
        "long": question.way in {"long", "citations"} or key == "statement",
        "radio": key in {"quantity_kind"},
        "choices": [(one, words.get(one, one.replace("_", " "))) for one in choices],
    }
