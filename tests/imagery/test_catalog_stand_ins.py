"""The services through the door, against stand-ins in processes of their own that speak the real formats and fail."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from catalog_replies import ask
from tests.services.process import running

from dateline.core.errors import InputError
from dateline.core.when import When
from dateline.evidence.door.client import Door
from dateline.evidence.door.request import Request, post_json
from dateline.imagery.catalog.catalogue import service
from dateline.imagery.catalog.colormap import read_colormap
from dateline.imagery.catalog.login_page import is_login_page
from dateline.imagery.catalog.service import Found, drive

COAST = (-125.01, -47.01, -124.99, -46.99)
MONTHS = "VNP46A3:2021-03-01,2021-04-01,2024-03-01"


@pytest.fixture(scope="module")
def nasa() -> Iterator[str]:
    """CMR and LAADS with five months of one tile, each in two versions, two on a page."""
    with running("tests.services.nasa", "--make", MONTHS, "--two-stamps", "--page", "2", "--seed", "4") as url:
        yield url


@pytest.fixture(scope="module")
def stac() -> Iterator[str]:
    """The three STAC services with two days, one scene a page."""
    with running("tests.services.stac", "--page", "1", "--size", "256", "--two-baselines", "--expire", "2") as url:
        yield url


@pytest.fixture
def door() -> Iterator[Door]:
    """A door that may go to this machine."""
    with Door(private=True) as door:
        yield door


def control(door: Door, base: str, **faults: Any) -> None:
    """Empties the log and sets faults."""
    door.ask(Request(f"{base}/__reset", "POST"))
    door.ask(post_json(f"{base}/__faults", faults))


def log(door: Door, base: str) -> list[dict[str, Any]]:
    """What the stand-in was asked."""
    told: list[dict[str, Any]] = door.ask(Request(f"{base}/__log")).json()
    return told


def at(base: str, name: str) -> dict[str, str]:
    """Where a service stands in."""
    return {
        "cmr": {"search": f"{base}/search", "archive": f"{base}/archive"},
        "laads": {"api": f"{base}/api/v2", "archive": f"{base}/archive"},
        "earth_search": {"stac": f"{base}/earth-search/v1"},
        "planetary_computer": {"stac": f"{base}/pc/api/stac/v1", "sas": f"{base}/pc/api/sas/v1"},
        "copernicus": {"stac": f"{base}/cdse/v1"},
    }[name]


def two_months(door: Door, base: str, name: str) -> Found:
    """March 2021 and March 2024."""
    periods = (When.month(2021, 3), When.month(2024, 3))
    return drive(service(name, at(base, name)).search(ask("VNP46A3", periods=periods, area=COAST)), door.ask)


@pytest.mark.parametrize("name", ["cmr", "laads"])
def test_two_months_asked_for_are_two_months_offered(door: Door, nasa: str, name: str) -> None:
    """And asked for as two, over all pages, in the newest version."""
    control(door, nasa)
    found = two_months(door, nasa, name)
    assert [offer.start.date().isoformat() for offer in found.offers] == ["2021-03-01", "2024-03-01"]
    assert (found.older, found.complete, found.outside) == (2, True, 0)
    asked = {
        parse_qs(entry["query"])["temporal" if name == "cmr" else "temporalRanges"][0] for entry in log(door, nasa)
    }
    assert len(asked) == 2
    assert all(offer.simulated for offer in found.offers)


@pytest.mark.parametrize("name", ["cmr", "laads"])
def test_a_service_that_fails_three_times_in_ten_still_answers_whole(door: Door, nasa: str, name: str) -> None:
    """500, 503, cut bodies, broken connections: the same offers as without."""
    control(door, nasa)
    calm = two_months(door, nasa, name)
    for faults in ({"gone": 1, "reset": 1, "truncate": 1}, {"fail": 0.3}):
        control(door, nasa, **faults)
        stormy = two_months(door, nasa, name)
        assert [offer.name for offer in stormy.offers] == [offer.name for offer in calm.offers]
        if "gone" in faults:
            assert {"gone", "reset", "truncate"} <= {entry["fault"] for entry in log(door, nasa)}
    control(door, nasa)


def test_busy_is_waited_for(door: Door, nasa: str) -> None:
    """429 with Retry-After."""
    control(door, nasa, busy=1)
    began = time.monotonic()
    assert len(two_months(door, nasa, "cmr").offers) == 2
    assert time.monotonic() - began >= 1


def test_a_web_page_instead_of_a_listing_is_named(door: Door, nasa: str) -> None:
    """Status 200 and HTML: an error, not an empty result."""
    control(door, nasa, html=1)
    with pytest.raises(InputError) as caught:
        two_months(door, nasa, "cmr")
    assert caught.value.code == "login-page"


def test_a_file_without_a_login_is_recognised_as_a_page(door: Door, nasa: str) -> None:
    """302 to a login page with status 200: told by its first bytes, its type or its host; a granule is not."""
    control(door, nasa)
    asset = two_months(door, nasa, "cmr").offers[0].assets[0]
    request = drive(service("cmr", at(nasa, "cmr")).fetch(asset), door.ask).request
    with door.open(request) as answer:
        first = next(iter(answer.pieces()))
        assert answer.status == 200
        assert is_login_page(first, media_type=answer.header("content-type"), url=answer.url)
    host = nasa.removeprefix("http://")
    with Door(private=True, logins={host: "Bearer letmein"}) as known, known.open(request) as answer:
        data = b"".join(answer.pieces())
        assert not is_login_page(data[:512], media_type=answer.header("content-type"), url=answer.url)
    assert data.startswith(asset.begins[0])
    assert len(data) == asset.size


@pytest.mark.parametrize(
    ("name", "collection"),
    [
        ("earth_search", "sentinel-2-l2a"),
        ("earth_search", "sentinel-2-c1-l2a"),
        ("earth_search", "sentinel-1-grd"),
        ("planetary_computer", "sentinel-2-l2a"),
        ("planetary_computer", "sentinel-1-rtc"),
        ("copernicus", "sentinel-2-l2a"),
        ("copernicus", "sentinel-1-grd"),
    ],
)
def test_every_stac_service_pages_to_the_end(door: Door, stac: str, name: str, collection: str) -> None:
    """Each in its own way of paging; old baselines are left out and counted."""
    control(door, stac, fail=0.2)
    wanted = ask(collection, periods=(When.month(2024, 1),), area=COAST)
    found = drive(service(name, at(stac, name)).search(wanted), door.ask)
    assert [offer.start.date().isoformat() for offer in found.offers] == ["2024-01-05", "2024-01-15"]
    assert found.complete
    assert found.older == (2 if "sentinel-2" in collection else 0)
    assert found.requests == (4 if "sentinel-2" in collection else 2)


def test_windows_can_be_read_and_signatures_run_out(door: Door, stac: str) -> None:
    """A signed file answers ranges with 206; without a signature, or after its end, with 403."""
    control(door, stac)
    pc = service("planetary_computer", at(stac, "planetary_computer"))
    wanted = ask("sentinel-1-rtc", periods=(When.month(2024, 1),), area=COAST)
    asset = drive(pc.search(wanted), door.ask).offers[0].assets[0]
    ready = drive(pc.fetch(asset), door.ask)
    part = Request(ready.request.url, headers=(("Range", "bytes=0-15"),))
    with door.open(part) as answer:
        assert (answer.status, len(b"".join(answer.pieces()))) == (206, 16)
    with door.open(Request(asset.url)) as answer:
        assert answer.status == 403
    time.sleep(3)
    with door.open(part) as answer:
        assert answer.status == 403
    again = drive(pc.fetch(asset), door.ask)
    with door.open(again.request) as answer:
        assert next(iter(answer.pieces())).startswith(asset.begins)


def test_what_is_asked_in_secret_stays_coarse(door: Door, stac: str) -> None:
    """With a grain the service sees a degree, and the scenes are still those of the place."""
    control(door, stac)
    wanted = ask("sentinel-2-l2a", periods=(When.month(2024, 1),), area=COAST, grain=1.0)
    found = drive(service("earth_search", at(stac, "earth_search")).search(wanted), door.ask)
    assert len(found.offers) == 2
    assert json.loads(log(door, stac)[0]["body"])["bbox"] == [-126.0, -48.0, -124.0, -46.0]


def test_the_first_look_needs_no_login(door: Door) -> None:
    """Days, tiles and colour map over the wire."""
    with running("tests.services.gibs", "--gap", "2024-01-03") as url:
        gibs = service("gibs", {"wmts": f"{url}/wmts", "colormaps": f"{url}/colormaps"})
        layer = "VIIRS_SNPP_GapFilled_BRDF_Corrected_DayNightBand_Radiance"
        found = drive(gibs.search(ask(layer, periods=(When.month(2024, 1),))), door.ask)
        assert len(found.offers) == 30
        tile, colours = found.offers[0].assets
        assert door.ask(Request(tile.url)).body.startswith(tile.begins)
        assert len(read_colormap(door.ask(Request(colours.url)).body).bins) == 180
