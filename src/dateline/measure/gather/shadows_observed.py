"""Shadows of a case's observations: the lines that people drew on its pictures, measured there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dateline.core.errors import InputError, Refusal, UsageError
from dateline.evidence.item import is_named_simulated
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding, InputRef, Note
from dateline.measure.gather.images import digest as digest_of
from dateline.measure.gather.landmarks_observed import observed_refs, of_case
from dateline.measure.gather.shadow_lines import Scene, assumed, cast_of, cells_of, completed, drawn_on, scene_of
from dateline.measure.request import Request, Selection
from dateline.media.shadow import CELLS, read_shadow
from dateline.methods.sun_shadow.asked import Clock, Told

BESIDE = ("height", "height_sigma", "slope", "slope_sigma", "tilt", "tilt_sigma")
"""Parameters that may complete one shadow that was drawn: its lines do not say them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Shadows from lines, what they rest on, and what a reader must know of how they were measured."""

    told: Told
    refs: tuple[InputRef, ...]
    notes: tuple[Note, ...]


def observed_of(request: Request, selection: Selection) -> Observed:
    """The shadows that these people drew on these pictures.

    Raises Refusal `no-shadow`, `two-shadows` and those of measuring on a line; UsageError `selector`.
    """
    case = request.case
    assert case is not None
    camera = _camera(selection)
    items = {name for path in selection.files if (name := request.items.get(digest_of(path))) is not None}
    if camera is not None and items - {ref.id for ref in camera.inputs if ref.role == "picture"}:
        raise InputError(
            "That finding is of another picture's camera.",
            saw=f"{camera.id}, and shadows on {', '.join(sorted(items))}",
            do="Name the camera of the picture on which the shadows were drawn, or none.",
            code="camera-elsewhere",
        )
    drawings, seen = [], []
    for path in selection.files:
        item = request.items.get(digest_of(path))
        if item is not None:
            marks = [mark for mark in of_case(case, selection.observers, {item}) if mark.line_names]
            seen += marks
            drawings += drawn_on(scene_in(case, item, path, camera), marks)
    if not drawings:
        raise Refusal(
            "Nobody has drawn a shadow on this picture yet.",
            saw=f"no line named shadow by {', '.join(selection.observers)}",
            do="Draw it from the object's foot to the shadow's tip, in the app's Match screen.",
            code="no-shadow",
        )
    measured = [(one, *cast_of(one)) for one in drawings]
    rows = [cells_of(one, made) for one, made, _ in measured]
    parameters = request.question.parameters
    if len(rows) == 1:
        rows = [completed(rows[0], {name: parameters[name] for name in BESIDE})]
    elif given := [name for name in BESIDE if parameters[name] is not None]:
        raise Refusal(
            "What is told of one shadow cannot be told of several.",
            saw=f"{len(rows)} shadows, and {', '.join(given)}",
            do="Withdraw the others, or put all into a file with a row for each.",
            code="two-shadows",
        )
    shadows = tuple(read_shadow(row, n, penumbra=parameters["penumbra"]) for n, row in enumerate(rows, 1))
    notes = dict.fromkeys((*(note for *_, told in measured for note in told), *assumed(drawings)))
    return Observed(
        told=Told(
            shadows=shadows,
            clock=Clock(),
            simulated=any(one.scene.simulated for one in drawings),
            completed=not any(parameters[name] is not None for name in CELLS if name in _MEASURED),
        ),
        refs=tuple(observed_refs(seen, "shadows")),
        notes=tuple(notes),
    )


_MEASURED = frozenset({"length", "length_sigma", "ratio", "ratio_sigma", "azimuth", "azimuth_sigma"})


def scene_in(case: Case, item: str, path: Path, camera: Finding | None) -> Scene:
    """A picture of the case as something to measure on."""
    from dateline.measure.imagery_log import image_of

    record = case.items[item]
    image = image_of(record)
    return scene_of(
        path,
        item,
        camera=camera,
        pixel=None if image is None else image.resolution,
        simulated=record.simulated or is_named_simulated(record.name),
    )


def _camera(selection: Selection) -> Finding | None:
    """The one finding that says how the camera stood. Raises UsageError `selector`."""
    wrong = [one.id for one in selection.findings if one.method != "camera_position"]
    if wrong or len(selection.findings) > 1:
        raise UsageError(
            "Beside drawn shadows only one finding of camera_position is read.",
            saw=", ".join(one.id for one in selection.findings),
            do="Name the finding of the picture's camera, or none.",
            code="selector",
        )
    if selection.findings and not selection.findings[0].estimates:
        raise InputError(
            "The camera of that finding is not known.",
            saw=f"{selection.findings[0].id}: {selection.findings[0].result}",
            do="Match more landmarks, or leave it out.",
            code="camera-unknown",
        )
    return next(iter(selection.findings), None)
