"""Reports of the weather from files that somebody brings: METAR, CSV, JSON of a station, or of Open-Meteo's shape."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NoReturn

from dateline.core.errors import InputError, Refusal
from dateline.core.where import Where
from dateline.evidence.item import is_named_simulated
from dateline.ledger.finding import Note
from dateline.measure.gather.images import file_ref
from dateline.measure.request import Loaded, Prepared, Progress, Request, Site
from dateline.methods.contract import Inputs
from dateline.methods.weather_check import asked_time
from dateline.methods.weather_check.metar import Refused, body, read_metar
from dateline.methods.weather_check.observation import Observation, sky_of

LARGEST = 20_000_000
"""Bytes of a file; a year of hourly reports is a hundredth of it."""
MOST = 200_000
NUMBERS = ("temperature", "wind", "gust", "visibility", "precipitation", "snow_depth")
COLUMNS = ("time", "station", "kind", "lat", "lon", "cloud", "weather", "metar", *NUMBERS)
"""Of a table: time with its zone; cloud [%], temperature [degC], wind and gust [m/s], visibility [m], precipitation
[mm h-1], snow_depth [m]; weather: METAR codes, "none" where somebody saw that there was none; metar: a whole report."""
_HOURLY: Mapping[str, tuple[str, Mapping[str, float]]] = {
    "temperature": ("temperature_2m", {"°C": 1.0}),
    "wind": ("wind_speed_10m", {"km/h": 1 / 3.6, "m/s": 1.0, "kn": 0.514444}),
    "gust": ("wind_gusts_10m", {"km/h": 1 / 3.6, "m/s": 1.0, "kn": 0.514444}),
    "precipitation": ("precipitation", {"mm": 1.0}),
    "snow_depth": ("snow_depth", {"m": 1.0}),
    "visibility": ("visibility", {"m": 1.0}),
    "cloud": ("cloud_cover", {"%": 1.0}),
}
"""Hourly series of Open-Meteo's JSON, with the units that are understood and their factor."""


def prepare(request: Request) -> Prepared:
    """By role: `record`, Observations; `places`, one Where. Raises InputError `weather-file`, Refusal `naive-time`."""
    given = request.roles.get("record", ())
    paths = [path for one in given for path in (*one.files, one.table) if path is not None]
    columns = {key: value for one in given for key, value in one.columns.items()}
    sites = request.sites("places")
    refs = [file_ref(path, "record", request.items) for path in paths]
    near = _near(request.question.parameters["at"])

    def load(_tell: Progress) -> Loaded:
        found = [one for path in paths for one in read(path, near, columns)]
        seen = tuple(one for one in found if isinstance(one, Observation))
        left = len(found) - len(seen)
        text = f"{left} of {len(found)} lines could not be read as reports, and were left out."
        notes = (Note(code="lines-left-out", text=text),) if left else ()
        roles = {"record": seen, "places": tuple(_published(site) for site in sites)}
        return Loaded(inputs=Inputs({role: values for role, values in roles.items() if values}), notes=notes)

    simulated = any(is_named_simulated(path.name) for path in paths)
    return Prepared(refs=(*refs, *request.place_refs("places")), simulated=simulated, load=load)


def _published(site: Site) -> Where:
    """A sensitive place to a tenth of a degree: a distance to a known station would give away where somebody stood."""
    if not site.sensitive:
        return site.where
    west, south, east, north = site.where.bounds()
    return Where.point(lon=round((west + east) / 2, 1), lat=round((south + north) / 2, 1), radius=10_000.0)


def _near(at: Any) -> datetime | None:
    """What days of a month are read against; None where the method will refuse the time itself."""
    try:
        earliest = asked_time(str(at or "")).earliest
    except Refusal:
        return None
    if isinstance(earliest, datetime):
        return earliest.astimezone(UTC)
    return None if earliest is None else datetime(earliest.year, earliest.month, earliest.day, 12, tzinfo=UTC)


