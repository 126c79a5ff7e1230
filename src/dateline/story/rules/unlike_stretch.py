"""Light that is shown to be compared, and drawn on scales that differ or are not told."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from dateline.story.document import BlockUse
from dateline.story.fault import Faults, Level, Rule
from dateline.story.lights import light_of
from dateline.story.picture_spec import PictureSpec, Stretch, pictures_of
from dateline.story.reading import Reading

if TYPE_CHECKING:
    from dateline.imagery.readers.opened import OpenedImage

Bounds = tuple[float, float, float, float]

RULE = Rule(
    code="unlike-stretch",
    name="light shown for comparison on unlike scales",
    level=Level.BLOCK,
    why="The same light is dark on one scale and bright on another: the eye compares colours and not legends.",
    do="Give the block one [stretch] in the images' own unit, and all change maps of the story one reach.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds blocks that set measured light side by side without one scale for all of it, and change maps apart."""
    for use in reading.story.blocks:
        if use.model is None:
            continue
        if "stretch" in type(use.model).model_fields:
            _unlike_in(reading, use, faults)
    _unlike_figures(reading, faults)
    _unlike_maps(reading, faults)


def _unlike_in(reading: Reading, use: BlockUse, faults: Faults) -> None:
    specs = [spec for _, spec in pictures_of(use.model)] if use.model else []
    stretch = getattr(use.model, "stretch", None)
    units = sorted(set(_units(reading, specs)))
    if isinstance(stretch, Stretch):
        if other := [unit for unit in units if unit != stretch.unit]:
            faults.add(use.spot, f"the stretch is in {stretch.unit}, the image in {', '.join(other)}")
    elif len(specs) > 1 and units:
        faults.add(use.spot, f"{len(specs)} pictures, of which some are measured light, and no [stretch] for them")
    scales = [scale for spec in specs if (scale := _told(reading, spec)) is not None]
    if any(one != other for one, other in pairwise(scales)):
        told = " against ".join(f"{scale[0][0]} to {scale[-1][0]}" for scale in scales)
        faults.add(use.spot, f"findings drew these pictures on scales of their own: {told}")


def _unlike_figures(reading: Reading, faults: Faults) -> None:
    """Two figures whose images show the same ground, in one unit, on two scales."""
    shown: list[tuple[Stretch, Bounds]] = []
    for use in reading.story.blocks:
        stretch = getattr(use.model, "stretch", None)
        if not isinstance(stretch, Stretch) or use.model is None:
            continue
        window: Bounds | None = getattr(use.model, "window", None)
        images = [light_of(reading.case, spec) for _, spec in pictures_of(use.model)]
        grounds = [window or _bounds(image) for image in images if image is not None]
        unlike = [
            one for one, there in shown if one != stretch and one.unit == stretch.unit and _overlap(there, grounds)
        ]
        if unlike:
            ends = f"{stretch.low:g} to {stretch.high:g}; a figure before it {unlike[0].low:g} to {unlike[0].high:g}"
            faults.add(use.spot, f"the same ground on another scale: {ends} {stretch.unit}")
        shown += [(stretch, ground) for ground in grounds]


def _bounds(image: OpenedImage) -> Bounds:
    box = image.scene.geobox.geographic_extent.boundingbox
    return box.left, box.bottom, box.right, box.top


def _overlap(one: Bounds, others: list[Bounds]) -> bool:
    west, south, east, north = one
    return any(max(west, w) < min(east, e) and max(south, s) < min(north, n) for w, s, e, n in others)


def _units(reading: Reading, specs: list[PictureSpec]) -> Iterator[str]:
    """The units of the measured images of light among pictures."""
    for spec in specs:
        if (image := light_of(reading.case, spec)) is not None:
            yield image.unit(spec.layer or image.default_layer)


def _told(reading: Reading, spec: PictureSpec) -> tuple[tuple[float, str], ...] | None:
    """The scale on which a finding drew a picture of light: values and colours."""
    if spec.finding is None or spec.finding not in reading.findings:
        return None
    maps = reading.findings[spec.finding].values.get("map")
    told = maps.get(spec.artifact) if isinstance(maps, dict) else None
    stops = told.get("stops") if isinstance(told, dict) else None
    return tuple((float(value), str(colour)) for value, colour in stops) if stops else None


def _unlike_maps(reading: Reading, faults: Faults) -> None:
    maps = [(use, use.model) for use in reading.story.blocks if use.name == "change_map" and use.model]
    for (_, first), (use, model) in pairwise(maps):
        one, other = getattr(first, "reach", None), getattr(model, "reach", None)
        if one != other:
            faults.add(use.spot, f"reach = {other}; the change map before it has reach = {one}")
