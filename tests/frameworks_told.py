"""What frameworks say themselves: the tensors of a recurrent layer, by name and shape, where they are installed."""

from __future__ import annotations

import importlib
import re
from importlib.util import find_spec
from typing import Any

import pytest

from paramcalc.rules.conventions.read import Row
from paramcalc.symbolic import parse

Tensors = dict[str, tuple[int, ...]]


def tensors(row: Row, d_x: int, d_h: int, **options: Any) -> Tensors | None:
    """The tensors of a row's layer as the framework builds it with its own options; ``None`` where it was only read."""
    ask = ASKED.get(row.framework)
    return ask(row, d_x, d_h, **options) if ask else None


def keras(row: Row, d_x: int, d_h: int, **options: Any) -> Tensors:
    keras = pytest.importorskip("keras", "3")
    switches = {name: value for name, value in row.options if isinstance(value, bool)}
    layer = getattr(keras.layers, row.rule)(d_h, **switches, **options)
    layer.build((None, None, d_x))
    return {weight.name: tuple(weight.shape) for weight in layer.weights if "seed" not in weight.name}


def torch(row: Row, d_x: int, d_h: int, **options: Any) -> Tensors:
    torch = pytest.importorskip("torch")
    return {name: tuple(one.shape) for name, one in getattr(torch.nn, row.rule)(d_x, d_h, **options).named_parameters()}


def onnx(row: Row, d_x: int, d_h: int, **options: Any) -> Tensors:
    # the schema states each shape in words: [num_directions, 4*hidden_size, input_size]
    defs = pytest.importorskip("onnx").defs
    found: Tensors = {}
    for one in defs.get_schema(row.layers[0]).inputs:
        shape = re.search(r"\[(num_directions, [^\]]*)\]", one.description)
        if one.name in ("W", "R", "B") and shape:
            sizes = {"num_directions": 1, "hidden_size": d_h, "input_size": d_x}
            found[one.name] = tuple(_size(axis, sizes) for axis in shape[1].split(","))
    order = "".join(row.gates)
    assert len(order) == 1 or f"W[{order}]" in defs.get_schema(row.layers[0]).inputs[1].description
    return found


def _size(axis: str, sizes: dict[str, int]) -> int:
    size = parse(axis)
    return size if isinstance(size, int) else size(**sizes)


def linen(row: Row, d_x: int, d_h: int, **options: Any) -> Tensors:
    nn = pytest.importorskip("flax.linen")
    jax = importlib.import_module("jax")
    found = []
    for name in row.layers:
        cell, key, x = getattr(nn, name)(features=d_h), jax.random.key(0), jax.numpy.ones((2, d_x))
        found.append(_flat(cell.init(key, cell.initialize_carry(key, x.shape), x)["params"]))
    assert all(one == found[0] for one in found)
    return found[0]


def nnx(row: Row, d_x: int, d_h: int, **options: Any) -> Tensors:
    nnx = pytest.importorskip("flax.nnx")
    cell = getattr(nnx, row.layers[0])(d_x, d_h, rngs=nnx.Rngs(0))
    return _flat(nnx.to_pure_dict(nnx.state(cell, nnx.Param)))


def haiku(row: Row, d_x: int, d_h: int, **options: Any) -> Tensors:
    hk = pytest.importorskip("haiku")
    jax = importlib.import_module("jax")

    def step(x: Any) -> Any:
        cell = getattr(hk, row.layers[0])(d_h, **options)
        return cell(x, cell.initial_state(2))

    params = hk.transform(step).init(jax.random.key(0), jax.numpy.ones((2, d_x)))
    return {name.partition("/")[2]: shape for name, shape in _flat(params).items()}  # its own name in front


def equinox(row: Row, d_x: int, d_h: int, **options: Any) -> Tensors:
    eqx = pytest.importorskip("equinox")
    jax = importlib.import_module("jax")
    cell = eqx.filter(getattr(eqx.nn, row.layers[0])(d_x, d_h, **options, key=jax.random.key(0)), eqx.is_array)
    return {name: tuple(one.shape) for name, one in vars(cell).items() if hasattr(one, "shape")}


def tf1(row: Row, d_x: int, d_h: int, **options: Any) -> Tensors:
    tf = pytest.importorskip("tensorflow").compat.v1
    with tf.Graph().as_default():
        cell = getattr(tf.nn.rnn_cell, row.layers[0])(d_h, **options)
        cell.build(tf.TensorShape([None, d_x]))
        shapes = {one.name.partition(":")[0]: tuple(one.shape.as_list()) for one in cell.variables}
        return {name.partition("/")[2]: shape for name, shape in shapes.items()}  # its own name in front


def mxnet(row: Row, d_x: int, d_h: int, **options: Any) -> Tensors:
    if not find_spec("mxnet"):
        pytest.skip("could not import 'mxnet'")
    importlib.import_module("numpy").bool = bool  # MXNet asks for it, and NumPy since 1.24 has it no more
    mx = importlib.import_module("mxnet")
    params = getattr(mx.gluon.rnn, row.layers[0])(d_h, input_size=d_x, **options).collect_params()
    return {name.partition("_")[2]: one.shape for name, one in params.items()}  # its own name in front


def _flat(tree: Any, path: str = "") -> Tensors:
    if hasattr(tree, "shape"):
        return {path[1:]: tuple(tree.shape)}
    return {name: shape for key, inner in tree.items() for name, shape in _flat(inner, f"{path}/{key}").items()}


ASKED: dict[str, Any] = {
    "keras": keras,
    "torch": torch,
    "tf1": tf1,
    "onnx": onnx,
    "flax-linen": linen,
    "flax-nnx": nnx,
    "haiku": haiku,
    "equinox": equinox,
    "mxnet": mxnet,
}
