"""Whether a quotation is what was said, word by word. Ellipses and [brackets] are read as editors use them.

Case, punctuation and the kind of quotation mark don't count, words do. "…" or "..." (also in brackets) leaves words
out; [words] in brackets stand for at most a dozen words of the speaker's, or for none.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

STAND_FOR = 12
"""How many words of the speaker's a bracket may stand for."""

DENIALS = frozenset({
    "not", "no", "never", "nor", "neither", "cannot", "without", "nothing", "hardly",
    "не", "ни", "нет", "никогда", "без", "ні", "ніколи", "немає", "안", "못",
})  # fmt: skip
"""Words that turn a sentence round (en, ru, uk, ko): beside the words that are kept, no mark may leave one out."""

_GAP = re.compile(r"\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\.\.")
_BRACKET = re.compile(r"\[[^\[\]]*\]")
_WORD = re.compile(
    r"\d[\d.,]*\d|[\u3040-\u30ff\u3400-\u9fff]|(?:(?![\u3040-\u30ff\u3400-\u9fff])\w)+(?:['’](?:(?!\d)\w)+)*|[%€$£₽₩₴]"
)
"""A word with its apostrophes; of scripts without spaces each sign; signs that change an amount."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """Stretches of words that must be said as they are, in order; before each, how many words may be passed over.

    None: any number, for an ellipsis.
    """

    pieces: tuple[tuple[str, ...], ...]
    gaps: tuple[int | None, ...]


def words(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared."""
    flat = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("ʼ", "'")
    return tuple(_WORD.findall(flat))


def quotation(text: str) -> Quotation:
    """A quotation cut at its ellipses and brackets."""
    pieces: list[tuple[str, ...]] = []
    gaps: list[int | None] = []
    gap: int | None = None  # a quotation may begin anywhere in what was said
    for index, part in enumerate(_GAP.split(text)):
        gap = None if index else gap
        for inner, piece in enumerate(_BRACKET.split(part)):
            gap = STAND_FOR if inner and gap is not None else gap
            found = words(piece)
            if found:
                pieces.append(found)
                gaps.append(gap)
                gap = 0
    return Quotation(tuple(pieces), tuple(gaps))


def is_said(quote: str, text: str) -> bool:
    """Whether the quotation's words are in the text, in order, with nothing changed but what its marks allow.

    A mark that leaves out a negation beside the words it keeps allows nothing.
    """
    return _runs_through(quote, text, lambda passed: not _hides_a_denial(passed))


def is_heard(quote: str, text: str) -> bool:
    """Whether the quotation's words are in the text, in order, whatever its marks leave out."""
    return _runs_through(quote, text, lambda _: True)


def _runs_through(quote: str, text: str, may_pass: Callable[[Sequence[str]], bool]) -> bool:
    said, told = words(text), quotation(quote)
    ends: set[int] = set()
    for index, (piece, gap) in enumerate(zip(told.pieces, told.gaps, strict=True)):
        ends = {
            at + len(piece)
            for at in _starts(piece, said)
            if not index
            or any(end <= at and (gap is None or at <= end + gap) and may_pass(said[end:at]) for end in ends)
        }
        if not ends:
            return False
    return True


def _hides_a_denial(passed: Sequence[str]) -> bool:
    """Whether what a mark leaves out begins or ends with a negation: "we did … send" is not "we did not send"."""
    return bool(passed) and (passed[0] in DENIALS or passed[-1] in DENIALS)


def _starts(piece: Sequence[str], said: Sequence[str]) -> list[int]:
    size = len(piece)
    return [at for at in range(len(said) - size + 1) if said[at] == piece[0] and tuple(said[at : at + size]) == piece]


def difference(quote: str, text: str) -> str:
    """The first words in which a quotation differs from the nearest stretch of what was said."""
    if is_heard(quote, text) and not is_said(quote, text):
        return "a mark leaves out a “not”, or a word like it, beside the words that it keeps"
    wrong = [" ".join(piece) for piece in quotation(quote).pieces if not _starts(piece, words(text))]
    told = tuple((wrong[0] if wrong else quote).split()) if wrong else words(quote)
    said = words(text)
    matcher = difflib.SequenceMatcher(None, told, said, autojunk=False)
    near = max(matcher.get_matching_blocks(), key=lambda block: block.size)
    if not near.size:
        return f"no word of “{_cut(told)}” in this order is in the record"
    first = max(0, near.b - near.a)
    beside = said[first : first + len(told) + 2]
    for tag, a, b, c, d in difflib.SequenceMatcher(None, told, beside, autojunk=False).get_opcodes():
        if tag == "equal" or (tag == "insert" and b == len(told)):
            continue
        ours, theirs = _cut(told[a:b]), _cut(beside[c:d])
        if not ours:
            return f"“{theirs}” of the record is left out without an ellipsis"
        return f"“{ours}” where the record says “{theirs}”" if theirs else f"“{ours}” is not in the record"
    return "the words are there in another order"


def _cut(found: Sequence[str]) -> str:
    return " ".join(found[:8]) + (" …" if len(found) > 8 else "")
