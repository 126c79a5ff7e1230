"""`dateline export timeline`: events and statements for TimelineJS, a vague date as a bar and never as a point.

TimelineJS3 JSON (timeline.knightlab.com/docs/json-format.html). Its dates have no "about" and no open end: the words
stand in display_date, and what cannot be drawn without inventing a day is left out, with the reason.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from html import escape
from typing import Any

from dateline.core.identity import pretty_json
from dateline.core.when import Moment, When
from dateline.ledger.case import Case
from dateline.ledger.citation import Citation
from dateline.ledger.claim import Claim
from dateline.ledger.claims_columns import Lost
from dateline.ledger.event import Event
from dateline.ledger.exports.bundle import Bundle

_GROUPS = {"reported": "Reported", "claimed": "Claimed", "measured": "Measured", "confirmed": "Confirmed"}
STATEMENTS = "Said"


def bundle(case: Case) -> Bundle:
    """Every event, and every claim on the day it was said, in order of time."""
    dated: list[tuple[Event | Claim, When]] = [(event, event.when) for event in case.events.values()]
    dated += [(claim, claim.said) for claim in case.claims.values()]
    slides, without, lost = [], {}, []
    for record, when in dated:
        ends = _ends(when, case.head.as_of)
        if isinstance(ends, str):
            without[record.id] = ends
            continue
        if when.latest is None:
            lost.append(
                Lost(record.id, "end", "open", f"{ends[1]}, the case's as_of; display_date says that it is open")
            )
        slides.append((ends, record.id, _slide(record, when, ends, case)))
    slides.sort(key=lambda one: (_key(one[0][0]), one[1]))
    told = {
        "title": {"text": {"headline": escape(case.head.title), "text": f"<p>{escape(case.head.question)}</p>"}},
        "events": [slide for _, _, slide in slides],
    }
    return Bundle(files={"timeline.json": pretty_json(told).encode()}, without=without, lost=lost)


def _ends(when: When, as_of: date | None) -> tuple[Moment, Moment] | str:
    """First and last moment of the bar, or why there can be none."""
    if when.earliest is None:
        return "nobody said when it began; a bar without a beginning would invent one"
    if when.latest is not None:
        return when.earliest, when.latest
    if as_of is None or as_of < _day(when.earliest):
        return "its end is open, and the case has no as_of up to which it could be drawn"
    return when.earliest, as_of


def _slide(record: Event | Claim, when: When, ends: tuple[Moment, Moment], case: Case) -> dict[str, Any]:
    first, last = ends
    slide: dict[str, Any] = {"unique_id": record.id, "start_date": _date(first)}
    if first != last:
        slide["end_date"] = _date(last)
    words = f"“{when.text}”: {when.spoken()}" if when.text else when.spoken()
    slide["display_date"] = words + (" (UTC)" if isinstance(first, datetime) else "")
    if isinstance(record, Claim):
        speaker = case.sources[record.speaker].name(case.head.languages[0])
        lines = [f"{speaker} {record.stance.replace('_', ' ')}: {record.statement}"]
        lines += [f"About: {record.period.text or record.period.spoken()}"] if record.period else []
        return slide | {"group": STATEMENTS, "text": _text(speaker, lines, record.sources)}
    lines = [record.in_own_words] if record.in_own_words else []
    return slide | {"group": _GROUPS[record.basis], "text": _text(record.title, lines, record.sources)}


def _text(headline: str, lines: list[str], pages: tuple[Citation, ...]) -> dict[str, str]:
    """Text of a slide; TimelineJS takes it for HTML, so that everything is escaped."""
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    links = [(page.url, page.title or page.url) for page in pages if page.url is not None]
    body += "".join(f'<p><a href="{escape(url)}">{escape(title)}</a></p>' for url, title in links)
    return {"headline": escape(headline), "text": body}


def _date(moment: Moment) -> dict[str, int]:
    if isinstance(moment, datetime):
        there = moment.astimezone(UTC)
        return {**_date(there.date()), "hour": there.hour, "minute": there.minute, "second": there.second}
    return {"year": moment.year, "month": moment.month, "day": moment.day}


def _day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _key(moment: Moment) -> tuple[date, str]:
    return _day(moment), moment.isoformat()
