"""`dateline build`: the case's story as one page that opens from disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit
from dateline.cli.who import By, custody, tell_mended
from dateline.core.errors import UsageError

if TYPE_CHECKING:
    from dateline.ledger.case import Case

Publish = Annotated[
    bool, typer.Option("--publish", help="Freeze what goes out as published/N. Refuses while anything is open.")
]
Watch = Annotated[
    bool, typer.Option("--watch", help="Show the page in the browser and build it again at each save, until Ctrl+C.")
]
Browser = Annotated[bool, typer.Option(help="With --watch: open the browser; --no-browser only prints the address.")]
On = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day of publication; today without.")
]


def build(
    *,
    watch: Watch = False,
    browser: Browser = True,
    publish: Publish = False,
    by: By = None,
    on: On = None,
    case: CaseFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Check the story, then make one self-contained page of it: site/index.html. Refuses when a rule blocks.

    Beside it: every figure as an embed (site/embed) and as SVG or PNG (site/figure), card.png for social media,
    feed.xml of corrections. site/build.json lists what was written; files that you changed or added stay.
    """
    from dateline.ledger.case import Case
    from dateline.measure.case_run import stale
    from dateline.story.build import build_site

    if watch:
        _watch(case, browser=browser, others={"--publish": publish, "--on": on is not None, "--json": as_json})
        return
    loaded = Case.load(case)
    if publish:
        _publish(loaded, by, on, as_json=as_json)
        return
    if on is not None:
        raise UsageError(
            "The day of publication is of a publication.", saw="--on", do="Add --publish.", code="unused-flag"
        )
    built = build_site(loaded, stale=stale(loaded))
    size = built.page.stat().st_size
    if as_json:
        files = [{"name": each.name, **each.told()} for each in built.files]
        emit({"page": built.page, "bytes": size, "files": files, "notes": built.notes})
        return
    print(f"built {built.page} ({size / 1000:.0f} kB): open it in a browser")
    print(f"beside it: {_beside([each.name for each in built.files if each.name != built.page.name])}")
    for note in built.notes:
        print(f"  {note}")


def _watch(case: Path, *, browser: bool, others: Mapping[str, bool]) -> None:
    from dateline.cli.watch import watch

    given = [flag for flag, is_given in others.items() if is_given]
    if given:
        raise UsageError(
            "A preview publishes nothing and speaks to people.",
            saw=f"--watch {' '.join(given)}",
            do="Leave one of them out.",
            code="unused-flag",
        )
    watch(case, browser=browser)


def _beside(names: Sequence[str]) -> str:
    """Files one by one, folders with how many they hold."""
    folders = Counter(name.partition("/")[0] for name in names if "/" in name)
    told = [f"{count} in {folder}/" for folder, count in sorted(folders.items())]
    return ", ".join([*told, *sorted(name for name in names if "/" not in name)])


def _publish(case: Case, by: str | None, on: datetime | None, *, as_json: bool) -> None:
    from dateline.evidence.chain import chains
    from dateline.measure.case_run import freshness
    from dateline.measure.looks import log_of
    from dateline.story.publish import publish

    log = tuple(log_of(case)) if chains(case.root) else ()
    day = on.date() if on is not None else None
    made = publish(case, custody(case.root, by), freshness=freshness(case), on=day, log=log)
    tell_mended([made.mended])
    manifest = made.manifest
    if as_json:
        emit({"version": manifest.number, "folder": made.folder, "date": manifest.date, "by": manifest.by,
              "files": manifest.files, "notes": made.notes})  # fmt: skip
        return
    print(f"published version {manifest.number} of {manifest.date}: {made.folder}, {len(manifest.files)} files, frozen")
    for note in made.notes:
        print(f"  {note}")
