"""The story's own rules on words, run over a draft as if it had been written with references to what it tells."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from dateline.ledger.claim import Claim
from dateline.ledger.verbatim import words
from dateline.places.told_distance import ToldDistance
from dateline.story.catalogue import checks
from dateline.story.compare import Outcome
from dateline.story.document import Passage, Run, Story
from dateline.story.draft.dossier import Dossier
from dateline.story.draft.rules import HEDGE, SIMULATED
from dateline.story.draft.sentence import Told
from dateline.story.fault import Fault, Faults, Level, Spot
from dateline.story.phrases import hits
from dateline.story.reading import CANNOT_TELL, NO_CHANGE, REFUSED, Reading
from dateline.story.rules.proxy import LIGHT
from dateline.story.rules.relative_words import RULE as RELATIVE

ON_WORDS = frozenset({
    "appearance", "bare-verified", "capacity", "cause", "claim-as-fact", "claim-stronger", "depiction",
    "hidden-signs", "identification", "independently", "named-on-background", "off-record", "proxy", "simulated",
    "simulated-as-real", "stale", "stronger-words", "vague-source", "vague-words", "wrong-direction",
})  # fmt: skip
"""Rules that can be asked of a draft: they read words, and know by references only what the words are about."""
NO_ANSWER = frozenset({REFUSED, CANNOT_TELL, NO_CHANGE, "no trend found"})
PLAINLY = 0.5
"""From this share of its question on, a sentence tells a finding that it does not name."""
_SEEN = re.compile(r"^(?P<mark>['\"])(?P<words>.*?)(?P=mark)")
_DOUBT = re.compile(
    r"\b(?:estimat\w*|assess\w*|believ\w*|suspect\w*|suggest\w*|presum\w*|likely|probabl\w*|possibl\w*|apparent\w*|"
    r"appear\w*|seem\w*|think\w*|thought|reckon\w*|expect\w*|indicat\w*)\b",
    re.IGNORECASE,
)
_PLAIN_WORDS = frozenset(
    {"a", "an", "as", "be", "been", "has", "have", "in", "is", "it", "now", "of", "the", "to", "was", "we"}
)
_DOUBTFUL = frozenset({"estimative", "conditional"})


def check_words(
    sentences: Sequence[Told], dossier: Dossier, passages: Sequence[Passage], stale: Collection[str]
) -> None:
    """Adds what the story's rules on words find in a draft; claims without their doubt; numbers that were simulated."""
    story = Story("draft", None, tuple(_referring(sentences, passages)), (), (), ())
    reading = Reading(story, dossier.case, dossier.language, frozenset(stale))
    seen: set[tuple[str, Spot]] = set()
    for check in checks():
        if check.rule.code in ON_WORDS:
            faults = Faults(check.rule)
            check.find(reading, faults)
            for fault in faults.found:
                if (fault.rule.code, fault.spot) not in seen:
                    seen.add((fault.rule.code, fault.spot))
                    _add(sentences, fault)
    for told in sentences:
        _doubts(told)
    _simulated(sentences, dossier)


def check_relative(told: Told, distances: Sequence[ToldDistance]) -> None:
    """Words of nearness and recency in a sentence that gives neither a measure nor a speaker."""
    if distances or told.found or told.speakers:
        return
    for hit in hits(told.dossier.language, "relative", told.text):
        do = "Say how far, or when; or whose opinion it is."
        told.add((hit.start, "hedge", hit.words), "unknown", "no measure and no date beside it", RELATIVE, do)


def _add(sentences: Sequence[Told], fault: Fault) -> None:
    told, at = _at(sentences, fault.spot)
    if told is None:
        return
    seen = _SEEN.match(fault.saw)
    what = seen["words"] if seen is not None else _words_at(told, at)
    outcome: Outcome = "differs" if fault.rule.level is Level.BLOCK else "unknown"
    do = fault.do if "{{" not in fault.do else _PLAIN.get(fault.rule.code, "Say what the record says, in its words.")
    saw = re.sub(r"[{}]{2}", "", fault.saw)
    told.add((at, "hedge", what), outcome, "" if saw == repr(what) else saw, fault.rule, do)


_PLAIN = {
    "claim-as-fact": "Say who says so in the same paragraph, before it.",
    "bare-verified": "Say what was verified: where it was filmed, when, the file, or what it shows.",
    "independently": "Say which question failed: the place, the day, the file, or what it shows.",
    "cause": "Write “in the same month as”, or give the sentence to somebody who says it.",
    "proxy": "Stay with the light, or give the sentence to somebody who says it.",
    "depiction": "Say who says that it shows it, or what was confirmed and what was not.",
    "named-on-background": "Call them as was agreed.",
}
"""What to do where a rule's own advice is a reference, which a draft has none of."""


def _words_at(told: Told, at: int) -> str:
    """The line's words where a number or a quotation of the sentence stands there; else the word."""
    spot = told.sentence.spot(at)
    there = next((one.what for one in told.lines if (one.number, one.column) == (spot.line, spot.column)), None)
    return there or (told.text[at:].split() or [told.text.strip()])[0]


