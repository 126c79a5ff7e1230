"""What is open in a case: one list a kind, each entry with the screen on which it is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlencode

from dateline.core.when import When
from dateline.evidence import samples
from dateline.evidence.item import Item, Status
from dateline.evidence.store import Store, default_store
from dateline.ledger.agreed import off_record, unnamed
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim
from dateline.ledger.observation import Observation
from dateline.ledger.observed import standing, unfinished
from dateline.ledger.review import review_state
from dateline.ledger.second_person import same_person
from dateline.ledger.verification import AXES

SHORTEST = 140
"""So many signs of a sentence are shown in a list."""
LOOKING = frozenset({"count", "bracket", "port"})
"""Screens on which a look is an answer that a second person should give, too."""
SITTINGS = {*LOOKING, "match", "compare"}
HIDDEN = "off the record: its words are not shown here"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to do. `href` leads to where it is done; `note` says what is the matter."""

    id: str
    text: str
    note: str = ""
    href: str | None = None
    cover: tuple[str, str] | None = None
    """Record and field that stand in place of the text, covered until somebody asks."""


@dataclass(frozen=True, slots=True)
class Open:
    """One list."""

    id: str
    title: str
    entries: tuple[Entry, ...]


def open_points(case: Case, now: datetime, store: Store | None = None) -> tuple[Open, ...]:
    """Every list of a case, empty ones too. now: with its zone. Reads records, and whether bytes are in the store."""
    ways: dict[str, tuple[str, Callable[[], Iterator[Entry]]]] = {
        "unrated": ("Claims not rated", lambda: _unrated(case)),
        "unsigned": ("Claims without a second person’s sign-off", lambda: _unsigned(case)),
        "sittings": ("Sittings begun and not submitted", lambda: _sittings(case)),
        "second": ("Looks without a second person", lambda: _alone(case)),
        "axes": ("Axes of media that nobody worked on", lambda: _axes(case)),
        "replies": ("Replies outstanding", lambda: _replies(case, now.date())),
        "embargo": ("Under embargo", lambda: _embargoes(case, now)),
        "missing": ("Files not on this machine", lambda: _missing(case, store or default_store())),
    }
    return tuple(Open(name, title, tuple(find())) for name, (title, find) in ways.items())


def link(screen: str, **asked: str | None) -> str:
    """The address of a screen, with what it is asked for."""
    told = urlencode({key: value for key, value in asked.items() if value})
    return f"/{screen}/" + (f"?{told}" if told else "")


def shortened(text: str) -> str:
    """The beginning of a text, in one line."""
    plain = " ".join(text.split())
    return plain if len(plain) <= SHORTEST else plain[: SHORTEST - 1].rsplit(" ", 1)[0] + " …"


def _claim(claim: Claim, note: str, *, off: bool) -> Entry:
    covers = (claim.id, "statement") if off else None
    text = "off the record" if off else shortened(claim.statement)
    return Entry(claim.id, text, note, f"/claims/record/{claim.id}", covers)


def _unrated(case: Case) -> Iterator[Entry]:
    away = off_record(case.records)
    for claim in case.claims.values():
        if claim.assessment is None:
            yield _claim(claim, "", off=claim.id in away)


def _unsigned(case: Case) -> Iterator[Entry]:
    away = off_record(case.records)
    words = {
        "none": "rated; nobody else has read it",
        "stale": "signed for an earlier text",
        "disagreed": "the second person disagrees",
    }
    for claim in case.claims.values():
        state = "signed" if claim.assessment is None else review_state(claim)
        if state != "signed":
            yield _claim(claim, words[state], off=claim.id in away)


def _sittings(case: Case) -> Iterator[Entry]:
    marks: dict[tuple[str, str], Observation] = {}
    for mark in case.observations.values():
        if mark.sitting is not None:
            marks.setdefault((mark.by, mark.sitting), mark)
    for who, sitting in unfinished(case.observations.values()):
        mark = marks[who, sitting]
        screen = sitting.partition("-")[0]
        on = mark.item if screen != "bracket" else mark.place or "a place"  # a blind pass names no image
        asked = f": {mark.question}" if mark.question else ""
        href = (
            link(screen, item=mark.item if on == mark.item else None, place=mark.place, question=mark.question)
            if screen in SITTINGS
            else None
        )
        begun = f"begun {mark.at:%Y-%m-%d %H:%M}"
        yield Entry(f"{who}/{sitting}", f"{who}, on {on}{shortened(asked)}", begun, href)


