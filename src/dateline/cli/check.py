"""`dateline check`: does every sentence rest on what was found?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit


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
    report = check_story(loaded, stale=stale(loaded)) if draft is None else check_draft(draft, loaded)
    emit(report.to_json()) if as_json else print(report.text())
    if not report.passed:
        raise typer.Exit(1)
