"""Reading a GGUF file: a row for each module, those of one block together."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from math import prod

from ...core.formula import Formula
from ...graph.model import Model
from ...symbolic import Size, symbols
from ..opened import Source
from ..operators.mapped import Buffer, mapped
from ..operators.stored import StoredGroup, StoredOperator, StoredTensor, model_of
from .header import read_header

_BLOCK = re.compile(r"((?:[a-z]+\.)*blk\.\d+)\.(.+)")
_TABLES = re.compile(r"(^|\.)(token|position|pos|patch|token_types?)_embd$")
_CONSTANTS = re.compile(r"(^|\.)rope_(freqs|factors_long|factors_short)$")
_NORM = re.compile(r"norm(_\d+)?$")


def read(source: Source) -> Model:
    """Read the header of a GGUF file.

    Raises
    ------
    FileError
        When it is damaged, beyond the bounds, or stores no tensors.
    """
    with mapped(source) as data:
        return _model(data)


def _model(data: Buffer) -> Model:
    metadata, tensors = read_header(data)
    modules: dict[str, list[StoredTensor]] = {}
    for tensor in tensors:
        path, _, last = tensor.label.rpartition(".")
        modules.setdefault(path or last, []).append(tensor)
    rows: list[StoredOperator | StoredGroup] = []
    blocks: dict[str, list[StoredOperator]] = {}
    for path, parts in modules.items():
        match = _BLOCK.match(path)
        if match is None:
            rows.append(_row(path, path, parts))
            continue
        block = match[1]
        if block not in blocks:
            blocks[block] = []
            rows.append(StoredGroup("Block", block, ()))
        blocks[block].append(_row(match[2], path, parts))
    rows = [StoredGroup("Block", one.label, blocks[one.label]) if isinstance(one, StoredGroup) else one for one in rows]
    warnings = []
    if "token_embd" in modules and "output" not in modules and isinstance(metadata.get("general.architecture"), str):
        warnings.append("there is no output.weight: where a model has an output layer, it reads token_embd.weight")
    split = metadata.get("split.count")
    if isinstance(split, int) and split > 1:
        warnings.append(f"one of {split} files; the others are not counted")
        lacks = f"the file is one of {split}"
        rows.append(StoredOperator("Tensors", "other files", (), lacks=lacks, outs=()))
    name = metadata.get("general.name") or metadata.get("general.architecture")
    return model_of(rows, "GGUF", str(name or ""), warnings=warnings)


def _row(name: str, path: str, parts: list[StoredTensor]) -> StoredOperator:
    # what names and shapes say; anything else is listed as tensors
    if _CONSTANTS.search(path):
        return StoredOperator("Constant", name, (), beside=parts, outs=())
    roles = {part.label.rpartition(".")[2]: part for part in parts}
    weight, bias = roles.get("weight"), roles.get("bias")
    if weight is not None and len(roles) == len(parts) == 1 + (bias is not None):
        fits = bias is None or bias.shape == (weight.shape[-2:-1] if len(weight.shape) == 2 else weight.shape)
        if _NORM.search(path) and len(weight.shape) == 1 and fits:
            formula = _norm(bias is not None, weight.shape)
            return StoredOperator("Norm", name, parts, formula=formula, outs=())
        if len(weight.shape) == 2 and fits:
            table = bias is None and _TABLES.search(path)
            names = "V d" if table else "d_o d_i"
            formula = _matrix(names, bias is not None, weight.shape)
            return StoredOperator("Embedding" if table else "Linear", name, parts, formula=formula, outs=())
        if len(weight.shape) == 3 and path.endswith("_exps") and bias is None:
            formula = _matrix("E d_o d_i", False, weight.shape)
            return StoredOperator("Experts", name, parts, formula=formula, outs=())
    return StoredOperator("Tensors", name, parts, outs=())


# rows that are alike have one formula


@lru_cache(4096)
def _norm(bias: bool, shape: tuple[int, ...]) -> Formula:
    return Formula((1 + bias) * symbols("n"), {"n": shape[0]})


@lru_cache(4096)
def _matrix(names: str, bias: bool, shape: tuple[int, ...]) -> Formula:
    return Formula(_product(names, bias), dict(zip(names.split(), shape, strict=True)))


@cache
def _product(names: str, bias: bool) -> Size:
    sizes = symbols(names)
    found: Size = prod(sizes) + bias * sizes[0]
    return found
