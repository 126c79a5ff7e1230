"""What shadows say, as numbers to compare: logarithms of length ratios and azimuths, with every source of error.

Where the height of an object is not known, the lengths of its shadows are compared with each other; where north is not
known, the azimuths are. Both leave the unknown out exactly (tan e1 / tan e2 = L2 / L1; A2 - A1).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from dateline.core.errors import Refusal
from dateline.media import sun
from dateline.media.shadow import Shadow, gains, ratio_of

F8 = npt.NDArray[np.float64]
Sources = Mapping[str, F8]

LOWEST = 0.2
"""[degrees] Apparent elevation under which no shadow is looked for."""
HIGHEST = 80.0
"""[degrees] Elevation over which a ratio is not read."""
_UNIFORM = 1 / math.sqrt(3)
"""Standard deviation of something that lies anywhere within plus or minus 1."""
_AIR = 0.1
"""Share of the refraction that the weather may change (one standard deviation)."""


@dataclass(frozen=True, slots=True)
class Clue:
    """One number: the log ratio [1] or azimuth [degrees] of shadow `of`, less that of shadow `less` where given."""

    kind: Literal["length", "azimuth"]
    of: int
    less: int | None
    value: float


@dataclass(frozen=True, slots=True)
class Air:
    """What lifts the sun: pressure [hPa], temperature [degrees Celsius]."""

    pressure: float = sun.STANDARD_PRESSURE
    temperature: float = sun.STANDARD_TEMPERATURE


@dataclass(frozen=True, slots=True)
class Seen:
    """The sun at K candidates for one shadow: apparent elevation, azimuth [degrees], their rates [degrees/s], lift."""

    elevation: F8
    azimuth: F8
    rises: F8
    turns: F8
    lift: F8


@dataclass(frozen=True, slots=True)
class Fit:
    """How K candidates fit the clues: chi2, and the same with the logarithm of the errors' size (`cost`), which is
    minus twice the log-likelihood; infinite where the sun throws no shadow."""

    chi2: F8
    cost: F8


@dataclass(frozen=True, slots=True)
class Said:
    """What the shadows would be at K candidates: `expected` (n, K), `factor` the errors' Cholesky factor (n, n, K),
    `possible` (K)."""

    expected: F8
    factor: F8
    possible: npt.NDArray[np.bool_]

    def only(self, which: npt.NDArray[np.int_]) -> Said:
        """The same at some of the candidates."""
        return Said(self.expected[:, which], self.factor[:, :, which], self.possible[which])


@dataclass(frozen=True, slots=True)
class Case:
    """Shadows, what is compared, the air, and the clock's error (one standard deviation) [s]."""

    shadows: tuple[Shadow, ...]
    clues: tuple[Clue, ...]
    air: Air
    clock: float = 0.0

    def seen(self, sky: sun.Sky, lat: F8 | float) -> Seen:
        """What a sky with its latitude means for a shadow."""
        lift = sun.refraction(sky.elevation, pressure=self.air.pressure, temperature=self.air.temperature)
        rises, turns = sun.rates(sky, lat)
        return Seen(sky.elevation + lift, sky.azimuth, rises, turns, lift)

    def look(self, instants: F8, lon: F8 | float, lat: F8 | float) -> list[Seen]:
        """The sun of every shadow where the first one's instant is `instants` [s]; broadcast with lon, lat [degrees].

        Raises InputError `sun-years`.
        """
        made: dict[float, Seen] = {}
        for shadow in self.shadows:
            if shadow.after not in made:
                made[shadow.after] = self.seen(sun.positions(instants + shadow.after, lon, lat), lat)
        return [made[shadow.after] for shadow in self.shadows]

    def said(self, seen: Sequence[Seen]) -> Said:
        """What the shadows would be under these suns, and their errors."""
        expected, errors, possible = self._expected(seen)
        n, k = expected.shape
        spread = np.zeros((n, n, k))
        for source in errors.values():
            for i in range(n):
                for j in range(i + 1):
                    spread[i, j] += source[i] * source[j]
        return Said(expected, _cholesky(spread), possible)

    def _expected(self, seen: Sequence[Seen]) -> tuple[F8, dict[str, F8], npt.NDArray[np.bool_]]:
        one = {number: self._one(number, seen[number]) for number in range(len(self.shadows))}
        possible = np.logical_and.reduce([each.elevation > LOWEST for each in seen])
        rows, errors = [], {}
        for clue in self.clues:
            value, sources = one[clue.of][clue.kind]
            if clue.less is not None:
                other, others = one[clue.less][clue.kind]
                value = value - other
                none = np.zeros(value.shape)
                sources = {name: sources.get(name, none) - others.get(name, none) for name in (*sources, *others)}
            rows.append((value, sources))
        for name in dict.fromkeys(name for _, sources in rows for name in sources):
            errors[name] = np.stack([np.broadcast_to(s.get(name, 0.0), possible.shape) for _, s in rows])
        expected = np.stack([value for value, _ in rows])
        possible &= np.isfinite(expected).all(axis=0)
        return np.where(possible, expected, 0.0), errors, possible

    def _one(self, number: int, seen: Seen) -> dict[str, tuple[F8, dict[str, F8]]]:
        """Both numbers of one shadow with the sources of their errors by name, each one standard deviation."""
        shadow = self.shadows[number]
        e = np.clip(seen.elevation, LOWEST, 89.5)
        slope, tilt = shadow.slope or 0.0, shadow.tilt or 0.0
        by_elevation, by_slope, by_tilt = gains(e, slope=slope, tilt=tilt)
        own = f" of {shadow.id}" if len(self.shadows) > 1 else ""
        length = {
            f"length{own}": np.full(e.shape, shadow.sigma),
            f"slope{own}": by_slope * shadow.slope_sigma,
            f"tilt{own}": by_tilt * shadow.tilt_sigma,
            f"penumbra{own}": by_elevation * shadow.penumbra * _UNIFORM,
            "refraction": by_elevation * seen.lift * _AIR,
            "clock": by_elevation * seen.rises * self.clock,
        }
        azimuth = {
            f"azimuth{own}": np.full(e.shape, shadow.azimuth_sigma),
            f"tilt{own} to the side": np.tan(np.radians(e)) * shadow.tilt_sigma,
            "clock": seen.turns * self.clock,
        }
        with np.errstate(divide="ignore", invalid="ignore"):
            log_ratio = np.log(ratio_of(seen.elevation, slope=slope, tilt=tilt))
        return {"length": (log_ratio, length), "azimuth": ((seen.azimuth + 180.0) % 360.0, azimuth)}

    def budget(self, seen: Sequence[Seen]) -> dict[str, F8]:
        """(n, K) errors by source, one standard deviation each."""
        return self._expected(seen)[1]

    @property
    def observed(self) -> F8:
        """(n,) the clues' values."""
        return np.array([clue.value for clue in self.clues])

    @property
    def turns(self) -> npt.NDArray[np.bool_]:
        """(n,) which clues are azimuths, so that 359 and 1 lie 2 apart."""
        return np.array([clue.kind == "azimuth" for clue in self.clues])

    def apart(self, one: F8, other: F8) -> F8:
        """one less other (n, ...), azimuths the short way round."""
        turns = self.turns.reshape(-1, *[1] * (max(one.ndim, other.ndim) - 1))
        gap = one - other
        found: F8 = np.where(turns, (gap + 180.0) % 360.0 - 180.0, gap)
        return found

    def fit(self, said: Said) -> Fit:
        """How each candidate fits what was measured."""
        whitened = _solve(said.factor, self.apart(self.observed[:, None], said.expected))
        chi2 = np.where(said.possible, (whitened**2).sum(axis=0), np.inf)
        return Fit(chi2, np.where(said.possible, chi2 + log_size(said), np.inf))


