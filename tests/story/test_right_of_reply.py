"""Whoever the story names was asked, had time, and is heard; what was decided otherwise is printed for the editor."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline.ledger.case import Case
from dateline.story.build import build
from dateline.story.check import examine, reading_of
from dateline.story.fault import Report
from dateline.story.parse import parse

FIRM = """schema = 1
id = "orient"
type = "company"

[names]
en = "Orient Lines"
ru = "Восток Компания"
ko = "동방해운"
"""
ASKED = (
    'schema = 1\nid = "ask"\nparty = "orient"\nquestion = "Was it you?"\nasked = 2025-01-10\ndeadline = 2025-01-20\n'
)
ANSWERED = 'outcome = "answered"\nanswered = 2025-01-15\nanswer = "We never sailed there. Ask the harbour."\n'
ABOUT = '\n[proposition]\nsubject = "Halm Courier"\nrelation = "sold"\n'


@pytest.fixture
def firm(own: Path) -> Path:
    (own / "sources/orient.toml").write_text(FIRM, encoding="utf-8")
    return own


def report(folder: Path, body: str, *, reply: str = "", date: str = "") -> Report:
    if reply:
        (folder / "replies/ask.toml").write_text(ASKED + reply, encoding="utf-8")
    return examine(reading_of(Case.load(folder), parse(f'+++\ntitle = "T"\n{date}+++\n{body}\n')))


def codes(found: Report) -> set[str]:
    return {fault.rule.code for fault in found.faults}


@pytest.mark.parametrize(
    "body",
    ["{{orient.name}} sailed.", "{{orient}} sailed.", "Orient Lines sailed.", "ORIENT LINES sailed.",
     "Von Восток Компании.", "동방해운은 왔다."],
)  # fmt: skip
def test_a_firm_that_is_named_and_was_not_asked_stops_the_page(firm: Path, body: str) -> None:
    """By reference, or by its name in any language of its record, with the endings that the language gives it."""
    found = report(firm, body)
    assert codes(found) == {"right-of-reply"}
    assert not found.passed


def test_a_name_inside_another_word_is_none(firm: Path) -> None:
    """Only whole words are names."""
    assert codes(report(firm, "The Reorient Linesman sailed.")) == set()


@pytest.mark.parametrize(
    ("reply", "date", "expected"),
    [
        ('outcome = "declined"\n', "", set()),
        ('outcome = "no_answer"\n', "", set()),
        ('outcome = "no_answer"\n', "date = 2025-01-20\n", {"right-of-reply"}),
        ('outcome = "waiting"\n', "date = 2025-01-15\n", {"right-of-reply"}),
        ('outcome = "waiting"\n', "", {"right-of-reply"}),
        (ANSWERED, "", {"reply-missing"}),
    ],
)
def test_the_deadline_passes_before_the_page(firm: Path, reply: str, date: str, expected: set[str]) -> None:
    """By the day that the page carries, never the clock's; an outcome that still waits afterwards is told."""
    assert codes(report(firm, "Orient Lines sailed.", reply=reply, date=date)) == expected


@pytest.mark.parametrize(
    "body",
    ["Orient Lines: {{ask.answer}}", "Orient Lines says: “We never sailed there.”",
     "{{ask.party}}: “We never sailed […] Ask the harbour.”"],
)  # fmt: skip
def test_an_answer_stands_in_the_story(firm: Path, body: str) -> None:
    """By reference, or quoted with its ellipses."""
    assert codes(report(firm, body, reply=ANSWERED)) == set()


def test_an_answer_that_is_quoted_falsely_is_no_answer(firm: Path) -> None:
    """A word changed in an answer is a quotation that differs, and the record's word is shown beside it."""
    found = report(firm, "{{ask.party}} of {{ask.answered}}: “We always sailed there.”", reply=ANSWERED)
    assert codes(found) == {"quote-differs"}
    assert "“always” where the record says “never”" in found.faults[0].saw


def test_why_nobody_asked_is_printed_for_the_editor(firm: Path) -> None:
    """A decision with reason, name and day lifts the rule, and the report prints it."""
    (firm / "replies/ask.toml").write_text(
        'schema = 1\nid = "ask"\nparty = "orient"\n'
        'not_asked = {why = "a question would warn a witness", by = "fox", date = 2025-01-12}\n'
    )
    found = report(firm, "Orient Lines sailed.")
    assert codes(found) == set()
    assert "orient was not asked" in found.text()
    assert "a question would warn a witness (fox, 2025-01-12)" in found.text()


def test_a_firm_is_heard_for_those_who_speak_for_it(firm: Path) -> None:
    """The reply of a firm does for its spokesperson."""
    (firm / "sources/kim.toml").write_text(
        'schema = 1\nid = "kim"\ntype = "person"\nmember_of = ["orient"]\n\n[names]\nen = "Kim Moon"\n'
    )
    assert codes(report(firm, "Kim Moon sailed.")) == {"right-of-reply"}
    assert codes(report(firm, "Kim Moon sailed.", reply='outcome = "declined"\n')) == set()


def test_an_outlet_is_heard_when_it_is_accused(own: Path) -> None:
    """To cite an outlet names nobody who must be asked; to print a claim about it does."""
    assert codes(report(own, "{{C001.speaker}}: {{C001.quantity}}, as {{halm-courier.name}} wrote.")) == set()
    claim = own / "claims/C001.toml"
    claim.write_text(claim.read_text(encoding="utf-8") + ABOUT, encoding="utf-8")
    assert codes(report(own, "{{C001.speaker}}: {{C001.quantity}}.")) == {"right-of-reply"}


def test_states_are_a_note(own: Path) -> None:
    """One note for all states that nobody asked; the page may be built."""
    (own / "replies/harbour-office-asked.toml").unlink()
    found = report(own, "{{C001.speaker}} said so. {{C001.speaker}} said it again.")
    assert [fault.rule.code for fault in found.faults] == ["state-not-asked"]
    assert found.passed


def test_a_reply_is_printed_under_who_said_it(firm: Path, tmp_path: Path) -> None:
    """The reference leads to an entry with question, deadline, outcome and the words with their translation."""
    translated = 'language = "ko"\ntranslation = "We did not sail."\ntranslator = "mk"\n'
    (firm / "replies/ask.toml").write_text(ASKED + ANSWERED + translated, encoding="utf-8")
    (firm / "story.md").write_text('+++\ntitle = "T"\n+++\n{{ask.party}} wrote: {{ask.answer}}\n', encoding="utf-8")
    page = build(Case.load(firm), tmp_path / "site").read_text(encoding="utf-8")
    for words in ("Was it you?", "20 January 2025", "answered", "We did not sail.", "translated by mk"):
        assert words in page
    assert 'lang="ko"' in page
