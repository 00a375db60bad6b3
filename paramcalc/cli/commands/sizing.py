"""``paramcalc solve``: the size of a model within budgets; ``paramcalc match``: models as large as another one."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated

from ...errors import OptionError
from ...graph.bind import names_in
from ...graph.model import Model
from ...untyped import Passed
from ..costing import Optimizer, Policy
from ..effects import check_effects, effects_of_costs, naming_flags
from ..flags import Batch, Explain, Format, Json, Steps
from ..options import Command, Flag, command_of, with_flags
from ..output import View, show, tell
from ..sizes import flag_size
from .files import Set, named_sizes
from .targets import LayerCommand, Target, about_layer, layer_command, plain_name

For = Annotated[
    list[str] | None,
    Flag("--for", "The size to find: its name, or with its values: h=64:1024:64. Repeat it for several.", "NAME"),
]
Params = Annotated[str | None, Flag("--params", "Budget of parameters, such as 1M.", "N")]
Macs = Annotated[str | None, Flag("--macs", "Budget of multiply-adds of a forward pass, such as 2.5G.", "N")]
Memory = Annotated[str | None, Flag("--memory", "Budget of memory for a training step, such as 16GiB.", "SIZE")]
Inference = Annotated[bool, Flag("--inference", "Take the memory of inference instead.")]
AtLeast = Annotated[bool, Flag("--at-least", "Find the smallest size that reaches the budgets.")]
Near = Annotated[bool, Flag("--near", "Find the size that comes nearest to the budget.")]
Multiple = Annotated[int, Flag("--multiple-of", "Try only multiples of N.", "N", least=1)]
SuchThat = Annotated[
    list[str] | None, Flag("--such-that", "A size that follows from the one to find, such as e=h//2.", "NAME=SIZE")
]
Most = Annotated[int | None, Flag("--most", "The largest size that is tried.", "N", least=1)]
With = Annotated[
    str, Flag("--with", "Kinds of models, such as gru,transformer. Default: all.", "KIND,…", values=lambda _: kinds())
]
Blocks = Annotated[
    int | None, Flag("--blocks", "Layers of the transformer. Default: 1 to 12 are tried.", "N", least=1, most=1000)
]


def kinds() -> tuple[str, ...]:
    """List the kinds of models that can be matched."""
    from ...analysis.sizing.match import KINDS

    return KINDS


def command(name: str, words: Sequence[str]) -> Command:
    """Make ``solve`` or ``match``: with the words of the command that counts the layer, or those of a file."""
    whole = with_flags(command_of(solve), _solve) if name == "solve" else with_flags(command_of(match), _match)
    layer = layer_command(whole, words)
    if layer is None:
        return whole
    made = layer
    if name == "match":
        return about_layer(whole, layer, lambda given, **asked: _match(made.model(given), **asked))
    return about_layer(
        whole, layer, lambda given, **asked: _solve_layer(made, given, **asked), ("compare", "batch", "steps")
    )


def solve(target: Target, sizes: Set = None, **asked: Passed) -> None:
    """Find the largest size of a model within budgets.

    $ paramcalc solve lstm --in 108 --params 1M
    $ paramcalc solve model.yaml --for h --params 10M --multiple-of 64
    $ paramcalc solve model.yaml --for h --memory 16GiB --batch 32 --steps 100
    """
    if not asked["for_"]:
        raise _nothing_to_find(target)
    _solve(target, named_sizes(sizes), **asked)


def _nothing_to_find(file: str) -> OptionError:
    from ...analysis.family import family_of

    family = family_of(file, ())
    if not family.known:
        family.make({})  # a file without a model says so
    known = " or ".join(sorted(family.known))
    expected = f"--for and the name of a size of the file{known and f': {known}'}"
    return OptionError("no size to find", expected=expected, suggestion=family.remedy)


def _solve_layer(layer: LayerCommand, given: dict[str, Passed], for_: list[str] | None, **asked: Passed) -> None:
    # the flag that is missing is the size to find; it goes by its own name, or by the letter of its value in the help
    missing = layer.missing(given)
    if len(missing) == 1:
        (one,) = missing
        letter = _letter(one.told)
        for_ = for_ or [letter]
        asked_for = [word.partition("=")[0].strip() for word in for_]
        name = next((name for name in (letter, *map(plain_name, one.flags)) if name in asked_for), None)
        if name is None:
            flag = next(iter(one.flags))
            raise OptionError(f"no {flag}", expected=f"{flag} and a size, or --for {letter} to find it")
        given = {**given, one.name: name}
    elif not missing and not for_:
        names = names_in(layer.model(given))  # a symbol such as --hidden h
        if len(names) != 1:
            raise OptionError(
                "no size to find", expected=f"{layer.name or 'a layer'} without one of its sizes, or --for"
            )
        for_ = [*names]
    _solve(layer.model(given), {}, for_=for_, **asked)


def _letter(told: object) -> str:
    assert isinstance(told, Flag)
    return (told.metavar or "h").lower()


def _solve(
    model: Model | str,
    sizes: Mapping[str, object],
    for_: For = None,
    params: Params = None,
    macs: Macs = None,
    memory: Memory = None,
    inference: Inference = False,
    at_least: AtLeast = False,
    near: Near = False,
    multiple_of: Multiple = 1,
    such_that: SuchThat = None,
    most: Most = None,
    batch: Batch = None,
    steps: Steps = None,
    dtype: Policy = None,
    optimizer: Optimizer = None,
    format: Format = None,
    json: Json = False,
    explain: Explain = False,
) -> None:
    from ...analysis.sizing import solve as solved
    from ...analysis.sizing.ranges import NoValues
    from ...render.sizing import solution_presentation

    if params is macs is memory is None:
        raise OptionError("no budget", expected="--params, --macs or --memory")
    costs: dict[str, Passed] = {
        "inference": inference, "batch": batch, "steps": steps, "dtype": dtype, "optimizer": optimizer,
    }  # fmt: skip
    check_effects(costs, effects_of_costs("--macs", "--memory", {**costs, "macs": macs, "memory": memory}))
    view = View(format, json, explain=explain)
    with naming_flags():
        try:
            found = solved(
                model,
                _axes(for_ or []),
                params=params,
                macs=macs,
                memory=memory,
                at_least=at_least,
                near=near,
                multiple_of=multiple_of,
                such_that=named_sizes(such_that, "--such-that"),
                most=most,
                sizes=sizes,
                batch=None if batch is None else flag_size("--batch", batch),
                steps=None if steps is None else flag_size("--steps", steps),
                dtype=dtype or "float32",
                optimizer=optimizer,
                training=not inference,
            )
        except NoValues as error:  # nothing was wrong with the question, and there is no answer
            tell(f"paramcalc: {error}")
            sys.exit(1)
    show(solution_presentation(found), view, explain=view.explain)
    if found.answer is None:
        sys.exit(1)


def _axes(words: Sequence[str]) -> dict[str, str | None]:
    # h, or h=64:1024:64
    found: dict[str, str | None] = {}
    for word in words:
        name, equals, values = word.partition("=")
        if not name.strip() or (equals and not values.strip()) or name.strip() in found:
            expected = "NAME, or NAME=LEAST:MOST:STEP such as h=64:1024:64, each name once"
            raise OptionError("--for", expected=expected, received=word)
        found[name.strip()] = values.strip() or None
    return found


def match(target: Target, sizes: Set = None, **asked: Passed) -> None:
    """Find models of other kinds that are as large as a model.

    $ paramcalc match lstm --in 108 --hidden 128 --with gru,rnn,transformer
    $ paramcalc match model.yaml --with transformer --blocks 2
    """
    from ...formats import load

    _match(load(target, sizes=named_sizes(sizes)), **asked)


def _match(model: Model, with_: With = "", blocks: Blocks = None, format: Format = None, json: Json = False) -> None:
    from ...analysis.sizing import match as matched
    from ...analysis.sizing.architectures import TRANSFORMER
    from ...render.sizing import matches_presentation

    named = [word.strip() for word in with_.split(",")] if with_ else kinds()
    check_effects({"blocks": blocks}, {"blocks": (TRANSFORMER in named, f"{TRANSFORMER} in --with")})
    show(matches_presentation(matched(model, named, blocks=blocks)), View(format, json))
