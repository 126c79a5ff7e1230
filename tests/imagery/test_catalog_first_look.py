"""The login-free first look: which days and tiles there are, and greys back to bins of radiance."""

from __future__ import annotations

import contextlib
import math
from datetime import date
from urllib.parse import urlsplit

import numpy as np
import pytest
from catalog_replies import RASON, Answers, ask, days, raw_reply
from hypothesis import given
from hypothesis import strategies as st

from dateline.core.errors import InputError, UsageError
from dateline.imagery.catalog.catalogue import service
from dateline.imagery.catalog.colormap import Bin, Colormap, decode, read_colormap
from dateline.imagery.catalog.mercator import LIMIT, MapTile, tiles_of
from dateline.imagery.catalog.service import Found, drive
from dateline.imagery.catalog.services.gibs import tile_of

LAYER = "VIIRS_NOAA20_GapFilled_BRDF_Corrected_DayNightBand_Radiance"
DOMAIN = (
    "<Domains xmlns:ows='http://www.opengis.net/ows/1.1'><DimensionDomain><ows:Identifier>time</ows:Identifier>"
    "<Domain>{}</Domain><Size>1</Size></DimensionDomain></Domains>"
)
EMPTY = b"<Domains xmlns:ows='http://www.opengis.net/ows/1.1'></Domains>"


def look(
    told: str | bytes, first: str = "2024-01-01", last: str = "2024-01-05", **asked: object
) -> tuple[Found, Answers]:
    """A search that is told of these days."""
    answers = Answers([raw_reply(told if isinstance(told, bytes) else DOMAIN.format(told).encode(), "text/xml")])
    made = ask(LAYER, periods=(days(first, last),), **asked)
    return drive(service("gibs").search(made), answers), answers


def test_a_look_is_the_days_there_are_and_their_tiles() -> None:
    """Days that the service lacks are no offers; an offer says what it is not good for."""
    found, answers = look("2024-01-01/2024-01-02/P1D,2024-01-04")
    assert [offer.start.date() for offer in found.offers] == [date(2024, 1, day) for day in (1, 2, 4)]
    offer = found.offers[0]
    assert [asset.key for asset in offer.assets] == ["8/94/220", "colormap"]
    assert offer.assets[0].url == (
        f"https://gibs.earthdata.nasa.gov/wmts/epsg3857/best/{LAYER}/default/2024-01-01/GoogleMapsCompatible_Level8/8/94/220.png"
    )
    assert offer.assets[1].url.endswith("/colormaps/v1.3/VIIRS_DayNightBand_At_Sensor_Radiance.xml")
    assert {doubt.code for doubt in offer.doubts} == {"semi-quantitative", "gap-filled", "utc-day"}
    assert all(asset.needs == "nothing" for asset in offer.assets)
    assert "TIME=2024-01-01/2024-01-05" in urlsplit(answers.asked[0].url).query  # encoded, the slash is refused
    assert tile_of(offer.assets[0]) == MapTile(8, 220, 94)
    assert tile_of(offer.assets[1]) is None


@pytest.mark.parametrize("told", [EMPTY, "", "2012-01-19/2013-01-01/P1D"])
def test_no_days_are_no_offers(told: str | bytes) -> None:
    """An empty list, and days that were not asked for."""
    assert look(told)[0].offers == ()


@pytest.mark.parametrize(
    "told", [b"<html>moved</html>", b"<ows:ExceptionReport/>", "soon/later/P1D", "2024-01-01/2024-02-01/P16D"]
)
def test_what_is_no_list_of_days_is_an_error(told: str | bytes) -> None:
    """A web page, an exception of the service, days that are none, steps that are not days."""
    with pytest.raises(InputError) as caught:
        look(told)
    assert caught.value.code in {"login-page", "catalog-reply"}


def test_a_list_of_ten_thousand_years_is_clipped() -> None:
    """Only the days asked for are counted out."""
    found, _ = look(",".join(["0001-01-01/9999-12-31/P1D"] * 50))
    assert len(found.offers) == 5


def test_too_much_for_a_look_is_refused() -> None:
    """A continent is not a first look."""
    with pytest.raises(UsageError) as caught:
        look("2024-01-01", area=(60, 20, 150, 70))
    assert caught.value.code == "too-big-for-a-look"


@given(st.floats(-180, 179.9), st.floats(-84, 83), st.floats(0, 3), st.floats(0, 2), st.integers(0, 10))
def test_tiles_cover_their_area_and_no_more(west: float, south: float, width: float, height: float, zoom: int) -> None:
    """Every corner of an area lies in one of its tiles, and every tile touches the area."""
    area = (west, south, min(west + width, 180.0), min(south + height, LIMIT))
    tiles = tiles_of(area, zoom)
    assert len(set(tiles)) == len(tiles) > 0
    for x in (area[0], area[2]):
        for y in (area[1], area[3]):
            assert any(_inside(tile, x, y) for tile in tiles)
    for tile in tiles:
        w, s, e, n = tile.bounds
        assert w <= area[2] + 1e-9
        assert e >= area[0] - 1e-9
        assert s <= area[3] + 1e-9
        assert n >= area[1] - 1e-9


