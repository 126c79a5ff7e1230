"""`dateline check`: does every sentence rest on what was found?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit
from dateline.cli.who import By, custody, person, tell_mended
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
        bool,
        typer.Option(
            "--sarif", help="Print the faults, of the story or of the draft, in SARIF 2.1.0, for an editor's margin."
        ),
    ] = False,
    sheet: Annotated[
        bool, typer.Option("--report", help="Print the fact-checking sheet: each sentence with what it rests on.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE.html", help="With --report or a draft: as a page to print."),
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

    _check_flags(draft, sarif=as_sarif, sheet=sheet, out=out, sign=sign, at=at, why=why)
    if draft is not None and draft.is_dir():
        raise UsageError(
            "A draft is one file; a case is named by --case.",
            saw=f"the folder {draft}",
            do=f"dateline check --case {draft}",
            code="draft",
        )
    loaded = Case.load(case)
    if draft is not None:
        raise typer.Exit(0 if _compare(draft, loaded, out, as_sarif=as_sarif, as_json=as_json) else 1)
    if sign is not None:
        told = _sign(loaded, sign, at, why, by)
        emit(told) if as_json else print("\n".join(each["told"] for each in told))
        return
    raise typer.Exit(0 if _lint(loaded, sheet=sheet, out=out, as_sarif=as_sarif, as_json=as_json) else 1)


def _compare(draft: Path, case: Case, out: Path | None, *, as_sarif: bool, as_json: bool) -> bool:
    """Lays a draft beside the case, prints what was asked for, and says whether it passes."""
    from dateline.evidence.atomic import write_atomic
    from dateline.measure.case_run import stale
    from dateline.story.check import check_draft
    from dateline.story.draft.page import draft_page
    from dateline.story.sarif import sarif

    if out is not None and out.resolve() == draft.resolve():
        raise UsageError(
            "The sheet would take the draft's place.", saw=str(out), do="Give --out another name.", code="draft"
        )
    sheet = check_draft(draft, case, _gazetteer, stale=stale(case))
    if out is not None:
        write_atomic(out, draft_page(sheet))
    if as_json or as_sarif:
        emit(sarif(sheet.report()) if as_sarif else sheet.to_json())
    elif out is None:
        print(sheet.text())
    else:
        print(f"wrote {out}: {sheet.told}. Not for publication.")
    return sheet.passed


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
        _enter(case, by, [f"signoffs/{one.id}.toml" for one in made], f"signed {rule}")
        return [{"file": f"signoffs/{one.id}.toml", "told": f"{one.by} signed {one.rule}: {one.saw}"} for one in made]
    if why is not None:
        harm = signing.write_harm(reading, text=why, by=who, day=day)
        _enter(case, by, [f"harm/{harm.id}.toml"], "wrote who could be hurt")
        told = f"wrote harm/{harm.id}.toml; now somebody else signs: dateline check --sign harm --by NAME"
        return [{"file": f"harm/{harm.id}.toml", "told": told}]
    signed = signing.sign_harm(reading, by=who, day=day)
    _enter(case, by, [f"harm/{one.id}.toml" for one in signed], "signed who could be hurt")
    return [{"file": f"harm/{one.id}.toml", "told": f"{one.signed_by} signed {one.id}: {one.text}"} for one in signed]


def _enter(case: Case, by: str | None, files: Sequence[str], note: str) -> None:
    """Into the custody log, so that `audit` sees a later change to what somebody signed."""
    from dateline.measure.looks import log_of
    from dateline.measure.signed import enter

    tell_mended(enter(custody(case.root, by), files, note=note, log=log_of(case)))


def _check_flags(
    draft: Path | None, *, sarif: bool, sheet: bool, out: Path | None, sign: str | None, at: int | None, why: str | None
) -> None:
    """Raises UsageError (code "unused-flag") for flags that do not go together."""
    used = [name for name, is_given in (("a draft", draft is not None), ("--sign", sign is not None),
                                        ("--report", sheet), ("--sarif", sarif and not draft)) if is_given]  # fmt: skip
    alone = (
        "--out"
        if out is not None and not sheet and draft is None
        else "--at or --why"
        if sign is None and (at or why)
        else None
    )
    if len(used) > 1 or alone is not None:
        raise UsageError(
            "These do not go together.",
            saw=" with ".join(used) if len(used) > 1 else f"{alone} alone",
            do="One at a time: a draft (--out, --sarif), --sarif, --report (--out), or --sign RULE (--at, --why).",
            code="unused-flag",
        )


def _gazetteer(name: str) -> Sequence[Candidate]:
    """Opened only when a draft tells a distance between places that the case does not have."""
    from dateline.measure.places import gazetteer

    return gazetteer().find(name)
