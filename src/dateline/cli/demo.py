"""`dateline demo`: build the three example investigations, and say what to try."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dateline.cli.output import progress

if TYPE_CHECKING:
    from dateline.measure.case_run import Measured

EXAMPLES = ("rason", "maria", "exercise")
SHOWN = {
    "rason": "the investigation, all real: what the tool refused to say, and why",
    "maria": "a blackout measured on real data: Puerto Rico, 2017",
    "exercise": "an invented coast where the truth is known (simulated)",
}


def demo(
    folder: Annotated[
        Path | None, typer.Option("--into", help="Copy the examples there first; in place otherwise.")
    ] = None,
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Do not fetch the real files that are missing.")] = False,
) -> None:
    """Build the three example investigations and print what to try; fetches the few real files that are missing."""
    started = time.monotonic()
    home = examples(folder)
    if not offline:
        fetch_missing([item for name in EXAMPLES for item in _items(home / name)])
    pages: list[Path] = []
    lacking: list[str] = []
    failed: list[str] = []
    for name in EXAMPLES:
        print(f"\n{name}: {SHOWN[name]}")
        if name == "exercise":
            _simulate(home / name)
        measured = list(_measure(home / name))
        failed += [one.id for one in measured if one.status == "failed"]
        absent = [one.id for one in measured if one.finding is None] + list(_items_not_here(home / name))
        lacking += [f"{name}: {one}" for one in absent]
        pages.append(_build(home / name, absent))
    _say(home, pages, lacking, time.monotonic() - started)
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
        raise typer.Exit(1)


def examples(folder: Path | None) -> Path:
    """Where the examples lie: in the checkout, in the installed package, or copied into a folder."""
    import shutil

    import dateline

    package = Path(dateline.__file__).parent
    home = next(place for place in (package / "_examples", package.parents[1] / "examples") if place.is_dir())
    if folder is None:
        return home
    for name in EXAMPLES:
        shutil.copytree(
            home / name, folder / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("site", "findings")
        )
    return folder


def _simulate(case: Path) -> None:
    from dateline.simulate.exercise import write

    with progress("writing the invented coast's images", quiet=False) as tell:
        written = write(case / "imagery", tell)
    there = sum(path.is_file() for path in (case / "imagery").rglob("*"))
    print(f"  {written} simulated files written, {there - written} were there")


def _measure(case: Path) -> Iterator[Measured]:
    from dateline.ledger.case import Case
    from dateline.measure.case_run import measure_case

    with progress("measuring", quiet=False) as tell:
        for measured in measure_case(Case.load(case), tell=lambda _name: tell):
            told = measured.finding.result if measured.finding else f"{measured.status}: {_what(measured)}"
            print(f"  {measured.id}: {told}")
            yield measured


def _what(measured: Measured) -> str:
    return "" if measured.error is None else measured.error.what


def _build(case: Path, lacking: Collection[str]) -> Path:
    from dateline.ledger.case import Case
    from dateline.measure.case_run import stale
    from dateline.story.build import build

    loaded = Case.load(case)
    return build(loaded, stale=set(stale(loaded)) - set(lacking), lacking=lacking)


def _items(case: Path) -> Iterator[str]:
    """The SHA-256 of every item of a case."""
    from dateline.ledger.case import Case

    return (item.content for item in Case.load(case).items.values() if item.content is not None)


def fetch_missing(wanted: Collection[str]) -> None:
    """Fetches the samples with these hashes that are not here, size said, hash checked; gives up when offline."""
    from dateline.core.errors import DatelineError
    from dateline.evidence import samples
    from dateline.evidence.door.errors import Unavailable
    from dateline.evidence.door.stream import https

    lacking = [one for one in samples.registry().values() if one.sha256 in wanted and samples.find(one.path) is None]
    lacking = [one for one in lacking if one.url is not None]
    if not lacking:
        return
    size = sum(one.bytes for one in lacking) / 1e6
    print(f"fetching {len(lacking)} real files, {size:.1f} MB, each checked by its hash (--offline leaves them out)")
    for one in lacking:
        try:
            samples.fetch(one.path, https)
        except Unavailable as error:
            print(f"  no network here ({error.saw}); building without them")
            return
        except DatelineError as error:
            print(f"  {one.path}: {error.what}")


def _items_not_here(case: Path) -> Iterator[str]:
    from dateline.core.errors import DatelineError
    from dateline.ledger.case import Case
    from dateline.measure.files import item_path

    loaded = Case.load(case)
    for name in loaded.items:
        try:
            item_path(loaded, name)
        except DatelineError:
            yield name


def _say(home: Path, pages: list[Path], lacking: list[str], seconds: float) -> None:
    print(f"\nBuilt in {seconds:.0f} s:")
    for page in pages:
        print(f"  {page}")
    if lacking:
        print("\nLeft out: the real files are not on this machine (set DATELINE_SAMPLES to the folder that has them):")
        for line in lacking:
            print(f"  {line}")
    exercise, maria = home / "exercise", home / "maria"
    print(
        "\nThree things to try:\n"
        "  1. Open the first page and click a number: its method, its limits and its files open below it.\n"
        f"  2. Type a number of your own into {exercise / 'story.md'} and build again: it refuses, and says where.\n"
        f"       .venv/bin/dateline build --case {exercise}\n"
        "  3. Compare a plain draft with the findings:\n"
        f"       .venv/bin/dateline check {maria / 'draft.txt'} --case {maria}"
    )
