"""The files in which drafts come: Word, LibreOffice, a CMS, an editor; and what is no draft."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from drafts import docx

from dateline.core.errors import InputError, UsageError
from dateline.ledger.case import Case
from dateline.story.check import check_draft
from dateline.story.manuscript import manuscript


def texts(path: Path) -> list[tuple[str, str]]:
    return [(passage.role, passage.flat) for passage in manuscript(path)]


def p(text: str, inside: str = "") -> str:
    return f"<w:p>{inside}<w:r><w:t>{text}</w:t></w:r></w:p>"


def test_tracked_changes_are_read_as_if_accepted(tmp_path: Path) -> None:
    """What an editor struck out or moved away is gone; what was put in is there; comments are no text."""
    body = (
        "<w:p><w:r><w:t>Light grew by </w:t></w:r><w:del><w:r><w:delText>47 %</w:delText></w:r></w:del>"
        '<w:ins><w:r><w:t>42 %</w:t></w:r></w:ins><w:commentRangeStart w:id="1"/>'
        "<w:moveFrom><w:r><w:t> in 2019</w:t></w:r></w:moveFrom><w:r><w:t>, it is said.</w:t></w:r></w:p>"
    )
    path = docx(tmp_path / "tracked.docx", body, comments=p("Is it 47 %?"))
    assert texts(path) == [("paragraph", "Light grew by 42 %, it is said.")]


def test_all_that_a_word_file_prints_is_read(tmp_path: Path) -> None:
    """Headings, cells, links, text boxes once, fields' results, foot- and endnotes; no separators, no field codes."""
    box = f"<w:r><w:pict><w:txbxContent>{p('A box of 5 words here.')}</w:txbxContent></w:pict></w:r>"
    both = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    twice = f'<mc:AlternateContent xmlns:mc="m">{both}</mc:AlternateContent>'
    body = (
        p("The title", '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>')
        + p("An item, of a list.", "<w:pPr><w:numPr/></w:pPr>")
        + f"<w:tbl><w:tr><w:tc>{p('42 %')}</w:tc></w:tr></w:tbl>"
        + "<w:p><w:hyperlink><w:r><w:t>A link</w:t></w:r></w:hyperlink><w:r><w:tab/><w:instrText>PAGE 99</w:instrText>"
        + f"<w:t>on 3</w:t><w:noBreakHyphen/><w:t>4 pages.</w:t></w:r>{twice}</w:p>"
    )
    notes = f'<w:footnote w:type="separator">{p("---")}</w:footnote><w:footnote>{p("A note of 7.")}</w:footnote>'
    last = f"<w:endnote>{p('The end of 8.')}</w:endnote>"
    path = docx(tmp_path / "all.docx", body, footnotes=notes, endnotes=last)
    assert texts(path) == [
        ("heading", "The title"), ("item", "An item, of a list."), ("cell", "42 %"),
        ("paragraph", "A link on 3‑4 pages."),
        ("paragraph", "A box of 5 words here."), ("note", "A note of 7."), ("note", "The end of 8."),
    ]  # fmt: skip


def test_a_page_of_a_cms_is_read_as_readers_see_it(tmp_path: Path) -> None:
    """Entities, no-break spaces, soft hyphens, captions and the words of pictures; no scripts, no styles."""
    path = tmp_path / "a.html"
    path.write_text(
        "<h1>Title</h1><p>10&nbsp;000 con&shy;tain&#101;rs, <b>they</b> say.</p><script>var a=5</script>"
        "<style>b{top:9px}</style>"
        '<figure><img alt="A quay with 3 ships."><figcaption>The quay.</figcaption></figure><ul><li>two of them.</ul>'
        "<svg><text>77</text></svg><td>5 %</td>",
        encoding="utf-8",
    )
    assert texts(path) == [
        ("heading", "Title"), ("paragraph", "10\u00a0000 containers, they say."), ("alt", "A quay with 3 ships."),
        ("caption", "The quay."), ("item", "two of them."), ("cell", "5 %"),
    ]  # fmt: skip


def test_broken_lines_are_one_paragraph_and_keep_their_places(halm: Case, tmp_path: Path) -> None:
    """A mail program breaks lines in the middle of "more than 1,000": the bound is still there, and so is the line."""
    path = tmp_path / "mail.txt"
    path.write_text(
        "By the desk\n\nThe Arden harbour office spoke at that time of more than\n"
        "1,000 crates, and of 3,000 crates later.\n",
        encoding="utf-8",
    )
    lines = {line.what: line for line in check_draft(path, halm).lines if line.kind == "number"}
    assert lines["more than 1,000"].outcome == "matches"
    assert (lines["3,000"].number, lines["3,000"].column, lines["3,000"].outcome) == (4, 22, "differs")


