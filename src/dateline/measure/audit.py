"""Are the evidence, the records and the numbers still what was written down? Says so for each; nothing about truth."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import chain
from pathlib import Path

from dateline.core.errors import DatelineError, InputError
from dateline.core.identity import sha256_file
from dateline.evidence import samples
from dateline.evidence.audit import Find, Row, chain_rows, first_line, item_rows, seal_rows
from dateline.evidence.chain import Entry, chains, read_whole
from dateline.evidence.hashing import Told
from dateline.evidence.history import History, history
from dateline.evidence.store import default_store
from dateline.ledger.case import HEAD, Case
from dateline.ledger.finding import Finding
from dateline.ledger.folders import finding_files
from dateline.measure.case_run import FINDINGS, is_fresh
from dateline.measure.signed import signed_rows

_LINE = re.compile(r"line (\d+) column")


def audit_case(
    folder: Path,
    *,
    now: datetime,
    find: Find | None = None,
    quick: bool = False,
    on_progress: Told = lambda _bytes: None,
) -> Iterator[Row]:
    """Custody chains, seals, items and their bytes, sign-offs, published versions, findings, in this order.

    A row for each and for all that is wrong.

    `now` is the moment from which the certificates under seals are judged.

    `quick` reads no bytes again: it looks whether they are there and have their size, and does not ask whether a
    finding would come out the same. `find` says where bytes lie; by default in the user's store or among the samples.
    Offline. Raises UsageError (code "no-case") for a folder that is no case.
    """
    if not (folder / HEAD).is_file():
        Case.load(folder)  # says why it is none
    told = history(folder)
    is_whole = True
    items = item_rows(folder, told, find or find_bytes(), quick=quick, on_progress=on_progress)
    for row in chain(chain_rows(folder, told), seal_rows(folder, now), items):
        is_whole = is_whole and row.state != "different"
        yield row
    yield from signed_rows(folder, tuple(_entries(folder)), withheld=bool(told.withheld))
    kept = []
    for name, path in finding_files(folder).items():
        row = _finding(folder, name, path, told)
        if row.state == "same":
            kept.append(row)
        else:
            yield row
    yield from kept if quick or not is_whole else _fresh(folder, kept)


def _entries(folder: Path) -> Iterator[Entry]:
    """The entries of every chain, up to where one cannot be read: that it cannot has its own row."""
    for path in chains(folder).values():
        with suppress(InputError):
            yield from (line.entry for line in read_whole(path) if line.entry is not None)


def bytes_to_read(folder: Path, find: Find) -> int:
    """How many bytes an audit will read again [bytes]; for a progress bar: items that are folders are not in it."""
    found = (find(logged.content) for _, logged in history(folder).items.in_order() if logged.content is not None)
    return sum(path.stat().st_size for path in found if path is not None)


def find_bytes() -> Find:
    """Where bytes lie on this machine: in the user's store, or among the samples; nothing is read of them."""
    store = default_store()
    known = {sample.sha256: sample.path for sample in samples.registry().values()}
    given = os.environ.get(samples.ENVIRONMENT)
    roots = [*([Path(given)] if given else []), samples.cache_folder()]

    def find(sha256: str) -> Path | None:
        stored = store.find(sha256)
        if stored is not None or sha256 not in known:
            return stored
        return next((root / known[sha256] for root in roots if (root / known[sha256]).is_file()), None)

    return find


def _finding(case: Path, name: str, path: Path, told: History) -> Row:
    """One finding by itself: is it what was computed, are its files there, has it lost an input?"""
    what, file = f"finding {name}", f"{FINDINGS}/{path.name}"
    try:
        data = path.read_bytes()
        finding = Finding.read(path)
    except (InputError, OSError) as error:
        saw = error.saw if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
        at = _LINE.search(saw)
        return Row(what, "different", f"{file}:{at[1]}" if at else file, "finding-unreadable", "a finding", saw)
    if not finding.is_intact:
        expected, found = f"SHA-256 {finding.self_sha256[:16]}…", f"{finding.sealed().self_sha256[:16]}…"
        return Row(what, "different", file, "finding-changed", expected, found)
    written = finding.pretty().encode()
    if written != data:
        line, expected, found = first_line(written, data)
        return Row(what, "different", f"{file}:{line}", "finding-respelled", expected, found)
    return _artifacts(case, what, finding) or _inputs(what, file, finding, told) or Row(what, "same")


def _artifacts(case: Path, what: str, finding: Finding) -> Row | None:
    for artifact in finding.artifacts:
        path, expected = case / FINDINGS / artifact.path, f"SHA-256 {artifact.sha256}"
        if not path.is_file():
            return Row(what, "different", f"{FINDINGS}/{artifact.path}", "artifact-missing", expected, "no such file")
        found = sha256_file(path)
        if found != artifact.sha256:
            saw = f"{path.stat().st_size} bytes, SHA-256 {found}"
            return Row(what, "different", f"{FINDINGS}/{artifact.path}", "artifact-changed", expected, saw)
    return None


def _inputs(what: str, file: str, finding: Finding, told: History) -> Row | None:
    for ref in finding.inputs:
        if ref.kind != "item":
            continue
        if ref.id in told.expunged:
            saw = f"its input {ref.id} was expunged ({told.expunged[ref.id]}): it cannot be computed again"
            return Row(what, "stale", file, "input-expunged", found=saw)
        logged = told.items.get(ref.id)
        if logged is not None and logged.content != ref.sha256:
            saw = f"its input {ref.id} has other bytes now ({logged.where}): measure it again"
            return Row(what, "stale", file, "input-changed", found=saw)
    return None


def _fresh(folder: Path, rows: list[Row]) -> Iterator[Row]:
    """Whether findings that are whole are what would be computed now; asked only where the evidence is whole."""
    try:
        case = Case.load(folder)
    except DatelineError as error:
        yield Row("records", "different", code=error.code, found=f"{error.what} {error.saw}")
        yield from rows
        return
    for row in rows:
        yield _judged(case, row)


def _judged(case: Case, row: Row) -> Row:
    name = row.what.removeprefix("finding ")
    file = f"{FINDINGS}/{name}.json"
    if name not in case.measures:
        return Row(row.what, "different", file, "no-measure", f"measures/{name}.toml", "no measure made it")
    try:
        fresh = is_fresh(case, name)
    except DatelineError as error:
        return Row(row.what, "different", file, error.code, found=f"{error.what} {error.saw}")
    if fresh is None:
        return Row(row.what, "not here", file, "inputs-not-here", found="unchanged; its inputs are not on this machine")
    return row if fresh else Row(row.what, "stale", file, "stale", found="its inputs or method changed: measure again")
