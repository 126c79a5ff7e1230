"""What looks mean, whoever gave them: the bracket as the method says it, for images of every kind."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from dateline.app.screens.bracket import live
from dateline.app.screens.bracket.images import pictured, taken
from dateline.app.screens.bracket.looks import agreements, disagreements
from dateline.app.screens.bracket.result import site_looks
from dateline.cli.app import run
from dateline.evidence.provenance import Image
from dateline.ledger.case import Case
from dateline.ledger.observation import Observation
from dateline.ledger.site_look_files import write_site_looks

ASKED = "Is the trench there?"


def look(item: str, state: str, by: str = "ana", *, hidden: bool = False, reason: str | None = None) -> Observation:
    """One person's answer to one image."""
    told = {
        "id": f"{by}-{item}-{'b' if hidden else 'a'}", "by": by, "at": "2026-01-01T10:00:00Z", "item": item,
        "place": "field", "question": ASKED, "state": state, "reason": reason, "independent": True,
        "date_hidden": hidden,
    }  # fmt: skip
    return Observation.model_validate(told)


def asked(*looks: Observation, narrow: float | None = 3.0) -> live.Asked:
    people = tuple(sorted({one.by for one in looks}))
    return live.Asked(place="field", question=ASKED, people=people, thing="the trench", narrow=narrow)


def found(case: Case, *looks: Observation, narrow: float | None = 3.0) -> dict[str, Any]:
    """The answer as the page tells it."""
    finding = live.answer(case, asked(*looks, narrow=narrow), {one.id: one for one in looks})
    return live.as_json(finding, size="wide")


CASES: dict[str, tuple[tuple[Observation, ...], str, str]] = {
    "one image": ((look("plum", "absent"),), "never-seen", "one-image"),
    "all absent": ((look("plum", "absent"), look("fig", "absent")), "never-seen", "one-analyst"),
    "removal": (
        (look("plum", "present"), look("fig", "present"), look("kiwi", "absent")),
        "always-there",
        "gone-on-one-image",
    ),
    "one moment, two images": ((look("kiwi", "present"), look("lime", "absent")), "contradictory", "disputed"),
    "undated": ((look("plum", "absent"), look("date", "present")), "never-seen", "undated-image"),
    "a mosaic": ((look("plum", "absent"), look("sorb", "present")), "bracketed", "interval-image"),
    "contradiction on one image": (
        (look("plum", "absent"), look("fig", "present"), look("fig", "absent", "ben")),
        "open-after",
        "disputed",
    ),
    "one file under two dates": (
        (look("plum", "absent"), look("twin", "absent"), look("kiwi", "present")),
        "bracketed",
        "same-bytes",
    ),
    "too coarse": ((look("pear", "absent"), look("kiwi", "present")), "open-before", "incapable-absent"),
}


@pytest.mark.parametrize("name", CASES)
def test_every_kind_of_looks_gets_the_methods_own_answer(orchard: Case, name: str) -> None:
    """No set of looks breaks the live answer; its result and the caveat that matters are the method's."""
    looks, result, caveat = CASES[name]
    told = found(orchard, *looks)
    assert told["result"] == result
    assert caveat in {one["code"] for one in told["caveats"]}
    assert told["sentence"]
    json.dumps(told)


def test_the_bracket_is_said_as_an_interval(orchard: Case) -> None:
    """Absent until, present from, and so the half-open interval between them, in UTC."""
    told = found(orchard, look("plum", "absent"), look("kiwi", "present"))
    after, by = "2024-09-28 09:10 UTC", "2024-10-12 10:20 UTC"
    assert told["bracket"] == f"Absent until {after}, present from {by}: so it came in ({after}, {by}]."
    assert any("% set is" in reason for reason in told["reasons"])
    assert found(orchard, look("kiwi", "present"))["bracket"].endswith(f"(…, {by}].")
    assert found(orchard, look("plum", "absent"))["bracket"].endswith(f"({after}, …).")


def test_a_contradiction_says_no_bracket(orchard: Case) -> None:
    """Where images contradict each other the page gives the method's sentence and no interval of its own."""
    told = found(orchard, look("kiwi", "present"), look("lime", "absent"))
    assert told["bracket"] is None
    assert told["refused"]


