"""How a layer stores the table it learns: as it is, frozen beside two thin ones (LoRA), or in few bits.

Four layers take all of these options: `Dense`, `EinsumDense`, `Embedding`, `ReversibleEmbedding`. Convolutions know
LoRA alone; attention keeps its projections in few bits. The dtype policy says how a table of so many rows and columns
is kept; a column is what has a scale of its own::

    float8   the table, and for inputs, table and gradient a scale and a history of largest values
    int8     a byte a number, a scale for each column
    int4     two numbers a byte; with a block size a scale and a zero for every block of rows
    gptq     laid on its side, two numbers a byte if they have 4 bits; a scale and a zero for every group of rows
    awq      like gptq with 4 bits, and a scale for each row

Sources: Hu et al. 2021 (LoRA); Micikevicius et al. 2022 (float8); Frantar et al. 2022 (GPTQ); Lin et al. 2023 (AWQ).
"""

from collections.abc import Callable
from math import prod
from typing import Annotated, NamedTuple, TypedDict

from ...core.declare import Shape, Weight
from ...core.ignored_options import check
from ...core.kinds import NUMBER, Check, Sized
from ...core.products import NOTHING, Product, Sources, product
from ...errors import OptionError
from ...symbolic import Size, ceil_div
from ...untyped import OptionValue

HISTORY = 1024
MODES = ("int8", "float8", "int4", "gptq", "awq")
_FLOATS = "float16 float32 float64 bfloat16 float8_e4m3fn float8_e5m2 mixed_float16 mixed_bfloat16"
_OTHERS = "uint8 uint16 uint32 uint64 int8 int16 int32 int64 bool string complex64 complex128"
SOURCES = frozenset(f"{_FLOATS} {_OTHERS}".split())
CONFIGS: dict[str, dict[str, OptionValue]] = {  # and what they say when they say nothing
    "Int8QuantizationConfig": {},
    "Int4QuantizationConfig": {"block_size": None},
    "Float8QuantizationConfig": {},
    "GPTQConfig": {"weight_bits": 4, "group_size": 128},
    "AWQConfig": {"weight_bits": 4, "group_size": 128},
}


class Policy(str):
    """The name of a dtype policy, such as ``int4/128_from_float32``, and what it says about storing.

    Attributes
    ----------
    mode : str
        One of `MODES`; empty for numbers in full.
    bits, block, history : int
        Bits of a number and rows in a group (-1 for all) under the modes that say so; the length of a float8 history.
    """

    mode: str = ""
    bits: int | None = None
    block: int | None = None
    history: int = HISTORY

    @property
    def config(self) -> OptionValue:
        """The policy as Keras's own configuration, where its name does not say all; else the name."""
        if self.history == HISTORY:
            return str(self)
        mode, _, source = self.partition("_from_")
        config = {"mode": mode, "source_name": source, "amax_history_length": self.history}
        return {"class_name": "QuantizedFloat8DTypePolicy", "config": config}


def policy(value: OptionValue) -> OptionValue:
    """Read a dtype policy: its name, Keras's configuration of it, or something else that names a dtype.

    Raises
    ------
    OptionError
    """
    config, history = None, HISTORY
    if isinstance(value, dict):
        config = value.get("config", {"name": "float32"})
        if not isinstance(config, dict):
            raise TypeError(value)
        if "default_policy" in config:
            return _one_of_many(config)
        history = config.get("amax_history_length", HISTORY)
        name = config.get("name") or f"{config.get('mode')}_from_{config.get('source_name') or 'float32'}"
    else:
        name = getattr(value, "name", value)
        history = getattr(value, "amax_history_length", getattr(value, "history", HISTORY))
    if not isinstance(name, str) or type(history) is not int or history < 0:
        raise TypeError(value)
    read = Policy(name)
    if name.startswith(MODES):
        read.mode, read.bits, read.block = _mode(name)
        read.history = history if read.mode == "float8" else HISTORY
    return read


