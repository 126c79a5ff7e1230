"""What of a case's claims stays covered until somebody asks: names that are not printed, words off the record."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cached_property

from dateline.ledger.agreed import Standing, off_record, speaker_of, standing, unnamed
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim
from dateline.ledger.compose.desk import Desk as Composing
from dateline.ledger.secrets import Secrets, secrets_of
from dateline.ledger.source import Source

KEPT = "(kept back)"
OURS = frozenset({
    "source_reliability", "info_credibility", "by", "date", "why", "reviews", "retells", "supersedes", "denies",
    "qualifies",
})  # fmt: skip
"""Keys whose values are the desk's own judgement, and may stand in a shown change of a claim off the record."""
_LINE = re.compile(r"(\s*([\w-]+)\s*=\s*)\S.*", re.DOTALL)
_STEERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Curtain:
    """Covers what was agreed to be covered. lifted: somebody asked to see it."""

    case: Case
    lifted: bool = False

    def lift(self) -> Curtain:
        """The same, open."""
        return replace(self, lifted=True)

    @cached_property
    def secrets(self) -> Secrets:
        """Names and runs of words that betray something."""
        return secrets_of(self.case.records)

    @cached_property
    def away(self) -> frozenset[str]:
        """Ids of what is off the record."""
        return off_record(self.case.records)

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Ids of the sources that are not named."""
        return unnamed(self.case.records)

    @cached_property
    def _ids(self) -> re.Pattern[str] | None:
        """Ids of sources that are not named may be their names."""
        each = "|".join(map(re.escape, sorted(self.hidden)))
        return re.compile(rf"(?<![\w-])(?:{each})(?![\w-])") if each else None

    def terms(self, claim: Claim) -> Standing:
        """What was agreed of a claim."""
        return standing(claim, self.case.records)

    def covers(self, claim: Claim) -> bool:
        """Whether anything of this claim is covered."""
        return not self.lifted and not self.terms(claim).may_name

    def text(self, text: str | None) -> str:
        """A text, or that it is kept back, where it would betray a name or words off the record."""
        if not text or self.lifted:
            return text or ""
        if (self._ids and self._ids.search(text)) or next(self.secrets.in_text(text), None) is not None:
            return KEPT
        return text

    def statement(self, claim: Claim) -> str:
        """What is claimed; nothing of it where it is off the record."""
        return KEPT if not self.lifted and claim.id in self.away else self.text(claim.statement)

    def speaker(self, claim: Claim) -> str:
        """Who says it, as they may be called."""
        source = self.case.sources[claim.speaker]
        language = self.case.head.languages[0]
        if self.lifted:
            return source.name(language)
        called = speaker_of(claim, self.case.records, language)
        return called or "a source that is not named"

    def speaker_id(self, claim: Claim) -> str | None:
        """The id of who says it, where it may stand in an address."""
        return None if claim.speaker in self.hidden or not self.terms(claim).may_name else claim.speaker

    def origin(self, claim: Claim) -> str:
        """Who has the knowledge."""
        if claim.origin is None:
            return ""
        return KEPT if self.covers(claim) else self.text(claim.origin.key)

    def line(self, claim: Claim, line: str) -> str:
        """A line of the claim's file, as a shown change may have it; signs that turn the direction are spelt out."""
        match = _LINE.fullmatch(line)
        if not self.lifted and claim.id in self.away and match and match[2] not in OURS:
            return f"{match[1]}{KEPT}"
        return spelt_out(self.text(line))

    def composing(self, desk: Composing, speaker: str) -> Composing:
        """The desk on which a record is made, without the sources that are not named, unless one was typed outright."""
        typed = speaker.strip().casefold()
        return replace(
            desk,
            sources={name: one for name, one in desk.sources.items() if name not in self.hidden or _is(one, typed)},
        )


def _is(source: Source, typed: str) -> bool:
    return typed in {name.casefold() for name in (source.id, *source.names.values())}


def spelt_out(text: str) -> str:
    """A text in which nothing is invisible: signs that turn the direction, or have no width, stand as U+202E."""
    return "".join(
        f"⟨U+{ord(sign):04X}⟩"
        if sign in _STEERING or (unicodedata.category(sign) in {"Cc", "Cf"} and sign not in "\t\u200d\u200c")
        else sign
        for sign in text
    )
