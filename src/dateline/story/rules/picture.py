"""A picture that does not say what made it, when, under which licence, or what it shows."""

from __future__ import annotations

from dateline.story.document import BlockUse
from dateline.story.fault import Faults, Level, Rule, Spot
from dateline.story.picture import PictureSpec, pictures_of
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
    for use in reading.story.blocks:
        for name, spec in pictures_of(use.model) if use.model else ():
            _look(reading, use, name, spec, faults)


def _look(reading: Reading, use: BlockUse, name: str, spec: PictureSpec, faults: Faults) -> None:
    item = reading.case.items.get(spec.item or "")
    spot = Spot(use.lines.get((name,), use.spot.line))
    known = {
        "sensor": spec.sensor,
        "provider": spec.provider or (item.attribution if item else None),
        "date": spec.date,
        "licence": spec.licence or (item.licence.name if item else None),
    }
    for key, value in known.items():
        if not value:
            faults.add(spot, f"{name} has no {key}", f"Add {key} to the table {name} of the :::{use.name} block.")
    caption = getattr(use.model, "caption", "")
    if len(spec.alt.strip()) < SHORTEST_ALT or spec.alt.strip() == caption.strip():
        faults.add(
            spot,
            f"alt = {spec.alt!r}",
            "Say in a sentence what can be seen: type of picture, what, where, why it matters.",
        )
