"""Vessels in optical images: brighter in infrared than the water around them, and bulges of the shore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage
from skimage.filters import threshold_otsu

from dateline.core.errors import Refusal
from dateline.core.state import seen
from dateline.core.where import Where
from dateline.imagery.cfar.background import Background, log_normal, logarithms_of
from dateline.imagery.cfar.ring import B1, F4, Ring
from dateline.imagery.chip import Chip
from dateline.methods.vessel_detection import water as masks
from dateline.methods.vessel_detection.alongside import Bulge, bulges
from dateline.methods.vessel_detection.blobs import Blob, Layer, find
from dateline.methods.vessel_detection.inject import SLENDER, Find
from dateline.methods.vessel_detection.levels import PRINTED, Level, nominal_level, own_level
from dateline.methods.vessel_detection.settings import LONGEST, WIDEST, Settings

NEAR, SHORT = ("B08", "B8A", "nir"), ("B11", "B12", "swir16")
RED, GREEN = ("B04", "red"), ("B03", "green")
SPLIT = 0.4
"""Least distance of land and water in ln(reflectance) for a split of the image's own values to mean something."""
GLINT = 0.15
"""Reflectance of water in short-wave infrared over which it is the sun that is seen: clear water has under 0.02."""
RISE = 1.0
"""Least contrast of a vessel's pixels in near infrared [dB]: a quarter brighter than the water."""
CLOSE = 200.0, 610.0
"""Widths of the guard and the outer box around a pixel [m]."""
ROUND, SLENDER_LEAST = 60.0, 2.0
"""From this length on [m] a vessel is at least so many times as long as broad, blur included."""
PLANTS = 0.35
"""NDVI over which something is vegetation: decks, hulls and quays have under 0.2."""
MAINLAND = 30_000.0
"""What is not water and larger than the greatest ship is land, and water smaller than it no basin [m2]: 400 by 62 m
is 25,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One optical image prepared: water, solid ground, land, pixels in sight, logarithms, backgrounds and scores."""

    chip: Chip
    sight: B1
    core: B1
    drawn: bool
    land: B1
    logarithms: Mapping[str, F4]
    backgrounds: Mapping[str, Background]
    scores: Mapping[str, F4]
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def area(self) -> float:
        """Water in sight [km2]."""
        return float((self.core & self.sight).sum()) * self.chip.pixel[0] * self.chip.pixel[1] / 1e6


def band_of(chip: Chip, names: Sequence[str]) -> str | None:
    """The first of the bands that the chip has."""
    return next((name for name in names if name in chip.bands), None)


def bands_of(chip: Chip) -> tuple[str, ...]:
    """Near infrared, and short-wave infrared where there is one. Raises Refusal `bands`."""
    near, short = band_of(chip, NEAR), band_of(chip, SHORT)
    if near is None:
        raise Refusal(
            f"{chip.id} has no near infrared band.",
            saw=", ".join(chip.bands),
            do="Give B08 too: in visible light vessels do not stand out of the water.",
            code="bands",
        )
    return (near,) if short is None else (near, short)


def prepare(
    chips: Sequence[Chip],
    settings: Settings,
    *,
    inside: Mapping[str, Where] | None,
    land: Mapping[str, Where] | None,
) -> tuple[tuple[View, ...], Mapping[str, Level], bool]:
    """All images of one sensor, the levels of their bands, and whether fixed structures are known."""
    views = [_view(chip, settings, inside, land) for chip in chips]
    known = len(views) >= settings.dates and len({chip.geobox for chip in chips}) == 1
    if known:
        furniture = masks.fixed([np.where(view.sight, view.scores[bands_of(view.chip)[0]], np.nan) for view in views])
        views = [replace(view, land=view.land | furniture) for view in views]
    levels = {}
    for band in bands_of(chips[0]):
        laws = {
            pfa: nominal_level("log-normal", pfa, looks=None, n=1000, spread=1.0) for pfa in {settings.pfa, PRINTED}
        }
        calm = [view.core & view.sight & ~masks.near_land(~view.core, view.chip.pixel, settings.quay) for view in views]
        levels[band] = own_level([view.scores[band] for view in views], calm, laws, settings.pfa)
    return tuple(views), levels, known


