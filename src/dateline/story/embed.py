"""One figure as a page of its own, for an `<iframe sandbox="allow-scripts">` on somebody else's."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from dateline.story.figure import Figure
from dateline.story.output import Output, text_output
from dateline.story.page import safe
from dateline.story.render import HOME, csp_hash, environment, page_script, page_style

FOLDER = "embed"
_LINK = re.compile(r'(<a\b[^>]*?)\shref="#([^"]*)"')


def embed(figure: Figure) -> Output:
    """The figure with its caption, table, credit, licence and mark, complete without a script, loading nothing.

    A link to its working leads to the story where the front matter tells its address, and is plain words otherwise.
    """
    page = figure.page
    front = page.reading.story.front
    assert front is not None
    style = page_style(page) + (HOME / "embed.css").read_text(encoding="utf-8")
    script = (HOME / "embed.js").read_text(encoding="utf-8") + page_script(page)
    day = page.reading.story.as_of(page.case.head.as_of)
    html = (
        environment()
        .get_template("page/embed.html.j2")
        .render(
            page=page,
            figure=figure,
            html=_linked(figure.html, front.canonical, page.word("page.how")),
            canonical=front.canonical,
            story=page.plain(front.title),
            by=", ".join(part for part in (front.byline, page.language.day(day) if day else "") if part),
            rests=sorted(name for name in page.cited if page.case.has_finding(name)),
            style=safe(style),
            script=safe(script),
            style_hash=csp_hash(style),
            script_hash=csp_hash(script),
        )
    )
    return text_output(f"{FOLDER}/{figure.name}.html", html.strip() + "\n")


def _linked(html: Markup, canonical: str | None, how: str) -> Markup:
    """Links to what stands elsewhere on the page become links to the story, or lose their address.

    how: the words of a link that says nothing else; without an address it goes.
    """

    def link(match: re.Match[str]) -> str:
        if f'id="{match[2]}"' in html:
            return match[0]
        if canonical is None:
            return match[1]
        return f'{match[1]} href="{escape(canonical)}#{match[2]}" target="_blank" rel="noopener"'

    linked = _LINK.sub(link, html)
    if canonical is None:
        linked = re.sub(rf"<a\b[^>]*>{re.escape(escape(how))}</a>(?: · )?", "", linked)
    return safe(linked)
