"""One speaker's number in another one's mouth, or under another day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dateline.ledger.claim import Claim
from dateline.story.document import Run
from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="claims-mixed",
    name="a part of one claim among the parts of another",
    level=Level.BLOCK,
    why="Who said it, when, and how much are one record. A part of another one looks as well traced, and puts a number "
    "into a mouth that never said it.",
    do="Write all parts of one claim with one id; or print the other claim's speaker beside its part.",
)
PARTS = ("speaker", "said", "quantity", "period")


def find(reading: Reading, faults: Faults) -> None:
    """Adds each lone part of a claim where a claim of somebody else, or of another day, lacks just this part.

    Looked at are sentences, and rows of tables.
    """
    _beside_rests(reading, faults)
    for runs in _units(reading):
        parts = _parts(reading, runs)
        for name, own in parts.items():
            if len(own) != 1:
                continue
            ((part, run),) = own.items()
            other = next((one for one in parts if _lacks(reading, parts, one, name, part)), None)
            if other is not None:
                do = f"Write {{{{{other}.{part}}}}}, or name whose it is: {{{{{name}.speaker}}}}."
                faults.add(run.spot, f"{{{{{run.text}}}}} among the parts of {other}", do)


def _beside_rests(reading: Reading, faults: Faults) -> None:
    """Statements that print the content of a claim on which their row does not rest, though it rests on others."""
    for passage in reading.story.passages:
        shown = [reading.found(text) for text in reading.shown_by(passage)] if reading.standing_of(passage) else []
        rests = {one.owner for one in shown if one is not None and one.owner_kind == "claim"}
        for run in passage.runs if rests else ():
            found = reading.found(run.text) if run.kind == "reference" else None
            if found is None or found.owner_kind != "claim" or found.owner in rests:
                continue
            if found.path.split(".")[0] in PARTS:
                do = f"Print a part of {' or '.join(sorted(rests))}, or add {found.owner} under rests."
                faults.add(run.spot, f"{{{{{run.text}}}}} in a row that rests on {', '.join(sorted(rests))}", do)


def _units(reading: Reading) -> Iterator[Sequence[Run]]:
    """The references of each sentence, and of each row of a table."""
    rows: dict[int, list[Run]] = {}
    for sentence in reading.story.sentences():
        if sentence.passage.role == "cell" and sentence.passage.block is None:
            rows.setdefault(sentence.passage.spot.line, []).extend(sentence.references)
        else:
            yield sentence.references
    yield from rows.values()


def _parts(reading: Reading, runs: Sequence[Run]) -> Mapping[str, Mapping[str, Run]]:
    """For each claim that is printed, its parts with the first reference to each."""
    found: dict[str, dict[str, Run]] = {}
    for run in runs:
        reference = reading.found(run.text)
        if reference is not None and reference.owner_kind == "claim":
            found.setdefault(reference.owner, {}).setdefault(reference.path.split(".")[0], run)
    return found


def _lacks(reading: Reading, parts: Mapping[str, Mapping[str, Run]], other: str, name: str, part: str) -> bool:
    """Whether another claim stands there with what goes with this part, has such a part of its own, and not printed."""
    if other == name or part not in PARTS or part in parts[other]:
        return False
    mine, theirs = reading.case.claims[name], reading.case.claims[other]
    with_it = set(parts[other]) & ({"said", "quantity", "period", "statement"} if part == "speaker" else {"speaker"})
    return bool(with_it) and getattr(theirs, part) is not None and _differ(mine, theirs, part)


def _differ(mine: Claim, theirs: Claim, part: str) -> bool:
    """Whether it makes a difference: somebody else, another day."""
    if part == "speaker":
        return mine.speaker != theirs.speaker
    same = mine.speaker == theirs.speaker and mine.said == theirs.said
    return not same and getattr(mine, part) != getattr(theirs, part)
