"""Whether an image lies where its maker says: a label can name another place of the same name, an ocean away."""

from __future__ import annotations

from dateline.core.where import Where
from dateline.imagery.catalog.black_marble import Bounds
from dateline.imagery.ground import WGS84
from dateline.ledger.finding import Note
from dateline.places.candidate import Candidate
from dateline.places.country import country_of
from dateline.places.gazetteer import Gazetteer

_REACH = 15.0
"""A place this near to an image's middle is what it shows, where the gazetteer gives it no greater extent [km]."""


def stated_place(bounds: Bounds, stated: str, gazetteer: Gazetteer) -> Note | None:
    """What to say of an image over bounds [degrees] that is said to show "Cartagena, Spain"; None where it fits.

    The country after the comma may be a name or a code. Codes: `place-elsewhere` (another place of that name lies
    there), `place-not-there` (none does), `place-unknown` (the gazetteer has no such name). The country told is
    that of the image's middle, by polygon.
    """
    name, _, country = (part.strip() for part in stated.partition(","))
    middle = Where.point(lon=(bounds[0] + bounds[2]) / 2, lat=(bounds[1] + bounds[3]) / 2)
    found = [one for one in gazetteer.find(name) if one.kind != "nearly"]
    codes = gazetteer.atlases[0].countries()
    code = codes.get(country.lower()) if country else None
    if not found or (country and code is None):
        return Note(
            code="place-unknown", text=f"No place is known as {stated}; whether the image shows it is not checked."
        )
    meant = [one for one in found if code is None or codes.get((one.country or "").lower()) == code]
    if any(_is_there(one, middle) for one in meant):
        return None
    at = f"{abs(middle.lat or 0):.2f} {'N' if (middle.lat or 0) >= 0 else 'S'} {abs(middle.lon or 0):.2f} " + (
        "E" if (middle.lon or 0) >= 0 else "W"
    )
    here = [one for one in found if _is_there(one, middle)]
    if here:
        spelled = " or ".join(country_of(middle, "iso").names) or "a country that is not known"
        text = f"The image is said to show {stated}; its coordinates ({at}) are those of {here[0].name} in {spelled}."
        return Note(code="place-elsewhere", text=text)
    away = min((_kilometres(one, middle) for one in meant), default=None)
    text = f"The image is said to show {stated}; its coordinates ({at}) lie " + (
        "nowhere near any place of that name." if away is None else f"{away:,.0f} km from it."
    )
    return Note(code="place-not-there", text=text)


def _is_there(one: Candidate, middle: Where) -> bool:
    return _kilometres(one, middle) <= max(_REACH, (one.where.radius or 0) / 1000)


def _kilometres(one: Candidate, middle: Where) -> float:
    west, south, east, north = one.where.bounds()
    _, _, metres = WGS84.inv((west + east) / 2, (south + north) / 2, middle.lon, middle.lat)
    return float(metres) / 1000
