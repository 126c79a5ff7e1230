"""Sign-offs, records of who could be hurt, and published versions in the custody log: entered, and looked at again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from dateline.core.identity import sha256_bytes, sha256_file
from dateline.evidence.audit import Row
from dateline.evidence.chain import Entry, Event
from dateline.evidence.custody import Custody, Mended
from dateline.ledger.signoff import Harm, SignOff

PUBLISHED, MANIFEST = "published", "manifest.json"
_KINDS = {SignOff.folder: "signoff", Harm.folder: "harm"}


def enter(custody: Custody, files: Iterable[str], *, note: str, log: Iterable[Entry]) -> list[Mended]:
    """Enters that files of the case (signoffs/ID.toml, harm/ID.toml) are as somebody left them: who, when, which hash.

    log: the entries there are; what an earlier one of the same file said is named as replaced. note: never the words of
    a record, which may stay in the house while the log goes out. Gives what was mended.
    """
    last = {entry.subject: entry.sha256 for entry in log if entry.event is Event.FROZEN}
    made = []
    for file in files:
        sha256 = sha256_file(custody.case / file)
        made.append(custody.append(Event.FROZEN, file, sha256=sha256, was=last.get(file), note=note))
    return [one.mended for one in made if one.mended is not None]


def signed_rows(folder: Path, log: Sequence[Entry], withheld: bool) -> Iterator[Row]:
    """A row for each sign-off, harm record and published version: as it was entered, or not, or never entered.

    withheld: lines of the log were kept back by whoever made a package, so that what stayed behind is not missing.
    """
    frozen = [entry for entry in log if entry.event is Event.FROZEN]
    for home, kind in _KINDS.items():
        own = [entry for entry in frozen if entry.subject.startswith(f"{home}/")]
        there = {f"{home}/{path.name}" for path in sorted((folder / home).glob("[!.]*.toml"))}
        for file in sorted(there | {entry.subject for entry in own}):
            yield _file(folder, kind, file, [entry for entry in own if entry.subject == file], withheld=withheld)
    yield from _versions(folder, frozen, withheld=withheld)


def _file(folder: Path, kind: str, file: str, entries: Sequence[Entry], *, withheld: bool) -> Row:
    what, path = f"{kind} {Path(file).stem}", folder / file
    if not path.is_file():
        return Row(what, "different", file, f"{kind}-gone", f"as {entries[-1].actor} left it", "no such file")
    found = sha256_bytes(path.read_bytes())
    if not entries:
        saw = "its line of the log is withheld" if withheld else "no line of the custody log names it"
        return Row(what, "note", file, "unentered", found=saw)
    replaced = {entry.was for entry in entries}
    current = [entry for entry in entries if entry.sha256 not in replaced] or list(entries[-1:])
    if any(entry.sha256 == found for entry in current):
        return Row(what, "same")
    was = current[-1]
    expected = f"SHA-256 {was.sha256}, as {was.actor} left it on {was.at[:10]}"
    return Row(what, "different", file, f"{kind}-changed", expected, f"SHA-256 {found}")


def _versions(folder: Path, frozen: Sequence[Entry], *, withheld: bool) -> Iterator[Row]:
    entered = {entry.subject: entry for entry in frozen if entry.subject.startswith(f"{PUBLISHED}/")}
    home = folder / PUBLISHED
    there = {f"{PUBLISHED}/{path.name}" for path in home.iterdir() if path.name.isdecimal()} if home.is_dir() else set()
    for name in sorted(there | entered.keys(), key=lambda one: (len(one), one)):
        what, path = name.replace("/", " "), folder / name / MANIFEST
        entry = entered.get(name)
        if not path.is_file():
            yield Row(what, "different", f"{name}/{MANIFEST}", "published-gone", "the version that went out", "no file")
        elif entry is None:
            saw = "its line of the log is withheld" if withheld else "no line of the custody log names it"
            yield Row(what, "note", name, "unentered", found=saw)
        elif (found := sha256_file(path)) != entry.sha256:
            expected = f"SHA-256 {entry.sha256}, as {entry.actor} published it on {entry.at[:10]}"
            yield Row(what, "different", f"{name}/{MANIFEST}", "published-changed", expected, f"SHA-256 {found}")
        else:
            yield _files(folder, name, what, path)


def _files(folder: Path, name: str, what: str, manifest: Path) -> Row:
    """The files of a version against its manifest, which is what was published."""
    listed = json.loads(manifest.read_bytes()).get("files", {})
    for file, sha256 in sorted(listed.items()):
        path = folder / name / file
        if not path.is_file() or not path.resolve().is_relative_to((folder / name).resolve()):
            return Row(what, "different", f"{name}/{file}", "published-changed", f"SHA-256 {sha256}", "no such file")
        found = sha256_file(path)
        if found != sha256:
            return Row(
                what, "different", f"{name}/{file}", "published-changed", f"SHA-256 {sha256}", f"SHA-256 {found}"
            )
    return Row(what, "same")
