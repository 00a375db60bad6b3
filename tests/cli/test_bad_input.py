"""Bad specs: the exact message for each mistake a person makes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from paramcalc import ParamcalcError, loads
from paramcalc.errors import LayerError
from paramcalc.formats.text.syntax import read_data

# mistake: (the file, what is said about it)
MISTAKES = {
    "zero size": (
        "input: [3, 4]\nlayers:\n  - LSTM:\n      units: 0\n",
        ":4: layers[0].LSTM.units: not a size; expected a positive whole number or an expression such as "
        "4*h, received 0",
    ),
    "negative size": (
        "input: [3, 4]\nlayers:\n  - Dense: 2\n  - LSTM: {units: -3}\n",
        ":4: layers[1].LSTM.units: not a size; expected a positive whole number or an expression such as "
        "4*h, received -3",
    ),
    "fractional size": (
        "input: [3, 4]\nlayers:\n  - Dense: 2.5\n",
        ":3: layers[0].Dense.units: not a size; expected a positive whole number or an expression such as"
        " 4*h, received 2.5",
    ),
    "a switch as a size": (
        "input: [3, 4]\nlayers:\n  - Dense: true\n",
        ":3: layers[0].Dense.units: not a size; expected a positive whole number or an expression such as"
        " 4*h, received True",
    ),
    "no number": (
        "input: [3, 4]\nlayers:\n  - Dense: 4 apples!\n",
        ":3: layers[0].Dense.units: unexpected '!' at position 9 of '4 apples!'",
    ),
    "a list as a size": (
        "input: [3, 4]\nlayers:\n  - Dense: [4]\n",
        ":3: layers[0].Dense.units: not a size; expected a positive whole number or an expression such as"
        " 4*h, received [4]",
    ),
    "too large a size": (
        f"input: [3, 4]\nlayers:\n  - Dense: {10**101}\n",
        ":3: layers[0].Dense.units: not a size; expected at most 10^100, received 10000000000000000000000"
        "0000000000000000000000000000000000000000000000000000000000000000000000000000000",
    ),
    "missing size": (
        "input: [3, 4]\nlayers:\n  - Dense\n",
        ":3: layers[0].Dense: Dense needs units; expected a positive whole number or an expression",
    ),
    "missing second size": (
        "input: [3]\nlayers:\n  - Embedding: 3\n",
        ":3: layers[0].Embedding: Embedding needs output_dim; expected a positive whole number or an expression",
    ),
    "unknown layer": (
        "input: [3, 4]\nlayers:\n  - Flaten\n",
        ":3: layers[0]: no rule for a layer 'Flaten' (did you mean 'Flatten'?)",
    ),
    "unknown layer with options": (
        "input: [3, 4]\nlayers:\n  - LSTMM: 4\n",
        ":3: layers[0]: no rule for a layer 'LSTMM' (did you mean 'LSTM'?)",
    ),
    "unknown option": (
        "input: [3, 4]\nlayers:\n  - LSTM: {units: 4, retrun_sequence: true}\n",
        ":3: layers[0].LSTM.retrun_sequence: LSTM has no option 'retrun_sequence' (did you mean 'return_sequences'?)",
    ),
    "unknown choice": (
        "input: [3, 4]\nlayers:\n  - Bidirectional:\n      layer: {LSTM: 4}\n      merge_mode: cat\n",
        ":5: layers[0].Bidirectional.merge_mode: not a choice; expected 'concat' or 'sum' or 'mul' or 'av"
        "e' or null, received 'cat' (did you mean 'concat'?)",
    ),
    "unknown activation": (
        "input: [3, 4]\nlayers:\n  - Dense: {units: 4, activation: sofmax}\n",
        ":3: layers[0].Dense.activation: unknown activation; expected an activation Keras knows, received"
        " 'sofmax' (did you mean 'softmax'?)",
    ),
    "a switch that is a word": (
        "input: [3, 4]\nlayers:\n  - LSTM: {units: 4, use_bias: yes}\n",
        ":3: layers[0].LSTM.use_bias: not a choice; expected False or True, received 'yes'",
    ),
    "unknown key": (
        "input: [3, 4]\nlayer:\n  - Flatten\n",
        ":2: layer: a spec has no 'layer' (did you mean 'layers'?)",
    ),
    "no layers": (
        "input: [3, 4]\n",
        ": no layers; expected layers: with a list of them",
    ),
    "empty layers": (
        "input: [3, 4]\nlayers: []\n",
        ":2: layers: no layers; expected at least one",
    ),
    "layers that are none": (
        "input: [3, 4]\nlayers: Dense\n",
        ":2: layers: not a list of layers; expected such as - Dense: 108, received 'Dense'",
    ),
    "no input": (
        "layers:\n  - Dense: 3\n",
        ": the input shape is not known; expected input: such as [32, 256], without the batch",
    ),
    "input without brackets": (
        "input: 3\nlayers: [Flatten]\n",
        ":1: input: not the shape of an input; expected a list of sizes, without the batch, received 3",
    ),
    "a zero in the input": (
        "input:\n  - 3\n  - 0\nlayers: [Flatten]\n",
        ":3: input[1]: not a size; expected a positive whole number or an expression such as 4*h, received 0",
    ),
    "a bad batch": (
        "input: [3]\nbatch: -1\nlayers: [Flatten]\n",
        ":2: batch: not a size; expected a positive whole number or an expression such as 4*h, received -1",
    ),
    "wrong rank": (
        "input: [4]\nlayers:\n  - Dense: 3\n  - LSTM: 3\n",
        ":4: layers[1].LSTM: LSTM does not take an input of 2 axes; expected (B, T, d_x), received (B, 3)",
    ),
    "wrong rank within": (
        "input: [4, 8, 8, 1]\nlayers:\n  - TimeDistributed:\n      layer:\n        LSTM: 4\n",
        ":3: layers[0].TimeDistributed: LSTM does not take an input of 4 axes; expected (B, T, d_x), rece"
        "ived (B, 8, 8, 1)",
    ),
    "window too wide": (
        "input: [4, 1]\nlayers:\n  - Conv1D:\n      filters: 2\n      kernel_size: 5\n",
        ":3: layers[0].Conv1D: a window over 5 places does not fit on an axis of 4 (padding='same' would)",
    ),
    "two windows for one axis": (
        "input: [4, 1]\nlayers:\n  - Conv1D: {filters: 2, kernel_size: [5, 5]}\n",
        ":3: layers[0].Conv1D.kernel_size: wrong number of sizes; expected a size, received [5, 5]",
    ),
    "merge": (
        "inputs: {a: [3], b: [4]}\n"
        "layers:\n"
        "  - Dense: {units: 5, inputs: a, name: left}\n"
        "  - Dense: {units: 6, inputs: b, name: right}\n"
        "  - Add: {inputs: [left, right]}\n",
        ":5: layers[2].Add: 'left' gives 5 and 'right' gives 6 on axis 1; they must agree",
    ),
    "shared": (
        "inputs: {a: [3], b: [4]}\n"
        "layers:\n"
        "  - Dense: {units: 5, inputs: a, name: d}\n"
        "  - {use: d, inputs: b, name: e}\n"
        "  - Concatenate: {inputs: [d, e]}\n",
        ":4: layers[1]: shared between 'a' and 'b', which need a kernel of (3, 5) and of (4, 5); one laye"
        "r has one set of weights",
    ),
    "states": (
        "inputs: {a: [3, 2], b: [4, 2]}\n"
        "layers:\n"
        "  - LSTM: {units: 5, return_state: true, inputs: a, name: enc}\n"
        "  - LSTM:\n"
        "      units: 6\n"
        "      inputs: b\n"
        "      initial_state: ['enc[1]', 'enc[2]']\n",
        ":4: layers[1].LSTM: 'enc' gives an initial state of 5, the layer keeps states of 6",
    ),
    "one state": (
        "inputs: {a: [3, 2], b: [4, 2]}\n"
        "layers:\n"
        "  - GRU: {units: 5, return_state: true, inputs: a, name: enc}\n"
        "  - LSTM: {units: 5, inputs: b, initial_state: 'enc[1]'}\n",
        ":4: layers[1].LSTM: initial states for LSTM; expected 2, received 1",
    ),
    "states of a stateless layer": (
        "input: [3]\nlayers:\n  - Dense: {units: 5, initial_state: input}\n",
        ":3: layers[0].Dense: initial states for Dense; expected 0, received 1",
    ),
    "several outputs": (
        "input: [3, 2]\nlayers:\n  - GRU: {units: 5, return_state: true}\n  - Dense: 3\n",
        ":4: layers[1].Dense: layers[0] (gru) has 2 outputs; expected one of them to be named, such as gru[0] "
        "(give the layer its name: name: gru)",
    ),
    "no such output": (
        "input: [3, 2]\n"
        "layers:\n"
        "  - GRU: {units: 5, return_state: true, name: enc}\n"
        "  - Dense: {units: 3, inputs: 'enc[2]'}\n",
        ":4: layers[1].Dense: there is no enc[2]; expected enc[0] to enc[1]",
    ),
    "no such name": (
        "input: [3, 2]\nlayers:\n  - GRU: {units: 5, name: enc}\n  - Dense: {units: 3, inputs: ecn}\n",
        ":4: layers[1].Dense: no layer or input is named 'ecn' (did you mean 'enc'?)",
    ),
    "no such output of the model": (
        "input: [3, 2]\nlayers:\n  - GRU: {units: 5, name: enc}\noutputs: [dec]\n",
        ":4: outputs: no layer or input is named 'dec' (did you mean 'enc'?)",
    ),
    "a circle": (
        "input: [3]\nlayers:\n  - Dense: {units: 3, inputs: b, name: a}\n  - Dense: {units: 3, inputs: a, name: b}\n",
        ":3: layers[0].Dense: layers that wait for one another: 'a' → 'b' → 'a'",
    ),
    "a circle of one": (
        "input: [3]\nlayers:\n  - Dense: {units: 3, inputs: a, name: a}\n",
        ":3: layers[0].Dense: layers that wait for one another: 'a' → 'a'",
    ),
    "one name twice": (
        "input: [3]\nlayers:\n  - Dense: {units: 3, name: a}\n  - Dense: {units: 3, name: a}\n",
        ":4: layers[1].name: two layers are named 'a' ('use: a' applies one layer twice)",
    ),
    "a number as a name": (
        "input: [3]\nlayers:\n  - Dense: {units: 3, name: 7}\n",
        ":3: layers[0].name: not a name; expected a short text, received 7",
    ),
    "a name of two lines": (
        'input: [3]\nlayers:\n  - Dense: {units: 3, name: "a\\nb"}\n',
        ":3: layers[0].name: not a name; expected a short text, received 'a\\nb'",
    ),
    "a layer that leads nowhere": (
        "input: [3]\nlayers:\n  - Dense: {units: 3, name: lost}\n  - Dense: {units: 3, inputs: input}\n",
        ":3: layers[0].Dense: 'lost' leads to no output (name it in inputs or in outputs)",
    ),
    "options beside the layer": (
        "input: [3]\nlayers:\n  - Dense:\n    units: 3\n",
        ":3: layers[0]: not one layer; expected a layer such as Flatten, Dense: 108 or Dense: {units: 108}, "
        "received ['Dense', 'units'] (options of Dense stand inside it)",
    ),
    "two layers in one item": (
        "input: [3]\nlayers:\n  - Dense: 3\n    ReLU:\n",
        ":3: layers[0]: not one layer; expected a layer such as Flatten, Dense: 108 or Dense: {units: 108}, "
        "received ['Dense', 'ReLU']",
    ),
    "sizes in a circle": (
        "input: [h]\nsizes:\n  k: 3\n  h: d//2\n  d: 2*h\nlayers: [Flatten]\n",
        ":4: sizes.h: sizes defined by one another: h → d → h",
    ),
    "a size defined by itself": (
        "input: [h]\nsizes: {h: h + 1}\nlayers: [Flatten]\n",
        ":2: sizes.h: h is defined by itself",
    ),
    "a size that is no name": (
        "input: [h]\nsizes: {2h: 1}\nlayers: [Flatten]\n",
        ":2: sizes.2h: the name of a size; expected a letter, then letters, digits and _, received '2h'",
    ),
    "a size of nothing": (
        "input: [h]\nsizes:\n  h: k - 3\n  k: 3\nlayers: [Flatten]\n",
        ":3: sizes.h: not a size; expected a positive whole number or an expression such as 4*h, received 0",
    ),
    "an expression that does not end": (
        "input: [3]\nlayers:\n  - Dense: 4*(h\n",
        ":3: layers[0].Dense.units: expected ')' at position 5 of '4*(h'",
    ),
    "code": (
        "input: [3]\nlayers:\n  - Dense: __import__('os').system('ls')\n",
        ":3: layers[0].Dense.units: unexpected '_' at position 1 of \"__import__('os').system('ls')\"",
    ),
    "division by nothing": (
        "input: [3]\nsizes: {k: 1}\nlayers:\n  - Dense: h//(k - 1)\n",
        ":4: layers[0].Dense.units: division by zero in ⌊h/(k − 1)⌋",
    ),
    "a repeat of none": (
        "input: [3]\nlayers:\n  - repeat: 0\n    layers: [Flatten]\n",
        ":3: layers[0].repeat: not a number of copies; expected a whole number from 1 to 1,000,000, received 0",
    ),
    "a repeat without number": (
        "input: [3]\nlayers:\n  - repeat: n\n    layers: [Flatten]\n",
        ":3: layers[0].repeat: not a number of copies; expected a whole number from 1 to 1,000,000, received 'n'",
    ),
    "a mistake in a block": (
        "input: [3]\nlayers:\n  - repeat: 2\n    layers:\n      - ReLU\n      - Dense: -1\n",
        ":6: layers[0].layers[1].Dense.units: not a size; expected a positive whole number or an expressi"
        "on such as 4*h, received -1",
    ),
    "a mistake in a chain": (
        "input: [3]\nlayers:\n  - Sequential:\n      layers:\n        - ReLU\n        - Dense: {units: x.y}\n",
        ":6: layers[0].Sequential.layers[1].Dense.units: unexpected '.' at position 2 of 'x.y'",
    ),
    "a mistake in a cell": (
        "input: [3, 2]\n"
        "layers:\n"
        "  - RNN:\n"
        "      cell:\n"
        "        - LSTMCell: 3\n"
        "        - GRUCell: {units: 3, reset: true}\n",
        ":6: layers[0].RNN.cell[1].GRUCell.reset: GRUCell has no option 'reset' (did you mean 'reset_after'?)",
    ),
    "no cell": (
        "input: [3, 2]\nlayers:\n  - RNN: {cell: {Dense: 3}}\n",
        ":3: layers[0].RNN: Dense is not a cell; expected LSTMCell, GRUCell, SimpleRNNCell or a stack of them",
    ),
    "not a layer": (
        "input: [3]\nlayers:\n  - 7\n",
        ":3: layers[0]: not a layer; expected a layer such as Flatten, Dense: 108 or Dense: {units: 108}, received 7",
    ),
    "another framework": (
        "framework: torch\ninput: [3]\nlayers: [Dense]\n",
        ":3: layers[0]: Dense is Keras's; PyTorch has Linear",
    ),
    "another name of input": (
        "input_shape: [3]\nlayers: [Dense: 4]\n",
        ":1: input_shape: a spec has no 'input_shape' (did you mean 'input'?)",
    ),
    "another name of batch": (
        "batch_size: 3\ninput: [3]\nlayers: [Dense: 4]\n",
        ":1: batch_size: a spec has no 'batch_size' (did you mean 'batch'?)",
    ),
    "a class as a value": (
        "input: [3]\nlayers:\n  - {type: Dense, units: 108}\n",
        ":3: layers[0]: the class of a layer is its key; expected Dense: {units: 108}, "
        "received {'type': 'Dense', 'units': 108}",
    ),
    "a class as a value inside": (
        "input: [3, 4]\nlayers:\n  - Bidirectional: {layer: {class: LSTM, units: 5}}\n",
        ":3: layers[0].Bidirectional.layer: the class of a layer is its key; expected LSTM: {units: 5}, "
        "received {'class': 'LSTM', 'units': 5}",
    ),
}


ITEMS = [
    ("Dense", {"units": 108}),
    ("Flatten", {}),
    ("LSTM", {"units": "2*h", "use_bias": False, "name": "first"}),
    ("Conv1D", {"filters": 1, "kernel_size": [2], "activation": None}),
    ("Sequential", {"layers": [{"Dense": 4}, "Flatten"]}),
    ("dense", {"units": 3, "name": "one"}),
]


@pytest.mark.whole
@pytest.mark.parametrize("key", ["type", "class", "class_name", "layer", "name"])
@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.parametrize(("kind", "options"), ITEMS)
def test_what_a_message_expects_in_place_of_a_class_as_a_value_is_read(
    key: str, beside: bool, kind: str, options: dict[str, Any]
) -> None:
    if key == "name" and {"name", "layers"} & {*options}:
        pytest.skip("a layer has one name, and a block has none")
    item = {key: kind, **options} if beside else {key: kind, "config": options}
    with pytest.raises(LayerError) as caught:
        loads(json.dumps({"input": [8, 6], "layers": [item]}))
    assert caught.value.problem == "the class of a layer is its key"
    found = loads(f"input: [8, 6]\nlayers:\n  - {caught.value.expected}\n")
    meant = loads(json.dumps({"input": [8, 6], "layers": [{kind: options}]}))
    assert found.report().to_dict() == meant.report().to_dict()


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_is_said_about(mistake: str) -> None:
    text, message = MISTAKES[mistake]
    with pytest.raises(ParamcalcError) as caught:
        loads(text, "model.yaml")
    assert str(caught.value) == f"model.yaml{message}"


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_same_is_said_about_json(mistake: str) -> None:
    text, message = MISTAKES[mistake]
    with pytest.raises(ParamcalcError) as caught:
        loads(json.dumps(read_data(text)), "model.yaml")
    assert _without_line(str(caught.value)) == _without_line(f"model.yaml{message}")


def _without_line(message: str) -> str:
    file, _, rest = message.partition(": ")
    return file.partition(":")[0] + rest


def test_several_files(run: Any) -> None:
    code, _, error = run("count", "docs/examples/tutorial.yaml", "docs/examples/repeat.yaml")
    assert code == 2
    assert error == (
        "paramcalc: docs/examples/tutorial.yaml: only source code takes arguments; "
        "expected one file; paramcalc compare takes several\n"
    )
