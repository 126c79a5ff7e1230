"""What remains of rival explanations: each answer, each caveat, rows that are no claims, misuse."""

from __future__ import annotations

from math import isclose
from typing import Any

import pytest
from matrix_ground import against, claim, codes, matrix, remaining, row, source, weighed

from dateline.core.errors import Refusal
from dateline.core.quantity import Kind, Quantity
from dateline.ledger.citation import Citation
from dateline.ledger.claim import Link, Origin
from dateline.ledger.finding import Finding, InputRef, Statement
from dateline.ledger.items import ItemRecord
from dateline.ledger.media_item import MediaItem

A, B, C, D = (claim(name, key) for name, key in (("A", "x"), ("B", "y"), ("C", "z"), ("D", None)))


@pytest.mark.parametrize(
    ("first", "second", "result", "left"),
    [
        (("A", "+--"), ("B", "++-"), "one remains", ["e1"]),
        (("A", "++-"), ("B", "=+-"), "several remain", ["e1", "e2"]),
        (("A", "-+-"), ("B", "=--"), "none remains", ["e1", "e2"]),
        (("A", "++-"), ("B", "+++"), "cannot tell", []),
        (("A", "+++"), ("B", "---"), "cannot tell", []),
        (("A", "+--"), ("D", "+--"), "cannot tell", []),
    ],
    ids=["one", "several", "none", "rests on one origin", "nothing separates", "one origin and nobody"],
)
def test_each_answer(first: tuple[str, str], second: tuple[str, str], result: str, left: list[str]) -> None:
    """What has no origin against it remains; with fewer than two origins that separate anything, nobody can tell."""
    outcome = weighed(matrix(row(*first), row(*second)), [A, B, C, D])
    assert (outcome.result, remaining(outcome)) == (result, left)
    assert bool(outcome.needed) == (result == "cannot tell")
    assert not any(word in outcome.statement.en for word in ("%", "probab", "likel"))


def test_rows_are_not_counted_origins_are() -> None:
    """Five rows of one origin, a retelling among them, are one against; they are named."""
    said = [claim(f"A{index}", "x") for index in range(4)]
    retold = claim("R", retells="A0")
    rows = [row(one.id, "+--") for one in (*said, retold)]
    outcome = weighed(matrix(*rows, row("B", "++-")), [*said, retold, B])
    assert against(outcome) == {"e1": (0, 0), "e2": (1, 1), "e3": (2, 2)}
    assert (outcome.values["rows"], outcome.values["sayings"]) == (6, 5)
    told = {note.code: note.text for note in outcome.reasons}
    assert told["retelling"].endswith("R of A0.")
    assert told["same-origin"] == "x stands behind five rows, and counts once: A0, A1, A2, A3 and R."
    assert outcome.statement.en.endswith("The six rows of evidence go back to two independent origins.")
    first = outcome.values["matrix"][0]
    assert [each["id"] for each in first["rows"]] == ["A0", "R", "A1", "A2", "A3"]
    assert first["ratings"] == {"e1": "consistent", "e2": "inconsistent", "e3": "inconsistent"}


def test_one_origin_left_out() -> None:
    """Without the only origin against an explanation, that one remains too; without another, the answer stands."""
    claims = [A, B, claim("C", origin=Origin(key="z", state="US", method="imagery"))]
    outcome = weighed(matrix(row("A", "+--"), row("B", "++-"), row("C", "++-")), claims)
    told = {each["name"]: (each["stands"], each["sentence"]) for each in outcome.rows}
    assert told["x"] == (False, "Falls without x: then “text of e1” and “text of e2” remain.")
    assert told["y"] == (True, "Stands without y: still only “text of e1” remains.")
    assert told["US"] == (True, "Stands without anything from US: still only “text of e1” remains.")
    assert told["imagery"][0]
    assert "one-origin-against" in codes(outcome)


def test_what_separates_nothing_is_marked() -> None:
    """Evidence that fits every explanation, or none, tells nothing; what only favours some is not against any."""
    asked = matrix(*(row(name, marks) for name, marks in (("A", "+++"), ("B", "+=="), ("C", "++-"))))
    rows = [each for group in weighed(asked, [A, B, C]).values["matrix"] for each in group["rows"]]
    assert {each["id"]: each["separates"] for each in rows} == {
        "A": "does not separate",
        "B": "leans",
        "C": "separates",
    }