def _one_of_many(config: dict[str, OptionValue]) -> OptionValue:
    # a map from the paths of layers to policies: what it says of this one depends on where the layer is
    policies = [policy(one) for one in _listed(config)]
    if any(one.mode for one in policies):
        raise OptionError("a map of policies that quantizes some layers", expected="the policy of the layer itself")
    return policies[0]


def _listed(config: dict[str, OptionValue]) -> list[OptionValue]:
    # without a default Keras takes the one it is set to, which is float32 unless somebody says otherwise
    default, others = config["default_policy"], config.get("policy_map")
    return ["float32" if default is None else default, *(others.values() if isinstance(others, dict) else ())]


def by_place(value: OptionValue) -> bool:
    """Tell whether a dtype policy, as Keras writes it, keeps a table in few bits or not depending on its place."""
    config = value.get("config") if isinstance(value, dict) else None
    if not isinstance(config, dict) or "default_policy" not in config:
        return False
    try:
        return any(policy(one).mode for one in _listed(config))
    except (TypeError, AttributeError, OptionError):
        return False  # what is wrong with it is said where the option is read


def _mode(name: str) -> tuple[str, int | None, int | None]:
    mode, made, source = name.partition("_from_")
    kind, *numbers = mode.split("/")
    wanted = {"gptq": 2, "awq": 2, "int4": 1}.get(kind, 0)
    known = made and kind in MODES and source in SOURCES and len(numbers) in ({0, 1} if kind == "int4" else {wanted})
    if not known or not all(number.lstrip("-").isdigit() for number in numbers):
        raise OptionError(
            "not a dtype policy",
            expected="such as float32, int8_from_float32, int4/128_from_float32 or gptq/4/128_from_float32",
            received=name,
        )
    if kind == "int8" and source in ("float16", "mixed_float16"):
        raise OptionError("int8 cannot be combined with float16", expected="float32 or bfloat16", received=name)
    *bits, block = (int(number) for number in numbers) if numbers else (-1,)
    if bits and bits[0] not in ((4,) if kind == "awq" else (2, 3, 4, 8)):
        wanted_bits = "4" if kind == "awq" else "2, 3, 4 or 8"
        raise OptionError("bits of a number", expected=wanted_bits, received=bits[0])
    _check_block(block)
    return kind, bits[0] if bits else None, block


def _check_block(block: OptionValue) -> None:
    if block is not None and (type(block) is not int or block == 0 or block < -1):
        raise OptionError("numbers that share a scale", expected="a positive number, or -1 for all", received=block)


def recipe(value: OptionValue) -> dict[str, OptionValue]:
    """Read a quantization config: Keras's configuration of it, or the object itself."""
    if not isinstance(value, dict):
        value = {"class_name": type(value).__name__, "config": value.get_config()} if _has_config(value) else {}
    name, config = value.get("class_name"), value.get("config")
    if name not in CONFIGS or not isinstance(config, dict):
        raise ValueError(value)
    _check_block(config.get("block_size"))
    _check_block(config.get("group_size"))
    return {"class_name": name, "config": config}


def _has_config(value: OptionValue) -> bool:
    return callable(getattr(value, "get_config", None))


def _constraint(value: OptionValue) -> OptionValue:
    if not (isinstance(value, (str, dict)) or callable(value)):
        raise TypeError(value)
    check("kernel_constraint", value)
    return value


POLICY = Check("the name of a dtype policy, or Keras's configuration of one", policy)
RECIPE = Check("the configuration of a quantization", recipe, {"type": "object"})
CONSTRAINT = Check("the name of a constraint", _constraint, {"type": ["string", "object"]})
Constraint = Annotated[OptionValue, CONSTRAINT] | None


class Thin(TypedDict):
    """The options that put two thin tables beside one that learns no more."""

    lora_rank: Annotated[Size, Sized("r")] | None
    lora_alpha: Annotated[float, NUMBER] | None


