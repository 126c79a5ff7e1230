"""A finding as a table: its rows, its places or its estimates, as columns that any table library can take."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from dateline.core.errors import InputError, UsageError
from dateline.core.estimate import Estimate
from dateline.core.identity import sha256_file
from dateline.core.state import State
from dateline.core.when import When

if TYPE_CHECKING:
    from dateline.ledger.finding import Finding
    from dateline.ledger.secrets import Secrets

What = Literal["rows", "places", "estimates"]
Column = list[Any]
SENSITIVE = frozenset({"exact-position", "sensitive-position", "sensitive-place"})
"""Caveats of findings that say where somebody stood."""

_TIMES = frozenset({"when", "month", "date", "day", "night", "period", "year", "time", "at", "from", "to", "published"})
"""Columns that stay words: "2022-03" is a month, and no number and no first of March."""
_WORDS = frozenset({"id", "image", "item", "name", "note", "place", "state", "unit", "why"})
"""Columns that stay words where all of a table are digits: an image called 42, the unit "1"."""
_OPEN = frozenset({"finding", "result", "estimate", "unit", "level", "n", "state"})
"""Columns of a sensitive finding that lead nowhere."""
_MEASURED = frozenset({"value", "best", "mean", "total", "ratio", "light", "low", "high", "lower", "upper", "low50",
                       "high50", "low_50", "high_50"})  # fmt: skip
_UNSEEN = frozenset(state.words for state in State if not state.is_seen)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def columns(
    finding: Finding, what: What | None = None, *, folder: Path | None = None, show_sensitive: bool = False
) -> dict[str, Column]:
    """Columns of equal length by name: numbers, words, and None for what is not known, which is never 0.

    what: "rows" of the series, "places" or "estimates"; the first of these that there is. folder: where the finding's
    files lie. Unless asked for, what a sensitive finding says is None (distances to landmarks lead to a place as its
    coordinates do), and so are cells that name somebody who may not be named. `simulated` is a column of its own.
    Raises UsageError (code "no-rows"), InputError (code "rows-elsewhere").
    """
    chosen = what or ("rows" if finding.series else "places" if finding.places else "estimates")
    if chosen not in get_args(What):
        raise UsageError(
            "There is no such table of a finding.",
            saw=repr(chosen),
            do=f"Choose from {', '.join(get_args(What))}.",
            code="no-rows",
        )
    found = {"rows": _rows, "places": _places, "estimates": _estimates}[chosen](finding, folder)
    if not found:
        raise UsageError(
            f"{finding.id} has no {chosen}.",
            saw=f"result “{finding.result}”",
            do="Ask for another: rows, places or estimates.",
            code="no-rows",
        )
    names = dict.fromkeys(name for row in found for name in row)
    made = {name: _typed(name, [row.get(name) for row in found]) for name in names}
    if not show_sensitive:
        secrets, closed = secrets_beside(finding), is_sensitive(finding)
        made = {
            name: [None if (closed and name not in _OPEN) or _betrays(one, secrets) else one for one in values]
            for name, values in made.items()
        }
    return {**made, "simulated": [finding.simulated] * len(found)}


def is_sensitive(finding: Finding) -> bool:
    """Whether it says where somebody stood. Nobody stands where an invented camera stood."""
    return not finding.simulated and any(note.code in SENSITIVE for note in finding.caveats)


def secrets_beside(finding: Finding) -> Secrets:
    """What may not be printed of somebody in the case that it was read from; nothing where it lies in none."""
    from dateline.ledger.case import HEAD, Case  # which builds on findings
    from dateline.ledger.secrets import Secrets, secrets_of

    home = finding.folder
    return (
        Secrets({}, {})
        if home is None or not (home.parent / HEAD).is_file()
        else secrets_of(Case.load(home.parent).records)
    )


def _betrays(cell: Any, secrets: Secrets) -> bool:
    return isinstance(cell, str) and next(secrets.in_text(cell), None) is not None


def to_frame(made: Mapping[str, Column]) -> Any:
    """The same as a pandas DataFrame: numbers with NaN, words with NA, whole numbers whole.

    Raises UsageError (code "pandas") where pandas is not installed: this program does without it otherwise.
    """
    try:
        pd = import_module("pandas")
    except ImportError as error:
        raise UsageError(
            "A DataFrame needs pandas, which is not installed.",
            saw=str(error),
            do="Install pandas beside dateline (pip install pandas), or take .columns(): a dict of lists.",
            code="pandas",
        ) from error
    return pd.DataFrame({name: pd.Series(values, dtype=dtype(values)) for name, values in made.items()})


def dtype(values: Sequence[Any]) -> str:
    """What pandas calls the sort of a column."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {bool} and kinds:
        return "bool" if None not in values else "boolean"
    if kinds == {int}:
        return "int64" if None not in values else "Int64"
    return "float64" if kinds and kinds <= {int, float} else "string"


