"""Simulated fields with known truth and the real seal tiles, and the figures of `counting` for `make proof`.

Fields of 40 tiles, even to very patchy; people who miss what is hard to see, click beside it and mark what is not
there, some of it together; a detector with scores. And many draws of checked tiles from the seals, at every threshold.
"""

from __future__ import annotations

import csv
import json
import math
import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from dateline.methods.counting.calibrate import quorum_of, sample
from dateline.methods.counting.estimators import Rules, look
from dateline.methods.counting.matching import F8
from dateline.methods.counting.parts import checks, sides
from dateline.methods.counting.ratio import Checked, expansion, ratio
from dateline.simulate.annotators import Annotator, Field, mark, world

LEVEL = 0.9
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
RULES = Rules(level=LEVEL, quorum=None, frame=None, false_share=0.15, uneven=0.15, gate=None)
FIELDS = {
    "even": Field(patchy=0.05),
    "usual": Field(),
    "patchy": Field(patchy=1.5),
    "sparse": Field(mean=3.0, patchy=1.0),
    "200 tiles": Field(tiles=200),
}
CREWS = {
    "two": (Annotator(name="a"), Annotator(name="b", hit=0.75, uneven=1.0)),
    "two, uneven": (Annotator(name="a", uneven=1.5), Annotator(name="b", hit=0.7, uneven=1.5)),
    "two, many false": (Annotator(name="a", false=0.3, lure=0.6), Annotator(name="b", hit=0.75, false=0.2, lure=0.6)),
    "five": tuple(
        Annotator(name=name, hit=hit, uneven=1.0, false=false)
        for name, hit, false in zip("abcde", (0.9, 0.8, 0.7, 0.6, 0.5), (0.05, 0.1, 0.2, 0.1, 0.3), strict=True)
    ),
    "detector": (Annotator(name="d", hit=0.8, uneven=1.0, false=0.4, detector=True),),
}


@dataclass(frozen=True, slots=True)
class Seals:
    """truth: (tiles,) labelled animals; scores: by tile, those of the detector's boxes."""

    truth: F8
    scores: tuple[F8, ...]

    def above(self, threshold: float) -> F8:
        """(tiles,) boxes at this score or over it."""
        return np.array([float((each >= threshold).sum()) for each in self.scores])


def seals(samples: Path) -> Seals:
    """The 20 tiles of the sample."""
    home = samples / "sites" / "seals"
    boxes = json.loads((home / "model_detections.json").read_text())
    with (home / "annotations.csv").open(newline="") as rows:
        counts = Counter(row["file"] for row in csv.DictReader(rows))
    names = sorted(boxes)
    return Seals(
        np.array([float(counts[name]) for name in names]),
        tuple(np.array([box["score"] for box in boxes[name]]) for name in names),
    )


def seal_draws(of: Seals, threshold: float, checked: int, runs: int, *, level: float = LEVEL) -> dict[str, Any]:
    """Many draws of checked tiles at one threshold: coverage, the middle of the estimates, their widths."""
    rng = np.random.default_rng(1)
    assist, truth, total = of.above(threshold), of.truth, of.truth.sum()
    held, best, width = 0, [], []
    for _ in range(runs):
        at = rng.choice(len(truth), checked, replace=False)
        found = ratio(Checked(assist[at], truth[at], assist.sum(), float(len(truth))), level=level)
        if found is None or found.low is None or found.high is None:
            continue
        held += found.contains(total)
        best.append(found.best)
        width.append(found.high - found.low)
    return {"raw": int(assist.sum()), "held": held / runs, "median": float(np.median(best)),
            "median width": float(np.median(width)), "truth": int(total)}  # fmt: skip


def tiles_of(patchy: float, mean: float, tiles: int, rng: np.random.Generator) -> tuple[F8, F8]:
    """(tiles,) counts of an assist and the truth: misses that vary from tile to tile, false marks everywhere."""
    truth = rng.poisson(rng.gamma(1 / patchy, mean * patchy, tiles))
    assist = rng.binomial(truth, rng.beta(6, 3, tiles)) + rng.poisson(0.1 * mean, tiles)
    return assist.astype(np.float64), truth.astype(np.float64)


