"""Texts of Python: recognised, mended, split into pieces, and parsed."""
