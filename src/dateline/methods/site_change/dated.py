"""Change at a date in a series, and the same test at dates at which nothing is known to have happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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


def placebo_dates(layers: Sequence[Layer], date: float, extent: B1, area: float) -> Placebo:
    """The same test at all other dates of the series, each with images of one side of the real date alone.

    area: ground of one pixel [km2]. As many images after each as there are after the real one, where there are so many.
    """
    times = np.unique(np.concatenate([layer.times for layer in layers]))
    spans = [(-np.inf, date), (date, np.inf)]
    count = int((times >= date).sum())
    tests = []
    for span in spans:
        inside = times[(times >= span[0]) & (times < span[1])]
        for i in range(1, len(inside)):
            last = inside[i + count] if i + count < len(inside) else span[1]
            if (made := test_at(layers, float(inside[i]), extent, (span[0], float(last)))) is not None:
                tests.append(made)
    tests = tests[:: max(1, -(-len(tests) // MOST_TRIALS))]
    if not tests:
        return Placebo.none()
    grounds = [float((np.isfinite(test.p) & extent).sum()) * area for test in tests]
    return Placebo(
        np.concatenate([test.found.mass for test in tests]),
        float(sum(grounds)),
        tuple(len(test.found.pixels) for test in tests),
        tuple(test.share for test in tests),
        f"{len(tests)} other dates of the same series",
    )


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
