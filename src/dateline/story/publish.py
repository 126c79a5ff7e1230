"""`build --publish`: nothing goes out while a reason stands against it; what goes out is kept as it was."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from dateline.core.errors import DatelineError, InputError, UsageError
from dateline.core.identity import digest, sha256_bytes, sha256_file
from dateline.evidence.atomic import sync_folder, write_atomic
from dateline.evidence.chain import Entry, Event
from dateline.evidence.custody import Custody, Mended
from dateline.ledger.agreed import standing
from dateline.ledger.case import Case
from dateline.ledger.signoff import Harm, SignOff, filed, is_another, person_of
from dateline.measure.signed import signed_rows
from dateline.story.build import Built, build_site
from dateline.story.check import examine, read_story, reading_of
from dateline.story.difference import differences
from dateline.story.fault import Level, Report
from dateline.story.published import FOLDER, MANIFEST, STORY, Manifest, corrections, manifest_of, numbers, read_manifest
from dateline.story.reading import Reading
from dateline.story.signing import harm_of
from dateline.story.site import PAGE, write_site

AHEAD = timedelta(hours=14)
"""How far the day is ahead, somewhere on earth, of what UTC says."""

Freshness = Mapping[str, bool | None]


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that stands against publishing: its code, what was seen, what to do."""

    code: str
    saw: str
    do: str


class PublishError(DatelineError):
    """Why a story is not published: every reason at once. Nothing was written."""

    default_code = "not-publishable"

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        self.reasons = reasons
        count = len(reasons)
        super().__init__(
            f"The story is not published: {count} thing{'s' if count != 1 else ''} stand{'s' if count == 1 else ''} "
            "against it.",
            saw="\n       ".join(f"{one.code}: {one.saw}\n         do: {one.do}" for one in reasons),
            do="Settle each line above and publish again; nothing was written.",
        )


@dataclass(frozen=True, slots=True)
class Published:
    """A version that went out: its manifest, its folder, what the build said, what was mended in the custody log."""

    manifest: Manifest
    folder: Path
    notes: tuple[str, ...]
    mended: Mended | None


def publish(
    case: Case, custody: Custody, *, freshness: Freshness, on: date | None = None, log: tuple[Entry, ...] = ()
) -> Published:
    """Builds the page, freezes it as published/N with story and manifest, and enters that in the custody log.

    freshness: for each finding that a measure made, whether it is what would be computed now. on: the day of
    publication; today without. The page's bytes do not depend on it. Raises PublishError with every reason against
    it, UsageError "not-of-the-case"; nothing is written then, and an earlier version is never touched.
    """
    person_of(case, custody.actor)
    now = custody.clock.now()
    day = on or now.astimezone(UTC).date()
    stale = {name for name, fresh in freshness.items() if fresh is False}
    reading = reading_of(case, read_story(case), stale=stale)
    report = examine(reading)
    previous = read_manifest(case) if numbers(case) else None
    reasons = (
        *_of_rules(report),
        *_of_findings(reading, freshness),
        *_of_harm(reading),
        *_of_custody(case, log),
        *_of_days(reading, day, now),
        *_of_corrections(reading, previous, freshness, log),
    )
    if reasons:
        raise PublishError(reasons)
    number = 1 if previous is None else previous.number + 1
    return _frozen(case, _made(reading, stale, number, day, custody), custody)


def _of_rules(report: Report) -> Iterator[Reason]:
    """What blocks, and what nobody has signed."""
    for fault in report.blocking:
        yield Reason(fault.rule.code, f"line {fault.spot.line}: {fault.saw}", fault.do)
    for fault in report.faults:
        if fault.rule.level is Level.SIGN_OFF:
            sign = f"dateline check --sign {fault.rule.code} --at {fault.spot.line} --by NAME --why REASON"
            yield Reason(
                "unsigned", f"line {fault.spot.line}: {fault.rule.code}: {fault.saw}", f"{sign}. Or: {fault.do}"
            )


