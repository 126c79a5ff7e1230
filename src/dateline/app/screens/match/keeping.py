"""Keeping a question to a method as a measure of the case, with its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dateline.app.screens.match.bench import Bench
from dateline.app.screens.match.camera import camera_measure, finding_json
from dateline.app.screens.match.shadow import kept_camera, shadow_measure
from dateline.core.errors import UsageError
from dateline.core.identity import is_id
from dateline.ledger.case import Case
from dateline.ledger.write import write_new
from dateline.measure.case_run import measure_case


def keep(case: Case, bench: Bench, told: Mapping[str, Any]) -> dict[str, Any]:
    """Writes measures/ID.toml and computes it; told: {what: camera or shadow, name, lens, …}.

    The measure names who marked and on which picture, and no position; its finding is as coarse as may be published.
    Raises UsageError `measure-name`; InputError `record-exists`; what the method's inputs raise.
    """
    name = str(told.get("name", "")).strip()
    if not is_id(name):
        raise UsageError(
            "A measure needs a name that can be a file's.",
            saw=repr(name[:80]),
            do="Write letters, digits and dashes: camera-quay.",
            code="measure-name",
        )
    if told.get("what") == "camera":
        measure = camera_measure(bench, dict(told.get("lens") or {}), name=name)
    else:
        measure = shadow_measure(bench, told, name=name, camera=kept_camera(case, bench))
    path = write_new(case.root, measure)
    (made,) = [one for one in measure_case(Case.load(case.root), (name,)) if one.id == name]
    if made.finding is None:
        error = made.error
        return {"path": str(path.relative_to(case.root)), "finding": None, "error": error.to_json() if error else None}
    return {"path": str(path.relative_to(case.root)), "finding": finding_json(made.finding), "error": None}
