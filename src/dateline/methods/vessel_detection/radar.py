"""Vessels in radar images: rings of water, thresholds from the water's own tail, both polarisations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.core.where import Where
from dateline.imagery.cfar.background import Background, average, log_normal, logarithms_of
from dateline.imagery.cfar.ring import B1, F4
from dateline.imagery.chip import Chip
from dateline.methods.vessel_detection import water as masks
from dateline.methods.vessel_detection.blobs import Blob, Layer, find
from dateline.methods.vessel_detection.inject import SLENDER, Find
from dateline.methods.vessel_detection.levels import PRINTED, Level, nominal_level, own_level
from dateline.methods.vessel_detection.settings import Settings, ring_for

DECIBELS = 10 / np.log(10)
"""Decibels of a unit of the natural logarithm."""
LAND_VH = -20.0
"""Cross-polarised backscatter over which a surface is no open water [dB]: the sea has about -24, land -10 to -17."""
ROUGH, ROUGH_SHARE = 2.6, 0.01
"""Of a normal law 0.5 % lies over this score, of open water less; where twice as much does, it is something else."""
WANTED = ("VH", "HV", "VV", "HH")
"""Polarisations by preference for measuring: ships stand out most, and smear least, in cross-polarisation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One image prepared: where vessels may be found, land as drawn, and by band logarithms and backgrounds."""

    chip: Chip
    water: B1
    open: B1
    """Pixels that are like open water, or of which nothing is known."""
    land: B1
    logarithms: Mapping[str, F4]
    backgrounds: Mapping[str, Background]
    scores: Mapping[str, F4]
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def area(self) -> float:
        """Water that is judged [km2]."""
        return float(self.water.sum()) * self.chip.pixel[0] * self.chip.pixel[1] / 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """All images of one track with the levels of their bands."""

    looks: tuple[Look, ...]
    levels: Mapping[str, Level]
    fixed_known: bool
    notes: tuple[tuple[str, str], ...] = field(default=())


def bands_of(chip: Chip, settings: Settings) -> tuple[str, ...]:
    """The polarisations that are used, by preference. Raises Refusal `polarisation` where the asked one is missing."""
    have = tuple(band for band in WANTED if band in chip.bands)
    chosen = have if settings.rule == "union" else tuple(band for band in have if band == settings.rule)
    if not chosen:
        raise Refusal(
            f"{chip.id} has no band to look for vessels in.",
            saw=", ".join(chip.bands),
            do="Give images with VV or VH, named so, or change `rule`.",
            code="polarisation",
        )
    return chosen


def prepare(
    chips: Sequence[Chip],
    settings: Settings,
    *,
    inside: Mapping[str, Where] | None,
    land: Mapping[str, Where] | None,
) -> Prepared:
    """Water, backgrounds and levels of the images of one track. inside, land: water and land as drawn."""
    looks = [_look(chip, settings, inside, land) for chip in chips]
    known = len(looks) >= settings.dates and len({chip.geobox for chip in chips}) == 1
    if known:
        furniture = masks.fixed([_brightest(look) for look in looks])
        looks = [_less(look, furniture) for look in looks]
    levels = {band: _level(band, looks, settings) for band in bands_of(chips[0], settings)}
    return Prepared(looks=tuple(looks), levels=levels, fixed_known=known)


def _look(chip: Chip, settings: Settings, inside: Mapping[str, Where] | None, land: Mapping[str, Where] | None) -> Look:
    bands = bands_of(chip, settings)
    logarithms = {band: logarithms_of(chip.band(band)) for band in bands}
    known = np.logical_or.reduce([np.isfinite(one) for one in logarithms.values()])
    shore = np.zeros(known.shape, bool) if land is None else masks.drawn(land, chip.geobox)
    if inside is not None:
        shore |= ~masks.drawn(inside, chip.geobox)
    water = masks.off_border(chip, known, settings.border) & ~shore
    backgrounds = {band: _background(chip, band, logarithms[band], water, settings) for band in bands}
    like = np.ones_like(water) if inside or land else _like_water(chip, logarithms, backgrounds)
    unknown = np.logical_or.reduce([np.isnan(one.centre) for one in backgrounds.values()])
    water &= like
    return Look(
        chip=chip,
        water=water,
        open=like | (unknown & ~known),
        land=shore,
        logarithms=logarithms,
        backgrounds=backgrounds,
        scores={band: backgrounds[band].score(logarithms[band]) for band in bands},
    )


def _background(chip: Chip, band: str, logarithms: F4, water: B1, settings: Settings) -> Background:
    ring = ring_for(chip.pixel)
    if settings.law in {"gamma", "K"}:
        return average(chip.band(band), ring, valid=water & np.isfinite(logarithms))
    truncate = settings.truncate if settings.law == "truncated log-normal" else None
    return log_normal(logarithms, ring, valid=water, truncate=truncate)


def _like_water(chip: Chip, logarithms: Mapping[str, F4], backgrounds: Mapping[str, Background]) -> B1:
    """Where nobody drew water: surroundings as dark as the sea in cross-polarisation; else the image as a whole.

    An image without a calibrated cross-polarised band is all water or none, by the share of pixels that stand out.
    """
    cross = next((band for band in ("VH", "HV") if band in backgrounds), None)
    with np.errstate(invalid="ignore"):
        if cross is not None and chip.quantity in {"sigma0", "gamma0"}:
            dark: B1 = backgrounds[cross].centre * DECIBELS < LAND_VH
            return dark
        rough = max(_rough(backgrounds[band].score(one)) for band, one in logarithms.items())
    return np.full(next(iter(logarithms.values())).shape, rough <= ROUGH_SHARE)


def _rough(score: F4) -> float:
    """Share of pixels far over the middle, in spreads that bright pixels do not widen; 1 where there is no score."""
    known = score[np.isfinite(score)]
    if not len(known):
        return 1.0
    middle = np.median(known)
    below = 1.4826 * np.median(middle - known[known <= middle])
    return float(np.mean(known > middle + ROUGH * max(float(below), 1e-6)))


def _brightest(look: Look) -> F4:
    with np.errstate(invalid="ignore"):
        made: F4 = np.fmax.reduce(list(look.scores.values()))
    return made


def _less(look: Look, furniture: B1) -> Look:
    return replace(look, water=look.water & ~furniture)


def _level(band: str, looks: Sequence[Look], settings: Settings) -> Level:
    ring = ring_for(looks[0].chip.pixel)
    looks_of = looks[0].chip.radar.looks if looks[0].chip.radar else None
    if settings.law in {"gamma", "K"} and looks_of is None:
        raise Refusal(
            f"The {settings.law} law needs the number of looks of a pixel, and the file does not say it.",
            saw=looks[0].chip.id,
            do="Use a log-normal law, which needs none.",
            code="looks",
        )
    scores = [look.scores[band] for look in looks]
    water = [look.water for look in looks]
    with np.errstate(invalid="ignore"):
        calm = np.concatenate([score[part & (score < 2)] for score, part in zip(scores, water, strict=True)])
    spread = float(np.std(calm)) if len(calm) else 1.0
    laws = {
        pfa: nominal_level(settings.law, pfa, looks=looks_of, n=ring.size, spread=spread)
        for pfa in {settings.pfa, PRINTED}
    }
    return own_level(scores, water, laws, settings.pfa)


def layers(
    look: Look,
    levels: Mapping[str, Level],
    *,
    at: Mapping[str, float] | None = None,
    values: Mapping[str, F4] | None = None,
) -> list[Layer]:
    """The bands of a look as they are searched. at: other thresholds. values: other logarithms of the same pixels."""
    made = []
    for band, level in levels.items():
        logs = look.logarithms[band] if values is None else values[band]
        background = look.backgrounds[band]
        made.append(
            Layer(
                name=band,
                score=background.score(logs),
                contrast=((logs - background.centre) * DECIBELS).astype(np.float32),
                threshold=level.threshold if at is None else at[band],
                fewest=1 if band in CROSS else 2,
            )
        )
    return made


def detect(look: Look, levels: Mapping[str, Level]) -> list[Blob]:
    """The vessels of one image."""
    return find(layers(look, levels), look.water, look.chip.pixel)


def cross_section(length: float) -> float:
    """Radar cross-section of a ship in co-polarisation [m2]: 0.08 length^(7/3), C band (Vachon and others 1997,
    Canadian Journal of Remote Sensing 23, 48-59). length: [m]."""
    return float(0.08 * length ** (7 / 3))


CROSS_RATIO = 10 ** (-8 / 10)
"""Of cross- to co-polarised return of ships: assumed, as literature has 5 to 10 dB."""
SWING = 3.0
"""Standard deviation of a ship's brightness for its length [dB]: assumed."""
CROSS = {"VH", "HV"}
USUAL = {False: 10**-1.6, True: 10**-2.4}
"""What the sea usually returns, in co- and in cross-polarisation [1]: the scale of images that have none."""
BLUR = 22.0
"""Resolution of Sentinel-1 IW ground range products [m]."""
UNEVEN = 2 / 3
"""Share of a ship's return that comes from some corners of it: assumed."""


