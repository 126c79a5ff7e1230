"""Amounts as people say them: bounds with their words kept; contradictions and doubtful digits give every reading."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core.amounts.read import languages, read
from dateline.core.amounts.units import dimension, known, unit_of
from dateline.core.errors import UsageError
from dateline.core.quantity import Kind

CLEAR = """
more than 10,000 containers | 10000 | open | - | container
at least 24 missiles | 24 | - | - | missile
nearly 500 people | - | - | 500 | person
fewer than 500 people | - | - | 500 | person
up to 8,000 troops | - | - | 8000 | troop
as many as 8,000 troops | - | - | 8000 | troop
about 6,700 containers | 6030 | - | 7370 | container
some 5.2 million shells | 4680000 | - | 5720000 | round
11,000 to 12,000 troops | 11000 | - | 12000 | troop
11,000-12,000 troops | 11000 | - | 12000 | troop
10 to 12 thousand troops | 10000 | - | 12000 | troop
between 300 and 400 people | 300 | - | 400 | person
from 300 to 400 people | 300 | - | 400 | person
dozens of trips | 24 | - | - | trip
scores of missiles | 40 | - | - | missile
hundreds of containers | 200 | - | - | container
tens of thousands of shells | 20000 | - | - | round
millions of rounds | 2000000 | - | - | round
a dozen trips | 12 | - | 12 | trip
half a million shells | 500000 | - | 500000 | round
1,000+ containers | 1000 | - | - | container
1,000 containers or more | 1000 | - | - | container
10,000 containers, 3 million shells | REFUSED
1,000 or more containers | 1000 | - | - | container
ten or so trips | 9 | - | 11 | trip
74-thousand metric tons | 74000 | - | 74000 | tonne
more than 13.000 containers | 13000 | open | - | container
1.234.567 rounds | 1234567 | - | 1234567 | round
1.6 million rounds | 1600000 | - | 1600000 | round
12.5 km | 12.5 | - | 12.5 | kilometre
0.125 km | 0.125 | - | 0.125 | kilometre
30% | 30 | - | 30 | percent
five railcars | 5 | - | 5 | railcar
containers of munitions | REFUSED
more than | REFUSED
half of it | REFUSED
a significant number of shells | REFUSED
12 frobnitzes | REFUSED
between 12 ships | REFUSED
between 400 and 300 ships | REFUSED
более 13 000 контейнеров | 13000 | open | - | container
10 000 контейнеров | 10000 | - | 10000 | container
две тысячи контейнеров | 2000 | - | 2000 | container
дві тисячі контейнерів | 2000 | - | 2000 | container
понад три мільйони снарядів | 3000000 | open | - | round
тисячі контейнерів | 2000 | - | - | container
컨테이너 2천 개 | 2000 | - | 2000 | container
컨테이너 만 개 이상 | 10000 | - | - | container
1,5 млн снарядов | 1500000 | - | 1500000 | round
от 300 до 400 человек | 300 | - | 400 | person
до 12 тысяч военных | - | - | 12000 | troop
полтора миллиона снарядов | 1500000 | - | 1500000 | round
сотни контейнеров | 200 | - | - | container
понад 1,6 млн снарядів | 1600000 | open | - | round
щонайменше 24 ракети | 24 | - | - | missile
від 300 до 400 осіб | 300 | - | 400 | person
약 6,700개 컨테이너 | 6030 | - | 7370 | container
1만3천 개 컨테이너 | 13000 | - | 13000 | container
3만 2천 명 | 32000 | - | 32000 | troop
수백 발 | 200 | - | - | round
최소 1만 1천 명 | 11000 | - | - | troop
1만 명 이상 | 10000 | - | - | troop
"""


@pytest.mark.parametrize("line", CLEAR.strip().splitlines())
def test_a_clear_amount_has_one_reading(line: str) -> None:
    """Bounds by hand, in four languages; what is no amount is refused in three parts."""
    phrase, *cells = (cell.strip() for cell in line.split("|"))
    if cells == ["REFUSED"]:
        with pytest.raises(UsageError) as caught:
            read(phrase)
        assert caught.value.code in {"amount", "unit"}
        return
    (reading,) = read(phrase)
    low, opened, high, unit = cells
    quantity = reading.quantity
    assert (quantity.low, quantity.high) == tuple(None if side == "-" else float(side) for side in (low, high))
    assert quantity.low_open == (opened == "open")
    assert (quantity.unit, quantity.text, quantity.kind) == (unit, phrase, Kind.COUNT)
    assert reading.to_json()["rule"]


@pytest.mark.parametrize(
    ("phrase", "bounds"),
    [
        ("as many as more than 6 million shells", [(None, 6e6), (6e6, None)]),
        ("over 3 million or 500,000 shells", [(5e5, 5e5), (3e6, None)]),
        ("more than 200,000 or more than 1 million rounds", [(2e5, None), (1e6, None)]),
        ("1.500 tons", [(1.5, 1.5), (1500.0, 1500.0)]),
        ("1,525 тонн", [(1.525, 1.525), (1525.0, 1525.0)]),
    ],
)
def test_what_may_be_two_amounts_is_two(phrase: str, bounds: list[tuple[float | None, float | None]]) -> None:
    """Contradictory words, alternatives and doubtful digits: nothing is guessed."""
    language = "ru" if "тонн" in phrase else None
    assert [(one.quantity.low, one.quantity.high) for one in read(phrase, language=language)] == bounds


def test_a_given_unit_must_be_the_one_that_is_said() -> None:
    """The words after the number may not contradict the unit; without either there is no amount."""
    assert read("more than 10,000", unit="container")[0].quantity.unit == "container"
    assert read("more than 10,000 containers", unit="container")[0].quantity.low == 10_000
    assert read("12 crates", unit="crates")[0].quantity.unit == "crates"
    for phrase, unit in (("10,000 troops", "container"), ("10,000", None)):
        with pytest.raises(UsageError):
            read(phrase, unit=unit)
    with pytest.raises(UsageError) as caught:
        read("10", unit="container", language="xx")
    assert caught.value.code == "language"


def test_units_are_found_by_their_words() -> None:
    """One unit has many words; an unknown one names its neighbours."""
    assert unit_of("containers of munitions or munitions-related materials") == "container"
    assert unit_of("снарядів") == "round"
    assert unit_of("round trips") == "trip"
    assert unit_of("container") == "container"
    assert dimension("tonne") == "mass"
    assert dimension("crate") is None
    with pytest.raises(UsageError, match="not known") as caught:
        unit_of("contaners")
    assert "container" in caught.value.do
    assert len(known()) > 20
    assert languages() == ("en", "ko", "ru", "uk")


def test_the_real_claims_are_read_within_their_bounds(samples: Path) -> None:
    """Of the samples' worded amounts none is read against its bounds; those we refuse are named here."""
    refused = []
    with (samples / "casefile/claims_dprk_russia.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["qty_text"]]
    for row in rows:
        try:
            readings = read(row["qty_text"], unit="percent" if "percent" in row["qty_text"] else "unit")
        except UsageError:
            refused.append(row["qty_text"])
            continue
        wanted = [float(row[side]) for side in ("qty_low", "qty_high") if row[side]]
        assert any(
            all(one.quantity.admits(value) or value in {one.quantity.low, one.quantity.high} for value in wanted)
            for one in readings
        ), row["qty_text"]
    assert refused == ["a significant number", "an initial shipment"]


@given(st.integers(1, 10**9), st.sampled_from(["", ",", " ", "\u202f"]))
def test_any_grouping_of_digits_is_the_same_number(number: int, separator: str) -> None:
    """10,000 and 10 000 and 10000 are one number."""
    text = f"{number:,}".replace(",", separator)
    values = {one.quantity.low for one in read(f"{text} containers")}
    assert values == {float(number)}


@given(
    st.text(max_size=30)
    | st.lists(
        st.sampled_from(
            ["more than", "at least", "up to", "12", "1,5", "13.000", "million", "containers", "до", "от", "or", "and",
             "약", "3만", "천", "dozens of", "-", "+", "half a", "between", "тыс", "이상", "%"]
        ),
        max_size=7,
    ).map(" ".join)
)  # fmt: skip
def test_no_phrase_breaks_the_reader_or_inverts_its_bounds(phrase: str) -> None:
    """Hostile input: bounds in order, or an error of ours."""
    try:
        readings = read(phrase)
    except UsageError:
        return
    for reading in readings:
        low, high = reading.quantity.low, reading.quantity.high
        assert low is None or high is None or low <= high
