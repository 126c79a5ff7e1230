"""What the check of seals found: for each seal, each reply and each file; and what that proves, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from dateline.evidence.chain import spelled
from dateline.evidence.seal.record import Record
from dateline.evidence.seal.timestamp import Stamp
from dateline.evidence.seal.witness import Witnessed


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not what was written: which file of the case (and line), a code, and words."""

    file: str
    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.code}: {self.text}"


@dataclass(frozen=True, slots=True)
class TokenCheck:
    """One reply under a seal. It counts when it is good, or aged and a later seal with a good one covers it."""

    file: str
    stamp: Stamp
    counts: bool


@dataclass(frozen=True, slots=True)
class SealCheck:
    """One seal. `sound`: a known key signed it, and the tree over the custody lines of today has its root."""

    log: str
    number: int
    record: Record | None
    keys: tuple[str, ...]
    unknown_signatures: int
    tokens: tuple[TokenCheck, ...]
    witness: Witnessed | None
    sound: bool

    def seen(self) -> tuple[Stamp, ...]:
        """What authorities saw it, earliest first."""
        stamps = [token.stamp for token in self.tokens if token.counts]
        return tuple(sorted(stamps, key=lambda stamp: stamp.at or _NEVER))

    def proven(self) -> datetime | None:
        """The moment at or before which its lines existed, by all authorities that count; None without one."""
        if self.witness is None or self.witness.at is None:
            return seen_by(self.seen())
        return seen_by(self.seen()) or self.witness.at + CLOCKS_OF_BLOCKS


@dataclass(frozen=True, slots=True)
class Report:
    """The check of all seals of a case. `lines` are those of the custody log, `sealed` those under a sound seal."""

    seals: tuple[SealCheck, ...]
    faults: tuple[Fault, ...]
    unentered: tuple[str, ...]
    lines: int
    sealed: int
    withheld: int = 0
    """Lines that whoever made a package withheld; `withheld_sealed` of them are under a sound seal."""
    withheld_sealed: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing is other than it was written. It says nothing about lines that no seal covers."""
        return not self.faults

    def proven(self) -> tuple[str, ...]:
        """What is proven, in sentences: for each log its newest sound seal, and its newest with an outside moment."""
        newest: dict[str, SealCheck] = {seal.log: seal for seal in self.seals if seal.sound}
        timed = {seal.log: seal for seal in self.seals if seal.sound and seal.proven() is not None}
        chosen = dict.fromkeys((*timed.values(), *newest.values()))
        said = [_sentence(seal) for seal in sorted(chosen, key=lambda seal: (seal.log, seal.number))]
        if self.withheld_sealed:
            still = "it is still under the seal" if self.withheld_sealed == 1 else "they are still under the seal"
            said.append(f"{lines_withheld(self.withheld_sealed)} by whoever made the package; {still}.")
        return tuple(said)

    def not_proven(self) -> tuple[str, ...]:
        """What is not proven, in sentences."""
        said = [_LIMIT]
        after = self.lines - self.sealed
        if after:
            said.append(f"Nothing is proven of {_lines(after)} that no sound seal covers.")
        if self.withheld:
            said.append(f"{lines_withheld(self.withheld)} by whoever made the package: what they said is not here.")
        newest = {seal.log: seal for seal in self.seals}
        for log, last in newest.items():
            said.extend(_doubts(last))
            count = sum(bool(_doubts(seal)) for seal in self.seals if seal.log == log and seal is not last)
            if count:
                said.append(f"There are doubts about {count} earlier seal{'s' if count > 1 else ''} of {log} too.")
        for log, keys in self._keys().items():
            said.append(f"The seals of {log} are signed with {len(keys)} keys: ask its person whether all are theirs.")
        said.extend(f"{file} is not in the custody log yet: `dateline seal` enters it." for file in self.unentered)
        return tuple(said)

    def _keys(self) -> dict[str, set[str]]:
        """Logs whose seals are signed with more than one key."""
        found: dict[str, set[str]] = {}
        for seal in self.seals:
            found.setdefault(seal.log, set()).update(seal.keys)
        return {log: keys for log, keys in found.items() if len(keys) > 1}

    def to_json(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "ok": self.ok,
            "lines": self.lines,
            "sealed": self.sealed,
            "faults": [{"file": each.file, "code": each.code, "text": each.text} for each in self.faults],
            "seals": [_seal_json(seal) for seal in self.seals],
            "proven": list(self.proven()),
            "not_proven": list(self.not_proven()),
        }


CLOCKS_OF_BLOCKS = timedelta(hours=2)
"""How far the time in a block's header may be off (the rule of the network: later than the median of eleven)."""

