"""One sentence of a draft with what it speaks of, as far as it says so itself or the sentence before did."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from dateline.story.compare import Outcome
from dateline.story.document import Sentence
from dateline.story.draft.dossier import Dossier
from dateline.story.draft.line import Kind, Line
from dateline.story.draft.words import stems
from dateline.story.fault import Rule
from dateline.story.numbers import Number, find_numbers
from dateline.story.quotes import quoted_spans

Mark = tuple[int, Kind, str]
"""Where in a sentence something stands, what sort of thing, and its words."""


@dataclass
class Told:
    """A sentence, what it names, and, as it is gone through, which subjects its numbers and quotations are of."""

    sentence: Sentence
    dossier: Dossier
    text: str
    """The sentence's text with numbers as English writes them, letter for letter as long."""
    about: frozenset[str]
    """Subjects that it names, or that the sentence before named."""
    speakers: frozenset[str]
    """Sources that it names itself."""
    before: frozenset[str]
    """Subjects that the sentences before it in the paragraph told."""
    spoken: frozenset[str]
    """Sources that the paragraph has named up to here."""
    found: set[str] = field(default_factory=set)
    """Subjects of which it tells a number or words, by what agreed."""
    told_as_fact: set[str] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)

    @cached_property
    def stems(self) -> frozenset[str]:
        """What it is about."""
        return stems(self.text)

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """Every number and date in it."""
        return find_numbers(self.text)

    @cached_property
    def quoted(self) -> tuple[tuple[int, int], ...]:
        """What stands between quotation marks."""
        return quoted_spans(self.text)

    @property
    def is_heading(self) -> bool:
        """Whether it stands in a title, a heading or a cell, where nobody is named."""
        return self.sentence.passage.role in {"heading", "title", "cell"}

    @property
    def is_question(self) -> bool:
        """Whether it asks."""
        return self.text.rstrip().endswith("?")

    def add(self, mark: Mark, outcome: Outcome, against: str = "", rule: Rule | None = None, do: str = "") -> None:
        """One more line of the sheet."""
        at, kind, what = mark
        spot = self.sentence.spot(at)
        shown = self.dossier.shown
        self.lines.append(
            Line(
                number=spot.line, column=spot.column, kind=kind, what=what, outcome=outcome,
                sentence=self.sentence.text.strip(), against=shown(against), rule=rule, do=shown(do),
            )
        )  # fmt: skip
