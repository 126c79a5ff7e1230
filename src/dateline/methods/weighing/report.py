"""The matrix as it is published: rows by origin, and everything that a reader must know of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dateline.ledger.claim import Claim
from dateline.ledger.finding import Note
from dateline.ledger.matrix import Matrix
from dateline.methods.origins.count import Count, count
from dateline.methods.origins.roots import is_known
from dateline.methods.origins.words import number, plural
from dateline.methods.weighing.bands import Band, bands
from dateline.methods.weighing.evidence import Evidence, Piece
from dateline.methods.weighing.tally import Reading, Saying, remaining, separates

DENIALS = frozenset({"denies", "denies_part", "denies_proof"})
CAPACITY = "capacity, not delivery"
_LISTED = 20


@dataclass(frozen=True, slots=True)
class Weighed:
    """A matrix with its rows traced, collapsed and read."""

    matrix: Matrix
    claims: Mapping[str, Claim]
    evidence: Evidence
    sayings: tuple[Saying, ...]
    replaced: Mapping[str, str]
    reading: Reading

    @property
    def explanations(self) -> tuple[str, ...]:
        """The ids of the rivals."""
        return tuple(one.id for one in self.matrix.explanations)

    @property
    def origins(self) -> Count:
        """The origins of all rows that count."""
        return count((one.needs for one in self.sayings), self.evidence.merges)

    def called(self, root: str) -> str:
        """How a sentence calls an origin."""
        return self.evidence.facts[root].called()

    def text(self, names: Iterable[str]) -> str:
        """Explanations in the sentence: “munitions” and “something else”."""
        told = {one.id: f"“{one.text}”" for one in self.matrix.explanations}
        return listed([told[name] for name in names])


def listed(words: Sequence[str], most: int = 6) -> str:
    """ "A", "A and B", "A, B and C"; a long list is cut."""
    if len(words) > most:
        words = [*words[:most], f"{number(len(words) - most)} more"]
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def groups_in(weighed: Weighed) -> list[tuple[str, frozenset[str]]]:
    """Every row's origin as the cautious count sees it: name and roots; those that it does not count come last."""
    groups = [frozenset(group) for group in weighed.origins.groups]
    found = [(listed([weighed.called(root) for root in sorted(group)]), group) for group in groups]
    counted = frozenset(root for group in groups for root in group)
    rest = {root for one in weighed.sayings for root in one.needs} - counted
    found += [(weighed.called(root), frozenset({root})) for root in sorted(rest) if is_known(root)]
    unknown = frozenset(root for root in rest if not is_known(root))
    return [*found, ("not told", unknown)] if unknown else found


def table(weighed: Weighed) -> list[dict[str, Any]]:
    """The rows by origin: name, whether it is known and counted, its rows, and its ratings as one row."""
    counted = {root for group in weighed.origins.groups for root in group}
    left, found = list(weighed.sayings), []
    for name, group in groups_in(weighed):
        here = [one for one in left if one.needs & group]
        left = [one for one in left if not one.needs & group]
        if here:
            known = any(is_known(root) for root in group)
            rows = [_row(weighed, piece, one) for one in here for piece in _original_first(one)]
            ratings = {name: _together(here, name) for name in weighed.explanations}
            found.append(
                {
                    "origin": name,
                    "known": known,
                    "counts": bool(group & counted),
                    "may_be_one": known and len(group) > 1,
                    "ratings": ratings,
                    "rows": rows,
                }
            )
    return found


def _original_first(one: Saying) -> list[Piece]:
    return sorted(one.pieces, key=lambda piece: (piece.row.claim != one.utterance, piece.key))


def _together(sayings: Iterable[Saying], name: str) -> str:
    """One origin's ratings as one: a plain one where they agree, "both" where it speaks for and against."""
    marks = {one.ratings.get(name) for one in sayings} - {None, "not applicable"}
    telling = marks & {"consistent", "inconsistent"}
    if len(telling) == 2:
        return "both"
    return str(next(iter(telling or marks), "not applicable"))


def _row(weighed: Weighed, piece: Piece, saying: Saying) -> dict[str, Any]:
    kind, name = piece.row.about or ("text", "")
    return {
        "kind": kind,
        "id": name,
        "label": piece.label,
        "ratings": {name: piece.row.ratings.get(name, "not rated") for name in weighed.explanations},
        "separates": separates(piece.row.ratings, weighed.explanations),
        "repeats": _repeats(piece, saying),
        "flags": flags(piece, weighed.claims),
        "strength": piece.row.strength or "",
        "why": piece.row.why,
        "by": piece.row.by,
    }


