"""Where a camera stood: the picture with its landmarks and what is left over, and the map with the region beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from PIL import Image
from pydantic import Field

from dateline.core.errors import InputError
from dateline.ledger.finding import Finding
from dateline.story.block import BlockModel, FindingId, Plain, Prose
from dateline.story.blocks.camera.plan import Mark, draw_marks, draw_plan
from dateline.story.page import Page
from dateline.story.panel import panel
from dateline.story.picture import artifact_path, path_of
from dateline.story.picture_spec import PictureSpec


class Model(BlockModel):
    """The body of a :::camera block."""

    is_figure: ClassVar[bool] = True

    title: Prose
    finding: FindingId = Field(description="id of a finding of the method camera_position")
    alt: Plain = Field(description="what picture and map show, for readers who do not see them")
    caption: Prose = ""
    picture: PictureSpec | None = Field(
        default=None, description="the picture in which the landmarks were marked; an empty frame otherwise"
    )


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """Both panels and the table of landmarks. Raises InputError (code `camera`) for another method's finding."""
    finding = page.finding(block.finding)
    if finding.method != "camera_position" or not finding.artifacts:
        raise _no_camera(finding, f"method {finding.method}, result “{finding.result}”")
    number = page.next_figure()
    shown = None if block.picture is None else panel(page, f"camera-{number}", block.picture)
    marks = [_mark(index, row) for index, row in enumerate(page.rows(finding), 1)]
    features = json.loads(artifact_path(page.case, block.finding, "camera").read_bytes())["features"]
    return {
        "number": number,
        "shown": shown,
        "photo": draw_marks(marks, _size(block, finding, page)),
        "plan": draw_plan(features),
        "marks": marks,
        "level": page.language.level(float(finding.parameters["level"])),
        "simulated": finding.simulated or (shown is not None and shown.simulated),
        "how": page.link(page.look(block.finding), page.word("page.how")),
    }


def _mark(number: int, row: Mapping[str, Any]) -> Mark:
    return Mark(
        number=number,
        x=float(row["x_px"]),
        y=float(row["y_px"]),
        shift=float(row["residual_px"]),
        used=str(row["used"]).lower() == "true",
    )


def _size(block: Model, finding: Finding, page: Page) -> tuple[int, int]:
    """Width and height of the picture in which the landmarks were marked [px]."""
    if block.picture is not None:
        with Image.open(path_of(page.case, block.picture)) as opened:
            return opened.size
    width, height = finding.parameters.get("width"), finding.parameters.get("height")
    if width is None or height is None:
        raise _no_camera(finding, "neither a picture in the block nor width and height in the measure")
    return int(width), int(height)


def _no_camera(finding: Finding, saw: str) -> InputError:
    return InputError(
        f"The finding {finding.id} cannot be shown as picture and map.",
        saw=saw,
        do="Give a finding of camera_position that found a place, and the picture in which the landmarks were marked.",
        code="camera",
    )
