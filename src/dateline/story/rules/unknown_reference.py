"""A reference, or a name in a block, that gives nothing."""

from __future__ import annotations

from dateline.core.errors import DatelineError
from dateline.story.document import Run
from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading
from dateline.story.speak import speak

RULE = Rule(
    code="unknown-reference",
    name="a reference to nothing",
    level=Level.BLOCK,
    why="A number that cannot be found is not a number.",
    do="Write the name of a finding or record of this case.",
)
_WANTED = {
    "finding": frozenset({"finding"}),
    "event": frozenset({"event"}),
    "place": frozenset({"place"}),
    "item": frozenset({"item"}),
}


def find(reading: Reading, faults: Faults) -> None:
    """Adds references that cannot be resolved, and names of another kind than the block asks for."""
    for text, spot in reading.reference_texts():
        error = reading.look(text)
        if isinstance(error, DatelineError):
            faults.add(spot, f"{{{{{text}}}}}: {error.what}", error.do)
    for run in reading.story.references():
        _print(reading, run, faults)
    for named in reading.named():
        reference = reading.found(named.text)
        wanted = _WANTED.get(named.sort)
        if reference is not None and wanted is not None and reference.owner_kind not in wanted:
            do = f"Name {named.sort}s only here."
            faults.add(named.spot, f"{named.text!r}, which is of the kind {reference.owner_kind}", do)


def _print(reading: Reading, run: Run, faults: Faults) -> None:
    reference = reading.found(run.text)
    if reference is None:
        return
    try:
        speak(reference, reading.answer(run.text), reading.language, run.forms)
    except DatelineError as error:
        faults.add(run.spot, f"{{{{{run.text}}}}}: {error.saw}", error.do)
