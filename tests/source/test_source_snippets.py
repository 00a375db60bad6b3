"""Snippets: programs without imports or data, copied from a console, or with functions that nobody calls."""

from __future__ import annotations

import builtins
import json
import re
import time
from contextlib import suppress

import pytest
from test_source_programs import EXACT

from paramcalc.errors import FileError, ParamcalcError
from paramcalc.formats import load_all, loads
from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all
from paramcalc.graph.model import Model

IMPORT = re.compile(r"^(?:import|from) (?:keras|torch|tensorflow)\b[^\n]*\n", re.MULTILINE)
OWN = re.compile(r"\bas (?!nn\b|tf\b|F\b)\w+$|import (?:torch|keras)\.[\w.]+$", re.MULTILINE)  # names of its own


def models(text: str, name: str = "model.py") -> list[Model]:
    return read_all(Source(name, given=text))


def without_imports(text: str) -> str:
    return IMPORT.sub("", text)


CUSTOMARY = [
    name
    for name, (text, _) in EXACT.items()
    if without_imports(text) != text and all(not OWN.search(line) for line in IMPORT.findall(text))
]


def test_most_programs_take_part() -> None:
    assert len(CUSTOMARY) > len(EXACT) // 2


@pytest.mark.parametrize("name", CUSTOMARY)
def test_a_program_without_its_imports_has_the_same_count_and_says_what_it_took_for_granted(name: str) -> None:
    text, total = EXACT[name]
    found = models(without_imports(text))
    whole = models(text)
    assert [model.report().to_dict()["total"] for model in found] == [
        model.report().to_dict()["total"] for model in whole
    ]
    assert found[-1].total == total
    assert all("not imported here, read as usual: " in " ".join(model.report().warnings) for model in found)
    assert not any("read as usual" in warning for model in whole for warning in model.report().warnings)


KERAS = "model = Sequential()\nmodel.add(LSTM(10, input_shape=(13, 5)))\n"
TORCH = (
    "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.out = nn.Linear(3, 4)\n"
)


def test_data_that_is_not_defined_leaves_a_count_as_it_is() -> None:
    text = (
        KERAS
        + "model.compile(loss='mse')\nmodel.fit(trainX, trainY, epochs=100)\nprint(model.evaluate(testX, testY))\n"
    )
    (model,) = models(text)
    assert (model.total, model.report().exact) == (640, True)
    assert model.report().warnings == [
        "not imported here, read as usual: Sequential = keras.Sequential, LSTM = keras.layers.LSTM",
        "not defined here, unknown: trainX, trainY, testX, testY",
    ]


def test_a_size_that_is_not_defined_is_a_symbol_with_its_name() -> None:
    (model,) = models("model = Sequential([Input((None, features)), LSTM(hidden), Dense(classes)])")
    assert str(model.total) == "4features·hidden + 4hidden² + hidden·classes + 4hidden + classes"
    (given,) = read_all(Source("m.py", given="m = Sequential([Input((None, 5)), LSTM(hidden)])", sizes={"hidden": 10}))
    assert given.total == 640


def test_an_unknown_function_or_layer_is_no_exact_count() -> None:
    for text in (KERAS + "train(model)\n", KERAS + "model.add(block)\n", KERAS + "model.add(make_head(3))\n"):
        (model,) = models(text)
        assert not model.report().exact, text


@pytest.mark.parametrize(
    "text",
    [
        f"try:\n    n = missing\nexcept NameError:\n    n = 4\n{TORCH.replace('4', 'n')}net = Net()",  # caught
        f"try:\n    LSTM\n    n = 9\nexcept Exception:\n    n = 4\n{TORCH.replace('4', 'n')}net = Net()",
    ],
)
def test_an_exception_that_the_program_catches_is_raised(text: str) -> None:
    (model,) = models(f"from torch import nn\n{text}")
    assert (model.total, model.report().exact) == (16, True)


