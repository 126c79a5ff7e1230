"""The page while it is being made: what it prints, what that rests on, and what the file carries."""

from __future__ import annotations

import csv
import json
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup, escape

from dateline.core.identity import canonical, sha256_bytes
from dateline.ledger.agreed import Standing, called, speaker_of
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim
from dateline.ledger.finding import Finding, PlaceAnswer
from dateline.ledger.reference import Reference
from dateline.story.language import Language
from dateline.story.markdown import markdown
from dateline.story.picture import Drawn, artifact_path
from dateline.story.reading import Answer, Reading
from dateline.story.speak import speak, statement


def safe(html: str) -> Markup:
    """HTML that our own renderers made, which escape every text; the one door past autoescape."""
    return Markup(html)  # noqa: S704


SAID = frozenset({"claim", "event", "source", "place", "media", "reply"})
"""Records that get an entry under "Who said it"."""


@dataclass(frozen=True, slots=True)
class Embed:
    """Bytes that the page carries and that a reader's browser can hash again."""

    id: str
    what: str
    media_type: str
    size: int
    sha256: str
    text: Markup | None = None
    """What goes between the tags of a data block; None for a picture, whose bytes stand in its address."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One thing on the page that rests on something: where it stands, on what it rests, and in which words it is said.

    A link of the text to its working, or a figure, which stands here once for each thing that it shows.
    """

    anchor: str
    owner: str
    within: str


Drawings = dict[Hashable, Drawn]


