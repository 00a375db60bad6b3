"""Ctrl-C ends every command at once: exit code 130, nothing on stderr, whatever is going on."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

SOON = """
import os, signal, sys
from paramcalc.cli import main

class Interrupted:
    # sends Ctrl-C while the named module is being imported, as the one who finds it
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            os.kill(os.getpid(), signal.SIGINT)
        return None

sys.meta_path.insert(0, Interrupted())
sys.argv = ["paramcalc", *{words!r}]
try:
    main()
except BaseException as error:
    print("reached", type(error).__name__, file=sys.stderr)
"""
AUDIT = ["verify", "--rules"]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (AUDIT, "paramcalc.cli.app"),
        (AUDIT, "paramcalc.verification.audit"),
        (AUDIT, "keras"),
        (["count", "-"], "paramcalc.cli.commands.files"),
        (["--help"], "typer"),
    ],
)
def test_while_something_is_imported(words: list[str], name: str) -> None:
    if name == "keras":
        pytest.importorskip("keras")
    script = SOON.format(name=name, words=words)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (130, "")


@pytest.mark.slow
def test_while_the_rules_are_audited() -> None:
    pytest.importorskip("keras")
    script = (
        "import itertools, sys, time, paramcalc.verification.audit as audited\n"
        "def check(*args):\n"
        "    print('begun', flush=True)\n"
        "    time.sleep(30)  # a configuration that takes long, in the thread of the audit\n"
        "audited.check = check\n"
        "planned = audited.configurations\n"
        "audited.configurations = lambda cases: itertools.islice(planned(cases), 1)\n"
        "from paramcalc.cli import main\n"
        "sys.argv = ['paramcalc', 'verify', '--rules']\n"
        "main()\n"
    )
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"begun\n"
    start = time.perf_counter()
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (130, b"")
    assert time.perf_counter() - start < 20  # not once the configuration has ended


def test_who_handles_it_otherwise_goes_on_doing_so() -> None:
    script = (
        "import signal, sys\n"
        "mine = lambda *_: None\n"
        "signal.signal(signal.SIGINT, mine)\n"
        "from paramcalc.cli import main\n"
        "sys.argv = ['paramcalc', '--version']\n"
        "try: main()\n"
        "finally: assert signal.getsignal(signal.SIGINT) is mine\n"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60).returncode == 0