def _repeats(piece: Piece, saying: Saying) -> str:
    """The id of what a row only repeats; nothing for the original."""
    original = piece.key in {saying.utterance, f"claim {saying.utterance}"}
    return "" if original else saying.utterance.removeprefix("media ")


def flags(piece: Piece, claims: Mapping[str, Claim]) -> list[str]:
    """What a reader should know of a row beside its rating. A flag changes no count."""
    claim = claims[piece.row.claim] if piece.row.claim is not None else None
    origin = claim.origin if claim is not None else piece.row.origin
    found = []
    if claim is not None and _admits(claim, claims):
        found.append("admission after denial")
    if origin is not None and origin.method is not None and origin.method.startswith("physical"):
        found.append("physical evidence")
    if claim is not None and claim.quantity is not None and claim.quantity.kind == "capacity":
        found.append(CAPACITY)
    return found


def _admits(claim: Claim, claims: Mapping[str, Claim]) -> bool:
    """Whether a speaker, or the same origin, now says what it denied before: against its earlier interest."""
    if claim.stance in {*DENIALS, "declines"}:
        return False
    earlier = [claims[name] for name in (*claim.supersedes, *claim.denies, *claim.qualifies) if name in claims]
    return any(one.stance in DENIALS and _same_side(one, claim) for one in earlier)


def _same_side(one: Claim, other: Claim) -> bool:
    keys = {claim.origin.key for claim in (one, other) if claim.origin is not None}
    return one.speaker == other.speaker or (len(keys) == 1 and None not in (one.origin, other.origin))


def explanation_values(weighed: Weighed) -> list[dict[str, Any]]:
    """Of each explanation: origins against and for it, least and greatest."""
    return [
        {
            "id": one.id,
            "text": one.text,
            "against": _range(weighed.reading.against[one.id]),
            "support": _range(weighed.reading.support[one.id]),
            "remains": one.id in weighed.reading.remaining,
        }
        for one in weighed.matrix.explanations
    ]


def _range(counted: Count) -> dict[str, Any]:
    return {"kind": "range", "min": counted.minimum, "max": counted.maximum}


def band_values(weighed: Weighed) -> list[dict[str, Any]]:
    """The bands, where strengths are given. Only origins of the cautious count bear on them."""
    groups = [(name, group) for name, group in groups_in(weighed) if group in map(frozenset, weighed.origins.groups)]
    made = bands(weighed.sayings, [group for _, group in groups], weighed.explanations)
    return [_band(band, [name for name, _ in groups]) for band in made]


def _band(band: Band, names: Sequence[str]) -> dict[str, Any]:
    return {
        "explanation": band.explanation,
        "over": band.over,
        "words": band.words,
        "ratio": {"kind": "range", "min": min(band.ratios), "max": max(band.ratios)},
        "dependence": dict(zip(("0", "0.5", "1"), band.ratios, strict=True)),
        "origins": band.origins,
        "moved_most_by": [names[number] for number in band.movers],
    }


def reasons(weighed: Weighed) -> tuple[Note, ...]:
    """Why this answer: what is against each, which rows repeat one another, which origins may be one."""
    found = [_against(weighed, name) for name in weighed.explanations]
    return (*found, *_repeated(weighed), *_merged(weighed))


def _against(weighed: Weighed, name: str) -> Note:
    counted = weighed.reading.against[name]
    support = weighed.reading.support[name]
    text = f"{weighed.text([name])}: against it {spoken(counted)}, consistent with it {spoken(support)}."
    return Note(code="against", text=text)


def spoken(counted: Count) -> str:
    """ "no origin", "one origin", "two to five origins", "at most one origin"."""
    low, high = counted.minimum, counted.maximum
    if low == high:
        return plural(low, "origin")
    return f"at most {plural(high, 'origin')}" if low == 0 else f"{number(low)} to {plural(high, 'origin')}"


