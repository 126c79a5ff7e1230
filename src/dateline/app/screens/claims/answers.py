"""The form of a new claim: answers as text, every reading of a doubtful one offered, and what would be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dateline.app.asking import LOCK
from dateline.app.desk import Desk
from dateline.app.screens.claims.changes import Line, shown
from dateline.app.screens.claims.curtain import Curtain
from dateline.app.screens.claims.hedges import Hedged, hedges_in
from dateline.app.screens.claims.words import bounds
from dateline.core.errors import RecordError, RecordFault
from dateline.core.identity import sha256_bytes
from dateline.core.quantity import Kind, Quantity
from dateline.evidence.lock import exclusive
from dateline.ledger.case import HEAD, Case
from dateline.ledger.compose.amounts import read_amount
from dateline.ledger.compose.brackets import Wrong
from dateline.ledger.compose.desk import desk_of
from dateline.ledger.compose.form import Field, form_of
from dateline.ledger.compose.make import Composed, compose
from dateline.ledger.compose.times import Against, Several, read_when
from dateline.ledger.compose.told import Told, read_text, told_pairs
from dateline.ledger.reading import shapes_of
from dateline.ledger.sheets.apply import apply, declaring
from dateline.ledger.sheets.changes import Changes, placed
from dateline.ledger.toml_text import toml_text
from dateline.ledger.write import updated
from dateline.places.named import slug

FORM = form_of("claim")
FILE = "the form"
GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Who says it", "", ("speaker", "sources", "said", "said_basis")),
    ("A new speaker", "Only where the case does not know them yet; this makes the source too.",
     ("speaker_type", "speaker_state", "speaker_zone")),
    ("What they say", "", ("statement", "stance", "quote", "language", "translation", "translator", "hedge",
                           "hedge_class", "status")),
    ("How much, and about which time", "", ("quantity", "quantity_kind", "unit", "period")),
    ("How they know", "", ("origin", "origin_state", "origin_method", "raw_material", "chain")),
    ("What it belongs to", "", ("evidence", "retells", "supersedes", "denies", "qualifies", "places", "utterance")),
    ("Terms and notes", "", ("terms", "described_as", "agreed_by", "agreed_on", "terms_embargo", "note", "id")),
)  # fmt: skip
"""Every question of the page: heading, help, keys of the form."""
UNIT = Field("unit", "", "a word of your own for what is counted, where the program does not know it", "rail car")
READ = ("speaker", "said", "period", "quantity")
"""Keys whose text may have several readings."""
LINE, LONG = 4_000, 200_000
"""Letters that a line, and a longer text, may have."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Texts by key; the readings that were chosen, as texts without doubt; words of the case's own that are counted."""

    values: Mapping[str, str]
    chosen: Mapping[str, str] = field(default_factory=dict)
    units: tuple[str, ...] = ()
    faults: tuple[RecordFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """One reading of a text: in words, and spelt so that it has no other."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Made:
    """What the answers make: a claim that could be written, or what is wrong or open, by key."""

    composed: Composed
    faults: tuple[RecordFault, ...]
    offers: Mapping[str, tuple[str, tuple[Offer, ...]]]
    """By key: what is asked, and the readings. One reading needs no choice."""
    hedges: tuple[Hedged, ...]

    @property
    def is_whole(self) -> bool:
        """Whether it could be written."""
        return bool(self.composed.records) and not self.faults

    def fault_of(self, key: str) -> list[RecordFault]:
        """What is wrong at a key."""
        return [fault for fault in self.faults if fault.key == key]


def answers_of(form: Mapping[str, str]) -> Answers:
    """What a filled-in form says: `choose.KEY` is a reading that was chosen; empty texts are unknown."""
    lines = {key: text.replace("\r\n", "\n").replace("\r", "\n") for key, text in form.items()}
    pairs, faults = [], []
    for group in GROUPS:
        for key in group[2]:
            question = FORM.field(key)
            text = lines.get(key, "")
            if question is None or not text.strip():
                continue
            most = LONG if question.way == "long" else LINE
            if len(text) > most:
                valid = f"at most {most:,} letters; whole texts are archived: dateline archive FILE"
                faults.append(RecordFault(FILE, None, key, f"{len(text):,} letters", valid))
            else:
                pairs.append((key, text, None))
    told, wrong = told_pairs(pairs, FORM, file=FILE)
    chosen = {key.removeprefix("choose."): text for key, text in lines.items() if key.startswith("choose.") and text}
    units = tuple(filter(None, (unit.strip() for unit in lines.get("unit", "")[:LINE].split(","))))
    return Answers(told.values, chosen, units, (*faults, *wrong))


def pasted(text: str) -> tuple[dict[str, str], tuple[RecordFault, ...]]:
    """Answers in pasted lines of `key: text`, as `dateline add claim` takes them, and what is wrong with them."""
    told, faults = read_text(text[:LONG].replace("\r\n", "\n"), FORM, file="the pasted text")
    return dict(told.values), tuple(faults)


def make(case: Case, curtain: Curtain, answers: Answers, who: str) -> Made:
    """The claim of these answers, written by who, as `dateline add claim` would make it. Pure but for outlines."""
    told = Told(FILE, {**answers.values, "written_by": who})
    desk = desk_of(case, units=answers.units, slug=slug)
    desk = curtain.composing(desk, told.values.get("speaker", ""))
    taken, shapes = {name.lower() for name in case.records}, shapes_of(case.root)
    numbers: dict[str, int] = {}
    composed = compose("claim", told, desk, taken=taken, shapes=shapes)
    offers = _offered(composed)
    while more := _numbers(composed, answers.chosen, numbers):
        numbers |= more
        composed = compose("claim", told, desk, choices=numbers, taken=taken, shapes=shapes)
        offers = _offered(composed) | offers
    read = {key: ("", (Offer(_label(key, text), text),)) for key, text in composed.read.items() if key in READ}
    hedges = hedges_in(" ".join(told.values.get(key, "") for key in ("statement", "quote", "quantity")))
    wrong = {fault.key for fault in answers.faults}
    faults = (*answers.faults, *(fault for fault in composed.faults if fault.key not in wrong))
    return Made(composed, faults, {**read, **offers}, hedges)


def _offered(composed: Composed) -> dict[str, tuple[str, tuple[Offer, ...]]]:
    return {
        question.key: (
            question.ask, tuple(Offer(one.label, one.told[question.key]) for one in question.options)
        )
        for question in composed.questions
    }  # fmt: skip


def _numbers(composed: Composed, chosen: Mapping[str, str], had: Mapping[str, int]) -> dict[str, int]:
    """The numbers of the readings that were chosen, of those that are offered now: a choice outlives no new text."""
    return {
        question.key: number
        for question in composed.questions
        for number, option in enumerate(question.options, 1)
        if question.key not in had and option.told[question.key] == chosen.get(question.key)
    }


def _label(key: str, spelt: str) -> str:
    """The one reading of a text, in words."""
    try:
        if key == "quantity":
            unit = spelt.rpartition("= ")[2].partition(" ")[2]
            return bounds(Quantity(**{"low": None, "high": None, **read_amount(spelt, {unit}), "kind": Kind.COUNT}))
        if key in {"said", "period"}:
            return read_when(spelt, Against()).spoken()
    except (Wrong, Several, ValueError):  # pragma: no cover  what was spelt can be read
        return spelt
    return spelt


@dataclass(frozen=True, slots=True)
class New:
    """What would be written: the records, the lines that files gain, and a hash of all of that."""

    changes: Changes
    files: tuple[tuple[str, tuple[Line, ...]], ...]
    sha256: str


def proposed(case: Case, made: Made, units: Sequence[str]) -> New:
    """What writing the claim would do, checked among all records of the case. Raises RecordError."""
    changes = Changes(new=placed(made.composed.records, file=FILE), notes=made.composed.notes)
    head = declaring(case.head, changes, units)
    changes.checked(replace(case, head=head))
    texts = [(f"{one.folder}/{one.id}.toml", "", toml_text(one)) for one in made.composed.records]
    before, after = updated(case.root / HEAD, head, root=case.root)
    texts += [(HEAD, before, after)] if before != after else []
    return New(
        changes,
        tuple((name, shown(old, new)) for name, old, new in texts),
        sha256_bytes("\0".join(new for *_, new in texts).encode()),
    )


def write_claim(desk: Desk, answers: Answers, who: str, sha256: str) -> tuple[str | None, Made, New | None]:
    """Writes what was shown, and gives the claim's id; None with what would be written now, where that is another text.

    Raises RecordError, InputError; nothing is written then.
    """
    with exclusive(desk.root / LOCK):
        case = desk.case()
        made = make(case, Curtain(case), answers, who)
        if not made.is_whole:
            return None, made, None
        new = proposed(case, made, answers.units)
        if new.sha256 != sha256:
            return None, made, new
        apply(case, new.changes, units=answers.units)
        return made.composed.records[-1].id, made, new


def faulted(made: Made, error: RecordError) -> Made:
    """The same with what the other records find wrong with it."""
    return replace(made, faults=(*made.faults, *error.faults))


def live(made: Made) -> dict[str, Any]:
    """For the script that shows readings while somebody types."""
    return {
        "offers": {
            key: {"ask": ask, "options": [{"label": one.label, "text": one.text} for one in options]}
            for key, (ask, options) in made.offers.items()
        },
        "faults": [
            {"key": one.key, "found": one.found, "valid": one.valid} for one in made.faults if one.found != "nothing"
        ],
        "hedges": [{"text": one.text, "sort": one.sort} for one in made.hedges],
        "whole": made.is_whole,
    }
