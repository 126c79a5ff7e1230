"""A finding: the answer of one method to one question, as it is kept, hashed, printed and read by others."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, PrivateAttr, ValidationError

from dateline.core.errors import InputError
from dateline.core.estimate import Estimate
from dateline.core.identity import canonical, digest, pretty_json
from dateline.ledger.frame import Column, What, columns, to_frame
from dateline.ledger.shown import html_of

SCHEMA = 1


def _estimate(value: Any) -> Any:
    """An estimate that was read. A ValueError is what pydantic reports with the place; others would pass through it."""
    try:
        return Estimate.from_json(value) if isinstance(value, Mapping) else value
    except KeyError as error:
        raise ValueError(f"an estimate without {error}") from error
    except (TypeError, AttributeError) as error:
        raise ValueError(f"an estimate that is none: {error}") from error


EstimateField = Annotated[Estimate, BeforeValidator(_estimate), PlainSerializer(lambda estimate: estimate.to_json())]


def _first(error: Exception) -> str:
    """What is wrong, in a line: of several faults the first, with its key."""
    if isinstance(error, ValidationError):
        fault = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, fault['loc'])) or 'the whole'}: {fault['msg']}"
    return str(error).partition("\n")[0]


class Part(BaseModel):
    """What all parts of a finding share: frozen, and nothing in them that we do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Note(Part):
    """A reason or a caveat: a code that the card explains, and the sentence for this case."""

    code: str
    text: str


class Statement(Part):
    """A sentence as key and arguments, so that the page can speak other languages; `en` is the sentence in English."""

    key: str
    args: dict[str, Any] = Field(default_factory=dict)
    en: str


class Artifact(Part):
    """A file that belongs to a finding: its role, its path relative to findings/, its hash."""

    role: str
    path: str
    sha256: str
    media_type: str


class InputRef(Part):
    """One thing that the finding rests on, by hash: an item, a record, observations, a sensor file, a finding."""

    kind: Literal["item", "record", "observations", "sensor", "finding", "place"]
    id: str
    sha256: str
    role: str = ""


class Series(Part):
    """A series small enough to stand in the finding (`rows`), or the role of the artifact that holds it."""

    rows: list[dict[str, Any]] = Field(default_factory=list)
    artifact: str | None = None


class PlaceAnswer(Part):
    """The same answer for one place of a set."""

    result: str
    statement: Statement | None = None
    estimates: dict[str, EstimateField] = Field(default_factory=dict)
    values: dict[str, Any] = Field(default_factory=dict)
    reasons: list[Note] = Field(default_factory=list)
    caveats: list[Note] = Field(default_factory=list)


@dataclass
class _Home:
    """Where a finding lies: no part of what it says, so all homes are equal."""

    folder: Path | None = field(default=None, compare=False)


class Finding(Part):
    """The contract between methods, story, app and other people's programs. See docs/finding.md."""

    schema_: int = Field(default=SCHEMA, alias="schema")
    id: str
    method: str
    method_version: str
    question: str
    result: str
    reasons: list[Note] = Field(default_factory=list)
    needed: list[str] = Field(default_factory=list)
    statement: Statement
    estimates: dict[str, EstimateField] = Field(default_factory=dict)
    values: dict[str, Any] = Field(default_factory=dict)
    places: dict[str, PlaceAnswer] = Field(default_factory=dict)
    series: Series | None = None
    artifacts: list[Artifact] = Field(default_factory=list)
    caveats: list[Note] = Field(default_factory=list)
    inputs: list[InputRef] = Field(default_factory=list)
    parameters: dict[str, Any] = Field(default_factory=dict)
    simulated: bool = False
    software: dict[str, str] = Field(default_factory=dict)
    input_key: str
    self_sha256: str = ""
    """Of everything above: shows a finding that was edited by hand."""
    _home: _Home = PrivateAttr(default_factory=_Home)

    def sealed(self) -> Finding:
        """The same with its own digest."""
        return self.model_copy(update={"self_sha256": self._digest()})

    @property
    def is_intact(self) -> bool:
        """Whether it still says what was computed."""
        return self.self_sha256 == self._digest()

    def _digest(self) -> str:
        return digest({**self.to_json(), "self_sha256": ""})

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, floats rounded by the one serialiser."""
        plain: dict[str, Any] = canonical(self.model_dump(by_alias=True))
        return plain

    def pretty(self) -> str:
        """The text of findings/ID.json."""
        return pretty_json(self.to_json())

    @classmethod
    def read(cls, path: Path) -> Finding:
        """Reads findings/ID.json; raises InputError (code "finding") when this program cannot read it as one."""
        try:
            finding = cls.model_validate(json.loads(path.read_text(encoding="utf-8")))
            finding.pretty().encode()  # NaN, half a character: what could not be written again is no finding either
            finding._home.folder = path.parent
            return finding
        except (ValueError, OSError, RecursionError) as error:
            raise InputError(
                f"{path.name} is not a finding this program can read.",
                saw=_first(error),
                do="Delete it and run `dateline measure` again; findings can always be recomputed.",
                code="finding",
            ) from error

    @property
    def folder(self) -> Path | None:
        """The folder of findings that it was read from; None for one that was not read."""
        return self._home.folder

    def columns(self, what: What | None = None, *, show_sensitive: bool = False) -> dict[str, Column]:
        """Its rows, places or estimates as columns by name; what is not known is None.

        Raises UsageError (code "no-rows"), InputError (code "rows-elsewhere").
        """
        return columns(self, what, folder=self.folder, show_sensitive=show_sensitive)

    def to_frame(self, what: What | None = None, *, show_sensitive: bool = False) -> Any:
        """The same as a pandas DataFrame. Raises UsageError (code "pandas") where that is not installed, too."""
        return to_frame(self.columns(what, show_sensitive=show_sensitive))

    def to_html(self, *, show_sensitive: bool = False) -> str:
        """A small table for a notebook. Where somebody stood stays hidden until it is asked for."""
        return html_of(self, show_sensitive=show_sensitive)

    def _repr_html_(self) -> str:
        return self.to_html()

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """What stands beside the HTML in a notebook's file: which finding it is, and nothing that it says."""
        yield from ((name, getattr(self, name)) for name in ("id", "method", "result", "simulated"))

    def plot(self, block: str | None = None, *, show_sensitive: bool = False) -> Any:
        """The figure that a page would draw of it, by the program's own door: this layer does not know how.

        block: which figure; the fitting one without. See dateline.plot.
        """
        return sys.modules[__name__.partition(".")[0]].plot(self, block, show_sensitive=show_sensitive)
