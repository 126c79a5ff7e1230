"""The map block: what it draws and says, what it never tells, and the places that readers can save."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from dateline.core.errors import DatelineError, InputError
from dateline.ledger.case import Case
from dateline.story.build import build_site
from dateline.story.check import check, read_story, reading_of
from dateline.story.fault import StoryError
from dateline.story.render import render
from dateline.story.samples import sample_case

SECRET = "Quellbrack farm"
REAL = """+++
title = "A map"
byline = "desk"
+++

:::map
title = "Ports"
alt = "A map of ports on the Sea of Japan and of a town."
places = ["najin", "dunay", "ussuriysk"]
zoom = true
{more}:::
"""


def place(name: str, lon: float, lat: float, title: str = "", **more: object) -> str:
    told = {"schema": 1, "id": name, "role": "port", "located_by": "a test", **more}
    head = "\n".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in told.items())
    named = json.dumps(title or name.title(), ensure_ascii=False)
    return f"{head}\n\n[names]\nen = {named}\n\n[where]\nlon = {lon}\nlat = {lat}\nradius = 900.0\n"


@pytest.fixture
def real(tmp_path: Path) -> Callable[..., Case]:
    """A case on the real Earth with three places and a story of one map; files by path are added to it."""

    def made(more: str = "", *, view: str = "ua", files: dict[str, str] | None = None, body: str = "") -> Case:
        folder = tmp_path / "case"
        told = {
            "case.toml": f'schema = 1\nid = "coast"\ntitle = "T"\nquestion = "Q?"\nworldview = "{view}"\nlevel = 0.9\n'
            'languages = ["en"]\nexercise = false\nas_of = 2025-02-03\n',
            "places/najin.toml": place("najin", 130.3, 42.2333),
            "places/dunay.toml": place("dunay", 132.335, 42.879),
            "places/ussuriysk.toml": place("ussuriysk", 131.951, 43.803),
            "story.md": body or REAL.format(more=more),
            **(files or {}),
        }
        for name, text in told.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        return Case.load(folder)

    return made


def page_of(case: Case) -> str:
    """The page, with the lines of the notes under a map joined again."""
    page = render(reading_of(case, read_story(case))).decode()
    return re.sub(r'</text>\s*<text class="mp-note" y="[\d.]+">', " ", page)


def saved(page: str) -> dict[str, Any]:
    """The GeoJSON in the page."""
    (text,) = re.findall(r'href="data:application/geo\+json;charset=utf-8,([^"]*)"', page)
    data: dict[str, Any] = json.loads(unquote(text.replace("&amp;", "&")))
    return data


def spot_toml(role: str, more: str = "", title: str = SECRET) -> str:
    return (
        f'schema = 1\nid = "hide"\nrole = "{role}"\nlocated_by = "mk"\n{more}\n[names]\nen = "{title}"\n\n'
        "[where]\nlon = 131.437291\nlat = 43.318264\nradius = 20.0\n"
    )


def test_a_real_map_says_whose_borders_it_draws(real: Callable[..., Case]) -> None:
    """The coast, the view, the source, the scale and where in the world; the credit stands on page and embed."""
    page = page_of(real())
    assert page.count("Borders as Ukraine sees them; Natural Earth, 1:10,000,000.") == 2
    assert page.count('class="mp-inset"') == 2
    assert page.count('class="mp-land"') == 4
    assert "Natural Earth" in page.rpartition('id="credits')[2]
    assert re.search(r'class="mp-bar".*?50\u00a0km', page, re.DOTALL)
    assert ">China<" in page
    assert "Borders as they are controlled on the ground; Natural Earth, 1:10,000,000." in page_of(
        real(view="de-facto")
    )


def test_the_same_case_gives_the_same_map(real: Callable[..., Case]) -> None:
    """Byte for byte."""
    assert page_of(real()) == page_of(real())


def test_a_view_that_nobody_draws_is_refused(real: Callable[..., Case]) -> None:
    """The error says which views there are."""
    with pytest.raises(InputError) as caught:
        page_of(real(view="xx"))
    assert caught.value.code == "worldview"


def test_no_real_coast_lies_under_a_simulated_thing(halm: Case, tmp_path: Path) -> None:
    """The exercise's map has a grid and says that the ground is invented: no land, no small map, no credit."""
    case = Case.load(sample_case(tmp_path / "case", ["map"]))
    page = page_of(case)
    assert page.count("Invented ground: no coast and no border is drawn.") == 2
    body = page.partition("</style>")[2]
    assert 'class="mp-land"' not in body
    assert 'class="mp-inset"' not in body
    assert "Natural Earth" not in body
    assert body.count('class="mp-grid"') == 2
    assert halm.head.exercise


