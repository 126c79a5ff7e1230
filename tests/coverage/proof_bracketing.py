"""Simulated looks with a known onset, and the figures of `bracketing` for `make proof`.

A random onset within 180 days. A high-resolution image (0.5 m) about every 30 days that shows the thing in 95 % of
cases when it is there, a coarse one (3 m) every five days of which cloud takes 45 %. On the coarse one the thing is
seen in 95, 50 or 10 % of cases; either sees one that is not there in 1 %. The rates are those that the method is told
or assumes. Compared with what is usually told ("last absent, first present" of any image) and with the high-resolution
images alone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from dateline.ledger.site_look import Answer, SiteLook
from dateline.methods.bracketing.answers import Judged, Rule, judge
from dateline.methods.bracketing.hard import bracket, naive
from dateline.methods.bracketing.likely import appeared

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
SPAN, LEVEL, ALARM = 180.0, 0.95, 0.01
FINE, COARSE = 0.5, 3.0
NARROW = {"seen by the coarse sensor": (10.0, 0.95), "marginal": (7.5, 0.5), "below a pixel": (2.0, 0.1)}
"""Narrow side of the thing [m] and the coarse sensor's true chance to show it [1]."""


def looks(onset: float, coarse: float, rng: np.random.Generator) -> list[SiteLook]:
    """Answers about a thing that came at `onset` [day]."""
    fine_at = rng.uniform(0, 30) + 30 * np.arange(6) + rng.uniform(-5, 5, 6)
    coarse_at = rng.uniform(0, 5) + 5 * np.arange(36)
    coarse_at = coarse_at[rng.random(36) > 0.45]
    made = []
    for name, at, gsd, detection in (("fine", fine_at, FINE, 0.95), ("coarse", coarse_at, COARSE, coarse)):
        chance = np.where(at >= onset, detection, ALARM)
        for i, (day, seen) in enumerate(zip(at, rng.random(len(at)) < chance, strict=True)):
            when = EPOCH + timedelta(days=float(day))
            answer: Answer = "present" if seen else "absent"
            made.append(
                SiteLook(image=f"{name} {i}", start=when, end=when, sensor=name, gsd=gsd, answer=answer, by="simulated")
            )
    return made


def held(ends: tuple[datetime | None, datetime | None], onset: float) -> tuple[bool, float]:
    """Whether (after, by] holds the onset, and its width [day], an open side taken to the end of the time searched."""
    low, high = (None if end is None else (end - EPOCH) / timedelta(days=1) for end in ends)
    inside = (low is None or low < onset) and (high is None or onset <= high)
    return inside, (SPAN if high is None else high) - (0.0 if low is None else low)


def one_run(narrow: float, coarse: float, rng: np.random.Generator) -> dict[str, tuple[bool, float]]:
    """Held and width of each way of telling."""
    onset = float(rng.uniform(0, SPAN))
    given = looks(onset, coarse, rng)
    judged = judge(given, Rule(narrow=narrow))
    fine: list[Judged] = [one for one in judged if one.sensor == "fine"]
    gaps, zero = appeared(judged, before=0.1, never=0.1)
    spans = list(gaps.spans(LEVEL))
    offset = (zero - EPOCH) / timedelta(days=1)
    kept = gaps.chosen(LEVEL)
    first, last = gaps.edges[0] + offset, gaps.edges[-1] + offset
    inside = any(a + offset < onset <= b + offset for a, b in spans)
    inside |= bool(kept[0]) and onset <= first
    inside |= bool(kept[-1]) and onset > last
    width = sum(b - a for a, b in spans) + kept[0] * max(first, 0.0) + kept[-1] * max(SPAN - last, 0.0)
    return {
        "naive": held(naive(judged), onset),
        "high resolution alone": held(bracket(fine).appeared.times, onset),
        "bracket": held(bracket(judged).appeared.times, onset),
        "likelihood": (inside, float(width)),
    }


def coverage(name: str, runs: int, seed: int) -> dict[str, Any]:
    """Coverage [1] and median width [day] of each way of telling."""
    rng = np.random.default_rng(seed)
    done = [one_run(*NARROW[name], rng) for _ in range(runs)]
    row: dict[str, Any] = {}
    for way in done[0]:
        row[f"{way} covers"] = float(np.mean([one[way][0] for one in done]))
        row[f"{way}, days"] = float(np.median([one[way][1] for one in done]))
    return row


def figures(runs: int = 2000) -> list[dict[str, Any]]:
    """All figures of the proof, one row each."""
    return [
        {"what": "bracketing", "thing": name, "runs": runs, **coverage(name, runs, 10 + i)}
        for i, name in enumerate(NARROW)
    ]