def _inside(tile: MapTile, x: float, y: float) -> bool:
    w, s, e, n = tile.bounds
    return w - 1e-9 <= x <= e + 1e-9 and s - 1e-9 <= y <= n + 1e-9


@given(st.integers(0, 12), st.data())
def test_extents_and_bounds_are_one_place(zoom: int, data: st.DataObject) -> None:
    """Metres of EPSG:3857 and degrees agree, by PROJ."""
    import pyproj

    tile = MapTile(zoom, data.draw(st.integers(0, 2**zoom - 1)), data.draw(st.integers(0, 2**zoom - 1)))
    west, south, east, north = tile.bounds
    to_metres = pyproj.Transformer.from_crs(4326, 3857, always_xy=True)
    expected = (*to_metres.transform(west, south), *to_metres.transform(east, north))
    assert tile.extent == pytest.approx(expected, abs=1e-3)


def test_the_colour_map_of_the_service_is_read() -> None:
    """180 greys; the misprint at grey 166 is mended and said; from 38.2 on all is one white."""
    from tests.services.gibs import colormap

    colours = read_colormap(colormap())
    assert (len(colours.bins), colours.unit, colours.saturation) == (180, "nW/(cm² sr)", 38.2)
    assert colours.mended == ((166, 166, 166),)
    by_grey = {bin_.rgb[0]: (bin_.low, bin_.high) for bin_ in colours.bins}
    assert by_grey[7] == (0.0, 0.1)
    assert by_grey[166] == (9.8, 10.0)
    assert by_grey[255] == (38.2, None)
    edges = [(one.high, two.low) for one, two in zip(colours.bins, colours.bins[1:], strict=False)]
    assert all(high == low for high, low in edges)


def test_greys_become_bins_and_everything_else_nothing() -> None:
    """No data, half transparent and mixed colours have no value; the whitest is "38.2 or more"."""
    colours = Colormap((Bin((7, 7, 7), 0.0, 0.1), Bin((255, 255, 255), 38.2, None)), "nW")
    pixels = np.array(
        [[[7, 7, 7, 255], [255, 255, 255, 255], [8, 8, 8, 255], [7, 7, 7, 0], [7, 7, 7, 254], [0, 0, 160, 0]]], np.uint8
    )
    seen = decode(pixels, colours)
    assert seen.low[0, 0] == 0
    assert seen.high[0, 0] == np.float32(0.1)
    assert seen.low[0, 1] == np.float32(38.2)
    assert math.isinf(seen.high[0, 1])
    assert np.isnan(seen.low[0, 2:]).all()
    assert np.isnan(seen.high[0, 2:]).all()
    assert seen.saturated.tolist() == [[False, True, False, False, False, False]]


def entry(rgb: str, value: str, more: str = "") -> str:
    """One entry of a colour map."""
    return f'<ColorMapEntry rgb="{rgb}" transparent="false" value="{value}" {more}/>'


def table(*entries: str) -> bytes:
    """A colour map."""
    return f"<ColorMaps><ColorMap units='nW'><Entries>{''.join(entries)}</Entries></ColorMap></ColorMaps>".encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>",
        b"<!DOCTYPE a [<!ENTITY a 'aaaa'>]><ColorMaps/>",
        table(),
        table(entry("7,7,7", "[0,0.1)", 'nodata="true"')),
        table(entry("7,7", "[0,0.1)")),
        table(entry("7,7,999", "[0,0.1)")),
        table(entry("7,7,7", "[nan,0.1)")),
        table(entry("7,7,7", "[1,0.1)")),
        table(entry("7,7,7", "[0,0.1)"), entry("7,7,7", "[0.1,0.2)")),
    ],
)
def test_colour_maps_that_cannot_be_used_are_refused(data: bytes) -> None:
    """Malformed, empty, with declarations, or one colour for two ranges: never a guess."""
    with pytest.raises(InputError) as caught:
        read_colormap(data)
    assert caught.value.code == "colormap"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_colour_map_or_an_error(data: bytes) -> None:
    """Nothing but InputError comes out."""
    with contextlib.suppress(InputError):
        read_colormap(data)


def test_the_place_is_where_it_is() -> None:
    """Rason's tile at level 8 is column 220, row 94, as map servers count."""
    assert tiles_of(RASON, 8) == (MapTile(8, 220, 94),)
