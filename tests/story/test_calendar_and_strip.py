"""The calendar's three sorts of days and the strip's words: by shape and word, never by colour alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dateline.core.errors import InputError
from dateline.core.estimate import Estimate
from dateline.ledger.case import Case
from dateline.story.check import examine, read_story, reading_of
from dateline.story.language import language
from dateline.story.render import render
from dateline.story.samples import sample_case


def page_of(folder: Path, name: str, change: tuple[str, str] = ("", "")) -> str:
    """The page of a block's sample, with one change of its text."""
    root = sample_case(folder / "case", [name])
    story = root / "story.md"
    story.write_text(story.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    case = Case.load(root)
    return render(reading_of(case, read_story(case))).decode()


def test_every_day_has_a_mark_of_its_own_shape_and_a_word(tmp_path: Path) -> None:
    """As many marks as days in the finding; each with a word; different shapes; counts in the legend."""
    page = page_of(tmp_path, "calendar")
    table = page[page.index('<table class="cal"') : page.index("</table>")]
    counts = Case.load(tmp_path / "case").finding("port-eskerry").values["counts"]
    for kind, name, words in (
        ("ships", "with_ships", "ships seen"),
        ("empty", "empty", "seen, no ship"),
        ("not_observed", "not_observed", "not seen"),
    ):
        assert len(re.findall(f'cal-mark {kind}"', table)) == counts[name]
        assert table.count(f'<span class="vh">{words}</span>') == counts[name]
        assert f"{words}: <b>{counts[name]} days</b>" in page
    shapes = {
        kind: re.search(f'cal-mark {kind}"[^>]*>(.*?)</svg>', table)[1] for kind in ("ships", "empty", "not_observed")
    }
    assert len(set(shapes.values())) == 3
    assert "cloud (" in page


def test_a_finding_without_days_cannot_be_a_calendar(tmp_path: Path) -> None:
    """Rows of another method: an error with a code, no empty calendar."""
    with pytest.raises(InputError) as caught:
        page_of(tmp_path, "calendar", ('"port-eskerry"', '"lights-arden"'))
    assert caught.value.code == "calendar"


def test_the_strip_says_what_each_picture_shows_in_order_of_time(tmp_path: Path) -> None:
    """Dates, sensors, states with their reasons, and the days between."""
    page = page_of(tmp_path, "strip")
    assert re.findall(r'<p class="strip-day">(\d+) September 2023', page) == ["3", "6", "7", "8", "15"]
    states = re.findall(r'<p class="strip-state"><span aria-hidden="true">.</span> ([^<]+)</p>', page)
    assert states == ["no ship", "1 ship", "not observed: cloud", "2 ships", "no ship"]
    assert re.findall(r'strip-later">([^<]+)<', page) == ["3 days later", "1 day later", "1 day later", "7 days later"]


@pytest.mark.parametrize(
    ("change", "word"),
    [(('why = "cloud"\n', ""), "why"), (("ships = 2", "ships = 0"), "ships"), (('date = "2023-09-03"\n', ""), "date")],
)  # fmt: skip
def test_a_strip_with_a_gap_in_its_words_is_a_fault(tmp_path: Path, change: tuple[str, str], word: str) -> None:
    """A picture that shows nothing and does not say why, a count that is none, no date: found by the check."""
    root = sample_case(tmp_path / "case", ["strip"])
    story = root / "story.md"
    story.write_text(story.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    case = Case.load(root)
    faults = examine(reading_of(case, read_story(case))).faults
    assert any(word in fault.saw + fault.do for fault in faults)


def test_a_bound_is_never_told_as_a_number() -> None:
    """Visits with a lower bound only: "at least 25 visits", also where one number stands large."""
    words = language("en")
    visits = Estimate(best=25, low=25, high=None, unit="visit", level=0.9, n=60, how="x")
    assert words.parts(visits)[0] == "at least 25\u00a0visits"
    assert words.estimate(visits) == "at least 25\u00a0visits (90\u00a0% level)"
    both = Estimate(best=31, low=25, high=40, unit="visit", level=0.9, n=60, how="x")
    assert words.estimate(both) == "31\u00a0visits (90\u00a0% interval 25 to 40)"


def test_a_chip_takes_its_words_from_a_finding(tmp_path: Path) -> None:
    """Its state is the row's, linked to the finding; another day or an unknown image is an error with a code."""
    root = sample_case(tmp_path / "case", ["calendar", "strip"])
    rows = Case.load(root).finding("port-eskerry").series.rows
    row = next(row for row in rows if row["state"] == "ships" and row["images"])
    story = root / "story.md"
    given = f'of = "port-eskerry"\nimage = "{row["images"].split("; ")[0]}"'
    text = story.read_text(encoding="utf-8").replace('date = "2023-09-03"', f'date = "{row["day"]}"')
    story.write_text(text.replace('state = "empty"', given, 1), encoding="utf-8")
    case = Case.load(root)
    page = render(reading_of(case, read_story(case))).decode()
    assert re.search(r'<p class="strip-state"><span aria-hidden="true">■</span> <a href="#how-port-eskerry">', page)
    story.write_text(
        text.replace('state = "empty"', given.replace(row["images"].split("; ")[0], "no-such"), 1), encoding="utf-8"
    )
    case = Case.load(root)
    with pytest.raises(InputError) as caught:
        render(reading_of(case, read_story(case)))
    assert caught.value.code == "strip"
