"""Names: PyTorch. Functions, each declared once: its shape, whose memory it is, what a gradient follows, what it keeps.

What a function keeps for the backward pass is a name; the rules of these names are in
``paramcalc.analysis.cost.kept.torch_functions``. A function without one passes gradients on, and what it keeps is
unknown.
"""

from __future__ import annotations

from typing import NamedTuple

SAME, SPREAD, REDUCED, PAIR, PRODUCT, OTHER = "same", "spread", "reduced", "pair", "product", "other"
EITHER, NEW, VIEW = "either", "new", "view"
ALL, FIRST, NONE, CONVERTED = "all", "first", "none", "converted"


class Function(NamedTuple):
    """A function of tensors.

    Attributes
    ----------
    gives : str
        The shape of the result: the ``same``, that of several ``spread`` or as a ``pair``, ``reduced``, of a
        ``product``, or an ``other`` one.
    memory : str
        Whether the result has ``new`` memory, is a ``view``, or may be ``either``.
    reads : str
        What gradients follow: ``all`` arguments, the ``first`` alone (what else it is given are numbers), ``none``
        where results are whole numbers or conditions, or are cut off, or the first, if the type it is ``converted`` to
        has gradients.
    keeps : str
        What it keeps for the backward pass; empty where that is unknown.
    method : bool
        Whether it is a method of tensors whose shape is worked out as that of the function.
    """

    gives: str = OTHER
    memory: str = EITHER
    reads: str = ALL
    keeps: str = ""
    method: bool = False


def _each(names: str, function: Function) -> dict[str, Function]:
    return dict.fromkeys(names.split(), function)


