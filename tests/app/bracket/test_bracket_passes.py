"""A pass: what it is made of, what it hides, what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dateline.app.asking import ask_live, keep
from dateline.app.desk import Desk
from dateline.app.receiving import save_marks
from dateline.app.screens.bracket import choosing, live, looking, plan, result
from dateline.app.screens.bracket.looks import in_pass, seen_by
from dateline.core.errors import DatelineError, InputError, UsageError

ASKED = "Is the trench there?"
TOLD = {"place": ["field"], "question": [ASKED], "items": ["kiwi", "plum", "fig"]}


@pytest.fixture
def desk_of_field(field: Path) -> Desk:
    """The case on a desk."""
    return Desk(root=field, port=0, worker="ana")


def begin(desk: Desk, who: str, **more: str) -> plan.Plan:
    return choosing.begin(desk, who, TOLD | {key: [value] for key, value in more.items()})


def say(desk: Desk, made: plan.Plan, item: str, state: str, number: int = 1, /, **more: Any) -> None:
    """One answer, by the number of the image, as the page sends it."""
    told = {
        "id": f"{made.sitting}-{item}-{number}", "at": f"2026-01-01T10:00:{number:02d}Z",
        "image": plan.number_of(made.sitting, item), "state": state, **more,
    }  # fmt: skip
    save_marks(desk, made.by, {"sitting": made.sitting, "marks": [looking.look_of(made, told)]})


def finish(desk: Desk, made: plan.Plan) -> None:
    save_marks(desk, made.by, {"sitting": made.sitting, "marks": looking.ends(made, desk.clock.now())})


def shown(desk: Desk, who: str) -> tuple[dict[tuple[str, str], str], int]:
    looks, hidden = seen_by(desk.case(), who, place="field", question=ASKED)
    return {(mark.by, mark.item): mark.state for mark in looks.values()}, hidden


def test_a_pass_is_in_order_of_time_and_a_blind_one_is_not(desk_of_field: Desk) -> None:
    """With dates the images come by time; without, in an order of each sitting's own, under numbers of its own."""
    dated = begin(desk_of_field, "ana")
    assert [item for _, item in dated.order()] == ["plum", "fig", "kiwi"]
    blind = [plan.Plan(**{**_fields(dated), "sitting": f"s{n}", "blind": True}) for n in range(40)]
    assert len({tuple(item for _, item in one.order()) for one in blind}) == 6
    assert len({number for one in blind for number, _ in one.order()}) == 120
    assert blind[0].order() == blind[0].order()


def _fields(made: plan.Plan) -> dict[str, Any]:
    return {name: getattr(made, name) for name in plan.Plan.__slots__}


def test_a_further_image_moves_no_number(desk_of_field: Desk) -> None:
    """An image that is added to a blind pass changes no other image's number."""
    few = plan.Plan(**{**_fields(begin(desk_of_field, "ana")), "blind": True})
    more = plan.Plan(**{**_fields(few), "items": (*few.items, "pear")})
    assert set(few.order()) < set(more.order())


def test_a_pass_that_was_begun_is_gone_on_with(desk_of_field: Desk) -> None:
    """Begun again, it is the same sitting; a pass without dates beside it is another, and so is another person's."""
    first = begin(desk_of_field, "ana")
    assert begin(desk_of_field, "ana", question="is the  trench there").sitting == first.sitting
    assert begin(desk_of_field, "ana", **{"pass": "blind"}).sitting != first.sitting
    assert begin(desk_of_field, "ben").sitting != first.sitting


def test_nobody_opens_somebody_elses_pass(desk_of_field: Desk) -> None:
    """A plan is read by its own person; names that lead out of the folder are none."""
    made = begin(desk_of_field, "ana")
    for sitting, who in ((made.sitting, "ben"), ("../../case", "ana"), ("none", "ana")):
        with pytest.raises(UsageError) as error:
            plan.read(desk_of_field.root, sitting, by=who)
        assert error.value.code == "no-pass"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"question": [" "]}, "question"),
        ({"question": ["x" * 300]}, "question"),
        ({"place": ["nowhere"]}, "place"),
        ({"items": []}, "images"),
        ({"items": ["no-such"]}, "images"),
        ({"narrow": ["wide"]}, "narrow"),
        ({"narrow": ["-1"]}, "narrow"),
        ({"narrow": ["nan"]}, "narrow"),
    ],
)
def test_a_form_that_asks_nothing_is_refused(desk_of_field: Desk, told: dict[str, list[str]], code: str) -> None:
    """Every fault of the form has its code, and no plan is written."""
    with pytest.raises(UsageError) as error:
        choosing.begin(desk_of_field, "ana", TOLD | told)
    assert error.value.code == code
    assert not list(plan.plans(desk_of_field.root, by="ana"))


@pytest.mark.parametrize("state", ["obscured", "not_discernible"])
def test_what_could_not_be_judged_needs_a_reason(desk_of_field: Desk, state: str) -> None:
    """The server asks for it too, whatever the page sent; present and absent need none."""
    made = begin(desk_of_field, "ana")
    with pytest.raises(UsageError) as error:
        say(desk_of_field, made, "fig", state, reason="  ")
    assert error.value.code == "no-reason"
    say(desk_of_field, made, "fig", state, reason="cloud")
    say(desk_of_field, made, "plum", "present")
    assert len(desk_of_field.case().observations) == 2


