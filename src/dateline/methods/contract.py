"""The whole contract of a method: run(inputs, parameters, *, rng) -> Outcome. No sockets, no clock, no files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

import numpy as np

from dateline.core.errors import DatelineError, UsageError
from dateline.core.estimate import Estimate
from dateline.ledger.finding import Note, PlaceAnswer, Statement
from dateline.methods.card import Card, ParameterSpec

T = TypeVar("T")

FLAGS = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a method is given, by the roles on its card. Values are frozen nouns: tables, records, findings.

    tell: told, by a method that works for long, the share of its work that is done, 0 to 1; it changes no answer.
    """

    roles: Mapping[str, tuple[Any, ...]]
    tell: Callable[[float], None] = lambda _: None

    def one(self, role: str, kind: type[T]) -> T:
        """The single value of a role; raises when it is missing, repeated or of another kind."""
        found = self.maybe(role, kind)
        if found is None:
            raise DatelineError(
                f"The input {role!r} is missing.", saw=f"roles {sorted(self.roles)}", do=f"Give {role}."
            )
        return found

    def maybe(self, role: str, kind: type[T]) -> T | None:
        """The single value of a role, or None when the role was not given."""
        values = self.many(role, kind)
        if len(values) > 1:
            raise DatelineError(
                f"The input {role!r} takes one value.", saw=f"{len(values)} values", do="Give just one."
            )
        return values[0] if values else None

    def many(self, role: str, kind: type[T]) -> tuple[T, ...]:
        """All values of a role."""
        values = self.roles.get(role, ())
        for value in values:
            if not isinstance(value, kind):
                raise TypeError(f"{role!r} holds a {type(value).__name__}, the method wants a {kind.__name__}.")
        return values


@dataclass(frozen=True, slots=True)
class Parameters(Mapping[str, Any]):
    """A method's parameters: checked against the card, with its defaults filled in."""

    given: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)

    @classmethod
    def of(cls, card: Card, given: Mapping[str, Any]) -> Parameters:
        """Given values over the card's defaults. Raises UsageError for an unknown name or an impossible value."""
        specs = card.front.parameters
        unknown = sorted(set(given) - set(specs))
        if unknown:
            raise UsageError(
                f"{card.id} has no parameter {', '.join(unknown)}.",
                saw=", ".join(unknown),
                do=f"Choose from {', '.join(sorted(specs))}; `dateline run {card.id} --help` explains each.",
                code="parameter",
            )
        return cls({name: _checked(card.id, name, spec, given.get(name)) for name, spec in specs.items()})


def _checked(method: str, name: str, spec: ParameterSpec, value: Any) -> Any:
    if value is None:
        return spec.default
    try:
        return _typed(spec, value)
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"{method}: {name} cannot be {value!r}.",
            saw=repr(value),
            do=f"{spec.help} {error}",
            code="parameter",
        ) from error


def _typed(spec: ParameterSpec, value: Any) -> Any:
    match spec.type:
        case "number" | "integer":
            number = float(value)
            if spec.type == "integer" and number != int(number):
                raise ValueError("Give a whole number.")
            low, high = spec.minimum, spec.maximum
            if not np.isfinite(number) or (low is not None and number < low) or (high is not None and number > high):
                raise ValueError(f"Give a number from {low} to {high} [{spec.unit}].")
            return int(number) if spec.type == "integer" else number
        case "flag":
            if isinstance(value, bool):
                return value
            if str(value).lower() not in FLAGS:
                raise ValueError(f"Write {', '.join(FLAGS)}.")
            return FLAGS[str(value).lower()]
        case "choice":
            if value not in spec.choices:
                raise ValueError(f"Choose from {', '.join(spec.choices)}.")
            return value
        case _:
            return str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """A file that a method made in memory: the caller stores it and turns it into an Artifact."""

    role: str
    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that a method can say. `measure` adds identity, inputs and software, and makes it a Finding."""

    result: str
    statement: Statement
    reasons: tuple[Note, ...] = ()
    needed: tuple[str, ...] = ()
    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, PlaceAnswer] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()
    caveats: tuple[Note, ...] = ()
    artifacts: tuple[Produced, ...] = ()

    def with_caveats(self, *caveats: Note) -> Outcome:
        """The same answer with further caveats."""
        return replace(self, caveats=(*self.caveats, *caveats))


class Run(Protocol):
    """The function `run` of every method folder."""

    def __call__(self, inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:
        """Answers the card's question."""
        ...


def say(card: Card, key: str, **args: Any) -> Statement:
    """The sentence of a card under `key`, filled with arguments that are already text.

    Example: say(card, "increase", place="Chongjin port", change="40", low="25", high="58").
    """
    return Statement(key=f"{card.id}.{key}", args=args, en=card.statement(key).format(**args))
