"""A label that names the wrong country is told by the coordinates: Cartagena is in Spain, and in Colombia."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline.imagery.chips import acquisitions
from dateline.imagery.resample import bounds_of
from dateline.measure.stated_place import stated_place
from dateline.places.atlas import Entry, build, on_disk
from dateline.places.gazetteer import Gazetteer

COLOMBIA = (-75.568, 10.348, -75.501, 10.456)
"""The bounds of the sample whose maker calls it Cartagena, Spain [degrees]."""
PLACES = (
    ("1", "Cartagena", -75.49, 10.40, "CO"),
    ("2", "Cartagena", -0.98, 37.60, "ES"),
    ("3", "Busan", 129.03, 35.10, "KR"),
)
COUNTRIES = (("CO", "COL", "Colombia"), ("ES", "ESP", "Spain"), ("KR", "KOR", "South Korea"))


@pytest.fixture
def gazetteer(tmp_path: Path) -> Iterator[Gazetteer]:
    """Three places in three countries."""
    entries = [
        Entry(ref=ref, name=name, lon=lon, lat=lat, country=country, population=900_000)
        for ref, name, lon, lat, country in PLACES
    ]
    build(tmp_path / "atlas.sqlite", entries, COUNTRIES)
    atlas = on_disk("test", tmp_path / "atlas.sqlite")
    assert atlas is not None
    opened = Gazetteer((atlas,))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("stated", "code", "words"),
    [
        ("Cartagena, Spain", "place-elsewhere", "those of Cartagena in Colombia"),
        ("Cartagena, ES", "place-elsewhere", "10.40 N 75.53 W"),
        ("Cartagena, Colombia", None, ""),
        ("Cartagena", None, ""),
        ("Busan, South Korea", "place-not-there", "km from it"),
        ("Cartagena, South Korea", "place-elsewhere", "Colombia"),
        ("Nowhere, Spain", "place-unknown", "not checked"),
        ("Cartagena, Atlantis", "place-unknown", "not checked"),
    ],
)
def test_what_is_stated_is_compared_with_the_coordinates(
    gazetteer: Gazetteer, stated: str, code: str | None, words: str
) -> None:
    """Fitting labels are not spoken of; others are told with what really lies there, or how far off the place is."""
    note = stated_place(COLOMBIA, stated, gazetteer)
    assert (None if note is None else note.code) == code
    assert note is None or words in note.text


@pytest.mark.samples
def test_the_sample_said_to_be_in_spain_lies_in_colombia(samples: Path, gazetteer: Gazetteer) -> None:
    """The file itself: its grid's bounds, its maker's label, and what is said of them."""
    (found,) = acquisitions([samples / "ships" / "sen2ships_cartagena"])
    note = stated_place(bounds_of(found.grid), "Cartagena, Spain", gazetteer)
    assert note is not None
    assert note.code == "place-elsewhere"
    assert "Colombia" in note.text
