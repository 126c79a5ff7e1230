"""The built page: self-contained, locked, complete without a script, the same bytes twice, and never half written."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dateline.core.errors import InputError
from dateline.ledger.case import Case
from dateline.story.build import build
from dateline.story.check import check
from dateline.story.fault import StoryError
from dateline.story.samples import sample_of

HOSTILE = '<script>alert("x")</script> & "quoted" \u202e 🛰 {{7*7}} <img src=x onerror=alert(1)>'


@pytest.fixture
def bare(own: Path) -> Path:
    """The sample case with a short story: a sentence, a number and one picture, so that it builds fast."""
    head = (own / "story.md").read_text(encoding="utf-8").split("+++\n")[1]
    body = "Light grew by {{lights-arden.ratio.change | size}}.\n\n" + sample_of("number") + "\n" + sample_of("picture")
    (own / "story.md").write_text(f"+++\n{head}+++\n\n{body}", encoding="utf-8")
    return own


@pytest.fixture(scope="session")
def page(sample_page: Path) -> str:
    """The sample story as built."""
    return sample_page.read_text(encoding="utf-8")


class Seen(HTMLParser):
    """The text that a reader without a script gets."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.silent, self.text = 0, ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silent += tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        self.text += "" if self.silent else data


def test_the_page_asks_nobody_for_anything(page: str) -> None:
    """No address in it is loaded: every source is data, and the policy forbids the rest."""
    assert re.findall(r'<(?:img|script|link|iframe|source)[^>]*\s(?:src|href)="(?!data:)', page) == []
    assert re.findall(r"url\((?!#)", page) == []
    assert "@import" not in page
    assert "default-src 'none'" in page
    assert "unsafe" not in page


def test_style_and_script_are_locked_by_their_hash(page: str) -> None:
    """The policy names the SHA-256 of the one style and the one script that run."""
    for tag in ("style", "script"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in unescape(page[:2000])


def test_every_printed_hash_is_that_of_the_bytes_in_the_page(page: str) -> None:
    """Pictures and findings that the page carries have the hashes that its table prints."""
    cells = re.findall(r'data-check="([^"]+)" data-sha256="([0-9a-f]{64})"', page)
    assert len(cells) >= 7
    for name, sha256 in cells:
        picture = re.search(rf'<img [^>]*?id="{name}"[^>]* src="data:image/[\w+]+;base64,([^"]+)"', page)
        data = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)
        assert picture or data
        carried = base64.b64decode(picture[1]) if picture else data[1].encode() if data else b""
        assert hashlib.sha256(carried).hexdigest() == sha256


def test_every_finding_is_carried_for_other_programs(page: str, halm: Case) -> None:
    """The JSON twin of a finding is that finding; one that is for the desk alone stays there."""
    for name in set(halm.finding_ids()) - {"count-yard-desk"}:
        match = re.search(rf'id="data-{name}">(.*?)</script>', page, re.DOTALL)
        assert match is not None
        assert json.loads(match[1]) == halm.finding(name).to_json()


def test_numbers_lead_to_their_working(page: str, halm: Case) -> None:
    """Each reference is a link that carries the finding's id and leads to the entry that explains it."""
    links = re.findall(r'<a class="ref[^"]*" id="r\d+" href="#([^"]+)" data-(\w+)="([^"]+)"', page)
    assert {owner for _, kind, owner in links if kind == "finding"} <= set(halm.finding_ids())
    assert len(links) > 30
    for target, _, _ in links:
        assert f'id="{target}"' in page


def test_all_numbers_stand_in_the_text_without_a_script(page: str) -> None:
    """What a printer or an old browser gets holds every value, the tables of figures too."""
    text = Seen(page).text
    for words in (
        "42\u00a0% (90\u00a0% interval 27 to 60)",
        "more than 1,000",
        "13 October 2023",
        "too few nights",
        "15.0",
    ):
        assert words in text
    for state in ("refused", "cannot tell", "no change found"):
        assert state in text


def test_everything_simulated_is_marked(page: str) -> None:
    """A banner, and the word in every sentence and figure that rests on simulated input."""
    assert 'class="banner"' in page
    for figure in re.findall(r"<figure.*?</figure>", page, re.DOTALL):
        assert 'class="sim"' in figure
    (article,) = re.findall(r"<article>.*?</article>", page, re.DOTALL)
    prose = re.sub(r"<(figure|aside|section).*?</\1>", "", article, flags=re.DOTALL)
    numbers = [one for one in re.findall(r"<p>.*?</p>", prose, re.DOTALL) if 'data-finding="lights' in one]
    assert numbers
    assert all('class="sim"' in one for one in numbers)


def test_a_guard_that_fired_is_named_with_what_it_does(bare: Path) -> None:
    """A caveat whose code stands on the card is listed under the guards that fired."""
    path = bare / "findings/lights-arden.json"
    finding = json.loads(path.read_text(encoding="utf-8"))
    finding["caveats"].append({"code": "no-history", "text": "No earlier years were given."})
    path.write_text(json.dumps(finding), encoding="utf-8")
    html = build(Case.load(bare)).read_text(encoding="utf-8")
    assert "<code>no-history</code> (caveat)" in html


