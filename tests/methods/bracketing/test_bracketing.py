"""Brackets: absence needs proof, contradictions are shown, nothing is averaged, and every side says what sets it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from site_answers import FIRST, ask, coarse, codes, days, look

from dateline.core.when import When
from dateline.ledger.finding import Finding
from dateline.methods.bracketing.agree import kappa
from dateline.methods.bracketing.answers import Rule, judge
from dateline.methods.bracketing.hard import bracket, naive

DAY = timedelta(days=1)


def test_last_capable_absent_and_first_present_set_the_bracket() -> None:
    """Trenches between two images; a coarse "absent" in between is not discernible, and a cloud does nothing."""
    outcome = ask(
        [look(0, "a"), look(33, "a"), coarse(35, "a"), look(36, "o", reason="cloud"), look(38, "p"), look(60, "p")]
    )
    assert outcome.result == "bracketed"
    assert days(outcome.values["appeared"]) == [(33, 38)]
    assert outcome.statement.en.startswith("Trenches appeared between 4 and 9 October 2024.")
    assert "1 too coarse for “absent” to count" in outcome.statement.en
    assert "1 obscured (cloud)" in outcome.statement.en
    assert "incapable-absent" in codes(outcome)
    assert days(outcome.values["naive"]) == [(35, 38)]
    assert outcome.values["width"] == 5
    assert {row["answer"] for row in outcome.rows} == {"absent", "not discernible", "obscured", "present"}


def test_the_value_is_a_time_that_other_programs_read() -> None:
    """EDTF that our own reader takes back, with both moments."""
    outcome = ask([look(0, "a"), look(2, "p")])
    (text,) = outcome.values["appeared"]["edtf"]
    when = When.from_edtf(text)
    assert (when.earliest, when.latest) == (FIRST, FIRST + 2 * DAY)
    assert outcome.values["appeared"]["after"] is True


def test_within_a_day_the_hours_are_told() -> None:
    """Two images of one day."""
    outcome = ask([look(0, "a"), look(0.25, "p")])
    assert "between 10:00 and 16:00 UTC on 1 September 2024" in outcome.statement.en


def test_without_each_image_the_bracket_is_told() -> None:
    """Leverage in words and values."""
    outcome = ask([look(0, "a"), look(33, "a"), look(38, "p"), look(60, "p")])
    assert days(outcome.values["leverage"]["E38"]) == [(33, 60)]
    assert days(outcome.values["leverage"]["E33"]) == [(0, 38)]
    assert set(outcome.values["leverage"]) == {"E33", "E38"}
    said = " ".join(note.text for note in outcome.reasons)
    assert "Without image E38: the bracket is between 4 and 31 October 2024." in said


@pytest.mark.parametrize(("said", "result"), [
    ("p", "open-before"), ("a", "never-seen"), ("o", "cannot tell"), ("n", "cannot tell"), ("pp", "always-there"),
    ("aaa", "never-seen"), ("opp", "open-before"), ("npp", "open-before"), ("apap", "contradictory"),
    ("ap", "bracketed"), ("paa", "open-before"),
])  # fmt: skip
def test_every_row_of_answers_has_its_result(said: str, result: str) -> None:
    """One image, only absents, only presents, nothing to see, there and back again."""
    outcome = ask([look(10 * i, one) for i, one in enumerate(said)])
    assert outcome.result == result
    assert outcome.statement.en
    assert ("one-image" in codes(outcome)) == (len(said) == 1)


def test_contradictory_images_widen_and_are_shown() -> None:
    """Absent, present, absent, present on capable images: the bracket spans both readings."""
    outcome = ask([look(0, "a"), look(10, "p"), look(20, "a"), look(30, "p"), look(40, "p")])
    assert outcome.result == "contradictory"
    assert days(outcome.values["appeared"]) == [(0, 30)]
    assert outcome.values["conflict"] == ["E10", "E20", "E30"]
    assert "contradiction" in codes(outcome)


def test_two_answers_to_one_image_count_for_neither_side() -> None:
    """The image is shown with both answers, and the bracket is that of the others."""
    looks = [look(0, "a"), look(10, "a"), look(10, "p", by="bo"), look(20, "p")]
    outcome = ask(looks)
    assert outcome.result == "bracketed"
    assert days(outcome.values["appeared"]) == [(0, 20)]
    assert outcome.values["disputes"][0]["answers"] == [
        {"by": "ana", "answer": "absent"}, {"by": "bo", "answer": "present"},
    ]  # fmt: skip
    assert "disputed" in codes(outcome)
    assert ask(looks[1:3]).result == "contradictory"


def test_images_of_one_moment_that_disagree_are_disputed() -> None:
    """Two files of one pass cannot be put in order."""
    outcome = ask([look(0, "a"), look(10, "p"), look(10, "a", image="other"), look(20, "p")])
    assert days(outcome.values["appeared"]) == [(0, 20)]


def test_a_lone_present_on_a_coarse_image_does_not_count() -> None:
    """Seen twice running, or then on a finer image, it does."""
    start, end = look(0, "a"), look(40, "p")
    lone = ask([start, coarse(10, "p"), look(20, "a"), end])
    assert days(lone.values["appeared"]) == [(20, 40)]
    assert "unconfirmed-present" in codes(lone)
    assert days(ask([start, coarse(10, "p"), coarse(12, "p"), end]).values["appeared"]) == [(0, 10)]
    assert days(ask([start, coarse(10, "p"), end]).values["appeared"]) == [(0, 10)]


def test_what_went_has_a_second_bracket() -> None:
    """Absent after the last present: appeared and gone, each with its interval; on one image with a caveat."""
    outcome = ask([look(0, "a"), look(10, "p"), look(20, "p"), look(30, "a")])
    assert outcome.result == "bracketed"
    assert days(outcome.values["appeared"]) == [(0, 10)]
    assert days(outcome.values["gone"]) == [(20, 30)]
    assert "gone-on-one-image" in codes(outcome)
    assert "Trenches went between 21 September and 1 October 2024" in outcome.statement.en
    assert outcome.values["likely_gone"]["chances"]["still there"] < 0.5


def test_mosaics_and_unknown_days_are_intervals() -> None:
    """Absent on a mosaic counts from its begin, present by its end: wide, and said so."""
    mosaic = look(30, "p", image="mosaic", start=FIRST + 20 * DAY, end=FIRST + 50 * DAY)
    outcome = ask([look(0, "a"), mosaic])
    assert days(outcome.values["appeared"]) == [(0, 50)]
    assert "interval-image" in codes(outcome)
    early = look(0, "a", image="basemap", start=FIRST, end=FIRST + 30 * DAY)
    assert days(ask([early, look(40, "p")]).values["appeared"]) == [(0, 40)]


def test_unknown_size_or_distance_makes_absent_not_discernible() -> None:
    """Without them nothing proves that the image could have shown it; a tested detection does."""
    blind = [look(0, "a", gsd=None), look(10, "p", gsd=None), look(20, "p", gsd=None)]
    outcome = ask(blind)
    assert (outcome.result, "gsd-unknown" in codes(outcome)) == ("open-before", True)
    assert "size-unknown" in codes(ask([look(0, "a"), look(1, "p"), look(2, "p")], narrow=None))
    tested = [look(0, "a", gsd=None, detection=0.97), *blind[1:]]
    assert ask(tested).result == "bracketed"
    assert ask([look(0, "a", detection=0.4), look(10, "p"), look(20, "p")]).result == "open-before"


def test_a_visibility_test_lends_its_detection() -> None:
    """To its own image and to others of its sensor and distance; another method's finding is refused."""
    looks = [coarse(0, "a"), coarse(5, "a", image="S2-a"), look(10, "p")]
    test = {"sensor": "coarse", "gsd": 10.2, "detection": 0.97, "false_alarm": 0.02}
    made: dict[str, Any] = {"id": "v", "method_version": "1", "question": "?", "result": "visible", "input_key": "k"}
    made |= {"statement": {"key": "visibility.visible", "en": "x"}, "values": {"tested": {"S2-b": test}}}
    outcome = ask(looks, [Finding.model_validate(made | {"method": "visibility"})])
    assert days(outcome.values["appeared"]) == [(5, 10)]
    assert [row["measured"] for row in outcome.rows] == [True, True, False]
    other = ask(looks, [Finding.model_validate(made | {"method": "outage"})])
    assert (other.result, other.reasons[0].code) == ("refused", "not-visibility")


