"""Checks of everything but time: the picture's size, its thumbnail, programs that wrote it, its credentials."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from dateline.media.clip import Clip
from dateline.media.facts import Credentials, Facts, Group, Value
from dateline.methods.metadata.check import Check, agrees, contradicts, not_possible, sign
from dateline.methods.metadata.clocks import named
from dateline.methods.metadata.position import is_impossible, is_private, position_of
from dateline.methods.metadata.thumbnail import thumbnail_check

EDITORS = re.compile(
    r"photoshop|lightroom|camera raw|gimp|affinity|snapseed|picsart|canva|pixelmator|capture one|paint\.net|darktable"
    r"|rawtherapee|picasa|luminar|facetune|vsco|photoscape|acdsee|irfanview|xnview|imagemagick|ffmpeg|lavf|handbrake"
    r"|premiere|after effects|final cut|imovie|davinci|capcut|inshot|kinemaster|vegas|camtasia|telegram|whatsapp",
    re.IGNORECASE,
)
"""Names of programs that save pictures and videos again."""
GENERATORS = re.compile(
    r"stable diffusion|midjourney|dall.?e|firefly|comfyui|automatic1111|novelai|invokeai|imagen|sora|runway|flux"
    r"|trainedAlgorithmicMedia|algorithmicMedia",
    re.IGNORECASE,
)
"""Names of programs that make pictures, and the codes for such pictures (IPTC Digital Source Type)."""
HIDDEN = 0.5
"""Stored footage beyond what is shown that is no rounding [s]."""
_SOFTWARE: tuple[tuple[str, Group], ...] = (
    ("Software", "exif"), ("ProcessingSoftware", "exif"), ("xmp:CreatorTool", "xmp"), ("xmpMM:History", "xmp"),
    ("OriginatingProgram", "iptc"), ("Software", "png"), ("©too", "boxes"), ("©swr", "boxes"),
    ("com.apple.quicktime.software", "boxes"), ("Iptc4xmpExt:DigitalSourceType", "xmp"),
)  # fmt: skip
_SIZES: tuple[tuple[Group, str, str], ...] = (
    ("exif", "ExifImageWidth", "ExifImageHeight"),
    ("exif", "ImageWidth", "ImageLength"),
    ("xmp", "exif:PixelXDimension", "exif:PixelYDimension"),
    ("xmp", "tiff:ImageWidth", "tiff:ImageLength"),
)
_ENDINGS = {
    "image/jpeg": {".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"},
    "image/png": {".png"},
    "image/webp": {".webp"},
    "image/gif": {".gif"},
    "image/tiff": {".tif", ".tiff", ".dng"},
    "image/heic": {".heic", ".heif", ".hif"},
    "image/avif": {".avif"},
    "video/mp4": {".mp4", ".m4v", ".mov", ".3gp", ".m4a"},
    "video/quicktime": {".mov", ".qt", ".mp4"},
    "video/webm": {".webm", ".mkv"},
}


def trace_checks(clip: Clip, facts: Facts) -> Iterator[Check]:
    """The checks of one file."""
    yield _position(facts)
    yield _size(facts)
    yield thumbnail_check(clip, facts)
    yield _cameras(facts)
    yield _software(facts)
    yield from _made(facts)
    yield _credentials(facts.credentials)
    yield from _file(clip, facts)


def _position(facts: Facts) -> Check:
    code = "position-nowhere"
    if is_impossible(facts):
        return contradicts(code, "The position in the file lies nowhere on Earth.")
    if position_of(facts) is None:
        return not_possible(code, "The file states no position.")
    return agrees(code, "The position in the file lies on Earth. Whether it is right, the file cannot say.")


def _size(facts: Facts) -> Check:
    """The size that a camera wrote down against the size of the pixels that are there."""
    code, told = "size-differs", facts.dimensions
    compared = []
    for group, across, down in _SIZES:
        if facts.media_type == "image/tiff" and group == "exif" and across == "ImageWidth":
            continue  # that is the TIFF itself
        width, height = _whole(facts, across, group), _whole(facts, down, group)
        if told is None or width is None or height is None or min(width, height) < 1:
            continue
        compared.append((width, height))
        if sorted((width, height)) != sorted(told):
            where = next(named(fact) for fact in facts.all(across, group))
            there = f"there are {told[0]} x {told[1]}"
            return contradicts(code, f"{where} says {width} x {height} pixels, {there}: cut or resized later.")
    if not compared or told is None:
        return not_possible(code, "No camera or program wrote down how many pixels there should be.")
    turned = " (the sides swapped: turned later)" if told not in compared else ""
    return agrees(code, f"There are as many pixels as the file says: {told[0]} x {told[1]}{turned}.")


def _whole(facts: Facts, name: str, group: Group) -> int | None:
    text = facts.text(name, group)
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 8 else None


def _cameras(facts: Facts) -> Check:
    """The camera's name in Exif and in XMP."""
    code = "cameras-differ"
    one, other = facts.text("Model", "exif"), facts.text("tiff:Model", "xmp")
    if one is None or other is None:
        return not_possible(code, "The camera's name does not stand in two places of the file.")
    if one.casefold() != other.casefold():
        return contradicts(code, f"Exif names the camera {one!r}, XMP {other!r}.")
    return agrees(code, "Exif and XMP name the same camera.")


