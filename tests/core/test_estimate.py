"""Numbers with their uncertainty."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from dateline.core import Estimate


def ratio(**changes: Any) -> Estimate:
    fields = {"best": 1.40, "low": 1.25, "high": 1.58, "unit": "1", "level": 0.9, "n": 24, "how": "block bootstrap"}
    return Estimate(**(fields | changes))


def test_an_estimate_cannot_be_used_as_a_plain_number() -> None:
    """float() fails and says how to ask for the part that is meant."""
    with pytest.raises(TypeError, match=r"(?s)\.best.*\.low.*\.high"):
        float(ratio())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"best": math.nan}, "never infinity or NaN"),
        ({"high": math.inf}, "never infinity or NaN"),
        ({"low": -math.inf}, "never infinity or NaN"),
        ({"level": 90}, "write 0.9"),
        ({"level": math.nan}, "write 0.9"),
        ({"n": -1}, "counts looks"),
        ({"low": 1.5}, "out of order"),
        ({"high": 1.3}, "out of order"),
    ],
)
def test_an_impossible_estimate_is_refused(changes: dict[str, Any], words: str) -> None:
    """NaN, infinity, levels in per cent, negative counts and bounds out of order never become an estimate."""
    with pytest.raises(ValueError, match=words):
        ratio(**changes)


def test_an_open_side_contains_everything() -> None:
    """A closed interval contains its ends; None is unbounded."""
    assert ratio().contains(1.25)
    assert ratio().contains(1.58)
    assert not ratio().contains(1.24)
    assert not ratio().contains(1.59)
    assert ratio(low=None).contains(-1e9)
    assert ratio(high=None).contains(1e9)


def test_a_ratio_can_be_told_as_a_change_in_per_cent() -> None:
    """1.40 (1.25 to 1.58) is 40 % (25 to 58); an open side stays open; other units are refused."""
    change = ratio().as_change()
    assert change.unit == "%"
    assert change.spoken() == ("40", "25", "58")
    assert ratio(low=None, high=None).as_change().to_json()["open"] is True
    with pytest.raises(ValueError, match="Only a ratio"):
        ratio(unit="day").as_change()


@pytest.mark.parametrize(
    ("best", "low", "high", "spoken"),
    [
        (0.3987, 0.3784, 0.4191, ("0.40", "0.38", "0.42")),
        (40.123, 25.4, 58.9, ("40", "25", "59")),
        (0.39871, 0.3862, 0.4112, ("0.399", "0.386", "0.411")),
        (5_123_456_789, 3_000_000_000, 7_200_000_000, ("5,000,000,000", "3,000,000,000", "7,000,000,000")),
        (-12.3, -14.4, -10.2, ("−12", "−14", "−10")),
        (-0.04, -0.4, 0.4, ("0.0", "−0.4", "0.4")),
        (1.2e-9, 1.0e-9, 1.4e-9, ("0.0000000012", "0.0000000010", "0.0000000014")),
        (0.0, -3e-12, 3e-12, ("0.000000000000", "−0.000000000003", "0.000000000003")),
        (0.3, 0.3, 0.1 + 0.2, ("0.3000000000", "0.3000000000", "0.3000000000")),
        (7.0, 7.0, 7.0, ("7", "7", "7")),
        (2.346, 2.346, 2.346, ("2.35", "2.35", "2.35")),
        (0.0046, None, None, ("0.0046", None, None)),
        (12.0, 9.7, None, ("12", "10", None)),
    ],
)
def test_spoken_numbers_round_to_their_interval(
    best: float, low: float | None, high: float | None, spoken: tuple[str, str | None, str | None]
) -> None:
    """The last digit printed is that of the half-width's first digit (one more where that digit is a 1)."""
    assert ratio(best=best, low=low, high=high).spoken() == spoken


def test_an_estimate_survives_json() -> None:
    """Closed and open estimates come back; an open one says so."""
    for estimate in (ratio(), ratio(low=None), ratio(high=None)):
        assert Estimate.from_json(json.loads(json.dumps(estimate.to_json()))) == estimate
    assert "open" not in ratio().to_json()
    assert ratio(high=None).to_json()["open"] is True
