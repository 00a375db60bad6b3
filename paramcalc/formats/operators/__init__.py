"""What readers of operator graphs and of named tensors share: bytes of a file, stored tensors, formulas, rows."""
