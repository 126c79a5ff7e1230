"""`dateline seal`: sign the custody log, and let outside authorities say when."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit
from dateline.cli.who import By, custody

if TYPE_CHECKING:
    from dateline.evidence.custody import Custody
    from dateline.evidence.door.client import Door
    from dateline.evidence.seal.authority import Authority
    from dateline.evidence.seal.make import Sealed
    from dateline.evidence.seal.record import Place

Urls = Annotated[
    list[str] | None, typer.Option("--authority", metavar="URL", help="A time-stamp authority; may be repeated.")
]
NoAuthority = Annotated[bool, typer.Option("--no-authority", help="Sign only; open no connection.")]
Again = Annotated[bool, typer.Option("--again", help="No new seal: ask for what the last one lacks.")]
Trusted = Annotated[
    list[Path] | None,
    typer.Option("--trust", help="An authority's root certificate (PEM or DER) that you declare; kept in the case."),
]
Prove = Annotated[
    str | None, typer.Option("--prove", metavar="ITEM", help="Print one item's proof as JSON; seals nothing.")
]
Proxy = Annotated[str | None, typer.Option("--proxy", help="Ask through it: http, https or socks5 address.")]


def seal(
    *,
    by: By = None,
    authority: Urls = None,
    no_authority: NoAuthority = False,
    witness: Annotated[bool, typer.Option("--witness", help="OpenTimestamps as well (extra `witness`).")] = False,
    again: Again = False,
    trust: Trusted = None,
    prove: Prove = None,
    proxy: Proxy = None,
    private_network: Annotated[bool, typer.Option("--private-network", hidden=True)] = False,
    case: CaseFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Seal the custody log: what it says today can no longer be changed unseen. Exit 1 if a reply is missing."""
    if prove is not None:
        from dateline.evidence.seal.proof import prove as prove_item

        emit(prove_item(case, prove).to_json())
        return
    log = _log(case, by)
    _declare(log, trust or [])
    made, place = _made(log, again=again)
    asked = () if no_authority else _lacking(place, authority)
    if asked or witness:
        print(_before(asked, witness=witness), file=sys.stderr)
    failed = _ask(log, place, asked, witness=witness, proxy=proxy, private=private_network)
    replies = _replies(place)
    emit(_json(made, place, replies, failed)) if as_json else _tell(made, place, replies, failed)
    if failed:
        raise typer.Exit(1)


def _log(case: Path, by: str | None) -> Custody:
    from dateline.core.errors import UsageError
    from dateline.evidence.chain import FOLDER

    if not (case / FOLDER).is_dir():
        raise UsageError(
            "This folder has no custody log to seal.",
            saw=f"no {FOLDER} in {case.resolve().name}",
            do="Give the case's folder with --case, and archive something first.",
        )
    return custody(case, by)


def _lacking(place: Place, urls: list[str] | None) -> tuple[Authority, ...]:
    """The authorities whose replies this seal does not have yet."""
    from dateline.evidence.seal.authority import authorities, configured

    found = authorities(urls or configured(place.case))
    return tuple(each for each in found if not (place.folder / f"{each.name}.tsr").exists())


def _declare(custody: Custody, files: list[Path]) -> None:
    from dateline.evidence.seal.certificates import load
    from dateline.evidence.seal.make import trust_certificates

    if files:
        trust_certificates(custody, [each for file in files for each in load(file.read_bytes(), file.name)])


def _made(custody: Custody, *, again: bool) -> tuple[Sealed | None, Place]:
    """The new seal, if there is one, and the seal that replies are asked for."""
    from dateline.core.errors import UsageError
    from dateline.evidence.seal.make import seal as make_seal
    from dateline.evidence.seal.record import places

    made = None if again else make_seal(custody)
    here = places(custody.case, custody.who)
    if not here:
        raise UsageError(
            "There is no seal of yours to ask again for.", saw=custody.who, do="Run `dateline seal` without --again."
        )
    return made, here[-1]