def test_the_same_case_gives_the_same_bytes(
    own: Path, sample_page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice, from another folder, in another time zone: not a byte differs, and the clock is not asked."""
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    own.rename(tmp_path / "elsewhere")
    assert build(Case.load(tmp_path / "elsewhere"), tmp_path / "two").read_bytes() == sample_page.read_bytes()
    monkeypatch.undo()
    time.tzset()


def _swap(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_html_in_any_record_or_sentence_is_text(own: Path) -> None:
    """Script in a name, a statement, a caption, a finding and the story itself never becomes markup."""
    place = own / "places/arden.toml"
    _swap(place, '"Arden"', json.dumps(HOSTILE, ensure_ascii=False))
    claim = own / "claims/C001.toml"
    said = "More than 1,000 crates were landed at Arden’s new quay."
    _swap(claim, f'"{said}"', json.dumps(HOSTILE, ensure_ascii=False))
    path = own / "findings/lights-arden.json"
    finding = json.loads(path.read_text(encoding="utf-8"))
    finding["statement"]["en"] = finding["question"] = HOSTILE
    finding["reasons"].append({"code": "x", "text": HOSTILE})
    finding["parameters"][HOSTILE] = HOSTILE
    path.write_text(json.dumps(finding), encoding="utf-8")
    story = own / "story.md"
    _swap(story, "Monthly composites of", "<script>alert()</script> <b onclick=x>composites</b>")
    _swap(story, "We measured lamps", "<img src=x onerror=alert()> [x](javascript:alert) We measured lamps")
    html = build(Case.load(own)).read_text(encoding="utf-8")
    assert len(re.findall(r"<script", html)) == 1 + len(re.findall(r'<script type="application/(?:ld\+)?json"', html))
    assert re.findall(r"<img(?![^>]* id=)", html) == []
    assert "<b onclick" not in html
    assert "javascript:alert" not in re.sub(r">[^<]*<", "><", html)
    assert unescape(HOSTILE) in unescape(html)


def test_a_changed_digit_refuses_the_build_and_leaves_the_old_page(bare: Path) -> None:
    """A typed number stops everything: the error has line, rule and remedy, and the page of before still stands."""
    before = build(Case.load(bare)).read_bytes()
    files = sorted((bare / "site").rglob("*"))
    story = bare / "story.md"
    _swap(story, "{{lights-arden.ratio.change | size}}", "43 %")
    with pytest.raises(StoryError) as error:
        build(Case.load(bare))
    assert "untraced-number: '43 %'" in str(error.value)
    assert sorted((bare / "site").rglob("*")) == files
    assert (bare / "site/index.html").read_bytes() == before


def test_a_missing_picture_refuses_the_build_with_three_parts(bare: Path) -> None:
    """What, saw, do; and no page."""
    (bare / "pictures/quay_simulated.jpg").unlink()
    with pytest.raises(InputError) as error:
        build(Case.load(bare))
    assert error.value.code == "picture"
    assert not (bare / "site").exists()


@pytest.mark.parametrize(
    ("data", "saw"),
    [(b"<html>log in</html>", "no picture"), (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "no picture")],
)
def test_bytes_that_are_no_picture_are_refused(bare: Path, data: bytes, saw: str) -> None:
    """A login page saved as a picture is told as what it is."""
    (bare / "pictures/quay_simulated.jpg").write_bytes(data)
    with pytest.raises(InputError) as error:
        build(Case.load(bare))
    assert saw in error.value.saw


def test_a_picture_outside_the_case_is_refused(bare: Path) -> None:
    """A path that climbs out of the case does not reach the page."""
    story = bare / "story.md"
    _swap(story, "pictures/quay_simulated.jpg", "../../quay_simulated.jpg")
    with pytest.raises(InputError) as error:
        build(Case.load(bare))
    assert error.value.code == "outside-case"


def test_a_photograph_loses_its_metadata(bare: Path) -> None:
    """A position in a photo's EXIF does not travel with the page."""
    from PIL import Image

    exif = Image.Exif()
    exif[0x010E] = "taken at 42.3 N, 130.4 E"
    picture = bare / "pictures/quay_simulated.jpg"
    with Image.open(picture) as opened:
        opened.convert("RGB").save(picture, exif=exif)
    html = build(Case.load(bare)).read_text(encoding="utf-8")
    for data in re.findall(r"base64,([^\"]+)", html):
        assert b"130.4 E" not in base64.b64decode(data)


def test_another_language_is_announced_to_browsers(page: str) -> None:
    """The page says its language and direction."""
    assert '<html lang="en" dir="ltr">' in page


def test_the_page_stays_small(page: str) -> None:
    """Without its pictures and findings, under 350 kB gzip."""
    import gzip

    bare = re.sub(r"base64,[^\"]+", "", page)
    assert len(gzip.compress(bare.encode())) < 350_000


def test_a_story_that_is_not_there_says_so(bare: Path) -> None:
    """No story.md is a usage error with its bare code."""
    from dateline.core.errors import UsageError

    (bare / "story.md").unlink()
    with pytest.raises(UsageError) as error:
        check(Case.load(bare))
    assert error.value.code == "no-story"