def _repeated(weighed: Weighed) -> list[Note]:
    """Rows that count once: retellings, and several utterances of one origin."""
    found = []
    retold = [(piece, one.utterance) for one in weighed.sayings for piece in one.pieces if _repeats(piece, one)]
    if retold:
        names = listed([f"{_short(piece)} of {of.removeprefix('media ')}" for piece, of in retold], _LISTED)
        found.append(Note(code="retelling", text=f"Retellings and copies, which add nothing: {names}."))
    by_root: dict[str, list[Saying]] = {}
    for one in weighed.sayings:
        for root in one.needs if len(one.needs) == 1 else ():
            by_root.setdefault(root, []).append(one)
    for root, sayings in sorted(by_root.items(), key=lambda item: (-len(item[1]), item[0])):
        if len(sayings) > 1:
            names = listed(sorted(_short(piece) for one in sayings for piece in one.pieces), _LISTED)
            rows = plural(sum(len(one.pieces) for one in sayings), "row")
            text = f"{weighed.called(root)} stands behind {rows}, and counts once: {names}."
            found.append(Note(code="same-origin", text=text))
    return found


def _short(piece: Piece) -> str:
    return piece.row.about[1] if piece.row.about is not None else f"“{piece.label}”"


def _merged(weighed: Weighed) -> list[Note]:
    roots = {root for one in weighed.sayings for root in one.needs}
    found: dict[tuple[str, str], None] = {}
    for merge in weighed.evidence.merges:
        there = sorted(weighed.called(root) for root in merge.roots & roots)
        if len(there) > 1 and (merge.hub is None or merge.hub in roots):
            found[merge.code, f"May be one: {listed(there)}; {merge.why}."] = None
    notes = [Note(code=code, text=text) for code, text in found]
    unknown = [root for root in roots if not is_known(root)]
    if unknown:
        text = f"Who knows is not told behind {plural(len(unknown), 'row')}: no origin in the cautious count."
        notes.append(Note(code="unknown-root", text=text))
    return notes


def caveats(weighed: Weighed) -> tuple[Note, ...]:
    """What limits the answer."""
    return (*_about_counting(weighed), *_about_rating(weighed), *_about_claims(weighed))


def _about_counting(weighed: Weighed) -> Iterator[Note]:
    """That another reading answers otherwise; that one origin alone keeps an explanation out."""
    against, reading = weighed.reading.against, weighed.reading
    left, fewest = remaining({name: each.maximum for name, each in against.items()})
    cautious, least = remaining({name: each.minimum for name, each in against.items()})
    if (left, bool(fewest)) != (cautious, bool(least)):
        text = f"Counted generously, {weighed.text(left)} would have the fewest origins against: {number(fewest)}."
        yield Note(code="readings-differ", text=text)
    thin = [name for name, each in against.items() if each.minimum == 1]
    if reading.answer in {"one remains", "several remain"} and thin:
        text = f"One origin alone speaks against {weighed.text(thin)}: without it, that would remain too."
        yield Note(code="one-origin-against", text=text)
    for earlier, later in sorted(weighed.replaced.items()):
        if any(piece.resting.utterance == earlier for piece in weighed.evidence.pieces):
            yield Note(code="replaced", text=f"{earlier} does not count: {later} replaces it.")


def _about_rating(weighed: Weighed) -> Iterator[Note]:
    pieces = weighed.evidence.pieces
    empty = sum(name not in piece.row.ratings for piece in pieces for name in weighed.explanations)
    if empty:
        yield Note(code="not-rated", text=f"Not rated yet: {plural(empty, 'cell')} of the matrix.")
    disputed = sorted({_short(piece) for one in weighed.sayings if one.disputed for piece in one.pieces})
    if disputed:
        text = f"Rows that repeat one utterance are rated apart, so that it does not count: {listed(disputed)}."
        yield Note(code="rated-apart", text=text)
    judges = {piece.row.by for piece in pieces}
    if len(judges) == 1:
        yield Note(code="one-judge", text=f"One person rated every row ({next(iter(judges))}).")


def _about_claims(weighed: Weighed) -> Iterator[Note]:
    pieces, claims = weighed.evidence.pieces, weighed.claims
    capacity = sorted(_short(piece) for piece in pieces if CAPACITY in flags(piece, claims))
    if capacity:
        text = f"A capacity says what could be carried, not what was: {listed(capacity)}."
        yield Note(code="capacity", text=text)
    said = [claims[piece.row.claim] for piece in pieces if piece.row.claim is not None]
    unread = [claim.id for claim in said if claim.chain and not all(link.read for link in claim.chain)]
    if unread:
        text = (
            f"For {len(unread)} of {len(said)} claims the chain was not read to its end; the origin is the one named."
        )
        yield Note(code="chain-not-read", text=text)
