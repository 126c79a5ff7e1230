"""`check`: every rule over one story and its case."""

from __future__ import annotations

from collections.abc import Collection

from dateline.core.errors import UsageError
from dateline.ledger.case import Case
from dateline.story.catalogue import checks
from dateline.story.document import Story
from dateline.story.draft import check_draft
from dateline.story.fault import Faults, Report, in_order
from dateline.story.language import language
from dateline.story.parse import parse
from dateline.story.reading import Reading
from dateline.story.signing import signed
from dateline.story.without import without

__all__ = ["check", "check_draft", "examine", "read_story", "reading_of"]


def read_story(case: Case, *, lacking: Collection[str] = ()) -> Story:
    """The case's story. Raises UsageError (code "no-story") where none has been written."""
    if not case.story.is_file():
        raise UsageError(
            f"The case {case.head.id} has no story yet.",
            saw=f"no {case.story.name} in {case.root}",
            do="Write story.md: front matter, Markdown, references. docs/story.md shows how.",
            code="no-story",
        )
    return parse(without(case.story.read_text(encoding="utf-8"), lacking), file=case.story.name)


def reading_of(case: Case, story: Story, *, stale: Collection[str] = ()) -> Reading:
    """The story laid beside its case, in the story's language or else the case's first one."""
    code = (story.front.language if story.front else None) or case.head.languages[0]
    return Reading(story, case, language(code), frozenset(stale))


def check(case: Case, *, stale: Collection[str] = ()) -> Report:
    """Everything that is wrong with the case's story, by every rule, in the order of the text.

    stale: ids of findings whose inputs have changed since they were computed. Raises UsageError where there is no
    story, or no interface in its language.
    """
    return examine(reading_of(case, read_story(case), stale=stale))


def examine(reading: Reading) -> Report:
    """The same for a story that has been read."""
    found, passed = list(reading.story.faults), []
    for rule_check in checks():
        faults = Faults(rule_check.rule)
        rule_check.find(reading, faults)
        found += faults.found
        passed += faults.passed
    found = [each for each in found if not (each.rule.rests_in_analysis and reading.story.in_analysis(each.spot))]
    found, let_pass = signed(reading, found)
    passed += let_pass
    runs = [run for passage in reading.story.passages for run in passage.runs]
    return Report(
        file=reading.story.file,
        faults=in_order(dict.fromkeys(found)),
        escapes=(*((run.spot, run.text, run.reason) for run in runs if run.kind == "exempt" and run.reason), *passed),
        numbers=sum(1 for run in runs if run.kind == "reference"),
    )
