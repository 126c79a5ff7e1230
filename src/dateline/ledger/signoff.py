"""What stands in a case about its own publication: sign-offs of faults, and the record of who could be hurt.

They are about the story and no part of the evidence: nothing in a case refers to them, and no page prints them.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Self, TypeVar

from pydantic import Field, model_validator

from dateline.core.errors import RecordError, RecordFault, UsageError
from dateline.ledger.case import Case
from dateline.ledger.folders import record_files
from dateline.ledger.head import Person
from dateline.ledger.reading import read_record
from dateline.ledger.record import Kind, Record, RecordId, Text, refuse
from dateline.ledger.second_person import same_person
from dateline.ledger.told import Day

_SHA256 = r"^[0-9a-f]{64}$"


class SignOff(Record):
    """Why one fault may stand, and who says so. It counts for the words and inputs that were read, and no others."""

    kind: ClassVar[Kind] = "signoff"
    folder: ClassVar[str] = "signoffs"

    rule: Text = Field(description="code of the rule, of level sign-off")
    by: RecordId = Field(description="a person of this case who is not in the story's byline")
    date: Day
    why: Text
    saw: Text = Field(description="what the rule saw")
    words: Text | None = Field(default=None, description="the sentence, or the block, in which it saw it")
    of: str = Field(pattern=_SHA256, description="the hash of what was read: rule, words, and the inputs under them")


class Harm(Record):
    """Who could be hurt by the story, and what was done about it. A second person signs it."""

    kind: ClassVar[Kind] = "harm"
    folder: ClassVar[str] = "harm"

    text: Text = Field(description="who could be hurt by the page, how likely that is, and what was done about it")
    by: RecordId = Field(description="a person of this case")
    date: Day
    signed_by: RecordId | None = Field(default=None, description="another person of this case")
    signed_on: Day | None = None
    of: str = Field(pattern=_SHA256, description="the hash of the story that it was written for, and of what it prints")

    @model_validator(mode="after")
    def _somebody_else(self) -> Self:
        if same_person(self.by, self.signed_by):
            refuse(repr(self.signed_by), f"somebody other than {self.by}", at="signed_by")
        if (self.signed_by is None) != (self.signed_on is None):
            refuse("one of signed_by and signed_on", "both, or none of them", at="signed_on")
        return self


R = TypeVar("R", SignOff, Harm)


def filed(case: Case, model: type[R]) -> tuple[R, ...]:
    """The records of one of these kinds in a case, in order of id.

    Raises RecordError with every fault, such as a name that is not among the people of the case.
    """
    files, faults = record_files(case.root, model.folder)
    found: list[R] = []
    people = {person.id for person in case.head.people}
    for path in files:
        read = read_record(path, model, root=case.root)
        faults += read.faults
        if read.record is not None:
            found.append(read.record)
            for key in ("by", "signed_by"):
                name = getattr(read.record, key, None)
                if name is not None and name not in people:
                    faults.append(read.fault(key, repr(name), "an id of people in case.toml"))
    if faults:
        raise RecordError(sorted(faults, key=_by_place), case=str(case.root))
    return tuple(found)


def person_of(case: Case, name: str) -> Person:
    """The person of a case by id or name. Raises UsageError (code "not-of-the-case") with those there are."""
    people = case.head.people
    found = next((one for one in people if one.id == name), None)
    found = found or next((one for one in people if same_person(one.name, name) or same_person(one.id, name)), None)
    if found is None:
        raise UsageError(
            f"{name} is not among the people of this case.",
            saw=f"people: {', '.join(one.id for one in people) or 'none'}",
            do='Add them to case.toml: [[people]] id = "…", role = "editor"; a pseudonym will do.',
            code="not-of-the-case",
        )
    return found


def is_another(one: Person, other: Person) -> bool:
    """Whether two people of a case are two: by id and by name."""
    return not any(same_person(mine, theirs) for mine in (one.id, one.name) for theirs in (other.id, other.name))


def free_id(root: Path, folder: str, stem: str) -> str:
    """An id that no file of a folder has yet."""
    count, name = 1, stem
    while (root / folder / f"{name}.toml").exists():
        count += 1
        name = f"{stem}-{count}"
    return name


def _by_place(fault: RecordFault) -> tuple[str, int, str]:
    return (fault.file, fault.line or 0, fault.key)
