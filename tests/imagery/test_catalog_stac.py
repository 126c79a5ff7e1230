"""Three STAC services: what their items say becomes offers, with what must not be believed marked as doubtful."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from catalog_replies import Answers, ask, item, page, raw_reply
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.core.errors import InputError
from dateline.core.when import When
from dateline.imagery.catalog.catalogue import service
from dateline.imagery.catalog.service import Asset, Checksum, Found, Ticket, drive

S2 = "S2A_MSIL2A_20210310T021541_N0500_R003_T52TDN_20230615T095500"


def search(name: str, collection: str, *replies: Any, **asked: Any) -> tuple[Found, Answers]:
    """A search that is answered so."""
    answers = Answers(replies)
    return drive(service(name).search(ask(collection, **asked)), answers), answers


def test_a_question_is_one_collection_one_period_one_area() -> None:
    """What POST /search is sent: nothing that a service's dialect could trip over."""
    periods = (When.month(2021, 3), When.month(2024, 3))
    _, answers = search("earth_search", "sentinel-2-l2a", page(), periods=periods, cloud=0.2)
    assert [json.loads(request.body or b"") for request in answers.asked] == [
        {
            "collections": ["sentinel-2-l2a"],
            "bbox": [130.2, 42.1, 130.4, 42.3],
            "datetime": f"{year}-03-01T00:00:00Z/{year}-03-31T23:59:59Z",
            "limit": 100,
        }
        for year in (2021, 2024)
    ]
    assert answers.asked[0].method == "POST"
    assert answers.asked[0].url == "https://earth-search.aws.element84.com/v1/search"


def test_an_item_becomes_an_offer() -> None:
    """All that the image log and the plan need of Sentinel-2."""
    told = item(
        "S2A_52TDN_20210310_1_L2A",
        "2021-03-10T02:22:34.512000Z",
        platform="sentinel-2a",
        instruments=["msi"],
        **{
            "eo:cloud_cover": 12.5,
            "grid:code": "MGRS-52TDN",
            "s2:processing_baseline": "05.00",
            "s2:product_uri": f"{S2}.SAFE",
            "earthsearch:boa_offset_applied": False,
            "sat:orbit_state": "descending",
            "sat:relative_orbit": 3,
        },
    )
    found, _ = search("earth_search", "sentinel-2-l2a", page(told))
    offer = found.offers[0]
    assert (offer.name, offer.tile, offer.platform, offer.instrument) == (S2, "52TDN", "Sentinel-2A", "MSI")
    assert (offer.cloud, offer.orbit, offer.direction, offer.baseline) == (0.125, 3, "descending", "05.00")
    assert offer.start == offer.end == datetime(2021, 3, 10, 2, 22, 34, 512000, UTC)
    assert offer.made == datetime(2023, 6, 15, 9, 55, tzinfo=UTC)
    assert offer.attribution == "Contains modified Copernicus Sentinel data 2021"
    assert [asset.key for asset in offer.assets] == ["red"]  # the thumbnail is a picture
    red = offer.assets[0]
    assert (red.name, red.needs, red.windowed, red.nodata, red.offset) == ("B04.tif", "nothing", True, 0.0, -0.1)
    assert b"II*\x00" in red.begins
    assert offer.dn_offset == -1000
    assert [doubt.code for doubt in offer.doubts] == ["offset-may-be-wrong"]


@pytest.mark.parametrize(
    ("baseline", "applied", "offset", "doubts"),
    [
        ("03.01", None, 0, []),
        ("03.01", True, 0, []),
        ("04.00", True, 0, ["offset-may-be-wrong", "offset-contradicted"]),
        ("05.10", False, -1000, ["offset-may-be-wrong"]),
        ("05.10", None, -1000, ["offset-may-be-wrong"]),  # as the band states it
        (None, None, None, ["no-baseline"]),
        ("5.1", None, None, ["no-baseline"]),
        ("05.10", "yes", -1000, ["offset-may-be-wrong"]),
    ],
)
def test_earth_searchs_offset_is_told_as_stated_and_doubted(
    baseline: str | None, applied: object, offset: int | None, doubts: list[str]
) -> None:
    """The trap of this catalogue: what it states is passed on, never without the warning that it may be wrong."""
    told = item("a", "2021-03-10T02:00:00Z", **{"earthsearch:boa_offset_applied": applied})
    told["properties"]["s2:processing_baseline"] = baseline
    found, _ = search("earth_search", "sentinel-2-l2a", page(told))
    assert found.offers[0].dn_offset == offset
    assert [doubt.code for doubt in found.offers[0].doubts] == doubts


