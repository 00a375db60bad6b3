"""The JSON Schema of spec files, read off the rules, so that editors complete and check them."""

from __future__ import annotations

from ...core.declare import REQUIRED
from ...core.framework import DEFAULT, frameworks
from ...core.ignored_options import schema as inert_schema
from ...core.json_data import either
from ...core.kinds import EXPRESSION, NULL, SIZE_SCHEMA
from ...core.registry import rules
from ...core.rule import Rule
from ...untyped import Parsed
from .items import MAX_LAYERS, MODELS, first_option, roles

DRAFT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Parsed]

_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 200}
_LAYERS: Schema = {"type": "array", "items": {"$ref": "#/$defs/layer"}, "minItems": 1}
_SHAPE: Schema = {"$ref": "#/$defs/shape"}
_SWITCH: Schema = {"type": "boolean"}
_TRAINABLE = {**_SWITCH, "description": "false freezes the weights."}


def schema(framework: str = DEFAULT) -> Schema:
    """Give the schema of spec files.

    Raises
    ------
    LayerError
        For a framework without rules.
    """
    known = rules(framework)
    return {
        "$schema": DRAFT,
        "title": "A model for paramcalc",
        "description": "Layers by their class names and Keras's own argument names; sizes may be expressions.",
        **_object(
            {
                "$schema": {"type": "string"},
                "framework": {
                    "enum": list(frameworks()),
                    "description": f"Whose layers they are; {DEFAULT} when left out.",
                },
                "name": _NAME,
                "input": {**_SHAPE, "description": "Without the batch; a name is a symbolic size, null is unknown."},
                "inputs": {"$ref": "#/$defs/inputs", "description": "Several inputs by name."},
                "batch": {"anyOf": [{"$ref": "#/$defs/size"}, {"type": "null"}]},
                "sizes": {
                    "type": "object",
                    "description": "Values for named sizes; null leaves a name a symbol.",
                    "additionalProperties": {"anyOf": [{"$ref": "#/$defs/size"}, {"type": "null"}]},
                },
                "layers": {**_LAYERS, "description": "Each reads the one before, or what its inputs name."},
                "outputs": {"$ref": "#/$defs/references", "description": "The last layer when left out."},
                "trainable": _TRAINABLE,
            },
            ["layers"],
        ),
        "$defs": {**_shared(known), **{name: _item(rule) for name, rule in known.items()}, **_models()},
    }


def _shared(known: dict[str, Rule]) -> Schema:
    bare = [spelling for rule in known.values() if not _required(rule) for spelling in (rule.name, rule.snake)]
    one_of_many = [{"$ref": f"#/$defs/{name}"} for name in ("use", "repeat", "Sequential", "Model", *known)]
    reference = {**_NAME, "description": "The name of a layer or input; enc[1] is the second output of enc."}
    shape = {"type": "array", "maxItems": 20, "items": either(SIZE_SCHEMA, NULL)}
    return {
        "size": SIZE_SCHEMA,
        "shape": {"anyOf": [shape, {"type": "null"}]},
        "inputs": {"type": "object", "additionalProperties": _SHAPE, "minProperties": 1},
        "references": {"anyOf": [reference, {"type": "array", "items": reference, "minItems": 1}]},
        "count": either({"type": "integer", "minimum": 1, "maximum": MAX_LAYERS}, EXPRESSION),
        "layer": {"anyOf": [{"enum": bare, "description": "A layer without options."}, *one_of_many]},
        "inner": _inner(known),
        "use": {
            "description": "A layer from above once more, with the same weights.",
            **_object({"use": _NAME, **_links()}, ["use"]),
        },
        "repeat": {
            "description": "A block several times, each copy with weights of its own.",
            **_object(
                {
                    "repeat": {"$ref": "#/$defs/count"},
                    "layers": _LAYERS,
                    "inputs": {"$ref": "#/$defs/references"},
                },
                ["repeat", "layers"],
            ),
        },
    }


