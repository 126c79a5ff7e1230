"""The words of verification: each axis by its name, no “shows” unconfirmed, nobody told by their looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dateline.core.errors import UsageError
from dateline.ledger.case import Case
from dateline.ledger.trace import resolve
from dateline.story.axis_words import position_of
from dateline.story.check import examine, read_story, reading_of
from dateline.story.fault import Report
from dateline.story.reading import Reading
from dateline.story.render import render
from dateline.story.samples import sample_case

CODES = {"bare-verified", "depiction", "appearance", "independently"}


@pytest.fixture
def codes(examined: Callable[..., Report]) -> Callable[[str], set[str]]:
    return lambda text: {fault.rule.code for fault in examined(text).faults} & CODES


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The video has been verified.", "bare-verified"),
        ("We verified the clip.", "bare-verified"),
        ("The footage filmed in Arden has been verified.", "bare-verified"),
        ("The claim could not be independently verified.", "independently"),
        ("We were unable to independently verify the footage.", "independently"),
        ("{{quay-clip.title}}, which shows crates of cement.", "depiction"),
        ("The footage depicts crates of cement on a quay.", "depiction"),
        ("The video was authenticated.", "bare-verified"),
        ("The clip is genuine.", "bare-verified"),
        ("Our verification of the video is complete.", "bare-verified"),
        ("There was no way to independently establish the claim.", "independently"),
        ("In the grainy video, crates of cement stand on the quay.", "depiction"),
        ("Crates of cement can be seen in the clip.", "depiction"),
        ("It shows crates of cement.", "depiction"),
        ("Crates of cement, as the clip shows, lie there.", "depiction"),
        ("The video confirms that crates of cement lie there.", "depiction"),
        ("A face-recognition tool named him.", "appearance"),
        ("Visibly Korean soldiers walked by.", "appearance"),
        ("Soldiers of Asian appearance walked by.", "appearance"),
        ("Their faces show that they are Korean.", "appearance"),
        ("За обличчям це корейці.", "appearance"),
        ("얼굴로 보아 북한군이다.", "appearance"),
    ],
)
def test_a_fault_has_one_code(codes: Callable[[str], set[str]], text: str, code: str) -> None:
    """Each sentence breaks one rule, and only that one."""
    assert codes(text) == {code}


@pytest.mark.parametrize(
    "text",
    [
        "Its location was verified.",
        "The clip was verified to have been filmed at Arden; that it shows cement was not authenticated.",
        "The account was verified by its platform.",
        "What could be verified stands below.",
        "It could not be independently verified when the clip was filmed.",
        "That the clip shows crates of cement could not be independently verified.",
        "The Halm Courier says that the video shows crates of cement.",
        "Does the video show crates of cement?",
        "A photograph of a flag shows a flag.",
        "The clip was {{quay-clip.location}}; {{quay-clip.depiction}}.",
        "They appear to be dock workers.",
        "We verified that the gate was open on 3 October.",
        "The number was verified against the port log.",
        "It could not be verified what the clip shows.",
        "In the video, no crates of cement are seen.",
        "The map shows the quay.",
        "The building looks like a Chinese factory.",
        "The European features of the treaty matter.",
        "The features of the building match.",
    ],
)  # fmt: skip
def test_no_false_alarm(codes: Callable[[str], set[str]], text: str) -> None:
    """Sentences that name the axis, say who says so, ask, or speak of something else."""
    assert codes(text) == set()


def test_a_position_in_prose_is_what_the_measure_says(halm: Case) -> None:
    """{{MEDIA.location}} leads to the finding; without a measure it says what to write."""
    found = resolve(halm, "quay-clip.location")
    assert (found.owner, found.owner_kind) == ("axes-quay-clip", "finding")
    assert found.value["en"] == "verified to have been filmed at Arden"
    assert resolve(halm, "quay-clip.depiction.position").value == "consistent"
    with pytest.raises(UsageError) as caught:
        resolve(halm, "talk-at-the-quay.location")
    assert "four_axes" in caught.value.do


def test_the_card_says_rung_people_and_what_is_missing(tmp_path: Path) -> None:
    """Each axis with its rung in words and signs, who looked, what the next step needs; a mark too small says so."""
    case = Case.load(sample_case(tmp_path / "case", ["verification"]))
    html = render(reading_of(case, read_story(case))).decode()
    for words in (
        "confirmed", "(step 4 of 4)", "mk; second, without knowing the answer: fox",
        "not examined: nobody named (no file was handed in)",
        "a badge on a cap: 5 pixels across, too small to identify", "the file; examinations of the file",
    ):  # fmt: skip
        assert words in html
    assert "●●●●" in html
    assert examine(reading_of(case, read_story(case))).faults == ()


def test_a_step_down_counts_before_it_is_measured_again(
    read: Callable[[str], Reading], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A finding that still says confirmed does not outlive the record's lower step, nor its own inputs."""
    reading = read("Text.")
    clip, told = reading.case.media["quay-clip"], reading.case.finding("axes-quay-clip")
    high = {**told.values, "depiction": {**told.values["depiction"], "position": "confirmed"}}
    monkeypatch.setattr(Case, "finding", lambda _case, _name: told.model_copy(update={"values": high}))
    assert position_of(reading, clip.model_copy(update={"depiction": ()}), "depiction") == "confirmed"
    assert position_of(reading, clip, "depiction") == "consistent"
    stale = replace(reading, stale=frozenset({"axes-quay-clip"}))
    assert position_of(stale, clip.model_copy(update={"depiction": ()}), "depiction") == "attributed"
