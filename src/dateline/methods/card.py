"""A method's card: what it asks, takes, answers and refuses. Flags, help, docs and drawers all derive from it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dateline.core.errors import InputError

FENCE = "+++"
SECTIONS = ("What it does", "Assumptions", "Limits", "What would change our mind", "Sources")
"""Headings that every card's prose must have, in this order."""

Kind = Literal[
    "lights",
    "places",
    "berths",
    "chips",
    "port log",
    "tracks",
    "looks",
    "marks",
    "picture",
    "shapes",
    "media",
    "clips",
    "certificates",
    "landmarks",
    "shadows",
    "elevation",
    "features",
    "fronts",
    "weather",
    "claims",
    "events",
    "matrix",
    "table",
    "period",
    "finding",
]
"""What an input is made of; dateline.measure knows how to gather each."""

Does = Literal["refuse", "cannot tell", "caveat"]


class CardPart(BaseModel):
    """Frozen, and strict about unknown keys: a typing error on a card is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class InputSpec(CardPart):
    """One input role."""

    kind: Kind
    many: bool = False
    required: bool = True
    help: str


class ParameterSpec(CardPart):
    """One parameter: its type, unit and default."""

    type: Literal["number", "integer", "text", "flag", "choice", "month"]
    default: Any = None
    unit: str = "1"
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    help: str


class ResultSpec(CardPart):
    """One of the answers that the method can give."""

    id: str
    means: str


class GuardSpec(CardPart):
    """One way in which the method protects the reader from a number that would mislead."""

    code: str
    does: Does
    when: str


class FigureSpec(CardPart):
    """A figure of docs/figures that shows how good the method is on real data."""

    file: str
    alt: str
    caption: str


class Front(CardPart):
    """The card's front matter."""

    id: str
    version: str
    title: str
    question: str
    gather: str
    """The module of dateline.measure.gather that turns selectors into this method's inputs."""
    inputs: dict[str, InputSpec]
    parameters: dict[str, ParameterSpec] = Field(default_factory=dict)
    results: tuple[ResultSpec, ...]
    guards: tuple[GuardSpec, ...]
    statements: dict[str, dict[str, str]]
    figure: FigureSpec | None = None


@dataclass(frozen=True)
class Card:
    """The card of one method, read from its card.md; nothing of the method is imported."""

    front: Front
    prose: str
    folder: Path

    @property
    def id(self) -> str:
        """The method's name."""
        return self.front.id

    @cached_property
    def sections(self) -> dict[str, str]:
        """The prose by heading."""
        found: dict[str, str] = {}
        for chunk in self.prose.split("\n## ")[1:]:
            heading, _, body = chunk.partition("\n")
            found[heading.strip()] = body.strip()
        return found

    def statement(self, key: str, language: str = "en") -> str:
        """The template of one sentence, for example "increase"; English where a language is missing."""
        templates = self.front.statements[key]
        return templates.get(language, templates["en"])


def read_card(path: Path) -> Card:
    """Reads a card.md: TOML between two lines of +++, then Markdown.

    Raises InputError naming the file and everything that is wrong with it.
    """
    text = path.read_text(encoding="utf-8")
    try:
        _, front, prose = text.split(FENCE + "\n", 2)
        card = Card(front=Front.model_validate(tomllib.loads(front)), prose="\n" + prose, folder=path.parent)
    except ValidationError as error:
        raise _broken(path, "; ".join(_place(item) for item in error.errors())) from error
    except ValueError as error:  # no fences, or not TOML
        raise _broken(path, str(error)) from error
    missing = [heading for heading in SECTIONS if heading not in card.sections]
    if missing:
        raise _broken(path, "no section " + ", ".join(missing))
    return card


def _place(item: Any) -> str:
    return f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"


def _broken(path: Path, saw: str) -> InputError:
    return InputError(
        f"The method card {path} cannot be read.",
        saw=saw,
        do=f"Write TOML between two lines of {FENCE}, then the sections {', '.join(SECTIONS)}. See docs/method.md.",
        code="card",
    )
