"""Reads a phrase against the day it was said: every reading that its words allow, each with its rule; or a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateline.core import edtf
from dateline.core.edtf import Form
from dateline.core.errors import UsageError
from dateline.core.phrases.connect import between, orders
from dateline.core.phrases.grammar import parse, unread
from dateline.core.phrases.phrase import Phrase, Point
from dateline.core.phrases.place import Context, Direction, place
from dateline.core.phrases.spans import PADS, VAGUE, Span, back, padded, week_span
from dateline.core.phrases.tokens import languages, tokenise
from dateline.core.when import When

_YEARS = re.compile(r"(?:19|20)\d\d-2[0-4]")
""" "2022-23" is autumn 2022 in EDTF and two years to most people: both are given."""

NEAR_DEADLINE = timedelta(days=92)
""" "By July", said in July or soon after, looks back; said in January it may look ahead: both are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read a phrase. `when` carries the phrase, the day it was said and the rule; `members` are a list's.

    `vague`: how wide it is was our choice, printed in the rule.
    """

    when: When
    form: Form
    language: str
    members: tuple[When, ...] = ()
    vague: bool = False

    def edtf(self) -> str:
        """The exchange form: level 0 to 2."""
        return edtf.write_set(self.members, self.form) if self.members else edtf.write(self.when)

    def to_json(self) -> dict[str, Any]:
        """Plain days, the exchange form, the rule."""
        data: dict[str, Any] = {
            "earliest": None if self.when.earliest is None else self.when.earliest.isoformat(),
            "latest": None if self.when.latest is None else self.when.latest.isoformat(),
            "approximate": self.when.approximate,
            "vague": self.vague,
            "form": self.form.value,
            "edtf": self.edtf(),
            "rule": self.when.rule,
            "language": self.language,
        }
        if self.members:
            data["members"] = [edtf.write(member) for member in self.members]
        return data


def said_day(said: date | datetime, zone: str | None) -> date:
    """The speaker's day: Friday in Washington is Saturday in Tokyo.

    Raises UsageError (code `zone`) for an unknown zone, or a time of day without one.
    """
    if not isinstance(said, datetime):
        return said
    if said.tzinfo is None:
        raise UsageError(
            "A time of day needs a zone.", saw=said.isoformat(), do="Add one: …Z, or …+09:00.", code="zone"
        )
    if zone is None:
        return said.date()
    try:
        return said.astimezone(ZoneInfo(zone)).date()
    except (OSError, ValueError, KeyError) as error:  # unknown, or a path
        raise UsageError(
            "This time zone is not known.", saw=repr(zone), do="Write Asia/Seoul, Europe/Kyiv …", code="zone"
        ) from error


def read(
    phrase: str,
    *,
    said: date,
    language: str | None = None,
    direction: Direction | None = None,
    events: Mapping[str, When] | None = None,
) -> tuple[Reading, ...]:
    """Every reading of a phrase, in order of time; one where the words leave no choice.

    Without a `language` the first that has all the words is taken. Without a `direction` a date without a year lies in
    the past, unless the words look ahead. Raises UsageError: `phrase`, `impossible-date`, `event-needed`, `after-said`
    (a fixed date later than the day it was said), `language`.
    """
    written = _written(phrase, said)
    if written is not None and not _YEARS.fullmatch(phrase.strip()):
        return (written,)
    structure, code = _parsed(phrase, language, events or {})
    ahead = structure.future or structure.modifier == "later" or _looks_ahead(structure.points)
    context = Context.at(said, direction or ("future" if ahead else "past"), events or {})
    readings = tuple(_readings(structure, context, phrase, code, asked=direction is not None))
    if not readings:
        raise unread(phrase, "no order of its dates makes sense")
    if direction == "future":  # "this Friday": what is over is not meant
        readings = tuple(one for one in readings if _day(one.when.latest, date.max) >= said) or readings
    _check_not_after(readings, context, phrase)
    different = {(reading.when.earliest, reading.when.latest): reading for reading in reversed(readings)}
    return tuple(sorted([*different.values(), *([written] if written else [])], key=_order))


def _order(reading: Reading) -> tuple[date, date]:
    return _day(reading.when.earliest, date.min), _day(reading.when.latest, date.max)


def _day(moment: date | datetime | None, otherwise: date) -> date:
    if moment is None:
        return otherwise
    return moment.date() if isinstance(moment, datetime) else moment


def _written(phrase: str, said: date) -> Reading | None:
    """A phrase that is EDTF already."""
    try:
        found = edtf.read(phrase.strip())
    except UsageError as error:
        if error.code == "date-range":
            raise
        return None
    when = found.when.with_words(text=phrase, said=said, rule=f"edtf-level-{found.level}")
    return Reading(when=when, form=found.form, language="edtf", members=found.members)


def _parsed(phrase: str, language: str | None, events: Mapping[str, When]) -> tuple[Phrase, str]:
    """The structure in the language asked for, or in the first that knows all the words."""
    if language is not None and language not in languages():
        raise UsageError(
            "There are no words for this language.",
            saw=repr(language),
            do=f"Take {', '.join(languages())}.",
            code="language",
        )
    refused: list[tuple[int, UsageError]] = []
    leaning: list[tuple[int, tuple[Phrase, str]]] = []
    for code in (language,) if language else languages():
        unknown = sum(token.kind == "unknown" for token in tokenise(phrase, code))
        try:
            structure = parse(phrase, code)
        except UsageError as error:
            refused.append((unknown, error))
            continue
        strange = [point.event for point in structure.points if point.event is not None]
        if not strange:
            return structure, code
        if _may_lean(structure) or events:
            leaning.append((unknown, (structure, code)))
        refused.append((unknown, unread(phrase, f"no words of a date: {', '.join(strange)!r}")))
    if leaning:
        return min(leaning, key=lambda one: one[0])[1]
    raise min(refused, key=lambda one: one[0])[1]


def _may_lean(phrase: Phrase) -> bool:
    """Whether strange words can name an event: alone, and after "since", "after", "two days before" …"""
    named = [point for point in phrase.points if point.event is not None]
    bound = phrase.modifier is not None or phrase.form in {"offset", "range"}
    return bound and all(point.slots() == {"event"} for point in named)


def _looks_ahead(points: Iterable[Point]) -> bool:
    return any(
        point.which == "next"
        or (point.relative is not None and point.relative[1] > 0)
        or (point.which == "this" and (point.weekend or point.weekday is not None))
        for point in points
    )


def _readings(phrase: Phrase, context: Context, text: str, code: str, *, asked: bool) -> Iterator[Reading]:
    for when, members, vague in _whens(phrase, context, text, asked=asked):
        said = when.with_words(text=text, said=context.said, rule=when.rule or "")
        form = Form(phrase.form) if members else Form.DATE if when.earliest == when.latest else Form.INTERVAL
        yield Reading(when=said, form=form, language=code, members=members, vague=vague)


_Found = tuple[When, tuple[When, ...], bool]


def _whens(phrase: Phrase, context: Context, text: str, *, asked: bool) -> Iterator[_Found]:
    if phrase.form in {"all of", "one of"}:
        yield from _lists(phrase, context)
    elif phrase.modifier in {"earlier", "later"}:
        yield _within(phrase, context, text)
    elif phrase.modifier == "by":
        yield from _by(phrase, context, asked=asked)
    else:
        for span in _spans(phrase, context):
            yield _when(_bounded(span, phrase, context)), (), span.vague or phrase.modifier == "around"


def _when(found: tuple[date | None, date | None, str, bool]) -> When:
    first, last, rule, approximate = found
    return When(earliest=first, latest=last, approximate=approximate, rule=rule)


def _bounded(span: Span, phrase: Phrase, context: Context) -> tuple[date | None, date | None, str, bool]:
    """What a modifier makes of a span."""
    first: date | None = span.first
    last: date | None = span.last
    past, rule, day = context.direction == "past", span.rule, timedelta(days=1)
    if phrase.modifier in {"since", "no_earlier"}:
        last, rule = (context.said, f"{rule}; closed-by-said") if past else (None, f"{rule}; open-end")
    elif phrase.modifier == "until":
        first, rule = None, f"{rule}; open-begin"
    elif phrase.modifier == "before":
        first, last, rule = None, span.first - day, f"{rule}; before"
    elif phrase.modifier == "after":
        first = span.last + day
        last, rule = (context.said, f"{rule}; after, closed-by-said") if past else (None, f"{rule}; after")
    elif phrase.modifier == "around":
        wide = padded(span, PADS.get(span.rule.partition(";")[0], PADS["day"]))
        first, last, rule = wide.first, wide.last, wide.rule
    if first is not None and last is not None and first > last:
        raise _after_said(span, context)
    return first, last, rule, span.approximate or phrase.modifier == "around"


def _spans(phrase: Phrase, context: Context) -> Iterator[Span]:
    if phrase.form == "offset":
        yield from _offset(phrase, context)
    elif phrase.form == "range":
        left, right = phrase.points
        yield from between(left, right, context, night=phrase.night)
    else:
        for span in place(phrase.points[0], context):
            yield _night(span, phrase.night)


def _night(span: Span, night: str | None) -> Span:
    """A night lies on two days: it begins on the day named, or, as "в ночь на", ends on it."""
    if night is None or span.first != span.last:
        return span
    day = timedelta(days=1)
    if night == "night_to":
        return replace(span, first=span.first - day, rule=f"{span.rule}; night-before")
    return replace(span, last=span.last + day, rule=f"{span.rule}; night-after")


def _offset(phrase: Phrase, context: Context) -> Iterator[Span]:
    """ "two days after the summit"."""
    count, anchor = phrase.points
    least, most = VAGUE[count.vague] if count.vague else (count.number or 1, count.number or 1)
    unit = count.unit or "day"
    for span in place(anchor, context):
        if phrase.side == "before":
            yield Span(back(span.first, most, unit), back(span.last, least, unit), "before-event", span.approximate)
        else:
            yield Span(back(span.first, -least, unit), back(span.last, -most, unit), "after-event", span.approximate)


def _lists(phrase: Phrase, context: Context) -> Iterator[_Found]:
    """Several dates, in order of time."""
    for spans in orders(phrase.points, context):
        ordered = sorted(spans, key=lambda span: (span.first, span.last))
        members = tuple(When(earliest=span.first, latest=span.last, approximate=span.approximate) for span in ordered)
        whole = When(
            earliest=ordered[0].first,
            latest=max(span.last for span in ordered),
            approximate=any(span.approximate for span in ordered),
            rule=f"list of {', '.join(dict.fromkeys(span.rule for span in ordered))}",
        )
        yield whole, members, any(span.vague for span in ordered)


def _within(phrase: Phrase, context: Context, text: str) -> _Found:
    """ "earlier this month": from its beginning to the day it was said."""
    said, unit = context.said, phrase.points[0].unit
    if phrase.form != "single" or phrase.points[0].slots() != {"unit"} or unit == "day":
        raise unread(text, "only a week, a month or a year has an earlier and a later part here")
    first = {"year": said.replace(month=1, day=1), "month": said.replace(day=1)}.get(unit or "", week_span(said).first)
    last = {"year": said.replace(month=12, day=31), "month": back(said.replace(day=1), -1, "month")}.get(
        unit or "", week_span(said).last
    )
    last = last - timedelta(days=1) if unit == "month" else last
    bounds = (first, said) if phrase.modifier == "earlier" else (said, last)
    return When(earliest=bounds[0], latest=bounds[1], rule=f"{phrase.modifier}-this-{unit}"), (), False


def _by(phrase: Phrase, context: Context, *, asked: bool) -> Iterator[_Found]:
    """A deadline begins on the day it was said; "by" a date that is over only ends there."""
    ways: tuple[Direction, ...] = (context.direction,) if asked else ("past", "future")
    named = phrase
    found: dict[Span, None] = {}
    for way in ways:
        named = _of_said(phrase, context.said, way)
        found |= dict.fromkeys(_spans(named, Context.at(context.said, way, context.events)))
    for span in found:
        ahead = span.last > context.said
        rule = f"{span.rule}; {'deadline' if ahead else 'open-begin'}"
        first = context.said if ahead else None
        yield When(earliest=first, latest=span.last, approximate=span.approximate, rule=rule), (), False
        if not ahead and context.said - span.last <= NEAR_DEADLINE and named is phrase:
            return


def _of_said(phrase: Phrase, said: date, direction: Direction) -> Phrase:
    """ "By the end of the month" or year: of the one in which it was said; early in a year, of the one before too."""
    point = phrase.points[0]
    if phrase.form != "single" or point.slots() != {"part", "unit"} or point.unit not in {"month", "year"}:
        return phrase
    before = direction == "past" and point.unit == "year" and said - said.replace(month=1, day=1) < NEAR_DEADLINE
    return replace(phrase, points=(replace(point, unit=None, relative=(point.unit, -1 if before else 0)),))


def _check_not_after(readings: Iterable[Reading], context: Context, phrase: str) -> None:
    for when in (one for reading in readings for one in (reading.when, *reading.members)):
        first = when.earliest
        if context.direction == "past" and first is not None and _day(first, date.min) > context.said:
            raise _after_said(Span(_day(first, date.min), _day(first, date.min), phrase), context)


def _after_said(span: Span, context: Context) -> UsageError:
    return UsageError(
        "The date lies after the day on which it was said.",
        saw=f"{span.first.isoformat()}, said on {context.said.isoformat()}",
        do="Check both days (page dates are often wrong); for a plan, say that it looks ahead (--direction future).",
        code="after-said",
    )
