"""Everything that is measured at one place, before anything is called."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from dateline.core.state import State
from dateline.imagery.tables import F8
from dateline.methods.night_lights.blocks import Picture, block_side, within_picture
from dateline.methods.night_lights.noise import NOTHING, Assumed, Noise, Spread, noise_of
from dateline.methods.night_lights.ratio import Light, light_of, pair_log_ratios, shares_of_light
from dateline.methods.night_lights.sums import PlaceSums
from dateline.methods.night_lights.yardstick import BesideControls, OwnSpread, own_spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The parameters of the card, typed. block [px] or None: by the rule.

    floor: below this single pixels say nothing [nW cm-2 sr-1]; 0: there is no such value. zeroed: whether the product
    prints what lies below as zero, so that a sum of zero means "below the floor".
    """

    level: float
    rate: float
    floor: float
    zeroed: bool
    assumed: Assumed
    nights: float
    seen_share: float
    lit_pixels: float
    more_than: float
    widest: float
    draws: int
    block: int | None

    @property
    def floor_worths(self) -> tuple[float, float, float]:
        """What pixels below the floor are taken to be worth, in turn [unit]."""
        return (0.0, self.floor / 2, self.floor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One place, measured. Logarithms are natural; shares 0 to 1.

    place: the sums of the pairs that were good enough. pairs, dropped: numbers of change pairs used and left out.
    pictures: the noise within the picture at half the block side, by the rule, and at double.
    seen_share, nights, snow_a, snow_b: means over the change pairs asked for; nights None where unknown.
    shift: log of the platforms' ratio that was taken out, 0 without a calibration.
    """

    place: PlaceSums
    light: Light
    pairs: int
    dropped: int
    noise: Noise
    pictures: tuple[Picture, Picture, Picture]
    own: OwnSpread | None
    controls: BesideControls | None = None
    q: float | None = None
    seen_share: float
    best_share: float
    nights: float | None
    most_nights: float | None
    snow_a: float
    snow_b: float
    snow_lost: float
    shift: float = 0.0

    @property
    def id(self) -> str:
        """The place's id."""
        return self.place.id

    @property
    def log_ratio(self) -> float:
        """log(B/A); infinite where one side has no light, NaN where neither has."""
        return self.light.log_ratio() - self.shift

    @property
    def bounded(self) -> bool:
        """Whether the noise could be measured well enough to give bounds."""
        return self.pairs > 0 and not (self.noise.route == "picture" and not self.pictures[1].enough)

    def testable(self, floor: float) -> float:
        """log R, or where one side has no light the value nearest to no change that the floor allows."""
        return self.log_ratio if math.isfinite(self.log_ratio) else self.light.log_ratio(floor) - self.shift

    def interval(self, level: float, floor: float) -> tuple[float | None, float | None]:
        """Low and high of log R; None is open.

        Where one side has no light above the floor, the bound is that of the floor's whole worth on both sides.
        """
        if not self.bounded or math.isnan(self.log_ratio):
            return None, None
        half = self.noise.half_width(level)
        centre = self.testable(floor)
        low, high = centre - half, centre + half
        if math.isinf(self.log_ratio):
            return (low, None) if self.log_ratio > 0 else (None, high)
        return low, high

    def floored_log_ratios(self, settings: Settings) -> tuple[float, ...]:
        """log R with the floor pixels worth nothing, half the floor and the floor."""
        return tuple(self.light.log_ratio(worth) - self.shift for worth in settings.floor_worths)

    def p_interval(self) -> float:
        """Two-sided p of the ratio as it stands; 1 without bounds or without light."""
        if not self.bounded or math.isnan(self.log_ratio):
            return 1.0
        return self.noise.p_value(self.log_ratio) if math.isfinite(self.log_ratio) else 0.0

    def p_floor(self, settings: Settings) -> float:
        """The largest p over what the floor pixels may be worth; 1 where the sign turns."""
        logs = self.floored_log_ratios(settings)
        if not self.bounded or any(math.isnan(log) for log in logs) or min(logs) <= 0 <= max(logs):
            return 1.0
        return max((self.noise.p_value(log) for log in logs if math.isfinite(log)), default=1.0)

    def p_called(self, settings: Settings) -> float:
        """The p that a call rests on: the largest of all tests that this place must pass (intersection-union)."""
        parts = [self.p_interval(), self.p_floor(settings)]
        parts += [yard.p if self.exceeds(yard) else 1.0 for yard in (self.own, self.controls) if yard is not None]
        return max(parts)

    @property
    def gone_dark(self) -> bool:
        """Whether period A had light and period B none above the floor."""
        return self.log_ratio == -math.inf

    def exceeds(self, yard: OwnSpread | BesideControls) -> bool:
        """Whether what is left of the change beside a yardstick has the sign of the change itself."""
        return yard.beyond * self.log_ratio > 0


def measure_place(
    place: PlaceSums, settings: Settings, rng: np.random.Generator, *, calibration: tuple[float, Spread] | None = None
) -> Measured:
    """Measures one place on its pairs that were seen well enough.

    calibration: log ratio of the platforms (B over A, both seeing the same) and the spread of its error, or None.
    """
    change = place.pairs.change
    share, nights = place.seen_share(), place.nights()
    used = place.kept((share >= settings.seen_share) & ~(nights < settings.nights))  # unknown nights are not few
    light = light_of(used)
    pictures = _pictures(used, settings, rng)
    values = pair_log_ratios(used)
    noise = _noise(used, values, pictures[1], settings)
    shift = 0.0
    if calibration is not None:
        shift = calibration[0]
        noise = noise.plus(calibration[1])
    pairs = int(used.pairs.change.sum())
    measured = Measured(
        place=used,
        light=light,
        pairs=pairs,
        dropped=int(change.sum()) - pairs,
        noise=noise,
        pictures=pictures,
        own=None,
        seen_share=float(share[change].mean()),
        best_share=float(share[change].max()),
        nights=_known_mean(nights[change]),
        most_nights=float(np.nanmax(nights[change])) if np.isfinite(nights[change]).any() else None,
        snow_a=_per_size(place.snow_a[change], place.size),
        snow_b=_per_size(place.snow_b[change], place.size),
        snow_lost=_per_size(place.lost[change][:, State.SNOW], place.size),
        shift=shift,
    )
    tested = measured.testable(settings.floor)
    own = own_spread(tested, values, used.pairs, settings.level) if pairs and math.isfinite(tested) else None
    return replace(measured, own=own)


def _pictures(place: PlaceSums, settings: Settings, rng: np.random.Generator) -> tuple[Picture, Picture, Picture]:
    side = settings.block or block_side(place)
    half, rule, double = (
        within_picture(place, max(length, 1), settings.draws, rng) for length in (side // 2, side, 2 * side)
    )
    return half, rule, double


def _noise(place: PlaceSums, values: F8, picture: Picture, settings: Settings) -> Noise:
    if not place.pairs.change.any():
        return Noise(variance=0.0, df=1.0, route="picture", month=NOTHING, year=NOTHING, pairs_of_years=0)
    return noise_of(values, shares_of_light(place), place.pairs, picture, settings.assumed)


def _known_mean(values: F8) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None


def _per_size(values: F8, size: float) -> float:
    return float(values.mean()) / max(size, 1e-9)


def with_q(measured: Measured, q: float) -> Measured:
    """The same place with its q-value in the family."""
    return replace(measured, q=q)
