"""Make the small files of operators and of named tensors in this folder: `python tests/data/graphs/make.py`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.append(str(HERE.parents[1] / "helpers"))

import graph_files as g  # noqa: E402


def onnx() -> bytes:
    """Two directions of an LSTM, and a matrix that is turned before it is multiplied."""
    nodes = [
        g.node("LSTM", "x W R B", "y h", direction="bidirectional", hidden_size=5),
        g.node("Squeeze", "y axis", "s"),
        g.node("Transpose", "M", "turned", perm=(1, 0)),
        g.node("MatMul", "s turned", "z"),
        g.node("Add", "z bias", "scores"),
    ]
    weights = [g.tensor("W", 2, 20, 7), g.tensor("R", 2, 20, 5), g.tensor("B", 2, 40)]
    weights += [g.tensor("M", 3, 5), g.tensor("bias", 3), g.integers("axis", 1), g.tensor("window", 16)]
    return g.model(g.graph(nodes, weights, [g.value("x", "T", "B", 7)]))


def gguf() -> bytes:
    """One block of a language model, its larger matrices in blocks of four bits."""
    q4_0, q8_0 = 2, 8
    tensors = {
        "token_embd.weight": ((40, 64), q8_0, 40 * 68),
        "blk.0.attn_norm.weight": ((64,), 0, 256),
        "blk.0.attn_q.weight": ((64, 64), q4_0, 64 * 36),
        "blk.0.ffn_up.weight": ((128, 64), q4_0, 128 * 36),
        "blk.0.ffn_down.weight": ((64, 128), q4_0, 64 * 72),
        "output_norm.weight": ((64,), 0, 256),
        "output.weight": ((40, 64), q8_0, 40 * 68),
    }
    return g.gguf(tensors, {"general.name": "tiny"})


def tflite() -> bytes:
    """A convolution of int8, and a fully connected layer."""
    tensors = [
        *(("image", (1, 8, 8, 3), "float32", 0), ("filters", (4, 3, 3, 3), "int8", 1), ("shift", (4,), "int32", 2)),
        *(("c", (1, 8, 8, 4), "float32", 0), ("matrix", (5, 256), "float32", 3), ("scores", (1, 5), "float32", 0)),
    ]
    return g.tflite(tensors, [(3, (0, 1, 2), (3,)), (9, (3, 4, -1), (5,))])


def checkpoint() -> bytes:
    """The index of what Keras saves with TensorFlow: an LSTM and a dense layer, and the state of an optimizer."""
    of, slot = "/.ATTRIBUTES/VARIABLE_VALUE", "/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE"
    lstm, dense = "layer_with_weights-0/cell", "layer_with_weights-1"
    shapes = {f"{lstm}/kernel": (4, 20), f"{lstm}/recurrent_kernel": (5, 20), f"{lstm}/bias": (20,)}
    shapes |= {f"{dense}/kernel": (5, 3), f"{dense}/bias": (3,)}
    slots = {name + slot: shape for name, shape in shapes.items()}
    return g.checkpoint({**{name + of: shape for name, shape in shapes.items()}, **slots})


def saved_model() -> bytes:
    """A dense layer and a mean that is not trained."""
    variables = [None, None, ("dense/kernel:0", (4, 3), True), ("dense/bias:0", (3,), True), ("mean:0", (3,), False)]
    return g.saved_model(variables, {0: {"dense": 1, "mean": 4}, 1: {"kernel": 2, "bias": 3}})


def javascript() -> bytes:
    """A chain of Keras with its list of weights."""
    layers = [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 10, 3], "name": "in"}},
        {"class_name": "LSTM", "config": {"name": "reader", "units": 4}},
        {"class_name": "Dense", "config": {"name": "answer", "units": 2}},
    ]
    shapes = {"reader/kernel": [3, 16], "reader/recurrent_kernel": [4, 16], "reader/bias": [16]}
    shapes |= {"answer/kernel": [4, 2], "answer/bias": [2]}
    weights = [{"name": name, "shape": shape, "dtype": "float32"} for name, shape in shapes.items()]
    topology = {"model_config": {"class_name": "Sequential", "config": {"name": "chain", "layers": layers}}}
    return json.dumps({"modelTopology": topology, "weightsManifest": [{"paths": [], "weights": weights}]}).encode()


FILES = {
    "lstm.onnx": onnx,
    "tiny.gguf": gguf,
    "image.tflite": tflite,
    "weights.index": checkpoint,
    "mean/saved_model.pb": saved_model,
    "model.json": javascript,
}

if __name__ == "__main__":
    for name, make in FILES.items():
        path = HERE / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(make())
