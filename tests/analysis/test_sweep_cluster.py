"""A sweep on a cluster of dask: the same points, whatever happens to workers and however often it is begun."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import paramcalc as pc
from paramcalc.analysis.sweep import Sweep
from paramcalc.errors import FileError, MissingExtra, OptionError

distributed = pytest.importorskip("distributed")
parquet = pytest.importorskip("pyarrow.parquet")
pytestmark = [
    pytest.mark.exhaustive,  # processes of their own, for seconds each
    pytest.mark.filterwarnings("default"),  # dask's own
]

from paramcalc.analysis.sweep import cluster  # noqa: E402  # without dask there is nothing to test

SPEC = """
sizes: {h: 64, layers: 2, e: h/8}
input: [10, 32]
layers:
  - repeat: layers
    layers:
      - LSTM: {units: h, return_sequences: true}
  - Dense: e
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "stack.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def asked(spec: Path, **more: Any) -> Sweep:
    given: dict[str, Any] = {"h": "1:2000", "layers": "1:3", "columns": ["params", "macs"]}
    return pc.sweep(spec, **{**given, "where": "params < 10M", **more})


def rows_in(folder: Path) -> list[dict[str, int]]:
    files = sorted(folder.glob("part-*.parquet"))
    return [row for file in files for row in parquet.read_table(file).to_pylist()]


def test_a_local_cluster(spec: Path, tmp_path: Path) -> None:
    found = asked(spec)
    done: list[int] = []
    found.progress = done.append
    count = cluster.run(found, str(tmp_path / "out"), size=500)
    expected = asked(spec)
    assert rows_in(tmp_path / "out") == list(expected.rows())
    assert (count, found.left, sum(done)) == (len(expected), expected.left, 6000)
    assert len(list((tmp_path / "out").glob("part-*.parquet"))) == 12
    assert parquet.read_table(tmp_path / "out").to_pylist() == list(expected.rows())  # the folder as one table
    assert not list((tmp_path / "out").glob("*.part"))


def test_a_worker_is_killed_and_nothing_is_lost(spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as machines:
        pids = [worker.pid for worker in machines.workers.values()]

        def kill() -> None:
            deadline = time.monotonic() + 60
            while len(list((tmp_path / "out").glob("part-*.parquet"))) < 3 and time.monotonic() < deadline:
                time.sleep(0.01)
            os.kill(pids[0], signal.SIGKILL)
            killed.append(pids[0])

        thread = threading.Thread(target=kill)
        thread.start()
        monkeypatch.setattr(cluster, "BUILT", 16)
        found = asked(spec)
        found.__dict__["pieces"] = [piece._replace(formulas=None) for piece in found.pieces]  # long enough to be killed
        count = cluster.run(found, str(tmp_path / "out"), machines.scheduler_address, size=100)
        thread.join()
    expected = asked(spec)
    assert killed
    assert rows_in(tmp_path / "out") == list(expected.rows())
    assert (count, found.left.number) == (len(expected), expected.left.number)


def test_finished_partitions_are_kept(spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "out"

    class Stopped(Exception):
        """The process ends."""

    written: list[str] = []
    real = cluster.write_part

    def stops(*args: Any) -> int:
        if len(written) == 4:
            raise Stopped
        written.append(args[-1])
        return real(*args)

    monkeypatch.setattr(cluster, "write_part", stops)
    with pytest.raises(Stopped):
        cluster.run(asked(spec), str(folder), size=500)
    first = {file: file.stat().st_mtime_ns for file in folder.glob("part-*.parquet")}
    assert len(first) == 4
    (folder / "part-00000011.parquet.part").write_text("begun")  # what a killed process may leave

    monkeypatch.setattr(cluster, "write_part", real)
    found = asked(spec)
    count = cluster.run(found, str(folder), size=500)
    assert {file: file.stat().st_mtime_ns for file in first} == first
    expected = asked(spec)
    assert rows_in(folder) == list(expected.rows())
    assert (count, found.left) == (len(expected), expected.left)


def test_another_request_is_refused(spec: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    cluster.run(asked(spec, h="8:64"), str(folder))
    told = json.loads((folder / "_manifest.json").read_text())
    assert told["schema"] == "paramcalc-sweep-parts/1"
    assert told["vary"] == {"h": "8:64", "layers": "1:3"}
    for other, differing in (
        ({"h": "8:72"}, "vary"),
        ({"h": "8:64", "where": "params < 9M"}, "where"),
        ({"h": "8:64", "columns": ["params"]}, "columns"),
        ({"h": "8:64", "batch": 2}, "costs"),
    ):
        with pytest.raises(FileError, match=f"has the partitions of another sweep: {differing}.* differ"):
            cluster.run(asked(spec, **other), str(folder))
    spec.write_text(SPEC.replace("32", "33"), encoding="utf-8")
    with pytest.raises(FileError, match="another sweep: digest differ"):
        cluster.run(asked(spec, h="8:64"), str(folder))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(FileError, match=r"is not empty and has no _manifest\.json"):
        cluster.run(asked(spec), str(tmp_path / "full"))


def test_what_is_refused(spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OptionError, match="--pareto needs all points together"):
        cluster.run(asked(spec, pareto="h"), str(tmp_path / "out"))
    with pytest.raises(OptionError, match="no scheduler answers"):
        cluster.run(asked(spec, h="8"), str(tmp_path / "out"), "tcp://127.0.0.1:9")
    import sys

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtra, match=r"dask\.distributed.* \(pip install 'paramcalc\[dask\]'\)"):
        cluster.run(asked(spec, h="16"), str(tmp_path / "other"))
