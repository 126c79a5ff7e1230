"""Reading DER (ITU-T X.690, 2021): just enough for time-stamp tokens, and strict.

Sets may be in any order: authorities send their certificates unsorted, and strict readers then see nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

INTEGER, BIT_STRING, OCTETS, NULL, OID, UTF8, TIME = 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x18
SEQUENCE, SET = 0x30, 0x31
CONTEXT_0, CONTEXT_1 = 0xA0, 0xA1


class Malformed(ValueError):
    """Bytes that are not what they should be; says what, and where it was expected."""


@dataclass(frozen=True, slots=True)
class Element:
    """One tagged value. `whole` are its bytes with tag and length, `content` those without."""

    tag: int
    content: bytes
    whole: bytes

    def parts(self) -> tuple[Element, ...]:
        """The elements inside a constructed one."""
        found, rest = [], self.content
        while rest:
            element = _first(rest)
            found.append(element)
            rest = rest[len(element.whole) :]
        return tuple(found)


class Fields:
    """The parts of a sequence, taken one after another."""

    __slots__ = ("_at", "_name", "_parts")

    def __init__(self, element: Element, name: str, *, tag: int = SEQUENCE) -> None:
        if element.tag != tag:
            raise Malformed(f"{name}: tag {element.tag:#04x}, not {tag:#04x}")
        self._parts, self._name, self._at = element.parts(), name, 0

    def take(self, tag: int) -> Element:
        """The next part, which must have this tag."""
        found = self.maybe(tag)
        if found is None:
            raise Malformed(f"{self._name}: part {self._at + 1} is missing or has another tag than {tag:#04x}")
        return found

    def maybe(self, tag: int) -> Element | None:
        """The next part if it has this tag."""
        if self._at < len(self._parts) and self._parts[self._at].tag == tag:
            self._at += 1
            return self._parts[self._at - 1]
        return None

    def end(self) -> None:
        """Nothing may follow."""
        if self._at < len(self._parts):
            raise Malformed(f"{self._name}: something follows after part {self._at}")


def read(data: bytes, name: str) -> Element:
    """The one element that bytes are. Raises Malformed."""
    element = _first(data)
    if len(element.whole) != len(data):
        raise Malformed(f"{name}: {len(data) - len(element.whole)} bytes follow")
    return element


def integer(element: Element) -> int:
    """A whole number, of any sign."""
    content = element.content
    padded = len(content) > 1 and content[0] in {0, 0xFF} and (content[0] ^ content[1]) < 0x80
    if not content or padded:
        raise Malformed("a whole number that is empty or padded")
    return int.from_bytes(content, "big", signed=True)


def oid(element: Element) -> str:
    """An object identifier, with dots."""
    numbers, value = [], 0
    for byte in element.content:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    if not numbers or element.content[-1] & 0x80:
        raise Malformed("an object identifier that ends in the middle")
    first = min(numbers[0] // 40, 2)
    return ".".join(str(number) for number in (first, numbers[0] - 40 * first, *numbers[1:]))


def moment(element: Element) -> datetime:
    """A GeneralizedTime in UTC, with or without a fraction of a second (RFC 3161, section 2.4.2)."""
    try:
        text = element.content.decode("ascii")
        whole, _, fraction = text.removesuffix("Z").partition(".")
        if text.endswith("Z") and len(whole) == 14 and whole.isdigit() and (fraction.isdigit() or not fraction):
            micro = int(fraction[:6].ljust(6, "0")) if fraction else 0
            return datetime.strptime(whole, "%Y%m%d%H%M%S").replace(microsecond=micro, tzinfo=UTC)
    except ValueError:
        pass
    raise Malformed(f"the time {element.content[:30]!r}")


def _first(data: bytes) -> Element:
    """The element at the beginning of bytes."""
    if len(data) < 2:
        raise Malformed("the bytes end in the middle")
    tag, length, start = data[0], data[1], 2
    if tag & 0x1F == 0x1F:
        raise Malformed(f"the tag {tag:#04x}")
    if length >= 0x80:
        count = length & 0x7F
        length, start = int.from_bytes(data[2 : 2 + count], "big"), 2 + count
        if not 1 <= count <= 4 or len(data) < start or length < 0x80 or data[2] == 0:
            raise Malformed("a length in another spelling than the shortest")
    if len(data) < start + length:
        raise Malformed("the bytes end in the middle")
    return Element(tag, data[start : start + length], data[: start + length])
