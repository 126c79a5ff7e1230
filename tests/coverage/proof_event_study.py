"""Simulated series with known truth, and the figures of `event_study` for `make proof`.

84 months, a season, autoregressive noise of unit variance, a step or none; the list has one event or five. The rivals
on the same series are an ordinary break test with months taken out, and the bare rank of the date among all dates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
from scipy import signal, stats

from dateline.imagery.tables import F8
from dateline.methods.event_study.controls import gaps_to_others, weights_of
from dateline.methods.event_study.noise import Noise
from dateline.methods.event_study.report import DATED_AT
from dateline.methods.event_study.study import Studied, Tested, needed_dates, study
from dateline.methods.event_study.windows import Rules, groups_of, plan
from dateline.methods.event_study.words import FALL, RISE, result_of

LEVEL, DRAWS, BLOCK = 0.95, 399, 2
PHIS = (0.0, 0.4, 0.7)
ONE = ((48, 48),)
FIVE = ((14, 14), (28, 28), (42, 42), (56, 56), (70, 70))
WINDOW = ((46, 51),)
Windows = tuple[tuple[int, int], ...]


def noise(count: int, phi: float, rng: np.random.Generator) -> F8:
    """(count,) autoregressive noise of unit variance."""
    white = rng.standard_normal(count + 100)
    made: F8 = signal.lfilter([np.sqrt(1 - phi**2)], [1, -phi], white)[100:]
    return made


def heavy(count: int, phi: float, rng: np.random.Generator) -> F8:
    """The same pushed by Student's t on three degrees of freedom."""
    white = rng.standard_t(3, count + 100) / np.sqrt(3)
    made: F8 = signal.lfilter([np.sqrt(1 - phi**2)], [1, -phi], white)[100:]
    return made


def longer(count: int, phi: float, rng: np.random.Generator) -> F8:
    """Second order: this month resembles the one before last more than the last."""
    made: F8 = signal.lfilter([1], [1, -0.3, -0.4], rng.standard_normal(count + 200))[200:]
    return made / 1.32


def swelling(count: int, phi: float, rng: np.random.Generator) -> F8:
    """Noise that grows threefold over the series."""
    return noise(count, phi, rng) * np.linspace(0.5, 1.5, count)


def jumping(count: int, phi: float, rng: np.random.Generator) -> F8:
    """Noise on a level that jumps by itself, on average every 20 months."""
    jumps = (rng.random(count) < 0.05) * rng.standard_normal(count) * 1.5
    made: F8 = noise(count, phi, rng) + np.cumsum(jumps)
    return made


@dataclass(frozen=True, kw_only=True)
class World:
    """What a series is like. step: added from `at` on [noise deviations]. gaps: share of months that are missing."""

    phi: float = 0.4
    months: int = 84
    events: Windows = ONE
    step: float = 0.0
    at: int | None = None
    gaps: float = 0.0
    rules: Rules = field(default_factory=Rules)
    trend: bool = True
    noise: Callable[[int, float, np.random.Generator], F8] = noise


def series(world: World, rng: np.random.Generator) -> F8:
    """(months,) the whole series."""
    time = np.arange(world.months)
    at = world.events[0][0] if world.at is None else world.at
    made: F8 = world.noise(world.months, world.phi, rng) + 0.5 * np.sin(time * np.pi / 6) + world.step * (time >= at)
    return made


@cache
def model(months: int, events: Windows, rules: Rules, *, trend: bool = True) -> Noise:
    """The design of a series without gaps; it depends on its dates alone."""
    return _model(np.arange(months), months, events, rules, trend=trend)


def _model(at: np.ndarray, months: int, events: Windows, rules: Rules, *, trend: bool) -> Noise:
    groups = groups_of(events, at, rules.fewest)
    return Noise(plan=plan(at, months, groups, rules, needed=needed_dates(LEVEL)), season=at % 12, trend=trend)


def once(world: World, rng: np.random.Generator, draws: int = DRAWS) -> Studied:
    """One series studied."""
    values, use = series(world, rng), np.arange(world.months)
    if not world.gaps:
        made = model(world.months, world.events, world.rules, trend=world.trend)
    else:
        use = use[(rng.random(world.months) >= world.gaps) | (use == 0)]
        made = _model(use, world.months, world.events, world.rules, trend=world.trend)
    studied = study(made, values[use], level=LEVEL, draws=draws, block=BLOCK, rng=rng)
    assert studied is not None
    return studied


