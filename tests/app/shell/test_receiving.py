"""What a browser says it saw is written as the server knows it, once; what cannot be is refused, or asked for again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dateline.app.desk import Desk
from dateline.app.receiving import Later, save_marks
from dateline.core.errors import RecordError, UsageError
from dateline.ledger.case import Case


@pytest.fixture
def room(desk: Path) -> Desk:
    """The case `desk` as the open app sees it."""
    return Desk(root=desk, port=1, worker="ana")


def told(name: str, **more: Any) -> dict[str, Any]:
    """One mark as a browser tells it."""
    return {"id": f"s-{name}", "at": "2024-05-01T10:00:00Z", "item": "crowd", "state": "present", **more}


def save(room: Desk, *marks: Any, who: str = "ana", sitting: str = "s") -> dict[str, Any]:
    """Sends marks."""
    return save_marks(room, who, {"sitting": sitting, "marks": list(marks)})


def written(room: Desk, who: str = "ana") -> dict[str, Any]:
    """What lies on the disk, by id."""
    lines = (room.root / "observations" / who / "s.jsonl").read_text().splitlines()
    return {one["id"]: one for one in map(json.loads, lines)}


def test_who_with_what_at_which_bytes_is_for_the_server_to_say(room: Desk) -> None:
    """A browser cannot speak for somebody else, nor name other bytes or another tool."""
    save(room, told("1", by="ben", tool="mine", image_sha256="0" * 64, withheld={"a": "b"}, points=[[3, 4.5]]))
    mark = written(room)["s-1"]
    assert mark["by"] == "ana"
    assert mark["tool"].startswith("dateline ")
    assert mark["image_sha256"] == room.case().items["crowd"].sha256
    assert "withheld" not in mark


IMPOSSIBLE: tuple[dict[str, Any], ...] = (
    {"points": [[301, 10]]}, {"points": [[10, 200.5]]}, {"points": [[-1, 0]]}, {"points": [[float("nan"), 1]]},
    {"points": [[1, float("inf")]]}, {"lines": [[[1, 1], [999, 1]]]}, {"area": [float("nan"), 0, 1, 1]},
    {"matches": [{"x": 400, "y": 1, "lon": 1, "lat": 1}]},
    {"other": "crowd", "matches": [{"x": 4, "y": 1, "other_x": 1, "other_y": 900}]},
    {"id": "t-1"}, {"id": "s"}, {"supersedes": "b-1"}, {"supersedes": "s-77"},
    {"at": (datetime.now(UTC) + timedelta(days=1)).isoformat()},
)  # fmt: skip


def test_marks_that_cannot_be_are_refused(room: Desk) -> None:
    """Outside the picture, no numbers, another sitting's id, somebody else's mark replaced, made in the future."""
    save_marks(room, "ben", {"sitting": "b", "marks": [told("1") | {"id": "b-1"}]})
    for more in IMPOSSIBLE:
        with pytest.raises(UsageError) as caught:
            save(room, told("1") | more)
        assert caught.value.code == "mark", more
    assert not (room.root / "observations" / "ana" / "s.jsonl").exists()


def test_nonsense_is_told_by_key(room: Desk) -> None:
    """No list, no mark, no table: refused with words."""
    for nonsense in (None, [], {}, {"marks": []}, {"marks": "x"}, {"marks": [1] * 2001}):
        with pytest.raises(UsageError, match="no list of marks"):
            save_marks(room, "ana", nonsense)
    for mark in (3, [], {"item": "crowd"}):
        with pytest.raises((RecordError, UsageError)):
            save(room, mark)
    with pytest.raises(UsageError, match="image that the case does not have"):
        save(room, told("1", item="other"))


def test_an_id_of_another_record_is_refused(room: Desk) -> None:
    """Two records of one id would keep everybody from reading the case."""
    save_marks(room, "ben", {"sitting": "s", "marks": [told("1")]})
    room.case()
    with pytest.raises(UsageError, match="bears the id"):
        save(room, told("1"))
    assert Case.load(room.root)


def test_a_batch_whose_answer_was_lost_comes_again_unchanged(room: Desk) -> None:
    """The end of the sitting was in it: what came before it stays independent, what comes after is not."""
    batch = [told("1", independent=True), told("2", submitted=True), told("3", independent=True)]
    first = save(room, *batch)
    assert [written(room)[f"s-{at}"].get("independent", False) for at in (1, 3)] == [True, False]
    assert save(room, *batch) == first
    assert len(written(room)) == 3
    save(room, told("4", independent=True), told("5", independent=True, question="other?"))
    assert [written(room)[f"s-{at}"].get("independent", False) for at in (4, 5)] == [False, True]


def test_taking_back_works_within_a_batch_and_over_sittings(room: Desk) -> None:
    """A fast undo goes with its mark; a later sitting may replace this person's own marks of an earlier one."""
    save(room, told("1"), told("2", state="withdrawn", supersedes="s-1"))
    save(room, told("9") | {"id": "t-9", "supersedes": "s-1"}, sitting="t")
    assert len(Case.load(room.root).observations) == 3


def test_marking_goes_on_while_somebody_mends_a_record(room: Desk) -> None:
    """A broken file of the case stops neither marks nor pages; a new image has to wait, and is not refused."""
    room.case()
    (room.root / "places").mkdir(exist_ok=True)
    (room.root / "places" / "x.toml").write_text("schema = 'broken")
    assert save(room, told("1"))["saved"] == ["s-1"]
    with pytest.raises(Later):
        save(room, told("2", item="new"))


def test_a_disk_that_takes_nothing_is_asked_again(room: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not the mark's fault: the browser keeps it and sends it again."""
    from dateline.ledger import observation_log

    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(observation_log.os, "write", full)
        with pytest.raises(Later) as caught:
            save(room, told("1"))
    assert str(room.root) not in str(caught.value)
    assert save(room, told("1"))["saved"] == ["s-1"]
