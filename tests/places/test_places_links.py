"""Map links are read as text: pins before searches before views; nothing is opened (sockets are blocked anyway)."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core import UsageError
from dateline.places.links import read_link

PIN = (
    "https://www.google.com/maps/place/Rajin+Port/@42.23,130.29,1500m/data=!3m1!1e3!4m6!8m2!3d42.2345678!4d130.2987654"
)


@pytest.mark.parametrize(
    ("link", "lat", "lon"),
    [
        (PIN, 42.2345678, 130.2987654),
        ("https://www.google.com/maps/@43.1056,131.8735,13z", 43.1056, 131.8735),
        ("https://www.google.com/maps?q=43.1056,131.8735", 43.1056, 131.8735),
        ("https://maps.google.co.kr/maps?q=loc:43.1056,131.8735", 43.1056, 131.8735),
        ("https://www.google.com/maps/search/?api=1&query=43.1056%2C131.8735", 43.1056, 131.8735),
        ("https://www.google.com/maps/search/43.1056,+131.8735?entry=tts", 43.1056, 131.8735),
        ("google.com/maps/place/43%C2%B006'20.2%22N+131%C2%B052'24.6%22E/@43.1,131.8,17z", 43.1056, 131.8735),
        ("https://earth.google.com/web/@43.1056,131.8735,20.5a,3500.2d,35y,0h,0t,0r", 43.1056, 131.8735),
        ("https://www.openstreetmap.org/#map=12/43.1056/131.8735", 43.1056, 131.8735),
        ("https://www.openstreetmap.org/?mlat=43.1056&mlon=131.8735#map=12/43.2/131.9", 43.1056, 131.8735),
        ("https://maps.apple.com/?ll=43.1056,131.8735&q=Vladivostok", 43.1056, 131.8735),
        ("https://maps.apple.com/place?coordinate=43.1056,131.8735", 43.1056, 131.8735),
        ("https://yandex.ru/maps/?ll=131.8735%2C43.1056&z=12", 43.1056, 131.8735),
        ("https://yandex.com/maps/75/vladivostok/?pt=131.8735,43.1056,pm2rdm&z=12", 43.1056, 131.8735),
        ("https://yandex.ru/maps/?whatshere%5Bpoint%5D=131.8735%2C43.1056", 43.1056, 131.8735),
        ("https://yandex.ru/maps/?text=43.1056%2C131.8735", 43.1056, 131.8735),
        ("https://www.bing.com/maps?cp=43.1056~131.8735&lvl=12", 43.1056, 131.8735),
        ("https://www.bing.com/maps?cp=43.1056%7E131.8735", 43.1056, 131.8735),
        ("https://www.bing.com/maps?sp=point.43.1056_131.8735_Golden%20Horn", 43.1056, 131.8735),
        ("https://browser.dataspace.copernicus.eu/?zoom=14&lat=43.1056&lng=131.8735", 43.1056, 131.8735),
        ("http://wikimapia.org/#lang=en&lat=43.1056&lon=131.8735&z=12", 43.1056, 131.8735),
        ("geo:43.1056,131.8735", 43.1056, 131.8735),
        ("geo:43.1056,131.8735,12;crs=wgs84;u=35", 43.1056, 131.8735),
        ("geo:0,0?q=43.1056,131.8735(Port)", 43.1056, 131.8735),
    ],
)
def test_every_service_is_read_in_its_own_order(link, lat, lon):
    """Yandex puts longitude first; a pin wins over the middle of the view."""
    where = read_link(link).where
    assert (where.lat, where.lon) == pytest.approx((lat, lon), abs=2e-5)


def test_a_view_is_as_uncertain_as_it_is_wide():
    """Nobody marked a spot in a view: its radius is half its width, or unknown, and that is said."""
    city, street = (read_link(f"https://www.google.com/maps/@43.1,131.8,{zoom}z") for zoom in (10, 18))
    assert city.where.radius > 50_000
    assert street.where.radius == pytest.approx(6892, abs=5)  # the digits are coarser than the view
    assert "nobody marked a spot" in city.notes[0]
    assert read_link("https://yandex.ru/maps/?ll=131.88%2C43.11").where.radius is None
    assert read_link("geo:43.1,131.8;u=35").where.radius == 35
    assert read_link(PIN).where.radius == 1.0


def test_a_street_level_link_is_the_camera_and_not_what_it_shows():
    """Street View stands where its car stood."""
    spot = read_link("https://www.google.com/maps/@43.1056,131.8735,3a,75y,90h,90t/data=!3m6!1e1")
    assert "camera stood" in spot.notes[0]


def test_names_in_links_are_kept():
    """The name of a place that a link carries stays with it."""
    assert read_link(PIN).name == "Rajin Port"
    assert read_link("https://maps.apple.com/?ll=43.1,131.8&q=Vladivostok").name == "Vladivostok"
    assert read_link("geo:0,0?q=43.1,131.8(Port)").name == "Port"


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("https://maps.app.goo.gl/AbCdEf", "short link"),
        ("https://goo.gl/maps/AbCdEf", "short link"),
        ("https://osm.org/go/0EEQjE--", "short link"),
        ("https://yandex.ru/maps/-/CDabc", "short link"),
        ("https://maps.apple/p/xyz", "short link"),
        ("https://www.google.com/maps/dir/43.1,131.8/43.8,131.9/", "route"),
        ("https://www.google.com/maps/place/Chongjin", "No position"),
        ("https://www.openstreetmap.org/node/123", "No position"),
        ("https://yandex.ru/maps/?pt=131.8,43.1~132,43", "several pins"),
        (PIN + "!3d43.1!4d131.8", "several pins"),
        ("https://www.amap.com/?q=39.9,116.4", "shift positions"),
        ("https://example.com/", "No position"),
        ("geo:1,2;crs=nad27", "WGS 84"),
        ("geo:here", "decimal degrees"),
        ("https://example.com:[/?lat=1", "address"),
    ],
)
def test_links_without_a_position_say_what_to_do(link, told):
    """Short links are never opened: opening one tells a service who is interested in what."""
    with pytest.raises(UsageError) as caught:
        read_link(link)
    assert caught.value.code == "map-link"
    assert told in caught.value.do


def test_a_link_with_an_impossible_position_is_refused():
    """A latitude of 95 does not become a place because it stands in a link."""
    with pytest.raises(UsageError, match="cannot be read"):
        read_link("https://www.google.com/maps?q=95,200")


@given(st.text(max_size=60))
def test_any_text_after_a_map_address_ends_in_a_position_or_a_plain_refusal(tail):
    """Hostile: whatever follows a known address, nothing but our own error comes out."""
    for head in (
        "https://www.google.com/maps/@",
        "https://yandex.ru/maps/?ll=",
        "geo:",
        "https://www.bing.com/maps?cp=",
    ):
        with suppress(UsageError):
            spot = read_link(head + tail)
            assert spot is None or abs(spot.where.lat) <= 90
