"""AIS as it comes: sentences with and without times, tables, and where a ship was between two reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dateline.core.errors import InputError
from dateline.imagery.ais import KNOT, Fix, Track, position_at
from dateline.imagery.readers.ais import read_all, read_nmea, read_tracks

AT = datetime(2009, 5, 5, 17, 20, 35, tzinfo=UTC)
TAGGED = rb"\g:1-1-73874,n:157036,s:r003669945,c:1241544035*4A\!AIVDM,1,1,,B,15N4cJ`005Jrek0H@9n`DW5608EP,0*13"
NAMED = (
    b"!AIVDM,2,1,4,A,55O0W7`00001L@gCWGA2uItLth@DqtL5@F22220j1h742t0Ht0000000,0*08",
    b"!AIVDM,2,2,4,A,000000000000000,2*20",
)


@pytest.mark.samples
def test_the_sample_feed_is_read_whole_and_without_a_time(samples: Path) -> None:
    """758 positions of 163 ships; 100 empty sentences; no time of reception, which is said and not made up."""
    found = read_tracks(samples / "ships" / "ais" / "nmea_data_sample.txt")
    assert len(found.tracks) == 163
    assert sum(len(track.fixes) for track in found.tracks) == 758
    assert found.timed == 0
    assert {code for code, _ in found.notes} == {"ais-dropped", "ais-no-time"}
    assert all(fix.speed is None or fix.speed < 60 for track in found.tracks for fix in track.fixes)


def test_a_tag_block_tells_the_time_and_parts_are_joined() -> None:
    """c: is seconds of UTC; a static report in two sentences gives the name to its ship's positions."""
    found = read_nmea([TAGGED, *NAMED])
    (track,) = found.tracks
    assert track.mmsi == 367078250
    assert track.fixes[0].at == AT
    assert track.fixes[0].speed == pytest.approx(0.5 * KNOT)
    assert not any(code == "ais-no-time" for code, _ in found.notes)


def test_a_wrong_checksum_is_left_out_and_told() -> None:
    """A sentence that was garbled on the way is no position."""
    found = read_nmea([TAGGED.replace(b"*13", b"*14")])
    assert found.tracks == ()
    assert any("checksum" in text for _, text in found.notes)


def test_a_table_needs_its_columns_and_its_zone(tmp_path: Path) -> None:
    """Declared columns are read, speeds in knots; times without a zone, and columns that are not there, are refused."""
    path = tmp_path / "ais.csv"
    path.write_text("MMSI,BaseDateTime,LAT,LON,SOG,COG\n440001000,2024-05-01T09:00:00,35.1,129.0,10,360\n")
    columns = {"mmsi": "MMSI", "time": "BaseDateTime", "lat": "LAT", "lon": "LON", "speed": "SOG", "course": "COG"}
    with pytest.raises(InputError) as zone:
        read_tracks(path, columns)
    with pytest.raises(InputError) as missing:
        read_tracks(path, {"mmsi": "Mmsi"})
    found = read_all([path], {**columns, "zone": "UTC"})
    assert (zone.value.code, missing.value.code) == ("ais-zone", "ais-columns")
    assert found.tracks[0].fixes[0] == Fix(
        at=datetime(2024, 5, 1, 9, tzinfo=UTC), lon=129.0, lat=35.1, speed=10 * KNOT, course=None
    )


def test_another_file_is_no_ais(tmp_path: Path) -> None:
    """A text without a sentence is named as such."""
    path = tmp_path / "notes.txt"
    path.write_text("no ships today\n")
    with pytest.raises(InputError) as error:
        read_tracks(path)
    assert error.value.code == "ais-format"


def test_a_ship_is_on_the_line_between_its_reports() -> None:
    """Half of the time is half of the way, less sure the farther from a report; beyond the hour there is nothing."""
    start = datetime(2024, 5, 1, 9, tzinfo=UTC)
    track = Track(
        mmsi=1,
        fixes=(Fix(at=start, lon=129.0, lat=35.0), Fix(at=start + timedelta(minutes=20), lon=129.0, lat=35.054)),
    )
    hour = timedelta(hours=1)
    middle = position_at(track, start + timedelta(minutes=10), hour)
    near = position_at(track, start + timedelta(minutes=1), hour)
    assert middle is not None
    assert near is not None
    assert middle.lat == pytest.approx(35.027, abs=1e-4)
    assert middle.north == pytest.approx(5.0, abs=0.02)
    assert near.radius < middle.radius
    assert position_at(track, start + timedelta(hours=3), hour) is None


def test_beyond_the_last_report_its_course_is_followed() -> None:
    """Ten knots to the east for six minutes is a nautical mile."""
    start = datetime(2024, 5, 1, 9, tzinfo=UTC)
    track = Track(mmsi=1, fixes=(Fix(at=start, lon=0.0, lat=0.0, speed=10 * KNOT, course=90.0),))
    there = position_at(track, start + timedelta(minutes=6), timedelta(hours=1))
    assert there is not None
    assert there.lon == pytest.approx(1852 / 111_319.5, rel=1e-3)
    assert there.radius > 1852
