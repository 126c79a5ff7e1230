"""A drawing that a finding made: the sun over a day, the places that a shadow fits, a graph of copies."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from dateline.core.errors import InputError
from dateline.story.block import BlockModel, FindingId, Plain, Prose
from dateline.story.page import Embed, Page
from dateline.story.picture import artifact_path

SVG = "image/svg+xml"


class Model(BlockModel):
    """The body of a :::drawing block."""

    is_figure: ClassVar[bool] = True

    title: Prose
    finding: FindingId = Field(description="id of the finding that made it")
    artifact: str = Field(description="role of the finding's file: sun_chart, locus_map, copies")
    alt: Plain = Field(description="what it shows, and why it matters")
    caption: Prose = ""


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The drawing as a picture: nothing in it runs or loads. Raises InputError (code `drawing`) for what is no SVG."""
    finding = page.finding(block.finding)
    kinds = {one.role: one for one in finding.artifacts}
    path = artifact_path(page.case, block.finding, block.artifact)
    if kinds[block.artifact].media_type != SVG:
        raise InputError(
            f"The file {block.artifact} of {block.finding} is no drawing.",
            saw=kinds[block.artifact].media_type,
            do="Show pictures with a :::picture block; drawings are SVG.",
            code="drawing",
        )
    data = path.read_bytes()
    number = page.next_figure()
    page.carry(Embed(f"drawing-{number}", path.name, SVG, len(data), kinds[block.artifact].sha256))
    return {
        "number": number,
        "uri": f"data:{SVG};base64,{base64.b64encode(data).decode()}",
        "simulated": finding.simulated or page.case.head.exercise,
        "how": page.link(page.look(block.finding), page.word("page.how")),
    }