@dataclass
class Page:
    """Gathers, while blocks and prose are rendered in order, what the sections after them need. Lives for one build."""

    reading: Reading
    cited: dict[str, list[str]] = field(default_factory=dict)
    """For each finding or record, the anchors in the text that lead to it."""
    printed: list[Printed] = field(default_factory=list)
    """In the order of the text: what would have to go if that on which it rests went. Mere names are not here."""
    embeds: list[Embed] = field(default_factory=list)
    figures: int = 0
    geodata: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    """For each figure that shows places, by its number, these as GeoJSON."""
    sections: list[str] = field(default_factory=list)
    items: set[str] = field(default_factory=set)
    credits: dict[str, str] = field(default_factory=dict)
    drawn: Drawings = field(default_factory=dict)
    """Pictures that are drawn already, by all that they are drawn from."""
    _anchors: int = 0

    @property
    def case(self) -> Case:
        """The case."""
        return self.reading.case

    @property
    def language(self) -> Language:
        """The language in which the page speaks."""
        return self.reading.language

    def word(self, key: str, /, **args: object) -> str:
        """An interface word."""
        return self.language.word(key, **args)

    def plural(self, key: str, n: int) -> str:
        """An interface phrase with a count."""
        return self.language.plural(key, n)

    @property
    def in_english(self) -> Markup:
        """Attributes of an element whose text is English: what findings and methods' cards say."""
        if self.language.code == "en":
            return Markup("")
        return Markup(' lang="en" dir="ltr"') if self.language.direction == "rtl" else Markup(' lang="en"')

    def english(self, text: str) -> Markup:
        """English words, marked as such on a page in another language."""
        return Markup("<span{}>{}</span>").format(self.in_english, text) if self.in_english else escape(text)

    def filled(self, key: str, /, **args: object) -> Markup:
        """An interface phrase around words that may be marked up."""
        holes = {name: f"{{{name}}}" for name in args}
        return Markup("{}").format(escape(self.word(key, **holes))).format(**args)

    def told(self, part: Finding | PlaceAnswer) -> Markup:
        """The sentence of an answer: in the page's language where the method's card has it, else in English."""
        said = statement(part, self.language)
        is_english = part.statement is not None and said == part.statement.en
        return self.english(said) if is_english else escape(said)

    def result(self, result: str) -> Markup:
        """A finding's result in words."""
        known = self.language.owns("result." + result.replace(" ", "_"))
        return escape(self.language.result(result)) if known else self.english(self.language.result(result))

    def prose(self, text: str) -> Markup:
        """Inline Markdown with references, as HTML; whatever else looks like HTML stays text."""
        from dateline.story.prose import inline

        return inline(self, text)

    def plain(self, text: str) -> str:
        """The same as text without markup, for alt texts and titles."""
        words = []
        for token in (child for top in markdown().parseInline(text) for child in top.children or []):
            if token.type == "reference":
                words.append(self.says(token.content, token.meta["forms"]))
            elif token.type in {"softbreak", "hardbreak"}:
                words.append(" ")
            else:
                words.append(token.content)
        return "".join(words)

    def look(self, text: str) -> Reference:
        """What a reference gives. The check has passed: it gives something."""
        reference = self.reading.look(text)
        if not isinstance(reference, Reference):
            raise reference
        return reference

    def says(self, text: str, forms: tuple[str, ...] = ()) -> str:
        """The words that a reference prints."""
        return speak(self.look(text), self.reading.answer(text), self.language, forms)

    def cite(self, text: str, forms: tuple[str, ...] = (), *, within: str = "") -> Markup:
        """A reference as a link to its working; `within` is the sentence that it stands in."""
        reference = self.look(text)
        return self.link(reference, self.says(text, forms), within=within)

    def link(self, reference: Reference, words: str | Markup, *, within: str = "") -> Markup:
        """Words that lead to the finding or record they come from."""
        self._anchors += 1
        anchor = f"r{self._anchors}"
        self.cited.setdefault(reference.owner, []).append(anchor)
        if reference.owner_kind not in {"source", "place"}:
            self.printed.append(Printed(anchor, reference.owner, within or _bare(words)))
        kind = "finding" if reference.owner_kind == "finding" else reference.owner_kind
        quiet = " name" if reference.sort in {"name", "record"} else ""
        return Markup('<a class="ref{}" id="{}" href="#{}" data-{}="{}" data-ref="{}">{}</a>').format(
            quiet, anchor, self.anchor(reference.owner), kind, reference.owner, reference.text.strip(), words
        )

    def anchor(self, owner: str) -> str:
        """The id of the entry that explains a finding, an item or a record."""
        if self.case.has_finding(owner):
            return f"how-{owner}"
        return f"file-{owner}" if owner in self.case.items else f"said-{owner}"

    def finding(self, name: str) -> Finding:
        """A finding, which from now on gets its entry under "How we know this"."""
        self.cited.setdefault(name, [])
        return self.case.finding(name)

    def rows(self, finding: Finding) -> list[Mapping[str, Any]]:
        """The rows of a finding's series, from the finding or from its file beside it. Raises InputError."""
        if finding.series is None or finding.series.artifact is None:
            return [] if finding.series is None else list(finding.series.rows)
        path = artifact_path(self.case, finding.id, finding.series.artifact)
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def answer(self, text: str) -> Answer:
        """The finding, or its part for a place, that a reference stands on."""
        answer = self.reading.answer(text)
        if answer is None:
            raise TypeError(f"{text} is no part of a finding")
        return answer

    def name(self, place: str, answer: PlaceAnswer | None = None) -> str:
        """A place's name in the page's language; else the name in its answer's sentence; else its id."""
        record = self.case.places.get(place)
        if record is not None:
            return record.name(self.language.code)
        told = answer.statement.args.get("place") if answer is not None and answer.statement else None
        return told if isinstance(told, str) and told else place

    def speaker(self, claim: Claim) -> str:
        """Who says it, as they may be called."""
        return speaker_of(claim, self.case.records, self.language.code) or self.word("said.unnamed")

    def source(self, name: str) -> str:
        """A source as it may be called."""
        return called(self.case.sources[name], Standing(), self.language.code) or self.word("said.unnamed")

    def shows(self, number: int, title: str, owners: Iterable[str], since: int) -> None:
        """A figure shows these things; links made in it (those from number `since` on) are said to stand there."""
        figure = self.word("page.figure", n=number)
        known = {name for name in owners if name not in {*self.case.sources, *self.case.places}}
        self.printed[since:] = [replace(one, within=f"{figure}: {one.within}") for one in self.printed[since:]]
        self.printed += [Printed(f"figure-{number}", name, f"{figure}: {title}") for name in sorted(known)]

    def next_figure(self) -> int:
        """The number of the next figure."""
        self.figures += 1
        return self.figures

    def carry(self, embed: Embed) -> Embed:
        """Adds bytes to those that a reader can check; the same id only once."""
        if all(each.id != embed.id for each in self.embeds):
            self.embeds.append(embed)
        return embed

    def carry_json(self, name: str, what: str, value: Any) -> Embed:
        """JSON that the page carries as a data block; "<" is written so that no tag can begin in it."""
        text = json.dumps(canonical(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        text = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        data = text.encode()
        return self.carry(Embed(name, what, "application/json", len(data), sha256_bytes(data), safe(text)))


def _bare(words: str | Markup) -> str:
    return words.striptags() if isinstance(words, Markup) else words
