"""Rules that cannot read the language of the story: said, so that nobody takes their silence for a pass."""

from __future__ import annotations

from dateline.story.fault import GRAMMAR, Faults, Level, Rule, Spot
from dateline.story.language import Language
from dateline.story.reading import Reading

RULE = Rule(
    code="unread-language",
    name="rules that do not read this language",
    level=Level.NOTE,
    why="A rule that looks for words finds none in a language whose words it does not have. Its silence is no pass.",
    do="Let somebody who reads the language go through the text for these rules by eye.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds one note that names every rule that is silent in the story's language."""
    silent = silent_in(reading.language)
    if silent:
        saw = f"a story in {reading.language.code}; not read: {', '.join(silent)}; numbers in words"
        faults.add(Spot(1), saw)


def silent_in(language: Language) -> tuple[str, ...]:
    """The codes of the rules that find nothing in a language, because they look for words that its table lacks."""
    from dateline.story.catalogue import checks

    return tuple(check.rule.code for check in checks() if check.rule.reads and not _reads(check.rule, language))


def _reads(rule: Rule, language: Language) -> bool:
    if GRAMMAR in rule.reads:
        return language.code == "en"
    return any(language.vocabulary(name) for name in rule.reads)
