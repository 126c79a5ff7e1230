"""The country of a place comes from polygons in a declared view, and is not told where it is not sure."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from dateline.core import UsageError, Where
from dateline.places.borders import VIEWS, borders
from dateline.places.country import CountryAt, country_of


def at(lon: float, lat: float, *, view: str = "iso", radius: float = 500.0) -> CountryAt:
    """The country of a point."""
    return country_of(Where.point(lon=lon, lat=lat, radius=radius), view)


@pytest.mark.parametrize(
    ("view", "code"), [("iso", "UA"), ("ua", "UA"), ("us", "UA"), ("ru", "RU"), ("de-facto", "RU")]
)
def test_simferopol_is_where_the_declared_view_puts_it_and_the_other_views_are_told(view: str, code: str) -> None:
    """All common world files put Simferopol in Russia; the case's view decides here, and who differs is said."""
    answer = at(34.10, 44.95, view=view)
    assert answer.codes == (code,)
    assert set(answer.others) == {"Russia" if code == "UA" else "Ukraine"}


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [(129.78, 41.78, "KP"), (130.30, 42.24, "KP"), (131.95, 43.80, "RU"), (37.37, 48.06, "UA"), (37.80, 48.0, "UA"),
     (126.98, 37.57, "KR"), (126.55, 37.97, "KP"), (4.30, 52.08, "NL")],
)  # fmt: skip
def test_places_of_the_investigation_lie_in_one_country(lon: float, lat: float, code: str) -> None:
    """Chongjin, Rason, Ussuriysk, Hirnyk, Donetsk, Seoul, Kaesong, The Hague."""
    answer = at(lon, lat)
    assert (answer.standing, answer.codes) == ("inside", (code,))


def test_a_place_nearer_to_a_border_than_the_drawing_is_good_has_two_countries() -> None:
    """Tumangang and Khasan face each other across the river: the nearest town would have decided."""
    for lon, lat in ((130.62, 42.42), (130.64, 42.43)):
        answer = at(lon, lat)
        assert (answer.standing, answer.codes) == ("near a border", ("KP", "RU"))
        assert "too near the border" in answer.words


def test_a_wide_radius_reaches_over_the_border() -> None:
    """What is known to 40 km only may lie on either side."""
    assert at(130.30, 42.24).codes == ("KP",)
    assert set(at(130.30, 42.24, radius=40_000).codes) >= {"KP", "RU", "CN"}


@pytest.mark.parametrize(
    ("lon", "lat", "area"),
    [(35.80, 33.0, "Golan"), (74.80, 34.10, "Kashmir"), (-13.20, 27.15, "Western Sahara"), (145.9, 44.1, "Kuril")],
)
def test_land_that_the_polygons_do_not_cut_out_has_no_country_in_any_view(lon: float, lat: float, area: str) -> None:
    """A wrong country in print is worse than none."""
    for view in ("iso", "de-facto", "us", "ru"):
        answer = at(lon, lat, view=view)
        assert answer.codes == ()
        assert area in answer.words


@pytest.mark.parametrize(
    ("name", "lon", "lat", "code"),
    [("Chisinau", 28.86, 47.01, "MD"), ("Islamabad", 73.05, 33.69, "PK"), ("Sialkot", 74.53, 32.49, "PK"),
     ("Dharamshala", 76.32, 32.21, "IN"), ("Dibrugarh", 94.9, 27.47, "IN"), ("Gori", 44.11, 41.98, "GE"),
     ("Nemuro", 145.58, 43.33, "JP")],
)  # fmt: skip
def test_towns_beside_contested_land_are_not_called_contested(name: str, lon: float, lat: float, code: str) -> None:
    """Capitals among them: that states differ on Islamabad would be false in print."""
    assert at(lon, lat).codes == (code,), name


@pytest.mark.parametrize(
    ("lon", "lat", "area"),
    [(29.6, 46.84, "Transnistria"), (29.0, 47.77, "Transnistria"), (74.86, 32.73, "Kashmir"), (73.47, 34.37, "Kashmir"),
     (79.5, 35.2, "Kashmir"), (74.31, 35.92, "Kashmir"), (93.6, 27.1, "Arunachal"), (91.87, 27.58, "Arunachal"),
     (43.97, 42.23, "Ossetia"), (145.86, 44.03, "Kuril"), (41.0, 43.0, "Abkhazia")],
)  # fmt: skip
def test_towns_of_contested_land_have_no_country(lon: float, lat: float, area: str) -> None:
    """Tiraspol, Ribnita, Jammu, Muzaffarabad, Aksai Chin, Gilgit, Itanagar, Tawang, Tskhinvali, Kunashir, Sukhumi."""
    assert at(lon, lat).codes == ()
    assert area in at(lon, lat).words


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [(-8.0, 39.6, "PT"), (31.6, 4.85, "SS"), (147.2, -9.4, "PG"), (-58.9, -51.7, "FK"), (72.41, -7.31, "IO"),
     (20.5, 54.71, "RU"), (45.41, 39.21, "AZ"), (-5.31, 35.889, "ES"), (179.99, -16.85, "FJ"), (180.0, 68.5, "RU"),
     (0.0, -90.0, "AQ")],
)  # fmt: skip
def test_every_country_goes_by_its_name_and_two_letters(lon: float, lat: float, code: str) -> None:
    """Portugal, South Sudan, Papua New Guinea have codes of their parts in the file; exclaves, 180 degrees, a pole."""
    assert at(lon, lat, radius=0).codes == (code,)


def test_no_view_owns_land_by_a_code_without_a_name() -> None:
    """In every view every piece is some named country's."""
    found = borders()
    assert {owner for part in found.parts for owner in part.owner.values()} <= set(found.names)


def test_the_sea_and_the_harbour_are_told_apart() -> None:
    """A mole outside the drawn coast belongs to its country; the open sea to none."""
    assert at(134.0, 40.0).words == "at sea"
    assert at(129.9, 41.70).standing == "off the coast"
    assert at(129.9, 41.70).codes == ("KP",)


def test_an_area_across_a_border_has_both_countries() -> None:
    """An outline is asked as a whole."""
    ring = [(130.3, 42.2), (130.8, 42.2), (130.8, 42.6), (130.3, 42.6), (130.3, 42.2)]
    assert set(country_of(Where.area([[ring]]), "iso").codes) == {"CN", "KP", "RU"}


def test_an_unknown_view_is_refused() -> None:
    """The views that are drawn are listed."""
    with pytest.raises(UsageError, match="not drawn") as caught:
        at(0, 0, view="xx")
    assert caught.value.code == "worldview"
    assert all(view in caught.value.do for view in VIEWS)


def test_polygons_agree_with_what_geonames_states(samples: Path) -> None:
    """Of 6,073 places around these borders nearly all that are sure agree; who differs lies at a border."""
    table = samples / "gazetteer/geonames/kp_primorye_khabarovsk_ua.csv"
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert len(rows) > 6000
    wrong, sure = 0, 0
    for row in rows[::10]:
        answer = at(float(row["lon"]), float(row["lat"]), radius=0)
        if answer.standing == "inside":
            sure += 1
            wrong += answer.codes != (row["cc"],)
    print(f"sure {sure} of {len(rows[::10])}, differing {wrong}")
    assert sure > 500
    assert wrong <= 0.01 * sure
