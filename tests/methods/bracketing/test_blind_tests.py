"""What a person found of planted copies, without knowing where they were, decides what that person's answers count."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from site_answers import coarse, codes, days, look

from dateline.core.errors import RecordError
from dateline.ledger.blind_test import BlindTest
from dateline.ledger.site_look import SiteLook
from dateline.measure.ask import ask as ask_files
from dateline.measure.ask import request_of_flags
from dateline.measure.gather.blind_tests import read_blind_tests
from dateline.methods.bracketing.tested import with_blind_tests
from dateline.methods.catalogue import card, load
from dateline.methods.contract import Inputs, Outcome, Parameters

SHARP = BlindTest(image="C35", by="ana", planted=40, recovered=39, empty=40, false=1, sensor="coarse", gsd=10.0)
BLIND = replace(SHARP, recovered=1)


def ask(looks: list[SiteLook], *tests: BlindTest) -> Outcome:
    """The method's answer."""
    given = Parameters.of(card("bracketing"), {"object": "trenches", "narrow": 1.5, "shape": "line"})
    return load("bracketing")(
        Inputs({"looks": tuple(looks), "blind_tests": tests}), given, rng=np.random.default_rng(1)
    )


def test_a_person_who_finds_the_copies_may_say_absent() -> None:
    """By size the coarse image cannot show it; who found 39 of 40 copies on it narrows the bracket, who found 1 not."""
    looks = [look(0, "a"), look(33, "a"), coarse(35, "a"), look(38, "p")]
    assert days(ask(looks).values["appeared"]) == [(33, 38)]
    assert days(ask(looks, BLIND).values["appeared"]) == [(33, 38)]
    assert days(ask(looks, SHARP).values["appeared"]) == [(35, 38)]


def test_a_share_is_only_that_persons_and_of_that_kind_of_image() -> None:
    """Another person, sensor or distance: nothing is taken over; of two tests of a kind the worst counts."""
    one = coarse(50, "a")
    assert with_blind_tests([one], [SHARP])[0].detection == pytest.approx(39.5 / 41)
    for other in ({"by": "bo"}, {"sensor": "radar"}, {"gsd": 20.0}):
        assert with_blind_tests([one], [replace(SHARP, **other)])[0].detection is None
    assert with_blind_tests([one], [SHARP, replace(BLIND, image="C1")])[0].detection == pytest.approx(1.5 / 41)
    assert with_blind_tests([replace(one, detection=0.5)], [SHARP])[0].detection == 0.5


def test_the_share_stands_in_the_finding_with_its_interval() -> None:
    """And a short test is named."""
    short = replace(SHARP, planted=8, recovered=8)
    outcome = ask([look(0, "a"), coarse(35, "a"), look(38, "p")], short)
    (told,) = outcome.values["blind_tests"]
    assert told["share"] == 1
    assert told["low"] < 0.7
    assert "few-copies" in codes(outcome)


def test_rows_of_a_file_reach_the_method(tmp_path: Path) -> None:
    """who, planted, recovered: the columns of a desk's table."""
    (tmp_path / "blind.csv").write_text(
        "image,who,planted,recovered,sensor,gsd\nE0,ana,40,3,fine,0.5\n", encoding="utf-8"
    )
    (tmp_path / "looks.csv").write_text(
        "image,start,sensor,gsd,answer,by\nE0,2024-09-01,fine,0.5,absent,ana\nE5,2024-09-05,fine,0.5,present,ana\n",
        encoding="utf-8",
    )
    roles: dict[str, Any] = {"looks": [str(tmp_path / "looks.csv")], "blind_tests": [str(tmp_path / "blind.csv")]}
    found = ask_files(request_of_flags(card("bracketing"), roles=roles, named={}, parameters={"narrow": 3.0}))[0]
    assert found.values["blind_tests"][0]["recovered"] == 3
    assert "incapable-absent" in {note.code for note in found.caveats}
    assert "blind.csv" in {ref.id for ref in found.inputs}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("image,by,planted\nE0,ana,40\n", 1),
        ("image,by,planted,recovered\nE0,ana,40,41\n", 2),
        ("image,by,planted,recovered\nE0,ana,4.5,3\n", 2),
        ("image,by,planted,recovered\nE0,,40,3\n", 2),
        ("image,by,planted,recovered\nE0,ana,0,0\n", 2),
        ("image,by,planted,recovered\n", 1),
    ],
)
def test_faults_have_a_line(tmp_path: Path, text: str, line: int) -> None:
    """More found than planted, half a copy, nobody: each named, and nothing is measured."""
    (tmp_path / "blind.csv").write_text(text, encoding="utf-8")
    assert [fault.line for fault in read_blind_tests(tmp_path / "blind.csv", {})[1]] == [line]
    roles = {"blind_tests": [str(tmp_path / "blind.csv")]}
    with pytest.raises(RecordError):
        ask_files(request_of_flags(card("bracketing"), roles=roles, named={}, parameters={}))
