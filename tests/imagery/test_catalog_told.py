"""What catalogues tell, read with distrust: checksums, names, footprints, times, links."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core.where import Where
from dateline.evidence.door.request import Reply
from dateline.imagery.catalog.footprint import from_geojson, share, touches
from dateline.imagery.catalog.sentinel import is_offset, product_of
from dateline.imagery.catalog.service import Checksum
from dateline.imagery.catalog.told import checksum, moment, next_page

S2 = "S2A_MSIL2A_20210310T021541_N0500_R003_T52TDN_20230615T095500"


@pytest.mark.parametrize(
    ("told", "algorithm", "expected"),
    [
        ("1220" + "0f" * 32, None, Checksum("sha256", "0f" * 32)),
        ("d50110" + "0f" * 16, None, Checksum("md5", "0f" * 16)),
        ("0F" * 32, "SHA-256", Checksum("sha256", "0f" * 32)),
        ("0f" * 16, "MD5", Checksum("md5", "0f" * 16)),
        ("0f" * 16, "SHA-256", None),
        ("zz" * 16, None, None),
        (5, None, None),
        ("", "MD5", None),
    ],
)
def test_checksums_are_read_in_all_spellings(told: object, algorithm: str | None, expected: Checksum | None) -> None:
    """Multihash as STAC's file extension, named as UMM, or told by length; what fits none is unknown."""
    assert checksum(told, algorithm) == expected


def test_sentinel_names_are_read() -> None:
    """With and without a baseline, with and without .SAFE."""
    named = product_of(S2 + ".SAFE")
    assert named is not None
    assert (named.scene, named.tile, named.orbit, named.baseline) == ("S2A 20210310T021541 52TDN", "52TDN", 3, "05.00")
    assert product_of("S2A_MSIL2A_20210310T021541_R003_T52TDN_20230615T095500") is not None
    assert product_of("a holiday picture") is None
    assert [is_offset(one) for one in ("03.99", "04.00", "05.11", None, "4")] == [False, True, True, None, None]


@given(st.floats(-179, 178), st.floats(-89, 88), st.floats(0.01, 1), st.floats(0.01, 1))
def test_the_share_of_a_place_in_a_footprint(west: float, south: float, width: float, height: float) -> None:
    """A footprint covers itself, half of it is one half, and an unknown footprint is unknown and may touch."""
    east, north, middle = west + width, south + height, west + width / 2
    ring = [[west, south], [middle, south], [middle, north], [west, north], [west, south]]
    half = from_geojson({"type": "Polygon", "coordinates": [ring]})
    assert half is not None
    assert share(half, (west, south, east, north)) == pytest.approx(0.5, rel=1e-3)
    assert share(half, half.bounds()) == pytest.approx(1, rel=1e-6)
    assert share(None, (west, south, east, north)) is None
    assert touches(None, [(0, 0, 1, 1)])


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": [[[179, 0], [-179, 0], [-179, 1], [179, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [float("nan"), 0], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1e300, 0], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[n % 7, n % 5] for n in range(30_000)]]},
    ],
)
def test_footprints_that_are_none_are_unknown(geometry: object) -> None:
    """Crossing the 180th meridian uncut, NaN, off the Earth, too few or absurdly many corners."""
    assert from_geojson(geometry) is None


def test_a_bow_tie_does_not_break() -> None:
    """Rings that cross themselves occur in real catalogues."""
    tie = Where.area([[[(0, 0), (1, 1), (1, 0), (0, 1), (0, 0)]]])
    assert 0 < (share(tie, (0, 0, 1, 1)) or 0) < 1


def test_times_are_utc() -> None:
    """With a zone, with Z, with a blank, without a zone (which catalogues mean as UTC); nonsense is unknown."""
    at = datetime(2021, 3, 1, 12, tzinfo=UTC)
    assert [moment(one) for one in ("2021-03-01T12:00:00Z", "2021-03-01T21:00:00+09:00", "2021-03-01 12:00:00")] == [
        at
    ] * 3
    assert [moment(one) for one in (None, 5, "", "soon", "0001-01-01T00:00:00+14:00")] == [None] * 5


def test_relative_next_links_stay_on_the_host() -> None:
    """A path is resolved against the address that answered."""
    here = Reply("https://h.example/v1/search?x=1", 200, (), b"")
    assert next_page("/v1/search?page=2", here) == "https://h.example/v1/search?page=2"
    assert next_page("?page=2", here) == "https://h.example/v1/search?page=2"
