"""Plain texts become a record of a kind: every fault at once, every doubtful text as a question with its readings."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from dateline.core.errors import RecordFault
from dateline.ledger.claim import Claim
from dateline.ledger.compose.brackets import Wrong
from dateline.ledger.compose.desk import Desk, Question
from dateline.ledger.compose.form import NAME, Field, Form, form_of
from dateline.ledger.compose.told import Told
from dateline.ledger.compose.ways import WAYS, Choose, Draft
from dateline.ledger.place import SENSITIVE_ROLES
from dateline.ledger.reading import validated
from dateline.ledger.record import Record
from dateline.ledger.write import plain

_NUMBERED = re.compile(r"[Cc](\d{1,9})")
_SPEAKER = {"speaker": "name", "speaker_type": "type", "speaker_state": "state", "speaker_zone": "zone"}
_READ = frozenset({"when", "quantity", "position", "chain", "source"})
_TITLES = {"place": NAME, "source": NAME, "event": "title", "media": "title", "reply": "party"}
_NOT_LATIN = re.compile(
    r"[\u0370-\u058f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u1100-\u11ff\u3040-\u9fff\uac00-\ud7af]"
)
_OTHER_SCRIPTS = frozenset(
    {"ko", "ru", "uk", "zh", "ja", "el", "bg", "sr", "mk", "be", "ar", "fa", "he", "hi", "th", "ka", "hy"}
)


@dataclass(frozen=True, slots=True)
class Composed:
    """What came of it: the records (a new speaker before its claim), or faults and questions; and notes on them."""

    records: tuple[Record, ...] = ()
    faults: tuple[RecordFault, ...] = ()
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()
    read: Mapping[str, str] = field(default_factory=dict)
    """How dates, amounts, positions, chains and sources were read, by key, spelt without doubt."""


def compose(
    kind: str,
    told: Told,
    desk: Desk,
    *,
    choices: Mapping[str, int] | None = None,
    taken: Collection[str] = (),
    current: Record | None = None,
    shapes: Any = None,
) -> Composed:
    """Makes a record of what was told. Pure: nothing is read from disk or written.

    `choices` gives the number of a reading where a text has several, by key. `taken`: ids, in small letters, that no
    new record may have. With `current` only what was told changes; an empty text takes a value out. `shapes` reads the
    outlines that places name. Raises UsageError (code `kind`) for a kind without a form.
    """
    form = form_of(kind)
    draft = Draft(form, told, desk, copy.deepcopy(plain(current)) if current is not None else {})
    work = _Work(form=form, draft=draft, choices=choices or {}, taken=taken, current=current)
    for question in work.form.fields:
        if question.way == "name":
            work.names()
        elif question.key in told.values and question.path:
            work.take(question)
    work.speaker()
    return work.end(shapes)


@dataclass(slots=True, kw_only=True)
class _Work:
    form: Form
    draft: Draft
    choices: Mapping[str, int]
    taken: Collection[str]
    current: Record | None
    faults: list[RecordFault] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    first: list[Record] = field(default_factory=list)
    """A source that is made along with its claim."""
    read: dict[str, str] = field(default_factory=dict)

    def take(self, question: Field) -> None:
        """Reads one text into the data, or notes what is wrong or open."""
        text = self.draft.told.values[question.key]
        if not text:
            _drop(self.draft.data, question.steps)
            if question.key == "position":
                _drop(self.draft.data, ("where", "lon"))
                _drop(self.draft.data, ("where", "lat"))
            return
        try:
            value = WAYS[question.way].read(text, question, self.draft)
        except Wrong as wrong:
            self.faults.append(self.draft.told.fault(question.key, wrong.found, wrong.valid))
        except Choose as several:
            self._choose(question, Question(question.key, several.ask, several.options))
        else:
            steps = question.steps[:-1] if question.way == "position" else question.steps
            _put(self.draft.data, steps, value)
            if question.way in _READ and value:
                self.read[question.key] = WAYS[question.way].spell(value)

    def _choose(self, question: Field, open_: Question) -> None:
        number = self.choices.get(question.key)
        if number is None:
            self.questions.append(open_)
        elif 1 <= number <= len(open_.options):
            option = dict(open_.options[number - 1].told)
            exact = {key: text for key, text in option.items() if key == question.key or not self.draft.text(key)}
            self.draft.told = self.draft.told.having(exact)
            self.choices = {key: value for key, value in self.choices.items() if key != question.key}
            for key in exact:
                self.take(self.form.field(key) or question)
        else:
            valid = f"a number from 1 to {len(open_.options)}"
            self.faults.append(self.draft.told.fault(question.key, f"reading {number}", valid))

    def names(self) -> None:
        """`name` is in the case's first language, `name_ko` in Korean."""
        names = self.draft.data.setdefault("names", {})
        for key, text in self.draft.told.values.items():
            if key != NAME and not key.startswith(f"{NAME}_"):
                continue
            language = key.removeprefix(NAME).removeprefix("_") or self.draft.desk.language
            if key == NAME and _NOT_LATIN.search(text) and language not in _OTHER_SCRIPTS:
                self.faults.append(
                    self.draft.told.fault(NAME, repr(text), f"a name in {language}; for others name_ko, name_ru …")
                )
            elif text:
                names[language] = text
            else:
                names.pop(language, None)
        if not names:
            del self.draft.data["names"]

    def speaker(self) -> None:
        """Makes the source of a speaker who is new, where a type was given with the name."""
        told = self.draft.told
        if self.form.kind != "claim" or "speaker_type" not in told.values or "speaker" not in told.values:
            return
        if self.draft.data.get("speaker") != "":
            known = self.draft.desk.sources.get(self.draft.data.get("speaker", ""))
            if known is not None and known.type != told.values["speaker_type"]:
                valid = f"no type: {known.name()} is known, as {known.type}"
                self.faults.append(told.fault("speaker_type", repr(told.values["speaker_type"]), valid))
            return
        values = {_SPEAKER[key]: text for key, text in told.values.items() if key in _SPEAKER}
        made = compose("source", replace(told, values=values), self.draft.desk, taken=self.taken)
        back = {theirs: ours for ours, theirs in _SPEAKER.items()}
        self.faults += [replace(fault, key=back.get(fault.key, fault.key)) for fault in made.faults]
        self.first += made.records
        self.draft.data["speaker"] = made.records[0].id if made.records else "unknown"

    def end(self, shapes: Any) -> Composed:
        """The record, if nothing is wrong."""
        told, data = self.draft.told, self.draft.data
        if self.current is None:
            data["id"] = self._id()
        open_ = {fault.key for fault in self.faults} | {question.key for question in self.questions}
        record, wrong = validated(data, self.form.model, file=told.file, line=told.line or 1, shapes=shapes)
        for fault in map(self._renamed, wrong):
            if fault.key not in open_:
                self.faults.append(fault)
        if record is not None:
            self.faults += _semantic(record, told)
            self.draft.notes += _warnings(record)
        if self.faults or self.questions:
            order = {question.key: index for index, question in enumerate(self.form.fields)}
            faults = sorted(self.faults, key=lambda fault: order.get(fault.key, 99))
            return Composed((), tuple(faults), tuple(self.questions), tuple(self.draft.notes), self.read)
        assert record is not None
        return Composed((*self.first, record), (), (), tuple(self.draft.notes), self.read)

    def _renamed(self, fault: RecordFault) -> RecordFault:
        key = self.form.key_of(fault.key)
        question = self.form.field(key)
        words = self.form.choices(question) if question and fault.found == "nothing" else ()
        valid = f"it is required: {', '.join(words)}" if words else fault.valid
        return RecordFault(self.draft.told.file, self.draft.told.line_of(key), key, fault.found, valid)

    def _id(self) -> str:
        given = self.draft.text("id")
        if given:
            return given
        if self.form.kind == "claim":
            return next_number(self.taken)
        title = self.draft.text(_TITLES[self.form.kind]) or next(iter(self.draft.data.get("names", {}).values()), "")
        if self.form.kind == "reply":
            title = f"reply-{self.draft.data.get('party') or title}"
        return _free(self.draft.desk.slug(title) or self.form.kind, {*self.taken, *(one.id for one in self.first)})


