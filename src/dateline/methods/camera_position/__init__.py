"""The method camera_position: where a camera stood, from landmarks matched between its picture and a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dateline.core.errors import Refusal
from dateline.ledger.finding import Note
from dateline.media.landmark import F8, Frame, Landmark, Plane, Reference
from dateline.media.sight import Elevation
from dateline.methods.camera_position.blame import Blame, blamed, fits, mirrored
from dateline.methods.camera_position.fit import Problem
from dateline.methods.camera_position.publish import Precision
from dateline.methods.camera_position.region import regions, too_wide
from dateline.methods.camera_position.report import cannot_tell, report
from dateline.methods.camera_position.setup import check_count, check_directions, lens, problem_of
from dateline.methods.camera_position.solve import Solution, solutions
from dateline.methods.camera_position.views import Answer, Place, sights
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters

CARD = read_card(Path(__file__).parent / "card.md")
CONTRADICTION = 25.0
"""What is left over, per degree of freedom, beyond which the landmarks are not of one picture and one map."""


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:  # noqa: ARG001 - no chance in it
    """The region that holds the camera [m], its direction of view [degrees], and landmarks' residuals [px, degrees].

    inputs: `landmarks`, Landmark; `picture`, Frame; `elevation`, Elevation; `places`, Reference. Positions leave no
    finer than `publish_precision` [m]. Resection by least squares with all errors in it; region by the covariance or
    the profile (Venzon and Moolgavkar 1988). Raises UsageError `focal`; Refusal with a guard's code.
    """
    landmarks = inputs.many("landmarks", Landmark)
    frame, ground = inputs.one("picture", Frame), inputs.maybe("elevation", Elevation)
    seen = lens(frame, parameters)
    check_count(landmarks, seen)
    plane = Plane.around(landmarks)
    problem = problem_of(landmarks, frame, seen, parameters, plane=plane, ground=ground)
    check_directions(problem)
    solved = _solved(problem, landmarks, plane)
    answer = Answer(
        card=CARD,
        landmarks=landmarks,
        frame=frame,
        plane=plane,
        whole=problem,
        problem=solved.problem,
        blame=solved.blame,
        lens=seen,
        reference=next(iter(inputs.many("places", Reference)), None),
        precision=Precision.of(parameters["publish_precision"]),
        level=parameters["level"],
    )
    if solved.stop is not None:
        return cannot_tell(answer, solved.stop, [])
    places = _places(answer, solved.found, ground)
    stop = _too_wide(answer, places)
    return cannot_tell(answer, stop, places) if stop is not None else report(answer, places)


@dataclass(frozen=True, kw_only=True)
class _Solved:
    """The minima, of all landmarks or without the one to blame; or why there is no answer."""

    problem: Problem
    found: Sequence[Solution]
    blame: Blame | None = None
    stop: Note | None = None


def _solved(problem: Problem, landmarks: Sequence[Landmark], plane: Plane) -> _Solved:
    """Raises Refusal `mirrored`."""
    found: Sequence[Solution] = solutions(problem)
    if fits(problem, found[0].cost):
        return _Solved(problem=problem, found=found)
    turned = mirrored(problem, found[0].cost, _swapped(landmarks, plane))
    if turned is not None:
        raise Refusal(
            f"The landmarks agree only with {turned}.",
            saw="as written they contradict each other",
            do="Check the columns: lon before lat in GeoJSON; x from the left edge, y from the top; is the picture "
            "mirrored?",
            code="mirrored",
        )
    blame = blamed(problem, found)
    if blame is not None:
        problem, found = blame.problem, blame.without
    if found[0].enlarged > CONTRADICTION:
        text = (
            f"The landmarks contradict each other {np.sqrt(found[0].enlarged):.0f} times more than the stated errors "
            "allow, and leaving out any one does not mend it."
        )
        return _Solved(problem=problem, found=found, blame=blame, stop=Note(code="contradiction", text=text))
    return _Solved(problem=problem, found=found, blame=blame)


def _swapped(landmarks: Sequence[Landmark], plane: Plane) -> F8 | None:
    """The landmarks [m] with longitude and latitude exchanged, where those are positions."""
    if any(abs(one.lon) > 90 for one in landmarks):
        return None
    middle = Plane(plane.lat, plane.lon)
    return middle.metres(np.array([one.lat for one in landmarks]), np.array([one.lon for one in landmarks]))


def _places(answer: Answer, found: Sequence[Solution], ground: Elevation | None) -> list[Place]:
    """Every place that the level allows, the best first, with what can be seen from it."""
    return [
        Place(solution=one, region=where, sights=sights(answer, one, ground))
        for one, where in regions(answer.problem, found, level=answer.level)
    ]


def _too_wide(answer: Answer, places: Sequence[Place]) -> Note | None:
    """Why there is no place to tell, where a region is none."""
    for where in (place.region for place in places):
        if too_wide(answer.problem, where):
            text = (
                "The region that holds the camera is too large for its distance to the landmarks: their directions are "
                "too much alike, or camera and landmarks lie on one circle."
            )
            return Note(code="weak-geometry", text=text)
    return None
