"""One self-contained page: complete without JavaScript and on paper, the same bytes from the same case."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from urllib.parse import urljoin

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound
from markupsafe import Markup

from dateline.core.identity import digest
from dateline.story import tokens
from dateline.story.block import SECTIONS, BlockModel
from dateline.story.catalogue import block, block_folders
from dateline.story.download import with_downloads
from dateline.story.linked_data import linked_data
from dateline.story.page import Drawings, Page, safe
from dateline.story.paper import margins
from dateline.story.prose import body
from dateline.story.reading import CANNOT_TELL, REFUSED, Reading

HOME = Path(__file__).parent / "page"
NOTHING = Markup("")


class _Loader(BaseLoader):
    """Templates by name: page/NAME for ours, blocks/NAME for a block's own folder."""

    def get_source(self, _environment: Environment, template: str) -> tuple[str, str, None]:
        home, _, rest = template.partition("/")
        path = HOME / rest if home == "page" else block_folders()[rest.partition("/")[0]] / rest.partition("/")[2]
        if not path.is_file():
            raise TemplateNotFound(template)
        return path.read_text(encoding="utf-8"), str(path), None


@cache
def environment() -> Environment:
    """Jinja with everything escaped and nothing undefined."""
    return Environment(
        loader=_Loader(), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def render(reading: Reading, *, drawn: Drawings | None = None, card: str = "") -> bytes:
    """The page of a story that has passed its check.

    drawn: where pictures are kept once they are drawn. card: what the social card beside the page shows, in words.
    Raises the errors of pictures and files that cannot be put on the page; nothing is written here.
    """
    page = Page(reading, drawn={} if drawn is None else drawn)
    text = body(page, reading.story.tokens, lambda index: _placed(page, index))
    front = reading.story.front
    assert front is not None
    title, standfirst = page.prose(front.title), page.prose(front.standfirst)
    late = {name: _section(page, name) for name in SECTIONS}
    for index, use in enumerate(reading.story.blocks):
        if use.name in SECTIONS:
            text = safe(text.replace(_placeholder(index), late.pop(use.name, "")))
    title_text, records = page.plain(front.title), digest(dict(reading.case.files))
    style, script = page_style(page) + margins(page, title_text, records), page_script(page)
    html = (
        environment()
        .get_template("page/page.html.j2")
        .render(
            page=page,
            front=front,
            title=title,
            title_text=title_text,
            standfirst=standfirst,
            description=page.plain(front.standfirst),
            body=text,
            late=late.values(),
            as_of=reading.story.as_of(reading.case.head.as_of),
            style=safe(style),
            script=safe(script),
            style_hash=csp_hash(style),
            script_hash=csp_hash(script),
            records_sha=records,
            unanswered=_unanswered(reading),
            simulated=reading.simulated,
            linked_data=linked_data(page),
            card=card,
            address=urljoin,
        )
    )
    return (html.strip() + "\n").encode()


def _placed(page: Page, index: int) -> str:
    use = page.reading.story.blocks[index]
    assert use.model is not None
    if use.name in SECTIONS:
        return _placeholder(index)
    inside = body(page, use.tokens, lambda _: "")
    before, html = page.figures, block_html(page, use.name, use.model, inside)
    if page.figures == before:
        return html
    return with_downloads(page, html, page.figures, _title(page, use.model), _owners(page, use.model))


def _title(page: Page, model: BlockModel) -> str:
    return page.plain(getattr(model, "title", ""))


def _placeholder(index: int) -> str:
    """A comment that no writer can produce: HTML in a story is text."""
    return f"<!--section {index}-->"


def _section(page: Page, name: str) -> Markup:
    """A section as the writer placed it, or with its defaults."""
    models = [use.model for use in page.reading.story.blocks if use.name == name and use.model is not None]
    return block_html(page, name, models[0] if models else block(name).model())


def block_html(page: Page, name: str, model: BlockModel, inside: Markup = NOTHING) -> Markup:
    """One block as HTML, with what it cites and carries added to the page. inside: its prose, where it holds any."""
    found = block(name)
    if name not in page.sections:
        page.sections.append(name)
    template, since = environment().get_template(f"blocks/{name}/block.html.j2"), len(page.printed)
    prepared = found.prepare(model, page)
    html = template.render(block=model, page=page, inside=inside, **prepared)
    number = prepared.get("number")
    if found.model.is_figure and isinstance(number, int):
        page.shows(number, _title(page, model), _owners(page, model), since)
    return safe(html.strip() + "\n")


def _owners(page: Page, model: BlockModel) -> set[str]:
    """The findings and records that a block names, whose values it draws."""
    marked = ((sort, text) for _, sort, text in model.marked() if sort not in {"prose", "plain"})
    return {page.look(text).owner for _, text in marked}


def page_style(page: Page) -> str:
    """The style of a page: tokens, frame, the blocks that stand on it, paper."""
    own, paper = ((HOME / name).read_text(encoding="utf-8") for name in ("page.css", "print.css"))
    return tokens.css() + own + "".join(block(name).css for name in page.sections) + paper


def page_script(page: Page) -> str:
    """The page's one script: its own, then those of the blocks that stand on it."""
    return (HOME / "page.js").read_text(encoding="utf-8") + "".join(block(name).js for name in page.sections)


def csp_hash(text: str) -> str:
    """A text as a policy names it (CSP Level 3, W3C, hash-source)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _unanswered(reading: Reading) -> int:
    return sum(finding.result in {REFUSED, CANNOT_TELL} for finding in reading.findings.values())
