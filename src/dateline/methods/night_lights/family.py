"""Many places as one family: q-values, ranking, shares up and down, and a named contrast between groups."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import stats

from dateline.core.estimate import Estimate
from dateline.methods.night_lights.call import stopped, unmeasured
from dateline.methods.night_lights.noise import Spread, welch
from dateline.methods.night_lights.place import Measured, Settings, with_q
from dateline.methods.night_lights.yardstick import beside_controls, false_discovery


def beside(places: Sequence[Measured], controls: Sequence[Measured], settings: Settings) -> list[Measured]:
    """The places with their difference in differences against the controls that could be compared."""
    logs = [control.log_ratio for control in controls if comparable(control, settings)]
    return [
        replace(place, controls=beside_controls(place.testable(settings.floor), place.noise, logs, settings.level))
        if math.isfinite(place.testable(settings.floor))
        else place
        for place in places
    ]


def as_family(places: Sequence[Measured], settings: Settings) -> list[Measured]:
    """The places with q-values, over those that could be compared at all (Benjamini and Hochberg 1995).

    A single place is no family: its own tests decide.
    """
    if len(places) == 1:
        return list(places)
    tested = [place for place in places if stopped(place, settings) is None]
    q_values = false_discovery([place.p_called(settings) for place in tested])
    q_of = {place.id: q for place, q in zip(tested, q_values, strict=True)}
    return [with_q(place, q_of[place.id]) if place.id in q_of else place for place in places]


def comparable(place: Measured, settings: Settings) -> bool:
    """Whether a place has a finite ratio and nothing that stops it, its own interval aside."""
    return math.isfinite(place.log_ratio) and not unmeasured(place, settings)


def ranked(places: Sequence[Measured], settings: Settings) -> list[Measured]:
    """From the largest increase to the largest decrease; places that could not be compared last."""
    known = [place for place in places if not unmeasured(place, settings)]
    rest = [place for place in places if unmeasured(place, settings)]
    return [*sorted(known, key=lambda place: (-place.log_ratio, place.id)), *sorted(rest, key=lambda place: place.id)]


def extremes(order: Sequence[Measured], ends: int, settings: Settings) -> list[Measured]:
    """The `ends` first and last places of a ranking that could be compared; the first of all where they are too few."""
    known = [place for place in order if not unmeasured(place, settings)]
    return list(order[: 2 * ends]) if len(known) < 2 * ends else [*known[:ends], *known[-ends:]]


def same_ground(place: Measured) -> tuple[bytes, ...] | None:
    """What two outlines of the same pixels have in common, to nine digits: their sums, pair by pair.

    None where nothing was seen, and for tables, whose rounded values are equal by chance.
    """
    sums = [values.sum(axis=1) for values in (place.place.sum_a, place.place.sum_b, place.place.weight)]
    if place.light.lit is None or not place.pairs or place.light.a + place.light.b <= 0:
        return None
    return tuple(f"{value:.9g}".encode() for values in sums for value in values)


def repeated(places: Sequence[Measured], beside: Sequence[Measured] = ()) -> tuple[str, ...]:
    """The ids of the places that lie on the ground of one before them, or of one of `beside`."""
    met = {ground for place in beside if (ground := same_ground(place)) is not None}
    found = []
    for place in places:
        ground = same_ground(place)
        if ground is not None and ground in met:
            found.append(place.id)
        elif ground is not None:
            met.add(ground)
    return tuple(found)


def shares(places: Sequence[Measured], settings: Settings) -> dict[str, Any]:
    """Share of places up and down by more than the stated change, with Wilson intervals (1927,
    doi:10.1080/01621459.1927.10502953): the places are taken as a sample of such places.

    A place with one side below the floor counts with the least change that the floor allows.
    """
    known = [place.testable(settings.floor) for place in places if not unmeasured(place, settings)]
    logs = np.array([log for log in known if math.isfinite(log)])
    border = math.log1p(settings.more_than)
    counts = {"up": int((logs > border).sum()), "down": int((logs < -border).sum())}
    found = {name: wilson(count, len(logs), settings.level) for name, count in counts.items()}
    told = {name: share.to_json() for name, share in found.items() if share is not None}
    return {"more_than": settings.more_than, "places": len(logs), **told}


def wilson(count: int, of: int, level: float) -> Estimate | None:
    """A share [1] with its Wilson score interval; None where there is nothing to take a share of."""
    if not of:
        return None
    test = stats.binomtest(count, of).proportion_ci(confidence_level=level, method="wilson")
    return Estimate(
        best=count / of,
        low=min(float(test.low), count / of),
        high=max(float(test.high), count / of),
        unit="1",
        level=level,
        n=of,
        how="Wilson score interval over places",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One group against another: the ratio of their typical (geometric mean) ratios."""

    group: str
    against: str
    counts: tuple[int, int]
    typical: tuple[float, float]
    estimate: Estimate

    def to_json(self) -> dict[str, Any]:
        """For the finding's values."""
        return {
            "group": self.group,
            "against": self.against,
            "places": list(self.counts),
            "typical_ratio": [math.exp(value) for value in self.typical],
            "ratio_of_ratios": self.estimate.to_json(),
        }


def keyed(contrasts: Sequence[Contrast]) -> dict[str, Contrast]:
    """Contrasts by the key of their estimate: the group's name in a-z, 0-9 and hyphens, numbered where it recurs."""
    told: dict[str, Contrast] = {}
    for one in contrasts:
        plain = unicodedata.normalize("NFKD", one.against).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "group"
        key, number = f"contrast_with_{slug}", 2
        while key in told:
            key, number = f"contrast_with_{slug}-{number}", number + 1
        told[key] = one
    return told


def contrasts(
    groups: Mapping[str, Sequence[str]], places: Sequence[Measured], settings: Settings, rng: np.random.Generator
) -> list[Contrast]:
    """The first group against each other one, of those with two or more comparable places."""
    by_id = {place.id: place.log_ratio for place in places if comparable(place, settings)}
    logs = {name: np.array([by_id[one] for one in ids if one in by_id]) for name, ids in groups.items()}
    names = [name for name, values in logs.items() if len(values) >= 2]
    if not names or names[0] != next(iter(groups)):
        return []
    return [_contrast(names[0], other, logs, settings, rng) for other in names[1:]]


def _contrast(
    group: str, against: str, logs: Mapping[str, np.ndarray[Any, Any]], settings: Settings, rng: np.random.Generator
) -> Contrast:
    """Difference of mean log ratios, resampling places within each group, with Welch's t for small groups."""
    one, other = logs[group], logs[against]
    spreads = tuple(_spread_of_mean(values, settings.draws, rng) for values in (one, other))
    total = welch(spreads)
    best = float(one.mean() - other.mean())
    half = float(stats.t.ppf((1 + settings.level) / 2, total.df)) * math.sqrt(total.variance)
    return Contrast(
        group=group,
        against=against,
        counts=(len(one), len(other)),
        typical=(float(one.mean()), float(other.mean())),
        estimate=Estimate(
            best=math.exp(best),
            low=math.exp(best - half),
            high=math.exp(best + half),
            unit="1",
            level=settings.level,
            n=len(one) + len(other),
            how=f"bootstrap over places, Welch's t with {total.df:.1f} degrees of freedom",
        ),
    )


def _spread_of_mean(values: np.ndarray[Any, Any], draws: int, rng: np.random.Generator) -> Spread:
    count = len(values)
    drawn = values[rng.integers(count, size=(draws, count))].mean(axis=1)
    return Spread(float(drawn.var(ddof=1)) * count / (count - 1), count - 1.0)
