"""Map links and geo: addresses, read as text: nothing is opened, so nobody learns that we are interested."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, unquote, unquote_plus, urlsplit

from dateline.core import UsageError
from dateline.places.coordinates import decimal_spot, read_coordinates
from dateline.places.named import FINEST_RADIUS, Spot

_N = r"[+-]?\d{1,3}(?:\.\d+)?"
_PAIR = re.compile(rf"\s*(?:loc:)?\s*({_N})\s*[,~\s]\s*({_N})\s*")
_PIN = re.compile(rf"!3d({_N})!4d({_N})")
_VIEW = re.compile(rf"/@({_N}),({_N}),(\d+(?:\.\d+)?)([zma])((?:,[\d.\-]+[a-z])*)")
_ZOOM_ZERO = 156_543.03
"""[m] Width of a pixel at zoom 0 on the equator, Web Mercator with tiles of 256 pixels."""
_HALF_WINDOW = 500
"""Half the width of a window of a thousand pixels."""
_STREET_LEVEL = 10.0
"""[m] A camera that low is a street-level picture and not a view of the map."""

_LINK = re.compile(
    r"https?://\S+|(?:www\.\S+|(?:[\w-]+\.)*(?:google|goo|openstreetmap|osm|apple|yandex|bing)\.[a-z.]+)[/?#]\S*",
    re.IGNORECASE,
)
"""A web address; without https:// only what nobody would take for a place, such as St.Petersburg."""
_SHORT = re.compile(
    r"^(?:goo\.gl|maps\.app\.goo\.gl|g\.co|bit\.ly|t\.co|tinyurl\.com|binged\.it|clck\.ru|kko\.to|naver\.me|maps\.apple)/"
    r"|^(?:www\.)?(?:osm\.org|openstreetmap\.org)/go/|yandex\.[a-z.]+/maps/(?:[^?]*/)?-/"
)
_SHIFTED = re.compile(r"(?:^|\.)(?:amap\.com|gaode\.com|map\.baidu\.com|map\.qq\.com)$")


@dataclass(frozen=True, slots=True)
class Link:
    """A web address in its parts, decoded."""

    host: str
    path: str
    query: dict[str, str]
    fragment: str
    text: str


def read_link(text: str) -> Spot | None:
    """The position in a map link or a geo: address, from its text alone; None when the text is no link.

    A pin wins over a search, a search over the middle of the view. A view's radius [m] is half its width, because
    nobody marked a spot in it. UsageError (code `map-link`) for short links, routes, names without a position,
    and maps whose positions are shifted by law.
    """
    text = text.strip()
    if text.lower().startswith("geo:"):
        return _geo(text)
    if not _LINK.fullmatch(text):
        return None
    link = _split(text)
    if _SHORT.search(f"{link.host}{link.path}"):
        raise _fault(
            text,
            "This is a short link: the position is on the service's server. Open it in a browser (the service then "
            "learns your address and interest), wait for the long address, and paste that one.",
        )
    if _SHIFTED.search(link.host):
        raise _fault(text, "Chinese map services shift positions by up to 700 m; find the place on another map.")
    for pattern, reader in _SERVICES:
        if pattern.search(link.host):
            if spot := reader(link):
                return spot
            break
    if spot := _named_parameters(link):
        return spot
    raise _fault(
        text,
        "No position stands in this link. Put a pin on the spot and copy the address again, or paste the coordinates. "
        "Read are Google Maps and Earth, OpenStreetMap, Apple, Yandex, Bing, geo: and any link with lat= and lon=.",
    )


def _split(text: str) -> Link:
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        query = {key.lower(): values[0] for key, values in parse_qs(parts.query).items()}
    except ValueError as error:
        raise _fault(text, "This is not a web address; copy the whole address again.") from error
    path, fragment = unquote(parts.path), unquote(parts.fragment)
    return Link((parts.hostname or "").lower(), path, query, fragment, unquote(text))


