"""Words around a number are kept, wherever they stand; no language reads what another understood and refused."""

from __future__ import annotations

import pytest

from dateline.core.amounts.read import read
from dateline.core.errors import UsageError
from dateline.core.quantity import Kind

KEPT = """
500 containers at most | None | 500 | container
500 containers at least | 500 | None | container
500 containers maximum | None | 500 | container
500 containers approximately | 450 | 550 | container
≥500 containers | 500 | None | container
>500 containers | 500 | None | container
more than 11-12 thousand troops | 11000 | None | troop
up to 10-12 thousand troops | None | 12000 | troop
about 10-12 thousand troops | 9000 | 13200 | troop
from at least 300 to at most 400 people | 300 | 400 | person
3,000 troops killed | 3000 | 3000 | killed
3,000 soldiers wounded | 3000 | 3000 | wounded
"""


@pytest.mark.parametrize("line", KEPT.strip().splitlines())
def test_words_that_bound_a_number_are_kept(line: str) -> None:
    """ "500 containers at most" was once 500, exactly: bounds by hand."""
    phrase, low, high, unit = (cell.strip() for cell in line.split("|"))
    (reading,) = read(phrase)
    ends = tuple(None if end == "None" else float(end) for end in (low, high))
    assert (reading.quantity.low, reading.quantity.high, reading.quantity.unit) == (*ends, unit)


@pytest.mark.parametrize("phrase", ["10,000 shells per day", "three ships a week", "20 000 снарядов в сутки"])
def test_a_rate_is_no_count(phrase: str) -> None:
    """How many in a time is a rate; read as a count, its time would be lost."""
    with pytest.raises(UsageError, match="rate"):
        read(phrase)
    assert read(phrase, kind=Kind.RATE)


def test_the_killed_and_the_wounded_are_not_mixed() -> None:
    """One number for both is for a person to name."""
    with pytest.raises(UsageError, match="killed and the wounded"):
        read("3,000 troops killed or wounded")