def _of_findings(reading: Reading, freshness: Freshness) -> Iterator[Reason]:
    """Findings under the page that are out of date, cannot be judged here, or were made by nobody."""
    for name in (name for name in reading.case.finding_ids() if name in reading.below):
        measure = f"Run `dateline measure {name}` and read the sentences again."
        if name not in freshness:
            yield Reason(
                "no-measure", f"{name}: no measure of this case makes it", f"Write measures/{name}.toml. {measure}"
            )
        elif freshness[name] is False:
            yield Reason("stale-finding", f"{name}: its inputs have changed since it was computed", measure)
        elif freshness[name] is None:
            do = "Get them (`dateline audit` says which are missing), or publish where they are."
            yield Reason("not-judged", f"{name}: its inputs are not on this machine", do)


def _of_harm(reading: Reading) -> Iterator[Reason]:
    """The record of who could be hurt: there, written for this story, and signed by somebody else."""
    write = (
        "dateline check --sign harm --by NAME --why 'who could be hurt, and what was done'; then somebody else signs."
    )
    current = harm_of(reading)
    if not current:
        older = filed(reading.case, Harm)
        if older:
            last = max(older, key=lambda one: (one.date, one.id))
            saw = f"{last.id} of {last.date} was written for another text, or for other numbers"
            yield Reason("harm-stale", saw, f"Read the story again: {write}")
        else:
            yield Reason("harm-missing", f"no record in {Harm.folder}/ of who could be hurt", f"Write one: {write}")
    people = {person.id: person for person in reading.case.head.people}
    for one in current:
        if one.signed_by is None:
            yield Reason(
                "harm-unsigned",
                f"{one.id} is signed by nobody but {one.by}, who wrote it",
                "A second person reads it: dateline check --sign harm --by NAME.",
            )
        elif not is_another(people[one.by], people[one.signed_by]):
            yield Reason(
                "harm-unsigned", f"{one.by} and {one.signed_by} are one person", "Ask a second person to sign."
            )


def _of_custody(case: Case, log: tuple[Entry, ...]) -> Iterator[Reason]:
    """Sign-offs, records of who could be hurt and earlier versions that are not as the custody log entered them."""
    for row in signed_rows(case.root, log, withheld=False):
        if row.state == "different":
            saw = f"{row.where}: expected {row.expected}; found {row.found}"
            yield Reason(row.code, saw, "Put it back as it was entered (`dateline audit`), or have it signed anew.")


def _of_days(reading: Reading, day: date, now: datetime) -> Iterator[Reason]:
    """Days: the page's own, that of publication, and embargoes to the minute."""
    latest = (now.astimezone(UTC) + AHEAD).date()
    if day > latest:
        yield Reason("day-ahead", f"--on {day}; today is {now.astimezone(UTC).date()}", "Publish on the day itself.")
    carried = reading.story.as_of(reading.case.head.as_of)
    if carried is None:
        yield Reason("day-missing", "the page carries no date", "Set date in the story's front matter.")
    elif carried > min(day, latest):
        yield Reason("day-ahead", f"the page is of {carried}, and it is {day}", "Set date to the day of publication.")
    for name, until in _embargoes(reading):
        if until > now:
            yield Reason("embargo", f"{name}: embargo until {until.isoformat()}", "Wait until it is over.")


def _embargoes(reading: Reading) -> Iterator[tuple[str, datetime]]:
    """Everything under the page that may not be used before a moment; a day begins at midnight UTC."""
    case = reading.case
    found: list[tuple[str, date | datetime | None]] = [("the case", case.head.embargo)]
    found += [(item.id, item.embargo) for item in reading.items.values()]
    below = sorted(reading.below & set(case.records))
    found += [(name, standing(case.records[name], case.records).embargo) for name in below]
    for name, until in found:
        if isinstance(until, datetime):
            yield name, until
        elif until is not None:
            yield name, datetime(until.year, until.month, until.day, tzinfo=UTC)


