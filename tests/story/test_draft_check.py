"""A draft written elsewhere, laid beside the case: what matches, what differs, what nobody has vouched for."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from dateline.core.errors import InputError, UsageError
from dateline.ledger.case import Case
from dateline.story.check import check_draft
from dateline.story.draft import Sheet
from dateline.story.manuscript import paragraphs

TRUE = (
    "The quays of Arden",
    "Light at Arden grew by 42 % (90 % interval 27 to 60).",
    "In Eskerry it fell by 19 %. The Arden harbour office spoke of more than 1,000 crates on 13 October 2023.",
)
PLANTED = (
    ("Light at Arden grew by 47 %.", "47 %", "differs"),
    ("Light at Arden fell by 42 %.", "fell", "differs"),
    ("In Eskerry light fell by 42 %.", "42 %", "differs"),
    ("In Brill light grew.", "grew", "differs"),
    ("The Arden harbour office spoke of 2,000 crates.", "2,000", "differs"),
    ("It was announced on 13 October 2022.", "13 October 2022", "unknown"),
    ("Nobody counted the 77 lamps of Garth.", "77", "unknown"),
    ("At Arden light and the economy grew.", "economy", "differs"),
)
"""Eight planted errors: the sentence, what is wrong in it, and what the sheet must say."""

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(path: Path, body: str, *, head: str = "") -> Path:
    """A Word file with this body, as a word processor packs it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        text = f'<?xml version="1.0" encoding="UTF-8"?>{head}<w:document {W}><w:body>{body}</w:body></w:document>'
        packed.writestr("word/document.xml", text)
    return path


def written(folder: Path, kind: str, lines: tuple[str, ...]) -> Path:
    """The same draft as text, as a web page and as a Word file whose words are cut into runs."""
    path = folder / f"draft.{kind}"
    if kind == "docx":
        runs = ("".join(f"<w:r><w:t>{part}</w:t></w:r>" for part in (line[:9], line[9:])) for line in lines)
        return docx(path, "".join(f"<w:p>{run}</w:p>" for run in runs))
    if kind == "html":
        text = "<style>p{margin:99px}</style>" + "".join(f"<p>{line[:9]}<em>{line[9:]}</em></p>" for line in lines)
    else:
        text = "\n".join(lines)
    path.write_text(text, encoding="utf-8")
    return path


def sheet_of(case: Case, folder: Path, kind: str, *lines: str) -> Sheet:
    return check_draft(written(folder, kind, lines), case)


@pytest.mark.parametrize("kind", ["txt", "md", "html", "docx"])
def test_a_true_draft_passes(halm: Case, tmp_path: Path, kind: str) -> None:
    """Every number, date and verb that the case carries is a match, with the reference that carries it."""
    sheet = sheet_of(halm, tmp_path, kind, *TRUE)
    assert sheet.passed, sheet.text()
    assert sheet.count("matches") == 7
    assert "lights-coast.places.eskerry.ratio.change.best" in sheet.text()


@pytest.mark.parametrize("kind", ["txt", "docx"])
@pytest.mark.parametrize("planted", PLANTED, ids=[f"{what} {outcome}" for _, what, outcome in PLANTED])
def test_a_planted_error_is_found(halm: Case, tmp_path: Path, kind: str, planted: tuple[str, str, str]) -> None:
    """Changed digit, turned direction, another place's number, a result that is none, a wrong bound, date, proxy."""
    sentence, what, outcome = planted
    sheet = sheet_of(halm, tmp_path, kind, *TRUE, sentence)
    assert not sheet.passed
    assert (what, outcome) in [(line.what, line.outcome) for line in sheet.lines if line.number == len(TRUE) + 1]


def test_equal_digits_elsewhere_are_no_match(halm: Case, tmp_path: Path) -> None:
    """A number that only another place has is not vouched for; the sheet says where the digits stand."""
    (line,) = sheet_of(halm, tmp_path, "txt", "Somewhere 81 % of it was seen, of course.").lines
    assert line.outcome == "unknown"


def test_deleted_words_under_tracked_changes_are_gone(halm: Case, tmp_path: Path) -> None:
    """What an editor struck out is not checked; what was put in is."""
    body = (
        "<w:p><w:r><w:t>Light at Arden grew by </w:t></w:r><w:del><w:r><w:delText>47 %</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>42 %</w:t></w:r></w:ins><w:r><w:t>.</w:t></w:r></w:p>"
    )
    sheet = check_draft(docx(tmp_path / "tracked.docx", body), halm)
    assert [line.what for line in sheet.lines] == ["42 %"]


