"""PyTorch's operators, counted one by one: each has a formula, is free of products, or is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Any

import pytest

import paramcalc as pc
from paramcalc.verification.adapters.torch.framework import quiet

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from paramcalc.verification.adapters.torch.counter import FORMULAS, Tally, counted  # noqa: E402
from paramcalc.verification.adapters.torch.operators import FREE, multiplies_nothing  # noqa: E402

F, linalg = torch.nn.functional, torch.linalg
DEVICES = ("cpu", "meta")


def tallied(call: Callable[[], object]) -> Tally:
    with quiet(), counted() as tally:
        call()
    return tally


class On:
    """Makes tensors on a device."""

    def __init__(self, device: str) -> None:
        self.device = device

    def __call__(self, *shape: int, dtype: Any = None) -> Any:
        return torch.ones(shape, device=self.device, dtype=dtype)


# what it is, what it takes, and how many multiply-adds by the textbook
COUNTED: dict[str, tuple[Callable[[On], object], int]] = {
    "a vector behind a matrix": (lambda t: t(2, 3) @ t(3), 2 * 3),
    "a vector before a matrix": (lambda t: t(3) @ t(3, 5), 3 * 5),
    "a vector behind many matrices": (lambda t: t(4, 2, 3) @ t(3), 4 * 2 * 3),
    "mv": (lambda t: torch.mv(t(2, 3), t(3)), 2 * 3),
    "addmv": (lambda t: torch.addmv(t(2), t(2, 3), t(3)), 2 * 3),
    "addmv_": (lambda t: t(2).addmv_(t(2, 3), t(3)), 2 * 3),
    "dot": (lambda t: torch.dot(t(7), t(7)), 7),
    "vdot": (lambda t: torch.vdot(t(7, dtype=torch.cfloat), t(7, dtype=torch.cfloat)), 7),
    "inner of vectors": (lambda t: torch.inner(t(7), t(7)), 7),
    "vecdot": (lambda t: linalg.vecdot(t(2, 3), t(2, 3)), 2 * 3),
    "vecdot of vectors": (lambda t: linalg.vecdot(t(3), t(3)), 3),
    "vecdot along the first axis": (lambda t: linalg.vecdot(t(2, 3), t(2, 3), dim=0), 2 * 3),
    "outer": (lambda t: torch.outer(t(3), t(4)), 3 * 4),
    "ger": (lambda t: t(3).ger(t(4)), 3 * 4),
    "addr": (lambda t: torch.addr(t(3, 4), t(3), t(4)), 3 * 4),
    "a result that is given": (lambda t: torch.mm(t(2, 3), t(3, 4), out=t(2, 4)), 2 * 3 * 4),
    "addmm_": (lambda t: t(2, 4).addmm_(t(2, 3), t(3, 4)), 2 * 3 * 4),
    "addbmm": (lambda t: torch.addbmm(t(2, 4), t(5, 2, 3), t(5, 3, 4)), 5 * 2 * 3 * 4),
    "baddbmm": (lambda t: torch.baddbmm(t(5, 2, 4), t(5, 2, 3), t(5, 3, 4)), 5 * 2 * 3 * 4),
    "a dense layer of one unit": (lambda t: F.linear(t(2, 3), t(3)), 2 * 3),
    "a dense layer on a vector": (lambda t: F.linear(t(3), t(4, 3), t(4)), 3 * 4),
    "a dense layer on sequences": (lambda t: F.linear(t(2, 5, 3), t(4, 3), t(4)), 2 * 5 * 3 * 4),
    "bilinear": (lambda t: F.bilinear(t(2, 3), t(2, 4), t(5, 3, 4), t(5)), 2 * 5 * 3 * 4 + 2 * 5 * 4),
    "distances of few rows": (lambda t: torch.cdist(t(4, 3), t(5, 3)), 4 * 5 * 3),
    "distances of many rows": (lambda t: torch.cdist(t(40, 3), t(50, 3)), 40 * 50 * 3),
    "distances of rows to one another": (lambda t: torch.pdist(t(4, 3)), 6 * 3),
    "grouped_mm": (
        lambda t: F.grouped_mm(
            t(4, 8, dtype=torch.bfloat16),
            t(2, 8, 16, dtype=torch.bfloat16),
            offs=torch.tensor([2, 4], device=t.device, dtype=torch.int32),
        ),
        4 * 8 * 16,
    ),
    "grouped_mm of a batch": (
        lambda t: F.grouped_mm(t(2, 4, 8, dtype=torch.bfloat16), t(2, 8, 16, dtype=torch.bfloat16)),
        2 * 4 * 8 * 16,
    ),
    "einsum of three": (lambda t: torch.einsum("ij,jk,kl->il", t(2, 3), t(3, 4), t(4, 5)), 2 * 3 * 4 + 2 * 4 * 5),
    "tensordot": (lambda t: torch.tensordot(t(2, 3, 4), t(3, 4, 5), 2), 2 * 12 * 5),
    "a chain": (lambda t: linalg.multi_dot([t(2, 3), t(3, 4), t(4, 5)]), 2 * 3 * 4 + 2 * 4 * 5),
    "a power": (lambda t: linalg.matrix_power(t(3, 3), 4), 2 * 27),
    "attention": (
        lambda t: F.scaled_dot_product_attention(t(2, 3, 4, 8), t(2, 3, 5, 8), t(2, 3, 5, 7)),
        2 * 3 * 4 * 5 * (8 + 7),
    ),
    "attention on the processor, fused": (
        lambda t: torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
            t(2, 3, 4, 8), t(2, 3, 4, 8), t(2, 3, 4, 8)
        ),
        2 * 3 * 4 * 4 * (8 + 8),
    ),
    "conv1d": (lambda t: F.conv1d(t(2, 3, 8), t(4, 3, 3)), 2 * 6 * 4 * 3 * 3),
    "conv2d in groups": (lambda t: F.conv2d(t(1, 4, 6, 6), t(6, 2, 3, 3), groups=2), 16 * 6 * 2 * 9),
    "conv3d": (lambda t: F.conv3d(t(1, 2, 4, 4, 4), t(3, 2, 2, 2, 2)), 27 * 3 * 2 * 8),
    "conv_transpose2d": (lambda t: F.conv_transpose2d(t(1, 3, 4, 4), t(3, 5, 3, 3)), 16 * 3 * 5 * 9),
    "conv_tbc": (lambda t: torch.conv_tbc(t(5, 2, 3), t(3, 3, 4), t(4)), 3 * 2 * 3 * 3 * 4),
    "affine_grid": (lambda t: F.affine_grid(t(1, 2, 3), [1, 1, 4, 4]), 16 * 2 * 3),
    "int_mm": (lambda t: torch._int_mm(t(32, 32, dtype=torch.int8), t(32, 32, dtype=torch.int8)), 32**3),
    "an LSTM": (lambda t: torch.nn.LSTM(3, 4, device=t.device)(t(5, 2, 3)), 5 * 2 * 16 * (3 + 4)),
    "a GRU": (lambda t: torch.nn.GRU(3, 4, device=t.device)(t(5, 2, 3)), 5 * 2 * 12 * (3 + 4)),
    "an RNN cell": (lambda t: torch.nn.RNNCell(3, 4, device=t.device)(t(2, 3)), 2 * 4 * (3 + 4)),
}


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", COUNTED)
def test_products_with_a_formula_are_counted(name: str, device: str) -> None:
    call, macs = COUNTED[name]
    tally = tallied(lambda: call(On(device)))
    assert (tally.macs, tally.unknown) == (macs, {})


UNKNOWN: dict[str, tuple[Callable[[On], object], str]] = {
    "a transform": (lambda t: torch.fft.fft(t(8)), "aten::_fft_r2c"),
    "an inverse": (lambda t: linalg.inv_ex(t(3, 3)), "aten::linalg_inv_ex"),
    "a solution": (lambda t: linalg.solve_triangular(t(3, 3), t(3, 2), upper=True), "aten::linalg_solve_triangular"),
    "a decomposition": (lambda t: linalg.cholesky_ex(t(3, 3)), "aten::linalg_cholesky_ex"),
    "singular values": (lambda t: linalg.svdvals(t(3, 3)), "aten::_linalg_svd"),
    "a determinant": (lambda t: linalg.det(t(3, 3)), "aten::_linalg_det"),
    "an exponential": (lambda t: linalg.matrix_exp(t(3, 3)), "aten::linalg_matrix_exp"),
    "distances of another norm": (lambda t: torch.cdist(t(4, 3), t(5, 3), 1.0), "aten::_cdist_forward"),
}


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", UNKNOWN)
def test_an_operator_without_a_formula_is_named(name: str, device: str) -> None:
    call, operator = UNKNOWN[name]
    tally = tallied(lambda: call(On(device)))
    assert (tally.macs, [*tally.unknown]) == (0, [operator])


def test_a_sparse_operand_has_fewer_products_than_its_shape_says() -> None:
    assert [*tallied(lambda: torch.eye(4).to_sparse() @ torch.ones(4, 2)).unknown] == ["aten::mm"]


FREE_CALLS: dict[str, Callable[[On], object]] = {
    "arithmetic": lambda t: (t(3) * t(3) + 1).exp_().clamp(0, 1) / 2,
    "lists of tensors": lambda t: torch._foreach_add_([t(3), t(2)], 1.0),
    "reductions": lambda t: (t(3, 2).sum(0), t(3, 2).std(), t(3, 2).max(1), t(3).norm(), t(3).cumsum(0), t(4).median()),
    "places": lambda t: (t(3, 2)[0], t(3, 2).gather(0, t(1, 2, dtype=torch.int64)), t(4).sort(), t(3, 3).tril()),
    "shapes": lambda t: (torch.cat([t(2), t(2)]), t(2, 6).view(3, 4).mT.contiguous(), t(2).repeat(3), t(3).roll(1)),
    "normalization": lambda t: (F.layer_norm(t(2, 3), (3,)), F.group_norm(t(2, 4, 3), 2), F.rms_norm(t(2, 3), (3,))),
    "shares": lambda t: (F.softmax(t(2, 3), -1), F.log_softmax(t(2, 3), -1), F.gumbel_softmax(t(2, 3))),
    "pools": lambda t: (F.avg_pool2d(t(1, 1, 4, 4), 2), F.max_pool1d(t(1, 1, 4), 2)),
    "resampling": lambda t: (F.interpolate(t(1, 1, 4, 4), 8), F.grid_sample(t(1, 1, 4, 4), t(1, 2, 2, 2))),
    "tables": lambda t: F.embedding_bag(t(2, 3, dtype=torch.int64), t(5, 4)),
    "losses": lambda t: (F.mse_loss(t(3), t(3)), F.cross_entropy(t(2, 3), t(2, dtype=torch.int64))),
    "random numbers": lambda t: (torch.rand_like(t(3)), F.dropout(t(3), 0.5), t(3).bernoulli_()),
    "windows": lambda t: F.fold(F.unfold(t(1, 2, 4, 4), 2), (4, 4), 2),
}  # fmt: skip


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", FREE_CALLS)
def test_what_multiplies_no_matrix_costs_nothing_and_has_no_mark(name: str, device: str) -> None:
    tally = tallied(lambda: FREE_CALLS[name](On(device)))
    assert (tally.macs, tally.unknown) == (0, {})
    assert tally.operators > 0


def operators() -> Iterator[Any]:
    """Every form of every operator of ATen."""
    for schema in torch._C._jit_get_all_schemas():
        if schema.name.startswith("aten::"):
            packet = getattr(torch.ops.aten, schema.name[6:], None)
            form = getattr(packet, schema.overload_name or "default", None)
            if hasattr(form, "_schema") and torch._C._dispatch_has_kernel(form.name()):
                yield form


MULTIPLY = """
    matmul linear einsum _foreach_mm _sparse_addmm _sparse_mm_reduce_impl sparse_sampled_addmm hspmm _fft_c2c _fft_c2r
    _fft_r2c linalg_inv_ex _linalg_svd _linalg_eigh linalg_eig linalg_qr linalg_cholesky_ex linalg_lu linalg_pinv
    linalg_lstsq linalg_matrix_exp linalg_solve_triangular linalg_householder_product ormqr cholesky_solve lu_unpack
    _linalg_solve_ex _linalg_det _linalg_slogdet triangular_solve _compute_linear_combination _cudnn_rnn miopen_rnn
    quantized_lstm quantized_gru _native_multi_head_attention _transformer_encoder_layer_fwd _cdist_backward
    _scaled_dot_product_flash_attention_backward mkldnn_rnn_layer_backward convolution_backward_overrideable
