"""A series with the events it is tested against, and what custody says of when each was fixed and opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import InputError, UsageError
from dateline.core.identity import digest
from dateline.core.state import State
from dateline.core.when import When
from dateline.evidence.chain import Entry
from dateline.evidence.chain import Event as Logged
from dateline.imagery.tables import Look, ZonalSeries
from dateline.ledger.case import Case
from dateline.ledger.event import Event
from dateline.ledger.finding import Finding, InputRef
from dateline.measure.frozen import as_listed, frozen_at, standing
from dateline.measure.gather import light_series
from dateline.measure.looks import log_of, opened_at
from dateline.measure.request import Loaded, Prepared, Progress, Request
from dateline.methods.contract import Inputs
from dateline.methods.event_study.listing import Listed, Registration, inline_events
from dateline.methods.outage.nights import WORDS

MEASURED = ("series", "control_series", "places")
COUNTS = {"used", *WORDS}
"""States of a finding's looks whose value was observed and counted: those of lights_trend, and those of outage."""


def prepare(request: Request) -> Prepared:
    """The series from a table, images or a finding; the events of the case as they are listed; their registration."""
    measured = {role: given for role, given in request.roles.items() if role in MEASURED}
    under = light_series.prepare(replace(request, roles=measured))
    finding = _finding(request)
    events = listed(request)
    refs = (*under.refs, *_artifact_refs(request, finding))
    simulated = under.simulated or (finding is not None and finding.simulated)
    registration = _registration(request, events, refs, finding)

    def load(tell: Progress) -> Loaded:
        loaded = under.load(tell)
        roles: dict[str, tuple[Any, ...]] = {**loaded.inputs.roles, "events": events, "registration": (registration,)}
        if finding is not None:
            roles["series"] = (series_of(finding, _rows(request, finding)),)
        for role in ("series", "control_series"):
            roles[role] = tuple(_marked(one, simulated=simulated) for one in roles.get(role, ()))
        return Loaded(inputs=Inputs({role: given for role, given in roles.items() if given}), notes=loaded.notes)

    changed = [registration.changed] if registration.changed else []
    said = digest([str(registration.frozen), str(registration.opened), registration.left_out, *changed])
    own = InputRef(kind="record", id="registration", sha256=said, role="registration")
    return Prepared(refs=(*refs, own), simulated=simulated, load=load)


def listed(request: Request) -> tuple[Listed, ...]:
    """The events of the case that a request names. In a case that is an exercise they are invented."""
    records = [
        record
        for selection in request.roles.get("events", ())
        for record in selection.records
        if isinstance(record, Event)
    ]
    found = () if request.case is None else as_listed(request.case, records)
    if request.roles.get("events") and not found:
        raise UsageError(
            "Events are read from a case.",
            saw="no event record",
            do="Without a case, write them in `dates`: landfall = 2013-11-08; name = first day/last day.",
            code="events",
        )
    return found


def _finding(request: Request) -> Finding | None:
    found = [one for selection in request.roles.get("finding", ()) for one in selection.findings]
    if len(found) + bool(request.roles.get("series")) != 1:
        raise UsageError(
            "An event study is made of one series: a table, images, or a finding.",
            saw=f"{len(found)} findings and {'a' if request.roles.get('series') else 'no'} series",
            do="Give `series` or `finding`, not both.",
            code="series",
        )
    return found[0] if found else None


def _marked(series: ZonalSeries, *, simulated: bool) -> ZonalSeries:
    """The same series with every look marked where any of the input was simulated."""
    return replace(series, looks=tuple(replace(look, simulated=True) for look in series.looks)) if simulated else series


def series_of(finding: Finding, rows: Iterable[Mapping[str, Any]]) -> ZonalSeries:
    """The looks of a finding as a series. A value whose state says that it did not count is a gap.

    Raises InputError `finding-series` for a finding without looks of one place and time a row.
    """
    table: dict[tuple[str, str], float | None] = {}
    for row in rows:
        if not {"place", "when", "value", "state"} <= set(row):
            break
        counts = row["value"] not in {None, ""} and row["state"] in COUNTS
        table[str(row["when"]), str(row["place"])] = float(row["value"]) if counts else None
    if not table:
        raise InputError(
            f"The finding {finding.id} has no series of looks.",
            saw=f"method {finding.method}",
            do="Give a finding of lights_trend or outage, or the table itself.",
            code="finding-series",
        )
    times, places = sorted({when for when, _ in table}), tuple(dict.fromkeys(place for _, place in table))
    values = np.array([[table.get((when, place)) for place in places] for when in times], dtype=float)
    return _series(values, times, places, finding)