def test_markdown_is_read_without_its_marks(tmp_path: Path) -> None:
    """Links, emphasis, headings and lists."""
    path = tmp_path / "a.md"
    path.write_text("# The title\n- It **grew** by [42 %](https://example.org/a).\n", encoding="utf-8")
    assert texts(path) == [("heading", "The title"), ("item", "It grew by 42 %.")]


def test_a_document_that_defines_entities_is_refused(tmp_path: Path) -> None:
    """No word processor writes a document type; a bomb does."""
    head = '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(InputError, match="cannot be read") as error:
        manuscript(docx(tmp_path / "bomb.docx", p("&b;"), head=head))
    assert error.value.code == "draft"


def test_a_file_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    """A few kilobytes that become many megabytes are not unpacked."""
    bomb = docx(tmp_path / "big.docx", "<w:p/>" * 4_000_000)
    assert bomb.stat().st_size < 1 << 20
    with pytest.raises(InputError, match="cannot be read") as error:
        manuscript(bomb)
    assert "unpacked" in error.value.saw


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "data", "saw"),
    [
        ("a.docx", b"<html>", "zip"), ("b.docx", b"PK\x03\x04", "zip"), ("c.docx", OLE, "password"),
        ("d.docx", b"", "zip"), ("a.txt", b"\xff\xfea\x00", "UTF-16"), ("b.txt", "Größe".encode("latin-1"), "UTF-8"),
        ("c.txt", b"a\x00b", "zero"),
        ("big.txt", b"a " * (9 << 20), "bytes"),
    ],
)  # fmt: skip
def test_bytes_that_are_no_draft_are_told_as_such(tmp_path: Path, name: str, data: bytes, saw: str) -> None:
    """What was seen and what to do, and nothing else happens."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match="cannot be read") as error:
        manuscript(tmp_path / name)
    assert saw in error.value.saw
    assert error.value.do
    assert error.value.code == "draft"


@pytest.mark.parametrize(
    ("name", "word"), [("a.pdf", "PDF"), ("a.doc", "docx"), ("a.odt", "LibreOffice"), ("a", ".txt")]
)
def test_another_kind_of_file_names_the_way_out(tmp_path: Path, name: str, word: str) -> None:
    """It is not read, and the error says how to make one that is."""
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(UsageError) as error:
        manuscript(tmp_path / name)
    assert word in error.value.do
    assert ".docx" in error.value.do


def test_an_empty_draft_says_that_it_is_empty(halm: Case, tmp_path: Path) -> None:
    """No lines, and a note; a folder and a missing file are refused."""
    (tmp_path / "a.txt").write_text("\n \n", encoding="utf-8")
    sheet = check_draft(tmp_path / "a.txt", halm)
    assert (sheet.lines, sheet.notes) == ((), ("the draft has no text",))
    (tmp_path / "folder.txt").mkdir()
    for name in ("folder.txt", "none.txt"):
        with pytest.raises(InputError):
            manuscript(tmp_path / name)


def test_a_broken_zip_inside_is_told(tmp_path: Path) -> None:
    """A Word file whose main part is missing is none."""
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("content.xml", "<a/>")
    with pytest.raises(InputError) as error:
        manuscript(path)
    assert "word/document.xml" in error.value.saw


def test_the_sheet_is_a_page_to_print(halm: Case, tmp_path: Path) -> None:
    """Every word of the draft, its marks in signs and words, each line with its rule; no script; same bytes."""
    from dateline.story.draft.page import draft_page

    path = tmp_path / "a.txt"
    path.write_text(
        "Light at Arden grew by 47 %, <b>said</b> “x & y” & Arden.\n\nNothing here to see, really.\n", encoding="utf-8"
    )
    sheet = check_draft(path, halm)
    html = draft_page(sheet).decode()
    assert draft_page(check_draft(path, halm)).decode() == html
    assert "<script" not in html
    assert "&lt;b&gt;said&lt;/b&gt;" in html
    assert "style=" not in html.replace("style-src", "")
    told = re.sub(r"<sup>.*?</sup>|<[^>]+>", "", html)
    assert "Nothing here to see, really." in told
    for word in ("differs", "number-differs", "✗", "Checked by ____", "Does not pass", "✓"):
        assert word in told
    assert html.count('<li id="l') == len(sheet.lines)
