"""What the app takes in, told by content; and what people say about it, as the record wants it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from PIL import Image

from dateline.core.errors import InputError, UsageError
from dateline.core.phrases.ask import Answer, ask
from dateline.evidence.form import form as usual_form
from dateline.evidence.handin.unpack import ZipTree
from dateline.evidence.intake import Form
from dateline.evidence.media_type import EMPTY, HEAD, check_promise, media_type
from dateline.measure.archive import licence_of
from dateline.measure.archive_image import embargo_of, image_of
from dateline.media.photo import BROKEN, MOST_PIXELS

PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff", "image/jp2"})
"""What the screens can show."""
_DECODED = PICTURES - {"image/tiff", "image/jp2"}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_TEXTS = (".txt", ".md", ".csv", ".tsv", ".srt", ".vtt", ".json", ".jsonl")
TAKEN: Mapping[str, tuple[str, ...]] = {
    "image/jpeg": (".jpg", ".jpeg", ".jfif"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/tiff": (".tif", ".tiff"),
    "image/jp2": (".jp2",),
    "image/heic": (".heic", ".heif"),
    "image/avif": (".avif",),
    "video/mp4": (".mp4", ".m4v", ".m4a"),
    "video/quicktime": (".mov",),
    "video/webm": (".webm", ".mkv"),
    "application/pdf": (".pdf",),
    "text/plain": _TEXTS,
    "application/json": (".json", ".jsonl", ".txt"),
    "application/geo+json": (".geojson", ".json"),
    "application/vnd.google-earth.kml+xml": (".kml",),
    "application/vnd.google-earth.kmz": (".kmz",),
    f"{_OFFICE}spreadsheetml.sheet": (".xlsx",),
    f"{_OFFICE}wordprocessingml.document": (".docx",),
    "application/zip": (".zip",),
    "application/wacz": (".wacz", ".zip"),
    "application/warc": (".warc",),
    "application/gzip": (".warc.gz",),
    "application/x-hdf5": (".h5", ".hdf5", ".he5", ".nc"),
    "application/x-netcdf": (".nc",),
    "application/vnd.apache.parquet": (".parquet",),
    "application/geopackage+sqlite3": (".gpkg",),
}
"""What a desk archives: media type, and the ends of names that it goes by."""
_ZIPS = frozenset(kind for kind, ends in TAKEN.items() if {".zip", ".kmz", ".xlsx", ".docx"} & set(ends))
UNKNOWN = frozenset({"", "?", "not known", "unknown", "-"})
USES = ("view", "publish", "embed", "share")


def check_upload(path: Path, name: str) -> str:
    """The media type of a file, if a desk archives such, its name says the same, and it can be opened.

    Raises InputError: "login-page", "lfs-pointer", "empty-file", "media-type" (not what its name promises),
    "not-taken" (a page, a script, a program), "zip-bomb", "zip", "picture-broken", "picture-size".
    """
    kind = media_type(path)
    check_promise(name, kind)
    if kind == EMPTY:
        do = "Get it again; the transfer broke off before the first byte."
        raise InputError("The file is empty.", saw=name, do=do, code="empty-file")
    if kind not in TAKEN:
        raise _not_taken(name, kind)
    if not name.lower().endswith(TAKEN[kind]):
        raise InputError(
            "The file is not what the end of its name says.",
            saw=f"{name}: its bytes are {kind}",
            do=f"Give it the ending of what it is ({', '.join(TAKEN[kind])}), or get the file again.",
            code="media-type",
        )
    _check_inside(path, name, kind)
    return kind


def _check_inside(path: Path, name: str, kind: str) -> None:
    if kind == "text/plain":
        with path.open("rb") as stream:
            if stream.read(HEAD).lstrip(b"\xef\xbb\xbf").startswith(b"#!"):
                raise _not_taken(name, "a script")
    elif kind in _ZIPS:
        with path.open("rb") as stream:
            ZipTree(stream, name, twins=True)
    elif kind in _DECODED:
        check_picture(path, name)


def check_picture(path: Path, name: str) -> None:
    """Opens a picture and decodes it once. Raises InputError "picture-broken", "picture-size"."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's own limit is another than ours
        try:
            with Image.open(path, formats=("JPEG", "PNG", "GIF", "WEBP")) as picture:
                width, height = picture.size
                if width * height <= MOST_PIXELS:
                    picture.draft("RGB", (max(1, width // 8), max(1, height // 8)))
                    picture.load()
                    return
        except Image.DecompressionBombError as error:
            raise _too_many(name, str(error)[:120]) from error
        except BROKEN as error:
            raise InputError(
                "The picture cannot be opened: it is cut off, or damaged.",
                saw=f"{name}: {str(error)[:120] or type(error).__name__}",
                do="Get it again. If this is all there is of it, `dateline archive FILE` keeps it as it is.",
                code="picture-broken",
            ) from error
    raise _too_many(name, f"{width} x {height} pixels")


def taken_span(phrase: str | None, *, said: date) -> tuple[str | None, str | None]:
    """First and last moment of a date phrase, as image_of() wants them; None twice for "not known".

    Raises UsageError: what reading a phrase raises, "several-readings" where the words leave a choice, "open-date".
    """
    if phrase is None or phrase.strip().casefold() in UNKNOWN:
        return None, None
    answer = ask(phrase, said=said.isoformat())
    if len(answer.readings) > 1:
        raise UsageError(
            "The date can be read in several ways.",
            saw="; ".join(f"{one.when.spoken()}: {one.edtf()}" for one in answer.readings),
            do="Write the one that is meant as it stands behind the colon.",
            code="several-readings",
        )
    when = answer.readings[0].when
    if when.earliest is None or when.latest is None:
        raise UsageError(
            "The date of an image has a first and a last day.",
            saw=f"{phrase}: {when.spoken()}",
            do="Give both, as 2023-10-01/2023-10-15, or say not known.",
            code="open-date",
        )
    return when.earliest.isoformat(), when.latest.isoformat()


def readings_of(phrase: str, *, said: date) -> Answer:
    """Every reading of a date phrase, for the page that asks while somebody types."""
    return ask(phrase, said=said.isoformat())


def form_of(told: Mapping[str, str], *, by: str, today: date, exercise: bool) -> Form:
    """What the page says of a file, as `dateline archive --…` would. Raises UsageError for what it cannot be."""
    said = given_on(told.get("given"), today)
    start, end = taken_span(told.get("taken"), said=said)
    dated = _text(told, "date_from")
    image = image_of(
        sensor=_text(told, "sensor"),
        scene=_text(told, "scene"),
        start=start,
        end=end,
        resolution=_metres(_text(told, "resolution")),
    )
    chosen = usual_form(told["form"]) if _text(told, "form") else None
    if chosen is not None:
        chosen.check(image, date_from=dated)
    base = chosen.licence if chosen else None
    uses = {use: _use(told, use, known=base is not None) for use in USES}
    return Form(
        by=by,
        licence=licence_of(_text(told, "licence") or (base.name if base else "unknown"), base=base, **uses),
        url=_text(told, "url"),
        how=_how(told, start, dated),
        issuer=_text(told, "issuer"),
        channel=_text(told, "channel"),
        attribution=_text(told, "attribution") or (chosen.credit(image) if chosen else None),
        embargo=embargo_of(_text(told, "embargo")),
        image=image,
        simulated=exercise and told.get("simulated") == "yes",
    )


def given_on(text: str | None, today: date) -> date:
    """The day on which something was given out: what "last week" in its date counts from. Today where none is said."""
    if text is None or not text.strip():
        return today
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError("The day it was given out is a day.", saw=repr(text[:40]), do="Write 2023-10-13.",
                         code="date") from error  # fmt: skip


def _how(told: Mapping[str, str], start: str | None, dated: str | None) -> str | None:
    phrase = (told.get("taken") or "").strip()
    words = [
        _text(told, "how"),
        f"given out on {told['given'].strip()}" if _text(told, "given") else None,
        f"said to show {told['place'].strip()}" if _text(told, "place") else None,
        f"date taken told as “{phrase}”" if start is not None and phrase[:10] != start[:10] else None,
        f"capture date from {dated}" if dated else None,
    ]
    return "; ".join(word for word in words if word) or None


def _use(told: Mapping[str, str], use: str, *, known: bool) -> str | None:
    """What was answered; where nothing was and a usual licence says something, that stands."""
    answer = _text(told, use)
    return None if known and answer in {None, "unknown"} else answer


def _text(told: Mapping[str, str], key: str) -> str | None:
    return told.get(key, "").strip() or None


def _metres(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        metres = float(text.lower().removesuffix("m").strip().replace(",", "."))
    except ValueError:
        metres = 0.0
    if not 0 < metres < 1e7:
        do = "Write metres on the ground, such as 0.5 or 10, or leave it empty."
        raise UsageError("This is no size of a pixel.", saw=repr(text[:40]), do=do, code="image-facts")
    return metres


def _not_taken(name: str, kind: str) -> InputError:
    return InputError(
        "The app does not take such files: a page, a script or a program can do harm where it is opened.",
        saw=f"{name}: its bytes are {kind}",
        do="Check what it is. If it is evidence all the same, `dateline archive FILE` keeps it.",
        code="not-taken",
    )


def _too_many(name: str, saw: str) -> InputError:
    return InputError(
        f"The picture has more pixels than is opened here ({MOST_PIXELS // 1_000_000} million).",
        saw=f"{name}: {saw}",
        do="`dateline archive FILE` keeps it; to work on it make a GeoTIFF with tiles (COG) of it.",
        code="picture-size",
    )
