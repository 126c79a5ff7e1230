"""Shadows that people drew as lines on a picture: what each line measures there, and the cells of a shadow from it.

Lines are named object (from foot to top), shadow (from foot to tip), horizon and north (towards it). A picture is seen
from above where it is georeferenced or has a north line; else the object stands in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.core.estimate import Estimate
from dateline.ledger.finding import Finding, Note
from dateline.ledger.observation import Observation
from dateline.measure.gather.georeferenced import Georeference, georeference_of
from dateline.measure.gather.landmarks_scene import read_frame
from dateline.media import drawn
from dateline.media.camera import focal_of_35, focal_of_view
from dateline.media.drawn import END, Cast, Lens, Line, Measured
from dateline.media.landmark import Frame
from dateline.media.upright import upright

OF_METADATA = 0.03
"""[1] Standard error of a focal length from metadata (verification of phones: 1 to 3 %)."""
FROM_ABOVE = "from-above"
NAMES = frozenset({"object", "shadow", "horizon", "north"})


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A picture on which lines were drawn. pixel [m]: size of a pixel on the ground, of a picture seen from above.

    camera: the finding that says where it was taken from and which way it looked.
    """

    item: str
    path: Path
    georeference: Georeference | None
    pixel: float | None = None
    camera: Finding | None = None
    simulated: bool = False
    _read: dict[str, Frame] = field(default_factory=dict, compare=False)

    @property
    def frame(self) -> Frame:
        """Its upright size and what its metadata say of the lens. Raises what reading a photo raises."""
        if "frame" not in self._read:
            self._read["frame"] = read_frame(self.path, simulated=self.simulated)
        return self._read["frame"]

    def lens(self) -> Lens | None:
        """From the metadata, else from the camera's finding; None where nothing says it."""
        frame = self.frame
        if frame.f35 is not None:
            focal = focal_of_35(frame.f35, frame.width, frame.height)
            return Lens(width=frame.width, height=frame.height, focal=focal, sigma=OF_METADATA)
        view = None if self.camera is None else self.camera.estimates.get("field_of_view")
        if view is None:
            return None
        best, low, high = (focal_of_view(value, frame.width) for value in ends(view))
        return Lens(width=frame.width, height=frame.height, focal=best, sigma=abs(np.log(low / high)) / 2 / _half(view))

    def yaw(self) -> Measured | None:
        """The way the camera looked [degrees], where a finding says it; with what its rounding hides."""
        view = None if self.camera is None else self.camera.estimates.get("view_azimuth")
        if view is None:
            return None
        best, low, high = ends(view)
        return Measured(best, (high - low) / 2 / _half(view))

    def line(self, points: Sequence[tuple[float, float]]) -> Line:
        """A line as it lies on the upright picture [px]. Raises Refusal `line-ends`."""
        if len(points) != 2:
            raise Refusal(
                "A line that measures has two ends.", saw=f"{len(points)} points", do="Draw it again.", code="line-ends"
            )
        if self.georeference is not None:
            return points[0], points[1]
        frame = self.frame
        size = (frame.height, frame.width) if frame.orientation >= 5 else (frame.width, frame.height)
        start, end = upright(np.array(points), frame.orientation, size).tolist()
        return (start[0], start[1]), (end[0], end[1])


def _half(told: Estimate) -> float:
    """Half the width of an interval of this level, in standard deviations of a normal error."""
    return NormalDist().inv_cdf(0.5 + told.level / 2)


def ends(told: Estimate) -> tuple[float, float, float]:
    """Best, low and high. Raises Refusal `too-uncertain` for an estimate that is open to a side: it is no angle."""
    if told.low is None or told.high is None:
        raise Refusal(
            "The camera's answer is open to a side, so angles on its picture cannot be told.",
            saw=f"{told.low} to {told.high} {told.unit}",
            do="Match more landmarks, or measure the shadow on a picture from above.",
            code="too-uncertain",
        )
    return told.best, told.low, told.high