_NEVER = datetime.max.replace(tzinfo=UTC)

_LIMIT = (
    "No seal says that anything is true, or who made it: only that these lines, and the hashes of bytes and records "
    "in them, were there then and are the same now. That a key is a person's is proven outside the case."
)


def seen_by(stamps: Sequence[Stamp]) -> datetime | None:
    """The latest moment that the authorities state, with the accuracy that they state; None without one."""
    moments = [stamp.at + (stamp.accuracy or timedelta()) for stamp in stamps if stamp.at is not None]
    return max(moments, default=None)


def lines_withheld(count: int) -> str:
    """So many lines are withheld, in words."""
    return f"{_lines(count)} {'is' if count == 1 else 'are'} withheld"


def authorities_say(stamps: Sequence[Stamp]) -> str:
    """Who says so, in words: "say two authorities (A; B)"."""
    names = "; ".join(dict.fromkeys(stamp.authority or "(no name)" for stamp in stamps))
    count = len({stamp.root for stamp in stamps})
    words = {1: "says one authority", 2: "say two authorities", 3: "say three authorities"}
    declared = " by roots that only the case declares" if all(stamp.declared == "case" for stamp in stamps) else ""
    return f"{words.get(count, f'say {count} authorities')} ({names}){declared}"


def _sentence(seal: SealCheck) -> str:
    assert seal.record is not None
    chains = ", ".join(f"{covered.name} 1-{covered.entries}" for covered in seal.record.chain if covered.entries)
    what = f"{_lines(seal.record.size)} of the custody log ({chains}), and the hashes of bytes and records in them,"
    under = f"Seal {seal.number} of {seal.log}, signed with key {', '.join(key[:16] for key in seal.keys)}…: {what}"
    at, seen, witness = seal.proven(), seal.seen(), seal.witness
    if at is None:
        return f"{under} are as they were sealed. When that was is only the word of who sealed: {seal.record.at}."
    by = [authorities_say(seen)] if seen else []
    if witness is not None and witness.state == "anchored":
        by.append(f"{'and ' if by else 'says '}{witness.text}")
    return f"{under} existed at or before {spelled(at)}, {', '.join(by)}, and have not changed since."


def _doubts(seal: SealCheck) -> list[str]:
    name = f"seal {seal.number} of {seal.log}"
    if not seal.sound:
        return [f"{name.capitalize()} proves nothing as long as it, a seal before it, or a line under it is at fault."]
    said = [f"Under {name}, {token.file} does not count: {token.stamp}." for token in seal.tokens if not token.counts]
    if seal.witness is not None and seal.witness.state in {"pending", "unchecked"}:
        said.append(f"Under {name}, the second witness: {seal.witness}.")
    roots = {stamp.root for stamp in seal.seen()}
    if len(roots) < 2:
        count = "no authority" if not roots else "one authority only"
        said.append(f"Behind {name} stands {count}; `dateline seal --again` asks for what is missing.")
    if seal.unknown_signatures:
        said.append(f"Under {name}, signatures by keys that are not in the case: {seal.unknown_signatures}.")
    return said


def _lines(count: int) -> str:
    return f"{count:,} line{'s' if count != 1 else ''}"


def _seal_json(seal: SealCheck) -> dict[str, Any]:
    at = seal.proven()
    return {
        "log": seal.log,
        "number": seal.number,
        "sound": seal.sound,
        "size": None if seal.record is None else seal.record.size,
        "made": None if seal.record is None else seal.record.at,
        "proven_at": None if at is None else spelled(at),
        "keys": list(seal.keys),
        "unknown_signatures": seal.unknown_signatures,
        "tokens": [_token_json(token) for token in seal.tokens],
        "witness": None if seal.witness is None else {"state": seal.witness.state, "text": str(seal.witness)},
    }


def _token_json(token: TokenCheck) -> dict[str, Any]:
    stamp = token.stamp
    return {
        "file": token.file,
        "counts": token.counts,
        "state": stamp.state,
        "code": stamp.code,
        "text": stamp.text,
        "at": None if stamp.at is None else spelled(stamp.at),
        "authority": stamp.authority,
        "root": stamp.root,
        "root_declared_by": stamp.declared,
    }
