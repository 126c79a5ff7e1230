"""The looks at a port from all sides as one log: tables, people's observations, findings, and images not looked at."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

from dateline.core.errors import InputError
from dateline.core.identity import digest, sha256_bytes
from dateline.evidence.item import is_named_simulated
from dateline.imagery.catalog import catalogue
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding, InputRef
from dateline.ledger.observation import Observation
from dateline.ledger.observed import answered, unended
from dateline.ledger.port_log import PortLog, PortLook, Seen
from dateline.ledger.port_log_csv import read_port_log
from dateline.measure.files import inside
from dateline.measure.gather.images import file_ref
from dateline.measure.gather.marks_files import not_submitted
from dateline.measure.imagery_log import Row, image_log, image_of
from dateline.measure.request import Loaded, Prepared, Request, Selection, Site, site_of
from dateline.methods.contract import Inputs

ROLE = "log"
DECIDING = ("berth_occupancy", "vessel_detection")
"""Methods whose rows are looks at berths."""
ABOUT_SHIPS = re.compile(
    r"(?i)\b(ship|vessel|boat|barge|freighter|tanker|coaster|bulker|ferr|berth|moor|alongside|dock)|судн|судов|судно"
    r"|корабл|선박|배가"
)
"""Questions of observations that ask for ships. An observation without a question counts as well."""

_STATES: Mapping[str, Seen] = {"present": "ships", "absent": "empty"}
_UNSEEN = {
    "cloudy": "cloud", "empty": "no pixel of the place", "withheld": "withheld", "not fetched": "not fetched",
    "not bought": "not bought", "elsewhere": "not here", "have": "not looked at",
    "seen, not stored": "seen by somebody, and nothing written down",
}  # fmt: skip
"""Why an image of the case's image log that nobody marked shows nothing."""


def prepare(request: Request) -> Prepared:
    """One PortLog of the role `log`. Raises RecordError for a table with faults, InputError for a finding of others.

    Everything is short, so all of it is read here, and hashed as it is used.
    """
    looks: list[PortLook] = []
    refs: list[InputRef] = []
    notes: list[tuple[str, str]] = []
    for selection in request.roles.get(ROLE, ()):
        for path in _tables(selection):
            refs.append(file_ref(path, ROLE, request.items))
            looks += _of_table(path, selection)
        for finding in selection.findings:
            looks += _of_finding(finding, request.case)
        if request.case is not None and selection.sites:
            looks += _of_case(request.case, selection, refs, notes)
    refs += request.place_refs(ROLE)
    log = PortLog(tuple(sorted(looks, key=_order)), tuple(dict.fromkeys(notes)))
    roles: dict[str, tuple[Any, ...]] = {ROLE: (log,)}
    sites = {site.id: site for given in request.roles.get(ROLE, ()) for site in given.sites}
    berths = _berths(request.case, sites)
    refs += [InputRef(kind="place", id=berth.id, sha256=berth.sha256, role=ROLE) for berth in berths]
    names = {site.id: site.name for site in (*sites.values(), *berths)}
    return Prepared(
        refs=tuple(refs),
        simulated=any(look.simulated for look in looks),
        load=lambda _tell: Loaded(inputs=Inputs(roles | ({"names": (names,)} if names else {}))),
    )


def _berths(case: Case | None, ports: Container[str]) -> list[Site]:
    """The berths of the case that lie in these ports, for their names."""
    inside = [] if case is None else [place for place in case.places.values() if place.within in ports]
    return [site_of(case, place.id) for place in inside if case is not None and place.role == "berth"]


def _order(look: PortLook) -> tuple[str, str, str, str]:
    at = look.at
    day = at.isoformat() if isinstance(at, datetime) else at.isoformat() + "T99"
    return day, look.image, look.berth or "", look.by


def _tables(selection: Selection) -> Iterator[Path]:
    yield from selection.files
    if selection.table is not None:
        yield selection.table


def _of_table(path: Path, selection: Selection) -> Iterator[PortLook]:
    place = selection.sites[0].id if selection.sites else path.stem
    simulated = is_named_simulated(path.name)
    for look in read_port_log(path.read_bytes(), file=path.name, place=place, names=selection.columns):
        yield _marked(look, simulated=simulated)


def _marked(look: PortLook, *, simulated: bool) -> PortLook:
    return replace(look, simulated=True) if simulated and not look.simulated else look


