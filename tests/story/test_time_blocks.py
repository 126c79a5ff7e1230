"""Time slider, scroll story and video: no stop skipped, one scale, rings where places are, clips with care."""

from __future__ import annotations

import io
import re
import struct
import zlib
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import tomlkit
from PIL import Image

from dateline.core.errors import InputError
from dateline.core.when import When
from dateline.evidence.item import Item, Licence
from dateline.ledger.case import Case
from dateline.story.blocks.scroll_story import Ring
from dateline.story.blocks.time_slider import Shot
from dateline.story.blocks.time_slider.axis import Span, gaps, in_order, spans
from dateline.story.blocks.video.embedding import Heard, heard, to_mask, webvtt, why_not
from dateline.story.check import examine, read_story, reading_of
from dateline.story.figure import figures
from dateline.story.keyframe import is_clip, keyframe
from dateline.story.parse import parse
from dateline.story.picture_row import check_alike
from dateline.story.render import render
from dateline.story.samples import sample_case, sample_of
from dateline.story.still import stills

DAY = When.on


def change(story: Path, *changes: tuple[str, str]) -> None:
    """Changes a story's text in place."""
    text = story.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    story.write_text(text, encoding="utf-8")


def faults_of(folder: Path, *changes: tuple[str, str]) -> str:
    """What the check says of a block's sample with changes of its text."""
    change(folder / "case/story.md", *changes)
    case = Case.load(folder / "case")
    return " ".join(f"{fault.saw} {fault.do}" for fault in examine(reading_of(case, read_story(case))).faults)


def page_of(folder: Path, name: str, *changes: tuple[str, str]) -> str:
    """The page of a block's sample, with changes of its text."""
    root = folder / "case"
    if not root.is_dir():
        sample_case(root, [name])
    change(root / "story.md", *changes)
    case = Case.load(root)
    return render(reading_of(case, read_story(case))).decode()


def test_the_axis_is_time_and_not_the_number_of_an_image() -> None:
    """Days after each other lie side by side, a month is as long as its days, two images of one day stand apart."""
    times = [DAY(date(2024, 1, 1)), DAY(date(2024, 1, 2)), When.month(2024, 3), DAY(date(2024, 4, 9))]
    one, two, month, last = spans(times)
    assert one.left == 0
    assert last.right == 100
    assert one.right == two.left
    assert month.width == pytest.approx(31 * one.width, abs=0.1)
    assert spans([times[0]])[0].middle == 50
    twice = spans([times[0], times[0], times[3]])
    assert [span.lane for span in twice] == [0, 1, 0]
    close = [DAY(datetime(2024, 1, 1, hour, tzinfo=UTC)) for hour in (12, 13)]
    assert [span.lane for span in spans([*close, times[3]])] == [0, 1, 0]
    noon = close[0]
    assert spans([noon])[0].width == 0


def test_an_image_that_may_be_of_then_leaves_no_gap() -> None:
    """Where a long stretch reaches into a step nobody can say that nothing was taken."""
    times = [DAY(date(2024, 1, 1)), DAY(date(2024, 1, 2)), When.month(2024, 1), DAY(date(2024, 1, 30))]
    assert gaps(spans([*times[:2], times[3]])) == {2: Span(6.67, 96.67)}
    assert gaps(spans(times)) == {}


def test_images_come_in_order_of_their_middles() -> None:
    """An interval stands where its middle is; equal ones stay as they are given."""
    times = [When.month(2024, 3), DAY(date(2024, 3, 2)), DAY(date(2024, 3, 30)), DAY(date(2024, 3, 2))]
    assert in_order(times) == [1, 3, 0, 2]


@pytest.mark.parametrize(
    ("days", "found"),
    [((1, 7, 13, 19), []), ((1, 7, 19, 25), [2]), ((1, 2), []), ((1,), []), ((1, 1, 1), []), ((1, 7, 13, 31), [3])],
)
def test_a_step_longer_than_most_is_a_gap(days: tuple[int, ...], found: list[int]) -> None:
    """One pass of a regular row that is missing is found; two images have no usual step."""
    assert list(gaps(spans([DAY(date(2024, 1, day)) for day in days]))) == found


