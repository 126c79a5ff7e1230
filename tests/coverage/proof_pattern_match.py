"""Layouts drawn twice from one template and from two, and the figures of `pattern_match` for `make proof`.

Legs and angles scatter by the share that is told; the unrelated layouts come from templates of their own. In another
row whole families are left out of the unrelated layouts: what is asked about is of a kind that nobody thought of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from dateline.imagery.shapes import Line, Pattern
from dateline.measure.gather.shapes import simulated
from dateline.methods.contract import Inputs, Parameters
from dateline.methods.pattern_match import ALIKE, CANNOT_TELL, CARD, UNLIKE, run
from dateline.simulate.fieldworks import FAMILIES, UNPLANNED, Template, layout, template

MADE = 60
PLANNED = tuple(sorted(set(FAMILIES) - set(UNPLANNED)))


def site(of: Template, rng: np.random.Generator, *, jitter: float, length: float, name: str) -> Pattern:
    """One site of a template, about `length` [m] long."""
    each = max(length / of.lines, 3 * of.leg)
    lines = tuple(Line(points, of.width) for points in layout(of, rng, jitter=jitter, length=each))
    return Pattern(id=name, name=name, lines=lines)


def asked(
    runs: int, seed: int, *, one: bool, jitter: float = 0.15, length: float = 500.0, without: Sequence[str] = ()
) -> dict[str, Any]:
    """Shares of answers over pairs of sites of one template, or of two; `without` families in the unrelated layouts."""
    rng = np.random.default_rng(seed)
    results, ratios, firsts = Counter[str](), [], 0
    unrelated = simulated(MADE * 2 if without else MADE, seed=seed, length=length)
    if without:
        unrelated = {
            role: tuple(one for one in given if not any(name in one.name for name in without))[-MADE:]
            for role, given in unrelated.items()
        }
    for number in range(runs):
        of = template(rng, str(rng.choice(without or PLANNED)))
        other = of if one else template(rng)
        pair = [site(each, rng, jitter=jitter, length=length, name=name) for each, name in ((of, "A"), (other, "B"))]
        roles = {"first": (pair[0],), "second": (pair[1],), **unrelated}
        answer = run(Inputs(roles), Parameters.of(CARD, {"made": MADE}), rng=np.random.default_rng(number))
        results[answer.result] += 1
        if "likelihood_ratio" in answer.estimates:
            ratios.append(answer.estimates["likelihood_ratio"].best)
            firsts += max(answer.values["ranks"]["from_first"], answer.values["ranks"]["from_second"]) <= 3
    told = max(runs - results[CANNOT_TELL], 1)
    return {
        "sites": "of one template" if one else "of two",
        "scatter": jitter,
        "length, m": length,
        "kind unthought of": bool(without),
        "more alike": results[ALIKE] / told,
        "less alike": results[UNLIKE] / told,
        "cannot tell": results[CANNOT_TELL] / runs,
        "rank 3 or better": firsts / told,
        "middle ratio": float(np.median(ratios)),
    }


def figures(runs: int = 40) -> list[dict[str, Any]]:
    """All figures of the proof, one row each."""
    rows = []
    for number, (jitter, length) in enumerate(((0.05, 500.0), (0.15, 500.0), (0.3, 500.0), (0.15, 200.0))):
        rows += [asked(runs, 30 + number, one=one, jitter=jitter, length=length) for one in (True, False)]
    for family in PLANNED[:2]:
        rows += [asked(runs, 50, one=one, without=(family,)) for one in (True, False)]
    return rows
