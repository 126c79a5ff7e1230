"""Brackets and images in words, and as a finding carries them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from dateline.core.when import When
from dateline.methods.bracketing.answers import Judged
from dateline.methods.bracketing.hard import Hard, Span

Times = tuple[datetime | None, datetime | None]
LAST_SECOND = time(23, 59, 59)


def when_of(times: Times) -> When | None:
    """(after, by] as a When; whole days of UTC as plain days; None where both sides are open."""
    after, by = times
    if after is None and by is None:
        return None
    ends = [end for end in times if end is not None]
    if all(_is_day(end, is_first=end is after) for end in ends):
        return When.between(None if after is None else after.date(), None if by is None else by.date())
    if after is not None and after == by:  # an image between two moments that are the same second
        return When.on(after)
    return When(earliest=after, latest=by, after=after is not None)


def _is_day(end: datetime, *, is_first: bool) -> bool:
    return end.astimezone(UTC).time() == (time.min if is_first else LAST_SECOND)


def when_json(times: Iterable[Times]) -> dict[str, Any]:
    """Brackets as a finding carries them: ISO moments in UTC or plain days, and EDTF for other programs."""
    whens = [when for one in times if (when := when_of(one)) is not None]
    return {
        "kind": "when",
        "sets": [[_text(when.earliest), _text(when.latest)] for when in whens],
        "after": all(when.after for when in whens) and bool(whens),
        "edtf": [when.edtf() for when in whens],
    }


def _text(moment: Any) -> str | None:
    return None if moment is None else When.on(moment).edtf()


def moment(when: datetime) -> str:
    """2 February 2024, 10:04 UTC."""
    there = when.astimezone(UTC)
    return f"{there.day} {there:%B %Y}, {there:%H:%M} UTC"


def taken(one: Judged) -> str:
    """When an image was taken: a moment, a day, or an interval."""
    when = when_of((one.start, one.end))
    assert when is not None
    if one.start == one.end:
        return moment(one.start)
    return when.spoken()


def spoken(times: Times) -> str:
    """A bracket in words: between 4 and 9 October 2024; with the hours where it is no longer than a day."""
    after, by = times
    when = when_of(times)
    if when is None:
        return "at a time that cannot be told"
    if after is None or by is None:
        return when.spoken()
    if isinstance(when.latest, datetime) and by - after <= timedelta(days=1):
        first, last = after.astimezone(UTC), by.astimezone(UTC)
        if first.date() == last.date():
            return f"between {first:%H:%M} and {last:%H:%M} UTC on {last.day} {last:%B %Y}"
        return f"between {moment(after).removesuffix(' UTC')} and {moment(by)}"
    words = when.spoken()
    if words.startswith(("between", "after")):
        return words
    return f"on {words}" if when.days() == 1 else f"in {words}"


def image(one: Judged) -> str:
    """An image by its name, time, sensor and distance."""
    parts = [taken(one)]
    if one.sensor:
        parts.append(one.sensor)
    parts.append(f"{one.gsd:.3g} m" if one.gsd is not None else "ground sample distance not given")
    return f"{one.image} ({'; '.join(parts)})"


def kept_wide(judged: Sequence[Judged], found: Hard) -> str:
    """What images inside the bracket did not help, and why: "2 obscured (cloud), 1 too coarse". Empty for none."""
    after, by = found.appeared.times
    sides = (found.appeared.after, found.appeared.by)
    counts: Counter[str] = Counter()
    for one in judged:
        inside = (after is None or one.end > after) and (by is None or one.start < by)
        if inside and one not in sides and (word := unhelpful(one, found)):
            counts[word] += 1
    return ", ".join(f"{n} {word}" for word, n in counts.most_common())


def unhelpful(one: Judged, found: Hard) -> str:
    """Why an image does not move the bracket; empty for one that counts."""
    if one in found.conflict:
        return "in conflict"
    match one.answer:
        case "obscured":
            return f"obscured ({one.why})" if one.why else "obscured"
        case "disputed":
            return "disputed"
        case "not discernible" if one.says == "absent":
            return "of unknown capability" if one.grade == "unknown" else "too coarse for “absent” to count"
        case "not discernible":
            return "not discernible"
        case "present" if one not in found.present:
            return "present, seen once on an image that cannot be relied on"
    return ""


def span_said(span: Span) -> str:
    """The two images that set a bracket."""
    parts = []
    if span.after is not None:
        parts.append(f"last image without: {image(span.after)}")
    if span.by is not None:
        parts.append(f"first with: {image(span.by)}")
    said = "; ".join(parts)
    return said[:1].upper() + said[1:]
