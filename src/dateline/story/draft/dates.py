"""The dates of a draft against the case: a date of what the sentence tells, of something else, or of nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from dateline.core.when import When
from dateline.story.compare import is_known_time
from dateline.story.draft.dossier import Subject
from dateline.story.draft.sentence import Told
from dateline.story.numbers import Number, find_numbers
from dateline.story.phrases import hits
from dateline.story.rules.date_differs import RULE as DATE
from dateline.story.rules.untraced_date import RULE as UNTRACED

NOBODY = "no record or finding of the case begins or ends then"
FULL = 0.34


def check_dates(told: Told) -> None:
    """A line for each date."""
    for number in told.numbers:
        if number.sort == "date" and not any(start < number.start < end for start, end in told.quoted):
            _check(told, number)


def _check(told: Told, number: Number) -> None:
    subjects = told.dossier.subjects
    owners = [one for one in subjects.values() if is_of(one, number)]
    meant = _meant(told)
    right = [one for one in owners if one.id in meant]
    told_of = [
        subjects[name] for name in sorted(told.found) if name in told.dossier.case.claims and subjects[name].times
    ]
    told.found |= {one.id for one in owners if one.sort == "event" and len(one.stems & told.stems) > 1}
    if right or (owners and not told_of and not told.speakers):
        told.add((number.start, "date", number.text), "matches", f"a date of {_listed(right or owners)}")
    elif told_of:
        against = f"{'; '.join(map(_times, told_of[:2]))}{_elsewhere(owners)}"
        told.add((number.start, "date", number.text), "differs", against, DATE)
    elif _is_of_no_speech(told, number):
        against = f"nothing that the sentence's speaker said is of that day{_elsewhere(owners)}"
        told.add((number.start, "date", number.text), "differs", against, DATE)
    elif owners:
        against = f"a date of {_listed(owners)}, which the sentence does not name"
        told.add((number.start, "date", number.text), "unknown", against, DATE)
    else:
        told.add(
            (number.start, "date", number.text),
            "unknown",
            NOBODY,
            UNTRACED,
            "Add the event or the record, or take it out.",
        )


def _meant(told: Told) -> set[str]:
    """The subjects that a date in this sentence may be of: told, named, near it by words, and what they rest on."""
    near = {one.id for one in told.dossier.near(told.stems, FULL)}
    meant = told.found | near | told.before
    if not told.found & set(told.dossier.case.claims):
        meant |= told.about
    claims = meant & set(told.dossier.case.claims)
    for name, event in told.dossier.case.events.items():
        if set(event.claims) & claims:
            meant.add(name)
    for one in told.dossier.subjects.values():
        if one.sort == "finding" and one.id in meant:
            meant |= {each.id for each in told.dossier.subjects.values() if each.owner == one.owner}
    return meant


def is_of(subject: Subject, number: Number) -> bool:
    """Whether a date is one that a subject speaks of, in its times or in its words."""
    if any(number.text.casefold() in text.casefold() for text in (*subject.texts, *subject.verbatim)):
        return True
    if number.when is not None:
        return is_known_time(number.when, subject.times)
    return any(is_known_time(when, subject.times) for when in _in_years(number, subject.times))


def _in_years(number: Number, times: Iterable[When]) -> list[When]:
    """A date without a year in each year of these times."""
    years = {day.year for when in times for day in (when.earliest, when.latest) if day is not None}
    found = (each for year in sorted(years) for each in find_numbers(f"{number.text} {year}"))
    return [each.when for each in found if each.when is not None]


def _is_of_no_speech(told: Told, number: Number) -> bool:
    """Whether a sentence says on which day somebody said something, and nobody that it names spoke then."""
    when = number.when
    if when is None or not told.speakers or not when.earliest or _day(when.earliest) != _day(when.latest):
        return False
    said = any(not hit.negated for hit in hits(told.dossier.language, "attributed", told.text))
    own = [
        one for one in told.dossier.subjects.values() if one.speakers & told.speakers and one.sort in {"claim", "reply"}
    ]
    return said and bool(own) and not any(is_known_time(when, one.times) for one in own)


def _day(moment: date | datetime | None) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment


def _listed(subjects: list[Subject]) -> str:
    names = list(dict.fromkeys(one.owner for one in subjects))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _times(subject: Subject) -> str:
    told = list(dict.fromkeys(_said(when) for when in subject.times))
    return f"{subject.id} is of {' and '.join(told[:2])}"


def _said(when: When) -> str:
    first, last = _day(when.earliest), _day(when.latest)
    return str(first) if first == last else f"{first or '…'} to {last or '…'}"


def _elsewhere(owners: list[Subject]) -> str:
    return f"; that date is of {_listed(owners)}" if owners else ""
