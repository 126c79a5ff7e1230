"""The JSON Schemas that we publish: for editors that complete and check records while they are written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from dateline.core.identity import pretty_json
from dateline.evidence.item import Item
from dateline.ledger.case import MODELS
from dateline.ledger.finding import Finding
from dateline.ledger.head import Head
from dateline.ledger.observation import Observation
from dateline.ledger.record import Record


class _Generate(GenerateJsonSchema):
    """Pydantic's schema, for files: titles that only repeat the key are left out."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        """Never: the key says it."""
        return False


def schemas() -> dict[str, JsonSchemaValue]:
    """The JSON Schema of every kind of record, of an item and of a finding, by name."""
    records: tuple[type[Record], ...] = (Head, *MODELS, Observation)
    models: dict[str, type[BaseModel]] = {"item": Item, "finding": Finding}
    models |= {model.kind: model for model in records}
    return {name: _schema(name, model) for name, model in sorted(models.items())}


def _schema(name: str, model: type[BaseModel]) -> JsonSchemaValue:
    made = model.model_json_schema(schema_generator=_Generate)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": name}


def write_schemas(folder: Path) -> None:
    """Writes NAME.json for each, as docs/schemas has them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (folder / f"{name}.json").write_text(pretty_json(schema), encoding="utf-8")
