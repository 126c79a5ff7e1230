"""Blocks of the page, letter by letter: a change in what readers get is seen in a diff before it is published.

After a change that is meant: `pytest tests/golden/test_story_golden.py --snapshot-update`, and read the diff.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from dateline.ledger.case import Case
from dateline.story.check import read_story, reading_of
from dateline.story.render import render
from dateline.story.samples import sample_case

BLOCKS = ("corrections", "number", "ranked", "refusal", "series", "statements", "timeline")
"""Those whose sample depends on nothing but the story's own code: no pictures, no method's card."""


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_is_rendered_as_before(name: str, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    """HTML and SVG of the block's sample are those that were last looked at."""
    case = Case.load(sample_case(tmp_path / "case", [name]))
    page = render(reading_of(case, read_story(case))).decode()
    (article,) = re.findall(r"<article>\n(.*?)</article>", page, re.DOTALL)
    assert article == snapshot
