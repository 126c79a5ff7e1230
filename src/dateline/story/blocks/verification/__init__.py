"""What could be checked of a picture or clip: four axes, each with its step, who looked, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from markupsafe import Markup
from pydantic import Field

from dateline.ledger.finding import Statement
from dateline.ledger.verification import AXES, LADDERS, Axis
from dateline.story.block import BlockModel, FindingId, Prose
from dateline.story.page import Page
from dateline.story.speak import speak_statement


class Model(BlockModel):
    """The body of a :::verification block."""

    is_figure: ClassVar[bool] = True

    title: Prose
    finding: FindingId = Field(description="id of the measure that reads the four axes of one media item")
    caption: Prose = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One axis as the template prints it. `step` of `of` filled signs; `kind`: climbed, top, ground or ended."""

    axis: str
    name: str
    position: str
    kind: str
    step: int
    of: int
    told: str
    sentence: Markup
    grounds: str
    who: tuple[str, ...]
    needed: str
    note: str


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The four axes in order, and the marks in the picture."""
    finding = page.finding(block.finding)
    return {
        "number": page.next_figure(),
        "simulated": finding.simulated or page.case.head.exercise,
        "sides": [_side(axis, finding.values[axis], block.finding, page) for axis in AXES if axis in finding.values],
        "marks": list(_marks(finding.values.get("marks", ()), page)),
        "looks": any(note.code == "appearance" for note in finding.caveats),
        "how": page.link(page.look(block.finding), page.word("page.how")),
    }


def _side(axis: Axis, value: Mapping[str, Any], finding: str, page: Page) -> Side:
    ladder, position = LADDERS[axis], str(value["position"])
    step = ladder.index(position) if position in ladder else 0
    top = len(ladder) - 1
    kind = "ended" if position not in ladder else "top" if step == top else "climbed" if step else "ground"
    counted = page.word("verification.rung", n=step, of=top)
    told = Statement.model_validate(value["statement"])
    said = speak_statement(told, page.language)
    said = said[:1].upper() + said[1:]
    words = page.english(said) if said.casefold() == told.en.casefold() else said
    return Side(
        axis=axis,
        name=page.word(f"verification.axis_{axis}"),
        position=page.word(f"verification.{position}"),
        kind=kind,
        step=step,
        of=top,
        told=page.word("verification.ended") if kind == "ended" else counted,
        sentence=page.link(page.look(f"{finding}.values.{axis}.position"), words),
        grounds=page.english("; ".join(value["grounds"])) if value["grounds"] else page.word("verification.nothing"),
        who=tuple(_step(each, page) for each in value["steps"]) or (page.word("verification.nobody"),),
        needed=page.english("; ".join(value["needed"])) if value["needed"] else page.word("verification.complete"),
        note=_note(value, position, page),
    )


def _step(step: Mapping[str, Any], page: Page) -> str:
    """One step: how far it went, on which day, who took it, who looked again, and why."""
    rung = page.word(f"verification.{step['state']}")
    day = page.language.day(date.fromisoformat(step["date"])) if step["date"] else ""
    parts = (", ".join(part for part in (rung, day) if part), _who(step, page))
    told = page.word("verification.taken", step=parts[0], who=parts[1])
    return page.word("verification.because", taken=told, why=step["why"]) if step["why"] else told


def _who(step: Mapping[str, Any], page: Page) -> str:
    if not step["by"]:
        return page.word("verification.nobody")
    if not step["reviewer"]:
        return page.word("verification.alone", by=step["by"])
    key = "second_blind" if step["blind"] else "second"
    return page.word(f"verification.{key}", by=step["by"], reviewer=step["reviewer"])


def _note(value: Mapping[str, Any], position: str, page: Page) -> str:
    """Where people and evidence differ."""
    told = {key: page.word(f"verification.{value[key] or position}") for key in ("carried", "set")}
    told["position"] = page.word(f"verification.{position}")
    if value["set"] is not None and value["set"] != position:
        return page.word("verification.higher", **told)
    return page.word("verification.lowered", **told) if value["carried"] != position else ""


def _marks(marks: Any, page: Page) -> Iterator[str]:
    for mark in marks:
        if mark["pixels"] is None:
            yield page.word("verification.mark_unmeasured", what=mark["what"])
            continue
        seen = page.word(f"verification.mark_{'' if mark['could_be_seen'] else 'small_'}{mark['task']}")
        yield page.word("verification.mark", what=mark["what"], pixels=page.language.count(mark["pixels"]), seen=seen)
