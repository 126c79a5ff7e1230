"""A name and words that were given in confidence reach nothing that leaves the house: planted, then looked for."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline.cli.app import run
from dateline.core.errors import DatelineError, InputError
from dateline.ledger.case import Case
from dateline.ledger.exports.kinds import export, kinds
from dateline.ledger.outside import outside
from dateline.measure.package import told
from dateline.story.build import build, build_site
from dateline.story.check import check

NAME, WORDS = "Zyrtha Qelomane", "the vermilion ledger lies beneath the chapel floor at Corrin"
SECRETS = ("zyrtha", "qelomane", "vermilion", "chapel floor")
AGREED = 'terms = {{are = "{}", described_as = "a clerk", agreed_by = "mk", agreed_on = 2025-01-02}}\n'


@pytest.fixture
def planted(own: Path) -> Path:
    """The sample coast with a source off the record, her claim, an event and a reply on it, and a recording of it."""
    files = {
        "sources/s-9": 'schema = 1\nid = "s-9"\ntype = "person"\n' + AGREED.format("off_the_record")
        + f'\n[names]\nen = "{NAME}"\n',
        "claims/C009": 'schema = 1\nid = "C009"\nspeaker = "s-9"\nsaid = 2024-03-05\nstance = "asserts"\n'
        f'statement = "A ledger: {WORDS}."\nquantity = {{text = "exactly 7,771", low = 7771, high = 7771, '
        f'unit = "crate", kind = "count"}}\n\n[original]\ntext = "{WORDS}"\nlanguage = "en"\nmedia = "talk-9"\n',
        "claims/C010": 'schema = 1\nid = "C010"\nspeaker = "harbour-office"\nsaid = 2024-03-06\nstance = "denies"\n'
        'statement = "There is nothing of the kind."\ndenies = ["C009"]\n',
        "events/e-9": 'schema = 1\nid = "e-9"\ntitle = "x"\nwhen = "2024"\nkind = "claimed"\nclaims = ["C009"]\n',
        "replies/r-9": 'schema = 1\nid = "r-9"\nparty = "s-9"\nquestion = "?"\nasked = 2024-03-07\n'
        f'deadline = 2024-03-08\noutcome = "answered"\nanswered = 2024-03-08\nanswer = "I say: {WORDS}"\n',
        "media/talk-9": 'schema = 1\nid = "talk-9"\ntitle = "A talk"\ntype = "audio"\ntranscript = [\n'
        '    {start = 0, end = 2, voice = "mk", original = "Is it so?"},\n'
        f'    {{start = 2, end = 9, speaker = "s-9", original = "{WORDS}", terms = "off_the_record"}},\n]\n',
    }  # fmt: skip
    for name, text in files.items():
        (own / f"{name}.toml").write_text(text, encoding="utf-8")
    return own


def betrays(text: str) -> list[str]:
    return [secret for secret in (*SECRETS, "7,771", "7771") if secret in text.casefold()]


def _texts(path: Path) -> Iterator[str]:
    """Every text in a folder, those inside zips and workbooks too, and every name."""
    for file in sorted(path.rglob("*")):
        yield file.relative_to(path).as_posix()
        if file.is_file() and zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                yield from (archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
        elif file.is_file():
            yield file.read_bytes().decode("utf-8", "replace")


def test_the_page_is_silent(planted: Path, tmp_path: Path) -> None:
    """The sample story, whose case has all of it, prints nothing of it."""
    page = build(Case.load(planted), tmp_path / "site").read_text(encoding="utf-8")
    assert betrays(page) == []


def test_all_that_lies_beside_the_page_is_silent(planted: Path, tmp_path: Path) -> None:
    """Embeds, drawings, pictures, card, feed, the twin: no name, no words, and no position of a witness in any file."""
    (planted / "places/hide.toml").write_text(
        'schema = 1\nid = "hide"\nrole = "witness"\nlocated_by = "mk"\n\n[names]\nen = "Quellbrack farm"\n\n'
        "[where]\nlon = 12.437291\nlat = -42.318264\nradius = 20.0\n", encoding="utf-8",
    )  # fmt: skip
    built = build_site(Case.load(planted), tmp_path / "site", largest=1000)
    texts = [text.casefold() for text in _texts(tmp_path / "site")]
    assert len(built.files) > 40
    for secret in (*SECRETS, "quellbrack", "12.4372", "42.3182", "hide.toml"):
        assert [text[:60] for text in texts if secret in text] == []


def test_nothing_beside_the_page_is_written_when_a_card_or_a_feed_would_tell(planted: Path, tmp_path: Path) -> None:
    """A byline stands in no passage that a rule reads; the last look goes through every file before the first byte."""
    story = planted / "story.md"
    text = story.read_text(encoding="utf-8").replace("By the exercise desk", f"By {NAME}")
    story.write_text(text, encoding="utf-8")
    with pytest.raises(DatelineError) as caught:
        build_site(Case.load(planted), tmp_path / "site")
    assert betrays(str(caught.value)) == []
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    "body",
    ["{{C009.statement}}", "{{C009.quantity}} crates", "{{e-9.title}}", "{{r-9.answer}}", "{{s-9}}", "{{s-9.name}}",
     "{{C009.speaker}} knew.", f"{NAME} knew.", f"Somebody knows that {WORDS}.", "Another had 7,771 crates.",
     "{{C009.said}}: “the vermilion ledger”."],
)  # fmt: skip
def test_no_way_leads_into_the_story(planted: Path, body: str) -> None:
    """By reference, by name, by words: each is stopped, and no fault repeats what it found."""
    (planted / "story.md").write_text(f'+++\ntitle = "T"\n+++\n\n{body}\n', encoding="utf-8")
    report = check(Case.load(planted))
    assert not report.passed
    typed = betrays(body)
    assert [secret for secret in betrays(report.text() + json.dumps(report.to_json())) if secret not in typed] == []
    with pytest.raises(DatelineError):
        build(Case.load(planted))


def test_a_name_in_a_field_that_the_page_prints_is_found_at_the_end(planted: Path) -> None:
    """The chain of an open claim names her: the page is not written, and the error does not name her."""
    story = '+++\ntitle = "T"\n+++\n\nSomebody said {{C001.quantity}} crates.\n'
    (planted / "story.md").write_text(story, encoding="utf-8")
    claim = planted / "claims/C001.toml"
    claim.write_text(claim.read_text(encoding="utf-8").replace("Arden harbour office", NAME), encoding="utf-8")
    shutil.rmtree(planted / "site", ignore_errors=True)
    with pytest.raises(InputError) as caught:
        build(Case.load(planted))
    assert caught.value.code == "page-betrays"
    assert betrays(str(caught.value)) == []
    assert not (planted / "site").exists()
    with pytest.raises(InputError) as caught:
        outside(Case.load(planted))
    assert caught.value.code == "off-record-named"
    assert betrays(str(caught.value)) == []


@pytest.mark.parametrize("kind", list(kinds()))
def test_exports_are_silent_and_say_how_many(planted: Path, tmp_path: Path, kind: str) -> None:
    """No file and no name in any export has it; what stays is counted, not named."""
    made = export(kind, Case.load(planted), tmp_path / "out")
    assert [secret for text in _texts(tmp_path / "out") for secret in betrays(text)] == []
    assert made.without["what is off the record"] == "4 records"
    assert not {"s-9", "C009", "r-9", "e-9"} & made.without.keys()
    assert "C009" not in "".join(_texts(tmp_path / "out"))


def test_a_case_without_what_stays_still_stands(planted: Path) -> None:
    """References to what stays are gone, and everything else is as it was."""
    whole = Case.load(planted)
    out = outside(whole)
    assert out.stays == {"s-9", "C009", "e-9", "r-9", "ada-brook"}
    assert out.case.claims["C010"].denies == ()
    assert [row.original for row in out.case.media["talk-9"].transcript] == ["Is it so?"]
    same = [name for name in out.case.records if out.case.records[name] == whole.records[name]]
    assert len(same) == len(whole.records) - len(out.stays) - 3  # C010, the two recordings


def test_packages_are_silent(planted: Path) -> None:
    """What a package is told of the case: no file of hers, no story that names her, changed records in their form."""
    (planted / "story.md").write_text(f'+++\ntitle = "T"\n+++\n\n{NAME} and C009.\n', encoding="utf-8")
    found = told(Case.load(planted))
    files = {path for path in found.files if path not in found.left_out}
    texts = [found.forms[path].decode() if path in found.forms else (planted / path).read_text("utf-8", "replace")
             for path in files]  # fmt: skip
    assert [secret for text in texts for secret in betrays(text)] == []
    assert "story.md" not in files
    assert not {"claims/C009.toml", "sources/s-9.toml", "replies/r-9.toml", "events/e-9.toml"} & files
    assert found.left_out["what is off the record"] == "4 records"
    assert betrays(json.dumps([*found.left_out, *found.left_out.values()])) == []


@pytest.mark.parametrize("are", ["background", "not_for_attribution"])
def test_on_background_the_words_may_stand_and_the_name_may_not(planted: Path, tmp_path: Path, are: str) -> None:
    """The page prints the description that was agreed on, or nobody; exports have neither."""
    source = planted / "sources/s-9.toml"
    source.write_text(source.read_text(encoding="utf-8").replace("off_the_record", are), encoding="utf-8")
    talk = planted / "media/talk-9.toml"
    talk.write_text(talk.read_text(encoding="utf-8").replace(', terms = "off_the_record"', ""), encoding="utf-8")
    who = "{{C009.speaker}}" if are == "background" else "Somebody"
    body = f"{who} said: “{WORDS}” {{{{C009.said}}}}."
    (planted / "story.md").write_text(f'+++\ntitle = "T"\n+++\n\n{body}\n', encoding="utf-8")
    page = build(Case.load(planted), tmp_path / "site").read_text(encoding="utf-8")
    assert "vermilion" in page
    assert ("a clerk" in page) == (are == "background")
    assert "zyrtha" not in page.casefold()
    (planted / "story.md").write_text(f'+++\ntitle = "T"\n+++\n\n{NAME}: {{{{C009.quote}}}}\n', encoding="utf-8")
    report = check(Case.load(planted))
    assert "named-on-background" in {fault.rule.code for fault in report.faults}
    made = export("csv", Case.load(planted), tmp_path / "out")
    assert [secret for text in _texts(tmp_path / "out") for secret in betrays(text)] == []
    assert made.without["what was told without a name"] == "3 records"


def test_a_claim_on_background_hides_the_name_beside_it_only(planted: Path) -> None:
    """Whoever spoke openly elsewhere is named there, and not in the passage of what was told without a name."""
    claim = planted / "claims/C010.toml"
    claim.write_text(claim.read_text(encoding="utf-8") + AGREED.format("background"), encoding="utf-8")

    def codes(body: str) -> set[str]:
        (planted / "story.md").write_text(f'+++\ntitle = "T"\n+++\n\n{body}\n', encoding="utf-8")
        return {fault.rule.code for fault in check(Case.load(planted)).faults} - {"off-record"}

    told_so = "{{C010.speaker}} said: nothing of the kind, {{C010.said}}."
    assert codes(told_so) == set()
    assert codes(f"{told_so}\n\nThe Arden harbour office is old.") == set()
    for name in ("The Arden harbour office knew.", "{{harbour-office.name}} knew.", "{{C001.speaker}} knew."):
        assert codes(f"{told_so} {name}") == {"named-on-background"}


def test_terms_have_an_embargo(planted: Path) -> None:
    """What may not be used before a day stops a page of an earlier one."""
    claim = planted / "claims/C010.toml"
    agreed = AGREED.format("background").replace("agreed_by", "embargo = 2025-03-01T06:00:00Z, agreed_by")
    claim.write_text(claim.read_text(encoding="utf-8").replace('denies = ["C009"]\n', "") + agreed, encoding="utf-8")
    for date, is_early in (("2025-02-27", True), ("2025-03-02", False)):
        body = "It was said on {{C010.said}}."
        (planted / "story.md").write_text(f'+++\ntitle = "T"\ndate = {date}\n+++\n\n{body}\n', encoding="utf-8")
        assert ("embargo" in {fault.rule.code for fault in check(Case.load(planted)).faults}) == is_early


def test_commands_are_silent(planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """check, build and export as people run them: neither output nor errors have it."""
    (planted / "story.md").write_text('+++\ntitle = "T"\n+++\n\n{{C009.quote}}\n', encoding="utf-8")
    (tmp_path / "draft.txt").write_text("The harbour office counted 7,770 crates.", encoding="utf-8")
    here = ["--case", str(planted)]
    for command in (
        ["check", *here],
        ["check", str(tmp_path / "draft.txt"), *here],
        ["build", *here],
        ["export", "csv", str(planted), "--out", str(tmp_path / "csv"), "--by", "mk"],
        ["export", "bag", str(planted), "--out", str(tmp_path / "bag"), "--by", "mk"],
    ):
        assert run(command) in {0, 1}
        said = capsys.readouterr()
        assert betrays(said.out + said.err) == []
    assert [secret for text in _texts(tmp_path / "bag") for secret in betrays(text)] == []
    assert (tmp_path / "bag").is_dir()
    custody = [path.read_text(encoding="utf-8") for path in (planted / "evidence").rglob("*.jsonl")]
    assert betrays("".join(custody)) == []
