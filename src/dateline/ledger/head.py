"""The head of a case: case.toml."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from dateline.ledger.record import Kind, Many, Part, Record, RecordId, Text, refuse
from dateline.ledger.told import Day, Instant

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        refuse(repr(text), "a language code such as en, ko, uk, ru")
    return text


def _worldview(text: str) -> str:
    if text not in {"iso", "de-facto"} and not re.fullmatch(r"[a-z]{2}", text):
        refuse(repr(text), "iso, de-facto, or a country's two-letter code in small letters, such as ua or us")
    return text


class Person(Part):
    """Somebody who works on the case; a pseudonym will do."""

    id: RecordId
    name: Text | None = Field(default=None, description="a name or a pseudonym; absent: only the id is shown")
    role: Literal["reporter", "editor", "analyst", "reviewer", "linguist", "lawyer", "other"]


class Share(Part):
    """What some origins may have in common, so that they do not count twice in the least number of origins.

    `among` names origins (their keys), states, or, for a feed, the name in their raw material. It is declared, with
    its reason, since nobody outside can know it. Of an aggregate report the first name is the report.
    """

    what: Literal["intelligence", "feed", "staff", "aggregate"]
    among: Annotated[Many[Text], Field(min_length=1)]
    why: Text


class Head(Record):
    """What the whole case shares: its question, its borders' worldview, its level of confidence, its people."""

    kind: ClassVar[Kind] = "case"
    folder: ClassVar[str] = ""

    title: Text
    question: Text
    worldview: Annotated[str, AfterValidator(_worldview)] = Field(description="whose borders the maps draw; printed")
    level: float = Field(default=0.9, gt=0, lt=1, description="level of confidence; a measure may set its own")
    languages: Many[Annotated[str, AfterValidator(_language)]] = Field(
        default=("en",), description="the first is the story's own"
    )
    exercise: bool = Field(
        default=False, description="true: an invented case, the only kind that takes simulated files"
    )
    as_of: Day | None = Field(default=None, description="the day for which the story stands")
    embargo: Instant | None = Field(default=None, description="not to be published before")
    note: Text | None = None
    people: Many[Person] = ()
    units: Many[Text] = Field(default=(), description="units of claimed amounts beside those the program knows")
    sharing: Many[Share] = Field(default=(), description="which origins may share what they know, and why")

    @model_validator(mode="after")
    def _people_and_languages(self) -> Self:
        if not self.languages:
            refuse("no language", 'at least one, such as languages = ["en"]', at="languages")
        seen: set[str] = set()
        for index, person in enumerate(self.people):
            if person.id in seen:
                refuse(f"{person.id!r} a second time", "an id of its own for everybody", at=f"people.{index}.id")
            seen.add(person.id)
        return self

    def title_text(self) -> str:
        """The title."""
        return self.title
