"""`dateline check`: does every sentence rest on what was found?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit

if TYPE_CHECKING:
    from dateline.places.candidate import Candidate


def check(
    draft: Annotated[
        Path | None, typer.Argument(help="A plain draft (.docx, .txt, .md, .html); the case's story without.")
    ] = None,
    *,
    case: CaseFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Lint the case's story, or compare a plain draft with the case's findings. Exit 1 when something is wrong."""
    from dateline.ledger.case import Case
    from dateline.measure.case_run import stale
    from dateline.story.check import check as check_story
    from dateline.story.check import check_draft

    loaded = Case.load(case)
    report = check_story(loaded, stale=stale(loaded)) if draft is None else check_draft(draft, loaded, _gazetteer)
    emit(report.to_json()) if as_json else print(report.text())
    if not report.passed:
        raise typer.Exit(1)


def _gazetteer(name: str) -> Sequence[Candidate]:
    """Opened only when a draft tells a distance between places that the case does not have."""
    from dateline.measure.places import gazetteer

    return gazetteer().find(name)
