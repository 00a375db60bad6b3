"""The rules of PyTorch's layers, families as files; names, options and tensors are those of ``torch.nn``."""
