"""Maps of a front as people brought them, an index of who drew them and when, and the place that is asked about."""

from __future__ import annotations

from pathlib import Path

from dateline.core.errors import Refusal, UsageError
from dateline.evidence.item import is_named_simulated
from dateline.ledger.finding import InputRef, Note
from dateline.measure.gather.images import digest, file_ref
from dateline.measure.request import Loaded, Prepared, Progress, Request
from dateline.methods.contract import Inputs
from dateline.places.front_files import Told, is_index, read_fronts, read_index


def prepare(request: Request) -> Prepared:
    """`maps` (FrontMap), `controls` (Control), `places` (one mapping of id to Where) and `names`.

    Raises UsageError `no-fronts`, `one-place`; Refusal `sensitive-place`; what reading the files raises.
    """
    sites = request.sites("places")
    if len(sites) != 1:
        raise UsageError(
            "One place is asked about at a time.",
            saw=f"{len(sites)} places",
            do="Give one --place NAME or position; write a measure for each.",
            code="one-place",
        )
    if sites[0].sensitive:
        raise Refusal(
            "How far a sensitive place lay from a front would give it away.",
            saw=sites[0].name,
            do="Ask about the village it lies in.",
            code="sensitive-place",
        )
    files, index = _files(request)
    if not files:
        raise UsageError(
            "There is no map of a front.", saw="no files", do="Give --fronts FILE or FOLDER.", code="no-fronts"
        )
    refs: list[InputRef] = [file_ref(path, "fronts", request.items) for path in files]
    return Prepared(
        refs=(*refs, *request.place_refs("places")),
        simulated=any(is_named_simulated(path.name) for path in files),
        load=lambda tell: _load(request, [path for path in files if not is_index(path)], index, tell),
    )


def _files(request: Request) -> tuple[list[Path], dict[str, Told]]:
    """All files, those in folders too, and what the indexes among them say."""
    given = [
        path
        for selection in request.roles.get("fronts", ())
        for one in (*selection.files, *selection.folders)
        for path in (sorted(one.iterdir()) if one.is_dir() else [one])
        if path.suffix.lower() in {".geojson", ".json", ".csv", ".zip"}
    ]
    index: dict[str, Told] = {}
    for path in given:
        if is_index(path):
            index |= read_index(path)
    return list(dict.fromkeys(given)), index


def _load(request: Request, files: list[Path], index: dict[str, Told], tell: Progress) -> Loaded:
    found = read_fronts([(path, digest(path)) for path in files], index, tell)
    (site,) = request.sites("places")
    roles = {
        "maps": found.maps,
        "controls": found.controls,
        "places": ({site.id: site.where},),
        "names": ({site.id: site.name},),
    }
    told = tuple(Note(code=code, text=text) for code, text in found.notes)
    return Loaded(inputs=Inputs({role: given for role, given in roles.items() if given}), notes=told)
