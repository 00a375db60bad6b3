"""From flags to a stack of recurrent layers: ``paramcalc lstm``, ``gru`` and ``rnn``, as any framework has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Annotated

from ...core.framework import DEFAULT, framework as framework_named, frameworks
from ...core.registry import find, known
from ...core.rule import Rule
from ...core.tensors import Input
from ...errors import OptionError, ParamcalcError
from ...graph.chain import stack_layers
from ...graph.model import Model
from ...symbolic import Size
from ...untyped import Passed
from ..flags import VIEWS, Batch, Shown, Steps, builds, flag_of, shows
from ..framework_flags import chosen, either, flags, typed, usual_rule
from ..options import Command, Flag, parameters_of
from ..sizes import flag_batch, flag_size

In = Annotated[str, Flag("--in", "Input size: features at each time step.", "D")]
Hidden = Annotated[str, Flag("--hidden --units", "Units. A list such as 128,64 stacks layers of different sizes.", "H")]
Layers = Annotated[int, Flag("--layers", "Number of stacked layers.", "N", least=1, most=10_000)]
Both = Annotated[bool, Flag("--bidirectional", "Read the sequence in both directions.")]
Merge = Annotated[
    str,
    Flag(
        "--merge",
        "How --bidirectional combines the directions: concat, sum, mul, ave or none.",
        "M",
        values=lambda _: MERGES,
    ),
]
Out = Annotated[str | None, Flag("--out", "Add an output layer (Dense) of this size.", "O")]
Framework = Annotated[
    str,
    Flag("--framework", "Framework of the layer: keras, torch, onnx, tf1, ….", "NAME", values=lambda _: frameworks()),
]
Compare = Annotated[bool, Flag("--compare", "Compare the count in every framework, and explain the differences.")]
Switches = dict[str, Passed]  # of one command, by name

MERGES = ("concat", "sum", "mul", "ave", "none")
COMMANDS = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}


def command(name: str, words: Sequence[str]) -> Command:
    """Make ``lstm``, ``gru`` or ``rnn``."""
    return shows(builder(name, words), words)


def builder(name: str, words: Sequence[str]) -> Command:
    """Make what gives the model of ``lstm``, ``gru`` or ``rnn``; its on/off flags come from the rules of the layer."""
    usual = {flag for one in (*parameters_of(stack), *VIEWS) for flag in one.flags}
    rule = usual_rule(COMMANDS[name])
    help = f"Count {rule.name}: {rule.why[:1].lower()}{rule.why[1:]}"
    return builds(stack, name, help, COMMANDS[name], flags(COMMANDS[name], words, usual))


def stack(
    layer: str,
    switches: Switches,
    size_in: In,
    hidden: Hidden,
    layers: Layers = 1,
    bidirectional: Both = False,
    merge: Merge = "concat",
    out: Out = None,
    steps: Steps = None,
    batch: Batch = None,
    framework: Framework = DEFAULT,
    compare: Compare = False,
) -> Model | Shown:
    """Build the stack the flags describe; all layers but the last hand on their whole sequence.

    $ paramcalc {name} --in 108 --hidden 128 --explain
    $ paramcalc {name} --in 108 --hidden 128,64 --bidirectional --out 10
    $ paramcalc {name} --in 108 --hidden 128 --compare
    """
    sizes = [flag_size("--hidden", one) for one in hidden.split(",")]
    if len(sizes) == 1:
        sizes *= layers
    elif layers not in (1, len(sizes)):
        raise OptionError(f"--hidden names {len(sizes)} layers, --layers {layers}")
    d_x = flag_size("--in", size_in)
    if compare:
        from .compare import Comparison

        defaults = {flag_of(name): value for name, value in usual_rule(layer).defaults.items()}
        asked = any(value not in (None, defaults.get(flag)) for flag, value in switches.items())
        if len(sizes) > 1 or bidirectional or out or steps or batch or asked or framework != DEFAULT:
            given = {"size_in": size_in, "hidden": hidden, "layers": layers, "bidirectional": bidirectional}
            given |= {"merge": merge, "out": out, "steps": steps, "batch": batch}
            raise OptionError(
                "--compare takes one layer with its default options",
                expected="only --in, --hidden, --weights, --format and --json",
                suggestion=_compared(layer, switches, given, framework),
            )
        return Comparison(layer, d_x, sizes[0])
    if merge != "concat" and not bidirectional:
        raise OptionError("--merge needs --bidirectional", expected="--bidirectional and --merge", received=merge)
    inputs = Input((None if steps is None else flag_size("--steps", steps), d_x), flag_batch(batch))
    if framework != DEFAULT:
        return _theirs(framework, layer, switches, inputs, sizes, bidirectional, merge, out)
    rule = usual_rule(layer)
    options = chosen(rule, layer, switches)
    return _keras(rule, options, inputs, sizes, merge if bidirectional else "", out)


def _compared(layer: str, switches: Switches, given: dict[str, Passed], framework: str) -> str | None:
    # the command that compares such a layer in two frameworks, where two have it
    import shlex  # only on the way to an error

    own = {one.name: one for one in parameters_of(stack)}
    words = [next(name for name, cell in COMMANDS.items() if cell == layer)]
    for name, value in given.items():
        if value != own[name].default:
            flag = next(iter(own[name].flags))
            words += [flag] if own[name].kind is bool else [flag, str(value)]
    words += [word for flag, value in switches.items() if value is not None for word in typed(flag, value)]
    sides = []
    words = [f'"{word}"' if " " in word else word for word in words]
    others = sorted(frameworks(), key=lambda one: not framework_named(one).common)
    for one in dict.fromkeys((framework, DEFAULT, *others)):
        with suppress(ParamcalcError):
            stack(layer, switches, **given, framework=one)
            sides.append(shlex.quote(" ".join(words + ["--framework", one] * (one != DEFAULT))))
        if len(sides) == 2:
            return f"with options: paramcalc compare {' '.join(sides)}"
    return None


def _keras(
    rule: Rule, options: dict[str, Passed], inputs: Passed, sizes: list[Size], merge: str, out: str | None
) -> Model:
    wrap = _wrapping(find("Bidirectional"), merge, len(sizes) > 1 or out is not None) if merge else _as_it_is
    between = {**options, "return_sequences": True, "return_state": False}
    outputs = stack_layers(lambda _, units, more: wrap(rule(units, **(between if more else options))), inputs, sizes)
    if out is not None:
        outputs[0] = _output(rule.framework, outputs[0], flag_size("--out", out))
    return Model(inputs, outputs, name=rule.snake)


def _wrapping(wrapper: Rule, merge: str, more: bool) -> Callable[[Passed], Passed]:
    # a layer in both directions, by the wrapper its framework has for that; ``more`` is what follows
    if merge == "none" and more:
        raise OptionError("--merge none gives two outputs, but the next layer takes one", expected="another --merge")
    # null is not a word of the command line, so refused with the choices
    mode = {"none": None, "None": "null"}.get(merge, merge)
    return lambda layer: wrapper(layer, mode)


def _as_it_is(layer: Passed) -> Passed:
    return layer


def _theirs(
    framework: str,
    cell: str,
    switches: Switches,
    inputs: Passed,
    sizes: list[Size],
    bidirectional: bool,
    merge: str,
    out: str | None,
) -> Model:
    # by the framework's own options where it has them: PyTorch's num_layers and bidirectional, ONNX's directions;
    # else by its wrapper: the papers' cells are read in both directions as Keras's are
    from ...rules.conventions.made import layer_of, row_of, rule_for

    try:
        row = row_of(cell, framework)
    except ParamcalcError as error:
        raise error.at("--framework")
    rule = rule_for(cell, framework)
    options = chosen(rule, cell, switches)
    wrap: Callable[[Passed], Passed] = _as_it_is
    if bidirectional and "bidirectional" not in rule.options and (wrapper := known("Bidirectional", framework)):
        wrap = _wrapping(wrapper, merge, len(sizes) > 1)
    elif bidirectional:
        options |= _both_ways(rule, cell, merge)
    if "num_layers" in rule.options and len(set(map(str, sizes))) == 1:
        options, sizes = {**options, "num_layers": len(sizes)}, sizes[:1]
    whole = {"return_sequences": True, "return_state": False}
    between = {**options, **{name: value for name, value in whole.items() if name in rule.options}}
    outputs = stack_layers(
        lambda d_x, units, more: wrap(layer_of(row, d_x, units, **(between if more else options))), inputs, sizes
    )
    if out is not None:
        outputs[0] = _output(framework, outputs[0], flag_size("--out", out))
    return Model(inputs, outputs, name=rule.snake)


def _both_ways(rule: Rule, cell: str, merge: str) -> dict[str, bool]:
    from ..framework_flags import both_ways

    if "bidirectional" not in rule.options:
        theirs = either(both_ways(cell))
        raise OptionError(
            f"{rule.framework}'s {rule.name} reads in one direction", expected=f"--framework {theirs} for both"
        )
    if merge != "concat":
        raise OptionError(f"--merge is Keras's; {rule.framework} concatenates both directions", received=merge)
    return {"bidirectional": True}


def _output(framework: str, tensor: Passed, size: Size) -> Passed:
    whose = framework_named(framework)
    if not whose.dense:
        raise OptionError(f"--out adds a dense layer, and of {framework} there are recurrent layers only")
    sizes = (tensor.shape[-1], size) if whose.declares_inputs else (size,)
    return find(whose.dense, framework)(*sizes)(tensor)
