"""Files fetched by a few workers: each once, checked, entered in the ledger. What fails is named, the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event, Lock

from dateline.core.clock import Clock, SystemClock
from dateline.core.errors import InputError
from dateline.core.identity import digest, sha256_file
from dateline.evidence.door.client import LONGEST_WAIT, Door, pause
from dateline.evidence.door.errors import Unavailable
from dateline.evidence.door.request import Reply, Request
from dateline.evidence.lock import exclusive
from dateline.evidence.names import check_name
from dateline.imagery.catalog.black_marble import Bounds
from dateline.imagery.catalog.service import Asset, Offer, Service, Ticket, drive
from dateline.imagery.download import ledger
from dateline.imagery.download.ranged import Remote
from dateline.imagery.download.transfer import Changed, Denied, Received, Stopped, check_sums, sums, transfer
from dateline.imagery.download.unfinished import Unfinished
from dateline.imagery.download.window import cut

WORKERS = 3
"""So many files come in at a time: services stall, or refuse, when there are more."""

ATTEMPTS = 6
"""So often a file is asked for in a row without one new byte."""

Tell = Callable[[int], None]
"""Told how many more bytes are here [bytes]; less than nothing when bytes were thrown away."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One file to get: what it is, and the folder to put it in. With `bounds` [deg] only the pixels in them."""

    offer: Offer
    asset: Asset
    folder: Path
    bounds: Bounds | None = None

    @property
    def name(self) -> str:
        """The file's name: the asset's, after its scene's where it does not say it; of a window with its own mark."""
        name = self.asset.name
        known = name.startswith((self.offer.name, self.offer.id)) or self.offer.name == name
        whole = name if known else f"{self.offer.name}.{name}".replace("/", "-")
        return whole if self.bounds is None else f"{Path(whole).stem}.window-{digest(self.bounds)[:8]}.tif"

    @property
    def target(self) -> Path:
        """Where it will lie."""
        return self.folder / check_name(self.name)

    @property
    def unfinished(self) -> Unfinished:
        """Where it lies until it is whole."""
        return Unfinished(self.folder, check_name(self.name))


@dataclass(frozen=True, slots=True)
class Got:
    """A file that is here, whole and checked. `received` is None when it was here before."""

    errand: Errand
    entry: ledger.Entry
    received: Received | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that could not be had, and why."""

    errand: Errand
    error: InputError


Result = Got | Failed


@dataclass(slots=True)
class Fetcher:
    """Fetches errands through one door. Workers share tickets; a login that was refused is not tried again."""

    door: Door
    services: dict[str, Service]
    tell: Tell
    clock: Clock = field(default_factory=SystemClock)
    stop: Event = field(default_factory=Event)
    attempts: int = ATTEMPTS
    _tickets: dict[str, Ticket] = field(default_factory=dict, repr=False)
    _refused: dict[str, InputError] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def fetch(self, errand: Errand) -> Got:
        """Fetches one file unless it is here; another process that wants the same waits meanwhile.

        Raises InputError with the reason when it cannot be had, Stopped when told to stop, OSError (disk full).
        """
        errand.folder.mkdir(parents=True, exist_ok=True)
        with exclusive(errand.unfinished.lock):
            self._check_stop()
            standing = here(errand, self.clock)
            if standing is not None:
                errand.unfinished.discard()
                self.tell(standing.size)
                return Got(errand, standing, None)
            if errand.asset.needs in self._refused:
                raise self._refused[errand.asset.needs]
            try:
                return self._fetch(errand) if errand.bounds is None else self._cut(errand, errand.bounds)
            except InputError as error:
                if error.code in {"login-page", "login-refused"} and errand.asset.needs not in {"nothing", "signature"}:
                    self._refused[errand.asset.needs] = error
                raise

    def _fetch(self, errand: Errand) -> Got:
        unfinished, asset = errand.unfinished, errand.asset
        self.tell(unfinished.size())
        failures, changes, second_chances, sign_again = 0, 0, {"signature", "bytes"}, False
        while True:
            before = unfinished.size()
            try:
                request = self._request(asset, again=sign_again)
                sign_again = False
                return self._finish(errand, transfer(self.door, request, asset, unfinished, self._told))
            except Unavailable as error:
                if isinstance(error, Changed):
                    changes += 1
                    self._throw_away(unfinished)
                failures = 1 if unfinished.size() > before else failures + 1
                waiting = pause(failures, error.after)
                if not error.again or max(failures, changes) >= self.attempts or waiting > LONGEST_WAIT:
                    raise
                self.stop.wait(waiting)
                self._check_stop()
            except Denied:
                if asset.gate is None or "signature" not in second_chances:
                    raise
                second_chances.remove("signature")
                sign_again = True
            except InputError as error:
                self._throw_away(unfinished)
                if error.code not in {"checksum", "size"} or "bytes" not in second_chances:
                    raise
                second_chances.remove("bytes")

    def _cut(self, errand: Errand, bounds: Bounds) -> Got:
        """Reads a window and gives it its name. It is small, so that one that broke off is read again."""
        asset, at = errand.asset, self.clock.now()
        errand.unfinished.discard()
        remote = Remote(self.door, lambda again: self._request(asset, again=again), asset.url)
        made = cut(remote, bounds, errand.unfinished.part)
        self._told(errand.unfinished.size())
        size, sha256 = errand.unfinished.size(), sha256_file(errand.unfinished.part)
        errand.unfinished.finish(errand.target)
        received = _of_reply(made.reply, at, remote.version)
        checked = ("version",) if remote.version else ()
        entry = _entry(errand, sha256, size, clock=self.clock, received=received, checked=checked, window=made.detail)
        ledger.append(errand.folder, entry)
        return Got(errand, entry, received)

    def _finish(self, errand: Errand, received: Received) -> Got:
        """Checks the whole part, gives it its name, and enters it: in this order, so that no half file has a name."""
        found = sums(errand.unfinished.part, errand.asset)
        checked = check_sums(found, errand.asset)
        errand.unfinished.finish(errand.target)
        entry = _entry(errand, found.sha256, found.size, clock=self.clock, received=received, checked=checked)
        ledger.append(errand.folder, entry)
        return Got(errand, entry, received)

    def _request(self, asset: Asset, *, again: bool = False) -> Request:
        """The request for an asset, signed where it must be; one signature serves all that have the same gate."""
        with self._lock:
            ticket = None if again else self._tickets.get(asset.gate or "")
            if ticket is not None and not ticket.open_at(self.clock.now()):
                ticket = None
            ready = drive(self.services[asset.service].fetch(asset, ticket), self.door.ask)
            if asset.gate is not None and ready.ticket is not None:
                self._tickets[asset.gate] = ready.ticket
        return ready.request

    def _throw_away(self, unfinished: Unfinished) -> None:
        self.tell(-unfinished.size())
        unfinished.discard()

    def _told(self, more: int) -> None:
        self._check_stop()
        self.tell(more)

    def _check_stop(self) -> None:
        if self.stop.is_set():
            raise Stopped


def here(errand: Errand, clock: Clock) -> ledger.Entry | None:
    """The ledger's entry of a file that is here; a file that the ledger missed (a crash) is hashed and entered.

    Such a file is compared with the catalogue's checksum; where there is none, nothing was checked of it. Raises
    InputError (code `granule-changed`) for a file of this name that is not what was downloaded.
    """
    target = errand.target
    if not target.is_file():
        return None
    size, known = target.stat().st_size, ledger.read(errand.folder).get(target.name)
    if known is None and errand.bounds is not None:
        return None  # a window says nothing of itself: it is read again
    expected = known.size if known is not None else errand.asset.size
    if expected is not None and size != expected:
        raise other_file(f"{target}: {size:,} bytes; expected {expected:,}")
    if known is None:
        known = _found(errand, clock)
        ledger.append(errand.folder, known)
    return known


def other_file(saw: str) -> InputError:
    """The error (code `granule-changed`) for a file of a granule's name that is not what the service has."""
    return InputError(
        "A file of this name is here, and it is not the one that the service has.",
        saw=saw,
        do="Move it away or delete it, and run the same command again.",
        code="granule-changed",
    )


