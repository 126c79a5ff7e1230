"""Metres, where somebody matched landmarks: scale, area that was looked at, density. Without them, none."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dateline.core.errors import Refusal
from dateline.core.estimate import Estimate
from dateline.imagery.ground_points import CORNER, FEWEST_OBLIQUE, GroundFit
from dateline.imagery.still import Still
from dateline.ledger.finding import Note
from dateline.methods.counting.parts import Key
from dateline.methods.counting.words import interval

HECTARE = 10_000.0
"""[m2]"""
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Ground:
    """What the answer says in metres; empty without landmarks."""

    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    reasons: tuple[Note, ...] = ()
    caveats: tuple[Note, ...] = ()


def on_the_ground(
    fits: Sequence[GroundFit],
    areas: Mapping[Key, Box | None],
    stills: Sequence[Still],
    count: Estimate | None,
    *,
    level: float,
    asked: bool,
) -> Ground:
    """`scale` [m] of one picture, `area` [m2] of all that was looked at, `density` [1/ha] of what was counted there.

    areas: by image and tile, None: the whole picture [px]. asked: metres or nothing. Raises Refusal `no-ground` where
    metres are asked for and a counted picture has neither landmarks nor a georeference.
    """
    placed = {fit.image: fit for fit in fits}
    lacking = sorted({image for image, _ in areas} - set(placed)) or ([] if placed else ["the picture"])
    if asked and lacking:
        raise Refusal(
            "Metres were asked for, and nobody knows how large the ground on the picture is.",
            saw=f"no landmarks and no georeference: {', '.join(lacking)}",
            do="Match four landmarks or more on the picture and on a map, and give them as --landmarks; or count only.",
            code="no-ground",
        )
    if not placed:
        return Ground()
    estimates = {"scale": placed[fits[0].image].scale(level=level)} if len(placed) == 1 else {}
    boxes = {} if lacking else _boxes(areas, {still.name: still.size for still in stills})
    if boxes:
        estimates["area"] = _together([placed[image].area(given, level=level) for image, given in boxes.items()])
        if count is not None and count.best > 0:
            estimates["density"] = _density(count, estimates["area"])
    values = {"ground": {name: fit.to_json() for name, fit in placed.items()}}
    return Ground(estimates, values, tuple(_reasons(fits, estimates)), tuple(_caveats(fits, lacking)))


def _boxes(areas: Mapping[Key, Box | None], sizes: Mapping[str, tuple[int, int]]) -> dict[str, list[Box]]:
    """What was looked at, by picture. Empty where the outline of a tile is not known."""
    made: dict[str, list[Box]] = {}
    for (image, tile), area in areas.items():
        if area is None and tile is not None:
            return {}
        width, height = sizes[image]
        made.setdefault(image, []).append(area or (0.0, 0.0, float(width), float(height)))
    return made


def _together(areas: Sequence[Estimate]) -> Estimate:
    """A sum of areas; their bounds are added, as one person's landmarks may err alike."""
    first = areas[0]
    if len(areas) == 1:
        return first
    return Estimate(
        best=sum(one.best for one in areas), low=sum(one.low or 0.0 for one in areas),
        high=sum(one.high or 0.0 for one in areas), unit=first.unit, level=first.level,
        n=min(one.n for one in areas), how=first.how,
    )  # fmt: skip


def _density(count: Estimate, area: Estimate) -> Estimate:
    """Count by area: half-widths of the logarithms in quadrature, as the two err apart from each other.

    A bound that the count or the area leaves open stays open. Nothing counted has no logarithm: its upper bound is the
    greatest count on the least area.
    """
    best = HECTARE * count.best / area.best
    low, high = _lower(count, area), _upper(count, area)
    return Estimate(
        best=best, low=None if low is None else best * low, high=None if high is None else HECTARE * high,
        unit="1/ha", level=min(count.level, area.level), n=min(count.n, area.n), how=f"{count.how} over {area.how}",
    )  # fmt: skip


def _lower(count: Estimate, area: Estimate) -> float | None:
    """The lower bound as a share of the best value; None where it is open."""
    if count.low is None or area.high is None:
        return None
    if count.low <= 0:
        return 0.0
    return math.exp(-math.hypot(math.log(count.best / count.low), math.log(area.high / area.best)))


def _upper(count: Estimate, area: Estimate) -> float | None:
    """The upper bound [m-2]; None where it is open."""
    if count.high is None or area.low is None or area.low <= 0:
        return None
    if count.best <= 0:
        return count.high / area.low
    return (
        count.best / area.best * math.exp(math.hypot(math.log(count.high / count.best), math.log(area.best / area.low)))
    )


def _reasons(fits: Sequence[GroundFit], estimates: Mapping[str, Estimate]) -> Iterable[Note]:
    for fit in fits:
        told = fit.to_json()
        who = ", ".join(told["matched_by"]) or "nobody named"
        text = (
            f"{fit.image}: {told['landmarks']} landmarks, matched by {who}, lie {told['residual_m']:.2g} m from one "
            f"{fit.model} plane; left out one by one, {told['left_out_m']:.2g} m from where the others put them."
        )
        yield Note(code="landmarks", text=text)
    said = [f"{name} {i['best']} ({i['low']}-{i['high']}) {e.unit}" for name, e in estimates.items()
            for i in [interval(e)]]  # fmt: skip
    if said:
        yield Note(code="ground", text=f"On the ground: {'; '.join(said)}.")


def _caveats(fits: Sequence[GroundFit], lacking: Sequence[str]) -> Iterable[Note]:
    if lacking:
        text = f"Area and density are not given: nobody matched landmarks on {', '.join(lacking)}."
        yield Note(code="landmarks-missing", text=text)
    for fit in fits:
        if any(not one.by for one in fit.landmarks):
            yield Note(code="landmarks-by-nobody", text=f"{fit.image}: nobody is named who matched the landmarks.")
        if len(fit.landmarks) < FEWEST_OBLIQUE:
            text = (
                f"{fit.image}: {len(fit.landmarks)} landmarks cannot tell whether the picture looks at a slant; "
                f"the metres are right for one that looks straight down. {FEWEST_OBLIQUE} or more would show it."
            )
            yield Note(code="slant-untested", text=text)
        if fit.enclosed < CORNER:
            share = f"{100 * fit.enclosed:.0f} %"
            text = f"{fit.image}: the landmarks enclose {share} of the picture; beyond them metres are a guess."
            yield Note(code="landmarks-in-corner", text=text)
        worst = float(fit.left_out.max())
        rest = sorted(fit.left_out)[: len(fit.left_out) // 2 + 1]
        if len(fit.left_out) > 4 and worst > 6 * max(rest[-1], 1e-9):
            number = int(fit.left_out.argmax()) + 1
            text = f"{fit.image}: landmark {number} lies {worst:.3g} m from where the others put it: match it again."
            yield Note(code="landmark-off", text=text)
