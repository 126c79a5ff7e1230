"""Where, when, whether altered, what it shows: how far the evidence carries each, and what would carry it further."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from dateline.core.errors import Refusal
from dateline.ledger.claim import Claim
from dateline.ledger.finding import Finding, Note
from dateline.ledger.head import Share
from dateline.ledger.items import ItemRecord
from dateline.ledger.media_item import MediaItem
from dateline.ledger.source import Source
from dateline.ledger.verification import APPEARANCE, AXES, LADDERS, Axis
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.four_axes.ground import Ground, Spot
from dateline.methods.four_axes.ladder import Position, position
from dateline.methods.four_axes.relations import related
from dateline.methods.four_axes.shown import Shown, shown_in
from dateline.methods.four_axes.words import sentence

CARD = read_card(Path(__file__).parent / "card.md")
T = TypeVar("T")


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:  # noqa: ARG001 - no chance in it
    """The position of a media item on four axes [rungs of a ladder]: the lower of what evidence carries and people set.

    inputs: `media`, one record; with it what its steps and relations cite (`related`, `findings`, `claims`, `items`,
    `sites`, `background`, `speakers`, `sharing`). Values: `location`, `time`, `authenticity`, `depiction` (position,
    carried, set, statement, grounds, needed, steps), `origins`, `marks`, `relations`. Estimates: `distance-ID` [km].
    Pixels on a mark: Johnson 1958; independent features and two people: Berkeley Protocol 2020.
    """
    ground = _ground(inputs)
    _check_looks(ground.media)
    positions = {axis: position(axis, ground) for axis in AXES}
    shown = shown_in(ground)
    distances, relations, clashes = related(ground)
    said = {axis: sentence(CARD, positions[axis], ground, shown) for axis in AXES}
    result = _result(positions)
    told = {axis: said[axis].en for axis in AXES}
    return Outcome(
        result=result,
        statement=say(CARD, _KEYS[result], title=ground.media.title, **told),
        reasons=tuple(_reasons(positions)),
        needed=tuple(f"{axis}: {text}" for axis in AXES for text in positions[axis].carried.needed),
        estimates=distances,
        values={
            **{axis: _value(positions[axis], ground, said[axis].model_dump()) for axis in AXES},
            "origins": {"kind": "range", "min": shown.origins.minimum, "max": shown.origins.maximum},
            "marks": [_mark(mark) for mark in ground.media.marks],
            "relations": relations,
        },
        caveats=(*_caveats(positions, shown, ground), *clashes),
    )


_KEYS = {
    "on every axis": "on-every-axis",
    "on some axes": "on-some-axes",
    "against": "against",
    "cannot tell": "cannot-tell",
}


def _result(positions: dict[Axis, Position]) -> str:
    if any(one.state not in LADDERS[axis] and one.state != "cannot_be_located" for axis, one in positions.items()):
        return "against"
    heights = [LADDERS[axis].index(one.state) if one.state in LADDERS[axis] else 0 for axis, one in positions.items()]
    tops = [len(LADDERS[axis]) - 1 for axis in positions]
    if heights == tops:
        return "on every axis"
    return "on some axes" if any(heights) else "cannot tell"


def _ground(inputs: Inputs) -> Ground:
    media = inputs.maybe("media", MediaItem)
    if media is None:
        raise Refusal(
            "There is no media item to check.", saw="no record", do="Name one: media = [ID].", code="no-media"
        )
    return Ground(
        media=media,
        related=_by_id(inputs.many("related", MediaItem)),
        findings=_by_id(inputs.many("findings", Finding)),
        claims=_by_id(inputs.many("claims", Claim)),
        background=_by_id(inputs.many("background", Claim)),
        items=_by_id(inputs.many("items", ItemRecord)),
        spots=_by_id(inputs.many("sites", Spot)),
        sources=_by_id(inputs.many("speakers", Source)),
        sharing=inputs.many("sharing", Share),
    )


def _by_id(values: Iterable[T]) -> dict[str, T]:
    return {str(getattr(value, "id")): value for value in values}  # noqa: B009 - each kind of record has one


def _check_looks(media: MediaItem) -> None:
    """Raises Refusal `appearance` for a step above the ground that rests on looks alone; the ledger refuses it too."""
    for step in media.depiction:
        if step.rank > 0 and step.basis and set(step.basis) == {"appearance"}:
            raise Refusal(
                f"{APPEARANCE[0].upper()}{APPEARANCE[1:]}.",
                saw=f"{media.id}: depiction {step.state}, basis appearance",
                do="Rest it on speech, text, equipment, documents or witnesses, or leave it at attributed.",
                code="appearance",
            )


def _value(found: Position, ground: Ground, statement: dict[str, Any]) -> dict[str, Any]:
    steps = ground.media.steps(found.axis)
    when = found.carried.when
    return {
        "position": found.state,
        "carried": found.carried.rung,
        "set": found.set_,
        "statement": statement,
        "grounds": list(found.carried.grounds),
        "needed": list(found.carried.needed),
        **(
            {"when": {"kind": "when", "sets": [when.edtf().split("/") if "/" in when.edtf() else [when.edtf()] * 2]}}
            if when
            else {}
        ),
        "steps": [
            {
                "state": step.state,
                "by": ground.called(step.by),
                "reviewer": ground.called(step.reviewer),
                "blind": step.blind,
                "date": None if step.date is None else step.date.isoformat(),
                "why": step.why,
                "method": step.method,
                "evidence": [*step.evidence, *step.findings, *step.claims, *step.against],
            }
            for step in steps
        ],
    }


def _mark(mark: Any) -> dict[str, Any]:
    return {
        "id": mark.id,
        "what": mark.what,
        "task": mark.task,
        "pixels": mark.pixels,
        "could_be_seen": mark.could_be_seen,
    }


def _reasons(positions: dict[Axis, Position]) -> Iterator[Note]:
    for axis, found in positions.items():
        carried = "; ".join(found.carried.grounds) or "nothing"
        yield Note(code=axis, text=f"{_rung(found.carried.rung)} is what the evidence carries: {carried}.")


def _rung(state: str) -> str:
    return state.replace("_", " ")


def _caveats(positions: dict[Axis, Position], shown: Shown, ground: Ground) -> Iterator[Note]:
    for axis, found in positions.items():
        if found.is_raised:
            text = f"{axis}: set to {_rung(found.set_ or '')}, which the evidence does not carry: {_rung(found.state)}."
            yield Note(code="set-higher", text=text)
        elif found.is_lowered:
            text = (
                f"{axis}: the evidence carries {_rung(found.carried.rung)}; people lowered it to {_rung(found.state)}."
            )
            yield Note(code="lowered", text=text)
        if found.carried.clash:
            yield Note(
                code="times-clash", text=f"Evidence of the time excludes itself: {'; '.join(found.carried.grounds)}."
            )
        high = [step for step in ground.media.steps(axis) if step.rank > 1 and step.by]
        if high and not any(step.reviewer for step in high) and found.state in LADDERS[axis][2:]:
            yield Note(code="one-person", text=f"{axis}: nobody looked a second time.")
        against = [name for step in ground.media.steps(axis) for name in step.against]
        if against:
            text = f"{axis}: said otherwise, or not confirmed, in {', '.join(dict.fromkeys(against))}."
            yield Note(code="said-otherwise", text=text)
        yield from _astray(axis, ground)
    yield from (Note(code=code, text=text) for code, text in shown.left_out)


def _astray(axis: Axis, ground: Ground) -> Iterator[Note]:
    """Findings that an axis cites and that are about another picture, or of another place."""
    for name in dict.fromkeys(name for step in ground.standing(axis) for name in step.findings):
        finding = ground.findings.get(name)
        if finding is not None and ground.is_of_another(finding):
            yield Note(code="another-item", text=f"{axis}: {name} is about another picture or file; it was left out.")
        elif finding is not None and axis == "location" and ground.is_elsewhere(finding):
            text = f"{name} puts the camera elsewhere than the place named, beyond all errors; it was left out."
            yield Note(code="camera-elsewhere", text=text)


__all__ = ["CARD", "Ground", "Spot", "run"]
