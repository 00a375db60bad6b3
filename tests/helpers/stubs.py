"""The stubs of the modules whose layers come from rules; ``pytest tests/docs --update`` writes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from inspect import Parameter
from textwrap import indent

import paramcalc
from paramcalc.core.registry import rules
from paramcalc.core.rule import Rule
from paramcalc.core.signatures import signature_of

HEADER = '''\
"""{title} Generated from the rules: ``pytest tests/docs --update``."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeAlias

{imports}

Size: TypeAlias = int | str | Expr  # a number, or an expression such as "4*d_h"
Named: TypeAlias = str | Mapping[str, object] | Callable[..., object] | None  # type: ignore[explicit-any]  # callable
AnyLayer: TypeAlias = Layer | Model
'''
FEW = (bool, int, float, str, type(None))


def of_paramcalc() -> str:
    """Write the stub of the package: its public names, and Keras's layers."""
    public = sorted(f"from .{module} import {name} as {name}" for name, module in paramcalc._PUBLIC.items())
    modules = [f"from . import {name} as {name}" for name in paramcalc._MODULES]
    imports = "\n".join([*modules, *public, "from .core.rule import Rule"])
    return _written("What paramcalc offers, and Keras's layers.", imports, rules().values(), "\n__version__: str\n")


def of_torch() -> str:
    """Write the stub of PyTorch's layers."""
    own = "\ndef Input(shape: Sequence[Size | None], name: str | None = None) -> Tensor: ...\n"
    return _written("PyTorch's layers.", _imports("from .core.tensors import Tensor"), rules("torch").values(), own)


def of_paper() -> str:
    """Write the stub of the layers of the literature."""
    return _written("The recurrent cells of the literature.", _imports(), rules("paper").values(), "")


def _imports(*more: str) -> str:
    needed = [
        "from .core.rule import Layer, Rule",
        *more,
        "from .graph.model import Model",
        "from .symbolic import Expr",
    ]
    return "\n".join(sorted(needed))


def _written(title: str, imports: str, made: Iterable[Rule], own: str) -> str:
    unique = {rule.name: rule for rule in made}
    aliases = {alias: rule for rule in unique.values() for alias in rule.aliases if alias.isidentifier()}
    classes = [_class(rule) for rule in unique.values()]
    names = [f"{name}: _{rule.name}" for name, rule in sorted({**unique, **aliases}.items())]
    return "\n".join([HEADER.format(title=title, imports=imports) + own, *classes, *names, ""])


def _class(rule: Rule) -> str:
    keywords = ", ".join(_keywords(signature_of(rule).parameters.values()))
    doc = f'"""{rule.__doc__}\n"""'.replace("\\", "\\\\")
    return (
        f"class _{rule.name}(Rule):\n"
        f"    def __call__(self, {keywords}) -> Layer:  # type: ignore[override]\n"
        f"{indent(doc, ' ' * 8)}\n"
    )


def _keywords(found: Iterable[Parameter]) -> Iterator[str]:
    open_to_position = True
    for one in found:
        if open_to_position and one.kind is one.KEYWORD_ONLY:
            open_to_position = False
            yield "*"
        default = repr(one.default) if isinstance(one.default, FEW) else "..."
        yield f"{one.name}: {one.annotation}" + ("" if one.default is one.empty else f" = {default}")
