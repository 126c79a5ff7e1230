"""`dateline demo`: build the three example investigations, and say what to try."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from dateline.cli.output import progress

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
) -> None:
    """Build the three example investigations and print what to try. Downloads nothing."""
    started = time.monotonic()
    home = examples(folder)
    pages: list[Path] = []
    lacking: list[str] = []
    for name in EXAMPLES:
        print(f"\n{name}: {SHOWN[name]}")
        if name == "exercise":
            _simulate(home / name)
        lacking += [f"{name}: {line}" for line in _measure(home / name)]
        pages.append(_build(home / name))
    _say(home, pages, lacking, time.monotonic() - started)


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

    with progress("writing the invented coast's tiles", quiet=False) as tell:
        written = write(case / "imagery", tell)
    print(f"  {written} simulated tiles written, {len(list((case / 'imagery').glob('*.h5'))) - written} were there")


def _measure(case: Path) -> Iterator[str]:
    from dateline.ledger.case import Case
    from dateline.measure.case_run import measure_case

    with progress("measuring", quiet=False) as tell:
        for measured in measure_case(Case.load(case), tell=lambda _name: tell):
            if measured.finding is not None:
                print(f"  {measured.id}: {measured.finding.result}")
            else:
                assert measured.error is not None
                print(f"  {measured.id}: {measured.status}: {measured.error.what}")
                yield f"{measured.id}: {measured.error.what}"


def _build(case: Path) -> Path:
    from dateline.ledger.case import Case
    from dateline.measure.case_run import stale
    from dateline.story.build import build

    loaded = Case.load(case)
    return build(loaded, stale=stale(loaded), lacking=True)


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
        f"  2. Change a digit in {exercise / 'story.md'} and build again: it refuses, and says where.\n"
        f"       .venv/bin/dateline build --case {exercise}\n"
        "  3. Compare a plain draft with the findings:\n"
        f"       .venv/bin/dateline check {maria / 'draft.txt'} --case {maria}"
    )
