"""Files of looks at a site: three forms, one meaning; every fault at once with its file and line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core.errors import RecordError
from dateline.ledger.site_look import SiteLook
from dateline.ledger.site_look_files import COLUMNS, read_site_looks, write_site_looks

HEAD = "image,start,end,sensor,gsd,answer,by,reason\n"


def looks(text: str, file: str = "looks.csv", **more: object) -> list[SiteLook]:
    return [read.look for read in read_site_looks(text.encode(), file=file, **more)]


def test_a_day_a_month_and_a_moment_are_intervals_of_utc() -> None:
    """A plain day is that whole UTC day, a month its days, a moment with a zone itself."""
    day, month, moment, span = looks(
        HEAD + "A,2024-10-04,,WV,0.5,absent,ana,\nB,2024-10,,base,3,present,ana,\n"
        "C,2024-10-09T11:00+09:00,,WV,0.5,yes,ana,\nD,2024-11-01,2024-11-20,mosaic,3,cloudy,ana,\n"
    )
    assert (day.start, day.end) == (datetime(2024, 10, 4, tzinfo=UTC), datetime(2024, 10, 4, 23, 59, 59, tzinfo=UTC))
    assert (month.start.day, month.end.day) == (1, 31)
    assert moment.start == moment.end == datetime(2024, 10, 9, 2, tzinfo=UTC)
    assert (span.start.day, span.end.day, span.answer, span.reason) == (1, 20, "obscured", "cloud")


def test_geojson_and_lines_say_the_same_as_a_table() -> None:
    """One look in three forms."""
    cells = {"image": "A", "start": "2024-10-04T02:00Z", "sensor": "WV", "gsd": 0.5, "answer": "not_discernible"}
    cells |= {"by": "ana", "reason": "haze"}
    feature = {"type": "Feature", "geometry": None, "properties": cells}
    whole = {"type": "FeatureCollection", "features": [feature]}
    table = looks(HEAD + "A,2024-10-04T02:00Z,,WV,0.5,not discernible,ana,haze\n")
    assert looks(json.dumps(whole), "a.geojson") == looks(json.dumps(cells), "a.jsonl") == table


def test_every_fault_is_told_at_once_with_its_line() -> None:
    """Naive time, end before start, an unknown answer, a share of 2, a distance of no number, one image twice."""
    text = (
        "image,start,end,gsd,answer,detection\nA,2024-10-04T10:00,,0.5,absent,\nB,2024-10-04,2024-10-01,0.5,absent,\n"
        "C,2024-10-04,,half,maybe,2\nD,2024-10-04,,0.5,present,\nD,2024-10-05,,0.5,present,\n,,,,absent,\n"
    )
    with pytest.raises(RecordError) as caught:
        looks(text)
    found = {(fault.line, fault.key) for fault in caught.value.faults}
    expected = {
        (2, "start"),
        (3, "end"),
        (4, "gsd"),
        (4, "answer"),
        (4, "detection"),
        (6, "start"),
        (7, "image"),
        (7, "start"),
    }
    assert found == expected
    assert "without a zone" in str(caught.value)
    assert all(fault.file == "looks.csv" for fault in caught.value.faults)


@pytest.mark.parametrize(("text", "file", "key"), [
    ("image,start,awnser\nA,2024,present\n", "a.csv", "the header"), ("", "a.csv", "the file"),
    ("image,start\nA,2024\n", "a.csv", "the header"), ("[1, 2]", "a.geojson", "the file"),
    ("{", "a.geojson", "the file"),
    ("[]\n{", "a.jsonl", "the line"), ('{"image": "A", "start": "2024", "answr": "present"}', "a.jsonl", "answr"),
    ("\xff", "a.csv", "the header"),
])  # fmt: skip
def test_what_is_no_file_of_looks_says_so(text: str, file: str, key: str) -> None:
    """Never a traceback, never a guess."""
    with pytest.raises(RecordError) as caught:
        looks(text, file)
    assert key in {fault.key for fault in caught.value.faults}


def test_columns_may_be_called_otherwise() -> None:
    """Then the others are left aside."""
    text = "scene;taken;verdict;note\nA;2024-10-04;absent;x\n"
    (look,) = looks(text, names={"image": "scene", "start": "taken", "answer": "verdict"})
    assert (look.image, look.answer, look.by) == ("A", "absent", "looks.csv")


TEXT = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=8)


@given(st.builds(
    SiteLook,
    image=TEXT, start=st.just(datetime(2024, 1, 1, tzinfo=UTC)), sensor=st.none() | TEXT,
    end=st.integers(0, 10**6).map(lambda s: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=s)),
    gsd=st.none() | st.floats(0.01, 1000).map(lambda x: round(x, 3)), by=TEXT,
    independent=st.booleans(), reason=st.none() | TEXT, detection=st.none() | st.sampled_from([0.0, 0.5, 1.0]),
    answer=st.sampled_from(["present", "absent", "not discernible"]),
))  # fmt: skip
def test_what_is_written_is_read_back(look: SiteLook) -> None:
    """JSON lines, as the desk's screens will write them."""
    assert looks(write_site_looks([look]), "desk.jsonl") == [look]
    assert set(COLUMNS) >= set(json.loads(write_site_looks([look])))
