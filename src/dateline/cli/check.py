"""`dateline check`: does every sentence rest on what was found?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit
from dateline.cli.who import By, person
from dateline.core.errors import UsageError

if TYPE_CHECKING:
    from dateline.ledger.case import Case
    from dateline.places.candidate import Candidate
    from dateline.story.fault import Report
    from dateline.story.reading import Reading

HARM = "harm"
"""What stands in the place of a rule where the record of who could be hurt is written or signed."""


def check(
    draft: Annotated[
        Path | None, typer.Argument(help="A plain draft (.docx, .txt, .md, .html); the case's story without.")
    ] = None,
    *,
    case: CaseFolder = Path(),
    as_sarif: Annotated[
        bool, typer.Option("--sarif", help="Print the story's faults in SARIF 2.1.0, for an editor's margin.")
    ] = False,
    sheet: Annotated[
        bool, typer.Option("--report", help="Print the fact-checking sheet: each sentence with what it rests on.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE.html", help="With --report: as a page to print."),
    ] = None,
    sign: Annotated[
        str | None,
        typer.Option("--sign", metavar="RULE", help="Sign a fault of level sign-off; “harm”: who could be hurt."),
    ] = None,
    at: Annotated[int | None, typer.Option("--at", metavar="LINE", help="With --sign: the line of the fault.")] = None,
    why: Annotated[str | None, typer.Option("--why", help="With --sign: the reason, or who could be hurt.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Lint the case's story, or compare a plain draft with the case's findings. Exit 1 when something is wrong."""
    from dateline.ledger.case import Case
    from dateline.story.check import check_draft

    _check_flags(draft, sarif=as_sarif, sheet=sheet, out=out, sign=sign, at=at, why=why)
    loaded = Case.load(case)
    if draft is not None:
        compared = check_draft(draft, loaded, _gazetteer)
        emit(compared.to_json()) if as_json else print(compared.text())
        raise typer.Exit(0 if compared.passed else 1)
    if sign is not None:
        told = _sign(loaded, sign, at, why, by)
        emit(told) if as_json else print("\n".join(each["told"] for each in told))
        return
    raise typer.Exit(0 if _lint(loaded, sheet=sheet, out=out, as_sarif=as_sarif, as_json=as_json) else 1)


def _lint(case: Case, *, sheet: bool, out: Path | None, as_sarif: bool, as_json: bool) -> bool:
    """Checks the story, prints what was asked for, and says whether the page may be built."""
    from dateline.measure.case_run import freshness
    from dateline.story.check import examine, read_story, reading_of
    from dateline.story.sarif import sarif

    fresh = freshness(case)
    reading = reading_of(case, read_story(case), stale={name for name, is_fresh in fresh.items() if is_fresh is False})
    report = examine(reading)
    if sheet:
        _report(reading, report, fresh, out, as_json=as_json)
    elif as_json or as_sarif:
        emit(sarif(report) if as_sarif else report.to_json())
    else:
        print(report.text())
    return report.passed


def _report(
    reading: Reading, report: Report, fresh: Mapping[str, bool | None], out: Path | None, *, as_json: bool
) -> None:
    from dateline.core.identity import digest
    from dateline.evidence.atomic import write_atomic
    from dateline.story.sheet import sheet_of
    from dateline.story.sheet_page import sheet_page

    made = sheet_of(reading, report, freshness=fresh, records=digest(dict(reading.case.files)))
    if out is not None:
        write_atomic(out, sheet_page(made, reading.language.code))
    if as_json:
        emit(made.to_json())
    elif out is None:
        print(made.text())
    else:
        print(f"wrote {out}: {len(made.rows)} rows, {made.count_open} open. Not for publication.")


def _sign(case: Case, rule: str, line: int | None, why: str | None, by: str | None) -> list[dict[str, str]]:
    """Writes a sign-off, or what belongs to the record of who could be hurt, and says what was written."""
    from dateline.core.clock import SystemClock
    from dateline.measure.case_run import stale
    from dateline.story import signing
    from dateline.story.check import examine, read_story, reading_of

    who, day = person(by), SystemClock().now().date()
    reading = reading_of(case, read_story(case), stale=stale(case))
    if rule != HARM:
        made = signing.sign(reading, examine(reading), rule=rule, line=line, by=who, why=why or "", day=day)
        return [{"file": f"signoffs/{one.id}.toml", "told": f"{one.by} signed {one.rule}: {one.saw}"} for one in made]
    if why is not None:
        harm = signing.write_harm(reading, text=why, by=who, day=day)
        told = f"wrote harm/{harm.id}.toml; now somebody else signs: dateline check --sign harm --by NAME"
        return [{"file": f"harm/{harm.id}.toml", "told": told}]
    signed = signing.sign_harm(reading, by=who, day=day)
    return [{"file": f"harm/{one.id}.toml", "told": f"{one.signed_by} signed {one.id}: {one.text}"} for one in signed]


def _check_flags(
    draft: Path | None, *, sarif: bool, sheet: bool, out: Path | None, sign: str | None, at: int | None, why: str | None
) -> None:
    """Raises UsageError (code "unused-flag") for flags that do not go together."""
    if draft is not None:
        _check_no_sarif(sarif)
    used = [name for name, is_given in (("a draft", draft is not None), ("--sign", sign is not None),
                                        ("--report", sheet), ("--sarif", sarif)) if is_given]  # fmt: skip
    alone = "--out" if out is not None and not sheet else "--at or --why" if sign is None and (at or why) else None
    if len(used) > 1 or alone is not None:
        raise UsageError(
            "These do not go together.",
            saw=" with ".join(used) if len(used) > 1 else f"{alone} alone",
            do="One at a time: a draft, --sarif, --report (with --out), or --sign RULE (with --at and --why).",
            code="unused-flag",
        )


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
