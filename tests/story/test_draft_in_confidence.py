"""What the sheet of a draft must not tell: names given in confidence, words off the record, where somebody stands."""

from __future__ import annotations

from pathlib import Path

from dateline.ledger.case import Case
from dateline.story.check import check_draft
from dateline.story.draft.page import draft_page

NAME, WORDS = "Zyrtha Qelomane", "the vermilion ledger lies beneath the chapel floor at Corrin"
FILES = {
    "sources/s-9": f'schema = 1\nid = "s-9"\ntype = "person"\nterms = {{are = "not_for_attribution", agreed_by = "mk", '
    f'agreed_on = 2025-01-02}}\n\n[names]\nen = "{NAME}"\n',
    "sources/s-8": 'schema = 1\nid = "s-8"\ntype = "person"\nterms = {are = "off_the_record", agreed_by = "mk", '
    'agreed_on = 2025-01-02}\n\n[names]\nen = "Brunhold Vexley"\n',
    "claims/C009": f'schema = 1\nid = "C009"\nspeaker = "s-8"\nsaid = 2024-03-05\nstance = "asserts"\n'
    f'statement = "A ledger: {WORDS}."\nquantity = {{text = "exactly 7,771", '
    f'low = 7771, high = 7771, unit = "crate", kind = "count"}}\n\n'
    f'[original]\ntext = "{WORDS}"\nlanguage = "en"\n',
    "claims/C010": 'schema = 1\nid = "C010"\nspeaker = "s-9"\nsaid = 2024-03-07\nstance = "asserts"\n'
    'statement = "Some 640 crates lay at the new quay."\nquantity = {text = "some 640", low = 640, high = 640, '
    'unit = "crate", kind = "count"}\n',
    "places/hide": 'schema = 1\nid = "hide"\nrole = "witness"\nlocated_by = "mk"\n\n[names]\nen = "Quellbrack farm"\n\n'
    "[where]\nlon = 12.437291\nlat = -42.318264\nradius = 20.0\n",
}
DRAFT = """There were 7,771 crates, on 5 March 2024.

Somebody said “the vermilion book lies beneath the chapel roof at Corrin” at that time.

About 640 crates lay at the quay. The White House spoke of 640 crates. Eskerry, 12 km south of Quellbrack, was dark.
"""


def test_nothing_is_told_that_the_draft_does_not_say(own: Path, tmp_path: Path) -> None:
    """A number off the record finds nothing, a quotation near it is not mended, a speaker in confidence has no name."""
    for name, text in FILES.items():
        (own / f"{name}.toml").write_text(text, encoding="utf-8")
    path = tmp_path / "draft.txt"
    path.write_text(DRAFT, encoding="utf-8")
    sheet = check_draft(path, Case.load(own))
    told = [part for line in sheet.lines for part in (line.against, line.advice)]
    for secret in ("zyrtha", "qelomane", "vexley", "vermilion", "ledger", "floor", "hide", "12.43", "C009"):
        assert not [one for one in told if secret.casefold() in one.casefold()], secret
        draft_says_it = secret in DRAFT.casefold()
        assert draft_says_it or secret.casefold() not in draft_page(sheet).decode().casefold().replace("hidden", "")
    outcomes = {line.what: line.outcome for line in sheet.lines}
    assert outcomes["7,771"] == "unknown"
    assert outcomes["5 March 2024"] == "unknown"
    assert outcomes["12 km south of Quellbrack"] == "unknown"


def test_a_name_in_confidence_stops_the_draft(own: Path, tmp_path: Path) -> None:
    """A draft that names them is refused, by the story's own rule."""
    for name, text in FILES.items():
        (own / f"{name}.toml").write_text(text, encoding="utf-8")
    path = tmp_path / "draft.txt"
    path.write_text(f"{NAME} saw about 640 crates at Arden.\n", encoding="utf-8")
    sheet = check_draft(path, Case.load(own))
    assert "named-on-background" in {line.rule.code for line in sheet.lines if line.rule}
    assert not sheet.passed
