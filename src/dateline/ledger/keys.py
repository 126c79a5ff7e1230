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
    nodes = [schema]
    for step in path:
        nodes = [child for node in nodes for child in _children(node, step, schema)]
    shapes = [shape for node in nodes for shape in _shapes(node, schema)]
    return {key: value for shape in shapes for key, value in shape.get("properties", {}).items()}


@lru_cache(maxsize=32)
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _shapes(node: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a node of the schema may be, references and alternatives followed."""
    if "$ref" in node:
        yield from _shapes(schema["$defs"][node["$ref"].rpartition("/")[2]], schema)
    elif "anyOf" in node:
        for option in node["anyOf"]:
            yield from _shapes(option, schema)
    else:
        yield node


def _children(node: dict[str, Any], step: str | int, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for shape in _shapes(node, schema):
        items, extra = shape.get("items"), shape.get("additionalProperties")
        if isinstance(step, int):
            if items:
                yield items
        elif step in shape.get("properties", {}):
            yield shape["properties"][step]
        elif isinstance(extra, dict):
            yield extra
        elif items:  # a header [[list]] names the list and not its index
            yield from _children(items, step, schema)
