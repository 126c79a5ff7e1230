"""How the text of each sort of key is read, and how a record's value is spelt again."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dateline.core.errors import UsageError
from dateline.core.when import When
from dateline.ledger.compose import amounts, ground, links
from dateline.ledger.compose.brackets import Wrong
from dateline.ledger.compose.desk import Desk, Option, Spotted
from dateline.ledger.compose.form import Field, Form
from dateline.ledger.compose.times import Against, Several, moments, read_when, spelt
from dateline.ledger.compose.told import Told
from dateline.ledger.faults import nearest, offer
from dateline.ledger.source import Source


class Choose(Exception):
    """A text has several readings, each said by other texts. A step inside this package."""

    def __init__(self, ask: str, options: tuple[Option, ...]) -> None:
        super().__init__(ask)
        self.ask = ask
        self.options = options


@dataclass(slots=True)
class Draft:
    """A record while it is made: what was told, and its data so far. Fields are read in the order of the form."""

    form: Form
    told: Told
    desk: Desk
    data: dict[str, Any]
    notes: list[str] = field(default_factory=list)

    def text(self, key: str) -> str | None:
        """What was told under a key."""
        return self.told.values.get(key)


Read = Callable[[str, Field, Draft], Any]


def _text(text: str, question: Field, draft: Draft) -> str:  # noqa: ARG001
    return text


def _ids(text: str, question: Field, draft: Draft) -> list[str]:  # noqa: ARG001
    return re.split(r"[\s,;]+", text.strip(" ,;\n"))


def _choice(text: str, question: Field, draft: Draft) -> str:
    """One of the words, whatever their case; a number that was chosen from the list will do."""
    words = draft.form.choices(question)
    plain = re.sub(r"[\s-]+", "_", text.strip())
    by_lower = {word.lower(): word for word in words}
    if plain.lower() not in by_lower:
        near = nearest(plain, words)
        listed = ", ".join(words)
        raise Wrong(repr(text), f"{listed}{f'; did you mean {near[0]}?' if near else ''}")
    return by_lower[plain.lower()]


def _yes(text: str, question: Field, draft: Draft) -> bool:  # noqa: ARG001
    plain = text.strip().lower()
    if plain not in {"yes", "y", "true", "no", "n", "false"}:
        raise Wrong(repr(text), "yes or no")
    return plain[0] in "yt"


def _whole(text: str, question: Field, draft: Draft) -> int:  # noqa: ARG001
    if not re.fullmatch(r"\d{1,6}", text.strip()):
        raise Wrong(repr(text), "a whole number")
    return int(text)


def _when(text: str, question: Field, draft: Draft) -> When:
    try:
        return read_when(text, _against(question, draft))
    except Several as several:
        raise _choose(several, question.key) from several


def _against(question: Field, draft: Draft) -> Against:
    said, asked = draft.data.get("said"), draft.data.get("asked")
    if question.key == "said":
        return Against(_published(draft), what="sources: … [published 2024-02-23]")
    if question.key == "period" and said is not None:
        speaker = draft.desk.sources.get(draft.data.get("speaker", ""))
        zone = draft.text("speaker_zone") or (speaker.zone if speaker else None)
        return Against(moments(_noun(said)), zone, what="[said 2024-02-23], for the day it was said is not known")
    if question.key in {"deadline", "answered"} and asked is not None:
        return Against(moments(_noun(asked)), direction="future")
    return Against()


def _published(draft: Draft) -> tuple[str, ...]:
    """The day on the page, against which "on Friday" is read."""
    day = next((page["published"] for page in draft.data.get("sources", ()) if "published" in page), None)
    try:
        return () if day is None else moments(_noun(day))
    except UsageError:  # the model says what is wrong with it
        return ()


def _noun(value: Any) -> When:
    """A time of the record so far: a noun, or as its file says it."""
    if isinstance(value, When):
        return value
    return When.from_edtf(value) if isinstance(value, str) else When.from_json(value)


def _choose(several: Several, key: str) -> Choose:
    return Choose(several.ask, tuple(Option(label, {key: exact}) for label, exact in several.readings))


def _quantity(text: str, question: Field, draft: Draft) -> dict[str, Any]:
    try:
        return amounts.read_amount(text, draft.desk.units)
    except Several as several:
        raise _choose(several, question.key) from several


def _source(text: str, question: Field, draft: Draft) -> str:
    """The id of a source: by id, or by one of its names. A new speaker's id is made of the name."""
    sources = draft.desk.sources
    if text in sources:
        return text
    named = [source for source in sources.values() if _answers(source, text)]
    if len(named) == 1:
        return named[0].id
    if named:
        raise Choose("Several sources have this name:", tuple(_known(source, question) for source in named))
    if question.key == "speaker" and draft.text("speaker_type"):
        return ""
    near = _near(text, sources)
    if near:
        raise Choose(f"No source is called {text!r}. Is it one of these?", tuple(_known(one, question) for one in near))
    do = "; to make it, say speaker_type too" if question.key == "speaker" else "; add it first: dateline add source"
    raise Wrong(f"{text!r}, which is not there", f"the id or name of a source: {offer(text, sources)}{do}")


