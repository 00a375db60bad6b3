"""Arrays and columns of every library equal Python's integers, or are refused by name."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from columns import DTYPES, Kind, check, check_shapes
from hypothesis import given, settings, strategies as st
from tiers import examples

from paramcalc.errors import SizeError
from paramcalc.symbolic import exact, maximum, symbols
from paramcalc.symbolic.arrays import BLOCK

h, x, T = symbols("h x T")


def _numpy() -> Kind:
    return Kind("numpy", numpy.array, lambda made: [int(one) for one in made], (*DTYPES, "uint64", "object"))


def _pandas() -> Kind:
    pandas = pytest.importorskip("pandas")

    def make(numbers: list[int], dtype: str) -> Any:
        return pandas.Series(numbers, dtype=dtype, index=[f"row {at}" for at in range(len(numbers))])

    return Kind(
        "pandas", make, lambda made: [int(one) for one in made], (*DTYPES, "uint64", "Int32", "Int64", "object")
    )


def _polars() -> Kind:
    polars = pytest.importorskip("polars")

    def make(numbers: list[int], dtype: str) -> Any:
        return polars.Series("h", numbers, dtype=getattr(polars, dtype))

    kinds = ("Int8", "UInt8", "Int16", "Int32", "Int64", "UInt64", "Int128")
    return Kind("polars", make, lambda made: made.to_list(), kinds)


def _jax(wide: bool) -> Kind:
    jax = pytest.importorskip("jax")

    def make(numbers: list[int], dtype: str) -> Any:
        return jax.numpy.asarray(numpy.array(numbers, dtype))

    kinds = DTYPES if wide else DTYPES[:-1]
    return Kind("jax", make, lambda made: made.tolist(), kinds)


def _dask() -> Kind:
    array = pytest.importorskip("dask.array")

    def make(numbers: list[int], dtype: str) -> Any:
        return array.from_array(numpy.array(numbers, dtype=dtype), chunks=2)

    def numbers(made: Any) -> list[int]:
        computed = made.compute(scheduler="synchronous")
        assert computed.dtype == made.dtype
        return [int(one) for one in computed]

    return Kind("dask", make, numbers, (*DTYPES, "uint64", "object"))


@settings(deadline=None, max_examples=examples(60, 1000))
@given(st.data())
def test_numpy(data: Any) -> None:
    check(_numpy(), data)


@settings(deadline=None, max_examples=examples(40, 1000))
@given(st.data())
def test_pandas(data: Any) -> None:
    check(_pandas(), data)


@settings(deadline=None, max_examples=examples(40, 1000))
@given(st.data())
def test_polars(data: Any) -> None:
    check(_polars(), data)


@settings(deadline=None, max_examples=examples(40, 1000))
@given(st.data())
def test_dask(data: Any) -> None:
    check(_dask(), data)


@settings(deadline=None, max_examples=examples(10, 1000))
@given(st.data())
def test_jax_in_32_bits(data: Any) -> None:
    check(_jax(False), data)


@settings(deadline=None, max_examples=examples(10, 1000))
@given(st.data())
def test_jax_in_64_bits(data: Any) -> None:
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        check(_jax(True), data)


@pytest.mark.parametrize("library", ["numpy", "jax.numpy", "dask.array"])
def test_a_symbol_that_cancels_has_a_shape(library: str) -> None:
    module = pytest.importorskip(library)
    check_shapes(module.from_array if library == "dask.array" else module.array)


# --- examples of each promise ---------------------------------------------------------------------------

COUNT = 4 * (h * (h + x) + h)


def test_a_block_border_changes_nothing() -> None:
    count = (T // h) * h + maximum(x, T) - COUNT
    for length in (1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 7):
        columns = {name: numpy.arange(length) % most + 1 for name, most in (("h", 97), ("x", 1009), ("T", 10_007))}
        made = count(**columns)
        a, b, c = (columns[name] for name in ("h", "x", "T"))
        assert (made == (c // a) * a + numpy.maximum(b, c) - 4 * (a * (a + b) + a)).all()


def test_one_large_number_in_the_last_block() -> None:
    sizes = numpy.full(2 * BLOCK, 3)
    sizes[-1] = 3 * 10**9
    made = COUNT(h=sizes, x=1)
    assert made.dtype == object  # 4·9·10^18 is beyond 64 bits
    assert made[-1] == COUNT(h=3 * 10**9, x=1)
    assert made[0] == COUNT(h=3, x=1)


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint64"])
@pytest.mark.parametrize("last", [2, 2**31 - 1, -5, 2**62, 2**63 + 5])
def test_bounds_come_block_by_block(dtype: str, last: int) -> None:
    limits = numpy.iinfo(dtype)
    if not limits.min <= last <= limits.max:
        pytest.skip("not of this type")
    sizes = numpy.full(2 * BLOCK + 3, 7, dtype)
    sizes[-1] = last
    made, wanted = (h * h + 3 * x)(h=sizes, x=2), last**2 + 6
    assert (int(made[0]), int(made[-1])) == (55, wanted)
    assert int((h + 2**63)(h=sizes)[-1]) == last + 2**63
    assert int((h + x)(h=sizes, x=2**70)[-1]) == last + 2**70
    assert made.dtype == (object if abs(wanted) >= 2**63 else "int64")


def test_arrays_of_any_layout() -> None:
    grid = numpy.arange(1, 61, dtype="int32").reshape(3, 4, 5)
    for one in (grid, grid.T, grid[:, ::2], grid[::-1], numpy.asfortranarray(grid)):
        assert (COUNT(h=one, x=2) == 4 * (one * (one + 2) + one)).all()
    made = COUNT(h=grid[:, :1, :1], x=grid[:1])
    assert made.shape == (3, 4, 5)
    assert made[2, 3, 4] == COUNT(h=int(grid[2, 0, 0]), x=int(grid[0, 3, 4]))


def test_scalars_and_shapes() -> None:
    assert COUNT(h=numpy.int64(3), x=1) == COUNT(h=3, x=1)
    assert COUNT(h=numpy.int64(3)) == COUNT(h=3)  # x stays a symbol
    assert COUNT(h=numpy.array(3)) == COUNT(h=3)
    assert COUNT(h=numpy.zeros((0, 3), int), x=numpy.ones((1, 3), int)).shape == (0, 3)
    for values in ({"h": numpy.array([1, 2]), "x": numpy.array([1, 2, 3])}, {"h": numpy.ones((2, 1)), "x": 2.0}):
        with pytest.raises(SizeError, match=r"values of different shapes|values? for"):
            COUNT(**values)
    with pytest.raises(
        SizeError, match=r"values of different shapes; expected shapes that broadcast, received \(2,\), \(3,\)"
    ):
        COUNT(h=numpy.array([1, 2]), x=numpy.array([1, 2, 3]))


def test_pandas_keeps_the_index_and_refuses_others() -> None:
    pandas = pytest.importorskip("pandas")
    sizes = pandas.Series([50_000, 60_000], index=["a", "b"], dtype="int32")
    made = COUNT(h=sizes, x=1)  # 4·50,000² is beyond 32 bits
    assert made.to_dict() == {"a": COUNT(h=50_000, x=1), "b": COUNT(h=60_000, x=1)}
    assert COUNT(h=sizes, x=numpy.array([1, 1])).equals(made)
    with pytest.raises(SizeError, match="series of different indexes"):
        COUNT(h=sizes, x=pandas.Series([1, 2]))
    for wrong in (pandas.Series([1, None], dtype="Int64"), pandas.Series([1.5]), pandas.Series([True])):
        with pytest.raises(SizeError, match="values for h; expected a"):
            COUNT(h=wrong, x=1)
    with pytest.raises(SizeError, match="different lengths"):
        COUNT(h=sizes, x=numpy.array([[1], [2]]))


def test_polars_has_128_bits() -> None:
    polars = pytest.importorskip("polars")
    sizes = polars.Series("h", [50_000, 10], dtype=polars.Int32)
    assert COUNT(h=sizes, x=1).to_list() == [COUNT(h=50_000, x=1), COUNT(h=10, x=1)]
    assert COUNT(h=polars.Series("h", [10**15]), x=1).dtype == polars.Int128
    with pytest.raises(SizeError, match="beyond 128 bits, the widest integers of polars"):
        (h**3)(h=polars.Series("h", [10**15]))
    with pytest.raises(SizeError, match="missing values"):
        COUNT(h=polars.Series("h", [1, None]), x=1)
    with pytest.raises(SizeError, match=r"values for h; expected .*polars\..*Expr"):
        COUNT(h=polars.col("h"), x=1)
    with pytest.raises(SizeError, match="values of polars beside sizes without a value"):
        COUNT(h=sizes)


def test_jax_needs_64_bits_where_the_bounds_do() -> None:
    jax = pytest.importorskip("jax")
    sizes = jax.numpy.array([10, 20])
    assert COUNT(h=sizes, x=1).tolist() == [COUNT(h=10, x=1), COUNT(h=20, x=1)]
    with pytest.raises(SizeError, match=r"beyond 32 bits, the widest integers of jax \(jax.config.update"):
        COUNT(h=jax.numpy.array([50_000]), x=1)
    with pytest.raises(SizeError, match="a traced array"):
        jax.jit(lambda one: COUNT(h=one, x=1))(sizes)
    with pytest.raises(SizeError, match="does not divide evenly"):
        exact(T, h)(T=jax.numpy.array([8, 9]), h=2)


def test_dask_stays_lazy_and_in_64_bits() -> None:
    array = pytest.importorskip("dask.array")
    sizes = array.arange(1, 100, chunks=10)
    made = COUNT(h=sizes, x=108)
    assert (type(made), made.dtype) == (type(sizes), numpy.dtype("int64"))
    assert made.compute(scheduler="synchronous")[9] == COUNT(h=10, x=108)
    large = array.from_array(numpy.array([1, 3 * 10**9]), chunks=1)
    with pytest.raises(SizeError, match="beyond 64 bits, the widest integers of a dask array"):
        COUNT(h=large, x=1).compute(scheduler="synchronous")
    exactly = COUNT(h=large.astype(object), x=1).compute(scheduler="synchronous")
    assert list(exactly) == [COUNT(h=1, x=1), COUNT(h=3 * 10**9, x=1)]


def test_two_libraries_do_not_mix() -> None:
    jax = pytest.importorskip("jax")
    with pytest.raises(SizeError, match="values of two libraries, received jax and numpy"):
        COUNT(h=numpy.array([1]), x=jax.numpy.array([1]))
