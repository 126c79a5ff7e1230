"""What counts as a number in prose, and what does not: the written grammar, line by line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.story.numbers import find_numbers


def texts(sentence: str) -> list[str]:
    return [number.text for number in find_numbers(sentence)]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Light grew by 40 % (interval 25 to 58).", ["40 %", "25", "58"]),
        ("It fell 3.5% and then 12 per cent.", ["3.5%", "12 per cent"]),
        ("Some 1,200 ships, 10 000 crates and 1.2 million shells", ["1,200", "10 000", "1.2 million"]),
        ("a change of −3.5 %", ["−3.5 %"]),
        ("2/3 of it, or ½", ["2/3", "½"]),
        ("two-thirds of the town, a third of it, half the port", ["two-thirds", "a third", "half"]),
        ("three ships, a hundred men, twenty-one days", ["three", "a hundred", "twenty-one"]),
        ("two hundred and five crates", ["two hundred and five"]),
        ("dozens of ships, hundreds, a couple of men", ["dozens", "hundreds", "a couple of"]),
        ("It doubled, then halved; a tenfold rise, twice the light", ["doubled", "halved", "tenfold", "twice"]),
        ("one in five of them", ["one", "five"]),
        ("٤٠ ships", ["٤٠"]),
        ("40km from the border, at 10m", ["40km", "10m"]),
        ("zero ships", ["zero"]),
        ("the 90th percentile", ["90"]),
        ("2000 ships", ["2000"]),
    ],
)  # fmt: skip
def test_these_are_numbers(sentence: str, found: list[str]) -> None:
    """Digits, words, fractions, multiples, vague amounts and other scripts' digits count."""
    assert texts(sentence) == found


@pytest.mark.parametrize(
    "sentence",
    [
        "VNP46A3 and VJ146, S-NPP, NOAA-20 and Sentinel-2",
        "a T-72, the 9M729, 5G masts and 2S19 guns",
        "the 38th parallel, the 7th Fleet, the 19th century",
        "Figure 2, Table 3, Resolution 2375 and Pier 1",
        "one of them said that no one came; one cannot say",
        "a second look at the third time, the first quarter",
        "on behalf of the halfway house",
        "they march on; we may see",
    ],
)
def test_these_are_not(sentence: str) -> None:
    """Names with digits, labels, ordinals and pronouns do not count."""
    assert texts(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "edtf"),
    [
        ("on 12 March 2023 it", "2023-03-12"),
        ("on March 12, 2023 it", "2023-03-12"),
        ("since March 2023", "2023-03"),
        ("on 2023-03-12", "2023-03-12"),
        ("in 2023", "2023"),
        ("the 1990s", "1990-01-01/1999-12-31"),
        ("mid-2023", "2023"),
    ],
)
def test_dates_are_numbers_of_a_kind_of_their_own(sentence: str, edtf: str) -> None:
    """A date carries the interval it means, so that the case's records can vouch for it."""
    (number,) = find_numbers(sentence)
    assert number.sort == "date"
    assert number.when is not None
    assert number.when.edtf() == edtf


def test_a_day_that_does_not_exist_is_read_as_digits() -> None:
    """31 June is no date; its digits still need a trace."""
    assert texts("on 31 June 2023") == ["31"] or "31" in texts("on 31 June 2023")


@pytest.mark.parametrize(
    ("written", "value", "agrees"),
    [("40 %", 39.6, True), ("40 %", 40.6, False), ("1.2 million", 1_249_000, True), ("1.2 million", 1_251_000, False),
     ("60 %", -60.2, True), ("0.40", 0.404, True), ("0.40", 0.41, False)],
)  # fmt: skip
def test_a_number_agrees_with_what_rounds_to_it(written: str, value: float, agrees: bool) -> None:
    """Agreement is rounding to the digits that were written; a sign may stand in the words."""
    assert find_numbers(written)[0].agrees(value) is agrees


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    """No text breaks the grammar, and every number stands where it says."""
    for number in find_numbers(text):
        assert text[number.start : number.end] == number.text


@given(st.integers(0, 10**9))
def test_every_integer_is_found_with_its_value(value: int) -> None:
    """However it is grouped, an integer is one number and means itself."""
    for written in (f"{value:,}", f"{value:,}".replace(",", "\u202f")):
        (number,) = find_numbers(f"saw {written} ships")
        assert number.value == value
