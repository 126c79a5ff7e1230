"""Sign-offs: a fault of level sign-off stands when somebody named says why, and only for what they read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from dateline.core.errors import Refusal, UsageError
from dateline.core.identity import digest
from dateline.ledger.case import Case
from dateline.ledger.head import Person
from dateline.ledger.second_person import same_person
from dateline.ledger.signoff import Harm, SignOff, filed, free_id, is_another, person_of
from dateline.ledger.write import plain, update, write_new
from dateline.story.fault import Fault, Level, Report, Spot
from dateline.story.reading import Reading
from dateline.story.wording import block_at, printed_sha256, sentence_at, written

_LINE = re.compile(r"\bline \d+")
_AND = re.compile(r"[,;/&+]|\band\b|\bund\b|\bet\b|\by\b|\bі\b|\bи\b|\bby\b", re.IGNORECASE)

_EARLIER = re.compile(r" \(signed by [^()]* and its words or what they rest on have changed since\)$")
"""What a fault says of an earlier sign-off."""

Passed = tuple[Spot, str, str]
"""As a report keeps it: where, what, who let it pass and why."""


@dataclass(frozen=True, slots=True)
class Read:
    """What somebody reads who signs a fault: the words around it, and the hash of them and of what they rest on."""

    words: str
    of: str


def read_at(reading: Reading, fault: Fault) -> Read:
    """What stands where a fault is: its sentence, or its block, with the hash of each finding and record in it.

    The hash does not know the line: a sentence that moves is the same sentence.
    """
    sentence = sentence_at(reading, fault.spot)
    use = block_at(reading, fault.spot) if sentence is None else None
    if sentence is not None:
        words, texts = written(sentence), [run.text for run in sentence.references]
        content: object = words
    elif use is not None:
        words = f":::{use.name}"
        content = [use.name, None if use.model is None else use.model.model_dump(mode="json")]
        texts = [named.text for named in reading.named() if named.block is use]
    else:
        words, content, texts = "", "the whole story", []
    saw = _LINE.sub("line", fault.saw)
    return Read(words, digest({"rule": fault.rule.code, "saw": saw, "text": content, "on": _inputs(reading, texts)}))


def _inputs(reading: Reading, texts: Iterable[str]) -> dict[str, str]:
    """The identity of each finding and record that a text refers to."""
    found: dict[str, str] = {}
    for text in texts:
        reference = reading.found(text)
        if reference is None:
            continue
        if reading.case.has_finding(reference.owner):
            found[reference.owner] = reading.case.finding(reference.owner).input_key
        elif reference.owner in reading.case.records:
            found[reference.owner] = reading.case.records[reference.owner].sha256()
    return found


def signed(reading: Reading, faults: Iterable[Fault]) -> tuple[list[Fault], list[Passed]]:
    """The faults that stay, and those that somebody let pass. A sign-off of earlier words is named and does not count.

    Only faults of level sign-off can be signed. Raises RecordError for sign-offs that cannot be read.
    """
    records = filed(reading.case, SignOff)
    if not records:
        return list(faults), []
    kept: list[Fault] = []
    passed: list[Passed] = []
    for fault in faults:
        own = [one for one in records if one.rule == fault.rule.code] if fault.rule.level is Level.SIGN_OFF else []
        read = read_at(reading, fault) if own else Read("", "")
        current = [one for one in own if one.of == read.of and _counts(reading, one)]
        if current:
            told = "; ".join(f"{one.why} ({one.by}, {one.date})" for one in current)
            passed.append((fault.spot, f"{fault.rule.code}: {fault.saw}", told))
            continue
        old = next((one for one in own if one.of != read.of and _is_about(one, fault, read)), None)
        kept.append(fault if old is None else _stale(fault, old))
    return kept, passed


def _counts(reading: Reading, one: SignOff) -> bool:
    person = next((each for each in reading.case.head.people if each.id == one.by), None)
    return person is not None and not wrote(reading, person)


def _is_about(one: SignOff, fault: Fault, read: Read) -> bool:
    same = _LINE.sub("line", one.saw) == _LINE.sub("line", fault.saw)
    return same or (one.words is not None and one.words == read.words)


def _stale(fault: Fault, old: SignOff) -> Fault:
    since = f"signed by {old.by} on {old.date}, and its words or what they rest on have changed since"
    return replace(fault, saw=f"{fault.saw} ({since})", do=f"Read it again and sign it anew. Or: {fault.do}")


def wrote(reading: Reading, person: Person) -> bool:
    """Whether a person stands in the story's byline, or signs an analysis in it: who wrote it is no second person."""
    bylines = [reading.story.front.byline if reading.story.front is not None else ""]
    bylines += [passage.analysis for passage in reading.story.passages if passage.analysis]
    names = [part.strip() for byline in bylines for part in _AND.split(byline) if part.strip()]
    return any(same_person(name, mine) for name in names for mine in (person.id, person.name))


