"""From landmarks, a frame and what is said of the lens to the problem that is solved; and what cannot be asked."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dateline.core.errors import Refusal, UsageError
from dateline.ledger.finding import Note
from dateline.media.camera import focal_of_35, focal_of_view, sensor_shape
from dateline.media.landmark import F8, Frame, Landmark, Plane
from dateline.media.sight import Elevation
from dateline.methods.camera_position.fit import DOWN, FOCAL, PITCH, RIGHT, ROLL, SIZE, UP, Problem
from dateline.methods.contract import Parameters

USUAL_35, ANY_LENS = 40.0, 0.8
"""[mm] A lens that nobody knows is about this one, give or take a factor of 2.2 (one standard error of its log)."""
CENTRE, CENTRE_CUT = 0.003, 0.15
"""[picture widths] Standard error of the principal point: of a whole picture, and of one that was cut."""
CUT_FOCAL, CUT_LONGER = 0.15, 1.15
"""A cut picture's lens: longer than its equivalent says, by this factor and this standard error of its logarithm."""
ANYWHERE = 1000.0
"""[m] Standard error of a camera's height that nobody knows."""
STATED, OF_PIXELS, OF_METADATA = 0.02, 0.01, 0.03
"""Standard errors of a stated equivalent or field of view, of a focal length in pixels, and of metadata [1]."""


@dataclass(frozen=True, kw_only=True)
class Lens:
    """What is believed of the focal length [px], with the standard error of its logarithm [1]."""

    focal: float
    sigma: float
    known: bool
    cut: bool
    notes: tuple[Note, ...] = ()


def lens(frame: Frame, parameters: Parameters) -> Lens:
    """The focal length from what is stated, else from metadata, else any. Raises UsageError `focal`."""
    stated = {name: parameters[name] for name in ("f35", "f_px", "fov") if parameters[name] is not None}
    if len(stated) > 1:
        raise _focal("Give the focal length once.", ", ".join(f"{name} = {value:g}" for name, value in stated.items()))
    cut, notes = _cut(frame, parameters["cropped"])
    error = None if parameters["focal_error"] is None else parameters["focal_error"] / 100
    width, height = frame.width, frame.height
    if "f_px" in stated:
        if stated["f_px"] < 0.2 * width:
            raise _focal("The focal length is not in pixels.", f"f_px = {stated['f_px']:g}, width {width} px")
        return Lens(focal=stated["f_px"], sigma=error or OF_PIXELS, known=True, cut=cut, notes=notes)
    if "fov" in stated:
        return Lens(focal=focal_of_view(stated["fov"], width), sigma=error or STATED, known=True, cut=cut, notes=notes)
    f35 = stated.get("f35", frame.f35)
    if f35 is None:
        note = Note(code="focal-unknown", text="The focal length is not known; the landmarks must give it as well.")
        focal = focal_of_35(USUAL_35, width, height)
        return Lens(focal=focal, sigma=ANY_LENS, known=False, cut=cut, notes=(*notes, note))
    if frame.f35 is not None and abs(math.log(f35 / frame.f35)) > 0.1:
        text = f"The stated focal length ({f35:g} mm) contradicts the metadata ({frame.f35:g} mm) and was used."
        notes = (*notes, Note(code="focal-differs", text=text))
    sigma = error or (STATED if "f35" in stated else OF_METADATA)
    focal = focal_of_35(f35, width, height)
    if cut:
        focal, sigma = focal * CUT_LONGER, math.hypot(sigma, CUT_FOCAL)
    return Lens(focal=focal, sigma=sigma, known=True, cut=cut, notes=notes)


def _focal(what: str, saw: str) -> UsageError:
    do = "Give one of f35 (35 mm equivalent [mm]), f_px [px of this picture] and fov (horizontal [degrees])."
    return UsageError(what, saw=saw, do=do, code="focal")


def _cut(frame: Frame, said: str) -> tuple[bool, tuple[Note, ...]]:
    """Whether the picture must be taken as cut from a larger one: said so, or its shape says so."""
    if said != "test":
        return said == "yes", ()
    made = frame.made
    other = made is not None and abs(max(made) / min(made) / (_ratio(frame)) - 1) > 0.01
    if sensor_shape(frame.width, frame.height) is not None and not other:
        return False, ()
    shape = f"{frame.width} x {frame.height} px"
    text = (
        f"No sensor has the shape of the picture ({shape}), so it was cut: focal length and optical axis are "
        "taken as little known. If it is whole, say cropped = no."
    )
    return True, (Note(code="cropped", text=text),)