def _found(errand: Errand, clock: Clock) -> ledger.Entry:
    """The entry of a file that the ledger does not know: only what a checksum says of it was checked."""
    found, checksum = sums(errand.target, errand.asset), errand.asset.checksum
    if checksum is None or found.other is None:
        return _entry(errand, found.sha256, found.size, clock=clock)
    if found.other != checksum.hex.lower():
        told = f"{checksum.algorithm} {found.other[:16]}…; the catalogue says {checksum.hex[:16]}…"
        raise other_file(f"{errand.target}: {told}")
    return _entry(errand, found.sha256, found.size, clock=clock, checked=(checksum.algorithm,))


def fetch_all(
    fetcher: Fetcher, errands: Sequence[Errand], *, workers: int = WORKERS, done: Callable[[Result], None] | None = None
) -> tuple[Result, ...]:
    """Fetches all, a few at a time; results in the order of the errands, `done` told of each in this thread.

    What cannot be had is a Failed, and the rest goes on. Raises OSError (disk full) and KeyboardInterrupt after the
    workers have stopped; what is here by then stays, and the next run goes on from there.
    """
    results: dict[int, Result] = {}
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        waiting = {pool.submit(_result, fetcher, errand): number for number, errand in enumerate(errands)}
        try:
            while waiting:
                ready, _ = wait(waiting, return_when=FIRST_COMPLETED, timeout=1.0)
                for future in ready:
                    result = future.result()
                    results[waiting.pop(future)] = result
                    if done is not None:
                        done(result)
        except BaseException:
            fetcher.stop.set()
            _cancel(waiting)
            raise
    return tuple(results[number] for number in sorted(results))


def _result(fetcher: Fetcher, errand: Errand) -> Result:
    try:
        return fetcher.fetch(errand)
    except InputError as error:
        return Failed(errand, error)


def _cancel(waiting: dict[Future[Result], int]) -> None:
    for future in waiting:
        future.cancel()


def _of_reply(reply: Reply, at: datetime, version: str | None) -> Received:
    return Received(
        url=reply.url,
        status=reply.status,
        at=at,
        hops=(),
        headers=reply.headers,
        tls=None,
        address=None,
        proxy=False,
        version=version,
        resumed_at=0,
    )


def _entry(
    errand: Errand,
    sha256: str,
    size: int,
    *,
    clock: Clock,
    received: Received | None = None,
    checked: tuple[str, ...] = (),
    window: Mapping[str, str | int] | None = None,
) -> ledger.Entry:
    offer = errand.offer
    return ledger.Entry(
        name=errand.name,
        sha256=sha256,
        size=size,
        service=offer.service,
        collection=offer.collection,
        made=None if offer.made is None else offer.made.isoformat(),
        url=errand.asset.url,
        version=None if received is None else received.version,
        at=(clock.now() if received is None else received.at).isoformat(timespec="seconds"),
        status=None if received is None else received.status,
        checked=checked,
        window=window,
    )
