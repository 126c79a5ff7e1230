"""How much a roof that did not change differs between two images: other roofs like it, and like places without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely
from scipy import stats
from shapely.affinity import translate

from dateline.methods.site_change.footprints import Outline
from dateline.methods.site_change.roof_signs import Signs, Views, fits, signs_of

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

SIMILAR = 30
"""Roofs or places that make a local null."""
FEWEST_NULL = 15
"""Fewer tell nothing."""
PLACES = 200
"""Places without a roof that are looked at."""
STANDS, GONE = 0.05, 0.25
"""Share of like places with as much of an edge: under the first a roof shows, over the second none does."""
HUBER = 1.345
"""Robust standard deviations from which a place counts less in a fit."""
_TRIES, _STEPS = 40, 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Places that were measured. signs: of each. change: (n, k) their change. like: (n, m) what makes places similar:
    logarithm of the area, then the colours on the first image.
    """

    signs: tuple[Signs, ...]
    change: F8
    like: F8

    @classmethod
    def of(cls, places: Sequence[tuple[Outline, Signs]]) -> Sample:
        """From outlines and what they show."""
        if not places:
            return cls(signs=(), change=np.zeros((0, 1)), like=np.zeros((0, 2)))
        return cls(
            signs=tuple(signs for _, signs in places),
            change=np.array([signs.change for _, signs in places]),
            like=np.array([[np.log(outline.area), *signs.inside[0]] for outline, signs in places]),
        )

    def levelled(self, steady: I8) -> Sample:
        """The same with changes less what the colour of a place makes of them, fitted on its steady places.

        Light, haze and a camera's curve move red roofs otherwise than grey ones. A line for each sign, by
        Huber's weights, which leave a few roofs of a rare colour their say (Huber 1964, doi 10.1214/aoms/1177703732).
        """
        design = np.column_stack([np.ones(len(self.like)), self.like[:, 1:]])
        if len(steady) < 4 * design.shape[1]:
            return self
        made = np.empty_like(self.change)
        for column, values in enumerate(self.change.T):
            weight = np.ones(len(steady))
            for _ in range(_STEPS):
                root = np.sqrt(weight)
                fit = np.linalg.lstsq(design[steady] * root[:, None], values[steady] * root, rcond=None)[0]
                left = values - design @ fit
                off = np.abs(left[steady])
                weight = np.minimum(1.0, HUBER * 1.4826 * float(np.median(off)) / np.maximum(off, 1e-12))
            made[:, column] = left
        return replace(self, change=made)

    def nearest(self, like: F8, among: I8, most: int = SIMILAR) -> I8:
        """Numbers of the most similar of some of them, by size and brightness in spreads of their own."""
        if not len(among):
            return among
        own = self.like[among]
        spread = np.maximum(own.std(axis=0), 1e-6)
        apart = (((own - like) / spread) ** 2).sum(axis=1)
        return among[np.argsort(apart, kind="stable")[:most]]


def like_places(
    views: Views, outlines: Sequence[Outline], rng: np.random.Generator, count: int = PLACES
) -> list[tuple[Outline, Signs]]:
    """Places of the footprints' shapes where none lies: drawn at random, seen on both images, apart from all of them.

    Fewer than `count` where the images have no room.
    """
    height, width = views.seen.shape
    tree = shapely.STRtree([one.shape for one in outlines])
    made = list[tuple[Outline, Signs]]()
    for number in range(count):
        outline = outlines[number % len(outlines)]
        middle = outline.inside.mean(axis=0)
        for _ in range(_TRIES):
            by = np.rint(rng.random(2) * (height, width) - middle).astype(int)
            step = (int(by[0]), int(by[1]))
            moved = translate(outline.shape, xoff=step[1], yoff=step[0])
            if fits(views, outline, step) and not len(tree.query(moved, predicate="intersects")):
                made.append((outline, signs_of(views, outline, step)))
                break
    return made


def p_of(change: F8, null: F8) -> float:
    """Probability of so large a change in a place of the null: Hotelling's prediction of one more of them.

    change: (k,), its last sign the likeness, of which more is no change. null: (n, k), of which up to half may have
    changed. Centre and covariance are those of the half that lies closest together, then of all that lie within 97.5 %
    of it (Rousseeuw and Van Driessen 1999, doi 10.1080/00401706.1999.10485670), then T2 (n (n - k)) / ((n^2 - 1) k) is
    F with k and n - k degrees of freedom (Hotelling 1931, doi 10.1214/aoms/1177732979).
    """
    k = null.shape[1]
    middle, covariance, kept = _robust(null)
    change = np.array([*change[:-1], min(change[-1], middle[-1])])
    distance = float((change - middle) @ np.linalg.solve(covariance, change - middle))
    free = max(kept - k, 2)
    return float(stats.f.sf(distance * kept * free / ((kept**2 - 1) * k), k, free))


def _robust(null: F8) -> tuple[F8, F8, int]:
    n, k = null.shape
    middle = np.median(null, axis=0)
    spread = np.maximum(1.4826 * np.median(np.abs(null - middle), axis=0), 1e-3)
    far = (((null - middle) / spread) ** 2).sum(axis=1)
    half = max((n + k + 1) // 2, k + 2)
    for _ in range(8):
        part = null[np.argsort(far, kind="stable")[:half]]
        middle, covariance = part.mean(axis=0), _covariance(part, spread)
        far = _squares(null - middle, covariance)
    covariance = covariance * max(float(np.median(far)) / float(stats.chi2.ppf(0.5, k)), 1e-9)
    keep = _squares(null - middle, covariance) <= stats.chi2.ppf(0.975, k)
    if keep.sum() < half:
        keep = far <= np.sort(far)[half - 1]
    part = null[keep]
    return part.mean(axis=0), _covariance(part, spread), len(part)


def _covariance(values: F8, spread: F8) -> F8:
    """Covariance with a hundredth of each sign's own spread added: rounded colours may not vary at all."""
    made: F8 = np.cov(values.T) + np.diag((0.1 * spread) ** 2)
    return made


def _squares(values: F8, covariance: F8) -> F8:
    made: F8 = np.einsum("ij,ji->i", values, np.linalg.solve(covariance, values.T))
    return made


def shows(edge: float, among: F8) -> float:
    """Share of like places whose edge is as strong [1]: never none, one place more may come."""
    return float((1 + (among >= edge).sum()) / (1 + len(among)))


def calibrated(p: F8, steady: F8) -> F8:
    """p brought to the scale that unchanged roofs show themselves: their normal scores over their own spread.

    p: (n,). steady: (m,) p of places that are not known to have changed. Thirty roofs tell their scatter roughly, and
    roofs differ more than normally; the spread is that of the lower half of the scores, which change does not reach
    (Efron 2004, doi 10.1198/016214504000000089). Never made smaller.
    """
    scores = stats.norm.isf(np.clip(steady, 1e-300, 1 - 1e-12))
    if len(scores) < FEWEST_NULL:
        return p
    middle = max(float(np.median(scores)), 0.0)
    spread = max(float(np.median(scores) - np.quantile(scores, 0.1587)), 1.0)
    made: F8 = stats.norm.sf((stats.norm.isf(np.clip(p, 1e-300, 1 - 1e-12)) - middle) / spread)
    return np.maximum(made, p)
