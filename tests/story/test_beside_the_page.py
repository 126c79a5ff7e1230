"""What a build writes beside the page: embeds, drawings, pictures, card, feed, the twin; and what it leaves alone."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image

from dateline.cli.app import run
from dateline.core.errors import InputError
from dateline.evidence.atomic import write_atomic
from dateline.ledger.case import Case
from dateline.story.build import build_site
from dateline.story.card import Said, card, lacking
from dateline.story.check import reading_of
from dateline.story.fault import StoryError
from dateline.story.figure import figures, left_out
from dateline.story.parse import parse
from dateline.story.published import Manifest
from dateline.story.samples import sample_case, sample_of

BLOCKS = ("series", "picture", "statements", "drawing", "corrections")
ADDRESS = "https://example.org/stories/halm/"
ATOM = "{http://www.w3.org/2005/Atom}"


def _front(root: Path, line: str) -> None:
    story = root / "story.md"
    story.write_text(story.read_text(encoding="utf-8").replace("+++\n", f"+++\n{line}\n", 1), encoding="utf-8")


def _files(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def coast(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short story on the sample coast with an address, built, its twin too."""
    root = sample_case(tmp_path_factory.mktemp("beside") / "halm", BLOCKS)
    _front(root, f'canonical = "{ADDRESS}"\ndate = 2025-02-03')
    build_site(Case.load(root), largest=1000)
    return root


@pytest.fixture(scope="module")
def site(coast: Path) -> dict[str, bytes]:
    """Every file of its site."""
    return _files(coast / "site")


@pytest.fixture
def small(own: Path) -> Path:
    """A story of one chart and one picture, which a test may change."""
    head = (own / "story.md").read_text(encoding="utf-8").split("+++\n")[1]
    (own / "story.md").write_text(f"+++\n{head}+++\n\n{sample_of('series')}\n{sample_of('picture')}", encoding="utf-8")
    return own


def test_the_list_names_every_file_with_its_hash(site: dict[str, bytes]) -> None:
    """build.json lists all that was written, in words that a program can check."""
    told = json.loads(site["build.json"])["files"]
    assert set(told) == set(site) - {"build.json"}
    for name, one in told.items():
        assert one == {"bytes": len(site[name]), "sha256": hashlib.sha256(site[name]).hexdigest()}


