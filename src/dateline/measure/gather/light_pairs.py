"""Two periods of light compared on fixed masks: PairedSums for places or for the whole common extent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dateline.core.errors import InputError
from dateline.imagery.coverage import Coverage, Window, cover
from dateline.imagery.extent import bounds_around
from dateline.imagery.maps import change_map
from dateline.imagery.pairs import paired_sums
from dateline.imagery.readers.opened import OpenedImage
from dateline.imagery.stack import Stack, stack
from dateline.ledger.finding import Note
from dateline.measure.gather import table
from dateline.measure.gather.images import Batch, batches_of, digest, file_ref, refs_of
from dateline.measure.gather.pairing import pairs_of
from dateline.measure.request import Loaded, Prepared, Progress, Request
from dateline.methods.contract import Inputs

EXTENT, THE_EXTENT = "extent", "the area that the images share"
"""The one place of a question without places."""
PERIODS = ("before", "after", "history")
PLACE_ROLES = ("places", "controls", "groups", "disputed")
PROFILE_MARGIN = 60
"""How far around the places their surroundings are looked at for a pedestal [px]."""


def prepare(request: Request) -> Prepared:
    """Opens the files of both periods and of the history. A table of measured values goes its own way."""
    if request.roles.get("table"):
        return table.prepare_pairs(request)
    sites = request.sites(*PLACE_ROLES)
    selections = {role: request.one(role) for role in ("before", "after", "history") if role in request.roles}
    batches = batches_of(selections, [bounds_around(site.where) for site in sites])
    for role in ("before", "after"):
        if role not in batches or not batches[role].images:
            raise InputError(
                f"No image for {role}.",
                saw=f"{role}: nothing",
                do=f"Give --{role} as files or as a period.",
                code="no-images",
            )
    refs = [ref for role, batch in batches.items() for ref in refs_of(batch.images, role, request.items)]
    refs += [
        file_ref(selection.counts, f"{role} counts", request.items)
        for role, selection in selections.items()
        if selection.counts is not None
    ]
    simulated = any(image.scene.simulated for batch in batches.values() for image in batch.images)
    return Prepared(
        refs=(*refs, *request.place_refs(*PLACE_ROLES)),
        simulated=simulated,
        load=lambda tell: _load(request, batches, tell),
    )


def _load(request: Request, batches: Mapping[str, Batch], tell: Progress) -> Loaded:
    images = _distinct(batches)
    layer = _layer(images, request)
    stacked = stack(images)
    frames = {role: _frames(stacked, batches[role].images if role in batches else ()) for role in PERIODS}
    pairs = pairs_of([frame.when for frame in stacked.frames], frames["before"], frames["after"], frames["history"])
    sites = request.sites(*PLACE_ROLES)
    coverage = cover({site.id: site.where for site in sites}, stacked.geobox) if sites else None
    floor = floor_of(images[0])
    sums = paired_sums(
        stacked,
        coverage,
        pairs,
        layer,
        floor=0.0 if images[0].sensor.floor(images[0].scene.collection) else floor,
        margin=PROFILE_MARGIN,
        digest=digest,
        progress=lambda done, of: tell(0.8 * done / max(of, 1)),
    )
    values: dict[str, tuple[object, ...]] = {"pairs": (sums,), **_roles(request)}
    if floor and not any(site.sensitive for site in sites):  # a map around a secret place would be centred on it
        window = _window(stacked, coverage)
        values["map"] = (change_map(stacked, pairs, layer, floor=floor, window=window),)
    tell(1.0)
    notes = [note for role, batch in batches.items() if role != "history" for note in batch.notes(role)]
    drawn = () if coverage is None else coverage.notes
    notes += [Note(code=code, text=text) for _, code, text in drawn if code != "smaller-than-pixel"]
    return Loaded(inputs=Inputs(values), notes=tuple(notes))


def floor_of(image: OpenedImage) -> float:
    """The least light told apart from none: the product's floor, else its detection limit [unit]; 0 where unknown.

    A product with a floor prints zero below it, so that there every positive pixel counts as lit.
    """
    return image.sensor.floor(image.scene.collection) or image.sensor.detection_limit or 0.0


def _roles(request: Request) -> dict[str, tuple[object, ...]]:
    """Names, controls, disputed ground, groups and the calibration, as the method reads them."""
    values: dict[str, tuple[object, ...]] = {
        "names": ({EXTENT: THE_EXTENT} | {site.id: site.name for site in request.sites(*PLACE_ROLES)},)
    }
    for role in ("controls", "disputed"):
        values[role] = tuple(site.id for selection in request.roles.get(role, ()) for site in selection.sites)
    groups = {
        selection.name or f"group {number}": tuple(site.id for site in selection.sites)
        for number, selection in enumerate(request.roles.get("groups", ()), start=1)
    }
    if groups:
        values["groups"] = (groups,)
    values["calibration"] = tuple(
        finding for selection in request.roles.get("calibration", ()) for finding in selection.findings
    )
    return values


def _window(stacked: Stack, coverage: Coverage | None) -> Window | None:
    """What the map shows: the places and their surroundings; everything where no place was asked for."""
    if coverage is None:
        return None
    bounds, (height, width) = coverage.strips.bounds(), stacked.geobox.shape
    return Window(
        slice(max(0, bounds.rows.start - PROFILE_MARGIN), min(height, bounds.rows.stop + PROFILE_MARGIN)),
        slice(max(0, bounds.columns.start - PROFILE_MARGIN), min(width, bounds.columns.stop + PROFILE_MARGIN)),
    )


def _distinct(batches: Mapping[str, Batch]) -> tuple[OpenedImage, ...]:
    """Each image once, though it may belong to the history and to the period before."""
    found = {(image.scene.path, image.scene.id): image for batch in batches.values() for image in batch.images}
    return tuple(found.values())


def _layer(images: Sequence[OpenedImage], request: Request) -> str:
    asked = request.one("before").layer or request.one("after").layer
    layers = {asked or image.default_layer for image in images}
    if len(layers) > 1:
        raise InputError(
            "The files have different layers, and none was chosen.",
            saw=", ".join(sorted(layers)),
            do="Choose one with --layer.",
            code="layer",
        )
    return layers.pop()


def _frames(stacked: Stack, images: Sequence[OpenedImage]) -> list[int]:
    wanted = {(image.scene.when, image.scene.product, image.scene.platform) for image in images}
    return [
        index for index, frame in enumerate(stacked.frames) if (frame.when, frame.product, frame.platform) in wanted
    ]