def test_nothing_is_skipped_in_silence(tmp_path: Path) -> None:
    """Cloud, no image and a long stretch without one are stops of their own, each with its words and dates."""
    page = page_of(tmp_path, "time_slider")
    kinds = re.findall(r'<li class="ts-stop (\w+)"', page)
    assert kinds == ["seen", "seen", "not_seen", "seen", "missing", "gap", "seen"]
    assert "No usable image between 6 September 2023 and 8 September 2023" in page
    assert "between 12 September and 23 September 2023" in page
    figure = page[page.index("<figure") : page.index("</figure>")]
    assert figure.count('<p class="ts-when">') == figure.count("<tr><td>") == len(kinds)
    assert "each with its own exposure" in page


def _row(folder: Path, *shots: tuple[str, str]) -> str:
    """The page of a row of images: dates, and what else is said of each."""
    told = (
        f'[[images]]\nfile = "pictures/eskerry_{n}_simulated.jpg"\ndate = "{day}"\nalt = "A quay from above."\n{more}\n'
        for n, (day, more) in enumerate(shots, 1)
    )
    root = sample_case(folder / "case", ["time_slider"])
    text = (root / "story.md").read_text(encoding="utf-8")
    (root / "story.md").write_text(text[: text.index("[[images]]")] + "\n".join(told) + ":::\n", encoding="utf-8")
    return page_of(folder, "time_slider")


CLOUD = 'state = "not seen"\nwhy = "cloud"'


def test_instants_and_days_stand_on_one_axis_in_utc(tmp_path: Path) -> None:
    """The mark of a day stands at its midnight; words count days as the axis does, whatever offset a date has."""
    page = _row(tmp_path, ("2023-09-06T23:30:00-08:00", ""), ("2023-09-07T01:00:00-08:00", CLOUD),
                ("2023-09-08T23:30:00-08:00", ""))  # fmt: skip
    assert "No usable image between 7 September 2023 and 9 September 2023" in page
    marks = re.findall(r'<text x="([\d.]+)%" y="12" text-anchor="middle">([^<]+)', page)
    assert marks == [("34.38", "8 Sep"), ("84.38", "9 Sep")]


def test_measured_images_stand_on_one_stretch(tmp_path: Path) -> None:
    """Rasters in a row have one legend that says so; without a stretch, and beside a photograph, they are refused."""
    page = _row(tmp_path, ("2022-03", ""), ("2024-03", 'state = "partly"\nwhy = "snow"'))
    months = [(f"eskerry_{n}_simulated.jpg", f"VNP46A3_{year}_03_simulated.tif") for n, year in ((1, 2022), (2, 2024))]
    with pytest.raises(InputError, match="how to draw"):
        page_of(tmp_path, "time_slider", *months)
    scale = "[stretch]\nlow = 0.3\nhigh = 60\n\n[[images]]"
    page = page_of(tmp_path, "time_slider", ("[[images]]", scale))
    assert "Same colour scale on all images." in page
    assert "own exposure" not in page
    assert 'class="ts-sheet big"' in page
    with pytest.raises(InputError) as caught:
        page_of(tmp_path, "time_slider", (months[1][1], months[1][0]))
    assert caught.value.code in {"picture-shapes", "picture-scales"}


def test_a_month_in_a_row_of_days_is_told_as_long_as_it_is(tmp_path: Path) -> None:
    """Its ends are the axis's; where it may be of that day nothing is said to lie between days."""
    page = _row(tmp_path, ("2023-09", ""), ("2023-09-17", CLOUD), ("2023-09-18", ""))
    assert "<span>September 2023</span><span>September 2023</span>" in page
    assert "No usable image" not in page


def test_one_image_has_no_slider_and_two_of_a_day_have_their_minutes(tmp_path: Path) -> None:
    """A row of one is a plain picture; instants are told with their time in UTC."""
    whole = page_of(tmp_path, "time_slider", ('date = "2023-09-07"', 'date = "2023-09-06T05:30:00Z"'))
    assert "6 September 2023, 05:30 UTC" in whole
    story = tmp_path / "case/story.md"
    text = story.read_text(encoding="utf-8")
    second = text.index("[[images]]", text.index("[[images]]") + 1)
    story.write_text(text[:second] + ":::\n", encoding="utf-8")
    page = page_of(tmp_path, "time_slider")
    assert '<input type="range"' not in page[page.index("<body") :]
    assert "own exposure" not in page


