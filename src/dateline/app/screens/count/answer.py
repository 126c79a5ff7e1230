"""What the submitted counts of one thing on one picture mean: the question to `counting`, and who marked what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dateline.app.asking import measure_of, try_live
from dateline.app.screens.count.plan import grid
from dateline.app.screens.count.sittings import Sitting, of_one, people, sittings
from dateline.core.identity import digest
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.ledger.measure import Measure
from dateline.ledger.observation import Observation
from dateline.ledger.observed import answered
from dateline.methods import catalogue

ALONE = 1.0
"""[px] Reach of a mark where no gate could be told: as the method has it."""
DRAWN = ("not stated", "random", "systematic", "chosen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody chose beside the picture and the question. claims, checked, issuer: ids of records and of archived
    files of marks; said, said_by: a number of somebody else in their words; plots: whose random tiles stand for the
    whole, where only some were drawn.
    """

    item: str
    question: str
    claims: tuple[str, ...] = ()
    checked: str | None = None
    issuer: str | None = None
    drawn: str | None = None
    said: str | None = None
    said_by: str | None = None
    plots: str | None = None


def measure_for(case: Case, asked: Asked, *, size: tuple[int, int], name: str | None = None) -> Measure:
    """The measure that this asks; the same that `dateline measure` would run. size: of the picture [px].

    Tiles that were drawn at random stand for the whole by expansion: they are plots, of one person. Otherwise everybody
    who submitted is among `marks`, and who checked against a closer look is under `checked`.
    """
    counters, checkers = people(case, item=asked.item, question=asked.question)
    mine = of_one(sittings(case), item=asked.item, question=asked.question)
    inputs: dict[str, Any] = {"image": {"items": [asked.item]}}
    parameters: dict[str, Any] = {"what": asked.question}
    sampled = {one.by: one for one in mine if one.ended and one.plan.sample is not None}
    if counters and set(counters) <= set(sampled):
        plots = plot_people(case, asked)
        who = asked.plots if asked.plots in plots else plots[0]
        inputs["checked"] = _observed([who], asked.question)
        side = sampled[who].plan.side
        assert side is not None
        every, out, of = len(grid(*size, side)), *unseen(case, asked, [who])
        parameters |= {"tiles": max(round(every * (of - out) / of), of - out) if of > out else every, "drawn": "random"}
        parameters |= _hidden(out, of, f"the number is of the part that could be seen, about {parameters['tiles']} of "
                              f"{every} tiles")  # fmt: skip
    else:
        inputs["marks"] = _observed(counters, asked.question)
        parameters |= _hidden(*unseen(case, asked, counters), "what may be there is in no number")
        if checkers or asked.checked:
            inputs["checked"] = _checked(checkers, asked)
            parameters["drawn"] = asked.drawn or drawn_by(mine, checkers, asked)
    if asked.issuer:
        inputs["issuer"] = {"items": [asked.issuer]}
    if asked.claims:
        inputs["claims"] = {"claims": list(asked.claims)}
    if asked.said:
        parameters |= {"said": asked.said} | ({"said_by": asked.said_by} if asked.said_by else {})
    about = f"How many {asked.question} are there on {asked.item}?"
    return measure_of(
        usual_name(asked) if name is None else name, "counting", inputs=inputs, parameters=parameters, question=about
    )


def unseen(case: Case, asked: Asked, who: Sequence[str]) -> tuple[int, int]:
    """On how many tiles one of these people could not tell, and how many they looked at."""
    marks = [
        mark
        for mark in answered(case.observations).values()
        if mark.by in who and (mark.item, mark.question) == (asked.item, asked.question) and mark.tile is not None
    ]
    out = {mark.tile for mark in marks if mark.state in {"not_discernible", "obscured"}}
    return len(out), len({mark.tile for mark in marks})


def _hidden(out: int, of: int, so: str) -> dict[str, str]:
    """What the sentence says of tiles that could not be judged, beside what it always says; nothing without any."""
    always = catalogue.card("counting").front.parameters["hidden"].default
    return {"hidden": f"On {out} of {of} tiles it could not be told: {so}. {always}"} if out else {}


def _observed(who: Sequence[str], question: str) -> dict[str, Any]:
    return {"observations": list(who), "question": question}


def _checked(checkers: Sequence[str], asked: Asked) -> list[dict[str, Any]]:
    return ([_observed(checkers, asked.question)] if checkers else []) + (
        [{"items": [asked.checked]}] if asked.checked else []
    )


def plot_people(case: Case, asked: Asked) -> tuple[str, ...]:
    """Whose random tiles may stand for the whole: who checked them first, then the others, by name."""
    counters, checkers = people(case, item=asked.item, question=asked.question)
    mine = of_one(sittings(case), item=asked.item, question=asked.question)
    drew = {one.by for one in mine if one.ended and one.plan.sample is not None}
    return tuple(dict.fromkeys(who for who in (*checkers, *counters) if who in drew))