@pytest.mark.parametrize(
    "text",
    [
        "m = Dense(3)\nfrom keras.layers import Dense\n",  # bound later
        "def f():\n    global Dense\n    Dense = 1\nm = Dense(3)\n",
        "globals()['Dense'] = 3\nm = Dense(3)\n",
    ],
)
def test_a_name_that_the_program_binds_somewhere_is_not_taken_for_granted(text: str) -> None:
    with pytest.raises(FileError, match="no model in this program"):
        models(f"import keras\n{text}")


HELD = "class Sizes:\n    n = 3\nsizes, n = Sizes(), 3\n"


@pytest.mark.whole
@pytest.mark.parametrize(
    "text",
    [
        "globals()['n'] = 4\n",
        "names = globals()\nnames['n'] = 4\n",
        "def f(names):\n    names['n'] = 4\nf(globals())\n",
        "def f():\n    vars()['n'] = 4\n    globals()['n'] += 1\nf()\n",
        "globals()['sizes'].n = 4\n",
        "globals()['sizes'].__dict__['n'] = 4\n",
    ],
)
def test_what_is_set_among_the_names_of_a_module_is_not_missed(text: str) -> None:
    try:
        (net,) = models(f"from torch import nn\n{HELD}{text}net = nn.Linear(sizes.n, n)\n")
    except FileError:
        return  # no name is known any more
    assert not net.report().exact


def test_the_names_of_a_module_may_be_read() -> None:
    text = f"from torch import nn\n{HELD}print({{name: globals()[name] for name in ['n']}})\nnet = nn.Linear(3, n)\n"
    (net,) = models(text)
    assert net.report().exact


def test_a_name_of_both_frameworks_is_that_of_the_one_the_program_has() -> None:
    (net,) = models("net = nn.Sequential(LSTM(4, 5))")
    (model,) = models("model = Sequential([Input((3, 4)), LSTM(5)])")
    assert (net.framework, net.total) == ("torch", 4 * (5 * (5 + 4) + 2 * 5))
    assert (model.framework, model.total) == ("keras", 4 * (5 * (5 + 4) + 5))


CONSOLE = """In [1]: from keras.models import Sequential
   ...: from keras.layers import Input, Dense

In [2]: n = 4
   ...: for _ in range(2):
   ...:     n += 1

In [3]: n
Out[3]: 6

In [4]:
m = Sequential([Input((3,)), Dense(n)])
In [5]: m.summary()
Model: "sequential"
"""


@pytest.mark.parametrize(
    "text",
    [
        CONSOLE,
        ">>> import keras\n>>> m = keras.Sequential([keras.Input((3,)),\n...     keras.layers.Dense(6)])\n>>> m\n24\n",
    ],
    ids=["notebook", "console"],
)
def test_what_was_copied_with_its_prompts(text: str) -> None:
    (model,) = models(text)
    assert (model.name, model.total, model.report().exact) == ("m", 24, True)
    (row,) = model.report().rows
    line = int(row.source.rpartition(":")[2])
    assert "Dense(" in text.splitlines()[line - 1]


FUNCTIONS = """
def build_model(vocab, size=8):
    x = Input((None,))
    return Model(x, Dense(1)(LSTM(size)(Embedding(vocab, size)(x))))

def train(x, y):
    net = Sequential()
    net.add(Dense(4, input_shape=(3,)))
    net.fit(x, y)

def load(path):
    return open(path).read().split(1, 2, 3)
"""


def test_functions_that_nobody_calls_are_called_where_there_is_no_model_else() -> None:
    built, net = models(FUNCTIONS)
    assert (built.name, str(built.total)) == ("build_model", "8vocab + 553")
    assert (net.name, net.total) == ("net", 16)
    assert [model.name for model in models(FUNCTIONS + "m = Sequential([Input((3,)), Dense(1)])\n")] == ["m"]


def test_a_function_by_name_gives_the_model_that_it_makes(tmp_path: pytest.TempPathFactory) -> None:
    file = tmp_path / "m.py"  # type: ignore[operator]  # a path
    file.write_text(FUNCTIONS)
    (net,) = load_all(f"{file}:train")
    assert net.total == 16