def log_size(said: Said) -> F8:
    """Logarithm of the determinant of the errors' covariance (K)."""
    found: F8 = 2 * np.log(np.stack([said.factor[i, i] for i in range(len(said.expected))])).sum(axis=0)
    return found


def case_of(shadows: Sequence[Shadow], air: Air, *, north: bool, clock: float = 0.0) -> Case:
    """The clues of these shadows. north: whether azimuths count from true north, or from a line nobody knows.

    Raises Refusal `height-unknown`, `north-unknown` or `no-clue` where nothing is left to compare.
    """
    _check_heights(shadows)
    shadows = _told_apart(shadows)
    clues = (*_lengths(shadows), *_azimuths(shadows, north=north))
    if not clues:
        heights = any(shadow.ratio is None and shadow.length is not None for shadow in shadows)
        raise Refusal(
            "One shadow of an object of unknown height says nothing by itself."
            if heights
            else "One direction without north says nothing by itself.",
            saw=", ".join(shadow.id for shadow in shadows),
            do="Give the object's height, or a second shadow of the same object at another time (a file with "
            "object and after)."
            if heights
            else "Give a second direction at another time, counted from the same line.",
            code="height-unknown" if heights else "north-unknown",
        )
    return Case(tuple(shadows), clues, air, clock)


