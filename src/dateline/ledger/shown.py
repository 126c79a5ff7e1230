"""A finding as HTML for a notebook: its own words and numbers, and nothing that it does not hold itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape, unescape
from typing import TYPE_CHECKING

from dateline.ledger.frame import is_sensitive, secrets_beside

if TYPE_CHECKING:
    from dateline.core.estimate import Estimate
    from dateline.ledger.finding import Finding, Note

MOST = 12
"""So many places or inputs are listed; how many more there are is said."""
HIDDEN = "Sensitive: it says {what}. finding.to_html(show_sensitive=True) shows it on your own screen."
_TAG = re.compile(r"<[^<>]*>")
_BOX = (
    "color-scheme:light dark;max-width:46rem;padding:.6rem .9rem;border:1px solid GrayText;background:Canvas;"
    "color:CanvasText;font:14px/1.5 system-ui,sans-serif;text-align:left"
)
_CELL = "padding:.2rem .9rem .2rem 0;text-align:left;vertical-align:top;border-bottom:1px solid GrayText"


def html_of(finding: Finding, *, show_sensitive: bool = False) -> str:
    """A small table in the reader's own colours, light or dark; every text escaped, nothing loaded.

    Where the finding says where somebody stood, or names somebody of its case who may not be named, all that it says
    stays hidden until it is asked for.
    """
    told = _framed(finding, (f"{_text(finding.result)} · {_text(finding.question)}", *_told(finding)))
    if show_sensitive:
        return told
    if is_sensitive(finding):
        return _framed(finding, (_text(finding.result), _text(HIDDEN.format(what="where somebody stood"))))
    if next(secrets_beside(finding).in_text(unescape(_TAG.sub(" ", told))), None) is not None:
        return _framed(finding, ("", _text(HIDDEN.format(what="what may not be printed of somebody"))))
    return told


def _framed(finding: Finding, parts: Iterable[str]) -> str:
    """The first part beside its id and mark, the others below."""
    beside, said, *rest = parts
    mark = "<b>SIMULATED</b> " if finding.simulated else ""
    edited = "" if finding.self_sha256 == "" or finding.is_intact else " · <b>edited by hand</b>"
    head = f"<p><b>{_text(finding.id)}</b> · {mark}{beside}</p><p>{said}</p>"
    made = f"{_text(finding.method)} {_text(finding.method_version)} · {_text(finding.input_key[:16])}{edited}"
    return f'<div style="{_BOX}" lang="en">{head}{"".join(rest)}<p><small>{made}</small></p></div>'


def _told(finding: Finding) -> Iterator[str]:
    """All that it says."""
    yield _text(finding.statement.en)
    yield from _table("What was measured", _estimates(finding))
    yield from _table("Places", _more((name, answer.result) for name, answer in finding.places.items()))
    yield from _notes("Why", finding.reasons)
    yield from _notes("Limits", finding.caveats)
    yield from _notes("Needed", finding.needed)
    yield from _table("Rests on", _more((f"{ref.kind} {ref.id}", ref.sha256[:16]) for ref in finding.inputs))


def _text(words: str) -> str:
    return escape(str(words))


def _estimates(finding: Finding) -> Iterator[tuple[str, str]]:
    for name, one in finding.estimates.items():
        yield name, _spoken(one)


def _spoken(one: Estimate) -> str:
    """Best and interval; an open side is named and no number stands for it."""
    best, low, high = one.spoken()
    unit = "" if one.unit == "1" else f" {one.unit}"
    bounds = f"{low if low is not None else 'open'} to {high if high is not None else 'open'}"
    return f"{best}{unit} ({100 * one.level:g} % interval {bounds}; n = {one.n})"


def _more(rows: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    found = list(rows)
    yield from found[:MOST]
    if len(found) > MOST:
        yield f"and {len(found) - MOST} more", ""


def _table(title: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    cells = "".join(
        f'<tr><th scope="row" style="{_CELL};font-weight:400">{_text(one)}</th>'
        f'<td style="{_CELL}">{_text(other)}</td></tr>'
        for one, other in rows
    )
    if cells:
        head = f'<caption style="text-align:left">{title}</caption>'
        yield f'<table style="border-collapse:collapse;background:none">{head}{cells}</table>'


def _notes(title: str, notes: Iterable[Note | str]) -> Iterator[str]:
    items = "".join(f"<li>{_text(note if isinstance(note, str) else note.text)}</li>" for note in notes)
    if items:
        yield f"<p>{title}</p><ul>{items}</ul>"
