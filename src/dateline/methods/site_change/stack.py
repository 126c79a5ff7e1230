"""The images of a site made comparable: no collars, no clouds, no copies, on one grid, each with its certificate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox

from dateline.core.errors import Refusal
from dateline.core.state import State, seen
from dateline.core.where import Where
from dateline.imagery.align.certificate import Certificate
from dateline.imagery.align.planes import POLARISATIONS, without_collar
from dateline.imagery.align.register import aligned, is_copy, register
from dateline.imagery.chip import Chip
from dateline.imagery.outlines import outlines
from dateline.imagery.windowed import hidden, is_windowed, sample
from dateline.ledger.finding import Note

F4 = npt.NDArray[np.float32]
B1 = npt.NDArray[np.bool_]
Kind = Literal["radar", "spectral", "single", "picture"]

WORTH = 0.1
"""Smaller displacements are left alone: to resample would blur more than they do [px]."""
LEAST_SEEN = 0.1
"""Images that show less of the area are left out."""
THOROUGH = 3
"""Of more images than this, certificates are made without the checks that take longest."""
REGISTERING = 0.4
"""Share of the time that registration takes, about: for whoever watches."""
REGISTERED = 0.5
"""Images that show less are not registered: clouds have edges too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Images in order of time on one grid; unseen values NaN. extent: the site. stable: declared to have stayed.

    certificates: of each image that was registered, by its id.
    """

    chips: tuple[Chip, ...]
    kind: Kind
    geobox: GeoBox
    pixel: tuple[float, float]
    extent: B1
    stable: B1 | None
    certificates: Mapping[str, Certificate]
    notes: tuple[Note, ...]
    tell: Callable[[float], None] = lambda _: None
    """Told the share of the whole work that is done: registration comes first, the comparison takes the rest."""

    @property
    def area(self) -> float:
        """Ground of one pixel [km2]."""
        return self.pixel[0] * self.pixel[1] / 1e6


def stack_of(
    chips: Sequence[Chip],
    site: Mapping[str, Where] | None,
    still: Mapping[str, Where] | None,
    tell: Callable[[float], None] = lambda _: None,
) -> Stack:
    """Checks, registers and aligns; tells the share of the whole work that is done.

    Raises Refusal: `one-image`, `identical-bytes`, `mixed-sensors`, `decibels`, `no-overlap`, `too-little-in-common`,
    `no-georeference`, `outside`.
    """
    notes: list[Note] = []
    kept = [_blanked(without_collar(chip)) for chip in sorted(chips, key=lambda one: (one.at, one.id))]
    collars = sum((a.states != b.states).any() for a, b in zip(sorted(chips, key=_order), kept, strict=True))
    if collars:
        text = f"{collars} of {len(kept)} images have a black border, which is no data and no change."
        notes.append(Note(code="black-collar", text=text))
    usable = [chip for chip in kept if _shown(chip) >= LEAST_SEEN]
    if len(usable) < len(kept):
        text = (
            f"{len(kept) - len(usable)} of {len(kept)} images show under a tenth of the area: no look, never no change."
        )
        notes.append(Note(code="no-look", text=text))
    usable, copies = _once(usable)
    notes += copies
    kind = _checked(usable)
    if kind in {"spectral", "single"} and not any((chip.states == State.CLOUD).any() for chip in kept):
        notes.append(Note(code="no-cloud-mask", text="No image marks clouds: a cloud can be told as change."))
    laid, certificates, more = _laid(usable, lambda share: tell(REGISTERING * share))
    grid = laid[0].geobox
    extent = np.ones(grid.shape, bool) if not site else drawn(site, grid)
    if not extent.any():
        raise Refusal(
            "The images do not show the site.", saw=", ".join(site or ()), do="Check its outline.", code="outside"
        )
    return Stack(
        chips=tuple(laid),
        kind=kind,
        geobox=grid,
        pixel=laid[0].pixel,
        extent=extent,
        stable=drawn(still, grid) if still else None,
        certificates=certificates,
        notes=(*notes, *more),
        tell=lambda share: tell(REGISTERING + (1 - REGISTERING) * share),
    )


def drawn(places: Mapping[str, Where], geobox: GeoBox) -> B1:
    """(rows, columns): pixels whose middle lies within one of the places."""
    from rasterio.features import rasterize
    from rasterio.transform import Affine

    shapes, _ = outlines(places, geobox)
    height, width = geobox.shape
    inside: B1 = rasterize(
        [(shape, 1) for shape in shapes if not shape.is_empty],
        out_shape=(height, width),
        transform=Affine.identity(),
        dtype="uint8",
    ).astype(bool)
    return inside


def is_picture(chip: Chip) -> bool:
    """Whether the values are the whole numbers up to 255 of a picture."""
    values = sample(chip.values)
    known = values[np.isfinite(values)]
    some = known[:: max(1, len(known) // 10_000)]
    return bool(chip.quantity == "relative" and len(some) and 16 < known.max() <= 255 and (some == np.rint(some)).all())


def _shown(chip: Chip, *, every: bool = False) -> float:
    """Share of the pixels with a value in any band, or in every one."""
    if is_windowed(chip.values):
        return float(seen(chip.states).mean())  # what was not seen has no value there
    known = np.isfinite(chip.values)
    return float((known.all(axis=0) if every else known.any(axis=0)).mean())


def _order(chip: Chip) -> tuple[object, str]:
    return chip.at, chip.id


def _blanked(chip: Chip) -> Chip:
    """Unseen pixels without a value, radar zeros too: clouds look like numbers."""
    unseen = ~seen(chip.states)
    values = chip.values
    if unseen.any():
        values = hidden(values, unseen)
    if set(chip.bands) <= set(POLARISATIONS):
        values = np.where(values == 0, np.float32(np.nan), values)
    return chip if values is chip.values else replace(chip, values=values)


def _checked(chips: Sequence[Chip]) -> Kind:
    if len(chips) < 2:
        raise Refusal(
            "One image shows no change.",
            saw=f"{len(chips)} images that show the area",
            do="Give at least one image before and one after.",
            code="one-image",
        )
    radar = [set(chip.bands) <= set(POLARISATIONS) for chip in chips]
    if any(radar) and not all(radar):
        raise Refusal(
            "Radar and optical images cannot be compared with each other.",
            saw=f"{sum(radar)} radar and {len(radar) - sum(radar)} optical images",
            do="Ask once for each.",
            code="mixed-sensors",
        )
    if all(radar):
        _check_power(chips)
        return "radar"
    common = [band for band in chips[0].bands if all(band in chip.bands for chip in chips)]
    if not common:
        raise Refusal(
            "The images have no band in common.",
            saw="; ".join(", ".join(chip.bands) for chip in chips[:3]),
            do="Give images with the same bands.",
            code="mixed-sensors",
        )
    if any(is_picture(chip) for chip in chips):
        return "picture"
    return "single" if len(common) == 1 else "spectral" if len(common) >= 4 else "picture"


def _check_power(chips: Sequence[Chip]) -> None:
    for chip in chips:
        known = chip.values[np.isfinite(chip.values)]
        if float(np.mean(known < 0)) > 0.2:
            raise Refusal(
                f"{chip.id} holds decibels, or differences, where power is wanted.",
                saw=f"{100 * float(np.mean(known < 0)):.0f} % of the values are negative",
                do="Convert: power = 10 ** (dB / 10).",
                code="decibels",
            )


def _once(chips: Sequence[Chip]) -> tuple[list[Chip], list[Note]]:
    """Images without copies of others. Raises Refusal `identical-bytes` where fewer than two are left."""
    kept: list[Chip] = []
    copies: list[str] = []
    for chip in chips:
        twin = next((other for other in kept if is_copy(other, chip)), None)
        if twin is None:
            kept.append(chip)
        else:
            copies.append(f"{chip.id} of {twin.id}")
    if copies and len(kept) < 2:
        raise Refusal(
            "Two dates hold the same image: a copy shows no change and no error.",
            saw="; ".join(copies),
            do="Find the image of the other date; one file was saved under two names.",
            code="identical-bytes",
        )
    text = f"{len(copies)} images are copies of others, under another date, and were left out: {'; '.join(copies[:3])}."
    return kept, [Note(code="doubled-image", text=text)] if copies else []


def _laid(
    chips: Sequence[Chip], tell: Callable[[float], None]
) -> tuple[list[Chip], dict[str, Certificate], list[Note]]:
    """All images on the grid of the one that shows most, and what could not be registered."""
    shares = [_shown(chip, every=True) for chip in chips]
    first = chips[int(np.argmax(np.round(shares, 2)))]
    laid: list[Chip] = []
    certificates: dict[str, Certificate] = {}
    loose: list[str] = []
    for number, (chip, share) in enumerate(zip(chips, shares, strict=True)):
        tell(number / len(chips))
        if chip is first:
            laid.append(chip)
            continue
        try:
            thorough = len(chips) <= THOROUGH
            certificate = register(first, chip, thorough=thorough) if share >= REGISTERED or len(chips) == 2 else None
        except Refusal:
            if len(chips) == 2:
                raise
            certificate = None
        if certificate is not None:
            certificates[chip.id] = certificate
        if certificate is not None and (chip.geobox != first.geobox or _moved(certificate)):
            laid.append(aligned(chip, certificate, first.geobox))
        elif chip.geobox == first.geobox:
            laid.append(chip)
            loose += [chip.id] if certificate is None else []
        else:
            loose.append(f"{chip.id} (left out)")
    if len(laid) < 2:
        raise Refusal(
            "The images have too little in common to be laid over each other.",
            saw=", ".join(loose),
            do="Give images of one place with less cloud, snow or change.",
            code="too-little-in-common",
        )
    notes = []
    if loose:
        text = f"{len(loose)} of {len(chips)} images show too little to be registered and lie as their grid says: "
        notes.append(Note(code="not-registered", text=text + ", ".join(loose[:4]) + "."))
    return laid, certificates, notes


def _moved(certificate: Certificate) -> bool:
    size = float(np.hypot(*certificate.shift))
    turned = 1000 * max(abs(one) for row in certificate.matrix for one in row)
    return size > WORTH or turned > 1.0