def _rows(finding: Finding, folder: Path | None) -> list[dict[str, Any]]:
    """Rows of the series; what was not seen has no value, whatever number stands in the file."""
    return [_seen(row) for row in _told(finding, folder)]


def _told(finding: Finding, folder: Path | None) -> Iterable[Mapping[str, Any]]:
    series = finding.series
    if series is None or series.artifact is None:
        return [] if series is None else series.rows
    beside = next((one for one in finding.artifacts if one.role == series.artifact), None)
    path = None if folder is None or beside is None else folder / beside.path
    if (
        beside is None or path is None or folder is None
        or not path.is_file()
        or not path.resolve().is_relative_to(folder.resolve())
        or sha256_file(path) != beside.sha256
    ):  # fmt: skip
        raise InputError(
            f"The rows of {finding.id} lie in a file beside it.",
            saw="no folder is known" if path is None else f"{path.name} is not there, or has other bytes",
            do="Open the finding from its case (dateline.open), or save the answer of dateline.run to a folder.",
            code="rows-elsewhere",
        )
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _seen(row: Mapping[str, Any]) -> dict[str, Any]:
    states = {str(row.get(key)) for key in ("state", "why", "note")}
    return {name: None if name in _MEASURED and states & _UNSEEN else value for name, value in row.items()}


def _places(finding: Finding, _folder: Path | None) -> list[dict[str, Any]]:
    """A row for each place and estimate, and one for a place without any."""
    return [
        {"place": name, "result": answer.result, **told}
        for name, answer in finding.places.items()
        for told in [_estimate(key, one) for key, one in answer.estimates.items()] or [_estimate(None, None)]
    ]


def _estimates(finding: Finding, _folder: Path | None) -> list[dict[str, Any]]:
    """A row for each; of a finding without any, one that says its result and no number."""
    told = [_estimate(name, one) for name, one in finding.estimates.items()] or [_estimate(None, None)]
    return [{"finding": finding.id, "result": finding.result, **one} for one in told]


def _estimate(name: str | None, one: Estimate | None) -> dict[str, Any]:
    told = ("best", "low", "high", "level", "unit", "n", "how")
    return {"estimate": name, **{key: None if one is None else getattr(one, key) for key in told}}


def _typed(name: str, values: Sequence[Any]) -> Column:
    """Numbers as numbers where all of a column are; times and everything else as words."""
    plain = [_plain(value) for value in values]
    there = [value for value in plain if value is not None]
    if name.lower() in _TIMES | _WORDS:
        return [None if value is None else str(value) for value in plain]
    if there and all(isinstance(value, bool) for value in there):
        return plain
    if there and all(isinstance(value, int | float) and not isinstance(value, bool) for value in there):
        return plain if all(isinstance(value, int) for value in there) else [_float(value) for value in plain]
    if there and all(isinstance(value, str) and _NUMBER.fullmatch(value) for value in there):
        return [_float(value) for value in plain]
    return [None if value is None else str(value) for value in plain]


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _plain(value: Any) -> Any:
    """A cell: nothing for what is empty, a time in EDTF, JSON for what has parts."""
    if value is None or value == "" or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, Mapping) and {"earliest", "latest"} <= value.keys():
        return When.from_json(dict(value)).edtf()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | tuple) else value
