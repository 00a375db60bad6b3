"""What readers of operator graphs and of named tensors have in common: bytes of a file, tensors stored in it, rows."""
