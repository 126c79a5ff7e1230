"""One build for the preview: the page, or everything that stops it, and never an error that ends the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dateline.core.errors import DatelineError, RecordError
from dateline.ledger.case import Case, Reads
from dateline.measure.case_run import stale
from dateline.story.build import build_site
from dateline.story.fault import Fault, StoryError


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that stops the page. at: file, line and column as far as they are known."""

    at: str
    what: str
    saw: str
    do: str

    def __str__(self) -> str:
        return f"{self.at}: {self.what}\n  saw: {self.saw}\n  do:  {self.do}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A page as it was written, or what stopped it; then the page on the disk is the last good one."""

    page: bytes | None
    notes: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()


def attempt(root: Path, reads: Reads | None = None) -> Attempt:
    """Builds the site of a case as `dateline build` does. reads: what was read of its records before."""
    try:
        case = Case.load(root, reads=reads)
        built = build_site(case, stale=stale(case))
        page = built.page.read_bytes()
    except Exception as error:  # the last door: whatever a half-written case does, the next save is looked at
        return Attempt(None, troubles=_without_paths(tuple(_troubles(error)), root))
    return Attempt(page, notes=built.notes)


def _troubles(error: Exception) -> Sequence[Trouble]:
    """An error as the lines that somebody can mend."""
    match error:
        case StoryError():
            return [_of_fault(error.report.file, fault) for fault in error.report.blocking]
        case RecordError():
            return [
                Trouble(
                    each.file if each.line is None else f"{each.file}:{each.line}",
                    each.key,
                    each.found,
                    f"{each.valid[:1].upper()}{each.valid[1:]}.",
                )
                for each in error.faults
            ]
        case DatelineError():
            return [Trouble(error.code, error.what, error.saw, error.do)]
        case OSError():
            what = "A file went, or could not be read or written, while the page was made."
            return [Trouble("system", what, f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), AGAIN)]
        case _:
            what = "The program failed in a way that it does not know: this is a bug."
            return [Trouble("bug", what, f"{type(error).__name__}: {error}", "Report it, without anything secret.")]


AGAIN = "Put it back, or take out what names it; the page is built again by itself."


def _of_fault(file: str, fault: Fault) -> Trouble:
    at = f"{file}:{fault.spot.line}:{fault.spot.column}"
    return Trouble(at, f"{fault.rule.code}: {fault.rule.name}", fault.saw, fault.do)


def _without_paths(troubles: tuple[Trouble, ...], root: Path) -> tuple[Trouble, ...]:
    """Files are named from the case's folder on: the folders above it name machine and user."""

    def short(text: str) -> str:
        for folder in dict.fromkeys((str(root.resolve()), str(root))):
            text = text.replace(f"{folder}/", "").replace(folder, root.name)
        return text

    return tuple(Trouble(*(short(part) for part in (one.at, one.what, one.saw, one.do))) for one in troubles)