def drawn_by(mine: Sequence[Sitting], checkers: Sequence[str], asked: Asked) -> str:
    """How the checked tiles were drawn, where this program drew all of them."""
    plans = [one.plan for one in mine if one.ended and one.plan.checked]
    ours = len(plans) >= len(checkers) > 0 and not asked.checked
    return "random" if ours and all(plan.side is not None for plan in plans) else "not stated"


def usual_name(asked: Asked) -> str:
    """An id for the measure: from the picture, and from the question as far as an id can spell it."""
    words = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in asked.question.lower()).split())
    return f"count-{asked.item[:60]}-{words[:40] or digest(asked.question)[:8]}"


def rates(case: Case, asked: Asked, finding: Finding | None) -> Mapping[str, Any]:
    """Of each person what the method says of their marks on checked tiles; nothing where nobody checked.

    Tiles that stand for the whole are plots, which the method compares with nobody: it is asked once more, with the
    counts beside the checks.
    """
    if finding is None or "people" in finding.values:
        return {} if finding is None else finding.values["people"]
    counters, checkers = people(case, item=asked.item, question=asked.question)
    if not counters or not checkers:
        return {}
    inputs: dict[str, Any] = {
        "marks": _observed(counters, asked.question),
        "checked": _checked(checkers, asked),
        "image": {"items": [asked.item]},
    }
    beside, _ = try_live(case, measure_of("rates", "counting", inputs=inputs))
    return {} if beside is None else beside.values.get("people", {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """What may be one object: mean column and row [px], in which part, and who marked it."""

    x: float
    y: float
    tile: str | None
    who: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """For a script."""
        return {"x": round(self.x, 2), "y": round(self.y, 2), "tile": self.tile, "who": list(self.who)}


def spots(marks: Mapping[str, Observation], *, gate: float | None = None) -> tuple[tuple[Spot, ...], float]:
    """Everybody's marks joined as the method joins them, part by part, and the gate that did it [px].

    marks: submitted counts of one question on one picture. gate: the method's, where it told one [px].
    """
    import numpy as np

    from dateline.methods.counting.matching import cluster, gate_of

    names = sorted({mark.by for mark in marks.values()})
    parts: dict[str | None, dict[str, list[tuple[float, float]]]] = {}
    for mark in marks.values():
        parts.setdefault(mark.tile, {}).setdefault(mark.by, []).extend(mark.points)
    points = {
        tile: [np.array(given.get(name, []), dtype=np.float64).reshape(-1, 2) for name in names]
        for tile, given in parts.items()
    }
    told = None if gate is not None else gate_of(list(points.values()))
    reach = gate if gate is not None else ALONE if told is None else told.distance
    found: list[Spot] = []
    for tile, given in sorted(points.items(), key=lambda one: one[0] or ""):
        made = cluster(given, reach)
        for (x, y), seen in zip(made.points.tolist(), made.seen.tolist(), strict=True):
            who = tuple(name for name, did in zip(names, seen, strict=True) if did)
            found.append(Spot(x=x, y=y, tile=tile, who=who))
    return tuple(found), reach


def submitted(case: Case, *, item: str, question: str) -> dict[str, Observation]:
    """Marks of counts that were submitted, without checks against a closer look."""
    return {
        name: mark
        for name, mark in answered(case.observations).items()
        if (mark.item, mark.question) == (item, question) and not mark.checked and mark.state in {"present", "absent"}
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One row of the table: how much somebody marked, how much of it others marked too, and what a check says."""

    name: str
    marks: int
    shared: int
    alone: int
    independent: bool
    found: int | None = None
    of: int | None = None
    false: int | None = None
    of_marks: int | None = None


def rows(marks: Mapping[str, Observation], found: Sequence[Spot], told: Mapping[str, Any]) -> tuple[Person, ...]:
    """A row for each who submitted. told: the method's own rates on checked tiles, by person."""
    made = []
    for name in sorted({mark.by for mark in marks.values()}):
        own = [mark for mark in marks.values() if mark.by == name]
        mine = [spot for spot in found if name in spot.who]
        record = told.get(name, {})
        made.append(
            Person(
                name=name,
                marks=sum(len(mark.points) for mark in own),
                shared=sum(len(spot.who) > 1 for spot in mine),
                alone=sum(len(spot.who) == 1 for spot in mine),
                independent=all(mark.independent for mark in own),
                **{key: record.get(key) for key in ("found", "of", "false", "of_marks")},
            )
        )
    return tuple(made)
