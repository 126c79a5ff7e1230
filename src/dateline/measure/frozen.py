"""Events that are frozen before a series is opened: what custody says of them, and how they are entered there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dateline.core.errors import UsageError
from dateline.core.identity import digest
from dateline.evidence.chain import Entry
from dateline.evidence.chain import Event as Logged
from dateline.evidence.custody import Appended, Custody, Mended
from dateline.ledger.case import Case, unknown
from dateline.ledger.event import Event
from dateline.measure.looks import log_looks, log_of, moment, rested_on, unseen
from dateline.methods.event_study.listing import Listed, list_sha256

LIST = "events"
"""The subject of the entry for a list as a whole."""

State = Literal["frozen", "changed", "not frozen"]

_FIELD = re.compile(r"(\w+)=([0-9a-f]{12})\b")
_SEEN = "seen before the events were frozen: findings/{name}.json rests on it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one event stands to the log: frozen as it is now, frozen and changed since, or not frozen.

    `at` and `by` are of the first entry that froze it as it is, of the last one where it has changed; `changed` are the
    keys that are not as they were.
    """

    id: str
    state: State
    at: datetime | None = None
    by: str | None = None
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenList:
    """Events with how each stands; the hash of the list as it is now; since when the whole list is frozen, if it is."""

    events: tuple[Standing, ...]
    sha256: str
    at: datetime | None = None

    @property
    def changed(self) -> tuple[Standing, ...]:
        """Those that are not as they were frozen."""
        return tuple(one for one in self.events if one.state == "changed")


def standing(case: Case, names: Iterable[str] = (), log: Iterable[Entry] | None = None) -> FrozenList:
    """How events of the case, all of them without `names`, stand to the log. Raises UsageError for an unknown id."""
    events = _events(case, names)
    entries = [entry for entry in (log_of(case) if log is None else log) if entry.event is Logged.FROZEN]
    return FrozenList(
        events=tuple(_standing(event, of_event(entries, case, event.id)) for event in events),
        sha256=list_sha256(as_listed(case, events)),
        at=frozen_at(case, as_listed(case, events), (), entries),
    )


def freeze(
    case: Case, custody: Custody, names: Iterable[str] = (), *, again: str | None = None
) -> tuple[FrozenList, FrozenList, list[Mended]]:
    """Enters that events, all of the case without `names`, are fixed as they are now; and the list of them as a whole.

    Gives how they stood before and stand now, and what had to be mended in the log. What is frozen and unchanged is not
    entered again. Items on which findings rest were seen before now: that is entered first, where the log lacks it.
    Raises UsageError: "no-events", "reference", and "changed-since-frozen" where something changed since it was frozen
    and `again` gives no reason; nothing is entered then.
    """
    log = log_of(case)
    before = standing(case, names, log)
    if before.changed and not again:
        raise _changed(before.changed)
    written: list[Appended] = []
    rested = {ref.sha256: (ref, name) for ref, name in rested_on(case)}
    for ref in unseen((ref for ref, _ in rested.values()), log):
        written += log_looks(custody, [ref], _SEEN.format(name=rested[ref.sha256][1]))
    for one in before.events:
        if one.state != "frozen":
            written.append(_enter(case, custody, case.events[one.id], again if one.state == "changed" else None))
    if not any(entry.event is Logged.FROZEN and entry.sha256 == before.sha256 for entry in log):
        note = f"list of {len(before.events)}: {', '.join(one.id for one in before.events)}"[:2000]
        written.append(custody.append(Logged.FROZEN, LIST, sha256=before.sha256, note=note))
    return before, standing(case, names), [one.mended for one in written if one.mended is not None]


def _enter(case: Case, custody: Custody, event: Event, again: str | None) -> Appended:
    """One entry; its note has the time in words for people, and of each key what shows later whether it changed."""
    path = case.paths[event.id]
    fields = " ".join(f"{key}={found}" for key, found in _prints(event).items())
    note = f"{event.when.spoken()}{f'; frozen again: {again}' if again else ''}; {fields}"
    hashes = {"meta_sha256": event.sha256(), "file_sha256": case.files[path]}
    return custody.append(Logged.FROZEN, path, note=note, **hashes)


def _prints(event: Event) -> dict[str, str]:
    """Of each key that says something, what shows whether it says the same."""
    told = {key: value for key, value in event.to_json().items() if value and key not in {"schema", "id"}}
    return {key: digest(value)[:12] for key, value in told.items()}


def frozen_at(case: Case, events: Sequence[Listed], inline: Sequence[Listed], log: Iterable[Entry]) -> datetime | None:
    """Since when the list is frozen: all its records as they are now, or the list as a whole by its hash; None if not.

    `inline` are events without records, which can only be frozen as a whole list.
    """
    log = [entry for entry in log if entry.event is Logged.FROZEN]
    whole = [moment(entry) for entry in log if entry.sha256 == list_sha256((*events, *inline))]
    each = [
        [moment(entry) for entry in of_event(log, case, one.id) if _is(entry, case.events[one.id])] for one in events
    ]
    if each and not inline and all(each):
        whole.append(max(min(times) for times in each))
    return min(whole, default=None)


def of_event(log: Iterable[Entry], case: Case, event: str) -> list[Entry]:
    """The entries that froze an event of this id, as it is now or was, in order of time."""
    names = {event, case.paths[event]}
    return sorted((entry for entry in log if entry.event is Logged.FROZEN and entry.subject in names), key=moment)


def as_listed(case: Case, events: Iterable[Event]) -> tuple[Listed, ...]:
    """Event records as an event study lists them. In a case that is an exercise they are invented."""
    return tuple(
        Listed(id=event.id, title=event.title, when=event.when, invented=case.head.exercise) for event in events
    )


def _is(entry: Entry, event: Event) -> bool:
    return entry.meta_sha256 == event.sha256()


def _standing(event: Event, entries: Sequence[Entry]) -> Standing:
    if not entries:
        return Standing(id=event.id, state="not frozen")
    same = [entry for entry in entries if _is(entry, event)]
    if same:
        return Standing(id=event.id, state="frozen", at=moment(same[0]), by=same[0].actor)
    last = entries[-1]
    changed = _differing(_prints(event), dict(_FIELD.findall(last.note or "")))
    return Standing(id=event.id, state="changed", at=moment(last), by=last.actor, changed=changed)


def _differing(now: Mapping[str, str], then: Mapping[str, str]) -> tuple[str, ...]:
    """The keys that differ; none where the entry does not tell."""
    return tuple(sorted(key for key in now.keys() | then.keys() if now.get(key) != then.get(key))) if then else ()


def _events(case: Case, names: Iterable[str]) -> list[Event]:
    chosen = sorted(set(names)) or sorted(case.events)
    strange = [name for name in chosen if name not in case.events]
    if strange:
        raise unknown(strange[0], case.events, case=case)
    if not chosen:
        do = "Write events/ID.toml first, or `dateline add event`."
        raise UsageError("The case has no event that could be frozen.", saw="no events", do=do, code="no-events")
    return [case.events[name] for name in chosen]


def _changed(events: Sequence[Standing]) -> UsageError:
    told = [f"{one.id} ({', '.join(one.changed) or 'some key'})" for one in events]
    return UsageError(
        "These events are not as they were frozen.",
        saw=", ".join(told),
        do="Take the change back; or give the reason, and the log keeps both: dateline freeze --again REASON.",
        code="changed-since-frozen",
    )