def test_a_document_that_defines_entities_is_refused(tmp_path: Path) -> None:
    """No word processor writes a document type; a bomb does."""
    head = '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(InputError, match="cannot be read") as error:
        paragraphs(docx(tmp_path / "bomb.docx", "<w:p><w:r><w:t>&b;</w:t></w:r></w:p>", head=head))
    assert error.value.code == "draft"


def test_a_file_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    """A few kilobytes that become many megabytes are not unpacked."""
    bomb = docx(tmp_path / "big.docx", "<w:p/>" * 4_000_000)
    assert bomb.stat().st_size < 1 << 20
    with pytest.raises(InputError, match="cannot be read") as error:
        paragraphs(bomb)
    assert "unpacked" in error.value.saw


@pytest.mark.parametrize(
    ("name", "data"), [("a.docx", b"<html>"), ("a.txt", b"\xff\xfe\x00"), ("b.docx", b"PK\x03\x04")]
)
def test_bytes_that_are_no_draft_are_told_as_such(tmp_path: Path, name: str, data: bytes) -> None:
    """Three parts, and nothing else happens."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError) as error:
        paragraphs(tmp_path / name)
    assert error.value.code == "draft"


def test_another_kind_of_file_names_the_kinds_there_are(tmp_path: Path) -> None:
    """A PDF is not read, and the error says what is."""
    with pytest.raises(UsageError) as error:
        paragraphs(tmp_path / "a.pdf")
    assert ".docx" in error.value.do


def test_scripts_and_styles_of_a_web_page_are_not_prose(tmp_path: Path) -> None:
    """Numbers in code are nobody's claim."""
    path = tmp_path / "a.html"
    path.write_text("<p>One <b>line</b></p><script>var a=5</script><style>b{top:9px}</style><li>two", encoding="utf-8")
    assert [text for _, text in paragraphs(path)] == ["One line", "two"]


@pytest.mark.parametrize(
    ("sentence", "what", "outcome"),
    [
        ("Eskerry, 15 km north-east of Arden, was dark.", "15 km north-east of Arden", "matches"),
        ("Eskerry, 40 km south of Arden, was dark.", "40 km south of Arden", "differs"),
        ("Nowhere, 40 km south of Arden, was dark.", "40 km south of Arden", "unknown"),
        ("Eskerry officials said a hut 40 km south of Arden was dark.", "40 km south of Arden", "unknown"),
        ("Eskerry, 20 km north-east of Arden by road, was dark.", "20 km north-east of Arden by road", "unknown"),
        ("More than 10 km north-east of Arden lies Eskerry.", "More than 10 km north-east of Arden", "matches"),
        (
            "Eskerry, 40 km (25 miles) south of the town of Arden.",
            "40 km (25 miles) south of the town of Arden",
            "differs",
        ),
        ("Eskerry lies perilously close to Arden.", "perilously close", "unknown"),
        ("Eskerry lies near Arden.", "near", "unknown"),
    ],
)
def test_distances_in_a_draft_are_measured(halm: Case, tmp_path: Path, sentence: str, what: str, outcome: str) -> None:
    """Between places of the case; the printed number has no second line of its own."""
    (line,) = sheet_of(halm, tmp_path, "txt", sentence).lines
    assert (line.what, line.outcome) == (what, outcome)


def test_places_that_the_case_lacks_are_asked_of_a_gazetteer(halm: Case, tmp_path: Path) -> None:
    """Only where the case has no such place."""
    from dateline.core import Where
    from dateline.places.candidate import Candidate

    asked = []

    def gazetteer(name: str) -> tuple[Candidate, ...]:
        asked.append(name)
        where = Where.point(lon=12.4, lat=-42.6, radius=100)
        return (Candidate(id="t", name=name, where=where, kind="spelled", spelling=name, source="a list"),)

    path = written(tmp_path, "txt", ("Thorn, 33 km south of Arden, was dark.",))
    (line,) = check_draft(path, halm, gazetteer).lines
    assert (line.outcome, set(asked)) == ("matches", {"Thorn"}), line.against