def test_an_answer_that_is_none_is_never_small(tmp_path: Path) -> None:
    """Places that cannot be told or were refused have marks of one size of their own, and say so beside their names."""
    page = page_of(Case.load(sample_case(tmp_path / "case", ["map"])))
    wide = page.partition('<svg class="mp wide"')[2].partition("</svg>")[0]
    marks = re.findall(r'<circle class="mp-(unknown|refused)" r="([\d.]+)"', wide)
    assert sorted(marks) == [("refused", "9.0"), ("unknown", "9.0")]
    assert ">cannot tell</text>" in wide
    assert ">refused</text>" in wide
    biggest = max(float(r) for r in re.findall(r'<circle class="mp-up" r="([\d.]+)"', wide))
    assert biggest > 15
    assert "Front as drawn by Chart room A, published on 7 November 2024: 1 day before the day shown." in wide


def test_the_places_can_be_saved(tmp_path: Path) -> None:
    """GeoJSON holds what the map shows: names, results, estimates with interval, level and unit, simulated, licence."""
    case = Case.load(sample_case(tmp_path / "case", ["map"]))
    data = saved(page_of(case))
    features = {one["id"]: one for one in data["features"]}
    told = features["arden"]["properties"]
    assert features["arden"]["geometry"] == {"type": "Point", "coordinates": [12.4, -42.3]}
    assert (told["name"], told["result"], told["finding"], told["simulated"]) == (
        "Arden", "increase", "lights-coast", True,
    )  # fmt: skip
    estimate = told["estimate"]
    assert (estimate["best"], estimate["low"], estimate["high"], estimate["unit"]) == pytest.approx((42, 27, 60, "%"))
    assert estimate["level"] == 0.9
    assert told["licence"]
    refused = next(one for one in features.values() if one["properties"]["result"] == "refused")
    assert "estimate" not in refused["properties"]
    assert any("made by a computer" in note for note in data["notes"])


@pytest.mark.parametrize("named", [True, False])
def test_a_sensitive_place_is_told_nowhere(real: Callable[..., Case], tmp_path: Path, named: bool) -> None:
    """Named in the block it stops the page; whatever renders it without asking leaves it out of all that it writes."""
    story = REAL.format(more="").replace('"ussuriysk"]', '"ussuriysk", "hide"]' if named else '"ussuriysk"]')
    case = real(files={"places/hide.toml": spot_toml("witness")}, body=story)
    if named:
        with pytest.raises(StoryError) as caught:
            build_site(case, tmp_path / "site")
        assert [fault.rule.code for fault in caught.value.report.faults] == ["sensitive-place"]
        texts = [page_of(case)]
        assert "1 place is not drawn: its position is not printed." in texts[0]
    else:
        built = build_site(case, tmp_path / "site")
        texts = [
            path.read_text("utf-8") for path in sorted(built.folder.rglob("*")) if path.suffix in {".html", ".svg"}
        ]
        assert len(texts) >= 3
    for text in texts:
        assert not [word for word in (SECRET, "131.437", "43.3182", '"hide"') if word in unquote(text)]


@pytest.mark.parametrize(
    ("role", "more"),
    [("witness", "publish_precision = 10000.0\n"), ("port", "publish_precision = 10000.0\n")],
)
def test_a_place_told_coarsely_is_an_area(real: Callable[..., Case], role: str, more: str) -> None:
    """It passes the check, is drawn as the ground that it may lie in, without a dot, and is saved as that area."""
    story = REAL.format(more="").replace('"ussuriysk"]', '"ussuriysk", "hide"]')
    case = real(files={"places/hide.toml": spot_toml(role, more)}, body=story)
    assert check(case).passed
    page = page_of(case)
    wide = page.partition('<svg class="mp wide"')[2].partition("</svg>")[0]
    assert wide.count('class="mp-area plain coarse alone"') == 1
    assert wide.count('<g class="mp-k mp-mark"') == 3
    assert "published no finer than within 10\u00a0km" in page
    (hidden,) = [one for one in saved(page)["features"] if one["id"] == "hide"]
    assert hidden["geometry"]["type"] == "MultiPolygon"
    ring = hidden["geometry"]["coordinates"][0][0]
    assert max(lat for _, lat in ring) - min(lat for _, lat in ring) > 0.15
    assert not [word for word in ("131.437", "43.3182") if word in unquote(page)]


def test_hostile_names_are_text(real: Callable[..., Case]) -> None:
    """Markup, quotes, emoji and override marks in a name are letters in the drawing, the table and the file."""
    evil = '</text><script>alert(1)</script>"\u202e🛑'
    case = real(files={"places/najin.toml": place("najin", 130.3, 42.2333, evil)})
    page = page_of(case)
    assert "<script>alert" not in page
    wide = page.partition('<svg class="mp wide"')[2].partition("</svg>")[0]
    assert "&lt;/text&gt;&lt;script&gt;" in wide
    assert "\u202e" not in wide
    names = [one["properties"]["name"] for one in saved(page)["features"]]
    assert evil in names


