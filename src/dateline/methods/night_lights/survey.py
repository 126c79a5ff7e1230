"""Everything measured for one question: each place, the total, the total without disputed ground, the contrasts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from dateline.core.errors import InputError, UsageError
from dateline.core.when import When
from dateline.imagery.sensor import sensor_for
from dateline.imagery.tables import Look, Pair, PairedSums, ZonalSeries
from dateline.ledger.finding import Finding
from dateline.methods.contract import Inputs, Parameters
from dateline.methods.lights_guards import is_digital_number
from dateline.methods.night_lights.family import Contrast, as_family, beside, contrasts, repeated
from dateline.methods.night_lights.noise import Assumed, Spread
from dateline.methods.night_lights.place import Measured, Settings, measure_place
from dateline.methods.night_lights.sums import PlaceSums, cut, pairs_of
from dateline.methods.night_lights.table import from_table

TOTAL = "total"
SPLICE = "lights_splice"
NORMAL_DF = 1e6
"""Degrees of freedom of an interval read as a normal one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """What the method was given, typed. `controls`, `disputed` and the members of `groups` are places of `sums`."""

    sums: PairedSums
    controls: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    calibration: Finding | None = None
    event: When | None = None

    @property
    def places(self) -> tuple[str, ...]:
        """The places asked about: all but the controls."""
        controls = set(self.controls)
        return tuple(place for place in self.sums.places if place not in controls)

    def name(self, place: str) -> str:
        """A place's name in a sentence."""
        return self.names.get(place, place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The places in the order given, the controls, and the totals. `total` is the one place itself where there is one.

    without: the total without disputed ground, where some was named. repeated, repeated_controls: ids of those that lie
    on the ground of another; such controls are shown and not used.
    """

    places: tuple[Measured, ...]
    controls: tuple[Measured, ...]
    total: Measured
    without: Measured | None
    contrasts: tuple[Contrast, ...]
    repeated: tuple[str, ...] = ()
    repeated_controls: tuple[str, ...] = ()


def roles_of(inputs: Inputs, parameters: Parameters) -> Roles:
    """The inputs by role. Raises UsageError for a place that the sums do not have or a period without a pair."""
    sums = inputs.maybe("pairs", PairedSums)
    if sums is None:
        sums = from_table(inputs.one("table", ZonalSeries), inputs.many("table_pairs", Pair))
    event = parameters["event"]
    roles = Roles(
        sums=sums,
        controls=inputs.many("controls", str),
        disputed=inputs.many("disputed", str),
        groups={name: tuple(ids) for name, ids in (inputs.maybe("groups", Mapping) or {}).items()},  # type: ignore[type-abstract]
        names=inputs.maybe("names", Mapping) or {},  # type: ignore[type-abstract]
        calibration=inputs.maybe("calibration", Finding),
        event=When.from_edtf(event) if event else None,
    )
    _check(roles)
    return roles


def _check_calibration(calibration: Finding) -> None:
    if calibration.method == SPLICE and calibration.result == "calibrated":
        return
    raise InputError(
        "This finding is no calibration of two satellites.",
        saw=f"{calibration.id}: {calibration.method}, {calibration.result}",
        do="Give a `lights_splice` finding with the result `calibrated`.",
        code="calibration",
    )


def _check(roles: Roles) -> None:
    if roles.calibration is not None:
        _check_calibration(roles.calibration)
    named = {*roles.controls, *roles.disputed, *(place for ids in roles.groups.values() for place in ids)}
    if unknown := sorted(named - set(roles.sums.places)):
        raise UsageError(
            "A control, a disputed area or a member of a group was not measured.",
            saw=", ".join(unknown),
            do="Name it among the places as well.",
            code="place",
        )
    if not roles.places:
        raise UsageError("All places are controls.", saw=", ".join(roles.controls), do="Name a place to measure.")
    if not roles.sums.of_kind("change"):
        raise InputError(
            "There is nothing to compare: no pair of looks before and after.",
            saw=f"{len(roles.sums.looks)} looks",
            do="Give images of the same months of both periods.",
            code="no-common-months",
        )


def settings_of(parameters: Parameters, looks: Sequence[Look] = ()) -> Settings:
    """The parameters of the card, typed; the floor that of the product of `looks` where none was given."""
    block, given = parameters["block"], parameters["floor"]
    floor, zeroed = floor_of(looks[0]) if looks else (UNKNOWN_FLOOR, True)
    return Settings(
        level=parameters["level"],
        rate=parameters["rate"],
        floor=floor if given is None else given,
        zeroed=zeroed,
        assumed=Assumed(month=parameters["month_noise"], year=parameters["year_noise"]),
        nights=parameters["nights"],
        seen_share=parameters["seen_share"],
        lit_pixels=parameters["lit_pixels"],
        more_than=parameters["more_than"],
        widest=parameters["widest"],
        draws=parameters["draws"],
        block=int(block) if block else None,
    )


UNKNOWN_FLOOR = 0.5
"""The detection limit of VIIRS composites, for a product that no sensor file describes [nW cm-2 sr-1]."""


def floor_of(look: Look) -> tuple[float, bool]:
    """Below what single pixels say nothing [nW cm-2 sr-1], and whether the product prints that as zero.

    The product's floor, else its detection limit. Digital numbers of DMSP have neither: 0.
    """
    if is_digital_number(look):
        return 0.0, False
    try:
        sensor = sensor_for(look.product)
    except UsageError:
        return UNKNOWN_FLOOR, True
    floor = sensor.floor(look.collection)
    if floor is not None:
        return floor, True
    zeroed = any(layer.name == look.layer and layer.zero == "floor" for layer in sensor.layers_of(look.collection))
    return sensor.detection_limit or UNKNOWN_FLOOR, zeroed


def survey(roles: Roles, settings: Settings, rng: np.random.Generator) -> Survey:
    """Measures every place, control and total of a question that nothing forbids."""
    sums, pairs = roles.sums, pairs_of(roles.sums)
    sign = direction(roles.calibration, sums) if roles.calibration else 1

    def measure(place: PlaceSums) -> Measured:
        return measure_place(place, settings, rng, calibration=shift_of(roles.calibration, place.id, sign))

    measured = {place: measure(cut(sums, [index], pairs)) for index, place in enumerate(sums.places)}
    controls, asked = ([measured[place] for place in ids] for ids in (roles.controls, roles.places))
    doubled = repeated(controls, asked)
    witnesses = [control for control in controls if control.id not in doubled]
    against = beside(asked, witnesses, settings)
    places = as_family(against, settings)
    total, without = _totals(roles, settings, witnesses, lambda chosen: measure(cut(sums, chosen, pairs, name=TOTAL)))
    return Survey(
        places=tuple(places),
        controls=tuple(controls),
        total=total or places[0],
        without=without,
        contrasts=tuple(contrasts(roles.groups, list(measured.values()), settings, rng)),
        repeated=repeated(asked),
        repeated_controls=doubled,
    )


def _totals(
    roles: Roles,
    settings: Settings,
    controls: Sequence[Measured],
    pooled: Callable[[Sequence[int]], Measured],
) -> tuple[Measured | None, Measured | None]:
    """The places as one, and as one without disputed ground; None where that is no other question."""
    asked, disputed = set(roles.places), set(roles.disputed)
    whole = [index for index, place in enumerate(roles.sums.places) if place in asked and roles.sums.size[index] >= 1]
    undisputed = [index for index in whole if roles.sums.places[index] not in disputed]
    total = pooled(whole) if len(asked) > 1 and whole else None
    without = pooled(undisputed) if disputed and undisputed else None
    total, without = (one and beside([one], controls, settings)[0] for one in (total, without))
    return total, without


def direction(calibration: Finding, sums: PairedSums) -> int:
    """1 where the pairs go from the calibration's first satellite to its second, -1 where they go the other way.

    Raises UsageError where the pairs do not change satellite, InputError where theirs are others (code `calibration`).
    """
    looks = [(sums.looks[sums.pairs[index].a], sums.looks[sums.pairs[index].b]) for index in sums.of_kind("change")]
    ways = {(a.platform or a.product, b.platform or b.product) for a, b in looks}
    if all(a == b for a, b in ways):
        raise UsageError(
            "There is nothing to calibrate: both looks of every pair come from one satellite.",
            saw=", ".join(sorted({a for a, _ in ways})),
            do="Leave the calibration out.",
            code="calibration",
        )
    args = calibration.statement.args
    first, second = args.get("first"), args.get("second")
    for way, sign in (((first, second), 1), ((second, first), -1)):
        if ways == {way}:
            return sign
    raise InputError(
        "The calibration is of other satellites than the pairs.",
        saw=f"{calibration.id}: {first} and {second}; pairs: {', '.join(sorted(f'{a} and {b}' for a, b in ways))}",
        do="Give a `lights_splice` finding of the two satellites of the pairs.",
        code="calibration",
    )


def shift_of(calibration: Finding | None, place: str, sign: int) -> tuple[float, Spread] | None:
    """Log ratio of period B's satellite over period A's on the same ground, with the spread of its error.

    From a `lights_splice` finding: the estimate `factor` of the place, else the common `ratio`, of its second satellite
    over its first; turned round with `sign` -1. Raises InputError for a finding without an interval.
    """
    if calibration is None:
        return None
    own = calibration.places.get(place)
    factor = own.estimates.get("factor") if own is not None and own.result == "calibrated" else None
    ratio = factor or calibration.estimates.get("ratio")
    if ratio is None or ratio.low is None or ratio.high is None or ratio.low <= 0:
        raise InputError(
            "The calibration has no ratio with an interval.",
            saw=f"{calibration.id}: {calibration.result}",
            do="Give a `lights_splice` finding that could be made.",
            code="calibration",
        )
    half = (math.log(ratio.high) - math.log(ratio.low)) / 2
    error = half / float(stats.norm.ppf((1 + ratio.level) / 2))
    return sign * math.log(ratio.best), Spread(error**2, NORMAL_DF)
