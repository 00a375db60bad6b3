"""Signatures and docstrings of rules, for ``inspect.signature``, ``help`` and the stubs: read off kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import Parameter, Signature
from typing import NamedTuple, Protocol

from ..untyped import OptionValue
from . import ignored_options
from .descriptions import description
from .json_data import Json, JsonObject
from .kinds import EXPRESSION
from .schema import REQUIRED, Option

SIZE, NAMED, LAYERS = "Size", "Named", "AnyLayer"  # aliases that the stubs explain
_TYPES = {
    "integer": "int",
    "number": "float",
    "string": "str",
    "boolean": "bool",
    "object": "Mapping[str, object]",
    "null": "None",
}
FRAMEWORKS_OWN = ...  # the default of an option that no count depends on: that of the framework


class Described(Protocol):
    """What a signature needs of a rule."""

    @property
    def framework(self) -> str:
        """Name of its framework."""

    @property
    def options(self) -> Mapping[str, Option]:
        """Options that decide shapes or weights, by name."""

    @property
    def defaults(self) -> Mapping[str, OptionValue]:
        """Their defaults."""

    @property
    def ignored(self) -> frozenset[str]:
        """Options that no count depends on."""

    @property
    def positional(self) -> tuple[str, ...]:
        """Options that need no name."""

    @property
    def why(self) -> str:
        """First line of its text."""

    @property
    def about(self) -> str:
        """The rest of it."""


class Argument(NamedTuple):
    """One keyword of a rule.

    Attributes
    ----------
    name : str
    type : str
        As an annotation writes it.
    default : object
        ``REQUIRED``, or `FRAMEWORKS_OWN` where no count depends on it.
    positional : bool
        Whether it may be given without its name.
    description : str
    """

    name: str
    type: str
    default: object
    positional: bool
    description: str


def arguments(rule: Described) -> list[Argument]:
    """List the keywords of a rule in their order, those without influence on a count last."""
    options = {name: (type_text(one.kind.schema()), rule.defaults[name]) for name, one in rule.options.items()}
    for name in sorted(rule.ignored):
        options[name] = (_ignored_type(name), FRAMEWORKS_OWN)
    options |= {"name": ("str | None", None), "trainable": ("bool", True)}
    return [
        Argument(name, *options[name], name in rule.positional, description(rule.framework, name))
        for name in [*rule.positional, *(name for name in options if name not in rule.positional)]
    ]


def signature_of(rule: Described) -> Signature:
    """Make the signature of a rule as ``inspect`` has it; annotations are strings."""
    return Signature([*_parameters(rule)], return_annotation="Layer")


def _parameters(rule: Described) -> Iterator[Parameter]:
    open_to_position = True
    optional = False
    for one in arguments(rule):
        default = Parameter.empty if one.default is REQUIRED else one.default
        # a required option after one with a default can only be given by name
        open_to_position = open_to_position and one.positional and not (optional and default is Parameter.empty)
        optional = optional or default is not Parameter.empty
        kind = Parameter.POSITIONAL_OR_KEYWORD if open_to_position else Parameter.KEYWORD_ONLY
        yield Parameter(one.name, kind, default=default, annotation=one.type)


def docstring_of(rule: Described) -> str:
    """Write what a rule says about itself, and its options."""
    lines = [rule.why, *(["", rule.about] if rule.about else []), "", "Options", "-------"]
    for one in arguments(rule):
        if one.default is FRAMEWORKS_OWN:
            continue
        default = "required" if one.default is REQUIRED else f"default {one.default!r}"
        lines += [f"{one.name} : {one.type}, {default}", f"    {one.description}"]
    ignored = ", ".join(sorted(rule.ignored))
    return "\n".join([*lines, *(["", f"Without influence on the count: {ignored}."] if ignored else [])])


def _ignored_type(name: str) -> str:
    known = ignored_options.schema(name)
    return NAMED if name.rpartition("_")[2] in ignored_options.NAMED else type_text(known)


def type_text(schema: JsonObject) -> str:
    """Write the type of the values that a JSON Schema describes, as an annotation does."""
    found = dict.fromkeys(_alternatives(schema))
    if "object" in found:
        return "object"
    if {"str", _TYPES["object"]} <= found.keys():
        found = {NAMED: None, **{one: None for one in found if one not in ("str", _TYPES["object"])}}
    return " | ".join([one for one in found if one != "None"] + ["None"] * ("None" in found))


def _alternatives(schema: JsonObject) -> Iterator[str]:
    several = schema.get("anyOf")
    if isinstance(several, list):
        inner = [one for one in several if isinstance(one, Mapping)]
        sized = EXPRESSION in inner
        if sized:
            yield SIZE
        for one in inner:
            if not (sized and (one == EXPRESSION or one.get("type") == "integer")):
                yield from _alternatives(one)
    elif "enum" in schema:
        yield from _literals(schema["enum"])
    elif "const" in schema:
        yield type(schema["const"]).__name__
    elif "$ref" in schema:
        yield LAYERS
    else:
        types = schema.get("type")
        yield from (_plain(one, schema) for one in (types if isinstance(types, list) else [types]))


def _literals(values: Json) -> Iterator[str]:
    assert isinstance(values, list)
    plain = [value for value in values if value is not None]
    if set(map(repr, plain)) == {"True", "False"}:
        yield "bool"
    elif plain:
        yield f"Literal[{', '.join(map(repr, plain))}]"
    if None in values:
        yield "None"


def _plain(type: Json, schema: JsonObject) -> str:
    if type == "array":
        items = schema.get("items")
        return f"Sequence[{type_text(items) if isinstance(items, dict) else 'object'}]"
    return _TYPES.get(type, "object") if isinstance(type, str) else "object"
