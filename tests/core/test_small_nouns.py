"""Errors, clocks and states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from dateline.core import FixedClock, InputError, RecordError, Refusal, State, SystemClock, UsageError
from dateline.core.errors import DatelineError, RecordFault
from dateline.core.state import combine, seen


def test_an_error_has_three_parts_and_a_code() -> None:
    """What happened, what we saw, what to do: for people and for programs."""
    error = InputError("This is a web page.", saw="<html>", do="Log in and download it again.", code="login-page")
    assert str(error) == "This is a web page.\n  saw: <html>\n  do:  Log in and download it again."
    assert error.to_json() == {
        "code": "login-page",
        "what": "This is a web page.",
        "saw": "<html>",
        "do": "Log in and download it again.",
    }


@pytest.mark.parametrize(
    ("kind", "code", "exit_code"),
    [(DatelineError, "error", 1), (UsageError, "usage", 2), (InputError, "input", 1), (Refusal, "refused", 1)],
)
def test_each_kind_of_error_has_its_code_and_exit_code(kind: type[DatelineError], code: str, exit_code: int) -> None:
    """2 is for requests that cannot be understood, 1 for everything else."""
    error = kind("x", saw="y", do="z")
    assert (error.code, error.exit_code) == (code, exit_code)


@pytest.mark.parametrize(("count", "words"), [(1, "1 fault."), (2, "2 faults.")])
def test_all_faults_of_a_case_are_told_at_once(count: int, words: str) -> None:
    """File, line, key, what was found and what is valid, one line each."""
    faults = [RecordFault(f"places/{n}.toml", n or None, "lon", "'x'", "a number") for n in range(count)]
    error = RecordError(faults, case="rason")
    assert words in str(error)
    assert "places/0.toml: lon: found 'x'; valid: a number" in error.saw
    assert ("places/1.toml:1: lon" in error.saw) is (count == 2)
    assert error.faults == tuple(faults)


def test_the_system_clock_tells_utc() -> None:
    """The present moment has a zone."""
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_a_fixed_clock_stands_still_and_refuses_a_naive_time() -> None:
    """Every call gives the same moment, in UTC."""
    moment = datetime(2024, 3, 2, 21, tzinfo=timezone(timedelta(hours=9)))
    clock = FixedClock(moment)
    assert clock.now() == clock.now() == datetime(2024, 3, 2, 12, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    with pytest.raises(ValueError, match="needs a zone"):
        FixedClock(datetime(2024, 3, 2))  # noqa: DTZ001 what is refused


def test_only_what_was_really_looked_at_may_be_counted() -> None:
    """Observed and below the floor count; too few, snow, cloud, filled, not observed and outside never do."""
    assert [state for state in State if state.is_seen] == [State.OBSERVED, State.FLOOR]
    codes = np.array(list(State), dtype=np.uint8)
    assert seen(codes).tolist() == [state.is_seen for state in State]


def test_every_state_has_its_own_words() -> None:
    """No two states read alike."""
    assert len({state.words for state in State}) == len(State)


def test_where_several_states_apply_the_greater_wins_and_the_layers_stay_as_they_were() -> None:
    """Cloud beats snow, outside beats everything; the inputs are not changed."""
    first = np.array([State.SNOW, State.OBSERVED, State.OUTSIDE], dtype=np.uint8)
    other = np.array([State.CLOUD, State.OBSERVED, State.FILLED], dtype=np.uint8)
    assert combine(first, other).tolist() == [State.CLOUD, State.OBSERVED, State.OUTSIDE]
    assert combine(first).tolist() == first.tolist()
    assert first[0] == State.SNOW
