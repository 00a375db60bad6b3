"""Dense layers and embeddings (keras/src/layers/core)."""

from math import prod
from typing import Annotated, Unpack

from ...core.declare import Built, Inputs, Shape, Weight, rule
from ...core.ignored_options import BIAS, EMBEDDINGS, KERNEL
from ...core.kinds import NUMBER, AtCall, Sized, Sizes
from ...core.products import NOTHING, Product, Sources, Work, product
from ...errors import OptionError, ShapeError, Verbatim
from ...symbolic import Size, ceil_div
from ...untyped import OptionValue
from .equations import EQUATION, LETTERS, Equation, scales, sides
from .quantized import (
    Constraint,
    Storage,
    Stored,
    Table,
    lora_in_steps,
    merging,
    mode_of,
    rounds_input,
    stored,
    thin_names,
)
from .values import TENSOR, shape_of


@rule(("activation", *KERNEL, *BIAS))
def Dense(
    x: Annotated[Shape, Inputs("B ... d_x")],
    /,
    units: Annotated[Size, Sized("d_y")],
    *,
    use_bias: bool = True,
    kernel_constraint: Constraint = None,
    **storage: Unpack[Storage],
) -> Built:
    """A weight from every input feature to every unit, and a bias for each unit.

    With lora_rank, two thin tables learn beside a kernel that does not: Hu et al. 2021.
    """
    d_x, rank = x[-1], storage["lora_rank"]
    kept: Stored | None = None
    kernel: tuple[Weight, ...] = (Weight("kernel", (d_x, units)),)
    if rank is not None or storage["dtype"] is not None:
        table = Table("kernel", (d_x, units), d_x, units, (d_x, ceil_div(units, 2)), (units,))
        kept = stored(table, storage, kernel_constraint)
        kernel = kept.weights

    def work() -> Work:
        places = prod(x[:-1])
        if kept is None:
            return Work((product(places * (d_x * units), 0, "kernel"),))
        products: tuple[Product, ...] = (product(places * (d_x * units), 0, kept.operand),)
        if rank is not None and lora_in_steps(storage):
            products += _in_steps(places * (d_x * rank), places * (rank * units))
        else:
            products += merging("kernel", (d_x, units), rank)
        return Work(products, (_flow(kept, use_bias),))

    return Built(
        outs=((*x[:-1], units),),
        weights=(*kernel, Weight("bias", (units,))) if use_bias else kernel,
        formula=lambda: (kept.numbers() if kept else d_x * units) + use_bias * units,
        work=work,
    )


def _in_steps(first: Size, second: Size) -> tuple[Product, ...]:
    # the input times one thin table, and that times the other, beside a kernel in few bits
    a, b = thin_names("kernel")
    return product(first, 0, a), product(second, (0, a), b)


def _flow(kernel: Stored, bias: bool) -> Sources:
    return kernel.flow | ({0, "bias"} if bias else {0})


@rule(("activation", *KERNEL, *BIAS, "gptq_unpacked_column_size"))
def EinsumDense(
    x: Annotated[Shape, Inputs("*equation")],
    /,
    equation: Annotated[str, EQUATION],
    output_shape: Annotated[OptionValue, Sizes("d_y", open=True)],
    *,
    bias_axes: Annotated[str, LETTERS] | None = None,
    kernel_constraint: Constraint = None,
    **storage: Unpack[Storage],
) -> Built:
    """A weight for every combination of the kernel's letters in the equation, and a bias along bias_axes.

    A letter of the kernel that the output lacks is summed over: abc,cd->abd is Dense on sequences.
    """
    read = Equation(equation)
    sizes, said = read.sizes(x, output_shape)
    shape = read.weighs(read.kernel, sizes, said)
    kernel = projected(read, shape, storage, kernel_constraint)
    bias = read.bias(bias_axes, sizes, said, len(x)) if bias_axes is not None else None
    rank = storage["lora_rank"]
    if rank is not None and lora_in_steps(storage) and read.kernel[-1] != read.outputs[-1]:
        raise OptionError(
            f"LoRA with quantization and the equation {equation}",
            expected="a kernel and an output that end with the same letter",
        )

    def work() -> Work:
        products: tuple[Product, ...] = (product(read.macs(sizes, x), 0, kernel.operand),)
        if rank is not None and lora_in_steps(storage):
            thin = read.macs(sizes | {read.kernel[-1]: rank}, x)
            products += _in_steps(thin, prod(read.output(sizes, x)) * rank)
        else:
            products += merging("kernel", shape, rank)
        return Work(products, (_flow(kernel, bias is not None),))

    return Built(
        outs=(read.output(sizes, x),),
        weights=kernel.weights if bias is None else (*kernel.weights, Weight("bias", bias)),
        formula=lambda: kernel.numbers() + (prod(bias) if bias is not None else 0),
        work=work,
    )


def projected(equation: Equation, shape: Shape, storage: Storage, constraint: OptionValue = None) -> Stored:
    """Keep the kernel of an equation as the options say."""
    return stored(_spread(equation, shape, mode_of(storage)), storage, constraint)


def _spread(equation: Equation, shape: Shape, mode: str) -> Table:
    # a kernel of any number of axes as a table, whose rows are what is summed over
    if mode in ("", "float8"):
        return Table("kernel", shape, 1, 1, (), ())
    if equation.left or equation.right:
        raise ShapeError(
            f"{equation} kept as {mode}", expected="an equation without ..., which Keras does not support here"
        )
    if mode in ("gptq", "awq"):
        return Table("kernel", shape, *_sides(shape, mode), (), (), zero="zero_point")
    rows, columns = sides(equation, shape)
    scale = scales(equation, shape) if mode == "int8" else ()
    return Table("kernel", shape, rows, columns, (rows, ceil_div(columns, 2)), scale)


