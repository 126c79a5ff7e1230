"""What a reader must know before using the place: each with its code on the card."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dateline.ledger.finding import Note
from dateline.methods.camera_position.blame import fits
from dateline.methods.camera_position.views import Answer, Place, on_danger_circle

ENOUGH_FOR_LENS = 4
"""So many landmarks fit a focal length that is wrong by a fifth about as well as the right one."""


def caveats(answer: Answer, places: Sequence[Place]) -> list[Note]:
    """Of the fit, the geometry, the lines of sight, and of how finely the answer tells a position."""
    return [
        *_of_fit(answer, places[0]),
        *_of_lens(answer),
        *of_geometry(answer, places),
        *_of_sight(places),
        _of_precision(answer),
        *of_simulation(answer),
    ]


def of_simulation(answer: Answer) -> list[Note]:
    """That no real place is meant, where that is so."""
    if not answer.frame.simulated:
        return []
    return [Note(code="simulated", text="The landmarks or the picture are simulated: no real place is meant.")]


def _of_lens(answer: Answer) -> list[Note]:
    """That nothing tests the focal length, where so few landmarks leave nothing over for that."""
    if not answer.lens.known or answer.problem.n > ENOUGH_FOR_LENS:
        return []
    text = (
        f"{answer.problem.n} landmarks do not test the focal length: if it is off by more than stated, the camera may "
        "have stood outside the region. Another landmark would show it; focal_error allows for it."
    )
    return [Note(code="lens-untested", text=text)]


def of_geometry(answer: Answer, places: Sequence[Place]) -> list[Note]:
    """That the best place lies on the danger circle, where it does."""
    if not places or not on_danger_circle(answer.problem.points, places[0].region.centre):
        return []
    text = "Camera and landmarks lie near one circle: small errors of the marks move the place far."
    return [Note(code="danger-circle", text=text)]


def _of_fit(answer: Answer, best: Place) -> list[Note]:
    made = []
    if not fits(answer.problem, best.solution.cost):
        text = (
            f"The landmarks fit {np.sqrt(best.solution.enlarged):.1f} times worse than their stated errors allow; the "
            "region is enlarged by that."
        )
        made.append(Note(code="misfit", text=text))
    if not best.region.elliptic:
        text = "The region is no ellipse; its outline follows the fit, and the axes are those of the nearest ellipse."
        made.append(Note(code="not-elliptic", text=text))
    if answer.blame is not None and answer.blame.behind:
        text = f"Landmark {answer.blame.index + 1} lies behind the camera on the map, and yet it is in the picture."
        made.append(Note(code="behind", text=text))
    return made


def _of_sight(places: Sequence[Place]) -> list[Note]:
    made = []
    for number, place in enumerate(places, 1):
        seen = [None if view is None else view.blocked for view in place.sights]
        of = f" from place {number}" if len(places) > 1 else ""
        hidden = [str(index + 1) for index, blocked in enumerate(seen) if blocked]
        unknown = [
            str(index + 1) for index, view in enumerate(place.sights) if view is not None and view.blocked is None
        ]
        if hidden:
            text = f"Ground stands before landmark {', '.join(hidden)}{of}, by the heights given."
            made.append(Note(code="not-seen", text=text))
        if unknown:
            text = f"The heights given do not cover the line{of} to landmark {', '.join(unknown)}."
            made.append(Note(code="sight-unknown", text=text))
    return made


def _of_precision(answer: Answer) -> Note:
    if answer.precision.exact:
        text = (
            "This answer tells exactly where a person with a camera stood, with landmarks and picture. Keep it out of "
            "what is published; publish_precision coarsens it."
        )
        return Note(code="exact-position", text=text)
    text = (
        f"The position is known better than it is told here: to the nearest {answer.precision.words()}, directions to "
        "5 degrees, landmarks without name or place. For the desk's own eyes run it again with publish_precision = 0."
    )
    return Note(code="published-coarsely", text=text)
