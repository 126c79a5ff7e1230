"""The list of events: how it is written, hashed, frozen, and where on the series an event may have begun."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from event_months import ask, codes, event, months, usual

from dateline.core.errors import UsageError
from dateline.core.when import When
from dateline.methods.event_study.grid import Grid
from dateline.methods.event_study.listing import Listed, Registration, inline_events, list_sha256, no_cause

EARLY, LATE = datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 3, 9, tzinfo=UTC)


def test_events_in_one_line() -> None:
    """Names and dates or intervals, parted by semicolons; ids are made of the names."""
    found = inline_events("Haiyan's landfall = 2013-11-08; second storm = 2014-12-06/2014-12-08;", invented=False)
    assert [one.id for one in found] == ["haiyan-s-landfall", "second-storm"]
    assert found[0].when == When.on(date(2013, 11, 8))
    assert found[1].when.latest == date(2014, 12, 8)
    assert inline_events("взрыв = 2014", invented=True)[0].id == "event-1"


@pytest.mark.parametrize("text", ["2013-11-08", "landfall =", "= 2013"])
def test_a_part_that_is_no_event(text: str) -> None:
    """Each says how it is written."""
    with pytest.raises(UsageError) as error:
        inline_events(text, invented=False)
    assert error.value.code == "events"


def test_the_hash_of_a_list_is_that_of_what_it_says() -> None:
    """The order does not matter; a moved date, another name or one more event does."""
    one, two = event(20, "flood"), event(48)
    assert list_sha256([one, two]) == list_sha256([two, one])
    hashes = {
        list_sha256([one, two]),
        list_sha256([one]),
        list_sha256([one, event(47)]),
        list_sha256([one, event(48, "x")]),
    }
    assert len(hashes) == 4


@pytest.mark.parametrize("name", ["blast at the depot", "result of the vote announced", "Missile impact at the port"])
def test_plain_names_pass(name: str) -> None:
    """What happened is no cause."""
    no_cause(name)


@pytest.mark.parametrize(
    ("registration", "said"),
    [
        (Registration(), "no record that it was frozen"),
        (Registration(frozen=EARLY), "nothing tells when the series was opened"),
        (Registration(frozen=LATE, opened=EARLY), "after the series was opened on 1 March 2024"),
    ],
)
def test_not_pre_registered_is_said_in_the_sentence(registration: Registration, said: str) -> None:
    """Unless the log shows that the list was frozen first, sentence and caveat say "not pre-registered"."""
    outcome = ask(months(usual(step=8.0)), event(48), registration=registration)
    assert outcome.statement.en.endswith(f"The list of events was not pre-registered ({said}).") or said in (
        outcome.statement.en
    )
    assert "not pre-registered" in outcome.statement.en
    assert "not-pre-registered" in codes(outcome.caveats)
    assert outcome.values["pre_registered"] is False


def test_a_list_frozen_first_is_said_too() -> None:
    """Then the sentence gives the day; the values give both times and the hash of the list."""
    outcome = ask(months(usual(step=8.0)), event(48), registration=Registration(frozen=EARLY, opened=LATE))
    assert outcome.statement.en.endswith("The list of events was frozen on 1 March 2024, before the series was opened.")
    assert "not-pre-registered" not in codes(outcome.caveats)
    assert outcome.values["pre_registered"] is True
    assert outcome.values["list"]["sha256"] == list_sha256([event(48)])


def test_events_frozen_and_then_left_out_are_named() -> None:
    """A frozen list of which only the promising part is tested is not the frozen list."""
    left = Registration(frozen=EARLY, opened=LATE, left_out=("visit", "test"))
    outcome = ask(months(usual(step=8.0)), event(48), registration=left)
    assert next(note for note in outcome.caveats if note.code == "frozen-left-out").text.count("visit, test") == 1


def _grid(unit: str, length: int, first: date) -> Grid:
    origin = {"day": first.toordinal(), "month": first.year * 12 + first.month - 1, "year": first.year}[unit]
    return Grid(unit=unit, length=length, origin=origin, at=np.arange(20))


@pytest.mark.parametrize(
    ("grid", "when", "steps"),
    [
        (_grid("month", 1, date(2013, 1, 1)), When.on(date(2013, 11, 8)), (10, 10)),
        (_grid("month", 1, date(2013, 1, 1)), When.year(2013), (0, 11)),
        (_grid("month", 3, date(2013, 1, 1)), When.on(date(2013, 11, 8)), (3, 3)),
        (_grid("day", 7, date(2013, 1, 6)), When.on(date(2013, 1, 20)), (2, 2)),
        (_grid("day", 7, date(2013, 1, 6)), When.on(date(2013, 1, 19)), (1, 1)),
        (_grid("day", 1, date(2013, 1, 1)), When.bracket(date(2013, 1, 3), date(2013, 1, 5)), (3, 4)),
        (_grid("year", 1, date(2000, 1, 1)), When.month(2013, 12), (13, 13)),
        (_grid("day", 1, date(2013, 1, 1)), When.on(datetime(2013, 1, 2, 23, 30, tzinfo=UTC)), (1, 1)),
    ],
)
def test_where_an_event_may_have_begun(grid: Grid, when: When, steps: tuple[int, int]) -> None:
    """By hand: the steps that an event's interval touches, on days, weeks, months, quarters and years."""
    assert grid.onset(when) == steps


def test_an_open_event_has_no_place_on_the_series() -> None:
    """Without a first or a last day nothing is guessed."""
    grid = _grid("month", 1, date(2013, 1, 1))
    assert grid.onset(When.between(None, date(2013, 3, 1))) is None
    assert Listed(id="x", title="x", when=When.year(2013)).invented is False