def _google(link: Link) -> Spot | None:
    if "/dir/" in link.path:
        raise _fault(link.text, "This link is a route between places; open one of them and copy its link.")
    name = _google_name(link.path)
    if pins := set(_PIN.findall(link.text)):
        if len(pins) > 1:
            raise _fault(link.text, "This link has several pins; open one place alone and copy its link.")
        return decimal_spot(*pins.pop(), form="Google Maps pin", name=name)
    for key in ("q", "query", "ll", "destination", "center", "viewpoint"):
        if spot := _pair(link.query.get(key, ""), "Google Maps link"):
            return spot
    if match := re.search(r"/(?:place|search)/([^/@]+)", link.path):
        spot = read_coordinates(unquote_plus(match[1]), order="lat,lon")
        if spot is not None:
            return _plain(spot, "Google Maps link")
    return _google_view(link, name)


def _google_name(path: str) -> str | None:
    match = re.search(r"/place/([^/@]+)", path)
    if match is None or any(char in match[1] for char in "°'\""):
        return None
    return unquote_plus(match[1]) if _PAIR.fullmatch(unquote_plus(match[1])) is None else None


def _google_view(link: Link, name: str | None) -> Spot | None:
    match = _VIEW.search(link.text)
    if match is None:
        return None
    lat, lon, size, kind, further = match.groups()
    sizes = {letter: float(value) for value, letter in re.findall(r",(-?\d+(?:\.\d+)?)([a-z])", further)}
    if kind == "z":
        return _view(lat, lon, half=_half_view(lat, size), form="Google Maps view", name=name)
    if kind == "m":
        return _view(lat, lon, half=float(size) / 2, form="Google Maps view", name=name)
    if "d" not in sizes and float(size) <= _STREET_LEVEL:
        note = "A street-level picture: this is where its camera stood, not what it shows."
        return decimal_spot(lat, lon, form="Google Street View link", notes=(note,))
    opening = math.tan(math.radians(min(sizes.get("y", 35.0), 120.0)) / 2)
    return _view(lat, lon, half=sizes.get("d", float(size)) * opening, form="Google Earth view", name=name)


def _openstreetmap(link: Link) -> Spot | None:
    if "mlat" in link.query and "mlon" in link.query:
        return _from_pair(link.query["mlat"], link.query["mlon"], "OpenStreetMap marker")
    if match := re.search(rf"map=(\d+(?:\.\d+)?)/({_N})/({_N})", link.fragment):
        zoom, lat, lon = match.groups()
        return _view(lat, lon, half=_half_view(lat, zoom), form="OpenStreetMap view")
    return None


def _apple(link: Link) -> Spot | None:
    for key in ("coordinate", "ll", "q", "center"):
        if spot := _pair(link.query.get(key, ""), "Apple Maps link"):
            name = link.query.get("name") or link.query.get("q")
            return _plain(spot, spot.form, name=name if name and _PAIR.fullmatch(name) is None else None)
    return None


def _yandex(link: Link) -> Spot | None:
    """Yandex writes longitude first, save in its search box."""
    for key in ("pt", "whatshere[point]", "poi[point]"):
        points = link.query.get(key, "").split("~")
        if len(points) > 1:
            raise _fault(link.text, "This link has several pins; leave one of them in and copy the link again.")
        if match := re.match(rf"({_N}),({_N})", points[0]):
            return _from_pair(match[2], match[1], "Yandex pin", ("Yandex writes the longitude first.",))
    if spot := _pair(link.query.get("text", ""), "Yandex search"):
        return spot
    if match := re.fullmatch(rf"({_N}),({_N})", link.query.get("ll", "")):
        half = _half_view(match[2], link.query.get("z", ""))
        return _view(match[2], match[1], half=half, form="Yandex view", notes=("Yandex writes the longitude first.",))
    return None


def _bing(link: Link) -> Spot | None:
    if match := re.match(rf"point\.({_N})_({_N})", link.query.get("sp", "")):
        return _from_pair(match[1], match[2], "Bing pin")
    for key in ("where1", "q"):
        if spot := _pair(link.query.get(key, ""), "Bing search"):
            return spot
    if match := _PAIR.fullmatch(link.query.get("cp", "")):
        half = _half_view(match[1], link.query.get("lvl", ""))
        return _view(match[1], match[2], half=half, form="Bing view")
    return None


_SERVICES: tuple[tuple[re.Pattern[str], Callable[[Link], Spot | None]], ...] = (
    (re.compile(r"(?:^|\.)google(?:\.[a-z]{2,3}){1,2}$"), _google),
    (re.compile(r"(?:^|\.)(?:openstreetmap\.org|osm\.org)$"), _openstreetmap),
    (re.compile(r"(?:^|\.)maps\.apple\.com$"), _apple),
    (re.compile(r"(?:^|\.)yandex(?:\.[a-z]{2,3}){1,2}$"), _yandex),
    (re.compile(r"(?:^|\.)bing\.com$"), _bing),
)