def _ratio(frame: Frame) -> float:
    return max(frame.width, frame.height) / min(frame.width, frame.height)


def problem_of(
    landmarks: Sequence[Landmark],
    frame: Frame,
    seen: Lens,
    given: Parameters,
    *,
    plane: Plane,
    ground: Elevation | None,
) -> Problem:
    """The problem in metres around the landmarks. Lengths [m], marks [px], beliefs as the card's parameters say."""
    points = plane.metres(np.array([one.lon for one in landmarks]), np.array([one.lat for one in landmarks]))
    scale = max(1.0, 1.5 * float(np.median(np.hypot(*(points - np.median(points, axis=0)).T))))
    heights = np.array([np.nan if one.height is None else one.height for one in landmarks])
    mean, sigma = np.zeros(SIZE), np.full(SIZE, np.inf)
    sigma[FOCAL] = seen.sigma
    sigma[PITCH], sigma[ROLL] = math.radians(given["pitch_error"]), math.radians(given["roll_error"])
    sigma[[RIGHT, DOWN]] = CENTRE_CUT if seen.cut else CENTRE
    standing = ground if given["altitude"] is None else None
    known = heights[np.isfinite(heights)]
    mean[UP] = given["altitude"] if given["altitude"] is not None else float(known.mean()) if len(known) else 0.0
    sigma[UP] = given["altitude_error"] if given["altitude"] is not None or standing is not None else ANYWHERE
    mean[UP], sigma[UP] = mean[UP] / scale, sigma[UP] / scale
    return Problem(
        pixels=np.array([[one.x, one.y] for one in landmarks]) - (frame.width / 2, frame.height / 2),
        points=points,
        heights=heights,
        pixel_error=np.array([one.pixel_error for one in landmarks]),
        map_error=np.array([one.map_error for one in landmarks]),
        height_error=np.array([one.height_error for one in landmarks]),
        width=float(frame.width),
        focal=seen.focal,
        scale=scale,
        mean=mean,
        sigma=sigma,
        ground=_ground(standing, plane) if standing is not None else None,
        eyes=given["camera_height"],
    )


def _ground(ground: Elevation, plane: Plane) -> Callable[[F8], F8]:
    """Heights of the ground [m] at points of the plane [m]."""

    def heights(points: F8) -> F8:
        there = plane.degrees(points)
        return ground.at(there[..., 0], there[..., 1])

    return heights


def check_count(landmarks: Sequence[Landmark], seen: Lens) -> None:
    """Raises Refusal for what so few landmarks cannot carry."""
    n = len(landmarks)
    if n < 3:
        raise Refusal(
            "A camera's place needs at least three landmarks.",
            saw=f"{n}",
            do="Match more landmarks, spread over the picture's width.",
            code="few-landmarks",
        )
    if n == 3 and not seen.known:
        raise Refusal(
            "Three landmarks cannot give the focal length as well.",
            saw="no focal length",
            do="Give f35, f_px or fov, or match a fourth landmark.",
            code="focal-unknown",
        )
    if n == 3 and seen.cut:
        raise Refusal(
            "Three landmarks cannot carry a picture that was cut.",
            saw="a shape that no sensor has",
            do="Give the uncut picture, match more landmarks, or say cropped = no if it is whole.",
            code="cropped-few",
        )


def check_directions(problem: Problem) -> None:
    """Raises Refusal `one-direction` for landmarks that lie behind one another."""
    if directions(problem) < 3:
        raise Refusal(
            "The landmarks lie in fewer than three directions of the picture.",
            saw=f"{problem.n} landmarks over {np.ptp(problem.pixels[:, 0]):.0f} px",
            do="Match landmarks farther apart in the picture.",
            code="one-direction",
        )


def directions(problem: Problem) -> int:
    """How many directions the marks tell apart: neighbours nearer than three errors of a mark count as one."""
    order = np.argsort(problem.pixels[:, 0])
    across, error = problem.pixels[order, 0], problem.pixel_error[order]
    count, last = 1, 0
    for index in range(1, len(across)):
        if across[index] - across[last] > 3 * math.hypot(error[index], error[last]):
            count, last = count + 1, index
    return count
