"""Light at places over time: a ZonalSeries from images, or from a table of measured values."""

from __future__ import annotations

from typing import Any

from dateline.core.errors import InputError
from dateline.imagery.coverage import cover
from dateline.imagery.readers.opened import OpenedImage
from dateline.imagery.stack import stack
from dateline.imagery.tables import ZonalSeries
from dateline.imagery.zonal import extent_series, zonal_series
from dateline.ledger.finding import InputRef
from dateline.measure.gather import table
from dateline.measure.gather.images import digest, images_of, refs_of
from dateline.measure.request import Prepared, Progress, Request, Selection, Site
from dateline.methods.contract import Inputs

GAP_FILLED = {"DNB_BRDF-Corrected_NTL": "Gap_Filled_DNB_BRDF-Corrected_NTL"}
"""The layer with filled gaps that is shown beside an observed layer, where the product has one."""


def prepare(request: Request) -> Prepared:
    """Every role of kind `lights` becomes a ZonalSeries; tables are read beside."""
    sites = tuple(site for selection in request.roles.get("places", ()) for site in selection.sites)
    bounds = [site.where.bounds() for site in sites]
    lights = {role for role, spec in request.question.card.front.inputs.items() if spec.kind == "lights"}
    opened = {
        role: tuple(image for selection in given if selection.table is None for image in images_of(selection, bounds))
        for role, given in request.roles.items()
        if role in lights and any(selection.table is None for selection in given)
    }
    tables = table.prepare(request)
    refs = [ref for role, images in opened.items() for ref in refs_of(images, role, request.items)]
    if opened:
        refs += [InputRef(kind="place", id=site.id, sha256=site.sha256, role="places") for site in sites]
    simulated = any(image.scene.simulated for images in opened.values() for image in images)

    def load(tell: Progress) -> Inputs:
        values = dict(tables.load(lambda _share: None).roles)
        for role, images in opened.items():
            values[role] = (_series(images, request.roles[role], sites, tell),)
        return Inputs(values)

    return Prepared(refs=(*refs, *tables.refs), simulated=simulated, load=load)


def _series(
    images: tuple[OpenedImage, ...], selections: tuple[Selection, ...], sites: tuple[Site, ...], tell: Progress
) -> ZonalSeries:
    if not images:
        raise InputError(
            "No image was given.", saw="nothing", do="Give files, or a period and a folder.", code="no-images"
        )
    layer = next((selection.layer for selection in selections if selection.layer), None) or images[0].default_layer
    filled = GAP_FILLED.get(layer)
    other = (filled,) if filled is not None and filled in images[0].layers() else ()
    stacked = stack(images)
    options: dict[str, Any] = {"other": other, "digest": digest, "progress": lambda done, of: tell(done / max(of, 1))}
    if not sites:
        return extent_series(stacked, layer, **options)
    return zonal_series(stacked, cover({site.id: site.where for site in sites}, stacked.geobox), layer, **options)
