"""Whether two names are one person's: a second person is nobody who also wrote it, however the name is spelt."""

from __future__ import annotations

import re
import unicodedata

_PARTS = re.compile(r"[^\W_]+")


def same_person(one: str | None, other: str | None) -> bool:
    """Whether two names may be one person: case, accents, order, points and initials aside ("A. Berg", "berg, anna").

    None is nobody, and nobody is no one else.
    """
    if one is None or other is None:
        return False
    mine, theirs = _parts(one), _parts(other)
    if "".join(mine) == "".join(theirs) or sorted(mine) == sorted(theirs):
        return bool(mine)
    return len(mine) == len(theirs) > 1 and all(map(_initial, sorted(mine), sorted(theirs)))


def _parts(name: str) -> list[str]:
    """The words of a name, folded: no case, no accents, no points."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return _PARTS.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))


def _initial(one: str, other: str) -> bool:
    """Whether two words of a name are one, or one is the first letter of the other."""
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0] and one[0].isalpha())