def next_number(taken: Collection[str]) -> str:
    """The next free id of a claim: C090 after C089."""
    numbers = [int(match[1]) for name in taken if (match := _NUMBERED.fullmatch(name))]
    return f"C{max(numbers, default=0) + 1:03}"


def _free(stem: str, taken: Collection[str]) -> str:
    name, count = stem, 1
    while name.lower() in taken:
        count += 1
        name = f"{stem}-{count}"
    return name


def _put(data: dict[str, Any], steps: tuple[str, ...], value: Any) -> None:
    for step in steps[:-1]:
        inside = data.setdefault(step, {})
        if isinstance(inside, list | tuple):  # several steps on an axis: a cell tells of the last
            inside = dict(inside[-1])
            data[step] = [*data[step][:-1], inside]
        data = inside
    if isinstance(value, dict) and isinstance(data.get(steps[-1]), dict) and steps[-1] == "where":
        data[steps[-1]].update(value)
    elif isinstance(value, dict) and steps[-1] == "quantity":
        data[steps[-1]] = value | {key: kind for key, kind in data.get(steps[-1], {}).items() if key == "kind"}
    else:
        data[steps[-1]] = value


def _drop(data: dict[str, Any], steps: tuple[str, ...]) -> None:
    """Takes a value out, and the tables that it leaves empty."""
    inner = data.get(steps[0])
    if len(steps) > 1 and isinstance(inner, dict):
        _drop(inner, steps[1:])
    if len(steps) == 1 or inner == {}:
        data.pop(steps[0], None)


def _semantic(record: Record, told: Told) -> list[RecordFault]:
    """What no single field shows: nobody reports what has not happened yet, unless it is told as a plan."""
    if not isinstance(record, Claim) or record.stance == "predicts" or record.status == "planned":
        return []
    first, last = record.period.earliest if record.period else None, record.said.latest
    if record.period is None or first is None or last is None or _day(first) <= _day(last):
        return []
    found = f"{record.period.spoken()}, said {record.said.spoken()}"
    valid = "a time not after the day it was said, or stance predicts, or status planned"
    return [told.fault("period", found, valid)]


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _warnings(record: Record) -> list[str]:
    role = getattr(record, "role", None)
    if role not in SENSITIVE_ROLES or getattr(record, "sensitive", None) is False:
        return []
    coarse = getattr(record, "publish_precision", None)
    printed = f"it is printed to {coarse:g} m only" if coarse else "it is not printed: say publish_precision"
    return [f"a {role} can give somebody away: {printed}; an exact position that nobody may see belongs in the vault"]
