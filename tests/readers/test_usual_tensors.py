"""What is read in one step is the same as piece by piece: tensors of a pickle, and forms that differ in sizes."""

from __future__ import annotations

import struct
from random import Random

import pytest
from tiers import sampled

from paramcalc import ParamcalcError
from paramcalc.formats.pytorch import opcodes
from paramcalc.formats.pytorch.checkpoint import contents_of
from paramcalc.formats.pytorch.machine import Machine
from paramcalc.formats.pytorch.rebuild import CALLS, load
from paramcalc.formats.tensors import forms
from paramcalc.formats.tensors.data import FileTensor
from paramcalc.formats.tensors.recognition import evidence


def text(word: str) -> bytes:
    raw = word.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def whole(number: int) -> bytes:
    if number < 256:
        return b"K" + bytes([number])
    return b"M" + struct.pack("<H", number) if number < 2**16 else b"J" + struct.pack("<i", number)


class Pickler:
    """Writes a dictionary of tensors as `torch.save` does: every value is remembered, and known ones are taken."""

    def __init__(self) -> None:
        self.made = b""
        self.known: dict[bytes, int] = {}
        self.count = 0

    def put(self) -> None:
        self.made += b"q" + bytes([self.count]) if self.count < 256 else b"r" + struct.pack("<I", self.count)
        self.count += 1

    def once(self, code: bytes) -> None:
        if code in self.known:
            place = self.known[code]
            self.made += b"h" + bytes([place]) if place < 256 else b"j" + struct.pack("<I", place)
            return
        self.made += code
        self.known[code] = self.count
        self.put()

    def numbers(self, sizes: tuple[int, ...]) -> None:
        if not sizes:
            self.made += b")"
            return
        mark, end = (b"", bytes([0x84 + len(sizes)])) if len(sizes) < 4 else (b"(", b"t")
        self.made += mark + b"".join(map(whole, sizes)) + end
        self.put()

    def tensor(self, name: str, key: str, dtype: str, shape: tuple[int, ...], trainable: bool) -> None:
        strides = (1,) * len(shape)
        self.made += text(name)
        self.put()
        self.once(b"ctorch._utils\n_rebuild_tensor_v2\n")
        self.made += b"(("
        self.once(text("storage"))
        self.once(f"ctorch\n{dtype}Storage\n".encode())
        self.made += text(key)
        self.put()
        self.once(text("cpu"))
        self.made += whole(1 + sum(size - 1 for size in shape)) + b"t"
        self.put()
        self.made += b"QK\x00"
        self.numbers(shape)
        self.numbers(strides)
        self.made += b"\x88" if trainable else b"\x89"
        self.once(b"ccollections\nOrderedDict\n")
        self.made += b")R"
        for code in (b"", b"t", b"R"):
            self.made += code
            self.put()


def pickled(luck: Random) -> bytes:
    pickler = Pickler()
    pickler.made = b"\x80\x02}"
    pickler.put()
    pickler.made += b"("
    for at in range(luck.randrange(50, 80)):
        shape = tuple(luck.choice((1, 2, 7, 300)) for _ in range(luck.randrange(6)))
        shape = (70_000, *shape[1:]) if luck.random() < 0.1 else shape
        name = luck.choice(("a", "weight", "ä" * 9, "x" * 300)) + str(at)
        pickler.tensor(name, luck.choice(("0", str(at))), luck.choice(("Float", "Half")), shape, luck.random() < 0.5)
    return pickler.made + b"u."


def outcome(data: bytes) -> object:
    try:
        machine = Machine(data, CALLS, load)
        return contents_of(opcodes.run(machine)), [str(type(one)) for one in machine.memo], machine.values
    except ParamcalcError:
        return None  # at which byte it was found may differ


