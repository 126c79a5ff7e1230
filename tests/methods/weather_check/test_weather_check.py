"""Weather: a METAR is read as the code says, silence is no evidence, distance and gaps take power away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core.errors import Refusal
from dateline.core.where import Where
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.weather_check import CARD, asked_time, run
from dateline.methods.weather_check.claims import PHENOMENA
from dateline.methods.weather_check.metar import Refused, body, read_metar
from dateline.methods.weather_check.observation import Observation, sky_of

NOON = datetime(2024, 10, 18, 2, tzinfo=UTC)
HERE = Where.point(lon=132.1, lat=43.4, radius=100)
NEAR = Where.point(lon=132.15, lat=43.4, radius=1000)
FAR = Where.point(lon=135.0, lat=48.5, radius=1000)


def report(text: str, near: datetime | None = NOON) -> Any:
    (found,) = read_metar(text, near)
    return found


def seen(hour: float, **told: Any) -> Observation:
    given_where = told.pop("where", NEAR)
    return Observation(at=NOON + timedelta(hours=hour), station=told.pop("station", "UHWW"), where=given_where, **told)


def ask(claim: str, *record: Observation, at: str = "2024-10-18T02:00:00Z", **parameters: Any) -> Outcome:
    roles = {"record": record, "places": (HERE,)}
    return run(
        Inputs(roles), Parameters.of(CARD, {"claim": claim, "at": at, **parameters}), rng=np.random.default_rng(1)
    )


def test_a_report_of_the_manual() -> None:
    """The example of WMO-No. 306 (15.1): wind with gusts, a shower of rain, cumulonimbus, warmth."""
    one = report("METAR YUDO 221630Z 24008G18MPS 0600 R12/1000U DZ FG SCT010 OVC020 17/16 Q1018 BECMG TL1700 9999",
                 datetime(2024, 10, 22, 16, tzinfo=UTC))  # fmt: skip
    assert (one.station, one.at) == ("YUDO", datetime(2024, 10, 22, 16, 30, tzinfo=UTC))
    assert (one.wind, one.gust, one.visibility, one.temperature, one.sky) == (8, 18, 600, 17, "overcast")
    assert one.weather == ("DZ", "FG")


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("UHWW 180200Z 33010KT 9999 FEW020 M05/M10", "temperature", -5.0),
        ("UHWW 180200Z VRB02KT CAVOK 10/M03", "sky", None),
        ("UHWW 180200Z VRB02KT CAVOK 10/M03", "visibility", 10_000.0),
        ("UHWW 180200Z 00000KT 1 1/2SM BR SKC 10/09", "sky", "clear"),
        ("UHWW 180200Z 00000KT 1/2SM FG VV002 10/09", "visibility", 804.672),
        ("UHWW 180200Z AUTO 33010KT 9999 10/09", "weather", None),
        ("UHWW 180200Z 33010KT 9999 SCT030 10/09", "weather", ()),
        ("UHWW 180200Z 33010KT 9999 +TSRA BKN030CB 10/09", "weather", ("+TSRA",)),
        ("UHWW 180200Z 33010KT 9999 BKN030 10/09 TEMPO OVC005 RA", "sky", "broken"),
        ("202410180200 METAR UHWW 180200Z 33010KT 9999", "at", NOON),
    ],
)
def test_groups(text: str, field: str, value: Any) -> None:
    """Each group as the code defines it; forecasts after the report are left aside."""
    assert getattr(report(text), field) == value


def test_lines_that_are_no_reports_are_counted_and_never_guessed() -> None:
    """Garbage, NIL, an impossible hour, a day that nothing dates, an endless line."""
    for text in (
        "garbage",
        "UHWW 180200Z NIL",
        "UHWW 182560Z 33010KT",
        "x" * 5000,
        "202413180200 UHWW 180200Z 33010KT",
    ):
        assert isinstance(report(text), Refused)
    assert isinstance(report("UHWW 180200Z 33010KT 9999", None), Refused)
    assert report("UHWW 300200Z 33010KT 9999", datetime(2024, 11, 2, tzinfo=UTC)).at.month == 10


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever stands in a file: reports or refusals, never an error."""
    assert all(isinstance(one, Observation | Refused) for one in read_metar(text, NOON))


def test_one_report_of_rain_is_enough_and_against_it_takes_all_of_them() -> None:
    """A row without a gap speaks against it; a gap of hours leaves room for a shower."""
    dry = [seen(hour, weather=()) for hour in (-1, 0, 1)]
    assert ask("rain", *dry[:2], seen(1, weather=("-SHRA",))).result == "consistent"
    assert ask("rain", *dry).result == "inconsistent"
    assert ask("rain", dry[0], hours=3).result == "no power"
    assert ask("dry", *dry, seen(-2, weather=()), seen(-3, weather=())).result == "consistent"
    assert ask("dry", *dry, seen(-2, weather=("RA",)), seen(-3, weather=())).result == "inconsistent"


def test_silence_and_distance_have_no_power() -> None:
    """An automatic station without a weather group, CAVOK on the sky, a station 600 km off, one of unknown place."""
    assert ask("rain", seen(0, weather=None)).result == "no power"
    assert ask("overcast", seen(0, sky=None)).result == "no power"
    far = ask("rain", seen(0, weather=("RA",), where=FAR))
    assert far.result == "no power"
    assert "km away" in far.statement.en
    unknown = ask("rain", seen(0, weather=("RA",), where=None))
    assert unknown.result == "no power"
    assert {note.code for note in unknown.caveats} == {"distance-unknown"}
    assert ask("rain", seen(30, weather=("RA",))).result == "cannot tell"


