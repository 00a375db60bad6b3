"""Notation: what people read, golden cases and the laws that hold for every expression."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, strategies as st
from strategies import ours, trees

from paramcalc.errors import SizeError
from paramcalc.symbolic import Expr, exact, grouped, html, latex, maximum, minimum, parse, symbols, text, times, unicode

d_h, d_x, h, x, T, s = symbols("d_h d_x h x T s")
LSTM = 4 * (d_h * (d_h + d_x) + d_h)

GOLDEN = [
    # size, text, Unicode, LaTeX
    (LSTM, "4[d_h(d_h + d_x) + d_h]", "4[d_h(d_h + d_x) + d_h]",
     r"4\left[d_{h}\left(d_{h} + d_{x}\right) + d_{h}\right]"),
    (3 * (h * (h + x) + 2 * h), "3[h(h + x) + 2h]", "3[h(h + x) + 2h]", r"3\left[h\left(h + x\right) + 2h\right]"),
    ((T - 3) // 2 + 1, "floor((T - 3)/2) + 1", "⌊(T − 3)/2⌋ + 1", r"\left\lfloor \frac{T - 3}{2}\right\rfloor + 1"),
    (h**2, "h^2", "h²", "h^{2}"),
    ((h + x) ** 12, "(h + x)^12", "(h + x)¹²", r"\left(h + x\right)^{12}"),
    ((h**2) ** 3, "(h^2)^3", "(h²)³", r"\left(h^{2}\right)^{3}"),
    (2 * h**2, "2h^2", "2h²", "2h^{2}"),
    (1 - T, "1 - T", "1 − T", "1 - T"),
    (-T, "-T", "−T", "-T"),
    (-(h + x), "-(h + x)", "−(h + x)", r"-\left(h + x\right)"),
    ((-(h + x)) ** 2, "[-(h + x)]^2", "[−(h + x)]²", r"\left[-\left(h + x\right)\right]^{2}"),
    (maximum(-(h + x), -3, -2 * h), "max(-(h + x), -2h, -3)", "max(−(h + x), −2h, −3)",
     r"\max\left(-\left(h + x\right), -2h, -3\right)"),
    (-(h / x), "-h/x", "−h/x", r"-\frac{h}{x}"),
    ((-h) // x, "floor((-h)/x)", "⌊(−h)/x⌋", r"\left\lfloor \frac{-h}{x}\right\rfloor"),
    (-T + 1, "-T + 1", "−T + 1", "-T + 1"),
    (T - 2 * h - 1, "T - 2h - 1", "T − 2h − 1", "T - 2h - 1"),
    (T - (h - 1), "T - (h - 1)", "T − (h − 1)", r"T - \left(h - 1\right)"),
    (h * -x, "-h*x", "−h·x", r"-h \cdot x"),
    (-3 + h, "-3 + h", "−3 + h", "-3 + h"),
    (h * x * T, "h*x*T", "h·x·T", r"h \cdot x \cdot T"),
    ((h + 1) * x, "(h + 1)*x", "(h + 1)·x", r"\left(h + 1\right) \cdot x"),
    (x * (h + 1) ** 2, "x(h + 1)^2", "x(h + 1)²", r"x\left(h + 1\right)^{2}"),
    (h / 2, "h/2", "h/2", r"\frac{h}{2}"),
    (x * (h / 2), "x(h/2)", "x(h/2)", r"x \cdot \frac{h}{2}"),
    (x / (2 * h), "x/(2h)", "x/(2h)", r"\frac{x}{2h}"),
    ((x / h) / 2, "(x/h)/2", "(x/h)/2", r"\frac{\frac{x}{h}}{2}"),
    (1 - x / h, "1 - x/h", "1 − x/h", r"1 - \frac{x}{h}"),
    ((x / h) // 2, "floor((x/h)/2)", "⌊(x/h)/2⌋", r"\left\lfloor \frac{\frac{x}{h}}{2}\right\rfloor"),
    (2 * (h // 2), "2floor(h/2)", "2⌊h/2⌋", r"2\left\lfloor \frac{h}{2}\right\rfloor"),
    (x * (h // 2), "x*floor(h/2)", "x⌊h/2⌋", r"x\left\lfloor \frac{h}{2}\right\rfloor"),
    (maximum(T - 2, 1), "max(T - 2, 1)", "max(T − 2, 1)", r"\max\left(T - 2, 1\right)"),
    (3 * minimum(h, x * (h + 1)), "3min(h, x(h + 1))", "3min(h, x(h + 1))",
     r"3\min\left(h, x\left(h + 1\right)\right)"),
    (times(2, LSTM), "2*4[d_h(d_h + d_x) + d_h]", "2·4[d_h(d_h + d_x) + d_h]",
     r"2 \cdot 4\left[d_{h}\left(d_{h} + d_{x}\right) + d_{h}\right]"),
    (2 * symbols("e1"), "2*e1", "2·e1", r"2\mathrm{e1}"),
    (2 * symbols("eta"), "2eta", "2eta", r"2\mathrm{eta}"),
    (symbols("d_model") * 4, "4d_model", "4d_model", r"4d_{\mathrm{model}}"),
    (symbols("kernel_size_1"), "kernel_size_1", "kernel_size_1", r"\mathrm{kernel}_{\mathrm{size\_1}}"),
    (symbols("λ") + 0, "λ", "λ", "λ"),
    (121_344, "121344", "121344", "121344"),
    (-1, "-1", "−1", "-1"),
]  # fmt: skip


@pytest.mark.parametrize(("size", "plain", "pretty", "tex"), GOLDEN, ids=[case[1] for case in GOLDEN])
def test_golden(size: Any, plain: str, pretty: str, tex: str) -> None:
    assert text(size) == plain
    assert unicode(size) == pretty
    assert latex(size) == tex


def test_brackets_nest_as_in_textbooks() -> None:
    nested: Any = h
    for _ in range(5):
        nested = x * (nested + 1)
    assert text(nested) == "x{x{x{x[x(h + 1) + 1] + 1} + 1} + 1}"
    assert text(x * (maximum(h + 1, x) * (h + 1) + 1)) == "x[max(h + 1, x)(h + 1) + 1]"


@pytest.mark.parametrize(
    ("values", "plain", "tex"),
    [
        ({"d_h": 128, "d_x": 108}, "4[128(128 + 108) + 128]", r"4\left[128\left(128 + 108\right) + 128\right]"),
        ({"d_h": 128}, "4[128(128 + d_x) + 128]", r"4\left[128\left(128 + d_{x}\right) + 128\right]"),
        ({"d_h": 4 * h}, "4[4h(4h + d_x) + 4h]", r"4\left[4h\left(4h + d_{x}\right) + 4h\right]"),
        ({"d_h": d_x, "d_x": d_h}, "4[d_x(d_x + d_h) + d_x]", r"4\left[d_{x}\left(d_{x} + d_{h}\right) + d_{x}\right]"),
        ({"d_h": h + 1}, "4{(h + 1)[(h + 1) + d_x] + (h + 1)}", None),
    ],
)
def test_substitution_is_in_print_alone(values: dict[str, Any], plain: str, tex: str | None) -> None:
    assert text(LSTM, values) == plain
    assert parse(plain) == LSTM(**values)
    assert tex is None or latex(LSTM, values) == tex


@pytest.mark.parametrize(
    ("size", "values", "written"),
    [
        (2 * h * x, {"h": 3}, "2·3x"),
        (2 * h * x, {"x": 3}, "2h·3"),
        (h**2, {"h": 3}, "3²"),
        (h**2, {"h": x + 1}, "(x + 1)²"),
        (h**2, {"h": x**2}, "(x²)²"),
        (T - h, {"h": x - 1}, "T − (x − 1)"),
        (x / h, {"h": T / 2}, "x/(T/2)"),
        (x * h, {"h": T / 2}, "x(T/2)"),
        ((T - h) // s, {"h": 3, "s": 2}, "⌊(T − 3)/2⌋"),
        (maximum(h, x), {"h": 3}, "max(3, x)"),
    ],
)
def test_what_is_put_in_keeps_its_brackets(size: Any, values: dict[str, Any], written: str) -> None:
    assert unicode(size, values) == written


def test_figures_for_people_have_separators() -> None:
    assert grouped(121_344) == "121,344"
    assert grouped(-121_344) == "−121,344"
    assert grouped(120_832 * T + 1) == "120,832·T + 1"
    assert grouped(12 * T**2) == "12T²"


def test_a_number_too_long_to_print_is_refused() -> None:
    assert len(text(10**4000)) == 4001
    for notation in (text, unicode, latex, grouped):
        with pytest.raises(SizeError, match="a number of 16,610 bits is too long to print"):
            notation(10**5000)


def test_what_notebooks_call() -> None:
    assert str(LSTM) == repr(LSTM) == "4[d_h(d_h + d_x) + d_h]"
    assert str(h**2) == "h²"
    assert repr(h**2) == "h^2"
    assert (h**2)._repr_latex_() == "$h^{2}$"
    assert (h**2)._repr_html_().endswith("><i>h</i><sup>2</sup></span>")
    assert "2·<i>e1" in (2 * symbols("e1"))._repr_html_()


@given(trees)
def test_html_shows_what_unicode_shows(tree: Any) -> None:
    size = ours(tree)
    shown = re.sub(r"</?i>|</su[bp]>", "", html(size)).replace("<sub>", "_")
    shown = re.sub(r"<sup>(\d+)", lambda power: power[1].translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")), shown)
    assert shown == unicode(size)


@given(trees)
def test_printing_is_read_back(tree: Any) -> None:
    size = ours(tree)
    for notation in (text, unicode):
        again = parse(notation(size))
        assert again == size
        assert notation(again) == notation(size)


@given(trees, st.dictionaries(st.sampled_from(["h", "x", "T"]), trees))
def test_substituted_print_is_read_back(tree: Any, given_: dict[str, Any]) -> None:
    size = ours(tree)
    values = {name: ours(value) for name, value in given_.items()}
    if isinstance(size, Expr) and not any(value == 0 for value in values.values()):
        assert parse(text(size, values)) == size(**values)


@given(trees)
def test_no_unit_coefficients_and_no_doubled_signs(tree: Any) -> None:
    for written in (text(ours(tree)), unicode(ours(tree)), latex(ours(tree))):
        plain = written.replace("−", "-").replace(r" \cdot ", "·").replace("*", "·")
        assert not re.search(r"(?<![\w{])1(·|[A-Za-z(\[{⌊])", plain)
        assert "+ -" not in plain
        assert "- -" not in plain
        assert "--" not in plain


@given(trees)
def test_latex_balances(tree: Any) -> None:
    written = latex(ours(tree))
    depth = 0
    for place, character in enumerate(written):
        if character in "{}" and written[place - 1] != "\\":
            depth += 1 if character == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert written.count(r"\left") == written.count(r"\right") + written.count(r"\leftarrow")
    assert written == written.strip()
    assert "  " not in written


def test_exact_quotients_of_numbers_are_worked_out() -> None:
    assert text(exact(12, 4) * h) == "3h"
