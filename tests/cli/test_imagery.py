"""`dateline imagery` and `run --fetch` against stand-ins of the real services: what issue 3 must show."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from tests.services.process import running

from dateline.cli.app import run

TOKEN = "letmein"
PLACE = ("--place", "-48.55, -124.1")
"""On the invented coast, where there is open ocean."""
NIGHTS = ("imagery", "get", "--service", "cmr", "--collection", "VNP46A3", *PLACE)


@dataclass(frozen=True)
class There:
    """A stand-in, its log and its faults."""

    url: str

    def log(self) -> list[dict[str, Any]]:
        with urlopen(f"{self.url}/__log") as answer:
            found: list[dict[str, Any]] = json.loads(answer.read())
            return found

    def files(self) -> list[str]:
        """What was downloaded, whole or in part."""
        return [row["path"] for row in self.log() if row["path"].endswith((".h5", ".tif", ".tiff", ".png"))]

    def told(self, **faults: object) -> None:
        """An empty log, these faults."""
        urlopen(Request(f"{self.url}/__reset", data=b"", method="POST")).close()
        urlopen(Request(f"{self.url}/__faults", data=json.dumps(faults).encode(), method="POST")).close()


@pytest.fixture(scope="module")
def nasa() -> Iterator[There]:
    months = "2021-03-01,2021-04-01,2022-03-01,2023-03-01,2024-03-01"
    with running("tests.services.nasa", "--make", f"VNP46A3:{months}", "--two-stamps", "--page", "3") as url:
        yield There(url)


@pytest.fixture(scope="module")
def stac() -> Iterator[There]:
    days = "2024-01-05,2024-01-15"
    with running("tests.services.stac", "--days", days, "--cloudy", "2024-01-15") as url:
        yield There(url)


@pytest.fixture(scope="module")
def gibs() -> Iterator[There]:
    with running("tests.services.gibs") as url:
        yield There(url)


@pytest.fixture
def home(nasa: There, stac: There, gibs: There, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's own folders, a login, and the stand-ins in place of the services."""
    services = {
        "cmr": {"search": f"{nasa.url}/search", "archive": f"{nasa.url}/archive"},
        "laads": {"api": f"{nasa.url}/api/v2", "archive": f"{nasa.url}/archive"},
        "earth_search": {"stac": f"{stac.url}/earth-search/v1"},
        "planetary_computer": {"stac": f"{stac.url}/pc/api/stac/v1", "sas": f"{stac.url}/pc/api/sas/v1"},
        "gibs": {"wmts": f"{gibs.url}/wmts", "colormaps": f"{gibs.url}/colormaps"},
    }
    lines = [
        f"[services.{name}]\n" + "".join(f'{key} = "{url}"\n' for key, url in services[name].items())
        for name in services
    ]
    (tmp_path / "mirrors.toml").write_text("private = true\n" + "".join(lines))
    for name, value in {
        "DATELINE_MIRRORS": str(tmp_path / "mirrors.toml"),
        "DATELINE_DATA": str(tmp_path / "granules"),
        "XDG_DATA_HOME": str(tmp_path / "share"),
        "EARTHDATA_TOKEN": TOKEN,
        "NETRC": str(tmp_path / "no-netrc"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }.items():
        monkeypatch.setenv(name, value)
    for there in (nasa, stac, gibs):
        there.told()
    return tmp_path


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """Exit code and JSON answer of a command; nothing that it prints has the token."""
    capsys.readouterr()
    code = run([*arguments, "--json"])
    printed = capsys.readouterr()
    assert TOKEN not in printed.out + printed.err
    return code, json.loads(printed.out)


def new_case(folder: Path) -> Path:
    """An exercise case with one place in the open ocean."""
    assert run(["new", str(folder / "case"), "--title", "T", "--question", "Q?", "--exercise"]) == 0
    (folder / "case" / "places" / "pier.toml").write_text(
        'schema = 1\nid = "pier"\nrole = "port"\nlocated_by = "invented"\n\n[names]\nen = "The pier"\n\n'
        "[where]\nlon = -125.0\nlat = -47.0\nradius = 1000\n"
    )
    return folder / "case"


def test_two_months_asked_for_are_two_months_fetched(
    home: Path, nasa: There, capsys: pytest.CaptureFixture[str]
) -> None:
    """March 2021 and March 2024: two files cross the network, none between them, each in its newest version."""
    code, answer = ask(capsys, *NIGHTS, "--period", "2021-03", "--period", "2024-03", "--yes")
    names = [Path(one["path"]).name for one in answer["files"]]
    assert code == 0
    assert sorted(name[9:16] for name in names) == ["2021060", "2024061"]
    assert len(nasa.files()) == 2
    assert not any("2020001000000" in name for name in names), "the older production stamp is passed over"
    code, answer = ask(capsys, *NIGHTS, "--period", "2021-03", "--period", "2024-03", "--yes")
    assert (code, answer["files"], len(nasa.files())) == (0, [], 2)


def test_a_plan_asks_for_no_file(home: Path, nasa: There, capsys: pytest.CaptureFixture[str]) -> None:
    """--dry-run says names, bytes, licence by use and login; nothing is fetched, nothing is written."""
    code, answer = ask(capsys, *NIGHTS, "--period", "2021-03", "--yes", "--dry-run")
    (file,) = answer["files"]
    assert code == 0
    assert file["bytes"] == answer["bytes"] > 100_000
    assert file["licence"]["publish"] == "yes"
    assert answer["logins"] == {"cmr": "environment, EARTHDATA_TOKEN"}
    assert nasa.files() == []
    assert not (home / "granules").exists()


def test_nobody_is_asked_before_we_said_what_it_shows(
    home: Path, stac: There, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --yes and without a terminal: what it would show is said, exit 2, and no request leaves."""
    arguments = ["imagery", "search", "--service", "earth_search", "--collection", "sentinel-2-l2a"]
    code = run([*arguments, "--place", "-47, -125", "--period", "2024-01"])
    said = capsys.readouterr().err
    assert code == 2
    assert "will learn our network address" in said
    assert "consent" in said
    assert stac.log() == []


def test_a_coarse_search_does_not_show_the_place(home: Path, stac: There, capsys: pytest.CaptureFixture[str]) -> None:
    """--coarse 50: the area that is sent is a grid cell; what lies beside the place is dropped here."""
    arguments = ("imagery", "search", "--service", "earth_search", "--collection", "sentinel-2-l2a", "--yes")
    code, answer = ask(capsys, *arguments, "--place", "-47.01, -125.01", "--period", "2024-01", "--coarse", "50")
    (sent,) = [json.loads(row["body"])["bbox"] for row in stac.log()]
    step = 50 / 111.195
    assert code == 0
    assert len(answer["offers"]) == 2
    assert all(edge / step == pytest.approx(round(edge / step), abs=1e-6) for edge in sent)
    code, answer = ask(capsys, *arguments, "--place", "-46.75, -125.2", "--period", "2024-01", "--coarse", "50")
    assert answer["offers"] == []


def test_a_sensitive_place_is_never_shown(home: Path, stac: There, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a place marked sensitive a search shows 100 km, and whole files are read, not the part that gives it away."""
    case = new_case(home)
    pier = case / "places" / "pier.toml"
    pier.write_text(pier.read_text().replace('role = "port"', 'role = "port"\nsensitive = true'))
    get = ("imagery", "get", "--service", "earth_search", "--collection", "sentinel-2-l2a", "--asset", "scl", "--yes")
    code, _ = ask(capsys, *get, "--place", "pier", "--period", "2024-01-05", "--case", str(case), "--by", "ana")
    asked = stac.log()
    west, south, east, north = json.loads(asked[0]["body"])["bbox"]
    assert code == 0
    assert min(east - west, north - south) > 0.8
    assert all(row["range"] is None for row in asked)
    assert not any("47.0" in path.read_text() for path in (case / "evidence" / "items").glob("search-*"))


@pytest.mark.parametrize(
    ("faults", "codes", "exit_code"),
    [
        ({"busy": 2}, set(), 0),
        ({"fail": 0.3}, set(), 0),
        ({"truncate": 3}, set(), 0),
        ({"missing": "A2021091"}, {"does not have this file"}, 1),
        ({"changing": True}, {"not the file that the catalogue tells of"}, 1),
    ],
)
def test_faults_are_survived_or_named(
    home: Path,
    nasa: There,
    capsys: pytest.CaptureFixture[str],
    *,
    faults: dict[str, Any],
    codes: set[str],
    exit_code: int,
) -> None:
    """Busy, failing, cut: right files in the end. A missing tile, other bytes: named, and the rest goes on."""
    nasa.told(**faults)
    code, answer = ask(capsys, *NIGHTS, "--period", "2021-03/2021-04", "--yes")
    lost = [failure for failure in answer["failures"] if any(word in failure for word in codes)]
    assert code == exit_code
    assert len(answer["files"]) + len(lost) == 2
    assert bool(lost) == bool(codes)
    for one in answer["files"]:
        assert Path(one["path"]).stat().st_size == one["bytes"]


def test_a_login_that_is_not_taken_saves_nothing(
    home: Path, nasa: There, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """302 to a login page with status 200: refused as such; no file of any name is left."""
    monkeypatch.setenv("EARTHDATA_TOKEN", "wrong-one")
    code, answer = ask(capsys, *NIGHTS, "--period", "2021-03", "--yes")
    assert code == 1
    assert "web page in place of the file" in answer["failures"][0]
    assert "wrong-one" not in json.dumps(answer)
    assert not [path for path in (home / "granules").rglob("*") if path.suffix in {".h5", ".part"}]


def test_from_nothing_to_a_first_answer(home: Path, nasa: There, capsys: pytest.CaptureFixture[str]) -> None:
    """run night_lights on a place: refuses with the way out, downloads when told to, and answers."""
    question = ("run", "night_lights", *PLACE, "--before", "2021-03", "--after", "2024-03")
    code, answer = ask(capsys, *question)
    assert (code, answer["error"]["code"]) == (1, "missing-granules")
    assert "--fetch" in answer["error"]["do"]
    assert nasa.log() == [], "nothing is asked unasked"
    began = time.monotonic()
    code, finding = ask(capsys, *question, "--fetch")
    print(f"from nothing to an answer: {time.monotonic() - began:.1f} s")
    assert code == 0
    assert finding["result"] != "refused"
    assert finding["simulated"]
    assert len(nasa.files()) == 2


def test_without_a_login_the_first_look_is_offered(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No login: how to get one, and what goes without."""
    monkeypatch.delenv("EARTHDATA_TOKEN")
    question = ("run", "night_lights", *PLACE, "--before", "2021-03", "--after", "2024-03")
    code, answer = ask(capsys, *question)
    assert code == 1
    assert "urs.earthdata.nasa.gov" in answer["error"]["do"]
    assert "imagery look" in answer["error"]["do"]
    code, answer = ask(capsys, *question, "--fetch")
    assert (code, answer["error"]["code"]) == (1, "login-missing")


def test_a_first_look_is_labelled_and_no_method_reads_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ranges and states by night, loudly labelled, in text and in JSON; the pictures are refused as radiance."""
    look = ["imagery", "look", "--place", "-47, -125", "--period", "2024-01-08/2024-01-12", "--to", str(home), "--yes"]
    assert run(look) == 0
    said = capsys.readouterr().out
    assert said.count("FIRST LOOK, NOT A MEASUREMENT") == 2
    code, answer = ask(capsys, *look)
    assert code == 0
    assert answer["label"].startswith("FIRST LOOK")
    assert answer["nights"][0]["day"] == "2024-01-08"
    assert all(night["state"] in {"range", "saturated", "no data"} for night in answer["nights"])
    assert all(night["high"] is None or night["high"] > night["low"] for night in answer["nights"])
    picture = answer["nights"][0]["pictures"][0]
    assert "first-look-not-a-measurement" in picture
    code, finding = ask(capsys, "run", "night_lights", "--before", picture, "--after", picture)
    assert (code, finding["reasons"][0]["code"]) == (1, "picture-bytes")


def test_images_become_evidence_and_the_log_is_a_view(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files and the catalogue's reply are items with custody; the log has them, and what was not fetched."""
    case = new_case(home)
    get = ("imagery", "get", "--service", "earth_search", "--collection", "sentinel-2-l2a", "--asset", "scl", "--yes")
    code, answer = ask(capsys, *get, "--place", "pier", "--period", "2024-01-05", "--case", str(case), "--by", "ana")
    assert code == 0
    assert len(answer["items"]) == 2
    search = (
        "imagery",
        "get",
        "--service",
        "planetary_computer",
        "--collection",
        "sentinel-1-rtc",
        "--asset",
        "vv",
        "--yes",
    )
    code, answer = ask(capsys, *search, "--place", "pier", "--period", "2024-01", "--case", str(case), "--by", "ana")
    assert code == 0
    code, log = ask(capsys, "imagery", "log", "--case", str(case), "--place", "pier")
    assert code == 0
    assert log["notes"] == []
    rows = {row["scene"]: row for row in log["images"]}
    assert {row["state"] for row in rows.values()} == {"have"}
    optical = next(row for row in rows.values() if row["sensor"] == "MSI")
    assert (optical["cloud_over_place"], optical["covers"]) == (0.0, 1.0)
    written = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file() and path.name != "mirrors.toml")
    assert TOKEN.encode() not in written
    assert b"sig=" not in written
    assert run(["imagery", "log", "--case", str(case), "--place", "pier", "--csv"]) == 0
    assert "cloud_over_place" in capsys.readouterr().out.splitlines()[0]


def test_the_help_of_imagery_loads_nothing_heavy() -> None:
    """Asking what there is imports no door, no reader."""
    import subprocess
    import sys

    code = (
        "import sys\nfrom dateline.cli.app import run\nrun(['imagery', 'get', '--help'])\n"
        "heavy = ('httpcore2', 'rasterio', 'shapely', 'keyring', 'cryptography')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stderr.strip().splitlines()[-1] == "[]"
