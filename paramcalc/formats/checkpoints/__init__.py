"""Files of tensors that no framework owns: safetensors, its shards, folders of Hugging Face, and NumPy archives."""