def _sides(shape: Shape, mode: str) -> tuple[Size, Size]:
    # Keras tells a projection into heads from one out of them by which axis is the longest
    if len(shape) == 2:
        return shape[0], shape[1]
    if len(shape) != 3 or not all(isinstance(size, int) for size in shape):
        raise ShapeError(f"a kernel of {len(shape)} axes kept as {mode}", expected="2 axes, or 3 of known sizes")
    first, second, third = shape
    into_heads = shape.index(max(shape)) == 0  # type: ignore[type-var]  # all of them are integers here
    return (first, second * third) if into_heads else (first * second, third)


def embedded(name: str, input_dim: Size, output_dim: Size, storage: Storage, constraint: OptionValue = None) -> Stored:
    """Keep a table of embeddings, or the one that leads back, as the options say."""
    mode = mode_of(storage)
    if mode not in ("", "int8", "int4"):
        raise OptionError(f"embeddings kept as {mode}", expected="int8 or int4")
    back = name.startswith("reverse_")
    shape = (output_dim, input_dim) if back else (input_dim, output_dim)
    half = ceil_div(output_dim, 2) if mode else 0
    packed = (half, input_dim) if back else (input_dim, half)
    table = Table(name, shape, output_dim, input_dim, packed, (input_dim,), beside=not back)
    return stored(table, storage, constraint)


def looked_up(x: Shape, input_dim: Size, output_dim: Size, storage: Storage) -> tuple[Product, ...]:
    """List the products of looking up: none, except that of the thin tables of LoRA."""
    rows = prod(x) if lora_in_steps(storage) else input_dim
    return merging("embeddings", (rows, output_dim), storage["lora_rank"])


@rule((*EMBEDDINGS, "mask_zero", "input_length"))
def Embedding(
    x: Annotated[Shape, Inputs("B ...")],
    /,
    input_dim: Annotated[Size, Sized("V")],
    output_dim: Annotated[Size, Sized("d_e")],
    *,
    embeddings_constraint: Constraint = None,
    weights: Annotated[OptionValue, TENSOR] | None = None,
    **storage: Unpack[Storage],
) -> Built:
    """A table with one row of output_dim numbers for each of input_dim tokens. A lookup costs no multiply-adds."""
    table = embedded("embeddings", input_dim, output_dim, storage, embeddings_constraint)
    if weights is not None:
        _check_initial(weights.shape, table)
    return Built(
        weights=table.weights,
        outs=((*x, output_dim),),
        formula=table.numbers,
        work=lambda: Work(looked_up(x, input_dim, output_dim, storage), (table.flow,)),  # tokens have no gradient
    )


def _check_initial(given: Shape, table: Stored) -> None:
    (shape, *more) = (weight.shape for weight in table.weights)
    if more:
        raise OptionError("weights for one table", expected=f"none: the layer keeps {1 + len(more)} tensors")
    if len(given) != len(shape) or any(isinstance(a, int) and a != b for a, b in zip(shape, given, strict=True)):
        raise ShapeError("weights of another shape", expected=shape_of(shape), received=Verbatim(shape_of(given)))


@rule((*EMBEDDINGS, "mask_zero", "input_length", "reverse_dtype"))
def ReversibleEmbedding(
    x: Annotated[Shape, Inputs("B ...")],
    /,
    input_dim: Annotated[Size, Sized("V")],
    output_dim: Annotated[Size, Sized("d_e")],
    tie_weights: bool = True,
    *,
    logit_soft_cap: Annotated[float, NUMBER] | None = None,
    embeddings_constraint: Constraint = None,
    reverse: Annotated[bool, AtCall] = False,
    **storage: Unpack[Storage],
) -> Built:
    """A table of embeddings that also maps back to tokens; with tie_weights=False, a second table does.

    Called with reverse=True it takes embeddings and gives one number for each token.
    Source: Press & Wolf 2017.
    """
    sizes = (input_dim, output_dim, storage)
    table = embedded("embeddings", *sizes, embeddings_constraint)
    tables, count, back = table.weights, table.numbers, table
    if not tie_weights:
        if storage["lora_rank"] is not None and not mode_of(storage):
            raise OptionError(
                "LoRA with tie_weights=False", expected="tie_weights=True, or a table quantized to int8 or int4"
            )
        alone: Storage = {**storage, "lora_rank": None}
        back = embedded("reverse_embeddings", input_dim, output_dim, alone)
        tables, count = (*table.weights, *back.weights), lambda: table.numbers() + back.numbers()
    if reverse and isinstance(x[-1], int) and isinstance(output_dim, int) and x[-1] != output_dim:
        raise ShapeError(
            "the input is not made of embeddings of this table", expected=f"{output_dim} numbers each", received=x[-1]
        )

    def work() -> Work:
        if not reverse:
            return Work(looked_up(x, *sizes), (table.flow,))  # tokens have no gradient
        merged = looked_up(x, *sizes) if tie_weights and not lora_in_steps(storage) else ()
        # an input that is rounded has no gradient but through its scale: Keras has no gradient of its own as in Dense
        left = NOTHING if rounds_input(storage) else {0}
        products = (product(prod(x[:-1]) * (output_dim * input_dim), left, back.operand), *merged)
        return Work(products, (back.operand | {0},))

    return Built(
        weights=tables,
        outs=((*x[:-1], input_dim),) if reverse else ((*x, output_dim),),
        formula=count,
        work=work,
    )
