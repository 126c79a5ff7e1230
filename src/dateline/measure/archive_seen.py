"""Handouts, and images that we do not have. What an issuer put on a picture is the issuer's claim, never our mark."""

from __future__ import annotations

import re
from datetime import date

from dateline.core.errors import UsageError
from dateline.core.when import When
from dateline.evidence.intake import Form, describe_elsewhere, id_of
from dateline.evidence.item import Item
from dateline.evidence.provenance import Sighting
from dateline.ledger.claim import Claim
from dateline.ledger.reading import load_record
from dateline.ledger.source import Source
from dateline.ledger.write import write_new
from dateline.measure.archive import Archive, Kept

_DAY = re.compile(r"\b(\d{4}-\d{2}-\d{2})\b")

_WHY = {
    "not-bought": "known from {where}; not bought",
    "seen": "seen by {by} ({where}); not stored",
}


def note_sighting(archive: Archive, form: Form, sighting: Sighting, *, name: str | None) -> Kept:
    """Records an image that is known and that we do not have. `name`: what it is called; by default its scene.

    Raises UsageError (code "sighting-name") when nothing names it.
    """
    called = name or (form.image.scene if form.image else None)
    if called is None:
        raise UsageError(
            "An image that we do not have needs a name.",
            saw="no --name and no --scene",
            do="Give the provider's id of the scene, or a name of your own.",
            code="sighting-name",
        )
    why = _WHY[sighting.state].format(by=sighting.by, where=sighting.where)
    return archive.write(describe_elsewhere(form, sighting, name=called, why=why), note=f"{sighting.state}: no bytes")


def claim_labels(archive: Archive, item: Item, labels: list[str], *, said: date) -> list[str]:
    """Keeps the arrows and labels of a handout as claims of its issuer, and gives the ids of what is new.

    The source is written too where the case has none of that id or name. Raises UsageError (code "handout-issuer").
    """
    if not labels:
        return []
    issuer, channel = item.origin.issuer, item.origin.channel
    if issuer is None:
        raise UsageError(
            "Labels are somebody's claims.", saw="no --issuer", do="Say who issued it.", code="handout-issuer"
        )
    speaker, new = _source(archive, issuer)
    made = [speaker] * new
    for number, label in enumerate(labels, 1):
        claim = Claim(
            id=f"{item.id}-label-{number}",
            speaker=speaker,
            said=When.on(said),
            said_basis="when it was given out",
            stance="asserts",
            statement=label,
            utterance=item.id,
            evidence=(item.id,),
            note=f"A mark on the handout {item.name}, given out by {issuer}"
            + (f" ({channel})" if channel else "")
            + ": the issuer's claim, not our observation.",
        )
        if not (archive.root / Claim.folder / f"{claim.id}.toml").exists():
            write_new(archive.root, claim)
            made.append(claim.id)
    return made


def _source(archive: Archive, issuer: str) -> tuple[str, bool]:
    """The id of the source of this id or name, and whether it had to be written."""
    folder = archive.root / Source.folder
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        source = load_record(path, Source, root=archive.root)
        if issuer in {source.id, *source.names.values()}:
            return source.id, False
    name = id_of(issuer, "0" * 8).removesuffix("-00000000")
    write_new(archive.root, Source(id=name, type="other", names={"en": issuer}, note="Issuer of a handout; say more."))
    return name, True


def given_out(said: str | None, channel: str | None) -> date:
    """The day on which a handout was given out: as told, or as the channel says. Raises UsageError ("handout-said")."""
    found = _DAY.fullmatch(said) if said is not None else _DAY.search(channel or "")
    if found is None:
        raise UsageError(
            "Nothing says when the handout was given out.",
            saw=repr(channel if said is None else said),
            do="Give --said 2023-10-13, or write the day into --channel.",
            code="handout-said",
        )
    return date.fromisoformat(found[1])
