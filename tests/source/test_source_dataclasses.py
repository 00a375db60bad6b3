"""Data classes of a program have the fields, and their constructors the arguments, that Python gives them."""

from __future__ import annotations

import pytest

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all

HEAD = """
import dataclasses
from dataclasses import dataclass, field, InitVar, KW_ONLY, fields, asdict, astuple, replace, is_dataclass
from typing import ClassVar
"""
# each sets `found`, a list of sizes
PROGRAMS = {
    "an InitVar goes to __post_init__": """
@dataclass
class C:
    a: int
    w: InitVar[int] = 2
    b: int = 3
    def __post_init__(self, w):
        self.c = self.a * w
one = C(4, 5)
found = [one.c, one.b, one.w]
""",
    "an InitVar of another spelling": """
@dataclass
class C:
    a: int
    w: dataclasses.InitVar[int] = 2
one = C(4, 5)
found = [one.w, len(asdict(one)), *astuple(one)]
""",
    "InitVars of a base come first": """
@dataclass
class B:
    a: int
    w: InitVar[int]
@dataclass
class C(B):
    v: InitVar[int]
    b: int = 3
    def __post_init__(self, w, v):
        self.b = w * 10 + v
one = C(1, 2, 3)
found = [one.b, one.a]
""",
    "fields behind KW_ONLY have no place": """
@dataclass
class C:
    a: int = 1
    _: KW_ONLY
    k: int = 4
@dataclass
class D(C):
    b: int = 2
one = D(5, 6)
found = [one.a, one.k, one.b, D(k=7).k]
""",
    "fields by name only have no place": """
@dataclass(kw_only=True)
class C:
    a: int = 1
@dataclass
class D(C):
    b: int = 2
    c: int = field(default=9, kw_only=True)
    d: int = 4
one = D(5, 6)
found = [one.a, one.b, one.c, one.d]
""",
    "a base that is no data class has no fields": """
class B:
    a: int = 3
@dataclass
class D(B):
    b: int = 2
found = [D(5).b, D().a]
""",
    "an attribute of a base is a default": """
class B:
    a = 3
@dataclass
class D(B):
    a: int
    b: int = 2
found = [D(b=5).b, D().a]
""",
    "a factory of a base": """
@dataclass
class B:
    a: list = field(default_factory=lambda: [3, 4])
@dataclass
class D(B):
    b: int = 2
D().a.append(5)
found = [*D().a, D().b]
""",
    "a name that is annotated twice keeps its place": """
@dataclass
class D:
    a: int = 3
    b: int = 2
    a: int = 5
found = [D(7).a, D(7).b, D().a]
""",
    "fields in order": """
@dataclass
class D:
    a: int = 3
    w: InitVar[int] = 8
    b: int = 2
found = [getattr(D(5), one.name) for one in fields(D)] + [one.default for one in fields(D())]
""",
    "a dictionary of fields": """
@dataclass
class D:
    a: int = 3
    b: int = 4
one = D(**{key: value for key, value in {"a": 7, "z": 3}.items() if key in D.__dataclass_fields__})
found = [one.a, one.b]
""",
    "what is a data class": """
@dataclass
class D:
    a: int = 3
class E(D): pass
class F: pass
found = [4 if is_dataclass(one) else 5 for one in (D, D(), E, E(), F, F(), 3, None, "D", [D], {D: 1})]
""",
    "fields that are no arguments": """
@dataclass
class D:
    a: int = 3
    c: int = field(init=False)
    e: int = field(init=False, default=8)
    def __post_init__(self):
        self.c = self.a * 2
one = replace(D(4), a=6)
found = [one.c, one.e]
D.e = 9
found += [one.e]
""",
    "a variable of the class": """
@dataclass
class D:
    k: ClassVar[int] = 3
    a: int = 4
found = [D.k, D(7).a]
""",
    "a constructor of its own": """
@dataclass()
class D:
    a: int = 3
    def __init__(self):
        self.a = 7
found = [D().a]
""",
    "a constructor that a class inherits": """
@dataclass
class B:
    a: int = 3
class D(B):
    b = 4
one = replace(D(6), a=2)
found = [one.a, one.b, asdict(D(6))["a"]]
""",
    "a class as factory": """
@dataclass
class O:
    w: int = 3
@dataclass
class D:
    o: O = field(default_factory=O)
one = D()
one.o.w = 5
found = [one.o.w, D().o.w]
""",
    "__post_init__ of the base": """
@dataclass
class B:
    a: int = 3
    def __post_init__(self):
        self.z = self.a + 1
@dataclass
class D(B):
    b: int = 4
    def __post_init__(self):
        super().__post_init__()
        self.y = self.z * self.b
found = [D(2).z, D(2).y]
""",
    "an argument that is none": """
@dataclass
class D:
    a: int = field(default=3, init=False)
try:
    found = [D(a=4).a]
except TypeError:
    found = [9]
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_data_classes_are_those_of_python(name: str) -> None:
    text = HEAD + PROGRAMS[name]
    names: dict[str, object] = {"__name__": __name__}
    exec(compile(text, "m.py", "exec", dont_inherit=True), names)
    sizes = names["found"]
    assert isinstance(sizes, list)
    assert sizes
    layers = "m = nn.Sequential(*[nn.Linear(size, 1, bias=False) for size in found])\n"
    (model,) = read_all(Source("m.py", given=f"import torch.nn as nn\n{text}{layers}"))
    report = model.report()
    assert report.exact
    assert [row.params for row in report.rows] == sizes
