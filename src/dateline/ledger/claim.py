"""A claim: one proposition of one utterance. Who said what, when, citing whom, how much, how hedged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from dateline.ledger.citation import Citations, citation_refs
from dateline.ledger.clock_time import Seconds, spell_clock
from dateline.ledger.record import Kind, Many, Part, Record, RecordId, Ref, Text, ref_to, refs_to, refuse
from dateline.ledger.source import Reliability
from dateline.ledger.terms import Terms
from dateline.ledger.told import Day, QuantityField, WhenField
from dateline.ledger.transcript import another_person, somebody_looked

Stance = Literal[
    "asserts", "estimates", "observes", "computes", "assesses", "infers", "suggests", "predicts",
    "denies", "denies_part", "denies_proof", "declines",
]  # fmt: skip
"""What the speaker does with the proposition. "No proof" and "we don't comment" are not denials."""


class Proposition(Part):
    """Who does what to whom, with what."""

    subject: Text
    relation: Text
    object: Text | None = None
    thing: Text | None = None


class Hedge(Part):
    """How sure the speaker sounds, in the speaker's words; and of which sort the words are."""

    text: Text
    sort: Literal["flat", "approximate", "bounded", "estimative", "conditional", "attributed"] = Field(alias="class")
    scale: Text | None = Field(default=None, description="the speaker's own scale, such as icd-203 or uk")


class Origin(Part):
    """Who has the knowledge, from which state, by which method, from which raw material."""

    key: Text
    state: Text | None = None
    method: Text | None = None
    raw_material: Text | None = None


class Link(Part):
    """One step from what we have back to who knows; `read` says that we read this step itself."""

    who: Text
    how: Text
    source: RecordId | None = None
    claim: RecordId | None = Field(default=None, description="id of the claim that is passed on here")
    evidence: RecordId | None = None
    read: bool = False
    end: bool = Field(default=False, description="here the chain ends: this one knows")


class Original(Part):
    """The words themselves, where in a recording they are heard, and who turned them into ours."""

    text: Text
    language: Text
    translation: Text | None = None
    translator: Text | None = None
    second_linguist: Text | None = Field(default=None, description="a second person, who knows the language")
    agrees: bool | None = Field(default=None, description="whether the second linguist agrees with the translation")
    media: RecordId | None = Field(default=None, description="id of the recording in which the words are heard")
    start: Seconds | None = Field(default=None, description="from where in it")
    end: Seconds | None = Field(default=None, description="to where")
    note: Text | None = None

    _another = field_validator("second_linguist")(another_person)
    _looked = field_validator("agrees")(somebody_looked)

    @field_validator("start", "end")
    @classmethod
    def _within_a_recording(cls, value: float | None, info: ValidationInfo) -> float | None:
        start = info.data.get("start")
        if value is not None and info.data.get("media") is None:
            refuse(spell_clock(value), "media beside it: the recording that is meant")
        if info.field_name == "end" and value is not None and start is not None and value <= start:
            refuse(spell_clock(value), f"a time after the start, {spell_clock(start)}")
        return value


class Assessment(Part):
    """Our judgement: the source A to F and the information 1 to 6, kept apart and never averaged."""

    source_reliability: Reliability
    info_credibility: Annotated[int, Field(ge=1, le=6)]
    by: Text
    date: Day
    why: Text


class Review(Part):
    """A second person's sign-off: whether they agree with the record as it was on that day."""

    by: Text
    date: Day
    agrees: bool
    why: Text | None = Field(default=None, validate_default=True, description="required of whoever disagrees")
    of: str = Field(pattern=r"^[0-9a-f]{64}$", description="the hash of what was read: the record without its reviews")

    @field_validator("why")
    @classmethod
    def _says_why(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("agrees") is False:
            refuse("nothing", "it is required: why you do not agree")
        return value


class Claim(Record):
    """What somebody said, in our own words, with everything that tells how much it weighs."""

    kind: ClassVar[Kind] = "claim"
    folder: ClassVar[str] = "claims"
    inline: ClassVar[frozenset[str]] = frozenset({"said", "terms", "proposition", "quantity", "hedge", "origin"})

    speaker: RecordId = Field(description="id of the source that says it")
    said: WhenField = Field(description="when it was said")
    said_basis: Text | None = Field(default=None, description="how we know when: the page's date, 'Wednesday', …")
    terms: Terms | None = Field(default=None, description="what was agreed with the speaker; absent: on the record")
    stance: Stance
    statement: Text = Field(description="what is claimed, in our own words")
    status: Literal["planned", "under_way", "done"] | None = None
    utterance: Text | None = Field(default=None, description="a name shared by all claims of one act of saying")
    proposition: Proposition | None = None
    quantity: QuantityField | None = None
    hedge: Hedge | None = None
    origin: Origin | None = None
    places: Many[RecordId] = ()
    retells: RecordId | None = Field(default=None, description="id of the claim that this one repeats")
    supersedes: Many[RecordId] = Field(default=(), description="ids of earlier claims of the same origin")
    denies: Many[RecordId] = ()
    qualifies: Many[RecordId] = ()
    evidence: Many[RecordId] = Field(default=(), description="ids of archived items in which it can be read")
    sources: Citations = ()
    chain: Many[Link] = Field(default=(), description="from what we have back to who knows")
    note: Text | None = None
    original: Original | None = None
    period: WhenField | None = Field(default=None, description="the time that the claim is about")
    assessment: Assessment | None = None
    written_by: Text | None = Field(default=None, description="who of us wrote the record")
    reviews: Many[Review] = Field(default=(), description="second persons' sign-offs, in the order in which they came")

    @model_validator(mode="after")
    def _chain_ends_once(self) -> Self:
        seen: set[str] = set()
        for index, link in enumerate(self.chain):
            if link.end and index < len(self.chain) - 1:
                refuse("an end in the middle of the chain", "end = true on the last link only", at=f"chain.{index}.end")
            if link.who in seen:
                found = f"a circular reference: {link.who!r} a second time"
                refuse(found, "a chain that does not come back to itself", at=f"chain.{index}.who")
            seen.add(link.who)
        return self

    def title_text(self) -> str:
        """The statement."""
        return self.statement

    def substance(self) -> dict[str, Any]:
        """Without the reviews: a sign-off is about what the record says, and must not change it."""
        return {key: value for key, value in self.to_json().items() if key != "reviews"}

    def refs(self) -> Iterator[Ref]:
        """The speaker, the claims it is related to, its places, its evidence."""
        yield from ref_to("speaker", self.speaker, "source")
        yield from refs_to("places", self.places, "place")
        yield from ref_to("retells", self.retells, "claim", chain=True)
        yield from refs_to("supersedes", self.supersedes, "claim", chain=True)
        yield from refs_to("denies", self.denies, "claim")
        yield from refs_to("qualifies", self.qualifies, "claim")
        yield from refs_to("evidence", self.evidence, "item")
        yield from citation_refs("sources", self.sources)
        for index, link in enumerate(self.chain):
            yield from ref_to(f"chain.{index}.source", link.source, "source")
            yield from ref_to(f"chain.{index}.claim", link.claim, "claim", chain=True)
            yield from ref_to(f"chain.{index}.evidence", link.evidence, "item")
        if self.original is not None:
            yield from ref_to("original.media", self.original.media, "media")
