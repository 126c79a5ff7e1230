"""`dateline check`: does every sentence rest on what was found?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit
from dateline.core.errors import UsageError

if TYPE_CHECKING:
    from dateline.places.candidate import Candidate


def check(
    draft: Annotated[
        Path | None, typer.Argument(help="A plain draft (.docx, .txt, .md, .html); the case's story without.")
    ] = None,
    *,
    case: CaseFolder = Path(),
    as_sarif: Annotated[
        bool, typer.Option("--sarif", help="Print the story's faults in SARIF 2.1.0, for an editor's margin.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Lint the case's story, or compare a plain draft with the case's findings. Exit 1 when something is wrong."""
    from dateline.ledger.case import Case
    from dateline.measure.case_run import stale
    from dateline.story.check import check as check_story
    from dateline.story.check import check_draft
    from dateline.story.sarif import sarif

    loaded = Case.load(case)
    if draft is not None:
        _check_no_sarif(as_sarif)
        sheet = check_draft(draft, loaded, _gazetteer)
        emit(sheet.to_json()) if as_json else print(sheet.text())
        raise typer.Exit(0 if sheet.passed else 1)
    report = check_story(loaded, stale=stale(loaded))
    if as_json or as_sarif:
        emit(sarif(report) if as_sarif else report.to_json())
    else:
        print(report.text())
    raise typer.Exit(0 if report.passed else 1)


def _check_no_sarif(as_sarif: bool) -> None:
    if as_sarif:
        raise UsageError(
            "A draft's sheet is no list of faults.",
            saw="--sarif with a draft",
            do="Use --json, or leave the draft out.",
            code="unused-flag",
        )


def _gazetteer(name: str) -> Sequence[Candidate]:
    """Opened only when a draft tells a distance between places that the case does not have."""
    from dateline.measure.places import gazetteer

    return gazetteer().find(name)
