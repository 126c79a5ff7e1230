"""`where` and `distance`: every candidate, the case's own first, the country by polygon, a straight line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dateline.cli.app import run
from dateline.measure import places as rooms
from dateline.places.atlas import Entry, in_memory
from dateline.places.gazetteer import Gazetteer

CASE = {
    "case.toml": 'schema = 1\nid = "case"\nworldview = "ru"\ntitle = "T"\nquestion = "Q?"\n',
    "places/sergeyevka.toml": 'schema = 1\nid = "sergeyevka"\nrole = "village"\nnames = {en = "Sergeyevka"}\n'
    "where = {lon = 131.661, lat = 44.337, radius = 800.0}\n",
    "places/tripod.toml": 'schema = 1\nid = "tripod"\nrole = "camera"\nnames = {en = "Tripod Hill"}\n'
    "where = {lon = 131.7, lat = 44.3, radius = 10.0}\n",
}


@pytest.fixture(autouse=True)
def _small_gazetteer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four places instead of 235,000."""
    entries = (
        Entry(ref="v", name="Vladivostok", lon=131.87353, lat=43.10562, country="RU", population=600_000),
        Entry(ref="u", name="Ussuriysk", lon=131.95139, lat=43.80291, country="RU", population=158_000),
        Entry(ref="s", name="Sergeyevka", lon=133.358, lat=43.350, country="RU", population=5_000),
        Entry(ref="c", name="Simferopol", lon=34.11079, lat=44.95719, country="UA", population=336_000),
    )
    monkeypatch.setattr(rooms, "gazetteer", lambda: Gazetteer((in_memory("A list", entries),)))


@pytest.fixture
def case(tmp_path: Path) -> str:
    """A case with a place of its own."""
    for name, text in CASE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return str(tmp_path)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command prints."""
    assert run(arguments) == 0
    return capsys.readouterr().out


def test_a_case_s_own_place_comes_first_and_namesakes_stay(capsys: pytest.CaptureFixture[str], case: str) -> None:
    """Nothing is chosen silently: both are listed."""
    first, second = told(capsys, "where", "Sergeyevka", "--case", case).splitlines()
    assert "a place of this case" in first
    assert "43.35000 N" in second


def test_the_country_follows_the_case_s_view_and_a_flag_wins(capsys: pytest.CaptureFixture[str], case: str) -> None:
    """Simferopol in the case's view, in another, and without a case."""
    assert "in Russia" in told(capsys, "where", "Simferopol", "--case", case)
    assert "in Ukraine" in told(capsys, "where", "Simferopol", "--case", case, "--worldview", "ua")
    assert "in Ukraine" in told(capsys, "where", "44.95, 34.10")


def test_a_name_that_no_gazetteer_has_is_said_to_be_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1."""
    assert run(("where", "Neverheard")) == 1
    assert "No gazetteer here knows" in capsys.readouterr().out


def test_vladivostok_to_ussuriysk_is_78_km_at_5_degrees(capsys: pytest.CaptureFixture[str]) -> None:
    """With what both ends leave open, in words and as JSON."""
    data = json.loads(told(capsys, "distance", "Vladivostok", "Ussuriysk", "--json"))
    assert data["distance"]["best"] == pytest.approx(77.7, abs=0.4)
    assert data["bearing"]["best"] == pytest.approx(4.6, abs=0.5)
    assert data["distance"]["high"] - data["distance"]["low"] > 10
    assert "straight line 78 km" in told(capsys, "distance", "Vladivostok", "Ussuriysk")


def test_the_case_s_place_is_an_end_of_a_line(capsys: pytest.CaptureFixture[str], case: str) -> None:
    """138 km, not the 124 km of the other Sergeyevka."""
    assert "138 km" in told(capsys, "distance", "Vladivostok", "Sergeyevka", "--case", case)


def test_a_sensitive_place_comes_with_a_warning(capsys: pytest.CaptureFixture[str], case: str) -> None:
    """Its distance from a known place would give it away in print; other places have no warning."""
    for asked in (("where", "Tripod Hill"), ("distance", "Vladivostok", "Tripod Hill")):
        assert run((*asked, "--case", case)) == 0
        assert "Tripod Hill is a sensitive place of this case" in capsys.readouterr().err
    assert run(("distance", "Vladivostok", "Sergeyevka", "--case", case)) == 0
    assert "sensitive" not in capsys.readouterr().err


def test_near_what_is_no_position_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """And not passed over."""
    assert run(("where", "Sergeyevka", "--near", "Vladivostok")) == 2
    assert "--near is a position" in capsys.readouterr().err
