"""A file against itself: which statements contradict each other, and what could be checked at all."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from dateline.core.errors import Refusal
from dateline.core.when import When
from dateline.media.clip import Clip
from dateline.media.facts import Credentials, Fact, Facts, Fault, Group, Value
from dateline.media.photo import read_photo
from dateline.media.probe import probe
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.metadata import CARD, WITHHELD, run

PARIS: dict[str, Value] = {"GPSLatitude": (48.0, 51.0, 30.0), "GPSLatitudeRef": "N", "GPSLongitude": (2.0, 17.0, 40.0),
         "GPSLongitudeRef": "E"}  # fmt: skip
TAKEN = "2024:07:01 14:30:00"


OTHERS: tuple[Group, ...] = ("xmp", "iptc", "boxes", "png", "jpeg", "file")


def facts_of(exif: Mapping[str, Value] = {}, gps: Mapping[str, Value] = {}, **more: Any) -> Facts:
    """Facts as a reader gives them; `more`: groups of further facts, or fields of Facts."""
    groups: dict[Group, Mapping[str, Value]] = {"exif": exif, "gps": gps}
    groups |= {name: more.pop(name) for name in OTHERS if name in more}
    facts = tuple(Fact(group, name, value, "here") for group, told in groups.items() for name, value in told.items())
    return Facts(**{"media_type": "image/jpeg", "size": 1000, "facts": facts, **more})


def clip_of(facts: Facts, **more: Any) -> Clip:
    """A clip with these facts."""
    given: dict[str, Any] = {"name": "IMG_1.jpg", "sha256": "0" * 64, "kind": "picture", "size": 1000}
    return Clip(**(given | more), media_type=facts.media_type, facts=facts)


def ask(facts: Facts, clip: Mapping[str, Any] = {}, **parameters: Any) -> Outcome:
    """The method's answer."""
    inputs = Inputs({"file": (clip_of(facts, **clip),)})
    return run(inputs, Parameters.of(CARD, parameters), rng=np.random.default_rng(1))


def came(outcome: Outcome, code: str) -> str:
    """What came of one check."""
    return next((check["came"] for check in outcome.values["checks"] if check["code"] == code), "not made")


def codes(outcome: Outcome) -> set[str]:
    """The codes of the caveats."""
    return {note.code for note in outcome.caveats}


def stamped(day: str, hour: float, minute: float = 30.0) -> dict[str, Value]:
    """A GPS stamp in Paris."""
    return PARIS | {"GPSDateStamp": day, "GPSTimeStamp": (hour, minute, 0.0)}


@pytest.mark.parametrize(
    ("gps", "offset", "expected", "words"),
    [
        (stamped("2024:07:01", 12.0), None, "agrees", "UTC+2"),
        (stamped("2024:07:01", 14.0), None, "agrees", "UTC"),
        (stamped("2024:07:01", 12.0), "+02:00", "agrees", "UTC+2"),
        (stamped("2024:07:01", 12.0), "+03:00", "contradiction", "1 hour"),
        (stamped("2024:06:30", 12.0), None, "contradiction", "a whole day"),
        (stamped("2024:07:03", 12.0), None, "contradiction", "2 whole days"),
        (stamped("2024:07:01", 6.0), None, "contradiction", "5 hours"),
        (stamped("2024:07:01", 12.0, 10.0), None, "contradiction", "20 minutes"),
        (stamped("2023:07:01", 12.0), None, "contradiction", "366 whole days"),
    ],
)
def test_clock_against_satellites(gps: dict[str, Value], offset: str | None, expected: str, words: str) -> None:
    """What lies between the camera's clock and the satellites' must be a zone of that place; a day more is named."""
    exif: dict[str, Value] = {"DateTimeOriginal": TAKEN, "OffsetTimeOriginal": offset or ""}
    outcome = ask(facts_of(exif, gps))
    check = next(one for one in outcome.values["checks"] if one["code"] == "clock-against-gps")
    assert check["came"] == expected
    assert words in check["text"]
    assert outcome.result == ("no contradiction found" if expected == "agrees" else "contradicts itself")


