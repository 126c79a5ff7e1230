"""First looks: custody says when the bytes of a series were first read, so that nobody can pick dates afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from dateline.core.errors import DatelineError
from dateline.evidence.chain import Entry, Event, Line, chains, read_chain, survey
from dateline.evidence.custody import Appended, Custody, Mended
from dateline.ledger.case import Case
from dateline.ledger.finding import InputRef

OPENING = {Event.ACCESSED, Event.DERIVED, Event.EXPORTED}
"""What nobody can do to a series without seeing it."""

LOOKED = "first look of `dateline measure`"


def log_of(case: Case) -> list[Entry]:
    """Every entry of all chains of a case. Raises InputError "custody-broken" where one is not whole."""
    return [entry for path in chains(case.root).values() for entry in read_chain(path)]


def moment(entry: Entry) -> datetime:
    """When it was entered."""
    return datetime.fromisoformat(entry.at)


def opened_at(names: set[str], frozen: datetime | None, log: Iterable[Entry]) -> datetime | None:
    """When a series was first opened. names: ids and hashes of what it rests on.

    Where no opening is logged, a series collected only after the list was frozen cannot have been opened before.
    """
    own = [entry for entry in log if entry.subject in names or entry.sha256 in names]
    opened = min((moment(entry) for entry in own if entry.event in OPENING), default=None)
    collected = min((moment(entry) for entry in own if entry.event is Event.COLLECTED), default=None)
    if opened is None and collected is not None and frozen is not None and collected > frozen:
        return collected
    return opened


def unseen(refs: Iterable[InputRef], log: Iterable[Entry]) -> tuple[InputRef, ...]:
    """The items of a measure that nobody has opened as far as the log shows; each once."""
    known = {name for entry in log if entry.event in OPENING for name in (entry.subject, entry.sha256)}
    items = {ref.sha256: ref for ref in refs if ref.kind == "item"}
    return tuple(ref for ref in items.values() if not {ref.id, ref.sha256} & known)


def rested_on(case: Case) -> list[tuple[InputRef, str]]:
    """The items that findings on disk rest on, each once with one of them: somebody has seen what they say."""
    found: dict[str, tuple[InputRef, str]] = {}
    for name in case.finding_ids():
        with suppress(DatelineError):  # one that cannot be read is computed again
            found |= {ref.sha256: (ref, name) for ref in case.finding(name).inputs if ref.kind == "item"}
    return list(found.values())


def log_looks(custody: Custody, refs: Iterable[InputRef], note: str = LOOKED) -> list[Appended]:
    """Enters that these items are opened now."""
    return [custody.append(Event.ACCESSED, ref.id, sha256=ref.sha256, note=note) for ref in refs]


class Looks:
    """Writes first looks into the log of a case while it is measured. Reads the log once."""

    def __init__(self, case: Case, custody: Custody | None) -> None:
        """`custody` is None where nobody is named: then first looks are told, and not entered."""
        steps = (step for path in chains(case.root).values() for step in survey(path))  # a broken log stops nobody here
        self._log = [step.entry for step in steps if isinstance(step, Line) and step.entry is not None]
        self._custody, self._rested = custody, {ref.sha256 for ref, _ in rested_on(case)}
        self.mended: list[Mended] = []

    def take(self, refs: Iterable[InputRef]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Enters the first looks at these items; gives the ids of those entered, and of those that could not be.

        An item on which a finding rests already was seen before, nobody knows when: an entry now would make it later.
        """
        new = unseen(refs, self._log)
        fresh = [ref for ref in new if ref.sha256 not in self._rested]
        if self._custody is None:
            return (), tuple(ref.id for ref in new)
        written = log_looks(self._custody, fresh)
        self._log += [one.entry for one in written]
        self.mended += [one.mended for one in written if one.mended is not None]
        entered = tuple(ref.id for ref in fresh)
        return entered, tuple(ref.id for ref in new if ref.id not in entered)