def test_each_call_begins_where_the_program_ended() -> None:
    text = "size = 3\ndef wide():\n    global size\n    size = 100\ndef net():\n    return nn.Linear(size, 1)\n"
    assert [model.total for model in models(text)] == [4]


def test_many_names_are_not_all_listed() -> None:
    names = ", ".join(f"x{at}" for at in range(15))
    (model,) = models(f"{KERAS}model.fit({names})\n")
    assert model.report().warnings[-1].endswith("x10, x11 and 3 more")


@pytest.mark.parametrize(
    "text",
    [
        KERAS,
        TORCH + "net = Net()\n",
        "net = nn.Linear(3, 4)\n",
        re.sub("^", ">>> ", KERAS.rstrip(), flags=re.MULTILINE),
        "In [1]: net = nn.Linear(3, 4)\n",
    ],
)
def test_a_snippet_is_recognised_without_the_ending_of_a_file(text: str) -> None:
    assert loads(text).report().rows


@pytest.mark.parametrize("text", ["model = 3\n", "layers = nn\n", "a: Sequential\n"])
def test_a_text_that_makes_no_model_is_no_program(text: str) -> None:
    with pytest.raises(ParamcalcError) as caught:
        loads(text)
    assert "program" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "    import keras\n    m = keras.Sequential([keras.Input((3,)), keras.layers.Dense(6)])\n",
        "from\u00a0keras import layers, Input, Model\nx = Input(\uff08(3,)\uff09)\nm = Model(x, layers.Dense(6)(x))\n",
        "import keras\nm = keras.Sequential([keras.Input((3,)), keras.layers.Dense(6, activation=\u2018relu\u2019)])\n",
        "import keras\nm = keras.Sequential([keras.Input((3,)), keras.layers.Dense(6)])\nprint 'Build', m  # it\n",
        "import keras\ntry:\n    n = 6\nexcept ValueError, e:\n    raise ValueError, 'no'\nif n: print \"n: %d\" % n\n"
        "m = keras.Sequential([keras.Input((3,)), keras.layers.Dense(n)])\nprint\nprint (1), 2\nprint >>f, n\n",
    ],
    ids=["indented", "spaces and brackets", "quotes", "print", "Python 2"],
)
def test_a_text_is_mended_until_it_parses(text: str) -> None:
    for model in models(text):
        assert (model.total, model.report().exact) == (24, True)
        assert ("this is Python 2" in " ".join(model.report().warnings)) is ("print" in text)
        assert "Dense(" in text.splitlines()[int(model.report().rows[0].source.rpartition(":")[2]) - 1]


def test_what_a_print_statement_prints_is_run() -> None:
    (model,) = models(
        "import keras\nm = keras.Sequential([keras.Input((3,)), keras.layers.Dense(6)])\nprint m.pop(), 1\n"
    )
    assert not model.report().exact or model.total == 0


@pytest.mark.parametrize("text", ["m = = 3\n", "print print 3 3\nkeras..\n", "print(\n" * 50 + "nn.Linear(\n"])
def test_other_texts_are_refused_with_their_line(text: str) -> None:
    with pytest.raises(FileError, match="not Python: "):
        models(text)


@pytest.mark.parametrize(
    "line", [" " * 10**5 + "x", "print " * 10**5, "print x #" * 10**5, "if " + ": " * 10**5, "except " * 10**5]
)
def test_mending_ends_soon(line: str) -> None:
    with pytest.raises(FileError):
        models(line + "\n= 3\n")


NET = "from torch import nn\nm = nn.Sequential(nn.Linear(2, 3))\n"
OTHER = "lambda a, b: nn.Linear(1, 1)"


