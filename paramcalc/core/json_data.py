"""JSON as types, and alternatives in a JSON Schema."""

from __future__ import annotations

from typing import TypeAlias

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
JsonObject: TypeAlias = dict[str, Json]


def either(*schemas: JsonObject) -> JsonObject:
    """Describe a value that fits one of the schemas; the alternatives of an alternative are laid flat."""
    forms: list[Json] = []
    for one in schemas:
        inner = one.get("anyOf")
        forms += inner if isinstance(inner, list) else [one]
    return {"anyOf": forms}
