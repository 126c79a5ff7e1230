"""Days with ships: shares and finite windows with exact intervals, and a two-state chain seen at irregular times.

Shared by the methods that count days. A place is "busy" while at least one ship lies there. Times are in days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dateline.imagery.tables import F8

I8 = NDArray[np.int64]
SHARES, STAYS = 24, 40
"""Points of the grid of shares and of mean stays."""
TINY = 1e-300


def share_interval(k: float, n: float, level: float) -> tuple[float, float]:
    """Low and high of the share behind k of n days [1]; n may be an effective number (Korn and Graubard 1998).

    Clopper and Pearson 1934, 10.1093/biomet/26.4.404.
    """
    tail = (1 - level) / 2
    low = 0.0 if k <= 0 else float(stats.beta.ppf(tail, k, n - k + 1))
    high = 1.0 if k >= n else float(stats.beta.ppf(1 - tail, k + 1, n - k))
    return low, high


def none_seen_upper(n: float, level: float, detection: float = 1.0) -> float:
    """The largest share [1] that lets all of n looks be empty in 1 - level of cases: 1 - (1 - level)^(1/n), one-sided.

    Close to 3/n at 95 % (Hanley and Lippman-Hand 1983, 10.1001/jama.1983.03330370053031). detection: chance that a look
    shows a ship that is there; the fewer it shows, the more can have lain there. False alarms would only lower it.
    """
    return min(1.0, float(1 - (1 - level) ** (1 / n)) / detection)


def window_days(k: int, n: int, window: int, level: float) -> tuple[int, int]:
    """Least and most days with ships [day] in a window of which n days were drawn at random and k had ships.

    Exact inversion of the hypergeometric distribution (Buonaccorsi 1987, The American Statistician 41, 215-218).
    """
    totals = np.arange(k, window - (n - k) + 1)
    tail = (1 - level) / 2
    many = stats.hypergeom.sf(k - 1, window, totals, n) > tail
    few = stats.hypergeom.cdf(k, window, totals, n) > tail
    kept = totals[many & few]
    return int(kept[0]), int(kept[-1])


def corrected(share: float, detection: float, false_alarm: float) -> float:
    """The share of busy days behind a share of days on which ships were seen [1], cut to 0 and 1.

    detection, false_alarm: chances that a look shows ships where there are some, and where there are none, detection
    the greater. Rogan and Gladen 1978, 10.1093/oxfordjournals.aje.a112510.
    """
    return min(1.0, max(0.0, (share - false_alarm) / (detection - false_alarm)))


def missed_at_random(stay: int, n: int, window: int) -> float:
    """Chance [1] that a stay touching so many days of the window meets none of n days drawn at random."""
    if n > window - stay:
        return 0.0
    return float(stats.hypergeom.pmf(0, window, stay, n))


@dataclass(frozen=True, slots=True)
class Chain:
    """Two-state chains in continuous time, one an entry: share of time busy [1], mean stay of the busy state [day]."""

    share: F8
    stay: F8

    @property
    def rate(self) -> F8:
        """How fast the past is forgotten [1/day]: arrivals plus departures."""
        return 1 / (self.stay * (1 - self.share))

    @property
    def arrivals(self) -> F8:
        """Rate of going from empty to busy [1/day]."""
        return self.share * self.rate

    def pick(self, index: I8) -> Chain:
        """The entries of these indices."""
        return Chain(self.share[index], self.stay[index])


def grid(shortest: float, longest: float, shares: tuple[float, float] = (0.0, 1.0)) -> Chain:
    """Shares at even steps of their arcsine (Jeffreys' prior) by stays [day] at even steps of their logarithm.

    shares: between which the shares lie; in the middle of their steps.
    """
    first, last = np.arcsin(np.sqrt(shares))
    middle = np.sin(first + (np.arange(SHARES) + 0.5) / SHARES * (last - first)) ** 2
    share, stay = np.meshgrid(middle, np.geomspace(shortest, longest, STAYS), indexing="ij")
    return Chain(share.ravel(), stay.ravel())


def finer(cells: Chain, likelihood: F8, least: float = 1e-6) -> Chain:
    """The grid again, over those of its rows and columns only that hold more than `least` of the likelihood's peak."""
    kept = (np.exp(likelihood - likelihood.max()) > least).reshape(SHARES, STAYS)
    rows, columns = np.flatnonzero(kept.any(axis=1)), np.flatnonzero(kept.any(axis=0))
    share, stay = cells.share.reshape(SHARES, STAYS)[:, 0], cells.stay[:STAYS]
    edges = np.concatenate(
        [[0.0], np.sin((np.arcsin(np.sqrt(share[1:])) + np.arcsin(np.sqrt(share[:-1]))) / 2) ** 2, [1.0]]
    )
    low, high = stay[max(columns[0] - 1, 0)], stay[min(columns[-1] + 1, STAYS - 1)]
    return grid(float(low), float(high), (float(edges[rows[0]]), float(edges[rows[-1] + 1])))


@dataclass(frozen=True, slots=True)
class Looks:
    """Times [day] in order, and what was seen at each: 1 ships, 0 empty, -1 nothing could be seen.

    detection, false_alarm: chances that ships are seen where there are some, and where there are none.
    """

    times: F8
    seen: I8
    detection: float = 1.0
    false_alarm: float = 0.0

    def chances(self, index: int) -> tuple[float, float]:
        """The chance of what was seen at one time, given busy and given empty."""
        match int(self.seen[index]):
            case 1:
                return self.detection, self.false_alarm
            case 0:
                return 1 - self.detection, 1 - self.false_alarm
        return 1.0, 1.0


def filtered(looks: Looks, chain: Chain) -> tuple[F8, F8]:
    """(T, G) chance of busy at each time given all up to it, and (G,) log-likelihood. Baum and others 1970."""
    busy = chain.share.copy()
    total = np.zeros_like(busy)
    found = np.empty((len(looks.times), len(busy)))
    for index in range(len(looks.times)):
        if index:
            busy = chain.share + (busy - chain.share) * np.exp(-chain.rate * _step(looks.times, index))
        if looks.seen[index] >= 0:
            on, off = looks.chances(index)
            weight = np.maximum(busy * on + (1 - busy) * off, TINY)
            total += np.log(weight)
            busy = busy * on / weight
        found[index] = busy
    return found, total


def histories(looks: Looks, chain: Chain, rng: np.random.Generator) -> NDArray[np.bool_]:
    """(T, G) one possible history of busy and empty per chain, given what was seen (Carter and Kohn 1994)."""
    forward, _ = filtered(looks, chain)
    busy = np.empty(forward.shape, bool)
    busy[-1] = rng.random(forward.shape[1]) < forward[-1]
    for index in range(len(forward) - 2, -1, -1):
        kept = np.exp(-chain.rate * _step(looks.times, index + 1))
        from_busy = chain.share + (1 - chain.share) * kept
        from_empty = chain.share * (1 - kept)
        on = forward[index] * np.where(busy[index + 1], from_busy, 1 - from_busy)
        off = (1 - forward[index]) * np.where(busy[index + 1], from_empty, 1 - from_empty)
        busy[index] = rng.random(forward.shape[1]) * np.maximum(on + off, TINY) < on
    return busy


def visits_of(busy: NDArray[np.bool_], times: F8, chain: Chain, rng: np.random.Generator) -> I8:
    """(G,) spells of at least one ship in each history: busy at its beginning, and every arrival after.

    What happened between two times is drawn from the chain that joins both states: the first change is drawn as
    having happened where the states differ, and draws that end otherwise are rejected (Nielsen 2002,
    10.1080/10635150290102393).
    """
    steps = np.repeat(np.diff(times), busy.shape[1])
    start, end = busy[:-1].ravel(), busy[1:].ravel()
    leave_empty = np.tile(chain.arrivals, len(times) - 1)
    leave_busy = np.tile(1 / chain.stay, len(times) - 1)
    found = np.zeros(start.size, np.int64)
    todo = np.arange(start.size)
    while todo.size:
        rates = (leave_empty[todo], leave_busy[todo])
        state, arrived = _bridge(start[todo], end[todo], steps[todo], rates, rng)
        joined = state == end[todo]
        found[todo[joined]] = arrived[joined]
        todo = todo[~joined]
    arrivals: I8 = found.reshape(len(times) - 1, -1).sum(axis=0)
    visits: I8 = arrivals + busy[0]
    return visits


def _bridge(
    start: NDArray[np.bool_], end: NDArray[np.bool_], span: F8, rates: tuple[F8, F8], rng: np.random.Generator
) -> tuple[NDArray[np.bool_], I8]:
    """Where chains from `start` are after `span`, and how often they arrived; the changed ones at least once.

    rates: of leaving empty and of leaving busy [1/day].
    """
    empty, busy = rates
    state, left = start.copy(), span.copy()
    arrived = np.zeros(state.size, np.int64)
    rate = np.where(state, busy, empty)
    chance = rng.random(state.size)
    certain = -np.log1p(chance * np.expm1(-rate * span)) / rate
    wait = np.where(start != end, certain, -np.log1p(-chance) / rate)
    live = wait < left
    while live.any():
        arrived += live & ~state
        state = state ^ live
        left = np.where(live, left - wait, left)
        wait = np.where(live, rng.standard_exponential(state.size) / np.where(state, busy, empty), np.inf)
        live = wait < left
    return state, arrived


def simulated(times: F8, chain: Chain, rng: np.random.Generator) -> NDArray[np.bool_]:
    """(T, G) histories of busy and empty of chains that nothing is known of, at times in order [day]."""
    chances = rng.random((len(times), len(chain.share)), dtype=np.float32)
    busy = np.empty(chances.shape, bool)
    busy[0] = chances[0] < chain.share
    step = 0.0
    for index in range(1, len(times)):
        if _step(times, index) != step:
            step = _step(times, index)
            kept = np.exp(-chain.rate * step)
            from_busy, from_empty = chain.share + (1 - chain.share) * kept, chain.share * (1 - kept)
        busy[index] = chances[index] < np.where(busy[index - 1], from_busy, from_empty)
    return busy


def effective_days(times: F8, chain: Chain) -> F8:
    """(G,) how many independent days n correlated ones are worth [day] for their mean: n² / sum of correlations."""
    apart = np.abs(times[:, None] - times[None, :]).ravel()
    sizes, counts = np.unique(np.round(apart, 3), return_counts=True)
    total = np.exp(-np.outer(chain.rate, sizes)) @ counts
    worth: F8 = len(times) ** 2 / total
    return worth


def _step(times: F8, index: int) -> float:
    return float(times[index] - times[index - 1])
