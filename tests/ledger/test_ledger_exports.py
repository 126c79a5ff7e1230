"""What leaves for other programs says no more than the case does, and lists what the other form cannot carry."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core.errors import InputError, UsageError
from dateline.core.when import When
from dateline.core.where import Where
from dateline.ledger.case import Case
from dateline.ledger.exports import claim_review, follow_the_money, geojson, sheets_csv, timeline
from dateline.ledger.exports.bundle import LOST, Bundle, write
from dateline.ledger.exports.follow_the_money import SCHEMAS
from dateline.ledger.exports.geojson import geometry
from dateline.ledger.exports.kinds import export, kinds

Put = Callable[[str, str], Path]

CAMERA = """id = "cam"
role = "camera"
{precision}
note = "above the bakery"
[names]
en = "Camera"
[where]
lon = 130.31234
lat = 42.23456
"""
ASSESSED = """
[assessment]
source_reliability = "B"
info_credibility = 3
by = "mk"
date = "2024-03-02"
why = "past counts not checkable"
"""


def told(bundle: Bundle, name: str) -> Any:
    """A file of a bundle, read again."""
    return json.loads(bundle.files[name])


@pytest.mark.parametrize("module", [geojson, follow_the_money, sheets_csv, timeline])
@pytest.mark.parametrize("precision", ["", "publish_precision = 5000"])
def test_no_export_tells_where_a_sensitive_place_is(rason: Path, put: Put, module: Any, precision: str) -> None:
    """Only as coarsely as somebody said, else not at all; what hints at it stays too."""
    put("places/cam.toml", CAMERA.format(precision=precision))
    bundle = module.bundle(Case.load(rason))
    text = b"".join(bundle.files.values()).decode()

    for word in ("130.312", "42.2345", "bakery"):
        assert word not in text
    if module is geojson:
        there = {feature["id"]: feature for feature in told(bundle, "places.geojson")["features"]}
        assert ("cam" in there) == bool(precision)
        assert ("cam" in bundle.without) != bool(precision)
        assert not precision or there["cam"]["properties"]["radius_m"] >= 5000


def test_places_are_geojson_as_the_rfc_has_it(rason: Path) -> None:
    """Longitude first, outer rings counterclockwise, with how well the position is known and what names the place."""
    features = {
        feature["id"]: feature for feature in told(geojson.bundle(Case.load(rason)), "places.geojson")["features"]
    }

    assert features["rason"]["geometry"] == {"type": "Point", "coordinates": [130.4, 42.3]}
    assert features["rason"]["properties"]["radius_m"] == 20000
    assert features["najin"]["geometry"]["type"] == "Polygon"
    assert features["najin"]["properties"]["claims"] == ["C041"]
    ring = [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0)]
    assert geometry(Where.area([[ring]]))["coordinates"] == [list(reversed(ring))]


def test_a_vague_date_is_a_bar_with_its_words_and_never_a_point(rason: Path, put: Put) -> None:
    """First and last day both stand there; a day is a day; what has no beginning is left out, with the reason."""
    event = 'id = "{id}"\ntitle = "<b>&"\nkind = "claimed"\nclaims = ["C041"]\nwhen = {when}\n'
    put("events/late.toml", event.format(id="late", when='{text = "late August", edtf = "2023-08-21~/2023-08-31~"}'))
    put("events/open.toml", event.format(id="open", when='"2023-09/.."'))
    put("events/until.toml", event.format(id="until", when='"../2023-09"'))
    put("events/month.toml", event.format(id="month", when='"2023-10"'))
    put("events/hour.toml", event.format(id="hour", when='"2023-10-01T09:00:00+09:00"'))
    bundle = timeline.bundle(Case.load(rason))
    slides = {slide["unique_id"]: slide for slide in told(bundle, "timeline.json")["events"]}

    assert slides["late"]["start_date"] == {"year": 2023, "month": 8, "day": 21}
    assert slides["late"]["end_date"] == {"year": 2023, "month": 8, "day": 31}
    assert "late August" in slides["late"]["display_date"]
    assert slides["late"]["text"]["headline"] == "&lt;b&gt;&amp;"
    assert slides["open"]["end_date"] == {"year": 2024, "month": 11, "day": 1}
    assert [one.claim for one in bundle.lost] == ["open"]
    assert slides["month"]["end_date"]["day"] == 31
    assert "end_date" not in slides["factsheet"]
    assert slides["hour"]["start_date"]["hour"] == 0
    assert bundle.without.keys() == {"until"}
    assert slides["C041"]["group"] == "Said"


def test_only_what_was_assessed_is_reviewed_and_in_words(rason: Path, put: Put) -> None:
    """Both grades stand there in words; there is no number for how true something is."""
    claim = (rason / "claims/C042.toml").read_text()
    put("claims/C042.toml", claim + 'sources = [{url = "https://example.org/a"}]\n' + ASSESSED)
    bundle = claim_review.bundle(Case.load(rason))
    review = told(bundle, "claims.jsonld")["@graph"][0]

    assert bundle.without.keys() == {"C041"}
    assert review["reviewRating"]["alternateName"] == "Possibly true; the source is usually reliable (B3)"
    assert "ratingValue" not in review["reviewRating"]
    assert review["itemReviewed"]["author"] == {"@type": "Organization", "name": "US State Department"}
    assert review["itemReviewed"]["datePublished"] == "2024-02-24"


def entities(bundle: Bundle) -> dict[str, Any]:
    """The entities by id, without the case's name."""
    lines = bundle.files["entities.ftm.json"].decode().splitlines()
    return {entity["id"].removeprefix("rason-"): entity for entity in map(json.loads, lines)}