def _programs(facts: Facts) -> list[tuple[str, str]]:
    """Name and text of every fact that may tell a program, and nothing private."""
    facts_of = (fact for name, group in _SOFTWARE for fact in facts.all(name, group) if not is_private(fact))
    told = ((named(fact), part) for fact in facts_of for part in _parts(fact.value))
    return [(name, part) for name, part in told if part.strip()]


def _parts(value: Value) -> tuple[str, ...]:
    return tuple(str(part) for part in value) if isinstance(value, tuple) else (str(value),)


def _matching(told: list[tuple[str, str]], wanted: re.Pattern[str]) -> list[str]:
    """Each program that matches, from where its name begins, with the fact that names it."""
    found = ((name, part, wanted.search(part)) for name, part in told)
    return list(dict.fromkeys(f"{name} {part[hit.start() :][:60].split(',')[0]!r}" for name, part, hit in found if hit))


def _software(facts: Facts) -> Check:
    """Programs that the file names as having written it."""
    code, told = "saved-by-program", _programs(facts)
    editors = _matching(told, EDITORS)
    if editors:
        return sign(code, f"Saved by a program after it was taken: {'; '.join(editors[:4])}.")
    software = [(name, part) for name, part in told if not name.endswith("DigitalSourceType")]
    if not software:
        return not_possible(code, "The file names no program.")
    return agrees(code, f"No program known for editing is named ({software[0][0]} {software[0][1][:60]!r}).")


def _made(facts: Facts) -> Iterator[Check]:
    """What the file itself says of having been made by a computer."""
    told = _matching(_programs(facts), GENERATORS)
    if "Steps:" in (facts.text("parameters", "png") or ""):
        told.append("PNG parameters, as image generators write them")
    told += [f"content credentials: {action}" for action in facts.credentials.actions if GENERATORS.search(action)]
    if told:
        yield sign("made-by-computer", f"The file says that a computer made it: {'; '.join(told[:4])}.")


def _credentials(told: Credentials) -> Check:
    code = "credentials-broken"
    if told.manifest != "present":
        words = {"none": "There are no content credentials: that means nothing.",
                 "remote": "The content credentials lie elsewhere and were not fetched."}  # fmt: skip
        return not_possible(code, words.get(told.manifest, f"Content credentials were not read: {told.why}."))
    if told.intact:
        return agrees(code, "The content credentials fit the bytes: nothing was changed since they were signed.")
    codes = ", ".join(one for one in told.faults if not one.endswith("signingCredential.untrusted"))
    whose = " of something that went into the picture" if codes.startswith("ingredient") else ""
    return contradicts(code, f"The content credentials{whose} do not fit: {codes}. Changed after signing, or forged.")


def _file(clip: Clip, facts: Facts) -> Iterator[Check]:
    """Signs in the file as a whole: its name, its tables, what lies behind its end."""
    ending, known = PurePath(clip.name).suffix.lower(), _ENDINGS.get(facts.media_type)
    every = {one for endings in _ENDINGS.values() for one in endings}
    if known is not None and ending in every and ending not in known:
        yield sign("name-and-bytes", f"The name ends in {ending}, the bytes are {facts.media_type}.")
    tables = facts.text("QuantisationTables", "jpeg") or ""
    if tables.startswith("IJG"):
        text = f"Compressed with a common library's tables ({tables}): programs, platforms and some phones do that."
        yield sign("standard-tables", text)
    shown = facts.number("Duration", "boxes")
    stored = max((float(one.value) for one in facts.all("MediaDuration", "boxes")
                  if isinstance(one.value, int | float)), default=0.0)  # fmt: skip
    if shown and stored > shown + HIDDEN:
        text = f"{stored:.1f} s are stored and {shown:.1f} s are shown: the rest was trimmed, and is still in the file."
        yield sign("footage-not-shown", text)
    trailing = facts.number("TrailingBytes", "file")
    if trailing:
        what = "a second picture, a motion clip, or something hidden"
        yield sign("trailing-bytes", f"{trailing:.0f} bytes lie behind the end of the picture: {what}.")
