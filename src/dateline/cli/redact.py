"""`dateline redact`: withhold a field by commitment; open one. `dateline vault`: who can open the case's vault."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit
from dateline.cli.who import By, person

if TYPE_CHECKING:
    from dateline.evidence.vault import Key, Vault
    from dateline.ledger.case import Case

WORDS = "DATELINE_PASSPHRASE"
"""Where a script finds the vault's passphrase: never an argument, which other people on the machine can read."""

ACTIONS = {"new-key": 1, "people": 0, "add": 2, "remove": 1, "fields": 0}

KeyFile = Annotated[Path | None, typer.Option("--key", help="Your key file; the vault's passphrase without.")]


def redact(
    record: Annotated[
        str, typer.Argument(help="Id of a record (C041, E-0191), or its file.", show_default="none")
    ] = "",
    paths: Annotated[list[str] | None, typer.Argument(help="Fields: origin.file, original.text, where …")] = None,
    *,
    by: By = None,
    why: Annotated[str, typer.Option(help="Why, in words that may be published.")] = "",
    coarse: Annotated[float | None, typer.Option(help="Of a position: how coarsely it may be told [m].")] = None,
    open_to: Annotated[Path | None, typer.Option("--open", help="Write what opens one field to this new file.")] = None,
    check: Annotated[Path | None, typer.Option("--check", help="Check such a file against the record.")] = None,
    key: KeyFile = None,
    case: CaseFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Withhold fields: the value goes to the encrypted vault, a salted commitment stays. Or open, or check one."""
    from dateline.core.errors import UsageError
    from dateline.ledger.case import Case

    loaded = Case.load(case)
    if check is not None:
        return _check(loaded, check, as_json=as_json)
    if not record or not paths or (open_to is None and not why) or (open_to is not None and len(paths) > 1):
        raise UsageError(
            "Say which fields of which record, and for what reason.",
            saw=f"record {record!r}, {len(paths or ())} fields",
            do="dateline redact C041 original.text --why 'names a witness'; --open FILE takes one field.",
        )
    if open_to is not None:
        return _open(loaded, record, paths[0], open_to, key, as_json=as_json)
    return _withhold(loaded, record, paths, said=(person(by), why, coarse), key=key, as_json=as_json)


def vault(
    action: Annotated[str, typer.Argument(help="new-key FILE, people, add NAME PUBLIC-KEY, remove NAME, or fields.")],
    values: Annotated[list[str] | None, typer.Argument(help="A file, a name, a public key.")] = None,
    *,
    key: KeyFile = None,
    case: CaseFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Make a key file; see or change who can open a case's vault; list the names of its fields."""
    from dateline.core.errors import UsageError
    from dateline.evidence.vault import check_outside, new_key
    from dateline.ledger.case import Case

    told = list(values or ())
    if len(told) != ACTIONS.get(action):
        do = "new-key FILE, people, add NAME PUBLIC-KEY, remove NAME, or fields."
        raise UsageError("This is not something to do with a vault.", saw=f"{action}, {len(told)} values", do=do)
    if action == "new-key":
        public = new_key(check_outside(Path(told[0]), case))
        return emit({"public": public}) if as_json else print(f"made {told[0]}: keep it secret. Give out:\n{public}")
    opens, loaded = _key(key, new=False), Case.load(case)
    locked = _vault(loaded, opens)
    if action == "fields":
        return emit(locked.fields()) if as_json else print("\n".join(locked.fields()) or "nothing is withheld")
    people = dict(locked.people())
    if action != "people":
        people = people | {told[0]: told[1]} if action == "add" else {n: k for n, k in people.items() if n != told[0]}
        locked.relock(opens, people)
    rows = [f"{name}  {public}" for name, public in people.items()]
    return emit(people) if as_json else print("\n".join(rows) or "It opens with a passphrase, for all who know it.")


def _withhold(
    case: Case, record: str, paths: list[str], *, said: tuple[str, str, float | None], key: Path | None, as_json: bool
) -> None:
    from dateline import __version__
    from dateline.core.clock import SystemClock
    from dateline.measure.redact import withhold_fields

    by, why, coarse = said
    tool, clock = f"dateline {__version__}", SystemClock()

    def unlocked() -> Vault:
        return _vault(case, None, key=key, by=by)

    done = withhold_fields(
        case, record, paths, by=by, why=why, coarse=coarse, vault=unlocked, clock=clock, tool=tool
    )  # fmt: skip
    still = [f"{name}:{line}" for name, line in done.still]
    place = _place(case)
    if as_json:
        return emit({"file": done.file, "withheld": done.commitments, "vault": place, "still": still})
    for path, commitment in done.commitments.items():
        print(f"{done.file}: {path} is withheld; its commitment is {commitment}")
    print(f"The value is in {place}: keep a copy of that file apart from the case.")
    for at in still:
        print(f"The same words still stand in {at}")
    return print(_after(case.root, done.file))


def _after(root: Path, file: str) -> str:
    """What withholding cannot do."""
    if not any((parent / ".git").exists() for parent in (root.resolve(), *root.resolve().parents)):
        return "Not in git yet: best so. Copies, backups and findings made before still have what stood there."
    return (
        f"git still has the old text of {file} if it was ever committed; `git log -- {file}` says so. A history\n"
        "that others have cannot be taken back: publish packages (`dateline export bag`) and not the repository, or\n"
        "make a new repository from the case as it is now. Copies, backups and earlier findings have the text too."
    )


def _open(case: Case, record: str, path: str, out: Path, key: Path | None, *, as_json: bool) -> None:
    from dateline.evidence.redact import write_opening
    from dateline.evidence.vault import check_outside
    from dateline.measure.redact import record_file

    file, _ = record_file(case, record)
    opening = _vault(case, None, key=key).opening(f"{file}#{path}")
    write_opening(check_outside(out, case.root), opening, case=case.head.id, record=file, field=path)
    emit({"opening": out}) if as_json else print(
        f"wrote {out}: it tells {path} of {file} in plain text. Give it to one person, encrypted, and delete it."
    )


def _check(case: Case, path: Path, *, as_json: bool) -> None:
    from dateline.measure.redact import check_opening

    done = check_opening(case, path)
    if as_json:
        emit({"good": done.good, "record": done.file, "field": done.field, "since": done.since})
    elif done.good:
        print(f"Salt and value are those to which {done.file} is committed at {done.field}.")
        print(f"Withheld {'since ' + done.since if done.since else 'at a time that no log tells'}.")
        print("This says what stood there then, not whether it is true.")
    else:
        print(f"Salt and value are NOT those to which {done.file} is committed at {done.field}.")
    if not done.good:
        raise typer.Exit(1)


def _place(case: Case) -> Path:
    from dateline.evidence.vault import vault_path

    return vault_path(case.head.id)


def _vault(case: Case, opens: Key | None, *, key: Path | None = None, by: str = "") -> Vault:
    """The vault of the case; with `by` a new one, that opens for whoever makes it."""
    from dateline.core.errors import InputError
    from dateline.evidence.vault import Keys, open_vault

    new = not _place(case).is_file()
    if new and not by:
        raise InputError(
            "This case has no vault on this machine.",
            saw=f"no {_place(case).name}",
            do="Ask whoever withheld the field for a copy of the file, or withhold something first.",
            code="vault-missing",
        )
    opens = opens or _key(key, new=new)
    mine = opens.public()[:1] if new and isinstance(opens, Keys) else ()
    return open_vault(case.root, case.head.id, opens, people=dict.fromkeys([by], mine[0]) if mine else {})


def _key(key: Path | None, *, new: bool) -> Key:
    """A key file, or the passphrase from the environment or the keyboard; never from the command line."""
    from getpass import getpass

    from dateline.core.errors import UsageError
    from dateline.evidence.vault import Passphrase, read_keys

    if key is not None:
        return read_keys(key)
    words = os.environ.get(WORDS)
    if words is None and not sys.stdin.isatty():
        raise UsageError(
            "The vault needs a key or a passphrase.",
            saw="no keyboard to ask at",
            do=f"Give --key FILE, or set {WORDS} in the environment.",
            code="vault-passphrase",
        )
    if words is None:
        words = getpass("Passphrase of the case's vault: ")
        if new and getpass("Once more; it cannot be recovered: ") != words:
            raise UsageError("The two were not the same.", saw="two texts", do="Try again.", code="vault-passphrase")
    return Passphrase(words)
