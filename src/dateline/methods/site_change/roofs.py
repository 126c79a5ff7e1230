"""Each footprint's answer: new, removed, re-roofed, changed, no evidence, or why it cannot be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from dateline.core.when import When
from dateline.methods.site_change.footprints import FEWEST, Outline
from dateline.methods.site_change.objects import benjamini_hochberg
from dateline.methods.site_change.roof_null import (
    FEWEST_NULL,
    GONE,
    SIMILAR,
    STANDS,
    Sample,
    calibrated,
    like_places,
    p_of,
    shows,
)
from dateline.methods.site_change.roof_signs import REACH, Signs, Views, fits, signs_of

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

NEW, REMOVED, REROOFED, CHANGED = "new", "removed", "re-roofed", "changed"
NO_EVIDENCE, CANNOT_TELL = "no evidence", "cannot tell"
KINDS = (NEW, REMOVED, REROOFED, CHANGED)
LEAST_SIDE, KIND_SIDE = 3.0, 6.0
"""Narrow side from which a roof is compared, and from which the kind of a change is told [px]: three pixels are
countable (Johnson 1958 has two detected in half of the cases), twelve identified."""
TURN = 2.5
"""An edge that grew or faded by so many robust standard deviations of like places came or went."""
LEANS = 0.5
"""Correlation from which two dates show one roof, wherever it lies."""
_AMONG = 60
"""Like places that tell how strong an edge is without a roof."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roof:
    """One footprint. p: of so large a change in its local null; q: the same in the family of all footprints.

    stands: share of like places without a roof whose edge is as strong, before and after; turn: how far the edge grew
    or faded in standard deviations of theirs. null: "roofs", "places" or
    "none". reason: code and sentence where it cannot be told, or why the kind cannot.
    """

    outline: Outline
    result: str
    p: float | None = None
    q: float | None = None
    stands: tuple[float, float] | None = None
    turn: float = 0.0
    null: str = "none"
    signs: Signs | None = None
    reason: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roofs:
    """All footprints in the file's order. bar: largest p that is told as a change. places: like places tested against
    each other, passed: those of them under the bar. standing: footprints whose roof stands on both dates."""

    each: tuple[Roof, ...]
    bar: float
    places: int
    passed: int
    standing: int

    @property
    def told(self) -> tuple[Roof, ...]:
        """Those that changed."""
        return tuple(one for one in self.each if one.result in KINDS)

    @property
    def tested(self) -> int:
        """Footprints that were compared."""
        return sum(one.p is not None for one in self.each)


def roofs_of(views: Views, outlines: Sequence[Outline], level: float, rng: np.random.Generator) -> Roofs:
    """Every footprint against its local null; of those told as changed 1 - level are false at most (Benjamini and
    Hochberg 1995). The images are aligned; rng: which like places are drawn.
    """
    able = [one for one in outlines if _why_not(one, views) is None]
    signs = [signs_of(views, one) for one in able]
    roofs = Sample.of(list(zip(able, signs, strict=True)))
    ground = Sample.of(like_places(views, able, rng) if able else [])
    stands = [_stands(roofs, ground, i) for i in range(len(able))]
    turns = _turns(roofs, ground)
    steady = np.array([i for i in range(len(able)) if not _turned(stands[i], float(turns[0][i]))], np.int64)
    if len(steady) < len(able) / 2:
        steady = np.zeros(0, np.int64)  # most roofs changed: those that seem steady are no sample of unchanged ones
    roofs, ground = roofs.levelled(steady), ground.levelled(np.arange(len(ground.signs)))
    found = {
        outline.id: replace(_tested(outline, i, roofs, steady, turns), stands=stands[i], turn=float(turns[0][i]))
        for i, outline in enumerate(able)
    }
    found = _calibrated(found, {able[i].id for i in steady})
    tested = [one for one in found.values() if one.p is not None]
    for one, q in zip(tested, benjamini_hochberg([one.p or 0.0 for one in tested]), strict=True):
        found[one.outline.id] = _called(replace(one, q=q), level)
    told = [one.p for one in found.values() if one.result in KINDS and one.p is not None]
    bar = max(told, default=(1 - level) / max(len(tested), 1))
    among = np.arange(len(ground.signs))
    p = [_p_against(ground.change[i], ground.like[i], ground, among[among != i]) for i in among]
    known = np.array([one for one in p if one is not None])
    known = calibrated(known, known)
    return Roofs(
        each=tuple(found[one.id] if one.id in found else _untested(one, views) for one in outlines),
        bar=bar,
        places=len(known),
        passed=int((known <= bar).sum()),
        standing=len(steady),
    )


def _calibrated(found: dict[str, Roof], steady: set[str]) -> dict[str, Roof]:
    """The same with p on the scale of the steady roofs among them."""
    tested = [one for one in found.values() if one.p is not None and one.null == "roofs"]
    usual = np.array([one.p for one in tested if one.outline.id in steady])
    p = calibrated(np.array([one.p for one in tested]), usual)
    return found | {one.outline.id: replace(one, p=float(own)) for one, own in zip(tested, p, strict=True)}


def _why_not(outline: Outline, views: Views) -> tuple[str, str] | None:
    """Code and sentence of why a footprint cannot be compared."""
    if outline.narrow < LEAST_SIDE or len(outline.inside) < FEWEST:
        said = f"Its narrow side is {outline.narrow:.1f} pixels; {LEAST_SIDE:g} are needed."
        return "too-few-pixels", said
    if not fits(views, outline):
        return "not-seen", "Not all of it and of a ring around it shows on both images."
    return None


