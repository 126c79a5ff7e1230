"""What an audit proves and what it does not, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from dateline.evidence.audit import Row


@dataclass(slots=True)
class Tally:
    """How many things of each kind (custody, record, bytes, seal, finding) came out how."""

    quick: bool = False
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    sealed: list[str] = field(default_factory=list)
    unsealed: list[str] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Counts one row; what seals say in words is kept."""
        if row.kind == "seals":
            (self.sealed if row.state == "same" else self.unsealed).append(row.found)
        else:
            self.counts[row.kind, row.state] += 1

    @property
    def is_good(self) -> bool:
        """Whether nothing differs and nothing is stale."""
        return not any(state in {"different", "stale"} for _, state in self.counts)

    def same(self, kind: str) -> int:
        """How many things of a kind are what was written down."""
        return self.counts[kind, "same"]

    def to_json(self) -> dict[str, dict[str, int]]:
        """The counts by kind and state."""
        told: dict[str, dict[str, int]] = {}
        for (kind, state), count in sorted(self.counts.items()):
            told.setdefault(kind, {})[state] = count
        return told

    def proven(self) -> Iterator[str]:
        """What is proven, a sentence each."""
        if self.same("custody"):
            yield f"{_many(self.same('custody'), 'custody log')} whole: {self._lines()}"
        if self.same("record"):
            yield f"{_many(self.same('record'), 'item record')} what the log says was written."
        if self.same("bytes"):
            how = "there and of the right size" if self.quick else "read again, and byte for byte what was archived"
            yield f"{_many(self.same('bytes'), 'file')} {how}."
        if self.same("finding"):
            yield f"{_many(self.same('finding'), 'finding')} what was computed, and would be computed again."
        for kind, deed in (("signoff", "signed"), ("harm", "written"), ("published", "published")):
            if self.same(kind):
                yield f"{_many(self.same(kind), _NAMES[kind])} what was {deed}, and by whom the log says."
        yield from self.sealed

    def _lines(self) -> str:
        """What whole chains prove: a chain binds no one who can write it anew to its end; a seal does."""
        fits = "each line fits the one before it; "
        sealed = "no line under a sound seal was changed, moved or taken out; " if self.same("seal") else ""
        return f"{fits}{sealed}whoever may write here could have rewritten every line that no seal covers."

    def unproven(self) -> Iterator[str]:
        """What is not proven, a sentence each."""
        for kind, count in sorted(Counter({k: n for (k, s), n in self.counts.items() if s == "different"}).items()):
            yield f"{_many(count, _NAMES.get(kind, kind))} not what was written down: see above."
        if self.counts["bytes", "not here"]:
            yield f"{_many(self.counts['bytes', 'not here'], 'file')} not on this machine: nothing is said of them."
        yield from self.unsealed
        if self.quick:
            yield "The bytes of files were not read: run without --quick."
        yield "Places, claims, stories and other records that people edit are not in the log: git has their history."
        yield "That bytes are unchanged does not say that what they show is true, or that they are authentic."


_NAMES = {
    "custody": "custody line", "record": "item record", "bytes": "file", "signoff": "sign-off",
    "harm": "record of who could be hurt", "published": "published version",
}  # fmt: skip


def _many(count: int, noun: str) -> str:
    if count == 1:
        return f"{count:,} {noun} is"
    head, of, rest = noun.partition(" of ")
    return f"{count:,} {head}s{of}{rest} are"
