"""A change of a claim's record: tried on a copy of the case, shown as lines, written if nobody came before us."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dateline.app.asking import LOCK
from dateline.app.desk import Desk
from dateline.core.errors import InputError, UsageError
from dateline.evidence.lock import exclusive
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim
from dateline.ledger.sheets.changes import Changes, Placed
from dateline.ledger.write import update, updated

Make = Callable[[Case, Claim], Claim]
"""The claim as somebody wants it, made of the claim as it is. Raises what is wrong with the wish."""


class ChangedMeanwhile(InputError):
    """The record's file is another one than the page was made of."""

    default_code = "changed-meanwhile"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a shown change: + added, - taken out."""

    sign: str
    text: str


def shown(before: str, after: str) -> tuple[Line, ...]:
    """The lines that a change takes out and adds, without what stays."""
    return tuple(_lines(before, after))


def _lines(before: str, after: str) -> Iterator[Line]:
    for line in list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0))[2:]:
        if line[:1] in {"+", "-"}:
            yield Line(line[0], line[1:])


def claim_of(case: Case, name: str) -> Claim:
    """The claim of an id. Raises UsageError `no-claim`."""
    if name not in case.claims:
        raise UsageError(
            "The case has no such claim.", saw=repr(name[:80]), do="Look for it in the list.", code="no-claim"
        )
    return case.claims[name]


def checked(case: Case, name: str, sha256: str, make: Make) -> Claim:
    """The changed claim, once it stands among all records of the case as loading the case would read it.

    sha256: of the file's bytes when the page was made. Raises ChangedMeanwhile; RecordError with every fault that the
    change would bring, such as a loop of retells; what `make` raises. Nothing is written.
    """
    claim = claim_of(case, name)
    if case.files[case.paths[name]] != sha256:
        raise ChangedMeanwhile(
            f"Somebody changed {name} while you were looking at it.",
            saw=f"another text in {case.paths[name]}",
            do="Read what changed, then make your change again. Nothing of yours was written.",
        )
    wanted = make(case, claim)
    Changes(changed=(Placed(wanted, case.paths[name]),)).checked(case)
    return wanted


def preview(case: Case, name: str, sha256: str, make: Make) -> tuple[str, str]:
    """The text of the file before and after. Raises as `checked`, and where the change changes nothing."""
    wanted = checked(case, name, sha256, make)
    before, after = updated(case.root / case.paths[name], wanted, root=case.root)
    if before == after:
        raise UsageError(
            "That changes nothing.", saw=f"{name} says so already", do="Leave it, or say something else.", code="same"
        )
    return before, after


def write(desk: Desk, name: str, sha256: str, make: Make) -> None:
    """Writes the change. One writer at a time; raises as `checked`."""
    with exclusive(desk.root / LOCK):
        case = desk.case()
        wanted = checked(case, name, sha256, make)
        update(case.root / case.paths[name], wanted, root=case.root)
