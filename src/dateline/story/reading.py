"""A story laid beside its case: what each reference gives, and which finding a sentence stands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dateline.core.errors import DatelineError
from dateline.core.estimate import Estimate
from dateline.evidence.item import Item, is_named_simulated
from dateline.ledger.agreed import off_record
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding, PlaceAnswer
from dateline.ledger.reference import Reference
from dateline.ledger.secrets import Secrets, secrets_of
from dateline.ledger.trace import resolve, trace
from dateline.story.block import BlockModel, Sort
from dateline.story.document import BlockUse, Passage, Run, Sentence, Story
from dateline.story.fault import Spot
from dateline.story.language import Language
from dateline.story.picture_spec import PictureSpec, pictures_of

REFUSED, CANNOT_TELL, NO_CHANGE = "refused", "cannot tell", "no change found"
NUMBERS = frozenset({"estimate", "number", "interval", "count"})
"""Sorts of reference that print a measured number."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer that a reference stands on: the finding, or its part for one place."""

    finding: Finding
    place: str | None
    part: Finding | PlaceAnswer

    @property
    def result(self) -> str:
        """The result at this place, or the whole finding's."""
        return self.part.result

    @property
    def estimates(self) -> Mapping[str, Estimate]:
        """Its numbers."""
        return self.part.estimates


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a block names: which sort, which words, and where it stands."""

    sort: Sort
    text: str
    spot: Spot
    block: BlockUse


@dataclass(frozen=True)
class Reading:
    """What a rule looks at. `stale` holds the ids of findings whose inputs have changed since they were computed."""

    story: Story
    case: Case
    language: Language
    stale: frozenset[str] = frozenset()
    _resolved: dict[str, Reference | DatelineError] = field(default_factory=dict, compare=False, repr=False)

    def look(self, text: str) -> Reference | DatelineError:
        """What a reference gives, or the error that says why it gives nothing."""
        if text not in self._resolved:
            try:
                self._resolved[text] = resolve(self.case, text, language=self.language.code)
            except DatelineError as error:
                self._resolved[text] = error
        return self._resolved[text]

    def found(self, text: str) -> Reference | None:
        """What a reference gives, or None."""
        reference = self.look(text)
        return reference if isinstance(reference, Reference) else None

    def answer(self, text: str) -> Answer | None:
        """The answer that a reference prints a part of; None for records and for what cannot be resolved."""
        reference = self.found(text)
        if reference is None or reference.owner_kind != "finding":
            return None
        finding = self.case.finding(reference.owner)
        steps = reference.path.split(".")
        if steps[0] != "places":
            return Answer(finding, None, finding)
        place = max((name for name in finding.places if reference.path.startswith(f"places.{name}")), key=len)
        return Answer(finding, place, finding.places[place])

    def subject(self, text: str) -> str | None:
        """What a reference speaks of: a record, a finding, or one place of a finding (FINDING.places.PLACE)."""
        reference, answer = self.found(text), self.answer(text)
        if answer is not None and answer.place is not None:
            return f"{answer.finding.id}.places.{answer.place}"
        return None if reference is None else reference.owner

    def answers(self, sentence: Sentence) -> tuple[tuple[Run, Answer], ...]:
        """The answers that a sentence's references stand on, with the references."""
        found = ((run, self.answer(run.text)) for run in sentence.references)
        return tuple((run, answer) for run, answer in found if answer is not None)

    def quotes_claim(self, sentence: Sentence) -> bool:
        """Whether the sentence names who says so: it refers to a claim or its speaker."""
        found = (self.found(run.text) for run in sentence.references)
        return any(
            reference is not None and reference.owner_kind in {"claim", "source", "reply"} for reference in found
        )

    def block_of(self, passage: Passage) -> BlockUse | None:
        """The block whose field a passage is."""
        found = (use for use in self.story.blocks if use.spot.line <= passage.spot.line <= use.last)
        return next(found, None) if passage.block is not None else None

    def shown_by(self, passage: Passage) -> tuple[str, ...]:
        """Of a text of a block: the findings that the block draws or prints; of a row's text, what the row rests on.

        Nothing for other prose.
        """
        use = self.block_of(passage)
        above = tuple(passage.role.split(".")[:-1])
        found: list[str] = []
        for path, sort, text in use.model.marked() if use is not None and use.model is not None else ():
            inside = tuple(map(str, path[: len(above)])) == above
            key = path[len(above) : len(above) + 1]
            number = sort == "reference" and key == ("value",)
            if inside and (
                (len(path) == len(above) + 1 and not above and (sort == "finding" or number))
                or (key == ("rests",) and passage.role.endswith(".text"))
            ):
                found.append(text)
        return tuple(dict.fromkeys(found))

    def standing_of(self, passage: Passage) -> str:
        """How a row of :::statements says that its text stands: "measured", "attributed" …; "" for other texts."""
        use, steps = self.block_of(passage), passage.role.split(".")
        rows = getattr(use.model, "row", ()) if use is not None and use.name == "statements" else ()
        return str(rows[int(steps[1])].standing) if rows and steps[0] == "row" else ""

    def named(self) -> Iterator[Named]:
        """Everything that blocks name, in order."""
        for use in self.story.blocks:
            for path, sort, text in use.model.marked() if use.model else ():
                if sort not in {"prose", "plain"}:
                    line = _spot(use, path).line
                    yield Named(sort, text, Spot(line, self.story.column(line, text)), use)

    def reference_texts(self) -> Iterator[tuple[str, Spot]]:
        """Every reference, in prose and in blocks, with its place."""
        for run in self.story.references():
            if run.text:
                yield run.text, run.spot
        for named in self.named():
            yield named.text, named.spot

    @cached_property
    def findings(self) -> Mapping[str, Finding]:
        """The findings that the story prints anything of, by id."""
        owners = {ref.owner for text, _ in self.reference_texts() if (ref := self.found(text)) is not None}
        return {name: self.case.finding(name) for name in sorted(owners) if self.case.has_finding(name)}

    def printed_of(self) -> Iterator[tuple[Finding, Spot]]:
        """Each finding of which something is printed or shown, with each place where."""
        known = set(self.case.finding_ids())
        for text, spot in self.reference_texts():
            reference = self.found(text)
            if reference is not None and reference.owner in known:
                yield self.case.finding(reference.owner), spot

    def lifted(self, rule: str, finding: str) -> str | None:
        """Who decided in writing that a rule does not stop this finding, and why; None where nobody did."""
        found = (each for each in self.case.head.lifted if (each.rule, each.finding) == (rule, finding))
        return next((f"{each.why} ({' and '.join(each.by)}, {each.date})" for each in found), None)

    @cached_property
    def below(self) -> frozenset[str]:
        """Ids of everything under what the story prints: records, findings, items."""
        owners = {ref.owner for text, _ in self.reference_texts() if (ref := self.found(text)) is not None}
        return frozenset(node.id for owner in sorted(owners) for node in trace(self.case, owner).walk())

    @cached_property
    def off_record(self) -> frozenset[str]:
        """Ids of the records that may not be used at all."""
        return off_record(self.case.records)

    @cached_property
    def secrets(self) -> Secrets:
        """Names and words that may stand nowhere on the page."""
        return secrets_of(self.case.records)

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """The evidence items under anything that the story prints, by id."""
        return {name: self.case.items[name] for name in sorted(self.below & set(self.case.items))}

    @cached_property
    def files(self) -> Mapping[str, str]:
        """Every file under the page’s findings by name, with its hash: archived items, and files that lie beside."""
        refs = [ref for finding in self.findings.values() for ref in finding.inputs if ref.kind == "item"]
        named = {ref.id: ref.sha256 for ref in refs if ref.id not in self.case.items}
        return dict(sorted(named.items())) | {name: item.content or "" for name, item in self.items.items()}

    @property
    def simulated(self) -> bool:
        """Whether anything on the page was simulated."""
        return (
            any(finding.simulated for finding in self.findings.values())
            or any(item.simulated for item in self.items.values())
            or any(self.is_simulated_picture(spec) for _, _, spec, _ in self.pictures())
        )

    def is_simulated_picture(self, spec: PictureSpec) -> bool:
        """Whether a picture of a block was simulated: its item, its finding, or a file whose name says so."""
        if spec.file is not None:
            return is_named_simulated(spec.file)
        return self.is_simulated(spec.item or spec.finding or "")

    def pictures(self) -> Iterator[tuple[BlockUse, str, PictureSpec, Spot]]:
        """Every picture of every block: the block, the key of its table, what it says, where it stands."""
        for use in self.story.blocks:
            for name, spec in pictures_of(use.model) if use.model else ():
                yield use, name, spec, _spot(use, (name,))

    def embedded_items(self) -> Iterator[tuple[Item, Spot]]:
        """The archived items whose pictures or shapes the page carries, and those behind findings' pictures."""
        for _, _, spec, spot in self.pictures():
            yield from ((item, spot) for item in self.items_behind(spec))
        for use in self.story.blocks:
            yield from ((item, use.spot) for item in self.items_drawn(use.model))

    def items_drawn(self, model: BlockModel | None) -> Iterator[Item]:
        """The archived items that a map draws, fronts as others drew them; and the clip that a page carries."""
        named = [str(layer.item) for layer in getattr(model, "front", ()) if layer.item]
        named += [str(getattr(model, "item", ""))] if getattr(model, "embed", False) else []
        yield from (self.case.items[name] for name in named if name in self.case.items)

    def items_behind(self, spec: PictureSpec) -> Iterator[Item]:
        """The archived item of a picture, and those behind one that a finding made."""
        names = [spec.item] if spec.item else []
        if spec.finding is not None and spec.finding in self.findings:
            names += [ref.id for ref in self.findings[spec.finding].inputs if ref.kind == "item"]
        yield from (self.case.items[each] for each in names if each in self.case.items)

    def is_simulated(self, text: str) -> bool:
        """Whether what a reference gives was simulated."""
        reference = self.found(text)
        if reference is None:
            return False
        if self.case.has_finding(reference.owner):
            return self.case.finding(reference.owner).simulated
        item = self.case.items.get(reference.owner)
        return item is not None and item.simulated


def _spot(use: BlockUse, path: tuple[str | int, ...]) -> Spot:
    for end in range(len(path), 0, -1):
        if path[:end] in use.lines:
            return Spot(use.lines[path[:end]])
    return use.spot
