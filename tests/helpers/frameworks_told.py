"""What frameworks say themselves: the tensors of a recurrent layer, by name and shape, where they are installed."""

from __future__ import annotations

import importlib
import re
from importlib.util import find_spec
from typing import Any

import numpy
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
    window = {"kernel_size": 3} if row.cell == "ConvLSTM2D" else {}
    layer = getattr(keras.layers, row.rule)(d_h, **window, **switches, **options)
    layer.build((None, None, 9, 9, d_x) if window else (None, None, d_x))
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
    order = "".join(row.gates).replace("g", "c" if row.cell == "LSTM" else "h")  # its letters of the candidate
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
        frames = row.cell == "ConvLSTM2D"
        window = {"kernel_size": (3, 3)} if frames else {}
        x = _array((2, 9, 9, d_x) if frames else (2, d_x))
        cell, key = getattr(nn, name)(features=d_h, **window, **options), jax.random.key(0)
        carry = jax.eval_shape(lambda key, cell=cell, x=x: cell.initialize_carry(key, x.shape), key)
        found.append(_flat(jax.eval_shape(cell.init, key, carry, x)["params"]))
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
        make = getattr(hk, row.layers[0])
        cell = make((9, 9), d_h, 3) if frames else make(d_h, **options)
        return cell(x, cell.initial_state(2))

    frames = row.cell == "ConvLSTM2D"
    x = _array((2, 9, 9, d_x) if frames else (2, d_x))
    params = jax.eval_shape(hk.transform(step).init, jax.random.key(0), x)
    return {name.partition("/")[2]: shape for name, shape in _flat(params).items()}  # its own name in front


def equinox(row: Row, d_x: int, d_h: int, **options: Any) -> Tensors:
    eqx = pytest.importorskip("equinox")
    jax = importlib.import_module("jax")
    cell = eqx.filter_eval_shape(getattr(eqx.nn, row.layers[0]), d_x, d_h, **options, key=jax.random.key(0))
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


def order(row: Row) -> str:
    """The order of gates side by side in a bias, found by closing one at a time, every other weight being zero.

    From a state of 2, f closed empties the cell, o closed the output, the candidate closed takes something off the
    cell, and i changes nothing, for there is nothing to let in. In a GRU z closed keeps all or nothing, r closed does
    nothing.
    """
    step = _haiku_step(row) if row.framework == "haiku" else _equinox_step(row)
    places = range(len(row.gates))
    rest = step([0.0 for _ in places])
    return "".join(_gate(row.cell, rest, step([-30.0 * (at == place) for at in places])) for place in places)


def _gate(cell: str, rest: list[float], now: list[float]) -> str:
    if all(abs(one - before) < 1e-3 for one, before in zip(now, rest, strict=True)):
        return "i" if cell == "LSTM" else "r"
    if cell == "GRU":
        return "z" if min(abs(now[0]), abs(now[0] - 2)) < 1e-3 else "g"
    return "f" if abs(now[1]) < 1e-3 else "o" if abs(now[0]) < 1e-3 else "g"


def _haiku_step(row: Row) -> Any:
    hk = pytest.importorskip("haiku")
    jax = importlib.import_module("jax")
    state = hk.LSTMState(TWO, TWO) if row.cell == "LSTM" else TWO
    made = hk.transform(lambda x, before: getattr(hk, row.layers[0])(1)(x, before))
    zeros = jax.tree.map(_zeros, jax.eval_shape(made.init, jax.random.key(0), _array((1,)), state))
    apply = jax.jit(lambda params: made.apply(params, None, ONE, state)[1])

    def step(bias: list[float]) -> list[float]:
        params = jax.tree.map(lambda one: numpy.array(bias, "float32") if one.ndim == 1 else one, zeros)
        after = apply(params)
        return [float(one[0]) for one in (after if row.cell == "LSTM" else (after,))]

    return step


def _equinox_step(row: Row) -> Any:
    eqx = pytest.importorskip("equinox")
    jax = importlib.import_module("jax")
    cell = eqx.filter_eval_shape(getattr(eqx.nn, row.layers[0]), 1, 1, key=jax.random.key(0))
    zeros = jax.tree.map(lambda one: _zeros(one) if hasattr(one, "shape") else one, cell)

    @jax.jit
    def apply(bias: Any) -> Any:
        return eqx.tree_at(lambda one: one.bias, zeros, bias)(ONE, (TWO, TWO) if row.cell == "LSTM" else TWO)

    def step(bias: list[float]) -> list[float]:
        after = apply(numpy.array(bias, "float32"))
        return [float(one[0]) for one in (after if row.cell == "LSTM" else (after,))]

    return step


ONE, TWO = numpy.ones(1, "float32"), numpy.full(1, 2.0, "float32")


def _array(shape: tuple[int, ...]) -> Any:
    # what jax traces without a value
    return importlib.import_module("jax").ShapeDtypeStruct(shape, "float32")


def _zeros(one: Any) -> Any:
    return numpy.zeros(one.shape, one.dtype)


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
