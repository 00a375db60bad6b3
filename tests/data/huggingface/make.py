"""Write the folder of a small model as transformers saves it; its scores have a row too many."""

import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "helpers"))

from safetensors_files import write

from paramcalc.formats.huggingface.config import described
from paramcalc.formats.huggingface.names import parameters

CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "vocab_size": 20,
    "hidden_size": 8,
    "intermediate_size": 12,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "tie_word_embeddings": False,
}

if __name__ == "__main__":
    folder = Path(__file__).parent / "tiny-llama"
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    shapes = {**parameters(described(CONFIG)), "lm_head.weight": (21, 8)}
    write(folder / "model.safetensors", shapes, "F16")