def _of_finding(finding: Finding, case: Case | None) -> Iterator[PortLook]:
    """The rows of a method that decides on berths; slots of one berth on one image together.

    Raises InputError `port-log` for another method's finding, and for rows that are no looks.
    """
    if finding.method not in DECIDING:
        raise _no_look(finding, f"method {finding.method}")
    slots: dict[tuple[str, str | None, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in _rows(finding, case):
        try:
            key = (str(row["place"]), row.get("berth") or None, str(row["at"]), str(row["image"]))
        except KeyError as error:
            raise _no_look(finding, f"a row without {error}") from error
        slots[key].append(row)
    for (place, berth, at, image), rows in slots.items():
        seen, why = _together(rows, finding)
        yield PortLook(
            place=place,
            berth=berth,
            at=_moment(at, finding),
            image=image,
            sensor=rows[0].get("sensor") or None,
            covers=_least(rows, "covers"),
            usable=_least(rows, "usable"),
            seen=seen,
            why=why,
            ships=_counted(rows, finding, seen),
            by=finding.id,
            how="method",
            simulated=finding.simulated,
            ref=finding.id,
        )


def _together(rows: Sequence[Mapping[str, Any]], finding: Finding) -> tuple[Seen, str | None]:
    """A ship in any slot is a ship at the berth; it is empty when every slot was seen and none had one."""
    states = [str(row.get("seen")) for row in rows]
    unknown = sorted(set(states) - set(get_args(Seen)))
    if unknown:
        raise _no_look(finding, f"seen = {unknown[0]!r}")
    if "ships" in states:
        return "ships", None
    why = next((str(row["why"]) for row in rows if row.get("seen") == "not observed" and row.get("why")), None)
    if "not observed" in states:
        return "not observed", why or "a part of the berth could not be seen"
    return "empty", None


def _counted(rows: Sequence[Mapping[str, Any]], finding: Finding, seen: Seen) -> int | None:
    """How many ships, where a row is a ship; slots of a berth are no count, for a ship may fill several."""
    if finding.method != "vessel_detection" or seen == "not observed":
        return None
    return sum(1 for row in rows if row.get("seen") == "ships")


def _least(rows: Iterable[Mapping[str, Any]], key: str) -> float | None:
    return min((float(row[key]) for row in rows if row.get(key) not in {None, ""}), default=None)


def _rows(finding: Finding, case: Case | None) -> Sequence[Mapping[str, Any]]:
    """The rows in the finding, or in the table beside it; its hash is that which the finding names."""
    if finding.series is None or finding.series.artifact is None:
        return () if finding.series is None else finding.series.rows
    (artifact,) = (one for one in finding.artifacts if one.role == finding.series.artifact)
    path = None if case is None else inside(case, f"findings/{artifact.path}")
    data = path.read_bytes() if path is not None and path.is_file() else b""
    if sha256_bytes(data) != artifact.sha256:
        raise _no_look(finding, f"{artifact.path} is not there, or not the bytes that the finding names")
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def _moment(text: str, finding: Finding) -> date | datetime:
    try:
        found = datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError as error:
        raise _no_look(finding, f"at = {text!r}") from error
    if isinstance(found, datetime) and found.tzinfo is None:
        raise _no_look(finding, f"at = {text!r}, a time without a zone")
    return found


def _no_look(finding: Finding, saw: str) -> InputError:
    return InputError(
        f"The finding {finding.id} cannot be read as looks at a port.",
        saw=saw,
        do=f"Give findings of {' or '.join(DECIDING)}, measured with this version.",
        code="port-log",
    )


def _of_case(
    case: Case, selection: Selection, refs: list[InputRef], notes: list[tuple[str, str]]
) -> Iterator[PortLook]:
    """What people marked on images of the ports and their berths, then the images that nobody marked."""
    for site in selection.sites:
        berths = {name for name, place in case.places.items() if place.within == site.id and place.role == "berth"}
        marks = dict(_marks(case, {site.id, *berths}, set(selection.observers), notes))
        for who in sorted({mark.by for mark in marks.values()}):
            theirs = [mark.sha256() for _, mark in sorted(marks.items()) if mark.by == who]
            refs.append(InputRef(kind="observations", id=who, sha256=digest(theirs), role=ROLE))
        looks = [look for name, mark in marks.items() if (look := _of_mark(case, site.id, name, mark, notes))]
        yield from looks
        known = image_log(case, site.where, services=catalogue.service, name=site.id)
        notes += [("image-log", note) for note in known.notes]
        looked = {look.image for look in looks}
        elsewhere = [row for row in known.rows if row.scene not in looked and _may_lie_anywhere(row)]
        unseen = [row for row in known.rows if row.scene not in looked and row not in elsewhere]
        if elsewhere:
            ids = ", ".join(name for row in elsewhere for name in row.items)
            text = f"Nothing says that these images show {site.name}, so they are no part of the log: {ids}."
            notes.append(("image-unplaced", text))
        refs.append(
            InputRef(kind="record", id="image-log", sha256=digest([row.to_json() for row in unseen]), role=ROLE)
        )
        yield from (look for row in unseen if (look := _of_row(case, site.id, row, notes)))


def _may_lie_anywhere(row: Row) -> bool:
    """Whether it is a file of ours whose record has no bounds: it may be a handout from another sea."""
    return row.covers is None and row.state in {"have", "cloudy", "empty"}


def _marks(
    case: Case, places: set[str], observers: set[str], notes: list[tuple[str, str]]
) -> Iterator[tuple[str, Observation]]:
    """Answers about ships at these places by these people; nothing of a sitting that nobody has ended."""
    half = []
    for name, mark in {**answered(case.observations), **(open_ := unended(case.observations))}.items():
        if mark.place not in places or mark.tile is not None:
            continue
        if observers and mark.by not in observers:
            continue
        if name in open_:
            half.append(mark)
            continue
        if mark.question is not None and not ABOUT_SHIPS.search(mark.question):
            notes.append(("other-question", f"{name} asks “{mark.question}” and was left out."))
            continue
        yield name, mark
    notes += not_submitted(half)


def _of_mark(case: Case, port: str, name: str, mark: Observation, notes: list[tuple[str, str]]) -> PortLook | None:
    item = case.items.get(mark.item)
    image = None if item is None else image_of(item)
    if item is None or image is None or image.start is None:
        notes.append(("undated-image", f"{name}: the time of the image {mark.item} is not known; it was left out."))
        return None
    if not _is_of_a_day(image.start, image.end):
        notes.append(_no_day(mark.item, image.start, image.end))
        return None
    seen: Seen = _STATES.get(mark.state, "not observed")
    why = mark.reason or mark.state.replace("_", " ")
    return PortLook(
        place=port,
        berth=None if mark.place == port else mark.place,
        at=image.start,
        image=image.scene or item.id,
        sensor=image.sensor,
        resolution=image.resolution,
        seen=seen,
        why=why if seen == "not observed" else mark.reason,
        ships=mark.count if mark.count is not None and (mark.count > 0) == (seen == "ships") else None,
        by=mark.by,
        how="person",
        blind=mark.independent,
        simulated=is_named_simulated(item.name),
        ref=name,
    )


def _is_of_a_day(start: datetime, end: datetime | None) -> bool:
    """Whether an image is of one day: a month's mosaic, or "summer 2019", tells no day on which ships lay there."""
    return end is None or end - start <= timedelta(days=1)


def _no_day(image: str, start: datetime, end: datetime | None) -> tuple[str, str]:
    span = f"{start:%Y-%m-%d} to {end:%Y-%m-%d}"
    return "image-period", f"The image {image} is of no one day ({span}); a log counts days, so it was left out."


def _of_row(case: Case, port: str, row: Row, notes: list[tuple[str, str]]) -> PortLook | None:
    if row.start is None:
        notes.append(("undated-image", f"The time of the image {row.scene} is not known; it was left out."))
        return None
    if not _is_of_a_day(row.start, row.end):
        notes.append(_no_day(row.scene, row.start, row.end))
        return None
    why = _UNSEEN[row.state]
    return PortLook(
        place=port,
        at=row.start,
        image=row.scene,
        sensor=row.sensor,
        covers=row.covers,
        usable=None if row.cloud is None else 1 - row.cloud,
        seen="not observed",
        why=f"{why}: {row.why}" if row.why else why,
        by="image log",
        how="table",
        simulated=any(is_named_simulated(case.items[item].name) for item in row.items),
        ref=row.items[0] if row.items else None,
    )
