"""Faults planted in a copy of a real story, one at a time: each is refused by its rule; untouched, the story passes."""

from __future__ import annotations

import random
import re
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dateline.ledger.case import Case
from dateline.story.catalogue import checks
from dateline.story.check import examine, reading_of
from dateline.story.fault import Fault, Faults
from dateline.story.numbers import find_numbers
from dateline.story.parse import parse
from dateline.story.reading import Reading
from dateline.story.without import without
from dateline.story.wording import says

HERE = Path(__file__).parent
PLANTED = tomllib.loads((HERE / "planted_in_rason.toml").read_text(encoding="utf-8"))["fault"]
TABLE = 6
"""Lines that a picture's table has at most."""
INTO = "A name is not a location."
"""A sentence of the story behind which others are put."""


@dataclass(frozen=True, slots=True)
class Original:
    """The story as it is, without what needs files that are not here, and its case."""

    case: Case
    text: str
    reading: Reading

    def read(self, text: str) -> Reading:
        """Another text on the same case; what references give was looked up already."""
        return reading_of(self.case, parse(text))


@pytest.fixture(scope="module")
def rason(rason_folder: Path) -> Original:
    """A copy of examples/rason, with the findings that need no file of its evidence."""
    case = Case.load(rason_folder)
    lacking = [name for name in case.measures if not case.has_finding(name)]
    text = without(case.story.read_text(encoding="utf-8"), lacking)
    return Original(case, text, reading_of(case, parse(text)))


def by_rule(reading: Reading, code: str) -> list[Fault]:
    """What one rule finds."""
    if code == "story-form":
        return list(reading.story.faults)
    (check,) = [one for one in checks() if one.rule.code == code]
    faults = Faults(check.rule)
    check.find(reading, faults)
    return [one for one in faults.found if not (one.rule.rests_in_analysis and reading.story.in_analysis(one.spot))]


def planted(original: Original, fault: dict[str, Any], into: Path) -> Reading:
    """The story, or a copy of its case, with one fault in it."""
    if "file" not in fault:
        find = fault.get("find", INTO)
        assert find in original.text, find
        return original.read(original.text.replace(find, fault.get("put", f"{INTO} {fault.get('add')}"), 1))
    folder = Path(shutil.copytree(original.case.root, into / "case"))
    path = folder / fault["file"]
    told = path.read_text(encoding="utf-8")
    assert fault["find"] in told
    path.write_text(told.replace(fault["find"], fault["put"], 1), encoding="utf-8")
    old, new = fault.get("story", ("", ""))
    return reading_of(Case.load(folder), parse(original.text.replace(old, new, 1)))


def test_the_untouched_story_passes(rason: Original) -> None:
    """No fault of any level."""
    assert [str(fault) for fault in examine(rason.reading).faults] == []


@pytest.mark.parametrize("fault", PLANTED, ids=lambda fault: fault["rule"])
def test_a_planted_fault_is_refused_by_its_rule(rason: Original, fault: dict[str, Any], tmp_path: Path) -> None:
    """The rule names it, at the line in which it was planted, or at the head of the table in which that line stands."""
    reading = planted(rason, fault, tmp_path)
    found = by_rule(reading, fault["rule"])
    assert found
    if "file" not in fault:
        first, last = changed_lines(rason.text, "\n".join(reading.story.source))
        assert any(first - TABLE <= one.spot.line <= last for one in found), [str(one) for one in found]


def changed_lines(old: str, new: str) -> tuple[int, int]:
    """The first and the last line of a text that are not as they were."""
    before, after = old.split("\n"), new.split("\n")
    first = next(at for at, (a, b) in enumerate(zip(before, after, strict=False), 1) if a != b)
    tail = next(at for at, (a, b) in enumerate(zip(before[::-1], after[::-1], strict=False)) if a != b)
    return first, max(first, len(after) - tail)


def test_the_list_is_long_enough() -> None:
    """As many faults as were promised, of as many rules as a story can break by its text."""
    print(f"planted by hand: {len(PLANTED)}, of {len({fault['rule'] for fault in PLANTED})} rules")
    assert len(PLANTED) >= 60


REFERENCE = re.compile(r"\{\{\s*([^{}|\n]*?)\s*((?:\|[^{}|\n]*)*)\}\}")
WORDS_FOR_READERS = re.compile(r'^(?:title|standfirst|caption|text|note|intro) = "(.*)"$|^(?![:+#\[]|\w+ = ).+$', re.M)
AT_LEAST = {"printed": 0.7, "digit off": 0.98, "bound": 1.0, "typed digit": 0.9, "typo": 1.0, "place": 0.6,
            "speaker": 0.75, "quantity": 0.45, "direction": 0.5}  # fmt: skip
