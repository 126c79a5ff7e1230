"""Which keys may stand where in a record, in canonical order: read off the record's own schema."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from dateline.ledger.toml_lines import Path


def keys_at(model: type[BaseModel], path: Path = ()) -> dict[str, Any]:
    """The keys of the table at this path, each with its JSON Schema; empty where keys are free or there is no table."""
    schema = _schema(model)
    tables = list(_tables(schema, schema))
    for step in path:
        if isinstance(step, str):  # an index leads to a table of the same shape
            tables = [found for table in tables for found in _inside(table, step, schema)]
    return {key: value for table in tables for key, value in table.get("properties", {}).items()}


@lru_cache(maxsize=32)
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _tables(node: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a node of the schema may be: references and alternatives followed, lists entered."""
    if "$ref" in node:
        yield from _tables(schema["$defs"][node["$ref"].rpartition("/")[2]], schema)
    elif "anyOf" in node:
        for option in node["anyOf"]:
            yield from _tables(option, schema)
    elif "items" in node:
        yield from _tables(node["items"], schema)
    else:
        yield node


def _inside(table: dict[str, Any], key: str, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    extra = table.get("additionalProperties")
    if key in table.get("properties", {}):
        yield from _tables(table["properties"][key], schema)
    elif isinstance(extra, dict):
        yield from _tables(extra, schema)