def at_longitude(lon: float, hour: float = 12.0) -> dict[str, Value]:
    """A GPS stamp of 2024-07-01 near the equator."""
    place: dict[str, Value] = {"GPSLatitude": (2.0, 0.0, 0.0), "GPSLongitude": (abs(lon), 0.0, 0.0)}
    stamp: dict[str, Value] = {"GPSDateStamp": "2024:07:01", "GPSTimeStamp": (hour, 0.0, 0.0)}
    return place | stamp | {"GPSLongitudeRef": "E" if lon >= 0 else "W"}


@given(st.sampled_from([-11, -5, 0, 1, 3, 5.5, 5.75, 8, 9, 13]), st.integers(-120, 120))
def test_an_honest_clock_is_never_accused(hours: float, seconds: int) -> None:
    """At any longitude a clock in the zone of the place, two minutes wrong at most, contradicts nothing."""
    wall = np.datetime64("2024-07-01T12:00:00") + np.timedelta64(int(hours * 3600) + seconds, "s")
    lon = (hours * 15 + 180) % 360 - 180
    text = str(wall).replace("-", ":").replace("T", " ")
    assert came(ask(facts_of({"DateTimeOriginal": text}, at_longitude(lon))), "clock-against-gps") == "agrees"


@pytest.mark.parametrize(
    ("lon", "hour", "wall"), [(76.0, 4.0, "2024:07:01 12:00:00"), (-157.4, 22.0, "2024:07:02 12:00:00")]
)
def test_zones_that_reach_far_are_known(lon: float, hour: float, wall: str) -> None:
    """Kashgar keeps Beijing's time, three hours ahead of its sun; Kiritimati is a day ahead of its longitude."""
    assert came(ask(facts_of({"DateTimeOriginal": wall}, at_longitude(lon, hour))), "clock-against-gps") == "agrees"


def test_a_clock_without_a_zone_is_asked_for_it() -> None:
    """A naive time is told as such; the zone is asked for, and taken when a person states it."""
    naive = ask(facts_of({"DateTimeOriginal": TAKEN, "DateTime": TAKEN}))
    assert "clock-without-zone" in codes(naive)
    assert any("--zone" in text for text in naive.needed)
    assert naive.values["taken"] == {
        "wall": "2024-07-01 14:30:00",
        "offset_minutes": None,
        "from": "Exif DateTimeOriginal",
    }
    assert "no zone stated" in naive.statement.en
    stated = ask(facts_of({"DateTimeOriginal": TAKEN, "DateTime": TAKEN}), zone="+02:00")
    assert stated.values["taken"]["offset_minutes"] == 120
    assert "clock-without-zone" not in codes(stated)


SIZES: dict[str, Value] = {"ExifImageWidth": 4000, "ExifImageHeight": 3000}
NOWHERE: dict[str, Value] = {"GPSLatitude": (95.0, 0.0, 0.0), "GPSLongitude": (2.0, 0.0, 0.0)}
WRITTEN, DIFFER = "modified-before-taken", "times-differ"


def xmp(name: str, value: str) -> dict[str, Any]:
    """One XMP property beside an Exif time of taking."""
    return {"exif": {"DateTimeOriginal": TAKEN}, "xmp": {name: value}}