def _view(chip: Chip, settings: Settings, inside: Mapping[str, Where] | None, land: Mapping[str, Where] | None) -> View:
    bands = bands_of(chip)
    logarithms = {band: logarithms_of(chip.band(band)) for band in bands}
    sight = seen(chip.states) & np.logical_and.reduce([np.isfinite(one) for one in logarithms.values()])
    shore = np.zeros(sight.shape, bool) if land is None else masks.drawn(land, chip.geobox)
    if inside is not None:
        shore |= ~masks.drawn(inside, chip.geobox)
    drawn = inside is not None or land is not None
    core = sight & ~shore if drawn else _dark(chip, logarithms, sight)
    calm = ndimage.binary_erosion(core, iterations=2)
    backgrounds = {
        band: log_normal(one, _ring(chip.pixel), valid=calm, truncate=settings.truncate)
        for band, one in logarithms.items()
    }
    sight, notes = _without_glint(chip, sight, backgrounds)
    return View(
        chip=chip,
        sight=sight,
        core=core,
        drawn=drawn,
        land=shore,
        logarithms=logarithms,
        backgrounds=backgrounds,
        scores={band: backgrounds[band].score(one) for band, one in logarithms.items()},
        notes=notes,
    )


def _ring(pixel: tuple[float, float]) -> Ring:
    """A ring close around a ship: haze and shoals change the light of water within a few hundred metres.

    Its guard is broader than any beam; of longer ships the ends lie in the ring and are cut off with the tail.
    """
    size = (pixel[0] * pixel[1]) ** 0.5
    return Ring(round(CLOSE[1] / size) // 2 * 2 + 1, round(CLOSE[0] / size) // 2 * 2 + 1)


def _dark(chip: Chip, logarithms: Mapping[str, F4], sight: B1) -> B1:
    """Water where nobody drew it: the darker of two classes in every infrared band (Otsu 1979,
    doi 10.1109/TSMC.1979.4310076); where the values are of one class, all or none by the index of water. Ponds and
    shadows are left out."""
    dark = sight.copy()
    if sight.sum() < 100:
        return dark
    for one in logarithms.values():
        values = one[sight]
        split = float(threshold_otsu(values))  # type: ignore[no-untyped-call]
        if float(values[values > split].mean() - values[values <= split].mean()) >= SPLIT:
            with np.errstate(invalid="ignore"):
                dark &= one < split
        elif not _is_wet(chip, sight):
            dark[:] = False
    pieces, _ = ndimage.label(dark)
    sizes = np.bincount(pieces.ravel()) * chip.pixel[0] * chip.pixel[1]
    sizes[0] = 0
    basins: B1 = (sizes > MAINLAND)[pieces]
    return basins


def _is_wet(chip: Chip, sight: B1) -> bool:
    green, near = band_of(chip, GREEN), band_of(chip, NEAR)
    if green is None or near is None:
        return False
    one, other = chip.band(green)[sight], chip.band(near)[sight]
    return bool(np.median(one - other) > 0)  # NDWI over 0 (McFeeters 1996, doi 10.1080/01431169608948714)


def _without_glint(
    chip: Chip, sight: B1, backgrounds: Mapping[str, Background]
) -> tuple[B1, tuple[tuple[str, str], ...]]:
    short = band_of(chip, SHORT)
    if short is None or chip.quantity != "reflectance":
        return sight, ()
    with np.errstate(invalid="ignore"):
        glint = np.exp(backgrounds[short].centre) > GLINT
    if not (glint & sight).any():
        return sight, ()
    share = float((glint & sight).sum() / max(1, sight.sum()))
    return sight & ~glint, (("glint", f"{chip.id}: {100 * share:.0f} % of the image is sun glint: not observed."),)


def detect(view: View, levels: Mapping[str, Level], settings: Settings) -> list[tuple[Blob, str]]:
    """The vessels of one image, each "open" or "alongside"."""
    near = bands_of(view.chip)[0]
    solid = _solid(view, levels)
    pieces, _ = ndimage.label(solid, np.ones((3, 3)))
    sizes = np.bincount(pieces.ravel()) * view.chip.pixel[0] * view.chip.pixel[1]
    sizes[0] = 0
    land = (sizes > MAINLAND)[pieces] | view.land
    afloat = [blob for blob in find(layers(view, levels), view.sight & ~land, view.chip.pixel) if _ship_sized(blob)]
    close = masks.near_land(land, view.chip.pixel, settings.quay)
    found = [(blob, "alongside" if close[round(blob.row), round(blob.column)] else "open") for blob in afloat]
    if not view.drawn:
        moored = [_moored(view, near, one) for one in bulges(solid & view.sight | land, view.chip.pixel)]
        taken = np.zeros(solid.shape, bool)
        for blob in afloat:
            taken[blob.rows, blob.columns] = True
        found += [
            (blob, "alongside")
            for blob in moored
            if blob is not None
            and land[blob.rows, blob.columns].mean() > 0.5
            and not taken[blob.rows, blob.columns].any()
        ]
    return found


def _solid(view: View, levels: Mapping[str, Level]) -> B1:
    """What is not water: outside the dark class, or over what one pixel of water in 10,000 exceeds."""
    solid = ~view.core
    for band, level in levels.items():
        with np.errstate(invalid="ignore"):
            solid |= view.scores[band] > level.weak
    return solid & view.sight


def _ship_sized(blob: Blob) -> bool:
    """Neither too large nor, where it is long enough to tell, as broad as it is long: clouds and rocks are."""
    slim = blob.length < ROUND or blob.length >= SLENDER_LEAST * blob.beam
    return slim and blob.length <= LONGEST and blob.beam <= WIDEST + 20


def _moored(view: View, near: str, bulge: Bulge) -> Blob | None:
    """A bulge as a blob; None where it is vegetation."""
    at = bulge.rows, bulge.columns
    if not view.sight[at].all() or _is_green(view.chip, at):
        return None
    contrast = (view.logarithms[near] - view.backgrounds[near].centre)[at] * 10 / np.log(10)
    score = view.scores[near][at]
    if not np.isfinite(contrast).any():
        return None
    return Blob(
        rows=bulge.rows,
        columns=bulge.columns,
        row=float(bulge.rows.mean()),
        column=float(bulge.columns.mean()),
        length=bulge.length,
        beam=bulge.beam,
        axis=bulge.axis,
        contrast=float(np.nanmax(contrast)),
        score=float(np.nanmax(score)),
        band=near,
        bands=(near,),
    )


def _is_green(chip: Chip, at: tuple[np.ndarray, np.ndarray]) -> bool:
    red, near = band_of(chip, RED), band_of(chip, NEAR)
    if red is None or near is None:
        return False
    one, other = chip.band(near)[at], chip.band(red)[at]
    return bool(np.nanmedian((one - other) / (one + other)) > PLANTS)


def layers(
    view: View,
    levels: Mapping[str, Level],
    *,
    at: Mapping[str, float] | None = None,
    values: Mapping[str, F4] | None = None,
) -> list[Layer]:
    """The bands as they are searched, near infrared first. at: other thresholds. values: other logarithms."""
    made = []
    for band, level in levels.items():
        logs = view.logarithms[band] if values is None else values[band]
        background = view.backgrounds[band]
        made.append(
            Layer(
                name=band,
                score=background.score(logs),
                contrast=((logs - background.centre) * 10 / np.log(10)).astype(np.float32),
                threshold=level.threshold if at is None else at[band],
                weak=level.weak,
                rise=RISE,
                fewest=2,
            )
        )
    return made


BLUR = 12.0
"""Resolution of Sentinel-2's 10 m bands [m]."""
UNEVEN = 0.25
"""Share of a ship's brightness that is uneven over it: assumed."""
CONTRAST = 3.0
"""How far a hull's reflectance stands over the water around it [dB]: twice as bright."""


def finder(view: View, levels: Mapping[str, Level], settings: Settings) -> Find:
    """Puts a hull into the image's own pixels and looks for it with the image's own thresholds."""
    pixel = view.chip.pixel
    rise = 10 ** ((CONTRAST if settings.contrast is None else settings.contrast) / 10) - 1

    def search(
        piece: tuple[slice, slice],
        share: F4,
        length: float,
        rng: np.random.Generator,  # noqa: ARG001
    ) -> list[Blob]:
        covered = share * np.float32(length * length / SLENDER / (pixel[0] * pixel[1]))
        values = {
            band: np.log(np.exp(view.logarithms[band][piece]) + covered * rise * np.exp(one.centre[piece]))
            for band, one in view.backgrounds.items()
        }
        part = replace(
            view,
            backgrounds={
                band: Background(one.centre[piece], one.spread[piece], one.count[piece])
                for band, one in view.backgrounds.items()
            },
        )
        return find(layers(part, levels, values=values), (view.sight & view.core)[piece], pixel)

    return search