""".split()  # noqa: SIM905  # a list of names reads better so


def test_no_operator_that_multiplies_is_taken_for_free() -> None:
    ruled = {name for names in FORMULAS.values() for name in names.split()}
    free = {form._schema.name[6:] for form in operators() if multiplies_nothing(form)}
    assert len(free) > 500
    assert not free & {*ruled, *MULTIPLY, *(f"{name}_" for name in ruled)}
    assert not FREE & {*ruled, *MULTIPLY}


def test_the_names_of_free_operators_are_operators() -> None:
    names = {form._schema.name[6:].removesuffix("_") for form in operators()}
    names |= {form._schema.name[6:] for form in operators()}
    assert {name for name in FREE if "::" not in name} - names == set()


def test_matrices_of_any_sizes_are_counted_exactly() -> None:
    draw, t = Random(7), On("cpu")
    for _ in range(100):
        a, b, c, n = (draw.randint(1, 6) for _ in range(4))
        assert tallied(partial(torch.matmul, t(a, b), t(b, c))).macs == a * b * c
        assert tallied(partial(torch.einsum, "nab,nbc->nac", t(n, a, b), t(n, b, c))).macs == n * a * b * c
        assert tallied(partial(torch.einsum, "nab,nb", t(n, a, b), t(n, b))).macs == n * a * b
        assert tallied(partial(torch.einsum, "a,b->ab", t(a), t(b))).macs == 0  # nothing is summed


@torch.library.custom_op("paramcalc_test::gram", mutates_args=())  # type: ignore[untyped-decorator]
def gram(x: torch.Tensor) -> torch.Tensor:  # type: ignore[name-defined]
    return x @ x.T


@gram.register_fake  # type: ignore[untyped-decorator]
def _(x: Any) -> Any:
    return x.new_empty(x.shape[0], x.shape[0])


class Gram(torch.nn.Module):  # type: ignore[misc]  # of a package without types
    """Calls an operator of its own."""

    def forward(self, x: Any) -> Any:
        return torch.ops.paramcalc_test.gram(x)


class Spectrum(torch.nn.Linear):  # type: ignore[misc]
    """Has weights, a product with a formula, and a transform without one."""

    def forward(self, x: Any) -> Any:
        return torch.fft.fft(super().forward(x))


class Pairs(torch.nn.Bilinear):  # type: ignore[misc]
    """A class that no rule knows."""


def test_a_model_with_an_operator_without_a_formula_is_at_least() -> None:
    for module, macs, operator in ((Gram(), 0, "paramcalc_test::gram"), (Spectrum(3, 3), 18, "aten::_fft_r2c")):
        report = pc.from_torch(torch.nn.Sequential(torch.nn.Linear(3, 3), module), (2, 3)).report()
        assert report.macs == 18 + macs
        assert not report.costed
        assert report.exact
        assert any(f"no formula for {operator}" in warning for warning in report.warnings)
        assert report.to_dict()["macs_exact"] is False
    assert report.to_dict()["layers"][1]["macs"] == 18  # type: ignore[index, call-overload]


def test_a_class_derived_from_bilinear_costs_what_bilinear_does() -> None:
    ours = pc.from_torch(torch.nn.Bilinear(3, 4, 5), [(2, 3), (2, 4)]).report()
    theirs = pc.from_torch(Pairs(3, 4, 5), [(2, 3), (2, 4)]).report()
    assert ours.macs == theirs.macs == 2 * 5 * 3 * 4 + 2 * 5 * 4
    assert ours.costed
    assert theirs.costed