def _of_corrections(
    reading: Reading, previous: Manifest | None, freshness: Freshness, log: tuple[Entry, ...]
) -> Iterator[Reason]:
    """Numbers, dates and claims that readers were told otherwise before: the page says so."""
    if previous is None:
        return
    changed = [one for one in differences(previous, reading, freshness=freshness, log=log) if one.needs_correction]
    known = set(previous.corrections)
    fresh = [entry for entry in corrections(reading) if digest(entry) not in known]
    if changed and not any(date.fromisoformat(str(entry["date"])) >= previous.date for entry in fresh):
        told = "; ".join(f"{one.id}: was “{one.was}”, is “{one.now or 'not there'}”" for one in changed[:5])
        more = f"; and {len(changed) - 5} more" if len(changed) > 5 else ""
        yield Reason(
            "correction-missing",
            f"since version {previous.number} of {previous.date}: {told}{more}",
            "Add an [[entry]] to the :::corrections block: date, text, was, now.",
        )


@dataclass(frozen=True, slots=True)
class _Made:
    """A version on its way: in a folder beside its place, complete."""

    manifest: Manifest
    folder: Path
    built: Built


def _made(reading: Reading, stale: set[str], number: int, day: date, custody: Custody) -> _Made:
    case = reading.case
    home = case.root / FOLDER
    home.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{number}-", dir=home))
    try:
        built = build_site(case, folder, stale=stale, going_out=(number, day))
        write_atomic(folder / STORY, case.story.read_bytes())
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        files = {path.relative_to(folder).as_posix(): sha256_file(path) for path in paths}
        manifest = manifest_of(
            reading,
            number=number,
            day=day,
            by=person_of(case, custody.actor).id,
            program=custody.tool or "dateline",
            files=files,
            signoffs=tuple(one.id for one in filed(case, SignOff)),
            harm=tuple(one.id for one in harm_of(reading)),
        )
        text = manifest.pretty()
        _check_silence(reading, text)
        write_atomic(folder / MANIFEST, text.encode())
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return _Made(manifest, folder, built)


def _check_silence(reading: Reading, text: str) -> None:
    """The manifest holds words of the page: it betrays nobody either."""
    found = sorted({owner for owner, _, _ in reading.secrets.in_text(text)})
    if found:
        raise InputError(
            "The manifest would betray somebody; nothing was published.",
            saw=f"a name or words of {', '.join(found)}",
            do="Look for it in the story's sentences and in the statements of findings. Say it otherwise.",
            code="page-betrays",
        )


def _frozen(case: Case, made: _Made, custody: Custody) -> Published:
    """Gives the version its name, enters it, and puts the page where `build` puts it."""
    manifest = made.manifest
    folder = case.root / FOLDER / str(manifest.number)
    try:
        made.folder.chmod(0o755)
        made.folder.rename(folder)  # onto a version that somebody published meanwhile this fails
    except OSError as error:
        shutil.rmtree(made.folder, ignore_errors=True)
        raise UsageError(
            f"There is a version {manifest.number} already.",
            saw=str(folder.relative_to(case.root)),
            do="Somebody published meanwhile: look at it with `dateline diff`, then publish again.",
            code="published-exists",
        ) from error
    sync_folder(folder.parent)
    try:
        text = (folder / MANIFEST).read_bytes()
        note = f"version {manifest.number} went out on {manifest.date}: {PAGE} {manifest.files[PAGE]}"
        entered = custody.append(Event.FROZEN, f"{FOLDER}/{manifest.number}", sha256=sha256_bytes(text), note=note)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # what custody does not know did not go out
        raise
    written = write_site(case.root / "site", made.built.files)
    kept = (f"left as it is, because somebody else wrote or changed it: site/{name}" for name in written.kept)
    return Published(manifest, folder, (*made.built.notes, *kept), entered.mended)