def test_hundreds_of_places_and_one(real: Callable[..., Case]) -> None:
    """Many in one harbour are all told, by name or number; so is a single one."""
    files = {f"places/p{n}.toml": place(f"p{n}", 130.3 + n % 20 / 50, 42.2 + n // 20 / 60) for n in range(100)}
    many = REAL.format(more="").replace('["najin", "dunay", "ussuriysk"]', json.dumps([f"p{n}" for n in range(100)]))
    page = page_of(real(files=files, body=many))
    wide = page.partition('<svg class="mp wide"')[2].partition("</ol>")[0]
    assert all(re.search(rf"\bP{n}\b", wide) for n in range(100))
    one = REAL.format(more="").replace('["najin", "dunay", "ussuriysk"]', '["najin"]')
    assert page_of(real(body=one)).count(">Najin</text>") == 2


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("window = [130.0, 44.0, 133.0, 42.0]\n", "window"),
        ("window = [1.0, 2.0]\n", "window"),
        ('caption = "A map of ports on the Sea of Japan and of a town."\n', "caption"),
        ('[[front]]\nfile = "a.geojson"\nmaker = "x"\npublished = "2024-11-07"\n', "at"),
        ('at = "2024-11-31"\n', "day"),
        ('at = "2024-11-07"\n[[front]]\nmaker = "x"\npublished = "2024-11-07"\n', "item"),
        ('at = "2024-11-07"\n[[front]]\nfile = "a"\nmaker = "x"\npublished = "yesterday"\n', "day"),
        ('finding = "no-such"\n', "no-such"),
    ],
)
def test_bad_bodies_are_refused_with_words(real: Callable[..., Case], more: str, says: str) -> None:
    """What is missing or wrong is named before anything is drawn."""
    report = check(real(more))
    assert not report.passed
    assert any(says in f"{fault.saw} {fault.do}" for fault in report.faults)


@pytest.mark.parametrize("data", ["", "{", '{"type": "FeatureCollection", "features": []}', None])
def test_a_front_that_cannot_be_read_is_an_error(real: Callable[..., Case], data: str | None) -> None:
    """Empty, torn, without land, or not there."""
    more = 'at = "2024-11-07"\n\n[[front]]\nfile = "f/a.geojson"\nmaker = "x"\npublished = "2024-11-07"\n'
    with pytest.raises(DatelineError) as caught:
        page_of(real(more, files={} if data is None else {"f/a.geojson": data}))
    assert caught.value.code in {"front-file", "front-empty", "map"}


def test_a_window_over_the_180th_meridian(real: Callable[..., Case]) -> None:
    """A map of both sides of the Bering Strait shows both, and a place on each."""
    files = {
        "places/najin.toml": place("najin", 177.5, 64.73, "Anadyr"),
        "places/dunay.toml": place("dunay", -173.2, 64.42, "Provideniya"),
    }
    body = REAL.format(more="window = [172.0, 62.0, -166.0, 68.0]\n").replace(', "ussuriysk"', "")
    page = page_of(real(files=files, body=body))
    wide = page.partition('<svg class="mp wide"')[2].partition("</svg>")[0]
    spots = [float(x) for x in re.findall(r'mp-mark" transform="translate\(([\d.]+) ', wide)]
    assert len(spots) == 2
    assert all(0 < x < 720 for x in spots)
    assert "180°" in wide


def _distance(simulated: bool = False) -> str:
    estimate = {"best": 182.4, "low": 180.0, "high": 185.0, "unit": "km", "level": 0.95, "n": 2, "how": "geodesic"}
    refs = [
        {"kind": "place", "id": name, "role": role, "sha256": "0" * 64}
        for name, role in (("dunay", "places"), ("najin", "references"))
    ]
    return json.dumps(
        {
            "schema": 1, "id": "far", "method": "distance", "method_version": "1", "question": "How far?",
            "result": "measured", "reasons": [], "needed": [], "estimates": {"distance": estimate}, "values": {},
            "statement": {"key": "distance.measured", "args": {}, "en": "182 km."}, "places": {}, "series": None,
            "artifacts": [], "caveats": [], "inputs": refs, "parameters": {}, "simulated": simulated, "software": {},
            "input_key": "1" * 64,
        }
    )  # fmt: skip


def test_a_measured_distance_is_a_line_with_its_length(real: Callable[..., Case]) -> None:
    """It carries the finding's number and its interval; with an end that is told coarsely there is no line."""
    more = 'distances = ["far"]\n'
    page = page_of(real(more, files={"findings/far.json": _distance()}))
    assert page.count('class="mp-way"') == 2
    assert page.count(">182\u00a0km</text>") == 2
    assert "180 to 185" in page
    assert "Dunay – Najin" in page
    coarse = place("najin", 130.3, 42.2333, publish_precision=10000.0)
    page = page_of(real(more, files={"findings/far.json": _distance(), "places/najin.toml": coarse}))
    assert 'class="mp-way"' not in page.partition("</style>")[2]
    assert "Dunay – Najin" not in page
