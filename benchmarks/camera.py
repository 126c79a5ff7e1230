"""Where the camera stood, side by side: camera.py FOLDER PEERS_PYTHON.

200 simulated pictures of four to eight landmarks with heights (the set-ups of tests/coverage/proof_camera_position.py:
marks off by 5 px, map by 3 to 20 m, focal length by 3 %), and the Tunabreen camera with its blunder mended. Ours is
told the errors; the peer, OpenCV's solvePnP, takes none and gives no uncertainty. Errors are of east and north [m].
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.coverage.proof_camera_position import setup
from tests.methods.camera_position.test_camera_position import CARD, tunabreen

from dateline.methods.camera_position.fit import Problem
from dateline.methods.camera_position.region import regions, too_wide
from dateline.methods.camera_position.solve import solutions

CASES = 200


def cases() -> list[tuple[Problem, np.ndarray]]:
    """Problems with the true east and north [m]; the last is Tunabreen where the samples are."""
    rng = np.random.default_rng(11)
    made: list[tuple[Problem, np.ndarray]] = []
    while len(made) < CASES:
        problem, truth = setup(rng, heights=True, focal_error=0.03)
        if problem.n > 3:
            made.append((problem, truth))
    real = _tunabreen()
    return [*made, real] if real is not None else made


def _tunabreen() -> tuple[Problem, np.ndarray] | None:
    from tests.conftest import samples_root

    from dateline.media.landmark import Frame, Plane
    from dateline.methods.camera_position.setup import lens, problem_of
    from dateline.methods.contract import Parameters

    root = samples_root()
    if root is None:
        return None
    marks, camera = tunabreen(root, fourth=556232)
    frame, plane = Frame(width=5184, height=3456), Plane.around(marks)
    given = Parameters.of(CARD, {"f_px": 11623.3, "focal_error": 3})
    problem = problem_of(marks, frame, lens(frame, given), given, plane=plane, ground=None)
    return problem, plane.metres(np.array(camera[:1]), np.array(camera[1:]))[0]


def peer(made: list[tuple[Problem, np.ndarray]], folder: Path, python: str) -> dict[str, Any] | None:
    """What the peer answers; None where it is not installed."""
    told = [
        {
            "points": np.column_stack([one.points, one.heights]).tolist(),
            "pixels": one.pixels.tolist(),
            "camera": [[one.focal, 0, 0], [0, one.focal, 0], [0, 0, 1]],
        }
        for one, _ in made
    ]
    path = folder / "camera.json"
    path.write_text(json.dumps(told))
    script = str(Path(__file__).with_name("camera_peer.py"))
    out = subprocess.run([python, script, str(path)], capture_output=True, text=True, check=False)
    answer: dict[str, Any] | None = json.loads(out.stdout) if out.returncode == 0 else None
    return answer


def ours(made: list[tuple[Problem, np.ndarray]]) -> dict[str, Any]:
    """Errors [m] of the best place, whether a place was told, and whether the region holds the camera."""
    errors, told, holds = [], [], []
    started = time.perf_counter()
    for problem, truth in made:
        places = regions(problem, solutions(problem), level=0.95)
        errors.append(float(np.hypot(*(places[0][0].place - truth))))
        told.append(not any(too_wide(problem, where) for _, where in places))
        holds.append(any(where.contains(truth) for _, where in places))
    return {"errors": errors, "told": told, "holds": holds, "seconds": time.perf_counter() - started}


def summary(errors: list[float | None], *, real: bool) -> dict[str, Any]:
    """Middle, 90th percentile and worst error [m] of the simulated cases, and that of the real one."""
    known = np.array([one for one in errors[:CASES] if one is not None])
    middle, high = np.percentile(known, [50, 90])
    last = errors[-1] if real else None
    return {
        "n": len(known),
        "median": float(middle),
        "p90": float(high),
        "worst": float(known.max()),
        "tunabreen": last,
    }


def main(folder: Path, python: str) -> None:
    """Measures, prints the table and writes results/camera.json."""
    made = cases()
    real = len(made) > CASES
    found, theirs = ours(made), peer(made, folder, python)
    rows = {"dateline": summary(found["errors"], real=real)}
    for name, places in (theirs or {"places": {}})["places"].items():
        off = [
            None if place is None else float(np.hypot(*(np.array(place[:2]) - truth)))
            for place, (_, truth) in zip(places, made, strict=True)
        ]
        rows[f"OpenCV {name}"] = summary(off, real=real)
    for name, row in rows.items():
        print(f"  {name:18}" + "".join(f"  {k} {'-' if v is None else format(v, ',.0f')}" for k, v in row.items()))
    held = float(np.mean(found["holds"][:CASES]))
    print(f"  dateline's region holds {100 * held:.1f} %; {found['seconds'] / len(made):.2f} s a picture")
    kept = {"the region holds 90 % or more": held >= 0.9}
    peers = [row for name, row in rows.items() if name != "dateline"]
    for what in ("median", "p90", "worst") if peers else ():
        kept[f"nearer than every solver of the peer: {what}"] = rows["dateline"][what] < min(row[what] for row in peers)
    if not peers:
        print("  the peer opencv is not installed: not compared")
    for what, was in kept.items():
        print(f"  {'yes' if was else 'NO '}  {what}")
    results = {"machine": platform.machine(), "metres": rows, "holds": held, "kept": kept}
    (Path(__file__).parent / "results" / "camera.json").write_text(json.dumps(results, indent=1) + "\n")
    sys.exit(0 if all(kept.values()) else 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
