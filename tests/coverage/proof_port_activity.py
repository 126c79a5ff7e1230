"""Simulated ports with known truth, and the figures of `port_activity` for `make proof`.

A window of 171 days; ships at hand 10 to 90 % of the time, for 0.5 to 10 days on average; about half of the days looked
at once, in clear spells of two days on average. The eye is perfect, or sees 90 % of ships and a false one on 2 % of
empty days, and the method is told so. One row has stays of one length, which the chain does not know.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from dateline.methods.port_activity.days import Day, Pass
from dateline.methods.port_activity.figures import Eye
from dateline.methods.port_activity.figures import figures as estimated
from dateline.methods.presence import window_days

LEVEL, WINDOW = 0.9, 171
FIRST = date(2021, 8, 26)
PERFECT, HUMAN = Eye(), Eye((0.9, 0.9, 0.9), 0.02)


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """share: of time with ships, drawn between the two in each run. stay: mean stay [day]. seen: share of days."""

    stay: float
    share: tuple[float, float] = (0.1, 0.9)
    seen: float = 0.5
    eye: Eye = PERFECT
    fixed: bool = False


PORTS = {
    f"stays of {stay:g} days, {name} eye": Port(stay=stay, eye=eye)
    for eye, name in ((PERFECT, "perfect"), (HUMAN, "human"))
    for stay in (0.5, 1, 2, 5, 10)
} | {
    "seldom seen, human eye": Port(stay=3, seen=0.2, eye=HUMAN),
    "stays of just 3 days": Port(stay=3, fixed=True),
}


@dataclass(frozen=True, slots=True)
class Truth:
    """ship_days: at the hour of the looks [day]. visits: spells that touch the window."""

    busy: np.ndarray
    visits: int


def history(port: Port, share: float, rng: np.random.Generator) -> Truth:
    """One window of one port, spell by spell."""
    gap = port.stay * (1 - share) / share
    busy = np.zeros(WINDOW, bool)
    hours = np.arange(WINDOW) + 0.5
    on, at, visits = bool(rng.random() < share), 0.0, 0
    if port.fixed and on:
        at -= rng.uniform(0, port.stay)
    while at < WINDOW:
        length = (port.stay if port.fixed else rng.exponential(port.stay)) if on else rng.exponential(gap)
        if on and at + length > 0:
            busy |= (hours >= at) & (hours < at + length)
            visits += 1
        at, on = at + length, not on
    return Truth(busy, visits)


def looked(port: Port, rng: np.random.Generator) -> np.ndarray:
    """Days of clear sky, in spells."""
    clear = np.zeros(WINDOW, bool)
    now = rng.random() < port.seen
    for day in range(WINDOW):
        clear[day] = now
        if rng.random() < (0.5 if now else 0.5 * port.seen / (1 - port.seen)):
            now = not now
    return clear


def days(truth: Truth, clear: np.ndarray, eye: Eye, rng: np.random.Generator) -> tuple[Day, ...]:
    """What the eye saw on the clear days."""
    chance = np.where(truth.busy, eye.detection[0], eye.false_alarm)
    ships = rng.random(WINDOW) < chance
    found = []
    for number in range(WINDOW):
        day = FIRST + timedelta(days=number)
        state = "ships" if ships[number] else "empty"
        noon = datetime.combine(day, time(12))
        one = Pass(at=noon.astimezone(), local=noon, state=state, images=(f"{number}",))
        found.append(Day(day=day, state=state, passes=(one,)) if clear[number] else Day(day=day, state="not observed"))
    return tuple(found)


def held(port: Port, runs: int, seed: int) -> dict[str, Any]:
    """Shares of runs in which each interval holds the truth, and in which visits are bounded above."""
    rng = np.random.default_rng(seed)
    met: Counter[str] = Counter()
    for _ in range(runs):
        share = float(rng.uniform(*port.share))
        truth = history(port, share, rng)
        clear = looked(port, rng)
        found = estimated(days(truth, clear, port.eye, rng), port.eye, shortest=0.25, fewest=10, level=LEVEL, rng=rng)
        if found.made is None:
            met["not asked"] += 1
            continue
        estimates = found.estimates
        met["asked"] += 1
        met["ship-days"] += estimates["ship_days"].contains(float(truth.busy.sum()))
        met["visits"] += estimates["visits"].contains(truth.visits)
        met["mean stay"] += estimates["mean_stay"].contains(port.stay)
        met["share"] += estimates["share_dependent"].contains(100 * share)
        met["bounded"] += estimates["visits"].high is not None
    asked = max(met["asked"], 1)
    held_of = {f"{name} held": met[name] / asked for name in ("ship-days", "visits", "mean stay")}
    own = {"share held (dependent days)": met["share"] / asked if port.eye.is_perfect else None}
    return held_of | own | {"visits bounded above": met["bounded"] / asked, "not asked": met["not asked"]}


def drawn_at_random(runs: int, seed: int) -> float:
    """Share of runs in which the hypergeometric interval holds the ship-days, for days looked at at random."""
    rng = np.random.default_rng(seed)
    held_in = 0
    for _ in range(runs):
        busy = history(Port(stay=3), float(rng.uniform(0.1, 0.9)), rng).busy
        n = int(rng.integers(20, 150))
        seen = rng.choice(busy, n, replace=False)
        low, high = window_days(int(seen.sum()), n, WINDOW, LEVEL)
        held_in += low <= busy.sum() <= high
    return held_in / runs


def figures(runs: int = 300) -> list[dict[str, Any]]:
    """All figures of the proof, one row each."""
    drawn = {"what": "days drawn at random, hypergeometric", "runs": 10 * runs, "held": drawn_at_random(10 * runs, 7)}
    ports = enumerate(PORTS.items())
    return [{"what": "port", "port": name, "runs": runs, **held(port, runs, 100 + n)} for n, (name, port) in ports] + [
        drawn
    ]