def called(tested: Tested | None) -> bool:
    """Whether the method would say rise or fall."""
    if tested is None or tested.p_nearby <= DATED_AT:
        return False
    return tested.others >= needed_dates(LEVEL) and result_of(tested, LEVEL) in {RISE, FALL}


def cell(world: World, runs: int, seed: int, draws: int = DRAWS) -> dict[str, Any]:
    """Shares of runs: any event called, the first called, a false call beside it, the interval holds the step."""
    rng = np.random.default_rng(seed)
    any_called = first = beside = held = judged = same = 0
    rank, smallest = 0, []
    for _ in range(runs):
        groups = once(world, rng, draws).groups
        calls = [called(one) for one in groups]
        any_called, first, beside = any_called + any(calls), first + calls[0], beside + any(calls[1:])
        rank += any(one is not None and one.p_dates <= 1 - LEVEL + 1e-12 for one in groups)
        if groups[0] is not None:
            judged += 1
            same += calls[0] and groups[0].nearby is None
            held += groups[0].low <= world.step <= groups[0].high
            smallest.append(groups[0].smallest)
    return {
        "any": any_called / runs,
        "first": first / runs,
        "beside": beside / runs,
        "rank": rank / runs,
        "held": held / max(judged, 1),
        "smallest": float(np.mean(smallest)),
        "same": same / runs,
    }


def break_tests(world: World, runs: int, seed: int, *, trend: bool = False) -> dict[str, float]:
    """The rivals: Student's t of an ordinary step at the event, and its rank among the steps at all other months."""
    rng = np.random.default_rng(seed)
    time, trim = np.arange(world.months), 12
    columns = [(time % 12 == month).astype(float) for month in range(12)] + ([time / world.months] if trend else [])
    basis = np.linalg.qr(np.stack(columns, axis=1))[0]
    steps = (time[:, None] >= np.arange(trim, world.months - trim + 1)).astype(float)
    steps -= basis @ (basis.T @ steps)
    norm = np.sum(steps**2, axis=0)
    values = np.stack([series(world, rng) for _ in range(runs)])
    left = values - (values @ basis) @ basis.T
    size = left @ steps / norm
    freedom = world.months - len(columns) - 1
    score = np.abs(size) / np.sqrt((np.sum(left**2, axis=1)[:, None] - size**2 * norm) / freedom / norm)
    own = score[:, [world.events[0][0] - trim]]
    return {
        "break test": float(np.mean(own > stats.t.ppf((1 + LEVEL) / 2, freedom))),
        "bare rank": float(np.mean(np.mean(score >= own, axis=1) <= 1 - LEVEL)),
    }


def beside_controls(
    count: int, against: Any, step: float, *, runs: int, seed: int, phi: float = 0.4, spread: float = 0.5
) -> dict[str, Any]:
    """A place and its controls that share a course to different degrees, each with noise of its own."""
    rng = np.random.default_rng(seed)
    made = model(84, ONE, Rules())
    before = made.plan.at < ONE[0][0]
    found, smallest, held = 0, [], 0
    for _ in range(runs):
        shared, loads = noise(84, 0.7, rng), 1 + spread * rng.standard_normal(count + 1)
        places = np.stack([noise(84, phi, rng) for _ in range(count + 1)], axis=1) + shared[:, None] * loads
        places[ONE[0][0] :, 0] += step
        gaps = gaps_to_others(places, weights_of(places, before, against))
        studied = study(made, gaps[0], level=LEVEL, draws=DRAWS, block=BLOCK, rng=rng)
        assert studied is not None
        one = studied.groups[0]
        assert one is not None
        found, held = found + called(one), held + (one.low <= step <= one.high)
        smallest.append(one.smallest)
    return {"called": found / runs, "interval holds the step": held / runs, "smallest step told": np.mean(smallest)}


LISTS: Sequence[tuple[str, Windows]] = (("one", ONE), ("five", FIVE), ("one, known to half a year", WINDOW))