def read(path: Path, near: datetime | None, columns: Mapping[str, str]) -> Iterator[Observation | Refused]:
    """The reports of one file. Raises InputError `weather-file`, Refusal `naive-time`."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig") if len(data) <= LARGEST else ""
    except (OSError, UnicodeDecodeError) as error:
        _bad(path, f"{error}"[:120])
    if not text.strip():
        _bad(path, f"{len(data):,} bytes" + (", too many" if len(data) > LARGEST else " without a report"))
    match path.suffix.lower():
        case ".json":
            found: Iterable[Observation | Refused] = _json(path, text)
        case ".csv" | ".tsv":
            found = _table(path, text, columns)
        case _:
            found = read_metar(text, near)
    for count, one in enumerate(found):
        if count >= MOST:
            _bad(path, f"more than {MOST:,} reports")
        yield one


def _table(path: Path, text: str, columns: Mapping[str, str]) -> Iterator[Observation | Refused]:
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    if columns.get("time", "time") not in (reader.fieldnames or ()):
        _bad(path, f"no column {columns.get('time', 'time')!r}; columns {', '.join(reader.fieldnames or ())}"[:120])
    for row in reader:
        cells = {name: (row.get(columns.get(name, name)) or "").strip() for name in COLUMNS}
        yield _observed(path, reader.line_num, cells, path.stem)


def _json(path: Path, text: str) -> Iterator[Observation | Refused]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        _bad(path, f"no JSON: {error}"[:120])
    if isinstance(told, Mapping) and isinstance(told.get("hourly"), Mapping):
        yield from _hourly(path, told)
        return
    shared = {key: value for key, value in told.items() if key != "observations"} if isinstance(told, Mapping) else {}
    rows = told.get("observations") if isinstance(told, Mapping) else told
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        _bad(path, "neither a list of reports nor a table with `observations` or `hourly`")
    for number, row in enumerate(rows, 1):
        cells = {name: _cell({**shared, **row}.get(name)) for name in COLUMNS}
        yield _observed(path, number, cells, path.stem)


def _cell(value: Any) -> str:
    return "" if value is None or isinstance(value, bool | list | dict) else str(value)


def _hourly(path: Path, told: Mapping[str, Any]) -> Iterator[Observation | Refused]:
    """Open-Meteo's answer: parallel lists of an hour each, times on the clock of utc_offset_seconds."""
    hourly, units = told["hourly"], told.get("hourly_units", {})
    times, offset = hourly.get("time"), told.get("utc_offset_seconds")
    if not isinstance(times, list) or not isinstance(offset, int):
        _bad(path, "hourly without `time`, or without `utc_offset_seconds`")
    zone = timezone(timedelta(seconds=offset))
    factors = {name: units_of.get(str(units.get(key))) for name, (key, units_of) in _HOURLY.items()}
    for index, at in enumerate(times):
        cells = {"time": _zoned(str(at), zone), "lat": _cell(told.get("latitude")), "lon": _cell(told.get("longitude"))}
        for name, (key, _) in _HOURLY.items():
            values, factor = hourly.get(key), factors[name]
            value = values[index] if isinstance(values, list) and index < len(values) else None
            cells[name] = str(value * factor) if isinstance(value, int | float) and factor is not None else ""
        yield _observed(path, index + 1, {"kind": "reanalysis", **cells}, "reanalysis")


def _zoned(text: str, zone: timezone) -> str:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).isoformat()
    except ValueError:
        return text


def _observed(path: Path, line: int, cells: Mapping[str, str], name: str) -> Observation | Refused:
    at = _time(path, line, cells.get("time", ""))
    if at is None:
        return Refused(line, f"no time: {cells.get('time', '')[:40]!r}")
    numbers = {key: _number(cells.get(key, "")) for key in (*NUMBERS, "cloud", "lat", "lon")}
    if any(value is not None and not math.isfinite(value) for value in numbers.values()):
        return Refused(line, "a value that is no number")
    where = _where(numbers.pop("lat"), numbers.pop("lon"))
    cloud, station = numbers.pop("cloud"), cells.get("station") or name
    if cells.get("metar"):
        groups = cells["metar"].partition("Z ")[2] or cells["metar"]
        return body(groups, at=at, station=station, where=where)
    codes = cells.get("weather", "")
    return Observation(
        at=at,
        station=station,
        where=where,
        kind="reanalysis" if cells.get("kind", "").casefold() == "reanalysis" else "station",
        weather=None if not codes else () if codes.casefold() == "none" else tuple(codes.split()),
        sky=None if cloud is None else sky_of(cloud),
        **numbers,
    )


def _time(path: Path, line: int, text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        raise Refusal(
            "A time in the record has no zone.",
            saw=f"{path.name}, line {line}: {text!r}",
            do=f"Write {text}Z if it is UTC; airfields report in UTC, and their tables may not say so.",
            code="naive-time",
        )
    return at.astimezone(UTC)


def _number(text: str) -> float | None:
    """None for nothing; NaN for what is no number."""
    if text.casefold() in {"", "na", "n/a", "m", "none", "null", "///"}:
        return None
    try:
        return float(text)
    except ValueError:
        return math.nan


def _where(lat: float | None, lon: float | None) -> Where | None:
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        return None
    return Where.point(lon=lon, lat=lat, radius=1000.0)


def _bad(path: Path, saw: str) -> NoReturn:
    raise InputError(
        f"{path.name} is no record of weather that this program reads.",
        saw=saw,
        do="Give METAR lines (.txt), a CSV with time, lat, lon and columns of weather, or JSON. See the method's page.",
        code="weather-file",
    )
