"""`dateline build`: the case's story as one page that opens from disk."""

from __future__ import annotations

from pathlib import Path

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit


def build(*, case: CaseFolder = Path(), as_json: AsJson = False) -> None:
    """Check the story, then make one self-contained page of it: site/index.html. Refuses when a rule blocks."""
    from dateline.ledger.case import Case
    from dateline.measure.case_run import stale
    from dateline.story.build import build as build_page

    loaded = Case.load(case)
    page = build_page(loaded, stale=stale(loaded))
    size = page.stat().st_size
    emit({"page": page, "bytes": size}) if as_json else print(
        f"built {page} ({size / 1000:.0f} kB): open it in a browser"
    )
