"""A figure's drawing as SVG and PNG and its pictures as PNG, each a file that says what it shows and whom to credit."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from textwrap import wrap
from xml.sax.saxutils import escape

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from dateline.story import tokens
from dateline.story.catalogue import block
from dateline.story.figure import Figure
from dateline.story.output import Output, text_output
from dateline.story.page import Page
from dateline.story.rasterise import rasterise, why_not

FOLDER = "figure"
EDGE, LETTERS, LINE = 14, 12, 16
"""[px] Room around a drawing, and the letters and lines below it."""
_DRAWING = re.compile(r'<svg class="(?!legend)[^"]*"(?=[^>]* role="img")[^>]*>.*?</svg>', re.DOTALL)
_IMAGE = re.compile(r'<img\b[^>]*? src="data:(image/[\w.+-]+);base64,([^"]*)"[^>]*>')
_ALT = re.compile(r' alt="([^"]*)"')
_BOX = re.compile(r' viewBox="([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+)"')
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_UNLIT = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_SVG = "image/svg+xml"
_EVENTS = re.compile(r'<ol class="events">(.*?)</ol>', re.DOTALL)
_EVENT = re.compile(r"<li>(.*?)</li>", re.DOTALL)
_READ = re.compile(r"<g data-read=[^>]*/>")
"""What only the page's script reads."""
_VEILED = re.compile(r'<details class="veil">.*?</details>', re.DOTALL)
"""Graphic pictures, which no file shows to somebody who has not asked."""
_TAG = re.compile(r"<[^>]*>")
_VARIABLE = re.compile(r"var\(--([\w-]+)\)")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing that stands alone. name: within the site, without its ending."""

    name: str
    svg: str
    alt: str


def stills(figure: Figure) -> Iterator[Output]:
    """The files of one figure; none for one that is a table or rows of text.

    A drawing has the colours of paper, its words' fonts by name, and nothing that is loaded; its PNG has the letters of
    Noto Sans, and there is none where they lack one (see `without_png`). Raises OSError where Pillow cannot read what
    the page carries.
    """
    for one in drawings(figure):
        yield text_output(f"{one.name}.svg", one.svg)
        if not why_not(one.svg):
            yield _png(f"{one.name}.png", figure, rasterise(one.svg, _colour("paper")), one.alt, one.svg)
    for name, kind, data, alt in _carried(figure):
        if kind != _SVG:
            with Image.open(io.BytesIO(data)) as picture:
                yield _png(f"{name}.png", figure, picture.convert("RGB"), alt)


def drawings(figure: Figure) -> Iterator[Drawing]:
    """Those of the page, then those that a method made."""
    for at, svg in enumerate(_of_page(figure)):
        yield Drawing(_numbered(figure.name, at), _alone(figure, svg), figure.alt)
    for name, kind, data, alt in _carried(figure):
        if kind == _SVG:
            yield Drawing(name, _described(data.decode(), figure, alt), alt)


def without_png(figure: Figure) -> tuple[tuple[str, str], ...]:
    """The drawings of which there is no PNG, by file name, and why."""
    found = ((f"{one.name}.svg", why_not(one.svg)) for one in drawings(figure))
    return tuple((name, why) for name, why in found if why)


def credit_line(figure: Figure) -> str:
    """Whom to name beside it, and that it is simulated where it is."""
    page = figure.page
    front = page.reading.story.front
    assert front is not None
    mark = page.word("page.simulated_mark").upper() if figure.simulated else ""
    return " · ".join(part for part in (mark, front.byline or page.plain(front.title), figure.credit) if part)


def _numbered(name: str, at: int) -> str:
    """A sign that no figure's name has parts the number from it: two figures never take one file."""
    return f"{FOLDER}/{name}" if at == 0 else f"{FOLDER}/{name}_{at + 1}"


def _of_page(figure: Figure) -> list[str]:
    """Its drawings; of those made for two widths of screen the wide ones."""
    return [svg for svg in _DRAWING.findall(figure.html) if " narrow" not in svg.partition(">")[0]]


def _carried(figure: Figure) -> Iterator[tuple[str, str, bytes, str]]:
    """Name, kind, bytes and alt text of each picture that it carries, numbered on from its drawings."""
    for at, match in enumerate(_IMAGE.finditer(_VEILED.sub("", figure.html)), len(_of_page(figure))):
        alt = _ALT.search(match[0])
        words = unescape(alt[1]) if alt else ""
        yield _numbered(figure.name, at), match[1], base64.b64decode(match[2]), words or figure.alt


