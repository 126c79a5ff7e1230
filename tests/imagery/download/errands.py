"""Errands at the faulty stand-in, as a catalogue would tell of its files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.imagery.download.faulty import MAGIC, content

from dateline.evidence.door.client import Door
from dateline.evidence.door.request import Request
from dateline.evidence.item import Licence
from dateline.imagery.catalog.card import Card
from dateline.imagery.catalog.service import Asset, Checksum, Offer, Ready, Steps, Ticket
from dateline.imagery.download.work import Errand, Fetcher


@dataclass(frozen=True)
class Plain:
    """A service whose files are there for the asking."""

    @property
    def card(self) -> Card:
        raise NotImplementedError

    def fetch(self, asset: Asset, ticket: Ticket | None = None) -> Steps[Ready]:
        yield from ()
        return Ready(Request(asset.url), ticket)


def errand(archive: str, fault: str, name: str, folder: Path, *, known: bool = True, needs: str = "nothing") -> Errand:
    """A file of the stand-in, with what its catalogue would say of it."""
    data = content(name)
    asset = Asset(
        service="plain",
        key="granule",
        name=name,
        url=f"{archive}/{fault}/{name}",
        size=len(data) if known else None,
        checksum=Checksum("md5", hashlib.md5(data).hexdigest()) if known else None,
        begins=(MAGIC,),
        needs=needs,
    )
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    offer = Offer(
        service="plain", collection="VNP46A3", id=name, name=name, start=moment, end=moment, footprint=None,
        assets=(asset,), licence=Licence(name="open"),
    )  # fmt: skip
    return Errand(offer, asset, folder)


def fetcher(door: Door, tell: list[int] | None = None) -> Fetcher:
    told = tell if tell is not None else []
    return Fetcher(door, {"plain": Plain()}, told.append)
