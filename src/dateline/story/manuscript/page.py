"""A web page as a CMS writes it: paragraphs, headings, captions, the words of pictures. Scripts are no prose."""

from __future__ import annotations

from html.parser import HTMLParser

from dateline.story.manuscript.paragraph import Paragraph, clean

_ROLES = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "title"), "heading"),
    **dict.fromkeys(("td", "th"), "cell"),
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    "li": "item",
}
_BLOCKS = frozenset({
    *_ROLES, "p", "div", "section", "article", "header", "footer", "main", "aside", "figure", "blockquote", "tr",
    "table", "ul", "ol", "dl", "dt", "dd", "pre", "hr", "body", "address", "details", "summary",
})  # fmt: skip
_SILENT = frozenset({"script", "style", "template", "noscript", "svg", "iframe", "object", "select"})


def paragraphs(html: str) -> list[Paragraph]:
    """The texts of a page by blocks; what is not shown is not read."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [Paragraph(clean(text), role) for text, role in reader.found]


class _Reader(HTMLParser):
    """Gathers text by blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = [("", "paragraph")]
        self.roles: list[tuple[str, str]] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begins a paragraph, or silence; a picture's words are a paragraph of their own."""
        if self.silent or tag in _SILENT:
            self.silent += [tag] if tag in _SILENT else []
            return
        words = dict(attrs).get("alt") if tag in {"img", "area"} else None
        if words:
            self.found += [(words, "alt"), ("", self._role())]
        elif tag == "br":
            self._add(" ")
        elif tag in _BLOCKS:
            self.roles += [(tag, _ROLES[tag])] if tag in _ROLES else []
            self.found.append(("", self._role()))

    def handle_endtag(self, tag: str) -> None:
        """Ends either."""
        if self.silent:
            if tag == self.silent[-1]:
                self.silent.pop()
            return
        if tag in _BLOCKS:
            while any(tag == open_tag for open_tag, _ in self.roles) and self.roles.pop()[0] != tag:
                pass
            self.found.append(("", self._role()))

    def handle_data(self, data: str) -> None:
        """Adds text."""
        if not self.silent:
            self._add(data)

    def _add(self, text: str) -> None:
        told, role = self.found[-1]
        self.found[-1] = (told + text, role)

    def _role(self) -> str:
        return self.roles[-1][1] if self.roles else "paragraph"
