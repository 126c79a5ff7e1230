"""What a sheet would do to a case: new records, changed ones, and all that is wrong, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dateline.core.errors import RecordError, RecordFault
from dateline.ledger.case import Case
from dateline.ledger.claims_columns import Lost
from dateline.ledger.compose.form import FORMS
from dateline.ledger.crosscheck import crosscheck
from dateline.ledger.impossible import impossible
from dateline.ledger.reading import Read
from dateline.ledger.record import Record


@dataclass(frozen=True, slots=True)
class Placed:
    """A record and the line of the sheet, or the text, that it comes from."""

    record: Record
    file: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """New records in an order in which each only names earlier ones or the case's; changed ones; how many stay."""

    new: tuple[Placed, ...] = ()
    changed: tuple[Placed, ...] = ()
    unchanged: int = 0
    faults: tuple[RecordFault, ...] = ()
    lost: tuple[Lost, ...] = ()
    notes: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    """Ids of rows at fault: that others name them is no second fault."""

    def checked(self, case: Case) -> Changes:
        """Itself, once every record stands among those of the case. Raises RecordError with every fault."""
        faults = sorted(
            {*self.faults, *self._crossed(case)}, key=lambda fault: (fault.file, fault.line or 0, fault.key)
        )
        if faults:
            raise RecordError(faults, case=str(case.root))
        return self

    def _crossed(self, case: Case) -> list[RecordFault]:
        """Faults between the records; those of this sheet stand last, so that a doubled id is theirs."""
        changed = {placed.record.id for placed in self.changed}
        there = [
            (Read(case.paths[name], record, ()), record) for name, record in case.records.items() if name not in changed
        ]
        ours = [(Read(one.file, one.record, (), line=one.line), one.record) for one in (*self.changed, *self.new)]
        kinds = {(one.file, one.line): one.record.kind for one in (*self.changed, *self.new)}
        filed = [*there, *ours]
        found = [*crosscheck(filed, findings=case.finding_ids(), broken=self.broken)]
        found += impossible(filed, units=(unit.name for unit in case.head.units))
        return [_renamed(fault, kinds.get((fault.file, fault.line), "")) for fault in found]


def _renamed(fault: RecordFault, kind: str) -> RecordFault:
    """The fault under the key of the form."""
    if kind not in FORMS:
        return fault
    return RecordFault(fault.file, fault.line, FORMS[kind].key_of(fault.key), fault.found, fault.valid)


def in_order(placed: Iterable[Placed]) -> tuple[Placed, ...]:
    """Records so that each comes after those of them that it names, as far as they do not name each other."""
    by_id = {one.record.id: one for one in placed}
    done: dict[str, Placed] = {}
    for name in by_id:
        todo = [(name, False)]
        entered: set[str] = set()
        while todo:
            at, ready = todo.pop()
            if at in done or (at in entered and not ready):
                continue
            if ready:
                done[at] = by_id[at]
                continue
            entered.add(at)
            todo.append((at, True))
            todo += [(ref.id, False) for ref in by_id[at].record.refs() if ref.id in by_id and ref.id not in done]
    return tuple(done.values())


def placed(records: Sequence[Record], *, file: str, line: int | None = None) -> tuple[Placed, ...]:
    """Records that all come from one text."""
    return tuple(Placed(record, file, line) for record in records)