def test_vague_dates_are_bars_and_open_ones_are_refused(tmp_path: Path) -> None:
    """A month is a bar, a doubtful one is dashed and says about; a date without an end stops the build."""
    page = page_of(tmp_path, "time_slider", ('date = "2023-09-06"', 'date = "2023-09~"'))
    assert "about September 2023" in page
    assert re.search(r'ts-mark seen vague" data-mark><rect', page)
    assert "both ends" in faults_of(tmp_path, ('date = "2023-09~"', 'date = "2023-09-06/.."'))
    for bad in ("9999-12-31", "2023-09-02/2023-09-01T23:00:00Z"):
        with pytest.raises(ValueError, match="both ends"):
            Shot.model_validate({"file": "a.jpg", "alt": "a", "date": bad})


@pytest.mark.parametrize(
    ("other", "code"), [((300, 100, None), "picture-shapes"), ((600, 400, "placed"), "picture-scales")]
)
def test_pictures_of_another_cut_or_on_another_scale_are_refused(other: tuple[int, int, str | None], code: str) -> None:
    """All cover each other, and a measured image does not stand beside a photograph as if on one scale."""
    one, two, like = (
        SimpleNamespace(date="a day", drawn=SimpleNamespace(width=width, height=height, placed=placed))
        for width, height, placed in ((300, 200, None), other, (301, 200, None))
    )
    check_alike([one, like])
    with pytest.raises(InputError) as caught:
        check_alike([one, like, two])
    assert caught.value.code == code


def test_a_picture_of_200_megapixels_or_none_is_refused(tmp_path: Path) -> None:
    """The header is read, the pixels are not; the error says how many there are, or that nothing is there."""
    root = sample_case(tmp_path / "case", ["time_slider"])
    head = b"IHDR" + struct.pack(">IIBBBBB", 20_000, 10_000, 8, 2, 0, 0, 0)
    huge = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    (root / "pictures/huge_simulated.png").write_bytes(huge + struct.pack(">I", 0) + b"IDAT" + bytes(8))
    for name, seen in (("huge_simulated.png", "200000000|20000 × 10000"), ("gone_simulated.png", "no such file")):
        with pytest.raises(InputError) as caught:
            page_of(tmp_path, "time_slider", ("eskerry_2_simulated.jpg", name))
        assert re.search(seen, str(caught.value.saw))
        page_of(tmp_path, "time_slider", (name, "eskerry_2_simulated.jpg"))


