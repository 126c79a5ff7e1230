"""The design's colours can be read, in the light and in the dark."""

from __future__ import annotations

import pytest

from dateline.story.tokens import contrast, luminance, rgb, table

TEXT = (
    "ink",
    "quiet",
    "link",
    "accent",
    "measured",
    "reported",
    "claimed",
    "confirmed",
    "unknown",
    "refused",
    "exercise",
    "line",
)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", TEXT)
def test_text_stands_out_from_paper_and_sheet(mode: str, name: str) -> None:
    """At least 4.5 to 1 on both grounds (WCAG 2.2, 1.4.3)."""
    colours = table()["colour"][mode]
    for ground in ("paper", "sheet"):
        assert contrast(rgb(colours[name]), rgb(colours[ground])) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_words_on_coloured_grounds_can_be_read(mode: str) -> None:
    """The exercise banner, the refusal box, numbers of events."""
    colours = table()["colour"][mode]
    for text, ground in (("exercise_ink", "exercise"), ("refused", "refused_sheet"), ("ink", "refused_sheet"),
                         ("quiet", "refused_sheet"), ("exercise", "refused_sheet"), ("paper", "event")):  # fmt: skip
        assert contrast(rgb(colours[text]), rgb(colours[ground])) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_marks_of_charts_stand_out(mode: str) -> None:
    """Lines and the inner band against the paper at 3 to 1 and 1.6 to 1; both bands differ."""
    colours = table()["colour"][mode]
    assert contrast(rgb(colours["line"]), rgb(colours["band50"])) >= 2.5
    assert contrast(rgb(colours["event"]), rgb(colours["paper"])) >= 3
    assert abs(luminance(rgb(colours["band90"])) - luminance(rgb(colours["band50"]))) > 0.05


def test_both_modes_have_the_same_colours() -> None:
    """A colour that one mode lacks would be invisible there."""
    assert set(table()["colour"]["light"]) == set(table()["colour"]["dark"])
