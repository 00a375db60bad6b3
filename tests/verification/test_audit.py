"""The audit finds nothing; and it finds whatever is broken on purpose."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial, wraps
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import pytest
from audit_plans import plan_of, sample_of
from tiers import quick

import paramcalc as pc
from paramcalc.core.declare import Built
from paramcalc.core.kinds import RATE
from paramcalc.core.products import Work, unsourced
from paramcalc.core.registry import rules
from paramcalc.core.rule import Rule
from paramcalc.core.schema import schema_of
from paramcalc.errors import LayerError, ParamcalcError
from paramcalc.rules.keras import (
    attention,
    convolutional,
    core,
    images,
    merging,
    preprocessing,
    recurrent,
    recurrent_wrappers,
    resizing,
)
from paramcalc.rules.shared import cells, windows
from paramcalc.verification.adapter import Case, adapter
from paramcalc.verification.adapters.keras.quirks import TENSORFLOW, counted
from paramcalc.verification.audit import audit, auditable, configurations, option_mismatches, results
from paramcalc.verification.cases import cases, shape

pytest.importorskip("keras")
jax = pytest.importorskip("jax")
SAMPLE = 2  # configurations of a rule
LONG = ("augmentation", "images")  # families of long programs without weights: one configuration of each rule
DOCUMENTED = (Path(__file__).parents[2] / "docs" / "verification.md").read_text(encoding="utf-8")


def has_unknown_sizes(case: Case) -> bool:
    return not all(isinstance(size, int) for shape in case.shapes for size in shape)


@pytest.mark.whole
@pytest.mark.parametrize("name", [rule.name for rule in auditable()])
def test_a_sample_has_no_mismatch(name: str) -> None:
    rule = rules()[name]
    # an unknown size takes a program for each size tried in its place
    plan = sorted(sample_of(rule, 20), key=has_unknown_sizes)[:1] if rule.family in LONG else sample_of(rule, SAMPLE)
    assert [problem for result in results(rule, plan) for problem in result.mismatches] == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", [rule.name for rule in auditable()])
def test_no_mismatch(name: str) -> None:
    found = audit([name])
    assert found.mismatches == []
    assert found.ok
    assert found.configurations > 5
    assert found.costs > 1 or name in TENSORFLOW or not counted(rules()[name])
    (row,) = found.rows
    printed = rf"(?m)^{name}\s+{row.configurations:,}\s+{row.refused:,}\s+{row.costs:,}\s"
    assert re.search(printed, DOCUMENTED), f"docs/verification.md shows other figures: {line_of(name)}"


def line_of(name: str) -> str:
    made = f"from paramcalc.verification.audit import audit; print(audit(['{name}']))"
    return f'copy the line of {name} that `python -c "{made}"` prints'


def documented() -> dict[str, int]:
    rows = re.findall(r"(?m)^(\w+) +([\d,]+) +[\d,]+ +[\d,]+ +[\d,]+ +0$", DOCUMENTED)
    return {name: int(number.replace(",", "")) for name, number in rows}


@pytest.mark.parametrize("name", quick([rule.name for rule in auditable()], 10))
def test_the_documented_number_of_configurations_is_that_of_those_tried(name: str) -> None:
    tried = 1 + sum(1 for _ in configurations(cases(rules()[name])))  # 1: the options' names
    assert documented().get(name) == tried, f"docs/verification.md has another number for {name}: {line_of(name)}"


def test_the_documented_numbers_of_configurations_add_up() -> None:
    named, audited = documented().keys(), {rule.name for rule in auditable()}
    assert named <= audited, f"docs/verification.md has lines of rules that are not audited: {sorted(named - audited)}"
    assert named >= audited, "docs/verification.md has no line: " + "; ".join(map(line_of, sorted(audited - named)))
    total = f"{len(documented())} rules, {sum(documented().values()):,} configurations"
    assert total in DOCUMENTED, f"the lines of docs/verification.md add up to {total!r}: write that below them"


def test_the_audit_of_several_rules_adds_up() -> None:
    seen: list[tuple[int, int, str]] = []
    found = audit(["Flatten", "Add"], progress=lambda *at: seen.append(at))
    total = found.configurations
    assert [done for done, _, _ in seen] == list(range(total + 1))
    assert {all for _, all, _ in seen} == {total}
    assert list(dict.fromkeys(name for _, _, name in seen)) == ["Flatten", "Add", ""]
    assert [row.name for row in found.rows] == ["Flatten", "Add"]
    lines = str(found).splitlines()
    assert lines[0].split() == ["rule", "configurations", "both", "refuse", "costs", "remarks", "mismatches"]
    assert [int(line.split()[1]) for line in lines[1:3]] == [row.configurations for row in found.rows]
    assert lines[-1] == found.summary
    assert found.summary.endswith("0 mismatches")
    assert json.loads(json.dumps(found.to_dict()))["rules"][1]["name"] == "Add"
    with pytest.raises(LayerError, match="did you mean 'LSTM'"):
        audit(["LSMT"])
    with pytest.raises(LayerError, match="CuDNNLSTM is a layer of Keras 2"):
        audit(["CuDNNLSTM"])


def test_a_layer_the_installed_version_lacks_is_left_out_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = adapter("keras")
    monkeypatch.delattr("keras.layers.Flatten")
    assert "Flatten" not in [rule.name for rule in auditable()]
    monkeypatch.setattr(type(asked), "rules", lambda self: [pc.Flatten, pc.RepeatVector])
    found = audit()
    assert (found.absent, [row.name for row in found.rows], found.ok) == (["Flatten"], ["RepeatVector"], True)
    assert str(found).splitlines()[-4:-2] == ["not in this Keras, and not compared", "Flatten"]
    assert found.to_dict()["absent"] == ["Flatten"]
    with pytest.raises(LayerError, match=r"^Keras .* has no Flatten$"):
        audit(["Flatten"])


def test_a_version_older_than_the_rules_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert audit(["Flatten"]).limits == []
    monkeypatch.setattr("keras.__version__", "3.10.0")
    (limit,) = audit(["Flatten"]).limits
    assert limit == "the rules are those of Keras 3.15: an older one lacks options, and stores some otherwise"


def test_every_switch_is_tried() -> None:
    tried = {
        tuple(case.layer.options[name] for name in ("use_bias", "reset_after", "return_state", "stateful"))
        for case in cases(pc.GRU)
    }
    assert len(tried) == 2**4
    assert {case.layer.options["merge_mode"] for case in cases(pc.Bidirectional)} == {
        "concat",
        "sum",
        "mul",
        "ave",
        None,
    }
    assert {len(case.shapes[0]) for case in cases(pc.Dense)} == {2, 3, 4, 5}


def test_an_option_nobody_has_values_for_is_an_error() -> None:
    def body(x: Any, /, strange: Any) -> Built:
        return Built(outs=(x,))

    schema = schema_of({"strange": (RATE, 0.5)})
    with pytest.raises(LayerError, match=r"no values to try for Odd\.strange"):
        list(cases(Rule(body, schema, "keras", "Odd", "Odd.", __name__)))


# --- broken on purpose ----------------------------------------------------------------------------------------

Break = Callable[[pytest.MonkeyPatch], None]


def first_mismatch(rule: Rule) -> str | None:
    return next((result.mismatches[0] for result in results(rule, plan_of(rule)) if result.mismatches), None)


def theory(module: Any, name: str, wrong: Callable[..., Any]) -> Break:
    """Replace a function by ``wrong(honest, *its arguments)``."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        honest = getattr(module, name)

        @wraps(honest)
        def replacement(*args: Any, **kwargs: Any) -> Any:
            return wrong(honest, *args, **kwargs)

        patch.setattr(module, name, replacement)

    return apply


