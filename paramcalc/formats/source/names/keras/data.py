"""Names: Keras. Data: the shapes of its datasets, and functions that make arrays of them."""

from __future__ import annotations

from functools import partial

from .....core.tensors import BATCH
from .....symbolic import Expr, Size
from ...memory.objects import Builtin, Dict, List, Module, Unknown, Value
from ...memory.state import State
from ...values.containers import length
from ..native import Args, Kwargs, by_name, not_known
from ..shapes import Shape
from ..standard.arrays import array_shape, is_array, of_shape
from .tensors import Tensor

# The shapes of what `load_data` gives without arguments, as its documentation says: images, or rows of features, with
# their labels; the numbers of samples to train and to test.
IMAGES, COLORS = (28, 28), (32, 32, 3)
DATASETS: dict[str, tuple[Shape, Shape, int, int]] = {
    "mnist": (IMAGES, (), 60_000, 10_000),
    "fashion_mnist": (IMAGES, (), 60_000, 10_000),
    "cifar10": (COLORS, (1,), 50_000, 10_000),
    "cifar100": (COLORS, (1,), 50_000, 10_000),
    "boston_housing": ((13,), (), 404, 102),
    "california_housing": ((8,), (), 16_512, 4_128),
    "imdb": ((), (), 25_000, 25_000),
    "reuters": ((), (), 8_982, 2_246),
}
HARMLESS = ("path", "num_words", "maxlen", "seed", "label_mode", "skip_top", "start_char", "oov_char", "index_from")


def _load(name: str, run: State, args: Args, kwargs: Kwargs) -> Value:
    features, labels, *counts = DATASETS[name]
    # a longest text leaves some out, and the order of the axes of images can be changed
    known = not args and kwargs.keys() <= {*HARMLESS} and kwargs.get("maxlen") is None and not run.distrust
    if not known:
        return run.call(not_known(f"keras.datasets.{name}", "load_data", scalar=True), args, kwargs)
    return tuple((of_shape((count, *features)), of_shape((count, *labels))) for count in counts)


def _class_matrix(run: State, args: Args, kwargs: Kwargs) -> Value:
    # to_categorical: the last axis of labels goes if it has one place
    given = by_name(("x", "num_classes"), args, kwargs)
    shape = array_shape(given.get("x", given.get("y")))
    count = given.get("num_classes", given.get("nb_classes"))
    if shape is None or not (count is None or isinstance(count, (int, Expr))):
        return run.call(not_known("keras.utils", "to_categorical", scalar=True), args, kwargs)
    if count is None:
        unknown = Unknown("the number of classes", run.line, data=True)
        unknown.attribute = "num_classes"
        count = run.symbol(unknown)
    assert isinstance(count, (int, Expr))
    labels: tuple[Size, ...] = shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape
    return of_shape((*labels, count))


def _padded(run: State, args: Args, kwargs: Kwargs) -> Value:
    given = by_name(("sequences", "maxlen"), args, kwargs)
    count, longest = length(run, given.get("sequences")), given.get("maxlen")
    if not isinstance(count, (int, Expr)) or not isinstance(longest, (int, Expr)):
        return run.call(not_known("keras.utils", "pad_sequences", scalar=True), args, kwargs)
    return of_shape((count, longest))


TO_CATEGORICAL = Builtin("to_categorical", _class_matrix)
PAD_SEQUENCES = Builtin("pad_sequences", _padded)
SETS = {
    name: Module(
        f"keras.datasets.{name}",
        {"load_data": Builtin("load_data", partial(_load, name))},
        partial(not_known, f"keras.datasets.{name}", scalar=True),
    )
    for name in DATASETS
}
DATA = Module("keras.datasets", {**SETS}, partial(not_known, "keras.datasets", scalar=True))
SEQUENCE = Module(
    "keras.preprocessing.sequence",
    {"pad_sequences": PAD_SEQUENCES},
    partial(not_known, "keras.preprocessing.sequence", scalar=True),
)
PREPROCESSING = Module(
    "keras.preprocessing", {"sequence": SEQUENCE}, partial(not_known, "keras.preprocessing", scalar=True)
)


def symbolic(value: Value) -> Value:
    """Give the symbolic tensors of arrays, of which only the shape without the batch is known; else the value."""
    shape = array_shape(value)
    if shape:
        return Tensor((BATCH, *shape[1:]))
    if isinstance(value, List) and value.blur is None and any(map(is_array, value.items)):
        return List([symbolic(one) for one in value.items])
    if isinstance(value, tuple) and any(map(is_array, value)):
        return tuple(map(symbolic, value))
    if isinstance(value, Dict) and value.blur is None and any(map(is_array, value.named.values())):
        return Dict({key: symbolic(one) for key, one in value.named.items()})
    return value
