"""What went out: the manifest of a published version, and how it is made of a story. Nothing here is ever rewritten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from dateline.core.errors import InputError, UsageError
from dateline.core.identity import canonical, digest, pretty_json, sha256_file
from dateline.ledger.agreed import off_record, unnamed
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim
from dateline.ledger.finding import Finding
from dateline.ledger.place import Place
from dateline.ledger.record import Part
from dateline.ledger.told import Day
from dateline.story.reading import NUMBERS, Reading
from dateline.story.wording import uses, worded

FOLDER, MANIFEST, STORY = "published", "manifest.json", "story.md"
SCHEMA = 1
MEASURED = NUMBERS | {"level"}


class Printed(Part):
    """One reference that the page prints, with its words and its value at that time."""

    reference: str
    forms: tuple[str, ...] = ()
    what: str
    """number, date, claim (anything a claim says), words."""
    owner: str
    words: str
    value: Any = None
    unit: str | None = None


class FindingThen(Part):
    """A finding as it was: its identity, its answer, its figures by name."""

    input_key: str
    method: str
    method_version: str
    result: str
    statement: str
    figures: dict[str, Any] = Field(default_factory=dict)
    shown: bool
    """Whether a block shows it whole: then every figure of it was on the page."""


class ClaimThen(Part):
    """A claim, and which claims denied, superseded or qualified it then."""

    against: dict[str, str] = Field(default_factory=dict)


class Manifest(Part):
    """published/N/manifest.json."""

    schema_: int = Field(default=SCHEMA, alias="schema")
    case: str
    number: int
    date: Day
    by: str
    program: str
    title: str
    files: dict[str, str]
    """SHA-256 of each file that went out, by its name."""
    records_sha256: str
    """Of all records of the case together: the fingerprint that the page prints."""
    printed: tuple[Printed, ...] = ()
    typed: tuple[str, ...] = ()
    """Numbers and dates that were typed by hand, with a reason."""
    sentences: tuple[str, ...] = ()
    findings: dict[str, FindingThen] = Field(default_factory=dict)
    records: dict[str, str] = Field(default_factory=dict)
    """SHA-256 of each record under the page. A record that tells a sensitive position, or a name, has none here."""
    evidence: dict[str, str] = Field(default_factory=dict)
    claims: dict[str, ClaimThen] = Field(default_factory=dict)
    corrections: tuple[str, ...] = ()
    signoffs: tuple[str, ...] = ()
    harm: tuple[str, ...] = ()

    def pretty(self) -> str:
        """The file's text."""
        return pretty_json(self.model_dump(by_alias=True, mode="json"))


def manifest_of(
    reading: Reading, *, number: int, day: date, by: str, program: str, files: Mapping[str, str],
    signoffs: tuple[str, ...] = (), harm: tuple[str, ...] = (),
) -> Manifest:  # fmt: skip
    """What goes out now, in numbers and words. The same story and case give the same, but for number, day and name."""
    case = reading.case
    return Manifest(
        case=case.head.id,
        number=number,
        date=day,
        by=by,
        program=program,
        title=reading.story.front.title if reading.story.front is not None else "",
        files=dict(sorted(files.items())),
        records_sha256=digest(dict(case.files)),
        printed=printed(reading),
        typed=typed(reading),
        sentences=sentences(reading),
        findings=findings(reading),
        records=records(reading),
        evidence=dict(reading.files),
        claims={name: ClaimThen(against=against(case, name)) for name in sorted(reading.below & set(case.claims))},
        corrections=tuple(digest(entry) for entry in corrections(reading)),
        signoffs=signoffs,
        harm=harm,
    )


def printed(reading: Reading) -> tuple[Printed, ...]:
    """Every reference whose words stand on the page, each once, in the order of the text."""
    found: dict[tuple[str, tuple[str, ...]], Printed] = {}
    for use in uses(reading):
        if use.words is None:
            continue
        reference = use.reference
        sort, owner = reference.sort, reference.owner
        what = "date" if sort == "when" else "number" if sort in MEASURED or _is_number(reference.value) else "words"
        if owner in reading.case.claims:
            what = "claim"
        value = _value(reference.value) if what != "words" else None
        one = Printed(
            reference=use.text, forms=use.forms, what=what, owner=owner, words=use.words, value=value,
            unit=reference.unit,
        )  # fmt: skip
        found.setdefault((use.text, use.forms), one)
    return tuple(found.values())


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _value(value: object) -> Any:
    """A value as JSON, where it has one."""
    try:
        return canonical(value)
    except (TypeError, ValueError):
        return None


