"""A file for readers before it is written: its name within the site, its bytes, and every word in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dateline.core.identity import sha256_bytes


@dataclass(frozen=True, slots=True)
class Output:
    """One file that leaves the house.

    words: what it says, which the last look goes through: of a text all of it, of a picture what stands in its
    pixels and its metadata.
    """

    name: str
    data: bytes
    words: str

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""
        return sha256_bytes(self.data)

    def told(self) -> Mapping[str, Any]:
        """For the list of what was written."""
        return {"bytes": len(self.data), "sha256": self.sha256}


def text_output(name: str, text: str) -> Output:
    """A file of text."""
    return Output(name, text.encode(), text)
