"""Places as people have them: pasted positions, map links, and files of every common kind. Nothing is fetched."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from dateline.core import InputError, UsageError
from dateline.places.coordinates import Order, latlon
from dateline.places.named import NamedPlace, Reading, Spot, clean_name, with_unique_ids
from dateline.places.positions import read_position
from dateline.places.tables import read_csv
from dateline.places.vector import read_kmz, read_shapefile, read_vector
from dateline.places.zips import MOST_BYTES

_LABEL = re.compile(r"(?=[^@:\t]*[^@:\t\d\s.,;+°\'-])(?P<label>[^@:\t]+?)\s*[@:\t]\s*(?P<rest>.+)")
_FILE_LIKE = re.compile(r".{0,250}\.(?:kml|kmz|gpx|geojson|json|gpkg|shp|zip|csv|tsv|txt)", re.IGNORECASE)
_SHP_MAGIC = (9994).to_bytes(4, "big")


def read_places(text_or_path: str | Path, *, order: Order | None = None) -> tuple[NamedPlace, ...]:
    """The places in a pasted text or in a file; what concerns the whole file is noted on each of them.

    See `read`, which keeps those notes apart.
    """
    reading = read(text_or_path, order=order)
    return tuple(replace(place, notes=(*place.notes, *reading.notes)) for place in reading.places)


def read(text_or_path: str | Path, *, order: Order | None = None, name_field: str | None = None) -> Reading:
    """The places in a pasted text or in a file, with notes.

    Text: one position a line (decimal, degrees-minutes-seconds, MGRS, UTM, Plus code, map link, geo:), each with an
    optional name before it ("Rajin pier: 42.2333 N 130.3 E"), or GeoJSON or KML. A file: KML, KMZ, GPX, GeoJSON,
    GeoPackage, Shapefile (or a zip of it), CSV. order: for bare pairs that can be read both ways.
    Raises UsageError for text, InputError for files; all faulty lines are named at once.
    """
    if isinstance(text_or_path, Path):
        return read_file(text_or_path, name_field=name_field)
    text = text_or_path.strip()
    if path := _as_file(text):
        return read_file(path, name_field=name_field)
    if text.startswith(("{", "<")):
        return _read_bytes(text.encode(), origin="pasted text", name_field=name_field)
    return _read_lines(text, order)


def read_file(path: Path, *, name_field: str | None = None) -> Reading:
    """The places in a file, told by its bytes and not by its name."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        raise InputError(
            "This file cannot be opened.", saw=f"{path}: {error.strerror}", do="Check its name and folder.", code="file"
        ) from error
    if size > MOST_BYTES:
        raise InputError(
            "This file is too large to be a list of places.",
            saw=f"{path.name}: {size / 1e6:,.0f} MB, most {MOST_BYTES / 1e6:,.0f} MB",
            do="Cut it to the places you need.",
            code="too-large",
        )
    if data.startswith(_SHP_MAGIC):
        return read_shapefile(path, name_field=name_field)
    return _read_bytes(data, origin=path.name, name_field=name_field)


def _as_file(text: str) -> Path | None:
    """A text that names a file: one that is there, or one that looks like it and is not (then we say so)."""
    if "\n" in text or len(text) > 1000 or "\0" in text or "://" in text:
        return None
    try:
        is_there = Path(text).is_file()
    except OSError:  # a name too long for the disk
        is_there = False
    return Path(text) if is_there or _FILE_LIKE.fullmatch(text) else None


def _read_bytes(data: bytes, *, origin: str, name_field: str | None) -> Reading:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    lower = head.lower()
    if not head:
        raise _not_places(origin, "an empty file", "Save the file again; nothing is in it.")
    if head.startswith(b"version https://git-lfs"):
        raise _not_places(origin, "a Git LFS pointer", "Fetch the file itself: git lfs pull.")
    if lower.startswith((b"<!doctype html", b"<html")) or b"<html" in lower:
        raise _not_places(origin, "a web page", "It may be a login page: sign in, and download the file again.")
    if head.startswith(b"PK"):
        return read_kmz(data, origin=origin, name_field=name_field)
    if head.startswith((b"{", b"SQLite format 3\0")) or b"<kml" in lower or b"<gpx" in lower:
        return read_vector(data, origin=origin, name_field=name_field)
    if head.startswith((b"<", b"[")) or b"\0" in head:
        raise _not_places(origin, repr(head[:40]), "Save it as KML, KMZ, GPX, GeoJSON, GeoPackage, Shapefile or CSV.")
    return read_csv(data, origin=origin, name_field=name_field)


def _read_lines(text: str, order: Order | None) -> Reading:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    places: list[NamedPlace] = []
    faults: list[UsageError] = []
    for index, line in enumerate(lines, 1):
        at = "pasted text" if len(lines) == 1 else f"pasted text, line {index}"
        try:
            places.append(_place(line, order, at))
        except UsageError as fault:
            faults.append(fault)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise UsageError(
            f"{len(faults)} of {len(lines)} lines cannot be read as places.",
            saw="\n       ".join(f"{fault.saw}: {fault.what}" for fault in faults[:10]),
            do="\n       ".join(dict.fromkeys(fault.do for fault in faults[:10])),
            code=faults[0].code,
        )
    if not places:
        raise _not_a_position(text)
    return Reading(places=with_unique_ids(places))


def _place(line: str, order: Order | None, origin: str) -> NamedPlace:
    label, spot = _labelled(line, order)
    assert spot.where.lon is not None
    assert spot.where.lat is not None
    name = clean_name(label or spot.name or "") or latlon(spot.where.lon, spot.where.lat)
    return NamedPlace(id=name, name=name, where=spot.where, origin=f"{origin} ({spot.form})", notes=spot.notes)


def _labelled(line: str, order: Order | None) -> tuple[str | None, Spot]:
    """A position with the name before it, if there is one. A fault in the whole line counts only without a name."""
    whole: UsageError | None = None
    try:
        if spot := read_position(line, order=order):
            return None, spot
    except UsageError as fault:
        whole = fault
    match = _LABEL.fullmatch(line)
    if match and (spot := read_position(match["rest"], order=order)):
        return match["label"], spot
    raise whole or _not_a_position(line)


def _not_a_position(text: str) -> UsageError:
    return UsageError(
        "This is not a position.",
        saw=repr(text[:200]),
        do="A name is looked up in the gazetteer (dateline where NAME). A position is written 42.2333 N, 130.3000 E, "
        "or as degrees and minutes, MGRS, UTM, or a long map link.",
        code="not-a-position",
    )


def _not_places(origin: str, saw: str, do: str) -> InputError:
    return InputError("This file is not a list of places.", saw=f"{origin}: {saw}", do=do, code="not-places")
