"""What a place is ("appears to function as a military installation"): a reading of it with evidence of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from dateline.ledger.record import Many, Part, RecordId, Ref, Text, refs_to, refuse
from dateline.ledger.second_person import same_person
from dateline.ledger.told import Day

State = Literal["named_by_others", "consistent", "corroborated", "confirmed", "contradicted"]
LADDER: Final[tuple[State, ...]] = ("named_by_others", "consistent", "corroborated", "confirmed")
"""The rungs from the ground up; an identification can also end as contradicted."""

WORDING: Final[dict[State, str]] = {
    "named_by_others": "{place} is called {what} by others; that was not examined here.",
    "consistent": "{place} has features that are consistent with {what}; it could also be {others}.",
    "corroborated": "{place} appears to function as {what}.",
    "confirmed": "{place} is {what}.",
    "contradicted": "That {place} is {what} is contradicted by what was found.",
}
"""What may be printed on each rung, in English: no more than this."""


class Identification(Part):
    """What a place is taken for, how far that has come, by whose work, on what evidence, and what else it could be."""

    what: Text = Field(description="with its article: a military installation")
    state: State = Field(
        description="named_by_others (claims say so), consistent (somebody saw features that fit), corroborated (two "
        "things of different kind, or more, fit), confirmed (a second person agrees), contradicted"
    )
    also: Many[Text] = Field(default=(), description="other words for the same: an army base")
    by: Text | None = None
    reviewer: Text | None = Field(default=None, description="a second person")
    date: Day | None = None
    why: Text | None = Field(default=None, description="the features, in words: huts in rows, a double fence, a gate")
    evidence: Many[RecordId] = Field(default=(), description="ids of files")
    findings: Many[RecordId] = ()
    claims: Many[RecordId] = Field(default=(), description="ids of claims that call it so")
    against: Many[RecordId] = Field(default=(), description="ids of claims that say otherwise")
    could_also_be: Many[Text] = Field(default=(), description="what else would look the same: a youth camp, a barracks")

    @model_validator(mode="after")
    def _climbed(self) -> Self:
        if same_person(self.reviewer, self.by):
            refuse(f"{self.reviewer!r}, who also wrote it", "another person", at="reviewer")
        rests = len({*self.evidence, *self.findings})
        if self.state == "named_by_others" and not self.claims:
            refuse("named by others, and nobody who names it", "claims: ids of claims that call it so", at="claims")
        if self.state == "contradicted" and self.why is None:
            refuse("contradicted, and no reason", "why", at="why")
        if self.state not in {"consistent", "corroborated", "confirmed"}:
            return self
        if self.by is None or not rests:
            refuse(f"{self.state}, and nobody or nothing behind it", "by, and evidence or findings", at="evidence")
        if self.state != "confirmed" and not self.could_also_be:
            refuse(f"{self.state}, and nothing else it could be", "could_also_be: what looks alike", at="could_also_be")
        if self.state != "consistent" and rests + len(set(self.claims)) < 2:
            refuse(f"{self.state} on one thing", "two or more of evidence, findings and claims", at="evidence")
        if self.state == "confirmed" and self.reviewer is None:
            refuse("confirmed by one person", "a reviewer: only a second person confirms", at="reviewer")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """What it may be called, without articles: "military installation"."""
        return tuple(dict.fromkeys(_bare(words) for words in (self.what, *self.also)))

    def sentence(self, place: str) -> str:
        """What its rung lets one print of a place called so."""
        others = " or ".join(self.could_also_be)
        return WORDING[self.state].format(place=place, what=self.what, others=others)

    def refs(self, key: str) -> Iterator[Ref]:
        """The files, findings and claims that it rests on."""
        yield from refs_to(f"{key}.evidence", self.evidence, "item")
        yield from refs_to(f"{key}.findings", self.findings, "finding")
        yield from refs_to(f"{key}.claims", self.claims, "claim")
        yield from refs_to(f"{key}.against", self.against, "claim")


def _bare(words: str) -> str:
    first, _, rest = words.partition(" ")
    return (rest if first.lower() in {"a", "an", "the"} and rest else words).casefold()


def sentences(given: Sequence[Identification], place: str) -> str:
    """All identifications of one place, the highest first."""
    ranked = sorted(given, key=lambda one: -LADDER.index(one.state) if one.state in LADDER else 1)
    return " ".join(one.sentence(place) for one in ranked)