class Storage(Thin):
    """The options that say how a table is stored."""

    quantization_config: Annotated[OptionValue, RECIPE] | None
    dtype: Annotated[OptionValue, POLICY] | None


class Table(NamedTuple):
    """A table as a layer learns it, and how it lies when it is kept in few bits.

    Attributes
    ----------
    name : str
    shape : tuple of int or Expr
    rows, columns : int or Expr
        A column has a scale of its own; a block is a block of rows.
    packed : tuple of int or Expr
        Two numbers in one place.
    scale : tuple of int or Expr
        One scale for each column under int8.
    beside : bool
        Whether the scales of a column lie side by side.
    zero : str
        What Keras calls the zeros of groups.
    """

    name: str
    shape: Shape
    rows: Size
    columns: Size
    packed: Shape
    scale: Shape
    beside: bool = False
    zero: str = "kernel_zero"


class Stored(NamedTuple):
    """A table as it is kept.

    Attributes
    ----------
    weights : tuple of Weight
    numbers : callable
        How many numbers they are.
    operand : frozenset of str
        The weights that a product with the table gives a gradient: none of a table in few bits.
    flow : frozenset of str
        The weights that the output depends on, as far as a gradient can follow.
    """

    weights: tuple[Weight, ...]
    numbers: Callable[[], Size]
    operand: Sources = NOTHING
    flow: Sources = NOTHING


def mode_of(storage: Storage) -> str:
    """Tell in which of `MODES` a layer keeps its table; empty for numbers in full."""
    policy = storage["dtype"]
    return "" if policy is None else policy.mode


def kept_as(storage: Storage) -> Policy:
    """Give the policy, or one that says nothing."""
    return storage["dtype"] or Policy()


def lora_in_steps(storage: Storage) -> bool:
    """Tell whether the thin tables are multiplied one after the other: a table in few bits cannot be added to."""
    return mode_of(storage) in ("int8", "int4")


def rounds_input(storage: Storage) -> bool:
    """Tell whether the layer rounds its input to a few bits, too, before it multiplies."""
    recipe = storage["quantization_config"]
    return lora_in_steps(storage) and (recipe is None or recipe["config"].get("activation_quantizer") is not None)


def stored(table: Table, storage: Storage, constraint: OptionValue = None) -> Stored:
    """Keep a table as the options say.

    Raises
    ------
    OptionError
        For combinations that do not go together.
    """
    rank, mode = storage["lora_rank"], mode_of(storage)
    kept = _KEPT[mode](table, storage)
    if rank is None:
        return kept
    if mode not in ("", "int8", "int4"):
        raise OptionError(f"LoRA on a table kept as {mode}", expected="it in full, or as int8 or int4")
    first, *rest = kept.weights
    thin = thinned(table.name, table.shape, storage, constraint)
    frozen = Weight(first.name, first.shape, False)
    operand = NOTHING if lora_in_steps(storage) else kept.operand | thin.operand
    numbers = lambda: kept.numbers() + thin.numbers()  # noqa: E731
    return Stored((frozen, *thin.weights, *rest), numbers, operand, kept.flow | thin.flow)


def thinned(name: str, shape: Shape, options: Thin, constraint: OptionValue = None) -> Stored:
    """Give the thin tables that learn in place of a table, if the options ask for any.

    Raises
    ------
    OptionError
        For a constraint, which would be one on the table that stands still.
    """
    rank, (*lead, last) = options["lora_rank"], shape
    if rank is None:
        return Stored((), lambda: 0)
    if constraint is not None:
        raise OptionError(
            "LoRA cannot be combined with a constraint on the table", expected="no constraint", received=constraint
        )
    first, second = thin_names(name)
    tables = (Weight(first, (*lead, rank)), Weight(second, (rank, last)))
    both = frozenset({first, second})
    return Stored(tables, lambda: rank * (prod(lead) + last), both, both)


def thin_names(name: str) -> tuple[str, str]:
    """Name the thin tables beside a table."""
    return f"lora_{name}_a", f"lora_{name}_b"


