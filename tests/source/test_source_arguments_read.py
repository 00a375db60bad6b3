"""Arguments by their places and names: what a function that is followed does not read makes its result unknown."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all

PYTHON = "import math, functools, itertools, operator, copy\nfrom collections import *\n"
NUMBERS = """
int("11", base=2)
int("11", 3)
round(2.567, ndigits=1)*10
round(number=2.6)
sum([1,2], start=5)
sum([1,2],5)
pow(base=2, exp=3)
pow(2,3,5)
pow(2,3,mod=5)
len("a,b,c".split(sep=","))+9
len("a,b,c".split(",", maxsplit=1))+9
len("a,b,c".split(",", 1))+9
len("a,b,c".rsplit(",", maxsplit=1)[0])+9
len("a\\nb".splitlines(keepends=True)[0])
max([1,3], key=lambda x:-x)
max([], default=7)
min(3,1,key=lambda x:-x)
sorted([3,1,2], reverse=True)[0]
sorted([3,1,2], key=lambda x:-x)[0]
[*enumerate("ab", start=5)][1][0]
[*enumerate("ab", 5)][1][0]
len([*zip([1],[2],strict=True)])
math.prod([2,3], start=4)
int(np.prod([[1,2],[3,4]], axis=0)[1])
[*itertools.accumulate([1,2,3], initial=5)][-1]
[*itertools.accumulate([1,2,3], func=operator.mul)][-1]
len([*itertools.repeat(1, times=3)])
len(deque([1,2,3], maxlen=2))
len("aXbX".replace("X","", 1))
"abcabc".find("c", 3)
"abcabc".index("a", 1)
"abcabc".count("a", 1)
[1,2,1].index(1, 1)+5
len("{a}{b}".format(a=1,b=22))
len("%s" % 12)
int(str(object=12))
list(range(10))[slice(1,5)][0]
len("abc".ljust(7))
len("abc".center(9,"*"))
len("7".zfill(4))
int("  12 ")
int(3.9)
int(float("1e2"))
len(str(b"ab", "utf8"))+1
len(str(b"ab", encoding="utf8"))+1
dict([("a",3)], b=4)["a"]
dict(a=3)["a"]
len({**dict(a=3), "b":1})+1
functools.reduce(lambda a,b:a*b,[2,3,4])
functools.reduce(lambda a,b:a*b,[2,3],10)
next(iter([]), 8)
getattr(int, "zz", 6)
len(bytes(5))
len([*itertools.islice([1,2,3,4],1,3)])
len([*itertools.islice([1,2,3,4],1,None,2)])
len([*itertools.product([1,2],repeat=3)])
len([*itertools.combinations([1,2,3],2)])
len([*itertools.zip_longest([1],[2,3],fillvalue=0)])
[*itertools.chain.from_iterable([[1,2],[3]])][2]
[*itertools.count(start=3)] if 0 else next(itertools.count(start=3, step=2))
[1,2,3].pop(0)
{"a":5}.pop("a")
{"a":5}.pop("b", 9)
{"a":5}.setdefault("c", 7)
int(True)+3
divmod(17,5)[0]
abs(-4)
math.floor(4.7)
math.ceil(4.2)
math.gcd(12,18)
math.lcm(4,6)
math.comb(5,2)
math.isqrt(17)
int(math.log2(64))
int(math.log(64,2))
int(math.sqrt(49))
int(math.pow(2,5))
math.factorial(4)
int(np.linspace(1,9,5)[1])
int(np.arange(3,9,2)[1])
int(np.sum([1,2,3]))
int(np.max([1,5]))
int(np.ceil(4.2))
int(np.array([1,2,3]).sum())
np.zeros((3,4)).shape[1]
len(np.arange(5))
(lambda *a, **k: len(a)+len(k))(1,2,c=3)
ord("a")
len(chr(97))+2
len(hex(255))
len(bin(5))
len(oct(8))
int("0x1f",16)
int("0b11",0)
len(repr("ab"))
len(format(3.14159,".2f"))
len(f"{3.14159:.3f}")
len(f"{12:>5}")
len("a-b_c".replace("-","").replace("_",""))
len("abc".partition("b")[0])+1
"x".join(["1","2"]).__len__()
len("AbC".lower().upper().title())
int("12abc"[:2])
len("  a ".strip())+2
len("xxaxx".strip("x"))+2
len("xxaxx".lstrip("x"))
"abc".startswith(("x","a"))+2
"abc".endswith("c")+2
len([x for x in "a b".split()])+1
any([0,1])+2
all([])+2
len(list(map(lambda a,b:a+b,[1,2],[3,4])))+1
list(filter(None,[0,3]))[0]
len(list(reversed([1,2,3])))
tuple([1,2,3])[2]
len(set([1,1,2]))+1
len(frozenset("aab"))+1
[1,2,3].count(2)+1
len([1]*3+[2])
len([[0]*3 for _ in range(2)][0])
3 if isinstance(3,(int,float)) else 4
int(1e3)//7
-7//2+10
-7%5
7>>1
3<<2
5^2
5|2
6&3
~-5
2**3**1
int(7/2)
3 if 1<2<3 else 4
len("ab"*3)
bool([])+2
(x:=5)+1
copy.copy([1,2,3])[2]
copy.deepcopy({"a":[1,6]})["a"][1]
Counter("aab")["a"]+1
defaultdict(int,{"a":4})["a"]
len(defaultdict(list))+3
int(np.prod((2,3)))
np.array([[1,2],[3,4]]).size
int(np.array([4,5])[1])
int(np.floor(5.5))
int(np.sqrt(16))
np.ones(5).shape[0]
int(np.log2(8))
operator.add(2,3)
operator.itemgetter(1)([4,5])
len([*range(10,0,-3)])
range(2,10,3)[1]
min(len("abc"),2)
(1,2,3)[-1]
"abcdef".rfind("e")
len("a\\tb".expandtabs(4))
int.from_bytes(b"\\x05","big")
(5).bit_length()
int((4.0).is_integer())+3
len("abc".encode())
len("a,b".split(",")[-1])+2
len("ab".casefold())
len("a".isdigit()*"x")+2
int("5".isdigit())+2
len("a,b".split(sep=",", maxsplit=0))
[1,2,3].pop(index=0)
len(obj=[1])
int("11", base=7)
sum([1,2], start=3)
abs(x=3)
[3,1,2].index(1, 0, 2)
(1,2,1).index(1, 1)+3
{"a":5}.get("b", default=4)
{"a":5}.pop("b", default=4)
getattr(int, name="real", default=4)
list(iterable=[1,2])
next(iter([]), default=3)
any(iterable=[1])+3
divmod(7, 2, 1)
"-".join(iterable=["a"])
math.prod([2,3], 4)
reversed(sequence=[1])
isinstance(obj=3, class_or_tuple=int)+1
[*filter(function=None, iterable=[3])][0]
itertools.islice([1,2,3], stop=2)
functools.reduce(function=max, sequence=[1,5])
max([1,2], defalt=3)
range(stop=3)
len(range(0, 4, step=2))
[1,2].append(object=3)
[*map(int, ["4"])][0]
slice(1, 2, 3).stop
len(slice)
operator.mul(a=2, b=3)
copy.copy(x=[1,2])[1]
"""
TORCH = (
    "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"
    "x, v = torch.zeros(2, 3, 4, 5), torch.zeros(6, 8)\n"
)
TENSORS = """
x.view(size=(6,20))
x.view(2,-1)
x.reshape(shape=(6,20))
x.flatten(start_dim=2)
x.flatten(1,2)
x.flatten(end_dim=1)
torch.flatten(x, start_dim=1, end_dim=2)
x.unsqueeze(dim=1)
x.squeeze(dim=0)
x.sum(dim=1)
x.sum(1, keepdim=True)
x.sum(dim=(1,2), keepdim=True)
x.mean(dim=[2,3])
x.mean((2,3), True)
x.transpose(dim0=1, dim1=3)
x.permute(dims=(0,2,3,1))
x.permute(0,2,3,1)
F.interpolate(x, scale_factor=2)
F.interpolate(x, size=(7,9))
F.interpolate(x, (7,9))
F.interpolate(input=x, size=8, mode="bilinear")
F.interpolate(x, None, 3)
torch.arange(end=5)
torch.arange(start=2, end=8, step=2)
torch.arange(2, end=5)
torch.linspace(start=0, end=1, steps=7)
torch.linspace(0,1,7)
torch.full(size=(2,3), fill_value=1)
torch.full((2,3), 1.)
x.chunk(chunks=2, dim=3)[0]
x.chunk(2, 3)[1]
torch.chunk(x, chunks=2, dim=2)[0]
x.split(split_size=2, dim=3)[0]
torch.split(x, split_size_or_sections=2, dim=3)[2]
x.split([1,2],dim=1)[1]
x.max(dim=1).values
x.max(dim=1, keepdim=True)[0]
x.max(1)[0]
x.argmax(dim=1)
x.argmax(dim=1, keepdim=True)
torch.argmax(x, dim=-1)
torch.stack(tensors=[x,x], dim=1)
torch.stack([x,x], 2)
torch.cat(tensors=[x,x], dim=1)
torch.cat([x,x], -1)
torch.cat((x,x), axis=1)
x.expand(2,3,4,5)
x[:1].expand(size=(2,3,4,5))
x.repeat(1,2,1,1)
x.repeat(repeats=(1,2,1,1))
torch.zeros(size=(2,3))
torch.zeros(2,3,dtype=torch.float32)
torch.randn(size=(2,3))
torch.randint(low=0, high=5, size=(2,3))
torch.randint(5,(2,3))
torch.randint(high=5,size=(2,3))
torch.ones_like(input=x)
torch.zeros_like(x)
F.pad(x,(1,2))
F.pad(input=x,pad=(1,2,3,4))
F.pad(x,[1,1], mode="constant", value=0)
F.softmax(x, dim=1)
F.relu(x, inplace=True)
F.dropout(x, p=.5)
F.max_pool2d(x, 2)
F.max_pool2d(x, kernel_size=2, stride=1)
F.max_pool2d(input=x, kernel_size=2)
F.avg_pool2d(x, 2, padding=1)
F.adaptive_avg_pool2d(x, 1)
F.adaptive_avg_pool2d(x, output_size=(2,3))
torch.matmul(x, x.transpose(2,3))
torch.matmul(input=x, other=x.transpose(2,3))
torch.bmm(v[None], v.t()[None])
v.t()
v.T
x.mT
torch.einsum("ij,kj->ik", v, v)
torch.transpose(input=x, dim0=0, dim1=1)
torch.unsqueeze(x, dim=0)
torch.squeeze(input=x)
torch.sum(input=x, dim=0)
torch.mean(x, dim=1, keepdim=True)
x.std(dim=1)
x.var(dim=(1,2), keepdim=True)
x.norm(dim=1)
x.norm(p=2, dim=1, keepdim=True)
torch.norm(x, dim=1)
x.cumsum(dim=1)
torch.topk(v, k=3, dim=1)[0]
v.topk(2)[0]
v.topk(k=2, dim=0).values
x.unbind(dim=1)[0]
torch.unbind(x, 2)[0]
x.narrow(1,0,2)
x.narrow(dim=1,start=0,length=2)
x.select(1,0)
x.select(dim=2,index=0)
x.movedim(1,-1)
x.swapaxes(1,2)
x.roll(1, dims=1)
x.flip(dims=[1])
x.index_select(1, torch.tensor([0,2]))
x.gather(1, torch.zeros(2,1,4,5).long())
x.unfold(2,2,1)
x.unfold(dimension=2,size=2,step=2)
F.unfold(x,2)
F.one_hot(torch.zeros(3).long(), num_classes=7)
F.one_hot(torch.zeros(3).long(), 7)
F.linear(v, torch.zeros(3,8))
F.linear(input=v, weight=torch.zeros(3,8))
F.conv2d(x, torch.zeros(7,3,2,2))
F.conv2d(x, weight=torch.zeros(7,3,2,2), stride=2, padding=1)
F.conv2d(x, torch.zeros(7,3,2,2), None, 2)
F.conv_transpose2d(x, torch.zeros(3,7,2,2), stride=2)
F.embedding(torch.zeros(2,3).long(), torch.zeros(10,4))
F.layer_norm(x,(5,))
F.normalize(x, dim=1)
F.cosine_similarity(x,x,dim=1)
F.glu(x[..., :4], dim=-1)
F.pixel_shuffle(torch.zeros(1,8,2,2), 2)
F.pixel_shuffle(torch.zeros(1,8,2,2), upscale_factor=2)
torch.meshgrid(torch.arange(3), torch.arange(4), indexing="ij")[0]
torch.meshgrid(torch.arange(3), torch.arange(4), indexing="xy")[0]
torch.outer(torch.zeros(3),torch.zeros(4))
torch.diag(torch.zeros(3))
torch.tril(v, diagonal=1)
torch.eye(3, 4)
torch.eye(n=3, m=4)
torch.eye(3, m=5)
torch.where(x>0, x, torch.zeros(1))
torch.where(condition=x>0, input=x, other=x)
torch.clamp(x, min=0)
torch.tensor(data=[1,2,3])
torch.tensor([[1.,2.]])
x.new_zeros(2,3)
x.new_zeros(size=(2,3))
x.new_full((2,3), 1.)
x.contiguous().view(x.size(dim=0), -1)
x.view(x.size(0), x.size(-1), -1)
torch.zeros(x.size(dim=1), x.shape[2])
torch.zeros(x.ndim, x.dim())
torch.zeros(x.numel(), len(x))
torch.zeros(x.nelement())
x.view_as(x)
x.type_as(v)
x.masked_fill(x>0, 1.)
x.masked_fill(mask=x>0, value=1.)
torch.logsumexp(x, dim=1)
x.logsumexp(1, True)
x.prod(dim=1)
x.any(dim=1)
x.all(1)
x.min(dim=2)[1]
x.amax(dim=(2,3))
x.amin(1, keepdim=True)
x.median(dim=1)[0]
x.sort(dim=1)[0]
x.argsort(dim=1)
x.tile((2,1,1,1))
x.tile(2)
x.repeat_interleave(2, dim=1)
torch.repeat_interleave(x, 2, 1)
x.diagonal(dim1=2, dim2=3)
torch.cdist(v,v)
torch.cross(torch.zeros(2,3),torch.zeros(2,3), dim=1)
torch.kron(torch.zeros(2,2),torch.zeros(3,3))
torch.addmm(torch.zeros(6,6), v, v.t())
torch.baddbmm(torch.zeros(1,6,6), v[None], v.t()[None])
torch.hstack([x,x])
torch.vstack([x,x])
torch.dstack([v,v])
torch.column_stack([v,v])
torch.atleast_2d(torch.zeros(3))
torch.broadcast_to(torch.zeros(3), (2,3))
x.broadcast_to((1,2,3,4,5))
torch.numel(x)*torch.zeros(2,3)
x[:,0]
x[...,0]
x[:,None]
x[:,1:3,::2]
x[0]
x[-1,...,1:]
x[:, [0,2]]
x[x>0]
x + v[:1,:5]
x*torch.zeros(3,1,1)
-x
x@torch.zeros(5,2)
x**2
x//1
x.to(torch.float16)
x.float()
x.cpu()
x.detach()
x.clone()
x.data
x.softmax(dim=1)
x.relu()
x.log_softmax(-1)
x.pow(2)
x.sqrt()
x.exp()
x.abs()
x.clamp(0,1)
x.sigmoid()
x.tanh()
x.bool()
x.long()
torch.bernoulli(x)
torch.multinomial(v.softmax(1), 3)
torch.multinomial(v.softmax(1), num_samples=3)
torch.fft.rfft(x)
torch.nn.functional.scaled_dot_product_attention(x,x,x)
F.cross_entropy(v, torch.zeros(6).long())
F.cross_entropy(v, torch.zeros(6).long(), reduction="none")
F.mse_loss(v,v,reduction="none")
F.nll_loss(v, torch.zeros(6).long())
F.gumbel_softmax(v, dim=-1)
F.batch_norm(x, torch.zeros(3), torch.ones(3))
F.group_norm(x, 3)
F.instance_norm(x)
F.leaky_relu(x, .1)
F.elu(x)
F.gelu(x)
F.silu(x)
F.hardtanh(x)
F.pairwise_distance(v,v)
F.max_pool1d(x[0], 2)
F.avg_pool1d(x[0], kernel_size=2)
F.adaptive_max_pool1d(x[0], 2)
F.conv1d(x[0], torch.zeros(7,4,2), padding=1)
F.fold(torch.zeros(1,12,6), (3,4), 2)
"""
KERAS = (
    "import keras\nfrom keras import layers, ops\n"
    "x, v, s = keras.Input((3, 4, 6)), keras.Input((8,)), keras.Input((5, 8))\n"
)
SYMBOLIC = """
ops.sum(x, axis=1)
ops.sum(x, axis=(1,2), keepdims=True)
ops.mean(x, 1)
ops.mean(x,-1,True)
ops.reshape(x, newshape=(-1,72))
ops.reshape(x,(-1,12,6))
ops.transpose(x, axes=(0,3,1,2))
ops.expand_dims(x, axis=1)
ops.squeeze(ops.expand_dims(x,1), axis=1)
ops.concatenate([x,x], axis=-1)
ops.concatenate(xs=[x,x], axis=1)
ops.stack([x,x], axis=1)
ops.stack([x,x])
ops.matmul(s, ops.transpose(s,(0,2,1)))
ops.einsum("bij,bkj->bik", s, s)
ops.max(x, axis=1, keepdims=True)
ops.argmax(x, axis=-1)
ops.softmax(x, axis=1)
ops.relu(x)
ops.tile(x,(1,2,1,1))
ops.tile(x, repeats=(1,1,2,1))
ops.repeat(x, 2, axis=1)
ops.repeat(s, repeats=3, axis=-1)
ops.split(x, 2, axis=-1)[0]
ops.split(x, indices_or_sections=3, axis=1)[1]
ops.split(x,[1,3],axis=2)[1]
ops.pad(x, ((0,0),(1,1),(2,2),(0,0)))
ops.pad(x, pad_width=[[0,0],[1,0],[0,0],[0,0]], mode="reflect")
ops.flip(x, axis=1)
ops.roll(x,1,axis=1)
ops.swapaxes(x,1,2)
ops.moveaxis(x,1,-1)
ops.take(x,[0,2],axis=1)
ops.take(x,0,axis=1)
ops.one_hot(ops.argmax(s,-1), 7)
ops.one_hot(ops.argmax(s,-1), num_classes=7)
ops.top_k(s, 3)[0]
ops.cumsum(s, axis=1)
ops.norm(s, axis=-1)
ops.norm(s, axis=-1, keepdims=True)
ops.std(x, axis=(1,2))
ops.var(x, axis=1, keepdims=True)
ops.prod(s, axis=1)
ops.logsumexp(s, axis=1)
ops.sort(s, axis=1)
ops.clip(x,0,1)
ops.where(x>0, x, 0.)
ops.maximum(x, 0.)
ops.dot(s, ops.ones((8,3)))
ops.tensordot(s, ops.ones((8,3)), axes=1)
ops.outer(ops.ones(3), ops.ones(4))
ops.broadcast_to(ops.ones((1,3)), (2,3))
ops.zeros_like(x)
ops.cast(x,"int32")
ops.image.resize(x,(7,9))
ops.image.resize(x, size=(7,9), interpolation="nearest")
ops.conv(x, ops.ones((2,2,6,7)), strides=1)
ops.max_pool(x, 2)
ops.average_pool(x, pool_size=2, strides=1, padding="same")
ops.nn.gelu(x)
ops.average(s, axis=1)
ops.median(s, axis=1)
ops.all(x>0, axis=1)
ops.any(x>0, axis=(1,2))
ops.count_nonzero(x, axis=1)
ops.diff(s, axis=1)
ops.diagonal(x, axis1=1, axis2=2)
ops.unstack(s, axis=1)[0]
ops.vstack([s,s])
ops.hstack([s,s])
ops.linspace(0,1,7)
ops.nan_to_num(x)
x[:,0]
x[...,1:]
x[:,:,::2]
x[:,None]
x+1
x*v[:,None,None,:6]
-x
s@ops.transpose(s,(0,2,1))
x**2
x/2
x.shape and x
layers.Concatenate(axis=1)([x,x])
layers.concatenate([x,x],axis=1)
layers.add([x,x])
layers.dot([s,s],axes=2)
layers.dot([s,s],axes=(1,1),normalize=True)
layers.Reshape((72,))(x)
layers.Reshape(target_shape=(-1,6))(x)
layers.Permute((2,1))(s)
layers.RepeatVector(3)(v)
layers.RepeatVector(n=4)(v)
layers.Flatten()(x)
layers.UpSampling2D(2)(x)
layers.UpSampling2D(size=(1,2))(x)
layers.ZeroPadding2D(((1,0),(0,2)))(x)
layers.Cropping2D(1)(x)
layers.Cropping2D(cropping=((1,0),(0,1)))(x)
layers.GlobalAveragePooling2D(keepdims=True)(x)
layers.Lambda(lambda t: t[:,0])(x)
layers.Lambda(lambda t: ops.sum(t,axis=1), output_shape=(4,6))(x)
layers.Dense(7)(s)
layers.Dot(axes=-1)([s,s])
layers.Softmax(axis=1)(x)
layers.Multiply()([x,x])
layers.Average()([s,s])
layers.LSTM(3, return_sequences=True, return_state=True)(s)[1]
layers.Bidirectional(layers.LSTM(3), merge_mode="sum")(s)
layers.TimeDistributed(layers.Dense(3))(s)
layers.Attention()([s,s])
layers.MultiHeadAttention(2,3)(s,s)
layers.MultiHeadAttention(num_heads=2,key_dim=3,value_dim=5,output_shape=9)(query=s,value=s)
"""


def read(text: str) -> Any:
    (report,) = [one.report() for one in read_all(Source("m.py", given=text)) if one.label == "m"]
    return report


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.mark.parametrize("expression", lines(NUMBERS))
def test_a_number_is_that_of_python_or_unknown(expression: str) -> None:
    text = f"{PYTHON}try:\n    k = int({expression})\nexcept Exception:\n    k = 99\n"
    names: dict[str, Any] = {}
    exec(compile(text, "m.py", "exec", dont_inherit=True), names)
    report = read(f"import torch.nn as nn\n{text}m = nn.Linear(k, 1, bias=False)\n")
    assert report.total == names["k"] if report.exact else report.total <= names["k"]


def test_most_numbers_are_known() -> None:
    known: list[bool] = []
    for expression in lines(NUMBERS):
        text = f"import torch.nn as nn\n{PYTHON}m = nn.Linear(2, 1)\nm = nn.Linear(int({expression}), 1)\n"
        known += [all(one.report().exact for one in read_all(Source("m.py", given=text)))]
    assert sum(known) > 0.7 * len(known)


@pytest.mark.torch
@pytest.mark.parametrize("expression", lines(TENSORS))
def test_a_shape_is_that_of_pytorch_or_unknown(expression: str) -> None:
    pytest.importorskip("torch")
    text = f"{TORCH}y = {expression}\nm = nn.ModuleList([nn.Linear(1, size + 1, bias=False) for size in y.shape])\n"
    names: dict[str, Any] = {}
    exec(compile(text, "m.py", "exec", dont_inherit=True), names)
    truth = [size + 1 for size in names["y"].shape]
    report = read(text)
    assert [row.params for row in report.rows] == truth if report.exact else report.total <= sum(truth)


@pytest.mark.parametrize("expression", lines(SYMBOLIC))
def test_a_shape_is_that_of_keras_or_unknown(expression: str) -> None:
    keras = pytest.importorskip("keras")
    names: dict[str, Any] = {}
    with keras.StatelessScope(initialize_variables=False):
        exec(compile(f"{KERAS}y = {expression}\n", "m.py", "exec", dont_inherit=True), names)
    truth = [size or 1 for size in names["y"].shape[1:]]
    parts = "[layers.Dense(size or 1, use_bias=False) for size in y.shape[1:]]"
    report = read(f"{KERAS}y = {expression}\nm = keras.Sequential([keras.Input((1,)), *{parts}])\n")
    sizes = [1, *truth]
    total = sum(a * b for a, b in pairwise(sizes))
    assert report.total == total if report.exact else report.total <= total
