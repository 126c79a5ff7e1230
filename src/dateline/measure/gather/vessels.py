"""Images as chips with the water, land and AIS tracks around them: what looking for vessels reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from dateline.core.errors import InputError
from dateline.imagery.readers.ais import read_all
from dateline.ledger.finding import Note
from dateline.measure.gather import chips
from dateline.measure.gather.images import file_ref
from dateline.measure.request import Loaded, Prepared, Progress, Request
from dateline.methods.contract import Inputs

ROLE = "tracks"


def prepare(request: Request) -> Prepared:
    """As for other chips, and the role `tracks` as one Tracks. Reads what opening them raises."""
    prepared = chips.prepare(request)
    if ROLE not in request.roles:
        return prepared
    files = list(_files(request))
    refs = tuple(file_ref(path, ROLE, request.items) for path in files)
    return Prepared(
        refs=(*prepared.refs, *refs),
        simulated=prepared.simulated,
        load=lambda tell: _load(request, prepared, files, tell),
    )


def _files(request: Request) -> Iterator[Path]:
    selection = request.one(ROLE)
    named = (*selection.files, *([selection.table] if selection.table else ()))
    if not named:
        raise InputError("There is no AIS file.", saw="nothing", do="Give --tracks FILE.", code="no-file")
    for path in named:
        yield from sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]


def _load(request: Request, prepared: Prepared, files: list[Path], tell: Progress) -> Loaded:
    loaded = prepared.load(tell)
    tracks = read_all(files, request.one(ROLE).columns)
    notes = tuple(Note(code=code, text=text) for code, text in tracks.notes)
    return replace(loaded, inputs=Inputs({**loaded.inputs.roles, ROLE: (tracks,)}), notes=(*loaded.notes, *notes))