def figures(runs: int = 2000) -> list[dict[str, Any]]:
    """All figures of the proof, one row each."""
    return [
        *(
            _no_effect(name, events, phi, runs, 10 * i + j)
            for i, (name, events) in enumerate(LISTS)
            for j, phi in enumerate((*PHIS, 0.9))
        ),
        *(
            _power(phi, step, runs, 200 + 10 * i + j)
            for i, phi in enumerate(PHIS)
            for j, step in enumerate((0.5, 1.0, 2.0))
        ),
        *(
            _detectable(name, events, phi, runs, 300 + 10 * i + j)
            for i, (name, events) in enumerate(LISTS)
            for j, phi in enumerate(PHIS)
        ),
        *(_other_world(name, world, runs, 400 + i) for i, (name, world) in enumerate(_others())),
        *(_beside(count, against, step, runs // 2, 500 + i) for i, (count, against, step) in enumerate(_CONTROLS)),
        *(
            _windows(length, trend, runs // 2, 700 + 10 * i + trend)
            for i, length in enumerate((12, 24, 36))
            for trend in (True, False)
        ),
        *(_moved(steps, runs // 2, 600 + i) for i, steps in enumerate((0, 1, 2, 4, 8))),
    ]


def _no_effect(name: str, events: Windows, phi: float, runs: int, seed: int) -> dict[str, Any]:
    world = World(phi=phi, events=events)
    made = cell(world, runs, seed)
    rival = break_tests(world, runs, seed) if events is ONE else {"break test": None, "bare rank": None}
    return {"no effect": name, "phi": phi, "runs": runs, "called": made["any"],
            "rank among other dates alone": made["rank"], "interval holds 0": made["held"], **rival}  # fmt: skip


def _power(phi: float, step: float, runs: int, seed: int) -> dict[str, Any]:
    world = World(phi=phi, step=step)
    made = cell(world, runs, seed)
    return {"step": step, "phi": phi, "runs": runs, "called": made["first"], "interval holds it": made["held"],
            "bare rank": break_tests(world, runs, seed)["bare rank"]}  # fmt: skip


def _detectable(name: str, events: Windows, phi: float, runs: int, seed: int) -> dict[str, Any]:
    """A step as large as the smallest detectable one that series of this kind print on average."""
    printed = cell(World(phi=phi, events=events), runs // 4, seed)["smallest"]
    made = cell(World(phi=phi, events=events, step=printed, at=events[0][1]), runs, seed + 1)
    return {
        "list": name,
        "phi": phi,
        "runs": runs,
        "smallest detectable step": printed,
        "called when there is one": made["first"],
        "false calls beside it": made["beside"] if len(events) > 1 else None,
    }


def _others() -> list[tuple[str, World]]:
    short = World(months=36, events=((20, 20),))
    return [
        ("36 months", short),
        ("48 months, lasting noise", World(months=48, events=((30, 30),), phi=0.7)),
        ("a fifth of the months missing", World(gaps=0.2)),
        ("lag of six months", World(rules=Rules(before=6, last=5))),
        ("slope instead of step", World(rules=Rules(slope=True))),
        ("240 months", World(months=240, events=((150, 150),))),
        ("heavy tails", World(noise=heavy)),
        ("noise that grows threefold", World(noise=swelling)),
        ("noise of second order", World(noise=longer)),
        ("a level that jumps by itself", World(noise=jumping)),
        ("the same, five events", World(noise=jumping, events=FIVE)),
    ]


def _other_world(name: str, world: World, runs: int, seed: int) -> dict[str, Any]:
    made = cell(world, runs, seed)
    return {"no effect, phi 0.4 unless said": name, "runs": runs, "called": made["any"],
            "smallest detectable step": made["smallest"]}  # fmt: skip


_CONTROLS = ((1, "mean", 0.0), (5, "mean", 0.0), (20, "mean", 0.0), (5, "synthetic", 0.0), (16, "synthetic", 0.0),
             (5, "mean", 2.0), (5, "synthetic", 2.0), (16, "synthetic", 2.0))  # fmt: skip


def _beside(count: int, against: str, step: float, runs: int, seed: int) -> dict[str, Any]:
    return {"controls": count, "against": against, "step": step, "runs": runs,
            **beside_controls(count, against, step, runs=runs, seed=seed)}  # fmt: skip


def _windows(length: int, trend: bool, runs: int, seed: int) -> dict[str, Any]:
    """Longer windows, and no trend taken out, where a series has none and a change lasts."""
    world = World(rules=Rules(before=length, last=length - 1), trend=trend)
    steps = {f"step {step:g}": cell(replace(world, step=step), runs, seed)["first"] for step in (0.0, 0.5, 1.0, 2.0)}
    return {"months before and after": length, "trend taken out": "yes" if trend else "no", "runs": runs, **steps}


def _moved(months: int, runs: int, seed: int) -> dict[str, Any]:
    made = cell(World(step=3.0, at=ONE[0][0] - months), runs, seed)
    return {"a step of 3, months before the event": months, "runs": runs, "called at the event": made["first"],
            "said to be in the same month": made["same"]}  # fmt: skip
