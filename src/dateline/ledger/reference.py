"""What a story may ask for by name: `lights-chongjin.ratio.low`, `C041.quantity`, `rason.name`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from dateline.core.errors import UsageError
from dateline.core.estimate import Estimate
from dateline.ledger.agreed import Standing, called, speaker_of
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim
from dateline.ledger.event import Event
from dateline.ledger.faults import offer
from dateline.ledger.finding import Finding, Note, PlaceAnswer
from dateline.ledger.identification import sentences
from dateline.ledger.media_item import MediaItem
from dateline.ledger.place import Place
from dateline.ledger.record import Kind, Record
from dateline.ledger.reply import Reply
from dateline.ledger.source import Source
from dateline.ledger.verification import AXES

Sort = Literal[
    "estimate", "number", "interval", "count", "level", "text", "result", "value", "quantity", "when", "name",
    "finding", "record",
]  # fmt: skip
"""What kind of value a reference gives, so that the page knows how to print it."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The value that a reference asks for, and whose it is.

    `sort` says what `value` is: estimate (Estimate), number (float, None where the bound is open), interval (pair of
    such numbers), count (int), level (float), text and result (str), value (a finding's own JSON value), quantity
    (Quantity), when (When), name (str), finding (Finding) or record (Record). `path` leads to it within the owner's
    JSON. `unit` is the unit of numbers.
    """

    text: str
    sort: Sort
    value: Any
    owner: str
    owner_kind: Kind
    path: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class _Ask:
    """A reference being read: what is left of it, and what has been read."""

    text: str
    owner: str
    kind: Kind
    rest: tuple[str, ...]
    path: tuple[str, ...] = ()

    def step(self, *names: str) -> _Ask:
        """One name further; `names` is how the owner's JSON calls it."""
        return _Ask(self.text, self.owner, self.kind, self.rest[1:], self.path + names)

    def give(self, sort: Sort, value: Any, unit: str | None = None) -> Reference:
        """The value, when nothing is left to read."""
        if self.rest:
            self.lost(())
        return Reference(self.text, sort, value, self.owner, self.kind, ".".join(self.path), unit)

    def lost(self, known: Iterable[str]) -> NoReturn:
        """Raises: nothing here has this name."""
        words = list(known)
        asked = self.rest[0] if self.rest else ""
        at = ".".join((self.owner, *self.path))
        raise UsageError(
            f"{at} has no {asked!r}." if asked else f"{at} is not a value yet.",
            saw=repr(self.text),
            do=f"After {at}: {offer(asked, words)}" if words else f"Write {at} alone; nothing comes after it.",
            code="reference",
        )


def resolve(case: Case, reference: str, *, language: str | None = None) -> Reference:
    """The value that a reference of the story asks for.

    FINDING.result, .statement, .question, .method, .values.NAME (further by key, or by position from 1), .reasons.CODE,
    .caveats.CODE, .ESTIMATE (alone, or followed by .best, .low, .high,
    .interval, .change, .level or .n); FINDING.places.PLACE followed by the same; CLAIM.quantity, .period, .said,
    .speaker, .statement, .hedge, .quote, .translation, .unit; EVENT.when, .title; MEDIA.title, .taken, .posted, and
    .location, .time, .authenticity, .depiction (what its four_axes measure says of that axis; or .position of it);
    REPLY.party, .question, .asked, .deadline, .answered, .answer, .translation; PLACE.name, .identification;
    SOURCE.name; or an id alone. Names come in `language` (the case's first language when None); who is not to be named
    is called as agreed.

    Raises UsageError (code "reference") with the nearest names, InputError when a measure has not been computed.
    """
    speech = language or case.head.languages[0]
    owner, rest = _owner(case, reference.strip())
    record = case.records.get(owner)
    if case.has_finding(owner) or (record is not None and record.kind == "measure"):
        return _of_finding(_Ask(reference, owner, "finding", rest), case.finding(owner))
    assert record is not None
    if isinstance(record, MediaItem) and rest[:1] and rest[0] in AXES:
        return _of_axis(reference, record, rest, case)
    return _of_record(_Ask(reference, owner, record.kind, rest), record, case, speech)


def _owner(case: Case, text: str) -> tuple[str, tuple[str, ...]]:
    steps = text.split(".")
    name, rest = _longest(steps, lambda name: name in case.records or case.has_finding(name))
    if name is None:
        known = {*case.records, *case.finding_ids()}
        raise UsageError(
            f"Nothing in the case {case.head.id} is called {steps[0]!r}.",
            saw=repr(text),
            do=f"Begin with the id of a finding or record: {offer(steps[0], known)}",
            code="reference",
        )
    return name, tuple(rest)


def _longest(steps: list[str], is_known: Callable[[str], bool]) -> tuple[str | None, list[str]]:
    """The longest beginning that is a known name (names may contain dots), and what is left."""
    for count in range(len(steps), 0, -1):
        name = ".".join(steps[:count])
        if is_known(name):
            return name, steps[count:]
    return None, steps


def _of_axis(reference: str, media: MediaItem, rest: tuple[str, ...], case: Case) -> Reference:
    """What the measure of a media item's axes says of one: its sentence, or what is asked for further (position)."""
    found = [
        measure.id
        for measure in case.measures.values()
        if measure.method == "four_axes" and any(media.id in one.media for one in measure.inputs.get("media", ()))
    ]
    if not found:
        raise UsageError(
            f"Nothing measures the axes of {media.id}: a position is computed from evidence.",
            saw=repr(reference),
            do=f'Write a measure with method = "four_axes" and [inputs.media] media = ["{media.id}"].',
            code="reference",
        )
    asked = ("values", rest[0], *(rest[1:] or ("statement",)))
    return _of_finding(_Ask(reference, found[0], "finding", asked), case.finding(found[0]))


def _of_finding(ask: _Ask, finding: Finding) -> Reference:
    if not ask.rest:
        return ask.give("finding", finding)
    match ask.rest[0]:
        case "question":
            return ask.step("question").give("text", finding.question)
        case "method":
            return ask.step("method").give("text", finding.method)
        case "places":
            return _of_place(ask.step("places"), finding)
    return _of_answer(ask, finding, ("question", "method", "places"))


def _of_place(ask: _Ask, finding: Finding) -> Reference:
    place, rest = _longest(list(ask.rest), finding.places.__contains__)
    if place is None:
        ask.lost(finding.places)
    inside = _Ask(ask.text, ask.owner, ask.kind, tuple(rest), (*ask.path, place))
    return _of_answer(inside, finding.places[place], ())


def _of_answer(ask: _Ask, answer: Finding | PlaceAnswer, more: tuple[str, ...]) -> Reference:
    words = ("result", "statement", "reasons", "caveats", "values", *more)
    match ask.rest[:1]:
        case ("result",):
            return ask.step("result").give("result", answer.result)
        case ("statement",):
            return ask.step("statement", "en").give("text", answer.statement.en if answer.statement else "")
        case ("values",):
            return _of_values(ask.step("values"), answer.values)
        case ("reasons" | "caveats" as notes,):
            return _of_notes(ask.step(notes), getattr(answer, notes))
    estimate, rest = _longest(list(ask.rest), answer.estimates.__contains__)
    if estimate is None:
        ask.lost((*answer.estimates, *words))
    inside = _Ask(ask.text, ask.owner, ask.kind, tuple(rest), (*ask.path, "estimates", estimate))
    return _of_estimate(inside, answer.estimates[estimate])


def _of_notes(ask: _Ask, notes: Sequence[Note]) -> Reference:
    """The words of a reason or caveat, by its code."""
    words = {note.code: note.text for note in notes}
    code = ask.rest[0] if ask.rest else ""
    if code not in words:
        ask.lost(words)
    return ask.step(code).give("text", words[code])


def _of_values(ask: _Ask, values: Mapping[str, Any]) -> Reference:
    name, rest = _longest(list(ask.rest), values.__contains__)
    if name is None:
        ask.lost(values)
    value, path = values[name], (*ask.path, name)
    inside = _Ask(ask.text, ask.owner, ask.kind, tuple(rest), path)
    while inside.rest and isinstance(value, Mapping | list | tuple):
        value, inside = _inward(inside, value)
    return inside.give("value", value)


def _inward(ask: _Ask, value: Mapping[str, Any] | Sequence[Any]) -> tuple[Any, _Ask]:
    """One step into a table by its key, or into a list by the position, counted from 1."""
    asked = ask.rest[0]
    if isinstance(value, Mapping):
        if asked not in value:
            ask.lost(str(key) for key in value)
        return value[asked], ask.step(asked)
    positions = [str(number) for number in range(1, len(value) + 1)]
    if asked not in positions:
        ask.lost(positions)
    return value[int(asked) - 1], ask.step(str(int(asked) - 1))


_PARTS = ("best", "low", "high", "interval", "change", "level", "n")


def _of_estimate(ask: _Ask, estimate: Estimate) -> Reference:
    if not ask.rest:
        return ask.give("estimate", estimate, estimate.unit)
    part = ask.rest[0]
    inside = ask.step(part)
    if part not in _PARTS or (part == "change" and ask.path[-1] == "change"):
        ask.lost(_PARTS)
    match part:
        case "best" | "low" | "high":
            return inside.give("number", getattr(estimate, part), estimate.unit)
        case "interval":
            return inside.give("interval", (estimate.low, estimate.high), estimate.unit)
        case "level":
            return inside.give("level", estimate.level)
        case "n":
            return inside.give("count", estimate.n)
    return _of_estimate(inside, _change(ask, estimate))


def _change(ask: _Ask, estimate: Estimate) -> Estimate:
    if estimate.unit != "1":
        raise UsageError(
            f"Only a ratio can be told as a change; {'.'.join((ask.owner, *ask.path))} is in {estimate.unit}.",
            saw=repr(ask.text),
            do="Write .best, .low, .high or .interval.",
            code="reference",
        )
    return estimate.as_change()


def _of_record(ask: _Ask, record: Record, case: Case, language: str) -> Reference:
    if not ask.rest:
        return ask.give("record", record)
    known = _answers(record, case, language)
    if ask.rest[0] not in known:
        ask.lost(known)
    sort, path, value = known[ask.rest[0]]
    if value is None:
        raise UsageError(
            f"The {record.kind} {record.id} says nothing of its {ask.rest[0]}.",
            saw=repr(ask.text),
            do=f"Add `{path}` to {record.folder}/{record.id}.toml, or leave it out of the sentence.",
            code="reference",
        )
    return ask.step(*path.split(".")).give(sort, value, getattr(value, "unit", None))


def _answers(record: Record, case: Case, language: str) -> dict[str, tuple[Sort, str, Any]]:
    """What a record can be asked for: name -> (sort, path in its JSON, value)."""
    match record:
        case Claim():
            return _claim_answers(record, case, language)
        case Event():
            return {"when": ("when", "when", record.when), "title": ("text", "title", record.title)}
        case MediaItem():
            return {
                "title": ("text", "title", record.title),
                "taken": ("when", "taken", record.taken),
                "posted": ("when", "posted", record.posted),
            }
        case Reply():
            return _reply_answers(record, case, language)
        case Source():
            name = called(record, Standing(), language)
            return {"name": ("name", "names" if name else _AGREED, name)}
        case Place():
            said = sentences(record.identification, record.name(language)) or None
            return {
                "name": ("name", "names", record.name(language)),
                "identification": ("text", "identification", said),
            }
    return {}


_AGREED = "terms.described_as"
"""What is missing where somebody is not to be named, and nobody agreed how they may be described."""


def _reply_answers(reply: Reply, case: Case, language: str) -> dict[str, tuple[Sort, str, Any]]:
    party = called(case.sources[reply.party], Standing(), language)
    return {
        "answer": ("text", "answer", reply.answer),
        "translation": ("text", "translation", reply.translation),
        "question": ("text", "question", reply.question),
        "asked": ("when", "asked", reply.asked),
        "deadline": ("when", "deadline", reply.deadline),
        "answered": ("when", "answered", reply.answered),
        "party": ("name", "party" if party else _AGREED, party),
    }


def _unit(claim: Claim, case: Case, language: str) -> str | None:
    """The unit as it stands beside the amount: 1 container, 2 containers."""
    amount = claim.quantity
    if amount is None:
        return None
    bounds = [bound for bound in (amount.high, amount.low) if bound is not None]
    return case.head.unit(amount.unit).spoken(bounds[0] if bounds else 2, language)


def _claim_answers(claim: Claim, case: Case, language: str) -> dict[str, tuple[Sort, str, Any]]:
    original, speaker = claim.original, speaker_of(claim, case.records, language)
    return {
        "quantity": ("quantity", "quantity", claim.quantity),
        "unit": ("text", "quantity.unit", _unit(claim, case, language)),
        "period": ("when", "period", claim.period),
        "said": ("when", "said", claim.said),
        "speaker": ("name", "speaker" if speaker else _AGREED, speaker),
        "statement": ("text", "statement", claim.statement),
        "hedge": ("text", "hedge.text", claim.hedge.text if claim.hedge else None),
        "quote": ("text", "original.text", original.text if original else None),
        "translation": ("text", "original.translation", original.translation if original else None),
    }
