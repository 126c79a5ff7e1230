"""What each image says, once everybody's answers to it are put together and weighed by what it could have shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dateline.ledger.site_look import SiteLook

Grade = Literal["capable", "marginal", "incapable", "unknown"]
"""What an observer can do: show the thing, show it now and then, hardly ever; or nothing is known of that."""
Standing = Literal["present", "absent", "not discernible", "obscured", "disputed"]

CAPABLE_PIXELS, LEAST_PIXELS = 3.0, 2.0
"""Pixels across the narrow side from which a thing is shown, and from which a dot is shown now and then."""
LEAST_LINE = 1.0
"""The same for a line, whose length helps."""
CAPABLE_RATE, LEAST_RATE = 0.9, 0.3
"""Measured detection from which an observer is capable, and from which marginal [1]."""
RATES = {"marginal": 0.5, "incapable": 0.1}
"""Detection assumed by grade where none was measured [1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How capability is judged. narrow: narrow side of the thing [m]; None: not known. line: long and thin.

    detection: assumed of a capable observer [1]; false_alarm: assumed of any [1].
    """

    narrow: float | None = None
    line: bool = False
    detection: float = 0.95
    false_alarm: float = 0.01

    def grade(self, gsd: float | None, detection: float | None) -> Grade:
        """By a measured detection where there is one, else by pixels across the narrow side (Johnson 1958)."""
        if detection is not None:
            return "capable" if detection >= CAPABLE_RATE else "marginal" if detection >= LEAST_RATE else "incapable"
        if self.narrow is None or gsd is None:
            return "unknown"
        pixels = self.narrow / gsd
        least = LEAST_LINE if self.line else LEAST_PIXELS
        return "capable" if pixels >= CAPABLE_PIXELS else "marginal" if pixels >= least else "incapable"

    def rate(self, grade: Grade, detection: float | None) -> float | None:
        """The detection that the likelihood uses [1]; None where nothing is known."""
        if detection is not None or grade == "unknown":
            return detection
        return RATES.get(grade, self.detection)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One image. answer: what it stands for; says: what was answered, where all who could tell agree.

    detection, false_alarm: of the likelihood [1]; None: not known, and then it is left out of it. said: who answered
    what. pixels: narrow side over ground sample distance [px].
    """

    image: str
    start: datetime
    end: datetime
    sensor: str | None
    gsd: float | None
    pixels: float | None
    grade: Grade
    measured: bool
    answer: Standing
    says: Literal["present", "absent"] | None
    detection: float | None
    false_alarm: float
    said: tuple[tuple[str, str], ...]
    why: str | None

    @property
    def is_capable(self) -> bool:
        """Whether its "absent" counts."""
        return self.grade == "capable"


def judge(looks: Iterable[SiteLook], rule: Rule) -> tuple[Judged, ...]:
    """One Judged for each image, in order of time. Images of one and the same time that disagree are both disputed."""
    by_image: dict[str, list[SiteLook]] = defaultdict(list)
    for look in looks:
        by_image[look.image].append(look)
    found = sorted(
        (_image(group, rule) for group in by_image.values()), key=lambda one: (one.end, one.start, one.image)
    )
    return tuple(_clashing(found))


def _image(group: Sequence[SiteLook], rule: Rule) -> Judged:
    first = group[0]
    gsd = next((look.gsd for look in group if look.gsd is not None), None)
    measured = [look.detection for look in group if look.detection is not None]
    detection = min(measured, default=None)  # where several were measured, the one that claims least
    grade = rule.grade(gsd, detection)
    alarms = [look.false_alarm for look in group if look.false_alarm is not None]
    said = tuple(dict.fromkeys((look.by, look.answer) for look in group))
    answer, says, why = _together({answer for _, answer in said}, grade, gsd)
    return Judged(
        image=first.image,
        start=min(look.start for look in group),
        end=max(look.end for look in group),
        sensor=next((look.sensor for look in group if look.sensor), None),
        gsd=gsd,
        pixels=None if rule.narrow is None or gsd is None else rule.narrow / gsd,
        grade=grade,
        measured=bool(measured),
        answer=answer,
        says=says,
        detection=rule.rate(grade, detection),
        false_alarm=max(alarms, default=rule.false_alarm),
        said=said,
        why=why or next((look.reason for look in group if look.reason), None),
    )


def _together(
    answers: set[str], grade: Grade, gsd: float | None
) -> tuple[Standing, Literal["present", "absent"] | None, str | None]:
    """What an image stands for, what it says in the likelihood, and why it does not count."""
    if {"present", "absent"} <= answers:
        return "disputed", None, "those who looked disagree"
    if "present" in answers:
        return "present", "present", None
    if "absent" in answers:
        if "not discernible" in answers:
            return "not discernible", None, "one says absent, another that it cannot be told"
        if grade == "capable":
            return "absent", "absent", None
        return "not discernible", "absent", _incapable(grade, gsd)
    return ("not discernible", None, None) if "not discernible" in answers else ("obscured", None, None)


def _incapable(grade: Grade, gsd: float | None) -> str:
    if grade != "unknown":
        return f"“absent” on an image that could {'hardly' if grade == 'marginal' else 'not'} have shown it"
    lacking = "its ground sample distance" if gsd is None else "the size of what was looked for"
    return f"“absent” on an image that is not known to be able to show it: {lacking} is not given"


def _clashing(found: Sequence[Judged]) -> Iterable[Judged]:
    """Images of exactly one time that answer differently cannot be put in order: both are disputed."""
    from dataclasses import replace

    answers: dict[tuple[datetime, datetime], set[str]] = defaultdict(set)
    for one in found:
        if one.answer in {"present", "absent"}:
            answers[one.start, one.end].add(one.answer)
    for one in found:
        if one.answer in {"present", "absent"} and len(answers[one.start, one.end]) > 1:
            yield replace(one, answer="disputed", says=None, why="another image of the same time answers otherwise")
        else:
            yield one
