"""The questions that make a record: one key a question, the same in prompts, in pasted text and as a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dateline.core.errors import UsageError
from dateline.ledger.case import MODELS
from dateline.ledger.keys import keys_at
from dateline.ledger.record import Record

NAME = "name"
"""A name is asked for in the case's first language; `name_ko` gives it in another."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question: its key, the path of the record that it fills, how its text is read, and what helps to answer it.

    `after`: asked only once that key was answered; `unless`: only while that key was not. `later`: not asked by itself,
    but it may be given. An empty path belongs to no field of its own record.
    """

    key: str
    path: str
    help: str
    example: str = ""
    way: str = "text"
    after: str | None = None
    later: bool = False
    required: bool = False
    unless: str | None = None

    @property
    def steps(self) -> tuple[str, ...]:
        """The path as keys of tables."""
        return tuple(self.path.split(".")) if self.path else ()


@dataclass(frozen=True, slots=True)
class Form:
    """All questions of one kind of record, in the order in which they are asked, and the columns of its sheet."""

    kind: str
    model: type[Record]
    fields: tuple[Field, ...]

    def field(self, key: str) -> Field | None:
        """The question of a key; that of the name for a name in any language."""
        plain = NAME if key.startswith(f"{NAME}_") else key
        return next((field for field in self.fields if field.key == plain), None)

    def key_of(self, path: str) -> str:
        """The key that fills a place of the record: that of the longest path that leads there."""
        steps = tuple(path.split("."))
        if steps[0] == "names":
            return f"{NAME}_{steps[1]}" if len(steps) > 1 else NAME
        best = max(self.fields, key=lambda field: _shared(field.steps, steps))
        return best.key if _shared(best.steps, steps) else path

    def choices(self, field: Field) -> tuple[str, ...]:
        """The words that a field takes; none where any will do."""
        *above, last = field.steps or ("",)
        if self.kind == "claim" and field.path == "quantity.kind":
            return ("count", "cumulative", "capacity", "plan", "rate")
        return tuple(_enum(keys_at(self.model, tuple(above)).get(last, {})))


def _shared(path: tuple[str, ...], steps: tuple[str, ...]) -> int:
    """How well a field's path fits: all of it, or the table that it stands in."""
    if path == steps[: len(path)]:
        return 2 * len(path)
    if steps == path[: len(steps)]:
        return 2 * len(steps) - 1
    return 0


def _enum(schema: Mapping[str, Any]) -> list[str]:
    if "enum" in schema:
        return list(schema["enum"])
    inner = [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())]
    return next((found for option in inner if (found := _enum(option))), [])


def form_of(kind: str) -> Form:
    """The form of a kind of record. Raises UsageError (code `kind`)."""
    if kind not in FORMS:
        raise UsageError("There is no form for this.", saw=repr(kind), do=f"Take {', '.join(FORMS)}.", code="kind")
    return FORMS[kind]


_SOURCES = Field(
    "sources", "sources", "the page: title, address, [published DAY] [read DAY]; one a line",
    "Yonhap https://en.yna.co.kr/view/AEN1 [published 2024-02-23]", "citations",
)  # fmt: skip
_EVIDENCE = Field("evidence", "evidence", "ids of archived items in which it can be read", "E-0191", "ids")
_PLACES = Field("places", "places", "ids of places, parted by spaces", "najin-port", "ids")
_NOTE = Field("note", "note", "anything else; lines stay lines", way="long")
_ID = Field("id", "id", "the record's name and its file's; made for you without", later=True)

_TERMS = (
    Field("terms", "terms.are", "what was agreed with whoever speaks; nothing means on the record", "background",
          "choice", later=True),
    Field("described_as", "terms.described_as", "how they may be described in place of their name",
          "a worker at the port", after="terms"),
    Field("agreed_by", "terms.agreed_by", "who of us agreed to that", "mk", after="terms"),
    Field("agreed_on", "terms.agreed_on", "on which day", "2024-10-01", after="terms"),
    Field("terms_embargo", "terms.embargo", "not to be used before", "2024-12-01T06:00:00Z", later=True),
)  # fmt: skip

