"""A folder on this machine as a service: the Black Marble granules in it, by name. Nothing leaves the machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dateline.core.errors import InputError, UsageError
from dateline.imagery.catalog.card import Card
from dateline.imagery.catalog.granules import Listed, choose
from dateline.imagery.catalog.local import index
from dateline.imagery.catalog.service import (
    Ask,
    Asset,
    Endpoints,
    Found,
    Ready,
    Service,
    Steps,
    Ticket,
    check_collections,
)


@dataclass(frozen=True, slots=True)
class Folder:
    """The only service that reads a disk: names of files, never their contents."""

    card: Card
    endpoints: Endpoints

    def search(self, ask: Ask) -> Steps[Found]:
        """The granules of an ask that lie in the folder. Raises UsageError (`collection`, `no-folder-named`)."""
        yield from ()
        check_collections(self.card, ask)
        named = self.endpoints["folder"]
        if not named:
            raise UsageError(
                "No folder was named.", saw="the service folder", do="Say --folder PATH.", code="no-folder-named"
            )
        shelf = index(Path(named))
        paths = [*shelf.granules.values(), *(older for older, _ in shelf.older)]
        listed = [Listed(_asset(self.card.id, path), 0) for path in paths]
        return choose(self.card, ask, listed, requests=0)

    def fetch(self, asset: Asset, ticket: Ticket | None = None) -> Steps[Ready]:
        """Raises InputError (code `no-download`): the file is already here."""
        yield from ()
        _ = ticket
        raise InputError(
            "This file need not be downloaded: it lies in a folder.",
            saw=asset.url,
            do="Read it where it lies, or archive it.",
            code="no-download",
        )


def _asset(service: str, path: Path) -> Asset:
    return Asset(
        service=service, key="granule", name=path.name, url=path.resolve().as_uri(), size=path.stat().st_size or None
    )


def build(card: Card, endpoints: Endpoints) -> Service:
    """The service."""
    return Folder(card, endpoints)