def test_entities_are_not_facts_and_every_loss_is_told(rason: Path) -> None:
    """A claim is an article by its speaker; bounds, chains and phrases are in the report of what was lost."""
    bundle = follow_the_money.bundle(Case.load(rason))
    found = entities(bundle)

    assert found["C041"]["schema"] == "Article"
    assert found["C041-by-us-state"]["properties"]["entity"] == ["rason-us-state"]
    assert found["C041-says-factsheet"]["properties"]["role"] == ["claims"]
    assert found["factsheet"]["properties"]["date"] == ["2024-02-23"]
    assert found["factsheet"]["properties"]["notes"] == ["claimed, not established"]
    lost = {(one.claim, one.where) for one in bundle.lost}
    assert {where for claim, where in lost if claim == "C041"} >= {"quantity", "period", "chain"}
    assert lost >= {("C042", "retells"), ("ask", "the record"), ("clip", "taken"), ("us-state", "depends_on")}
    assert SCHEMAS.keys() == set(_types())


def _types() -> tuple[str, ...]:
    from dateline.ledger.compose.form import form_of

    form = form_of("source")
    field = form.field("type")
    assert field is not None
    return form.choices(field)


DAYS = st.dates(date(1990, 1, 1), date(2040, 1, 1))


@given(DAYS, st.integers(0, 800), st.booleans())
def test_no_date_is_cut_without_a_word(first: date, length: int, rough: bool) -> None:
    """A property that takes one date gets the whole of it, or a shorter one and a line in the report."""
    when = When(earliest=first, latest=date.fromordinal(first.toordinal() + length), approximate=rough)
    work = follow_the_money._Work(None)
    shared = work.cut("x", "said", when)

    same = shared is not None and When.from_edtf(shared) == when
    assert same != bool(work.lost)
    assert shared is None or "/" not in shared


def test_a_bundle_is_a_new_folder_with_its_report(rason: Path, tmp_path: Path) -> None:
    """Whole or not at all; nothing is written over; the same case gives the same bytes."""
    case = Case.load(rason)
    bundle = follow_the_money.bundle(case)
    made, again = write(tmp_path / "a", bundle), export("followthemoney", case, tmp_path / "b")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a" / LOST).read_text())))

    assert (made.files, made.sha256) == (2, again.sha256)
    assert len(rows) == len(bundle.lost)
    with pytest.raises(InputError, match="already"):
        write(tmp_path / "a", bundle)
    with pytest.raises(UsageError, match="no such kind"):
        export("pdf", case, tmp_path / "c")
    assert set(kinds()) == {"csv", "xlsx", "geojson", "timeline", "claimreview", "followthemoney"}
    first = export("xlsx", case, tmp_path / "x").sha256
    time.sleep(1.1)  # into another second of the clock
    assert first == export("xlsx", case, tmp_path / "y").sha256
