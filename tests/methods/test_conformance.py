"""Every method folder keeps the contract: found by reading folders, so a new one is tested without being named here."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import re
from pathlib import Path

import pytest

from dateline.methods import catalogue
from dateline.methods.card import Card
from dateline.methods.contract import Parameters
from dateline.methods.page import markdown

DOCS = Path(__file__).parents[2] / "docs" / "methods"
BANNED = re.compile(r"\b(economy|economic|population|prosperity|because of|correlates? with|proves?)\b", re.IGNORECASE)
"""Words that would tell a proxy as the thing, or a rise as its cause."""


@pytest.fixture(params=sorted(catalogue.cards()))
def card(request: pytest.FixtureRequest) -> Card:
    return catalogue.card(request.param)


def test_the_card_is_named_like_its_folder(card: Card) -> None:
    """A newcomer finds a method by guessing its path."""
    assert card.id == card.folder.name


def test_cannot_tell_and_refused_are_among_the_answers(card: Card) -> None:
    """Every method can say that it does not know, and that a number would mislead; and it can word both."""
    assert {"cannot tell", "refused"} <= {result.id for result in card.front.results}
    assert {"cannot tell", "refused"} <= {key.replace("-", " ") for key in card.front.statements}


def test_every_statement_has_english(card: Card) -> None:
    """Other languages fall back on it."""
    assert all("en" in statement for statement in card.front.statements.values())


def test_sentences_stay_with_what_was_measured(card: Card) -> None:
    """No statement tells the economy, people, or a cause."""
    for statement in card.front.statements.values():
        assert not BANNED.search(statement["en"])


def test_guards_are_named_once(card: Card) -> None:
    """One guard, one row, one code."""
    codes = [guard.code for guard in card.front.guards]
    assert len(codes) == len(set(codes))
    assert {"refuse", "cannot tell", "caveat"} >= {guard.does for guard in card.front.guards}


def test_guard_codes_occur_in_the_code(card: Card) -> None:
    """A guard on the card that nothing can raise would be a promise nobody keeps.

    Raised by the method, by what methods share (beside them, in a folder without a card), by its own gatherer and what
    that imports of gatherers and media, by imagery.
    """
    methods, house = card.folder.parent, card.folder.parents[1]
    sources = [*card.folder.glob("*.py"), *methods.glob("*.py")]
    sources += [path for path in methods.glob("*/*.py") if not (path.parent / "card.md").exists()]
    sources += _gathering(f"dateline.measure.gather.{card.front.gather.replace('-', '_')}")
    sources += (house / "imagery").rglob("*.py")
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    missing = [guard.code for guard in card.front.guards if f'"{guard.code}"' not in text]
    assert not missing


def _gathering(first: str) -> list[Path]:
    """The files of a gatherer and of all that it imports, by whatever way, of gatherers and media."""
    waiting, found = [first], dict[str, Path]()
    while waiting:
        name = waiting.pop()
        if name in found or not name.startswith(("dateline.measure.gather.", "dateline.media.")):
            continue
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            continue
        found[name] = Path(spec.origin)
        for node in ast.walk(ast.parse(found[name].read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                waiting += [f"{node.module}.{one.name}" for one in node.names if _is_package(node.module)]
                waiting.append(node.module)
    return list(found.values())


def _is_package(name: str) -> bool:
    return name in {"dateline.measure.gather", "dateline.media"}


def test_defaults_pass_their_own_checks(card: Card) -> None:
    """A default outside its own bounds would be refused when it is typed."""
    defaults = {name: spec.default for name, spec in card.front.parameters.items() if spec.default is not None}
    assert Parameters.of(card, defaults).given.keys() == card.front.parameters.keys()


def test_the_gatherer_exists(card: Card) -> None:
    """The card names a module of dateline.measure.gather that can prepare its inputs."""
    module = importlib.import_module(f"dateline.measure.gather.{card.front.gather.replace('-', '_')}")
    assert callable(module.prepare)


def test_run_says_units_and_source(card: Card) -> None:
    """run() has the contract's arguments and a docstring with units in brackets and a year."""
    run = catalogue.load(card.id)
    assert list(inspect.signature(run).parameters) == ["inputs", "parameters", "rng"]
    doc = inspect.getdoc(run) or ""
    assert "[" in doc
    assert re.search(r"\b(19|20)\d\d\b", doc)


def test_the_docs_page_is_the_card(card: Card) -> None:
    """docs/methods/NAME.md is made from the card (`python -m tests.docs.pages` writes it)."""
    assert (DOCS / f"{card.id}.md").read_text(encoding="utf-8") == markdown(card)