def _answers(source: Source, text: str) -> bool:
    return text.casefold() in {name.casefold() for name in (source.id, *source.names.values())}


def _known(source: Source, question: Field) -> Option:
    return Option(f"{source.name()} ({source.id}, {source.type})", {question.key: source.id})


def _near(text: str, sources: Mapping[str, Source]) -> list[Source]:
    """Sources whose id or name looks like the text, or shares all of its words."""
    names = {name: source for source in sources.values() for name in (source.id, *source.names.values())}
    words = set(re.findall(r"\w{3,}", text.casefold()))
    alike = [source for name, source in names.items() if words and words <= set(re.findall(r"\w+", name.casefold()))]
    close = [names[name] for name in nearest(text, names)]
    return list({source.id: source for source in (*close, *alike)}.values())[:5]


def _position(text: str, question: Field, draft: Draft) -> dict[str, float]:
    plain = ground.read_plain(text)
    try:
        found = Spotted(*plain) if plain else draft.desk.spot(text)
    except UsageError as error:
        raise Wrong(error.saw, f"{error.what} {error.do}") from error
    if not isinstance(found, Spotted):
        if found:
            raise Choose("Which place is meant?", tuple(found))
        raise Wrong(repr(text), f"a position such as {question.example}, or the name of a town that a gazetteer knows")
    draft.notes += found.notes
    told = {"lon": found.lon, "lat": found.lat}
    if plain is None:
        told = {key: round(degrees, 7) for key, degrees in told.items()}
    if found.radius is not None and found.radius > ground.COARSE and draft.text("radius") is None:
        told["radius"] = found.radius
        draft.notes.append(f"radius {found.radius:g} m: it is written no finer; say radius if it is known better")
    return told


def _chain(text: str, question: Field, draft: Draft) -> list[dict[str, Any]]:  # noqa: ARG001
    return links.read_chain(text)


@dataclass(frozen=True, slots=True)
class Way:
    """Reading a text, and spelling the value that a record's TOML has there."""

    read: Read
    spell: Callable[[Any], str] = str


def _spelt_when(value: Any) -> str:
    return value if isinstance(value, str) else spelt(_noun(value))


def _spelt_ids(ids: Any) -> str:
    return " ".join(ids)


WAYS: Mapping[str, Way] = {
    "text": Way(_text),
    "long": Way(_text),
    "id": Way(_text),
    "name": Way(_text),
    "ids": Way(_ids, _spelt_ids),
    "choice": Way(_choice),
    "yes": Way(_yes, lambda value: "yes" if value else "no"),
    "whole": Way(_whole),
    "metres": Way(lambda text, _question, _draft: ground.read_metres(text), ground.spelt_metres),
    "corners": Way(lambda text, _question, _draft: ground.read_corners(text), ground.spelt_corners),
    "slots": Way(lambda text, _question, _draft: ground.read_slots(text), ground.spelt_slots),
    "position": Way(_position, lambda value: ground.spelt_position(value["lon"], value["lat"])),
    "when": Way(_when, _spelt_when),
    "quantity": Way(_quantity, amounts.spelt_amount),
    "citations": Way(lambda text, _question, _draft: links.read_citations(text), links.spelt_citations),
    "chain": Way(_chain, links.spelt_chain),
    "judgements": Way(lambda text, _question, _draft: links.read_judgements(text), links.spelt_judgements),
    "source": Way(_source),
}
