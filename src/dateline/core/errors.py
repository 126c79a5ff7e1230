"""Errors in three parts: what happened, what we saw, what to do. One base class; nobody sees a traceback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class DatelineError(Exception):
    """Something went wrong that a person can mend.

    `what` happened, what we `saw` (the value, the file, the line) and what to `do` about it. `code` is the
    word under which docs/errors.md explains it.
    """

    default_code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, saw: str, do: str, code: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.saw = saw
        self.do = do
        self.code = code or self.default_code

    def __str__(self) -> str:
        return f"{self.what}\n  saw: {self.saw}\n  do:  {self.do}"

    def to_json(self) -> dict[str, str]:
        """The same three parts for a program."""
        return {"code": self.code, "what": self.what, "saw": self.saw, "do": self.do}


class UsageError(DatelineError):
    """The request itself cannot be understood: an unknown flag, method, place or date."""

    default_code = "usage"
    exit_code = 2


class InputError(DatelineError):
    """A file or a value from outside is not what it claims to be."""

    default_code = "input"


class Refusal(DatelineError):
    """A method declines to print a number, because any number would mislead. Its code is a guard on the card."""

    default_code = "refused"


@dataclass(frozen=True, slots=True)
class RecordFault:
    """One thing wrong with one record of a case."""

    file: str
    line: int | None
    key: str
    found: str
    valid: str

    def __str__(self) -> str:
        at = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{at}: {self.key}: found {self.found}; valid: {self.valid}"


class RecordError(DatelineError):
    """Everything that is wrong with the records of a case, all at once."""

    default_code = "record"

    def __init__(self, faults: Sequence[RecordFault], *, case: str) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        super().__init__(
            f"The records of the case {case} have {count} fault{'s' if count != 1 else ''}.",
            saw="\n       ".join(str(fault) for fault in self.faults),
            do="Mend each line above and run the command again; nothing was written.",
        )
