"""Light at places over time: a ZonalSeries from images, or from a table of measured values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dateline.core.errors import InputError
from dateline.imagery.coverage import cover
from dateline.imagery.extent import bounds_around
from dateline.imagery.readers.opened import OpenedImage
from dateline.imagery.stack import stack
from dateline.imagery.tables import ZonalSeries
from dateline.imagery.zonal import extent_series, zonal_series
from dateline.measure.gather import table
from dateline.measure.gather.images import batches_of, digest, refs_of
from dateline.measure.request import Loaded, Prepared, Progress, Request, Site
from dateline.methods.contract import Inputs

GAP_FILLED = {"DNB_BRDF-Corrected_NTL": "Gap_Filled_DNB_BRDF-Corrected_NTL"}
"""The layer with filled gaps that is shown beside an observed layer, where the product has one."""


def prepare(request: Request) -> Prepared:
    """Every role of kind `lights` becomes a ZonalSeries; tables are read beside."""
    sites = request.sites("places")
    lights = {role for role, spec in request.question.card.front.inputs.items() if spec.kind == "lights"}
    selections = {
        role: request.one(role)
        for role, given in request.roles.items()
        if role in lights and all(selection.table is None for selection in given)
    }
    batches = batches_of(selections, [bounds_around(site.where) for site in sites])
    tables = table.prepare(request)
    refs = [ref for role, batch in batches.items() for ref in refs_of(batch.images, role, request.items)]
    refs += request.place_refs("places") if batches else []
    simulated = any(image.scene.simulated for batch in batches.values() for image in batch.images)

    def load(tell: Progress) -> Loaded:
        values = dict(tables.load(lambda _share: None).inputs.roles)
        for role, batch in batches.items():
            values[role] = (_series(batch.images, selections[role].layer, sites, tell),)
        notes = tuple(note for role, batch in batches.items() for note in batch.notes(role))
        return Loaded(inputs=Inputs(values), notes=notes)

    return Prepared(refs=(*refs, *tables.refs), simulated=simulated or tables.simulated, load=load)


def _series(images: Sequence[OpenedImage], asked: str | None, sites: Sequence[Site], tell: Progress) -> ZonalSeries:
    if not images:
        raise InputError(
            "No image was given.", saw="nothing", do="Give files, or a period and a folder.", code="no-images"
        )
    layer = asked or images[0].default_layer
    filled = GAP_FILLED.get(layer)
    other = (filled,) if filled is not None and filled in images[0].layers() else ()
    stacked = stack(images)
    options: dict[str, Any] = {"other": other, "digest": digest, "progress": lambda done, of: tell(done / max(of, 1))}
    if not sites:
        return extent_series(stacked, layer, **options)
    return zonal_series(stacked, cover({site.id: site.where for site in sites}, stacked.geobox), layer, **options)
