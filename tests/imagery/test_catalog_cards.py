"""Every service found in the folder is whole: its card, its module, its licences, and what it says of us."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline.core.errors import InputError, UsageError
from dateline.evidence.item import Use
from dateline.imagery.catalog.card import Card, read_card
from dateline.imagery.catalog.catalogue import OWN, cards, service, services_for
from dateline.imagery.catalog.local import index
from dateline.imagery.catalog.service import drive
from dateline.imagery.sensor import sensors

CARDS = sorted(cards())


@pytest.mark.parametrize("name", CARDS)
def test_a_card_answers_what_people_ask(name: str) -> None:
    """Addresses over https, a licence that answers for every use, sensors that exist, a login that says whose."""
    card = cards()[name]
    assert (OWN / f"{name}.py").is_file()
    assert service(name).card == card
    assert card.docs.startswith("https://")
    assert all(address == "" or address.startswith("https://") for address in card.endpoints.values())
    assert card.collections
    for collection in card.collections.values():
        assert collection.sensor is None or collection.sensor in sensors()
        assert all(card.licences[collection.licence].permits(use) != "unknown" for use in Use)
    if card.login is not None:
        assert len(card.login.environment) == 3
        assert all("." in host and "/" not in host for host in card.login.hosts)


def test_services_that_share_products_say_the_same_of_them() -> None:
    """Black Marble is described once for each way to get it, and in the same words."""
    told = [cards()[name].collections for name in ("cmr", "laads", "folder")]
    assert told[0] == told[1] == told[2]


def test_who_has_a_collection() -> None:
    """Looked up over all cards."""
    assert [card.id for card in services_for("VNP46A3")] == ["cmr", "folder", "laads"]
    assert [card.id for card in services_for("sentinel-1-rtc")] == ["planetary_computer"]


def test_other_addresses_may_stand_in() -> None:
    """A mirror or a stand-in by name; a name that the card lacks is refused, as is a service that is none."""
    with pytest.raises(UsageError) as caught:
        service("cmr", {"serach": "https://mirror.example"})
    assert caught.value.code == "endpoint"
    with pytest.raises(UsageError, match="no such service"):
        service("sputnik")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('licence = "nasa"', 'licence = "mine"'),
        ("[endpoints]", "[endpoints]\nother = 'https://a.example/'"),
        ('title = "NASA LAADS DAAC"', "title = 5"),
        ('id = "laads"', 'id = "other"'),
        ("schema = 1", "schema = 2"),
        ("schema = 1", "schema = "),
    ],
)
def test_a_card_with_a_fault_is_refused(tmp_path: Path, before: str, after: str) -> None:
    """Each fault names the file."""
    path = tmp_path / "laads.toml"
    path.write_text((OWN / "laads.toml").read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_card(path)
    assert caught.value.code == "service-card"
    assert "laads.toml" in caught.value.what


def test_cards_are_frozen() -> None:
    """Nobody changes an address on the way."""
    card: Card = cards()["cmr"]
    with pytest.raises(ValueError, match="frozen"):
        card.title = "mine"


def test_a_folder_is_a_service(tmp_path: Path) -> None:
    """By names only, the newest stamp; nothing is asked of anybody, and nothing is downloaded."""
    from catalog_replies import Answers, ask

    for stamp in ("2023101000000", "2024192174224"):
        (tmp_path / f"VNP46A3.A2021060.h31v04.002.{stamp}.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    (tmp_path / "notes.txt").write_text("mine")
    assert len(index(tmp_path).granules) == 1
    answers = Answers([])
    found = drive(service("folder", {"folder": str(tmp_path)}).search(ask("VNP46A3")), answers)
    assert [offer.name for offer in found.offers] == ["VNP46A3.A2021060.h31v04.002.2024192174224.h5"]
    assert (found.older, answers.asked) == (1, [])
    assert found.offers[0].assets[0].url.startswith("file://")
    with pytest.raises(InputError) as caught:
        drive(service("folder").fetch(found.offers[0].assets[0]), answers)
    assert caught.value.code == "no-download"
    with pytest.raises(UsageError, match="No folder"):
        drive(service("folder").search(ask("VNP46A3")), answers)
