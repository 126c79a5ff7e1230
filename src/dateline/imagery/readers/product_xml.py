"""The XML of satellite products, read with nothing expanded: a file that declares a type or an entity is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder  # the tree alone: bytes go through the guarded parser below
from xml.parsers import expat

import numpy as np
import numpy.typing as npt

from dateline.core.errors import InputError

F8 = npt.NDArray[np.float64]


def parse(data: bytes, origin: str) -> Element:
    """The root of a document, names without their namespaces. Raises InputError `xml` for faults and declarations."""
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        builder.start(name.rpartition(" ")[2], attributes)

    def end(name: str) -> None:
        builder.end(name.rpartition(" ")[2])

    def refuse(*_: Any) -> None:
        raise expat.ExpatError("a document type or entity declaration, which no product has")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, ValueError, LookupError, AssertionError) as error:
        raise broken(origin, str(error)) from error


def broken(origin: str, saw: str) -> InputError:
    """The error for a product's file that cannot be read as what it is."""
    return InputError(
        "A file of the product cannot be read.",
        saw=f"{origin}: {saw}"[:300],
        do="Download the product again from its archive.",
        code="xml",
    )


def text(element: Element, path: str, origin: str) -> str:
    """The text at a path. Raises InputError `xml` where there is none."""
    found = element.text if path == "." else element.findtext(path)
    if found is None or not found.strip():
        raise broken(origin, f"no {path}")
    return found.strip()


def number(element: Element, path: str, origin: str) -> float:
    """The number at a path. Raises InputError `xml`."""
    found = text(element, path, origin)
    try:
        value = float(found)
    except ValueError as error:
        raise broken(origin, f"{path} is {found!r}") from error
    if not np.isfinite(value):
        raise broken(origin, f"{path} is {found!r}")
    return value


def numbers(element: Element, path: str, origin: str) -> F8:
    """(n,) the numbers, parted by spaces, at a path. Raises InputError `xml`."""
    try:
        found = np.array(text(element, path, origin).split(), dtype=float)
    except ValueError as error:
        raise broken(origin, f"{path}: {error}") from error
    if not np.isfinite(found).all():
        raise broken(origin, f"{path} holds numbers that are none")
    return found


def moment(element: Element, path: str, origin: str) -> datetime:
    """The UTC time at a path, which products write without a zone. Raises InputError `xml`."""
    found = text(element, path, origin)
    try:
        return datetime.fromisoformat(found.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError as error:
        raise broken(origin, f"{path} is {found!r}") from error