@pytest.mark.parametrize(
    "text",
    [
        f"locals()['Linear'] = {OTHER}\n",
        f"import sys\nsetattr(sys.modules[__name__], 'Linear', {OTHER})\n",
        f"import sys as s\ns.modules[__name__].Linear = {OTHER}\n",
        f"from sys import modules\nmodules[__name__].Linear = {OTHER}\n",
        f"import sys\nsys._getframe().f_globals['Linear'] = {OTHER}\n",
        f"import __main__\n__main__.Linear = {OTHER}\n",
        f"import builtins as b\nb.Linear = {OTHER}\n",
        f"from builtins import __dict__ as names\nnames['Linear'] = {OTHER}\n",
        f"import importlib\nimportlib.import_module(__name__).Linear = {OTHER}\n",
        f"def f(): pass\nf.__globals__['Linear'] = {OTHER}\n",
        "match {'a': 1}:\n    case {**Linear}: pass\n",
        f"def f(x=(Linear := {OTHER})): pass\ndel Linear\n",
        "@(Linear := lambda f: f)\ndef f(): pass\ndel Linear\n",
        "class A((Linear := object)): pass\ndel Linear\n",
    ],
)
def test_a_name_that_a_program_binds_in_another_way_is_not_taken_for_granted(text: str) -> None:
    (model,) = models(f"{NET}{text}m.append(Linear(3, 4))\n")
    assert not model.report().exact
    assert "read as usual" not in " ".join(model.report().warnings)


def test_a_module_beside_the_program_may_bind_any_name(tmp_path: pytest.TempPathFactory) -> None:
    (tmp_path / "beside.py").write_text(f"import builtins\nbuiltins.Linear = {OTHER}\n")  # type: ignore[operator]  # a path
    file = tmp_path / "m.py"  # type: ignore[operator]  # a path
    file.write_text(f"{NET}import beside\nm.append(Linear(3, 4))\n")
    assert not load_all(file)[0].report().exact


def test_modules_of_a_model_are_no_names() -> None:
    (model,) = models(TORCH + "net = Net()\nfor one in net.modules():\n    print(one)\n")
    assert (model.total, model.report().exact) == (16, True)


@pytest.mark.parametrize("name", [*dir(builtins), "__spec__", "__file__"])
def test_names_of_python_are_not_listed_as_undefined(name: str) -> None:
    for model in models(f"{NET}{name}\n"):
        assert "not defined" not in " ".join(model.report().warnings) or "NameError" in " ".join(
            model.report().warnings
        )


OWN_MANAGER = (
    "class S:\n    def __enter__(self): return self\n    def __exit__(self, *a): return True\nwith S():\n    {}\n"
)


@pytest.mark.parametrize(
    "text",
    [
        OWN_MANAGER,
        "import pytest\nwith pytest.raises(NameError):\n    {}\n",
        "from helper import guard\nwith guard():\n    {}\n",
        "from contextlib import ExitStack, suppress\nwith ExitStack() as s:\n"
        "    s.enter_context(suppress(NameError))\n    {}\n",
        "from contextlib import contextmanager\n@contextmanager\ndef g():\n    try:\n        yield\n"
        "    except NameError:\n        pass\nwith g():\n    {}\n",
    ],
)
def test_where_a_context_manager_may_catch_the_exception_a_name_is_not_taken_for_granted(text: str) -> None:
    found = models(NET + text.format("m.append(Linear(3, 4))"))
    assert all(model.total == 9 for model in found if model.report().exact)  # as it is where the exception is raised
    assert "read as usual" not in " ".join(found[0].report().warnings)
    (model,) = models(NET + text.format("pass"))
    assert (model.total, model.report().exact) == (9, True)


@pytest.mark.parametrize("last", ["return 3", "for _ in x:\n            return", "if x:\n            return"])
def test_where_a_last_part_ends_the_exception_a_name_is_not_taken_for_granted(last: str) -> None:
    text = f"def f(x):\n    try:\n        m.append(Linear(3, 4))\n    finally:\n        {last}\nf([1])\n"
    (model,) = models(NET + text)
    assert (model.total, model.report().exact) == (9, True)
    (model,) = models(NET + text.replace(last, "x.pop()"))
    assert (model.total, model.report().exact) == (25, True)


