"""The examples as stories: the exercise shows every block on invented ground, the real one claims no invented name."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline.ledger.case import Case
from dateline.places.geodesy import middle
from dateline.story.block import SECTIONS
from dateline.story.catalogue import block_folders
from dateline.story.document import Story
from dateline.story.parse import parse

EXAMPLES = Path(__file__).parents[2] / "examples"


def story(name: str) -> Story:
    """An example's story as it is written."""
    return parse((EXAMPLES / name / "story.md").read_text(encoding="utf-8"))


def test_the_exercise_shows_every_block() -> None:
    """Each block there is stands in it, or among the sections that every page ends with."""
    used = {use.name for use in story("exercise").blocks}
    assert {*block_folders()} - used - {*SECTIONS} == set()


def test_the_exercise_lies_in_open_ocean_and_says_so() -> None:
    """An exercise by its head; each place lies in its patch of the South Pacific; its opinion has no real name."""
    case = Case.load(EXAMPLES / "exercise")
    assert case.head.exercise
    middles = [middle(place.where) for place in case.places.values() if place.where is not None]
    assert middles
    assert all(-128 < lon < -120 and -51 < lat < -44 for lon, lat in middles)
    names = [getattr(use.model, "by", "") for use in story("exercise").blocks if use.name == "analysis"]
    assert names
    assert all("invented" in name for name in names)


@pytest.mark.parametrize("name", ["rason", "exercise"])
def test_each_has_a_day_for_its_feed_and_a_map_its_readers_can_zoom(name: str) -> None:
    """A date in the front matter, so that `feed.xml` is written; a map above everything else that is told at length."""
    told = story(name)
    assert told.front is not None
    assert told.front.date == Case.load(EXAMPLES / name).head.as_of
    first = next(use for use in told.blocks if use.name != "number")
    assert first.name == "map"
    assert getattr(first.model, "zoom", False)


def test_the_real_story_holds_no_opinion_under_an_invented_name() -> None:
    """Nobody is there to sign one."""
    assert not [use for use in story("rason").blocks if use.name in {"analysis", "interview", "quote"}]
