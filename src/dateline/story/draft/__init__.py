"""`check DRAFT`: a plain draft, written elsewhere, laid beside the case, line by line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from dateline.core.identity import digest
from dateline.ledger.case import Case
from dateline.places.distance_check import Lookup, check_distance
from dateline.places.told_distance import find_distances
from dateline.story.distances import lookup_in
from dateline.story.document import Passage
from dateline.story.draft.dates import check_dates
from dateline.story.draft.dossier import Dossier, dossier
from dateline.story.draft.hedges import check_relative, check_words
from dateline.story.draft.line import Line, Sheet
from dateline.story.draft.numbers import check_numbers
from dateline.story.draft.places import Atlas, atlas, check_places
from dateline.story.draft.quotes import check_quotes
from dateline.story.draft.rules import UNTRACED_DISTANCE
from dateline.story.draft.sentence import Told
from dateline.story.language import Language, language
from dateline.story.manuscript import manuscript
from dateline.story.rules.distance_differs import RULE as DISTANCE_DIFFERS
from dateline.story.rules.unread_language import silent_in

__all__ = ["Line", "Sheet", "check_draft"]

_HANGUL, _CYRILLIC = re.compile("[\uac00-\ud7af]"), re.compile("[\u0400-\u04ff]")
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_LETTER = re.compile(r"[^\W\d_]")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}(?!\d))")
_GROUP_POINT = re.compile(r"(?<![\d.,])(\d{1,3}(?:\.\d{3})+)(?![\d.])")


def check_draft(path: Path, case: Case, gazetteer: Lookup | None = None, *, stale: Collection[str] = ()) -> Sheet:
    """Every number, date, place, distance, quotation and hedge of a draft, against the case.

    A sentence that names nobody is about what the one before it was about. Distances are measured between places of
    the case, and between those of `gazetteer` where the case has no such place. stale: ids of findings whose inputs
    have changed. Raises UsageError or InputError (code "draft") for a file that cannot be read. Nothing is written.
    """
    passages = manuscript(path)
    speech = _language(passages, case)
    opened = dossier(case, speech)
    known = atlas(opened, gazetteer)
    look = lookup_in(case, gazetteer)
    sentences: list[Told] = []
    before: frozenset[str] = frozenset()
    for passage in passages:
        for told in _of_passage(passage, opened, before):
            before = told.about
            _check(told, known, look)
            sentences.append(told)
    check_words(sentences, opened, passages, stale)
    lines = sorted(
        (line for told in sentences for line in told.lines), key=lambda one: (one.number, one.column, one.kind)
    )
    silent = silent_in(speech)
    return Sheet(
        path.name, tuple(lines), passages, case.head.id, digest(dict(case.files)), speech.code, silent,
        tuple(_notes(passages, lines, speech, silent)),
    )  # fmt: skip


def _of_passage(passage: Passage, opened: Dossier, before: frozenset[str]) -> Iterator[Told]:
    """The sentences of a paragraph; what one tells and names, the next knows."""
    earlier: frozenset[str] = frozenset()
    spoken: frozenset[str] = frozenset()
    for sentence in passage.sentences():
        text = _english(sentence.text, opened.language)
        speakers = opened.speaking(text)
        spoken |= speakers
        about = opened.about(text) or before
        told = Told(sentence, opened, text, about, speakers, earlier, spoken)
        yield told
        before, earlier = about, earlier | told.found


def _check(told: Told, known: Atlas, look: Lookup) -> None:
    distances = find_distances(told.text) if told.dossier.language.code == "en" else ()
    check_quotes(told)
    check_numbers(told, distances)
    check_dates(told)
    check_places(told, known, distances)
    for each in distances:
        checked = check_distance(each, look, told.dossier.case.head.worldview)
        rule = {"matches": None, "differs": DISTANCE_DIFFERS, "unknown": UNTRACED_DISTANCE}[checked.outcome]
        do = "Measure it with the method distance; say “by road” where it is one." if rule is DISTANCE_DIFFERS else ""
        told.add((each.start, "distance", each.text), checked.outcome, checked.words, rule, do)
    check_relative(told, distances)


def _language(passages: tuple[Passage, ...], case: Case) -> Language:
    """The draft's own language by its letters; the case's first one where they are Latin."""
    text = "".join(passage.flat for passage in passages)
    letters = len(_LETTER.findall(text)) or 1
    if len(_HANGUL.findall(text)) > letters / 3:
        return language("ko")
    if len(_CYRILLIC.findall(text)) > letters / 3:
        return language("uk" if _UKRAINIAN.search(text) else "ru")
    code = case.head.languages[0]
    return language("en" if code in {"ko", "uk", "ru"} else code)


def _english(text: str, speech: Language) -> str:
    """A text with its numbers as English writes them, letter for letter as long."""
    if speech.table["number"]["decimal"] != ",":
        return text
    text = _GROUP_POINT.sub(lambda match: match[1].replace(".", ","), text)
    return _DECIMAL_COMMA.sub(".", text)


def _notes(
    passages: tuple[Passage, ...], lines: list[Line], speech: Language, silent: tuple[str, ...]
) -> Iterator[str]:
    if not any(passage.flat.strip() for passage in passages):
        yield "the draft has no text"
    elif not lines:
        yield "nothing in the draft can be compared with the case: no number, date, place, distance or quotation"
    elif not any(line.outcome == "matches" for line in lines):
        yield "nothing in the draft matches the case: is it the right case?"
    if silent:
        yield f"a draft in {speech.code}; rules that do not read this language: {', '.join(silent)}; numbers in words"