def typed(reading: Reading) -> tuple[str, ...]:
    """Numbers and dates that somebody typed and gave a reason for."""
    runs = (run for passage in reading.story.passages for run in passage.runs)
    return tuple(run.text for run in runs if run.kind == "exempt" and any(sign.isdigit() for sign in run.text))


def sentences(reading: Reading) -> tuple[str, ...]:
    """Every sentence as the page prints it, those of blocks too."""
    return tuple(text for sentence in reading.story.sentences() if (text := worded(sentence, reading)))


def findings(reading: Reading) -> dict[str, FindingThen]:
    """The findings under the page."""
    case = reading.case
    whole = {use.reference.owner for use in uses(reading) if use.words is None}
    names = [name for name in case.finding_ids() if name in reading.below]
    return {name: finding_then(case.finding(name), shown=name in whole) for name in names}


def finding_then(finding: Finding, *, shown: bool) -> FindingThen:
    """A finding as a manifest keeps it."""
    figures = {name: canonical(one) for name, one in finding.estimates.items()}
    figures |= {f"values.{name}": canonical(one) for name, one in finding.values.items()}
    for place, answer in finding.places.items():
        figures[f"places.{place}.result"] = answer.result
        figures |= {f"places.{place}.{name}": canonical(one) for name, one in answer.estimates.items()}
    return FindingThen(
        input_key=finding.input_key,
        method=finding.method,
        method_version=finding.method_version,
        result=finding.result,
        statement=finding.statement.en,
        figures=figures,
        shown=shown,
    )


def records(reading: Reading) -> dict[str, str]:
    """The records under the page by hash; none of a record whose hash somebody could search for what it hides."""
    case, silent = reading.case, reading.off_record | unnamed(reading.case.records)
    found: dict[str, str] = {}
    for name in sorted(reading.below & set(case.records) - set(case.items) - silent):
        record = case.records[name]
        hidden = isinstance(record, Place) and record.is_sensitive
        marks = record.kind in {"observation", "media"}  # positions of people stand in these
        found[name] = "" if hidden or marks else record.sha256()
    return found


def against(case: Case, claim: str) -> dict[str, str]:
    """Which claims, on the record, deny, supersede or qualify a claim; "retracts" where its own speaker denies it."""
    found: dict[str, str] = {}
    off = off_record(case.records)
    for name, other in case.claims.items():
        if name in off:
            continue
        if claim in other.supersedes:
            found[name] = "supersedes"
        elif claim in other.denies:
            found[name] = "retracts" if other.speaker == _speaker(case, claim) else "denies"
        elif claim in other.qualifies:
            found[name] = "qualifies"
    return found


def _speaker(case: Case, claim: str) -> str | None:
    record = case.records.get(claim)
    return record.speaker if isinstance(record, Claim) else None


def corrections(reading: Reading) -> list[dict[str, Any]]:
    """The entries of the story's corrections block, as it writes them."""
    models = [use.model for use in reading.story.blocks if use.name == "corrections" and use.model is not None]
    return [entry.model_dump(mode="json") for model in models for entry in getattr(model, "entry", ())]


def numbers(case: Case) -> tuple[int, ...]:
    """The numbers of the published versions, in order."""
    folder = case.root / FOLDER
    names = (path.name for path in _folders(folder))
    return tuple(sorted(int(name) for name in names if name.isdecimal()))


def _folders(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else iter(())


def read_manifest(case: Case, number: int | None = None) -> Manifest:
    """The manifest of a published version, the last one without a number.

    Raises UsageError (code "not-published") where there is none, InputError "published-changed" for one that cannot be
    read, or whose files are not those that went out.
    """
    there = numbers(case)
    if not there or (number is not None and number not in there):
        raise UsageError(
            "This case has not been published yet." if not there else f"There is no published version {number}.",
            saw=f"versions: {', '.join(map(str, there))}" if there else f"nothing in {FOLDER}/",
            do="dateline build --publish --by NAME publishes it." if not there else "Choose one of these.",
            code="not-published",
        )
    folder = case.root / FOLDER / str(number or there[-1])
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (ValueError, OSError, ValidationError) as error:
        raise _changed(folder, str(error).partition("\n")[0]) from error
    for name, sha256 in manifest.files.items():
        path = folder / name
        if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
            raise _changed(folder, f"{name} is gone")
        if sha256_file(path) != sha256:
            raise _changed(folder, f"{name} has other bytes")
    return manifest


def _changed(folder: Path, saw: str) -> InputError:
    return InputError(
        f"The published version {folder.name} is not what went out.",
        saw=saw,
        do=f"Take {FOLDER}/{folder.name} back from git or a colleague's copy: what was published is never edited.",
        code="published-changed",
    )
