"""The head of a case: case.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from dateline.core.plural import CATEGORIES, USED, category
from dateline.ledger.record import Kind, Many, Part, Record, RecordId, Text, refuse
from dateline.ledger.told import Day, Instant, Told

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


def _forms(forms: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    for code, words in forms.items():
        _language(code)
        strange = [name for name in words if name not in CATEGORIES]
        if strange:
            refuse(repr(strange[0]), f"one of {', '.join(CATEGORIES)}", at=f"{code}.{strange[0]}")
        used = USED.get(code, ("other",))
        lacking = [name for name in used if name not in words]
        if lacking:
            refuse(f"no form {' or '.join(lacking)}", f"the forms of {code}: {', '.join(used)}", at=code)
    return forms


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a case's own: the word in records, and in sentences its forms by language and CLDR plural category."""

    name: str
    forms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def spoken(self, number: float, language: str) -> str:
        """The word that stands beside a number in a language; in English, or the name, where there is none."""
        plain = language.partition("-")[0]
        code = next((code for code in (language, plain, "en") if code in self.forms), None)
        if code is None:
            return self.name
        return self.forms[code].get(category(number, code)) or self.forms[code]["other"]


class UnitTable(Part):
    """A unit with its forms in sentences; without forms its name alone will do."""

    name: Text
    forms: Annotated[dict[str, dict[str, Text]], AfterValidator(_forms)] = Field(
        default_factory=dict, description='such as en = {one = "container", other = "containers"}'
    )


def _write_unit(unit: Unit) -> Any:
    forms = {code: dict(words) for code, words in unit.forms.items()}
    return {"name": unit.name, "forms": forms} if forms else unit.name


UnitField = Annotated[
    Unit,
    Told(
        Unit,
        UnitTable,
        lambda table: Unit(table.name, table.forms),
        _write_unit,
        lambda value: {"name": value} if isinstance(value, str) else value,
        "the word",
    ),
]
"""A unit in case.toml: its name, or a table with name and forms."""


class Share(Part):
    """What some origins may have in common, so that they do not count twice in the least number of origins.

    `among` names origins (their keys), states, or, for a feed, the name in their raw material. It is declared, with
    its reason, since nobody outside can know it. Of an aggregate report the first name is the report.
    """

    what: Literal["intelligence", "feed", "staff", "aggregate"]
    among: Annotated[Many[Text], Field(min_length=1)]
    why: Text


class Lift(Part):
    """A rule that does not stop one finding, because named people decided so in writing."""

    rule: Literal["exact-position", "position-young"]
    finding: RecordId
    why: Text
    by: Annotated[Many[RecordId], Field(min_length=1, description="people of this case; position-young needs two")]
    date: Day

    @model_validator(mode="after")
    def _two_for_positions(self) -> Self:
        if self.rule == "position-young" and len(set(self.by)) < 2:
            refuse(", ".join(self.by), "two different people: nobody decides this alone", at="by")
        return self


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
    active_conflict: bool = Field(
        default=False, description="true: positions of the last `delay_hours` are not published"
    )
    delay_hours: float = Field(default=72.0, gt=0, description="how old a position must be in an active conflict [h]")
    note: Text | None = None
    people: Many[Person] = ()
    lifted: Many[Lift] = Field(default=(), description="rules that named people lifted for one finding")
    units: Many[UnitField] = Field(
        default=(), description="units of claimed amounts beside those the program knows: names, or names with forms"
    )
    sharing: Many[Share] = Field(default=(), description="which origins may share what they know, and why")

    @field_validator("units")
    @classmethod
    def _each_unit_once(cls, units: tuple[Unit, ...]) -> tuple[Unit, ...]:
        names = [unit.name for unit in units]
        for index, name in enumerate(names):
            if name in names[:index]:
                refuse(f"{name!r} a second time", "each unit once", at=str(index))
        return units

    def unit(self, name: str) -> Unit:
        """The unit of this name, with its forms; without forms where the case gives none."""
        return next((unit for unit in self.units if unit.name == name), Unit(name))

    @model_validator(mode="after")
    def _people_and_languages(self) -> Self:
        if not self.languages:
            refuse("no language", 'at least one, such as languages = ["en"]', at="languages")
        seen: set[str] = set()
        for index, person in enumerate(self.people):
            if person.id in seen:
                refuse(f"{person.id!r} a second time", "an id of its own for everybody", at=f"people.{index}.id")
            seen.add(person.id)
        for index, lift in enumerate(self.lifted):
            strangers = [name for name in lift.by if name not in seen]
            if strangers:
                refuse(repr(strangers[0]), "an id of people in this file", at=f"lifted.{index}.by")
        return self

    def title_text(self) -> str:
        """The title."""
        return self.title
