"""A field that is one table or an array of tables: one stands alone, several are listed."""

from __future__ import annotations

from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, SerializerFunctionWrapHandler
from pydantic_core import CoreSchema, core_schema


class OneOrMany:
    """Lets one part stand alone as a table; several are an array of tables."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Reads one as a list of one, writes a list of one as one."""
        return core_schema.no_info_before_validator_function(
            lambda value: value if isinstance(value, list | tuple) else [value],
            handler(source),
            serialization=core_schema.wrap_serializer_function_ser_schema(_written),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Both forms."""
        many = dict(handler(schema))
        return {"anyOf": [many["items"], many]}


def _written(parts: Any, write: SerializerFunctionWrapHandler) -> Any:
    plain = write(parts)
    return plain[0] if len(plain) == 1 else plain