def test_two_people_agree_beyond_chance() -> None:
    """Cohen's printed example form: 0.4 for 20, 5, 10, 15 of 50; the method tells it for blind answers only."""
    pairs = (
        [("present",) * 2] * 20 + [("present", "absent")] * 5 + [("absent", "present")] * 10 + [("absent",) * 2] * 15
    )
    assert kappa(pairs) == pytest.approx(0.4)
    assert kappa([("present", "present")]) is None
    looks = [
        look(d, s, by=who, independent=True, date_hidden=True) for d, s in ((0, "a"), (9, "p")) for who in ("ana", "bo")
    ]
    outcome = ask(looks)
    assert outcome.values["second_pass"] == {
        "by": ["ana", "bo"], "images": 2, "agreed": 2, "kappa": 1.0, "dates_hidden": True,
    }  # fmt: skip
    assert outcome.estimates["agreement"].best == 1
    assert not codes(outcome) & {"one-analyst", "not-blind"}


def test_no_look_and_no_chance_between_are_refused() -> None:
    """With their codes."""
    assert ask([]).reasons[0].code == "no-looks"
    assert ask([look(0, "a")], before=0.6, never=0.5).reasons[0].code == "prior"


ANSWER = st.tuples(st.integers(0, 60), st.sampled_from("pano"), st.booleans())
ANSWERS = st.lists(ANSWER, min_size=1, max_size=12, unique_by=lambda one: one[0])


@given(ANSWERS)
def test_obscured_passes_change_nothing(
    rows: list[tuple[int, str, bool]],
) -> None:
    """Nor does the order of rows; and a bracket begins before it ends."""
    looks = [look(day, said) if fine else coarse(day, said) for day, said, fine in rows]
    rule = Rule(narrow=1.5, line=True)
    found = bracket(judge(looks, rule))
    empty = [look(day + 0.5, "o") for day in range(0, 60, 7)]
    assert bracket(judge([*empty, *reversed(looks)], rule)).appeared.times == found.appeared.times
    after, by = found.appeared.times
    assert after is None or by is None or after < by
    if found.gone is not None:
        gone_after, gone_by = found.gone.times
        assert gone_after is not None
        assert gone_by is not None
        assert gone_after <= gone_by
    low, high = naive(judge(looks, rule))
    assert low is None or high is None or low < high


@given(ANSWERS)
def test_every_set_of_answers_gets_a_finding(rows: list[tuple[int, str, bool]]) -> None:
    """No set of answers breaks the method; chances stay chances."""
    outcome = ask([look(day, said) if fine else coarse(day, said) for day, said, fine in rows])
    assert outcome.statement.en
    assert len(outcome.rows) == len(rows)
    for key in ("likely", "likely_gone"):
        if key in outcome.values:
            chances = outcome.values[key]["chances"].values()
            assert all(0 <= chance <= 1 for chance in chances)
