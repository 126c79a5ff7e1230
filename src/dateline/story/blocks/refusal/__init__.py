"""What the tool refused to say: the question, the reason, and what would settle it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from dateline.core.errors import InputError
from dateline.ledger.record import Many
from dateline.story.block import BlockModel, FindingId, Prose
from dateline.story.page import Page
from dateline.story.reading import CANNOT_TELL, REFUSED
from dateline.story.speak import statement


class Model(BlockModel):
    """The body of a :::refusal block."""

    is_figure: ClassVar[bool] = False

    findings: Many[FindingId] = Field(min_length=1, description="ids of findings that were refused, or cannot tell")
    title: Prose = ""
    intro: Prose = ""


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """Each refused question. Raises InputError (code "refusal") for a finding that did answer."""
    rows = []
    for name in block.findings:
        finding = page.finding(name)
        if finding.result not in {REFUSED, CANNOT_TELL}:
            raise InputError(
                f"{name} did answer.",
                saw=f"result: {finding.result}",
                do="Take it out of the :::refusal block; it is a finding like others.",
                code="refusal",
            )
        link = page.link(page.look(name), page.english(finding.question))
        said = statement(finding, page.language)
        reasons = [
            note.text for note in finding.reasons if note.text.rstrip(".") not in said
        ]  # many repeat the sentence
        rows.append((finding, link, reasons))
    return {"rows": rows}
