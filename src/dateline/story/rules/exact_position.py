"""The exact position of a camera on the page."""

from __future__ import annotations

from dateline.ledger.finding import Finding
from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="exact-position",
    name="where a camera stood, told exactly",
    level=Level.BLOCK,
    why="A camera's place is where a person stood. Printed to the metre it leads to a door, and to whoever lives "
    "behind it.",
    do="Measure again with publish_precision, in metres. Where nobody can come to harm: give the camera's own place "
    "record sensitive = false with the reason in its note, or write [[lifted]] in case.toml with who decided and why.",
)
CAVEAT = "exact-position"


def find(reading: Reading, faults: Faults) -> None:
    """Adds everything that is printed or shown of a finding with the caveat `exact-position`."""
    for finding, spot in reading.printed_of():
        if finding.simulated or not any(note.code == CAVEAT for note in finding.caveats):
            continue  # nobody stands where an invented camera stood
        reason = _not_sensitive(finding, reading) or reading.lifted(RULE.code, finding.id)
        if reason is None:
            faults.add(spot, f"{finding.id} tells exactly where a camera stood")
        else:
            faults.let_pass(spot, f"the exact position of a camera ({finding.id})", reason)


def _not_sensitive(finding: Finding, reading: Reading) -> str | None:
    """Why nobody is at risk: the record of the camera's own place says so, with its reason."""
    named = (reading.case.places.get(ref.id) for ref in finding.inputs if ref.kind == "place")
    cameras = [place for place in named if place is not None and place.role == "camera" and not place.is_sensitive]
    return next((f"{place.id} is not sensitive: {place.note or 'no reason given'}" for place in cameras), None)
