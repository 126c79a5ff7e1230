"""What drawn lines measure, each with its error in words; and the answer of sun_shadow to them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dateline.app.asking import as_json, measure_of
from dateline.app.screens.match.bench import Bench
from dateline.app.screens.match.camera import LEVEL, camera_measure
from dateline.app.screens.match.camera import METHOD as CAMERA
from dateline.core.errors import DatelineError, UsageError
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.ledger.measure import Measure
from dateline.ledger.observation import Observation
from dateline.measure.ask import ask
from dateline.measure.files import item_path
from dateline.measure.gather.shadow_lines import Drawn, Scene, cast_of, drawn_on
from dateline.measure.gather.shadows_observed import BESIDE, scene_in
from dateline.measure.request import Request, from_measure
from dateline.media.drawn import Cast, Measured, level_of

METHOD = "sun_shadow"
ASKED = (*BESIDE, "date", "time", "zone", "clock_sigma")
"""Parameters that the screen asks for; all others keep the card's defaults."""
LIVE = "camera-live"


def shadow_measure(
    bench: Bench, told: Mapping[str, Any], *, name: str = "shadow-live", camera: str | None = None
) -> Measure:
    """The measure that asks when or where the shadow fell. camera: id of the finding of the picture's camera."""
    parameters = {"level": LEVEL} | {key: told[key] for key in ASKED if told.get(key) not in {None, ""}}
    shadows: dict[str, Any] = {"observations": [bench.who], "items": [bench.item]}
    if camera is not None:
        shadows["findings"] = [camera]
    inputs = {"shadows": shadows, **({"places": {"places": [told["place"]]}} if told.get("place") else {})}
    return measure_of(name, METHOD, inputs=inputs, parameters=parameters)


def shadow_live(case: Case, bench: Bench, told: Mapping[str, Any]) -> dict[str, Any]:
    """What each line measures, and the method's answer with its figure, as far as there is one."""
    camera = camera_finding(case, bench, told)
    scene = scene_in(case, bench.item, item_path(case, bench.item), camera)
    lines = list(measured(scene, bench.drawings))
    if not any("shadow" in mark.line_names for mark in bench.drawings):
        return {"lines": lines, "finding": None, "figure": None}
    finding, files = ask(with_camera(from_measure(case, shadow_measure(bench, told)), camera))
    figure = next((one for one in files if one.media_type == "image/svg+xml"), None)
    data = None if figure is None else f"data:image/svg+xml;base64,{base64.b64encode(figure.data).decode()}"
    return {"lines": lines, "finding": as_json(finding), "figure": data}


def camera_finding(case: Case, bench: Bench, told: Mapping[str, Any]) -> Finding | None:
    """The camera from the pairs of this picture, as finely as it may be published; None where they give none.

    Of a camera that is kept as a measure it is that measure's finding: the same question, the same answer.
    """
    if len(bench.pairs) < 3:
        return None
    try:
        finding, _ = ask(from_measure(case, camera_measure(bench, dict(told.get("lens") or {}), name=LIVE)))
    except DatelineError:  # pairs that are no landmarks yet are said beside the pairs
        return None
    return finding if finding.estimates else None


def with_camera(request: Request, camera: Finding | None) -> Request:
    """The request with the camera's finding beside the drawn lines."""
    if camera is None:
        return request
    shadows = tuple(replace(one, findings=(camera,)) for one in request.roles["shadows"])
    return replace(request, roles={**request.roles, "shadows": shadows})


def kept_camera(case: Case, bench: Bench, told: Mapping[str, Any]) -> str | None:
    """The kept measure of this picture's camera that says what the page says; None where the page has no camera.

    Raises UsageError `camera-not-kept` where a drawn shadow rests on a camera that no measure of the case has.
    """
    camera = camera_finding(case, bench, told)
    if camera is None or not any({"object", "shadow"} <= set(mark.line_names) for mark in bench.drawings):
        return None
    for name, measure in sorted(case.measures.items()):
        if measure.method != CAMERA or name not in case.finding_ids():
            continue
        if case.finding(name).inputs == camera.inputs and case.finding(name).estimates == camera.estimates:
            return name
    raise UsageError(
        "This shadow rests on the picture's camera, which no measure has yet.",
        saw=f"a camera from {len(bench.pairs)} pairs, and none kept that says the same",
        do="Keep the camera as a measure first; then keep the shadow.",
        code="camera-not-kept",
    )


def measured(scene: Scene, marks: Sequence[Observation]) -> list[dict[str, Any]]:
    """One entry a drawn observation: what it measures, in words with its error, or why it does not."""
    told = []
    shadows = iter(_tried(scene, marks))
    for mark in marks:
        if "shadow" in mark.line_names:
            told.append({"id": mark.id, **next(shadows)})
        elif "horizon" in mark.line_names:
            told.append({"id": mark.id, **_horizon(scene, mark)})
        else:
            text = "Directions of shadows on this picture count from this line."
            told.append({"id": mark.id, "what": "north", "text": text, "error": None})
    return told


def _tried(scene: Scene, marks: Sequence[Observation]) -> list[dict[str, Any]]:
    try:
        drawings = drawn_on(scene, marks)
    except DatelineError as error:
        return [_refused("shadow", error) for mark in marks if "shadow" in mark.line_names]
    return [_shadow(one) for one in drawings]


def _shadow(one: Drawn) -> dict[str, Any]:
    try:
        made, notes = cast_of(one)
    except DatelineError as error:
        return _refused("shadow", error)
    return {
        "what": "shadow",
        "text": cast_words(made, metres=one.scene.georeference is not None or one.scene.pixel is not None),
        "notes": [note.text for note in notes],
        "error": None,
    }


def cast_words(made: Cast, *, metres: bool) -> str:
    """A shadow with its 95 % errors: "It points to 42.1° ± 1.3°; it is 12.3 m ± 0.4 m long"."""
    parts = []
    if made.turn is not None:
        parts.append(f"it points to {_told(made.turn, '°')} (clockwise from true north)")
    if made.length is not None:
        parts.append(f"it is {_told(made.length, ' m' if metres else ' px')} long")
    if made.ratio is not None:
        parts.append(f"it is {_told(made.ratio, ' times')} as long as its object is high")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}. Errors at 95 %."


def _told(one: Measured, unit: str) -> str:
    """A value with twice its standard error, rounded to the error's first digits."""
    half = 1.959964 * one.sigma
    digits = 0 if half >= 10 else 1 if half >= 1 else 2 if half >= 0.1 else 3
    return f"{one.value:.{digits}f}{unit} ± {half:.{digits}f}{unit}"


def _horizon(scene: Scene, mark: Observation) -> dict[str, Any]:
    """Roll and pitch of the camera by the line along the horizon, in words."""
    try:
        lens = scene.lens()
        if lens is None:
            text = "The lens is not known (no focal length in the file, no camera from landmarks): no roll and pitch."
            return {"what": "horizon", "text": text, "error": None}
        level = level_of(scene.line(mark.lines[mark.line_names.index("horizon")]), lens, end=mark.pixel_error or 2.0)
    except DatelineError as error:
        return _refused("horizon", error)
    way = "clockwise" if level.roll.value >= 0 else "anticlockwise"
    look = "up" if level.pitch.value >= 0 else "down"
    roll, pitch = (_unsigned(one) for one in (level.roll, level.pitch))
    text = (
        f"The camera was rolled {_told(roll, '°')} {way} and looked {_told(pitch, '°')} {look} (errors at 95 %), if "
        "this is the true horizon: a sea or plain far away. A ridge or a tree line stands above it and makes the "
        "camera look lower than it did."
    )
    return {"what": "horizon", "text": text, "error": None}


def _unsigned(one: Measured) -> Measured:
    """Without its sign, which the words say."""
    return Measured(abs(one.value), one.sigma)


def _refused(what: str, error: DatelineError) -> dict[str, Any]:
    return {"what": what, "text": None, "error": error.to_json()}
