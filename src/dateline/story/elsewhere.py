"""Places that no record of the case knows, told of what was found in another: light over Haiti, measured in Cuba."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dateline.ledger.case import Case

_NAME = r"[A-Z][\w-]{1,40}(?:[ \u00a0][A-Z][\w-]{1,40}){0,2}"
_WHERE = re.compile(rf"\b(?:in|at|over|across|around|near)\s+(?:the\s+)?(?P<name>{_NAME})")
_WHOSE = re.compile(rf"\b(?P<name>{_NAME})(?=[’'](?:s\b|\s)\s*(?:\w+\s+){{0,2}}(?:lights?|nights?)\b)")


def names_of_places(text: str) -> Iterator[tuple[int, str]]:
    """Names with capitals behind a word of place, or whose light it is, and where they stand. Months are among them."""
    for pattern in (_WHERE, _WHOSE):
        for match in pattern.finditer(text):
            yield match.start("name"), match["name"]


def unheard_of(case_words: str, text: str) -> tuple[tuple[int, str], ...]:
    """Those of them that stand nowhere in the words of a case, neither whole nor in their first word."""
    told = case_words.casefold()
    return tuple((at, name) for at, name in names_of_places(text) if name.split()[0].casefold() not in told)


def words_of(case: Case, months: Iterable[str]) -> str:
    """Everything that a case says in words, with the names of the months: what is named in it is not unheard of."""
    told = [case.head.title, *months]
    for record in case.records.values():
        told.append(record.title_text())
        told += list(getattr(record, "names", {}).values())
        told += [
            str(getattr(record, name, "") or "") for name in ("statement", "question", "answer", "note", "attribution")
        ]
    for name in case.finding_ids():
        finding = case.finding(name)
        told += [finding.question, finding.statement.en if finding.statement is not None else ""]
        told += [place.replace("-", " ") for place in finding.places]
    return "\n".join(told)
