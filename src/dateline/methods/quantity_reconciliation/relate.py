"""What two claims are to each other: the same, compatible, in contradiction, not to be compared, suspicious."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dateline.core.amounts.units import dimension
from dateline.core.when import When
from dateline.ledger.claim import Claim
from dateline.ledger.claims_columns import noted
from dateline.methods.quantity_reconciliation.convert import Factor, calculated_from, conversion, implied, spelled
from dateline.methods.quantity_reconciliation.curve import feasible
from dateline.methods.quantity_reconciliation.figure import JOURNEYS, Figure, figure_of
from dateline.methods.retelling_drift.diff import BOUND, compare
from dateline.methods.retelling_drift.told import DENIALS, side, states_in
from dateline.places.names import sound


class Kind(StrEnum):
    """What two claims are to each other."""

    SAME = "same origin"
    DRIFT = "same utterance with drift"
    DISTORTION = "retelling with several changes"
    CONVERSION = "conversion"
    CONTRADICTS = "contradicts"
    COMPATIBLE = "compatible"
    COMPATIBLE_IF = "compatible only if"
    UNKNOWN = "compatible, independence not known"
    REUSE = "number reuse suspected"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True, slots=True)
class Relation:
    """Two claims (the earlier first), what they are to each other, a code for the reason, and the reason in words."""

    one: str
    other: str
    kind: Kind
    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Rules:
    """`band` [1]: what "about" allows. `shift` [days]: from which distance two windows are different windows.

    `jump` [1]: how many times a rate may rise before it is said. `factors`: declared conversions.
    """

    band: float = 0.1
    shift: int = 90
    jump: float = 2.0
    factors: tuple[Factor, ...] = ()


_SORTS = {
    "total": "a total over a period",
    "stock": "a number at a time",
    "capacity": "what would fit",
    "plan": "a plan",
    "rate": "so much in a given time",
    "value": "a measure",
}


def relate(
    one: Claim,
    other: Claim,
    *,
    known: Mapping[str, Claim] | None = None,
    rules: Rules | None = None,
    figures: Mapping[str, Figure] | None = None,
) -> Relation:
    """The relation of two claims; the same whichever comes first. `known`: the claims that they may retell, by id.

    Links are looked at first (retelling, calculation, denial), then whether both count the same thing (unit, sort of
    number, status, thing, place), then the numbers over their windows. `figures` of both claims, by id, where they
    were made already.
    """
    first, second = sorted((one, other), key=_age)
    return _Pair(first, second, known or {}, rules or Rules(), figures).relation()


def _age(claim: Claim) -> tuple[str, str, str]:
    return str(claim.said.earliest), claim.statement, claim.id


class _Pair:
    """Two claims under one set of rules; each step answers, or leaves it to the next."""

    def __init__(
        self,
        one: Claim,
        other: Claim,
        known: Mapping[str, Claim],
        rules: Rules,
        figures: Mapping[str, Figure] | None,
    ) -> None:
        self.one, self.other, self.known, self.rules, self.figures = one, other, known, rules, figures

    def is_(self, kind: Kind, code: str, why: str) -> Relation:
        return Relation(self.one.id, self.other.id, kind, code, why)

    def relation(self) -> Relation:
        linked = self._retold() or self._calculated() or self._denied()
        if linked is not None:
            return linked
        one, other = self._figure(self.one), self._figure(self.other)
        if one is None or other is None:
            return self.is_(Kind.NOT_COMPARABLE, "no-amount", "One of them gives no amount.")
        return self._apart(one, other) or self._numbers(one, other)

    def _figure(self, claim: Claim) -> Figure | None:
        return figure_of(claim, band=self.rules.band) if self.figures is None else self.figures.get(claim.id)

    def _retold(self) -> Relation | None:
        above, below = _original(self.one, self.known), _original(self.other, self.known)
        if above != below or self.one.id == self.other.id:
            return None
        original, retelling = (self.other, self.one) if self.other.id == above else (self.one, self.other)
        found = compare(original, retelling)
        changed = found.changed()
        told = "; ".join(f"{one.type.replace('-', ' ')}: “{one.was}” → “{one.becomes}”" for one in found.drifts)
        if changed and changed <= {"number", "period"} and self._says_less(original, retelling):
            return self.is_(
                Kind.COMPATIBLE, "weaker-bound", f"The retelling claims less, over a shorter time ({told})."
            )
        if not changed and not any(one.severity == BOUND for one in found.drifts):
            return self.is_(Kind.SAME, "retelling", "One repeats the other: they count once.")
        kind = Kind.DISTORTION if len(changed) > 1 else Kind.DRIFT
        return self.is_(kind, "retelling-drifts", f"One retells the other with changes ({told}).")

    def _says_less(self, original: Claim, retelling: Claim) -> bool:
        """Whether a retelling gives a lower open bound for a window within the original's: nothing that can clash."""
        wide, narrow = self._figure(original), self._figure(retelling)
        if wide is None or narrow is None or {side(wide.quantity), side(narrow.quantity)} != {"above"}:
            return False
        inside = wide.start is None or (narrow.start is not None and wide.start <= narrow.start)
        return inside and narrow.end <= wide.end and narrow.number <= wide.number

    def _calculated(self) -> Relation | None:
        for base, result in ((self.one, self.other), (self.other, self.one)):
            if base.id in calculated_from(result):
                found = conversion(base, result)
                implied_ = f" Implied: {found.told()}." if found is not None else ""
                return self.is_(Kind.CONVERSION, "calculated", f"{result.id} is {base.id}, calculated.{implied_}")
        return None

    def _denied(self) -> Relation | None:
        for denial, claim in ((self.one, self.other), (self.other, self.one)):
            if claim.id in denial.denies:
                return self.is_(Kind.CONTRADICTS, "denial", f"{denial.id} denies {claim.id}.")
            if _denies_all(denial, claim):
                why = f"{denial.id} denies any such thing in the time that {claim.id} is about."
                return self.is_(Kind.CONTRADICTS, "blanket-denial", why)
        if (self.one.stance in DENIALS) != (self.other.stance in DENIALS):
            return self.is_(Kind.NOT_COMPARABLE, "denial-not-linked", "One denies or declines; what, is not linked.")
        return None

    def _apart(self, one: Figure, other: Figure) -> Relation | None:
        """Why two figures are not of the same thing, if they are not."""
        converted = self._converted(one, other)
        if converted is not None:
            return converted
        journeys = {one.unit, other.unit} <= JOURNEYS
        if (
            one.unit != other.unit
            and not journeys
            and (dimension(one.unit) != "people" or dimension(other.unit) != "people")
        ):
            return self.is_(Kind.NOT_COMPARABLE, "units-differ", f"{one.unit}s and {other.unit}s are different things.")
        if one.sort != other.sort:
            why = f"{_SORTS[one.sort]} and {_SORTS[other.sort]}: {one.id} and {other.id} do not count the same."
            return self.is_(Kind.NOT_COMPARABLE, "sorts-differ", why[0].upper() + why[1:])
        if one.status and other.status and one.status != other.status:
            why = f"{one.id} is {one.status.replace('_', ' ')}, {other.id} {other.status.replace('_', ' ')}."
            return self.is_(Kind.NOT_COMPARABLE, "status-differs", why)
        if one.deed and other.deed and one.deed != other.deed:
            why = f"{one.id} counts what was {one.deed}, {other.id} what was {other.deed}."
            return self.is_(Kind.NOT_COMPARABLE, "deeds-differ", why)
        things = [claim.proposition.thing for claim in (self.one, self.other) if claim.proposition is not None]
        if len(things) == 2 and things[0] and things[1] and things[0].casefold() != things[1].casefold():
            return self.is_(
                Kind.NOT_COMPARABLE, "things-differ", f"“{things[0]}” and “{things[1]}” may not be the same."
            )
        return None

    def _converted(self, one: Figure, other: Figure) -> Relation | None:
        """Two totals of much the same time whose units a declared factor connects: which factor do they imply?"""
        for base, result in ((one, other), (other, one)):
            for factor in self.rules.factors:
                totals = {base.sort, result.sort} == {"total"} and self._one_time(base, result, self.rules.shift // 3)
                if (factor.per, factor.of) != (base.unit, result.unit) or not totals:
                    continue
                low, high = implied(base.quantity, result.quantity)
                if low is None and high is None:
                    continue
                too_much = low is not None and factor.high is not None and low > factor.high
                too_little = high is not None and factor.low is not None and high < factor.low
                code = "factor-outside" if too_much or too_little else "factor-inside"
                why = f"Only if a {factor.per} stands for {spelled(low, high)} {factor.of}s; declared: {factor.told()}."
                return self.is_(Kind.COMPATIBLE_IF, code, why)
        return None

    def _numbers(self, one: Figure, other: Figure) -> Relation:
        if one.sort in {"total", "capacity"}:
            return self._totals(one, other)
        if one.unit == other.unit and one.quantity.kind == other.quantity.kind:
            both = one.quantity.intersect(other.quantity)
        else:
            both = one.quantity if _overlap(one, other) else None
        if one.sort in {"stock", "rate"} and abs((one.end - other.end).days) > 1:
            why = "They are of different days, and such a number may change."
            return self.is_(Kind.COMPATIBLE, "different-days", why)
        if one.sort == "plan":
            return self.is_(Kind.COMPATIBLE if both else Kind.COMPATIBLE_IF, "plans", "Plans may change.")
        if both is not None:
            return self.is_(Kind.COMPATIBLE, "overlap", f"Both allow {spelled(both.low, both.high)}.")
        return self._clash(one, other)

    def _totals(self, one: Figure, other: Figure) -> Relation:
        if one.unit != other.unit and not self._one_time(one, other, self.rules.shift):
            return self.is_(Kind.NOT_COMPARABLE, "units-differ", f"A {one.unit} may not be a {other.unit}.")
        same_number = one.number == other.number and not one.vague
        if same_number and one.start and other.start and abs((one.start - other.start).days) >= self.rules.shift:
            why = f"The same number under windows that begin {one.start.isoformat()} and {other.start.isoformat()}."
            return self.is_(Kind.REUSE, "same-number", why)
        if not feasible([one, other]):
            return self._clash(one, other)
        jump = self._jump(one, other)
        if jump is not None:
            why = f"Only if the rate rose {jump:.2g} times, or the two cover different things."
            return self.is_(Kind.COMPATIBLE_IF, "rate-jumps", why)
        if one.unit != other.unit:
            return self.is_(Kind.COMPATIBLE_IF, "journeys", f"Only if each {one.unit} is a {other.unit}.")
        one_window = one.start and other.start and self._one_time(one, other, self.rules.shift)
        if same_number and one_window and _origin(self.one) != _origin(self.other):
            why = "The same number for much the same time from two origins, which may share what they know."
            return self.is_(Kind.UNKNOWN, "same-number", why)
        return self.is_(Kind.COMPATIBLE, "rising-curve", "One rising count can pass through both.")

    def _clash(self, one: Figure, other: Figure) -> Relation:
        if _other_place(self.one, self.other):
            why = "They cannot both be true of one place; they name two."
            return self.is_(Kind.NOT_COMPARABLE, "places-differ", why)
        if one.unit != other.unit and {one.unit, other.unit} <= JOURNEYS:
            return self.is_(Kind.NOT_COMPARABLE, "units-differ", f"A {one.unit} may not be a {other.unit}.")
        why = f"{one.told()} and {other.told()} cannot both be true, if they count the same."
        return self.is_(Kind.CONTRADICTS, "no-number-fits", why)

    def _one_time(self, one: Figure, other: Figure, ends: int) -> bool:
        """Whether two totals are of much the same window, ending within `ends` [days]; an open beginning may be any."""
        starts = one.start is None or other.start is None or abs((one.start - other.start).days) < self.rules.shift
        return starts and abs((one.end - other.end).days) < ends

    def _jump(self, one: Figure, other: Figure) -> float | None:
        """How many times the rate must have risen after the earlier total for the later one to be true."""
        early, late = sorted((one, other), key=lambda figure: figure.end)
        start = early.start or late.start
        if side(early.quantity) == "above" or side(late.quantity) == "below" or start is None:
            return None
        before, after = (early.end - start).days + 1, (late.end - early.end).days
        if before <= 0 or after <= 0 or early.number <= 0 or (late.start is not None and late.start > early.end):
            return None
        ratio = ((late.number - early.number) / after) / (early.number / before)
        return ratio if ratio >= self.rules.jump else None


def _original(claim: Claim, known: Mapping[str, Claim]) -> str:
    """The id at the beginning of a chain of retellings."""
    seen = {claim.id}
    while claim.retells is not None and claim.retells not in seen:
        seen.add(claim.retells)
        if claim.retells not in known:
            return claim.retells
        claim = known[claim.retells]
    return claim.id


def _denies_all(denial: Claim, claim: Claim) -> bool:
    """A flat denial of any amount, of a time that includes the other's, naming the same states."""
    amount = denial.quantity
    if denial.stance != "denies" or claim.stance in DENIALS or amount is None or amount.high != 0:
        return False
    until = denial.said if denial.period is None or denial.period.latest is None else denial.period
    in_time = until.before(When(earliest=claim.said.latest, latest=claim.said.latest)) is not True
    return (
        in_time
        and claim.said.latest is not None
        and len(states_in(denial.statement).keys() & states_in(claim.statement).keys()) >= 2
    )


def _overlap(one: Figure, other: Figure) -> bool:
    lows = [figure.quantity.low for figure in (one, other) if figure.quantity.low is not None]
    highs = [figure.quantity.high for figure in (one, other) if figure.quantity.high is not None]
    return not lows or not highs or max(lows) <= min(highs)


def _origin(claim: Claim) -> str:
    return claim.origin.key.casefold() if claim.origin is not None else claim.speaker


def _other_place(one: Claim, other: Claim) -> bool:
    """Whether both name places, and none in common."""
    if one.places and other.places:
        return not set(one.places) & set(other.places)
    named: Sequence[str] = [noted(claim).get("place", "") for claim in (one, other)]
    return all(named) and not set(map(sound, named[0].split(";"))) & set(map(sound, named[1].split(";")))