def test_the_planetary_computer_is_not_harmonised() -> None:
    """From baseline 04.00 on 1,000 must be taken off, whatever the day of the scene."""
    items = [
        item(f"i{n}", "2019-03-10T02:00:00Z", **{"s2:processing_baseline": b}) for n, b in enumerate(["02.11", "05.00"])
    ]
    found, _ = search("planetary_computer", "sentinel-2-l2a", page(*items), periods=(When.month(2019, 3),))
    assert [offer.dn_offset for offer in found.offers] == [0, -1000]


def test_one_scene_in_two_baselines_is_one_offer() -> None:
    """The newest baseline is kept and the older one counted; a scene's other strip is kept too."""
    old = item(S2.replace("N0500", "N0209"), "2021-03-10T02:22:34Z")
    new = item(S2, "2021-03-10T02:22:34Z")
    again = item(S2.replace("20230615", "20240615"), "2021-03-10T02:22:34Z")
    strip = item(S2.replace("T095500", "T095501"), "2021-03-10T02:22:50Z")
    strip["geometry"]["coordinates"] = [[[130, 42], [130.3, 42], [130.3, 43], [130, 43], [130, 42]]]
    found, _ = search("copernicus", "sentinel-2-l2a", page(old, new, again, strip))
    assert [offer.id for offer in found.offers] == [again["id"], strip["id"]]
    assert found.older == 2


def test_cloud_is_compared_here_and_counted() -> None:
    """Scenes over the limit are left out and counted; those that say nothing of cloud stay."""
    items = [
        item(str(n), "2021-03-10T02:00:00Z", **({} if c is None else {"eo:cloud_cover": c}))
        for n, c in enumerate([5, 80, None, "x"])
    ]
    found, _ = search("earth_search", "sentinel-2-l2a", page(*items), cloud=0.3)
    assert ([offer.cloud for offer in found.offers], found.cloudy) == ([0.05, None, None], 1)


def link(**more: Any) -> dict[str, Any]:
    """A link to the next page."""
    return {"rel": "next", "method": "POST", "href": "https://earth-search.aws.element84.com/v1/search", **more}


@pytest.mark.parametrize(
    ("told", "sent"),
    [
        (link(body={"token": "next:2"}, merge=True), {"token": "next:2", "limit": 100}),
        (link(body={"next": "2", "limit": 1}, merge=False), {"next": "2", "limit": 1}),
        (link(body={"next": "2", "limit": 1}), {"next": "2", "limit": 1}),
    ],
)
def test_next_pages_are_asked_for_as_the_link_says(told: dict[str, Any], sent: dict[str, Any]) -> None:
    """POST with a body of its own, or one that is merged into ours (STAC API, item search, paging)."""
    found, answers = search(
        "earth_search", "sentinel-2-l2a", page(item("a", "2021-03-10T02:00:00Z"), links=[told]), page()
    )
    body = json.loads(answers.asked[1].body or b"")
    assert {key: body.get(key) for key in sent} == sent
    assert ("collections" in body) == (told.get("merge") is True)
    assert (found.complete, found.requests) == (True, 2)


def test_a_next_page_by_get_is_an_address() -> None:
    """Some services page by GET even after POST."""
    href = "https://earth-search.aws.element84.com/v1/search?token=2"
    one = page(item("a", "2021-03-10T02:00:00Z"), links=[{"rel": "next", "href": href}])
    _, answers = search("earth_search", "sentinel-2-l2a", one, page())
    assert (answers.asked[1].method, answers.asked[1].url) == ("GET", href)


@pytest.mark.parametrize(
    "href",
    [
        "https://evil.example/v1/search",
        "http://earth-search.aws.element84.com/v1/search",
        "https://earth-search.aws.element84.com.evil.example/v1/search",
        "https://earth-search.aws.element84.com@evil.example/",
        "https://earth-search.aws.element84.com:444/v1/search",
        "file:///etc/passwd",
        "//evil.example/",
    ],
)
def test_the_next_page_never_leads_to_another_host(href: str) -> None:
    """Nothing is sent there; what is missing is said."""
    one = page(item("a", "2021-03-10T02:00:00Z"), links=[link(href=href, body={"token": "2"})])
    found, answers = search("earth_search", "sentinel-2-l2a", one)
    assert len(answers.asked) == 1
    assert (len(found.offers), found.complete) == (1, False)
    assert "another host" in found.notes[0]


@pytest.mark.parametrize("body", [{"token": "same"}, None])
def test_a_service_that_pages_in_a_circle_is_left(body: object) -> None:
    """One page again and again (a known fault with sorting) ends by itself."""
    circle = page(item("a", "2021-03-10T02:00:00Z"), links=[link(body=body)])
    found, answers = search("earth_search", "sentinel-2-l2a", circle, most=50)
    assert len(answers.asked) <= 60
    assert (len(found.offers), found.complete) == (1, False)