def scene_of(path: Path, item: str, *, camera: Finding | None, pixel: float | None, simulated: bool) -> Scene:
    """A picture of the case as a place to measure on."""
    return Scene(
        item=item, path=path, georeference=georeference_of(path), pixel=pixel, camera=camera, simulated=simulated
    )


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One shadow as it was drawn, with the horizon and north of its picture; and how well each was pointed at [px]."""

    scene: Scene
    name: str
    shadow: Line
    thing: Line | None
    horizon: Line | None
    north: Line | None
    end: float
    horizon_end: float
    north_end: float
    stated: bool
    """Whether somebody said how well."""


def drawn_on(scene: Scene, marks: Sequence[Observation]) -> list[Drawn]:
    """The shadows among observations of one picture, in their order; horizon and north: the last ones drawn.

    Raises Refusal `line-ends`.
    """
    shared = {name: _last(scene, marks, name) for name in ("horizon", "north")}
    found = []
    for number, mark in enumerate((one for one in marks if "shadow" in one.line_names), 1):
        own = {name: scene.line(line) for name, line in zip(mark.line_names, mark.lines, strict=True) if name in NAMES}
        horizon, north = shared["horizon"], shared["north"]
        found.append(
            Drawn(
                scene=scene,
                name=mark.question or f"shadow {number}",
                shadow=own["shadow"],
                thing=own.get("object"),
                horizon=own.get("horizon", horizon[0] if horizon else None),
                north=own.get("north", north[0] if north else None),
                end=mark.pixel_error or END,
                horizon_end=horizon[1] if horizon and "horizon" not in own else mark.pixel_error or END,
                north_end=north[1] if north and "north" not in own else mark.pixel_error or END,
                stated=mark.pixel_error is not None,
            )
        )
    return found


def _last(scene: Scene, marks: Sequence[Observation], name: str) -> tuple[Line, float] | None:
    """The last line of this name that was drawn without a shadow, and how well its ends were pointed at [px]."""
    for mark in reversed(marks):
        if name in mark.line_names and "shadow" not in mark.line_names:
            return scene.line(mark.lines[mark.line_names.index(name)]), mark.pixel_error or END
    return None


def cast_of(one: Drawn) -> tuple[Cast, tuple[Note, ...]]:
    """What a drawn shadow measures, and what a reader must know of how.

    Raises Refusal `perspective`, `lens-unknown`, `no-north`, and those of dateline.media.drawn.
    """
    reference = one.scene.georeference
    if reference is not None:
        made = drawn.from_above(one.shadow, lambda line: np.array(reference.way(line)), end=one.end)
        return made, (Note(code=FROM_ABOVE, text="Length and direction are of flat ground seen from straight above."),)
    if one.thing is not None:
        return _standing(one, one.thing)
    if one.north is None:
        raise Refusal(
            "A shadow alone says neither a height nor a direction.",
            saw="no object, no north and no georeference",
            do="On a picture from above draw a line to the north; on the ground draw the object too, from foot to top.",
            code="no-north",
        )
    made = drawn.from_north_line(one.shadow, one.north, end=one.end, north_end=one.north_end)
    text = "The picture was taken as seen from straight above, with flat ground; nothing in the file says so."
    if one.scene.pixel is not None and made.length is not None:
        scale = one.scene.pixel
        made = replace(made, length=Measured(made.length.value * scale, made.length.sigma * scale))
    return made, (Note(code=FROM_ABOVE, text=text),)


def _standing(one: Drawn, thing: Line) -> tuple[Cast, tuple[Note, ...]]:
    """Through the lens and the horizon. A right angle of object and shadow does not say that both face the camera: seen
    from low or from afar every shadow lies flat, and up to all of its length is hidden.
    """
    _check_foot(one, thing)
    if one.horizon is None:
        raise Refusal(
            "A picture shortens a shadow that runs away from it or towards it, and nothing says by how much.",
            saw="an object and its shadow, and no horizon",
            do="Draw the horizon too (the lens must be known from the file or from landmarks), or measure on a picture "
            "from above.",
            code="perspective",
        )
    lens = one.scene.lens()
    if lens is None:
        raise Refusal(
            "The lens is not known, so that the horizon does not say how the picture shortens the shadow.",
            saw="no 35 mm focal length in the file, and no camera from landmarks",
            do="Match landmarks until the camera is known, or measure on a picture from above.",
            code="lens-unknown",
        )
    made = drawn.in_perspective(thing, one.shadow, one.horizon, lens, end=one.end, far=one.horizon_end)
    text = "The ratio was taken through the lens and the horizon: level ground, an upright object, a true horizon."
    note = Note(code="through-the-lens", text=text)
    yaw = one.scene.yaw()
    if yaw is None or made.turn is None:
        return replace(made, turn=None, from_view=False), (note,)
    turn = Measured((made.turn.value + yaw.value) % 360, float(np.hypot(made.turn.sigma, yaw.sigma)))
    return replace(made, turn=turn, from_view=False), (note,)


def _check_foot(one: Drawn, thing: Line) -> None:
    apart = float(np.hypot(*(np.array(thing[0]) - one.shadow[0])))
    if apart > 5 * one.end:
        raise Refusal(
            "The shadow does not start at the object's foot.",
            saw=f"{apart:.0f} px between the two feet",
            do="Draw both lines from one foot: the length is measured from under the top of the object.",
            code="feet-apart",
        )


def cells_of(one: Drawn, made: Cast) -> dict[str, Any]:
    """The cells of a shadow, as a file would have them: numbers in full, so that a file of them gives the same."""
    cells: dict[str, Any] = {"id": one.name}
    if made.ratio is not None:
        cells |= {"ratio": repr(made.ratio.value), "ratio_sigma": repr(made.ratio.sigma)}
    if made.length is not None:
        known = one.scene.georeference is not None or one.scene.pixel is not None
        unit = "m" if known else "px"
        cells |= {"length": f"{made.length.value!r} {unit}", "length_sigma": f"{made.length.sigma!r} {unit}"}
    if made.turn is not None:
        cells |= {"azimuth": repr(made.turn.value), "azimuth_sigma": repr(max(0.01, made.turn.sigma))}
    return cells


def assumed(drawings: Sequence[Drawn]) -> tuple[Note, ...]:
    """What a reader must know where nobody said how well the ends of lines were pointed at."""
    if all(one.stated for one in drawings):
        return ()
    text = f"Nobody stated the error of the ends of all lines: {END:g} px was assumed."
    return (Note(code="assumed-ends", text=text),)


def completed(cells: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of the one shadow with what the parameters say beside. Raises Refusal `two-shadows` for the same twice.

    A height that is told beside a length makes a ratio.
    """
    given = {name: value for name, value in told.items() if value is not None}
    twice = sorted(set(cells) & set(given)) or (sorted({"height", "length"} & set(given)) if "ratio" in cells else [])
    if twice:
        raise Refusal(
            "The shadow is told twice.",
            saw=f"lines on the picture, and {', '.join(twice)}",
            do="Leave out what the lines measure.",
            code="two-shadows",
        )
    return {**cells, **given}
