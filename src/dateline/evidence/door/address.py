"""Which addresses may be asked: http or https, no login in it, and nothing inside the house unless allowed."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from dateline.core.errors import InputError
from dateline.evidence.door.errors import Unavailable

LONGEST = 8192
"""An address longer than this is not asked [characters]."""

PORTS = {"http": 80, "https": 443}

_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 in IPv6 as RFC 6052 (2010) writes it."""

_INSIDE = ("localhost", ".localhost", ".local", ".internal", ".home.arpa", ".intranet", ".lan")
"""Names that never leave a network."""


def split(url: str) -> SplitResult:
    """The parts of an address that may be asked. Raises InputError (code `address`)."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises for a port that is no number
        host = parts.hostname or ""
        labels = _ascii(host).split(".")
    except (ValueError, UnicodeError) as error:
        raise _refused(url, str(error)) from None
    if parts.scheme not in PORTS:
        raise _refused(url, f"a {parts.scheme or 'missing'} address; only http and https are asked")
    if not host or len(host) > 253 or any(len(label) > 63 for label in labels):
        raise _refused(url, "no host in it, or one of a length that no host has")
    if parts.username is not None or parts.password is not None:
        raise _refused(url, "a login in the address; a case is shared")
    if len(url) > LONGEST or any(ord(sign) <= 32 or ord(sign) == 127 for sign in url):
        raise _refused(url[:200], "spaces, control characters or over 8,192 characters")
    return parts


def origin_of(url: str) -> str:
    """host:port of an address, in small letters and ASCII: what a login belongs to."""
    parts = split(url)
    return f"{_ascii(parts.hostname or '')}:{parts.port or PORTS[parts.scheme]}"


def on_wire(url: str) -> str:
    """The address as it goes over the wire: host in ASCII (IDNA), path and query percent-encoded, no fragment."""
    parts = split(url)
    host = _ascii(parts.hostname or "")
    host = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port else ""
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]|")
    return urlunsplit((parts.scheme, host + port, path, query, ""))


def check_public(url: str, *, private: bool = False) -> None:
    """Looks the host up and refuses what is not on the public network.

    Raises InputError: `address`, `private-address`; Unavailable (`unreachable`) when the name is not known.
    """
    parts = split(url)
    addresses(parts.hostname or "", parts.port or PORTS[parts.scheme], private=private)


def check_name(url: str, *, private: bool) -> None:
    """As far as one can tell without looking the name up (a proxy does that): refuses names and numbers inside.

    Raises InputError (code `private-address`).
    """
    host = _ascii(split(url).hostname or "").rstrip(".").lower()
    number = _number(host)
    inside = host in _INSIDE or host.endswith(_INSIDE[1:]) or (number is not None and not is_public(number))
    if inside and not private:
        raise _private(host, host)


def addresses(host: str, port: int, *, private: bool) -> tuple[str, ...]:
    """The network addresses of a host that may be connected to; who connects uses these and asks no second time.

    Raises InputError (`private-address`), Unavailable (`unreachable`).
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable(
            "The name of the server is not known.",
            saw=f"{host}: {error}",
            do="Check the address and the connection, and try again.",
            code="unreachable",
            again=True,
        ) from None
    numbers = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    good = numbers if private else tuple(number for number in numbers if is_public(ip_address(number.split("%")[0])))
    if not good:
        raise _private(host, ", ".join(numbers))
    return good


def is_public(number: IPv4Address | IPv6Address) -> bool:
    """Whether a network address is on the public network, also the IPv4 address that an IPv6 one wraps."""
    if isinstance(number, IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour or (number.teredo or (None, None))[1]
        if number in _NAT64:
            inner = IPv4Address(int(number) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    inside = number.is_multicast or number.is_reserved or getattr(number, "is_site_local", False)
    return number.is_global and not inside


def _ascii(host: str) -> str:
    """A host as it goes over the wire (IDNA). Raises UnicodeError."""
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _number(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is written as: also in the old spellings, 0x7f.1 or 2130706433."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host)) if host[:1].isdigit() else None
    except (OSError, UnicodeError):
        return None


def _without_login(url: str) -> str:
    """The same for an address that cannot be taken apart: nothing between the scheme and the last @ is shown."""
    scheme, mark, rest = url.partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}"


def _refused(url: str, why: str) -> InputError:
    return InputError(
        "This address is not asked.",
        saw=f"{_without_login(url).partition('?')[0][:200]!r}: {why}",
        do="Give an http or https address of a public server, without a login in it.",
        code="address",
    )


def _private(host: str, numbers: str) -> InputError:
    return InputError(
        "The address leads into a private network.",
        saw=host if host == numbers else f"{host}: {numbers}",
        do="If that is meant (an intranet, a server on this machine), allow private addresses.",
        code="private-address",
    )
