"""How a picture is cut, drawn and ordered: the same for everybody where it must be, and each's own where it must."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.app.screens.count.answer import Asked, spots, usual_name
from dateline.app.screens.count.plan import Plan, author_of, cuts, drawn, grid, ordered, plan_of, tiles_of, usual_side
from dateline.core.errors import UsageError
from dateline.core.identity import is_id
from dateline.ledger.observation import Observation

SUBJECT = ("0" * 64, "people", "128")


@given(st.integers(1, 5000), st.integers(1, 5000), st.sampled_from([64, 128, 512]))
def test_tiles_cover_each_pixel_once(width: int, height: int, side: int) -> None:
    """The tiles are as big as the picture together, begin where others end, and have names of their own."""
    tiles = grid(width, height, side)
    assert sum(tile.area[2] * tile.area[3] for tile in tiles) == width * height
    assert len({tile.name for tile in tiles}) == len(tiles)
    assert cuts(width, side)[0] == 0
    assert cuts(width, side)[-1] == width
    assert max(tile.area[2] for tile in tiles) - min(tile.area[2] for tile in tiles) <= 1


def test_a_draw_is_the_same_for_everybody_and_grows() -> None:
    """A sample depends on the picture and the question alone; a larger one contains the smaller one."""
    tiles = grid(1200, 800, 128)
    ten, twenty = drawn(tiles, 10, SUBJECT), drawn(tiles, 20, SUBJECT)
    assert twenty[:10] == ten
    assert drawn(tiles, 10, ("0" * 64, "huts", "128")) != ten
    assert drawn(tiles, 99, SUBJECT) == tiles


def test_each_sitting_has_its_own_order_for_good() -> None:
    """The order is another for another sitting, and the same after a reload; no tile is left out."""
    tiles = grid(1200, 800, 128)
    assert ordered(tiles, "a") == ordered(tiles, "a") != ordered(tiles, "b")
    assert set(ordered(tiles, "a")) == set(tiles)


@given(st.sampled_from([None, 64, 4096]), st.sampled_from([None, 1, 12, 99999]), st.booleans(), st.booleans())
def test_the_name_of_a_sitting_says_its_plan(side: int | None, sample: int | None, blind: bool, checked: bool) -> None:
    """What a name says is what was planned; the name is one that a file can have."""
    plan = Plan(side=side, sample=sample if side else None, blind=blind, checked=checked)
    name = plan.name(date(2026, 11, 22), "x" * 60)
    assert is_id(name)
    assert plan_of(name) == plan
    assert author_of(name) == "x" * 60
    assert plan_of("bracket-20261122-ana-00000000") is None


def test_tiles_that_make_no_sense_are_refused() -> None:
    """Too small, too many; a large picture is offered tiles that a person can get through."""
    with pytest.raises(UsageError, match="too small"):
        grid(300, 200, 8)
    with pytest.raises(UsageError, match="too small"):
        grid(20_000, 20_000, 64)
    assert usual_side(300, 200) == 128
    assert len(grid(20_000, 20_000, usual_side(20_000, 20_000))) <= 60
    told = {"content": "0", "question": "people", "sitting": "s"}
    assert tiles_of(Plan(), width=300, height=200, **told) == ((), 0)


def test_a_measure_can_be_named_in_any_script() -> None:
    """A question that no id can spell still names a measure."""
    for question in ("أشخاص", "人 😀", "people, standing", "<script>alert(1)</script>"):
        assert is_id(usual_name(Asked(item="crowd", question=question)))


def test_marks_are_joined_part_by_part() -> None:
    """Marks of two people near each other are one spot; across the edge of a tile they are two."""

    def mark(name: str, by: str, tile: str, x: float) -> Observation:
        told = {"id": name, "by": by, "at": "2026-11-22T12:00:00Z", "item": "crowd", "state": "present"}
        return Observation.model_validate({**told, "tile": tile, "points": [[x, 5.0]]})

    marks = {
        m.id: m
        for m in (mark("1", "a", "l", 10), mark("2", "b", "l", 11), mark("3", "a", "l", 99), mark("4", "b", "r", 100))
    }
    found, _ = spots(marks, gate=3.0)
    assert sorted((spot.tile, spot.who) for spot in found) == [("l", ("a",)), ("l", ("a", "b")), ("r", ("b",))]
