"""Canonical key order for a text that a person wrote: whole lines change places, nothing else changes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from dateline.ledger.keys import keys_at
from dateline.ledger.toml_lines import Statement, statements

FIRST = frozenset({"schema", "id"})


@dataclass(frozen=True, slots=True)
class _Piece:
    """A statement with the comment right above it and whatever follows it up to the next one's."""

    statement: Statement
    text: str


def in_order(text: str, model: type[BaseModel]) -> str:
    """The same TOML with its keys in the order of the model's fields; tables follow single values, as TOML asks.

    A comment right above a key moves with it; one that blank lines set apart stays with what stands above it. Keys that
    the model does not name (parameters, roles) keep the order in which they were written. Blank lines stay where they
    are. Text that is in order already comes back unchanged.
    """
    head, pieces, foot = _pieces(text)
    first = next((index for index, piece in enumerate(pieces) if piece.statement.header), len(pieces))
    sections = _sections(pieces[first:])
    ordered = [
        *_sorted(pieces[:first], [_rank(model, (), piece.statement.keys) for piece in pieces[:first]]),
        *_sorted_sections(sections, model),
    ]
    result = head + "".join(ordered) + foot
    if result == text or tomllib.loads(result) != tomllib.loads(text):
        return text
    return result


def _pieces(text: str) -> tuple[str, list[_Piece], str]:
    found = statements(text)
    if not found:
        return text, [], ""
    starts = [_lead(text, found, index) for index in range(len(found))]
    if starts[0] == 0 and found[0].keys[0] in FIRST:  # a comment that opens the file is about the file
        starts[0] = _line_start(text, found[0].start)
    ends = [*starts[1:], found[-1].end]
    pieces = [_Piece(item, text[start:end]) for item, start, end in zip(found, starts, ends, strict=True)]
    return text[: starts[0]], pieces, text[found[-1].end :]


def _lead(text: str, found: Sequence[Statement], index: int) -> int:
    """Where the comment right above a statement begins; the statement's own line when there is none."""
    start = _line_start(text, found[index].start)
    floor = found[index - 1].end if index else 0
    while start > floor:
        above = _line_start(text, start - 1)
        if not text[above:start].lstrip().startswith("#"):
            break
        start = above
    return start


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _sections(pieces: Iterable[_Piece]) -> list[list[_Piece]]:
    sections: list[list[_Piece]] = []
    for piece in pieces:
        if piece.statement.header:
            sections.append([])
        sections[-1].append(piece)
    return sections


def _sorted_sections(sections: list[list[_Piece]], model: type[BaseModel]) -> list[str]:
    texts = []
    for section in sections:
        header = section[0].statement.keys
        ranks = [(-1,), *(_rank(model, header, piece.statement.keys) for piece in section[1:])]
        texts.append("".join(_sorted(section, ranks)))
    # Only by the first key: within one table the order of its sub-tables has a meaning ([[a]], [a.b], [[a]], …).
    return _exchanged(texts, [_rank(model, (), section[0].statement.keys[:1]) for section in sections])


def _sorted(pieces: Sequence[_Piece], ranks: Sequence[tuple[int, ...]]) -> list[str]:
    return _exchanged([piece.text for piece in pieces], ranks)


def _exchanged(texts: Sequence[str], ranks: Sequence[tuple[int, ...]]) -> list[str]:
    """Texts by rank, equal ranks in their old order; the blank lines after each place stay in their place."""
    order = sorted(range(len(texts)), key=lambda index: ranks[index])
    if order == list(range(len(texts))):
        return list(texts)
    parts = [_parted(text) for text in texts]
    return [parts[index][0] + parts[place][1] for place, index in enumerate(order)]


def _parted(text: str) -> tuple[str, str]:
    """A text up to the end of its last written line, and the blank lines after it."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    count = len(lines)
    while count > 1 and not lines[count - 1].strip():
        count -= 1
    body = "".join(lines[:count])
    if not body.endswith("\n"):
        body += "\r\n" if "\r\n" in text else "\n"
    return body, "".join(lines[count:])


def _rank(model: type[BaseModel], above: tuple[str, ...], keys: tuple[str, ...]) -> tuple[int, ...]:
    ranks = []
    for depth in range(len(keys)):
        known = list(keys_at(model, (*above, *keys[:depth])))
        ranks.append(known.index(keys[depth]) if keys[depth] in known else len(known))
    return tuple(ranks)