def _alone(case: Case) -> Iterator[Entry]:
    """Questions that one person alone has answered on some image. A second spelling of a name is no second person.

    A count is asked of one image, a bracket and a log of a port of many: these are one entry, and name no image.
    """
    begun = set(unfinished(case.observations.values()))
    asked: dict[tuple[str, str, str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for mark in standing(case.observations).values():
        screen = (mark.sitting or "bracket").partition("-")[0]
        if screen in LOOKING and (mark.by, mark.sitting) not in begun:
            image = mark.item if screen == "count" else ""
            asked[screen, image, mark.place or "", mark.question or ""][mark.item].add(mark.by)
    for (screen, image, place, question), images in sorted(asked.items()):
        lonely = [min(people) for people in images.values() if _is_one(people)]
        if lonely:
            text = ": ".join(filter(None, (image or place, shortened(question))))
            who = ", ".join(sorted(set(lonely)))
            note = f"{who} alone" if image else f"{len(lonely)} of {len(images)} images seen by {who} alone"
            href = link(screen, item=image, place=place, question=question if screen != "port" else None)
            yield Entry(f"{screen}/{image or place}", text or screen, note, href)


def _is_one(people: set[str]) -> bool:
    first, *others = sorted(people)
    return all(same_person(first, other) for other in others)


def _axes(case: Case) -> Iterator[Entry]:
    away = off_record(case.records)
    for media in case.media.values():
        empty = [axis for axis in AXES if not media.steps(axis)]
        if empty:
            item = next((name for name in media.items if name in case.items), None)
            text = HIDDEN if media.id in away else shortened(media.title)
            yield Entry(media.id, text, ", ".join(empty), link("match", item=item) if item is not None else None)


def _replies(case: Case, today: date) -> Iterator[Entry]:
    nameless = unnamed(case.records)
    for reply in case.replies.values():
        if reply.outcome != "waiting":
            continue
        party = case.sources.get(reply.party)
        covers = (reply.party, "names") if reply.party in nameless else None
        who = "somebody who is not named" if party is None or covers else party.name()
        late = reply.deadline is not None and reply.deadline.before(When.on(today))
        note = "" if reply.deadline is None else f"until {reply.deadline.spoken()}{': over' if late else ''}"
        yield Entry(reply.id, who, note, None, covers)


def _embargoes(case: Case, now: datetime) -> Iterator[Entry]:
    """The case, its files and what was told under an embargo, as long as it lasts."""
    told: list[tuple[str, str, datetime | date | None]] = [(case.head.id, "the whole story", case.head.embargo)]
    told += [(item.id, item.name, item.embargo) for item in case.items.values()]
    told += [
        (name, f"{record.kind} {name}", terms.embargo)
        for name, record in case.records.items()
        if (terms := getattr(record, "terms", None)) is not None
    ]
    for name, text, until in told:
        if until is not None and _moment(until) > now:
            yield Entry(name, text, f"not before {until.isoformat().replace('+00:00', 'Z')}")


def _missing(case: Case, store: Store) -> Iterator[Entry]:
    sampled = {one.sha256: one.path for one in samples.registry().values()}
    for item in case.items.values():
        if item.status is not Status.ELSEWHERE and not _is_here(item, store, sampled):
            yield Entry(item.id, item.name, "its bytes are not here", "/archive")


def _is_here(item: Item, store: Store, sampled: dict[str, str]) -> bool:
    if item.tree:
        return all(leaf.sha256 in store for leaf in item.tree)
    if item.sha256 is None or item.sha256 in store:
        return True
    return item.sha256 in sampled and samples.find(sampled[item.sha256]) is not None


def _moment(told: datetime | date) -> datetime:
    return told if isinstance(told, datetime) else datetime(told.year, told.month, told.day, tzinfo=UTC)
