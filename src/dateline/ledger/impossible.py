"""What cannot be, though every record is well formed: units that nobody knows, words said before what they tell of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from dateline.core.amounts.units import known, unit_of
from dateline.core.errors import RecordFault, UsageError
from dateline.core.quantity import Kind
from dateline.core.when import Moment, When
from dateline.ledger.claim import Claim
from dateline.ledger.crosscheck import AnyRead, Filed
from dateline.ledger.event import Event
from dateline.ledger.faults import nearest

ZONES = timedelta(days=1)
"""A day may be another one where the speaker is."""

_AHEAD = frozenset({"predicts", "denies", "denies_part", "denies_proof", "declines"})
"""Stances from which something may be said of what has not begun."""


def impossible(filed: Sequence[Filed], *, units: Iterable[str]) -> Iterator[RecordFault]:
    """A fault for each unit that neither the program nor the case (`units`) knows, for each claim said before the time
    that it is about or before the claim that it retells, and for each event after the claims that report it.
    """
    claims = {record.id: record for _, record in filed if isinstance(record, Claim)}
    own = frozenset(units)
    for read, record in filed:
        if isinstance(record, Claim):
            yield from _unit(read, record, own)
            yield from _early(read, record, claims)
        elif isinstance(record, Event):
            yield from _unhappened(read, record, claims)


def _unit(read: AnyRead, claim: Claim, own: frozenset[str]) -> Iterator[RecordFault]:
    unit = None if claim.quantity is None else claim.quantity.unit
    if unit is not None and unit not in own and not _is_spelled(unit):
        valid = f"a unit of the program, or of case.toml (units = [{unit!r}] there makes it one)"
        near = " or ".join(nearest(unit, {*known(), *own}))
        yield read.fault("quantity.unit", repr(unit), valid + (f"; did you mean {near}?" if near else ""))


def _is_spelled(unit: str) -> bool:
    """Whether it is a unit of the program, or begins with words for one: "people", "missiles fired"."""
    try:
        return bool(unit_of(unit))
    except UsageError:
        return False


def _early(read: AnyRead, claim: Claim, claims: Mapping[str, Claim]) -> Iterator[RecordFault]:
    told = claims.get(claim.retells) if claim.retells is not None else None
    if told is not None and _before(claim.said, told.said):
        found = f"{told.id}, which was said {told.said.spoken()}, after {claim.said.spoken()}"
        yield read.fault("retells", found, "a claim that was said before it; page dates are often wrong")
    if claim.period is not None and not _looks_ahead(claim) and _before(claim.said, claim.period):
        found = f"{claim.period.spoken()}, which had not begun when it was said, {claim.said.spoken()}"
        yield read.fault("period", found, 'a time that had begun; or status = "planned", or stance = "predicts"')


def _unhappened(read: AnyRead, event: Event, claims: Mapping[str, Claim]) -> Iterator[RecordFault]:
    for index, name in enumerate(event.claims):
        claim = claims.get(name)
        if claim is not None and not _looks_ahead(claim) and _before(claim.said, event.when):
            found = f"{name}, said {claim.said.spoken()}, before the event, {event.when.spoken()}"
            yield read.fault(f"claims.{index}", found, "claims that were said when it had happened; look at both days")


def _looks_ahead(claim: Claim) -> bool:
    planned = claim.status == "planned" or (claim.quantity is not None and claim.quantity.kind is Kind.PLAN)
    return planned or claim.stance in _AHEAD


def _before(said: When, begun: When) -> bool:
    """Whether something was surely said before something began; what is roughly dated is left to people."""
    if said.latest is None or begun.earliest is None or said.approximate or begun.approximate:
        return False
    return _day(said.latest) + ZONES < _day(begun.earliest)


def _day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
