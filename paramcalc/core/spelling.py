"""The name that a layer of a class gets: ``LSTMCell`` → ``lstm_cell``, as Keras spells it."""

import re


def snake(name: str) -> str:
    """Spell a class name as Keras 3 spells layer names: ``GlobalMaxPooling1D`` → ``global_max_pooling1d``."""
    spaced = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", spaced).lower()
