"""The strip of images and its bracket: every image a mark of its own shape and a word, complete without a script."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from dateline.core.errors import InputError
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.story.blocks.bracket.draw import Look, draw
from dateline.story.check import read_story, reading_of
from dateline.story.language import language
from dateline.story.render import render
from dateline.story.samples import sample_case

NO_WORDS = {"why": "", "without": "", "taken": ""}


def page_of(folder: Path) -> str:
    case = Case.load(folder)
    return render(reading_of(case, read_story(case))).decode()


def test_every_image_has_a_mark_a_word_and_a_row(tmp_path: Path) -> None:
    """As many marks as images in either size, the bracket in words, sensors with their pixel size, and a table."""
    root = sample_case(tmp_path / "case", ["bracket"])
    page = page_of(root)
    finding = Case.load(root).finding("trenches-eskerry")
    assert finding.series is not None
    for size in ("wide", "narrow"):
        drawn = re.search(rf'<svg class="br {size}".*?</svg>', page, re.DOTALL)
        assert drawn is not None
        assert drawn[0].count("<g><title>") == len(finding.series.rows)
        assert drawn[0].count('class="br-band"') == 1
    assert "after 4 October 2024, 02:12 UTC and by 9 October 2024, 02:20 UTC" in page
    for words in ("fine, 0.5 m", "coarse, 10 m", "obscured: cloud", "cannot be told", "simulated"):
        assert words in page
    for row in finding.series.rows:
        assert page.count(f"<td>{row['image']}</td>") == 1


def test_rows_of_another_method_are_refused(tmp_path: Path) -> None:
    """An error with a code, no empty strip."""
    root = sample_case(tmp_path / "case", ["bracket"])
    path = root / "findings" / "trenches-eskerry.json"
    told = json.loads(path.read_text())
    told["series"]["rows"] = [{"when": "2024-01-01", "value": 3}]
    path.write_text(Finding.model_validate(told).sealed().pretty())
    with pytest.raises(InputError) as caught:
        page_of(root)
    assert caught.value.code == "bracket"


@pytest.mark.parametrize("days", [0.1, 3, 40, 400, 4000])
def test_strips_of_hours_and_of_years_stay_inside(days: float) -> None:
    """Marks, bands and words lie within the picture; ticks do not run into each other."""
    first = datetime(2020, 3, 5, 4, tzinfo=UTC)
    looks = [
        Look(
            image=f"I{i}",
            start=at,
            end=at,
            sensor="s",
            gsd=0.5,
            kind="absent",
            counts=True,
            why="",
            without="",
            taken="",
        )
        for i in range(12)
        for at in [first + timedelta(days=days * i / 11)]
    ]
    for size in ("wide", "narrow"):
        chart = draw(looks, [(looks[3].start, looks[4].end), (None, None)], size=size, language=language("en"))
        assert all(
            0 < mark.x < chart.width and 0 < mark.y < chart.bottom for lane in chart.lanes for mark in lane.marks
        )
        assert all(band.x >= 0 and band.x + band.width <= chart.width for band in chart.bands)
        places = [x for x, _ in chart.ticks]
        assert all(b - a > 40 for a, b in pairwise(places))
        assert len(places) <= 12