def test_each_figure_has_an_embed_locked_and_complete(site: dict[str, bytes]) -> None:
    """Own policy by hash, nothing loaded, alt text, caption, credit, mark, table, and the way to the story."""
    names = {name for name in site if name.startswith("embed/")}
    assert names == {
        "embed/drawing-shadow-quay.html", "embed/picture-quay-simulated.html", "embed/series-lights-arden.html",
        "embed/statements-each-statement-and-what-it-rests.html",
    }  # fmt: skip
    for name in names:
        text = site[name].decode()
        for tag in ("style", "script"):
            (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
            sum_ = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{sum_}'" in html.unescape(text[:2000])
        assert re.findall(r'<(?:img|script|link|iframe|source)[^>]*\s(?:src|href)="(?!data:)', text) == []
        assert 'class="banner"' in text
        assert f'href="{ADDRESS}"' in text
        assert 'href="#' not in text
        assert "Figure 1" not in text
    picture, chart = site["embed/picture-quay-simulated.html"].decode(), site["embed/series-lights-arden.html"].decode()
    assert re.search(r'<img [^>]*alt="\w[^"]{20,}"', picture)
    assert "CC0-1.0" in picture
    assert "dateline exercise" in picture
    assert "<table>" in chart
    assert "lights-arden" in chart


def test_a_name_and_its_bytes_stay_when_a_figure_comes_before(small: Path) -> None:
    """Another figure at the top moves numbers on the page, and no byte of an embed."""
    build_site(Case.load(small))
    before = _files(small / "site")
    story = small / "story.md"
    text = story.read_text(encoding="utf-8")
    head, body = text.rsplit("+++\n", 1)
    story.write_text(f"{head}+++\n\n{sample_of('statements')}\n{body}", encoding="utf-8")
    build_site(Case.load(small))
    after = _files(small / "site")
    same = {name for name in before if name.startswith(("embed/", "figure/"))}
    assert len(same) == 5
    assert {name: after[name] for name in same} == {name: before[name] for name in same}


def test_without_an_address_nothing_pretends_to_lead_anywhere(small: Path) -> None:
    """No canonical address: no link out of an embed, no address in page, card or feed; the story is named in words."""
    _front(small, "date = 2025-02-03")
    build_site(Case.load(small))
    files = _files(small / "site")
    text = files["embed/series-lights-arden.html"].decode()
    assert "href=" not in re.sub(r"<(script|style)>.*?</\1>", "", text, flags=re.DOTALL)
    assert "The quays of Arden" in text
    assert b"og:" not in files["index.html"]
    assert [name for name in files if b"example.org" in files[name]] == []


@pytest.mark.parametrize("line", ['"ftp://x.org/"', '"not an address"', '"https://a:b@x.org/"', '"https://x.org/?q"'])
def test_an_address_that_is_none_is_refused(small: Path, line: str) -> None:
    """canonical takes a full web address, without a login."""
    _front(small, f"canonical = {line}")
    with pytest.raises(StoryError):
        build_site(Case.load(small))


@pytest.mark.parametrize(("allowed", "words"), [("no", "forbids"), ("unknown", "does not say"), ("yes", "")])
def test_a_licence_that_does_not_allow_it_leaves_the_figure_on_the_page_only(
    own: Path, allowed: str, words: str
) -> None:
    """No and unknown alike: no embed, no picture alone, and a reason that the build prints."""
    path = own / "evidence/items/light-2022.toml"
    path.write_text(path.read_text("utf-8").replace('allowed = "yes"', f'allowed = "{allowed}"'), encoding="utf-8")
    body = sample_of("picture").replace('file = "pictures/quay_simulated.jpg"', 'item = "light-2022"')
    reading = reading_of(Case.load(own), parse(f'+++\ntitle = "T"\n+++\n{body}'))
    assert [(name, words in why) for name, why in left_out(reading)] == [("picture-light-2022", True)][: bool(words)]
    if words:
        assert figures(reading, {}) == ()


def test_drawings_stand_alone(site: dict[str, bytes]) -> None:
    """SVG that parses, with title and description, colours written out, credit and mark at its foot."""
    for name in ("figure/series-lights-arden.svg", "figure/drawing-shadow-quay.svg"):
        root = ElementTree.fromstring(site[name])
        space = "{http://www.w3.org/2000/svg}"
        assert root.tag == f"{space}svg"
        assert (root.findtext(f"{space}title") or "").strip()
        assert "SIMULATED" in (root.findtext(f"{space}desc") or "")
        assert b"var(" not in site[name]
        assert b"href" not in site[name]
    chart = ElementTree.fromstring(site["figure/series-lights-arden.svg"])
    assert ".line{fill:none;stroke:#7a2f00" in "".join(chart.itertext())
    words = [one.text or "" for one in chart.iter("{http://www.w3.org/2000/svg}text")]
    assert any(one.startswith("SIMULATED · ") for one in words)
    assert any(one.startswith("1. ") for one in words), "numbered events are told under the drawing"


def test_pictures_carry_their_credit(site: dict[str, bytes]) -> None:
    """PNG with alt text, credit, licence and source where picture desks look for them; no pixel is changed."""
    with Image.open(io.BytesIO(site["figure/picture-quay-simulated.png"])) as picture:
        told: dict[Any, Any] = dict(picture.info)
        pixels = picture.tobytes()
    assert "CC0-1.0" in told["Copyright"]
    assert told["Source"].endswith(ADDRESS)
    assert "SIMULATED" in told["Author"]
    ElementTree.fromstring(told["XML:com.adobe.xmp"])
    (data,) = re.findall(
        r'<img [^>]*src="data:image/webp;base64,([^"]+)"', site["embed/picture-quay-simulated.html"].decode()
    )
    with Image.open(io.BytesIO(base64.b64decode(data))) as carried:
        assert carried.convert("RGB").tobytes() == pixels


def test_the_card_says_what_the_story_is(site: dict[str, bytes]) -> None:
    """1200 × 630, with the mark of an exercise in its words and its pixels, and named by the page's meta."""
    with Image.open(io.BytesIO(site["card.png"])) as picture:
        assert picture.size == (1200, 630)
        assert picture.convert("RGB").getpixel((1190, 10)) == (0x7A, 0x12, 0x33)
        assert str(picture.info["Description"]).startswith("EXERCISE")
    page = site["index.html"].decode()
    assert f'<meta property="og:image" content="{ADDRESS}card.png">' in page
    assert f'<link rel="canonical" href="{ADDRESS}">' in page
    assert '<meta property="og:title" content="simulated: ' in page


def test_a_card_never_misspells(small: Path) -> None:
    """A title that the font cannot write gets no card, and the build says which letters it lacks; long ones are cut."""
    assert lacking(Said("", "", "Čchŏngjin 청진", "", "")) == "청진"
    with Image.open(io.BytesIO(card(Said("", "k" * 200, "word " * 200, "f" * 300, "1 May 2025")).data)) as picture:
        edge = picture.convert("L").crop((1200 - 70, 0, 1200, 630))
        assert min(edge.tobytes()) > 245, "nothing runs over the edge"
    story = small / "story.md"
    story.write_text(story.read_text(encoding="utf-8").replace("The quays", "부두", 1), encoding="utf-8")
    built = build_site(Case.load(small))
    assert not (small / "site/card.png").exists()
    assert any(note.startswith("card.png left out") for note in built.notes)


def test_the_feed_tells_corrections_and_publication(site: dict[str, bytes]) -> None:
    """Atom with every field that RFC 4287 asks for, newest first, from the records' days alone."""
    root = ElementTree.fromstring(site["feed.xml"])
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert root.findtext(f"{ATOM}{name}")
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "By the exercise desk"
    assert {one.get("rel"): one.get("href") for one in root.findall(f"{ATOM}link")} == {
        "alternate": ADDRESS, "self": f"{ADDRESS}feed.xml",
    }  # fmt: skip
    entries = root.findall(f"{ATOM}entry")
    moments = [str(one.findtext(f"{ATOM}updated")) for one in entries]
    assert moments == sorted(moments, reverse=True)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", one) for one in moments)
    assert root.findtext(f"{ATOM}updated") == moments[0]
    ids = {str(one.findtext(f"{ATOM}id")) for one in entries}
    assert len(ids) == len(entries) >= 1
    for one in entries:
        assert str(one.findtext(f"{ATOM}title")).startswith("simulated: ")
        assert one.findtext(f"{ATOM}content")


def test_the_feed_tells_published_versions(small: Path) -> None:
    """Each with the day of its manifest, in place of the front matter's; one that is going out now is there already."""
    _front(small, "date = 2025-02-03")
    told = Manifest(
        case="halm-coast", number=1, date=date(2025, 2, 4), by="fox", program="dateline", title="T", files={},
        records_sha256="0" * 64,
    )  # fmt: skip
    (small / "published/1").mkdir(parents=True)
    (small / "published/1/manifest.json").write_text(told.pretty(), encoding="utf-8")
    feeds = []
    for going_out in (None, (2, date(2025, 3, 1))):
        build_site(Case.load(small), going_out=going_out)
        feeds.append(ElementTree.fromstring((small / "site/feed.xml").read_bytes()))
    titles = [[one.findtext(f"{ATOM}title") for one in feed.iter(f"{ATOM}entry")] for feed in feeds]
    first, second = "simulated: Version 1, published 4 February 2025", "simulated: Version 2, published 1 March 2025"
    assert titles == [[first], [second, first]]
    assert feeds[0].findtext(f"{ATOM}entry/{ATOM}id") == feeds[1].findall(f"{ATOM}entry/{ATOM}id")[1].text


def test_the_twin_is_the_page_with_its_pictures_beside_it(site: dict[str, bytes]) -> None:
    """Pictures by hash, the policy lets in those beside it, and what is still inside keeps its check."""
    page, single = site["folder/index.html"].decode(), site["index.html"].decode()
    sources = re.findall(r'<img [^>]*src="([^"]*)"', page)
    assert sources
    for source in sources:
        assert source.split("/")[1].startswith(hashlib.sha256(site[f"folder/{source}"]).hexdigest())
    assert "img-src 'self' data:;" in page
    assert "a file beside this page: files/" in page
    left = set(re.findall(r'data-check="([^"]+)"', page))
    assert left == set(re.findall(r'data-check="(data-[^"]+)"', single)) != set()
    assert "data:image/" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def test_the_same_bytes_twice_and_elsewhere(
    coast: Path, site: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file, from another folder, at another hour, in another time zone."""
    shutil.copytree(coast, tmp_path / "case", ignore=shutil.ignore_patterns("site"))
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    build_site(Case.load(tmp_path / "case"), largest=1000)
    monkeypatch.undo()
    time.tzset()
    assert _files(tmp_path / "case/site") == site


def test_the_same_bytes_whatever_order_sets_have(coast: Path, site: dict[str, bytes], tmp_path: Path) -> None:
    """Every file again from a process of its own, whose sets and time zone are others: nothing comes in their order."""
    shutil.copytree(coast, tmp_path / "case", ignore=shutil.ignore_patterns("site"))
    code = (
        "import sys; from pathlib import Path; from dateline.ledger.case import Case; "
        "from dateline.story.build import build_site; build_site(Case.load(Path(sys.argv[1])), largest=1000)"
    )
    other = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "America/Caracas"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "case")], check=True, env=other)
    assert _files(tmp_path / "case/site") == site


def test_leftovers_go_and_what_people_made_stays(small: Path) -> None:
    """An embed whose figure is gone is removed; one that somebody changed, and files that somebody added, stay."""
    build_site(Case.load(small))
    site = small / "site"
    (site / "notes.txt").write_text("ours", encoding="utf-8")
    (site / "embed/picture-quay-simulated.html").write_text("changed by hand", encoding="utf-8")
    (site / "card.png").write_bytes(b"our own card")
    story = small / "story.md"
    head = story.read_text(encoding="utf-8").split("+++\n")[1]
    story.write_text(f"+++\n{head}+++\n\n{sample_of('statements')}", encoding="utf-8")
    built = build_site(Case.load(small))
    assert not (site / "embed/series-lights-arden.html").exists()
    assert not (site / "figure").exists()
    assert (site / "embed/picture-quay-simulated.html").read_text(encoding="utf-8") == "changed by hand"
    assert (site / "card.png").read_bytes() == b"our own card"
    assert (site / "notes.txt").exists()
    notes = "\n".join(built.notes)
    assert "removed, because the story no longer has it: embed/series-lights-arden.html" in notes
    assert "wrote or changed it: card.png" in notes
    assert "wrote or changed it: embed/picture-quay-simulated.html" in notes
    assert "card.png" not in json.loads((site / "build.json").read_text(encoding="utf-8"))["files"]


@pytest.mark.parametrize("name", ["../story.md", "/etc/hostname", "embed/../../story.md"])
def test_a_list_that_names_files_elsewhere_removes_nothing(small: Path, name: str) -> None:
    """Nobody can have a build delete a file of the case by writing its hash into the list."""
    story = small / "story.md"
    told = {"schema": 1, "files": {name: {"bytes": 1, "sha256": hashlib.sha256(story.read_bytes()).hexdigest()}}}
    (small / "site").mkdir(exist_ok=True)
    (small / "site/build.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        build_site(Case.load(small))
    assert caught.value.code == "site"
    assert story.exists()


def test_a_build_that_broke_off_is_cleared_by_the_next(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fills half-way: the old page stands whole, and the next build knows which files were its own."""
    build_site(Case.load(small))
    old = (small / "site/index.html").read_bytes()
    _front(small, f'canonical = "{ADDRESS}"')
    count = [0]

    def full(path: Path, data: bytes) -> None:
        count[0] += 1
        if count[0] == 4:
            raise OSError(28, "No space left on device")
        write_atomic(path, data)

    monkeypatch.setattr("dateline.story.site.write_atomic", full)
    with pytest.raises(OSError, match="No space"):
        build_site(Case.load(small))
    monkeypatch.undo()
    assert (small / "site/index.html").read_bytes() == old
    assert build_site(Case.load(small)).notes == (
        "feed.xml left out: no date in the front matter, no version published, no correction",
    )


def test_the_command_says_what_it_wrote(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In words for people, and as a list with bytes and hashes for programs."""
    assert run(["build", "--case", str(small)]) == 0
    said = capsys.readouterr().out
    assert "beside it: 2 in embed/, 3 in figure/, card.png\n" in said
    assert "feed.xml left out: no date" in said
    assert run(["build", "--case", str(small), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["files"][0]["name"] == "index.html"
    for one in told["files"]:
        assert one["sha256"] == hashlib.sha256((small / "site" / one["name"]).read_bytes()).hexdigest()
