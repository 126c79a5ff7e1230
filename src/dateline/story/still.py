"""A figure's drawing as SVG and its pictures as PNG, each a file that says what it shows and whom to credit."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
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

FOLDER = "figure"
EDGE, LETTERS, LINE = 14, 12, 16
"""[px] Room around a drawing, and the letters and lines below it."""
_DRAWING = re.compile(r'<svg class="(?!legend)[^"]*"(?=[^>]* role="img")[^>]*>.*?</svg>', re.DOTALL)
_IMAGE = re.compile(r'<img\b[^>]*? src="data:(image/[\w.+-]+);base64,([^"]*)"[^>]*>')
_ALT = re.compile(r' alt="([^"]*)"')
_BOX = re.compile(r' viewBox="([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+)"')
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_UNLIT = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_EVENTS = re.compile(r'<ol class="events">(.*?)</ol>', re.DOTALL)
_EVENT = re.compile(r"<li>(.*?)</li>", re.DOTALL)
_READ = re.compile(r"<g data-read=[^>]*/>")
"""What only the page's script reads."""
_TAG = re.compile(r"<[^>]*>")
_VARIABLE = re.compile(r"var\(--([\w-]+)\)")


def stills(figure: Figure) -> Iterator[Output]:
    """The files of one figure; none for one that is a table or rows of text.

    A drawing has the colours of paper, its words' fonts by name, and nothing that is loaded. Raises OSError where
    Pillow cannot read what the page carries.
    """
    for at, drawing in enumerate(_one_size(_DRAWING.findall(figure.html))):
        yield text_output(f"{FOLDER}/{_numbered(figure.name, at)}.svg", _alone(figure, drawing))
    for at, match in enumerate(_IMAGE.finditer(figure.html)):
        data, alt = base64.b64decode(match[2]), _ALT.search(match[0])
        words = unescape(alt[1]) if alt else ""
        name = f"{FOLDER}/{_numbered(figure.name, at)}"
        if match[1] == "image/svg+xml":
            yield text_output(f"{name}.svg", _described(data.decode(), figure, words))
        else:
            yield _picture(f"{name}.png", figure, data, words or figure.alt)


def credit_line(figure: Figure) -> str:
    """Whom to name beside it, and that it is simulated where it is."""
    page = figure.page
    front = page.reading.story.front
    assert front is not None
    mark = page.word("page.simulated_mark").upper() if figure.simulated else ""
    return " · ".join(part for part in (mark, front.byline or page.plain(front.title), figure.credit) if part)


def _numbered(name: str, at: int) -> str:
    return name if at == 0 else f"{name}-{at + 1}"


def _one_size(found: list[str]) -> list[str]:
    """Drawings made for two widths of screen: the wide ones."""
    return [svg for svg in found if " narrow" not in svg.partition(">")[0]]


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


def _picture(name: str, figure: Figure, data: bytes, alt: str) -> Output:
    """A picture as the page carries it, pixel by pixel, with its words in PNG text and XMP.

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
    with Image.open(io.BytesIO(data)) as picture:
        picture.convert("RGB").save(out, "PNG", pnginfo=info)
    return Output(name, out.getvalue(), "\n".join(told.values()))


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