def test_ten_thousand_pages_are_not_read() -> None:
    """The greatest number of offers that is wanted bounds the number of pages."""

    class Endless(Answers):
        def __call__(self, request: Any) -> Any:
            number = len(self.asked)
            told = item(str(number), "2021-03-10T02:00:00Z")
            self.replies = [*self.replies[:0], *[page(told, links=[link(body={"token": str(number)})])] * (number + 1)]
            return super().__call__(request)

    answers = Endless([])
    found = drive(service("earth_search").search(ask("sentinel-2-l2a", most=30)), answers)
    assert 20 < len(found.offers) <= 30
    assert not found.complete
    assert len(answers.asked) <= 31


@settings(max_examples=40)
@given(st.integers(0, 60), st.integers(1, 20), st.integers(0, 2**31))
def test_pages_of_any_size_give_the_same_offers(count: int, size: int, seed: int) -> None:
    """However a listing is cut into pages, shuffled and repeated at the seams: each scene once, by time."""
    import random

    chance = random.Random(seed)
    items = [item(f"id{n:03d}", f"2021-03-{1 + n % 28:02d}T{n % 24:02d}:00:00Z") for n in range(count)]
    chance.shuffle(items)
    pages = [items[max(0, start - 1) : start + size] for start in range(0, max(count, 1), size)]
    replies = [
        page(*one, links=[link(body={"token": str(number)})] if number < len(pages) - 1 else [])
        for number, one in enumerate(pages)
    ]
    found, answers = search(
        "planetary_computer" if seed % 2 else "earth_search", "sentinel-2-l2a", *_hosted(replies, seed)
    )
    assert sorted(offer.id for offer in found.offers) == [f"id{n:03d}" for n in range(count)]
    assert [offer.start for offer in found.offers] == sorted(offer.start for offer in found.offers)
    assert (found.complete, len(answers.asked)) == (True, len(pages))


def _hosted(replies: list[Any], seed: int) -> list[Any]:
    if not seed % 2:
        return replies
    at = b"https://planetarycomputer.microsoft.com/api/stac/v1/search"
    return [raw_reply(one.body.replace(b"https://earth-search.aws.element84.com/v1/search", at)) for one in replies]


HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just("s3://b/k.tif"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = ["datetime", "eo:cloud_cover", "platform", "instruments", "grid:code", "sat:relative_orbit", "sat:orbit_state",
        "sar:polarizations", "s2:processing_baseline", "s2:product_uri", "gsd", "start_datetime"]  # fmt: skip


@settings(max_examples=40)
@given(
    st.sampled_from(
        [("earth_search", "sentinel-2-l2a"), ("planetary_computer", "sentinel-1-rtc"), ("copernicus", "sentinel-1-grd")]
    ),
    st.dictionaries(st.sampled_from(KEYS), HOSTILE),
    HOSTILE,
    HOSTILE,
    HOSTILE,
)
def test_items_of_any_shape_are_passed_over_or_read_with_unknowns(
    which: tuple[str, str], properties: dict[str, Any], geometry: Any, assets: Any, bbox: Any
) -> None:
    """No item, whatever it holds, breaks a search; a value of the wrong kind is unknown and never a number."""
    good = item("good", "2021-03-10T02:00:00Z")
    odd = {
        "id": "odd",
        "properties": {"datetime": "2021-03-11T00:00:00Z", **properties},
        "geometry": geometry,
        "assets": assets,
        "bbox": bbox,
    }
    body = json.dumps(
        {"features": [geometry, odd, good, {"id": assets}], "links": [bbox, {"rel": "next", "href": bbox}]}
    )
    found, _ = search(*which, raw_reply(body.encode()))
    assert "good" in [offer.id for offer in found.offers]
    for offer in found.offers:
        assert offer.cloud is None or 0 <= offer.cloud <= 1
        assert offer.orbit is None or 0 < offer.orbit <= 400
        assert offer.resolution is None or offer.resolution > 0
        assert all(asset.url.startswith(("http", "s3")) and "/" not in asset.name for asset in offer.assets)


def test_radar_is_marked_for_what_it_is() -> None:
    """Ground range detected has no map grid; terrain corrected is linear power with -32,768 where nothing was."""
    told = item("S1A_IW_GRDH_1SDV_20210310T213700_20210310T213725_036937_045831", "2021-03-10T21:37:12Z")
    told["properties"] |= {"sar:polarizations": ["VV", "VH"], "sat:relative_orbit": 61, "sat:orbit_state": "ascending"}
    told["assets"] = {
        "vv": {
            "href": "s3://sentinel-s1-l1c/GRD/2021/3/10/IW/DV/x/measurement/iw-vv.tiff",
            "type": "image/tiff",
            "roles": ["data"],
        }
    }
    grd, _ = search("earth_search", "sentinel-1-grd", page(told))
    assert [doubt.code for doubt in grd.offers[0].doubts] == ["no-map-grid"]
    assert (grd.offers[0].polarisations, grd.offers[0].orbit) == (("VH", "VV"), 61)
    with pytest.raises(InputError) as caught:
        drive(service("earth_search").fetch(grd.offers[0].assets[0]), Answers([]))
    assert caught.value.code == "no-download"
    told["assets"]["vv"]["href"] = "https://sentinel1euwestrtc.blob.core.windows.net/sentinel1-grd-rtc/iw-vv.rtc.tiff"
    rtc, _ = search("planetary_computer", "sentinel-1-rtc", page(told))
    assert (rtc.offers[0].assets[0].nodata, rtc.offers[0].doubts[0].code) == (-32768.0, "linear-power")


TICKET_REPLY = {"token": "st=2021&se=2021-03-10T22%3A00%3A00Z&sig=abc%3D", "msft:expiry": "2021-03-10T22:00:00Z"}


def test_a_signature_is_asked_for_once_and_used_for_its_collection_only() -> None:
    """One token opens all files of a collection until it ends; it does not show in a repr."""
    asset = Asset(service="planetary_computer", key="vv", name="vv.tiff", url="https://x.blob.core.windows.net/a/vv.tiff",
                  needs="signature", gate="planetary_computer/sentinel-1-rtc")  # fmt: skip
    answers = Answers([raw_reply(json.dumps(TICKET_REPLY).encode())])
    pc = service("planetary_computer")
    ready = drive(pc.fetch(asset), answers)
    assert answers.asked[0].url == "https://planetarycomputer.microsoft.com/api/sas/v1/token/sentinel-1-rtc"
    assert ready.request.url == f"{asset.url}?{TICKET_REPLY['token']}"
    assert ready.ticket is not None
    assert "sig" not in repr(ready)
    assert not ready.ticket.open_at(datetime(2021, 3, 10, 21, 59, tzinfo=UTC))
    assert ready.ticket.open_at(datetime(2021, 3, 10, 21, 50, tzinfo=UTC))
    again = drive(pc.fetch(asset, ready.ticket), answers)
    assert (again, len(answers.asked)) == (ready, 1)
    drive(pc.fetch(asset, Ticket("planetary_computer/sentinel-2-l2a", "q", ready.ticket.until)), answers)
    assert len(answers.asked) == 2


@pytest.mark.parametrize("told", [{}, {"token": ""}, {"token": 5}, {"token": "a b"}, {"token": "a\r\nHost: x"}])
def test_what_is_no_signature_is_refused(told: dict[str, Any]) -> None:
    """An empty or malformed token is an error, and not an unsigned download."""
    asset = Asset(service="planetary_computer", key="vv", name="v", url="https://x/v", needs="signature", gate="a/b")
    with pytest.raises(InputError) as caught:
        drive(service("planetary_computer").fetch(asset), Answers([raw_reply(json.dumps(told).encode())]))
    assert caught.value.code == "catalog-reply"


def test_a_token_without_an_end_is_used_once() -> None:
    """Without an expiry a ticket counts as ended, so that it is asked for anew."""
    asset = Asset(service="planetary_computer", key="vv", name="v", url="https://x/v", needs="signature", gate="a/b")
    ready = drive(service("planetary_computer").fetch(asset), Answers([raw_reply(b'{"token": "sig=1"}')]))
    assert ready.ticket is not None
    assert not ready.ticket.open_at(datetime(2021, 1, 1, tzinfo=UTC))


def test_copernicus_names_its_store_and_what_an_account_opens() -> None:
    """S3 alone is refused with the way out; https needs the account; a product is named and its sum is read."""
    told = item(S2, "2021-03-10T02:22:34Z")
    product = "https://download.dataspace.copernicus.eu/odata/v1/Products(53af4b67-470d-4421-8901-54064d9aab1d)/$value"
    told["assets"] = {
        "B04_10m": {"href": "s3://eodata/x/B04_10m.jp2", "type": "image/jp2", "roles": ["data"], "auth:refs": ["s3"]},
        "Product": {"href": product, "type": "application/zip", "roles": ["data", "metadata", "archive"],
                    "file:size": 1129973855, "file:checksum": "d50110c9f0c53ff153bb15a61713905dbfa9dc"},
    }  # fmt: skip
    found, _ = search("copernicus", "sentinel-2-l2a", page(told))
    band, whole = found.offers[0].assets
    assert (whole.name, whole.needs, whole.size) == (f"{S2}.zip", "copernicus", 1129973855)
    assert whole.checksum == Checksum("md5", "c9f0c53ff153bb15a61713905dbfa9dc")
    assert drive(service("copernicus").fetch(whole), Answers([])).request.url == product
    with pytest.raises(InputError, match="keys of its own") as caught:
        drive(service("copernicus").fetch(band), Answers([]))
    assert "Product" in caught.value.do