@pytest.mark.parametrize("told", [None, [], {"state": "yes"}, {"state": "present", "image": "kiwi"}])
def test_what_is_no_look_is_refused(desk_of_field: Desk, told: Any) -> None:
    """An image is known by its number alone: its id is no key."""
    with pytest.raises(UsageError):
        looking.look_of(begin(desk_of_field, "ana"), told)


def test_a_look_says_how_it_was_given(desk_of_field: Desk) -> None:
    """Place, question, whether the date was hidden and whether it is independent are the pass's, not the page's."""
    made = begin(desk_of_field, "ana", **{"pass": "blind", "knows": "yes"})
    say(desk_of_field, made, "fig", "present", zoom=2.0, independent=True, date_hidden=False, item="plum")
    (mark,) = desk_of_field.case().observations.values()
    assert (mark.item, mark.place, mark.question, mark.zoom) == ("fig", "field", ASKED, 2.0)
    assert (mark.date_hidden, mark.independent) == (True, False)


def test_a_changed_mind_supersedes(desk_of_field: Desk) -> None:
    """The last answer stands, the first stays on the disk; taken back, none stands."""
    desk, made = desk_of_field, begin(desk_of_field, "ana")
    say(desk, made, "fig", "absent", 1)
    say(desk, made, "fig", "present", 2, supersedes=f"{made.sitting}-fig-1")
    assert shown(desk, "ana") == ({}, 0)  # half a pass is no answer yet
    finish(desk, made)
    assert shown(desk, "ana") == ({("ana", "fig"): "present"}, 0)
    say(desk, made, "fig", "withdrawn", 3, supersedes=f"{made.sitting}-fig-2")
    assert shown(desk, "ana") == ({}, 0)
    assert sum(not mark.submitted for mark in desk.case().observations.values()) == 3


def test_others_are_hidden_until_ones_own_pass_is_ended(desk_of_field: Desk) -> None:
    """Ben sees Ana's looks when he has ended a pass on those images; his later looks are then not independent."""
    desk = desk_of_field
    ana, ben = begin(desk, "ana"), begin(desk, "ben")
    say(desk, ana, "plum", "absent")
    assert shown(desk, "ben") == ({}, 0)  # a pass that is not ended is nobody's answer
    finish(desk, ana)
    assert shown(desk, "ben") == ({}, 1)
    say(desk, ben, "plum", "present")
    assert shown(desk, "ben") == ({}, 1)
    finish(desk, ben)
    assert shown(desk, "ben") == ({("ben", "plum"): "present", ("ana", "plum"): "absent"}, 0)
    again = begin(desk, "ben")
    assert again.sitting != ben.sitting
    say(desk, again, "fig", "present")
    marks = desk.case().observations
    assert marks[f"{ben.sitting}-plum-1"].independent
    assert not marks[f"{again.sitting}-fig-1"].independent


def test_a_blind_pass_starts_from_nothing_and_hides_the_result(desk_of_field: Desk) -> None:
    """One's own dated answers are not shown in it, and its own not before its end; nor is the result meanwhile."""
    desk = desk_of_field
    dated = begin(desk, "ana")
    say(desk, dated, "plum", "absent")
    blind = begin(desk, "ana", **{"pass": "blind"})
    asked = {"place": "field", "question": ASKED}
    assert in_pass(desk.case(), "ana", **asked, sitting=blind.sitting, blind=True) == {}
    say(desk, blind, "plum", "present")
    assert in_pass(desk.case(), "ana", **asked, sitting=blind.sitting, blind=True)["plum"].state == "present"
    assert in_pass(desk.case(), "ana", **asked, sitting=dated.sitting, blind=False)["plum"].state == "absent"
    assert shown(desk, "ana") == ({}, 0)
    finish(desk, dated)
    assert shown(desk, "ana") == ({("ana", "plum"): "absent"}, 0)
    with pytest.raises(DatelineError) as error:
        result.seen(desk.case(), "ana", asked)
    assert error.value.code == "hidden"
    finish(desk, blind)
    assert len(result.seen(desk.case(), "ana", asked).looks) == 2


def test_an_error_without_dates_names_nothing() -> None:
    """What goes wrong with a hidden image is told without the words of the error."""
    told = looking.nameless(InputError("a-2024-10-04.tif is not here", saw="a-2024-10-04.tif", do="x", code="bytes"))
    assert "2024" not in str(told)
    assert "bytes" in str(told)


def test_a_kept_measure_asks_what_the_page_asked(desk_of_field: Desk) -> None:
    """It reads the same people, place and question; an id that is taken or that is none is refused."""
    desk, made = desk_of_field, begin(desk_of_field, "ana")
    say(desk, made, "plum", "absent")
    say(desk, made, "kiwi", "present")
    finish(desk, made)
    told = {"place": "field", "question": ASKED, "id": "trench-since", "object": "the trench", "narrow": "3"}
    done = keep(desk, result.measure_to_keep(result.seen(desk.case(), "ana", told), "trench-since"), by="ana")
    assert done.finding is not None
    assert done.finding.result == "bracketed"
    case = desk.case()
    seen = result.seen(case, "ana", told)
    kept, shown_now = ask_live(case, case.measures["trench-since"]), live.answer(case, seen.asked, seen.looks)
    assert kept.result == "bracketed"
    assert (kept.statement, kept.values, kept.series) == (shown_now.statement, shown_now.values, shown_now.series)
    for name, code in (("trench-since", "record-exists"), ("../out", "measure")):
        with pytest.raises(DatelineError) as error:
            keep(desk, result.measure_to_keep(seen, name), by="ana")
        assert error.value.code == code
    assert live.said_before(case, "field", "is the trench there") == {"object": "the trench", "narrow": "3.0"}