_PLACE = (
    _ID,
    Field("name", "names", "its name; in another language: name_ko, name_ru …", "Najin", "name", required=True),
    Field("role", "role", "what it is in this investigation", "port", "choice", required=True),
    Field(
        "position", "where.position", "pasted from anywhere: degrees, minutes, MGRS, a map link; or a town's name",
        "42.2333 N, 130.3000 E", "position",
    ),
    Field("radius", "where.radius", "how far off that may be, or how far the place extends [m]", "500", "metres"),
    Field(
        "polygon", "where.polygon", "corners instead of a position: longitude latitude; …",
        "130.29 42.22; 130.31 42.22; 130.31 42.24", "corners", later=True,
    ),
    Field("geojson", "where.geojson", "a file of the case instead of a position", "shapes/port.geojson", later=True),
    Field("precision", "where.precision", "how far a drawn boundary may be off [m]", "50", "metres", later=True),
    Field("within", "within", "id of the place that it lies in", "rason", "id"),
    Field("located_by", "located_by", "who found the position, and how", "mk, from the pier on imagery"),
    Field("sensitive", "sensitive", "yes: it could give somebody away", "yes", "yes"),
    Field("publish_precision", "publish_precision", "the finest that may be printed of it [m]", "5000", "metres"),
    Field(
        "quay", "quay", "a berth's quay line: longitude latitude; … from end to end",
        "130.298 42.228; 130.300 42.231", "corners", later=True,
    ),
    Field("slots", "slots", "where ships lie along it [m]", "south 0-180; north 180-340", "slots", later=True),
    _SOURCES,
    _NOTE,
)  # fmt: skip

_SOURCE = (
    _ID,
    Field("name", "names", "its name; in another language: name_ko …", "US State Department", "name", required=True),
    Field("type", "type", "what it is", "government", "choice", required=True),
    Field("state", "state", "the state it belongs to, two letters", "US"),
    Field("zone", "zone", "its time zone: whose Friday it is", "America/New_York"),
    *_TERMS,
    Field("member_of", "member_of", "ids of the bodies that it speaks for", way="ids"),
    Field("depends_on", "depends_on", "ids of the sources from which it knows what it says", "us-intel", "ids"),
    Field("interests", "interests", "what it stands to gain"),
    Field("scale", "scale", "its scale of likelihood words", "icd-203", later=True),
    Field("reliability", "reliability", "A completely reliable … E unreliable, F cannot be judged", "B", "choice"),
    Field(
        "history", "history", "grades given so far, one a line", "C [by mk] [date 2024-03-02] past counts too high",
        "judgements", later=True,
    ),
    _SOURCES,
    _NOTE,
)  # fmt: skip

