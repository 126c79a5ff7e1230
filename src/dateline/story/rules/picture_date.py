"""A picture under a date that its file's name, or its own words, do not carry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath

from dateline.core.when import Moment, When
from dateline.story.document import Passage
from dateline.story.fault import Faults, Level, Rule
from dateline.story.numbers import find_numbers
from dateline.story.picture_spec import PictureSpec
from dateline.story.reading import Reading

RULE = Rule(
    code="picture-date",
    name="a picture under another date than its own",
    level=Level.SIGN_OFF,
    why="Before and after change places by one digit of a name, and the page shows a change the wrong way round.",
    do="Write the day on which it was taken, or name the other file. Where the name tells the day of a download, or of "
    "a post, sign that.",
)
_ORDINAL = re.compile(r"(?<![A-Za-z0-9])A((?:19|20)\d\d)([0-3]\d\d)(?!\d)")
"""Year and day of the year, as NASA names its files; a composite's name has the first day of its month or year."""
_COMPOSITE = re.compile(r"46A(?P<of>[34])")
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_](0[1-9]|1[0-2])(?![\d]|[-_]\d)")


def find(reading: Reading, faults: Faults) -> None:
    """Adds pictures none of whose file's dates fits what the story says, and those whose alt text tells another."""
    for use, name, spec, spot in reading.pictures():
        told = spec.date
        if told is None or spec.finding is not None:
            continue
        there = tuple(_in_names(reading, spec))
        if there and not any(_meet(each, told) for each in there):
            faults.add(
                spot, f"{name} is dated {reading.language.when(told)}, its file {reading.language.when(there[0])}"
            )
        for passage in reading.story.passages:
            if passage.role == f"{name}.alt" and reading.block_of(passage) is use:
                _in_words(reading, passage, told, faults)


def _in_words(reading: Reading, passage: Passage, told: When, faults: Faults) -> None:
    found = [number for number in find_numbers(passage.flat) if number.sort == "date" and number.when is not None]
    if found and not any(number.when is not None and _meet(number.when, told) for number in found):
        at = passage.spot_at(found[0].start)
        faults.add(at, f"{found[0].text!r} in the alt text of a picture dated {reading.language.when(told)}")


def _in_names(reading: Reading, spec: PictureSpec) -> Iterator[When]:
    """The dates in the names of a picture's file, and of the image that a finding looked at."""
    item = reading.case.items.get(spec.item or "")
    for name in (PurePosixPath(spec.file or "").name, item.name if item is not None else "", _image(spec)):
        yield from _dates(name)


def _image(spec: PictureSpec) -> str:
    return str(getattr(spec, "image", None) or "")


def _dates(name: str) -> Iterator[When]:
    for year, day in _ORDINAL.findall(name):
        first = date(int(year), 1, 1) + timedelta(days=max(int(day), 1) - 1)
        composite = _COMPOSITE.search(name)
        if composite is None:
            yield When.on(first)
        elif composite["of"] == "3":
            yield When.month(first.year, first.month)
        else:
            yield When.between(date(first.year, 1, 1), date(first.year, 12, 31))
    for year, _, month, day in _DAY.findall(name):
        try:
            yield When.on(date(int(year), int(month), int(day)))
        except ValueError:  # 2023-02-31 is no date, but a number of something else
            continue
    for year, month in _MONTH.findall(name):
        yield When.month(int(year), int(month))


def _meet(one: When, other: When) -> bool:
    """Whether two times have a day in common; an open end reaches as far as it likes."""
    (first, last), (begin, end) = _ends(one), _ends(other)
    return first <= end and begin <= last


def _ends(when: When) -> tuple[date, date]:
    return _day(when.earliest) or date.min, _day(when.latest) or date.max


def _day(moment: Moment | None) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment
