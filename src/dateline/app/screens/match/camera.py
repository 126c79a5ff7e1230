"""The camera's place while pairs are marked: the method's own answer, laid over both pictures."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import Geod

from dateline.app.asking import as_json, measure_of
from dateline.app.screens.match.bench import Bench
from dateline.app.screens.match.grounds import Ground
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.ledger.measure import Measure
from dateline.measure.ask import ask
from dateline.measure.files import item_path
from dateline.measure.gather.landmarks_scene import read_frame
from dateline.measure.request import from_measure
from dateline.media.landmark import Frame
from dateline.media.upright import stored
from dateline.methods.contract import Produced

F8 = npt.NDArray[np.float64]
METHOD = "camera_position"
LENS = ("f35", "f_px", "fov")
ASKED = (*LENS, "cropped")
"""Parameters that the screen asks for; all others keep the card's defaults."""
LEVEL = 0.95
"""Of the ellipse, whatever the case's level: as `dateline run camera_position` has it."""
ARROW = 0.08
"""[picture widths] How long the longest arrow is drawn at least: residuals are small."""
_EARTH = Geod(ellps="WGS84")


def camera_measure(bench: Bench, told: Mapping[str, Any], *, name: str = "camera-live", exact: bool = False) -> Measure:
    """The measure that asks where the camera stood, as the case would keep it. exact: for this screen only."""
    parameters: dict[str, Any] = {key: told[key] for key in ASKED if told.get(key) not in {None, ""}}
    parameters["level"] = LEVEL
    if exact:
        parameters["publish_precision"] = 0
    return measure_of(
        name,
        METHOD,
        inputs={"landmarks": {"observations": [bench.who], "items": [bench.item]}, "picture": {"items": [bench.item]}},
        parameters=parameters,
    )


def camera_live(case: Case, bench: Bench, ground: Ground | None, told: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of the method, in words as they may be published, or in full where `told` asks for it (`exact`).

    What is drawn is always of the exact answer, in pixels: it stays on this screen.
    """
    finding, files = ask(from_measure(case, camera_measure(bench, told, exact=True)))
    shown = finding if told.get("exact") else ask(from_measure(case, camera_measure(bench, told)))[0]
    frame = read_frame(item_path(case, bench.item), simulated=False)
    return {
        **as_json(shown),
        "exact": bool(told.get("exact")),
        "rows": _rows(finding),
        "worst": _worst(finding),
        "drawing": _drawing(finding, files, frame, ground),
    }


def _rows(finding: Finding) -> list[dict[str, Any]]:
    """Residuals by landmark, as the method gives them: no positions."""
    rows = [] if finding.series is None else finding.series.rows or []
    kept = ("used", "residual_px", "residual_deg", "residual_m")
    return [{name: row.get(name) for name in kept} for row in rows]


def _worst(finding: Finding) -> dict[str, Any] | None:
    """The landmark to look at first: the one that the method left out, else the largest residual [px]."""
    rows = [] if finding.series is None else finding.series.rows or []
    if not rows:
        return None
    at = max(range(len(rows)), key=lambda index: (not rows[index]["used"], abs(rows[index]["residual_px"])))
    return {"number": at + 1, "left_out": not rows[at]["used"], "label": rows[at]["landmark"]}


def _drawing(finding: Finding, files: Sequence[Produced], frame: Frame, ground: Ground | None) -> dict[str, Any] | None:
    """Arrows on both pictures with how often they are enlarged; regions, points and views on the map [px]."""
    rows = [] if finding.series is None else finding.series.rows or []
    file = next((one for one in files if one.role == "camera"), None)
    if not rows or file is None:
        return None
    features = json.loads(file.data)["features"]
    told: dict[str, Any] = {"photo": _photo_arrows(rows, frame)}
    if ground is not None:
        told |= {"map": _map_arrows(rows, features, ground), "shapes": _shapes(features, ground)}
    return told


def _enlarged(lengths: Sequence[float], side: float) -> float:
    """How often arrows are drawn longer than they are, so that the longest is seen: one digit, 1 at least."""
    longest = max([abs(length) for length in lengths], default=0.0)
    return float(f"{min(max(1.0, ARROW * side / max(longest, 1e-9)), 10_000):.1g}")


def _photo_arrows(rows: Sequence[Mapping[str, Any]], frame: Frame) -> dict[str, Any]:
    """From each mark along its row to where the camera sees the mapped landmark, on the stored picture [px]."""
    scale = _enlarged([row["residual_px"] for row in rows if row["used"]], frame.width)
    size = (frame.height, frame.width) if frame.orientation >= 5 else (frame.width, frame.height)
    starts = np.array([[row["x_px"], row["y_px"]] for row in rows])
    shifts = np.array([[row["residual_px"] if row["used"] else 0.0, 0.0] for row in rows])
    ends = [stored(points, frame.orientation, size).tolist() for points in (starts, starts + scale * shifts)]
    return {"scale": scale, "arrows": [list(pair) for pair in zip(*ends, strict=True)], "used": _used(rows)}


def _used(rows: Sequence[Mapping[str, Any]]) -> list[bool]:
    return [bool(row["used"]) for row in rows]


def _map_arrows(
    rows: Sequence[Mapping[str, Any]], features: Sequence[Mapping[str, Any]], ground: Ground
) -> dict[str, Any]:
    """From each landmark on the map to the ray of its mark, square to the line of sight, on the map [px].

    A residual is the mapped direction less the seen one, clockwise: the ray lies to the left where it is positive.
    """
    camera = _points(features, "camera")[0]
    landmarks = _points(features, "landmark")
    turns = [_EARTH.inv(*camera, *one)[0] for one in landmarks]
    metres = [row["residual_m"] if row["used"] else 0.0 for row in rows]
    starts = ground.reference.pixels(np.array(landmarks))
    pixel = ground.reference.way(np.array([[0.0, 0.0], [1.0, 0.0]]))[0]
    scale = _enlarged([length / pixel for length in metres], _span(starts[np.array(_used(rows))]))
    ends = [
        _EARTH.fwd(*one, turn - math.copysign(90, length), abs(length) * scale)[:2]
        for one, turn, length in zip(landmarks, turns, metres, strict=True)
    ]
    pairs = zip(starts.tolist(), ground.reference.pixels(np.array(ends)).tolist(), strict=True)
    return {"scale": scale, "arrows": [list(pair) for pair in pairs], "used": _used(rows)}


def _span(points: F8) -> float:
    return max(float(np.ptp(points, axis=0).max()), 1.0)


def _points(features: Sequence[Mapping[str, Any]], role: str) -> list[tuple[float, float]]:
    found = [one for one in features if one["geometry"]["type"] == "Point" and one["properties"]["role"] == role]
    return [(float(one["geometry"]["coordinates"][0]), float(one["geometry"]["coordinates"][1])) for one in found]


def _shapes(features: Sequence[Mapping[str, Any]], ground: Ground) -> list[dict[str, Any]]:
    """The method's regions, points and fields of view, in pixels of the map."""
    made = []
    for feature in features:
        role, kind = feature["properties"]["role"], feature["geometry"]["type"]
        if role == "landmark":
            continue
        ring = [feature["geometry"]["coordinates"]] if kind == "Point" else feature["geometry"]["coordinates"][0]
        points = np.round(ground.reference.pixels(np.array(ring)), 2).tolist()
        made.append({"role": role, "kind": kind, "place": feature["properties"].get("place"), "points": points})
    return made


def lens_words(frame: Frame) -> str:
    """What the file says of the lens."""
    if frame.f35 is not None:
        return f"The file says a lens of {frame.f35:g} mm (35 mm equivalent); it is used unless you say otherwise."
    return "The file says nothing of the lens: give it below if you know it, else the landmarks must give it as well."
