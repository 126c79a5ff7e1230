"""What of a case's records may leave the house, told to the packages: which files, in which form."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

from dateline.core.errors import UsageError
from dateline.core.identity import sha256_file
from dateline.evidence.item import Item
from dateline.evidence.package.contents import Told
from dateline.evidence.redact import METRES, WITHHELD, coarsened
from dateline.ledger.case import HEAD, Case
from dateline.ledger.finding import Finding
from dateline.ledger.items import ItemRecord
from dateline.ledger.media_item import MediaItem
from dateline.ledger.observation import Observation
from dateline.ledger.outside import outside
from dateline.ledger.place import Place
from dateline.ledger.record import Record
from dateline.ledger.secrets import secrets_of
from dateline.ledger.signoff import Harm, SignOff
from dateline.ledger.write import canonical_text, plain
from dateline.measure.redact import corners
from dateline.measure.signed import PUBLISHED

SHOWN = ("schema", "id", "role", "within", "sensitive", "publish_precision", "withheld", "names")
"""What a package says of a sensitive place, beside its coarse position: how to find it is not among it."""
SPEAKS = "speaks of what stays"
IN_THE_HOUSE = "says who could be hurt: it stays in the house (--harm takes it along)"
_TEXTS = frozenset({".html", ".json", ".md", ".svg", ".toml", ".xml"})
_BYTES = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=]*")


def told(whole: Case, *, now: datetime | None = None, harm: bool = False) -> Told:
    """The records, findings and story of a case, sensitive places coarsened to what may be printed of them.

    And what went out: published versions, and sign-offs. Records of who could be hurt stay, unless `harm` is asked for.

    What is off the record, told without a name, or under an embargo (all are, where nobody says that it is `now` over)
    stays, and so does what repeats it. Raises UsageError (code "sensitive-place") when nobody said how coarsely one may
    be told, InputError ("off-record-named").
    """
    _check_precision(whole)
    out = outside(whole, now=now)
    case = out.case
    sensitive = {name for name, place in case.places.items() if place.is_sensitive}
    forms = {case.paths[name]: form for name in sorted(sensitive) if (form := _form(case.places[name]))}
    marks = dict(_observed(case, sensitive))
    forms |= {file: lines for file, lines in marks.items() if lines}
    forms |= {
        case.paths[name]: canonical_text(record).encode()
        for name, record in case.records.items()
        if record != whole.records[name] and record.kind != "observation"
    }
    records = dict(_records(case, frozenset(forms)))
    left_out = {**dict(_left_out(case, records, sensitive)), **dict(_betraying(whole, out.stays)), **out.without}
    records |= dict.fromkeys([*out.stays, *(whole.paths[name] for name in out.stays)], frozenset())
    left_out |= {file: "marks that tell a position" for file, lines in marks.items() if not lines}
    left_out |= _of_the_story(whole, out.stays, harm=harm)
    files = {HEAD, *case.paths.values(), *_shapes(case), *_found(case), *_story_files(case)}
    files |= {"story.md"} if case.story.is_file() else set()
    return Told(
        case=case.head.id,
        title=case.head.title,
        question=case.head.question,
        files=tuple(sorted(files)),
        forms=forms,
        records=records,
        left_out=left_out,
        kept_back=dict.fromkeys(_only_named_by(whole, out.stays), "off the record")
        | {name: "sensitive place" for name, item in case.items.items() if _shows_one(item, case, sensitive)},
        about={case.paths[name]: media.items for name, media in case.media.items() if media.items},
        instead=dict(_instead(case)),
        marks=tuple(sorted({case.paths[name] for name in case.observations})),
        embargo=case.head.embargo,
    )


def _betraying(case: Case, stays: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Findings and a story that rest on what stays, or repeat it."""
    secrets = secrets_of(case.records)
    for finding in case.findings().values():
        path = f"findings/{finding.id}.json"
        rests = any(ref.id in stays for ref in finding.inputs)
        if rests or any(secrets.in_text((case.root / path).read_text(encoding="utf-8"))):
            yield from dict.fromkeys([path, *_artifacts(finding)], "rests on what stays").items()
    if stays and case.story.is_file() and _speaks(case, stays, ["story.md"]):
        yield "story.md", SPEAKS


