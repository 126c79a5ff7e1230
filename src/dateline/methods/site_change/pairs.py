"""The answer of two multispectral images, with the same comparison of other dates for its false alarms."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from dateline.core.errors import Refusal
from dateline.imagery.chip import Chip
from dateline.methods.site_change.kinds import spectral_kinds
from dateline.methods.site_change.model import Answer, Settings, family, rate_words, rated
from dateline.methods.site_change.objects import Placebo, objects_of, patches
from dateline.methods.site_change.spectra import SMALLEST, Change, spectral_change
from dateline.methods.site_change.stack import Stack

F4 = npt.NDArray[np.float32]
B1 = npt.NDArray[np.bool_]

MOST_PAIRS = 12
"""Pairs of other dates on which false alarms are counted."""


def clearest(chips: list[Chip], *, last: bool) -> Chip:
    """Of images that show nearly as much as the best, the nearest to the date."""
    shares = [float(np.isfinite(chip.values).all(axis=0).mean()) for chip in chips]
    fit = [chip for chip, share in zip(chips, shares, strict=True) if share >= 0.8 * max(shares)]
    return fit[-1] if last else fit[0]


def _pair_change(stack: Stack, first: Chip, second: Chip, rng: np.random.Generator) -> Change:
    bands = tuple(band for band in first.bands if band in second.bands)
    a, b = (np.stack([chip.band(band) for band in bands]) for chip in (first, second))
    moved = any(code == "aligned" for chip in (first, second) for code, _ in chip.notes)
    return spectral_change(a, b, bands, rng=rng, still=stack.stable, displaced=0.2 if moved else 0.1)


def _strength(change: Change) -> F4:
    """How far over the threshold a pixel lies, in logarithms of the distance: 0 under it."""
    over = np.log(np.maximum(np.nan_to_num(change.score), 1e-9) / change.null.threshold) / 2
    made: F4 = np.where(change.mask, np.maximum(over, 0) + 0.1, 0).astype(np.float32)
    return made


def spectral_answer(
    stack: Stack, before: list[Chip], after: list[Chip], settings: Settings, rng: np.random.Generator
) -> Answer:
    """Objects between the clearest images next to the date. Raises Refusal `bands`, `few-invariant`."""
    first, second = clearest(before, last=True), clearest(after, last=False)
    change = _pair_change(stack, first, second, rng)
    known = np.isfinite(change.score)
    found = patches(change.mask & stack.extent, _strength(change))
    objects = objects_of(found, stack.geobox, stack.pixel, stack.extent)
    placebo = _placebo_pairs(stack, before, after, rng)
    quiet = None if stack.stable is None else stack.stable & known
    if quiet is not None and quiet.any():
        here = patches(change.mask & quiet, _strength(change))
        share = float((change.mask & quiet).sum() / quiet.sum())
        placebo = placebo.joined(
            Placebo(here.mass, float(quiet.sum()) * stack.area, (len(here.pixels),), (share,), "ground declared stable")
        )
    site = float((known & stack.extent).sum()) * stack.area
    objects = spectral_kinds(rated(objects, placebo, site), found.labels, change.scale, (first, second))
    objects = [one for one in objects if one.area >= settings.smallest and one.pixels >= SMALLEST]
    rate, pixels = _pixel_rate(change, placebo, quiet)
    separated = change.null.separated
    told = objects if separated and not placebo.counts else family(objects, placebo, site, settings.level)
    text = "Changed pixels are no group of their own: season, light or noise may explain what stands out."
    limits = None if separated or placebo.counts or not objects else ("not-separated", text)
    return Answer(
        before=first,
        after=second,
        objects=tuple(objects[: max(settings.most, len(told))] if limits else objects),
        told=() if limits else tuple(told),
        labels=found.labels,
        known=known,
        placebo=placebo,
        rate=rate_words(placebo, objects, rate),
        rank_only=limits,
        pixel_rate=(rate, pixels),
        values=_numbers(change),
    )


def _numbers(change: Change) -> dict[str, Any]:
    """Threshold and normalisation, for the finding."""
    return {
        "threshold": change.null.threshold,
        "nominal_share": change.null.nominal,
        "separated": change.null.separated,
        "normalisation": {
            "gain": [float(one) for one in change.scale.gain],
            "offset": [float(one) for one in change.scale.offset],
            "invariant_pixels": change.scale.pixels,
            "unused_third_difference_se": [float(one) for one in change.scale.left],
            "unused_third_variance_ratio": [float(one) for one in change.scale.ratio],
        },
    }


LEAST_RATE = 1e-3
"""The bulk's tail is not trusted under this: pixels at the edges of change are mixed."""


def _pixel_rate(change: Change, placebo: Placebo, quiet: B1 | None) -> tuple[float, int]:
    """Share of unchanged pixels that are flagged, and on how many it rests: counted where it can be."""
    if quiet is not None and quiet.any():
        return float((change.mask & quiet).sum() / quiet.sum()), int(quiet.sum())
    if placebo.shares:
        return float(np.mean(placebo.shares)), len(placebo.shares)
    return max(change.null.rate, LEAST_RATE), int(np.isfinite(change.score).sum())


def _placebo_pairs(stack: Stack, before: list[Chip], after: list[Chip], rng: np.random.Generator) -> Placebo:
    """Neighbouring images on one side of the date, compared as the real ones are."""
    pairs = [*pairwise(before), *pairwise(after)][-MOST_PAIRS:]
    mass, exposure = [np.zeros(0)], 0.0
    counts, shares = list[int](), list[float]()
    for one, other in pairs:
        try:
            change = _pair_change(stack, one, other, rng)
        except Refusal:
            continue
        found = patches(change.mask & stack.extent, _strength(change))
        known = float((np.isfinite(change.score) & stack.extent).sum())
        mass.append(found.mass)
        exposure += known * stack.area
        counts.append(len(found.pixels))
        shares.append(float((change.mask & stack.extent).sum() / max(known, 1)))
    if not counts:
        return Placebo.none()
    return Placebo(np.concatenate(mass), exposure, tuple(counts), tuple(shares), f"{len(counts)} pairs of other dates")
