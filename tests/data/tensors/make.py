"""Makes the files of this folder: small ones of each kind, written by the libraries themselves.

What no library here can write (GPTQ, AWQ, bitsandbytes) is written tensor by tensor, with the names and shapes that
those have. Run it in this folder with PyTorch, safetensors and NumPy installed::

    python make.py
"""

import json
import warnings
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

HERE = Path(__file__).parent


class Net(nn.Module):
    """A tied head, recurrence, normalization, attention."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(7, 4)
        self.lstm = nn.LSTM(4, 2, bidirectional=True)
        self.norm = nn.BatchNorm1d(4)
        self.attention = nn.MultiheadAttention(4, 2)
        self.head = nn.Linear(4, 7, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Go through all of them."""
        seen = self.norm(self.lstm(self.embed(x))[0])
        return self.head(self.attention(seen, seen, seen)[0])


def quantized(scheme: str) -> dict[str, torch.Tensor]:
    """Give a Linear of 64 to 32 features with a bias, as a scheme stores it, and one normalization."""
    half = torch.float16
    out = {"norm.weight": torch.ones(64, dtype=half), "proj.bias": torch.zeros(32, dtype=half)}
    if scheme == "gptq":
        parts = {
            "qweight": torch.zeros(64 * 4 // 32, 32, dtype=torch.int32),
            "qzeros": torch.zeros(2, 32 * 4 // 32, dtype=torch.int32),
            "scales": torch.ones(2, 32, dtype=half),
            "g_idx": torch.zeros(64, dtype=torch.int32),
        }
    elif scheme == "awq":
        parts = {
            "qweight": torch.zeros(64, 32 * 4 // 32, dtype=torch.int32),
            "qzeros": torch.zeros(2, 32 * 4 // 32, dtype=torch.int32),
            "scales": torch.ones(2, 32, dtype=half),
        }
    elif scheme == "int8":
        parts = {
            "weight": torch.zeros(32, 64, dtype=torch.int8),
            "SCB": torch.ones(32),
            "weight_format": torch.tensor(0, dtype=torch.uint8),
        }
    elif scheme == "nf4":
        parts = {
            "weight": torch.zeros(32 * 64 // 2, 1, dtype=torch.uint8),
            "weight.absmax": torch.zeros(32, dtype=torch.uint8),
            "weight.quant_map": torch.zeros(16),
            "weight.nested_absmax": torch.zeros(1),
            "weight.nested_quant_map": torch.zeros(256),
            "weight.quant_state.bitsandbytes__nf4": torch.zeros(90, dtype=torch.uint8),
        }
    else:  # four-bit MLX, which says neither the bits nor the size of a group
        parts = {
            "weight": torch.zeros(32, 64 * 4 // 32, dtype=torch.int32),
            "scales": torch.ones(32, 1, dtype=half),
            "biases": torch.ones(32, 1, dtype=half),
        }
    return out | {f"proj.{name}": one for name, one in parts.items()}


def main() -> None:
    """Write them all."""
    torch.manual_seed(0)
    net = Net().eval()
    state = net.state_dict()
    torch.save(state, HERE / "state.pt")
    torch.save({"model": state, "optimizer": {"state": {0: torch.zeros(3)}}, "step": 1}, HERE / "checkpoint.pt")
    torch.save({"model": state}, HERE / "stream.pt", _use_new_zipfile_serialization=False)
    torch.save(nn.Sequential(nn.Linear(2, 3), nn.LayerNorm(3)), HERE / "module.pt")
    torch.jit.trace(nn.Sequential(nn.Linear(2, 3), nn.ReLU()), torch.zeros(1, 2)).save(str(HERE / "script.pt"))
    torch.export.save(torch.export.export(nn.Linear(2, 3), (torch.zeros(1, 2),)), HERE / "program.pt2")
    once = {name: one.contiguous() for name, one in state.items() if name != "head.weight"}
    save_file(once, HERE / "state.safetensors", metadata={"format": "pt", "head.weight": "embed.weight"})
    names = sorted(once)
    for part, chosen in enumerate((names[:5], names[5:]), 1):
        save_file({name: once[name] for name in chosen}, HERE / f"model-{part:05}-of-00002.safetensors")
    places = {name: f"model-{1 + (name not in names[:5]):05}-of-00002.safetensors" for name in names}
    index = {"metadata": {"total_size": 0}, "weight_map": places}
    (HERE / "model.safetensors.index.json").write_text(json.dumps(index))
    np.savez(HERE / "arrays.npz", **{name: one.numpy() for name, one in once.items()})
    np.savez_compressed(
        HERE / "packed.npz", **{"fc.weight": np.zeros((3, 2)), "fc.bias": np.zeros(3), "text": np.array("x")}
    )
    for scheme in ("gptq", "awq", "int8", "nf4", "mlx"):
        save_file(quantized(scheme), HERE / f"{scheme}.safetensors")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