def test_the_generous_reading_is_told_where_it_differs() -> None:
    """An unknown voice against what remains changes no answer, and is not hidden."""
    outcome = weighed(matrix(row("A", "+--"), row("B", "+--"), row("D", "-==")), [A, B, D])
    assert (outcome.result, against(outcome)["e1"]) == ("one remains", (0, 1))
    assert "readings-differ" in codes(outcome)
    assert outcome.values["matrix"][-1]["origin"] == "not told"


def test_a_later_statement_replaces_the_earlier_row() -> None:
    """Only the later counts, also when the one between has no row, and for retellings of the earlier."""
    middle, last = claim("M", "x", supersedes=("A",)), claim("L", "x", supersedes=("M",))
    retold = claim("R", retells="A")
    rows = (row("A", "--+"), row("R", "--+"), row("L", "+--"), row("B", "+--"))
    outcome = weighed(matrix(*rows), [A, retold, last, B], background=[middle])
    assert (outcome.result, remaining(outcome)) == ("one remains", ["e1"])
    assert "replaced" in codes(outcome)


def test_retellings_rated_apart_do_not_count() -> None:
    """The original's row decides; without it, what its retellings disagree on is nobody's rating."""
    retold = [claim(name, retells="A") for name in ("R", "S")]
    rows = (row("R", "+--"), row("S", "--+"), row("B", "+--"), row("C", "+--"))
    outcome = weighed(matrix(*rows), [*retold, B, C], background=[A])
    assert against(outcome) == {"e1": (0, 0), "e2": (3, 3), "e3": (2, 2)}
    assert "rated-apart" in codes(outcome)
    decided = weighed(matrix(row("A", "+--"), *rows), [A, *retold, B, C])
    assert against(decided)["e3"] == (3, 3)
    assert "rated-apart" not in codes(decided)


def test_flags_change_no_count() -> None:
    """An admission after a denial, an examined object, a capacity: said beside the row."""
    denied = claim("N", "x", stance="denies", speaker="ministry")
    admitted = claim("A", "x", speaker="ministry", qualifies=("N",))
    debris = claim("B", origin=Origin(key="y", method="physical_examination"))
    could = Quantity(text="5,000", low=5000, high=5000, unit="shell", kind=Kind.CAPACITY)
    room = claim("C", "z", quantity=could)
    rows = (row("A", "+--"), row("B", "+--"), row("C", "+=="))
    outcome = weighed(matrix(*rows), [admitted, debris, room], background=[denied])
    found = {each["id"]: each["flags"] for group in outcome.values["matrix"] for each in group["rows"]}
    assert found == {"A": ["admission after denial"], "B": ["physical evidence"], "C": ["capacity, not delivery"]}
    assert {"capacity", "one-judge"} <= codes(outcome)


def test_cells_that_nobody_rated_are_told() -> None:
    """A blank is neither for nor against; two judges are two."""
    outcome = weighed(matrix(row("A", "+- ", by="fox"), row("B", "+--")), [A, B])
    assert against(outcome) == {"e1": (0, 0), "e2": (2, 2), "e3": (1, 1)}
    assert "not-rated" in codes(outcome)
    assert "one-judge" not in codes(outcome)


def item(name: str, **more: Any) -> ItemRecord:
    told = {"id": name, "name": f"{name}.jpg", "status": "elsewhere", "why": "theirs", "by": "mk"}
    origin = {"how": "by hand", **more.pop("origin", {})}
    return ItemRecord.model_validate(
        {"id": name, "item": {**told, "origin": origin, "licence": {"name": "unknown"}, **more}}
    )


def finding(name: str, *refs: tuple[Any, str], method: str = "night_lights") -> Finding:
    inputs = [InputRef(kind=kind, id=each, sha256="0" * 64) for kind, each in refs]
    return Finding(
        id=name, method=method, method_version="1", question="?", result="rise", inputs=inputs,
        statement=Statement(key="k", en="Light grew."), input_key="0",
    )  # fmt: skip


