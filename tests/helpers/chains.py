"""Chains of any number of dense layers, as text in every format."""

from __future__ import annotations

import json

UNITS = 64
PER_LAYER = UNITS * UNITS + UNITS


def yaml_chain(layers: int) -> str:
    return f"input: [{UNITS}]\nlayers:\n" + f"  - Dense: {{units: {UNITS}, activation: relu}}\n" * layers


def json_chain(layers: int) -> str:
    return json.dumps({"input": [UNITS], "layers": [{"Dense": {"units": UNITS, "activation": "relu"}}] * layers})


def toml_chain(layers: int) -> str:
    return f"input = [{UNITS}]\n" + f'[[layers]]\nDense = {{units = {UNITS}, activation = "relu"}}\n' * layers


def keras_chain(layers: int) -> str:
    dense = {"module": "keras.layers", "class_name": "Dense", "registered_name": None}
    made = [
        {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, UNITS]}},
        *({**dense, "config": {"name": f"d{at}", "units": UNITS, "activation": "relu"}} for at in range(layers)),
    ]
    config = {"name": "chain", "trainable": True, "layers": made}
    return json.dumps({"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None})


def repeated(layers: int) -> str:
    return f"input: [{UNITS}]\nlayers:\n  - repeat: {layers}\n    layers: [Dense: {UNITS}]\n"


CHAINS = (yaml_chain, json_chain, toml_chain, keras_chain, repeated)
