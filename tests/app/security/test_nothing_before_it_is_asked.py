"""Every address of every screen, on a case full of secrets: none is told before somebody asks, and nothing changes."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from PIL import Image
from tests.app.security.asked import Answer, asking, routes

from dateline.app import server
from dateline.cli.app import run
from dateline.ledger.case import Case
from dateline.measure.archive import archive_file

pytestmark = pytest.mark.enable_socket

SECRETS = (
    "33.77", "44.63", "33.78", "44.64", "Zebulon", "Quirkfeather", "Ottoline", "Vexwood", "heron", "Mordwick",
    "plumifero", "feathered", "escalera", "walrus", "SENTINEL",
)  # fmt: skip
TERMS = 'terms = {{are = "{}", agreed_by = "ana", agreed_on = "2024-01-01"}}\n'
RING = "[[33.773579,44.636421],[33.774579,44.636421],[33.774579,44.635421]]"
RECORDS = {
    "places/cam": 'role = "camera"\nnote = "SENTINEL stairs"\nlocated_by = "SENTINEL"\n[names]\nen = "One"\n'
    "[where]\nlon = 33.772345\nlat = 44.637654\nradius = 50.0\n",
    "places/wit": f'role = "port"\nsensitive = true\nnote = "SENTINEL"\n[names]\nen = "Two"\n'
    f"[where]\npolygon = {RING}\n",
    "places/quay": 'role = "berth"\nwithin = "wit"\nsensitive = true\n'
    "quay = [[33.773679,44.636121],[33.774679,44.6362]]\n"
    f'[names]\nen = "Three"\n[where]\npolygon = {RING}\n',
    "sources/off": f'type = "person"\n{TERMS.format("off_the_record")}note = "SENTINEL van"\ninterests = "SENTINEL"\n'
    '[names]\nen = "Zebulon Quirkfeather"\n',
    "sources/back": f'type = "person"\n{TERMS.format("background")}note = "SENTINEL"\n'
    '[names]\nen = "Ottoline Vexwood"\n',
    "sources/open": 'type = "outlet"\n[names]\nen = "The Paper"\n',
    "claims/coff": 'speaker = "off"\nsaid = "2024-02-01"\nstance = "asserts"\nplaces = ["wit"]\nnote = "SENTINEL"\n'
    'statement = "The purple heron carried sealed crates across Mordwick bridge at midnight"\n'
    '[original]\ntext = "El guarda plumifero cruzo el puente"\nlanguage = "es"\n'
    'translation = "The feathered ranger crossed the bridge"\ntranslator = "ana"\n',
    "claims/cback": 'speaker = "back"\nsaid = "2024-02-02"\nstance = "asserts"\nstatement = "Twelve ships left"\n',
    "claims/copen": 'speaker = "open"\nsaid = "2024-02-03"\nstance = "asserts"\nstatement = "Ships left"\n'
    'retells = "cback"\n',
    "media/talk": f'title = "SENTINEL talk"\ntype = "photo"\nitems = ["photo"]\n{TERMS.format("off_the_record")}'
    'said_to_show = "SENTINEL"\n[[transcript]]\nstart = "00:00:01"\nend = "00:00:05"\nspeaker = "off"\n'
    'original = "Bajo la escalera guardamos las llaves"\n',
    "replies/one": 'party = "off"\nabout = ["coff"]\nquestion = "Is it so?"\nasked = "2024-02-05"\n'
    'deadline = "2024-02-10"\noutcome = "answered"\nanswered = "2024-02-06"\n'
    'answer = "Certainly the walrus would never say such things"\n',
    "measures/stood": 'method = "camera_position"\nquestion = "Where?"\n[inputs]\n'
    'landmarks = {observations = ["fox"], items = ["photo"]}\npicture = {items = ["photo"]}\n',
}  # fmt: skip


def marks(who: str) -> str:
    """A sitting that is ended, with landmarks."""
    sitting = f"match-20240301-{who}-aaaa1111"
    head = {
        "schema": 1,
        "by": who,
        "item": "photo",
        "question": "Landmarks of photo",
        "sitting": sitting,
        "state": "present",
    }
    lines = [
        {**head, "id": f"{sitting}-{at}", "at": f"2024-03-01T00:00:0{at}Z",
         "matches": [{"x": 40.0 * at, "y": 90.0 + at, "lon": 33.778 + at / 1999, "lat": 44.639 + at / 1777}]}
        for at in range(6)
    ]  # fmt: skip
    end = {**head, "id": f"{sitting}-end", "at": "2024-03-01T00:01:00Z", "submitted": True}
    return "".join(json.dumps(line) + "\n" for line in (*lines, end))


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The case: places of people, sources without names, words off the record, landmarks, a photo with its position."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    root = tmp_path / "case"
    assert run(["new", str(root), "--title", "Secrets", "--question", "How many?"]) == 0
    exif = Image.Exif()
    exif[0x010F] = "SENTINEL"
    exif.get_ifd(0x8825).update({1: "N", 2: (44.0, 38.0, 15.1), 3: "E", 4: (33.0, 46.0, 44.4)})
    Image.effect_noise((320, 240), 60).convert("RGB").save(tmp_path / "photo.jpg", exif=exif)
    archive_file(root, tmp_path / "photo.jpg", item="photo", by="desk", licence="own", publish="yes")
    for name, text in RECORDS.items():
        path = root / f"{name}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'schema = 1\nid = "{path.stem}"\n{text}')
    for who in ("fox", "ana"):
        (root / "observations" / who).mkdir(parents=True)
        (root / "observations" / who / f"match-20240301-{who}-aaaa1111.jsonl").write_text(marks(who))
    return root


def addresses(case: Case) -> Iterator[str]:
    """Every route that answers a GET, with every id of the case that fits."""
    ids = {
        "item": case.items,
        "first": case.items,
        "second": case.items,
        "name": case.records,
        "list": ["unrated", "replies"],
    }
    for path, methods in routes(server._routes()):
        names = re.findall(r"\{(\w+)(?::\w+)?\}", path)
        for chosen in product(*(ids.get(name, ["0"]) for name in names)) if "GET" in methods else ():
            filled = path
            for name, value in zip(names, chosen, strict=True):
                filled = re.sub(rf"\{{{name}(:\w+)?\}}", value, filled)
            yield filled
    for screen in ("match", "count", "compare", "port", "bracket"):
        yield from (f"/{screen}/?place={place}" for place in case.places)
        yield f"/{screen}/?item=photo"
    yield from (f"/api/observations{path}item=photo&question=Landmarks+of+photo" for path in ("?", "/others?"))


def hashes(root: Path) -> dict[str, str]:
    """What a case is, without what the program may make again at any time."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and ".dateline" not in path.parts
    }


