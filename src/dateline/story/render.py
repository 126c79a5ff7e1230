"""One self-contained page: complete without JavaScript and on paper, the same bytes from the same case."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound
from markupsafe import Markup

from dateline.core.identity import digest
from dateline.story import tokens
from dateline.story.block import SECTIONS, BlockModel
from dateline.story.catalogue import block, block_folders
from dateline.story.linked_data import linked_data
from dateline.story.page import Page, safe
from dateline.story.prose import body
from dateline.story.reading import CANNOT_TELL, REFUSED, Reading

HOME = Path(__file__).parent / "page"


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


def render(reading: Reading) -> bytes:
    """The page of a story that has passed its check.

    Raises the errors of pictures and files that cannot be put on the page; nothing is written here.
    """
    page = Page(reading)
    text = body(page, reading.story.tokens, lambda index: _placed(page, index))
    front = reading.story.front
    assert front is not None
    title, standfirst = page.prose(front.title), page.prose(front.standfirst)
    late = {name: _section(page, name) for name in SECTIONS}
    for index, use in enumerate(reading.story.blocks):
        if use.name in SECTIONS:
            text = safe(text.replace(_placeholder(index), late.pop(use.name, "")))
    style, script = tokens.css() + _css(page), (HOME / "page.js").read_text(encoding="utf-8")
    html = (
        environment()
        .get_template("page/page.html.j2")
        .render(
            page=page,
            front=front,
            title=title,
            title_text=page.plain(front.title),
            standfirst=standfirst,
            description=page.plain(front.standfirst),
            body=text,
            late=late.values(),
            as_of=reading.story.as_of(reading.case.head.as_of),
            style=safe(style),
            script=safe(script),
            style_hash=_csp_hash(style),
            script_hash=_csp_hash(script),
            records_sha=digest(dict(reading.case.files)),
            unanswered=_unanswered(reading),
            simulated=reading.simulated,
            linked_data=linked_data(page),
        )
    )
    return (html.strip() + "\n").encode()


def _placed(page: Page, index: int) -> str:
    use = page.reading.story.blocks[index]
    assert use.model is not None
    return _placeholder(index) if use.name in SECTIONS else _block(page, use.name, use.model)


def _placeholder(index: int) -> str:
    """A comment that no writer can produce: HTML in a story is text."""
    return f"<!--section {index}-->"


def _section(page: Page, name: str) -> Markup:
    """A section as the writer placed it, or with its defaults."""
    models = [use.model for use in page.reading.story.blocks if use.name == name and use.model is not None]
    return _block(page, name, models[0] if models else block(name).model())


def _block(page: Page, name: str, model: BlockModel) -> Markup:
    found = block(name)
    if name not in page.sections:
        page.sections.append(name)
    template = environment().get_template(f"blocks/{name}/block.html.j2")
    html = template.render(block=model, page=page, **found.prepare(model, page))
    return safe(html.strip() + "\n")


def _css(page: Page) -> str:
    own = (HOME / "page.css").read_text(encoding="utf-8")
    return own + "".join(block(name).css for name in page.sections) + (HOME / "print.css").read_text(encoding="utf-8")


def _csp_hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _unanswered(reading: Reading) -> int:
    return sum(finding.result in {REFUSED, CANNOT_TELL} for finding in reading.findings.values())
