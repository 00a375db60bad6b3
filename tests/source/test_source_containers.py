"""Containers of modules, and ``_modules``: what programs add, take away, join and replace."""

from __future__ import annotations

from typing import Any

import pytest

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all

HEAD = """
import torch
import torch.nn as nn
from collections import OrderedDict
s = nn.Sequential(nn.Linear(1, 2), nn.Linear(2, 3), nn.Linear(3, 4))
l = nn.ModuleList([nn.Linear(1, 2), nn.Linear(2, 3), nn.Linear(3, 4)])
d = nn.ModuleDict({"a": nn.Linear(1, 2), "b": nn.Linear(2, 3)})
"""
PROGRAMS = {
    "taken out": """
x=s.pop(1)
y=l.pop(-1)
z=d.pop('a')
""",
    "a name that is missing": """
try:
    d.pop('q')
except KeyError:
    k=nn.Linear(7,7)
""",
    "deleted": """
del s[0]
del l[-1]
del d['b']
""",
    "parts deleted": """
del s[1:]
del l[:2]
""",
    "sums": """
a=s+s
b=l+l
c=l+[nn.Linear(9,9)]
""",
    "a sum shares its modules": """
t=nn.Sequential(nn.Linear(5,5))
a=s+t
s.append(nn.Linear(6,6))
""",
    "sums in place": """
s+=nn.Sequential(nn.Linear(5,5))
l+=[nn.Linear(6,6)]
""",
    "repeated": """
a=s*2
""",
    "attributes of a class of chains stay": """
class C(nn.Sequential):
    def __init__(s,*a):
        super().__init__(*a)
        s.k=5
c=C(nn.Linear(1,2),nn.Linear(2,3))
del c[0]
m=nn.Linear(c.k,1)
""",
    "attributes of a class of lists stay": """
class C(nn.ModuleList):
    pass
c=C([nn.Linear(1,2),nn.Linear(2,3)])
c.k=5
c.insert(0,nn.Linear(4,4))
m=nn.Linear(c.k,1)
z=c[1:]
""",
    "a part of a class with a constructor": """
class C(nn.Sequential):
    def __init__(s,*a):
        super().__init__(*a)
        s.add_module('x', nn.Linear(7,7))
c=C(nn.Linear(1,2),nn.Linear(2,3))
z=c[:1]
""",
    "a part of a class of chains": """
class C(nn.Sequential):
    pass
c=C(nn.Linear(1,2),nn.Linear(2,3))
c.k=3
z=c[:1]
""",
    "names are numbers after a deletion": """
s=nn.Sequential(OrderedDict([('a',nn.Linear(1,2)),('b',nn.Linear(2,3))]))
del s[0]
n=nn.Sequential(*[nn.Linear(len(k)+4,1) for k,_ in s.named_children()])
""",
    "a number as name": """
s=nn.Sequential(OrderedDict([('a',nn.Linear(1,2)),('b',nn.Linear(2,3))]))
s.append(nn.Linear(3,3))
print(s)
n=nn.Sequential(*[nn.Linear(len(k)+4,1) for k,_ in s.named_children()])
""",
    "parameters": """
p=nn.ParameterList([nn.Parameter(torch.zeros(2)),nn.Parameter(torch.zeros(3))])
m=nn.Module()
m.p=p
p.append(nn.Parameter(torch.zeros(4)))
""",
    "parameters by name": """
p=nn.ParameterDict({'a':nn.Parameter(torch.zeros(2)),'b':nn.Parameter(torch.zeros(3))})
m=nn.Module()
m.p=p
del p['a']
""",
    "parameters taken out": """
p=nn.ParameterDict({'a':nn.Parameter(torch.zeros(2)),'b':nn.Parameter(torch.zeros(3))})
m=nn.Module()
m.p=p
p.pop('a')
""",
    "emptied": """
d=nn.ModuleDict({'a':nn.Linear(1,2)})
d.clear()
m=nn.Sequential(d,nn.Linear(1,1))
""",
    "a module by its path": """
s=nn.Sequential(nn.Linear(1,2),nn.Linear(2,3))
s.set_submodule('0',nn.Linear(5,5))
""",
    "registered by name": """
s=nn.Sequential(nn.Linear(1,2),nn.Linear(2,3))
s._modules['0']=nn.Linear(5,5)
""",
    "registered in a loop": """
s=nn.Sequential(nn.Linear(1,2),nn.ReLU())
for n,c in s.named_children():
    if isinstance(c,nn.ReLU): s._modules[n]=nn.PReLU()
""",
    "set in a loop over registered ones": """
s=nn.Sequential(nn.Linear(1,2),nn.ReLU())
for n,c in s._modules.items():
    if isinstance(c,nn.ReLU): setattr(s,n,nn.PReLU())
""",
    "registered parameters": """
s=nn.Linear(1,2)
s._parameters['bias']=None
k=nn.Linear(1,2)
del k._parameters['bias']
""",
    "replaced in a loop over registered ones": """
for n,c in s._modules.items():
    if n=='1': s._modules[n]=nn.Linear(9,9)
""",
    "looked up": """
k=s._modules['0']
z=nn.Linear(1,1) if s._modules.get('7') is None else nn.Linear(2,2)
y=s._modules.get('1')
""",
    "deleted and taken out": """
del s._modules['0']
x=s._modules.pop('1')
s._modules.pop('zz',None)
q=nn.Linear(len(s._modules),1)
""",
    "names that are registered": """
q=nn.Linear(1,1) if '1' in s._modules else nn.Linear(2,2)
r=nn.Linear(1,1) if 'u' in s._modules else nn.Linear(2,2)
""",
    "lists of registered ones": """
q=nn.ModuleList(list(s._modules.values())[:2])
w=nn.ModuleList([nn.Linear(1,1) for k in s._modules])
l2=list(s._modules.keys())[-1]
s._modules[l2]=nn.Linear(8,8)
""",
    "replaced at each level": """
def rep(m):
    for n,c in m._modules.items():
        if isinstance(c,nn.ReLU): m._modules[n]=nn.PReLU(3)
        else: rep(c)
m=nn.Sequential(nn.Linear(1,2),nn.ReLU(),nn.Sequential(nn.ReLU(),nn.Linear(2,2)))
rep(m)
""",
    "replaced backwards": """
def rep(m):
    for n in reversed(m._modules):
        if len(list(m._modules[n].children()))>0: rep(m._modules[n])
        elif isinstance(m._modules[n],nn.ReLU): m._modules[n]=nn.PReLU(3)
m=nn.Sequential(nn.Linear(1,2),nn.ReLU(),nn.Sequential(nn.ReLU(),nn.Linear(2,2)))
rep(m)
""",
    "registered None": """
m=nn.Module()
m._modules['x']=nn.Linear(2,2)
m._modules['y']=None
k=nn.Linear(len(m._modules),1)
""",
    "None that is not registered": """
m=nn.Module()
m.a=None
m._modules['x']=nn.Linear(2,2)
k=nn.Linear(len(m._modules),1)
""",
    "updated": """
s._modules.update({'9':nn.Linear(4,4)})
""",
    "all taken out": """
s._modules.clear()
""",
    "copied dictionaries": """
from collections import OrderedDict
q=nn.Sequential(OrderedDict(s._modules))
w=nn.Sequential(OrderedDict(list(s._modules.items())[:2]))
v=nn.Sequential(OrderedDict([(k,x) for k,x in s._modules.items() if k!='0']))
""",
    "a copy has its own": """
import copy
t=copy.deepcopy(s)
t._modules['0'].requires_grad_(False)
""",
}
NOT_FOLLOWED = {
    "repeated", "emptied", "updated", "all taken out", "registered parameters", "registered None",
    "None that is not registered", "a part of a class with a constructor",
}  # fmt: skip


@pytest.mark.torch
@pytest.mark.parametrize("name", PROGRAMS)
def test_containers_hold_what_pytorch_says(name: str) -> None:
    torch = pytest.importorskip("torch")
    text = HEAD + PROGRAMS[name]
    names: dict[str, Any] = {}
    exec(compile(text, "m.py", "exec", dont_inherit=True), names)
    reports = [one.report() for one in read_all(Source("m.py", given=text))]
    for report in reports:
        made = names.get(report.name)
        if isinstance(made, torch.nn.Module):
            truth = sum(one.numel() for one in made.parameters())
            assert report.total == truth if report.exact else report.total <= truth, report.name  # type: ignore[operator]
    assert all(report.exact for report in reports) is (name not in NOT_FOLLOWED)