def _speaks(case: Case, stays: frozenset[str], files: Sequence[str]) -> bool:
    """Whether a text of the case names what stays, or says words of it, as text or as HTML."""
    secrets = secrets_of(case.records)
    named = re.compile("|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in sorted(stays)) or r"(?!)")
    for file in files:
        if Path(file).suffix in _TEXTS:
            text = _BYTES.sub("", (case.root / file).read_text(encoding="utf-8", errors="replace"))
            if any(named.search(one) or any(secrets.in_text(one)) for one in {text, unescape(text)}):
                return True
    return False


def _of_the_story(case: Case, stays: frozenset[str], *, harm: bool) -> dict[str, str]:
    """Of what stands in a case about its publication, what stays: a version stays as a whole, with its line of the log.

    A page may have gone out before somebody asked not to be named: what is public once need not be handed on.
    """
    found: dict[str, str] = {}
    versions: dict[str, list[str]] = {}
    for file in _story_files(case):
        if file.startswith(f"{PUBLISHED}/"):
            versions.setdefault("/".join(file.split("/")[:2]), []).append(file)
        elif file.startswith(f"{Harm.folder}/") and not harm:
            found[file] = IN_THE_HOUSE
        elif _speaks(case, stays, [file]):
            found[file] = SPEAKS
    for version, files in versions.items():
        if _speaks(case, stays, files):
            found |= dict.fromkeys([version, *files], SPEAKS)
    return found


def _story_files(case: Case) -> Iterator[str]:
    """Sign-offs, records of who could be hurt, and all that was published; none that leads out of the case."""
    root = case.root.resolve()
    homes = [*(case.root / PUBLISHED).glob("[0-9]*/**/*")]
    homes += [path for name in (SignOff.folder, Harm.folder) for path in (case.root / name).glob("[!.]*.toml")]
    for path in homes:
        inside = path.relative_to(case.root)
        hidden = any(part.startswith(".") for part in inside.parts)
        if path.is_file() and not hidden and path.resolve().is_relative_to(root):
            yield inside.as_posix()


def _only_named_by(case: Case, stays: frozenset[str]) -> Iterator[str]:
    """Items that records name which stay, and no other record: the recording, the letter."""
    named = {ref.id for name in stays for ref in case.records[name].refs()}
    others = {ref.id for name, record in case.records.items() if name not in stays for ref in record.refs()}
    yield from sorted((named - others) & case.items.keys())


def _shows_one(item: Item, case: Case, sensitive: set[str]) -> bool:
    """Whether an image is cut to a sensitive place: its bounds would tell the position more finely than is allowed."""
    parameters = item.capture.parameters if item.capture is not None else {}
    if "window" in parameters and parameters.get("place") in sensitive:
        return True
    bounds = item.image.bounds if item.image is not None else None
    return bounds is not None and any(_pins(bounds, case.places[name]) for name in sensitive)


def _pins(bounds: tuple[float, float, float, float], place: Place) -> bool:
    """Whether bounds [deg] meet a place and are smaller, one way or the other, than what may be told of it [m]."""
    west, south, east, north = bounds
    narrow = math.cos(math.radians((south + north) / 2))
    if min((east - west) * narrow, north - south) * METRES >= _step(place):
        return False
    reach = (place.where.radius or place.where.precision or 0.0) / METRES
    left, low, right, high = place.where.bounds()
    aside = reach / max(narrow, 0.01)
    return west <= right + aside and east >= left - aside and south <= high + reach and north >= low - reach


def _instead(case: Case) -> Iterator[tuple[str, bytes]]:
    """For media that other records name: that there is one of this id, and no more."""
    named = {ref.id for record in case.records.values() for ref in record.refs()}
    for name in sorted(named & case.media.keys()):
        blank = MediaItem.model_validate({"id": name, "title": WITHHELD, "type": case.media[name].type})
        yield case.paths[name], canonical_text(blank).encode()


def _step(place: Place) -> float:
    """How finely a sensitive place may be told [m]: no finer than the hash that findings carry."""
    return max(place.publish_precision or 0.0, 1_000.0)


def _check_precision(case: Case) -> None:
    unsaid = [
        case.paths[name]
        for name, place in case.places.items()
        if place.is_sensitive and place.publish_precision is None
    ]
    if unsaid:
        raise UsageError(
            "Nobody said how coarsely a sensitive place may be told.",
            saw=", ".join(unsaid[:8]),
            do="Write publish_precision = 10000 (metres) there, or withhold: dateline redact ID where --coarse 10000.",
            code="sensitive-place",
        )


def _form(place: Place) -> bytes | None:
    """The record of a sensitive place as others may have it; None where it says no more than that already."""
    shown = {key: value for key, value in plain(place).items() if key in SHOWN}
    lon, lat, radius = coarsened(corners(place.where), step=_step(place), radius=place.where.radius)
    if place.role == "berth":
        shown["role"] = "area"  # a berth is one by its quay line, which is a position
    record = Place.model_validate(shown | {"where": {"lon": lon, "lat": lat, "radius": radius}})
    same = plain(record) == plain(place) or _is_close(plain(record), plain(place))
    return None if same else canonical_text(record).encode()


def _is_close(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """The same but for the last digits of the position."""
    a, b = one["where"], other["where"]
    if {**one, "where": 0} != {**other, "where": 0} or set(a) != set(b):
        return False
    return all(math.isclose(a[key], b[key], abs_tol=1e-9) for key in a)


def _observed(case: Case, sensitive: set[str]) -> Iterator[tuple[str, bytes]]:
    """Files of observations without the lines that tell a position: marks on images of sensitive places, landmarks."""
    told = {
        name for name, mark in case.observations.items() if mark.place in sensitive or _is_found_on_a_map(mark, case)
    }
    told = _with_their_chains(told, case)
    for file in sorted({case.paths[name] for name in told}):
        lines = (case.root / file).read_bytes().splitlines(keepends=True)
        yield file, b"".join(line for line in lines if line.strip() and json.loads(line)["id"] not in told)


def _with_their_chains(told: set[str], case: Case) -> set[str]:
    """These and every line before and after them: one that takes back what stays would name it."""
    steps = [(name, mark.supersedes) for name, mark in case.observations.items() if mark.supersedes is not None]
    found: set[str] = set()
    more = set(told)
    while more:
        found |= more
        more = {name for step in steps if found & set(step) for name in step} - found
    return found


def _is_found_on_a_map(mark: Observation, case: Case) -> bool:
    """Whether it matches points of a picture with positions: landmarks tell where a camera stood.

    A photo that was matched with an image from above is, too: that image says where its pixels lie.
    """
    if any(match.lon is not None for match in mark.matches):
        return True
    seen, other = case.items.get(mark.item), case.items.get(mark.other or "")
    photo = any(item is not None and item.image is None for item in (seen, other))
    return bool(mark.matches) and photo


def _records(case: Case, changed: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Of each record that withholds something: its hashes as it is now, by id and by file. None of a changed one."""
    heads: Iterable[tuple[str, Record]] = [(HEAD, case.head)]
    for file, record in (*heads, *((case.paths[name], record) for name, record in case.records.items())):
        withheld = record.item.withheld if isinstance(record, ItemRecord) else record.withheld
        if file in changed or withheld:
            meta = record.item.record_sha256() if isinstance(record, ItemRecord) else record.sha256()
            hashes = frozenset() if file in changed else frozenset({meta, sha256_file(case.root / file)})
            yield file, hashes
            yield record.id, hashes


def _left_out(case: Case, records: Mapping[str, frozenset[str]], sensitive: set[str]) -> Iterator[tuple[str, str]]:
    for name in sorted(sensitive):
        shape = case.places[name].ground.geojson
        if shape is not None:
            yield shape, f"the outline of {name}, which is sensitive"
    for finding in case.findings().values():
        old = [
            ref.id
            for ref in finding.inputs
            if ref.id in records and ref.id not in sensitive and ref.kind in {"record", "place"}
            and ref.sha256 not in records[ref.id]
        ]  # fmt: skip
        if old:
            for path in (f"findings/{finding.id}.json", *_artifacts(finding)):
                yield path, f"made before a field of {old[0]} was withheld: measure it again"


def _found(case: Case) -> Iterator[str]:
    for name, finding in case.findings().items():
        yield f"findings/{name}.json"
        for path in _artifacts(finding):
            if (case.root / path).is_file() and (case.root / path).resolve().is_relative_to(case.root.resolve()):
                yield path


def _artifacts(finding: Finding) -> list[str]:
    return [Path("findings", artifact.path).as_posix() for artifact in finding.artifacts]


def _shapes(case: Case) -> Iterator[str]:
    return (place.ground.geojson for place in case.places.values() if place.ground.geojson is not None)
