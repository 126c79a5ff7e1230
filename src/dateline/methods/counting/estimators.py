"""All estimators beside each other, and the written rule that says which one is the headline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dateline.core.estimate import Estimate
from dateline.methods.counting import calibrate, observers
from dateline.methods.counting.latent import latent
from dateline.methods.counting.matching import CURVE, F8, Candidates, Gate
from dateline.methods.counting.parts import Key, Side, Tile
from dateline.methods.counting.ratio import Checked, expansion, ratio

NEAR = (0.75, 1.0, 1.5)
"""Multiples of the gate that an unchecked count must allow for."""
FEWEST_MATCHES = 5
"""Objects that two unchecked people must have in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The parameters that estimators need: see the card."""

    level: float
    quorum: int | None
    frame: float | None
    false_share: float
    uneven: float
    gate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One side (people, or one detector) with everything that can be made of its marks."""

    side: Side
    gate: Gate | None
    candidates: Mapping[Key, Candidates]
    quorum: int
    sample: Checked | None
    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    lower: Estimate | None = None
    classes: Mapping[str, Any] | None = None
    headline: Estimate | None = None
    """Of people who were not checked: the estimate with its margins for false marks, unevenness and the gate."""

    @property
    def table(self) -> observers.Seen:
        """(n, people) who marked each candidate, over all parts."""
        found: observers.Seen = np.concatenate([each.seen for each in self.candidates.values()])
        return found

    @property
    def agreed(self) -> int:
        """Candidates that at least two marked."""
        return int((self.table.sum(axis=1) >= 2).sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """All that was given: the people, each detector, those who looked at a part only, and the checked tiles."""

    seen: Seen | None
    machines: tuple[Seen, ...]
    partly: tuple[str, ...]
    tiles: tuple[Tile, ...]

    @property
    def main(self) -> Seen | None:
        """The side that is counted with: people before detectors."""
        return self.seen or (self.machines[0] if self.machines else None)


def look(side: Side, tiles: Sequence[Tile], rules: Rules) -> Seen:
    """Matches the marks of one side and runs every estimator that its marks allow."""
    gate = Gate(rules.gate, None, None) if rules.gate is not None else side.gate()
    reach = 1.0 if gate is None else gate.distance
    candidates = side.candidates(reach)
    quorum = calibrate.quorum_of(len(side.names), rules.quorum)
    sample = calibrate.sample(side, candidates, tiles, quorum=quorum, frame=rules.frame) if tiles else None
    made = Seen(side=side, gate=gate, candidates=candidates, quorum=quorum, sample=sample)
    estimates: dict[str, Estimate | None] = {}
    if sample is not None:
        estimates["ratio"] = ratio(sample, level=rules.level)
        if sample.tiles is not None:
            estimates["plots alone"] = expansion(sample.truth, sample.tiles, level=rules.level)
    many = len(side.names) > 1 and side.independent
    if many:
        estimates |= _double(made.table, _covariates(side, candidates), rules)
    unchecked = _with_margins(side, reach, rules) if many and made.agreed >= FEWEST_MATCHES else None
    if unchecked is not None and (fit := estimates.get("Huggins")) is not None:
        unchecked = _of_huggins(fit, rules)
    return Seen(
        side=side, gate=gate, candidates=candidates, quorum=quorum, sample=sample,
        estimates={name: found for name, found in estimates.items() if found is not None},
        lower=observers.chao(made.table, level=rules.level) if many else None,
        classes=_classes(side, candidates, tiles, reach) if many and tiles else None,
        headline=unchecked,
    )  # fmt: skip


def _double(table: observers.Seen, covariates: F8 | None, rules: Rules) -> dict[str, Estimate | None]:
    counts = table.sum(axis=0).astype(np.float64)
    found = float(len(table))
    made: dict[str, Estimate | None] = {}
    if table.shape[1] == 2:
        made["Chapman"] = observers.chapman(counts[0], counts[1], counts.sum() - found, level=rules.level)
    else:
        made["M_t"] = observers.mt(counts, found, level=rules.level)
    if covariates is not None:
        fit = observers.huggins(table, covariates, level=rules.level)
        made["Huggins"] = None if fit is None else fit.estimate
    return made


def _covariates(side: Side, candidates: Mapping[Key, Candidates]) -> F8 | None:
    """(n, c) of each candidate: the mean of what those who marked it noted. None unless every mark has them."""
    names = {name for given in side.covariates.values() for each in given for name in each}
    if not names:
        return None
    rows = []
    for key, found in candidates.items():
        columns = []
        for name in sorted(names):
            values = np.full(found.marks.shape, np.nan)
            for person, given in enumerate(side.covariates[key]):
                if name in given and len(given[name]):
                    marked = found.marks[:, person] >= 0
                    values[marked, person] = given[name][found.marks[marked, person]]
            known = np.isfinite(values)
            total = np.where(known, values, 0.0).sum(axis=1)
            columns.append(np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), np.nan))
        rows.append(np.stack(columns, axis=1))
    made = np.concatenate(rows)
    return made if len(made) and np.isfinite(made).all() else None


