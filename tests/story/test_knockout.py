"""Without a source: what falls and what loses is what the case's records say, and nobody is betrayed by it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dateline.ledger.case import Case
from dateline.story.check import read_story, reading_of
from dateline.story.parse import parse
from dateline.story.render import render

NAME = "Zyrtha Qelomane"
SOURCE = 'schema = 1\nid = "{id}"\ntype = "person"\n{terms}\n[names]\nen = "{name}"\n'
CLAIM = 'schema = 1\nid = "{id}"\nspeaker = "{speaker}"\nsaid = 2024-03-05\nstance = "asserts"\nstatement = "{says}"\n'
AGREED = 'terms = {are = "background", described_as = "a clerk", agreed_by = "mk", agreed_on = 2025-01-02}\n'


def record(case: Path, folder: str, name: str, text: str) -> None:
    (case / folder / f"{name}.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def three(own: Path) -> Path:
    """Two people on the record and one on background, who also speaks openly of something else; an event on two."""
    for name, called in (("s-1", "Ada North"), ("s-2", "Bo South")):
        record(own, "sources", name, SOURCE.format(id=name, terms="", name=called))
    record(own, "claims", "K001", CLAIM.format(id="K001", speaker="s-1", says="A gate was shut"))
    record(own, "claims", "K002", CLAIM.format(id="K002", speaker="s-2", says="The gate was closed"))
    record(own, "claims", "K003", CLAIM.format(id="K003", speaker="s-2", says="Guards had left") + AGREED)
    record(
        own,
        "events",
        "e-gate",
        'schema = 1\nid = "e-gate"\ntitle = "The gate is shut"\nwhen = "2024-03"\nkind = "claimed"\n'
        'claims = ["K001", "K002"]\n',
    )
    return own


def lists(case: Path, body: str) -> dict[str, dict[str, list[str]]]:
    """What the page lists: for each source, by effect, the words of what is touched. (Whether it may is not asked.)"""
    html = render(reading_of(Case.load(case), parse(f'+++\ntitle = "T"\n+++\n\n{body}\n'))).decode()
    assert "zyrtha" not in html.casefold()
    found: dict[str, dict[str, list[str]]] = {}
    for entry in re.findall(r'<details class="inner-drawer ko".*?</details>', html, re.DOTALL):
        name = re.search(r"<summary>(.*?):", entry, re.DOTALL)
        assert name is not None
        hits = re.findall(r'data-ko="(\w+)" data-at="([^"]+)">(.*?)</a>', entry)
        assert all(f'id="{anchor}"' in html for _, anchors, _ in hits for anchor in anchors.split())
        found[name[1].strip()] = {
            effect: [words for each, _, words in hits if each == effect] for effect in ("falls", "loses")
        }
    return found


def test_a_claim_falls_with_its_speaker_and_an_event_on_two_loses_one(three: Path) -> None:
    """Computed from the records: what rests on one falls, what rests on two loses one, a mere name does neither."""
    body = "{{s-1.name}} said on {{K001.said}}: shut. Then {{e-gate.title}} stood in the log."
    found = lists(three, body)
    assert found["Ada North"] == {
        "falls": ["Ada North said on 5 March 2024: shut."],
        "loses": ["Then The gate is shut stood in the log."],
    }
    assert found["Bo South"] == {"falls": [], "loses": ["Then The gate is shut stood in the log."]}


def test_who_spoke_on_background_is_not_tied_to_an_open_name(three: Path) -> None:
    """A claim whose speaker may not be named falls with "whoever is not named", not with the name beside it."""
    body = "On {{K002.said}} it was open.\n\n{{K003.speaker}} spoke on {{K003.said}}: guards had left."
    found = lists(three, body)
    assert found["Bo South"] == {"falls": ["On 5 March 2024 it was open."], "loses": []}
    assert found["whoever is not named here"]["falls"] == ["a clerk spoke on 5 March 2024: guards had left."]
    assert "a clerk" not in found


def test_somebody_unnamed_everywhere_stands_nowhere(three: Path) -> None:
    """A source on background has no entry of its own, and the page has no trace of the name."""
    terms = AGREED.rstrip("\n")
    record(three, "sources", "s-1", SOURCE.format(id="s-1", terms=terms, name=NAME))
    found = lists(three, "{{K001.speaker}} said it on {{K001.said}}.")
    assert list(found) == ["whoever is not named here"]


def test_a_finding_falls_with_its_only_file_and_loses_one_of_many(halm: Case) -> None:
    """The sample's light rests on two pictures, its clip's axes on one paper: files alike share one entry."""
    html = render(reading_of(halm, read_story(halm))).decode()
    entries = re.findall(r'id="ko-file-\d+"><summary>(.*?)</summary>', html)
    assert any(entry.startswith("SIMULATED_landmarks.csv: 2 fall") for entry in entries)
    assert any(re.fullmatch(r"VNP46A3\S+ or 1 other like it: \d+ lose one of several", entry) for entry in entries)