def test_each_step_is_text_with_its_ring_and_the_picture_names_them(tmp_path: Path) -> None:
    """Rings are numbered as their steps are; a place's ring is where its label is; alt texts say what is ringed."""
    page = page_of(tmp_path, "scroll_story")
    assert re.findall(r'<div class="ss-step"(?: data-ring="(\d)")?>', page) == ["", "1", "2", "3"]
    wide = re.findall(r'<svg class="over wide".*?</svg>', page, re.DOTALL)
    label = re.search(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="[\d.]+" class="spot"/>\s*<text[^>]*>Arden<', wide[0])
    ring = re.search(r'data-ring="1"><circle cx="([\d.]+)" cy="([\d.]+)"', wide[1])
    assert label
    assert ring
    assert label.groups() == ring.groups()
    assert "Ringed: 2, Arden; 3, ground that was not seen." in page


def test_a_ring_that_lies_nowhere_is_refused(tmp_path: Path) -> None:
    """A place on a photograph, which has no coordinates; shares that are none; names that nothing has, or two."""
    root = sample_case(tmp_path / "case", ["scroll_story"])
    brill = root / "places/brill.toml"
    told = brill.read_text(encoding="utf-8")
    brill.write_text(told.replace('"Brill"', '"Arden"'), encoding="utf-8")
    with pytest.raises(InputError, match="more than one place of that name"):
        page_of(tmp_path, "scroll_story")
    brill.write_text(told, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        page_of(
            tmp_path,
            "scroll_story",
            ("VNP46A3_2022_03_simulated.tif", "quay_simulated.jpg"),
            ("VNP46A3_2024_03_simulated.tif", "quay_simulated.jpg"),
        )
    assert caught.value.code == "ring-outside"
    assert "shares such as" in faults_of(tmp_path, ("[0.81, 0.13, 0.11]", "[820, 200, 100]"))
    back = ("[820, 200, 100]", "[0.81, 0.13, 0.11]")
    assert "one of before, after" in faults_of(tmp_path, back, ('picture = "after"', 'picture = "afterr"'))
    change(tmp_path / "case/story.md", ('picture = "afterr"', 'picture = "after"'))
    assert "a place of labels" in faults_of(tmp_path, ('labels = ["arden", "brill", "garth"]', 'labels = ["brill"]'))


def test_the_number_of_a_ring_stays_on_the_picture() -> None:
    """In a corner it moves to the other side, and never below the edge."""
    x, y = Ring(1, 990, 590, 50, "x").number_at(20, 1000, 600)
    assert 0 < x < 980
    assert y <= 600


def test_a_clip_is_told_by_its_stills_its_axes_and_where_it_was_found(tmp_path: Path) -> None:
    """Time codes in order, four axes with links to the finding, no bytes of the clip, no policy for any."""
    page = page_of(tmp_path, "video")
    assert re.findall(r'class="vid-code">([\d:.]+)<', page) == ["00:00:02", "00:00:09.500", "00:00:21"]
    assert len(re.findall(r"<li>[^<]+: <a class=\"ref", page)) == 4
    assert "<video " not in page
    assert "media-src" not in page
    assert "The clip itself is not on this page." in page
    plain = page_of(tmp_path, "video", ('finding = "axes-quay-clip"\n', ""))
    assert "Where: confirmed" in plain


def test_a_graphic_clip_is_veiled_and_leaves_no_file(tmp_path: Path) -> None:
    """Each still lies in an entry that is closed, paper says so, and no picture of it is written beside the page."""
    record = sample_case(tmp_path / "case", ["video"]) / "media/quay-clip.toml"
    record.write_text(record.read_text(encoding="utf-8").replace('type = "video"', 'type = "video"\ngraphic = true'))
    page = page_of(tmp_path, "video")
    assert page.count('<details class="veil"><summary>') == 3
    assert "not printed: the picture is graphic" in page
    case = Case.load(tmp_path / "case")
    assert [list(stills(one)) for one in figures(reading_of(case, read_story(case)), {})] == [[]]


def _clip(**more: object) -> Item:
    yes = {"allowed": "yes"}
    base = {
        "id": "clip", "name": "clip.mp4", "sha256": "0" * 64, "bytes": 900_000, "media_type": "video/mp4",
        "collected": datetime(2024, 1, 1, tzinfo=UTC), "by": "mk", "origin": {},
        "licence": {"name": "CC0-1.0", "embed": yes, "publish": yes},
    }  # fmt: skip
    return Item.model_validate(base | more)


@pytest.mark.parametrize(
    ("item", "media", "seen"),
    [
        ({}, {}, ""),
        ({"bytes": 9_000_000}, {}, "at most 4,000,000"),
        ({"licence": Licence(name="all rights reserved")}, {}, "does not say"),
        (
            {"licence": {"name": "x", "embed": {"allowed": "yes"}, "publish": {"allowed": "no"}}},
            {},
            "forbids to publish",
        ),
        ({"media_type": "video/webm"}, {}, "video/webm"),
        ({}, {"graphic": True}, "graphic"),
        ({}, {"mask": ["faces"]}, "faces"),
        ({}, {"transcript": [{"start": 0, "end": 2, "original": "x", "terms": "off_the_record"}]}, "not on the record"),
    ],
)
def test_what_keeps_a_clip_off_the_page(
    own: Path, item: dict[str, object], media: dict[str, object], seen: str
) -> None:
    """Licence, size, kind of file, graphic, faces, a stretch in confidence: each by itself, with what to do."""
    plain = {"schema": 1, "id": "m", "title": "M", "type": "video", "items": ["clip"]}
    told = {**plain, **media}
    (own / "media/m.toml").write_text(tomlkit.dumps(told), encoding="utf-8")
    (own / "media/n.toml").write_text(tomlkit.dumps({**plain, "id": "n"}), encoding="utf-8")
    _clip(**item).write(own)
    case = Case.load(own)
    found, other = (list(why_not(case, case.media[name], case.items["clip"])) for name in "mn")
    assert found == [(saw.replace("n is", "m is"), do) for saw, do in other], "another record of the file says so too"
    assert [bool(do) for _, do in found] == [True] * len(found)
    assert (seen in " ".join(saw for saw, _ in found)) if seen else found == []


def test_a_clip_that_was_hidden_is_not_carried_beside_other_stills(tmp_path: Path) -> None:
    """What is asked of the items of pictures is asked of the clip's own bytes."""
    root = sample_case(tmp_path / "case", ["video"])
    _clip(status="withheld", why="somebody asked us to").write(root)
    change(root / "media/quay-clip.toml", ("posted =", 'items = ["clip"]\nposted ='))
    change(root / "story.md", ('finding = "axes', 'item = "clip"\nembed = true\nfinding = "axes'))
    case = Case.load(root)
    found = examine(reading_of(case, read_story(case))).faults
    assert "clip is withheld" in " ".join(fault.saw for fault in found if fault.rule.code == "hidden-item")


def test_captions_leave_out_what_is_off_the_record(halm: Case) -> None:
    """The stretch is a gap in the text and nowhere in the captions; tags and arrows in words are text."""
    media = halm.media["talk-at-the-quay"]
    rows = list(heard(media, halm, "en"))
    assert [row.is_gap for row in rows] == [False, False, True, False, False]
    assert "Ada" not in " ".join(row.who for row in rows)
    told = webvtt(rows)
    assert "ne skribu" not in told
    assert "00:00:10.000 --> 00:00:19.500\na crane driver at the new quay: Kestojn" in told
    assert webvtt([Heard(0, 1, "", "a <b> --> c")]).endswith("a &lt;b&gt; --&gt; c\n")


def test_faces_that_are_to_be_masked_are_asked_of_every_copy_in_every_block(own: Path) -> None:
    """A file of a record must be masked, a masked copy of it is; no block shows it before."""
    told = {"schema": 1, "id": "m", "title": "M", "type": "photo", "items": ["light-2022"], "mask": ["faces"]}
    (own / "media/m.toml").write_text(tomlkit.dumps(told), encoding="utf-8")
    case = Case.load(own)
    assert to_mask(case, "light-2022") == ("faces",)
    assert to_mask(case, "light-2024") == ()
    done = {"parents": ["light-2022"], "command": "dateline mask light-2022 --box 1,2,3,4"}
    _clip(id="masked", derived=done).write(own)
    assert to_mask(Case.load(own), "masked") == ()
    body = sample_of("scroll_story").replace('file = "pictures/VNP46A3_2022_03_simulated.tif"', 'item = "light-2022"')
    found = examine(reading_of(case, parse(f'+++\ntitle = "T"\n+++\n\n{body}'))).faults
    assert "faces" in " ".join(fault.saw for fault in found if fault.rule.code == "video")


def test_html_in_any_text_is_text(tmp_path: Path) -> None:
    """Tags, quotes, an emoji and a mark of direction in notes, reasons and labels come out as they were written."""
    evil = "<img src=x onerror=alert(1)> “q” 🛰️ \u202e"
    for name, old in (("time_slider", "nothing alongside"), ("video", "Drawing of a quay at eye level")):
        page = page_of(tmp_path / name, name, (old, evil))
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


def test_a_still_is_the_frame_of_its_time_and_none_after_the_end(tmp_path: Path) -> None:
    """The picture on the page is the one that the clip shows then; a time past the end is refused."""
    av = pytest.importorskip("av")
    clip = tmp_path / "clip.mp4"
    with av.open(str(clip), "w", format="mp4") as made:
        stream = made.add_stream("mpeg4", rate=2)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for grey in (10, 90, 170, 250):
            picture = np.full((64, 96, 3), grey, np.uint8)
            made.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        made.mux(stream.encode(None))
    assert is_clip(clip)
    with Image.open(io.BytesIO(keyframe(clip, 1.2, simulated=False).data)) as still:
        assert still.size == (96, 64)
        assert abs(np.asarray(still.convert("L")).mean() - 170) < 20
    with pytest.raises(InputError) as caught:
        keyframe(clip, 60, simulated=False)
    assert caught.value.code == "time-outside"