def test_a_name_of_the_other_framework_is_unknown_in_a_program_of_pytorch() -> None:
    for text in ("m = nn.Sequential(nn.Linear(2, 3), Attention())", "m = Sequential(Linear(2, 3), Attention())"):
        (model,) = models(f"from torch.nn import Linear, Sequential\n{text}\n")
        assert not model.report().exact


@pytest.mark.parametrize(
    "manager", ["contextlib.nullcontext()", "torch.no_grad()", "strategy.scope()", "tf.device('gpu')", "open('x') as f"]
)
def test_other_context_managers_catch_nothing(manager: str) -> None:
    (model,) = models(f"with {manager}:\n    m = nn.Linear(3, 4)\n")
    assert (model.total, model.report().exact) == (16, True)


def test_a_name_is_there_everywhere_or_nowhere() -> None:
    tried = "try:\n    m.add(Dense(4))\nexcept Exception:\n    pass\n"
    (model,) = models(f"m = Sequential([Input((2,)), Dense(3)])\n{tried}")
    assert (model.total, model.report().exact) == (25, True)
    (model,) = models(f"m = Sequential([Input((2,))])\n{tried}m.add(Dense(3))\n")
    assert not model.report().exact


def test_an_undefined_function_without_arguments_may_change_a_model() -> None:
    assert not models(f"{NET}add_head()\n")[0].report().exact
    for text in (f"set_seed()\n{NET}", f"{NET}x, y = load_data()\nplot(x)\n"):
        assert models(text)[0].report().exact


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    net = nn.Linear(2, 3)\n    match x:\n        case 1: pass\n    return net\n",
        "def f(x):\n    net = nn.Linear(2, 3)\n    net.bias = None\n    raise ValueError\n",
        "def f(x):\n    net = nn.Sequential(nn.Linear(2, 3))\n    net.append(x.y)\n    f(x)\n",
    ],
)
def test_what_a_call_makes_that_does_not_end_is_unknown(text: str) -> None:
    found = models(text)
    assert found
    assert not any(model.report().exact for model in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kept = []\ndef a():\n    kept.append(nn.ReLU())\ndef b():\n    return nn.Linear(1 + len(kept), 1)", 2),
        ("class C: n = 1\ndef a():\n    C.n = 5\ndef b():\n    return nn.Linear(C.n, 1)", 2),
        ("sizes = {'n': 1}\ndef a():\n    sizes['n'] = 5\ndef b():\n    return nn.Linear(sizes['n'], 1)", 2),
    ],
)  # fmt: skip
def test_calls_of_functions_do_not_change_one_another(text: str, expected: int) -> None:
    assert [model.total for model in models(text)] == [expected]


def test_many_functions_that_share_a_long_list_end_soon() -> None:
    text = "from torch import nn\nL = [nn.Linear(1, 1) for i in range(300)]\n"
    text += "".join(f"def f{at}(n):\n    L.append(n)\n    net = nn.Sequential(*L)\n" for at in range(200))
    assert len(models(text)) < 200


