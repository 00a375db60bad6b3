"""Classes of Keras 2 that have another name now: an archive names its groups after the class that wrote it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import paramcalc as pc
from paramcalc.formats.containers.groups import described
from paramcalc.formats.keras.keras2 import upgraded

DATA = Path(__file__).parent.parent / "data" / "archives"


def test_synchronized_normalization_is_found_in_its_archive() -> None:
    report = pc.load(DATA / "synchronized_keras2.keras").report()
    assert (report.total, report.trainable, report.exact, report.warnings) == (38, 26, True, [])
    assert report.stored == 6


def _chain(*layers: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    found = [{"class_name": kind, "config": config} for kind, config in layers]
    return upgraded({"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": found}})


def test_groups_are_numbered_by_the_class_that_wrote_them() -> None:
    found = _chain(
        ("BatchNormalization", {"name": "a"}),
        ("SyncBatchNormalization", {"name": "b"}),
        ("SyncBatchNormalization", {"name": "c"}),
        ("LSTMV2", {"name": "d", "units": 2}),
        ("TimeDistributed", {"name": "e", "layer": {"class_name": "SyncBatchNormalization", "config": {"name": "f"}}}),
    )
    assert {group: part["config"]["name"] for group, part in described(found, "layers")} == {
        "layers/batch_normalization": "a",
        "layers/sync_batch_normalization": "b",
        "layers/sync_batch_normalization_1": "c",
        "layers/lstmv2": "d",
        "layers/time_distributed": "e",
        "layers/time_distributed/layer": "f",
    }
