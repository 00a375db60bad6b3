"""GGUF files: the names, shapes and blocks of their tensors."""
