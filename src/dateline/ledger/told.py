"""Times, amounts and positions as people write them in a record, read into the core's nouns."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Strict,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from dateline.core.errors import UsageError
from dateline.core.quantity import Kind as QuantityKind
from dateline.core.quantity import Quantity
from dateline.core.when import Moment, When
from dateline.ledger.record import Part, Text, refuse

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
A_DAY = "a day such as 2024-02-26"
A_MOMENT = "a day such as 2024-02-26, or an instant with a zone such as 2024-02-26T14:05:00Z"


def _day(value: Any) -> Any:
    if isinstance(value, datetime | time):
        refuse(str(value), A_DAY)
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        refuse(repr(value), A_DAY)


def _moment(value: Any) -> Moment:
    if isinstance(value, str) and "T" in value:
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            refuse(repr(value), A_MOMENT)
    moment = value if isinstance(value, datetime) else _day(value)
    if not isinstance(moment, date):
        refuse(repr(value), A_MOMENT)
    if isinstance(moment, datetime) and moment.tzinfo is None:
        refuse(f"{moment.isoformat()} without a zone", f"{moment.isoformat()}Z if it is UTC, or a plain day")
    return moment


Day = Annotated[date, BeforeValidator(_day)]
"""A plain day: a TOML date, or the same between quotation marks."""


def _instant(value: Any) -> datetime:
    moment = _moment(value)
    if not isinstance(moment, datetime):
        refuse(str(value), "an instant with a zone such as 2024-02-26T14:05:00Z")
    return moment


Instant = Annotated[datetime, BeforeValidator(_instant)]
"""A moment with its zone."""

AnyMoment = Annotated[Any, BeforeValidator(_moment), WithJsonSchema({"type": "string", "description": A_MOMENT})]


@dataclass(frozen=True, slots=True)
class Told:
    """How a noun of the core stands in a file: as a table, or as a short form that `expand` makes a table of."""

    noun: type[Any]
    table: type[Part]
    make: Callable[[Any], Any]
    write: Callable[[Any], Any]
    expand: Callable[[Any], Any] = lambda value: value
    short: str | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Reads the table, then makes the noun; a noun given from Python passes as it is."""
        made = core_schema.no_info_after_validator_function(self.make, handler.generate_schema(self.table))

        def read(value: Any, validate: Callable[[Any], Any]) -> Any:
            return value if isinstance(value, self.noun) else validate(self.expand(value))

        return core_schema.no_info_wrap_validator_function(
            read, made, serialization=core_schema.plain_serializer_function_ser_schema(self.write)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The table, or the short form where there is one."""
        table = dict(handler(schema))
        return {"anyOf": [{"type": "string", "description": self.short}, table]} if self.short else table


class WhenTable(Part):
    """A time as it was told: the phrase and the day it was said, and the days that it allows."""

    text: Text | None = Field(default=None, description='the words: "since September 2023"')
    said: Day | None = Field(default=None, description="the day on which they were said")
    earliest: AnyMoment | None = Field(default=None, description="absent: open")
    latest: AnyMoment | None = Field(default=None, description="absent: open")
    after: bool = Field(default=False, description="the earliest moment itself is excluded")
    approximate: bool = False
    edtf: Text | None = Field(default=None, description="the exchange form; earliest and latest win")
    rule: Text | None = Field(default=None, description="how the words were read")


@lru_cache(maxsize=4096)
def _from_edtf(text: str) -> When:
    """As When.from_edtf: a case tells the same days over and over."""
    return When.from_edtf(text)


def _read_edtf(table: WhenTable) -> When | None:
    if table.edtf is None:
        return None
    try:
        return _from_edtf(table.edtf)
    except UsageError as error:
        if table.earliest is None and table.latest is None:
            refuse(error.saw, error.do, at="edtf")
        return None  # a level of EDTF that the core does not read; the days beside it count


def _when(table: WhenTable) -> When:
    read = _read_edtf(table)
    earliest, latest = table.earliest, table.latest
    if earliest is None and latest is None:
        if read is not None:
            earliest, latest = read.earliest, read.latest
        elif table.rule is None:
            refuse(
                "no earliest, latest or edtf",
                'at least one of them; or rule = "not stated" when nobody said when',
            )
    elif read is not None and not table.after and (read.earliest, read.latest) != (earliest, latest):
        refuse(
            f"{table.edtf!r}, which means {read.spoken()}",
            f"the same days as earliest = {earliest or 'open'} and latest = {latest or 'open'}",
            at="edtf",
        )
    approximate = table.approximate or bool(read and read.approximate)
    try:
        return When(
            earliest=earliest,
            latest=latest,
            after=table.after,
            approximate=approximate,
            text=table.text,
            said=table.said,
            rule=table.rule,
        )
    except ValueError as error:
        refuse(f"earliest {earliest}, latest {latest}", str(error))


def _expand_when(value: Any) -> Any:
    if isinstance(value, str):
        return {"edtf": value}
    if isinstance(value, date):
        return {"earliest": value, "latest": value}
    if not isinstance(value, dict):
        refuse(repr(value), "a date such as 2022-03, an interval such as 2022-03/2022-05, or a table")
    return value


def write_when(when: When) -> Any:
    """A When as it stands in a file: an EDTF string where that says all of it, otherwise a table."""
    worded = when.text is not None or when.said is not None or when.rule is not None
    bounded = when.earliest is not None or when.latest is not None
    if bounded and not worded and not when.after and _from_edtf(when.edtf()) == when:
        return when.edtf()
    table = {
        "text": when.text,
        "said": None if when.said is None else when.said.isoformat(),
        "earliest": None if when.earliest is None else when.earliest.isoformat(),
        "latest": None if when.latest is None else when.latest.isoformat(),
        "after": when.after or None,
        "approximate": when.approximate or None,
        "edtf": when.edtf() if bounded and not when.after else None,
        "rule": when.rule,
    }
    return {key: value for key, value in table.items() if value is not None}


WhenField = Annotated[
    When,
    Told(When, WhenTable, _when, write_when, _expand_when, "EDTF: 2022, 2022-03, 2022-03-15, 2022-03/2022-05"),
]
"""A time in a record: EDTF between quotation marks, a TOML date, or a table of WhenTable's keys."""


class QuantityTable(Part):
    """An amount as it was told: the words, and the bounds that they allow. An absent bound is unbounded."""

    text: Text = Field(description='the words: "more than 10,000"')
    low: float | None = None
    high: float | None = None
    low_open: bool = Field(default=False, description="the low bound itself is excluded")
    high_open: bool = Field(default=False, description="the high bound itself is excluded")
    unit: Text
    kind: Annotated[QuantityKind, Strict(False)] = Field(description="a capacity is not a delivery")


def _quantity(table: QuantityTable) -> Quantity:
    try:
        return Quantity(**{name: getattr(table, name) for name in QuantityTable.model_fields})
    except ValueError as error:
        refuse(f"low {table.low}, high {table.high}", str(error))


def write_quantity(quantity: Quantity) -> dict[str, Any]:
    """A Quantity as it stands in a file: what is known, in canonical order."""
    told = quantity.to_json()
    return {key: _whole(value) for key, value in told.items() if value is not None and value is not False}


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


QuantityField = Annotated[Quantity, Told(Quantity, QuantityTable, _quantity, write_quantity)]
"""An amount in a record: a table with text, low, high, low_open, high_open, unit, kind."""


def _names(names: dict[str, str]) -> dict[str, str]:
    for language in names:
        if not _LANGUAGE.fullmatch(language):
            refuse(repr(language), "a language code such as en, ko, uk, ru, zh-Hant", at=language)
    if not names:
        refuse("no name", 'at least one, such as en = "Chongjin"')
    return names


Names = Annotated[dict[str, Text], AfterValidator(_names), Field(description="name by language code")]


def name_in(names: dict[str, str], language: str) -> str:
    """The name in a language; where it is missing in English, where that is missing the first one given."""
    return names.get(language) or names.get("en") or next(iter(names.values()))
