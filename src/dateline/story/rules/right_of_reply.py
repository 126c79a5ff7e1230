"""Somebody named who was not asked."""

from __future__ import annotations

from datetime import date, datetime

from dateline.ledger.reply import Reply
from dateline.ledger.source import Source
from dateline.story.fault import Faults, Level, Rule, Spot
from dateline.story.parties import STATES, parties
from dateline.story.reading import Reading

RULE = Rule(
    code="right-of-reply",
    name="a person or firm named, and not asked",
    level=Level.BLOCK,
    why="Whoever is named may answer before the page is out: it is fair, and it finds mistakes.",
    do="Ask them and add the reply (`dateline add reply`): question, asked, deadline, outcome. Or say there why nobody "
    "asked, and who decided: not_asked = {why = …, by = …, date = …}.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds people and firms that the story names without a reply, or whose time to answer is not over."""
    today = reading.story.as_of(reading.case.head.as_of)
    for source, spot in parties(reading).items():
        party = reading.case.sources[source]
        replies = replies_of(reading, party)
        for reply in replies:
            if reply.not_asked is not None:
                decided = f"{reply.not_asked.why} ({reply.not_asked.by}, {reply.not_asked.date})"
                faults.let_pass(spot, f"{source} was not asked", decided)
        if not replies and party.type not in STATES:
            faults.add(spot, f"{source}: nobody asked them")
        for reply in replies:
            _open(reply, today, spot, faults)


def replies_of(reading: Reading, party: Source) -> tuple[Reply, ...]:
    """The replies of a party, or of the bodies that it speaks for."""
    heard = {party.id, *party.member_of}
    return tuple(reply for reply in reading.case.replies.values() if reply.party in heard)


def _open(reply: Reply, today: date | None, spot: Spot, faults: Faults) -> None:
    """Whether a reply still has to be waited for on the day that the page carries."""
    if reply.not_asked is not None or reply.outcome in {"answered", "declined"}:
        return
    last = reply.deadline.latest if reply.deadline is not None else None
    day = last.date() if isinstance(last, datetime) else last
    if day is None or today is None or today <= day:
        carried = "the page carries no date" if today is None else f"the page is of {today}"
        until = "has no end" if day is None else f"is {day}"
        faults.add(
            spot,
            f"{reply.party}: the deadline of {reply.id} {until}; {carried}",
            "Wait until it is over, or set date in the story's front matter to the day of publication.",
        )
    elif reply.outcome == "waiting":
        faults.add(
            spot,
            f"{reply.party}: the deadline of {reply.id} was {day}, and its outcome is still “waiting”",
            f"Say what came of it in replies/{reply.id}.toml: answered, declined or no_answer.",
        )
