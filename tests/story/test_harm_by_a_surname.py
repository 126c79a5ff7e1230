"""A surname alone, a mark over a "not", two voices run together, an embargo: ways by which harm went out once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dateline.cli.app import run
from dateline.core.errors import InputError
from dateline.ledger.case import Case
from dateline.ledger.outside import outside
from dateline.ledger.verbatim import difference, is_heard, is_said
from dateline.story.check import examine, reading_of
from dateline.story.parse import parse

PERSON = 'schema = 1\nid = "s-8"\ntype = "person"\n{}\n[names]\nen = "Orla Vandermeer"\n'
TERMS = 'terms = {{are = "{}", agreed_by = "mk", agreed_on = 2025-01-02{}}}\n'
SAID = 'schema = 1\nid = "C008"\nspeaker = "s-8"\nsaid = 2024-03-05\nstance = "asserts"\nstatement = "Crates left."\n'
SPOKEN = """schema = 1
id = "talk-8"
title = "A talk"
type = "audio"
transcript = [
    {start = 0, end = 2, speaker = "s-8", original = "We have sent nothing"},
    {start = 2, end = 9, speaker = "harbour-office", original = "to the coast they say"},
]
"""


def plant(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name.replace('__', '/').replace('_', '-')}.toml").write_text(text, encoding="utf-8")
    return folder


def codes(folder: Path, body: str) -> set[str]:
    found = examine(reading_of(Case.load(folder), parse(f'+++\ntitle = "T"\n+++\n{body}\n')))
    return {fault.rule.code for fault in found.faults}


@pytest.mark.parametrize(
    ("terms", "code"),
    [("off_the_record", "off-record"), ("background", "named-on-background"), ("on_the_record", "right-of-reply")],
)
def test_a_surname_alone_names_a_person(own: Path, terms: str, code: str) -> None:
    """Texts go on with "Vandermeer": it betrays her, or accuses her, as much as her whole name."""
    plant(own, sources__s_8=PERSON.format("" if terms == "on_the_record" else TERMS.format(terms, "")))
    assert codes(own, "Vandermeer’s crates left.") == {code}
    assert codes(own, "Nobody of the Vandermeers left.") == set()


def test_a_surname_that_two_people_have_names_neither(own: Path) -> None:
    """It would stop every page on which the other one stands."""
    other = PERSON.replace("s-8", "s-7").replace("Orla", "Piet").format("")
    plant(own, sources__s_8=PERSON.format(TERMS.format("background", "")), sources__s_7=other)
    assert codes(own, "Vandermeer left.") == set()


def test_a_surname_in_a_record_stops_what_would_go_out(own: Path) -> None:
    """Exports and packages look for it, too."""
    event = 'schema = 1\nid = "e-8"\ntitle = "Vandermeer sees it"\nwhen = "2024"\nkind = "claimed"\nclaims = ["C010"]\n'
    said = SAID.replace("C008", "C010").replace("s-8", "harbour-office")
    plant(own, sources__s_8=PERSON.format(TERMS.format("background", "")), claims__C010=said, events__e_8=event)
    with pytest.raises(InputError) as refused:
        outside(Case.load(own))
    assert refused.value.code == "off-record-named"
    assert "Vandermeer" not in str(refused.value)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("We did … send weapons", "We did not send weapons"),
        ("We did [in fact] send weapons", "We did not, as you say, ever send weapons"),
        ("Мы … отправляли оружие", "Мы не отправляли оружие"),
        ("I … said so", "I never said so"),
    ],
)
def test_a_mark_leaves_out_no_negation_beside_what_it_keeps(quote: str, text: str) -> None:
    """An ellipsis may shorten; it may not turn a sentence round. What was agreed of the words counts all the same."""
    assert not is_said(quote, text)
    assert is_heard(quote, text)
    assert "not" in difference(quote, text)


def test_a_negation_inside_what_is_left_out_is_left_out() -> None:
    """It belongs to what is gone."""
    assert is_said("Containers … went east", "Containers, which were not opened by anybody, went east")


def test_a_quotation_does_not_run_from_one_voice_into_another(own: Path) -> None:
    """Words of two people in a row are nobody's sentence."""
    plant(own, sources__s_8=PERSON.format('member_of = ["harbour-office"]'), media__talk_8=SPOKEN)
    assert "quote-differs" in codes(own, "“sent nothing to the coast” ({{talk-8}})")
    assert "quote-differs" not in codes(own, "“We have sent nothing” ({{talk-8}})")


def test_a_claim_under_an_embargo_stays_in_the_house_until_it_is_over(own: Path) -> None:
    """And for good where nobody says what time it is."""
    until = TERMS.format("on_the_record", ", embargo = 2030-01-01T00:00:00Z")
    plant(own, sources__s_8=PERSON.format(""), claims__C008=SAID + until)
    case = Case.load(own)
    assert "C008" not in outside(case).case.claims
    early = outside(case, now=datetime(2029, 12, 31, tzinfo=UTC))
    assert ("C008" in early.case.claims, early.without["what was told under an embargo"]) == (False, "1 record")
    assert "C008" in outside(case, now=datetime(2030, 1, 1, tzinfo=UTC)).case.claims


@pytest.mark.parametrize("kind", ["csv", "timeline", "claimreview", "followthemoney", "geojson", "bag"])
def test_no_export_goes_out_of_a_case_under_embargo(own: Path, tmp_path: Path, kind: str) -> None:
    """Whatever its kind; unless whoever takes it out says that it is known."""
    head = own / "case.toml"
    head.write_text("embargo = 9999-01-01T00:00:00Z\n" + head.read_text(encoding="utf-8"), encoding="utf-8")
    order = ["export", kind, str(own), "--out", str(tmp_path / "out"), "--by", "mk"]
    assert run(order) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("marks", ["“{}”", '"{}"', "«{}»", "‘{}’", "「{}」", "『{}』"])
def test_a_quotation_is_one_between_any_marks(own: Path, marks: str) -> None:
    """Single ones and corner brackets, too: altered words passed between them once."""
    plant(own, sources__s_8=PERSON.format('member_of = ["harbour-office"]'), media__talk_8=SPOKEN)
    assert "quote-differs" in codes(own, f"{marks.format('We’ve sent nearly nothing')} ({{{{talk-8}}}})")
    assert "quote-differs" not in codes(own, f"{marks.format('We have sent nothing')} ({{{{talk-8}}}})")