def built(name: str, wrong: Callable[[Built], Built]) -> Break:
    """Change what a rule builds."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        rule = rules()[name]
        honest = rule.body
        patch.setattr(rule, "body", lambda *args, **options: wrong(honest(*args, **options)))

    return apply


def weight(place: int, **changes: Any) -> Callable[[Built], Built]:
    def wrong(answer: Built) -> Built:
        weights = list(answer.weights)
        if place < len(weights):
            weights[place] = weights[place].evolve(**changes)
        return answer._replace(weights=tuple(weights))

    return wrong


def swapped(shape: Any) -> Any:
    *window, inner, last = shape
    return (*window, last, inner)


def cost(factor: Callable[[Any], Any]) -> Callable[[Built], Built]:
    return lambda answer: answer._replace(work=lambda: unsourced(factor(answer.forward())))


BROKEN: dict[str, tuple[str, Break]] = {
    # formulas
    "formula: a gated cell without its bias": (
        "LSTM",
        theory(cells, "parameters", lambda honest, g, d_x, d_h, biases: honest(g, d_x, d_h, 0)),
    ),
    "formula: a cell that forgets its recurrent weights": (
        "GRU",
        theory(cells, "parameters", lambda honest, g, d_x, d_h, biases: g * (d_h * d_x + biases * d_h)),
    ),
    # weights
    "weights: one gate too few": (
        "LSTMCell",
        theory(recurrent, "cell", lambda honest, b, x, h, gates, *rest: honest(b, x, h, gates[1:], *rest)),
    ),
    "weights: reset_after without its second bias": (
        "GRUCell",
        theory(recurrent, "cell", lambda honest, b, x, h, g, n, **more: honest(b, x, h, g, min(n, 1), **more)),
    ),
    "weights: a recurrent kernel as tall as the input": (
        "SimpleRNN",
        built("SimpleRNN", lambda a: weight(1, shape=a.weights[0].shape)(a)),
    ),
    "weights: a kernel transposed": ("Dense", built("Dense", lambda a: weight(0, shape=a.weights[0].shape[::-1])(a))),
    "weights: a table transposed": (
        "Embedding",
        built("Embedding", lambda a: weight(0, shape=a.weights[0].shape[::-1])(a)),
    ),
    "weights: another name": ("Dense", built("Dense", weight(0, name="weight"))),
    "weights: a kernel that sees all groups": (
        "Conv1D",
        theory(convolutional, "exact", lambda honest, channels, groups: channels),
    ),
    "weights: a transposed kernel the other way about": (
        "Conv2DTranspose",
        built("Conv2DTranspose", lambda a: weight(0, shape=swapped(a.weights[0].shape))(a)),
    ),
    "weights: one window for each channel, whatever the multiplier": (
        "DepthwiseConv1D",
        built("DepthwiseConv1D", lambda a: weight(0, shape=(*a.weights[0].shape[:-1], 1))(a)),
    ),
    "weights: a pointwise kernel that sees every channel once": (
        "SeparableConv2D",
        built("SeparableConv2D", lambda a: weight(1, shape=(1, 1, a.weights[0].shape[2], a.weights[1].shape[3]))(a)),
    ),
    "weights: statistics that are trained": (
        "BatchNormalization",
        built("BatchNormalization", weight(-1, trainable=True)),
    ),
    "weights: a scale that is not trained": (
        "LayerNormalization",
        built("LayerNormalization", weight(0, trainable=False)),
    ),
    "weights: one direction only": (
        "Bidirectional",
        built("Bidirectional", lambda a: a._replace(weights=a.weights[:2])),
    ),
    "weights: a stack's second cell unnumbered": (
        "StackedRNNCells",
        theory(recurrent_wrappers, "unique_labels", lambda honest, layers: [layer.label for layer in layers]),
    ),
    "weights: four bits to a byte each": ("Dense", theory(core, "ceil_div", lambda honest, a, b: a)),
    "weights: a scale for every row": (
        "EinsumDense",
        theory(core, "sides", lambda honest, *a: honest(*a)[::-1]),
    ),
    "weights: a frozen table that learns beside LoRA": (
        "Embedding",
        built("Embedding", lambda a: weight(0, trainable=True)(a)),
    ),
    "weights: keys that wander into the output": (
        "MultiHeadAttention",
        built("MultiHeadAttention", lambda a: weight(-1, shape=a.weights[0].shape[-1:])(a)),
    ),
    "weights: a group for each head": (
        "GroupQueryAttention",
        built("GroupQueryAttention", lambda a: weight(2, shape=a.weights[0].shape)(a)),
    ),
    "weights: statistics that count nothing": (
        "Normalization",
        built("Normalization", lambda a: a._replace(weights=a.weights[:2])),
    ),
    "weights: the real part alone": (
        "STFTSpectrogram",
        built("STFTSpectrogram", lambda a: a._replace(weights=a.weights[:1])),
    ),
    "weights: a norm along the first axis": (
        "SpectralNormalization",
        built("SpectralNormalization", lambda a: weight(0, shape=(1, a.weights[1].shape[0]))(a)),
    ),
    # shapes
    "shapes: scores the other way round": (
        "MultiHeadAttention",
        built("MultiHeadAttention", lambda a: a._replace(outs=tuple(out[:-2] + out[:-3:-1] for out in a.outs))),
    ),
    "shapes: categories on an axis of their own": (
        "CategoryEncoding",
        theory(
            preprocessing,
            "encoded",
            lambda honest, x, depth, mode: honest(x, depth, mode)._replace(outs=((*x, depth),)),
        ),
    ),
    "shapes: height and width exchanged": (
        "Resizing",
        theory(images, "resized", lambda honest, x, height, width, layout: honest(x, width, height, layout)),
    ),
    "shapes: a window that fits once more": ("Conv2D", theory(windows, "length", lambda honest, *a: honest(*a) + 1)),
    "shapes: dilation overlooked": (
        "Conv1D",
        theory(windows, "length", lambda honest, n, k, s, p, d=1: honest(n, k, s, p)),
    ),
    "shapes: same padding that rounds down": (
        "MaxPooling1D",
        theory(windows, "length", lambda honest, n, k, s, p, d=1: n // s if p == "same" else honest(n, k, s, p, d)),
    ),
    "shapes: output_padding overlooked": (
        "Conv1DTranspose",
        theory(windows, "transposed", lambda honest, n, k, s, p, d=1, longer=None: honest(n, k, s, p, d)),
    ),
    "shapes: a stride longer than the window overlooked": (
        "Conv3DTranspose",
        theory(windows, "maximum", lambda honest, span, stride: span),
    ),
    "shapes: margins on one side only": (
        "ZeroPadding2D",
        theory(resizing, "padded", lambda honest, n, margins: n + margins[0]),
    ),
    "shapes: frames in the other layout": (
        "ConvLSTM2D",
        theory(windows, "joined", lambda honest, b, axes, c, data_format: honest(b, axes, c, None)),
    ),
    "shapes: a state too few": (
        "LSTM",
        built("LSTM", lambda a: a._replace(outs=a.outs[:2] if len(a.outs) == 3 else a.outs)),
    ),
    "shapes: the channels first": (
        "GlobalMaxPooling2D",
        theory(windows, "joined", lambda honest, b, axes, c, data_format: honest(b, axes, c, None)),
    ),
    "shapes: flattened by one axis too many": (
        "Flatten",
        built("Flatten", lambda a: a._replace(outs=((prod(a.outs[0]),),))),
    ),
    "shapes: both directions returned as one": (
        "Bidirectional",
        built("Bidirectional", lambda a: a._replace(outs=(a.outs[0],))),
    ),
    # refusals
    "refusals: a constraint beside LoRA": (
        "Dense",
        theory(core, "stored", lambda honest, table, storage, constraint=None: honest(table, storage)),
    ),
    "refusals: more keys than values": (
        "GroupQueryAttention",
        theory(attention, "_check_sources", lambda *args: None),
    ),
    "refusals: any sizes broadcast": (
        "Add",
        theory(
            merging,
            "agree",
            lambda honest, a, b, *rest, **more: max(a, b) if isinstance(a, int) and isinstance(b, int) else a,
        ),
    ),
    "refusals: directions unchecked": (
        "Bidirectional",
        theory(recurrent_wrappers, "_check_directions", lambda *args: None),
    ),
    "refusals: a stride and a dilation at once": ("Conv2D", theory(convolutional, "check_steps", lambda *args: None)),
    "refusals: margins that leave nothing": (
        "Cropping3D",
        theory(resizing, "cropped", lambda honest, n, margins: n - sum(margins)),
    ),
    # costs
    "costs: scores for nothing": (
        "GroupQueryAttention",
        theory(attention.Projections, "work", lambda honest, self, places, scores, told: honest(self, places, 0, told)),
    ),
    "costs: LoRA added up at no cost": (
        "Dense",
        theory(core, "lora_in_steps", lambda honest, storage: True),
    ),
    "costs: every place of the output of a transposed convolution": (
        "Conv1DTranspose",
        built("Conv1DTranspose", lambda a: a._replace(work=lambda: unsourced(a.forward() // 2 * 3))),
    ),
    "costs: frames without what came before": ("ConvLSTM2D", built("ConvLSTM2D", cost(lambda macs: macs // 2))),
    "costs: windows over all channels": ("DepthwiseConv2D", built("DepthwiseConv2D", cost(lambda macs: 2 * macs))),
    "costs: only the recurrent half": (
        "LSTM",
        theory(cells, "work", lambda honest, g, d_x, d_h, batch, *names: honest(g, 0, d_h, batch, *names)),
    ),
    "costs: a step too few": ("GRU", built("GRU", cost(lambda macs: macs * 3 // 4))),
    "costs: one direction only": ("Bidirectional", built("Bidirectional", cost(lambda macs: macs // 2))),
    "costs: the time steps forgotten": ("TimeDistributed", built("TimeDistributed", cost(lambda macs: macs // 4))),
    "costs: the bias counted": ("Dense", built("Dense", cost(lambda macs: macs + 1))),
    "costs: the batch forgotten": ("Conv1D", built("Conv1D", cost(lambda macs: macs // 2))),
    "costs: a convolution that multiplies additions too": ("Conv2D", built("Conv2D", cost(lambda macs: 2 * macs))),
    "costs: a dot product for nothing": ("Dot", built("Dot", cost(lambda macs: 0))),
    "costs: a stack that works once": ("RNN", theory(cells, "work", lambda honest, *a: Work(honest(*a).products[1:]))),
}


@pytest.mark.parametrize("name", quick(BROKEN, 8))
def test_a_broken_rule_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rule, break_it = BROKEN[name]
    break_it(monkeypatch)
    assert first_mismatch(rules()[rule]) is not None


def test_an_option_too_many_or_too_few_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(option_mismatches(pc.LSTM)) == []
    monkeypatch.setattr(pc.LSTM, "ignored", (pc.LSTM.ignored | {"peepholes"}) - {"dropout"})
    assert list(option_mismatches(pc.LSTM)) == [
        "Keras takes the option 'dropout', the rule does not",
        "the rule takes the option 'peepholes', Keras does not",
    ]


# --- the program oracle ---------------------------------------------------------------------------------------


def test_shapes_are_read() -> None:
    batch, length, width = shape("? 7 2*C")
    assert (batch.op, length, str(width)) == ("?", 7, "2C")


def test_multiply_adds_of_programs() -> None:
    from paramcalc.verification.adapters.keras.macs import macs

    numpy = pytest.importorskip("numpy")
    a, b = numpy.ones((3, 4), "float32"), numpy.ones((4, 5), "float32")
    lax = jax.lax

    def count(function: Callable[..., Any], *args: Any) -> int:
        return macs(jax.make_jaxpr(function)(*args).jaxpr)

    assert count(lambda x, y: x @ y, a, b) == 3 * 4 * 5
    assert count(jax.jit(lambda x, y: x @ y), a, b) == 3 * 4 * 5
    assert count(lambda x, y: (x @ y, x)[1], a, b) == 0  # nobody reads the product
    assert count(lambda x: lax.scan(lambda s, _: (s @ s, None), x, None, length=7)[0], numpy.eye(2)) == 7 * 8
    assert count(lambda x: lax.cond(x[0, 0] > 0, lambda s: s @ s, lambda s: s, x), numpy.eye(2)) == 8
    assert count(jax.checkpoint(lambda x, y: x @ y), a, b) == 60
    kernel, image = numpy.ones((3, 3, 2, 8), "float32"), numpy.ones((2, 9, 8, 4), "float32")
    grouped = {"window_strides": (1, 1), "padding": "VALID", "feature_group_count": 2}
    grouped["dimension_numbers"] = ("NHWC", "HWIO", "NHWC")
    assert count(lambda x, k: lax.conv_general_dilated(x, k, **grouped), image, kernel) == 2 * 7 * 6 * 8 * (3 * 3 * 2)
    # a weight meets every place of the input once, not the zeros that strides put between them
    kernel, image = numpy.ones((3, 2, 8), "float32"), numpy.ones((2, 9, 8), "float32")
    for stride, padding in product((1, 2, 5), ("VALID", "SAME")):
        spread = partial(lax.conv_transpose, strides=(stride,), padding=padding, transpose_kernel=True)
        assert count(spread, image, kernel) == 2 * 9 * 3 * 2 * 8
    assert count(lambda x: jax.image.resize(x, (2, 18, 8), "bilinear"), image) == 0  # no product of the layer's own
    with pytest.raises(ParamcalcError, match="turns"):
        count(lambda x: lax.while_loop(lambda s: s[0, 0] < 9, lambda s: s @ s + 1, x), numpy.eye(2))
