"""Options that frameworks call by different names."""

from __future__ import annotations

from collections.abc import Collection

_SAME = (
    "units hidden_size out_features features hidden hidden_dim hidden_units d_h",
    "filters out_channels channels",
    "strides stride",
    "dilation_rate dilation",
    "use_bias bias has_bias with_bias",
    "input_dim num_embeddings vocab_size vocabulary_size num_tokens",
    "output_dim embedding_dim embed_dim",
    "num_heads nhead heads n_heads num_attention_heads",
    "rate p dropout prob",
    "epsilon eps",
    "kernel_size pool_size filter_size window",
    "negative_slope alpha",
    "num_layers layers depth",
    "merge_mode merge",
    "projection proj_size projection_size",
    "target_shape shape",
)
_READ_OFF = ("input_size", "in_features", "in_channels", "input_dim", "d_x")


def called_here(name: str, known: Collection[str]) -> str | None:
    """Say what an option of another framework is called among those known, if it is there."""
    for names in _SAME:
        if name in names.split():
            found = [one for one in names.split() if one in known and one != name]
            if found:
                return f"here it is called {found[0]}"
    if name in _READ_OFF and not set(_READ_OFF).intersection(known):
        return "the size of the input is read off the input"
    return None
