"""Landmarks that people matched in the app: their observations as rows, in the order in which they were first made."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from dateline.core.errors import RecordError, RecordFault
from dateline.core.identity import digest
from dateline.evidence.item import is_named_simulated
from dateline.ledger.case import Case
from dateline.ledger.faults import faults_of
from dateline.ledger.finding import InputRef
from dateline.ledger.observation import Observation
from dateline.ledger.observed import standing
from dateline.measure.gather.landmarks_files import Written
from dateline.media.landmark import Frame
from dateline.media.upright import upright

LINES = {".jsonl", ".ndjson"}


def in_order(marks: Mapping[str, Observation]) -> list[Observation]:
    """Those that stand, by when the first of their chain was made: a mark that was moved keeps its number."""

    def first(mark: Observation) -> tuple[object, str]:
        seen = {mark.id}
        while mark.supersedes in marks and mark.supersedes not in seen:
            mark = marks[str(mark.supersedes)]
            seen.add(mark.id)
        return mark.at, mark.id

    return sorted(standing(marks).values(), key=first)


def of_case(case: Case, observers: Collection[str], items: Collection[str]) -> list[Observation]:
    """What these people marked on these items (on all where none is named) and what of it stands, in order."""
    return in_order(
        {
            name: mark
            for name, mark in case.observations.items()
            if mark.by in observers and (not items or mark.item in items)
        }
    )


def observed_refs(marks: Collection[Observation], role: str) -> list[InputRef]:
    """What the answer rests on: each person's marks by hash.

    An observation's id holds chance, so that nobody finds a position by trying which one gives the hash.
    """
    people = sorted({mark.by for mark in marks})
    each = {who: [mark.sha256() for mark in marks if mark.by == who] for who in people}
    return [InputRef(kind="observations", id=who, sha256=digest(each[who]), role=role) for who in people]


def rows_of_observations(marks: Collection[Observation], *, file: str, simulated: Collection[str]) -> Iterator[Written]:
    """A row a match that leads to the map; columns and rows of the picture as it is stored [px].

    simulated: items that are invented.
    """
    line = 0
    for mark in marks:
        for match in mark.matches:
            if match.lon is None or match.lat is None:
                continue
            line += 1
            yield Written(
                file=file, line=line, name=match.name or "", x=match.x, y=match.y, lon=match.lon, lat=match.lat,
                map_error=match.map_error, pixel_error=match.pixel_error, height=match.height, height_error=None,
                simulated=mark.item in simulated, stored=True,
            )  # fmt: skip


def rows_of_lines(path: Path, text: str) -> list[Written]:
    """The landmarks of a file of observations, one JSON a line. Raises RecordError with every fault and its line."""
    found: dict[str, Observation] = {}
    faults: list[RecordFault] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            mark = Observation.model_validate(json.loads(line))
        except ValidationError as error:
            faults += faults_of(error, Observation, file=path.name, lines={}, line=number)
        except (ValueError, RecursionError) as error:
            faults.append(RecordFault(path.name, number, "the line", str(error)[:80], "one JSON object"))
        else:
            found[mark.id] = mark
    if faults:
        raise RecordError(faults, case=path.name)
    marks = in_order(found)
    simulated = {mark.item for mark in marks} if is_named_simulated(path.name) else set()
    return list(rows_of_observations(marks, file=path.name, simulated=simulated))


def turned_upright(row: Written, frame: Frame) -> Written:
    """A row of the stored picture, on the picture as viewers show it: the method's own pixel space."""
    if not row.stored or frame.orientation == 1:
        return row
    size = (frame.height, frame.width) if frame.orientation >= 5 else (frame.width, frame.height)
    x, y = upright(np.array([[row.x, row.y]]), frame.orientation, size)[0].tolist()
    return replace(row, x=x, y=y)
