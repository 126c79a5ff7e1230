"""Everything measured for one question: each place, the total, the total without disputed ground, the contrasts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from dateline.core.errors import InputError, UsageError
from dateline.core.when import When
from dateline.imagery.tables import Pair, PairedSums, ZonalSeries
from dateline.ledger.finding import Finding
from dateline.methods.contract import Inputs, Parameters
from dateline.methods.night_lights.family import Contrast, as_family, beside, contrasts
from dateline.methods.night_lights.noise import Assumed, Spread
from dateline.methods.night_lights.place import Measured, Settings, measure_place
from dateline.methods.night_lights.sums import PlaceSums, compared_looks, cut, pairs_of
from dateline.methods.night_lights.table import from_table

TOTAL = "total"


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

    without: the total without disputed ground, where some was named.
    """

    places: tuple[Measured, ...]
    controls: tuple[Measured, ...]
    total: Measured
    without: Measured | None
    contrasts: tuple[Contrast, ...]


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


def _check(roles: Roles) -> None:
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


def settings_of(parameters: Parameters) -> Settings:
    """The parameters of the card, typed."""
    block = parameters["block"]
    return Settings(
        level=parameters["level"],
        rate=parameters["rate"],
        floor=parameters["floor"],
        assumed=Assumed(month=parameters["month_noise"], year=parameters["year_noise"]),
        nights=parameters["nights"],
        seen_share=parameters["seen_share"],
        lit_pixels=parameters["lit_pixels"],
        more_than=parameters["more_than"],
        widest=parameters["widest"],
        draws=parameters["draws"],
        block=int(block) if block else None,
    )


def survey(roles: Roles, settings: Settings, rng: np.random.Generator) -> Survey:
    """Measures every place, control and total of a question that nothing forbids."""
    sums, pairs = roles.sums, pairs_of(roles.sums)
    before = compared_looks(sums)[0][0].platform

    def measure(place: PlaceSums) -> Measured:
        return measure_place(place, settings, rng, calibration=shift_of(roles.calibration, place.id, before))

    measured = {place: measure(cut(sums, [index], pairs)) for index, place in enumerate(sums.places)}
    controls = tuple(measured[place] for place in roles.controls)
    against = beside([measured[place] for place in roles.places], controls, settings)
    places = as_family(against, settings)
    total, without = _totals(roles, settings, controls, lambda chosen: measure(cut(sums, chosen, pairs, name=TOTAL)))
    return Survey(
        places=tuple(places),
        controls=controls,
        total=total or places[0],
        without=without,
        contrasts=tuple(contrasts(roles.groups, list(measured.values()), settings, rng)),
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


def shift_of(calibration: Finding | None, place: str, before: str | None) -> tuple[float, Spread] | None:
    """Log ratio of period B's satellite over period A's on the same ground, with the spread of its error.

    From a `lights_splice` finding: the estimate `factor` of the place, else the common `ratio`, of its second satellite
    over its first; turned round when period A (`before`) is on the second. Raises InputError for a finding without it.
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
    df = float(max(ratio.n - 1, 1))
    half = (math.log(ratio.high) - math.log(ratio.low)) / 2
    error = Spread((half / float(stats.t.ppf((1 + ratio.level) / 2, df))) ** 2, df)
    turned = before is not None and calibration.statement.args.get("second") == before
    return (-1 if turned else 1) * math.log(ratio.best), error
