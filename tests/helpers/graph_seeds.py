"""Small ONNX, GGUF and TensorFlow Lite files that together use what the readers know; mutations start from them."""

from __future__ import annotations

import json

import graph_files as g


def onnx_files() -> list[bytes]:
    image = g.value("x", "batch", 3, 16, 16)
    convolutions = g.model(
        g.graph(
            [
                g.node("Conv", "x w b", "c", pads=(1, 1, 1, 1)),
                g.node("BatchNormalization", "c s s m m", "n"),
                g.node("GlobalAveragePool", "n", "p"),
                g.node("Flatten", "p", "f"),
                g.node("Gemm", "f k v", "e", transB=1),
                g.node("Mul", "e two", "y"),
            ],
            [
                *(g.tensor("w", 8, 3, 3, 3), g.tensor("b", 8), g.tensor("s", 8), g.tensor("m", 8)),
                *(g.tensor("k", 10, 8), g.outside("v", "v.bin", 10), g.tensor("two")),
            ],
            [image],
            [g.value("y", "batch", 10)],
        )
    )
    moved = g.model(
        g.graph(
            [
                g.node("Slice", "half zero one", "first"),
                g.node("Slice", "half one two", "second"),
                g.node("Concat", "second first", "joined", axis=0),
                g.node("Unsqueeze", "joined zero", "W"),
                g.node("Constant", "", "R", value=("t", g.tensor("", 1, 20, 5))),
                g.node("ConstantOfShape", "long", "B", value=("t", g.tensor("", 1))),
                g.node("LSTM", "x W R B - - - P", "y h c", hidden_size=5),
                g.node("Split", "y", "y1 y2", axis=0),
                g.node("Transpose", "tied", "t", perm=(1, 0)),
                g.node("MatMul", "h t", "z"),
                g.node("Gather", "tied i", "e"),
                g.node("Reshape", "e long", "q"),
            ],
            [
                *(g.tensor("half", 20, 7), g.tensor("P", 1, 15), g.tensor("tied", 9, 5)),
                *(g.integers("zero", 0), g.integers("one", 10), g.integers("two", 20), g.integers("long", 1, 40)),
            ],
            [g.value("x", "T", "batch", 7)],
        )
    )
    body = g.graph([g.node("Conv", "x w", "o")], [g.tensor("w", 4, 3, 1, 1)], outputs=[g.value("o")])
    nested = g.model(
        g.graph(
            [
                g.node("If", "c", "o", then_branch=("g", body), else_branch=("g", body)),
                g.node("Twice", "o k", "y", "own"),
                g.node("Odd", "y k", "z", "unknown.domain"),
                g.node("DequantizeLinear", "q s z0", "d"),
                g.node("MatMul", "z d", "last"),
                g.node("MatMulNBits", "last packed scales", "end", "com.microsoft", K=64, N=3, bits=4, block_size=32),
            ],
            [
                *(g.tensor("k", 6, 6), g.tensor("q", 6, 6, type=g.INT8), g.tensor("s"), g.tensor("z0", type=g.INT8)),
                *(g.tensor("packed", 3, 2, 16, type=2), g.tensor("scales", 6)),
            ],
            [g.value("x", 1, 3, 4, 4), g.value("c")],
        ),
        [g.function("Twice", "own", "a w", "b", [g.node("MatMul", "a w", "h"), g.node("MatMul", "h w", "b")])],
    )
    return [convolutions, moved, nested]


def gguf_files() -> list[bytes]:
    tensors = {
        "token_embd.weight": ((4, 256), 14, 4 * 210),
        "blk.0.attn_q.weight": ((32, 256), 12, 32 * 144),
        "blk.0.attn_q.bias": ((32,), 0, 128),
        "blk.0.attn_norm.weight": ((256,), 0, 1024),
        "blk.1.ffn_up_exps.weight": ((2, 4, 32), 8, 8 * 34),
        "rope_freqs.weight": ((16,), 0, 64),
    }
    plain = {"general.name": "tiny", "tokens": ["a", "b", "c"], "llama.block_count": 2}
    return [g.gguf(tensors, plain), g.gguf({"output.weight": ((3, 4), 1, 24)}, {"split.count": 2}, version=2)]


def tflite_files() -> list[bytes]:
    tensors = [
        *(("x", (1, 8, 8, 3), "float32", 0), ("w", (4, 3, 3, 3), "int8", 1), ("b", (4,), "int32", 2)),
        *(("c", (1, 8, 8, 4), "float32", 0), ("h", (5, 256), "float16", 3), ("d", (5, 256), "float32", 0)),
        *(("y", (1, 5), "float32", 0), ("v", (1, 5), "float32", 4), ("z", (1, 5), "float32", 0)),
    ]
    steps = [(3, (0, 1, 2), (3,)), (6, (4,), (5,)), (9, (3, 5, -1), (6,)), (0, (6, 7), (8,))]
    return [g.tflite(tensors, steps)]


def tensorflow_files() -> list[bytes]:
    variables = {
        "layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE": (4, 20),
        "layer_with_weights-0/recurrent_kernel/.ATTRIBUTES/VARIABLE_VALUE": (5, 20),
        "layer_with_weights-0/kernel/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE": (4, 20),
        "optimizer/learning_rate/.ATTRIBUTES/VARIABLE_VALUE": (),
        "layer_with_weights-1/bias/.ATTRIBUTES/VARIABLE_VALUE": (3,),
    }
    nodes = [
        None,
        None,
        ("dense/kernel:0", (4, 3), True),
        ("norm/moving_mean:0", (3,), False),
        None,
        ("Adam/m", (4, 3), False),
    ]
    children = {0: {"layer": 1, "optimizer": 4}, 1: {"kernel": 2, "mean": 3, "parent": 0}, 4: {"m": 5}}
    return [g.checkpoint(variables), g.saved_model(nodes, children)]


def javascript_files() -> list[bytes]:
    manifest = [
        {
            "paths": ["group1-shard1of1.bin"],
            "weights": [
                {"name": "a/kernel", "shape": [3, 4], "dtype": "float32"},
                {
                    "name": "a/bias",
                    "shape": [4],
                    "dtype": "float32",
                    "quantization": {"dtype": "uint8", "scale": 1, "min": 0},
                },
                {"name": "a/axis", "shape": [2], "dtype": "int32"},
            ],
        }
    ]
    layers = [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 3], "name": "in"}},
        {"class_name": "Dense", "config": {"name": "a", "units": 4}},
    ]
    keras = {"model_config": {"class_name": "Sequential", "config": {"name": "s", "layers": layers}}}
    written = [
        {"name": "a/kernel", "shape": [3, 4], "dtype": "float32"},
        {"name": "a/bias", "shape": [4], "dtype": "float32"},
    ]
    first = json.dumps({"format": "graph-model", "modelTopology": {"node": []}, "weightsManifest": manifest})
    second = json.dumps({"modelTopology": keras, "weightsManifest": [{"paths": [], "weights": written}]})
    return [first.encode(), second.encode(), f"module.exports = {second};\n".encode()]


FILES = {
    "onnx": onnx_files,
    "gguf": gguf_files,
    "tflite": tflite_files,
    "tensorflow": tensorflow_files,
    "javascript": javascript_files,
}
