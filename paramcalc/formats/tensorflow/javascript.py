"""Models of TensorFlow.js: the description that Keras wrote, or a converted graph, and a list of tensors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import prod

from ...errors import FileError, quoted
from ...graph.findings import STORED_OTHERWISE, Finding
from ...graph.model import Model
from ...untyped import Parsed
from ..keras.saved import model_of as model_of_keras
from ..opened import Source
from ..operators.stored import StoredOperator, StoredTensor, checked_shape, model_of
from ..text.syntax import read_json

MAX_TENSORS = 200_000
BITS = {"float32": 32, "float16": 16, "int32": 32, "uint8": 8, "uint16": 16, "bool": 8, "complex64": 64, "string": 0}


def read(source: Source) -> Model:
    """Read a ``model.json``; the files with the numbers are not opened.

    Raises
    ------
    ParamcalcError
        When it is no model, or lists no tensors.
    """
    return _read(source.data)


def read_wrapped(source: Source) -> Model:
    """Read the same where a package has it as a module of JavaScript, of which nothing is run.

    Raises
    ------
    ParamcalcError
    """
    text = source.text
    start, end = text.find("{"), text.rfind("}")
    found = read_json(text[start : end + 1])
    if not isinstance(found, dict) or "weightsManifest" not in found:
        raise FileError("JavaScript that is no model", expected="one object with modelTopology and weightsManifest")
    return _read(found)


def _read(found: Mapping[str, Parsed]) -> Model:
    tensors = _tensors(found.get("weightsManifest"))
    topology = found.get("modelTopology")
    if not isinstance(topology, dict):
        raise FileError("not the topology of a model", expected="an object", received=topology).at("modelTopology")
    described = topology.get("model_config", topology)
    if not isinstance(described, dict) or "class_name" not in described:
        return _listed(tensors)
    model = model_of_keras(described)
    report = model.report()
    ours = Counter(weight.shape for weight in report.weights)
    theirs = Counter(one.shape for one in tensors)
    if ours == theirs:
        model.stored = len(tensors)
    else:
        count = sum(one.params for one in tensors)
        text = f"the manifest lists {len(tensors):,} tensors of {count:,} numbers, the rules give {report.total}"
        model.findings = (*model.findings, Finding(STORED_OTHERWISE, "", text))
        model.warnings.append(text)
    return model


def _tensors(manifest: object) -> list[StoredTensor]:
    if not isinstance(manifest, list):
        raise FileError("not a list of groups of weights", received=manifest).at("weightsManifest")
    found: list[StoredTensor] = []
    for number, group in enumerate(manifest):
        listed = group.get("weights") if isinstance(group, dict) else None
        if not isinstance(listed, list):
            raise FileError("not a group of weights", expected="weights").at(f"[{number}]").at("weightsManifest")
        found += [_tensor(one) for one in listed]
        if len(found) > MAX_TENSORS:
            raise FileError("too many tensors", expected=f"at most {MAX_TENSORS:,}").at("weightsManifest")
    return found


def _tensor(one: object) -> StoredTensor:
    given = one if isinstance(one, dict) else {}
    name, shape, dtype = given.get("name"), given.get("shape"), given.get("dtype")
    if not isinstance(name, str) or not isinstance(shape, list) or not all(type(size) is int for size in shape):
        raise FileError("not a weight", expected="name, shape and dtype", received=one).at("weightsManifest")
    quantization = given.get("quantization")
    stored = quantization.get("dtype") if isinstance(quantization, dict) else dtype
    if not isinstance(stored, str) or stored not in BITS:
        problem = f"{quoted(name)} has an unknown type"
        raise FileError(problem, expected=", ".join(BITS), received=stored).at("weightsManifest")
    sizes = checked_shape(shape, quoted(name))
    return StoredTensor(name, sizes, stored, (prod(sizes) * BITS[stored] + 7) // 8)


def _listed(tensors: list[StoredTensor]) -> Model:
    # the graph of a converted model: which operator reads what is not followed, so floats are listed by their paths
    modules: dict[str, list[StoredTensor]] = {}
    apart: list[StoredTensor] = []
    for one in tensors:
        if one.dtype in ("int32", "bool", "string") or one.params <= 1:
            apart.append(one)
        else:
            modules.setdefault(one.label.rpartition("/")[0] or one.label, []).append(one)
    rows = [StoredOperator("Variables", path, several, outs=()) for path, several in modules.items()]
    warnings = []
    if apart:
        rows.append(StoredOperator("Constant", "constants", (), beside=apart, outs=(), macs=0))
        warnings.append(f"not counted: {sum(one.params for one in apart):,} in whole and single numbers")
    return model_of(rows, "TensorFlow.js", "model", warnings=warnings)
