"""Media in a case: what its axes rest on comes with it, measured first; nothing off the record; no answer of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline.core.errors import InputError, UsageError
from dateline.ledger.case import Case
from dateline.measure.ask import ask, request_of_flags
from dateline.measure.case_run import freshness, in_order, measure_case
from dateline.measure.gather import weather
from dateline.methods.catalogue import card
from dateline.methods.weather_check.metar import Refused
from dateline.methods.weather_check.observation import Observation

CLAIM = 'id = "{}"\nspeaker = "desk"\nsaid = 2024-10-20\nstance = "asserts"\nstatement = "s"\norigin = {{key = "{}"}}\n'
MEDIA = 'id = "clip"\ntitle = "A clip"\ntype = "video"\nposted = "2024-10-18"\nplaces = ["s"]\n'
FILES = {
    "case.toml": 'id = "c"\ntitle = "t"\nquestion = "q"\nworldview = "iso"\n',
    "sources/desk.toml": 'id = "desk"\ntype = "government"\nnames = {en = "Desk"}\n',
    "places/s.toml": 'id = "s"\nrole = "camera"\n[names]\nen = "S"\n[where]\nlon = 131.66\nlat = 44.34\nradius = 10\n',
    "claims/C1.toml": CLAIM.format("C1", "x"),
    "claims/C2.toml": CLAIM.format("C2", "y"),
    "events/fall.toml": 'id = "fall"\ntitle = "a fall"\nwhen = "2024-10-03"\nkind = "claimed"\nclaims = ["C1"]\n',
    "media/old.toml": 'id = "old"\ntitle = "Old"\ntype = "video"\nposted = "2024-10-06"\nplaces = ["s"]\n',
    "media/clip.toml": MEDIA + 'relations = [{to = "old", kind = "copy"}]\n'
    '[time]\nstate = "narrowed"\nby = "mk"\nfindings = ["zz-taken"]\n'
    '[depiction]\nstate = "corroborated"\nclaims = ["C1", "C2"]\n',
    "measures/axes.toml": 'id = "axes"\nmethod = "four_axes"\n[inputs.media]\nmedia = ["clip"]\n',
    "measures/zz-taken.toml": 'id = "zz-taken"\nmethod = "capture_time"\n[inputs.media]\nmedia = ["clip"]\n'
    '[inputs.after]\nevents = ["fall"]\n',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_what_an_axis_cites_is_measured_first_and_a_change_makes_it_stale(folder: Path) -> None:
    """The capture time comes before the axes that cite it; a new post date makes both stale."""
    assert [measure.id for measure in in_order(Case.load(folder))] == ["zz-taken", "axes"]
    done = {one.id: one for one in measure_case(Case.load(folder))}
    taken, axes = done["zz-taken"].finding, done["axes"].finding
    assert taken is not None
    assert axes is not None
    assert taken.values["captured"] == {"kind": "when", "sets": [["2024-10-03", "2024-10-06"]]}
    assert taken.values["last_end"] == ["old"]
    assert axes.values["time"]["position"] == "narrowed"
    assert axes.values["depiction"]["position"] == "corroborated"
    assert axes.estimates == {}, "the place is a camera's: no distance from it is told"
    old = folder / "media/old.toml"
    old.write_text(old.read_text().replace("10-06", "10-05"), encoding="utf-8")
    after = freshness(Case.load(folder))
    assert (after["zz-taken"], after["axes"]) == (False, False)


def test_an_answer_that_rests_on_itself_is_refused(folder: Path) -> None:
    """A record that cites the measure of its own axes gets no position from it."""
    clip = folder / "media/clip.toml"
    clip.write_text(clip.read_text().replace("zz-taken", "axes"), encoding="utf-8")
    (axes,) = measure_case(Case.load(folder), ["axes"])
    assert axes.finding is not None
    assert (axes.finding.result, axes.finding.reasons[0].code) == ("refused", "circular")


def test_words_off_the_record_are_evidence_of_nothing(folder: Path) -> None:
    """A claim that may not be used, or a stretch of a recording, refuses the whole answer."""
    terms = 'terms = {are = "off_the_record", agreed_by = "mk", agreed_on = 2024-10-20}\n'
    (folder / "claims/C2.toml").write_text(CLAIM.format("C2", "y") + terms, encoding="utf-8")
    (axes,) = [one for one in measure_case(Case.load(folder), ["axes"]) if one.id == "axes"]
    assert axes.finding is not None
    assert axes.finding.reasons[0].code == "off-record"


def test_an_event_told_off_the_record_sets_no_end(folder: Path) -> None:
    """The day of an event that only an off-the-record claim tells would be printed: refused."""
    terms = 'terms = {are = "off_the_record", agreed_by = "mk", agreed_on = 2024-10-20}\n'
    (folder / "claims/C1.toml").write_text(CLAIM.format("C1", "x") + terms, encoding="utf-8")
    (taken,) = measure_case(Case.load(folder), ["zz-taken"])
    assert taken.finding is not None
    assert (taken.finding.result, taken.finding.reasons[0].code) == ("refused", "off-record")
    assert "fall" not in taken.finding.statement.en


def test_a_record_alone_can_be_asked(folder: Path) -> None:
    """`dateline run` on a file: what stands in it counts, what it cites is not there; a picture is no record."""
    request = request_of_flags(card("four_axes"), roles={"media": [folder / "media/old.toml"]}, named={}, parameters={})
    finding, _ = ask(request)
    assert finding.values["time"]["position"] == "bounded"
    (folder / "x.png").write_bytes(b"x")
    request = request_of_flags(card("four_axes"), roles={"media": [folder / "x.png"]}, named={}, parameters={})
    with pytest.raises(UsageError) as caught:
        ask(request)
    assert caught.value.code == "media-record"


OPEN_METEO = """{"latitude": 43.4, "longitude": 132.1, "utc_offset_seconds": 36000,
"hourly_units": {"temperature_2m": "°C", "wind_speed_10m": "km/h", "precipitation": "mm", "cloud_cover": "%"},
"hourly": {"time": ["2024-10-18T12:00", "2024-10-18T13:00"], "temperature_2m": [9.5, null],
"wind_speed_10m": [36.0, 18.0], "precipitation": [0.4, 0.0], "cloud_cover": [100, 5]}}"""


def test_weather_is_read_from_tables_and_reanalyses(tmp_path: Path) -> None:
    """Columns with units as documented, a whole METAR in a cell, an hour of a model on its own clock."""
    table = tmp_path / "w.csv"
    table.write_text(
        "time,station,lat,lon,temperature,weather,metar\n"
        "2024-10-18T02:00:00Z,A,43.4,132.1,9.5,none,\n"
        "2024-10-18T03:00:00Z,A,43.4,132.1,,,UHWW 180300Z 33010MPS 9999 OVC010 08/02\n"
        "2024-10-18T04:00:00Z,A,43.4,132.1,warm,,\n",
        encoding="utf-8",
    )
    one, two, broken = weather.read(table, None, {})
    assert (getattr(one, "temperature", None), getattr(one, "weather", None)) == (9.5, ())
    assert (getattr(two, "wind", None), getattr(two, "sky", None)) == (10, "overcast")
    assert isinstance(broken, Refused)
    model = tmp_path / "w.json"
    model.write_text(OPEN_METEO, encoding="utf-8")
    first, second = weather.read(model, None, {})
    assert isinstance(first, Observation)
    assert isinstance(second, Observation)
    assert (first.at.hour, first.kind, first.sky) == (2, "reanalysis", "overcast")
    assert first.wind == pytest.approx(10)
    assert second.temperature is None


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("w.csv", b"a,b\n1,2\n", "weather-file"),
        ("w.csv", b"time,temperature\n2024-10-18T02:00:00,3\n", "naive-time"),
        ("w.json", b"{", "weather-file"),
        ("w.json", b'{"hourly": {"time": ["2024-10-18T12:00"]}}', "weather-file"),
        ("w.json", b"[1, 2]", "weather-file"),
        ("w.txt", b"", "weather-file"),
        ("w.txt", b"\xff\xfe\x00", "weather-file"),
    ],
)
def test_bad_weather_files_are_named(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    """Each with a code; a time without its zone is never taken for UTC."""
    from dateline.core.errors import Refusal

    (tmp_path / name).write_bytes(data)
    with pytest.raises((InputError, Refusal)) as caught:
        list(weather.read(tmp_path / name, None, {}))
    assert caught.value.code == code
