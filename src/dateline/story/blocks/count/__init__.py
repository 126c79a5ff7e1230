"""How many there are on a picture: rings, each one's number, the estimate, "they said / we counted"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from dateline.core.errors import InputError
from dateline.core.estimate import Estimate
from dateline.ledger.finding import Finding
from dateline.story.block import BlockModel, FindingId, Prose
from dateline.story.chart import Scale
from dateline.story.page import Page
from dateline.story.panel import panel
from dateline.story.picture_spec import PictureSpec

WIDTH = 300.0
DESK_ONLY = "estimate only"
"""The result that must not be published."""
SAID_BESIDE = frozenset({"ground", "own-look"})
"""Notes of the finding that a reader of the picture needs: metres, and whether we have an image of our own."""


class Model(BlockModel):
    """The body of a :::count block."""

    is_figure: ClassVar[bool] = True

    finding: FindingId = Field(description="id of a finding of the method counting")
    title: Prose
    caption: Prose
    picture: PictureSpec | None = Field(
        default=None, description="the ringed picture: the finding's artifact `rings`, or another"
    )


@dataclass(frozen=True, slots=True)
class Counter:
    """One who marked. ring: which of the ring styles; marks, recall and false marks in words."""

    name: str
    ring: int
    marks: str
    found: str
    false: str


@dataclass(frozen=True, slots=True)
class Number:
    """One row of the comparison. left, right: ends on the scale, None for an open one; at: the best value."""

    who: str
    text: str
    ours: bool
    left: float
    right: float
    at: float | None
    agreement: str = ""


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """Counters, the estimate, and what others said. Raises InputError (code `count`) for another method's finding, and
    for an estimate that is for the desk only."""
    finding = page.finding(block.finding)
    if finding.method != "counting" or finding.result == DESK_ONLY:
        raise InputError(
            f"{block.finding} cannot stand in a :::count block.",
            saw=f"method {finding.method}, result “{finding.result}”",
            do="Name a finding of counting; one for the desk only needs more checked tiles first.",
            code="count",
        )
    number = page.next_figure()
    estimate = finding.estimates.get("count")
    return {
        "number": number,
        "finding": finding,
        "shown": None if block.picture is None else panel(page, f"count-{number}", block.picture),
        "counters": _counters(finding, page),
        "numbers": _numbers(block.finding, finding, estimate, page),
        "level": "" if estimate is None else page.language.level(estimate.level),
        "marked": finding.values.get("they_marked", []),
        "notes": [note.text for note in (*finding.reasons, *finding.caveats) if note.code in SAID_BESIDE],
    }


def _counters(finding: Finding, page: Page) -> list[Counter]:
    made = []
    for ring, (name, record) in enumerate(finding.values.get("people", {}).items()):
        checked = record.get("of") or 0
        marked = record.get("of_marks") or 0
        count = page.language.count
        made.append(
            Counter(
                name=name,
                ring=ring % 7,
                marks=count(record["marks"]),
                found=page.word("count.found", n=count(record["found"]), of=count(checked)) if checked else "",
                false=page.word("count.false", n=count(record["false"]), of=count(marked)) if marked else "",
            )
        )
    return made


def _numbers(name: str, finding: Finding, estimate: Estimate | None, page: Page) -> list[Number]:
    """Ours first, then the others', on one scale from 0."""
    said = finding.values.get("they_said", [])
    ends = [row[end] for row in said for end in ("low", "high") if row[end] is not None]
    ends += [] if estimate is None else [e for e in (estimate.best, estimate.low, estimate.high) if e is not None]
    if not ends:
        return []
    scale = Scale(0.0, 1.15 * max(ends), 0.0, WIDTH)
    rows = []
    if estimate is not None:
        best, interval = page.language.parts(estimate)
        text = page.link(page.look(f"{name}.count"), best)
        rows.append(
            Number(
                who=page.word("count.we"), text=text + f" ({interval})", ours=True,
                left=scale(estimate.low or 0.0),
                right=WIDTH if estimate.high is None else scale(estimate.high), at=scale(estimate.best),
            )
        )  # fmt: skip
    for row in said:
        low, high = row["low"], row["high"]
        point = low is not None and low == high
        rows.append(
            Number(
                who=page.word("count.they", who=row["by"]), text=row["text"], ours=False,
                left=0.0 if low is None else scale(low), right=WIDTH if high is None else scale(high),
                at=scale(low) if point else None, agreement=page.word(f"count.{row['agreement'].replace(' ', '_')}"),
            )
        )  # fmt: skip
    return rows