@pytest.mark.parametrize(
    ("given_facts", "code", "expected"),
    [
        ({"exif": {"DateTimeOriginal": TAKEN, "DateTime": "2024:07:01 13:00:00"}}, WRITTEN, "contradiction"),
        ({"exif": {"DateTimeOriginal": TAKEN, "DateTime": "2024:07:09 13:00:00"}}, WRITTEN, "agrees"),
        (xmp("xmp:ModifyDate", "2024-06-01T10:00:00+02:00"), WRITTEN, "contradiction"),
        (xmp("xmp:ModifyDate", "2024-07-01T10:00:00Z"), WRITTEN, "agrees"),
        (xmp("photoshop:DateCreated", "2024-07-01T14:30:00"), DIFFER, "agrees"),
        (xmp("photoshop:DateCreated", "2024-07-01T12:30:00Z"), DIFFER, "agrees"),
        (xmp("photoshop:DateCreated", "2023-07-01T14:30:00"), DIFFER, "contradiction"),
        ({"exif": {"DateTimeOriginal": TAKEN}, "iptc": {"DateCreated": "20240705"}}, DIFFER, "contradiction"),
        ({"exif": {"DateTimeOriginal": "1970:01:01 00:00:10"}}, "clock-not-set", "sign"),
        ({"exif": {"DateTimeOriginal": "0000:00:00 00:00:00"}}, "clock-not-set", "not made"),
        ({"exif": {"Model": "X100"}, "xmp": {"tiff:Model": "iPhone 14"}}, "cameras-differ", "contradiction"),
        ({"exif": {"Software": "Adobe Photoshop 25.0"}}, "saved-by-program", "sign"),
        ({"exif": {"Software": "16.1.2"}}, "saved-by-program", "agrees"),
        ({"png": {"parameters": "a port, Steps: 20, Sampler: Euler"}}, "made-by-computer", "sign"),
        ({"file": {"TrailingBytes": 4000}}, "trailing-bytes", "sign"),
        ({"exif": SIZES, "dimensions": (4000, 3000)}, "size-differs", "agrees"),
        ({"exif": SIZES, "dimensions": (3000, 4000)}, "size-differs", "agrees"),
        ({"exif": SIZES, "dimensions": (1600, 900)}, "size-differs", "contradiction"),
        ({"boxes": {"Duration": 3.3, "MediaDuration": 12.1}}, "footage-not-shown", "sign"),
        ({"gps": NOWHERE}, "position-nowhere", "contradiction"),
    ],
)
def test_each_check(given_facts: dict[str, Any], code: str, expected: str) -> None:
    """Each check on a file made for it: what contradicts, what is only a sign, what agrees."""
    outcome = ask(facts_of(**given_facts))
    assert came(outcome, code) == expected
    assert (outcome.result == "contradicts itself") == (expected == "contradiction")


@pytest.mark.parametrize(
    ("seen", "expected"),
    [("2024-07-02", "agrees"), ("2024-06-28", "contradiction"), ("2024-07-01T10:00Z", "agrees"),
     ("2024-06-30T20:00+00:00", "contradiction")],
)  # fmt: skip
def test_no_time_is_later_than_the_day_it_was_seen(seen: str, expected: str) -> None:
    """Only what is later in every zone contradicts; there is no clock in the method, a person states the day."""
    assert came(ask(facts_of({"DateTimeOriginal": TAKEN}), seen_at=seen), "later-than-seen") == expected
    assert came(ask(facts_of({"DateTimeOriginal": TAKEN})), "later-than-seen") == "not possible"


def test_a_record_says_by_when_it_was_seen() -> None:
    """Without a stated day the media record's day of posting serves: a picture of later than that contradicts it."""
    facts = facts_of({"DateTimeOriginal": TAKEN})
    for posted, expected in (("2024-06-01", "contradiction"), ("2024-07-03", "agrees"), ("2024-06/2024-07", "agrees")):
        assert came(ask(facts, {"posted": When.from_edtf(posted)}), "later-than-seen") == expected


def test_video_times(samples: Path) -> None:
    """A phone's own time with its zone and the container's in UTC are compared as instants."""
    boxes = {"com.apple.quicktime.creationdate": "2024-07-01T14:30:00+0200", "CreationTime": "2024-07-01T12:30:04Z",
             "ModificationTime": "2024-07-01T12:30:40Z"}  # fmt: skip
    assert came(ask(facts_of(boxes=boxes)), "modified-before-taken") == "agrees"
    boxes["ModificationTime"] = "2024-07-01T09:30:40Z"
    assert came(ask(facts_of(boxes=boxes)), "modified-before-taken") == "contradiction"


def test_light_is_a_note_and_never_a_contradiction() -> None:
    """Whether a picture shows day is a person's statement: it makes a note. A clock that keeps UTC is recognised."""
    night = facts_of({"DateTimeOriginal": "2024:07:01 01:00:00", "OffsetTimeOriginal": "+02:00"}, PARIS)
    outcome = ask(night, light="day")
    assert "light-against-sun" in codes(outcome)
    assert outcome.result != "contradicts itself"
    assert outcome.values["sun_elevation"] == pytest.approx(-17, abs=2)
    assert "light-against-sun" not in codes(ask(night, light="night"))
    assert "light-against-sun" not in codes(ask(night))
    tokyo: dict[str, Value] = {
        "GPSLatitude": (35.0, 40.0, 0.0),
        "GPSLongitude": (139.0, 45.0, 0.0),
        "GPSLongitudeRef": "E",
    }
    utc = ask(facts_of({"DateTimeOriginal": "2024:07:01 03:00:00"}, tokyo), light="day")
    assert {"light-against-sun", "clock-may-be-utc"} <= codes(utc)


