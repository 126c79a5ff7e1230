"""Two images of a case beside each other: what is known of each, how they come together, how they are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dateline.app.desk import Desk
from dateline.app.pictures import Shown, item_of, shown_of
from dateline.app.pictures.picture import own_stretch
from dateline.app.pictures.shown import picture_of
from dateline.app.pictures.stretch import Stretch, together
from dateline.app.screens.compare.lay import Laid, lay_out
from dateline.core.errors import UsageError


@dataclass(frozen=True, eq=False)
class Pair:
    """Two images, and the second laid on the first. stretch: the one of both, None for each its own."""

    first: Shown
    second: Shown
    laid: Laid
    stretch: Stretch | None
    stretch_words: str

    def to_json(self) -> dict[str, Any]:
        """For the screen's script."""
        return {
            "first": self.first.to_json(),
            "second": self.second.to_json(),
            "how": self.laid.how,
            "laid": self.laid.words,
            "stretch": None if self.stretch is None else self.stretch.to_json(),
            "stretch_words": self.stretch_words,
            "differences": list(differences(self.first, self.second)),
        }


def pair_of(desk: Desk, first: str, second: str) -> Pair:
    """Two images by their ids. Raises UsageError `no-item`, `same-image`, and what opening a picture raises."""
    case, one = item_of(desk, first)
    _, other = item_of(desk, second)
    if first == second or (one.content is not None and one.content == other.content):
        raise UsageError(
            "These are the same image: a copy shows no change.", saw=f"{first} and {second}",
            do="Choose the image of the other date.", code="same-image",
        )  # fmt: skip
    pictures = picture_of(case, one), picture_of(case, other)
    here, there = shown_of(case, one), shown_of(case, other)
    alike = here.sensor == there.sensor and here.bands == there.bands and len({p.told["type"] for p in pictures}) == 1
    stretch, words = together(own_stretch(pictures[0]), own_stretch(pictures[1]), alike=alike)
    return Pair(here, there, lay_out(*pictures, (here.gsd, there.gsd)), stretch, words)


def differences(first: Shown, second: Shown) -> Iterator[str]:
    """What beside the ground may make two images differ, in sentences."""
    if first.gsd and second.gsd:
        ratio = max(first.gsd, second.gsd) / min(first.gsd, second.gsd)
        if ratio > 1.1:
            coarser = "first" if first.gsd > second.gsd else "second"
            yield f"The {coarser} image's pixels are {ratio:.2g} times as wide: what is missing there may be too small."
    elif (first.width, first.height) != (second.width, second.height):
        yield "They differ in size, and the size of their pixels on the ground is not known for both."
    if first.sensor is None or second.sensor is None:
        yield "What took them is not known for both."
    elif first.sensor != second.sensor:
        yield f"They are of different sensors ({first.sensor}, {second.sensor}): edges and brightness may differ."
    if first.start is None or second.start is None:
        yield "Not both are dated: which is the earlier is for you to say."
    elif first.start > second.start:
        yield "The first image is the later one."
    yield from (f"{name}: {one.turned}" for name, one in (("First", first), ("Second", second)) if one.turned)
