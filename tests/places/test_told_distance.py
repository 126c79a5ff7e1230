"""Distances as prose tells them are read whole, and measured between every place that the names may mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core import Where
from dateline.places.candidate import Candidate
from dateline.places.distance_check import DistanceCheck, check_distance, fit_of
from dateline.places.gazetteer import Gazetteer
from dateline.places.told_distance import DIRECTIONS, direction_of, find_distances

READ = [
    ("a base near Ussuriysk, 98 kilometres north of Vladivostok", 97.5, 98.5, "north", "Vladivostok", "Ussuriysk"),
    ("The base at Ussuriysk (98 km north of Vladivostok) was busy", 97.5, 98.5, "north", "Vladivostok", "Ussuriysk"),
    ("In Tsukuryn, 5.5 kilometres southwest of Hirnyk", 5.45, 5.55, "south-west", "Hirnyk", "Tsukuryn"),
    ("The village lies 10 miles outside Ussuriysk", 15.3, 16.9, None, "Ussuriysk", None),
    ("Hirnyk and Selydove are 12 km apart", 11.5, 12.5, None, "Hirnyk", "Selydove"),
    ("more than 500 km north-east of Pyongyang lies Khabarovsk", 500, None, "north-east", "Pyongyang", "Khabarovsk"),
    ("Dunay, nearly 50km south-eastwards of Vladivostok", 42.5, 52.5, "south-east", "Vladivostok", "Dunay"),
    ("From Chongjin to Rason is about 80 km by road", 72, 88, None, "Chongjin", "Rason"),
    ("78 km (48 miles) north of Vladivostok, Ussuriysk hosts", 77.5, 78.5, "north", "Vladivostok", "Ussuriysk"),
    ("Sergeyevka is within 140 km of the Port of Vladivostok", 0, 145, None, "Vladivostok", "Sergeyevka"),
    ("Kursk, 1,000 to 1,200 km west of Perm", 950, 1250, "west", "Perm", "Kursk"),
    ("Dunay, some 10 kilometres (six miles) from Fokino", 9, 11, None, "Fokino", "Dunay"),
    ("Some 98 km N of the Pacific port city of Vladivostok lies Artyom", 88.2, 107.8, "north", "Vladivostok", "Artyom"),
    ("More than 50 km SSW of Russia's Vladivostok", 50, None, "south-south-west", "Vladivostok", None),
    ("Dunay lies between 50 and 60 kms from central Perm", 47, 63, None, "Perm", "Dunay"),
    ("Dunay lies 50 km to 60 km from Perm", 47, 63, None, "Perm", "Dunay"),
    ("Dunay lies 77,7 km from Perm", 77.65, 77.75, None, "Perm", "Dunay"),
    ("Dunay lies ninety-eight kilometres from Perm", 97.5, 98.5, None, "Perm", "Dunay"),
    ("Dunay lies a hundred miles outside of Perm", 144.8, 177.0, None, "Perm", "Dunay"),
    ("Moscow is 635 km from St. Petersburg", 634.5, 635.5, None, "St. Petersburg", "Moscow"),
    ("Dunay was 12 km from Perm on Tuesday", 11.5, 12.5, None, "Perm", "Dunay"),
    ("The distance between Perm and Kursk is 98 km", 97.5, 98.5, None, "Perm", "Kursk"),
    ("Between Kursk and Dunay, 5 km from Perm", 4.5, 5.5, None, "Perm", "Dunay"),
]


@pytest.mark.parametrize("row", READ, ids=lambda row: row[0])
def test_a_told_distance_is_read_with_its_rounding_hedge_and_names(row: tuple[Any, ...]) -> None:
    """Number, unit, hedge, direction, what it is told from, and what lies there."""
    text, low, high, way, reference, subject = row
    (told,) = find_distances(text)
    assert told.low == pytest.approx(low, abs=0.06)
    assert told.high == pytest.approx(high, abs=0.06) if high is not None else told.high is None
    assert (told.way, told.reference) == (way, reference)
    assert (told.subjects[:1] or (None,)) == (subject,)


@pytest.mark.parametrize(
    "text",
    ["The ship is 120 m long", "some 64km further on", "They sent 1,000 containers to Vladivostok", "a 5 km race",
     "It earned $540m from Russia", "some 15m from Ukraine fled", "half a kilometre from Perm"],
)  # fmt: skip
def test_lengths_that_lead_from_nowhere_are_no_distances(text: str) -> None:
    """A size is not a distance from a place."""
    assert find_distances(text) == ()


def test_a_second_distance_of_a_sentence_is_told_of_the_same_place() -> None:
    """Not of the town from which the first one is told."""
    first, second = find_distances("Hirnyk, 12 km from Selydove and 22 km from Pokrovsk, fell")
    assert (first.subjects[0], second.subjects[0], second.is_beside) == ("Hirnyk", "Hirnyk", True)
    _, other = find_distances("Hirnyk is 12 km from Selydove, which is 18 km from Pokrovsk")
    assert other.subjects[0] == "Selydove"


@pytest.mark.parametrize(
    "text", ["1 " * 20_000, "100 " * 20_000, "A " * 20_000, "5 km from A and " * 800, "5 km " * 9_000]
)
def test_a_long_line_is_read_in_bounded_work(text: str) -> None:
    """Nothing is tried again and again."""
    assert len(find_distances(text)) <= 800


@given(st.text(max_size=200))
def test_any_text_is_read_without_failing(text: str) -> None:
    """Whatever stands in a draft, what is found lies in it."""
    assert all(text[told.start : told.end] == told.text for told in find_distances(text))


@pytest.mark.parametrize("spelling", ["{0}", "{0}ern", "{0}wards", "due {0}"])
def test_a_direction_is_known_in_its_spellings(spelling: str) -> None:
    """north-east, northeast, north eastern, north-eastwards."""
    for name in DIRECTIONS:
        for joined in (name, name.replace("-", ""), name.replace("-", " ")):
            assert direction_of(spelling.format(joined).removeprefix("due ")) == name


def _in_mind(places: dict[str, Sequence[Where]]) -> Callable[[str], tuple[Candidate, ...]]:
    return lambda name: tuple(
        Candidate(id=f"{name}-{n}", name=name, where=where, kind="spelled", spelling=name, source="a list")
        for n, where in enumerate(places.get(name, ()))
    )


NAMES = {
    "Vladivostok": [Where.point(lon=131.87353, lat=43.10562, radius=5000)],
    "Ussuriysk": [Where.point(lon=131.95139, lat=43.80291, radius=3000)],
    "Sergeyevka": [
        Where.point(lon=131.661, lat=44.337, radius=1000),
        Where.point(lon=133.358, lat=43.350, radius=1000),
    ],
    "Moscow": [Where.point(lon=37.617, lat=55.755, radius=20_000), Where.point(lon=-117.0, lat=46.73, radius=3000)],
    "Donetsk": [Where.point(lon=37.80, lat=48.02, radius=5000)],
    "Pokrovsk": [Where.point(lon=37.18, lat=48.28, radius=3000)],
    "Rason": [Where.point(lon=130.30, lat=42.24, radius=2000)],
    "Russia": [Where.point(lon=-84.4, lat=40.23, radius=1000)],
    "Ivanovka": [Where.point(lon=36.63, lat=48.10, radius=1000)],
    "Tikhoretsk": [Where.point(lon=40.125, lat=45.855, radius=3000)],
}  # fmt: skip


def _checked(text: str) -> DistanceCheck:
    (told,) = find_distances(text)
    return check_distance(told, _in_mind(NAMES), "ua")


@pytest.mark.parametrize(
    ("text", "outcome", "words"),
    [
        ("Ussuriysk, 98 kilometres north of Vladivostok", "differs", "98 may be by road; the mode is not stated"),
        ("Ussuriysk, about 80 km north of Vladivostok", "matches", "78 km"),
        ("Ussuriysk, 98 km by road north of Vladivostok", "unknown", "98 km by road is not known here"),
        ("Ussuriysk, 50 km by road north of Vladivostok", "differs", "shorter than that, which no way is"),
        ("Ussuriysk, 78 km west of Vladivostok", "differs", "not west"),
        ("Ussuriysk, 400 km north of Vladivostok", "differs", "not 400 km"),
        ("Sergeyevka, 138 km north of Vladivostok", "unknown", "Say which is meant"),
        ("Sergeyevka, 300 km north of Vladivostok", "differs", "Sergeyevka (44.34 N, 131.66 E)"),
        ("Tikhoretsk is roughly 200 km from the Ukrainian border", "matches", "20"),
        ("Tikhoretsk is roughly 290 km from the Ukrainian border", "differs", "may be by road"),
        ("Ussuriysk is 30 km from the border with China", "differs", "60 km"),
        ("Neverheard, 12 km west of Vladivostok", "unknown", "no gazetteer here holds 'Neverheard'"),
        ("Ussuriysk is 12 km from the front line", "unknown", "front_distance"),
        ("Ussuriysk is 98 km north of Vladivostok by road", "unknown", "98 km by road is not known here"),
        ("By road, Ussuriysk is 98 km north of Vladivostok", "unknown", "98 km by road is not known here"),
        ("Ussuriysk is a 98-km drive from Vladivostok", "unknown", "as a drive is not known here"),
        ("Ussuriysk, 60 miles north of the Russian city of Vladivostok", "differs", "97 may be by road"),
        ("Moscow said a base at Neverheard, 12 km west of Donetsk, fell", "unknown", "known here so near"),
        ("Donetsk officials said a depot 20 km west of Pokrovsk was hit", "unknown", "does not plainly name"),
        ("They trained in Russia, 98 km north of Vladivostok", "unknown", "no gazetteer here holds 'Russia'"),
        ("Ussuriysk is 60 km from China", "matches", "60 km in a"),
        ("Rason, 33 km from North Korea's border with Russia", "matches", "32 km"),
        ("Rason, 60 km from the border between North Korea and Russia", "differs", "32 km"),
        ("Ivanovka, 12 km west of Pokrovsk, was shelled", "unknown", "no place of that name is known here so near"),
        ("Vladivostok, 6,420 km east of Moscow", "unknown", "Say which is meant"),
        ("From Moscow to Vladivostok is 9,288 km by rail", "unknown", "by rail is not known here"),
        ("Pokrovsk, 8 km from Russian positions, was shelled", "unknown", "no gazetteer here holds"),
        ("Pokrovsk, 3 km from the Donetsk regional border", "unknown", "'Donetsk regional border'"),
        ("Pokrovsk, 8 km from Russian lines", "unknown", "no gazetteer here holds"),
        ("Vladivostok, 16,550 km from Moscow", "differs", "not 16,550 km"),
    ],
)  # fmt: skip
def test_a_printed_distance_is_measured_and_the_difference_told(text: str, outcome: str, words: str) -> None:
    """The two printed errors of the reporting among them; namesakes are never chosen between."""
    checked = _checked(text)
    assert checked.outcome == outcome, checked.words
    assert words in checked.words


def test_the_real_gazetteer_flags_both_printed_errors_and_offers_a_similar_name(gazetteer: Gazetteer) -> None:
    """Ussuriysk by its real point; Tsukuryn, as printed, is in no gazetteer and Tsukuryne is offered."""
    (told,) = find_distances("At Ussuriysk, 98 km north of Vladivostok")
    assert check_distance(told, gazetteer.find, "iso").outcome == "differs"
    (told,) = find_distances("In Tsukuryn, 5 km west of Hirnyk")
    checked = check_distance(told, gazetteer.find, "iso")
    assert checked.outcome == "unknown"
    assert "Tsukuryne" in checked.words


def test_a_sentence_is_not_blamed_for_a_precision_that_nobody_gave() -> None:
    """Without radii 74 km is not told to be wrong beside 77.7; 98 still is."""
    ends = Where.point(lon=131.95139, lat=43.80291), Where.point(lon=131.87353, lat=43.10562)
    outcomes = {
        text: fit_of(find_distances(text)[0], *ends).outcome for text in ("74 km north of V", "98 km north of V")
    }
    assert outcomes == {"74 km north of V": "matches", "98 km north of V": "differs"}