def test_nothing_means_nothing() -> None:
    """An empty file is told as such, with the reason why that says nothing."""
    outcome = ask(facts_of(jpeg={"Coding": "baseline"}))
    assert outcome.result == "nothing to read"
    assert "platforms remove it" in outcome.statement.en
    assert ask(facts_of({"Make": "Canon"})).result == "cannot tell"
    damaged = ask(facts_of(faults=(Fault("cut-off", "It breaks off.", "byte 9"),)))
    assert (damaged.result, "damaged" in codes(damaged)) == ("cannot tell", True)


def test_the_sentence_says_how_much_could_be_checked() -> None:
    """No contradiction found is worth what could be compared: the sentence carries the numbers."""
    outcome = ask(facts_of({"DateTimeOriginal": TAKEN, "DateTime": TAKEN}))
    assert "1 of 10 checks could be made" in outcome.statement.en
    assert sum(check["came"] == "not possible" for check in outcome.values["checks"]) == 9


def test_credentials_are_four_facts() -> None:
    """Intact and trusted stand apart; broken ones contradict the file; an unchecked signer is said to be unchecked."""
    whole = Credentials(manifest="present", intact=True, issuer="Maker", signed="2024-07-01T12:30:00Z", generator="cam")
    outcome = ask(facts_of(credentials=whole))
    assert came(outcome, "credentials-broken") == "agrees"
    note = next(one.text for one in outcome.caveats if one.code == "credentials-claim")
    assert "was not checked" in note
    assert "no proof of what the picture shows" in note
    broken = Credentials(manifest="present", intact=False, trusted=True, faults=("assertion.dataHash.mismatch",))
    outcome = ask(facts_of(credentials=broken))
    assert outcome.result == "contradicts itself"
    assert "assertion.dataHash.mismatch" in outcome.statement.en
    remote = ask(facts_of(credentials=Credentials(manifest="remote", remote="host.example")))
    assert "credentials-elsewhere" in codes(remote)
    assert any("remote manifest" in text for text in remote.needed)


def test_positions_and_people_are_not_printed() -> None:
    """Where the camera stood, who and which device: in the file, not in the finding, unless somebody asks for it."""
    exif: dict[str, Value] = {
        "DateTimeOriginal": TAKEN,
        "Artist": "A. Witness",
        "BodySerialNumber": "0123",
        "Make": "Canon",
        "Software": "C:\\Users\\jane\\editor.exe",
    }
    facts = facts_of(
        exif, PARIS | {"GPSImgDirection": 71.25}, xmp={"dc:creator": "A. Witness", "photoshop:City": "Rason"}
    )
    outcome = ask(facts)
    printed = str([outcome.rows, outcome.values, outcome.statement, outcome.caveats, outcome.reasons])
    for secret in ("jane", "Witness", "0123", "48.0", "51.0", "Rason", "71.25"):
        assert secret not in printed
    assert {"private-left-out", "position-in-file"} <= codes(outcome)
    assert any(row["value"] == "Canon" for row in outcome.rows)
    assert sum(row["value"] == WITHHELD for row in outcome.rows) == 8
    shown = ask(facts, private=True)
    assert "A. Witness" in [row["value"] for row in shown.rows]


def photographed(seed: int = 1) -> Image.Image:
    """A picture with large shapes."""
    rough = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), np.uint8)
    return Image.fromarray(rough).resize((480, 360), Image.Resampling.BICUBIC)


def stored(picture: Image.Image, thumbnail: Image.Image, turn: int = 1) -> tuple[Facts, dict[str, Any]]:
    """Facts and photo of a picture whose thumbnail is another one."""
    stream, small = io.BytesIO(), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = turn
    picture.save(stream, "JPEG", exif=exif)
    thumbnail.save(small, "JPEG")
    facts = facts_of({"Make": "Canon"}, thumbnail=small.getvalue())
    return facts, {"photo": read_photo(stream.getvalue(), name="a")}


