"""SRT and WebVTT become rows with times; what is wrong is told with its line, and nothing breaks the reader."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.ledger.compose.transcript import heard
from dateline.ledger.source import Source
from dateline.ledger.subtitles import LARGEST, Subtitles, read_subtitles
from dateline.ledger.transcript import Stretch, spoken, within

SRT = """\ufeff1
00:00:01,000 --> 00:00:02,500 X1:3 Y1:4
<i>Мы</i> ничего
{\\an8}не везли.

2
00:00:02,500 --> 00:00:03,000

3
01:00:04,5 --> 01:00:06,000
- 10 < 20
"""
VTT = """WEBVTT - a title

STYLE
::cue { color: red }

NOTE 00:00.000 --> 00:01.000
a comment

first cue
00:01.000 --> 00:02.500 align:start
<v.loud Kim Moon>We shipped <00:00:01.500><c.x>ten</c> &amp; more.</v>

00:03.000 --> 00:04.000
<v Kim Moon>One <v Ann>two
"""


def faults(text: str | bytes) -> list[tuple[int | None, str]]:
    data = text.encode() if isinstance(text, str) else text
    read = read_subtitles(data, file="a.srt")
    assert read.rows == ()
    return [(fault.line, fault.key) for fault in read.faults]


def test_srt_is_read() -> None:
    """Words without markup in one line; cues without words are noted; times to the thousandth."""
    read = read_subtitles(SRT.replace("\n", "\r\n").encode(), file="a.srt", language="ru")
    assert [(row.start, row.end, row.original) for row in read.rows] == [
        (1.0, 2.5, "Мы ничего не везли."),
        (3604.5, 3606.0, "- 10 < 20"),
    ]
    assert {row.language for row in read.rows} == {"ru"}
    assert read.notes == ("line 7: times without words",)


def test_webvtt_is_read() -> None:
    """Comments, styles and settings are passed over; one voice names the speaker, two name nobody."""
    read = read_subtitles(VTT.encode(), file="a.vtt")
    assert [(row.voice, row.original) for row in read.rows] == [
        ("Kim Moon", "We shipped ten & more."),
        (None, "One two"),
    ]


def test_every_fault_has_its_line() -> None:
    """An end before the start, no times, times that are none, cues out of order, two cues in one: all at once."""
    text = (
        "1\n00:00:05,000 --> 00:00:04,000\nx\n\nno times here\n\n00:00:10 --> 00:75:00\nx\n\n"
        "00:00:10,000 --> 00:00:12,000\nx\n00:00:12,000 --> 00:00:13,000\ny\n\n"
        "00:00:20,000 --> 00:00:21,000\nx\n\n00:00:01,000 --> 00:00:02,000\nx\n"
    )
    assert faults(text) == [(2, "the times"), (5, "the cue"), (7, "the times"), (11, "the cue"), (18, "the times")]


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe1\0", b"a\0b", b"\xe9", b"x" * (LARGEST + 1), b"WEBVTT\n\nNOTE nothing\n", b"<html></html>"],
)
def test_what_is_no_subtitle_is_one_fault(data: bytes) -> None:
    """Empty, UTF-16, binary, another encoding, too large, no cue: one fault each, no traceback."""
    assert len(faults(data)) == 1


@settings(deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(alphabet="0123456789:,.-> \nWEBVT<v>&;é{}", max_size=300)))
def test_nothing_breaks_the_reader(data: bytes | str) -> None:
    """Whatever the bytes are: rows in order, or faults with lines."""
    read = read_subtitles(data.encode() if isinstance(data, str) else data, file="a.srt")
    assert isinstance(read, Subtitles)
    assert bool(read.rows) != bool(read.faults)
    assert [row.start for row in read.rows] == sorted(row.start for row in read.rows)
    assert all(fault.line for fault in read.faults)


def test_a_hostile_file_is_read_in_time_that_grows_with_its_size() -> None:
    """A megabyte of opened tags, or of dashes, is told at once."""
    for text in ("00:00:01,000 --> 00:00:02,000\n" + "<" * 1_000_000, "-" * 1_000_000, "1\n" * 300_000):
        read_subtitles(text.encode(), file="a.srt")


def test_voices_become_the_sources_that_they_name() -> None:
    """By a name in any language; a name that two have, or nobody, stays a voice."""
    kim = Source(id="kim", type="person", names={"en": "Kim Moon", "ko": "김문"})
    found = heard(VTT.encode(), file="a.vtt", sources={"kim": kim})
    assert [(row.speaker, row.voice) for row in found.rows] == [("kim", None), (None, None)]
    twin = kim.model_copy(update={"id": "kim-2"})
    found = heard(VTT.encode(), file="a.vtt", sources={"kim": kim, "kim-2": twin})
    assert found.rows[0].voice == "Kim Moon"
    assert "nobody among the sources is called Kim Moon" in found.notes[0]


def test_a_stretch_touches_rows() -> None:
    """Rows that only meet its ends are not in it; an open end reaches to the last."""
    rows = [Stretch(start=at, end=at + 1, original=str(at)) for at in range(4)]
    assert [row.original for row in within(rows, 1, 2.5)] == ["1", "2"]
    assert [row.original for row in within(rows, 2, None)] == ["2", "3"]
    assert spoken(62.5, 69) == "00:01:02.500 to 00:01:09"
    assert spoken(None, 3) == "00:00:00 to 00:00:03"