def _links() -> Schema:
    references = {"$ref": "#/$defs/references"}
    return {
        "name": {**_NAME, "description": "For inputs, outputs and use."},
        "inputs": {**references, "description": "What it reads; the layer before when left out."},
        "initial_state": {**references, "description": "Where its initial states come from; zeros when left out."},
        "repeat": {"$ref": "#/$defs/count", "description": "So many layers like this one, one after the other."},
    }


def _item(rule: Rule) -> Schema:
    # {Dense: 108}, {Dense: {units: 108}}, {dense: …}, each with its connections beside it
    options = _options(rule)
    if not _required(rule):
        options = {"anyOf": [*options["anyOf"], {"type": "null"}]}
    return {"description": rule.why, **_keyed((rule.name, rule.snake), options)}


def _keyed(spellings: tuple[str, ...], value: Schema) -> Schema:
    first, *others = spellings
    properties = {first: value, **{one: {"$ref": f"#/$defs/{first}/properties/{first}"} for one in others}}
    properties.update({**_links(), "trainable": _TRAINABLE})
    one = [{"required": [spelling]} for spelling in spellings]
    return {**_object(properties, []), "oneOf": one}


def _options(rule: Rule) -> Schema:
    properties: Schema = {}
    for name, option in rule.options.items():
        properties[name] = option.kind.schema()
        if option.default is not REQUIRED and option.default is not None:
            plain = isinstance(option.default, (bool, int, float, str))
            properties[name] = {**properties[name], "default": option.default} if plain else properties[name]
    properties.update({name: inert_schema(name) for name in sorted(rule.ignored)})
    properties.update({**_links(), "trainable": _TRAINABLE})
    size: Schema = {"$ref": "#/$defs/size"}
    properties.update({"input_shape": _SHAPE, "batch_input_shape": _SHAPE})
    properties = {"input_dim": size, "input_length": either(size, _SHAPE), **properties}
    first = first_option(rule)
    needed = [name for name in _required(rule) if name != first]
    whole = _object(properties, _required(rule))
    if first is None:
        return {"anyOf": [whole]}
    forms = [whole] if needed else [whole, properties[first]]
    if roles(rule).get(first) == "layer":  # Bidirectional: {LSTM: 128}
        inner = {"type": "object", "$ref": "#/$defs/inner", "properties": properties, "unevaluatedProperties": False}
        forms.append({**inner, "not": {"required": [first]}, **({"required": needed} if needed else {})})
    return {"anyOf": forms}


def _inner(known: dict[str, Rule]) -> Schema:
    # the layer in Bidirectional: {LSTM: 128, merge_mode: sum}
    spelled = {spelling: name for name, rule in known.items() for spelling in (rule.name, rule.snake)}
    spelled |= MODELS
    return {
        "properties": {one: {"$ref": f"#/$defs/{name}/properties/{name}"} for one, name in spelled.items()},
        "oneOf": [{"required": [one]} for one in spelled],
    }


def _required(rule: Rule) -> list[str]:
    return [name for name, option in rule.options.items() if option.default is REQUIRED]


def _models() -> Schema:
    own = {"name": _NAME, "input": _SHAPE, "layers": _LAYERS, "trainable": _TRAINABLE}
    links = _links()
    inputs = {"anyOf": [{"$ref": "#/$defs/inputs"}, {"$ref": "#/$defs/references"}]}
    connected = {**own, "initial_state": links["initial_state"], "repeat": links["repeat"], "inputs": inputs}
    whole = _object({**connected, "outputs": {"$ref": "#/$defs/references"}}, ["layers"])
    value = {"anyOf": [whole, _LAYERS]}
    return {
        "Sequential": {"description": "A chain of layers as one layer.", **_keyed(("Sequential", "sequential"), value)},
        "Model": {"description": "A graph of layers as one layer.", **_keyed(("Model", "model"), value)},
    }


def _object(properties: Schema, required: list[str]) -> Schema:
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": required} if required else found