@pytest.mark.parametrize("turn", [1, 3, 6, 8])
def test_a_pictures_own_thumbnail_agrees(turn: int) -> None:
    """Shrunk, in black bars, blurred or brightened, however the camera was turned: the same picture."""
    picture = photographed()
    small = picture.resize((160, 120))
    barred = Image.new("RGB", (160, 140))
    barred.paste(small, (0, 10))
    for thumbnail in (
        small,
        barred,
        small.filter(ImageFilter.GaussianBlur(1)),
        small.point(lambda v: min(255, v + 30)),
    ):
        facts, clip = stored(picture, thumbnail, turn)
        assert came(ask(facts, clip), "thumbnail-differs") == "agrees"


def test_a_forgotten_thumbnail_is_found() -> None:
    """Of another picture, of the picture before it was cut, or of one before something was put in."""
    picture = photographed()
    others = [photographed(2).resize((160, 120)), picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).resize((160, 120)),
              picture.resize((160, 90))]  # fmt: skip
    for thumbnail in others:
        facts, clip = stored(picture, thumbnail)
        assert came(ask(facts, clip), "thumbnail-differs") == "contradiction"
    facts, clip = stored(picture.crop((0, 0, 300, 225)), picture.resize((160, 120)))
    assert came(ask(facts, clip), "thumbnail-differs") in {"contradiction", "not possible"}


def test_thumbnails_that_cannot_be_compared_are_said_to_be(samples: Path) -> None:
    """An even sky, a broken thumbnail, a picture that cannot be decoded: no check, and no accusation."""
    even = Image.new("RGB", (480, 360), "grey")
    facts, clip = stored(even, even.resize((160, 120)))
    assert came(ask(facts, clip), "thumbnail-differs") == "not possible"
    assert came(ask(facts_of(thumbnail=b"\xff\xd8\xff broken"), clip), "thumbnail-differs") == "not possible"
    assert came(ask(facts_of(thumbnail=b"\xff\xd8\xff")), "thumbnail-differs") == "not possible"


def test_samples_whose_programs_are_known(samples: Path) -> None:
    """Real files: the editors that wrote them are named, and their own thumbnails agree."""
    for name, editor in (("c2pa/A_no_manifest.jpg", "Lightroom"), ("pdq/dih/bridge-2-rotate-90.jpg", "Photoshop")):
        path = samples / "verification" / name
        data = path.read_bytes()
        outcome = ask(probe(data), {"name": path.name, "photo": read_photo(data, name="a", longest=640)})
        assert outcome.result == "no contradiction found"
        assert any(editor in note.text for note in outcome.reasons if note.code == "saved-by-program")
        assert came(outcome, "thumbnail-differs") == "agrees"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"zone": "CET"}, "zone-unreadable"),
        ({"zone": "+19:00"}, "zone-unreadable"),
        ({"seen_at": "May"}, "seen-unreadable"),
        ({"seen_at": "2024-07-01T10:00"}, "seen-unreadable"),
    ],
)
def test_what_cannot_be_read_is_refused(parameters: dict[str, Any], code: str) -> None:
    """A zone that is none, and a time without a zone, are refused with a code."""
    with pytest.raises(Refusal) as refused:
        ask(facts_of(), **parameters)
    assert refused.value.code == code


def test_one_file_at_a_time() -> None:
    """Two files are two questions."""
    clip = clip_of(facts_of())
    with pytest.raises(Refusal) as refused:
        run(Inputs({"file": (clip, clip)}), Parameters.of(CARD, {}), rng=np.random.default_rng(1))
    assert refused.value.code == "several-files"


def test_every_code_that_is_said_stands_on_the_card() -> None:
    """Caveats carry codes that the card explains, and results are those that the card lists."""
    known = {guard.code for guard in CARD.front.guards}
    results = {result.id for result in CARD.front.results}
    broken = facts_of({"DateTimeOriginal": TAKEN}, PARIS, credentials=Credentials(manifest="present", expired=True))
    for facts in (facts_of(), broken, facts_of(credentials=Credentials(manifest="unreadable", why="x"))):
        outcome = ask(facts, {"simulated": True}, light="night")
        assert codes(outcome) <= known
        assert outcome.result in results
