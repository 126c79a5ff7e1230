"""Capture time: what all evidence allows, who sets each end, what one wrong input would change."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core.errors import Refusal
from dateline.core.when import When
from dateline.ledger.event import Event
from dateline.ledger.finding import Finding, Statement
from dateline.ledger.media_item import MediaItem
from dateline.methods.capture_time import CARD, leave, run
from dateline.methods.capture_time.clues import Clue
from dateline.methods.capture_time.sets import hull, meet, meet_all, told, whens
from dateline.methods.contract import Inputs, Outcome, Parameters

BASE = date(2024, 10, 1)


def media(text: str = 'posted = "2024-10-18"\n', name: str = "m") -> MediaItem:
    return MediaItem.model_validate(tomllib.loads(f'id = "{name}"\ntitle = "A clip"\ntype = "video"\n{text}'))


def event(name: str, when: str) -> Event:
    told_of = {"id": name, "title": "the bridge fell", "when": when, "kind": "claimed", "claims": ["C"]}
    return Event.model_validate(told_of)


def finding(method: str, name: str = "f", result: str = "times", **values: Any) -> Finding:
    return Finding(
        schema=1, id=name, method=method, method_version="1", question="?", result=result,
        statement=Statement(key="x.y", en="x"), values=values, input_key="k",
    )  # fmt: skip


def sets(*pairs: tuple[str | None, str | None]) -> dict[str, Any]:
    return {"kind": "when", "sets": [list(pair) for pair in pairs]}


def ask(**roles: Any) -> Outcome:
    return run(Inputs(roles), Parameters.of(CARD, {}), rng=np.random.default_rng(1))


def codes(outcome: Outcome) -> set[str]:
    return {note.code for note in outcome.caveats}


def test_a_post_and_an_event_set_the_two_ends() -> None:
    """It shows a fallen bridge and was posted: between the two, and each end names its evidence."""
    outcome = ask(media=(media(),), after=(event("fall", "2024-10-03"),))
    assert outcome.result == "narrowed"
    assert outcome.values["captured"] == sets(("2024-10-03", "2024-10-18"))
    assert (outcome.values["first_end"], outcome.values["last_end"]) == (["fall"], ["m"])
    assert "between 3 and 18 October 2024" in outcome.statement.en
    assert "one-input" in codes(outcome)


def test_one_end_or_none() -> None:
    """A post alone leaves the first end open; an event alone the last; nothing at all cannot tell."""
    assert ask(media=(media(),)).result == "not after"
    assert ask(after=(event("fall", "2024-10-03"),)).result == "not before"
    assert ask(before=(event("fall", "2024-10-03"),)).values["captured"] == sets((None, "2024-10-03"))
    assert ask(media=(media(""),)).result == "cannot tell"
    assert ask().result == "cannot tell"


def test_an_earlier_copy_moves_the_last_end_and_the_row_says_by_how_much() -> None:
    """Leave one out: without the copy the post sets the end, twelve days later."""
    copy = media('posted = "2024-10-06"\n', "old")
    outcome = ask(media=(media(),), related=(copy,), after=(event("fall", "2024-10-03"),))
    assert outcome.values["last_end"] == ["old"]
    rows = {row["evidence"]: row for row in outcome.rows}
    assert rows["old"]["without_to"] == "2024-10-18"
    assert rows["old"]["moves_last_days"] == 12
    assert rows["m"]["moves_last_days"] == 0
    assert rows["fall"]["without_from"] is None


def test_shadows_keep_their_separate_intervals_and_clip_at_the_ends() -> None:
    """Two stretches of a day stay two; one that the post excludes is gone."""
    shadow = finding(
        "sun_shadow",
        times=sets(("2024-10-17T00:10:00Z", "2024-10-17T00:40:00Z"), ("2024-10-17T06:00:00Z", "2024-10-17T06:50:00Z")),
    )
    outcome = ask(media=(media(),), findings=(shadow,))
    assert len(outcome.values["captured"]["sets"]) == 2
    assert "several-intervals" in codes(outcome)
    early = media("posted = 2024-10-17T03:00:00Z\n")
    outcome = ask(media=(early,), findings=(shadow,))
    assert outcome.values["captured"] == sets(("2024-10-17T00:10:00Z", "2024-10-17T00:40:00Z"))


def test_brackets_bound_by_what_is_shown_and_what_is_lacking() -> None:
    """A trench that came between two images: shown, it is later than the first; lacking, not after the second."""
    bracket = finding("bracketing", result="bracketed", appeared=sets(("2024-10-05", "2024-10-09")))
    assert ask(shows=(bracket,)).values["captured"] == sets(("2024-10-05", None))
    assert ask(lacks=(bracket,)).values["captured"] == sets((None, "2024-10-09"))
    gone = finding("bracketing", result="bracketed", appeared=sets(("2024-10-05", "2024-10-09")),
                   gone=sets(("2024-10-12", "2024-10-14")))  # fmt: skip
    assert ask(shows=(gone,)).values["captured"] == sets(("2024-10-05", "2024-10-14"))
    with pytest.raises(Refusal) as caught:
        ask(shows=(finding("counting"),))
    assert caught.value.code == "not-a-bracket"


def test_weather_excludes_and_a_clock_only_bears_witness() -> None:
    """Inconsistent weather takes its time out; a clock in the file never sets an end, whether it fits or not."""
    away = finding("weather_check", result="inconsistent", when=sets(("2024-10-18", "2024-10-18")))
    outcome = ask(media=(media(),), findings=(away,), after=(event("fall", "2024-10-16"),))
    assert outcome.values["captured"]["sets"][0] == ["2024-10-16", "2024-10-17"]
    clock = finding("metadata", taken={"wall": "2024-10-17 09:30:00", "offset_minutes": 600.0})
    outcome = ask(media=(media(),), findings=(clock,))
    assert (outcome.result, codes(outcome)) == ("not after", {"weak-clock"})
    late = finding("metadata", taken={"wall": "2024-12-01 09:30:00", "offset_minutes": None})
    assert codes(ask(media=(media(),), findings=(late,))) == {"clock-differs"}
    assert ask(media=(media(),), findings=(finding("metadata", taken={"wall": "yesterday"}),)).result == "not after"


def test_evidence_that_excludes_itself_is_shown_and_nothing_is_chosen() -> None:
    """The pair that clashes is named; the row of each says what is left without it."""
    outcome = ask(media=(media(),), after=(event("fall", "2024-11-03"), event("flood", "2024-10-02")))
    assert outcome.result == "contradictory"
    assert outcome.values["clashes"] == [["m", "fall"]]
    rows = {row["evidence"]: row["without"] for row in outcome.rows}
    assert rows["flood"] == "still contradictory"
    assert rows["fall"] == "between 2 and 18 October 2024"


def test_too_many_intervals_are_refused() -> None:
    """A shadow of any day of ten years is no evidence to lay others over."""
    many = [((BASE + timedelta(days=2 * n)).isoformat(),) * 2 for n in range(2_001)]
    with pytest.raises(Refusal) as caught:
        ask(findings=(finding("sun_shadow", days=sets(*many)),))
    assert caught.value.code == "too-many-sets"


DAYS = st.integers(0, 60)


@st.composite
def clues(draw: st.DrawFn) -> list[Clue]:
    """Evidence around a true day, each allowing it: bounds, and sets of intervals of which one holds it."""
    found = []
    for number in range(draw(st.integers(1, 5))):
        low, high = draw(st.integers(0, 30)), draw(st.integers(30, 60))
        allowed = [When.between(BASE + timedelta(days=low), BASE + timedelta(days=high))]
        if draw(st.booleans()):
            start = draw(st.integers(61, 90))
            allowed.append(When.between(BASE + timedelta(days=start), BASE + timedelta(days=start + 3)))
        found.append(Clue(f"c{number}", "event", tuple(allowed), "x"))
    return found


@given(clues())
def test_true_evidence_never_excludes_the_truth(given_clues: list[Clue]) -> None:
    """Whatever pieces allow the true day, their intersection does, in any order, and removing one never narrows it."""
    truth = When.on(BASE + timedelta(days=30))
    left = leave(given_clues)
    assert any(one.may_meet(truth) for one in left.sets)
    assert meet_all(clue.sets for clue in reversed(given_clues)) == left.sets
    assert left.span is not None
    for index in range(len(given_clues)):
        wider = hull(meet_all(clue.sets for at, clue in enumerate(given_clues) if at != index))
        assert wider.intersect(left.span) is not None
        assert (wider.days() or 10**6) >= (left.span.days() or 0)
    assert left.first
    assert left.last


def test_sets_are_written_as_they_are_read() -> None:
    """Open ends are null, instants in UTC; a value that is no time gives nothing."""
    instant = datetime(2024, 10, 18, 2, tzinfo=UTC)
    some = (When.between(None, BASE), When.between(instant, instant + timedelta(minutes=5)))
    assert whens(told(some)) == some
    assert whens("2024") == whens({"kind": "when", "sets": [["nonsense", None]]}) == ()
    assert meet(some[:1], some[1:]) == ()


def test_of_several_times_that_it_may_have_come_all_stay_open() -> None:
    """A bracket with two sets: shown, it may have come with the first; lacked, with the last."""
    twice = finding("bracketing", appeared=sets(("2024-10-01", "2024-10-02"), ("2024-10-05", "2024-10-06")))
    assert ask(shows=(twice,)).values["captured"] == sets(("2024-10-01", None))
    assert ask(lacks=(twice,)).values["captured"] == sets((None, "2024-10-06"))


@pytest.mark.parametrize(
    ("method", "name"), [("bracketing", "appeared"), ("event_study", "onset"), ("front_distance", "taken")]
)
def test_times_of_other_things_are_no_times_of_the_picture(method: str, name: str) -> None:
    """When a trench came, an effect began, or a map was drawn says nothing alone of when a picture was taken."""
    given_values: dict[str, Any] = {name: sets(("2024-10-18", "2024-10-18"))}
    other = finding(method, **given_values)
    assert ask(media=(media(),), findings=(other,)).result == "not after"


def test_weather_takes_out_the_whole_of_its_day() -> None:
    """Inconsistent on the 18th: no hour of that day stays."""
    away = finding("weather_check", result="inconsistent", when=sets(("2024-10-18", "2024-10-18")))
    left = ask(findings=(away,), after=(event("fall", "2024-10-18"),), media=(media('posted = "2024-10-18"\n'),))
    assert left.result == "contradictory"


def test_a_thing_is_not_shown_and_lacked() -> None:
    """One event or bracket in both roles would date the picture to its very day: refused."""
    fall, came = event("fall", "2024-10-05"), finding("bracketing", appeared=sets(("2024-10-02", "2024-10-04")))
    for roles in ({"after": (fall,), "before": (fall,)}, {"shows": (came,), "lacks": (came,)}):
        with pytest.raises(Refusal) as caught:
            ask(**roles)
        assert caught.value.code == "two-roles"


def test_each_end_is_told_by_what_set_it() -> None:
    """One bracket of what came and went sets both ends, each in its own words."""
    both = finding("bracketing", appeared=sets(("2024-10-02", "2024-10-04")), gone=sets(("2024-10-20", "2024-10-22")))
    text = ask(shows=(both,)).statement.en
    assert text.index("what came then") < text.index("The last end") < text.index("what went then")


@pytest.mark.parametrize("offset", [2000, "x", []])
def test_a_clock_with_an_offset_that_no_zone_has_bears_no_witness(offset: Any) -> None:
    """A broken offset in a file is no error, and no time."""
    clock = finding(
        "metadata", result="no contradiction found", taken={"wall": "2024-10-18T02:00:00", "offset_minutes": offset}
    )
    assert not {"weak-clock", "clock-differs"} & codes(ask(media=(media(),), findings=(clock,)))