"""Of each sort of mutation nobody picked by hand, the share that must be refused: what is measured, less some room.

A date that is right may be typed; a quantity of another claim is found only among the parts of a claim."""


@pytest.mark.slow
def test_mutations_that_nobody_picked_are_refused(rason: Original) -> None:
    """References printed in their place, with a digit off, without a bound, misspelt; places and claims swapped."""
    before = {(fault.rule.code, fault.saw) for fault in examine(rason.reading).faults}
    tried: dict[str, list[bool]] = {}
    slips: list[str] = []
    for sort, at, text in some(mutations(rason)):
        fresh = [one for one in examine(rason.read(text)).faults if (one.rule.code, one.saw) not in before]
        tried.setdefault(sort, []).append(bool(fresh))
        slips += [] if fresh else [f"{sort}: …{text[at - 60 : at + 40]}…"]
    print(*slips, sep="\n")
    for sort, caught in sorted(tried.items()):
        print(f"{sort}: {sum(caught)} of {len(caught)}")
    everything = [one for caught in tried.values() for one in caught]
    print(f"in all: {sum(everything)} of {len(everything)}, {sum(everything) / len(everything):.1%}")
    assert len(everything) >= 150
    shares = {sort: sum(caught) / len(caught) for sort, caught in tried.items()}
    assert {sort: share for sort, share in shares.items() if share < AT_LEAST[sort]} == {}


EACH = 30
"""So many of each sort, drawn once: all of them take a quarter of an hour."""


def some(made: Iterator[tuple[str, int, str]]) -> Iterator[tuple[str, int, str]]:
    """A draw from each sort."""
    sorts: dict[str, list[tuple[str, int, str]]] = {}
    for one in made:
        sorts.setdefault(one[0], []).append(one)
    rng = random.Random(9)
    for group in sorts.values():
        yield from rng.sample(group, min(EACH, len(group)))


def mutations(original: Original) -> Iterator[tuple[str, int, str]]:
    """The sort of each mutation, where it is, and the text with it."""
    rng, text = random.Random(20261122), original.text
    for match in WORDS_FOR_READERS.finditer(text):
        for inner in REFERENCE.finditer(match[0]):
            start = match.start() + inner.start()
            for sort, words in of_reference(original, inner, rng):
                yield sort, start, text[:start] + words + text[start + len(inner[0]) :]
        flat = re.sub(r"\{\{.*?\}\}|\[\[.*?\]\]", lambda hidden: "\ufffc" * len(hidden[0]), match[0])
        for number in find_numbers(flat):
            for at in (match.start() + one for one in range(number.start, number.end) if flat[one].isdigit()):
                yield "typed digit", at, text[:at] + str((int(text[at]) + rng.randint(1, 8)) % 10) + text[at + 1 :]
        for one in re.finditer(r"\b(?:north|south|east|west)(?= of\b)", flat):
            other = {"north": "south", "south": "north", "east": "west", "west": "east"}[one[0]]
            at = match.start() + one.start()
            yield "direction", at, text[:at] + other + text[at + len(one[0]) :]


def of_reference(original: Original, match: re.Match[str], rng: random.Random) -> Iterator[tuple[str, str]]:
    """What may stand in place of one reference."""
    case, name = original.case, match[1]
    printed = says(original.reading, name, tuple(form.strip() for form in match[2].split("|")[1:]))
    found = original.reading.found(name)
    if printed is None or found is None:
        return
    at = rng.randrange(len(name))
    yield "typo", f"{{{{{name[:at]}q{name[at + 1 :]}{match[2]}}}}}"
    digits = [index for index, sign in enumerate(printed) if sign.isdigit()]
    if digits and found.sort not in {"finding", "text"}:
        at = rng.choice(digits)
        yield "printed", printed
        yield "digit off", printed[:at] + str((int(printed[at]) + rng.randint(1, 8)) % 10) + printed[at + 1 :]
        bare = re.sub(r"(?i)^(?:more than|at least|over|about|around|up to|nearly|almost)\s+", "", printed)
        if bare != printed:
            yield "bound", bare
    if found.owner_kind == "place" and found.sort == "name":
        others = [one for one in case.places if one != found.owner and not case.places[one].is_sensitive]
        yield "place", f"{{{{{rng.choice(others)}.name}}}}"
    part = found.path.split(".")[0]
    if found.owner_kind == "claim" and part in {"speaker", "quantity"}:
        others = [one for one in case.claims if says(original.reading, f"{one}.{part}") not in {None, printed}]
        yield part, f"{{{{{rng.choice(others)}.{part}}}}}"
