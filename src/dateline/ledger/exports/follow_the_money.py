"""`dateline export followthemoney`: sources, places, events, claims and media as entities; lost.csv says what is lost.

FollowTheMoney 4 (JSON lines, one entity a line). Its dates are prefixes of a day: "2023-08/2024-02" and "2023-08~"
would be cut to 2023-08 without a word, so no such date is written. It has no bounds of amounts, no chains and no
claims: a claim becomes an Article, which is a piece of reporting, and never an Event, which would be a fact.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from dateline.core.identity import canonical_json
from dateline.core.when import Moment, When
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim
from dateline.ledger.claims_columns import Lost
from dateline.ledger.event import Event
from dateline.ledger.exports.bundle import KEPT_BACK, Bundle, public_where
from dateline.ledger.media_item import MediaItem
from dateline.ledger.place import Place
from dateline.ledger.source import Source
from dateline.ledger.verification import AXES

SCHEMAS: Mapping[str, str] = {
    "person": "Person", "anonymous": "LegalEntity", "government": "PublicBody", "intelligence": "PublicBody",
    "military": "PublicBody", "international": "Organization", "party": "Organization", "outlet": "Organization",
    "wire": "Organization", "think_tank": "Organization", "ngo": "Organization", "company": "Company",
    "laboratory": "Organization", "imagery": "Company", "other": "LegalEntity",
}  # fmt: skip
"""The schema of a source by its type."""

_BODIES = frozenset({"PublicBody", "Organization", "Company"})
_MEDIA = {"photo": "Image", "video": "Video", "audio": "Audio", "notes": "PlainText"}
_WORDS = "words in `notes`"


def bundle(case: Case) -> Bundle:
    """Every entity in order of kind and id."""
    work = _Work(case)
    for source in case.sources.values():
        work.source(source)
    for place in case.places.values():
        work.place(place)
    for claim in case.claims.values():
        work.claim(claim)
    for event in case.events.values():
        work.event(event)
    for media in case.media.values():
        work.media(media)
    lines = "".join(json.dumps(entity, ensure_ascii=False, sort_keys=True) + "\n" for entity in work.entities)
    for name in case.replies:
        work.lost.append(Lost(name, "the record", "a right of reply", "nothing"))
    for name in case.matrices:
        work.lost.append(Lost(name, "the record", "a matrix of explanations", "nothing"))
    return Bundle(files={"entities.ftm.json": lines.encode()}, without=work.without, lost=work.lost)


@dataclass(slots=True)
class _Work:
    case: Case
    entities: list[dict[str, Any]] = field(default_factory=list)
    without: dict[str, str] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)

    def add(self, schema: str, record: str, /, **properties: str | list[str] | None) -> str:
        """One entity; what is unknown is not there."""
        told = {key: [value] if isinstance(value, str) else value for key, value in properties.items() if value}
        ident = self.ident(record)
        self.entities.append({"id": ident, "schema": schema, "properties": told})
        return ident

    def ident(self, name: str) -> str:
        """An entity's id: the case's and the record's."""
        return f"{self.case.head.id}-{name}"

    def gone(self, record: str, where: str, was: object, becomes: str = "nothing") -> None:
        """Notes a loss, where there is something to lose."""
        if was:
            self.lost.append(Lost(record, where, _said(was), becomes))

    def source(self, source: Source) -> None:
        """A person or body, and the bodies that it speaks for."""
        schema = SCHEMAS[source.type]
        first, *others = dict.fromkeys([source.name(self.case.head.languages[0]), *source.names.values()])
        self.add(schema, source.id, name=first, alias=others, country=(source.state or "").lower(), notes=source.note)
        for body in source.member_of:
            if SCHEMAS[self.case.sources[body].type] in _BODIES:
                ends = {"member": self.ident(source.id), "organization": self.ident(body)}
                self.add("Membership", f"{source.id}-of-{body}", **ends)
            else:
                self.gone(source.id, "member_of", body)
        for key in ("depends_on", "reliability", "history", "interests", "zone", "scale"):
            self.gone(source.id, key, getattr(source, key))

    def place(self, place: Place) -> None:
        """A point; how far off it may be, and outlines, have no property."""
        where = public_where(place)
        if where is None:
            self.without[place.id] = KEPT_BACK
            return
        west, south, east, north = where.bounds()
        name = place.name(self.case.head.languages[0])
        lon, lat = f"{(west + east) / 2:.6f}", f"{(south + north) / 2:.6f}"
        self.add("Address", place.id, full=name, longitude=lon, latitude=lat, remarks=place.role)
        self.gone(place.id, "where", where.is_area and "an outline", "the middle of its bounds")
        self.gone(place.id, "where.radius", where.radius and f"{where.radius:g} m")

    def claim(self, claim: Claim) -> None:
        """A piece of reporting: who says it, when, in which words; linked to its speaker."""
        speaker = self.case.sources[claim.speaker]
        notes = list(_notes(claim))
        article = self.add(
            "Article", claim.id, title=claim.statement, author=speaker.name(self.case.head.languages[0]),
            publishedAt=self.cut(claim.id, "said", claim.said), notes=notes,
            sourceUrl=[page.url for page in claim.sources if page.url],
            publisher=[page.title for page in claim.sources if page.title],
            bodyText=claim.original.text if claim.original else None,
        )  # fmt: skip
        self.documents(article, claim.id, claim.speaker, "says")
        if claim.quantity is not None:
            self.gone(claim.id, "quantity", claim.quantity.text, f"{_WORDS}, without bounds")
        if claim.period is not None:
            self.gone(claim.id, "period", claim.period.text or claim.period.edtf(), _WORDS)
        for key in ("chain", "origin", "assessment", "proposition", "retells", "supersedes", "denies", "qualifies"):
            self.gone(claim.id, key, getattr(claim, key))

    def event(self, event: Event) -> None:
        """A dated event, linked to the claims that say so."""
        ident = self.add(
            "Event", event.id, name=event.title, description=event.in_own_words, **self.span(event),
            notes=f"{event.basis}, not established" if event.basis in {"claimed", "reported"} else event.basis,
            addressEntity=[self.ident(name) for name in event.places if name not in self.without],
            sourceUrl=[page.url for page in event.sources if page.url],
        )  # fmt: skip
        for name in event.claims:
            self.add("Documentation", f"{name}-says-{event.id}", document=self.ident(name), entity=ident, role="claims")
        self.gone(event.id, "findings", event.findings)

    def media(self, media: MediaItem) -> None:
        """A picture, clip or conversation without its file."""
        caption = media.caption.text if media.caption else None
        self.add(
            _MEDIA[media.type], media.id, title=media.title, sourceUrl=media.url, notes=caption,
            authoredAt=self.cut(media.id, "taken", media.taken), publishedAt=self.cut(media.id, "posted", media.posted),
        )  # fmt: skip
        for key in (*AXES, "said_to_show", "marks", "relations", "copy_of", "items", "transcript"):
            self.gone(media.id, key, getattr(media, key))

    def documents(self, document: str, name: str, entity: str, role: str) -> None:
        """The link between a document and what it is about."""
        self.add("Documentation", f"{name}-by-{entity}", document=document, entity=self.ident(entity), role=role)

    def span(self, event: Event) -> dict[str, str | None]:
        """First and last day of an event; one day is one date."""
        when = event.when
        if when.text or when.approximate or when.after or when.rule:
            words = when.text or when.spoken()
            self.gone(event.id, "when", f"{words}{' (approximate)' * when.approximate}", "plain days, without words")
        if when.earliest is not None and when.earliest == when.latest:
            return {"date": _prefix(when.earliest)}
        for key, moment in (("startDate", when.earliest), ("endDate", when.latest)):
            self.gone(event.id, "when", moment is None and f"an open {key[:-4]}", f"no {key}")
        return {"startDate": _prefix(when.earliest), "endDate": _prefix(when.latest)}

    def cut(self, record: str, key: str, when: When | None) -> str | None:
        """One date for a property that takes one only: what the first and last day share, and a note of the rest."""
        if when is None:
            return None
        first, last = _prefix(when.earliest), _prefix(when.latest)
        if first is not None and first == last and not when.approximate:
            return first
        shared = None
        for length in (4, 7):
            if first and last and first[:length] == last[:length]:
                shared = first[:length]
        whole = shared is not None and When.from_edtf(shared) == When.between(when.earliest, when.latest)
        if not whole or when.approximate or when.text:
            self.gone(record, key, when.text or when.edtf(), shared or "no date")
        return shared


def _said(value: object) -> str:
    """A value of a record in one line."""
    if isinstance(value, tuple) and all(isinstance(item, str) for item in value):
        return " ".join(value)
    if isinstance(value, tuple):
        value = [item.model_dump(by_alias=True, exclude_none=True) for item in value]
    elif isinstance(value, BaseModel):
        value = value.model_dump(by_alias=True, exclude_none=True)
    return value if isinstance(value, str) else canonical_json(value).decode()


def _notes(claim: Claim) -> Iterator[str]:
    yield f"stance: {claim.stance}"
    if claim.hedge is not None:
        yield f"hedge: {claim.hedge.text}"
    if claim.quantity is not None:
        yield f"amount, as said: {claim.quantity.text} ({claim.quantity.unit}, {claim.quantity.kind.value})"
    if claim.period is not None:
        yield f"about: {claim.period.text or claim.period.spoken()}"
    if claim.origin is not None:
        yield f"origin: {claim.origin.key}"


def _prefix(moment: Moment | None) -> str | None:
    if isinstance(moment, datetime):
        return moment.isoformat()
    return moment.isoformat() if isinstance(moment, date) else None
