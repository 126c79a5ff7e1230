"""A page, report or broadcast that a record rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from dateline.ledger.record import Many, Part, RecordId, Ref, Text, ref_to, refuse
from dateline.ledger.told import Day, WhenField

_URL = re.compile(r"https?://[^\s/]+\S*")


def _url(text: str) -> str:
    if not _URL.fullmatch(text):
        refuse(repr(text), "a web address beginning with https:// or http://")
    return text


Url = Annotated[str, AfterValidator(_url)]


class Citation(Part):
    """Where something can be read: who published it, under which address, when, and our copy of it."""

    source: RecordId | None = Field(default=None, description="id of the source that published it")
    title: Text | None = None
    url: Url | None = None
    published: WhenField | None = Field(default=None, description="the date on the page; it may be wrong")
    read: Day | None = Field(default=None, description="the day on which we read it")
    evidence: RecordId | None = Field(default=None, description="id of the archived copy")


Citations = Many[Citation]


def citation_refs(key: str, citations: Sequence[Citation]) -> Iterator[Ref]:
    """The sources and items that citations name."""
    for index, citation in enumerate(citations):
        yield from ref_to(f"{key}.{index}.source", citation.source, "source")
        yield from ref_to(f"{key}.{index}.evidence", citation.evidence, "item")
