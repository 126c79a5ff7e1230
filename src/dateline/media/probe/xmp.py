"""XMP packets: properties by their qualified names, verbatim. A document type is refused, so no entity expands."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import islice

from dateline.media.probe.sheet import LONGEST_PACKET, Sheet

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PREFIXES = {
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
    "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#": "stEvt",
    "http://ns.adobe.com/xap/1.0/sType/ResourceRef#": "stRef",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/camera-raw-settings/1.0/": "crs",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
}
"""Usual prefixes of the namespaces (ISO 16684-1, 2019); others are told by their last words."""
DEEPEST = 12
MOST_TAGS = 200_000
MOST_PARTS = 500
"""Parts of one structure that are told."""


def read_xmp(packet: bytes, *, at: str, sheet: Sheet) -> None:
    """Writes down the properties of a packet. Faults: `xmp-broken`, `xmp-limit`."""
    if not sheet.take(2 * len(packet), at):
        return
    if len(packet) > LONGEST_PACKET or packet.count(b"<") > MOST_TAGS:
        sheet.fault("xmp-limit", f"The XMP packet has {len(packet)} bytes.", at)
        return
    if b"<!DOCTYPE" in packet or b"<!ENTITY" in packet or b"<\x00!\x00" in packet:
        sheet.fault("xmp-broken", "The XMP packet declares entities, which no XMP may; it was not read.", at)
        return
    start, end = packet.find(b"<"), packet.rfind(b">")
    try:
        root = ET.fromstring(packet[max(start, 0) : end + 1])  # noqa: S314 - no document type gets here
    except (ET.ParseError, ValueError, LookupError) as error:
        sheet.fault("xmp-broken", f"The XMP packet is no well-formed XML: {str(error)[:120]}", at)
        return
    for description in root.iter(f"{RDF}Description"):
        if sheet.is_full:
            return
        _description(description, at, sheet)


def _description(description: ET.Element, at: str, sheet: Sheet) -> None:
    for name, value in description.attrib.items():
        if not name.startswith(RDF):
            sheet.add("xmp", qualified(name), value, at)
    for child in description:
        if len(child) == 0 and child.attrib and not (child.text or "").strip():
            value = ", ".join(_attributes(child))
        else:
            parts = tuple(_texts(child, 0))
            if len(parts) != 1:
                if parts:
                    sheet.add("xmp", qualified(child.tag), parts, at)
                continue
            value = parts[0]
        if value:
            sheet.add("xmp", qualified(child.tag), value, at)


def _texts(element: ET.Element, depth: int) -> Iterator[str]:
    """The texts within a property, one a list entry; the fields of a structure in one text."""
    if depth > DEEPEST:
        return
    if element.tag == f"{RDF}li" or len(element) == 0:
        told = [*_attributes(element), (element.text or "").strip()]
        parts = (part for part in islice(element.iter(), MOST_PARTS) if part is not element)
        told += [f"{qualified(part.tag)}={text}" for part in parts if (text := (part.text or "").strip())]
        text = ", ".join(one for one in told if one)
        if text:
            yield text
        return
    for child in element:
        yield from _texts(child, depth + 1)


def _attributes(element: ET.Element) -> list[str]:
    return [
        f"{qualified(name)}={value}"
        for name, value in element.attrib.items()
        if not name.startswith((RDF, "{http://www.w3.org/XML"))
    ]


def qualified(name: str) -> str:
    """{namespace}Name as prefix:Name."""
    space, _, local = name.removeprefix("{").rpartition("}")
    if not space:
        return local
    return f"{PREFIXES.get(space) or space.rstrip('/#').rsplit('/', 1)[-1]}:{local}"