_CLAIM = (
    _ID,
    Field("speaker", "speaker", "who says it: the id or name of a source", "US State Department", "source",
          required=True),
    Field("speaker_type", "", "of a new speaker: what it is; this makes the source too", "government", "speaker",
          later=True),
    Field("speaker_state", "", "of a new speaker: its state, two letters", "US", "speaker", later=True),
    Field("speaker_zone", "", "of a new speaker: its time zone", "America/New_York", "speaker", later=True),
    _SOURCES,
    Field("said", "said", "when it was said; words are read against the page's [published …]", "2024-02-23", "when",
          required=True),
    Field("said_basis", "said_basis", "how we know when", "'Friday' in a page of 24 February"),
    Field("statement", "statement", "what is claimed, in our own words",
          "North Korea delivered more than 10,000 containers", required=True),
    Field("stance", "stance", "what the speaker does; 'no proof' and 'no comment' are no denials", "asserts", "choice",
          required=True),
    Field("quote", "original.text", "the very words, in their language", way="long"),
    Field("language", "original.language", "of the quote", "ko", after="quote"),
    Field("translation", "original.translation", "of the quote", way="long", after="quote"),
    Field("translator", "original.translator", "who translated it", "mk", after="translation"),
    Field("second_linguist", "original.second_linguist", "who read the translation against it", "fox",
          after="translation"),
    Field("linguist_agrees", "original.agrees", "yes or no: whether the second linguist agrees", "yes", "yes",
          after="second_linguist"),
    Field("heard_in", "original.media", "id of the recording in which the words are heard", "base-video", later=True),
    Field("heard_from", "original.start", "from where in it", "00:01:02.500", after="heard_in"),
    Field("heard_to", "original.end", "to where", "00:01:09", after="heard_in"),
    Field("quote_note", "original.note", "on the words or the translation", way="long", later=True),
    *_TERMS,
    Field("quantity", "quantity", "the words of the amount, with what is counted", "more than 10,000 containers",
          "quantity"),
    Field("quantity_kind", "quantity.kind", "count at one time, cumulative over a time, capacity, plan or rate",
          "cumulative", "choice", "quantity"),
    Field("period", "period", "the words of the time it is about; read against the day it was said",
          "since last September", "when"),
    Field("hedge", "hedge.text", "how sure the speaker sounds, in the speaker's words", "likely"),
    Field("hedge_class", "hedge.class", "of which sort these words are", "estimative", "choice", "hedge"),
    Field("hedge_scale", "hedge.scale", "the speaker's own scale", "icd-203", later=True),
    Field("origin", "origin.key", "who has the knowledge; UNKNOWN when nobody says", "US-GOV-INTEL"),
    Field("origin_state", "origin.state", "from which state, two letters", "US", after="origin"),
    Field("origin_method", "origin.method", "how they know", "intelligence", after="origin"),
    Field("raw_material", "origin.raw_material", "from what", "undisclosed", after="origin"),
    Field("chain", "chain", "from what you read back to who knows; ? at the end when nobody says; [read] marks what "
          "was read, else the first", "Outlet > wire > ministry", "chain"),
    _PLACES,
    Field("retells", "retells", "id of the claim that this one repeats", "C041", "id"),
    _EVIDENCE,
    Field("status", "status", "of what is claimed", "done", "choice", later=True),
    Field("utterance", "utterance", "a name shared by all claims of one act of saying", later=True),
    Field("supersedes", "supersedes", "ids of earlier claims of the same origin", way="ids", later=True),
    Field("denies", "denies", "ids of the claims that it denies", way="ids", later=True),
    Field("qualifies", "qualifies", "ids of the claims that it qualifies", way="ids", later=True),
    Field("subject", "proposition.subject", "who does it", "DPRK", later=True),
    Field("relation", "proposition.relation", "what it does", "delivered_to", later=True),
    Field("object", "proposition.object", "to whom", "Russia", later=True),
    Field("thing", "proposition.thing", "with what", "containers of munitions", later=True),
    Field("source_reliability", "assessment.source_reliability", "our grade of the source, A to F", "B", "choice",
          later=True),
    Field("info_credibility", "assessment.info_credibility", "our grade of the information, 1 to 6", "3", "whole",
          later=True),
    Field("assessed_by", "assessment.by", "who graded it", "mk", later=True),
    Field("assessed_on", "assessment.date", "on which day", "2024-03-02", later=True),
    Field("assessed_why", "assessment.why", "and why", "past counts not checkable", "long", later=True),
    Field("written_by", "written_by", "who of us wrote the record; the app fills it in", "fox", later=True),
    _NOTE,
)  # fmt: skip

_EVENT = (
    _ID,
    Field("title", "title", "what happened, in a line", "Seoul: around 6,700 containers", required=True),
    Field("when", "when", "the day or days; of words say when they were said", "late August 2023 [said 2023-09-01]",
          "when", required=True),
    Field("kind", "kind", "what it stands on", "claimed", "choice", required=True),
    Field("in_own_words", "in_own_words", "what happened, in our own words", way="long"),
    _PLACES,
    Field("claims", "claims", "ids of the claims that say so", "C041 C043", "ids"),
    Field("findings", "findings", "ids of the measures that show it", way="ids"),
    _EVIDENCE,
    _SOURCES,
    _NOTE,
)  # fmt: skip

_AXES = {
    "location": "where the camera stood",
    "time": "when it was taken",
    "authenticity": "whether the file is what came out of the camera",
    "depiction": "whether it shows what it is said to show",
}