def _named_parameters(link: Link) -> Spot | None:
    """lat= and lon= in any link: satellite browsers mostly; their names say which is which."""
    later = {key.lower(): values[0] for key, values in parse_qs(link.fragment.lstrip("?/")).items()}
    values = {**later, **link.query}
    lat = next((values[key] for key in ("lat", "latitude") if key in values), "")
    lon = next((values[key] for key in ("lon", "lng", "long", "longitude") if key in values), "")
    if not (re.fullmatch(_N, lat) and re.fullmatch(_N, lon)):
        return None
    zoom = values.get("zoom") or values.get("z") or ""
    if zoom:
        return _view(lat, lon, half=_half_view(lat, zoom), form=f"view of {link.host}")
    return decimal_spot(lat, lon, form=f"link of {link.host}")


def _geo(text: str) -> Spot:
    """RFC 5870 (2010): geo:lat,lon[,alt][;crs=wgs84][;u=metres]; and Android's geo:0,0?q=lat,lon(name)."""
    body, _, query = unquote(text[4:]).partition("?")
    position, *parameters = body.split(";")
    given = dict(part.lower().partition("=")[::2] for part in parameters)
    if given.get("crs", "wgs84") != "wgs84":
        raise _fault(text, "Only WGS 84 can be read from a geo: address; convert the position first.")
    if match := re.match(rf"q=({_N}),({_N})(?:\((.*)\))?", query):
        return decimal_spot(match[1], match[2], form="geo: address", name=match[3])
    match = re.fullmatch(rf"({_N}),({_N})(?:,{_N})?", position)
    if match is None:
        raise _fault(text, "Write geo:latitude,longitude in decimal degrees.")
    spot = decimal_spot(match[1], match[2], form="geo: address")
    if re.fullmatch(r"\d+(?:\.\d+)?", given.get("u", "")):
        stated = max(FINEST_RADIUS, float(given["u"]))
        where = replace(spot.where, radius=stated)
        return Spot(where=where, form=spot.form, notes=("Radius as the address states it.",))
    return spot


def _half_view(lat: str, zoom: str) -> float | None:
    """Half the width [m] of a window of a thousand pixels at a latitude [degrees] and a Web Mercator zoom, if given."""
    if re.fullmatch(r"\d{1,2}(?:\.\d+)?", zoom) is None:
        return None
    shrink = math.cos(math.radians(min(abs(float(lat)), 85.0))) / math.exp2(float(zoom))
    return _HALF_WINDOW * _ZOOM_ZERO * shrink


def _pair(text: str, form: str) -> Spot | None:
    match = _PAIR.fullmatch(text)
    if match:
        return decimal_spot(match[1], match[2], form=form)
    spot = read_coordinates(text, order="lat,lon") if "°" in text or "'" in text else None
    return None if spot is None else _plain(spot, form)


def _from_pair(lat: str, lon: str, form: str, notes: tuple[str, ...] = ()) -> Spot | None:
    if not (re.fullmatch(_N, lat) and re.fullmatch(_N, lon)):
        return None
    return decimal_spot(lat, lon, form=form, notes=notes)


def _plain(spot: Spot, form: str, name: str | None = None) -> Spot:
    return Spot(where=spot.where, form=form, name=name)


def _view(
    lat: str, lon: str, *, half: float | None, form: str, name: str | None = None, notes: tuple[str, ...] = ()
) -> Spot:
    """The middle of a view, with half its width [m] as radius, or none where the link does not say how wide it is."""
    spot = decimal_spot(lat, lon, form=form)
    if half is None:
        wide, radius = "of a width that is not stated", None
    else:
        radius = max(spot.where.radius or FINEST_RADIUS, round(half, 1))
        wide = f"about {2 * radius / 1000:,.3g} km wide"
    note = f"The link shows a view {wide}; nobody marked a spot in it."
    return Spot(where=replace(spot.where, radius=radius), form=form, notes=(*notes, note), name=name)


def _fault(text: str, do: str) -> UsageError:
    return UsageError("This map link cannot be read.", saw=repr(text.strip()[:300]), do=do, code="map-link")