def test_a_coarse_look_says_why_it_does_not_count(orchard: Case) -> None:
    """“Absent” on an image too coarse for the thing does not move the bracket, and the row says why."""
    told = found(orchard, look("pear", "absent"), look("kiwi", "present"))
    row = next(row for row in told["rows"] if row["image"] == "pear")
    assert (row["counts"], row["grade"]) == (False, "incapable")
    assert "could not have shown it" in row["why"]
    assert row["pixels"] == pytest.approx(1.0)


def test_the_picture_is_open_where_no_image_sets_a_side(orchard: Case) -> None:
    """The band of the timeline has a closed edge for each side that an image sets, and an open one else."""
    both = found(orchard, look("plum", "absent"), look("kiwi", "present"))["chart"]["bands"][0]
    assert (both["open_left"], both["open_right"]) == (False, False)
    left = found(orchard, look("kiwi", "present"))["chart"]["bands"][0]
    assert (left["open_left"], left["open_right"]) == (True, False)


@pytest.mark.parametrize("name", [name for name in CASES if name not in {"undated", "one file under two dates"}])
def test_the_live_answer_is_that_of_the_same_looks_from_a_file(
    orchard: Case, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`dateline run bracketing` on the looks that the page gives out says what the page said."""
    looks = CASES[name][0]
    told = live.answer(orchard, asked(*looks), {one.id: one for one in looks})
    whole = replace(orchard, records=MappingProxyType({**orchard.records, **{one.id: one for one in looks}}))
    path = tmp_path / "looks.jsonl"
    path.write_text(write_site_looks(site_looks(whole, asked(*looks))))
    capsys.readouterr()
    options = ["--object", "the trench", "--narrow", "3", "--level", str(told.parameters["level"])]
    assert run(["run", "bracketing", "--looks", str(path), *options, "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    again = again.get("finding", again)
    mine = told.to_json()
    for part in ("result", "statement", "values", "estimates", "reasons", "caveats", "needed", "series"):
        assert again[part] == mine[part], part


def test_disagreements_are_listed_and_never_averaged() -> None:
    """Each answer stays with its author; passes agree by number, share and kappa."""
    looks = [look("plum", "absent"), look("fig", "present"), look("plum", "absent", "ben", hidden=True)]
    looks += [look("fig", "obscured", "ben", hidden=True, reason="cloud"), look("kiwi", "present")]
    assert {item: {mark.by: mark.state for mark in marks} for item, marks in disagreements(looks).items()} == {
        "fig": {"ana": "present", "ben": "obscured"}
    }
    (one,) = agreements(looks)
    assert (one.images, one.agreed) == (2, 1)
    assert one.low < 0.5 < one.high
    assert one.kappa == pytest.approx(1 / 3)  # 1 of 2 agree, chance 1/4: (1/2 - 1/4) / (1 - 1/4)


def test_images_are_in_order_of_time_with_what_is_known_of_them(orchard: Case) -> None:
    """Those without a date come last; the same bytes are named; the place lies in all of them."""
    shown = pictured(orchard, orchard.places["field"].where)
    assert [one.item for one in shown] == ["plum", "sorb", "pear", "fig", "kiwi", "lime", "twin", "date"]
    by_item = {one.item: one for one in shown}
    assert by_item["plum"].same_as == ("twin",)
    assert by_item["date"].taken == "day unknown"
    assert by_item["sorb"].taken == "2024-10-01 to 2024-10-31 (UTC)"
    assert all(one.covers == pytest.approx(1.0) for one in shown)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2024-10-04T10:04:00+02:00", None, "2024-10-04 08:04 UTC"),
        ("2024-10-04T00:00:00Z", "2024-10-04T23:59:59Z", "2024-10-04 (day, UTC)"),
        ("2024-10-04T10:04:00Z", "2024-10-04T10:20:00Z", "2024-10-04 10:04 to 10:20 UTC"),
        ("2024-10-04T10:04:00Z", "2024-10-05T01:00:00Z", "2024-10-04 10:04 to 2024-10-05 01:00 UTC"),
    ],
)
def test_dates_carry_their_zone(start: str, end: str | None, words: str) -> None:
    """A moment, a day and a period are told apart, all in UTC."""
    told = {"start": start} | ({} if end is None else {"end": end})
    assert taken(Image.model_validate_json(json.dumps(told))) == words
    assert (
        taken(Image.model_validate_json('{"released": "2024-11-01T00:00:00Z"}')) == "day unknown; released 2024-11-01"
    )