def merging(name: str, shape: Shape, rank: Size | None) -> tuple[Product, ...]:
    """Give the product of the thin tables, which is added to the table once a call; none without a rank."""
    return () if rank is None else (product(prod(shape) * rank, *thin_names(name)),)


def _in_full(table: Table, storage: Storage) -> Stored:
    own = frozenset({table.name})
    return Stored((Weight(table.name, table.shape),), lambda: prod(table.shape), own, own)


def _float8(table: Table, storage: Storage) -> Stored:
    history = kept_as(storage).history
    weights = [Weight(table.name, table.shape)]
    for what in ("inputs", table.name, "outputs_grad"):
        weights.append(Weight(f"{what}_scale", (), replaced=True))
        weights.append(Weight(f"{what}_amax_history", (history,), replaced=True))
    # what training puts in place of scales and histories comes from the way forward, but for the gradient's history
    flow = frozenset({table.name, "outputs_grad_amax_history"})
    return Stored(tuple(weights), lambda: prod(table.shape) + 3 * (1 + history), frozenset({table.name}), flow)


def _int8(table: Table, storage: Storage) -> Stored:
    weights = (Weight(table.name, table.shape, False), Weight(f"{table.name}_scale", table.scale, False))
    return Stored(weights, lambda: prod(table.shape) + table.columns)


def _int4(table: Table, storage: Storage) -> Stored:
    block = _said(storage, "Int4QuantizationConfig", "block_size", kept_as(storage).block)
    packed = Weight(table.name, table.packed, False)
    if block is None or block == -1:
        scale = Weight(f"{table.name}_scale", (table.columns,), False)
        return Stored((packed, scale), lambda: prod(table.packed) + table.columns)
    blocks = ceil_div(table.rows, block)
    shape = (table.columns, blocks) if table.beside else (blocks, table.columns)
    weights = [packed, *(Weight(f"{table.name}_{what}", shape, False) for what in ("scale", "zero"))]
    index = table.name.startswith("reverse_")  # the block of each row is known from the way forward
    weights += [] if index else [Weight("g_idx", (table.rows,), False)]
    return Stored(
        tuple(weights),
        lambda: prod(table.packed) + 2 * blocks * table.columns + (0 if index else table.rows),
    )


def _on_its_side(table: Table, storage: Storage) -> Stored:
    mode = mode_of(storage)
    config = "GPTQConfig" if mode == "gptq" else "AWQConfig"
    bits = _said(storage, config, "weight_bits", kept_as(storage).bits)
    group = _said(storage, config, "group_size", kept_as(storage).block if bits else None)
    if bits is None or group is None:
        raise OptionError(f"{mode} without bits and groups", expected=f"such as {mode}/4/128_from_float32")
    rows, columns = table.rows, table.columns
    wide = ceil_div(columns, 2) if mode == "awq" or bits == 4 else columns
    groups = 1 if group == -1 else ceil_div(rows, group)
    shapes: dict[str, Shape] = {
        table.name: (wide, rows),
        f"{table.name}_scale": (columns, groups),
        table.zero: (columns, groups),
    }
    shapes |= {"awq_scales": (rows,)} if mode == "awq" else {}
    return Stored(
        tuple(Weight(name, shape, False) for name, shape in {**shapes, "g_idx": (rows,)}.items()),
        lambda: wide * rows + 2 * columns * groups + (2 if mode == "awq" else 1) * rows,
    )


def _said(storage: Storage, config: str, name: str, otherwise: OptionValue) -> OptionValue:
    # what is said for one layer goes before what its policy says
    found = storage["quantization_config"]
    return {**CONFIGS[config], **found["config"]}[name] if found and found["class_name"] == config else otherwise


_KEPT: dict[str, Callable[[Table, Storage], Stored]] = {
    "": _in_full,
    "float8": _float8,
    "int8": _int8,
    "int4": _int4,
    "gptq": _on_its_side,
    "awq": _on_its_side,
}
