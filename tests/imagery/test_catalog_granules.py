"""Black Marble's catalogues: what CMR and LAADS say becomes the granules that were asked for, each once, the newest."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from catalog_replies import Answers, ask, days, json_reply, raw_reply, umm
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.core.errors import InputError, UsageError
from dateline.core.when import When
from dateline.evidence.door.errors import Unavailable
from dateline.evidence.door.request import Reply, Request
from dateline.imagery.catalog.black_marble import first_day, period, tiles_for
from dateline.imagery.catalog.catalogue import service
from dateline.imagery.catalog.granules import spans_of
from dateline.imagery.catalog.service import Checksum, Found, drive, joined, span_of

NEW = "VNP46A3.A2021060.h31v04.002.2024192174224.h5"
OLD = "VNP46A3.A2021060.h31v04.002.2023101000000.h5"
NEIGHBOUR = "VNP46A3.A2021060.h30v04.002.2024192174224.h5"
APRIL = "VNP46A3.A2021091.h31v04.002.2024192174224.h5"


def query(request: Request) -> dict[str, str]:
    """The query of a request, one value a key."""
    return {key: values[0] for key, values in parse_qs(urlsplit(request.url).query).items()}


def cmr(*replies: Reply, **asked: object) -> tuple[Found, Answers]:
    """A search of CMR that is answered so."""
    answers = Answers(replies)
    return drive(service("cmr").search(ask("VNP46A3", **asked)), answers), answers


def test_an_offer_tells_all_that_a_plan_and_a_log_need() -> None:
    """Name, tile, period, production time, address, exact size, checksum, login and licence come from one reply."""
    told = umm(NEW, SizeInBytes=19_800_123, Checksum={"Value": "A" * 32, "Algorithm": "MD5"})
    found, _ = cmr(json_reply({"hits": 1, "items": [told]}))
    offer = found.offers[0]
    asset = offer.assets[0]
    assert (offer.name, offer.tile, offer.platform, offer.baseline) == (NEW, "h31v04", "Suomi-NPP", "002")
    assert (offer.start, offer.end) == (datetime(2021, 3, 1, tzinfo=UTC), datetime(2021, 4, 1, tzinfo=UTC))
    assert offer.made == datetime(2024, 7, 10, 17, 42, 24, tzinfo=UTC)
    assert offer.sensor == "black_marble_monthly"
    assert asset.url == f"https://data.laadsdaac.earthdatacloud.nasa.gov/prod-lads/VNP46A3/{NEW}"
    assert (asset.size, asset.needs, asset.begins) == (19_800_123, "earthdata", (b"\x89HDF\r\n\x1a\n",))
    assert asset.checksum == Checksum("md5", "a" * 32)
    assert offer.licence.share.allowed == "yes"
    assert "VNP46A3" in (offer.attribution or "")
    assert not offer.simulated


def test_neighbours_and_older_stamps_are_counted_and_left_out() -> None:
    """A box also returns neighbouring tiles and the month that begins where this one ends; the newest stamp wins."""
    items = [umm(name) for name in (OLD, NEIGHBOUR, NEW, APRIL, NEW)]
    found, _ = cmr(json_reply({"items": items}))
    assert [offer.name for offer in found.offers] == [NEW]
    assert (found.older, found.outside, found.complete) == (1, 2, True)


def test_two_months_are_two_questions() -> None:
    """March 2021 and March 2024 are asked for by themselves, never the 35 months between them."""
    answers = Answers([json_reply({"items": []})])
    periods = (When.month(2021, 3), When.month(2024, 3))
    drive(service("cmr").search(ask("VNP46A3", periods=periods)), answers)
    assert [query(request)["temporal"] for request in answers.asked] == [
        "2021-03-01T00:00:00Z,2021-03-31T23:59:59Z",
        "2024-03-01T00:00:00Z,2024-03-31T23:59:59Z",
    ]


def test_the_place_is_not_told() -> None:
    """CMR learns the tile of 10 by 10 degrees, which is all that it needs."""
    _, answers = cmr(json_reply({"items": []}))
    assert query(answers.asked[0])["bounding_box"] == "130.05,40.05,139.95,49.95"


def test_pages_are_asked_for_by_the_header_that_came() -> None:
    """CMR-Search-After is sent back as it is; its absence is the end."""
    first = json_reply({"items": [umm(OLD)]}, ("CMR-Search-After", '["lads",1614556800000,7]'))
    found, answers = cmr(first, json_reply({"items": [umm(NEW)]}))
    assert answers.asked[1].headers == (("CMR-Search-After", '["lads",1614556800000,7]'),)
    assert (found.requests, found.older, found.offers[0].page) == (2, 1, 1)


def test_endless_pages_end() -> None:
    """10,000 pages are not read: the search stops and says that it is not complete."""
    endless = json_reply({"items": [umm(NEIGHBOUR)]}, ("CMR-Search-After", "[1]"))
    found, answers = cmr(endless, most=100)
    assert len(answers.asked) <= 40
    assert not found.complete
    assert "page" in found.notes[0]


@pytest.mark.parametrize(
    "reply",
    [
        raw_reply(b"<!DOCTYPE html><title>Earthdata Login</title>", "text/html"),
        raw_reply(b"\n <html>moved</html>"),
        raw_reply(b"not json"),
        raw_reply(b"[" * 100_000),
        json_reply([1, 2]),
        json_reply({"errors": ["Parameter [short_name] was not recognized."]}),
        json_reply({"items": "many"}),
    ],
)
@pytest.mark.parametrize("name", ["cmr", "earth_search"])
def test_what_is_no_listing_is_an_error_in_words(name: str, reply: Reply) -> None:
    """A web page, other JSON, or half of it: an error of ours that says where it came from."""
    collection = "VNP46A3" if name == "cmr" else "sentinel-2-l2a"
    with pytest.raises(InputError) as caught:
        drive(service(name).search(ask(collection)), Answers([reply]))
    assert caught.value.code in {"login-page", "not-json", "catalog-reply"}
    assert "http" in caught.value.saw


HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=40)
@given(st.lists(HOSTILE, max_size=4), HOSTILE)
def test_entries_of_any_shape_are_passed_over(items: list[object], odd: object) -> None:
    """No entry, whatever it is, breaks a search or becomes an offer with invented values."""
    good = umm(NEW, SizeInBytes=odd, Checksum=odd)
    body = json.dumps({"items": [*items, good, {"umm": odd, "meta": odd}]}).encode()
    found, _ = cmr(raw_reply(body))
    assert [offer.name for offer in found.offers] == [NEW]
    size = found.offers[0].assets[0].size
    assert size is None or 0 < size < 10**18


@pytest.mark.parametrize(
    "url",
    ["ftp://host/x.h5", "https://user:word@host/x.h5", "https:///x.h5", "file:///etc/x.h5", "https://h/\r\nx.h5", 7],
)
def test_addresses_that_are_none_are_not_offered(url: object) -> None:
    """Only http and https addresses without a login in them become assets."""
    found, _ = cmr(
        json_reply(
            {"items": [umm(NEW, url=f"{url}") if isinstance(url, str) else {"umm": {"RelatedUrls": [{"URL": url}]}}]}
        )
    )
    assert found.offers == ()
    assert found.unreadable == 1


def test_laads_is_listed_by_its_own_service() -> None:
    """`content/details`: names, exact sizes, MD5 sums and relative addresses; next pages by their link."""
    row = {
        "name": NEW,
        "size": 123,
        "md5sum": "b" * 32,
        "downloadsLink": f"/archive/allData/5200/VNP46A3/2021/060/{NEW}",
    }
    link = "https://ladsweb.modaps.eosdis.nasa.gov/api/v2/content/details?products=VNP46A3&page=2"
    answers = Answers([json_reply({"content": [row], "nextPageLink": link}), json_reply({"content": [{"name": OLD}]})])
    found = drive(service("laads").search(ask("VNP46A3")), answers)
    asset = found.offers[0].assets[0]
    assert asset.url == f"https://ladsweb.modaps.eosdis.nasa.gov/archive/allData/5200/VNP46A3/2021/060/{NEW}"
    assert (asset.size, asset.checksum) == (123, Checksum("md5", "b" * 32))
    assert (answers.asked[1].url, found.older) == (link, 1)
    assert query(answers.asked[0])["temporalRanges"] == "2021-03-01..2021-03-31"


def test_a_next_page_on_another_host_is_never_asked_for() -> None:
    """A listing cannot lead us elsewhere; what is missing is said."""
    answers = Answers([json_reply({"content": [{"name": NEW}], "nextPageLink": "https://evil.example/details?page=2"})])
    found = drive(service("laads").search(ask("VNP46A3")), answers)
    assert len(answers.asked) == 1
    assert not found.complete
    assert "evil.example" in found.notes[0]


def test_where_the_listing_service_is_down_the_folders_are_listed() -> None:
    """LAADS' listing failed in practice; each month's .csv still tells names and sizes."""
    listing = (
        f"name,last_modified,size\n{OLD},2023-04-11 07:00,99\n{NEW},2024-07-10 17:42,101\n{NEIGHBOUR},2024-07-10,5\n"
    )

    def answer(request: Request) -> Reply:
        if "content/details" in request.url:
            raise Unavailable("The server refused.", saw="503", do="Wait.", code="http-status", again=True)
        assert request.url.endswith("/archive/allData/5200/VNP46A3/2021/060.csv")
        return Reply(request.url, 200, (("content-type", "text/csv"),), listing.encode())

    found = drive(service("laads").search(ask("VNP46A3")), answer)
    assert [(offer.name, offer.assets[0].size) for offer in found.offers] == [(NEW, 101)]
    assert found.older == 1


def test_where_both_ways_fail_the_first_failure_is_told() -> None:
    """Listings of folders need a login; without one the error is still that the listing service is down."""

    def answer(request: Request) -> Reply:
        if "content/details" in request.url:
            raise Unavailable("The server refused.", saw="503", do="Wait.", code="http-status", again=True)
        return Reply(request.url, 200, (("content-type", "text/html"),), b"<html>Earthdata Login</html>")

    with pytest.raises(Unavailable) as caught:
        drive(service("laads").search(ask("VNP46A3")), answer)
    assert caught.value.saw == "503"


def test_real_listings_are_read(samples: Path) -> None:
    """The folders' listings that people published have a nameless first column; it does no harm."""
    body = (samples / "lights" / "laads_listings" / "monthly_2020-03_files.csv").read_bytes()
    recent = body.replace(b".001.", b".002.")  # the listing is of Collection 1, which is not offered

    def answer(request: Request) -> Reply:
        if "content/details" in request.url:
            return Reply(request.url, 200, (), b"<html>maintenance</html>")
        return Reply(request.url, 200, (), recent)

    found = drive(service("laads").search(ask("VNP46A3", periods=(When.month(2020, 3),))), answer)
    assert [offer.tile for offer in found.offers] == ["h31v04"]
    assert found.offers[0].assets[0].size is not None
    assert found.offers[0].assets[0].size > 15_000_000
    assert found.outside > 400