def _before(asked: tuple[Authority, ...], *, witness: bool) -> str:
    """What leaves the machine, said before it does."""
    to = [authority.url for authority in asked] + (["calendars of OpenTimestamps"] if witness else [])
    return (
        f"Asking {', '.join(to)}. Only a hash leaves this machine; whoever is asked sees our network address and the "
        "time. Use --proxy to hide the address, --no-authority to ask nobody."
    )


def _ask(
    custody: Custody, place: Place, asked: tuple[Authority, ...], *, witness: bool, proxy: str | None, private: bool
) -> dict[str, str]:
    """Asks authorities and the second witness; gives what failed, and why. The seal stands whatever they say."""
    if not asked and not witness:
        return {}
    from dateline.core.errors import InputError
    from dateline.evidence.door.client import Door
    from dateline.evidence.seal.certificates import joined, own_trust
    from dateline.evidence.seal.check import case_trust
    from dateline.evidence.seal.make import stamp

    with Door(private=private, proxy=proxy) as door:
        trust = joined(own_trust(), case_trust(custody.case)[0])
        answers = stamp(custody, place, asked, door, trust)
        failed = {answer.authority.url: answer.error for answer in answers if answer.error is not None}
        if witness:
            try:
                _bear_witness(custody, place, door)
            except InputError as error:
                failed["OpenTimestamps"] = f"{error.code}: {error.what} {error.do}"
    return failed


def _bear_witness(custody: Custody, place: Place, door: Door) -> None:
    """Stamps this seal, and looks whether stamps of older ones are committed by now."""
    from dateline.evidence.seal.make import bear_witness
    from dateline.evidence.seal.record import WITNESS, places

    for each in places(custody.case, custody.who):
        if each == place or (each.folder / WITNESS).exists():
            bear_witness(custody, each, door)


def _replies(place: Place) -> dict[str, tuple[str, str]]:
    """What lies beside the seal and what it is worth: file, state, words."""
    from dateline.core.clock import SystemClock
    from dateline.evidence.seal.check import check_seals

    report = check_seals(place.case, now=SystemClock().now())
    [seal] = [each for each in report.seals if (each.log, each.number) == (place.log, place.number)]
    found: dict[str, tuple[str, str]] = {token.file: (token.stamp.state, str(token.stamp)) for token in seal.tokens}
    if seal.witness is not None:
        found["OpenTimestamps"] = (seal.witness.state, str(seal.witness))
    return found


def _tell(made: Sealed | None, place: Place, replies: dict[str, tuple[str, str]], failed: dict[str, str]) -> None:
    if made is None:
        print(f"{place.inside}: your last seal; no new one was needed.")
    else:
        print(f"{place.inside}: {made.lines:,} new lines, {made.record.size:,} in all, key {made.fingerprint}")
    for name, (state, text) in replies.items():
        print(f"  {state:<9} {name}: {text}")
    for name, text in failed.items():
        print(f"  {'missing':<9} {name}: {text}")
    if any(state == "unknown" for state, _ in replies.values()):
        print(
            "  A reply counts once its authority's root certificate is declared: get it from the authority's own site, "
            "compare its\n  SHA-256, and give it with --trust FILE."
        )
    if sum(state == "good" for state, _ in replies.values()) < 2:
        print("  Two authorities that count are better than one; `dateline seal --again` asks for what is missing.")


def _json(
    made: Sealed | None, place: Place, replies: dict[str, tuple[str, str]], failed: dict[str, str]
) -> dict[str, Any]:
    return {
        "seal": place.inside,
        "new": made is not None,
        "new_lines": 0 if made is None else made.lines,
        "size": None if made is None else made.record.size,
        "root": None if made is None else made.record.root,
        "key": None if made is None else made.fingerprint,
        "replies": [{"name": name, "state": state, "text": text} for name, (state, text) in replies.items()],
        "missing": [{"name": name, "text": text} for name, text in failed.items()],
    }
