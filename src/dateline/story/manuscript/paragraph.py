"""One paragraph of a draft, with what it is; and signs that are not to be seen taken out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dateline.story.document import Passage, Run
from dateline.story.fault import Spot

_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffc\ufffd]")
"""Soft hyphens, joiners and marks of direction; and the two signs that stand for references in a story."""
ENDS = re.compile(r"[.!?…:;][\"”’»)\]*_]*\s*$")
SHORT = 80
_SPACES = re.compile(r"[ \t\n\r\f\v]+")


class Unreadable(Exception):
    """A file that cannot be read: what was seen in it, and what to do."""

    def __init__(self, saw: str, do: str = "") -> None:
        super().__init__(saw)
        self.saw, self.do = saw, do


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text, and whether it is a paragraph, a heading, an item, a cell, a caption, a note, or a picture's words."""

    text: str
    role: str = "paragraph"


def clean(text: str) -> str:
    """A text without what is not seen, its spaces single; those that hold a number together are kept."""
    return _SPACES.sub(" ", _UNSEEN.sub("", text)).strip()


def passage(one: Paragraph, number: int) -> Passage:
    """A paragraph as a passage that stands at a line. A short one that no sign ends is a heading."""
    role = "heading" if one.role == "paragraph" and is_title(one.text) else one.role
    return Passage((Run("text", one.text, Spot(number)),), role, Spot(number))


def is_title(text: str) -> bool:
    """Whether a text is short and no sign ends it."""
    return len(text) < SHORT and not ENDS.search(text)


def unseen_out(text: str) -> str:
    """The same without touching spaces, so that columns stay."""
    return _UNSEEN.sub("", text)
