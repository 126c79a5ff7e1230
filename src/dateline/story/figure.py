"""Each figure of a story by itself: rendered alone, under a name that stays when others come before it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from markupsafe import Markup

from dateline.core.identity import sha256_bytes
from dateline.evidence.item import Item, Use
from dateline.ledger.trace import trace
from dateline.story.block import BlockModel
from dateline.story.document import BlockUse
from dateline.story.markdown import markdown
from dateline.story.page import Drawings, Page
from dateline.story.picture_spec import pictures_of
from dateline.story.reading import Reading
from dateline.story.render import block_html

_WORDS = 6
"""So many words of a title make a name."""
_NUMBER = re.compile(r'<span class="fig-n">[^<]*</span>\s*')


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure alone. page: a page of which it is the only figure, with what it cites, carries and credits."""

    name: str
    page: Page
    html: Markup
    title: str
    alt: str
    simulated: bool

    @property
    def credit(self) -> str:
        """Who is to be credited, with licences."""
        rows = sorted((who, licence) for who, licence in self.page.credits.items() if who)
        return "; ".join(f"{who} ({licence})" if licence else who for who, licence in rows)


def figures(reading: Reading, drawn: Drawings) -> tuple[Figure, ...]:
    """Every figure that may leave the page, in order, of a story that has passed its check.

    drawn: pictures that a page has drawn already.
    """
    return tuple(
        _figure(reading, use.name, model, name, drawn)
        for name, use, model in _named(reading)
        if not _forbidden(reading, model)
    )


def left_out(reading: Reading) -> tuple[tuple[str, str], ...]:
    """Figures that may stand nowhere but on the page, by name, and why: an item's licence for the use "embed"."""
    found = ((name, _forbidden(reading, model)) for name, _, model in _named(reading))
    return tuple((name, why) for name, why in found if why)


def _named(reading: Reading) -> Iterator[tuple[str, BlockUse, BlockModel]]:
    taken: set[str] = set()
    for use in reading.story.blocks:
        if use.model is not None and use.model.is_figure:
            base = _name(use.name, use.model)
            names = (base if at == 1 else f"{base}-{at}" for at in count(1))
            name = next(name for name in names if name not in taken)
            taken.add(name)
            yield name, use, use.model


def _figure(reading: Reading, kind: str, model: BlockModel, name: str, drawn: Drawings) -> Figure:
    page = Page(reading, drawn=drawn)
    html = block_html(page, kind, model)
    for item in (*_items(reading, model), *_below(reading, model)):
        if item.attribution:
            page.credits.setdefault(item.attribution, item.licence.name)
    title = page.plain(str(getattr(model, "title", "")))
    alts = [str(getattr(model, "alt", "")), *(spec.alt for _, spec in pictures_of(model))]
    return Figure(
        name=name,
        page=page,
        html=Markup(_NUMBER.sub("", html)),  # noqa: S704 (our own markup, less the number it has on the page)
        title=title,
        alt=" ".join(page.plain(alt) for alt in alts if alt) or title,
        simulated=_is_simulated(reading, model, page),
    )


def _items(reading: Reading, model: BlockModel) -> Iterator[Item]:
    """The archived items whose pixels or shapes it shows."""
    for _, spec in pictures_of(model):
        yield from reading.items_behind(spec)
    yield from reading.items_drawn(model)


def _below(reading: Reading, model: BlockModel) -> Iterator[Item]:
    """The archived items on which the findings that it shows rest."""
    for _, sort, text in model.marked():
        reference = None if sort in {"prose", "plain"} else reading.found(text)
        if reference is not None and reference.owner_kind == "finding":
            nodes = {node.id for node in trace(reading.case, reference.owner).walk()}
            yield from (reading.case.items[name] for name in sorted(nodes & set(reading.case.items)))


def _forbidden(reading: Reading, model: BlockModel) -> str:
    """Why its pictures may not be embedded elsewhere; "" when they may. Unknown is not a yes."""
    told = {
        f"the licence of {item.id} ({item.licence.name}) "
        + (
            "forbids embedding"
            if item.licence.permits(Use.EMBED) == "no"
            else "does not say whether it may be embedded"
        )
        for item in _items(reading, model)
        if item.licence.permits(Use.EMBED) != "yes"
    }
    return "; ".join(sorted(told))


def _is_simulated(reading: Reading, model: BlockModel, page: Page) -> bool:
    named = [text for _, sort, text in model.marked() if sort not in {"prose", "plain"}]
    return (
        reading.case.head.exercise
        or any(reading.is_simulated(text) for text in named)
        or any(reading.is_simulated(owner) for owner in page.cited)
        or any(reading.is_simulated_picture(spec) for _, spec in pictures_of(model))
    )


def _name(block_name: str, model: BlockModel) -> str:
    """The block's kind and what it shows: its finding, its pictures' items or files, else the words of its title."""
    finding = getattr(model, "finding", None)
    shown = [spec.item or spec.finding or _stem(spec.file or "") for _, spec in pictures_of(model)]
    subject = finding if isinstance(finding, str) else "-".join(dict.fromkeys(shown[:2]))
    kind = block_name.replace("_", "-")
    told = _plain(subject)[:80] or _of_title(str(getattr(model, "title", "")))
    return told if told.startswith(f"{kind}-") else f"{kind}-{told}"


def _stem(file: str) -> str:
    return file.rpartition("/")[2].split(".simulated")[0].rsplit(".", 1)[0]


def _of_title(title: str) -> str:
    """A title's own words: what references in it print changes with the case, and the name must not."""
    tokens = [child for top in markdown().parseInline(title) for child in top.children or []]
    text = " ".join(child.content for child in tokens if child.type in {"text", "exempt", "code_inline"})
    words = _plain(text).split("-")[:_WORDS]
    return "-".join(words) if any(words) else sha256_bytes(title.encode())[:8]


def _plain(text: str) -> str:
    """Small Latin letters, digits and dashes."""
    latin = unicodedata.normalize("NFKD", text.replace("’", "")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", latin).strip("-")
