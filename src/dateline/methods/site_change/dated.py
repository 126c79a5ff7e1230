"""Change at a date in a series, and the same test at dates at which nothing is known to have happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dateline.imagery.chip import Chip
from dateline.imagery.chips import group_by_track
from dateline.methods.site_change.objects import Patches, Placebo, patches
from dateline.methods.site_change.series import FEWEST, Layer, combined, levelled, normal_scores, omnibus, pooled_t
from dateline.methods.site_change.stack import Stack

F8 = npt.NDArray[np.float64]
B1 = npt.NDArray[np.bool_]

ALPHA = 0.001
"""Two-sided p under which pixels make patches; what it is worth is measured."""
LEAST_BEFORE, LEAST_AFTER = 3, 1
"""Images that a layer needs before and after."""
MOST_TRIALS = 24


@dataclass(frozen=True, slots=True)
class Test:
    """p: (rows, columns) of no change. sign: of the change. found: patches of p under ALPHA. share: in them."""

    p: F8
    sign: F8
    found: Patches
    share: float


def layers_of(stack: Stack) -> tuple[Layer, ...]:
    """One layer for each polarisation of each track, or for the band: never an average of different tracks."""
    start = stack.chips[0].at
    made = []
    for track, chips in group_by_track(stack.chips):
        common = [band for band in chips[0].bands if all(band in chip.bands for chip in chips)]
        times = np.array([(chip.at - start).total_seconds() / 86400 for chip in chips])
        for band in common:
            values = np.stack([chip.band(band) for chip in chips])
            if stack.kind == "radar":
                with np.errstate(divide="ignore", invalid="ignore"):
                    values = np.log(np.where(values > 0, values, np.nan)).astype(np.float32)
            made.append(Layer(f"{band}, {track.words}", levelled(values), times, stack.kind == "radar"))
    return tuple(made)


def test_at(layers: Sequence[Layer], date: float, extent: B1, within: tuple[float, float]) -> Test | None:
    """The test of a change at a date [day], with the images of a span [day, day); None where no layer has enough."""
    parts = []
    for layer in layers:
        chosen = (layer.times >= within[0]) & (layer.times < within[1])
        after = layer.times[chosen] >= date
        if (~after).sum() < LEAST_BEFORE or after.sum() < LEAST_AFTER or len(after) - 2 < FEWEST:
            continue
        parts.append(normal_scores(*pooled_t(layer.values[chosen], after)))
    if not parts:
        return None
    p, sign = combined(parts)
    mask = (p < ALPHA) & extent
    strength = np.log10(ALPHA) - np.log10(np.maximum(p, 1e-30))
    known = np.isfinite(p) & extent
    return Test(p, sign, patches(mask, np.nan_to_num(strength)), float(mask.sum() / max(known.sum(), 1)))


def other_dates(layers: Sequence[Layer], date: float, extent: B1) -> list[Test]:
    """The same test, with as many images, at all other dates of the series."""
    times = np.unique(np.concatenate([layer.times for layer in layers]))
    own = int(np.searchsorted(times, date))
    others = [i for i in range(1, len(times)) if i != own]
    tests = (
        test_at(layers, float(times[i]), extent, (-np.inf, np.inf))
        for i in others[:: max(1, -(-len(others) // MOST_TRIALS))]
    )
    return [test for test in tests if test is not None]


def placebo_dates(tests: Sequence[Test], real: Patches, extent: B1, area: float) -> Placebo:
    """What arises at other dates. real: patches of the change asked about. area: ground of one pixel [km2].

    A patch on which a stronger real one lies is left out: it is that change, seen from another date. So to tell which
    patches are more than chance, all real ones are given; for the rate where nothing happened, those that were told.
    """
    if not tests:
        return Placebo.none()
    masses = [test.found.mass[_own_patches(test, real)] for test in tests]
    return Placebo(
        np.concatenate(masses),
        float(sum((np.isfinite(test.p) & extent).sum() for test in tests)) * area,
        tuple(len(mass) for mass in masses),
        tuple(test.share for test in tests),
        f"{len(tests)} other dates of the same series",
        tuple(float(mass.max()) if len(mass) else 0.0 for mass in masses),
    )


def _own_patches(test: Test, real: Patches) -> B1:
    """(patches,) whether no stronger real patch lies there."""
    count = len(test.found.mass)
    if not count:
        return np.zeros(0, bool)
    masses = np.concatenate([[0.0], real.mass])[real.labels]
    strongest = np.asarray(ndimage.maximum(masses, test.found.labels, range(1, count + 1)))
    made: B1 = strongest <= test.found.mass
    return made


def only(found: Patches, labels: Sequence[int]) -> Patches:
    """The patches with some of the labels; the others keep their numbers, with a mass of none."""
    kept = np.isin(np.arange(1, len(found.mass) + 1), list(labels))
    return Patches(found.labels, found.pixels, np.where(kept, found.mass, 0.0))


def placebo_ground(test: Test, elsewhere: B1, area: float) -> Placebo:
    """Patches on other ground at the real date: what lies outside the site, or is declared to have stayed the same."""
    known = float((np.isfinite(test.p) & elsewhere).sum())
    if known * area <= 0:
        return Placebo.none()
    mask = (test.p < ALPHA) & elsewhere
    strength = np.log10(ALPHA) - np.log10(np.maximum(test.p, 1e-30))
    found = patches(mask, np.nan_to_num(strength))
    return Placebo(found.mass, known * area, (len(found.pixels),), (float(mask.sum() / known),), "other ground")


def first_shown(chips: Sequence[Chip], stack: Stack, looks: float | None) -> npt.NDArray[np.int64] | None:
    """(rows, columns) number of the image in which the first change shows, by the omnibus test; None without looks."""
    if stack.kind != "radar" or looks is None or len(chips) < 3:
        return None
    band = next((one for one in ("VV", "HH", "VH", "HV") if all(one in chip.bands for chip in chips)), None)
    if band is None:
        return None
    return omnibus(np.stack([chip.band(band) for chip in chips]), looks, ALPHA).first