def test_things_without_a_stated_origin_are_nobodys() -> None:
    """A picture, a file or a letter has the origin that its row states; without one it counts as none at least."""
    clip = MediaItem(id="clip", title="A clip", type="video")
    copy = MediaItem(id="copy", title="The clip again", type="video", copy_of="clip")
    rows = (
        row("", "+--", item="I1"), row("", "+--", media="clip"), row("", "+--", media="copy"), row("", "+--", text="t"),
        row("", "+--", text="u", sources=(Citation(source="paper"),)),
    )  # fmt: skip
    more: dict[str, Any] = {"items": [item("I1")], "media": [clip, copy], "speakers": [source("paper", "outlet")]}
    outcome = weighed(matrix(*rows), **more)
    assert (outcome.result, against(outcome)["e2"]) == ("cannot tell", (0, 4))
    stated = row("", "+--", item="I1", origin=Origin(key="US-NAVY", state="US"))
    outcome = weighed(matrix(stated, row("", "+--", text="t", origin=Origin(key="clerk")), *rows[1:3]), **more)
    assert (outcome.result, against(outcome)["e2"]) == ("one remains", (2, 3))


def test_our_measurement_is_an_origin_unless_it_was_made_of_claims() -> None:
    """Two of one sensor may be one; what was worked out from claims rests on who knows those."""
    lights, more = finding("L", ("sensor", "VNP46A3")), finding("L2", ("sensor", "VNP46A3"))
    sums = finding("Q", ("record", "A"), ("record", "B"), method="quantity_reconciliation")
    rows = (row("", "+--", finding="L"), row("", "+--", finding="L2"))
    assert against(weighed(matrix(*rows), findings=[lights, more]))["e2"] == (1, 2)
    one = weighed(matrix(row("", "+--", finding="Q"), row("A", "+--")), [A, B], findings=[sums])
    assert against(one)["e2"] == (1, 1)
    fed = finding("L3", ("finding", "L"), ("record", "A"))
    asked = matrix(row("", "+--", finding="L3"), row("A", "+--"))
    assert against(weighed(asked, [A], findings=[fed], upstream=[lights]))["e2"] == (1, 2)


def test_a_page_adds_nothing_to_the_claim_that_is_read_in_it() -> None:
    """The archived page and the claim are one at least; so are a file and what was cut out of it."""
    said = claim("A", "x", evidence=("I1",))
    whole, cut = item("I1"), item("I2", origin={"inside": "I1"})
    rows = (row("A", "+--"), row("", "+--", item="I2", origin=Origin(key="archive")), row("B", "+--"))
    assert against(weighed(matrix(*rows), [said, B], items=[whole, cut]))["e2"] == (2, 3)


def test_a_band_is_by_origin_and_shrinks_with_dependence() -> None:
    """Of one origin the strongest row for and against; two strong origins make 400 apart and 20 as one."""
    graded = {"strength": "strong", "strength_why": "seen"}
    again = claim("A2", "x")
    asked = matrix(
        row("A", "+-=", **graded), row("A2", "+-=", strength="weak", strength_why="w"), row("B", "+-=", **graded)
    )
    (band,) = weighed(asked, [A, again, B]).values["bands"]
    assert (band["explanation"], band["over"], band["origins"], band["words"]) == ("e1", "e2", 2, "strong for")
    assert isclose(band["dependence"]["0"], 400)
    assert isclose(band["dependence"]["0.5"], 400 ** (1 / 1.5))
    assert isclose(band["dependence"]["1"], 20)
    assert band["moved_most_by"] == ["x", "y"]
    (back,) = weighed(matrix(row("A", "-+=", **graded), row("B", "+-=", **graded)), [A, B]).values["bands"]
    assert (back["words"], back["ratio"]["max"]) == ("slight either way", 1.0)
    (unknown,) = [weighed(matrix(row("D", "+--", **graded), row("A", "++=")), [A, D]).values["bands"]]
    assert unknown == []


@pytest.mark.parametrize(
    ("rows", "claims", "code"),
    [
        ((), (), "empty-matrix"),
        ((row("GONE", "+--"),), (), "row-missing"),
        ((row("", "+--", finding="f"),), (), "row-missing"),
        ((row("A", "+--"),), (claim("A", retells="B"), claim("B", retells="A")), "circular-chain"),
    ],
)
def test_misuse_is_refused(rows: Any, claims: Any, code: str) -> None:
    """No evidence, evidence that is not there, a chain without an end."""
    with pytest.raises(Refusal) as refusal:
        weighed(matrix(*rows), claims)
    assert refusal.value.code == code


def test_an_unread_chain_is_told() -> None:
    """Who was not read is only named."""
    first = claim("A", chain=(Link(who="Paper", how="reports"), Link(who="Clerk", how="knows", end=True)))
    outcome = weighed(matrix(row("A", "+--"), row("B", "+--")), [first, B])
    assert "chain-not-read" in codes(outcome)
    assert outcome.values["matrix"][0]["origin"] == "Clerk"
