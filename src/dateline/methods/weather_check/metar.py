"""METAR: the report of an airfield in one line. Wind, visibility, present weather, sky, temperature; nothing else.

Format: WMO-No. 306, Manual on Codes, volume I.1, FM 15 METAR.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dateline.core.where import Where
from dateline.methods.weather_check.observation import Observation, Sky

LONGEST = 600
"""A longer line is no report."""

_HEAD = re.compile(
    r"^(?:(?P<stamp>\d{12})\s+)?(?:(?:METAR|SPECI)\s+)?(?:COR\s+)?(?P<station>[A-Z][A-Z0-9]{3})\s+"
    r"(?P<day>\d{2})(?P<hour>\d{2})(?P<minute>\d{2})Z\s+(?P<rest>.*)$"
)
_CUT = re.compile(r"\s(?:RMK|BECMG|TEMPO|NOSIG|INTER)\b.*$")
_WIND = re.compile(r"^(?:\d{3}|VRB)P?(\d{2,3})(?:GP?(\d{2,3}))?(KT|MPS|KMH)$")
_WEATHER = re.compile(
    r"^(?:\+|-|VC|RE)?(?:MI|BC|PR|DR|BL|SH|TS|FZ)?(?:(?:DZ|RA|SN|SG|IC|PL|GR|GS|UP|BR|FG|FU|VA|DU|SA|HZ|PY|PO|SQ|FC|SS|DS)"
    r"{1,3})?$"
)
_SKY = re.compile(r"^(FEW|SCT|BKN|OVC|VV)(?:\d{3}|///)(?:CB|TCU|///)?$")
_WARMTH = re.compile(r"^(M?\d{2})/(?:M?\d{2}|//)?$")
_MILES = re.compile(r"^(?:(\d{1,2})|M?(\d)/(\d{1,2}))SM$")
_SPEED = {"KT": 0.514444, "MPS": 1.0, "KMH": 1 / 3.6}
_LAYERS: tuple[tuple[str, Sky], ...] = (
    ("OVC", "overcast"), ("VV", "overcast"), ("BKN", "broken"), ("SCT", "scattered"), ("FEW", "few"),
)  # fmt: skip
_HALF_MONTH = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is no report, or one that cannot be dated."""

    line: int
    why: str


def read_metar(text: str, near: datetime | None, where: Where | None = None) -> Iterator[Observation | Refused]:
    """The reports of a text, a line each. A comment line `# UHWW 43.399 132.148` places a station (lat lon).

    near: the time that days of a month without year and month are read against; a stamp YYYYMMDDHHMM before the report
    wins. where: of every station that no comment places.
    """
    places: dict[str, Where] = {}
    for number, raw in enumerate(text.splitlines(), 1):
        line = " ".join(raw.strip().rstrip("=").split())
        if line.startswith("#"):
            places |= dict(_placed(line))
        elif line:
            yield _report(line, number, near, places, where)


def _placed(line: str) -> Iterator[tuple[str, Where]]:
    found = re.fullmatch(r"#\s*([A-Z][A-Z0-9]{3})\s+(-?\d+(?:\.\d+)?)[,\s]\s*(-?\d+(?:\.\d+)?)", line)
    if found is not None and abs(float(found[2])) <= 90 and abs(float(found[3])) <= 180:
        yield found[1], Where.point(lon=float(found[3]), lat=float(found[2]), radius=1000.0)


def _report(
    line: str, number: int, near: datetime | None, places: dict[str, Where], where: Where | None
) -> Observation | Refused:
    head = _HEAD.match(line) if len(line) <= LONGEST else None
    if head is None:
        return Refused(number, "no METAR")
    at = _dated(head, near)
    if at is None:
        return Refused(number, "a day without month and year, or one that its stamp contradicts")
    rest = head["rest"]
    if rest.split()[:1] == ["NIL"]:
        return Refused(number, "NIL: nothing was reported")
    return body(rest, at=at, station=head["station"], where=places.get(head["station"], where))


def _dated(head: re.Match[str], near: datetime | None) -> datetime | None:
    """The full time of a report that gives day, hour and minute: the nearest such day, within half a month."""
    day, hour, minute = int(head["day"]), int(head["hour"]), int(head["minute"])
    stamp = head["stamp"]
    try:
        around = datetime.strptime(stamp, "%Y%m%d%H%M").replace(tzinfo=UTC) if stamp else near
    except ValueError:
        return None
    if around is None or hour > 23 or minute > 59:
        return None
    reach = timedelta(days=1) if stamp else _HALF_MONTH
    days = [around.astimezone(UTC) + timedelta(days=step) for step in range(-reach.days - 1, reach.days + 2)]
    found = [one.replace(hour=hour, minute=minute, second=0, microsecond=0) for one in days if one.day == day]
    close = [one for one in found if abs(one - around) <= reach + timedelta(days=1)]
    return min(close, key=lambda one: abs(one - around), default=None)


def body(text: str, *, at: datetime, station: str, where: Where | None) -> Observation:
    """The groups of one report, after station and time. A group that is not understood is left aside."""
    groups = _CUT.sub("", f" {text.strip().rstrip('=')}").split()
    automatic = "AUTO" in groups
    cavok = "CAVOK" in groups
    weather = tuple(one for one in groups if _WEATHER.match(one) and one not in {"+", "-", "VC", "RE", ""})
    speed, gust = _wind(groups)
    return Observation(
        at=at,
        station=station,
        where=where,
        weather=weather if weather or cavok or not automatic else None,
        sky=_sky(groups),
        temperature=_warmth(groups),
        wind=speed,
        gust=gust,
        visibility=10_000.0 if cavok else _visibility(groups),
    )


def _wind(groups: list[str]) -> tuple[float | None, float | None]:
    for group in groups:
        found = _WIND.match(group)
        if found is not None:
            factor = _SPEED[found[3]]
            return float(found[1]) * factor, None if found[2] is None else float(found[2]) * factor
    return None, None


def _sky(groups: list[str]) -> Sky | None:
    layers = {found[1] for group in groups if (found := _SKY.match(group))}
    for code, name in _LAYERS:
        if code in layers:
            return name
    return "clear" if "SKC" in groups else None


def _warmth(groups: list[str]) -> float | None:
    for group in groups:
        found = _WARMTH.match(group)
        if found is not None:
            return float(found[1].replace("M", "-"))
    return None


def _visibility(groups: list[str]) -> float | None:
    for index, group in enumerate(groups[:6]):
        metres = re.fullmatch(r"(\d{4})(?:NDV|[NS]?[EW]?)", group)
        if metres is not None:
            return 10_000.0 if metres[1] == "9999" else float(metres[1])
        miles = _MILES.match(group)
        if miles is not None:
            number = float(miles[1]) if miles[1] else float(miles[2]) / max(1.0, float(miles[3]))
            whole = groups[index - 1] if index and not miles[1] else ""  # "1 1/2SM" is one and a half
            return (number + (float(whole) if re.fullmatch(r"\d{1,2}", whole) else 0.0)) * 1609.344
    return None
