"""Every image that the case knows of a port, and which of them can be looked at here: the honest denominator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dateline.app.pictures.kinds import kind_of
from dateline.core.errors import DatelineError
from dateline.evidence.item import Item, Status
from dateline.imagery.catalog import catalogue
from dateline.imagery.download.plan import CLASSES
from dateline.ledger.case import Case
from dateline.ledger.place import Place
from dateline.measure.files import item_path
from dateline.measure.imagery_log import Row, image_log

WORDS: Mapping[str, str] = {
    "have": "here", "cloudy": "here, cloudy", "empty": "no pixel of the place", "withheld": "withheld",
    "not fetched": "offered, not fetched", "not bought": "not bought", "seen, not stored": "seen, not stored",
    "elsewhere": "not here", "absent": "not on this machine", "no picture": "no picture",
}  # fmt: skip
"""What is known of an image, in the words of the screen, in the order of the tally."""
FOR_EYES = frozenset({"visual", "tci", "rendered_preview", "overview", "preview", "thumbnail"})
"""Assets of a scene that are made to be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One image of the port's log. item: the picture that can be looked at here; None where there is none.

    state: a key of WORDS. why: in words. start: when it was taken, where that is known.
    """

    scene: str
    state: str
    item: str | None = None
    sensor: str | None = None
    start: datetime | None = None
    cloud: float | None = None
    covers: float | None = None
    why: str | None = None

    @property
    def words(self) -> str:
        """Its state as people read it."""
        return WORDS[self.state]

    @property
    def at(self) -> str:
        """The moment as people read it; says that it is not known where it is not."""
        return "without a date" if self.start is None else f"{self.start:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True)
class Shots:
    """The images of a port by time, those without a date last; notes: what of the log could not be read."""

    all: tuple[Shot, ...]
    notes: tuple[str, ...]

    @property
    def here(self) -> tuple[Shot, ...]:
        """Those that can be looked at."""
        return tuple(shot for shot in self.all if shot.item is not None)

    @property
    def tally(self) -> tuple[tuple[str, int], ...]:
        """How many of each state, in words."""
        counts = Counter(shot.state for shot in self.all)
        return tuple((words, counts[state]) for state, words in WORDS.items() if counts[state])


def ports(case: Case) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """Places to choose from: ports and places with berths first; then every other place that is no berth."""
    with_berths = {place.within for place in case.places.values() if place.role == "berth"}
    named = sorted(case.places.values(), key=lambda place: place.name().casefold())
    first = [place for place in named if place.role == "port" or place.id in with_berths]
    return tuple(first), tuple(place for place in named if place not in first and place.role != "berth")


def berths(case: Case, port: str) -> tuple[Place, ...]:
    """The berths within a port, by name."""
    found = [place for place in case.places.values() if place.role == "berth" and place.within == port]
    return tuple(sorted(found, key=lambda place: (place.name().casefold(), place.id)))


def shots_of(case: Case, port: str) -> Shots:
    """Every image of a port. Raises nothing for what cannot be read: it is named in the notes."""
    log = image_log(case, case.places[port].where, services=catalogue.service, name=port)
    return Shots(tuple(_shot(case, row) for row in log.rows), log.notes)


def _shot(case: Case, row: Row) -> Shot:
    state, item, why = _looked_at(case, row)
    return Shot(
        scene=row.scene,
        state=state,
        item=item,
        sensor=row.sensor,
        start=row.start,
        cloud=row.cloud,
        covers=row.covers,
        why=why or row.why,
    )


def _looked_at(case: Case, row: Row) -> tuple[str, str | None, str | None]:
    """State, item and reason: bytes that are not on this machine are not here, whatever the case knows of them."""
    if row.state not in {"have", "cloudy", "empty"}:
        return row.state, None, None
    had = [case.items[name] for name in row.items if case.items[name].status is Status.HAVE]
    there = list(_there(case, had))
    if not there:
        return "absent", None, "the case knows its hash; the bytes are elsewhere"
    drawn = sorted((_rank(item), item.id) for item, path in there if _is_drawn(path))
    if not drawn:
        return "no picture", None, f"{there[0][0].name} is data and no picture"
    return row.state, None if row.state == "empty" else drawn[0][1], None


def _there(case: Case, items: Sequence[Item]) -> Iterator[tuple[Item, Path]]:
    for item in items:
        with suppress(DatelineError):
            yield item, item_path(case, item.id)


def _is_drawn(path: Path) -> bool:
    """Whether a file can be shown as a picture."""
    try:
        kind_of(path)
    except DatelineError:
        return False
    return True


def _rank(item: Item) -> int:
    """Which file of a scene is looked at: one made for the eye first, a map of its clouds last."""
    asset = str((item.capture.parameters if item.capture else {}).get("asset", "")).lower()
    if asset in FOR_EYES:
        return 0
    return 2 if asset in CLASSES else 1
