"""A strip of images in time: seen, absent, not to be told, obscured, by shape and word; and the bracket they set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from pydantic import Field

from dateline.core.errors import InputError
from dateline.core.when import When
from dateline.ledger.finding import Finding
from dateline.story.block import BlockModel, FindingId, Plain, Prose
from dateline.story.blocks.bracket.draw import DAY, Look, Times, draw
from dateline.story.page import Page

KINDS = ("present", "absent", "not_discernible", "obscured", "disputed")
"""Answers, in the order of the legend."""


class Model(BlockModel):
    """The body of a :::bracket block."""

    is_figure: ClassVar[bool] = True

    title: Prose
    finding: FindingId
    alt: Plain = Field(description="what the strip shows, and why it matters")
    caption: Prose = ""


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The strip for wide and for narrow screens, and its table. Raises InputError (code "bracket") for other rows."""
    finding = page.finding(block.finding)
    looks = looks_of(page, finding)
    spans = [_times(finding, key) for key in ("appeared", "gone")]
    counts = Counter(look.kind for look in looks)
    return {
        "number": page.next_figure(),
        "charts": [
            draw(looks, [one for one in spans if one], size=size, language=page.language) for size in ("wide", "narrow")
        ],
        "looks": looks,
        "legend": [(kind, counts[kind]) for kind in KINDS if counts[kind]],
        "band": _said(page, spans[0]),
        "gone": _said(page, spans[1]),
        "simulated": finding.simulated,
        "anchor": page.anchor(finding.id),
    }


def looks_of(page: Page, finding: Finding) -> list[Look]:
    """The finding's rows as looks, in order of time."""
    made = []
    for row in page.rows(finding):
        try:
            kind = str(row["answer"]).replace(" ", "_")
            if kind not in KINDS:
                raise ValueError(f"answer {row['answer']!r}")
            gsd = row.get("gsd")
            look = Look(
                image=str(row["image"]),
                start=datetime.fromisoformat(str(row["start"])).astimezone(UTC),
                end=datetime.fromisoformat(str(row["end"])).astimezone(UTC),
                sensor=str(row.get("sensor") or ""),
                gsd=float(gsd) if gsd not in {None, ""} else None,
                kind=kind,
                counts=str(row.get("counts")).lower() == "true",
                why=str(row.get("why") or ""),
                without=str(row.get("without") or ""),
                taken=str(row.get("taken") or row["start"]),
            )
            made.append(look if page.language.code == "en" else replace(look, taken=_taken(look, page)))
        except (KeyError, ValueError, TypeError) as error:
            raise _no_looks(finding, f"a row with {error}") from error
    if not made:
        raise _no_looks(finding, "no rows")
    return made


def _taken(look: Look, page: Page) -> str:
    """When an image was taken in the page's language: to the minute, or over some days."""
    if look.end - look.start < DAY:
        return page.word("bracket.moment", day=page.language.day(look.start.date()), time=f"{look.start:%H:%M}")
    return page.language.when(When.between(look.start.date(), look.end.date()))


def _no_looks(finding: Finding, saw: str) -> InputError:
    return InputError(
        f"The finding {finding.id} cannot be shown as a strip of images.",
        saw=saw,
        do="Give a finding of bracketing: its rows are images with an answer.",
        code="bracket",
    )


def _times(finding: Finding, key: str) -> Times | None:
    """A bracket of the finding as moments; plain days become the first and last second of them."""
    sets = finding.values.get(key, {}).get("sets", [])
    if not sets:
        return None
    return _moment(sets[0][0], "00:00:00"), _moment(sets[0][1], "23:59:59")


def _moment(text: str | None, at: str) -> datetime | None:
    if text is None:
        return None
    return datetime.fromisoformat(text if "T" in text else f"{text}T{at}+00:00").astimezone(UTC)


def _said(page: Page, times: Times | None) -> str:
    """The bracket under the strip: in days, and to the minute where both ends are moments."""
    if times is None:
        return ""
    after, by = times
    whole = [one is None or (one.hour, one.minute) in {(0, 0), (23, 59)} for one in times]
    if after is None or by is None or all(whole):
        ends = (None if one is None else one.date() for one in times)
        return page.language.when(When.between(*ends))
    first, last = (
        page.word("bracket.moment", day=page.language.day(one.date()), time=f"{one:%H:%M}") for one in (after, by)
    )
    return page.word("bracket.after_by", after=first, by=last)
