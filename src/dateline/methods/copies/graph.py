"""The graph of copies: who is bound to whom, in which groups, and the earliest that is known of each."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dateline.media.clip import Clip


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Two clips by number, what binds them, and that in a few words."""

    one: int
    other: int
    kind: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Copies of one another. members: numbers of clips, the dated first; earliest: of the one that is surely earlier
    than all others of known time, None where that is not known; undated: how many have no known time."""

    members: tuple[int, ...]
    earliest: int | None
    undated: int


def groups(clips: Sequence[Clip], edges: Sequence[Edge]) -> tuple[Group, ...]:
    """Groups of clips that copies bind, the largest first. Another picture of the same scene binds nobody."""
    root = list(range(len(clips)))

    def top(number: int) -> int:
        while root[number] != number:
            number = root[number]
        return number

    for edge in edges:
        if edge.kind == "copy":
            low, high = sorted((top(edge.one), top(edge.other)))
            root[high] = low
    found: dict[int, list[int]] = {}
    for number in range(len(clips)):
        found.setdefault(top(number), []).append(number)
    sets = [members for members in found.values() if len(members) > 1]
    return tuple(_group(clips, members) for members in sorted(sets, key=lambda each: (-len(each), each)))


def _group(clips: Sequence[Clip], members: Sequence[int]) -> Group:
    dated = [number for number in members if clips[number].posted is not None]
    first = [
        number for number in dated if all(earlier(clips[number], clips[other]) for other in dated if other != number)
    ]
    ordered = sorted(dated, key=lambda number: (number not in first, _edtf(clips[number]), number))
    return Group(
        members=(*ordered, *(number for number in members if number not in dated)),
        earliest=first[0] if first and len(dated) > 1 else None,
        undated=len(members) - len(dated),
    )


def _edtf(clip: Clip) -> str:
    return "" if clip.posted is None else clip.posted.edtf()


def earlier(one: Clip, other: Clip) -> bool:
    """Whether one was surely posted before the other."""
    return one.posted is not None and other.posted is not None and one.posted.before(other.posted) is True


def as_json(clips: Sequence[Clip], edges: Sequence[Edge], found: Sequence[Group], *, simulated: bool) -> bytes:
    """Nodes, edges and groups as JSON, clips by number, name and hash."""
    told = {
        "simulated": simulated,
        "nodes": [
            {
                "number": number,
                "name": clip.name,
                "sha256": clip.sha256,
                "kind": clip.kind,
                "item": clip.item,
                "media": clip.media_id,
                "posted": None if clip.posted is None else clip.posted.edtf(),
            }
            for number, clip in enumerate(clips)
        ],
        "edges": [{"one": e.one, "other": e.other, "kind": e.kind, "label": e.label} for e in edges],
        "groups": [{"members": list(g.members), "earliest": g.earliest, "undated": g.undated} for g in found],
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


WIDE, ROW, TALLEST = 1000, 34, 60
"""[px] Width of the drawing and height of a line; lines at most."""


def as_svg(clips: Sequence[Clip], edges: Sequence[Edge], *, simulated: bool) -> bytes:
    """An arc diagram: one line a clip in order of posting, undated last; full arcs are copies, dashed ones are other
    pictures of the same scene."""
    bound = {number for edge in edges for number in (edge.one, edge.other)}
    order = sorted(bound, key=lambda n: (clips[n].posted is None, _edtf(clips[n]), n))[:TALLEST]
    line = {number: 50 + ROW * place for place, number in enumerate(order)}
    high = 70 + ROW * len(order)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {high}" font-family="sans-serif" font-size="14">',
        "<title>Graph of copies</title>",
        f'<rect width="{WIDE}" height="{high}" fill="#fff"/>',
        '<text x="20" y="24" fill="#555">Posted (earliest first). Full line: copy. Dashed: same scene, other picture.'
        f"{' SIMULATED' if simulated else ''}</text>",
    ]
    for number in order:
        clip = clips[number]
        posted = "not known" if clip.posted is None else clip.posted.edtf()
        parts.append(
            f'<text x="20" y="{line[number] + 5}" fill="#333">{escape(posted)}</text>'
            f'<text x="210" y="{line[number] + 5}" fill="#111">{escape(clip.name[:48])}</text>'
            f'<circle cx="640" cy="{line[number]}" r="5" fill="#0072B2"/>'
        )
    drawn = (edge for edge in edges if edge.one in line and edge.other in line)
    parts.extend(_arc(line[edge.one], line[edge.other], edge) for edge in drawn)
    return "\n".join([*parts, "</svg>\n"]).encode()


def _arc(first: int, second: int, edge: Edge) -> str:
    top, bottom = min(first, second), max(first, second)
    reach = 640 + 330 * (1 - math.exp(-(bottom - top) / 250))
    style = 'stroke="#D55E00" stroke-width="2"' if edge.kind == "copy" else 'stroke="#999" stroke-dasharray="5 4"'
    return (
        f'<path d="M646 {top} C{reach:.0f} {top} {reach:.0f} {bottom} 646 {bottom}" fill="none" {style}>'
        f"<title>{escape(edge.label)}</title></path>"
    )