def test_stations_that_differ_take_each_other_s_power() -> None:
    """Nothing is averaged."""
    one = [seen(hour, sky="overcast") for hour in (-1, 0, 1)]
    two = [seen(hour, sky="clear", station="UHWX") for hour in (-1, 0, 1)]
    outcome = ask("overcast", *one, *two)
    assert outcome.result == "no power"
    assert "stations-differ" in {note.code for note in outcome.caveats}


def test_weather_that_is_always_there_says_little() -> None:
    """The share of all reports that would fit stands beside the answer."""
    often = [seen(hour, sky="overcast" if hour % 4 else "clear") for hour in range(-20, 21)]
    outcome = ask("overcast", *often, at="2024-10-18T03:00:00Z")
    assert outcome.values["fits_share"] == pytest.approx(30 / 41, abs=0.001)
    assert "common-weather" in {note.code for note in outcome.caveats}


@pytest.mark.parametrize(
    ("claim", "fits", "against"),
    [
        ("snow", {"weather": ("-SN",)}, {"temperature": 9.0}),
        ("snow on the ground", {"snow_depth": 0.2}, {"snow_depth": 0.0}),
        ("fog", {"visibility": 300.0}, {"visibility": 9000.0}),
        ("strong wind", {"wind": 12.0}, {"wind": 2.0}),
        ("calm", {"wind": 1.0}, {"wind": 9.0}),
        ("frost", {"temperature": -4.0}, {"temperature": 8.0}),
        ("thunder", {"weather": ("TSRA",)}, {"weather": ()}),
        ("clear sky", {"sky": "clear"}, {"sky": "overcast"}),
        ("rain", {"precipitation": 2.0, "temperature": 8.0}, {"precipitation": 0.0}),
    ],
)
def test_each_kind_of_weather(claim: str, fits: dict[str, Any], against: dict[str, Any]) -> None:
    """What speaks for it, against it, and an empty report that says nothing."""
    says = PHENOMENA[claim].says
    assert says(seen(0, **fits)) is True
    assert says(seen(0, **against)) is False
    assert says(seen(0)) is None


def test_the_time_needs_its_zone() -> None:
    """Naive, missing, open or no time: refused with a code; a plain day is its hours in UTC."""
    codes = []
    for text in ("2024-10-18T02:00:00", "", "2024-10-18/..", "soon", "2024-10-18Tnoon"):
        with pytest.raises(Refusal) as caught:
            asked_time(text)
        codes.append(caught.value.code)
    assert codes == ["naive-time", "no-time", "no-time", "no-time", "no-time"]
    assert asked_time("2024-10-18").days() == 1
    with pytest.raises(Refusal) as caught:
        ask("rain")
    assert caught.value.code == "no-record"


def test_cloud_cover_in_words() -> None:
    """Eighths: none, two, four, seven, eight."""
    assert [sky_of(cover) for cover in (0, 25, 50, 80, 100)] == ["clear", "few", "scattered", "broken", "overcast"]


@pytest.mark.parametrize("group", ["BLSN", "DRSN", "VCSH", "RERA", "RESN"])
def test_what_does_not_fall_at_the_station_just_then_leaves_it_open(group: str) -> None:
    """Blown, recent, or in the vicinity: neither for falling snow or rain, nor for dry weather."""
    one = report(f"UHWW 180200Z 34012MPS 5000 {group} SCT030 M01/M03 Q1009")
    assert PHENOMENA["dry"].says(one) is None
    assert PHENOMENA["snow" if group.endswith("SN") else "rain"].says(one) is None


def test_groups_are_read_two_letters_at_a_time() -> None:
    """A thunderstorm with hail (TSGR) has no snow grains (SG) in it; patches of fog are no fog, nor its absence."""
    hail = report("EDDF 180200Z 23015G27KT 9999 TSGR SCT030CB 12/08 Q1011")
    assert PHENOMENA["snow"].says(hail) is False
    assert PHENOMENA["thunder"].says(hail) is True
    for group in ("MIFG", "BCFG", "PRFG", "VCFG"):
        assert PHENOMENA["fog"].says(report(f"UHWW 180200Z 00000MPS 9000 {group} NSC 03/03 Q1022")) is None


@pytest.mark.parametrize(
    ("text", "metres"),
    [("1 1/2SM", 2414.016), ("1/2SM", 804.672), ("10SM", 16093.44), ("4000E 1500SW", 4000), ("9999NDV", 10_000)],
)
def test_visibility_in_all_its_forms(text: str, metres: float) -> None:
    """One and a half miles are two groups; a direction and "no directional variation" follow the metres."""
    one = report(f"KJFK 180151Z 18010KT {text} BR OVC004 12/12 A2992")
    assert one.visibility == pytest.approx(metres)
    assert report("UHHH 180200Z 240P49MPS 9999 SKC M30/M35 Q1040").wind == 49


def test_a_report_within_a_table_ends_where_its_forecast_begins() -> None:
    """Snow that a TEMPO group foretells did not fall."""
    text = "24008MPS 9999 OVC010 02/01 Q1010 TEMPO 1000 -SN RMK SNB12="
    assert body(text, at=NOON, station="UHWW", where=None).weather == ()
