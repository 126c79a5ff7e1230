"""What pydantic says about a record, told to the person who wrote it: line, key, what was found, what is valid."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from pydantic import BaseModel, ValidationError

from dateline.core.errors import RecordFault
from dateline.ledger.keys import keys_at
from dateline.ledger.told import A_DAY
from dateline.ledger.toml_lines import Path, as_written, line_of

_WIDTH = 70
_WANTED = {
    "string_type": "text between quotation marks",
    "int_type": "a whole number, without quotation marks",
    "float_type": "a number, without quotation marks",
    "bool_type": "true or false, without quotation marks",
    "tuple_type": "a list between [ and ]",
    "dict_type": "a table",
    "model_type": "a table",
    "date_type": A_DAY,
}


def faults_of(
    error: ValidationError, model: type[BaseModel], *, file: str, lines: Mapping[Path, int], line: int | None = None
) -> tuple[RecordFault, ...]:
    """One fault for each thing that pydantic found. `line` overrides the key's own (one record a line)."""
    found = []
    for item in error.errors(include_url=False):
        path, what, valid = _told(item, model)
        found.append(
            RecordFault(
                file=file,
                line=line_of(lines, path) if line is None else line,
                key=".".join(map(str, as_written(lines, path) if lines else path)) or "the record",
                found=what,
                valid=valid,
            )
        )
    return tuple(found)


def _told(item: Any, model: type[BaseModel]) -> tuple[Path, str, str]:
    path: Path = tuple(item["loc"])
    context = item.get("ctx") or {}
    match item["type"]:
        case "record":
            steps = context["at"].split(".") if context["at"] else ()
            inner = tuple(int(step) if step.isdigit() else step for step in steps)
            return path + inner, context["found"], context["valid"]
        case "missing":
            return path, "nothing", f"it is required{_described(model, path)}"
        case "extra_forbidden":
            known = keys_at(model, path[:-1])
            return path, "an unknown key", offer(str(path[-1]), known)
        case "literal_error" | "enum":
            return path, shown(item["input"]), _choices(str(item["input"]), context["expected"])
    said = item["msg"].removeprefix("Value error, ").replace("Input should be ", "")
    return path, shown(item["input"]), _WANTED.get(item["type"], said)


def shown(value: Any) -> str:
    """A value as it stands in the file, cut to a line."""
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "a table"
        case list() | tuple():
            return f"a list of {len(value)}"
        case datetime() | date() | time():
            return value.isoformat()
    text = repr(value)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def offer(word: str, known: Iterable[str]) -> str:
    """The words there are, the nearest first: "did you mean …?". Long lists are cut."""
    words = sorted(known)
    near = nearest(word, words)
    if near:
        return f"did you mean {' or '.join(near)}?"
    if not words:
        return "there is none yet"
    rest = f" and {len(words) - 24} more" if len(words) > 24 else ""
    return "one of " + ", ".join(words[:24]) + rest


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """At most two known words that look like this one, whatever their case."""
    by_lower = {name.lower(): name for name in known}
    return [by_lower[name] for name in difflib.get_close_matches(word.lower(), by_lower, n=2, cutoff=0.65)]


def _choices(word: str, expected: str) -> str:
    near = nearest(word, expected.replace(" or ", ", ").replace("'", "").split(", "))
    return f"{expected}{f'; did you mean {near[0]}?' if near else ''}"


def _described(model: type[BaseModel], path: Path) -> str:
    known = keys_at(model, path[:-1]).get(str(path[-1]), {})
    return f" ({known['description']})" if "description" in known else ""
