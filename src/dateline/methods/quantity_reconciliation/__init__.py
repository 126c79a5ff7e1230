"""Can these amounts all be true? Pairs, rising curves, smallest clashing sets, conversions, number reuse, voyages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.ledger.claim import Claim
from dateline.ledger.finding import Note, Statement
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.origins.words import plural
from dateline.methods.quantity_reconciliation.capacity import Range
from dateline.methods.quantity_reconciliation.convert import (
    Conversion,
    calculated_from,
    conversions,
    declared,
    spelled,
)
from dateline.methods.quantity_reconciliation.curve import Bound, bounds, smallest_clashes
from dateline.methods.quantity_reconciliation.figure import JOURNEYS, Figure, figure_of
from dateline.methods.quantity_reconciliation.relate import Kind, Relation, Rules, relate
from dateline.methods.quantity_reconciliation.voyages import Voyages, voyages
from dateline.methods.retelling_drift.told import status_of, tells_capacity

CARD = read_card(Path(__file__).parent / "card.md")
MOST = 150
"""Claims that are laid beside each other, each with each."""
_LISTED = 12


@dataclass(frozen=True, slots=True)
class Group:
    """Totals of one thing: whether one rising count fits them, its bounds, or the smallest sets that clash."""

    unit: str
    deed: str | None
    figures: tuple[Figure, ...]
    clashes: tuple[tuple[str, ...], ...]
    smallest: bool
    bounds: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    relations: tuple[Relation, ...]
    groups: tuple[Group, ...]
    conversions: tuple[Conversion, ...]
    voyages: tuple[Voyages, ...]
    as_delivery: tuple[str, ...]
    figures: Mapping[str, Figure]
    retold: frozenset[str]

    def of(self, *kinds: Kind) -> list[Relation]:
        """Relations of some kinds between claims that retell none of the others."""
        pairs = [one for one in self.relations if one.kind in kinds]
        return [one for one in pairs if not {one.one, one.other} & self.retold]


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:  # noqa: ARG001 - no chance in it
    """Whether the amounts of claims [in their units] can all be true, and under which conditions.

    inputs: `claims`; with them `background`, the claims that they retell or are calculated from. Values: `groups`
    (totals of one unit: bounds of the rising count by day, or the smallest clashing sets), `relations`,
    `conversions`, `voyages`. Rows: one a pair that is not simply incomparable. A set of totals is feasible when its
    difference constraints have no negative cycle (Bellman 1958, 10.1090/qam/102435).
    """
    given = tuple({claim.id: claim for claim in inputs.many("claims", Claim)}.values())
    known = {claim.id: claim for claim in (*inputs.many("background", Claim), *given)}
    rules = Rules(
        band=parameters["about"], shift=parameters["shift"], factors=declared(parameters["conversions"] or "")
    )
    claims = sorted((claim for claim in given), key=lambda claim: claim.id)
    if len(claims) > MOST:
        raise Refusal(
            f"At most {MOST} claims are laid beside each other.",
            saw=f"{len(claims)} claims",
            do="Name those that are about one thing.",
            code="too-many",
        )
    if len(claims) < 2:
        raise Refusal(
            "There are no two claims.", saw=plural(len(claims), "claim"), do="Give at least two.", code="too-few"
        )
    return _outcome(_found(claims, known, rules, _ship(parameters)), rules)


def _ship(parameters: Parameters) -> Range | None:
    low, high = parameters["ship_low"], parameters["ship_high"]
    if low is None and high is None:
        return None
    if low is None or high is None or low > high or not parameters["ship_source"]:
        raise Refusal(
            "The capacity of the ships is not fully told.",
            saw=f"ship_low {low}, ship_high {high}, ship_source {parameters['ship_source']}",
            do="Give both bounds, the lower first, and who says so (ship_source).",
            code="ship-capacity",
        )
    return Range(low, high, "container", parameters["ship_source"])


def _found(claims: Sequence[Claim], known: Mapping[str, Claim], rules: Rules, ship: Range | None) -> _Found:
    figures = {claim.id: figure for claim in claims if (figure := figure_of(claim, band=rules.band)) is not None}
    first_hand = [figures[claim.id] for claim in claims if claim.id in figures and claim.retells not in known]
    pairs = combinations(claims, 2)
    relations = [relate(one, other, known=known, rules=rules, figures=figures) for one, other in pairs]
    return _Found(
        relations=tuple(relations),
        groups=tuple(_groups(first_hand, {frozenset({one.one, one.other}) for one in relations if one.code in _APART})),
        conversions=tuple(conversions(claims, known)),
        voyages=tuple(voyages(first_hand, ship, shift=rules.shift)),
        as_delivery=tuple(_as_delivery(claims, relations, known)),
        figures=figures,
        retold=frozenset(claim.id for claim in claims if claim.retells in known),
    )


def _groups(figures: Iterable[Figure], apart: Collection[frozenset[str]]) -> Iterator[Group]:
    """Totals by unit, and by what happened to the things where that differs: sent and fired missiles are two counts.

    Retellings are left out: they would count a figure twice, drifted.
    """
    by_unit: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.sort == "total":
            by_unit.setdefault(figure.unit, []).append(figure)
    for unit, every in sorted(by_unit.items()):
        deeds = sorted({figure.deed for figure in every if figure.deed is not None})
        for deed in deeds if len(deeds) > 1 else [None]:
            some = [figure for figure in every if deed is None or figure.deed in {deed, None}]
            if len(some) > 1:
                clashes, smallest = smallest_clashes(some, apart)
                yield Group(unit, deed, tuple(some), tuple(clashes), smallest, tuple(bounds(some)))


def _as_delivery(claims: Iterable[Claim], relations: Iterable[Relation], known: Mapping[str, Claim]) -> list[str]:
    """Claims that tell what would fit as what was sent: by their words, or as a retelling."""
    worded = {
        claim.id
        for claim in claims
        if calculated_from(claim) and claim.retells is None and claim.quantity is not None
        if claim.quantity.kind.value == "capacity" and status_of(claim)[0] == "done"
        if not tells_capacity(claim.statement)
    }
    told = {name for one in relations if "capacity as delivery" in one.why for name in (one.one, one.other)}
    return sorted(worded | {name for name in told if known[name].retells is not None})


def _outcome(found: _Found, rules: Rules) -> Outcome:
    result, statement = _answer(found)
    rows = [_row(one) for one in found.relations if one.code not in _QUIET]
    rows += [_voyage_row(one) for one in found.voyages]
    counts = Counter(one.kind.value for one in found.relations)
    return Outcome(
        result=result,
        statement=statement,
        reasons=_reasons(found),
        needed=_needed(result, found),
        values={
            "relations": dict(sorted(counts.items())),
            "groups": [_group(group) for group in found.groups],
            "conversions": [
                {"base": one.base.id, "result": one.result.id, "factors": list(one.factors), "told": one.told()}
                for one in found.conversions
            ],
            "voyages": [_voyage_row(one) for one in found.voyages],
        },
        rows=rows,
        caveats=_caveats(found, rules),
    )


_APART = {"status-differs", "deeds-differ", "things-differ", "places-differ"}
"""Reasons for which two totals of one unit do not count the same."""

_QUIET = {"no-amount", "units-differ", "sorts-differ", "denial-not-linked"}
"""Reasons why two claims are not to be compared that are counted and not listed."""


def _answer(found: _Found) -> tuple[str, Statement]:
    clashes = [clash for group in found.groups for clash in group.clashes]
    pairs = found.of(Kind.CONTRADICTS)
    if clashes or pairs:
        told = [" and ".join(found.figures[name].told() for name in clash) for clash in clashes[:3]]
        listed = {frozenset(clash) for clash in clashes}
        told += [one.why.rstrip(".") for one in pairs if frozenset({one.one, one.other}) not in listed][: 3 - len(told)]
        return "contradicts", say(CARD, "contradicts", clash="; or ".join(told))
    conditions = [f"{one.one} and {one.other}: {one.why}" for one in found.of(Kind.COMPATIBLE_IF, Kind.REUSE)]
    conditions += [f"More trips or larger ships: {one.why}" for one in found.voyages if one.fits is False]
    if conditions:
        return "compatible only if", say(CARD, "only-if", conditions=" ".join(conditions[:3]))
    fits = found.of(Kind.COMPATIBLE, Kind.UNKNOWN)
    if fits:
        return "compatible", say(CARD, "compatible", pairs=plural(len(fits), "pair"), count=_last_bound(found))
    if found.voyages:
        return "cannot tell", say(CARD, "load-implied", loads=" ".join(one.why for one in found.voyages[:3]))
    return "cannot tell", say(CARD, "cannot-tell", why=_why_not(found))


def _last_bound(found: _Found) -> str:
    told = []
    for group in found.groups:
        if group.bounds:
            last = group.bounds[-1]
            amount = spelled(last.low or None, last.high)
            told.append(f"{amount} {group.unit}s by {last.day.day} {last.day:%B %Y}")
    return f": {'; '.join(told)}" if told else ""


def _why_not(found: _Found) -> str:
    codes = Counter(one.code.replace("-", " ") for one in found.relations)
    return ", ".join(code if count == 1 else f"{code} ({count})" for code, count in sorted(codes.items()))


def _reasons(found: _Found) -> tuple[Note, ...]:
    reasons = [Note(code="clash", text=one.why) for one in found.of(Kind.CONTRADICTS)[:_LISTED]]
    for group in found.groups:
        for clash in [clash for clash in group.clashes if len(clash) > 2][:_LISTED]:
            text = f"Together these cannot all be true: {', '.join(found.figures[name].told() for name in clash)}."
            reasons.append(Note(code="clashing-set", text=text))
    listed = {Kind.REUSE: "number-reuse", Kind.COMPATIBLE_IF: "condition", Kind.UNKNOWN: "independence-unknown"}
    for kind, code in listed.items():
        reasons += [Note(code=code, text=f"{one.one}, {one.other}: {one.why}") for one in found.of(kind)[:_LISTED]]
    if found.conversions:
        text = "; ".join(f"{one.result.id}: {one.told()}" for one in found.conversions[:_LISTED])
        reasons.append(Note(code="conversion", text=f"Calculated from another amount, and the factor implied: {text}."))
    reasons += [Note(code="voyages", text=one.why) for one in found.voyages[:_LISTED]]
    return tuple(reasons)


def _needed(result: str, found: _Found) -> tuple[str, ...]:
    if result != "cannot tell":
        return ()
    if found.voyages:
        return ("What each ship can carry, from a register; and the days on which nobody looked.",)
    return ("Amounts of one unit, of one sort (a total, a stock, a capacity, a plan), with their periods.",)


def _caveats(found: _Found, rules: Rules) -> tuple[Note, ...]:
    caveats = []
    about = [name for name, figure in found.figures.items() if figure.quantity is not figure.claim.quantity]
    if about:
        text = f"“About” was read as {100 * rules.band:g} % more or less, for {', '.join(sorted(about)[:_LISTED])}."
        caveats.append(Note(code="about-band", text=text))
    opened = {figure.id for group in found.groups for figure in group.figures if figure.start is None}
    if opened:
        text = f"No beginning is told, so taken as totals to date: {', '.join(sorted(opened)[:_LISTED])}."
        caveats.append(Note(code="open-window", text=text))
    if found.as_delivery:
        text = f"What would fit is told as what was sent: {', '.join(found.as_delivery)}."
        caveats.append(Note(code="capacity-as-delivery", text=text))
    if any(one.code in {"status-differs", "deeds-differ"} for one in found.relations):
        caveats.append(
            Note(code="status-from-words", text="How far a deed is was read from words, where no field says.")
        )
    if any(not group.smallest for group in found.groups):
        caveats.append(
            Note(code="not-smallest", text="A clashing set may not be the smallest: too many were to be tried.")
        )
    if any({group.unit} & JOURNEYS for group in found.groups):
        caveats.append(Note(code="journeys", text="A trip, a visit and a shipment are counted apart."))
    return tuple(caveats)


def _row(one: Relation) -> dict[str, Any]:
    return {"one": one.one, "other": one.other, "relation": one.kind.value, "code": one.code, "why": one.why}


def _voyage_row(one: Voyages) -> dict[str, Any]:
    relation = {None: "load implied", True: "could carry", False: "could not carry"}[one.fits]
    return {"one": one.trips.id, "other": one.cargo.id, "relation": relation, "code": "voyages", "why": one.why}


def _group(group: Group) -> dict[str, Any]:
    return {
        "unit": group.unit,
        "deed": group.deed,
        "claims": [figure.id for figure in group.figures],
        "feasible": not group.clashes,
        "clashes": [list(clash) for clash in group.clashes],
        "bounds": [{"day": one.day, "low": one.low, "high": one.high} for one in group.bounds],
    }
