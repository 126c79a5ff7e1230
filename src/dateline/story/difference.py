"""What is not as it was when a version went out: printed words first, then what they rest on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, Literal

from dateline.core.errors import DatelineError
from dateline.core.identity import sha256_file
from dateline.evidence.chain import Entry, Event
from dateline.ledger.agreed import off_record
from dateline.story import published
from dateline.story.published import FOLDER, MANIFEST, FindingThen, Manifest, Printed
from dateline.story.reading import Reading
from dateline.story.wording import says

What = Literal["number", "date", "claim", "words", "typed", "sentence", "finding", "record", "evidence", "version"]

TOUCHED = {
    Event.HIDDEN: "hidden",
    Event.EXPUNGED: "expunged",
    Event.REDACTED: "redacted",
    Event.CORRECTED: "its record was corrected",
}
GONE = {Event.HIDDEN, Event.EXPUNGED}
"""What is not to be shown any longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is not as it was. `printed` says that the page would change, or may have to."""

    what: What
    id: str
    why: str
    was: str | None = None
    now: str | None = None
    printed: bool = False

    def __str__(self) -> str:
        mark = "PRINTED " if self.printed else "        "
        told = f"{mark}{self.what}: {self.id}: {self.why}"
        if self.was is not None or self.now is not None:
            told += f"\n          was: {self.was or 'not there'}\n          now: {self.now or 'not there'}"
        return told

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "what": self.what, "id": self.id, "why": self.why, "was": self.was, "now": self.now, "printed": self.printed
        }  # fmt: skip

    @property
    def needs_correction(self) -> bool:
        """Whether readers who saw the earlier page were told something else: a number, a date, a claim."""
        return self.printed and self.was is not None and self.what in {"number", "date", "claim", "typed"}


def differences(
    then: Manifest,
    reading: Reading,
    *,
    freshness: Mapping[str, bool | None] | None = None,
    newer: Mapping[str, Collection[str]] | None = None,
    log: Iterable[Entry] = (),
) -> tuple[Change, ...]:
    """Everything that changed since a version went out: what the page prints first.

    freshness: for each finding whether it is what would be computed now, None where that cannot be told here.
    newer: inputs that each finding would rest on now and does not yet. log: the custody log. Nothing is measured.
    """
    changes = [
        *_printed(then, reading),
        *_claims(then, reading),
        *_typed(then, reading),
        *_sentences(then, reading),
        *_findings(then, reading, freshness or {}, newer or {}),
        *_evidence(then, reading, tuple(log)),
        *_records(then, reading),
    ]
    return tuple(sorted(changes, key=lambda change: not change.printed))


def _printed(then: Manifest, reading: Reading) -> Iterator[Change]:
    """References whose words differ, that are gone, that are new."""
    now = {(one.reference, one.forms): one for one in published.printed(reading)}
    for was in then.printed:
        key = (was.reference, was.forms)
        still = now.pop(key, None)
        words = still.words if still is not None else says(reading, was.reference, was.forms)
        if words is None:
            yield _change(was, "it cannot be printed any longer", None)
        elif words != was.words:
            yield _change(was, "it says something else now", words)
        elif still is None:
            yield _change(was, "the story does not print it any longer", None)
        elif still.value != was.value:
            yield Change(
                what=_what(was), id=was.reference, why="it changed, and rounds to the same words", printed=False
            )
    for one in now.values():
        yield Change(
            what=_what(one), id=one.reference, why="the story prints it and did not then", now=one.words, printed=True
        )


def _what(one: Printed) -> What:
    kinds: dict[str, What] = {"number": "number", "date": "date", "claim": "claim"}
    return kinds.get(one.what, "words")


def _change(was: Printed, why: str, now: str | None) -> Change:
    return Change(what=_what(was), id=was.reference, why=why, was=was.words, now=now, printed=True)


def _claims(then: Manifest, reading: Reading) -> Iterator[Change]:
    """Claims under the page that others have denied, superseded, qualified or taken back since."""
    off = off_record(reading.case.records)
    for name, was in then.claims.items():
        if name not in reading.case.claims or name in off:
            continue  # said by its words, or by its record
        for other, how in published.against(reading.case, name).items():
            if was.against.get(other) != how:
                changes = how in {"supersedes", "retracts"}
                said = reading.case.claims[name].statement
                yield Change(
                    what="claim", id=name, why=f"{other} {how} it", was=said if changes else None, printed=changes
                )


def _typed(then: Manifest, reading: Reading) -> Iterator[Change]:
    now = list(published.typed(reading))
    for text in then.typed:
        if text in now:
            now.remove(text)
        else:
            yield Change(what="typed", id="by hand", why="it is not there any longer", was=text, printed=True)
    for text in now:
        yield Change(what="typed", id="by hand", why="it was not there then", now=text, printed=True)


def _sentences(then: Manifest, reading: Reading) -> Iterator[Change]:
    was, now = then.sentences, published.sentences(reading)
    for tag, a, b, c, d in SequenceMatcher(a=was, b=now, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for at in range(max(b - a, d - c)):
            before = was[a + at] if a + at < b else None
            after = now[c + at] if c + at < d else None
            why = "new" if before is None else "gone" if after is None else "reads otherwise"
            number = (c if after is not None else a) + at + 1
            yield Change(what="sentence", id=str(number), why=why, was=before, now=after, printed=True)


def _findings(
    then: Manifest, reading: Reading, freshness: Mapping[str, bool | None], newer: Mapping[str, Collection[str]]
) -> Iterator[Change]:
    for name, was in then.findings.items():
        try:
            finding = reading.case.finding(name)
        except DatelineError as error:
            yield Change(what="finding", id=name, why=error.what, was=was.result, printed=True)
            continue
        now = published.finding_then(finding, shown=was.shown)
        yield from _measured_again(name, was, now)
        if freshness.get(name) is False:
            more = sorted(newer.get(name, ()))
            told = f"new under it: {', '.join(more[:6])}" if more else "its inputs, parameters or method have changed"
            why = f"out of date: {told}; `dateline measure {name}` shows whether a printed number changes"
            yield Change(what="finding", id=name, why=why, printed=True)
        elif name in freshness and freshness[name] is None:
            yield Change(what="finding", id=name, why="its inputs are not on this machine: nobody can tell here")


def _measured_again(name: str, was: FindingThen, now: FindingThen) -> Iterator[Change]:
    if now.result != was.result:
        yield Change(
            what="finding", id=name, why="measured again, with another result", was=was.result, now=now.result,
            printed=True,
        )  # fmt: skip
    changed = [key for key in sorted({*was.figures, *now.figures}) if was.figures.get(key) != now.figures.get(key)]
    if was.shown:
        for key in changed:
            yield Change(
                what="number",
                id=f"{name}.{key}",
                why="measured again, and a block shows the whole finding",
                was=_short(was.figures.get(key)),
                now=_short(now.figures.get(key)),
                printed=True,
            )
    elif changed:
        more = f" and {len(changed) - 6} more" if len(changed) > 6 else ""
        yield Change(what="finding", id=name, why=f"measured again; other figures: {', '.join(changed[:6])}{more}")
    elif now.result == was.result and now.input_key != was.input_key:
        yield Change(what="finding", id=name, why="measured again on other inputs, with the same figures")


def _short(value: Any) -> str | None:
    """A figure in a line."""
    if value is None:
        return None
    if isinstance(value, dict) and "best" in value:
        return f"{value['best']} ({value.get('low')} to {value.get('high')}) {value.get('unit', '')}".strip()
    text = str(value)
    return text if len(text) <= 120 else f"{text[:119]}…"


def _evidence(then: Manifest, reading: Reading, log: tuple[Entry, ...]) -> Iterator[Change]:
    """Files under the page that are gone or have other bytes, and what custody says was done to them since."""
    since = _published_at(then, log)
    done: dict[tuple[str, str], Entry] = {}
    for entry in log:
        if entry.subject in then.evidence and entry.event in TOUCHED and (since is None or _moment(entry) > since):
            done[(entry.subject, TOUCHED[entry.event])] = entry
    for (name, told), entry in sorted(done.items()):
        yield Change(
            what="evidence", id=name, why=f"{told} on {entry.at[:10]} by {entry.actor}", printed=entry.event in GONE
        )
    for name, sha256 in then.evidence.items():
        now = reading.files.get(name, reading.case.items[name].content if name in reading.case.items else None)
        if name not in reading.files and name not in reading.case.items:
            yield Change(what="evidence", id=name, why="it is not under the page any longer")
        elif (now or "") != sha256:
            yield Change(
                what="evidence",
                id=name,
                why="it has other bytes now",
                was=sha256[:12],
                now=(now or "")[:12],
                printed=True,
            )
    for name in sorted(set(reading.files) - set(then.evidence)):
        yield Change(what="evidence", id=name, why="it is under the page now, and was not then")


def _published_at(then: Manifest, log: tuple[Entry, ...]) -> datetime | None:
    entry = entry_of(then, log)
    return None if entry is None else _moment(entry)


def entry_of(then: Manifest, log: Iterable[Entry]) -> Entry | None:
    """The custody entry of a published version."""
    subject = f"{FOLDER}/{then.number}"
    own = (entry for entry in log if entry.event is Event.FROZEN and entry.subject == subject)
    return max(own, key=_moment, default=None)


def _moment(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.at)


def _records(then: Manifest, reading: Reading) -> Iterator[Change]:
    now = published.records(reading)
    for name, sha256 in then.records.items():
        if name not in reading.case.records:
            yield Change(what="record", id=name, why="the record is gone")
        elif name in now and sha256 and now[name] and now[name] != sha256:
            yield Change(what="record", id=name, why="the record says something else")
        elif name not in now:
            yield Change(what="record", id=name, why="nothing on the page rests on it any longer")
    for name in sorted(set(now) - set(then.records)):
        yield Change(what="record", id=name, why="the page rests on it now, and did not then")


def custody_of(then: Manifest, reading: Reading, log: Iterable[Entry]) -> Iterator[Change]:
    """Where custody does not know a version, or knows another of its number."""
    entry = entry_of(then, log)
    path = reading.case.root / FOLDER / str(then.number) / MANIFEST
    if entry is None:
        yield Change(what="version", id=str(then.number), why="custody has no entry of it")
    elif entry.sha256 != sha256_file(path):
        yield Change(what="version", id=str(then.number), why="its manifest is not the one in the custody log")
