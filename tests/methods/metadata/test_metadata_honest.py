"""Honest files that look odd are not accused, and what tells of people and places is not printed."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from tests.methods.metadata.test_metadata import ask, came, codes, facts_of, photographed, stored

from dateline.measure.ask import ask as ask_whole
from dateline.measure.ask import request_of_flags
from dateline.media.facts import Value
from dateline.media.photo import read_photo
from dateline.methods import catalogue
from dateline.methods.metadata.times import plausible


def test_every_zone_in_use_is_plausible_where_it_is_kept() -> None:
    """No honest clock since 2000 contradicts the satellites, by the IANA database; North Korea's half hour too."""
    table = (files("tzdata") / "zoneinfo" / "zone1970.tab").read_text(encoding="utf-8")
    for line in (line for line in table.splitlines() if line and not line.startswith("#")):
        _, at, name = line.split("\t")[:3]
        found = re.fullmatch(r"[+-]\d+([+-])(\d{3})(\d\d)(?:\d\d)?", at)
        assert found is not None
        lon = (int(found[2]) + int(found[3]) / 60) * (-1 if found[1] == "-" else 1)
        days = (datetime(year, month, 2, tzinfo=UTC) for year in range(2000, 2026) for month in (1, 7, 10))
        told = {(day.year, day.astimezone(ZoneInfo(name)).utcoffset()) for day in days}
        lacking = {one for one in told if one[1] not in plausible(lon, one[0])}
        assert not lacking or name.startswith("Antarctica/"), (name, lacking)
    assert timedelta(hours=8.5) not in plausible(125.75, 2024)


def test_containers_that_write_local_time_are_not_accused() -> None:
    """Many cameras write the time of the place where the standard asks for UTC: that alone is no contradiction."""
    west = {"com.apple.quicktime.creationdate": "2024-07-01T12:00:00-0500", "CreationTime": "2024-07-01T12:00:10Z"}
    assert came(ask(facts_of(boxes=west)), "modified-before-taken") == "agrees"
    east = facts_of(boxes={"CreationTime": "2024-07-01T15:00:10Z"})
    assert came(ask(east, seen_at="2024-07-01T12:30:00Z"), "later-than-seen") == "agrees"
    assert came(ask(east, seen_at="2024-06-30T12:30:00Z"), "later-than-seen") == "contradiction"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_thumbnail_is_compared_in_all_eight_turns(orientation: int) -> None:
    """A front camera stores mirrored pictures, and their thumbnails as it stores them: no contradiction."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    stream, small = io.BytesIO(), io.BytesIO()
    photographed().save(stream, "JPEG", exif=exif)
    photographed().resize((160, 120)).save(small, "JPEG")
    photo = read_photo(stream.getvalue(), name="x")
    assert came(ask(facts_of(thumbnail=small.getvalue()), {"photo": photo}), "thumbnail-differs") == "agrees"


@pytest.mark.parametrize("way", ["squeezed", "cut"])
def test_cameras_that_squeeze_or_cut_thumbnails_are_not_accused(way: str) -> None:
    """A 4:3 thumbnail of a wide picture, whole or of its middle, is how some cameras make them."""
    wide = photographed().resize((480, 270))
    small = (wide if way == "squeezed" else wide.crop((60, 0, 420, 270))).resize((160, 120))
    facts, clip = stored(wide, small)
    assert came(ask(facts, clip), "thumbnail-differs") == "agrees"


def test_positions_and_people_under_other_names_are_private() -> None:
    """Makers' own names, one of them misspelt in millions of drone pictures, numbers in a history, places in XMP."""
    told: dict[str, Value] = {
        "drone-dji:GpsLongtitude": "+130.30", "drone-dji:GpsLatitude": "+42.23", "xmp:Label": "Ivan",
        "MicrosoftPhoto:LastKeywordXMP": "Ivan", "digiKam:TagsList": "People/Ivan", "photoshop:Source": "Ivan",
        "plus:ImageCreatorName": "Ivan",
        "xmpMM:History": ("stEvt:action=saved, stEvt:instanceID=xmp.iid:77, stEvt:softwareAgent=Adobe Photoshop",),
    }  # fmt: skip
    outcome = ask(facts_of(xmp=told, boxes={"©cmt": "Ivan"}, gps={"0x0042": "Ivan"}))
    printed = " ".join(str(row["value"]) for row in outcome.rows)
    assert not any(secret in printed for secret in ("130.30", "42.23", "Ivan", "iid:77"))
    assert "Adobe Photoshop" in printed
    assert "position-in-file" in codes(outcome)


def test_credentials_that_nobody_could_read_are_no_nothing(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra a tampered file is not called empty: it holds credentials, and they were not read."""
    import sys

    monkeypatch.setitem(sys.modules, "c2pa", None)
    path = samples / "verification/c2pa/XCA.jpg"
    request = request_of_flags(catalogue.card("metadata"), roles={"file": str(path)}, named={}, parameters={})
    finding, _ = ask_whole(request)
    assert finding.result == "cannot tell"
    assert "were not read" in finding.statement.en