@given(
    st.sampled_from(["VNP46A2", "VNP46A3", "VNP46A4"]),
    st.lists(st.tuples(st.dates(date(2012, 1, 1), date(2026, 1, 1)), st.integers(0, 90)), min_size=1, max_size=5),
)
def test_spans_hold_every_granule_asked_for_and_no_other(product: str, wanted: list[tuple[date, int]]) -> None:
    """Each asked day's granule lies wholly in one span, and each span is made of such granules only."""
    spans = joined(span_of(When.between(first, date.fromordinal(first.toordinal() + more))) for first, more in wanted)
    widened = spans_of(product, spans)
    starts = {
        first_day(product, date.fromordinal(first.toordinal() + k)) for first, more in wanted for k in range(more + 1)
    }
    covered = sum((span.end - span.start).total_seconds() for span in widened)
    exact = sum(
        (span_of(period(product, day)).end - span_of(period(product, day)).start).total_seconds() for day in starts
    )
    assert covered == exact
    for day in starts:
        own = span_of(period(product, day))
        assert any(span.start <= own.start and own.end <= span.end for span in widened)


@given(st.floats(-179, 175), st.floats(-89, 85), st.floats(0.01, 4), st.floats(0.01, 4), st.floats(0.05, 5))
def test_a_coarser_question_holds_the_place_and_does_not_show_it(
    west: float, south: float, width: float, height: float, grain: float
) -> None:
    """Widened areas contain the true one and lie on the grid; tiles of the true area stay the same."""
    area = (west, south, min(west + width, 180), min(south + height, 90))
    one = ask("sentinel-2-l2a", area=area, grain=grain).shown[0]
    assert one[0] <= area[0] + 1e-9
    assert one[1] <= area[1] + 1e-9
    assert one[2] >= area[2] - 1e-9
    assert one[3] >= area[3] - 1e-9
    assert set(tiles_for(area))
    for edge in one:
        assert abs(edge) in {180.0, 90.0} or abs(edge / grain - round(edge / grain)) < 1e-6


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"area": (float("nan"), 0, 1, 1)}, "bounds"),
        ({"area": (170, 0, -170, 1)}, "antimeridian"),
        ({"area": (0, 5, 1, 4)}, "bounds"),
        ({"most": 0}, "most"),
        ({"cloud": 60}, "cloud"),
        ({"grain": -1}, "grain"),
        ({"periods": (When.between(date(2021, 1, 1), None),)}, "open-period"),
    ],
)
def test_asks_that_cannot_be_searched_for_are_refused(more: dict[str, object], code: str) -> None:
    """Each with its code, before anything is sent."""
    with pytest.raises(UsageError) as caught:
        ask("VNP46A3", **more)
    assert caught.value.code == code


def test_a_collection_that_a_service_lacks_is_named() -> None:
    """The error lists what there is."""
    with pytest.raises(UsageError, match="no such collection") as caught:
        drive(service("cmr").search(ask("sentinel-2-l2a")), Answers([]))
    assert "VNP46A3" in caught.value.do


def test_nights_are_asked_for_as_one_run() -> None:
    """90 nights in a row are one question, not 90."""
    answers = Answers([json_reply({"items": []})])
    drive(service("cmr").search(ask("VNP46A2", periods=(days("2022-01-01", "2022-03-31"),))), answers)
    assert [query(request)["temporal"] for request in answers.asked] == ["2022-01-01T00:00:00Z,2022-03-31T23:59:59Z"]
