"""The quotations of a draft against everybody's words in the case: whose they are, and which word is another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from dateline.ledger.verbatim import difference, is_said, words
from dateline.story.document import Passage
from dateline.story.draft.dossier import Subject
from dateline.story.draft.rules import SHORT_QUOTE, SPEAKER, UNTRACED_QUOTE
from dateline.story.draft.sentence import Told
from dateline.story.quotes import quoted_spans
from dateline.story.rules.quote_differs import RULE as DIFFERS

SHORT = 3
"""Quotations of fewer words may be titles and terms."""
ALIKE = 0.5
"""From this share of its words on in a record's, a quotation was meant to be that."""
_RIGHT = (
    "Quote the record's words; mark what you leave out with … and what you put in with [ ]; or take the marks away."
)


@dataclass(frozen=True, slots=True)
class _Said:
    """Somebody's words in the case."""

    subject: Subject
    text: str


def check_quotes(told: Told) -> None:
    """A line for each quotation that begins in the sentence; one may go on over several sentences."""
    passage = told.sentence.passage
    first, last = told.sentence.start, told.sentence.start + len(told.sentence.text)
    for start, end in spans(passage):
        inside = passage.flat[start + 1 : end]
        if first <= start < last and words(inside):
            _check(told, start - first, inside)


def spans(passage: Passage) -> tuple[tuple[int, int], ...]:
    """Where quotations stand in a paragraph; one that is left open, as those over several paragraphs are, goes on."""
    found = quoted_spans(passage.flat)
    last = found[-1][1] + 1 if found else 0
    open_ = max((passage.flat.find(mark, last) for mark in "“„«"), default=-1)
    return (*found, (open_, len(passage.flat))) if open_ >= 0 else found


def _check(told: Told, at: int, inside: str) -> None:
    shown = f"“{inside.strip()}”"
    everybody = list(_said(told))
    right = [one for one in everybody if is_said(inside, one.text)]
    own = [one for one in right if _is_theirs(told, one)]
    if own or (right and not told.speakers):
        named = (own or right)[0]
        told.found.add(named.subject.id)
        whose = told.dossier.called(named.subject)
        told.add((at, "quote", shown), "matches", f"{named.subject.id}{f', {whose}' if whose else ''}: word for word")
    elif right:
        one = right[0]
        told.found.add(one.subject.id)
        whose = told.dossier.called(one.subject) or "somebody else"
        told.add((at, "quote", shown), "differs", f"{one.subject.id}: the words of {whose}", SPEAKER)
    else:
        _differs(told, at, shown, inside, everybody)


def _differs(told: Told, at: int, shown: str, inside: str, everybody: list[_Said]) -> None:
    """No record has it word by word: the nearest that somebody said, or nothing."""
    own = [one for one in everybody if _is_theirs(told, one)]
    near = max(
        everybody, key=lambda one: (_alike(inside, one.text), one in own, -len(one.text)), default=None
    )  # fmt: skip
    size = len(words(inside))
    if near is None or _alike(inside, near.text) < ALIKE:
        near = max(own, key=lambda one: _shared(inside, one.text), default=None)
    if near is not None and (
        (_alike(inside, near.text) >= ALIKE and (size >= SHORT or near in own))
        or (near in own and size >= SHORT and _shared(inside, near.text) >= ALIKE)
    ):
        told.found.add(near.subject.id)
        against = f"{near.subject.id}: {difference(inside, near.text)}"
        told.add((at, "quote", shown), "differs", against, DIFFERS, _RIGHT)
        return
    ours = next(
        (one for one in told.dossier.subjects.values() if any(is_said(inside, text) for text in one.texts)), None
    )
    if size < SHORT:
        told.add((at, "quote", shown), "unknown", "no record has these words", SHORT_QUOTE)
    elif ours is not None:
        against = f"the words of our own record {ours.id}, which nobody said"
        told.add((at, "quote", shown), "unknown", against, UNTRACED_QUOTE)
    else:
        told.add((at, "quote", shown), "unknown", "no record has these words", UNTRACED_QUOTE)


def _said(told: Told) -> Iterator[_Said]:
    for one in told.dossier.subjects.values():
        if one.sort != "finding":
            yield from (_Said(one, text) for text in one.verbatim)


def _is_theirs(told: Told, one: _Said) -> bool:
    """Whether the sentence names whoever said it, or names nobody and the one before did."""
    if told.speakers:
        return bool(one.subject.speakers & told.speakers) or not (one.subject.speakers or one.subject.nameless)
    return one.subject.id in told.about


def _alike(quote: str, text: str) -> float:
    """The share of a quotation's words that stand in a text, in runs of its order [0 to 1]."""
    ours, theirs = words(quote), words(text)
    if not ours or not theirs:
        return 0.0
    pairs = set(pairwise(theirs))
    kept = sum(pair in pairs for pair in pairwise(ours))
    single = _shared(quote, text)
    return single if len(ours) < SHORT else 0.5 * single + 0.5 * kept / (len(ours) - 1)


def _shared(quote: str, text: str) -> float:
    """The share of a quotation's words that stand in a text at all [0 to 1]."""
    ours, theirs = words(quote), frozenset(words(text))
    return sum(word in theirs for word in ours) / len(ours) if ours else 0.0