def ratio_draws(patchy: float, mean: float, tiles: int, checked: int, *, runs: int, seed: int) -> dict[str, Any]:
    """The ratio alone, and the plots alone, on fresh fields."""
    rng = np.random.default_rng(seed)
    held = told = alone = widths = plots = 0.0
    for _ in range(runs):
        assist, truth = tiles_of(patchy, mean, tiles, rng)
        at = rng.choice(tiles, checked, replace=False)
        found = ratio(Checked(assist[at], truth[at], assist.sum(), float(tiles)), level=LEVEL)
        plain = expansion(truth[at], float(tiles), level=LEVEL)
        if found is None or plain is None or found.low is None or found.high is None:
            continue
        told += 1
        held += found.contains(truth.sum())
        alone += plain.contains(truth.sum())
        widths += (found.high - found.low) / truth.sum()
        plots += ((plain.high or 0) - (plain.low or 0)) / truth.sum()
    return {"told": told / runs, "held": held / told, "mean width": widths / told, "plots held": alone / told,
            "plots' width": plots / told}  # fmt: skip


def crew_draws(field: Field, crew: tuple[Annotator, ...], checked: int, runs: int, seed: int) -> dict[str, Any]:
    """The whole way from marks: matching, quorum, ratio to a random sample of checked tiles."""
    rng = np.random.default_rng(seed)
    held = told = off = 0.0
    for _ in range(runs):
        there = world(field, rng)
        people, machines, _ = sides([replace(each, covariates=()) for each in mark(there, crew, rng)], 0.5)
        side = people or machines[0]
        gate = side.gate()
        candidates = side.candidates(1.0 if gate is None else gate.distance)
        tiles = checks([there.truth(int(at)) for at in rng.choice(field.tiles, checked, replace=False)])
        found = ratio(sample(side, candidates, tiles, quorum=quorum_of(len(side.names), None), frame=None), level=LEVEL)
        if found is not None:
            told += 1
            held += found.contains(there.total)
            off += found.best / there.total - 1
    return {"told": told / runs, "held": held / told, "mean error": off / told}


def unchecked_draws(crew: tuple[Annotator, ...], runs: int, seed: int) -> dict[str, Any]:
    """Independent people whom nobody checked: the interval with margins, and the plain formula beside it."""
    rng = np.random.default_rng(seed)
    held = plain = told = off = 0.0
    for _ in range(runs):
        there = world(Field(tiles=12, mean=20), rng)
        side, _, _ = sides([replace(each, covariates=()) for each in mark(there, crew, rng)], 0.5)
        assert side is not None
        seen = look(side, (), RULES)
        if seen.headline is None:
            continue
        told += 1
        held += seen.headline.contains(there.total)
        (formula,) = seen.estimates.values()
        plain += formula.contains(there.total)
        off += formula.best / there.total - 1
    return {"told": told / runs, "held": held / told, "formula held": plain / told, "formula's mean error": off / told}


def slack(share: float, runs: int) -> float:
    """Three standard errors of a share."""
    return 3 * math.sqrt(share * (1 - share) / runs)


def figures(runs: int = 2000) -> list[dict[str, Any]]:
    """All figures of the proof, one row each."""
    rows: list[dict[str, Any]] = []
    named = os.environ.get("DATELINE_SAMPLES")
    if named:
        of = seals(Path(named))
        rows += [
            {"what": "seals, 10 of 20 tiles checked", "threshold": at, "draws": runs, **seal_draws(of, at, 10, runs)}
            for at in THRESHOLDS
        ]
    rows += [
        {"what": "ratio", "squared variation": patchy, "mean": mean, "tiles": tiles, "checked": checked, "runs": runs,
         **ratio_draws(patchy, mean, tiles, checked, runs=runs, seed=7)}
        for patchy, mean in ((0.05, 20.0), (0.7, 8.0), (1.0, 2.0), (2.5, 10.0))
        for tiles in (60, 400)
        for checked in (10, 20, 30)
    ]  # fmt: skip
    rows += [
        {"what": "marks to number", "field": name, "crew": crew, "checked": checked, "runs": runs // 5,
         **crew_draws(field, CREWS[crew], checked, runs // 5, 11)}
        for name, field in FIELDS.items()
        for crew in CREWS
        for checked in ((10, 20) if name != "200 tiles" else (20,))
    ]  # fmt: skip
    rows += [
        {"what": "nobody checked", "crew": crew, "runs": runs // 10, **unchecked_draws(CREWS[crew], runs // 10, 13)}
        for crew in ("two", "two, uneven", "two, many false", "five")
    ]
    return rows