def _series(values: np.ndarray, times: list[str], places: tuple[str, ...], finding: Finding) -> ZonalSeries:
    weight = np.zeros((*values.shape, len(State)))
    weight[:, :, State.OBSERVED] = np.isfinite(values)
    weight[:, :, State.NOT_OBSERVED] = ~np.isfinite(values)
    unknown = np.full(values.shape, np.nan)
    unit = next((one.unit.removesuffix(" year-1") for one in finding.estimates.values() if "cm-2" in one.unit), "1")
    name = f"finding of {finding.method}"
    return ZonalSeries(
        places=places,
        looks=tuple(Look(when=When.from_edtf(when), product=name, layer="value", unit=unit) for when in times),
        total=values,
        area_total=unknown,
        weight=weight,
        lit=unknown,
        nights=unknown,
        size=np.ones(len(places)),
        area=np.full(len(places), np.nan),
    )


def _rows(request: Request, finding: Finding) -> Iterator[Mapping[str, Any]]:
    """The rows of a finding: in it, or in the table beside it."""
    import csv

    path = _sidecar(request, finding)
    if path is None:
        yield from finding.series.rows if finding.series else ()
        return
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _sidecar(request: Request, finding: Finding) -> Path | None:
    """The table of a finding whose series is too long to stand in it. Raises InputError `finding-series`."""
    if finding.series is None or finding.series.artifact is None:
        return None
    named = [one for one in finding.artifacts if one.role == finding.series.artifact]
    path = request.case.root / "findings" / named[0].path if request.case is not None and named else None
    if path is None or not path.is_file():
        raise InputError(
            f"The series of the finding {finding.id} stands in a table beside it, which is not here.",
            saw=named[0].path if named else "no table",
            do="Measure again, or give the table itself as `series`.",
            code="finding-series",
        )
    return path


def _artifact_refs(request: Request, finding: Finding | None) -> list[InputRef]:
    if finding is None or _sidecar(request, finding) is None:
        return []
    return [
        InputRef(kind="item", id=one.path, sha256=one.sha256, role="finding")
        for one in finding.artifacts
        if finding.series is not None and one.role == finding.series.artifact
    ]


def _registration(
    request: Request, events: tuple[Listed, ...], refs: Sequence[InputRef], finding: Finding | None
) -> Registration:
    """What the custody log of the case says. Events written in `dates` can only be frozen as a whole list, by hash."""
    if request.case is None:
        return Registration()
    parameters = request.question.parameters
    inline = inline_events(parameters["dates"] or "", invented=bool(parameters["invented"]))
    log = log_of(request.case)
    frozen = frozen_at(request.case, events, inline, log)
    under = [ref for ref in finding.inputs if ref.kind == "item"] if finding is not None else []
    names = {ref.id for ref in (*refs, *under) if ref.kind == "item"} | {ref.sha256 for ref in (*refs, *under)}
    return Registration(
        frozen=frozen,
        opened=opened_at(names, frozen, log),
        left_out=_left_out(request.case, events, log) if frozen else (),
        changed=() if frozen else _changed(request.case, events, log),
    )


def _changed(case: Case, events: tuple[Listed, ...], log: Iterable[Entry]) -> tuple[str, ...]:
    """Events that were frozen, and are not as they were then."""
    named = [event.id for event in events]
    return tuple(one.id for one in standing(case, named, log).changed) if named else ()


def _left_out(case: Case, events: tuple[Listed, ...], log: Iterable[Entry]) -> tuple[str, ...]:
    chosen = {event.id for event in events}
    subjects = {entry.subject for entry in log if entry.event is Logged.FROZEN}
    return tuple(name for name in case.events if name not in chosen and {name, case.paths[name]} & subjects)