def betrayed(answer: Answer) -> list[str]:
    """Secrets in an answer or its headers. The time of day on a page may look like a place: it is left out."""
    told = re.sub(r'data-now="[^"]*"', "", answer.body.decode("latin-1")) + json.dumps(answer.headers)
    return [word for word in SECRETS if word in told]


def test_no_address_tells_a_secret_and_none_changes_the_case(secret: Path) -> None:
    """Pages, lists, data and pictures, as far as links lead; the case's files are the same after all of them."""
    ask, before = asking(secret), hashes(secret)
    waiting, seen = list(addresses(Case.load(secret))), set[str]()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        path = urlsplit(address)
        answer = ask("GET", unquote(path.path), query=path.query)
        assert answer.status < 500, address
        assert betrayed(answer) == [], address
        if "html" in answer.headers.get("content-type", ""):
            links = re.findall(r'(?:href|src|action)="(/[^"]*)"', answer.body.decode())
            waiting += [html.unescape(link).partition("#")[0] for link in links]
    assert len(seen) > 150
    assert hashes(secret) == before


def test_what_scripts_ask_tells_no_secret_either(secret: Path) -> None:
    """Match without a click that asks for positions, a claim that is weighed, an answer while somebody types."""
    ask = asking(secret)
    for path in ("state", "camera", "shadow"):
        assert betrayed(ask("POST", f"/match/{path}", body=b'{"item": "photo"}')) == [], path
    form = "application/x-www-form-urlencoded"
    for path, body in (
        ("read", b"statement=x&speaker=off&said=2024"),
        ("origins", b"claim=coff&claim=cback&claim=copen"),
    ):
        assert betrayed(ask("POST", f"/claims/{path}", body=body, content_type=form)) == [], path
    asked = ask("GET", "/api/observations", query="item=photo&exact=yes")
    assert {"33.77", "44.63"} <= set(betrayed(asked)), "one's own marks can be fetched whole, to be written again"
