"""Which marks stand, which count, and from when on somebody has seen others'."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dateline.ledger.observation import Observation
from dateline.ledger.observed import answered, counted, ended_sittings, has_ended, standing, unended, unfinished


def mark(name: str, **told: Any) -> Observation:
    """One mark of ana's."""
    given = {"id": name, "by": "ana", "at": "2024-05-01T10:00:00Z", "item": "crowd", "state": "present"}
    return Observation.model_validate({**given, **told})


def by_id(*marks: Observation) -> dict[str, Observation]:
    """As a case has them."""
    return {one.id: one for one in marks}


def test_the_last_of_a_chain_stands() -> None:
    """What was replaced or withdrawn does not, nor the end of a sitting; a change that is withdrawn leaves neither."""
    marks = by_id(
        mark("a"), mark("b", supersedes="a"), mark("c"), mark("d", state="withdrawn", supersedes="c"), mark("e"),
        mark("end", sitting="s", submitted=True), mark("f", supersedes="e"),
        mark("g", state="withdrawn", supersedes="f"),
    )  # fmt: skip
    assert list(standing(marks)) == ["b"]


def test_half_a_count_is_no_count() -> None:
    """Marks of a sitting that nobody ended are left out; those of no sitting stand by themselves."""
    begun = [mark("a", sitting="s"), mark("b", sitting="t"), mark("free")]
    assert list(counted(by_id(*begun))) == ["free"]
    assert unfinished(begun) == (("ana", "s"), ("ana", "t"))
    ended = [*begun, mark("end", sitting="s", submitted=True)]
    assert list(counted(by_id(*ended))) == ["a", "free"]
    assert unfinished(ended) == (("ana", "t"),)


def test_nobody_ends_somebody_elses_sitting() -> None:
    """Two people whose sittings bear one name: each ends their own."""
    marks = [mark("a", sitting="s"), mark("x", by="ben", sitting="s", submitted=True)]
    assert list(counted(by_id(*marks))) == []
    assert ended_sittings(marks) == {("ben", "s")}


def test_an_end_that_was_withdrawn_ends_nothing_and_has_still_been_seen() -> None:
    """The count goes on; but others' marks were in view since, and that cannot be taken back."""
    end = mark("end", sitting="s", submitted=True, question="tents?")
    back = mark("back", sitting="s", state="withdrawn", supersedes="end", question="tents?")
    marks = [mark("a", sitting="s", question="tents?"), end, back]
    assert ended_sittings(marks) == set()
    assert list(counted(by_id(*marks))) == []
    assert has_ended(marks, by="ana", item="crowd", question="tents?")
    assert not has_ended(marks, by="ana", item="crowd", question=None)
    assert not has_ended(marks, by="ben", item="crowd", question="tents?")
    assert not has_ended(marks, by="ana", item="other", question="tents?")


@given(st.lists(st.tuples(st.integers(-1, 8), st.booleans()), max_size=9))
def test_what_stands_does_not_depend_on_the_order_of_lines(chain: list[tuple[int, bool]]) -> None:
    """Logs are merged by file: whichever is read first, the same marks stand, and none that was replaced."""
    marks = [
        mark(f"m{at}", **({"supersedes": f"m{to}", "state": "withdrawn" if gone else "absent"} if 0 <= to < at else {}))
        for at, (to, gone) in enumerate(chain)
    ]
    forth, back = standing(by_id(*marks)), standing(by_id(*reversed(marks)))
    assert set(forth) == set(back)
    assert not {one.supersedes for one in marks} & set(forth)


def test_nobody_takes_back_what_somebody_else_saw() -> None:
    """A line in ben's file that replaces or withdraws a mark of ana's changes nothing, nor does it open her sitting."""
    marks = [mark("a"), mark("b", sitting="s"), mark("end", sitting="s", submitted=True)]
    theirs = [mark("x", by="ben", supersedes="a"), mark("y", by="ben", state="withdrawn", supersedes="b"),
              mark("z", by="ben", state="withdrawn", supersedes="end")]  # fmt: skip
    assert list(counted(by_id(*marks, *theirs))) == ["a", "b", "x"]


def test_what_says_where_things_lie_is_no_answer() -> None:
    """Matched points and drawn lines count nothing; an answer in a sitting that is open is told apart."""
    match = {"x": 1.0, "y": 1.0, "lon": 37.0, "lat": 48.0}
    marks = by_id(
        mark("pair", matches=[match]), mark("line", lines=[[(0, 0), (9, 9)]]), mark("seen"),
        mark("half", sitting="s"), mark("half-pair", sitting="s", matches=[match]),
    )  # fmt: skip
    assert list(answered(marks)) == ["seen"]
    assert list(unended(marks)) == ["half"]
