"""A step in a series: dated to the gaps between looks that saw something, never by interpolation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dateline.core.errors import RecordError
from dateline.imagery.reading import Reading
from dateline.measure.ask import ask, request_of_flags
from dateline.methods.catalogue import card, load
from dateline.methods.contract import Inputs, Outcome, Parameters

FIRST = datetime(2024, 1, 1, 10, tzinfo=UTC)


def readings(days: Sequence[float], values: Sequence[float | None], sensor: str = "a") -> list[Reading]:
    """Readings so many days after the first."""
    return [
        Reading(at=FIRST + timedelta(days=day), value=value, sensor=sensor, why=None if value is not None else "cloud")
        for day, value in zip(days, values, strict=True)
    ]


def stepped(given: Sequence[Reading], **parameters: Any) -> Outcome:
    """The method's answer."""
    return load("series_onset")(
        Inputs({"series": tuple(given)}), Parameters.of(card("series_onset"), parameters), rng=np.random.default_rng(1)
    )


def noisy(days: Sequence[float], onset: float, step: float) -> list[float]:
    rng = np.random.default_rng(4)
    return [10 + step * (day >= onset) + float(e) for day, e in zip(days, rng.normal(0, 0.3, len(days)), strict=True)]


def test_a_step_lies_in_the_gap_that_clouds_left() -> None:
    """Cloudy looks narrow nothing: the gap is that between the looks that saw something, and its length is told."""
    days = [*range(0, 30, 3), *range(60, 90, 3)]
    clear = readings(days, noisy(days, 45, 3))
    cloudy = readings([35, 45, 55], [None, None, None])
    outcome = stepped(sorted([*clear, *cloudy], key=lambda one: one.at))
    assert outcome.result == "step"
    assert outcome.values["onset"]["sets"] == [["2024-01-28T10:00:00Z", "2024-03-01T10:00:00Z"]]
    assert outcome.values["longest_gap"] == 33
    assert outcome.estimates["step"].contains(3)
    assert outcome.values["onset"] == stepped(clear).values["onset"]
    assert "looks-without-value" in {note.code for note in outcome.caveats}


def test_no_step_is_no_step_and_too_few_looks_tell_nothing() -> None:
    """Noise alone; four looks."""
    days = list(range(0, 120, 4))
    assert stepped(readings(days, noisy(days, 1e9, 0))).result == "no step found"
    few = stepped(readings([0, 5, 10, 15], [1, 1, 2, 2]))
    assert (few.result, few.reasons[0].code) == ("cannot tell", "few-looks")
    assert stepped([]).result == "cannot tell"
    assert stepped(readings(range(9), [1.0] * 9)).result in {"no step found", "cannot tell"}


def test_a_change_of_sensors_is_no_step() -> None:
    """A level that changes with the sensor is the sensor's."""
    first, second = list(range(0, 60, 3)), list(range(60, 120, 3))
    given = [*readings(first, noisy(first, 60, 0)), *readings(second, noisy(second, 0, 4), "b")]
    assert stepped(given).result == "no step found"


def test_two_values_of_one_moment_are_refused() -> None:
    """One look has one value."""
    outcome = stepped([*readings([0, 1], [1, 2]), *readings([1], [3])])
    assert (outcome.result, outcome.reasons[0].code) == ("refused", "doubled-look")


def test_a_table_is_read_and_its_faults_are_told_together(tmp_path: Path) -> None:
    """Columns by our names or the table's; a naive time and a word for a number, each with its line."""
    rows = [f"2024-01-{day:02d}T10:00Z,{1.0 if day < 15 else 4.0 + day / 100}" for day in range(1, 30, 2)]
    (tmp_path / "s_simulated.csv").write_text("when,value\n" + "\n".join(rows) + "\n")
    roles = {"series": str(tmp_path / "s_simulated.csv")}
    request = request_of_flags(card("series_onset"), columns={"time": "when"}, roles=roles, named={}, parameters={})
    finding, _ = ask(request)
    assert (finding.result, finding.simulated) == ("step", True)
    (tmp_path / "bad.csv").write_text("time,value\n2024-01-01T10:00,1\n2024-01-02,wet\n2024-01-03,\n")
    with pytest.raises(RecordError) as caught:
        ask(
            request_of_flags(card("series_onset"), roles={"series": str(tmp_path / "bad.csv")}, named={}, parameters={})
        )
    assert [(fault.line, fault.key) for fault in caught.value.faults] == [(2, "time"), (3, "value")]
