"""What to ask: pure values, so that catalogues can build them without opening anything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dateline.core.errors import InputError
from dateline.evidence.provenance import Certificate, Hop


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `headers` carry no login: the door adds it, for the host that it belongs to."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


def post_json(url: str, document: Any) -> Request:
    """A request that posts a JSON document and wants one back."""
    headers = (("Content-Type", "application/json"), ("Accept", "application/json"))
    return Request(url, "POST", headers, json.dumps(document).encode())


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole small answer, its redirects followed. Tests make them by hand."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    hops: tuple[Hop, ...] = ()
    tls: Certificate | None = None
    address: str | None = None
    at: datetime | None = None
    proxy: bool = False

    def header(self, name: str) -> str | None:
        """The value of a header, whatever its case; the first where there are several."""
        return header(self.headers, name)

    def json(self) -> Any:
        """The body as JSON. Raises InputError (code `not-json`): a login page, an error page, a cut answer."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise InputError(
                "The service did not answer in JSON.",
                saw=f"{self.url.partition('?')[0]}: status {self.status}, {self.header('content-type')}, "
                f"{len(self.body)} bytes: {self.body[:60]!r}",
                do="Try again later; a web page here often means that the service asks for a login or has moved.",
                code="not-json",
            ) from None


def header(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    """The value of a header, whatever its case."""
    return next((value for key, value in headers if key.lower() == name.lower()), None)
