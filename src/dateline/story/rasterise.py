"""A drawing as pixels: SVG to PNG with the program's own letters, nothing loaded, the same bytes everywhere."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Iterator
from xml.etree import ElementTree

import resvg_py
from PIL import Image

from dateline.story import letters

TWICE = 2.0
"""[px of the picture per px of the drawing]"""
LONGEST = 8000
"""[px] No side of a picture is longer."""
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_HREFS = ("href", f"{{{_XLINK}}}href")
_READ = ("data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,")
_WEBP = "data:image/webp;base64,"


def why_not(svg: str) -> str:
    """Why a drawing cannot be a picture; "" when it can. A letter is never drawn as an empty box."""
    if "<!ENTITY" in svg:
        return "it declares entities, which may unfold without end"
    try:
        missing = letters.lacking(_words(_parsed(svg)))
    except ElementTree.ParseError:
        return "it is no well-formed SVG"
    return f"the fonts have no {' '.join(missing)}" if missing else ""


def rasterise(svg: str, ground: str) -> Image.Image:
    """Draws it on a ground [CSS colour] at twice its size; call `why_not` before. Raises ValueError for what is no SVG.

    What lies outside the file is not looked at: an address is taken off, and a picture that it carries is read here.
    """
    root = _parsed(svg)
    for element in root.iter():
        _inward(element)
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    data = resvg_py.svg_to_bytes(
        svg_string=ElementTree.tostring(root, encoding="unicode"),
        background=ground,
        skip_system_fonts=True,
        zoom=_zoom(root),
        font_files=[str(path) for path in letters.fonts_for(_words(root))],
        font_family=letters.FAMILY,
        sans_serif_family=letters.FAMILY,
        serif_family=letters.FAMILY,
        monospace_family=letters.FAMILY,
    )
    with Image.open(io.BytesIO(bytes(data))) as picture:
        return picture.convert("RGB")


def _parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 (what declares entities does not come so far)


def _words(root: ElementTree.Element) -> str:
    return "".join("".join(one.itertext()) for one in root.iter(f"{{{_SVG}}}text"))


def _inward(element: ElementTree.Element) -> None:
    """Leaves of an element's addresses those within the drawing and the pictures that it carries."""
    for name in _HREFS:
        address = element.get(name, "#")
        if address.startswith(_WEBP):
            element.set(name, _as_png(address.removeprefix(_WEBP)))
        elif not address.startswith(("#", *_READ)):
            del element.attrib[name]


def _as_png(data: str) -> str:
    out = io.BytesIO()
    try:
        with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
            picture.save(out, "PNG")
    except (binascii.Error, OSError) as error:
        raise ValueError(f"a picture inside it cannot be read: {error}") from error
    return _READ[0] + base64.b64encode(out.getvalue()).decode()


def _zoom(root: ElementTree.Element) -> float:
    return min(TWICE, LONGEST / max([1.0, *_sides(root)]))


def _sides(root: ElementTree.Element) -> Iterator[float]:
    """Width and height [px], of the box where the drawing itself does not say."""
    box = root.get("viewBox", "").replace(",", " ").split()[2:]
    told = [root.get("width", ""), root.get("height", "")]
    for text in [*told, *box] if all(told) else box:
        try:
            yield float(text.removesuffix("px"))
        except ValueError:
            continue