def _alone(figure: Figure, svg: str) -> str:
    """An SVG of the page with its style inside, ground under it and its credit at the foot."""
    head, _, rest = svg.partition(">")
    match = _BOX.search(head)
    assert match is not None
    x, y, width, height = (float(part) for part in match.groups())
    foot = _foot(figure, width)
    left, top, right, bottom = x - EDGE, y - EDGE, width + 2 * EDGE, height + 3 * EDGE + LINE * len(foot)
    box = f'viewBox="{left:g} {top:g} {right:g} {bottom:g}" width="{right:g}" height="{bottom:g}"'
    head = head.replace(match[0], "").replace(' tabindex="0"', "")
    titles = re.match(r"(?:\s*<title.*?</title>)?(?:\s*<desc.*?</desc>)?", rest, re.DOTALL)
    assert titles is not None
    said = titles[0].replace("</desc>", f" {escape(credit_line(figure))}</desc>")
    ground = f'<rect x="{left:g}" y="{top:g}" width="100%" height="100%" fill="{_colour("paper")}"/>'
    style = f"<style>{escape(_style(figure.page, svg))}</style>"
    body = _READ.sub("", rest[titles.end() :].removesuffix("</svg>"))
    below = _rows(foot, x, y + height + EDGE + LINE)
    return f'{head} xmlns="http://www.w3.org/2000/svg" {box}>{said}{style}{ground}{body}{below}</svg>\n'


def _foot(figure: Figure, width: float) -> list[str]:
    """What stands below a drawing: the events that it numbers, and the credit; cut where the drawing ends."""
    most = int(width / (LETTERS * 0.52))
    events = [unescape(_TAG.sub("", one)) for group in _EVENTS.findall(figure.html) for one in _EVENT.findall(group)]
    told = [f"{at}. {' '.join(event.split())}" for at, event in enumerate(events, 1)]
    credit = wrap(credit_line(figure), most, break_on_hyphens=False)
    return [line if len(line) <= most else line[: most - 1] + "…" for line in [*told, *credit]]


def _rows(lines: list[str], x: float, y: float) -> str:
    rows = "".join(f'<text x="{x:g}" y="{y + at * LINE:g}">{escape(line)}</text>' for at, line in enumerate(lines))
    font = escape(str(tokens.table()["font"]["sans"]), {'"': "'"})
    return f'<g font-family="{font}" font-size="{LETTERS}" fill="{_colour("quiet")}">{rows}</g>'


def _style(page: Page, svg: str) -> str:
    """The rules of the figure's blocks that touch this drawing, with the design's colours written out."""
    classes = {name for group in re.findall(r' class="([^"]*)"', svg) for name in group.split()}
    tags = set(re.findall(r"<([a-z]\w*)", svg))
    css = _UNLIT.sub("", "".join(block(name).css for name in page.sections))
    kept = []
    for selectors, rules in _RULE.findall(css):
        own = [one.strip() for one in selectors.split(",") if _touches(one, classes, tags)]
        if own:
            kept.append(f"{','.join(own)}{{{rules}}}")
    return _VARIABLE.sub(lambda match: _token(match[1]), "".join(kept))


def _touches(selector: str, classes: set[str], tags: set[str]) -> bool:
    named = set(re.findall(r"\.([\w-]+)", selector))
    kinds = set(re.findall(r"(?:^|[\s>+~])([a-z]\w*)", selector.strip()))
    return bool(named) and named <= classes and kinds <= tags and ":" not in selector


def _token(name: str) -> str:
    fonts = tokens.table()["font"]
    return str(fonts[name]) if name in fonts else _colour(name.replace("-", "_"))


def _colour(name: str) -> str:
    return str(tokens.table()["colour"]["light"][name])


def _described(svg: str, figure: Figure, alt: str) -> str:
    """A drawing that a method made, with what it shows and whom to credit in its description."""
    told = f"<desc>{escape(alt)} {escape(credit_line(figure))}</desc>"
    after = re.search(r"<svg\b[^>]*>(?:\s*<title>.*?</title>)?", svg, re.DOTALL)
    assert after is not None
    return svg[: after.end()] + told + svg[after.end() :]


def _png(name: str, figure: Figure, picture: Image.Image, alt: str, inside: str = "") -> Output:
    """A picture pixel by pixel, with its words in PNG text and XMP. inside: what is written in its pixels.

    PNG, third edition (W3C 2023), 11.3.3: keywords Title, Description, Author, Copyright, Source; XMP in iTXt.
    """
    front = figure.page.reading.story.front
    assert front is not None
    story = figure.page.plain(front.title)
    told = {
        "Title": figure.title,
        "Description": alt,
        "Author": credit_line(figure),
        "Copyright": figure.credit,
        "Source": f"{story} {front.canonical}" if front.canonical else story,
    }
    info = PngInfo()
    for key, text in told.items():
        info.add_itxt(key, text)
    info.add_itxt("XML:com.adobe.xmp", _xmp(told))
    out = io.BytesIO()
    picture.save(out, "PNG", pnginfo=info)
    return Output(name, out.getvalue(), "\n".join((*told.values(), inside)))


def _xmp(told: dict[str, str]) -> str:
    """What picture desks' programs read: Dublin Core's title, description, creator and rights (ISO 16684-1)."""

    def words(key: str, kind: str, text: str) -> str:
        attribute = ' xml:lang="x-default"' if kind == "Alt" else ""
        return f"<dc:{key}><rdf:{kind}><rdf:li{attribute}>{escape(text)}</rdf:li></rdf:{kind}></dc:{key}>"

    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        + words("title", "Alt", told["Title"])
        + words("description", "Alt", told["Description"])
        + words("creator", "Seq", told["Author"])
        + words("rights", "Alt", told["Copyright"])
        + "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
