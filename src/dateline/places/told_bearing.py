"""Directions that English prose tells without a distance: "Ussuriysk lies north of Vladivostok"."""

from __future__ import annotations

import re

from dateline.places import told_distance
from dateline.places.told_distance import DIRECTIONS, ToldDistance, direction_of

LIES = r"(?:lies?|lay|lying|is|was|are|were|stands?|stood|sits?|sat|located|situated)"
_OF = re.compile(
    rf"(?:\b{LIES}\s+(?:\ufffc\s+)?|,\s+)(?:(?:just|due|well|far|directly|somewhat|a\s+little|still)\s+)*(?:to\s+the\s+)?(?:due\s+)?"
    rf"(?P<way>{told_distance.WAY})\s+of\s+(?P<reference>{told_distance.NAMES})"
)


def find_bearings(text: str) -> tuple[ToldDistance, ...]:
    """Every direction of one place from another that is told without how far: of any length, so only the way counts.

    "The north of Vladivostok" is a part of the town and tells none.
    """
    found = []
    for match in _OF.finditer(text):
        way = direction_of(match["way"])
        subjects, is_beside = told_distance.around(text, match, ())
        if way is not None and subjects:
            found.append(
                ToldDistance(
                    start=match.start("way"), end=match.end(), text=text[match.start("way") : match.end()],
                    value=0.0, low=0.0, high=None, unit="km", direction=DIRECTIONS[way], way=way,
                    reference=told_distance.reference_name(match["reference"]),
                    subjects=subjects, is_beside=is_beside,
                )
            )  # fmt: skip
    return tuple(found)
