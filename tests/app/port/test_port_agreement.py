"""How far two looks agree: printed values, what cannot be told, who may see what, and the interval's coverage."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dateline.app.screens.port import agreement, sitting
from dateline.ledger.case import Case

WHO = "port-1st-one-20260501-{}-0a1b2c3d"
AGAIN = "port-2nd-one-n20-20260502-{}-0a1b2c3d"


def _pairs(*table: tuple[int, ...]) -> list[tuple[str, str]]:
    words = agreement.WORDS
    return [(words[i], words[j]) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]


def test_kappa_is_that_of_a_printed_table() -> None:
    """Cohen's kappa of 20, 5, 10, 15 is 0.4: 35 of 50 alike, where chance makes 25 so."""
    found = agreement.kappa(_pairs((20, 5, 0), (10, 15, 0), (0, 0, 0)), 0.95)
    assert found is not None
    assert found.best == pytest.approx(0.4)
    low, high = 0.5539177, 0.8213822  # of 35 in 50, Clopper and Pearson, as R's binom.test prints it
    assert found.low == pytest.approx(2 * low - 1)
    assert found.high == pytest.approx(2 * high - 1)


def test_answers_that_are_all_alike_cannot_tell() -> None:
    """Where everybody always says empty, agreement beyond chance cannot be told: neither 1 nor not-a-number."""
    assert agreement.kappa(_pairs((0, 0, 0), (0, 9, 0), (0, 0, 0)), 0.9) is None
    assert agreement.kappa([], 0.9) is None


def test_full_agreement_on_few_images_is_not_certain() -> None:
    """Twelve of twelve alike is 1, with a lower bound well under it."""
    found = agreement.kappa(_pairs((6, 0, 0), (0, 6, 0), (0, 0, 0)), 0.95)
    assert found is not None
    assert (found.best, found.high) == (1.0, 1.0)
    assert found.low is not None
    assert found.low < 0.6


def test_words_that_differ_are_found_and_the_opposed_come_first(port_case: Path, looked: Callable[..., None]) -> None:
    """Ships against empty stands before seen against not seen; who settles is added and replaces nobody."""
    looked("ana", {"img-00": "present", "img-01": "absent", "img-02": "absent"}, sitting=WHO.format("ana"))
    looked("ben", {"img-00": "obscured", "img-01": "present", "img-02": "absent"}, sitting=WHO.format("ben"))
    looked("cyn", {"img-01": "absent"}, sitting=f"port-settle-one-20260503-cyn-{'0' * 8}")
    marks = Case.load(port_case).observations
    found = agreement.disagreements(agreement.given(sitting.looks_at(marks, ["quayside"]).values()))
    assert [(one.look[0], one.opposed) for one in found] == [("img-01", True), ("img-00", False)]
    assert found[0].said == (("ana", "empty"), ("ben", "ships"), ("cyn, to settle", "empty"))


def test_a_second_look_by_the_same_person_is_compared_with_the_first(
    port_case: Path, looked: Callable[..., None]
) -> None:
    """Two sittings of one person make a table of their own."""
    looked("ana", {"img-00": "present", "img-01": "absent"}, sitting=WHO.format("ana"))
    looked("ana", {"img-00": "present", "img-01": "present"}, sitting=AGAIN.format("ana"))
    marks = Case.load(port_case).observations
    (found,) = agreement.agreements(agreement.given(sitting.looks_at(marks, ["quayside"]).values()), 0.9)
    assert (found.one, found.other, found.images, found.agreed) == ("ana", "ana, second look", 2, 1)
    assert found.table == ((1, 0, 0), (1, 0, 0), (0, 0, 0))


def test_others_looks_are_hidden_until_ones_own_is_ended(port_case: Path, looked: Callable[..., None]) -> None:
    """Per image and berth; an end at one image opens no other, and an unfinished sitting is shown to nobody else."""
    looked("ana", {"img-00": "present", "img-01": "absent"}, sitting=WHO.format("ana"))
    looked("ben", {"img-00": "present"}, sitting=WHO.format("ben"))
    looked("cyn", {"img-00": "absent"}, sitting=WHO.format("cyn"), ended=False)
    marks = Case.load(port_case).observations
    known = sitting.looks_at(marks, ["quayside"])

    def seen(who: str) -> list[tuple[str, str]]:
        return sorted((mark.by, mark.item) for mark in agreement.visible(marks, known, who).values())

    assert seen("ben") == [("ana", "img-00"), ("ben", "img-00")]
    assert seen("cyn") == [("cyn", "img-00")]
    assert seen("dan") == []
    assert agreement.hidden(marks, known, "dan") == 4