OLD = "from torch import nn\nprint 'x'\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (OLD + "m = nn.Linear(7 / 2 * 2 - 1, 3)\n", 18),
        (OLD + "m = nn.Linear(5 + int(-7 / 2), 3)\n", 6),
        (OLD + "m = nn.Linear(int(7.0 / 2 * 2), 3)\n", 24),
        ("from __future__ import division\n" + OLD + "m = nn.Linear(int(7 / 2 * 2), 3)\n", 24),
        (OLD + "n = 7\nn /= 2\nm = nn.Linear(n, 3)\n", 12),
        (OLD + "n = [7]\nn[0] /= 2\nm = nn.Linear(n[0], 3)\n", 12),
        (OLD + "m = nn.Sequential()\nmap(m.append, [nn.Linear(2, 3)])\n", 9),
        (OLD + "def map(f, x): pass\nm = nn.Sequential(nn.Linear(2, 3))\nmap(m.append, [nn.Linear(3, 3)])\n", 9),
        (OLD + "z = zip([2], [3])\nm = nn.Sequential()\nlist(z)\nfor a, b in z: m.append(nn.Linear(a, b))\n", 9),
        (OLD + "i = 2\n[i for i in range(5)]\nm = nn.Linear(i, 1)\n", 5),
        (OLD + "def f():\n    [(a, b) for a, b in [(2, 3)] if a]\n    return nn.Linear(a, b)\nm = f()\n", 9),
        (OLD + "m = nn.Linear(int(round(2.5)), int(-round(-1.5)))\n", 8),
        (OLD + "m = nn.Linear(len('''a\nprint b\n'''), 3)\n", 33),
        (OLD + "m = nn.Sequential()\nprint >>m.append(nn.Linear(2, 3)), 3\n", 9),
        ('"""\n>>> import keras\nIn [1]: n\n```python\nn = 3\n```\n"""\n' + OLD + "m = nn.Linear(2, 3)\n", 9),
    ],
)  # fmt: skip
def test_python_2_keeps_its_meaning(text: str, expected: int) -> None:
    (model,) = models(text)
    assert (model.total, model.report().exact) == (expected, True)
    assert "this is Python 2, read as such" in model.report().warnings


def test_a_quotient_in_place_that_would_run_a_call_twice_is_refused() -> None:
    with pytest.raises(FileError, match="not Python"):
        models(OLD + "f()[0] /= 2\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from torch import nn\nm = nn.Linear(len('3\u20134'.split('-')),\u00a03)\n", 6),
        ("from torch import nn\nm = nn.Linear(len('\u200b\u200b'),\u00a03)\n", 9),
        ("from torch import nn\nprint('it\u2019s')  # don't\nm = nn.Linear(2,\u00a03)\n", 9),
        ("# a net\n    from torch import nn\n# it\n    m = nn.Linear(2, 3)\n", 9),
    ],
)
def test_what_texts_of_a_program_say_stays_as_it_is(text: str, expected: int) -> None:
    (model,) = models(text)
    assert (model.total, model.report().exact) == (expected, True)


@pytest.mark.parametrize("text", ["\u201c", "\u2018", '"\\"', '"""', "'''a\n", "(\u201c", "a \t,", "\\", "x, "])
def test_mending_of_many_signs_ends_soon(text: str) -> None:
    began = time.thread_time()
    with pytest.raises(FileError):
        models(f"{text * 50_000}\n= 3")
    with suppress(FileError):
        notebook(NET, f"{text * 50_000}\n= 3")
    assert time.thread_time() - began < 10


def notebook(*cells: str) -> list[Model]:
    return models(json.dumps({"cells": [{"cell_type": "code", "source": one} for one in cells]}), "a.ipynb")


MORE = "m.append(nn.Linear(3, 4))"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (f"files = !ls -l {{x}}\n{MORE}", 25),
        (f"x = %time 3\n{MORE}", 25),
        (f"%time {MORE}", 25),
        (f"%%time\n{MORE}", 25),
        (f"%matplotlib inline\nx = ('%d'\n    % 3)\n{MORE}", 25),
        (f"%matplotlib inline\n{MORE}  # is it?", 25),
        ("m?\n?m\nm.append??\n!ls\n%config x = 3", 9),
        (f"%%writefile a.py\n{MORE}", 9),
        ("%%bash\nls | wc", 9),
    ],
)
def test_magics_of_a_notebook(cell: str, expected: int) -> None:
    (model,) = notebook(NET, cell)
    assert (model.total, model.report().exact) == (expected, True)


def test_a_notebook_that_runs_another_file_may_change_anything() -> None:
    assert not any(model.report().exact for model in notebook(NET, "%run other.py"))
    assert not any(model.report().exact for model in notebook("%run other.py", NET, "m.append(Linear(3, 4))"))
    assert notebook("%run other.py", NET)[-1].report().exact


def test_a_cell_that_is_not_python_is_named() -> None:
    (model,) = notebook(NET, "m.append(3 3)")
    assert "the code at line 4 is not Python, left out" in model.report().warnings
