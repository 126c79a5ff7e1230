"""A sentence with what its references print put in, and the way back from there to the file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from dateline.ledger.reference import Reference
from dateline.story.document import REFERENCE, Run, Sentence
from dateline.story.fault import Spot
from dateline.story.reading import Reading
from dateline.story.wording import says


@dataclass(frozen=True, slots=True)
class Printed:
    """A sentence's text with references filled in; those that were not asked for keep their one sign."""

    text: str
    sentence: Sentence
    runs: tuple[tuple[int, int, Run], ...]
    """Each reference that was filled in: where its words begin and end, and itself."""
    _marks: tuple[tuple[int, int], ...]
    """Where a stretch of the new text begins, and where in the sentence it comes from."""

    def spot(self, at: int) -> Spot:
        """Where an offset of this text stands in the file; within a reference's words, the reference."""
        index = bisect_right(self._marks, at, key=lambda mark: mark[0]) - 1
        new, old = self._marks[index]
        inside = any(start <= at < end for start, end, _ in self.runs)
        return self.sentence.spot(old if inside else old + at - new)


def printed(reading: Reading, sentence: Sentence, wanted: Callable[[Reference], bool]) -> Printed:
    """The sentence with every reference that is wanted replaced by the words that it prints."""
    parts: list[str] = []
    runs: list[tuple[int, int, Run]] = []
    marks: list[tuple[int, int]] = [(0, 0)]
    size = 0
    references = iter(sentence.references)
    for old, sign in enumerate(sentence.text):
        words = sign
        if sign == REFERENCE and (run := next(references, None)) is not None:
            found = reading.found(run.text)
            told = says(reading, run.text, run.forms) if found is not None and wanted(found) else None
            if told:
                words = told
                runs.append((size, size + len(told), run))
                marks += [(size, old), (size + len(told), old + 1)]
        parts.append(words)
        size += len(words)
    return Printed("".join(parts), sentence, tuple(runs), tuple(marks))