def _check_heights(shadows: Sequence[Shadow]) -> None:
    """Raises Refusal `near-zenith`: there lean and slope rule the shadow, and straight-line errors do not hold."""
    for shadow in shadows:
        if shadow.elevation is not None and shadow.elevation > HIGHEST:
            raise Refusal(
                "The sun stands too near the zenith for this shadow to tell anything.",
                saw=f"{shadow.id}: {shadow.ratio:g} times the height, a sun of {shadow.elevation:.0f} degrees",
                do=f"Use a shadow of a sun under {HIGHEST:g} degrees; a lean of one degree outweighs all else here.",
                code="near-zenith",
            )


def _told_apart(shadows: Sequence[Shadow]) -> list[Shadow]:
    """The same with names that differ: each shadow has errors of its own, whatever it was called."""
    if len({one.id for one in shadows}) == len(shadows):
        return list(shadows)
    return [replace(one, id=f"{one.id} ({number})") for number, one in enumerate(shadows, 1)]


def _lengths(shadows: Sequence[Shadow]) -> Iterator[Clue]:
    first: dict[str, int] = {}
    for number, shadow in enumerate(shadows):
        if shadow.ratio is not None:
            yield Clue("length", number, None, math.log(shadow.ratio))
        elif shadow.length is not None and shadow.object in first:
            other = shadows[first[shadow.object]].length
            assert other is not None
            yield Clue("length", number, first[shadow.object], math.log(shadow.length / other))
        elif shadow.length is not None:
            first[shadow.object] = number


def _azimuths(shadows: Sequence[Shadow], *, north: bool) -> Iterator[Clue]:
    first: int | None = None
    for number, shadow in enumerate(shadows):
        if shadow.azimuth is None:
            continue
        if north:
            yield Clue("azimuth", number, None, shadow.azimuth)
        elif first is None:
            first = number
        else:
            yield Clue("azimuth", number, first, shadow.azimuth - (shadows[first].azimuth or 0.0))


def _cholesky(spread: F8) -> F8:
    """(n, n, K) lower factors of K covariances of which the lower triangles are given; n is small."""
    n = len(spread)
    factor = np.zeros_like(spread)
    for i in range(n):
        for j in range(i + 1):
            rest = spread[i, j] - (factor[i, :j] * factor[j, :j]).sum(axis=0)
            factor[i, j] = np.sqrt(np.maximum(rest, 1e-12)) if i == j else rest / factor[j, j]
    return factor


def _solve(factor: F8, right: F8) -> F8:
    """x of factor x = right for K lower triangles (n, n, K) and right sides (n, K)."""
    found = np.zeros_like(right)
    for i in range(len(right)):
        found[i] = (right[i] - (factor[i, :i] * found[:i]).sum(axis=0)) / factor[i, i]
    return found
