"""How well vessels are found in the labelled ports: recall and precision by class, ours and a plain CFAR's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from scipy.optimize import linear_sum_assignment

from dateline.imagery.cfar.background import log_normal, logarithms_of
from dateline.imagery.cfar.clutter import log_normal_level
from dateline.imagery.chip import Chip
from dateline.methods.vessel_detection import optical
from dateline.methods.vessel_detection.blobs import Blob, Layer, find
from dateline.methods.vessel_detection.settings import Settings, ring_for
from dateline.methods.vessel_detection.water import near_land

SHORTEST = 35.0
"""Detections that measure less are asked of no detector [m]."""
Masks = Sequence[npt.NDArray[np.bool_]]


@dataclass(frozen=True)
class Score:
    """Of one class: vessels labelled and found, detections, and those of them that are vessels."""

    labelled: int
    recalled: int
    detected: int
    right: int

    @property
    def recall(self) -> float:
        return self.recalled / max(1, self.labelled)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.detected)

    @property
    def f1(self) -> float:
        return 2 * self.recall * self.precision / max(1e-9, self.recall + self.precision)


def scores(chip: Chip, masks: Masks) -> dict[tuple[str, str], Score]:
    """By detector and class."""
    settings = Settings(targets=0)
    (view,), levels, _ = optical.prepare([chip], settings, inside=None, land=None)
    close = _close(view, masks, settings)
    ours = _scorable(optical.detect(view, levels, settings), chip)
    return {
        **{("dateline", where): one for where, one in _scored(ours, masks, close).items()},
        **{("CFAR", where): one for where, one in _scored(plain(chip, None, close), masks, close).items()},
        **{
            ("CFAR on water", where): one for where, one in _scored(plain(chip, view.core, close), masks, close).items()
        },
    }


def _close(view: optical.View, masks: Masks, settings: Settings) -> npt.NDArray[np.bool_]:
    """Within 100 m of land: of what is not water without the labelled vessels, in pieces larger than a ship."""
    solid = ~view.core & ~np.logical_or.reduce(masks)
    pieces, _ = ndimage.label(solid)
    sizes = np.bincount(pieces.ravel()) * view.chip.pixel[0] ** 2
    sizes[0] = 0
    return near_land((sizes > optical.MAINLAND)[pieces], view.chip.pixel, settings.quay)


def plain(chip: Chip, water: npt.NDArray[np.bool_] | None, close: npt.NDArray[np.bool_]) -> list[tuple[Blob, str]]:
    """A single-date two-parameter CFAR in near infrared, ring 810/410 m, one pixel in 1e4, ship-sized."""
    logs = logarithms_of(chip.band("B08"))
    background = log_normal(logs, ring_for(chip.pixel), valid=water)
    judged = np.isfinite(logs) if water is None else water
    layer = Layer(
        name="B08",
        score=background.score(logs),
        contrast=((logs - background.centre) * 4.343).astype(np.float32),
        threshold=log_normal_level(1e-4),
        rise=0.0,
        fewest=2,
    )
    blobs = [blob for blob in find([layer], judged, chip.pixel) if blob.length <= 450]
    sided = [(blob, "alongside" if close[round(blob.row), round(blob.column)] else "open") for blob in blobs]
    return _scorable(sided, chip)


def _scorable(found: Sequence[tuple[Blob, str]], chip: Chip) -> list[tuple[Blob, str]]:
    """Those that the labels can be asked about: no label is shorter than 57 m, and none is cut off by the edge."""
    height, width = chip.geobox.shape
    return [
        (blob, where)
        for blob, where in found
        if blob.length >= SHORTEST
        and min(blob.rows.min(), blob.columns.min()) > 0
        and blob.rows.max() < height - 1
        and blob.columns.max() < width - 1
    ]


def _scored(found: Sequence[tuple[Blob, str]], masks: Masks, close: npt.NDArray[np.bool_]) -> dict[str, Score]:
    """One detection to one label, where three tenths of the smaller of them are shared (labels widened by a pixel)."""
    wide = [ndimage.binary_dilation(mask) for mask in masks]
    shared = np.array(
        [[mask[blob.rows, blob.columns].sum() / min(len(blob.rows), mask.sum()) for mask in wide] for blob, _ in found]
    ).reshape(len(found), len(masks))
    left, right = linear_sum_assignment(-shared)
    pairs = [(i, j) for i, j in zip(left, right, strict=True) if shared[i, j] >= 0.3]
    classes = ["alongside" if close[mask].any() else "open" for mask in masks]
    return {
        where: Score(
            labelled=classes.count(where),
            recalled=sum(classes[j] == where for _, j in pairs),
            detected=sum(one == where for _, one in found),
            right=sum(found[i][1] == where for i, _ in pairs),
        )
        for where in ("open", "alongside")
    }