@pytest.mark.parametrize("seed", sampled(range(400), 40))
def test_a_usual_tensor_is_what_its_opcodes_make(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    luck = Random(seed)
    data = bytearray(pickled(luck))
    taken = 0
    damages = luck.choice((0, 1, 1, 3))
    for _ in range(damages):
        data[luck.randrange(2 * len(data) // 3, len(data))] = luck.choice(
            (*b"hjKMJX(tQR\x85\x86\x87)r\x88", luck.randrange(256))
        )
    in_one = opcodes.take_tensor

    def counted(machine: Machine) -> bool:
        nonlocal taken
        found = in_one(machine)
        taken += found
        return found

    with monkeypatch.context() as patch:
        patch.setattr(opcodes, "take_tensor", counted)
        quick = outcome(bytes(data))
    with monkeypatch.context() as patch:
        patch.setattr(opcodes, "take_tensor", lambda machine: False)
        slow = outcome(bytes(data))
    assert quick == slow
    assert taken or damages, "no tensor was taken in one step"


def test_a_tensor_that_takes_its_own_name_is_left_to_the_opcodes() -> None:
    pickler = Pickler()
    pickler.made = b"\x80\x02}"
    pickler.put()
    pickler.made += b"("
    for at in range(60):
        pickler.tensor(str(at), str(at), "Float", (2,), True)
    before = pickler.known.pop(text("storage"))
    pickler.known[text("storage")] = pickler.count  # the name that comes next
    pickler.tensor("storage", "60", "Float", (3,), True)
    data = pickler.made + b"u."
    assert before < 256 <= pickler.count
    contents = contents_of(opcodes.run(Machine(data, CALLS, load)))
    assert contents.tensors[-1].shape == (3,)


NAMES = (
    ("weight",), ("weight", "bias"), ("weight", "bias", "running_mean", "running_var"), ("running_mean", "running_var"),
    ("in_proj_weight", "out_proj.weight"), ("weight_ih", "weight_hh"), ("weight_ih_l0", "weight_hh_l0"),
    ("alpha", "weight"), ("qweight", "scales", "qzeros"), ("weight", "weight_scale"),
)  # fmt: skip
MODULES = ("proj", "embed", "norm", "conv", "bn1", "gn", "x")
CLASSES = (
    "",
    "",
    "",
    "Linear",
    "Embedding",
    "GroupNorm",
    "Conv2d",
    "ConvTranspose1d",
    "BatchNorm2d",
    "InstanceNorm1d",
    "LSTM",
)


@pytest.mark.parametrize("seed", sampled(range(2_000), 200))
def test_a_form_on_symbols_is_that_of_its_sizes(seed: int) -> None:
    luck = Random(seed)
    sizes = [luck.choice((0, 1, 2, 3, 4, 8, 12)) for _ in range(3)]
    members = {}
    for name in luck.choice(NAMES):
        shape = tuple(luck.choice(sizes) for _ in range(luck.choice((1, 1, 2, 2, 3, 4, 5))))
        dtype = "float32" if luck.random() < 0.8 else luck.choice(("int8", "int32", "float8_e4m3fn", "bfloat16"))
        known = luck.choice((None, None, True, False))
        members[name] = FileTensor(name, shape, dtype, None, known, known)
    told = evidence(luck.choice(MODULES), luck.choice(CLASSES))
    bound, direct = forms.form_of(members, told), forms._made(told, members)
    assert bound._replace(options={}) == direct._replace(options={})
    assert {name: str(one) for name, one in bound.options.items()} == {
        name: str(one) for name, one in direct.options.items()
    }
    assert bound.options.keys() == direct.options.keys()


def test_forms_that_differ_in_sizes_alone_are_recognised_once() -> None:
    told = evidence("proj")
    forms._general_form.cache_clear()
    for size in range(5, 55):
        members = {
            "weight": FileTensor("weight", (size, size + 100), "float32"),
            "bias": FileTensor("bias", (size,), "float32"),
        }
        assert forms.form_of(members, told).type == "Linear"
    assert forms._general_form.cache_info().misses == 1
