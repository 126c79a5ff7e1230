"""Places in order of what was measured at each, with intervals drawn; those without an answer stand apart, unranked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from markupsafe import Markup
from pydantic import Field

from dateline.core.errors import InputError
from dateline.core.estimate import Estimate
from dateline.ledger.finding import PlaceAnswer
from dateline.ledger.record import Many, Text
from dateline.story.block import BlockModel, FindingId, Prose
from dateline.story.chart import Scale
from dateline.story.geodata import feature_collection
from dateline.story.page import Page
from dateline.story.reading import CANNOT_TELL, REFUSED
from dateline.story.spots import spots

WIDTH = 300.0


class Model(BlockModel):
    """The body of a :::ranked block."""

    is_figure: ClassVar[bool] = True

    finding: FindingId
    estimate: Text = Field(default="ratio", description="name of the estimate that orders the places")
    change: bool = Field(default=True, description="tell a ratio as change in per cent")
    order: Literal["rising", "falling"] = Field(
        default="rising", description="rising: the greatest rise comes first; falling: the greatest fall"
    )
    most: int = Field(default=16, ge=1, description="how many places stand open; the table of all folds away")
    places: Many[Text] = Field(default=(), description="ids of the places to show; all of the finding's when absent")
    title: Prose
    caption: Prose


@dataclass(frozen=True, slots=True)
class Row:
    """One place."""

    name: str
    link: Markup
    answer: PlaceAnswer
    interval: str
    bar: tuple[float, float, float] | None
    n: int | None
    q: str


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """Ranked rows, unranked ones, and the point of no change. Raises InputError (code "ranked")."""
    finding = page.finding(block.finding)
    answers = {name: answer for name, answer in finding.places.items() if not block.places or name in block.places}
    told = {
        name: _told(block, answer) for name, answer in answers.items() if answer.result not in {REFUSED, CANNOT_TELL}
    }
    known = {name: estimate for name, estimate in told.items() if estimate is not None}
    if not answers:
        raise InputError(
            f"{block.finding} has no places to rank.",
            saw=f"places: {', '.join(finding.places) or 'none'}",
            do="Name a finding over several places, and places that are in it.",
            code="ranked",
        )
    scale, still = _scale(list(known.values()), block)
    ordered = sorted(known, key=lambda name: known[name].best, reverse=block.order == "rising")
    rest = sorted(set(answers) - set(known), key=lambda name: page.name(name, answers[name]))
    number = page.next_figure()
    shown = spots(page, tuple(answers), finding, block.estimate, change=block.change).drawn
    if shown:
        page.geodata[number] = feature_collection(page, shown, finding)
    return {
        "number": number,
        "finding": finding,
        "most": block.most,
        "ranked": [_row(block, page, name, known[name], scale) for name in ordered],
        "rest": [(page.name(name, answers[name]), answers[name]) for name in rest],
        "still": scale(still),
        "still_words": page.language.with_unit(page.language.count(still), "%" if block.change else "1"),
        "level": page.language.level(next(iter(known.values())).level) if known else "",
        "has_q": any("q" in answer.values for answer in answers.values()),
    }


def _told(block: Model, answer: PlaceAnswer) -> Estimate | None:
    estimate = answer.estimates.get(block.estimate)
    return estimate.as_change() if estimate is not None and block.change and estimate.unit == "1" else estimate


def _scale(known: list[Estimate], block: Model) -> tuple[Scale, float]:
    still = 0.0 if block.change or not known or known[0].unit != "1" else 1.0
    ends = [end for each in known for end in (each.low, each.best, each.high) if end is not None]
    low, high = min([still, *ends]), max([still, *ends])
    pad = 0.04 * (high - low or 1.0)
    return Scale(low - pad, high + pad, 0, WIDTH), still


def _row(block: Model, page: Page, name: str, estimate: Estimate, scale: Scale) -> Row:
    answer = page.case.finding(block.finding).places[name]
    path = f"{block.finding}.places.{name}.{block.estimate}" + (".change" if block.change else "")
    best, interval = page.language.parts(estimate)
    bar = (
        0.0 if estimate.low is None else scale(estimate.low),
        scale(estimate.best),
        WIDTH if estimate.high is None else scale(estimate.high),
    )
    q = answer.values.get("q")
    said = (
        ""
        if not isinstance(q, float)
        else page.language.count(q, 3)
        if q >= 0.0005
        else f"<{page.language.count(0.001, 3)}"
    )
    return Row(page.name(name, answer), page.link(page.look(path), best), answer, interval, bar, estimate.n, said)
