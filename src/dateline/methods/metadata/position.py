"""Where a file says that the camera stood. It serves for checks, and is not printed unless that is asked for."""

from __future__ import annotations

import re

from dateline.media.facts import Fact, Facts

_ISO6709 = re.compile(r"\s*([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?).*", re.DOTALL | re.ASCII)
_APPLE = "com.apple.quicktime.location.ISO6709"
_PRIVATE = re.compile(
    r"latitude|long(?:t?itude)|altitude|location|ISO6709|loci|gps|bearing|heading|YawDegree"
    r"|serial|owner|artist|creator$|author|by-?line|copyright|rights|writer|contact|city"
    r"|province|state$|country|credit|caption|description|title|headline|keyword|subject|comment|objectname|username"
    r"|host|ImageUniqueID|ingredients|pantry|filepath|DocumentID|InstanceID|DerivedFrom|person|face|region|instructions"
    r"|identifier|(?:creator|licensor|display|full|user|object|camera|device)name|nickname|label|tagslist|categor|layers"
    r"|(?:^|:)source$|^2:|^©(?!day|too|swr|mak|mod|fmt)",
    re.IGNORECASE,
)
"""Names of facts that may tell where somebody stood, who it was, or which device it was."""
_OF_SATELLITES = {"GPSVersionID", "GPSDateStamp", "GPSTimeStamp", "GPSStatus", "GPSMeasureMode", "GPSDOP",
                  "GPSMapDatum", "GPSDifferential", "GPSHPositioningError"}  # fmt: skip
"""What the GPS directory tells beside where and whither."""
_TELLS_PLACE = re.compile(r"latitude|ISO6709|©xyz|GPSPosition", re.IGNORECASE)
_IDENTITY = re.compile(r"((?:instance|document|originalDocument)ID=)[^,\s]+", re.IGNORECASE)
"""Numbers that tie a file to others from the same hand, within a history."""

_HOME = re.compile(r"[\\/](?:users|home|documents and settings)[\\/]", re.IGNORECASE)
"""A folder of somebody's, which has their name in it."""


def position_of(facts: Facts) -> tuple[float, float] | None:
    """Longitude and latitude [degrees]; None where there is none, or one that is none on Earth, or 0, 0."""
    found = _stated(facts)
    return found if found is not None and found != (0.0, 0.0) and _on_earth(found) else None


def tells_place(facts: Facts) -> bool:
    """Whether a position stands anywhere in the file, also where it is not read for the checks, such as in XMP."""
    return any(_TELLS_PLACE.search(fact.name) for fact in facts.facts)


def is_impossible(facts: Facts) -> bool:
    """Whether a position stands in the file that lies nowhere on Earth."""
    found = _stated(facts)
    return found is not None and not _on_earth(found)


def _on_earth(position: tuple[float, float]) -> bool:
    return abs(position[0]) <= 180 and abs(position[1]) <= 90


def _stated(facts: Facts) -> tuple[float, float] | None:
    lat, lon = _degrees(facts, "GPSLatitude", "S"), _degrees(facts, "GPSLongitude", "W")
    if lat is not None and lon is not None:
        return lon, lat
    told = facts.text(_APPLE, "boxes") or facts.text("©xyz", "boxes")  # ISO 6709: +48.8577+002.295/
    found = _ISO6709.fullmatch(told) if told else None
    return (float(found[2]), float(found[1])) if found else None


def _degrees(facts: Facts, name: str, negative: str) -> float | None:
    fact = facts.first(name, "gps")
    parts = fact.value if fact is not None and isinstance(fact.value, tuple) else ()
    numbers = [float(part) for part in parts if isinstance(part, int | float)]
    if len(numbers) != 3 or len(parts) != 3:
        return None
    value = numbers[0] + numbers[1] / 60 + numbers[2] / 3600
    return -value if (facts.text(f"{name}Ref", "gps") or "").upper().startswith(negative) else value


def is_private(fact: Fact) -> bool:
    """Whether a fact is not printed unless that is asked for: positions, people, serial numbers, free text, folders."""
    if _HOME.search(str(fact.value)):
        return True
    if fact.name.endswith("Ref") or fact.name in _OF_SATELLITES:
        return False
    return fact.group == "gps" or bool(_PRIVATE.search(fact.name))


def without_identities(text: str) -> str:
    """A text of a file's history, without the numbers of documents in it."""
    return _IDENTITY.sub(r"\1…", text)