def _axis(name: str, about: str) -> tuple[Field, ...]:
    return (
        Field(name, f"{name}.state", f"how far we know {about}", way="choice", later=True),
        Field(f"{name}_by", f"{name}.by", "whose work that is", "mk", after=name),
        Field(f"{name}_reviewer", f"{name}.reviewer", "a second person, who did not see the answer", "fox", after=name),
        Field(f"{name}_date", f"{name}.date", "on which day", "2024-03-02", after=name),
        Field(f"{name}_why", f"{name}.why", "on what grounds", way="long", after=name),
        Field(f"{name}_evidence", f"{name}.evidence", "ids of items", way="ids", after=name),
        Field(f"{name}_findings", f"{name}.findings", "ids of measures", way="ids", after=name),
    )


_MEDIA = (
    _ID,
    Field("title", "title", "what it is, in a line", "Clip of a goods train at Tumangang", required=True),
    Field("type", "type", "photo, video, audio, or notes of a conversation", "video", "choice", required=True),
    Field("items", "items", "ids of the files we have of it", "E-0191", "ids"),
    Field("posted", "posted", "when it was first posted, as far as we know", "2024-02-23", "when"),
    Field("url", "url", "where", "https://t.me/channel/12"),
    Field("taken", "taken", "the time in which it was taken, from evidence", "2024-02-20/2024-02-23", "when"),
    _PLACES,
    *_TERMS,
    Field("copy_of", "copy_of", "id of an earlier copy", way="id"),
    Field("graphic", "graphic", "yes: blurred until asked for", "yes", "yes"),
    Field("mask", "mask", "what is masked before publication", "faces plates", "ids"),
    Field("caption", "caption.text", "the words it came with", way="long"),
    Field("caption_language", "caption.language", "their language", "ru", after="caption"),
    Field("caption_translation", "caption.translation", "in ours", way="long", after="caption"),
    Field("caption_translator", "caption.translator", "who translated it", "mk", after="caption_translation"),
    *(field for name, about in _AXES.items() for field in _axis(name, about)),
    _SOURCES,
    _NOTE,
)  # fmt: skip

_REPLY = (
    _ID,
    Field("party", "party", "who was asked: the id or name of a source", "Port of Najin", "source", required=True),
    Field("about", "about", "ids of the claims, events, media or findings put to them", "C041", "ids"),
    Field("not_asked", "not_asked.why", "only when nobody asked them: why not", "it is a ministry, which speaks here"),
    Field("not_asked_by", "not_asked.by", "who decided that", "fox", after="not_asked"),
    Field("not_asked_date", "not_asked.date", "on which day", "2024-10-01", after="not_asked"),
    Field("question", "question", "what was put to them", way="long", required=True, unless="not_asked"),
    Field("asked", "asked", "when", "2024-10-01", "when", required=True, unless="not_asked"),
    Field("asked_by", "asked_by", "by whom", "mk", unless="not_asked"),
    Field("channel", "channel", "letter, e-mail, telephone", "e-mail", unless="not_asked"),
    Field("deadline", "deadline", "until when", "2024-10-08", "when", required=True, unless="not_asked"),
    Field("outcome", "outcome", "what came of it so far", "waiting", "choice", required=True,
          unless="not_asked"),
    Field("answered", "answered", "when they answered", "2024-10-05", "when", unless="not_asked"),
    Field("answer", "answer", "their words", way="long", unless="not_asked"),
    Field("language", "language", "of their words", "ko", after="answer"),
    Field("translation", "translation", "of their words", way="long", after="answer"),
    Field("translator", "translator", "who translated it", "mk", after="translation"),
    _EVIDENCE,
    _NOTE,
)  # fmt: skip

_FIELDS = {
    "place": _PLACE, "source": _SOURCE, "claim": _CLAIM, "event": _EVENT, "reply": _REPLY, "media": _MEDIA,
}  # fmt: skip
_BY_KIND = {model.kind: model for model in MODELS}
FORMS: Mapping[str, Form] = {kind: Form(kind, _BY_KIND[kind], fields) for kind, fields in _FIELDS.items()}  # type: ignore[index]
"""The form of every kind that people add by hand."""