def sign(
    reading: Reading, report: Report, *, rule: str, line: int | None, by: str, why: str, day: date
) -> tuple[SignOff, ...]:
    """Writes a sign-off of each open fault of one rule in one line. Nothing that was signed before is changed.

    report: what `check` says of the story now. line: where the fault is; needed where the rule has several lines.
    Raises UsageError: "not-of-the-case", "no-reason", "no-such-fault", "which-fault"; Refusal: "not-to-be-signed" for
    a fault of another level, "same-person" for whoever wrote the story.
    """
    person = person_of(reading.case, by)
    if not why.strip():
        raise UsageError(
            "Whoever signs says why.",
            saw="no reason",
            do="Give --why: what you read, and why it may stand.",
            code="no-reason",
        )
    faults = _open(report, rule, line)
    if wrote(reading, person):
        raise _same_person(person.id, "they are in the byline of the story")
    return tuple(_sign(reading, fault, person, why.strip(), day) for fault in faults)


def _sign(reading: Reading, fault: Fault, person: Person, why: str, day: date) -> SignOff:
    fault = replace(fault, saw=_EARLIER.sub("", fault.saw))
    read = read_at(reading, fault)
    record = SignOff(
        id=free_id(reading.case.root, SignOff.folder, f"{fault.rule.code}-{read.of[:8]}"),
        rule=fault.rule.code,
        by=person.id,
        date=day,
        why=why,
        saw=fault.saw,
        words=read.words or None,
        of=read.of,
    )
    write_new(reading.case.root, record)
    return record


def _open(report: Report, rule: str, line: int | None) -> list[Fault]:
    """The faults of one rule in one line, where they may be signed."""
    own = [fault for fault in report.faults if fault.rule.code == rule]
    here = [fault for fault in own if line in {None, fault.spot.line}]
    lines = ", ".join(str(each) for each in dict.fromkeys(fault.spot.line for fault in own))
    if not here:
        signable = dict.fromkeys(one.rule.code for one in report.faults if one.rule.level is Level.SIGN_OFF)
        raise UsageError(
            f"`check` reports no open fault of {rule}{'' if line is None else f' in line {line}'}.",
            saw=f"{rule} in line {lines}" if lines else f"open for a sign-off: {', '.join(signable) or 'nothing'}",
            do="Run `dateline check` and give the rule and the line that it prints.",
            code="no-such-fault",
        )
    if here[0].rule.level is not Level.SIGN_OFF:
        raise Refusal(
            f"{rule} cannot be signed away.",
            saw=f"its level is {here[0].rule.level}",
            do=here[0].do if here[0].rule.level is Level.BLOCK else "Leave it: a note stops nothing.",
            code="not-to-be-signed",
        )
    if len({fault.spot.line for fault in here}) > 1:
        raise UsageError(
            f"`check` reports {rule} in several lines.",
            saw=f"lines {lines}",
            do="Say which one: --at LINE. Each is read and signed by itself.",
            code="which-fault",
        )
    return here


def _same_person(who: str, did: str) -> Refusal:
    return Refusal(
        "The second person must be somebody else.",
        saw=f"{who}: {did}",
        do="Ask another person of the case to read it and to sign under their own name.",
        code="same-person",
    )


def harm_of(reading: Reading) -> tuple[Harm, ...]:
    """The records of who could be hurt that were written for this story as it is now."""
    now = printed_sha256(reading)
    return tuple(one for one in filed(reading.case, Harm) if one.of == now)


def write_harm(reading: Reading, *, text: str, by: str, day: date) -> Harm:
    """Writes who could be hurt by the story as it is now; a second person has to sign it.

    Raises UsageError: "not-of-the-case", "no-reason" for an empty text.
    """
    person = person_of(reading.case, by)
    if not text.strip():
        raise UsageError(
            "The record of who could be hurt is empty.",
            saw="no text",
            do="Give --why: who could be hurt by the page, how likely that is, what was done; or why nobody can be.",
            code="no-reason",
        )
    of = printed_sha256(reading)
    name = free_id(reading.case.root, Harm.folder, f"harm-{of[:8]}")
    record = Harm.model_validate({"id": name, "text": text.strip(), "by": person.id, "date": day, "of": of})
    write_new(reading.case.root, record)
    return record


def sign_harm(reading: Reading, *, by: str, day: date) -> tuple[Harm, ...]:
    """Signs what was written, for the story as it is now, of who could be hurt; gives the records signed.

    Raises UsageError "not-of-the-case", "no-harm-record" where nobody wrote any that is open; Refusal "same-person".
    """
    case, person = reading.case, person_of(reading.case, by)
    open_ = [one for one in harm_of(reading) if one.signed_by is None]
    if not open_:
        raise UsageError(
            "There is no record of who could be hurt that waits for a second person.",
            saw="none for the story as it is now",
            do="Write one first: dateline check --sign harm --by NAME --why 'who could be hurt, and what was done'.",
            code="no-harm-record",
        )
    for one in open_:
        writer = _person(case, one.by)
        if not is_another(writer, person):
            raise _same_person(person.id, f"{one.by} wrote {one.id}")
    made = []
    for one in open_:
        path = case.root / Harm.folder / f"{one.id}.toml"
        record = Harm.model_validate({**plain(one), "signed_by": person.id, "signed_on": day})
        update(path, record, root=case.root)
        made.append(record)
    return tuple(made)


def _person(case: Case, name: str) -> Person:
    return next(person for person in case.head.people if person.id == name)
