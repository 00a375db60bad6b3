"""Archives and weights files: which tensors they store, and whose, read by no library that runs code."""
