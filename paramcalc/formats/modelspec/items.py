"""The ``layers`` of a spec: each item to a layer, and to a use of it in a graph.

An item is one of::

    Flatten                                        a layer without options
    Dense: 108                                     the value of the first option
    LSTM: {units: 128, name: enc, inputs: a}       options, by Keras's names
    Sequential: {layers: [...]}                    a chain as one layer
    Model: {inputs: {a: [...]}, layers: [...]}     a graph as one layer
    use: embed                                     a layer from above once more, with the same weights
    repeat: 12, layers: [...]                      a block, twelve times, each with weights of its own

``name``, ``inputs``, ``initial_state``, ``repeat`` and ``trainable`` stand among the options or beside the layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import islice

from ...core.declare import CELLS, LAYER
from ...core.kinds import TARGET, Sized, Window
from ...core.registry import find, known
from ...core.rule import Rule
from ...errors import GraphError, LayerError, OptionError, ParamcalcError, cut, nearest, placed
from ...untyped import Parsed
from .fields import check_keys, declared_inputs, name, trainable
from .sizes import Sizes
from .wiring import Graph, Pending, Scope, Use, references

MAX_LAYERS = 1_000_000  # in a model, repeated, nested and shared ones counted each time
MAX_COPIES = 100_000  # layers that ``repeat`` adds, so that a few bytes cannot ask for minutes of work

SHOWN = 6  # options or sizes in an error

CONNECTIONS = ("name", "inputs", "initial_state", "repeat")
BESIDE = (*CONNECTIONS, "trainable")  # what may stand beside a layer's name
MODELS = {"Sequential": "Sequential", "sequential": "Sequential", "Model": "Model", "model": "Model"}
MODEL_KEYS = ("name", "input", "inputs", "layers", "outputs", "trainable")
OWN = ("name", "trainable")  # those that are the layer's own
USE_KEYS = ("use", *CONNECTIONS)
BLOCK_KEYS = ("repeat", "layers", "inputs")
BASE = ("name", "trainable", "input_shape", "batch_input_shape", "input_dim", "input_length")  # what every layer takes


def flow(value: Parsed, depth: int = 4) -> str:
    """Write plain data on one line as YAML has it; what is long or deep is left out."""
    if isinstance(value, (Mapping, list)) and not depth:
        return "…"
    if isinstance(value, Mapping):
        inner = [f"{key}: {flow(one, depth - 1)}" for key, one in islice(value.items(), SHOWN)]
        return f"{{{', '.join([*inner, '…'] if len(value) > SHOWN else inner)}}}"
    if isinstance(value, list):
        inner = [flow(one, depth - 1) for one in value[:SHOWN]]
        return f"[{', '.join([*inner, '…'] if len(value) > SHOWN else inner)}]"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else cut(str(value))


@cache
def first_option(rule: Rule) -> str | None:
    """Name the option a single value stands for."""
    return next(iter(rule.positional), None)


@cache
def roles(rule: Rule) -> dict[str, str]:
    """Say which options hold sizes, which a layer or layers."""
    kinds = {key: option.kind.base for key, option in rule.options.items()}
    sized = {key: "size" for key, kind in kinds.items() if isinstance(kind, (Sized, Window)) or kind is TARGET}
    return sized | {key: "layer" for key, kind in kinds.items() if kind in (LAYER, CELLS)}


class Reader:
    """Reads items; holds what all models in one spec share."""

    def __init__(self, sizes: Sizes, framework: str) -> None:
        self.sizes = sizes
        self.framework = framework
        self.spent = 0
        self.copied = 0
        self.costs: dict[int, int] = {}  # by id: how many layers a layer is, for those that are several

    # --- items ----------------------------------------------------------------------------------

    def block(self, items: Parsed, place: str, graph: Graph, scope: Scope | None = None) -> None:
        """Read a list of items into a graph; ``place`` is the path to the list inside the model.

        Raises
        ------
        ParamcalcError
        """
        if not isinstance(items, list):
            raise GraphError("not a list of layers", expected="such as - Dense: 108", received=items).at("layers")
        scope = scope or graph.scope
        for at, item in enumerate(items):
            try:
                self.item(item, f"{place}[{at}]", graph, scope)
            except ParamcalcError as error:
                raise error.at(f"layers[{at}]")

    def item(self, item: Parsed, place: str, graph: Graph, scope: Scope) -> None:
        """Read one item into a graph."""
        if isinstance(item, Mapping):
            if "use" in item:
                return self.use(item, place, graph, scope)
            if "layers" in item:
                return self.repeated(item, place, graph, scope)
        key, value, beside = self.named(item)
        options, links = self.parted(key, value, beside)
        options = {**options, **{own: links[own] for own in OWN[1:] if own in links}}
        count = self.count(links.get("repeat"), key)
        self.copy(count - 1, key)
        reads = self.reads(links)
        for copy in range(1, count + 1):
            label = self.label(links, graph, scope, copy)
            layer = self.layer(key, options if label is None else {**options, "name": label}, "")
            graph.add(Use(layer, reads[0] if copy == 1 else None, reads[1], graph.last, scope, f"{place}.{key}"))
        return None

    def use(self, item: Mapping[str, Parsed], place: str, graph: Graph, scope: Scope) -> None:
        """Read ``use: embed``: a layer from above, applied once more."""
        check_keys(item, USE_KEYS, "use")
        wanted = item["use"]
        position = scope.find(wanted) if isinstance(wanted, str) else None
        layer = graph.layer(position) if isinstance(position, int) else None
        if layer is None:
            near = nearest(wanted, scope.visible()) if isinstance(wanted, str) else None
            raise GraphError(
                "no layer above has this name", expected="the name of a layer", received=wanted, suggestion=near
            ).at("use")
        reads = self.reads(item)
        count = self.count(item.get("repeat"), "")
        self.copy(count - 1)
        for copy in range(1, count + 1):
            self.label(item, graph, scope, copy)
            self.spend(self.costs.get(id(layer), 1))
            graph.add(Use(layer, reads[0] if copy == 1 else None, reads[1], graph.last, scope, place))

    def repeated(self, item: Mapping[str, Parsed], place: str, graph: Graph, scope: Scope) -> None:
        """Read ``repeat: 12, layers: [...]``: a block several times, each copy after the one before."""
        self.refuse_class_as_value(item)
        check_keys(item, BLOCK_KEYS, "a repeated block")
        if "repeat" not in item:
            raise OptionError("the number of copies is missing", expected="repeat: and a whole number").at("repeat")
        count = self.count(item["repeat"], "")
        inputs = self.reads(item)[0]
        if inputs is not None:
            graph.last = Pending(inputs, scope)
        self.copy((count - 1) * self.least_layers(item["layers"]))
        for copy in range(1, count + 1):
            start = len(graph.uses)
            self.block(item["layers"], f"{place}.layers", graph, Scope(graph.last, scope, copy))
            if len(graph.uses) == start:
                raise GraphError("a block without layers", expected="at least one").at("layers")

    def least_layers(self, items: Parsed) -> int:
        """Count the layers that a list of items will add at least, repetitions included."""
        if not isinstance(items, list):
            return 1
        found = 0
        for item in items:
            copies = item.get("repeat", 1) if isinstance(item, Mapping) else 1
            inner = self.least_layers(item["layers"]) if isinstance(item, Mapping) and "layers" in item else 1
            found += inner * (copies if type(copies) is int and copies > 0 else 1)
        return max(found, 1)

    # --- layers ---------------------------------------------------------------------------------

    def layer(self, key: str, value: Parsed, place: str) -> Parsed:
        """Make the layer an item describes; ``place`` is the path from its node to its options.

        Raises
        ------
        ParamcalcError
        """
        rule: Rule | None = None
        try:
            if key in MODELS:
                return self.model(MODELS[key], value, place)
            rule = find(key, self.framework)
            self.spend(1)
            before = self.spent
            layer = rule(**self.options(rule, value, place)) if value else rule()
            if self.spent > before:
                self.costs[id(layer)] = self.spent - before + 1
            return layer
        except ParamcalcError as error:
            if rule is not None and error.where[:1] == [rule.name]:
                del error.where[0]  # as it is spelled here instead
            raise error.at(key)

    def options(self, rule: Rule, given: Mapping[str, Parsed], place: str) -> dict[str, Parsed]:
        """Read options: expressions worked out, layers in them made.

        Raises
        ------
        ParamcalcError
        """
        known, inert, role = rule.options, rule.ignored, roles(rule)
        given = self.wrapped(rule, given)
        found: dict[str, Parsed] = {}
        for option, value in given.items():
            try:
                if option not in known and option not in inert and option not in BASE:
                    raise rule.unknown_option(option if isinstance(option, str) else repr(option)[:80])
                kind = role.get(option)
                if kind == "size" or option in BASE[2:]:
                    value = self.sizes.of(value)
                elif kind == "layer" and value is not None:
                    value = self.inner(value, f"{place}{option}")
            except ParamcalcError as error:
                raise placed(error, option)
            found[option] = value
        return found

    def wrapped(self, rule: Rule, given: Mapping[str, Parsed]) -> Mapping[str, Parsed]:
        """Read ``Bidirectional: {LSTM: 128}`` as ``{layer: {LSTM: 128}}``: no option is named like a layer."""
        first = first_option(rule)
        if first is None or first in given or roles(rule).get(first) != "layer":
            return given
        options = {*rule.options, *rule.ignored, *BASE}
        layers = [key for key in given if key not in options and self.is_layer(key)]
        if len(layers) != 1:
            return given
        return {first: {layers[0]: given[layers[0]]}, **{key: given[key] for key in given if key != layers[0]}}

    def inner(self, value: Parsed, place: str) -> Parsed:
        """Read the layer, or the list of cells, in an option of another."""
        if isinstance(value, list):
            made = []
            for at, one in enumerate(value):
                try:
                    made.append(self.inner(one, f"{place}[{at}]"))
                except ParamcalcError as error:
                    raise error.at(f"[{at}]")
            return made
        key, given, beside = self.named(value)
        options, links = self.parted(key, given, beside)
        for link in links:
            if link not in OWN:
                raise OptionError(f"a nested layer has no {link}").at(link)
        options = {**options, **links}
        return self.layer(key, options, f"{place}.{key}.")

    def model(self, kind: str, given: Mapping[str, Parsed], place: str) -> Parsed:
        """Make a nested model."""
        check_keys(given, MODEL_KEYS, f"a {kind}")
        if "layers" not in given:
            raise GraphError("no layers", expected="layers: with a list of them")
        if given.get("input") is not None and given.get("inputs") is not None:
            raise OptionError("both input and inputs", expected="one of them").at("inputs")
        graph = Graph(declared_inputs(given.get("input"), given.get("inputs"), self.sizes), place)
        before = self.spent
        self.spend(1)
        self.block(given["layers"], "layers", graph)
        if not graph.uses:
            raise GraphError("no layers", expected="at least one").at("layers")
        kept = "Sequential" if kind == "Sequential" else "Functional"
        made = graph.model(given.get("outputs"), name(given.get("name")), trainable(given), kept, outer=False)
        made.names  # noqa: B018  # a name given twice is an error here, not later
        self.costs[id(made)] = self.spent - before
        return made

    # --- parts of an item -------------------------------------------------------------------------

    def named(self, item: Parsed) -> tuple[str, Parsed, dict[str, Parsed]]:
        """Split an item into the layer's name, its value, and the connections beside it."""
        if isinstance(item, str):
            return item, None, {}
        expected = "a layer such as Flatten, Dense: 108 or Dense: {units: 108}"
        if not isinstance(item, Mapping):
            raise LayerError("not a layer", expected=expected, received=item)
        keys = [key for key in item if key not in BESIDE]
        if len(keys) != 1 or not self.is_layer(keys[0]):
            self.refuse_class_as_value(item)
        if len(keys) != 1:
            layer = next((key for key in keys if self.is_layer(key)), None)
            stray = next((key for key in keys if key != layer), None)
            near = None if layer is None or self.is_layer(stray) else f"options of {layer} stand inside it"
            raise LayerError("not one layer", expected=expected, received=keys or item, suggestion=near)
        if not isinstance(keys[0], str):
            raise LayerError("not a layer", expected=expected, received=keys[0])
        return keys[0], item[keys[0]], {key: item[key] for key in BESIDE if key in item}

    def refuse_class_as_value(self, item: Mapping[str, Parsed]) -> None:
        """Refuse ``{type: Dense, units: 108}``, in which the class is no key but a value, and show the right form.

        Raises
        ------
        LayerError
        """
        beside = (*BESIDE, "layers") if "layers" in item else BESIDE[1:]
        keys = [key for key in item if key not in beside]
        stray = next((key for key in keys if isinstance(item[key], str) and self.is_layer(item[key])), None)
        if stray is None:
            return
        rule = known(item[stray], self.framework)
        own = () if rule is None else (*rule.options, *rule.ignored)  # ``activation`` is an option, and a layer
        if any(self.is_layer(key) and key not in own for key in keys):
            return
        options = {key: value for key, value in item.items() if key != stray}
        others = [key for key in keys if key != stray]
        if len(others) == 1 and isinstance(item[others[0]], Mapping):  # Keras writes the options into one of their own
            options |= options.pop(others[0])
        form = f"{item[stray]}: {flow(options)}" if options else item[stray]
        raise LayerError("the class of a layer is its key", expected=form, received=item)

    def is_layer(self, key: Parsed) -> bool:
        """Tell whether this names a layer."""
        return isinstance(key, str) and (key in MODELS or known(key, self.framework) is not None)

    def parted(
        self, key: str, value: Parsed, beside: dict[str, Parsed]
    ) -> tuple[Mapping[str, Parsed], dict[str, Parsed]]:
        """Tell a layer's own options from its connections to others; one value is the first option."""
        if key not in MODELS:
            rule = find(key, self.framework)
            if value is not None and not isinstance(value, Mapping):
                first = first_option(rule)
                if first is None:
                    error = OptionError(
                        f"{rule.name} does not take a single value", expected="options by name", received=value
                    )
                    raise error.at(key)
                size = first in rule.options and isinstance(rule.options[first].kind, Sized)
                if isinstance(value, list) and len(value) > 1 and size:
                    named = ", ".join(f"{name}: {one}" for name, one in zip(rule.positional, value))  # noqa: B905
                    expected = f"them by name, such as {{{named}}}"[:200]
                    raise OptionError("options without names", expected=expected, received=value).at(key)
                value = {first: value}
        elif isinstance(value, list):
            value = {"layers": value}
        elif not isinstance(value, Mapping):
            raise GraphError("no layers", expected="layers: with a list of them", received=value).at(key)
        if value is None:
            return {}, beside
        links = {link: value[link] for link in BESIDE if link in value}
        if key in MODELS and isinstance(links.get("inputs"), Mapping):
            del links["inputs"]  # its own, with their shapes
        if not links:
            return value, beside
        for link in links:
            if link in beside:
                raise OptionError(f"{link} is given twice", expected="inside the layer or beside it").at(link)
        return {one: value[one] for one in value if one not in links}, {**beside, **links}

    def reads(self, links: Mapping[str, Parsed]) -> tuple[list[str] | None, list[str]]:
        """Give the names of what it reads and of its initial states."""
        found: list[list[str] | None] = []
        for link in ("inputs", "initial_state"):
            try:
                found.append(None if links.get(link) is None else references(links[link]))
            except ParamcalcError as error:
                raise error.at(link)
        return found[0], found[1] or []

    def label(self, links: Mapping[str, Parsed], graph: Graph, scope: Scope, copy: int) -> str | None:
        """Give this use its name, if it has one; copies of one layer are numbered."""
        given = name(links.get("name"))
        if given is None:
            return None
        if given == "input":
            raise GraphError("'input' names what a model or block reads", suggestion="another name").at("name")
        try:
            return scope.add(f"{given}_{copy}" if links.get("repeat") is not None else given, graph.next)
        except ParamcalcError as error:
            raise error.at("name")

    def count(self, value: Parsed, key: str) -> int:
        """Work out how often something is repeated."""
        if value is None:
            return 1
        try:
            count = self.sizes.of(value)
            if type(count) is not int or not 0 < count <= MAX_LAYERS:
                expected = f"a whole number from 1 to {MAX_LAYERS:,}"
                raise OptionError("not a number of copies", expected=expected, received=value)
        except ParamcalcError as error:
            raise error.at("repeat").at(key) if key else error.at("repeat")
        return count

    def copy(self, layers: int, key: str = "") -> None:
        """Count layers that repetition adds, before they are made, and stop where there are too many."""
        self.copied += layers
        if self.copied > MAX_COPIES:
            problem = GraphError("too many copies", expected=f"at most {MAX_COPIES:,} layers that repeat adds").at(
                "repeat"
            )
            raise problem.at(key) if key else problem

    def spend(self, layers: int) -> None:
        """Count layers made or applied, and stop where there are too many."""
        self.spent += layers
        if self.spent > MAX_LAYERS:
            raise GraphError("too many layers", expected=f"at most {MAX_LAYERS:,}, repeated and nested ones included")