def _at(sentences: Sequence[Told], spot: Spot) -> tuple[Told | None, int]:
    """The sentence in which a place of the file lies, and the place in its text."""
    best: tuple[Told | None, int] = (None, 0)
    for told in sentences:
        for at in range(len(told.text)):
            here = told.sentence.spot(at)
            if (here.line, here.column) == (spot.line, spot.column):
                return told, at
        if told.sentence.spot(0).line <= spot.line:
            best = (told, 0)
    return best


def _referring(sentences: Sequence[Told], passages: Sequence[Passage]) -> Iterator[Passage]:
    """The passages with a reference at the end of each sentence to everything that it tells or names."""
    for passage in passages:
        inserted = [
            (_end_of(told), run) for told in sentences if told.sentence.passage is passage for run in _references(told)
        ]
        yield Passage(tuple(_with(passage, inserted)), passage.role, passage.spot)


def _end_of(told: Told) -> int:
    text = told.sentence.text.rstrip()
    bare = re.sub(r"[.!?…\"”’»)\]]+$", "", text)
    return told.sentence.start + len(bare)


def _with(passage: Passage, inserted: Sequence[tuple[int, Run]]) -> Iterator[Run]:
    """The runs of a passage, cut where references come in."""
    for start, run in passage.starts:
        cut = 0
        for at, reference in inserted:
            if start <= at - 1 < start + len(run.text):
                part = run.text[cut : at - start]
                yield Run("text", part, Spot(run.spot.line, run.spot.column + cut))
                yield reference
                cut = at - start
        yield Run("text", run.text[cut:], Spot(run.spot.line, run.spot.column + cut))


def _references(told: Told) -> Iterator[Run]:
    spot = told.sentence.spot(len(told.sentence.text) - len(told.sentence.text.lstrip()))
    first = next((Spot(one.number, one.column) for one in told.lines if one.kind in {"number", "quote", "hedge"}), spot)
    for source in sorted(told.speakers):
        yield Run("reference", f"{source}.name", spot)
    for name in sorted(_findings(told)):
        yield Run("reference", f"{name}.result", first)
    for name in sorted(_claims(told)):
        claim = told.dossier.claim(name)
        if claim is not None:
            yield Run("reference", f"{name}.{'quantity' if claim.quantity is not None else 'statement'}", first)


def _findings(told: Told) -> set[str]:
    """The answers that a sentence stands on: those it names, those whose question it answers though nobody can."""
    found = {name for name in told.found if name in told.dossier.parts}
    changes = (hit for words in ("rise", "fall") for hit in hits(told.dossier.language, words, told.text))
    if LIGHT.search(told.text) or any(changes):
        found |= {name for name in told.about if name in told.dossier.parts}
    if not told.speakers and not told.is_heading and not told.is_question:
        for one in told.dossier.near(told.stems, PLAINLY):
            part = told.dossier.parts.get(one.id)
            if part is not None and part[1].result in NO_ANSWER and len(one.stems & told.stems) > 2:
                found.add(one.id)
    return found


def _claims(told: Told) -> set[str]:
    """The claims whose number or words a sentence tells; without a speaker, those that it nearly repeats."""
    claims = told.dossier.case.claims
    found = {name for name in told.found if name in claims}
    near = told.dossier.near(told.stems, 0.5 if told.speakers else 0.6)
    if told.speakers:
        return found | {one.id for one in near if one.id in claims and one.speakers & told.speakers}
    if not found and not told.is_question and not told.about & set(told.dossier.parts):
        found = {one.id for one in near if one.id in claims and len(one.stems & told.stems) > 3}
    return found


def _doubts(told: Told) -> None:
    """A claim that was made with doubt, told by its speaker without."""
    for name in sorted(told.found):
        claim = told.dossier.claim(name)
        if claim is None or claim.hedge is None or claim.hedge.sort not in _DOUBTFUL or not told.speakers:
            continue
        if not _has_doubt(told, claim):
            spot = next((one for one in told.lines if one.against.startswith(f"{name}.")), None)
            if spot is not None and spot.outcome == "matches":
                at = next(
                    at for at in range(len(told.text)) if told.sentence.spot(at) == Spot(spot.number, spot.column)
                )
                told.add((at, "hedge", spot.what), "unknown", f"{name}: “{claim.hedge.text}”", HEDGE)


def _has_doubt(told: Told, claim: Claim) -> bool:
    language = told.dossier.language
    doubts = ("hedged", "consistent_with", "appears_to_be", "capacity", "plan")
    if _DOUBT.search(told.text) or any(True for name in doubts for _ in hits(language, name, told.text)):
        return True
    return claim.hedge is not None and bool((set(words(claim.hedge.text)) - _PLAIN_WORDS) & set(words(told.text)))


def _simulated(sentences: Sequence[Told], dossier: Dossier) -> None:
    """The first number of a simulated finding in a draft that does not say so anywhere."""
    whole = " ".join(told.text for told in sentences).casefold()
    if any(
        word in whole
        for word in ("simulat", "exercise", "invented", "симул", "моделир", "учени", "навчан", "가상", "모의")
    ):
        return
    for told in sentences:
        for name in sorted(told.found):
            part = dossier.parts.get(name)
            if part is not None and part[0].simulated:
                told.add((0, "hedge", told.text.split()[0]), "unknown", f"{name} was simulated", SIMULATED)
                return
