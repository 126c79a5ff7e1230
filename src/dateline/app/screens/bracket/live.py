"""What the looks mean so far: the method's own answer, and its picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dateline.app import asking
from dateline.app.asking import ask_live, measure_of
from dateline.app.screens.bracket.looks import plain, with_only
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.ledger.measure import Measure
from dateline.ledger.observation import Observation
from dateline.story.blocks.bracket.draw import Look, Times, draw
from dateline.story.language import language

FORM = ("object", "narrow", "shape")
"""What a form says of the thing, by the names of the parameters."""
KINDS = ("present", "absent", "not_discernible", "obscured", "disputed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of `bracketing`. thing: words for the sentence; narrow: its narrow side [m]; line: it is long."""

    place: str
    question: str
    people: tuple[str, ...]
    thing: str = ""
    narrow: float | None = None
    line: bool = False
    tests: tuple[str, ...] = ()
    """Ids of findings of `visibility`."""

    def measure(self, name: str) -> Measure:
        """The measure of a case that asks this."""
        told = {
            "asked": self.question,
            "object": self.thing or None,
            "narrow": self.narrow,
            "shape": "line" if self.line else None,
        }
        inputs: dict[str, dict[str, Any]] = {"looks": {"places": [self.place], "observations": list(self.people)}}
        if self.tests:
            inputs["visibility"] = {"findings": list(self.tests)}
        parameters = {key: value for key, value in told.items() if value is not None}
        return measure_of(name, "bracketing", inputs=inputs, parameters=parameters, question=self.question)


def said_before(case: Case, place: str, question: str) -> dict[str, str]:
    """What a measure of the case says of the thing that this question is about: object, narrow, shape, as a form."""
    for measure in case.measures.values():
        told = measure.parameters
        places = {name for selector in measure.inputs.get("looks", ()) for name in selector.places}
        if measure.method == "bracketing" and place in places and plain(str(told.get("asked", ""))) == plain(question):
            return {key: str(told[key]) for key in FORM if key in told}
    return {}


def answer(case: Case, asked: Asked, looks: Mapping[str, Observation]) -> Finding:
    """The finding from these looks alone, kept nowhere."""
    return ask_live(with_only(case, looks), asked.measure("bracket-live"))


def as_json(finding: Finding, *, size: str) -> dict[str, Any]:
    """The finding for a page. size: of the picture, wide or narrow."""
    return {
        **asking.as_json(finding),
        "bracket": bracket_said(finding),
        "width": finding.values.get("width"),
        "rows": rows(finding),
        "chart": chart(finding, size),
    }


def bracket_said(finding: Finding) -> str | None:
    """Absent until, present from: so it lies in (L, U]. None without a side."""
    sets = finding.values.get("appeared", {}).get("sets", [])
    if finding.result in asking.WEAK or not sets:
        return None
    after, by = (None if end is None else _short(end) for end in sets[0])
    if after is not None and by is not None:
        return f"Absent until {after}, present from {by}: so it came in ({after}, {by}]."
    if by is not None:
        return f"Present from {by}; no image that could show it is without it: so it came in (…, {by}]."
    return f"Absent until {after}; no image that counts shows it: if it came, then in ({after}, …)."


def _short(end: str) -> str:
    """2024-10-04, or 2024-10-04 10:04 UTC."""
    return end if "T" not in end else f"{datetime.fromisoformat(end).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def rows(finding: Finding) -> list[dict[str, Any]]:
    """One row an image: what it stands for, whether it counts, and why not."""
    found = [] if finding.series is None else finding.series.rows
    keys = ("image", "taken", "sensor", "gsd", "pixels", "answer", "said", "counts", "grade", "detection", "why")
    return [{key: row.get(key) for key in (*keys, "measured", "without")} for row in found]


def chart(finding: Finding, size: str) -> dict[str, Any] | None:
    """The geometry of the timeline [px], as the page of a story draws it. None where no image has a time."""
    looks = [_look(row) for row in (finding.series.rows if finding.series else [])]
    if not looks:
        return None
    spans = [times for key in ("appeared", "gone") if (times := _times(finding, key)) is not None]
    drawn = draw(looks, spans, size=size, language=language("en"))
    counts = Counter(look.kind for look in looks)
    return {
        "width": drawn.width,
        "height": drawn.height,
        "letters": drawn.letters,
        "bottom": drawn.bottom,
        "left": drawn.left,
        "right": drawn.right,
        "ticks": [list(tick) for tick in drawn.ticks],
        "bands": [
            {"x": band.x, "width": band.width, "open_left": band.open_left, "open_right": band.open_right}
            for band in drawn.bands
        ],
        "lanes": [
            {"words": _lane(lane.sensor, lane.gsd), "y": lane.y, "marks": [_mark(mark) for mark in lane.marks]}
            for lane in drawn.lanes
        ],
        "legend": [[kind, counts[kind]] for kind in KINDS if counts[kind]],
    }


def _mark(mark: Any) -> dict[str, Any]:
    look: Look = mark.look
    words = look.kind.replace("_", " ")
    why = f": {look.why}" if look.why else ""
    return {
        "x": mark.x, "y": mark.y, "ends": mark.ends, "kind": look.kind, "counts": look.counts,
        "title": f"{look.image}, {look.taken}: {words}{why}",
    }  # fmt: skip


def _lane(sensor: str, gsd: float | None) -> str:
    return f"{sensor or 'sensor not given'}, {'no ground distance' if gsd is None else f'{gsd:.3g} m'}"


def _look(row: Mapping[str, Any]) -> Look:
    return Look(
        image=str(row["image"]),
        start=datetime.fromisoformat(str(row["start"])).astimezone(UTC),
        end=datetime.fromisoformat(str(row["end"])).astimezone(UTC),
        sensor=str(row.get("sensor") or ""),
        gsd=None if row.get("gsd") is None else float(row["gsd"]),
        kind=str(row["answer"]).replace(" ", "_"),
        counts=bool(row.get("counts")),
        why=str(row.get("why") or ""),
        without=str(row.get("without") or ""),
        taken=str(row.get("taken") or row["start"]),
    )


def _times(finding: Finding, key: str) -> Times | None:
    """A bracket of the finding as moments; plain days become their first and last second."""
    sets: Sequence[Sequence[str | None]] = finding.values.get(key, {}).get("sets", [])
    if not sets:
        return None
    return _moment(sets[0][0], "00:00:00"), _moment(sets[0][1], "23:59:59")


def _moment(text: str | None, at: str) -> datetime | None:
    if text is None:
        return None
    return datetime.fromisoformat(text if "T" in text else f"{text}T{at}+00:00").astimezone(UTC)