def _untested(outline: Outline, views: Views) -> Roof:
    return Roof(outline=outline, result=CANNOT_TELL, reason=_why_not(outline, views))


def _stands(roofs: Sample, ground: Sample, i: int) -> tuple[float, float] | None:
    """How usual the edge of a roof is among like places without one, before and after; None with too few of them."""
    if len(ground.signs) < FEWEST_NULL:
        return None
    near = ground.nearest(roofs.like[i], np.arange(len(ground.signs)), _AMONG)
    edges = np.array([ground.signs[j].edge for j in near])
    before, after = (shows(float(roofs.signs[i].edge[date_]), edges[:, date_]) for date_ in (0, 1))
    return before, after


def _turns(roofs: Sample, ground: Sample) -> tuple[F8, F8]:
    """How far the edge of each roof, and of each like place, grew or faded, in robust standard deviations of the
    places; zeros and none with too few of them."""
    if len(ground.signs) < FEWEST_NULL:
        return np.zeros(len(roofs.signs)), np.zeros(0)
    usual = np.array([one.edge_change for one in ground.signs])
    middle = float(np.median(usual))
    spread = 1.4826 * float(np.median(np.abs(usual - middle))) + 1e-9
    return (np.array([one.edge_change for one in roofs.signs]) - middle) / spread, (usual - middle) / spread


def _turned(stands: tuple[float, float] | None, turn: float) -> bool:
    """Whether a roof shows on one date and none on the other: such a one is no null for others."""
    if stands is None:
        return False
    return min(stands) <= STANDS < max(stands) and (max(stands) > GONE or abs(turn) > TURN)


def _p_against(change: F8, like: F8, sample: Sample, among: I8) -> float | None:
    near = sample.nearest(like, among, SIMILAR)
    return p_of(change, sample.change[near]) if len(near) >= FEWEST_NULL else None


def _tested(outline: Outline, i: int, roofs: Sample, steady: I8, turns: tuple[F8, F8]) -> Roof:
    """Against similar steady roofs; where there are too few, only the edge against that of like places, by rank."""
    p, null = _p_against(roofs.change[i], roofs.like[i], roofs, steady[steady != i]), "roofs"
    own, usual = turns
    if p is None and len(usual) >= FEWEST_NULL:
        p, null = float(1 + (np.abs(usual) >= abs(own[i])).sum()) / (1 + len(usual)), "places"
    if p is None:
        text = f"There are fewer than {FEWEST_NULL} similar roofs or like places to compare it with."
        return Roof(outline=outline, result=CANNOT_TELL, reason=("no-local-null", text), signs=roofs.signs[i])
    return Roof(outline=outline, result=NO_EVIDENCE, p=p, null=null, signs=roofs.signs[i])


def _called(roof: Roof, level: float) -> Roof:
    """The answer of a tested footprint: its kind by whether a roof's edge shows before and after.

    Against places without a roof only coming and going is told: roofs that stay differ more than bare ground does.
    """
    if roof.q is None or roof.q > 1 - level:
        return roof
    before, after = (one <= STANDS for one in roof.stands or (1.0, 1.0))
    clear = before != after and (max(roof.stands or (0.0,)) > GONE or abs(roof.turn) > TURN)
    came, went = clear and after and roof.turn > 0, clear and before and roof.turn < 0
    if roof.null == "places" and not (came or went):
        return roof
    if roof.outline.narrow < KIND_SIDE:
        said = f"Its narrow side is {roof.outline.narrow:.1f} pixels: that tells that it changed, not how."
        return replace(roof, result=CHANGED, reason=("low-resolution", said))
    if before and after:
        return _reroofed(roof)
    if came or went:
        return replace(roof, result=NEW if came else REMOVED)
    return replace(roof, result=CHANGED, reason=("kind", "Whether a roof stood before and after is not clear."))


def _reroofed(roof: Roof) -> Roof:
    """A roof of another colour, unless it may lean further than was searched: then its edge lies elsewhere."""
    if roof.signs is not None and max(map(abs, roof.signs.move)) >= REACH and roof.signs.likeness > LEANS:
        said = (
            f"It lies {REACH} pixels or more off itself on the other image: lean by height and look angle may do that."
        )
        return replace(roof, result=CANNOT_TELL, reason=("lean", said))
    return replace(roof, result=REROOFED)


def with_their_date(roofs: Roofs, drawn: When | None, before: date, after: date) -> Roofs:
    """The answers, less those that the date of the footprints contradicts.

    A footprint shows a roof that stood on its date. One that stood on the day of the first image was not put up after
    it; one that stood on the day of the second image, or later, was not removed between the two for good.
    """
    if drawn is None:
        return roofs
    on_first = drawn.earliest == drawn.latest == before
    late = drawn.earliest is not None and _day(drawn.earliest) >= after
    return replace(roofs, each=tuple(_contradicted(one, on_first=on_first, late=late) for one in roofs.each))


def _day(moment: object) -> date:
    text = str(moment)
    return date.fromisoformat(text[:10])


def _contradicted(roof: Roof, *, on_first: bool, late: bool) -> Roof:
    if roof.result == NEW and on_first:
        text = "The footprints show a roof on the day of the first image, and the images none: one of them is wrong."
    elif roof.result == REMOVED and late:
        text = "The footprints are of the second image's day or later and show a roof, and the images show it removed."
    else:
        return roof
    return replace(roof, result=CANNOT_TELL, reason=("footprints-date", text))
