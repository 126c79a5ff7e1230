"""Searching, planning and fetching images for a place, into a folder, and from there into a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dateline.core.errors import DatelineError, InputError
from dateline.core.where import Where
from dateline.evidence.item import Item
from dateline.imagery.catalog.service import Ask, Found, Offer
from dateline.imagery.download.plan import CLASSES, Plan, plan
from dateline.imagery.download.session import Heard, Session
from dateline.imagery.download.sky import Sky, sky_over
from dateline.imagery.download.work import WORKERS, Errand, Failed, Fetcher, Got, Result, Tell, fetch_all
from dateline.imagery.extent import bounds_around
from dateline.measure.archive import Archive
from dateline.measure.imagery_case import keep_file, keep_reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """What is wanted of which services. `place` is the id of a place of the case; `whole`: no windows, whole files."""

    services: tuple[str, ...]
    ask: Ask
    folder: Path
    where: Where | None = None
    place: str | None = None
    assets: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What one service has, and how it said so."""

    service: str
    found: Found
    heard: tuple[Heard, ...]


@dataclass(slots=True)
class Brought:
    """What became of the files of a plan, and the items that were made of them."""

    results: list[Result] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Files that are here and that the case did not take, and why."""
    skies: dict[str, Sky] = field(default_factory=dict)
    """What lay over the place, by scene, where the classes tell it."""

    def failures(self) -> tuple[str, ...]:
        """What could not be had or kept, and why, in words."""
        lost = [result for result in self.results if isinstance(result, Failed)]
        return (*(f"{one.errand.name}: {one.error.what} {one.error.saw}" for one in lost), *self.refused)


def search(session: Session, want: Want) -> tuple[Answered, ...]:
    """Asks each service. Raises what they raise: a search that is not complete is not passed over."""
    answers = ((name, session.search(name, want.ask)) for name in want.services)
    return tuple(Answered(name, *answer) for name, answer in answers)


def offers_of(answers: Sequence[Answered]) -> tuple[Offer, ...]:
    """All offers by time."""
    offers = [offer for answer in answers for offer in answer.found.offers]
    return tuple(sorted(offers, key=lambda offer: (offer.start, offer.service, offer.id)))


def plan_of(want: Want, answers: Sequence[Answered]) -> Plan:
    """The files that would be fetched: of images that can be read in parts only the place. Raises UsageError."""
    bounds = None if want.whole or want.where is None else bounds_around(want.where)
    return plan(offers_of(answers), want.folder, assets=want.assets, bounds=bounds)


def get(
    session: Session,
    want: Want,
    planned: Plan,
    *,
    tell: Tell,
    archive: Archive | None = None,
    answers: Sequence[Answered] = (),
    workers: int = WORKERS,
    done: Callable[[Result], None] = lambda _result: None,
) -> Brought:
    """Fetches the files of a plan; into a case each as soon as it is here, so that nothing is lost when it is stopped.

    The classes that tell the cloud come first: the other files of a scene are recorded with the cloud over the place.
    Raises what fetch_all() raises; what single files lack is in the answer.
    """
    brought = Brought()
    if archive is not None:
        brought.items += [item for answer in answers for item in _keep_replies(session, archive, want.ask, answer)]
    fetcher = Fetcher(session.door, session.services, tell, session.clock)
    errands = list(planned.lacking())
    if archive is not None:  # what is here already becomes an item too
        errands = [one.errand for one in planned.files if one.status != "here" or one.errand.target.is_file()]

    def settle(result: Result) -> None:
        brought.results.append(result)
        if isinstance(result, Got):
            _look_up(result, want, brought)
            if archive is not None:
                _keep(archive, result, want, brought)
        done(result)

    for group in (_classes(errands), [errand for errand in errands if errand not in _classes(errands)]):
        fetch_all(fetcher, group, workers=workers, done=settle)
    return brought


def _classes(errands: Sequence[Errand]) -> list[Errand]:
    return [errand for errand in errands if errand.asset.key.lower() in CLASSES]


def _look_up(got: Got, want: Want, brought: Brought) -> None:
    """The sky over the place, once the classes of a scene are here."""
    if want.where is None or got.errand.asset.key.lower() not in CLASSES:
        return
    try:
        brought.skies[got.errand.offer.id] = sky_over(got.errand.target, want.where)
    except (DatelineError, OSError) as error:
        brought.refused.append(f"{got.errand.name}: the cloud over the place cannot be read ({error})")


def _keep(archive: Archive, got: Got, want: Want, brought: Brought) -> None:
    try:
        sky = brought.skies.get(got.errand.offer.id)
        brought.items.append(keep_file(archive, got, sky=sky, place=want.place))
    except InputError as error:
        brought.refused.append(f"{got.errand.name}: {error.what} {error.saw}")


def _keep_replies(session: Session, archive: Archive, ask: Ask, answer: Answered) -> list[Item]:
    card = session.services[answer.service].card
    replies = enumerate(answer.heard)
    return [keep_reply(archive, heard, ask, card, page=page, of=len(answer.heard)) for page, heard in replies]
