"""Tensors of a file as data, and the layers that they form by their names and shapes."""
