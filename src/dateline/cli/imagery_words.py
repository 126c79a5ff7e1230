"""What `dateline imagery` prints: plans, results, the image log; for people, as CSV, as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dateline.cli.imagery_asked import of_setup
from dateline.cli.output import emit

if TYPE_CHECKING:
    from dateline.imagery.catalog.service import Ask, Offer
    from dateline.imagery.download.plan import Plan
    from dateline.imagery.download.work import Tell
    from dateline.measure.imagery_get import Answered, Brought, Want
    from dateline.measure.imagery_log import ImageLog


@contextmanager
def bytes_bar(count: int | None, size: int | None, *, quiet: bool) -> Iterator[Tell]:
    """A progress bar on stderr with bytes and speed; silent with --json or where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield lambda _more: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        label = "files" if count is None else f"{count} file{'s' if count != 1 else ''}"
        task = bar.add_task(label, total=size)
        yield lambda more: bar.advance(task, more)


def show_plan(planned: Plan, answers: Sequence[Answered], *, as_json: bool) -> None:
    logins = {answer.service: login_line(answer.service) for answer in answers}
    if as_json:
        files = [one.to_json() for one in planned.files]
        emit({"files": files, "bytes": planned.size(), "logins": logins, "notes": notes_of(answers)})
        return
    for one in planned.files:
        offer = one.errand.offer
        part = "  the place only" if one.errand.bounds is not None else ""
        print(f"{one.status:<7} {one.errand.name}  {size_of(one.size)}{part}  {offer.licence.name}")
    lacking = len(planned.lacking())
    print(f"{lacking} of {len(planned.files)} files still to come, {size_of(planned.size())}.")
    for name, found in logins.items():
        print(f"{name}: login: {found}")
    say(notes_of(answers))


def tell_plan(planned: Plan, answers: Sequence[Answered], *, quiet: bool) -> None:
    if not quiet:
        count = len(planned.lacking())
        print(f"{count} of {len(planned.files)} files to fetch, {size_of(planned.size())}.", file=sys.stderr)
        say(notes_of(answers))


def show_got(brought: Brought, want: Want, planned: Plan, *, as_json: bool) -> None:
    from dateline.imagery.download.work import Got

    got = [result for result in brought.results if isinstance(result, Got)]
    if as_json:
        files = [{"path": str(one.errand.target), "sha256": one.entry.sha256, "bytes": one.entry.size} for one in got]
        skies = {scene: sky.cloud for scene, sky in brought.skies.items()}
        items = [item.id for item in brought.items]
        emit({"files": files, "failures": brought.failures(), "items": items, "cloud_over_place": skies})
        return
    for one in got:
        sky = brought.skies.get(one.errand.offer.id)
        over = "" if sky is None or sky.cloud is None else f"  cloud over the place {sky.cloud:.0%}"
        print(f"{'here' if one.received is None else 'fetched':<8} {one.errand.target}{over}")
    before = len(planned.files) - len(brought.results)
    print(f"{len(got) + before} of {len(planned.files)} files are here, in {want.folder}.")
    if brought.items:
        print(f"{len(brought.items)} items in the case.")
    say(brought.failures())


def show_log(made: ImageLog, *, csv: bool, as_json: bool) -> None:
    if as_json:
        emit({"images": [row.to_json() for row in made.rows], "notes": list(made.notes)})
        return
    if csv:
        print_csv(made)
        return
    for row in made.rows:
        when = row.start.strftime("%Y-%m-%d %H:%M") if row.start else "date unknown"
        uses = "" if row.licence is None else f"publish: {row.licence.publish.allowed}"
        sky = "radar" if "SAR" in (row.sensor or "").upper() else shares("cloud", row.cloud)
        cells = (shares("covers", row.covers), sky, uses, "; ".join(row.marks))
        print(f"{when:<16}  {row.state:<16} {row.scene}  {row.sensor or ''}  {'  '.join(filter(None, cells))}")
    print(f"{len(made.rows)} image{'s' if len(made.rows) != 1 else ''}. Times are UTC.")
    say(made.notes)


def print_csv(made: ImageLog) -> None:
    import csv

    from dateline.measure.imagery_log import Row, rows_as_table

    names = list(rows_as_table([Row(scene="", state="have")])[0])
    writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows_as_table(made.rows))
    say(made.notes)


def shares(word: str, value: float | None) -> str:
    return f"{word} unknown" if value is None else f"{word} {value:.0%}"


def offer_row(offer: Offer, ask: Ask) -> dict[str, Any]:
    from dateline.imagery.catalog.footprint import share
    from dateline.imagery.download.plan import licence_line

    return {
        "service": offer.service,
        "collection": offer.collection,
        "scene": offer.id,
        "start": offer.start,
        "end": offer.end,
        "platform": offer.platform,
        "covers": share(offer.footprint, ask.areas[0]),
        "cloud_of_scene": offer.cloud,
        "bytes": offer.size,
        "assets": [asset.key for asset in offer.assets],
        "licence": licence_line(offer.licence),
        "doubts": [doubt.code for doubt in offer.doubts],
    }


def offer_line(offer: Offer, ask: Ask) -> str:
    from dateline.imagery.catalog.footprint import share

    cells = (
        shares("covers", share(offer.footprint, ask.areas[0])),
        shares("cloud of the scene", offer.cloud) if offer.cloud is not None else "",
        size_of(offer.size),
        f"publish: {offer.licence.publish.allowed}",
    )
    return f"{offer.start:%Y-%m-%d %H:%M}  {offer.id}  {offer.platform or ''}  {'  '.join(filter(None, cells))}"


def notes_of(answers: Sequence[Answered]) -> list[str]:
    """What a search left out, in words."""
    said: list[str] = []
    for answer in answers:
        found = answer.found
        said += [f"{answer.service}: {note}" for note in found.notes]
        counts = {"older versions": found.older, "neighbours": found.outside, "unreadable": found.unreadable}
        said += [f"{answer.service}: left out {count} {word}" for word, count in counts.items() if count]
    return said


def say(lines: Sequence[str]) -> None:
    for line in lines:
        print(f"note: {line}", file=sys.stderr)


def size_of(size: int | None) -> str:
    if size is None:
        return "size unknown"
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def span(low: float | None, high: float | None, state: str) -> str:
    if low is None:
        return state
    return f"{low:g} or more (saturated)" if high is None else f"{low:g} to {high:g} nW"


def login_line(name: str) -> str:
    """Where the login for a service was found, in words."""
    setup = of_setup(None)
    card = setup.card(name)
    if card.login is None:
        return "none needed"
    found = setup.credential(name)
    return f"none found for {card.login.title}; `dateline doctor` says how" if found is None else found.found
