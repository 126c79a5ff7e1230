"""The numbers behind a figure as CSV: what its tables print, no more and no finer, with where it comes from."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote

from markupsafe import Markup

from dateline.core.errors import InputError
from dateline.story.language import Language
from dateline.story.page import Page, safe

_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet begins a formula, or goes on to look for one (OWASP, "CSV Injection")."""
_END = "</figure>"
_TYPES = {"csv": "text/csv", "geojson": "application/geo+json"}
_PLAIN = ",;:()/=+$!*@[]{}|^~?"
"""What may stand in the address as it is: none of it ends an attribute, an address or an escape."""


@dataclass
class Table:
    """One table of the page as text: its header, where it has one, and its rows."""

    header: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = field(default_factory=list)


class _Tables(HTMLParser):
    """Reads the tables of a figure; drawings inside cells are left out, and a cell over two columns stands in one."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Table] = []
        self._cells: list[str] | None = None
        self._text: list[str] | None = None
        self._spans = 1
        self._is_head = False
        self._drawing = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A table, a row, a cell or a drawing begins."""
        match tag:
            case "table":
                self.found.append(Table())
            case "thead" | "tbody":
                self._is_head = tag == "thead"
            case "tr":
                self._cells = []
            case "td" | "th":
                self._text, self._spans = [], int(dict(attrs).get("colspan") or 1)
            case "svg":
                self._drawing += 1
            case "br" if self._text is not None:
                self._text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """Where one of them ends."""
        match tag:
            case "svg":
                self._drawing -= 1
            case "td" | "th" if self._text is not None and self._cells is not None:
                self._cells += [" ".join("".join(self._text).split()), *[""] * (self._spans - 1)]
                self._text = None
            case "tr" if self._cells:
                row, table = tuple(self._cells), self.found[-1]
                if self._is_head and not table.header:
                    table.header = row
                else:
                    table.rows.append(row)

    def handle_data(self, data: str) -> None:
        """Words of a cell."""
        if self._text is not None and not self._drawing:
            self._text.append(data)


def tables(html: str) -> list[Table]:
    """The tables of a figure; one that goes on under the same header is one."""
    parser = _Tables()
    parser.feed(html)
    found: list[Table] = []
    for table in parser.found:
        if found and table.header == found[-1].header:
            found[-1].rows += table.rows
        elif table.rows:
            found.append(table)
    return found


def with_downloads(page: Page, html: str, number: int, title: str, owners: Iterable[str]) -> str:
    """A figure's HTML with a link to each of its tables as a CSV file, which the address itself holds.

    Places that it shows follow as GeoJSON.

    Raises InputError (code "page-betrays") when a file would print what may stand nowhere.
    """
    found = tables(html)
    if not (found or number in page.geodata) or _END not in html:
        return html
    notes = _notes(page, number, title, sorted(owners))
    links = [
        _link(page, as_csv(table, notes, page.language), number, n if n > 1 else 0) for n, table in enumerate(found, 1)
    ]
    if number in page.geodata:
        links.append(_places(page, number, notes))
    line = Markup('<p class="downloads">{}</p>').format(Markup(" ").join(links))
    before, _, after = html.rpartition(_END)
    return f"{before}{line}\n{_END}{after}"


def as_csv(table: Table, notes: Sequence[str], language: Language) -> str:
    """A table as CSV (RFC 4180): notes as lines that begin with #, then the header, then rows; numbers bare."""
    stream = io.StringIO()
    stream.writelines(f"# {note}\r\n" for note in notes)
    writer = csv.writer(stream)
    if table.header:
        writer.writerow([_cell(text, language) for text in table.header])
    writer.writerows([_cell(text, language) for text in row] for row in table.rows)
    return stream.getvalue()


def _cell(text: str, language: Language) -> str:
    """A number as machines read it; a text that no spreadsheet takes for a formula."""
    marks = language.table["number"]
    plain = text.translate({ord(sign): None for sign in "\u2066\u2069"}).replace("−", "-")
    plain = plain.replace(str(marks["group"]), "").replace(str(marks["decimal"]), ".")
    if re.fullmatch(r"-?\d+(?:\.\d+)?", plain):
        return plain
    return f"'{text}" if text.startswith(_ACTIVE) else text


def _notes(page: Page, number: int, title: str, owners: Sequence[str]) -> list[str]:
    """What the file says of itself: the page, the figure, what it rests on, whose work and under which licence."""
    findings = [page.case.finding(name) for name in owners if page.case.has_finding(name)]
    front, day = page.reading.story.front, page.reading.story.as_of(page.case.head.as_of)
    names = {ref.id for one in findings for ref in one.inputs} | {*owners}
    items = [page.case.items[name] for name in sorted(names & {*page.case.items})]
    credited = {(item.attribution or item.name, item.licence.name) for item in items}
    told = [
        page.plain(front.title) if front is not None else page.case.head.id,
        f"{page.word('page.figure', n=number)}: {title}",
        page.word("page.as_of", day=page.language.day(day)) if day else "",
        page.word("page.simulated") if any(one.simulated for one in findings) else "",
        *(f"{one.id}: {one.method} {one.method_version}, {one.input_key}" for one in findings),
        *(page.word("download.credit", credit=credit, licence=licence) for credit, licence in sorted(credited)),
        page.word("download.rounded"),
    ]
    return [" ".join(note.split()) for note in told if note]


def _link(page: Page, text: str, number: int, part: int) -> Markup:
    words = page.word("download.table", n=part) if part else page.word("download.csv")
    return _file(page, text, number, f"{f'-{part}' if part else ''}.csv", words)


def _places(page: Page, number: int, notes: Sequence[str]) -> Markup:
    """The places of a figure as GeoJSON, with the notes of its tables as a foreign member (RFC 7946, 6.1)."""
    told = {**page.geodata[number], "notes": list(notes)}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return _file(page, text, number, ".geojson", page.word("download.geojson"))


def _file(page: Page, text: str, number: int, end: str, words: str) -> Markup:
    """A link that holds a file, whose name ends so. Raises InputError (code "page-betrays")."""
    betrayed = sorted({f"the {what} of {owner}" for owner, what, _ in page.reading.secrets.in_text(text)})
    if betrayed:
        raise InputError(
            f"The data of figure {number} would betray somebody; the page was not written.",
            saw="; ".join(betrayed),
            do="Look for it in titles, credits and labels that the figure prints. Say it otherwise.",
            code="page-betrays",
        )
    name = f"{page.case.head.id}-figure-{number}{end}"
    address = safe(f"data:{_TYPES[end.rpartition('.')[2]]};charset=utf-8," + quote(text, safe=_PLAIN))
    return Markup('<a class="download" download="{}" href="{}">{}<span class="vh"> ({})</span></a>').format(
        name, address, words, page.word("page.figure", n=number)
    )
