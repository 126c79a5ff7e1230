"""A picture that does not say what made it, when, under which licence, or what it shows."""

from __future__ import annotations

from dateline.story.fault import Faults, Level, Rule
from dateline.story.picture_spec import PictureSpec
from dateline.story.reading import Reading

RULE = Rule(
    code="picture",
    name="a picture without sensor, provider, date, licence or alt text",
    level=Level.BLOCK,
    why="Without these a reader can neither judge a picture nor find it again, and some readers do not see it at all.",
    do="Add the missing key to the block, or to the item's record.",
)
SHORTEST_ALT = 20


def find(reading: Reading, faults: Faults) -> None:
    """Adds what a picture lacks, and alt texts that only repeat the caption."""
    for use, name, spec, spot in reading.pictures():
        for key in _lacking(reading, spec):
            faults.add(spot, f"{name} has no {key}", f"Add {key} to the table {name} of the :::{use.name} block.")
        caption = getattr(use.model, "caption", "")
        alt = spec.alt or getattr(use.model, "alt", "")  # one that goes into the block's own drawing has the block's
        if len(alt.strip()) < SHORTEST_ALT or alt.strip() == caption.strip():
            do = "Say in a sentence what can be seen: type of picture, what, where, why it matters."
            faults.add(spot, f"alt = {alt!r}", do)


def _lacking(reading: Reading, spec: PictureSpec) -> list[str]:
    item = reading.case.items.get(spec.item or "")
    known = {
        "sensor": spec.sensor,
        "provider": spec.provider or (item.attribution if item else None),
        "date": spec.date,
        "licence": spec.licence or (item.licence.name if item else None),
    }
    return [key for key, value in known.items() if not value]