TABLE: dict[str, Function] = {
    # number by number
    **_each("abs cos log sin square", Function(SAME, NEW, keeps="input")),
    **_each("exp rsqrt sigmoid sqrt tanh", Function(SAME, NEW, keeps="output")),
    "neg": Function(SAME, NEW, keeps="nothing"),
    "clone": Function(SAME, NEW, keeps="nothing"),
    "pow": Function(SPREAD, NEW, keeps="power"),
    "clamp": Function(SPREAD, keeps="clamp"),
    "masked_fill": Function(SPREAD, NEW, keeps="mask"),
    **_each("floor round", Function(SAME, keeps="nothing")),
    **_each("tril triu", Function(SAME, reads=FIRST, keeps="nothing")),
    # activations
    "relu": Function(SAME, reads=FIRST, keeps="output"),
    "gelu": Function(SAME, NEW, FIRST, "input"),
    "softplus": Function(SAME, reads=FIRST, keeps="input"),
    **_each("softmax log_softmax", Function(SAME, NEW, FIRST, "normalized output")),
    **_each("elu leaky_relu selu", Function(SAME, reads=FIRST, keeps="input or result in place")),
    **_each("hardtanh silu", Function(SAME, reads=FIRST, keeps="input")),
    **_each("hardswish mish relu6", Function(SAME, keeps="input")),
    "logsigmoid": Function(SAME, keeps="input and exponentials"),
    # dropout and normalization
    "dropout": Function(SAME, reads=FIRST, keeps="mask of numbers"),
    **_each("dropout1d dropout2d dropout3d", Function(SAME, reads=FIRST, keeps="mask of channels")),
    "alpha_dropout": Function(SAME, reads=FIRST),
    "normalize": Function(SAME, reads=FIRST, keeps="unit vectors"),
    "layer_norm": Function(SAME, NEW, keeps="layer norm"),
    "batch_norm": Function(SAME, NEW),
    **_each("group_norm instance_norm rms_norm", Function(SAME)),
    # of two
    **_each("add sub", Function(PAIR, NEW, keeps="nothing", method=True)),
    "mul": Function(PAIR, NEW, keeps="factors", method=True),
    "div": Function(PAIR, NEW, keeps="quotient", method=True),
    **_each("maximum minimum", Function(PAIR, NEW, keeps="both")),
    "where": Function(PAIR, NEW, keeps="condition"),
    "eq": Function(PAIR, reads=NONE, keeps="comparison"),
    "compare": Function(memory=NEW, reads=NONE, keeps="comparison"),
    "binary": Function(memory=NEW),
    # sums
    **_each("mean sum", Function(REDUCED, NEW, FIRST, "nothing", method=True)),
    "var": Function(REDUCED, NEW, FIRST, "input", method=True),
    **_each("amax amin norm std", Function(REDUCED, NEW, FIRST, "input and output", method=True)),
    "prod": Function(REDUCED, NEW, FIRST, "input and output", method=True),
    "logsumexp": Function(REDUCED, keeps="input and output"),
    **_each("max min", Function(keeps="places", method=True)),
    **_each("topk sort", Function(keeps="places")),
    **_each("argmax argmin", Function(REDUCED, NEW, NONE, "cut", method=True)),
    **_each("all any", Function(REDUCED, reads=NONE, keeps="cut")),
    "multinomial": Function(reads=NONE, keeps="cut"),
    "loss": Function(memory=NEW),
    # products
    **_each("bmm mm", Function(PRODUCT, NEW, keeps="two matrices", method=True)),
    "matmul": Function(PRODUCT, NEW, keeps="matrices", method=True),
    "linear": Function(PRODUCT, NEW, keeps="linear"),
    "scaled_dot_product_attention": Function(PRODUCT, NEW, keeps="attention"),
    "embedding": Function(memory=NEW, keeps="table"),
    # the same numbers in other shapes
    "view": Function(memory=VIEW, reads=FIRST, keeps="view"),
    **_each("reshape flatten", Function(reads=FIRST, keeps="shape")),
    "view_as": Function(memory=VIEW, reads=FIRST, keeps="view", method=True),
    "unsqueeze": Function(memory=VIEW, reads=FIRST, keeps="new axis"),
    "squeeze": Function(memory=VIEW, reads=FIRST, keeps="axis left out", method=True),
    **_each("permute transpose", Function(memory=VIEW, reads=FIRST, keeps="order of axes", method=True)),
    "t": Function(memory=VIEW, keeps="order of axes", method=True),
    **_each("T mT", Function(memory=VIEW, keeps="order of axes")),
    "H": Function(memory=VIEW),
    **_each("expand expand_as", Function(memory=VIEW, reads=FIRST, keeps="expanded", method=True)),
    **_each("split chunk", Function(memory=VIEW, reads=FIRST, keeps="pieces", method=True)),
    "unbind": Function(memory=VIEW, reads=FIRST, keeps="items", method=True),
    "__getitem__": Function(memory=VIEW, reads=FIRST, keeps="item", method=True),
    "index": Function(memory=NEW),
    "item": Function(reads=FIRST, keeps="indices"),
    "repeat": Function(memory=NEW, reads=FIRST, keeps="repeated", method=True),
    **_each("cat concat concatenate stack", Function(memory=NEW, keeps="joined")),
    # other sizes
    **_each("interpolate upsample pad", Function(memory=NEW, reads=FIRST)),
    **_each("flip roll cumsum cumprod", Function(memory=NEW, reads=FIRST)),
    **_each("swapaxes swapdims narrow select", Function(memory=VIEW, reads=FIRST)),
    "argsort": Function(memory=NEW, reads=NONE),
    "contiguous": Function(SAME, reads=FIRST, keeps="laid out"),
    "like": Function(memory=NEW, reads=NONE, keeps="like"),
    # types and places
    **_each("cpu cuda", Function(SAME, reads=FIRST, keeps="same")),
    "float": Function(SAME, keeps="floats"),
    **_each("double half", Function(SAME)),
    "to": Function(SAME, reads=CONVERTED, keeps="floats"),
    **_each("type type_as", Function(SAME, reads=CONVERTED)),
    "detach": Function(SAME, reads=NONE, keeps="same"),
    **_each("int long bool", Function(SAME, reads=NONE, keeps="whole numbers")),
    # in place, called as functions
    **_each(
        "add_ bernoulli_ clamp_ copy_ data_ div_ fill_ masked_fill_ mul_"
        " normal_ relu_ requires_grad_ sub_ uniform_ zero_",
        Function(SAME),
    ),
}
# methods that overwrite a tensor, whatever it held
OVERWRITING = frozenset(["bernoulli_", "copy_", "fill_", "normal_", "uniform_", "zero_"])


def names(**wanted: object) -> frozenset[str]:
    """List the functions that are declared so."""
    return frozenset(name for name, one in TABLE.items() if wanted.items() <= one._asdict().items())