def finder(look: Look, levels: Mapping[str, Level], settings: Settings) -> Find:
    """Puts a target into the image's own pixels and looks for it with the image's own thresholds."""
    pixel = look.chip.pixel
    area = pixel[0] * pixel[1]
    looks = (look.chip.radar.looks if look.chip.radar else None) or 4.4

    def search(piece: tuple[slice, slice], share: F4, length: float, rng: np.random.Generator) -> list[Blob]:
        swing = 10 ** (rng.normal(0, SWING) / 10)
        values = {}
        for band in levels:
            if settings.contrast is not None:
                rise = 10 ** (settings.contrast / 10) * length * length / SLENDER / area
                power: Any = np.exp(look.backgrounds[band].centre[piece]) * rise
            else:
                power = cross_section(length) * swing / area * (CROSS_RATIO if band in CROSS else 1.0)
                if look.chip.quantity == "relative":
                    power = power * np.exp(look.backgrounds[band].centre[piece]) / USUAL[band in CROSS]
            speckle = rng.gamma(looks, 1 / looks, share.shape)
            with np.errstate(divide="ignore", invalid="ignore"):
                values[band] = np.log(np.nan_to_num(np.exp(look.logarithms[band][piece])) + power * share * speckle)
        return find(_piece_layers(look, levels, piece, values), look.water[piece], pixel)

    return search


def _piece_layers(
    look: Look, levels: Mapping[str, Level], piece: tuple[slice, slice], values: Mapping[str, F4]
) -> list[Layer]:
    part = replace(
        look,
        backgrounds={
            band: Background(one.centre[piece], one.spread[piece], one.count[piece])
            for band, one in look.backgrounds.items()
        },
    )
    return layers(part, levels, values=values)