def _classes(
    side: Side, candidates: Mapping[Key, Candidates], tiles: Sequence[Tile], gate: float
) -> dict[str, Any] | None:
    known = calibrate.anchor(side, candidates, tiles, gate)
    table = np.concatenate([each.seen for each in candidates.values()])
    found = latent(table, known.known, known.missed)
    if found is None:
        return None
    share = {n: float(r) for n, r in zip(side.names, found.recall, strict=True)}
    return {"best": found.total, "recall": share,
            "false": {n: float(f) for n, f in zip(side.names, found.false, strict=True)}}  # fmt: skip


def _with_margins(side: Side, gate: float, rules: Rules) -> Estimate | None:
    """The widest of what the gates near the chosen one, the assumed false marks and unevenness allow.

    With three people or more lone marks are mostly false: the quorum's number is the best value, and inside.
    """
    low: list[float] = []
    high: list[float] = []
    best = None
    for factor in NEAR:
        table = np.concatenate([each.seen for each in side.candidates(gate * factor).values()])
        fit = _fits(table, rules)
        if fit is None:
            return None
        middle, least, most = fit
        if len(side.names) > 2:
            middle = float((table.sum(axis=1) >= calibrate.quorum_of(len(side.names), rules.quorum)).sum())
            least = min(least, middle)
        low.append(least)
        high.append(most)
        best = middle if factor == 1.0 else best
    assert best is not None
    how = "independent people, with margins for false marks, uneven visibility and the gate"
    return Estimate(
        best=float(np.clip(best, min(low), max(high))), low=min(low), high=max(high), unit="1",
        level=rules.level, n=len(side.names), how=how,
    )  # fmt: skip


def _of_huggins(fit: Estimate, rules: Rules) -> Estimate:
    """Covariates take the place of the margin for unevenness; false marks of both enter as the square."""
    assert fit.low is not None
    least, middle = (1 - rules.false_share) ** 2, (1 - rules.false_share / 2) ** 2
    how = "independent people, chances by covariates, with a margin for false marks"
    return replace(fit, best=fit.best * middle, low=min(fit.low * least, fit.best * middle), how=how)


def _fits(table: observers.Seen, rules: Rules) -> tuple[float, float, float] | None:
    """Middle, least and most of one gate's matches."""
    counts, found = table.sum(axis=0).astype(np.float64), float(len(table))
    plain, fewest, most = observers.with_margins(
        counts, found, false_share=rules.false_share, uneven=rules.uneven, level=rules.level
    )
    middle, _, middling = observers.with_margins(
        counts * (1 - rules.false_share / 2), max(found - rules.false_share / 2 * counts.sum(), counts.max()),
        false_share=0.0, uneven=rules.uneven / 2, level=rules.level,
    )  # fmt: skip
    if plain is None or fewest is None or most is None or middling is None or middle is None:
        return None
    assert fewest.low is not None
    assert most.high is not None
    return float(middling.best), float(fewest.low), float(most.high)


def curve(seen: Seen, tiles: Sequence[Tile], rules: Rules) -> list[dict[str, Any]]:
    """The sensitivity curve: what the numbers would be at other gates [px]."""
    if seen.gate is None or len(seen.side.names) < 2:
        return []
    rows = []
    for factor in CURVE:
        found = seen.side.candidates(seen.gate.distance * factor)
        table = np.concatenate([each.seen for each in found.values()])
        row: dict[str, Any] = {
            "gate": seen.gate.distance * factor,
            "candidates": len(table),
            "agreed": int((table.sum(axis=1) >= 2).sum()),
            "quorum": int((table.sum(axis=1) >= seen.quorum).sum()),
        }
        if tiles:
            checked = calibrate.sample(seen.side, found, tiles, quorum=seen.quorum, frame=rules.frame)
            estimate = ratio(checked, level=rules.level)
            row["ratio"] = None if estimate is None else estimate.best
        if seen.side.independent:
            plain = observers.with_margins(
                table.sum(axis=0).astype(np.float64), float(len(table)), false_share=0.0, uneven=0.0, level=rules.level
            )[0]
            row["unchecked"] = None if plain is None else plain.best
        rows.append(row)
    return rows
