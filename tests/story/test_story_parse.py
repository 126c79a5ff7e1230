"""Reading story.md: where everything stands, and every fault of form at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dateline.story.parse import parse

FRONT = '+++\ntitle = "A title"\n+++\n'


def told(text: str) -> list[str]:
    return [f"{fault.spot.line}:{fault.spot.column} {fault.saw} | {fault.do}" for fault in parse(text).faults]


def test_references_stand_at_their_line_and_column() -> None:
    """A reference in the second line of a list item keeps its own line and column."""
    story = parse(FRONT + "\n- one\n  two {{a.b | size}}\n")
    (run,) = story.references()
    assert (run.text, run.forms) == ("a.b", ("size",))
    assert (run.spot.line, run.spot.column) == (6, 7)


def test_all_faults_of_form_come_at_once_with_the_nearest_name() -> None:
    """A block misspelt, a form misspelt, an open brace and an escape without a reason are four faults."""
    faults = told(FRONT + "{{a | sice}} and {{\n\n[[1990s]]\n\n:::serie\n:::\n")
    assert len(faults) == 4
    assert any("'sice'" in fault and "did you mean size?" in fault for fault in faults)
    assert any("'serie'" in fault and "did you mean series?" in fault for fault in faults)


def test_a_key_of_a_block_that_is_not_there_has_its_line() -> None:
    """A misspelt key and a missing one are told with the line and what is valid."""
    faults = told(FRONT + ":::number\nvalue = 'a'\nlable = 'x'\n:::\n")
    assert any(fault.startswith("6:") and "label" in fault for fault in faults)


def test_toml_that_is_none_has_its_line_and_column() -> None:
    """A broken line inside a block is found in the story's own lines."""
    assert any(fault.startswith("5:") for fault in told(FRONT + ":::number\nvalue = \n:::\n"))


def test_a_story_without_front_matter_says_how_to_begin() -> None:
    """No front matter is one fault, on the first line."""
    assert told("Hello") == [told("Hello")[0]]
    assert told("Hello")[0].startswith("1:1 no front matter")


def test_an_escape_keeps_its_reason() -> None:
    """[[words: why]] is text with a reason for the editor's sheet."""
    (passage,) = [
        one for one in parse(FRONT + "The [[1990s: common knowledge]].\n").passages if one.role == "paragraph"
    ]
    (exempt,) = [run for run in passage.runs if run.kind == "exempt"]
    assert (exempt.text, exempt.reason) == ("1990s", "common knowledge")


def test_pictures_and_second_titles_in_markdown_are_refused() -> None:
    """A Markdown picture has no sensor and no licence; a # heading would be a second title."""
    faults = told(FRONT + "# Again\n\n![x](y.png)\n")
    assert any("a picture in Markdown" in fault for fault in faults)
    assert any("one #" in fault for fault in faults)


def test_abbreviations_do_not_end_a_sentence() -> None:
    """U.S. officials speak in one sentence."""
    passage = parse(FRONT + "The U.S. said so on Jan. 2 to Dr. Kim. Then it rained.\n").passages[-1]
    assert [sentence.text.strip() for sentence in passage.sentences()] == [
        "The U.S. said so on Jan. 2 to Dr. Kim.",
        "Then it rained.",
    ]


@given(st.text(max_size=200))
def test_any_text_can_be_parsed(text: str) -> None:
    """Whatever a person wrote, parsing gives a story and faults, never an exception."""
    story = parse(text)
    assert all(fault.spot.line >= 1 for fault in story.faults)
    parse(FRONT + text)
